//! Who is out, what falls with it, and what two halves that did not hear of one another agree on afterwards.
#![allow(clippy::unwrap_used)]

mod circle_support;

use circle_support::*;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::ids::RecordId;
use watchfire_protocol::circle::{
    ActBody, ActState, ApproveError, Change, Cut, Decision, Item, MemberState, ProposeError, Role,
};
use watchfire_protocol::rules::Rule;

/// Two stewards of each of two sides.
fn four() -> (&'static Person, &'static Person, &'static Person, &'static Person) {
    (person(0), person(3), person(2), person(5))
}

#[test]
fn a_member_is_out_when_both_sides_agree_and_not_before() {
    let (d, _, r, _) = four();
    let x = person(6);
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let digest = log.roster().unwrap().readers_digest();
    let act = add(&mut log, d, &[], remove(x), after(MINUTE));
    assert!(is_in(&log, x));
    assert_eq!(log.act_state(&act, after(MINUTE)), Some(ActState::Open));
    assert!(matches!(log.changes(&act)[..], [Change::Leaves { member, .. }] if member == x.member));
    let yes = decide(&log, r, &act, Decision::Approve, after(MINUTE));
    assert!(fresh(put(&mut log, yes, after(MINUTE))));
    assert!(!is_in(&log, x));
    let roster = log.roster().unwrap();
    assert_ne!(roster.readers_digest(), digest);
    assert_eq!(roster.frontier, [act]);
    let former = &roster.former[&x.member];
    assert_eq!((former.entry.state, former.act, former.successor), (MemberState::Removed, act, None));
    assert_eq!(roster.known(&x.member).unwrap().name, x.card.name);
    // Nobody speaks for it any more; whether an old record stands is for the cut to say.
    let publisher = x.identity.publisher.public();
    let now = after(MINUTE);
    assert_eq!(
        roster.speaks_for(&x.member, &publisher, Scopes::PUBLISH, now),
        Err(Rule::RecordUnknownAuthor)
    );
    assert_eq!(roster.author_allowed(&x.member, &publisher, Scopes::PUBLISH, now), Ok(()));
    assert!(matches!(log.changes(&act)[..], [Change::Leaves { .. }]));
}

#[test]
fn a_founder_can_be_removed_and_signs_nothing_afterwards() {
    let (d, d2, r, r2) = four();
    let mut log = founded(&[d, d2, r, r2]);
    let before: Vec<_> = log.heads().copied().collect();
    add(&mut log, d, &[r], remove(d2), after(MINUTE));
    assert!(!is_in(&log, d2));
    let frontier: Vec<_> = log.heads().copied().collect();
    let key = &d2.identity.steward;
    let act = forged(&log, d2, key, frontier, person(6).add(Role::Publisher), after(HOUR));
    assert_eq!(put(&mut log, act, after(HOUR)), Err(Rule::ActSigner));
    // Nor does a yes count that is dated back to what it knew as a steward.
    let act = add(&mut log, r, &[], person(6).add(Role::Publisher), after(HOUR));
    let yes = forged_yes(&log, d2, act, before, DAY);
    assert_eq!(put(&mut log, yes, after(HOUR)), Err(Rule::ApprovalSigner));
    assert!(!is_in(&log, person(6)));
}

#[test]
fn the_last_steward_of_a_side_is_not_removed() {
    let (d, d2, r, _) = four();
    let mut log = founded(&[d, d2, r]);
    let refused = log.propose(d.member, &d.identity.steward, remove(r), "", DAY);
    assert_eq!(refused, Err(ProposeError::LastSteward { side: side("republican") }));
    let act = forged(&log, d, &d.identity.steward, vec![log.root()], remove(r), DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActBody));
    let refused = log.propose(d.member, &d.identity.steward, remove(person(6)), "", DAY);
    assert_eq!(refused, Err(ProposeError::NotAMember));
}

#[test]
fn removal_beats_a_concurrent_addition() {
    let (d, d2, r, r2) = four();
    let x = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    let first = add(&mut here, d, &[r], x.add(Role::Publisher), DAY);
    let mut there = here.clone();
    add(&mut here, d, &[r], remove(x), after(MINUTE));
    // The other half removes it too and lets it in again, which it could do in the knowledge of its own removal only.
    add(&mut there, d2, &[r2], remove(x), after(MINUTE));
    let again = add(&mut there, d2, &[r2], x.add(Role::Publisher), after(HOUR));
    assert!(is_in(&there, x));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert!(!is_in(&here, x));
    assert_ne!(first, again);
    // In the knowledge of both it comes back.
    add(&mut here, d, &[r], x.add(Role::Observer), after(2 * HOUR));
    assert_eq!(here.roster().unwrap().member(&x.member).unwrap().role, Role::Observer);
    assert!(here.roster().unwrap().former.is_empty());
}

#[test]
fn an_old_addition_that_comes_again_readmits_nobody() {
    let (d, _, r, _) = four();
    let x = person(6);
    let mut log = founded(&[d, r]);
    let act = add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    add(&mut log, d, &[r], remove(x), after(MINUTE));
    for item in log.bundle(&act) {
        log.insert(item, after(HOUR)).unwrap();
    }
    // Nor does the same addition under a later date, with parents from before the removal.
    let back = forged(&log, d, &d.identity.steward, vec![log.root()], x.add(Role::Steward), after(HOUR));
    let id = back.id();
    put(&mut log, back, after(HOUR)).unwrap();
    let yes = forged_yes(&log, r, id, vec![log.root()], after(HOUR));
    assert!(fresh(put(&mut log, yes, after(HOUR))));
    assert!(!is_in(&log, x));
}

#[test]
fn two_stewards_that_remove_each_other_are_both_out() {
    let (d, d2, r, r2) = four();
    let mut here = founded(&[d, d2, r, r2, person(8)]);
    let mut there = here.clone();
    let out_r = add(&mut here, d, &[r2], remove(r), after(MINUTE));
    let out_d = add(&mut there, r, &[d2], remove(d), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert!(!is_in(&here, d) && !is_in(&here, r));
    // What takes away is never void.
    for act in [out_r, out_d] {
        assert_eq!(here.act_state(&act, after(HOUR)), Some(ActState::InForce));
    }
}

#[test]
fn what_the_removed_did_beside_its_removal_is_void() {
    let (d, d2, r, r2) = four();
    let y = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    add(&mut here, d2, &[r], remove(d), after(MINUTE));
    let by_removed = add(&mut there, d, &[r2], y.add(Role::Publisher), after(MINUTE));
    assert!(is_in(&there, y));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert!(!is_in(&here, y));
    assert_eq!(here.act_state(&by_removed, after(HOUR)), Some(ActState::Voided));
    // What it signed under keys that came that way is void too.
    let roster = here.roster().unwrap();
    let key = y.identity.publisher.public();
    assert_eq!(roster.cuts.get(&key), Some(&Cut { signer: key, last: None }));
    assert!(roster.known(&y.member).is_none());
    // Proposed by somebody else, it gets in.
    add(&mut here, d2, &[r], y.add(Role::Publisher), after(2 * HOUR));
    assert!(is_in(&here, y));
}

#[test]
fn what_the_removed_approved_outside_the_removals_past_needs_another_voice() {
    let (d, d2, r, r2) = four();
    let y = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    add(&mut here, d2, &[r2], remove(r), after(MINUTE));
    let approved_by_removed = add(&mut there, d, &[r], y.add(Role::Publisher), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert!(!is_in(&here, y));
    assert_eq!(here.act_state(&approved_by_removed, after(HOUR)), Some(ActState::Voided));
    let before = here.roster().unwrap().frontier.clone();
    let yes = decide(&here, r2, &approved_by_removed, Decision::Approve, after(2 * HOUR));
    assert!(fresh(put(&mut here, yes.clone(), after(2 * HOUR))));
    assert!(is_in(&here, y));
    assert_eq!(here.act_state(&approved_by_removed, after(2 * HOUR)), Some(ActState::InForce));
    // The frontier names the voice, so the earlier one stands for what it stood for.
    let roster = here.roster().unwrap();
    assert_eq!(roster.frontier.len(), before.len() + 1);
    assert!(roster.frontier.iter().any(|id| *id.as_bytes() == yes.id()));
    assert!(!here.roster_at(&before).unwrap().is_member(&y.member));
    assert_eq!(outcome(&here.roster_at(&roster.frontier).unwrap()), outcome(roster));
    heal(&mut [&mut here, &mut there], after(2 * HOUR));
    // Whoever comes next names the voice among its parents, and the frontier is short again.
    let tie = add(&mut here, d2, &[r2], ActBody::Tie, after(3 * HOUR));
    assert_eq!(here.roster().unwrap().frontier, [tie]);
    assert!(is_in(&here, y));
}

#[test]
fn an_act_that_names_a_voice_waits_for_it() {
    let (d, d2, r, r2) = four();
    let y = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    add(&mut here, d2, &[r2], remove(r), after(MINUTE));
    let touched = add(&mut there, d, &[r], y.add(Role::Publisher), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    let yes = decide(&here, r2, &touched, Decision::Approve, after(2 * HOUR));
    put(&mut here, yes.clone(), after(2 * HOUR)).unwrap();
    let tie = add(&mut here, d2, &[r2], ActBody::Tie, after(3 * HOUR));
    for item in here.bundle(&tie) {
        there.insert(item, after(3 * HOUR)).unwrap();
    }
    let voice = watchfire_keys::ids::ActId::from_bytes(yes.id());
    assert!(there.missing(10).contains(&voice));
    // Who is asked for it by that name has it.
    assert_eq!(here.bundle(&voice), [Item::from(yes)]);
    for item in here.bundle(&voice) {
        assert!(fresh(there.insert(item, after(3 * HOUR))));
    }
    assert_eq!(outcome(there.roster().unwrap()), outcome(here.roster().unwrap()));
    assert_eq!(there.set_aside(), 0);
}

#[test]
fn what_others_agreed_to_beside_a_removal_stands() {
    let (d, d2, r, r2) = four();
    let (x, y) = (person(6), person(9));
    let mut here = founded(&[d, d2, r, r2]);
    add(&mut here, d, &[r], x.add(Role::Publisher), DAY);
    let mut there = here.clone();
    // Once a member that never was a steward goes, once a steward that had no part in it.
    add(&mut here, d, &[r], remove(x), after(MINUTE));
    let added = add(&mut there, d2, &[r2], y.add(Role::Steward), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert!(is_in(&here, y) && !is_in(&here, x));
    assert_eq!(here.roster().unwrap().frontier.len(), 2);

    add(&mut here, d, &[r], remove(d2), after(2 * HOUR));
    let z = person(8);
    let beside = add(&mut there, y, &[r2], z.add(Role::Publisher), after(2 * HOUR));
    heal(&mut [&mut here, &mut there], after(3 * HOUR));
    assert!(is_in(&here, z) && !is_in(&here, d2));
    for act in [added, beside] {
        assert_eq!(here.act_state(&act, after(3 * HOUR)), Some(ActState::InForce));
    }
    // It is touched, so the frontier names the voice that it stands on.
    assert_eq!(here.roster().unwrap().frontier.len(), 3);
}

#[test]
fn voiding_never_readmits() {
    let (d, d2, r, r2) = four();
    let x = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    add(&mut here, d, &[r], x.add(Role::Publisher), DAY);
    let mut there = here.clone();
    add(&mut here, d2, &[r2], remove(d), after(MINUTE));
    let out = add(&mut there, d, &[r], remove(x), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert!(!is_in(&here, d) && !is_in(&here, x));
    assert_eq!(here.act_state(&out, after(HOUR)), Some(ActState::InForce));
}

#[test]
fn whom_a_void_act_made_a_steward_agreed_to_nothing() {
    let (d, d2, r, r2) = four();
    let (n, y) = (person(6), person(9));
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    add(&mut here, d2, &[r], remove(d), after(MINUTE));
    add(&mut there, d, &[r2], n.add(Role::Steward), after(MINUTE));
    // The removed had no part in this one.
    let by_newcomer = add(&mut there, n, &[r2], y.add(Role::Publisher), after(HOUR));
    assert!(is_in(&there, y));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert!(!is_in(&here, n) && !is_in(&here, y));
    assert_eq!(here.act_state(&by_newcomer, after(HOUR)), Some(ActState::Voided));
    // Let in by others, it decides again, and nobody has to confirm what it does then.
    add(&mut here, d2, &[r], n.add(Role::Steward), after(2 * HOUR));
    let later = add(&mut here, n, &[r2], y.add(Role::Publisher), after(3 * HOUR));
    assert_eq!(here.roster().unwrap().frontier, [later]);
    assert!(is_in(&here, y));
}

#[test]
fn a_steward_whose_office_ended_is_a_member_still_and_what_it_did_beside_that_is_void() {
    let (d, d2, r, r2) = four();
    let y = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    add(&mut here, d2, &[r], set_role(d, Role::Publisher), after(MINUTE));
    let void = add(&mut there, d, &[r2], y.add(Role::Publisher), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    let roster = here.roster().unwrap();
    assert_eq!(roster.member(&d.member).unwrap().role, Role::Publisher);
    assert!(!is_in(&here, y));
    assert_eq!(here.act_state(&void, after(HOUR)), Some(ActState::Voided));
    // What it publishes as a member stands.
    assert!(!roster.cuts.contains_key(&d.identity.publisher.public()));
}

#[test]
fn who_would_void_acts_unknown_to_the_author_is_asked_whether_it_means_it() {
    let (d, d2, r, r2) = four();
    let y = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    let out = add(&mut here, d2, &[], remove(d), after(MINUTE));
    let added = add(&mut there, d, &[r2], y.add(Role::Publisher), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert!(is_in(&here, y));
    assert_eq!(here.would_void(&out), [added]);
    assert!(here.changes(&out).contains(&Change::Voids { act: added }));
    let key = &r.identity.steward;
    let refused = here.approve(&out, r.member, key, Decision::Approve, after(HOUR));
    assert_eq!(refused, Err(ApproveError::WouldVoid { acts: vec![added] }));
    let yes = here.approve_anyway(&out, r.member, key, Decision::Approve, after(HOUR)).unwrap();
    put(&mut here, yes, after(HOUR)).unwrap();
    assert!(!is_in(&here, y) && !is_in(&here, d));
    assert_eq!(here.changes(&out).len(), 1);
}

#[test]
fn what_the_removed_agreed_to_can_be_confirmed_and_what_it_proposed_cannot() {
    let (d, d2, r, r2) = four();
    let [proposed, agreed] = [6, 9].map(person);
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    let out = add(&mut here, d2, &[r], remove(d), after(MINUTE));
    let own = add(&mut there, d, &[r2], proposed.add(Role::Publisher), after(MINUTE));
    let other = add(&mut there, r2, &[d], agreed.add(Role::Publisher), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    let now = after(HOUR);
    assert_eq!(here.act_state(&out, now), Some(ActState::InForce));
    for act in [own, other] {
        assert_eq!(here.act_state(&act, now), Some(ActState::Voided));
    }
    let waits: Vec<_> = here.confirmable(now).into_iter().map(|one| (one.act, one.missing_sides)).collect();
    assert_eq!(waits, [(other, vec![d2.card.side.clone()])]);
    let key = &d2.identity.steward;
    for log in [&here, &there] {
        let refused = log.approve_anyway(&own, d2.member, key, Decision::Approve, now);
        assert_eq!(refused, Err(ApproveError::Void));
    }
    let yes = here.approve(&other, d2.member, key, Decision::Approve, now).unwrap();
    put(&mut here, yes, now).unwrap();
    assert!(is_in(&here, agreed) && !is_in(&here, proposed));
    assert!(here.confirmable(now).is_empty());
    // Whom the removed had proposed comes in by another proposal.
    add(&mut here, d2, &[r], proposed.add(Role::Publisher), now);
    assert!(is_in(&here, proposed));
}

#[test]
fn records_end_where_the_removal_says_and_a_signer_it_does_not_name_has_none() {
    let (d, _, r, _) = four();
    let x = person(6);
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let publisher = x.identity.publisher.public();
    let cut = Cut { signer: publisher, last: Some((7, RecordId::from_bytes([9; 32]))) };
    let body = ActBody::Remove { member: x.member, cuts: vec![cut] };
    add(&mut log, d, &[r], body, after(MINUTE));
    let cuts = &log.roster().unwrap().cuts;
    assert_eq!(cuts[&publisher], cut);
    for key in [x.identity.daemon.public(), x.identity.steward.public()] {
        assert_eq!(cuts[&key], Cut { signer: key, last: None });
    }
    assert_eq!(cuts.len(), 3);
    // Back again, its old records end where they ended.
    add(&mut log, d, &[r], x.add(Role::Publisher), after(HOUR));
    assert_eq!(log.roster().unwrap().cuts[&publisher], cut);
}

#[test]
fn what_a_removal_ended_stays_ended_where_the_addition_before_it_is_void() {
    let (d, d2, r, r2) = four();
    let y = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    let mut there = here.clone();
    add(&mut here, d2, &[r], remove(d), after(MINUTE));
    let by_removed = add(&mut there, d, &[r2], y.add(Role::Publisher), after(MINUTE));
    add(&mut there, d2, &[r2], remove(y), after(2 * MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert_eq!(here.act_state(&by_removed, after(HOUR)), Some(ActState::Voided));
    // It comes with the keys that it had before, of which the removal named none.
    add(&mut here, d2, &[r], y.add(Role::Publisher), after(2 * HOUR));
    assert!(is_in(&here, y));
    let publisher = y.identity.publisher.public();
    assert_eq!(here.roster().unwrap().cuts.get(&publisher), Some(&Cut { signer: publisher, last: None }));
}

#[test]
fn of_two_ends_of_one_signer_the_lower_one_counts() {
    let (d, d2, r, r2) = four();
    let x = person(6);
    let mut here = founded(&[d, d2, r, r2]);
    add(&mut here, d, &[r], x.add(Role::Publisher), DAY);
    let mut there = here.clone();
    let publisher = x.identity.publisher.public();
    let end = |seq| ActBody::Remove {
        member: x.member,
        cuts: vec![Cut { signer: publisher, last: Some((seq, RecordId::from_bytes([9; 32]))) }],
    };
    add(&mut here, d, &[r], end(7), after(MINUTE));
    add(&mut there, d2, &[r2], end(5), after(MINUTE));
    heal(&mut [&mut here, &mut there], after(HOUR));
    assert_eq!(here.roster().unwrap().cuts[&publisher].last.unwrap().0, 5);
}

#[test]
fn a_removal_ends_nobody_elses_records() {
    let (d, _, r, _) = four();
    let x = person(6);
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let cut = Cut { signer: r.identity.publisher.public(), last: None };
    let body = ActBody::Remove { member: x.member, cuts: vec![cut] };
    let refused = log.propose(d.member, &d.identity.steward, body.clone(), "", DAY);
    assert_eq!(refused, Err(ProposeError::Cuts));
    let heads = log.heads().copied().collect();
    let act = forged(&log, d, &d.identity.steward, heads, body, DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActBody));
    // Two ends of one signer are no act at all.
    let cut = Cut { signer: x.identity.publisher.public(), last: None };
    let body = ActBody::Remove { member: x.member, cuts: vec![cut, cut] };
    let act = forged(&log, d, &d.identity.steward, vec![log.root()], body, DAY);
    assert_eq!(put(&mut log, act, DAY), Err(Rule::ActMalformed));
}

#[test]
fn nobody_takes_over_the_name_or_a_key_of_who_was_removed() {
    let (d, _, r, _) = four();
    let (x, y) = (person(6), person(9));
    let mut log = founded(&[d, r]);
    add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    add(&mut log, d, &[r], remove(x), after(MINUTE));
    let card = y.card(x.card.name.as_str(), "democratic");
    let body = ActBody::Add { card: Box::new(card), role: Role::Publisher };
    assert_eq!(log.propose(d.member, &d.identity.steward, body, "", DAY), Err(ProposeError::Taken));
}

#[test]
fn an_approvers_second_frontier_changes_no_roster() {
    let (d, d2, r, r2) = four();
    let (x, y) = (person(6), person(9));
    let mut log = founded(&[d, d2, r, r2]);
    let first = add(&mut log, d, &[r], x.add(Role::Publisher), DAY);
    let open = propose(&log, d, y.add(Role::Publisher), after(MINUTE));
    let id = open.id();
    put(&mut log, open, after(MINUTE)).unwrap();
    // Two yeses of one steward in different knowledge: whichever a node has, the roster at the act is the same.
    let (mut one, mut other) = (log.clone(), log.clone());
    let root = log.root();
    put(&mut one, forged_yes(&log, r, id, vec![root], after(MINUTE)), after(HOUR)).unwrap();
    put(&mut other, forged_yes(&log, r, id, vec![first], after(MINUTE)), after(HOUR)).unwrap();
    assert_eq!(outcome(one.roster().unwrap()), outcome(other.roster().unwrap()));
    add(&mut one, d2, &[r2], remove(r), after(HOUR));
    for item in one.items().collect::<Vec<_>>() {
        other.insert(item, after(HOUR)).unwrap();
    }
    assert_eq!(outcome(one.roster().unwrap()), outcome(other.roster().unwrap()));
    let at = |log: &watchfire_protocol::circle::ActLog| outcome(&log.roster_at(&[id]).unwrap());
    assert_eq!(at(&one), at(&other));
}
