//! Who gets a circle's envelopes.

use watchfire_keys::labels;
use watchfire_protocol::relay::{About, Answer, ClientOutput, RelayFrame, Subscription};
use watchfire_protocol::rules::Rule;

use crate::world::{RELAY, TAG, World, epoch, small};

const STRANGER: u8 = 200;

/// A subscription whose proof covers what it is told to cover.
fn subscription(member: &[u8], challenge: [u8; 32], number: u8, by: u8) -> RelayFrame {
    let claimed = epoch(number).epoch;
    let parts: [&[u8]; 5] = [RELAY, member, &challenge, TAG.as_bytes(), claimed.as_bytes()];
    let proof = epoch(by).gate.sign(labels::SIGN_RELAY_PROOF, &parts);
    RelayFrame::Subscribe(Subscription { tag: TAG, epoch: claimed, proof })
}

fn challenge(world: &World) -> [u8; 32] {
    match world.by_hand.last() {
        Some((_, RelayFrame::Challenge(challenge))) => *challenge,
        other => panic!("{other:?}"),
    }
}

fn answer(world: &World) -> Answer {
    match world.by_hand.iter().rev().find(|(_, frame)| matches!(frame, RelayFrame::Answer { .. })) {
        Some((_, RelayFrame::Answer { answer, .. })) => *answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_proof_counts_for_its_link_its_member_and_its_epoch_only() {
    let mut world = World::paired(1);
    world.connect(STRANGER);
    let fresh = challenge(&world);
    let proofs = [
        subscription(&[STRANGER], [99; 32], 1, 1),
        subscription(&[1], fresh, 1, 1),
        subscription(&[STRANGER], fresh, 1, 2),
    ];
    for proof in proofs {
        world.connect(STRANGER);
        let accepted = challenge(&world);
        assert_ne!(accepted, fresh);
        world.send(STRANGER, &proof);
        assert_eq!(answer(&world), Answer::Forged);
    }
    assert_eq!(world.broken, [(STRANGER, Rule::RelayProof); 3]);
    assert!(!world.accepted.contains(&STRANGER));
    world.connect(STRANGER);
    let fresh = challenge(&world);
    world.send(STRANGER, &subscription(&[STRANGER], fresh, 1, 1));
    assert_eq!(answer(&world), Answer::Done);
    assert!(world.accepted.contains(&STRANGER));
}

#[test]
fn who_has_not_proven_anything_gets_nothing_and_leaves_nothing() {
    let mut world = World::paired(2);
    world.offer(1, &small(1), true);
    world.connect(STRANGER);
    world.by_hand.clear();
    let before = world.kept.len();
    world.send(STRANGER, &RelayFrame::Pull { tag: TAG, ids: vec![small(1).0] });
    world.send(STRANGER, &RelayFrame::Announce { tag: TAG, ids: vec![small(2).0] });
    world.send(STRANGER, &RelayFrame::Push(small(2).1.to_vec()));
    world.offer(1, &small(3), true);
    world.pass(10_000);
    assert_eq!(world.by_hand, []);
    assert_eq!(world.kept.len(), before + 1);
    assert_eq!(world.broken, [(STRANGER, Rule::RelayUnpaired); 3]);
}

#[test]
fn an_epoch_that_is_not_paired_yet_falls_back_to_an_older_one_and_is_tried_again() {
    let mut world = World::paired(1);
    world.member(2, &[2, 1]);
    assert!(world.members[&2].client.is_subscribed());
    assert!(world.broken.is_empty(), "the news of an epoch reaches members and relay at different times");
    world.pass(1000);
    world.pairs(1, 1, &[1, 2], &[]);
    world.pass(6_000);
    world.pairs(1, 1, &[2], &[]);
    world.pass(6 * 60 * 1000);
    assert!(world.members[&2].client.is_subscribed());
    assert!(!world.members[&2].told.iter().any(|told| matches!(told, ClientOutput::NotSubscribed(_))));
}

#[test]
fn a_member_whose_relay_is_not_paired_waits_and_is_let_in_when_it_is() {
    let mut world = World::new();
    world.member(2, &[1]);
    assert!(!world.members[&2].client.is_subscribed());
    assert_eq!(world.members[&2].told, [ClientOutput::NotSubscribed(Answer::Unpaired)]);
    world.steward(1, 1, &[1]);
    world.pass(6_000);
    assert!(world.members[&2].client.is_subscribed());
}

#[test]
fn the_removed_lose_their_subscription_with_their_gate() {
    let mut world = World::paired(3);
    world.pass(1000);
    world.pairs(1, 1, &[2], &[]);
    world.knows(1, &[2]);
    world.knows(2, &[2]);
    world.pass(6 * 60 * 1000);
    world.connect(3);
    world.pass(60_000);
    assert!(!world.members[&3].client.is_subscribed());
    let new = crate::world::envelope(TAG, 2, 1, 512);
    world.offer(1, &new, true);
    assert!(world.has(2, &new));
    assert!(!world.has(3, &new));
    let late = small(9);
    world.offer(3, &late, true);
    assert!(!world.kept.contains_key(&late.0));
}

#[test]
fn an_answer_about_nothing_is_ignored_and_another_circles_is_a_fault() {
    let mut world = World::paired(1);
    let now = world.now();
    let member = world.members.get_mut(&1).unwrap();
    let about = About::Subscription(epoch(9).epoch);
    let stray = RelayFrame::Answer { tag: TAG, about, answer: Answer::Lapsed };
    member.client.frame(&stray.to_bytes(), now, |_| false).unwrap();
    assert!(member.client.is_subscribed());
    let other = watchfire_keys::CircleTag::from_bytes([9; 16]);
    let stray = RelayFrame::Announce { tag: other, ids: Vec::new() };
    assert_eq!(member.client.frame(&stray.to_bytes(), now, |_| false), Err(Rule::EnvelopeWrongCircle));
}
