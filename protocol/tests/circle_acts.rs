//! Who gets into a circle, and who decides it.
#![allow(clippy::unwrap_used)]

mod circle_support;

use circle_support::*;
use watchfire_protocol::circle::{
    Act, ActBody, ActState, Approval, ApproveError, Decision, Inserted, ProposeError, Role,
};
use watchfire_protocol::rules::Rule;

#[test]
fn one_side_alone_adds_nobody() {
    // Two democratic stewards, one republican.
    let (a, b, rival, newcomer) = (person(0), person(3), person(2), person(6));
    let mut log = founded(&[a, b, rival]);
    let act = add(&mut log, a, &[b], newcomer.add(Role::Publisher), DAY);
    assert!(!log.roster().unwrap().is_member(&newcomer.member));
    assert_eq!(log.missing_sides(&act).unwrap(), [side("republican")]);
    assert_eq!(log.act_state(&act, DAY), Some(ActState::Open));
    assert_eq!(log.invited(DAY).len(), 1);

    let approval = decide(&log, rival, &act, Decision::Approve, DAY);
    assert!(fresh(put(&mut log, approval, DAY)));
    let roster = log.roster().unwrap();
    assert_eq!(roster.member(&newcomer.member).unwrap().role, Role::Publisher);
    assert_eq!(roster.frontier, [act]);
    assert_eq!(log.missing_sides(&act).unwrap(), []);
    assert_eq!(log.act_state(&act, DAY), Some(ActState::InForce));
    assert!(log.pending(DAY).is_empty());
}

#[test]
fn every_one_of_three_sides_is_asked() {
    let (d, n, r, newcomer) = (person(0), person(1), person(2), person(4));
    let mut log = founded(&[d, n, r]);
    let act = add(&mut log, n, &[r], newcomer.add(Role::Observer), DAY);
    assert_eq!(log.missing_sides(&act).unwrap(), [side("democratic")]);
    let approval = decide(&log, d, &act, Decision::Approve, DAY);
    put(&mut log, approval, DAY).unwrap();
    assert!(log.roster().unwrap().is_member(&newcomer.member));
}

#[test]
fn a_refusal_is_seen_and_another_steward_of_that_side_may_still_approve() {
    let (d, r, r2) = (person(0), person(2), person(5));
    let newcomer = person(6);
    let mut log = founded(&[d, r, r2]);
    let act = add(&mut log, d, &[], newcomer.add(Role::Publisher), DAY);
    let refusal = decide(&log, r, &act, Decision::Refuse, DAY);
    put(&mut log, refusal, DAY).unwrap();
    assert_eq!(log.act_state(&act, DAY), Some(ActState::Refused));
    assert!(log.invited(DAY).is_empty());
    let approval = decide(&log, r2, &act, Decision::Approve, DAY);
    put(&mut log, approval, DAY).unwrap();
    assert_eq!(log.act_state(&act, DAY), Some(ActState::InForce));
}

#[test]
fn a_late_refusal_takes_nobody_out() {
    let (d, r, r2, newcomer) = (person(0), person(2), person(5), person(6));
    let mut log = founded(&[d, r, r2]);
    let act = propose(&log, d, newcomer.add(Role::Publisher), DAY);
    let id = act.id();
    put(&mut log, act, DAY).unwrap();
    let approval = decide(&log, r, &id, Decision::Approve, DAY);
    // Signed before the approval was seen, dated before it, and arriving after it.
    let refusal = decide(&log, r2, &id, Decision::Refuse, DAY);
    put(&mut log, approval, DAY).unwrap();
    put(&mut log, refusal, DAY).unwrap();
    assert!(log.roster().unwrap().is_member(&newcomer.member));
}

#[test]
fn an_observer_and_a_publisher_decide_nothing() {
    for role in [Role::Observer, Role::Publisher] {
        let (d, r, helper, newcomer) = (person(0), person(2), person(5), person(6));
        let mut log = founded(&[d, r]);
        add(&mut log, d, &[r], helper.add(role), DAY);
        let refused =
            log.propose(helper.member, &helper.identity.steward, newcomer.add(Role::Publisher), "", DAY);
        assert_eq!(refused, Err(ProposeError::NotASteward));
        let act = add(&mut log, d, &[], newcomer.add(Role::Publisher), DAY);
        let refused = log.approve(&act, helper.member, &helper.identity.steward, Decision::Approve, DAY);
        assert_eq!(refused, Err(ApproveError::NotASteward));

        // And if it signs all the same, nobody counts it.
        let approval = Approval {
            version: 1,
            circle: *log.circle(),
            act,
            approver: helper.member,
            signer: helper.identity.steward.public(),
            frontier: log.heads().copied().collect(),
            created: DAY,
            decision: Decision::Approve,
        };
        let approval = approval.sign(&helper.identity.steward);
        assert_eq!(put(&mut log, approval, DAY), Err(Rule::ApprovalSigner));
        let act = Act {
            version: 1,
            circle: *log.circle(),
            parents: log.heads().copied().collect(),
            author: helper.member,
            signer: helper.identity.steward.public(),
            created: DAY,
            reason: String::new(),
            body: newcomer.add(Role::Publisher),
        };
        let act = act.sign(&helper.identity.steward);
        assert_eq!(put(&mut log, act, DAY), Err(Rule::ActSigner));
    }
}

#[test]
fn a_new_steward_decides_on_what_comes_after_and_not_on_its_own_admission() {
    let (d, r, second, newcomer) = (person(0), person(2), person(5), person(6));
    let mut log = founded(&[d, r]);
    let earlier = add(&mut log, d, &[], newcomer.add(Role::Publisher), DAY);
    let admission = propose(&log, d, second.add(Role::Steward), DAY);
    let admission_id = admission.id();
    put(&mut log, admission, DAY).unwrap();

    let early = |frontier: Vec<_>, act| {
        let approval = Approval {
            version: 1,
            circle: *log.circle(),
            act,
            approver: second.member,
            signer: second.identity.steward.public(),
            frontier,
            created: DAY,
            decision: Decision::Approve,
        };
        approval.sign(&second.identity.steward)
    };
    // Before it is in, and in the knowledge of its own admission.
    let as_stranger = early(vec![log.root()], admission_id);
    let as_member = early(vec![admission_id], admission_id);
    let too_early = early(vec![admission_id], earlier);
    assert_eq!(put(&mut log, as_stranger, DAY), Err(Rule::ApprovalSigner));
    assert_eq!(put(&mut log, as_member, DAY), Err(Rule::ApprovalMalformed));
    assert_eq!(put(&mut log, too_early.clone(), DAY), Ok(Inserted::Waiting(vec![admission_id])));

    let approval = decide(&log, r, &admission_id, Decision::Approve, DAY);
    // Its approval of the earlier proposal had waited for this, and counts now.
    match put(&mut log, approval.clone(), DAY).unwrap() {
        Inserted::Fresh { admitted, roster_changed } => {
            assert_eq!(admitted, [approval.id(), too_early.id()]);
            assert!(roster_changed);
        }
        other => panic!("{other:?}"),
    }
    assert!(log.roster().unwrap().is_member(&newcomer.member));
}

#[test]
fn an_approval_for_another_circle_or_act_does_nothing() {
    let (d, r, x, y) = (person(0), person(2), person(6), person(9));
    let mut log = founded(&[d, r]);
    let of_x = add(&mut log, d, &[], x.add(Role::Publisher), DAY);
    let of_y = add(&mut log, d, &[], y.add(Role::Publisher), DAY);
    let approval = decide(&log, r, &of_x, Decision::Approve, DAY);

    let mut moved = approval.clone();
    moved.approval.act = of_y;
    assert_eq!(put(&mut log, moved, DAY), Err(Rule::ApprovalSignature));

    let mut elsewhere = founded(&[d, r, person(5)]);
    assert_eq!(put(&mut elsewhere, approval.clone(), DAY), Err(Rule::ApprovalWrongCircle));

    let mut forged = approval.clone();
    forged.approval.signer = d.identity.steward.public();
    assert_eq!(put(&mut log, forged, DAY), Err(Rule::ApprovalSignature));

    // Signed by a key that is not the approver's.
    let mut stolen = approval.approval.clone();
    stolen.signer = d.identity.steward.public();
    let stolen = stolen.sign(&d.identity.steward);
    assert_eq!(put(&mut log, stolen, DAY), Err(Rule::ApprovalSigner));

    // With the approver's other keys.
    for key in [&r.identity.publisher, &r.identity.daemon, &r.identity.organisation] {
        let mut other = approval.approval.clone();
        other.signer = key.public();
        assert_eq!(put(&mut log, other.sign(key), DAY), Err(Rule::ApprovalSigner));
    }
    assert_eq!(log.roster().unwrap().members.len(), 2);
}

#[test]
fn a_forged_act_is_refused_and_does_not_stand_in_the_way_of_the_original() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    let act = propose(&log, d, x.add(Role::Publisher), DAY);
    let mut forged = act.clone();
    forged.signature = act.act.clone().sign(&r.identity.steward).signature;
    assert_eq!(forged.id(), act.id());
    assert_eq!(put(&mut log, forged, DAY), Err(Rule::ActSignature));
    let mut in_anothers_name = act.act.clone();
    in_anothers_name.author = r.member;
    assert_eq!(put(&mut log, in_anothers_name.sign(&d.identity.steward), DAY), Err(Rule::ActSigner));
    assert!(fresh(put(&mut log, act.clone(), DAY)));
    assert_eq!(put(&mut log, act, DAY), Ok(Inserted::Known));
}

#[test]
fn a_key_counts_only_while_its_card_delegates_it() {
    let (d, r, x) = (person(0), person(2), person(6));
    let log = founded(&[d, r]);
    let late = after(3 * 365 * DAY_MS);
    let refused = log.propose(d.member, &d.identity.steward, x.add(Role::Publisher), "", late);
    assert_eq!(refused, Err(ProposeError::NotItsKey));
    let act = Act {
        version: 1,
        circle: *log.circle(),
        parents: vec![log.root()],
        author: d.member,
        signer: d.identity.steward.public(),
        created: late,
        reason: String::new(),
        body: x.add(Role::Publisher),
    };
    let mut log = log;
    assert_eq!(put(&mut log, act.sign(&d.identity.steward), late), Err(Rule::ActSigner));
}

#[test]
fn an_approval_counts_up_to_the_last_moment_and_not_after() {
    let (d, r, x) = (person(0), person(2), person(6));
    let now = after(30 * DAY_MS);
    for (at, counts) in [(14 * DAY_MS, true), (14 * DAY_MS + 1, false)] {
        let mut log = founded(&[d, r]);
        let act = add(&mut log, d, &[], x.add(Role::Publisher), DAY);
        let approval = Approval {
            version: 1,
            circle: *log.circle(),
            act,
            approver: r.member,
            signer: r.identity.steward.public(),
            frontier: vec![log.root()],
            created: after(at),
            decision: Decision::Approve,
        };
        let result = put(&mut log, approval.sign(&r.identity.steward), now);
        assert_eq!(result.is_ok(), counts);
        assert_eq!(log.roster().unwrap().is_member(&x.member), counts);
        if !counts {
            assert_eq!(result, Err(Rule::ApprovalLate));
            assert_eq!(log.act_state(&act, now), Some(ActState::Expired));
            let refused = log.approve(&act, r.member, &r.identity.steward, Decision::Approve, now);
            assert_eq!(refused, Err(ApproveError::Expired));
        }
    }
}

#[test]
fn an_expired_proposal_is_forgotten_and_comes_back_with_approvals_signed_in_time() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    let act = propose(&log, d, x.add(Role::Publisher), DAY);
    let id = act.id();
    put(&mut log, act.clone(), DAY).unwrap();
    let in_time = decide(&log, r, &id, Decision::Approve, after(DAY_MS));
    let refused = decide(&log, r, &id, Decision::Refuse, after(DAY_MS));
    put(&mut log, refused.clone(), after(DAY_MS)).unwrap();

    assert!(log.prune(after(28 * DAY_MS)).is_empty());
    let late = after(28 * DAY_MS + 1);
    assert_eq!(log.prune(late), [*id.as_bytes(), refused.id()]);
    assert!(!log.contains(id.as_bytes()));
    assert_eq!(log.ids().count(), 1);

    // Alone it stays outside, and asks for its approvals.
    assert_eq!(put(&mut log, act, late), Ok(Inserted::Waiting(vec![id])));
    assert_eq!(log.missing(10), [id]);
    match put(&mut log, in_time.clone(), late).unwrap() {
        Inserted::Fresh { admitted, .. } => assert_eq!(admitted, [*id.as_bytes(), in_time.id()]),
        other => panic!("{other:?}"),
    }
    assert!(log.roster().unwrap().is_member(&x.member));
    assert!(log.prune(late).is_empty());
}

#[test]
fn what_is_dated_ahead_waits_outside() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    let soon = after(11 * MINUTE);
    let act = propose(&log, d, x.add(Role::Publisher), soon);
    assert_eq!(put(&mut log, act.clone(), DAY), Err(Rule::ActFuture));
    assert!(fresh(put(&mut log, act.clone(), soon)));
    let approval = decide(&log, r, &act.id(), Decision::Approve, after(30 * MINUTE));
    assert_eq!(put(&mut log, approval.clone(), soon), Err(Rule::ApprovalFuture));
    assert!(fresh(put(&mut log, approval, after(30 * MINUTE))));
}

#[test]
fn what_a_member_has_nobody_else_can_be_added_with() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let same_name = person(9).card("campaign 6", "democratic");
    for (card, error) in [
        (x.card.clone(), ProposeError::AlreadyMember),
        (x.card("Another name", "democratic"), ProposeError::AlreadyMember),
        (same_name, ProposeError::Taken),
    ] {
        let body = ActBody::Add { card: Box::new(card), role: Role::Publisher };
        let refused = log.propose(d.member, &d.identity.steward, body.clone(), "", DAY);
        assert_eq!(refused, Err(error));
        let act = Act {
            version: 1,
            circle: *log.circle(),
            parents: log.heads().copied().collect(),
            author: d.member,
            signer: d.identity.steward.public(),
            created: DAY,
            reason: String::new(),
            body,
        };
        let act = act.sign(&d.identity.steward);
        assert_eq!(put(&mut log, act, DAY), Err(Rule::ActContradiction));
    }
}

#[test]
fn of_two_additions_that_did_not_know_of_one_another_the_lower_id_counts() {
    let (d, r, x) = (person(0), person(2), person(6));
    let base = founded(&[d, r]);
    let (mut left, mut right) = (base.clone(), base.clone());
    let one = add(&mut left, d, &[r], x.add(Role::Publisher), DAY);
    let body = ActBody::Add { card: Box::new(x.card("Other name", "democratic")), role: Role::Steward };
    let two = add(&mut right, r, &[d], body, after(1));
    for item in right.items().collect::<Vec<_>>() {
        left.insert(item, after(1)).unwrap();
    }
    for item in base.items().chain(left.items().collect::<Vec<_>>()) {
        right.insert(item, after(1)).unwrap();
    }
    assert_eq!(outcome(left.roster().unwrap()), outcome(right.roster().unwrap()));
    let (winner, loser) = if one < two { (one, two) } else { (two, one) };
    assert_eq!(left.roster().unwrap().member(&x.member).unwrap().act, winner);
    assert_eq!(left.act_state(&winner, DAY), Some(ActState::InForce));
    assert_eq!(left.act_state(&loser, DAY), Some(ActState::Overruled));
    assert_eq!(left.roster().unwrap().frontier, [winner, loser]);
    // What was true at either frontier stays true there.
    assert_eq!(left.roster_at(&[one]).unwrap().member(&x.member).unwrap().act, one);
    assert_eq!(left.roster_at(&[two]).unwrap().member(&x.member).unwrap().act, two);
    assert_eq!(left.entry_at(&[loser], &x.member).unwrap().act, loser);
}
