//! One more act costs little however the history before it looks. Counted, not timed: a roster that is computed anew
//! holds new values for those who were members, one that only took an act over holds the same ones.
#![allow(clippy::unwrap_used)]

mod circle_support;

use std::sync::Arc;

use circle_support::*;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::ActId;
use watchfire_protocol::circle::{ActBody, ActLog, ActState, Decision, Item, Role};

/// A circle with two stewards of each of two sides, and somebody who was a member, whose value shows what happens.
fn world() -> ([&'static Person; 4], &'static Person, ActLog) {
    let [a, b, x, y] = [person(0), person(2), person(3), person(5)];
    let mut log = founded(&[a, b, x, y]);
    let gone = person(6);
    add(&mut log, a, &[b], gone.add(Role::Publisher), DAY);
    add(&mut log, a, &[b], remove(gone), DAY);
    ([a, b, x, y], gone, log)
}

fn news(there: &ActLog, here: &ActLog) -> Vec<Item> {
    there.items().filter(|item| !here.contains(&item.id())).collect()
}

/// Takes items; returns how often the roster was computed anew.
fn take(log: &mut ActLog, gone: &Person, items: Vec<Item>) -> usize {
    let mut anew = 0;
    for item in items {
        let before = Arc::clone(&log.roster().unwrap().former[&gone.member]);
        assert!(fresh(log.insert(item, DAY)));
        let after = &log.roster().unwrap().former[&gone.member];
        assert_eq!(before, *after);
        anew += usize::from(!Arc::ptr_eq(&before, after));
    }
    anew
}

/// Somebody comes in, gets another role, leaves a key behind and is taken out again, and the rules change.
fn five_more(log: &ActLog, a: &Person, b: &Person) -> Vec<Item> {
    let mut there = log.clone();
    let new = person(12);
    add(&mut there, a, &[b], new.add(Role::Publisher), DAY);
    add(&mut there, b, &[a], set_role(new, Role::Steward), DAY);
    let publisher = new.identity.publisher.public();
    own(&mut there, new, ActBody::Revoke { number: 1, key: publisher, last: None }, DAY);
    add(&mut there, a, &[b], remove(new), DAY);
    let mut rules = there.roster().unwrap().rules;
    rules.retention_ms += 1;
    add(&mut there, a, &[b], ActBody::SetRules { rules }, DAY);
    news(&there, log)
}

/// That another node, which takes everything in another order, has the same roster, and so has each frontier.
fn check(log: &ActLog) {
    let mut other = ActLog::new(*log.circle());
    let mut items: Vec<Item> = log.items().collect();
    items.reverse();
    for _ in 0..2 {
        for item in &items {
            other.insert(item.clone(), DAY).unwrap();
        }
    }
    assert_eq!(outcome(other.roster().unwrap()), outcome(log.roster().unwrap()));
    for (id, _) in log.acts() {
        let (one, two) = (log.roster_at(&[*id]), other.roster_at(&[*id]));
        assert_eq!(one.as_ref().map(outcome), two.as_ref().map(outcome));
    }
}

#[test]
fn after_an_act_that_is_void_one_more_is_taken_over_only() {
    let ([a, b, x, _], gone, mut log) = world();
    let mut there = log.clone();
    let void = add(&mut there, b, &[x], person(9).add(Role::Steward), DAY);
    add(&mut log, a, &[b], remove(x), DAY);
    // What the removed steward agreed to beside its removal has no effect, and changes nothing else.
    let items = news(&there, &log);
    assert_eq!(take(&mut log, gone, items), 0);
    assert_eq!(log.act_state(&void, DAY), Some(ActState::Voided));
    let items = five_more(&log, a, b);
    assert_eq!(take(&mut log, gone, items), 0);
    check(&log);
    // An approval that confirms it gives an old act its effect; the act that names the approval changes nothing old.
    let yes = decide(&log, a, &void, Decision::Approve, DAY);
    assert_eq!(take(&mut log, gone, vec![yes.into()]), 1);
    assert!(is_in(&log, person(9)));
    let mut there = log.clone();
    add(&mut there, a, &[b], person(15).add(Role::Publisher), DAY);
    add(&mut there, a, &[b], person(18).add(Role::Publisher), DAY);
    add(&mut there, a, &[b], remove(person(15)), DAY);
    let items = news(&there, &log);
    assert_eq!(take(&mut log, gone, items), 0);
    check(&log);
}

/// What the other node has makes this one fold once; five more acts do not.
fn folds_once(there: &ActLog, mut log: ActLog, a: &Person, b: &Person, gone: &Person) {
    let items = news(there, &log);
    assert_eq!(take(&mut log, gone, items), 1);
    let items = five_more(&log, a, b);
    assert_eq!(take(&mut log, gone, items), 0);
    check(&log);
}

#[test]
fn after_a_doubly_signed_number_one_more_is_taken_over_only() {
    let ([a, b, x, _], gone, mut log) = world();
    let mut there = log.clone();
    for (log, seed) in [(&mut log, 700), (&mut there, 701)] {
        let key = SigningKey::generate(&mut rng(seed)).public();
        let delegation =
            Delegation::sign(&x.identity.organisation, key, Scopes::PUBLISH, DAY, after(90 * DAY_MS));
        own(log, x, ActBody::Delegate { number: 1, delegation }, DAY);
    }
    folds_once(&there, log, a, b, gone);
}

#[test]
fn after_two_additions_of_one_member_one_more_is_taken_over_only() {
    let ([a, b, x, y], gone, mut log) = world();
    let mut there = log.clone();
    add(&mut log, a, &[b], person(9).add(Role::Publisher), DAY);
    add(&mut there, x, &[y], person(9).add(Role::Observer), DAY);
    folds_once(&there, log, a, b, gone);
}

#[test]
fn beside_the_removal_of_who_never_was_a_steward_additions_are_taken_over_only() {
    let ([a, b, x, y], gone, mut log) = world();
    add(&mut log, a, &[b], person(9).add(Role::Publisher), DAY);
    let mut there = log.clone();
    for number in [12, 15, 18, 21, 24] {
        add(&mut there, x, &[y], person(number).add(Role::Publisher), DAY);
    }
    add(&mut log, a, &[b], remove(person(9)), DAY);
    let items = news(&there, &log);
    assert_eq!(take(&mut log, gone, items), 0);
    check(&log);
    // Once it is made a steward its removal counts, and what stands beside that is looked at.
    add(&mut log, a, &[b], person(9).add(Role::Steward), DAY);
    check(&log);
}

#[test]
fn braids_beside_a_removal_are_taken_over_as_long_as_they_touch_nothing() {
    let ([a, b, x, y], gone, mut log) = world();
    let mut there = log.clone();
    add(&mut log, a, &[b], remove(x), DAY);
    // Three wide, each row on all of the row before: ties say nothing that could be void, and are not touched twice.
    let mut row: Vec<ActId> = there.heads().copied().collect();
    let base = row.clone();
    for depth in 0..6 {
        let mut next = Vec::new();
        for place in 0..3 {
            let at = after(depth * 10 + place);
            let act = forged(&there, y, &y.identity.steward, row.clone(), ActBody::Tie, at);
            let yes = forged_yes(&there, a, act.id(), row.clone(), at);
            next.push(act.id());
            for item in [Item::from(act), Item::from(yes)] {
                assert!(fresh(there.insert(item, after(DAY_MS))));
            }
        }
        next.sort_unstable();
        row = next;
    }
    assert_ne!(row, base);
    let items = news(&there, &log);
    assert_eq!(items.len(), 36);
    assert_eq!(take(&mut log, gone, items), 0);
}

#[test]
fn a_roster_that_was_asked_for_is_at_hand_and_only_so_many_are() {
    let ([a, b, ..], _, mut log) = world();
    let mut frontiers: Vec<Vec<ActId>> = Vec::new();
    for number in [9, 12, 15, 18, 21, 24, 27, 30, 33] {
        frontiers.push(vec![add(&mut log, a, &[b], person(number).add(Role::Publisher), DAY)]);
    }
    add(&mut log, a, &[b], remove(person(9)), DAY);
    let first = log.recall(&frontiers[0]).unwrap();
    assert!(Arc::ptr_eq(&first, &log.recall(&frontiers[0]).unwrap()));
    assert!(Arc::ptr_eq(&first, &log.roster_at(&frontiers[0]).unwrap()));
    let others: Vec<_> = frontiers[1..].iter().map(|frontier| log.recall(frontier).unwrap()).collect();
    // Nine are more than are kept: the first went, the others are here.
    for (frontier, other) in frontiers[1..].iter().zip(&others) {
        assert!(Arc::ptr_eq(other, &log.roster_at(frontier).unwrap()));
    }
    let again = log.roster_at(&frontiers[0]).unwrap();
    assert!(!Arc::ptr_eq(&first, &again));
    assert_eq!(outcome(&first), outcome(&again));
    // Asking for nothing that is in force keeps nothing.
    assert!(log.recall(&[ActId::from_bytes([9; 32])]).is_none());
}
