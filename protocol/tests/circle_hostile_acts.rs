//! Floods, orphans, order and newer versions: what acts may not do to a log, whoever sends them.
#![allow(clippy::unwrap_used)]

mod circle_support;

use circle_support::*;
use watchfire_protocol::circle::{
    Act, ActBody, ActLog, ActState, Approval, Decision, Inserted, Item, ProposeError, Role,
};
use watchfire_protocol::rules::Rule;

#[test]
fn a_child_waits_for_its_parents_and_says_for_which() {
    let (d, r, x, y) = (person(0), person(2), person(6), person(9));
    let mut log = founded(&[d, r]);
    let of_x = add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let of_y = add(&mut log, r, &[d], y.add(Role::Publisher), DAY);
    let mut items: Vec<Item> = log.items().collect();
    items.reverse();
    let mut late = ActLog::new(*log.circle());
    for item in &items[..items.len() - 1] {
        assert!(matches!(late.insert(item.clone(), DAY), Ok(Inserted::Waiting(_))));
    }
    assert!(late.roster().is_none());
    assert_eq!(late.missing(10), {
        let mut missing = vec![log.root(), of_x, of_y];
        missing.sort();
        missing
    });
    match late.insert(items.last().unwrap().clone(), DAY).unwrap() {
        Inserted::Fresh { admitted, .. } => assert_eq!(admitted.len(), items.len()),
        other => panic!("{other:?}"),
    }
    assert_eq!(outcome(late.roster().unwrap()), outcome(log.roster().unwrap()));
    assert_eq!(late.set_aside(), 0);
    assert!(late.missing(10).is_empty());
}

#[test]
fn items_come_in_an_order_in_which_nothing_waits() {
    let (d, n, r) = (person(0), person(1), person(2));
    let mut log = founded(&[d, n, r]);
    for number in 3..12 {
        let role = if number % 2 == 0 { Role::Steward } else { Role::Publisher };
        add(&mut log, d, &[n, r], person(number).add(role), after(number as u64));
    }
    let mut copy = ActLog::new(*log.circle());
    for item in log.items() {
        assert!(fresh(copy.insert(Item::from_bytes(&item.to_bytes()).unwrap(), DAY)));
    }
    assert_eq!(outcome(copy.roster().unwrap()), outcome(log.roster().unwrap()));
    assert_eq!(copy.ids().collect::<Vec<_>>(), log.ids().collect::<Vec<_>>());
}

#[test]
fn a_flood_of_proposals_stops_at_the_bound_and_what_the_sides_want_gets_in() {
    let (d, r, flooder) = (person(0), person(2), person(3));
    let mut log = founded(&[d, r, flooder]);
    let mut acts = Vec::new();
    for number in 0..40_u64 {
        let newcomer = Person::new(1_000 + number, &format!("Flood {number}"), "democratic");
        // Its own node would stop it; so it signs by itself.
        let act = Act {
            version: 1,
            circle: *log.circle(),
            parents: vec![log.root()],
            author: flooder.member,
            signer: flooder.identity.steward.public(),
            created: DAY,
            reason: String::new(),
            body: newcomer.add(Role::Observer),
        };
        acts.push(act.sign(&flooder.identity.steward));
        put(&mut log, acts.last().unwrap().clone(), DAY).unwrap();
    }
    assert_eq!(log.pending(DAY).len(), 32);
    let refused =
        log.propose(flooder.member, &flooder.identity.steward, person(6).add(Role::Observer), "", DAY);
    assert_eq!(refused, Err(ProposeError::TooManyOpen));
    // Others are not kept from proposing.
    add(&mut log, d, &[r], person(6).add(Role::Observer), DAY);

    // The ones that stay are the same at every node.
    let mut other = founded(&[d, r, flooder]);
    for act in acts.iter().rev() {
        put(&mut other, act.clone(), DAY).unwrap();
    }
    let held = |log: &ActLog| -> Vec<_> {
        log.pending(DAY).into_iter().filter(|pending| pending.by == flooder.member).map(|p| p.act).collect()
    };
    assert_eq!(held(&log), held(&other));
    let mut ids: Vec<_> = acts.iter().map(|act| act.id()).collect();
    ids.sort();
    assert_eq!(held(&log), ids[..32]);

    // A node that has heard of one of the others only lets the other side approve it.
    let beyond = acts.iter().find(|act| act.id() == ids[35]).unwrap();
    let mut third = founded(&[d, r, flooder]);
    put(&mut third, beyond.clone(), DAY).unwrap();
    let approval = decide(&third, r, &beyond.id(), Decision::Approve, DAY);
    assert!(!log.contains(beyond.id().as_bytes()));
    assert!(fresh(put(&mut log, approval, DAY)));
    assert_eq!(log.act_state(&beyond.id(), DAY), Some(ActState::InForce));

    // One that comes into force makes room for the next.
    let approval = decide(&log, r, &ids[0], Decision::Approve, DAY);
    assert!(fresh(put(&mut log, approval, DAY)));
    assert!(log.contains(ids[32].as_bytes()) && !log.contains(ids[33].as_bytes()));
}

#[test]
fn a_flood_dated_back_stops_at_the_bound_too() {
    let (d, r) = (person(0), person(2));
    let mut log = founded(&[d, r]);
    let now = after(20 * DAY_MS);
    for number in 0..40 {
        let act = Act {
            version: 1,
            circle: *log.circle(),
            parents: vec![log.root()],
            author: d.member,
            signer: d.identity.steward.public(),
            created: DAY,
            reason: format!("{number}"),
            body: person(6).add(Role::Publisher),
        };
        put(&mut log, act.sign(&d.identity.steward), now).unwrap();
    }
    assert_eq!(log.pending(now).len(), 32);
    // What it dated back does not keep it from proposing today.
    add(&mut log, d, &[r], person(6).add(Role::Publisher), now);
    assert!(log.roster().unwrap().is_member(&person(6).member));
}

#[test]
fn what_is_set_aside_is_bounded() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let mut stranger = ActLog::new(*log.circle());
    for number in 0..1_200_u32 {
        let mut parent = [0; 32];
        parent[..4].copy_from_slice(&number.to_be_bytes());
        let approval = Approval {
            version: 1,
            circle: *log.circle(),
            act: watchfire_keys::ids::ActId::from_bytes(parent),
            approver: d.member,
            signer: d.identity.steward.public(),
            frontier: vec![log.root()],
            created: DAY,
            decision: Decision::Approve,
        };
        put(&mut stranger, approval.sign(&d.identity.steward), DAY).unwrap();
    }
    assert_eq!(stranger.set_aside(), 1_024);
}

#[test]
fn an_act_of_a_newer_version_is_kept_and_nothing_builds_on_it() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    let body = ActBody::Unknown { tag: 999, content: vec![1, 2, 3] };
    let refused = log.propose(d.member, &d.identity.steward, body.clone(), "", DAY);
    assert_eq!(refused, Err(ProposeError::Unknown));
    let act = Act {
        version: 1,
        circle: *log.circle(),
        parents: vec![log.root()],
        author: d.member,
        signer: d.identity.steward.public(),
        created: DAY,
        reason: String::new(),
        body,
    };
    let act = act.sign(&d.identity.steward);
    let id = act.id();
    let bytes = Item::from(act).to_bytes();
    let read = Item::from_bytes(&bytes).unwrap();
    assert_eq!(read.to_bytes(), bytes);
    log.insert(read, DAY).unwrap();
    assert_eq!(log.act_state(&id, DAY), Some(ActState::Unknown));
    let mut child = propose(&log, r, x.add(Role::Publisher), DAY).act;
    child.parents = vec![id];
    assert_eq!(put(&mut log, child.sign(&r.identity.steward), DAY), Ok(Inserted::Waiting(vec![id])));
    assert_eq!(log.roster().unwrap().frontier, [log.root()]);
}

#[test]
fn acts_side_by_side_are_tied_together_by_consent_of_every_side() {
    let (d, r) = (person(0), person(2));
    let mut log = founded(&[d, r]);
    let proposals: Vec<_> =
        (3..6).map(|n| propose(&log, d, person(n * 3).add(Role::Publisher), after(n as u64))).collect();
    let refused = log.propose(d.member, &d.identity.steward, ActBody::Tie, "", DAY);
    assert_eq!(refused, Err(ProposeError::NothingToTie));
    for act in proposals {
        let id = act.id();
        put(&mut log, act, after(10)).unwrap();
        let approval = decide(&log, r, &id, Decision::Approve, after(10));
        put(&mut log, approval, after(10)).unwrap();
    }
    assert_eq!(log.heads().count(), 3);
    let before = log.roster().unwrap().readers_digest();
    let tie = add(&mut log, d, &[], ActBody::Tie, after(20));
    assert_eq!(log.heads().count(), 3);
    let approval = decide(&log, r, &tie, Decision::Approve, after(20));
    put(&mut log, approval, after(20)).unwrap();
    assert_eq!(log.roster().unwrap().frontier, [tie]);
    assert_eq!(log.roster().unwrap().readers_digest(), before);
    assert_eq!(log.act_state(&tie, after(20)), Some(ActState::InForce));
}

#[test]
fn a_reason_is_one_line_that_hides_nothing() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    for reason in ["two\nlines", "over\u{202e}ride", &"x".repeat(301)] {
        let refused = log.propose(d.member, &d.identity.steward, x.add(Role::Publisher), reason, DAY);
        assert_eq!(refused, Err(ProposeError::Reason));
        let mut act = propose(&log, d, x.add(Role::Publisher), DAY).act;
        act.reason = String::from(reason);
        assert_eq!(put(&mut log, act.sign(&d.identity.steward), DAY), Err(Rule::ActMalformed));
    }
    let act = log.propose(d.member, &d.identity.steward, x.add(Role::Publisher), "Seen at the fair", DAY);
    put(&mut log, act.unwrap(), DAY).unwrap();
    assert_eq!(log.pending(DAY)[0].reason, "Seen at the fair");
}

#[test]
fn nobody_is_added_on_a_side_that_the_charter_lacks() {
    let (d, r) = (person(0), person(2));
    let mut log = founded(&[d, r]);
    // The circle has no nonpartisan side.
    let outsider = person(1);
    let refused = log.propose(d.member, &d.identity.steward, outsider.add(Role::Publisher), "", DAY);
    assert_eq!(refused, Err(ProposeError::UnknownSide { side: side("nonpartisan") }));
    let mut act = propose(&log, d, person(6).add(Role::Publisher), DAY).act;
    act.body = outsider.add(Role::Publisher);
    assert_eq!(put(&mut log, act.clone().sign(&d.identity.steward), DAY), Err(Rule::ActBody));
    // Nor with a card that its organisation did not sign.
    let mut card = person(6).card.clone();
    card.name = "Someone else".parse().unwrap();
    act.body = ActBody::Add { card: Box::new(card), role: Role::Publisher };
    assert_eq!(put(&mut log, act.sign(&d.identity.steward), DAY), Err(Rule::ActBody));
}

#[test]
fn an_old_proposal_enters_once_the_past_of_its_approvals_is_known() {
    let (d, r, second, x) = (person(0), person(2), person(5), person(6));
    let mut log = founded(&[d, r]);
    let act = propose(&log, d, x.add(Role::Publisher), DAY);
    put(&mut log, act.clone(), DAY).unwrap();
    // A steward who came in between approves.
    let between = add(&mut log, d, &[r], second.add(Role::Steward), DAY);
    let approval = decide(&log, second, &act.id(), Decision::Approve, DAY);
    put(&mut log, approval.clone(), DAY).unwrap();
    assert!(log.roster().unwrap().is_member(&x.member));

    // Years later a node hears it all in an unlucky order.
    let now = after(400 * DAY_MS);
    let mut late = ActLog::new(*log.circle());
    late.insert(log.get(log.root().as_bytes()).unwrap(), now).unwrap();
    assert_eq!(put(&mut late, act.clone(), now), Ok(Inserted::Waiting(vec![act.id()])));
    assert_eq!(put(&mut late, approval, now), Ok(Inserted::Waiting(vec![between, act.id()])));
    for item in log.bundle(&between) {
        let _ = late.insert(item, now).unwrap();
    }
    assert_eq!(outcome(late.roster().unwrap()), outcome(log.roster().unwrap()));
    assert_eq!(late.set_aside(), 0);
}

#[test]
fn a_steward_who_approves_twice_pulls_the_ground_from_under_nobody() {
    let (d, r, x, y) = (person(0), person(2), person(6), person(9));
    let mut log = founded(&[d, r]);
    let of_x = add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let of_y = add(&mut log, d, &[r], y.add(Role::Publisher), DAY);
    // Approvals of the first act that stand on the second, some of which have lower ids than the one that counted.
    for minute in 0..8 {
        let again = Approval {
            version: 1,
            circle: *log.circle(),
            act: of_x,
            approver: r.member,
            signer: r.identity.steward.public(),
            frontier: vec![of_y],
            created: after(minute),
            decision: Decision::Approve,
        };
        assert_eq!(put(&mut log, again.sign(&r.identity.steward), DAY), Ok(Inserted::Known));
    }
    let mut copy = ActLog::new(*log.circle());
    for item in log.items() {
        assert!(fresh(copy.insert(item, DAY)));
    }
    assert_eq!(outcome(copy.roster().unwrap()), outcome(log.roster().unwrap()));
}
