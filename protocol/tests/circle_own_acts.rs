//! What a member does alone: its keys and its leaving. It needs nobody, voids nothing of others, and has its bounds.
#![allow(clippy::unwrap_used)]

mod circle_support;

use circle_support::*;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::{PublicKey, SigningKey};
use watchfire_keys::ids::{ActId, RecordId};
use watchfire_keys::sealing::SealingKey;
use watchfire_protocol::circle::{
    ActBody, ActLog, ActState, Change, Cut, Decision, ItemId, MemberState, ProposeError, Role,
};
use watchfire_protocol::limits::{MAX_IDLE_ACTS, MAX_OWN_RIVALS};
use watchfire_protocol::rules::Rule;

fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut rng(seed))
}

fn delegate(by: &Person, number: u32, key: PublicKey, scopes: Scopes) -> ActBody {
    let until = after(700 * DAY_MS);
    let delegation = Delegation::sign(&by.identity.organisation, key, scopes, DAY, until);
    ActBody::Delegate { number, delegation }
}

fn revoke(number: u32, key: PublicKey, last: Option<(u64, RecordId)>) -> ActBody {
    ActBody::Revoke { number, key, last }
}

fn rotate(number: u32, seed: u64) -> ActBody {
    ActBody::Rotate { number, sealing: SealingKey::generate(&mut rng(seed)).public() }
}

fn two() -> (&'static Person, &'static Person, ActLog) {
    let (d, r) = (person(0), person(2));
    (d, r, founded(&[d, r]))
}

#[test]
fn a_member_delegates_and_revokes_a_key_alone() {
    let (d, _, mut log) = two();
    let laptop = key(500).public();
    assert_eq!(log.next_number(&d.member), 1);
    let first = own(&mut log, d, delegate(d, 1, laptop, Scopes::PUBLISH), DAY);
    assert_eq!(log.roster().unwrap().frontier, [first]);
    let allowed = |log: &ActLog| {
        log.roster().unwrap().speaks_for(&d.member, &laptop, Scopes::PUBLISH, after(MINUTE)).is_ok()
    };
    assert!(allowed(&log));
    assert!(matches!(log.changes(&first)[..], [Change::Key { key, .. }] if key == laptop));
    let last = Some((3, RecordId::from_bytes([1; 32])));
    let second = own(&mut log, d, revoke(2, laptop, last), after(MINUTE));
    assert!(!allowed(&log));
    assert!(matches!(log.changes(&second)[..], [Change::KeyEnds { key, .. }] if key == laptop));
    let roster = log.roster().unwrap();
    assert_eq!(roster.cuts[&laptop], Cut { signer: laptop, last });
    // Up to the cut its records are still its member's.
    assert_eq!(roster.author_allowed(&d.member, &laptop, Scopes::PUBLISH, after(MINUTE)), Ok(()));
    assert!(log.pending(after(MINUTE)).is_empty());
}

#[test]
fn what_a_key_signed_before_it_was_delegated_anew_stands() {
    let (d, r, mut log) = two();
    let publisher = d.identity.publisher.public();
    let before = after(MINUTE);
    let allowed = |log: &ActLog, scope, at| {
        log.roster().unwrap().author_allowed(&d.member, &publisher, scope, at).is_ok()
    };
    // For longer from a later day on, and then for something else: of several nodes one hears it before the record.
    let anew = |number, scopes, from, until| {
        let delegation = Delegation::sign(&d.identity.organisation, publisher, scopes, from, until);
        ActBody::Delegate { number, delegation }
    };
    own(&mut log, d, anew(1, Scopes::PUBLISH, after(5 * DAY_MS), after(2_000 * DAY_MS)), before);
    own(&mut log, d, anew(2, Scopes::DAEMON, after(6 * DAY_MS), after(7 * DAY_MS)), before);
    let check = |log: &ActLog| {
        assert!(allowed(log, Scopes::PUBLISH, before), "by the card");
        assert!(allowed(log, Scopes::PUBLISH, after(1_999 * DAY_MS)), "by the first");
        assert!(allowed(log, Scopes::DAEMON, after(6 * DAY_MS)), "by the second");
        assert!(!allowed(log, Scopes::DAEMON, before), "by none");
        assert!(!allowed(log, Scopes::PUBLISH, after(2_000 * DAY_MS)), "by none");
        let roster = log.roster().unwrap();
        let now = after(6 * DAY_MS);
        assert_eq!(roster.speaks_for(&d.member, &publisher, Scopes::PUBLISH, now), Err(Rule::RecordSigner));
    };
    check(&log);
    // The same when acts beside one another have everything added up anew.
    let organisation = &r.identity.organisation;
    let beside = log.propose_own(r.member, organisation, rotate(1, 501), before).unwrap();
    own(&mut log, d, rotate(3, 502), before);
    put(&mut log, beside, before).unwrap();
    assert_eq!(log.heads().count(), 2);
    check(&log);
}

#[test]
fn a_revoked_key_never_comes_back() {
    let (d, r, mut log) = two();
    let laptop = key(500).public();
    own(&mut log, d, delegate(d, 1, laptop, Scopes::PUBLISH), DAY);
    own(&mut log, d, revoke(2, laptop, None), DAY);
    let again = delegate(d, 3, laptop, Scopes::PUBLISH);
    let organisation = &d.identity.organisation;
    assert_eq!(log.propose_own(d.member, organisation, again.clone(), DAY), Err(ProposeError::Key));
    let heads = log.heads().copied().collect();
    let act = forged(&log, d, organisation, heads, again, DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActKeys));
    // Nor with a new card after a removal.
    let x = person(6);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let publisher = x.identity.publisher.public();
    own(&mut log, x, revoke(1, publisher, None), DAY);
    add(&mut log, d, &[r], remove(x), DAY);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let entry = log.roster().unwrap().member(&x.member).unwrap();
    assert!(entry.keys[&publisher].revoked);
    assert!(!entry.delegates(&publisher, Scopes::PUBLISH, DAY));
}

#[test]
fn a_delegated_steward_key_decides_and_a_revoked_one_does_not() {
    let (d, r, mut log) = two();
    let spare = key(501);
    own(&mut log, r, delegate(r, 1, spare.public(), Scopes::STEWARD), DAY);
    let act = add(&mut log, d, &[], person(6).add(Role::Publisher), DAY);
    let yes = log.approve(&act, r.member, &spare, Decision::Approve, DAY).unwrap();
    assert!(fresh(put(&mut log, yes, DAY)));
    assert!(is_in(&log, person(6)));
    own(&mut log, r, revoke(2, spare.public(), None), DAY);
    let act = add(&mut log, d, &[], person(9).add(Role::Publisher), DAY);
    let refused = log.approve(&act, r.member, &spare, Decision::Approve, DAY);
    assert_eq!(refused, Err(watchfire_protocol::circle::ApproveError::NotItsKey));
}

#[test]
fn a_new_sealing_key_makes_other_readers() {
    let (d, _, mut log) = two();
    let before = log.roster().unwrap().readers_digest();
    let act = own(&mut log, d, rotate(1, 77), DAY);
    let roster = log.roster().unwrap();
    assert_ne!(roster.readers_digest(), before);
    assert_eq!(roster.member(&d.member).unwrap().sealing, SealingKey::generate(&mut rng(77)).public());
    assert!(matches!(log.changes(&act)[..], [Change::Sealing { .. }]));
    own(&mut log, d, rotate(2, 78), DAY);
    assert_eq!(
        log.roster().unwrap().member(&d.member).unwrap().sealing,
        SealingKey::generate(&mut rng(78)).public()
    );
}

#[test]
fn who_leaves_is_out_at_once_and_its_other_records_are_void() {
    let (d, r, mut log) = two();
    let x = person(6);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let publisher = x.identity.publisher.public();
    let cut = Cut { signer: publisher, last: Some((2, RecordId::from_bytes([5; 32]))) };
    own(&mut log, x, ActBody::Leave { number: 1, cuts: vec![cut] }, after(MINUTE));
    let roster = log.roster().unwrap();
    assert!(!roster.is_member(&x.member));
    assert_eq!(roster.former[&x.member].entry.state, MemberState::Left);
    assert_eq!(roster.cuts[&publisher], cut);
    assert_eq!(roster.cuts[&x.identity.daemon.public()].last, None);
    let refused = log.propose_own(x.member, &x.identity.organisation, rotate(2, 5), after(HOUR));
    assert_eq!(refused, Err(ProposeError::NotAMember));
    add(&mut log, d, &[r], x.add(Role::Publisher), after(HOUR));
    assert!(is_in(&log, x));
    assert_eq!(log.next_number(&x.member), 2);
}

#[test]
fn a_backdated_own_revocation_voids_no_act() {
    let (d, r, mut log) = two();
    let x = person(6);
    let root = vec![log.root()];
    let added = add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    // As if it had never known of what it agreed to.
    let steward = r.identity.steward.public();
    let act = forged(&log, r, &r.identity.organisation, root.clone(), revoke(1, steward, None), DAY);
    assert!(fresh(put(&mut log, act, after(HOUR))));
    assert!(is_in(&log, x));
    assert_eq!(log.act_state(&added, after(HOUR)), Some(ActState::InForce));
    // Nor a leave.
    let act =
        forged(&log, d, &d.identity.organisation, root, ActBody::Leave { number: 1, cuts: vec![] }, DAY);
    assert!(fresh(put(&mut log, act, after(HOUR))));
    assert!(is_in(&log, x) && !is_in(&log, d));
    assert_eq!(log.act_state(&added, after(HOUR)), Some(ActState::InForce));
}

#[test]
fn an_own_act_needs_the_organisation_key_and_nobody_approves_it() {
    let (d, r, mut log) = two();
    let heads: Vec<_> = log.heads().copied().collect();
    for key in [&d.identity.steward, &r.identity.organisation, &d.identity.recovery] {
        let act = forged(&log, d, key, heads.clone(), rotate(1, 5), DAY);
        assert_eq!(put(&mut log, act, DAY), Err(Rule::ActOwn));
    }
    let refused = log.propose(d.member, &d.identity.steward, rotate(1, 5), "", DAY);
    assert_eq!(refused, Err(ProposeError::NotOrganisation));
    let act = own(&mut log, d, rotate(1, 5), DAY);
    let yes = forged_yes(&log, r, act, heads, DAY);
    assert_eq!(put(&mut log, yes, DAY), Err(Rule::ApprovalSigner));
    // A stranger has no keys here.
    let x = person(6);
    let act = forged(&log, x, &x.identity.organisation, vec![log.root()], rotate(1, 5), DAY);
    assert!(put(&mut log, act, DAY).is_err());
}

#[test]
fn numbers_follow_one_another_and_time() {
    let (d, _, mut log) = two();
    let organisation = &d.identity.organisation;
    assert_eq!(log.propose_own(d.member, organisation, rotate(2, 5), DAY), Err(ProposeError::Number));
    let heads: Vec<_> = log.heads().copied().collect();
    let ahead = forged(&log, d, organisation, heads.clone(), rotate(2, 5), DAY);
    assert_eq!(put(&mut log, ahead, DAY), Err(Rule::ActOwn));
    let zero = forged(&log, d, organisation, heads, rotate(0, 5), DAY);
    assert_eq!(put(&mut log, zero, DAY), Err(Rule::ActMalformed));
    for number in 1..=16 {
        own(&mut log, d, rotate(number, 1_000 + u64::from(number)), DAY);
    }
    let next = |at| log.propose_own(d.member, organisation, rotate(17, 17), at);
    assert_eq!(next(after(5 * HOUR)), Err(ProposeError::TooSoon));
    assert!(next(after(6 * HOUR)).is_ok());
}

#[test]
fn of_two_own_acts_for_one_number_the_lower_has_the_effect_and_both_prove_it() {
    let (d, r, log) = two();
    let organisation = &d.identity.organisation;
    let mut acts: Vec<_> =
        (0..12).map(|n| forged(&log, d, organisation, vec![log.root()], rotate(1, 600 + n), DAY)).collect();
    let mut forward = log.clone();
    for act in &acts {
        let _ = put(&mut forward, act.clone(), DAY);
    }
    acts.reverse();
    let mut backward = log.clone();
    for act in &acts {
        let _ = put(&mut backward, act.clone(), DAY);
    }
    let lowest = acts.iter().min_by_key(|act| act.id()).unwrap();
    assert_eq!(forward.roster().unwrap().frontier, [lowest.id()]);
    assert_eq!(outcome(forward.roster().unwrap()), outcome(backward.roster().unwrap()));
    let ActBody::Rotate { sealing, .. } = &lowest.act.body else { unreachable!() };
    assert_eq!(forward.roster().unwrap().member(&d.member).unwrap().sealing, *sealing);
    for log in [&forward, &backward] {
        let proofs = log.contradictions();
        assert_eq!(proofs.len(), 1);
        assert_eq!((proofs[0].member, proofs[0].first), (d.member, lowest.id()));
        assert!(log.acts().count() < acts.len(), "a flood for one number fills no memory");
    }
    // One that is refused counts as soon as something stands on it.
    let highest = acts.iter().max_by_key(|act| act.id()).unwrap();
    let mut other = log.clone();
    put(&mut other, highest.clone(), DAY).unwrap();
    add(&mut other, r, &[d], person(6).add(Role::Publisher), DAY);
    let mut log = log;
    let mut sorted = acts.clone();
    sorted.sort_by_key(|act| act.id());
    for act in &sorted[..3] {
        let _ = put(&mut log, act.clone(), DAY);
    }
    assert_eq!(put(&mut log, highest.clone(), DAY), Err(Rule::ActSlot));
    for item in other.items().filter(|item| item.id() != *highest.id().as_bytes()) {
        log.insert(item, DAY).unwrap();
    }
    assert!(log.missing(10).contains(&highest.id()));
    assert!(fresh(put(&mut log, highest.clone(), DAY)));
    assert!(is_in(&log, person(6)));
}

#[test]
fn own_acts_in_falling_order_of_their_ids_fill_no_memory() {
    let (d, r, log) = two();
    let organisation = &d.identity.organisation;
    let act = |number| forged(&log, d, organisation, vec![log.root()], rotate(1, number), DAY);
    let mut acts: Vec<_> = (0..400).map(|number| act(600 + number)).collect();
    acts.sort_by_key(|act| core::cmp::Reverse(act.id()));
    let let_go = |log: &mut ActLog, most| log.let_go(core::iter::empty(), most, DAY);
    let mut flooded = log.clone();
    let mut gone = 0;
    for act in &acts {
        assert!(fresh(put(&mut flooded, act.clone(), DAY)), "each is the lowest when it comes");
        gone += let_go(&mut flooded, MAX_IDLE_ACTS).len();
        assert!(flooded.acts().count() <= MAX_IDLE_ACTS + MAX_OWN_RIVALS);
    }
    gone += let_go(&mut flooded, 0).len();
    assert_eq!((gone, flooded.acts().count()), (398, 2));
    assert_eq!(let_go(&mut flooded, 0), Vec::<ItemId>::new());
    // What it says is what one says that only ever heard of the two lowest.
    let mut told = log.clone();
    for act in acts.iter().rev().take(2) {
        put(&mut told, act.clone(), DAY).unwrap();
    }
    assert_eq!(outcome(flooded.roster().unwrap()), outcome(told.roster().unwrap()));
    assert_eq!(flooded.contradictions(), told.contradictions());
    // Nor do those fill it that come because something waits for them which then counts for nothing.
    for highest in &acts[..100] {
        let junk = forged(&log, d, organisation, vec![highest.id()], rotate(9, 5_000), DAY);
        let _ = put(&mut flooded, junk, DAY);
        put(&mut flooded, highest.clone(), DAY).unwrap();
        let_go(&mut flooded, MAX_IDLE_ACTS);
        assert!(flooded.acts().count() <= MAX_IDLE_ACTS + MAX_OWN_RIVALS);
    }
    let_go(&mut flooded, 0);
    // What somebody else stands on stays, and so does what waits here for something else and stands on it.
    let mut other = log.clone();
    put(&mut other, acts[0].clone(), DAY).unwrap();
    add(&mut other, r, &[d], person(6).add(Role::Publisher), DAY);
    other.items().for_each(|item| drop(flooded.insert(item, DAY)));
    other.items().for_each(|item| drop(flooded.insert(item, DAY)));
    assert!(is_in(&flooded, person(6)));
    assert_eq!((let_go(&mut flooded, 0).len(), is_in(&flooded, person(6))), (0, true));
    let mut waits = told;
    let unknown = ActId::from_bytes([0; 32]);
    put(
        &mut waits,
        forged(&log, r, &r.identity.steward, vec![unknown, acts[0].id()], rotate(1, 7), DAY),
        DAY,
    )
    .unwrap();
    put(&mut waits, acts[0].clone(), DAY).unwrap();
    assert_eq!((let_go(&mut waits, 0).len(), waits.acts().count()), (0, 3));
}

#[test]
fn a_weak_key_or_one_that_somebody_has_is_delegated_by_nobody() {
    let (d, r, mut log) = two();
    let heads: Vec<_> = log.heads().copied().collect();
    let organisation = &d.identity.organisation;
    let mut neutral = watchfire_keys::codec::encode(&r.identity.publisher.public());
    let at = neutral.len() - 32;
    neutral[at..].fill(0);
    neutral[at] = 1;
    let taken: [PublicKey; 6] = [
        r.identity.publisher.public(),
        r.identity.organisation.public(),
        r.identity.recovery.public(),
        d.identity.organisation.public(),
        d.identity.recovery.public(),
        // The neutral element: everybody can sign with it.
        watchfire_keys::codec::decode(&neutral, 64).unwrap(),
    ];
    for key in taken {
        let act = forged(&log, d, organisation, heads.clone(), delegate(d, 1, key, Scopes::PUBLISH), DAY);
        assert_eq!(put(&mut log, act, DAY), Err(Rule::ActKeys));
    }
    // By another organisation, or for another member.
    let other = delegate(r, 1, key(5).public(), Scopes::PUBLISH);
    let act = forged(&log, d, organisation, heads.clone(), other, DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActKeys));
    let body = ActBody::Rotate { number: 1, sealing: r.card.sealing.clone() };
    let act = forged(&log, d, organisation, heads, body, DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActKeys));
    // Sixteen keys at a time.
    for number in 1..=13 {
        own(&mut log, d, delegate(d, number, key(900 + u64::from(number)).public(), Scopes::PUBLISH), DAY);
    }
    let more = delegate(d, 14, key(990).public(), Scopes::PUBLISH);
    assert_eq!(log.propose_own(d.member, organisation, more, DAY), Err(ProposeError::Key));
}

#[test]
fn a_member_that_claims_a_newcomers_key_keeps_nobody_out() {
    let (d, r, mut log) = two();
    let x = person(6);
    let mut there = log.clone();
    let added = add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    // Many tries, so that one of them has a lower id than the addition.
    let mut number = 1;
    let stolen = loop {
        let body = delegate(r, 1, x.identity.publisher.public(), Scopes::PUBLISH);
        let at = after(number);
        let act = forged(&there, r, &r.identity.organisation, vec![there.root()], body, at);
        if act.id() < added {
            break act;
        }
        number += 1;
    };
    put(&mut there, stolen, after(HOUR)).unwrap();
    heal(&mut [&mut log, &mut there], after(HOUR));
    assert!(is_in(&log, x));
    let roster = log.roster().unwrap();
    assert!(!roster.member(&r.member).unwrap().keys.contains_key(&x.identity.publisher.public()));
    assert!(!roster.cuts.contains_key(&x.identity.publisher.public()));
}

#[test]
fn what_a_member_did_beside_its_removal_readmits_it_not() {
    let (d, r, mut log) = two();
    let x = person(6);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let mut there = log.clone();
    add(&mut log, d, &[r], remove(x), after(MINUTE));
    let spare = key(502).public();
    own(&mut there, x, delegate(x, 1, spare, Scopes::PUBLISH), after(MINUTE));
    heal(&mut [&mut log, &mut there], after(HOUR));
    assert!(!is_in(&log, x));
    // What it would sign with the new key is void.
    assert_eq!(log.roster().unwrap().cuts[&spare], Cut { signer: spare, last: None });
}
