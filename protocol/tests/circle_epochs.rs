//! Epochs: who deals them, who is handed their secrets, under which one to seal, and when they end.
#![allow(clippy::unwrap_used)]

mod circle_support;

use std::sync::Arc;

use circle_support::node::Node;
use circle_support::*;
use proptest::prelude::*;
use watchfire_keys::epoch::{Deal, EpochSecret, Header};
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{ActId, EpochId};
use watchfire_keys::sealing::SealingKey;
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{
    ActBody, ActLog, ApproveError, Decision, Grant, Inserted, Keyring, Role, SEALED_SECRET_BYTES, SignedAct,
    TURN_DELAY_MS, Turn, my_turn_delay, turn_order,
};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::rules::Rule;

const RETENTION: u64 = 180 * DAY_MS;

fn ring(log: &ActLog, person: &Person) -> Keyring {
    Keyring::new(*log.circle(), person.member)
}

/// The turn of this member in that round.
fn turn(log: &ActLog, by: &Person, round: u32) -> u32 {
    let roster = log.roster().unwrap();
    let order = turn_order(&roster.frontier, roster);
    let rank = order.iter().position(|member| *member == by.member).unwrap();
    Turn { round, rank: rank as u32 }.number(order.len() as u32).unwrap()
}

fn deal(log: &ActLog, by: &Person, round: u32, at: UnixMillis, seed: u64) -> (Header, EpochSecret) {
    let turn = turn(log, by, round);
    ring(log, by).deal(log.roster().unwrap(), turn, &by.identity.steward, at, &mut rng(seed)).unwrap()
}

/// A header that says what it likes.
fn forge(log: &ActLog, key: &SigningKey, change: impl FnOnce(&mut Deal)) -> Header {
    let roster = log.roster().unwrap();
    let by = person(0);
    let mut deal = Deal {
        circle: *log.circle(),
        frontier: roster.frontier.clone(),
        readers: roster.readers_digest(),
        created: DAY,
        seal_until: after(3 * DAY_MS),
        turn: turn(log, by, 0),
        dealer: by.member,
    };
    change(&mut deal);
    Header::deal(deal, &EpochSecret::from_bytes(&[5; 32]), key).unwrap()
}

fn take(ring: &mut Keyring, log: &ActLog, epoch: &(Header, EpochSecret), at: UnixMillis) -> EpochId {
    ring.insert_header(epoch.0.clone(), log, at).unwrap();
    let id = epoch.0.id();
    ring.insert_secret(id, epoch.1.clone()).unwrap();
    id
}

#[test]
fn a_steward_deals_and_every_member_is_handed_the_secret() {
    let (d, r, observer) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], observer.add(Role::Observer), DAY);
    let roster = log.roster().unwrap();
    let mut dealer = ring(&log, d);
    let due = dealer.due(&log, DAY).unwrap();
    let (header, secret) = dealer.deal(roster, due.turn, &d.identity.steward, DAY, &mut rng(1)).unwrap();
    let id = header.id();
    assert_eq!(
        dealer.insert_header(header.clone(), &log, DAY),
        Ok(Inserted::Fresh { admitted: vec![*id.as_bytes()], roster_changed: false })
    );
    assert_eq!(dealer.insert_header(header.clone(), &log, DAY), Ok(Inserted::Known));
    assert!(dealer.sealing(roster, DAY).is_none(), "no secret yet");
    dealer.insert_secret(id, secret).unwrap();
    assert_eq!(dealer.sealing(roster, DAY).unwrap().epoch(), &id);
    assert_eq!(dealer.gate(&id), Some(header.gate));
    assert!(dealer.due(&log, DAY).is_none() && dealer.missing_secrets().is_empty());

    for reader in [r, observer] {
        let mut asking = ring(&log, reader);
        assert_eq!(asking.due(&log, DAY).is_some(), reader.member == r.member, "observers deal nothing");
        asking.insert_header(header.clone(), &log, DAY).unwrap();
        assert_eq!(asking.missing_secrets(), [id]);
        assert!(asking.due(&log, DAY).is_none(), "what was dealt is asked for and not dealt again");
        let grant = dealer.grant(&RealCrypto, &id, &reader.member, &log, &mut rng(2)).unwrap();
        assert_eq!(asking.accept(&RealCrypto, &reader.identity.sealing, &grant), Ok(id));
        assert_eq!(asking.sealing(roster, DAY).unwrap().epoch(), &id);
        assert_eq!(
            asking.accept(&RealCrypto, &reader.identity.sealing, &grant),
            Err(Rule::GrantUnasked),
            "it is here"
        );
    }
}

#[test]
fn a_newcomer_is_handed_nothing_from_before_its_admission() {
    let (d, r, newcomer) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    let mut dealer = ring(&log, d);
    let before = take(&mut dealer, &log, &deal(&log, d, 0, DAY, 1), DAY);
    add(&mut log, d, &[r], newcomer.add(Role::Publisher), DAY);

    // Nor does anybody seal under it any more.
    assert!(dealer.sealing(log.roster().unwrap(), DAY).is_none());
    assert!(dealer.due(&log, DAY).is_some());
    assert!(!dealer.may_read(&before, &newcomer.member, &log));
    assert!(dealer.may_read(&before, &r.member, &log));
    let refused = dealer.grant(&RealCrypto, &before, &newcomer.member, &log, &mut rng(3));
    assert_eq!(refused, Err(Rule::GrantNotReader));

    let mut asking = ring(&log, newcomer);
    asking.insert_header(dealer.header(&before).unwrap().clone(), &log, DAY).unwrap();
    assert!(asking.missing_secrets().is_empty(), "nor does it ask");
    let now = take(&mut dealer, &log, &deal(&log, d, 0, DAY, 2), DAY);
    asking.insert_header(dealer.header(&now).unwrap().clone(), &log, DAY).unwrap();
    assert_eq!(asking.missing_secrets(), [now]);
    assert_eq!(asking.grant(&RealCrypto, &now, &r.member, &log, &mut rng(3)), Err(Rule::GrantUnknown));
}

#[test]
fn a_wrong_secret_is_told_from_the_right_one() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let mut dealer = ring(&log, d);
    let (one, two) = (deal(&log, d, 0, DAY, 1), deal(&log, d, 1, DAY, 2));
    let (first, second) = (take(&mut dealer, &log, &one, DAY), take(&mut dealer, &log, &two, DAY));
    let mut asking = ring(&log, r);
    let key = &r.identity.sealing;
    let grant = dealer.grant(&RealCrypto, &first, &r.member, &log, &mut rng(2)).unwrap();
    assert_eq!(grant.sealed.len(), SEALED_SECRET_BYTES);
    assert_eq!(asking.accept(&RealCrypto, key, &grant), Err(Rule::GrantUnasked), "no header yet");
    assert_eq!(asking.insert_secret(first, one.1.clone()), Err(Rule::GrantUnasked));
    asking.insert_header(one.0.clone(), &log, DAY).unwrap();
    asking.insert_header(two.0.clone(), &log, DAY).unwrap();
    assert_eq!(asking.insert_secret(first, two.1.clone()), Err(Rule::GrantMismatch));

    let other = dealer.grant(&RealCrypto, &second, &r.member, &log, &mut rng(2)).unwrap();
    let moved = Grant { epoch: first, sealed: other.sealed };
    let short = Grant { epoch: first, sealed: grant.sealed[1..].to_vec() };
    let mut flipped = grant.clone();
    flipped.sealed[1_130] ^= 1;
    for bad in [&moved, &short, &flipped] {
        assert_eq!(asking.accept(&RealCrypto, key, bad), Err(Rule::GrantMismatch));
    }
    assert_eq!(asking.accept(&RealCrypto, &d.identity.sealing, &grant), Err(Rule::GrantMismatch));
    // A holder who seals another secret under the epoch's name.
    let sealed = watchfire_keys::sealing::seal(
        &r.card.sealing,
        watchfire_keys::labels::SEAL_EPOCH,
        first.as_bytes(),
        &[9; 32],
        &mut rng(4),
    );
    let lie = Grant { epoch: first, sealed: sealed.unwrap() };
    assert_eq!(asking.accept(&RealCrypto, key, &lie), Err(Rule::GrantMismatch));
    assert!(asking.keys(&first).is_none());
    assert_eq!(asking.accept(&RealCrypto, key, &grant), Ok(first));
}

#[test]
fn a_header_by_nobody_entitled_to_it_is_refused() {
    let (d, r, publisher) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], publisher.add(Role::Publisher), DAY);
    let mut ring = ring(&log, r);
    let steward = &d.identity.steward;
    let mut check = |header: Header| ring.insert_header(header, &log, DAY);

    let stranger = person(9);
    assert_eq!(
        check(forge(&log, &stranger.identity.steward, |deal| deal.dealer = stranger.member)),
        Err(Rule::HeaderSigner)
    );
    assert_eq!(
        check(forge(&log, &publisher.identity.steward, |deal| deal.dealer = publisher.member)),
        Err(Rule::HeaderSigner)
    );
    assert_eq!(check(forge(&log, &d.identity.publisher, |_| ())), Err(Rule::HeaderSigner));
    assert_eq!(check(forge(&log, &r.identity.steward, |_| ())), Err(Rule::HeaderSigner));
    assert_eq!(check(forge(&log, steward, |deal| deal.readers = [1; 32])), Err(Rule::HeaderReaders));
    assert_eq!(
        check(forge(&log, steward, |deal| deal.circle = watchfire_keys::ids::CircleId::from_bytes([1; 32]))),
        Err(Rule::HeaderWrongCircle)
    );
    assert_eq!(
        check(forge(&log, steward, |deal| deal.seal_until = after(3 * DAY_MS + 1))),
        Err(Rule::HeaderWindow)
    );
    assert_eq!(
        check(forge(&log, steward, |deal| deal.seal_until = UnixMillis::MAX)),
        Err(Rule::HeaderWindow)
    );
    assert_eq!(check(forge(&log, steward, |deal| deal.created = after(HOUR))), Err(Rule::HeaderFuture));
    let mut unsigned = forge(&log, steward, |_| ());
    unsigned.turn += 2;
    assert_eq!(check(unsigned), Err(Rule::HeaderSignature));
    // Another spelling of the same frontier would be another turn order.
    assert_eq!(check(forge(&log, steward, |deal| deal.frontier.push(log.root()))), Err(Rule::HeaderTurn));
    assert!(matches!(check(forge(&log, steward, |_| ())), Ok(Inserted::Fresh { .. })));
}

#[test]
fn a_turn_belongs_to_one_steward_and_cannot_be_taken_ahead_of_its_time() {
    let (d, r, n) = (person(0), person(2), person(1));
    let log = founded(&[d, r, n]);
    let mut ring = ring(&log, r);
    let own = turn(&log, d, 0);
    for other in (0..3).filter(|turn| *turn != own) {
        let header = forge(&log, &d.identity.steward, |deal| deal.turn = other);
        assert_eq!(ring.insert_header(header, &log, DAY), Err(Rule::HeaderTurn));
    }
    // Nobody can use up the turns: 8 rounds at once, and one more each minute.
    for (round, minutes, counts) in [(8, 0, true), (9, 0, false), (9, 1, true), (u32::MAX / 3 - 1, 1, false)]
    {
        let header = forge(&log, &d.identity.steward, |deal| {
            deal.turn = turn(&log, d, round);
            deal.created = after(minutes * MINUTE);
        });
        let result = ring.insert_header(header, &log, after(minutes * MINUTE));
        assert_eq!(result.is_ok(), counts, "round {round} after {minutes} minutes: {result:?}");
    }
    assert_eq!(ring.next(&log, DAY), None, "nine rounds are dealt, the next is for later");
    assert_eq!(ring.next(&log, after(2 * MINUTE)).unwrap().turn, turn(&log, r, 10));
}

#[test]
fn stewards_take_turns_in_an_order_that_nobody_chooses() {
    let people: Vec<&Person> = (0..12).map(person).collect();
    let log = founded(&people);
    let roster = log.roster().unwrap();
    let order = turn_order(&roster.frontier, roster);
    assert_eq!(order.len(), 12);
    let mut sorted = order.clone();
    sorted.sort();
    assert!(sorted.iter().eq(roster.members.keys()));
    let other = turn_order(&[ActId::from_bytes([3; 32])], roster);
    assert_ne!(order, other);
    assert_eq!(my_turn_delay(0), 0);
    assert_eq!(my_turn_delay(3), 3 * TURN_DELAY_MS);
    for (rank, member) in order.iter().enumerate() {
        let due = Keyring::new(*log.circle(), *member).due(&log, DAY).unwrap();
        assert_eq!((due.turn, due.delay_ms), (rank as u32, rank as u64 * TURN_DELAY_MS));
    }
    assert_eq!(Turn::of(26, 12), Some(Turn { round: 2, rank: 2 }));
    assert_eq!(Turn::of(26, 0), None);
    assert_eq!(Turn { round: u32::MAX, rank: 1 }.number(12), None);
}

#[test]
fn of_two_epochs_dealt_at_once_all_seal_under_the_lower_turn() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let (one, two) = (deal(&log, d, 0, DAY, 1), deal(&log, r, 0, after(1), 2));
    let expected = if one.0.turn < two.0.turn { one.0.id() } else { two.0.id() };
    for epochs in [[&one, &two], [&two, &one]] {
        let mut ring = ring(&log, d);
        for epoch in epochs {
            take(&mut ring, &log, epoch, after(1));
        }
        assert_eq!(ring.sealing(log.roster().unwrap(), after(1)).unwrap().epoch(), &expected);
        assert!(ring.equivocations().is_empty());
        assert!(ring.keys(&one.0.id()).is_some() && ring.keys(&two.0.id()).is_some(), "both open");
    }
}

#[test]
fn a_later_round_replaces_an_earlier_one() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let mut ring = ring(&log, d);
    take(&mut ring, &log, &deal(&log, d, 0, DAY, 1), DAY);
    assert_eq!(ring.due(&log, after(53 * HOUR)), None);
    // Within a quarter of its 72 hours of the end, one is due: the next round.
    let due = ring.due(&log, after(54 * HOUR)).unwrap();
    assert_eq!(due.turn, turn(&log, d, 1));
    let rotated = ring.next(&log, after(HOUR)).unwrap();
    assert_eq!(rotated.turn, due.turn);
    let epoch = deal(&log, d, 1, after(HOUR), 2);
    let id = take(&mut ring, &log, &epoch, after(HOUR));
    assert_eq!(ring.sealing(log.roster().unwrap(), after(HOUR)).unwrap().epoch(), &id);
    assert!(ring.equivocations().is_empty());
}

#[test]
fn nothing_is_sealed_past_the_epochs_end() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let mut ring = ring(&log, d);
    let id = take(&mut ring, &log, &deal(&log, d, 0, DAY, 1), DAY);
    let roster = log.roster().unwrap();
    assert!(ring.sealing(roster, after(3 * DAY_MS - 1)).is_some());
    assert!(ring.sealing(roster, after(3 * DAY_MS)).is_none());
    assert!(ring.keys(&id).is_some(), "what was sealed still opens");
    assert_eq!(ring.live(after(3 * DAY_MS), RETENTION).count(), 1);
}

#[test]
fn secrets_are_erased_when_the_retention_is_over() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let mut ring = ring(&log, d);
    let epoch = deal(&log, d, 0, DAY, 1);
    let id = take(&mut ring, &log, &epoch, DAY);
    let end = after(3 * DAY_MS + RETENTION);
    assert!(ring.prune(end.saturating_sub(1), RETENTION).is_empty());
    assert_eq!(ring.prune(end, RETENTION), [id]);
    assert!(ring.keys(&id).is_none() && ring.secret(&id).is_none() && ring.header(&id).is_none());
    assert_eq!(ring.insert_header(epoch.0, &log, end), Err(Rule::HeaderOver), "and nobody brings it back");
    assert!(ring.headers().next().is_none());
}

#[test]
fn two_headers_of_one_steward_for_one_turn_are_shown_with_the_proof() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let (one, two) = (deal(&log, d, 0, DAY, 1), deal(&log, d, 0, after(1), 2));
    let mut found = Vec::new();
    for epochs in [[&one, &two], [&two, &one]] {
        let mut ring = ring(&log, r);
        take(&mut ring, &log, epochs[0], after(1));
        assert!(ring.equivocations().is_empty());
        take(&mut ring, &log, epochs[1], after(1));
        let proof = ring.equivocations();
        assert_eq!(proof.len(), 1);
        assert_eq!(proof[0].dealer, d.member);
        assert!(proof[0].first.verify_signature().is_ok() && proof[0].second.verify_signature().is_ok());
        let sealing = *ring.sealing(log.roster().unwrap(), after(1)).unwrap().epoch();
        assert_eq!(sealing, proof[0].first.id().min(proof[0].second.id()));
        found.push(proof);
    }
    assert_eq!(found[0], found[1]);
    // The same turn again, when the first epoch seals no more, proves nothing.
    let later = deal(&log, d, 0, after(4 * DAY_MS), 3);
    let mut ring = ring(&log, r);
    take(&mut ring, &log, &one, DAY);
    take(&mut ring, &log, &later, after(4 * DAY_MS));
    assert!(ring.equivocations().is_empty());
}

#[test]
fn a_header_waits_for_its_frontier() {
    let (d, r, newcomer) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    let old = log.clone();
    let act = add(&mut log, d, &[r], newcomer.add(Role::Publisher), DAY);
    let epoch = deal(&log, d, 0, DAY, 1);
    let mut ring = ring(&log, r);
    assert_eq!(ring.insert_header(epoch.0.clone(), &old, DAY), Ok(Inserted::Waiting(vec![act])));
    assert_eq!(ring.set_aside_count(), 1);
    assert!(ring.retry(&old, DAY).is_empty());
    assert_eq!(ring.set_aside_count(), 1);
    assert_eq!(ring.retry(&log, DAY), [epoch.0.id()]);
    assert_eq!(ring.set_aside_count(), 0);
    ring.insert_secret(epoch.0.id(), epoch.1).unwrap();
    assert!(
        ring.sealing(old.roster().unwrap(), DAY).is_none(),
        "not for those who do not know of the newcomer"
    );
    assert!(ring.sealing(log.roster().unwrap(), DAY).is_some());
}

#[test]
fn headers_that_wait_are_bounded() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let mut ring = ring(&log, r);
    for number in 0..300_u16 {
        let mut act = [0; 32];
        act[..2].copy_from_slice(&number.to_be_bytes());
        let header = forge(&log, &d.identity.steward, |deal| deal.frontier = vec![ActId::from_bytes(act)]);
        ring.insert_header(header, &log, DAY).unwrap();
    }
    assert_eq!(ring.set_aside_count(), 256);
}

#[test]
fn a_history_too_wide_for_a_header_is_tied_together() {
    let (d, r) = (person(0), person(2));
    let base = founded(&[d, r]);
    let mut log = base.clone();
    let mut last = None;
    for number in 0..65_u64 {
        let newcomer = Person::new(2_000 + number, &format!("Precinct {number}"), "republican");
        let act = propose(&base, d, newcomer.add(Role::Observer), after(number));
        let id = act.id();
        put(&mut log, act, after(number)).unwrap();
        match log.approve(&id, r.member, &r.identity.steward, Decision::Approve, after(100)) {
            Ok(approval) => drop(put(&mut log, approval, after(100)).unwrap()),
            Err(error) => {
                assert_eq!((number, error), (64, ApproveError::TooManyHeads));
                last = Some(id);
            }
        }
    }
    assert_eq!(log.heads().count(), 64);
    deal(&log, d, 0, after(100), 1);
    add(&mut log, d, &[r], ActBody::Tie, after(100));
    assert_eq!(log.heads().count(), 1);
    let approval = decide(&log, r, &last.unwrap(), Decision::Approve, after(100));
    put(&mut log, approval, after(100)).unwrap();
    assert_eq!(log.roster().unwrap().members.len(), 67);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Acts and headers in any order: the same epochs count, and nodes seal under the same one.
    #[test]
    fn order_of_arrival_does_not_matter_for_epochs(seed in any::<u64>()) {
        use rand_core::Rng;
        let (d, r) = (person(0), person(2));
        let mut log = founded(&[d, r]);
        let mut epochs = vec![deal(&log, d, 0, DAY, 1), deal(&log, r, 0, DAY, 2)];
        for number in [3, 5, 6, 8] {
            let role = if number % 2 == 0 { Role::Publisher } else { Role::Steward };
            add(&mut log, d, &[r], person(number).add(role), DAY);
            epochs.push(deal(&log, r, 0, DAY, number as u64 * 10));
            epochs.push(deal(&log, d, 1, DAY, number as u64 * 10 + 1));
        }
        let mut bad = forge(&log, &d.identity.steward, |deal| deal.readers = [2; 32]);
        epochs.push((bad.clone(), EpochSecret::from_bytes(&[5; 32])));
        bad.turn += 1;
        epochs.push((bad, EpochSecret::from_bytes(&[5; 32])));

        let mut outcomes = Vec::new();
        for order in 0..2 {
            let mut random = rng(seed.wrapping_add(order));
            let mut steps: Vec<usize> = (0..log.ids().count() + epochs.len()).collect();
            for at in (1..steps.len()).rev() {
                steps.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
            }
            let items: Vec<_> = log.items().collect();
            let mut node = ActLog::new(*log.circle());
            let mut ring = Keyring::new(*log.circle(), r.member);
            for step in steps {
                match items.get(step) {
                    Some(item) => {
                        node.insert(item.clone(), DAY).unwrap();
                        ring.retry(&node, DAY);
                    }
                    None => drop(ring.insert_header(epochs[step - items.len()].0.clone(), &node, DAY)),
                }
            }
            for (header, secret) in &epochs {
                let _ = ring.insert_secret(header.id(), secret.clone());
            }
            prop_assert_eq!(ring.set_aside_count(), 0);
            let known: Vec<EpochId> = ring.headers().map(|(id, _)| *id).collect();
            let sealing = *ring.sealing(node.roster().unwrap(), DAY).unwrap().epoch();
            outcomes.push((known, sealing, ring.missing_secrets()));
        }
        prop_assert_eq!(outcomes[0].0.len(), epochs.len() - 2);
        prop_assert_eq!(&outcomes[0], &outcomes[1]);
    }
}

#[test]
fn an_epoch_dealt_on_an_act_that_others_passed_over_counts_everywhere() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let rotate = |log: &ActLog, number, seed| {
        let sealing = SealingKey::generate(&mut rng(seed)).public();
        let body = ActBody::Rotate { number, sealing };
        log.propose_own(d.member, &d.identity.organisation, body, DAY).unwrap()
    };
    // Two machines of one member sign its first own act each; on one of them a second one follows, and an epoch.
    let mut firsts = [rotate(&log, 1, 31), rotate(&log, 1, 32)];
    firsts.sort_by_key(SignedAct::id);
    let [effective, beside] = firsts;
    let mut elsewhere = log.clone();
    put(&mut elsewhere, beside.clone(), DAY).unwrap();
    let second = rotate(&elsewhere, 2, 33);
    put(&mut elsewhere, second.clone(), DAY).unwrap();
    let header = deal(&elsewhere, r, 0, DAY, 1).0;
    let id = header.id();

    for header_first in [false, true] {
        let mut node = Node::new(log.clone(), d.member);
        put(&mut node.log, effective.clone(), DAY).unwrap();
        put(&mut node.log, beside.clone(), DAY).unwrap();
        if header_first {
            node.header(&Arc::new(header.clone()), DAY);
        } else {
            assert_eq!(put(&mut node.log, second.clone(), DAY), Err(Rule::ActSlot), "nothing stands on it");
            node.header(&Arc::new(header.clone()), DAY);
        }
        assert_eq!(node.log.missing(9), [second.id()]);
        assert!(fresh(put(&mut node.log, second.clone(), DAY)));
        node.follow(DAY);
        assert!(node.ring.header(&id).is_some() && node.log.missing(9).is_empty());
        assert_eq!(node.log.roster().unwrap().frontier, [effective.id()]);
    }
    // What nobody who was a steward dealt makes nobody take an act.
    let mut node = Node::new(log.clone(), d.member);
    put(&mut node.log, effective, DAY).unwrap();
    put(&mut node.log, beside, DAY).unwrap();
    let stranger = person(9);
    let theirs = forge(&elsewhere, &stranger.identity.steward, |deal| deal.dealer = stranger.member);
    node.header(&Arc::new(theirs), DAY);
    assert!(node.log.missing(9).is_empty());
}
