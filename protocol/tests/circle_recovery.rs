//! A side that lost its steward, and a member that lost its organisation key.
#![allow(clippy::unwrap_used)]

mod circle_support;

use circle_support::*;
use watchfire_keys::identity::Identity;
use watchfire_protocol::circle::{
    ActBody, ActLog, ActState, ApproveError, Change, Decision, MemberState, ProposeError, Role, SignedAct,
};
use watchfire_protocol::rules::Rule;

fn seat(
    log: &ActLog,
    side_of: &Person,
    card_of: &Person,
    removes: Option<&Person>,
) -> Result<SignedAct, ProposeError> {
    log.propose_seat(
        &side(side_of.card.side.as_str()),
        &side_of.identity.recovery,
        card_of.card.clone(),
        removes.map(|person| person.member),
        Vec::new(),
        "Laptop lost",
        after(HOUR),
    )
}

#[test]
fn the_recovery_key_of_a_side_replaces_its_lost_steward() {
    let (d, r, new) = (person(0), person(2), person(5));
    let mut log = founded(&[d, r]);
    let act = seat(&log, r, new, Some(r)).unwrap();
    let id = act.id();
    assert!(fresh(put(&mut log, act, after(HOUR))));
    // It counts as its own side's voice, and no more.
    assert_eq!(log.missing_sides(&id).unwrap(), [side("democratic")]);
    assert!(!is_in(&log, new));
    let yes = decide(&log, d, &id, Decision::Approve, after(HOUR));
    put(&mut log, yes, after(HOUR)).unwrap();
    let roster = log.roster().unwrap();
    assert!(roster.member(&new.member).unwrap().is_steward());
    assert_eq!(roster.former[&r.member].entry.state, MemberState::Removed);
    let changes = log.changes(&id);
    assert!(matches!(changes[..], [Change::Leaves { .. }, Change::Joins { role: Role::Steward, .. }]));
    // And decides.
    add(&mut log, d, &[new], person(6).add(Role::Publisher), after(2 * HOUR));
    assert!(is_in(&log, person(6)));
}

#[test]
fn a_side_that_refuses_a_seat_blocks_it_visibly_and_nothing_else_happens() {
    let (d, r, new) = (person(0), person(2), person(5));
    let mut log = founded(&[d, r]);
    let before = outcome(log.roster().unwrap());
    let act = seat(&log, r, new, Some(r)).unwrap();
    let id = act.id();
    put(&mut log, act, after(HOUR)).unwrap();
    let no = decide(&log, d, &id, Decision::Refuse, after(HOUR));
    put(&mut log, no, after(HOUR)).unwrap();
    let pending = log.pending(after(HOUR));
    assert_eq!((pending[0].state, pending[0].kind), (ActState::Refused, "seat"));
    assert_eq!(outcome(log.roster().unwrap()), before);
}

#[test]
fn only_the_recovery_key_of_that_side_seats() {
    let (d, r, new) = (person(0), person(2), person(5));
    let mut log = founded(&[d, r, person(8)]);
    assert_eq!(seat(&log, person(8), new, None), Err(ProposeError::NotRecovery));
    let body = |side_of: &Person| ActBody::Seat {
        side: side_of.card.side.clone(),
        card: Box::new(new.card.clone()),
        removes: None,
        cuts: Vec::new(),
    };
    for key in [&r.identity.steward, &r.identity.organisation, &d.identity.recovery] {
        let act = forged(&log, r, key, vec![log.root()], body(r), DAY);
        assert_eq!(put(&mut log, act, DAY), Err(Rule::ActSigner));
    }
    // Not for another side, and not with a card of another side.
    let act = forged(&log, r, &r.identity.recovery, vec![log.root()], body(d), DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActSigner));
    assert_eq!(seat(&log, r, person(6), None), Err(ProposeError::UnknownSide { side: side("democratic") }));
    // Nor does it take out another side's steward, or do anything else.
    assert_eq!(seat(&log, r, new, Some(d)), Err(ProposeError::NotAMember));
    let act = forged(&log, r, &r.identity.recovery, vec![log.root()], new.add(Role::Steward), DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActSigner));
}

#[test]
fn a_side_without_a_steward_blocks_every_act_but_the_one_that_seats_one() {
    let (d, r, x, y) = (person(0), person(2), person(5), person(6));
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let open = add(&mut log, d, &[], y.add(Role::Publisher), DAY);
    own(&mut log, r, ActBody::Leave { number: 1, cuts: Vec::new() }, DAY);
    assert_eq!(log.roster().unwrap().vacant(), [&side("republican")]);
    assert_eq!(log.act_state(&open, DAY), Some(ActState::Blocked));
    let yes = log.approve(&open, d.member, &d.identity.steward, Decision::Refuse, DAY);
    assert_eq!(yes, Err(ApproveError::Blocked));
    let refused = log.propose(d.member, &d.identity.steward, person(9).add(Role::Publisher), "", DAY);
    assert_eq!(refused, Err(ProposeError::Blocked { side: side("republican") }));
    let heads = log.heads().copied().collect();
    let act = forged(&log, d, &d.identity.steward, heads, person(9).add(Role::Publisher), DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActBlocked));
    // A member of the side is seated, by the key of one who is no member any more.
    let act = seat(&log, r, x, None).unwrap();
    let id = act.id();
    put(&mut log, act, after(HOUR)).unwrap();
    let yes = decide(&log, d, &id, Decision::Approve, after(HOUR));
    put(&mut log, yes, after(HOUR)).unwrap();
    assert!(log.roster().unwrap().member(&x.member).unwrap().is_steward());
    assert!(log.roster().unwrap().vacant().is_empty());
    let yes = decide(&log, x, &open, Decision::Approve, after(HOUR));
    put(&mut log, yes, after(HOUR)).unwrap();
    assert!(is_in(&log, y));
}

#[test]
fn a_member_that_lost_its_organisation_key_is_bound_to_a_new_one() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let identity = Identity::generate(&mut rng(4_000));
    let mut anew = Person { card: x.card.clone(), member: identity.member(), identity };
    anew.card = anew.card(x.card.name.as_str(), x.card.side.as_str());
    let rebind = |card| ActBody::Rebind { member: x.member, card: Box::new(card), cuts: Vec::new() };
    let act = add(&mut log, d, &[r], rebind(anew.card.clone()), after(HOUR));
    let roster = log.roster().unwrap();
    let entry = roster.member(&anew.member).unwrap();
    assert_eq!((entry.role, entry.name.clone(), entry.act), (Role::Publisher, x.card.name.clone(), act));
    assert_eq!(roster.former[&x.member].successor, Some(anew.member));
    assert_eq!(roster.canonical(&x.member), anew.member);
    assert_eq!(roster.canonical(&d.member), d.member);
    assert!(matches!(log.changes(&act)[..], [Change::Rebound { .. }, Change::Joins { .. }]));
    // The old keys are not let in again, beside what they became.
    let refused = log.propose(d.member, &d.identity.steward, x.add(Role::Publisher), "", after(HOUR));
    assert_eq!(refused, Err(ProposeError::Taken));
}

#[test]
fn a_binding_changes_neither_name_nor_side_and_takes_nobodys_keys() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let other = person(9);
    let key = &d.identity.steward;
    let try_card = |card| {
        let body = ActBody::Rebind { member: x.member, card: Box::new(card), cuts: Vec::new() };
        log.propose(d.member, key, body, "", DAY).map(|_| ())
    };
    let (name, own_side) = (x.card.name.as_str(), x.card.side.as_str());
    assert_eq!(try_card(other.card.clone()), Err(ProposeError::Card));
    assert_eq!(try_card(other.card(name, "republican")), Err(ProposeError::Card));
    assert_eq!(try_card(x.card(name, own_side)), Err(ProposeError::AlreadyMember));
    assert_eq!(try_card(other.card(name, own_side)), Ok(()));
}

#[test]
fn a_binding_beside_a_removal_of_the_same_member_brings_nobody_back() {
    let (d, d2, r, r2) = (person(0), person(3), person(2), person(5));
    let x = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    add(&mut here, d, &[r], x.add(Role::Steward), DAY);
    let mut there = here.clone();
    add(&mut here, d2, &[r2], remove(r), after(MINUTE));
    let identity = Identity::generate(&mut rng(4_001));
    let mut anew = Person { card: x.card.clone(), member: identity.member(), identity };
    anew.card = anew.card(x.card.name.as_str(), x.card.side.as_str());
    let body = ActBody::Rebind { member: x.member, card: Box::new(anew.card.clone()), cuts: Vec::new() };
    let act = add(&mut there, d, &[r], body, after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    // The one who agreed to it for its side was removed beside it: the old keys stay out, the new ones need a voice.
    assert!(!is_in(&here, x) && !is_in(&here, &anew));
    assert_eq!(here.act_state(&act, after(HOUR)), Some(ActState::Voided));
    let yes = decide(&here, r2, &act, Decision::Approve, after(HOUR));
    put(&mut here, yes, after(HOUR)).unwrap();
    assert!(is_in(&here, &anew));
    assert_eq!(here.roster().unwrap().canonical(&x.member), anew.member);
}
