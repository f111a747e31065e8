//! Records of those whom a history gives a right to sign and takes it from again: what stands is what the roster allows in
//! the end, at whoever heard of what first.
#![allow(clippy::unwrap_used)]

mod circle_support;

use std::collections::BTreeSet;
use std::sync::Arc;

use circle_support::node::{Node, record};
use circle_support::*;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::{PublicKey, SigningKey};
use watchfire_keys::ids::RecordId;
use watchfire_protocol::circle::{ActBody, ActLog, ActState, Decision, Item, Role};
use watchfire_protocol::record::{Position, Record};

fn node(log: &ActLog) -> Node {
    let mut node = Node::new(log.clone(), person(0).member);
    node.follow(DAY);
    node
}

fn hear(node: &mut Node, items: &[Item]) {
    for item in items {
        node.log.insert(item.clone(), after(MINUTE)).unwrap();
        node.follow(after(MINUTE));
    }
}

fn signed(log: &ActLog, by: &Person, signer: PublicKey) -> (RecordId, Arc<Record>) {
    record(*log.circle(), by.member, signer, Position::FIRST, after(MINUTE), 0)
}

fn kept(node: &Node) -> BTreeSet<RecordId> {
    node.here.keys().copied().collect()
}

#[test]
fn of_a_key_that_two_members_claimed_only_what_its_owner_signed_stands() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let laptop = SigningKey::generate(&mut rng(900)).public();
    let claim = |by: &Person| {
        let organisation = &by.identity.organisation;
        let delegation = Delegation::sign(organisation, laptop, Scopes::PUBLISH, DAY, after(700 * DAY_MS));
        let body = ActBody::Delegate { number: 1, delegation };
        log.propose_own(by.member, organisation, body, DAY).unwrap()
    };
    let (by_d, by_r) = (claim(d), claim(r));
    let owner = if by_d.id() < by_r.id() { d } else { r };
    let records = [signed(&log, d, laptop), signed(&log, r, laptop)];
    let owned = records.iter().filter(|(_, record)| record.author == owner.member);
    let owned: BTreeSet<RecordId> = owned.map(|(id, _)| *id).collect();
    let acts: [Item; 2] = [by_d.into(), by_r.into()];
    for (first, second) in [(0, 1), (1, 0)] {
        let mut early = node(&log);
        hear(&mut early, &acts[first..=first]);
        assert!(early.offer(records[first].0, &records[first].1), "it is the member's key by what is known");
        hear(&mut early, &acts[second..=second]);
        let mut late = node(&log);
        hear(&mut late, &acts);
        for node in [&mut early, &mut late] {
            for (id, record) in &records {
                node.offer(*id, record);
            }
            assert_eq!(kept(node), owned);
        }
    }
}

#[test]
fn what_an_observer_published_by_a_void_role_is_void() {
    let (d, d2, r, x, observer) = (person(0), person(3), person(2), person(5), person(6));
    let mut log = founded(&[d, d2, r, x]);
    add(&mut log, d, &[r], observer.add(Role::Observer), DAY);
    let publisher = observer.identity.publisher.public();
    // On one side of a partition it is made a steward with the voice of one who is taken out on the other.
    let (mut one, mut other) = (log.clone(), log.clone());
    let raised = add(&mut one, d, &[x], set_role(observer, Role::Steward), DAY);
    add(&mut other, d2, &[r], remove(x), DAY);
    let (id, record) = signed(&log, observer, publisher);
    let mut early = node(&one);
    assert!(early.offer(id, &record));
    let items: Vec<Item> = one.items().chain(other.items()).collect();
    hear(&mut early, &items);
    assert_eq!(early.log.act_state(&raised, DAY), Some(ActState::Voided));
    assert_eq!(kept(&early), BTreeSet::new());
    let mut late = node(&log);
    hear(&mut late, &items);
    assert!(!late.offer(id, &record));
    // Confirmed by another steward it is one after all, and what peers have of its records counts again.
    let yes = late.log.approve(&raised, r.member, &r.identity.steward, Decision::Approve, DAY).unwrap();
    for node in [&mut early, &mut late] {
        hear(node, &[yes.clone().into()]);
        assert!(node.offer(id, &record));
    }
}

#[test]
fn what_somebody_signed_whose_addition_is_void_is_void() {
    let (d, d2, r, x, newcomer) = (person(0), person(3), person(2), person(5), person(6));
    let log = founded(&[d, d2, r, x]);
    let (mut one, mut other) = (log.clone(), log.clone());
    add(&mut one, d, &[x], newcomer.add(Role::Publisher), DAY);
    add(&mut other, d2, &[r], remove(x), DAY);
    let (id, record) = signed(&log, newcomer, newcomer.identity.publisher.public());
    let mut early = node(&one);
    assert!(early.offer(id, &record));
    hear(&mut early, &other.items().collect::<Vec<_>>());
    assert!(!is_in(&early.log, newcomer));
    assert_eq!(kept(&early), BTreeSet::new());
    assert!(!early.offer(id, &record));
}
