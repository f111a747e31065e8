//! The rules of a circle and the roles in it, as they change, also in two places at once.
#![allow(clippy::unwrap_used)]

mod circle_support;

use circle_support::*;
use watchfire_protocol::circle::{
    ActBody, ActState, Change, CircleRules, Consent, Cut, Decision, ProposeError, Role,
};
use watchfire_protocol::rules::Rule;

fn retention(days: u64) -> CircleRules {
    CircleRules { retention_ms: days * DAY_MS, ..CircleRules::for_sides(2) }
}

fn rules(rules: CircleRules) -> ActBody {
    ActBody::SetRules { rules }
}

#[test]
fn the_rules_of_today_are_those_that_all_sides_agreed_to_last() {
    let (d, r) = (person(0), person(2));
    let mut log = founded(&[d, r]);
    assert_eq!(log.roster().unwrap().rules, log.charter().unwrap().rules);
    let act = add(&mut log, d, &[r], rules(retention(100)), DAY);
    assert_eq!(log.roster().unwrap().rules.retention_ms, 100 * DAY_MS);
    assert!(matches!(log.changes(&act)[..], [Change::Rules { .. }]));
    add(&mut log, r, &[d], rules(retention(120)), DAY);
    assert_eq!(log.roster().unwrap().rules.retention_ms, 120 * DAY_MS);
    // The charter is what was founded on, whatever the rules are today.
    assert_eq!(log.charter().unwrap().rules.retention_ms, 180 * DAY_MS);
    let same = log.propose(d.member, &d.identity.steward, rules(retention(120)), "", DAY);
    assert_eq!(same, Err(ProposeError::NoChange));
}

#[test]
fn a_tie_between_changes_of_the_rules_goes_to_the_lower_hash() {
    let (d, d2, r, r2) = (person(0), person(3), person(2), person(5));
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    let one = add(&mut here, d, &[r], rules(retention(100)), DAY);
    let other = add(&mut there, d2, &[r2], rules(retention(120)), DAY);
    heal(&mut [&mut here, &mut there], DAY);
    let days = if one < other { 100 } else { 120 };
    assert_eq!(here.roster().unwrap().rules, retention(days));
    assert_eq!(here.act_state(&one.max(other), DAY), Some(ActState::Overruled));
    assert_eq!(here.act_state(&one.min(other), DAY), Some(ActState::InForce));
    // Two stewards who differ contradict nobody.
    assert!(here.contradictions().is_empty());
    // In the knowledge of both the next change is the last word.
    add(&mut here, d, &[r], rules(retention(150)), DAY);
    assert_eq!(here.roster().unwrap().rules, retention(150));
}

#[test]
fn rules_out_of_bounds_are_not_agreed_to() {
    let (d, d2, r) = (person(0), person(3), person(2));
    let mut log = founded(&[d, d2, r]);
    let base = CircleRules::for_sides(2);
    for bad in [
        CircleRules { retention_ms: 1, ..base },
        CircleRules { seal_ms: 0, ..base },
        CircleRules { consent: Consent { sides: 1, stewards: 1 }, ..base },
        // One side has one steward only.
        CircleRules { consent: Consent { sides: 2, stewards: 2 }, ..base },
    ] {
        assert_eq!(log.propose(d.member, &d.identity.steward, rules(bad), "", DAY), Err(ProposeError::Rules));
        let act = forged(&log, d, &d.identity.steward, vec![log.root()], rules(bad), DAY);
        assert_eq!(put(&mut log, act, DAY), Err(Rule::ActBody));
    }
}

#[test]
fn consent_is_what_the_rules_at_the_acts_own_past_ask_for() {
    let (d, d2, r, r2) = (person(0), person(3), person(2), person(5));
    let mut log = founded(&[d, d2, r, r2]);
    let before = add(&mut log, d, &[], person(6).add(Role::Publisher), DAY);
    let two = CircleRules { consent: Consent { sides: 2, stewards: 2 }, ..CircleRules::for_sides(2) };
    add(&mut log, d, &[r], rules(two), DAY);
    // What was proposed before needs what was asked for then.
    let yes = decide(&log, r, &before, Decision::Approve, DAY);
    put(&mut log, yes, DAY).unwrap();
    assert!(is_in(&log, person(6)));
    let after_it = add(&mut log, d, &[r, r2], person(9).add(Role::Publisher), DAY);
    assert_eq!(log.missing_sides(&after_it).unwrap(), [side("democratic")]);
    let yes = decide(&log, d2, &after_it, Decision::Approve, DAY);
    put(&mut log, yes, DAY).unwrap();
    assert!(is_in(&log, person(9)));
    // A side that has fewer than that has to agree as a whole: two can never become impossible.
    add(&mut log, d, &[r, r2, d2], remove(d2), DAY);
    add(&mut log, d, &[r, r2], person(12).add(Role::Publisher), DAY);
    assert!(is_in(&log, person(12)));
}

#[test]
fn of_two_roles_given_at_once_the_lower_one_counts() {
    let (d, d2, r, r2) = (person(0), person(3), person(2), person(5));
    let x = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    add(&mut here, d, &[r], x.add(Role::Publisher), DAY);
    let mut there = here.clone();
    let up = add(&mut here, d, &[r], set_role(x, Role::Steward), DAY);
    let down = add(&mut there, d2, &[r2], set_role(x, Role::Observer), DAY);
    assert!(matches!(here.changes(&up)[..], [Change::Role { from: Role::Publisher, to: Role::Steward, .. }]));
    heal(&mut [&mut here, &mut there], DAY);
    assert_eq!(here.roster().unwrap().member(&x.member).unwrap().role, Role::Observer);
    assert_eq!(here.act_state(&up, DAY), Some(ActState::Overruled));
    assert_eq!(here.act_state(&down, DAY), Some(ActState::InForce));
}

#[test]
fn who_may_publish_no_more_has_its_reports_end_where_the_act_says() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    add(&mut log, d, &[r], set_role(x, Role::Observer), DAY);
    let roster = log.roster().unwrap();
    let publisher = x.identity.publisher.public();
    assert_eq!(roster.cuts[&publisher], Cut { signer: publisher, last: None });
    // Its node still acknowledges.
    assert!(!roster.cuts.contains_key(&x.identity.daemon.public()));
    assert!(
        roster.speaks_for(&x.member, &publisher, watchfire_keys::delegation::Scopes::PUBLISH, DAY).is_err()
    );
    let body = ActBody::SetRole {
        member: x.member,
        role: Role::Publisher,
        cuts: vec![Cut { signer: publisher, last: None }],
    };
    assert_eq!(log.propose(d.member, &d.identity.steward, body, "", DAY), Err(ProposeError::Cuts));
}

#[test]
fn the_last_steward_of_a_side_keeps_its_office() {
    let (d, r) = (person(0), person(2));
    let log = founded(&[d, r]);
    let refused = log.propose(d.member, &d.identity.steward, set_role(r, Role::Publisher), "", DAY);
    assert_eq!(refused, Err(ProposeError::LastSteward { side: side("republican") }));
    let refused = log.propose(d.member, &d.identity.steward, set_role(r, Role::Steward), "", DAY);
    assert_eq!(refused, Err(ProposeError::NoChange));
}

#[test]
fn a_steward_who_signs_contradicting_acts_is_shown_with_both() {
    let (d, r, x) = (person(0), person(2), person(6));
    let mut here = founded(&[d, r]);
    let mut there = here.clone();
    let one = add(&mut here, d, &[r], x.add(Role::Publisher), DAY);
    let other = add(&mut there, d, &[r], x.add(Role::Steward), DAY);
    heal(&mut [&mut here, &mut there], DAY);
    let proofs = here.contradictions();
    assert_eq!(proofs.len(), 1);
    assert_eq!(proofs[0].member, d.member);
    assert_eq!((proofs[0].first, proofs[0].second), (one.min(other), one.max(other)));
    assert_eq!(proofs, there.contradictions());
}
