//! What a hostile member sends is answered by the rule's verdict, and counted.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use std::sync::Arc;

use circle_support::person;
use engine_support::{Name, Net, circle, report};
use watchfire_keys::epoch::{Deal, EpochSecret, Header};
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{CircleId, EnvelopeId, MemberId, RecordId};
use watchfire_keys::labels;
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::Grant;
use watchfire_protocol::crypto::{Crypto, RealCrypto};
use watchfire_protocol::engine::{Input, Request};
use watchfire_protocol::envelope::{EpochKeys, seal};
use watchfire_protocol::limits::MAX_FRAME_BYTES;
use watchfire_protocol::presence::{Presence, SignedPresence};
use watchfire_protocol::record::{Body, Record, SignedRecord, VERSION, Withdrawal};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::{Catchup, Epochs, Frame, Membership, Spread};

const NODE: Name = Name(0);
/// Person 2's node, which is hostile.
const HOSTILE: Name = Name(2);

/// Persons 0 and 1 are awake, and person 2 is greeted.
fn scene() -> Net {
    let mut net = Net::founded(&[0, 1]);
    assert!(net.engine(NODE).can_seal(), "an epoch was dealt");
    net.greet(HOSTILE, NODE, person(2));
    net.settle();
    net
}

/// The rules counted against the hostile node once it has sent these.
fn broken_by(net: &mut Net, frames: &[Frame]) -> Vec<Rule> {
    for frame in frames {
        net.send(HOSTILE, NODE, frame);
    }
    net.broken(NODE, HOSTILE)
}

fn epoch_keys(net: &Net) -> Arc<EpochKeys> {
    let engine = net.engine(NODE);
    engine.keyring().keys(&engine.epoch().unwrap()).unwrap().clone()
}

fn record(circle: CircleId, author: MemberId, signer: &SigningKey, created: UnixMillis) -> SignedRecord {
    let body = Body::Withdrawal(Withdrawal { record: RecordId::from_bytes([7; 32]), reason: "x".into() });
    let signer_key = signer.public();
    let record =
        Record { version: VERSION, circle, author, signer: signer_key, seq: 0, prev: None, created, body };
    SignedRecord::sign(&RealCrypto, record, signer)
}

fn push(keys: &EpochKeys, record: &SignedRecord) -> Frame {
    Frame::Spread(Spread::Push(seal(&RealCrypto, keys, record).unwrap()))
}

#[test]
fn records_are_judged_one_by_one() {
    let now = scene().now().unix;
    let (own, victim) = (&person(2).identity.publisher, person(1).member);
    let (later, earlier) = (now.saturating_add(3_600_000), UnixMillis(now.0 - 400 * 86_400_000));
    let cases = [
        (record(circle(), victim, own, now), Rule::RecordSigner),
        (record(circle(), person(9).member, own, now), Rule::RecordUnknownAuthor),
        (record(circle(), person(2).member, own, later), Rule::RecordFuture),
        (record(circle(), person(2).member, own, earlier), Rule::RecordTooOld),
    ];
    for (record, rule) in cases {
        let mut net = scene();
        let frame = push(&epoch_keys(&net), &record);
        assert_eq!(broken_by(&mut net, &[frame]), [rule]);
        net.run(1_000);
        assert_eq!(net.delivered(NODE) + net.delivered(Name(1)), 0);
    }
}

#[test]
fn a_signature_of_another_record_does_not_hold() {
    let mut net = scene();
    let keys = epoch_keys(&net);
    let now = net.now().unix;
    let own = &person(2).identity.publisher;
    let signed = record(circle(), person(2).member, own, now);
    // The victim's names over the attacker's signature.
    let mut forged = signed.record().clone();
    forged.author = person(1).member;
    forged.signer = person(1).identity.publisher.public();
    let forged = SignedRecord::sign(&RealCrypto, forged, own);
    assert_eq!(broken_by(&mut net, &[push(&keys, &forged)]), [Rule::RecordSignature]);
}

#[test]
fn a_replay_is_ignored_and_delivered_once() {
    let mut net = scene();
    let now = net.now().unix;
    let good = record(circle(), person(2).member, &person(2).identity.publisher, now);
    let frame = push(&epoch_keys(&net), &good);
    let broken = broken_by(&mut net, &[frame.clone(), frame.clone(), frame]);
    assert_eq!(broken, [Rule::EnvelopeSeen; 2]);
    net.run(1_000);
    assert_eq!((net.delivered(NODE), net.delivered(Name(1))), (1, 1));
}

/// Keys of an epoch that the hostile member made up.
fn own_epoch(net: &Net, circle: CircleId) -> EpochKeys {
    let secret = EpochSecret::from_bytes(&[4; 32]);
    let now = net.now().unix;
    let roster = net.engine(NODE).roster().unwrap();
    let deal = Deal {
        circle,
        frontier: roster.frontier.clone(),
        readers: roster.readers_digest(),
        created: now,
        seal_until: now.saturating_add(3_600_000),
        turn: 0,
        dealer: person(2).member,
    };
    let header = Header::deal(deal, &secret, &person(2).identity.steward).unwrap();
    EpochKeys::new(&header, &secret).unwrap()
}

#[test]
fn an_envelope_of_another_circle_or_of_no_epoch_does_not_reach_anybody() {
    let mut net = scene();
    let now = net.now().unix;
    let good = record(circle(), person(2).member, &person(2).identity.publisher, now);
    let other = CircleId::from_bytes([1; 32]);
    let elsewhere = record(other, person(2).member, &person(2).identity.publisher, now);
    let strange = push(&own_epoch(&net, other), &elsewhere);
    let unknown = push(&own_epoch(&net, circle()), &good);
    let rules = [Rule::EnvelopeWrongCircle, Rule::EnvelopeUnknownEpoch];
    assert_eq!(broken_by(&mut net, &[strange, unknown]), rules);
    net.run(1_000);
    assert_eq!(net.delivered(NODE), 0);
}

#[test]
fn a_frame_that_is_too_large_is_refused_before_it_is_read() {
    let mut net = scene();
    net.send_bytes(HOSTILE, NODE, vec![0xfb; MAX_FRAME_BYTES + 1]);
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::FrameTooLarge]);
    net.send_bytes(HOSTILE, NODE, vec![0xfb; MAX_FRAME_BYTES]);
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::FrameTooLarge, Rule::FrameMalformed]);
    assert!(!net.is_linked(HOSTILE, NODE), "twice is enough");
}

#[test]
fn a_greeted_member_is_not_greeted_again() {
    let mut net = scene();
    let (_, again) = engine_support::hello(HOSTILE, NODE, 2);
    assert_eq!(broken_by(&mut net, &[Frame::Hello(again)]), [Rule::FrameBeforeGreeting]);
}

#[test]
fn a_grant_that_does_not_fit_is_refused() {
    // A header is here whose secret is not: its dealer keeps it to itself.
    let mut net = scene();
    let engine = net.engine(NODE);
    let (log, now) = (engine.log().unwrap().clone(), net.now().unix);
    let keyring = watchfire_protocol::circle::Keyring::new(circle(), person(2).member);
    let turn = keyring.next(&log, now).unwrap().turn;
    let roster = log.roster().unwrap();
    let steward = &person(2).identity.steward;
    let (header, _) = keyring.deal(roster, turn, steward, now, &mut circle_support::rng(5)).unwrap();
    let epoch = header.id();
    let item = watchfire_protocol::circle::Item::from(header);
    let item = watchfire_protocol::wire::Item(item.to_bytes());
    assert_eq!(broken_by(&mut net, &[Frame::Membership(Membership::Items(vec![item]))]), []);
    let sealed = RealCrypto
        .seal_to(
            &person(0).card.sealing,
            labels::SEAL_EPOCH,
            epoch.as_bytes(),
            &[9; 32],
            &mut circle_support::rng(6),
        )
        .unwrap();
    let wrong = Frame::Epochs(Epochs::Grant(Grant { epoch, sealed: sealed.clone() }));
    let short = Frame::Epochs(Epochs::Grant(Grant { epoch, sealed: sealed[1..].to_vec() }));
    let unasked = Grant { epoch: watchfire_keys::ids::EpochId::from_bytes([8; 32]), sealed };
    let frames = [Frame::Epochs(Epochs::Grant(unasked)), wrong, short];
    assert_eq!(broken_by(&mut net, &frames), [Rule::GrantUnasked, Rule::GrantMismatch, Rule::GrantMismatch]);
    assert!(net.engine(NODE).keyring().keys(&epoch).is_none());
}

#[test]
fn whoever_lists_ids_without_end_is_cut() {
    let mut net = scene();
    let ids: Vec<[u8; 32]> = (0..2_000u32)
        .map(|n| {
            let mut id = [1; 32];
            id[..4].copy_from_slice(&n.to_le_bytes());
            id
        })
        .collect();
    let frame = Frame::Membership(Membership::Have { ids, last: false });
    for _ in 0..17 * 30 {
        net.send(HOSTILE, NODE, &frame);
        net.run(25);
    }
    assert!(net.broken(NODE, HOSTILE).iter().all(|rule| *rule == Rule::ActTooMany));
    assert!(!net.is_linked(HOSTILE, NODE));
}

#[test]
fn what_is_not_here_is_not_served() {
    let mut net = scene();
    let ids = vec![EnvelopeId::from_bytes([3; 32]); 200];
    assert_eq!(broken_by(&mut net, &[Frame::Spread(Spread::Pull(ids.clone()))]), [Rule::PullUnknown]);
    let many = Frame::Spread(Spread::Pull([ids.clone(), ids].concat()));
    let wanted = Frame::Catchup(Catchup::Want(vec![RecordId::from_bytes([3; 32]); 65]));
    let rules = [Rule::PullUnknown, Rule::AnnounceTooMany, Rule::ReconcileMalformed];
    assert_eq!(broken_by(&mut net, &[many, wanted]), rules);
    let pushes = net.heard_by(HOSTILE);
    assert!(!pushes.iter().any(|frame| matches!(frame, Frame::Spread(Spread::Push(_)))));
}

fn presence(net: &Net, of: usize, signed_by: usize, ago_ms: u64) -> Presence {
    Presence {
        circle: circle(),
        member: person(of).member,
        signer: person(signed_by).identity.daemon.public(),
        peer: HOSTILE.bytes(),
        addresses: vec!["/memory/99".into()],
        relays: Vec::new(),
        created: UnixMillis(net.now().unix.0 - ago_ms),
    }
}

fn said(presence: Presence, by: usize) -> Frame {
    let daemon = &person(by).identity.daemon;
    Frame::Presence(SignedPresence::sign(&RealCrypto, presence, daemon))
}

#[test]
fn nobody_moves_another_members_node() {
    let mut net = scene();
    let before = net.engine(NODE).presences(&person(1).member).next().unwrap().clone();
    // Signed by the hostile key in its own name, and in that of the victim's key.
    let own_key = said(presence(&net, 1, 2, 0), 2);
    let stolen_key = said(presence(&net, 1, 1, 0), 2);
    assert_eq!(broken_by(&mut net, &[own_key]), [Rule::PresenceStale]);
    assert_eq!(broken_by(&mut net, &[stolen_key]), [Rule::PresenceStale, Rule::PresenceSignature]);
    assert_eq!(net.engine(NODE).presences(&person(1).member).next(), Some(&before));
}

#[test]
fn a_presence_is_not_moved_back_nor_far_ahead_nor_made_of_anything() {
    let mut net = scene();
    let good = said(presence(&net, 2, 2, 0), 2);
    let older = said(Presence { addresses: Vec::new(), ..presence(&net, 2, 2, 5_000) }, 2);
    assert_eq!(broken_by(&mut net, &[good, older]), []);
    let kept = net.engine(NODE).presences(&person(2).member).next().unwrap().clone();
    assert_eq!(kept, presence(&net, 2, 2, 0));
    let fresh = |net: &Net| presence(net, 2, 2, 0);
    net.run(25);
    let far = UnixMillis(net.now().unix.0 + 11 * 60_000);
    let cases = [
        (Presence { created: far, ..fresh(&net) }, Rule::PresenceStale),
        (Presence { addresses: vec!["/memory/1".into(); 9], ..fresh(&net) }, Rule::PresenceTooLarge),
        (Presence { relays: vec!["a".repeat(257)], ..fresh(&net) }, Rule::PresenceTooLarge),
        (Presence { addresses: vec!["/ip4/\u{1b}[2J".into()], ..fresh(&net) }, Rule::PresenceMalformed),
    ];
    for (presence, rule) in cases {
        let mut net = scene();
        net.run(100);
        assert_eq!(broken_by(&mut net, &[said(presence, 2)]), [rule]);
    }
}

#[test]
fn nobody_keeps_a_node_from_being_reached_by_claiming_its_name() {
    let mut net = scene();
    net.unlink(NODE, Name(1));
    // The hostile member says that node 1 is its own and lives nowhere.
    let squat = Presence { peer: Name(1).bytes(), ..presence(&net, 2, 2, 0) };
    assert_eq!(broken_by(&mut net, &[said(squat, 2)]), []);
    net.run(60_000);
    assert!(net.is_linked(NODE, Name(1)));
}

#[test]
fn a_hostile_member_does_not_stop_an_honest_publication() {
    let mut net = scene();
    for n in 0..3u8 {
        let frame = Frame::Spread(Spread::Push(vec![n; 700]));
        net.send(HOSTILE, NODE, &frame);
    }
    net.input(NODE, Input::Request { token: 1, request: Request::Publish(Box::new(report("Phishing"))) });
    net.run(1_000);
    assert_eq!(net.delivered(Name(1)), 1);
}
