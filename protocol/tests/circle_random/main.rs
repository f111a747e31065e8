//! Random histories with partitions and malicious stewards: whatever order items arrive in, every node ends with the
//! same circle, and with the one that the rules, written down a second time and as simply as can be, say; and nobody is
//! in or out without those who have to agree.
#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "../circle_support/mod.rs"]
mod circle_support;
mod person;
mod plain;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use circle_support::orders::{answer, cases, shuffled};
use circle_support::*;
use plain::{Plain, Who};
use proptest::prelude::*;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_protocol::circle::{
    ActBody, ActLog, ActState, Contradiction, Decision, Entry, Item, KeyState, Roster,
};
use watchfire_protocol::rules::Rule;
use world::{World, ops};

/// One member as both sides of a comparison print it.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    name: String,
    side: String,
    role: &'static str,
    act: ActId,
    sealing: [u8; 8],
    keys: BTreeMap<PublicKey, KeyState>,
}

fn line(entry: &Entry) -> Line {
    Line {
        name: entry.name.as_str().to_owned(),
        side: entry.side.as_str().to_owned(),
        role: entry.role.as_str(),
        act: entry.act,
        sealing: entry.sealing.as_bytes()[..8].try_into().unwrap(),
        keys: entry.keys.clone(),
    }
}

fn plain_line(one: &plain::One) -> Line {
    Line {
        name: one.name.as_str().to_owned(),
        side: one.side.as_str().to_owned(),
        role: one.role.as_str(),
        act: one.act,
        sealing: one.sealing.as_bytes()[..8].try_into().unwrap(),
        keys: one.keys.clone(),
    }
}

/// That a roster says what the plain rules say.
fn compare(roster: &Roster, who: &Who) -> Result<(), TestCaseError> {
    let members: BTreeMap<MemberId, Line> =
        roster.members.iter().map(|(id, entry)| (*id, line(entry))).collect();
    let expected: BTreeMap<MemberId, Line> =
        who.members.iter().map(|(id, one)| (*id, plain_line(one))).collect();
    prop_assert_eq!(members, expected, "members");
    let former: BTreeMap<MemberId, _> = roster
        .former
        .iter()
        .map(|(id, former)| (*id, (line(&former.entry), former.entry.state, former.act, former.successor)))
        .collect();
    let expected: BTreeMap<MemberId, _> = who
        .former
        .iter()
        .map(|(id, (one, state, act, successor))| (*id, (plain_line(one), *state, *act, *successor)))
        .collect();
    prop_assert_eq!(former, expected, "former");
    prop_assert_eq!(&roster.cuts, &who.cuts, "cuts");
    prop_assert_eq!(roster.rules, who.rules, "rules");
    prop_assert_eq!(&roster.frontier, &who.frontier, "frontier");
    let stewards: BTreeSet<MemberId> = roster.stewards().map(|entry| entry.member).collect();
    let steward = |entry: &&std::sync::Arc<Entry>| entry.is_steward();
    prop_assert_eq!(
        stewards,
        roster.members.values().filter(steward).map(|e| e.member).collect::<BTreeSet<_>>()
    );
    Ok(())
}

/// That everybody who is in came in, and everybody who is out went, by those who had to agree.
fn audit(log: &ActLog, now: watchfire_keys::time::UnixMillis) -> Result<(), TestCaseError> {
    let roster = log.roster().unwrap();
    for entry in roster.members.values().filter(|entry| entry.act != log.root()) {
        let act = log.act(&entry.act).unwrap();
        prop_assert_eq!(log.act_state(&entry.act, now), Some(ActState::InForce));
        prop_assert!(act.act.body.card().is_some_and(|card| card.member() == entry.member));
        prop_assert!(agreed(log, &entry.act));
    }
    for former in roster.former.values() {
        let act = log.act(&former.act).unwrap();
        if let ActBody::Leave { .. } = act.act.body {
            prop_assert_eq!(act.act.author, former.entry.member);
            prop_assert_eq!(act.act.signer, former.entry.card.organisation);
        } else {
            prop_assert_eq!(act.act.body.removes(), Some(&former.entry.member));
            prop_assert!(agreed(log, &former.act));
        }
    }
    Ok(())
}

/// Whether enough stewards of every side signed, each with a key that it had as it signed.
fn agreed(log: &ActLog, id: &ActId) -> bool {
    let act = &log.act(id).unwrap().act;
    let rules = log.roster_at(&act.parents).unwrap().rules;
    let mut voices: BTreeMap<String, BTreeSet<MemberId>> = BTreeMap::new();
    let mut whole = BTreeSet::new();
    if let ActBody::Seat { side, .. } = &act.body {
        assert_eq!(log.charter().unwrap().recovery.get(side), Some(&act.signer));
        whole.insert(side.as_str().to_owned());
    } else {
        let author = log.entry_at(&act.parents, &act.author).unwrap();
        assert!(author.is_steward());
        voices.entry(author.side.as_str().to_owned()).or_default().insert(act.author);
    }
    for yes in log.approvals(id).filter(|yes| yes.approval.decision == Decision::Approve) {
        // By what it knew and what the act's author knew.
        let knew: BTreeSet<ActId> = yes.approval.frontier.iter().chain(&act.parents).copied().collect();
        let knew: Vec<ActId> = knew.into_iter().collect();
        let knew = log.entry_at(&knew, &yes.approval.approver).unwrap();
        assert!(knew.is_steward());
        voices.entry(knew.side.as_str().to_owned()).or_default().insert(yes.approval.approver);
    }
    let at = log.roster_at(&act.parents).unwrap();
    let sides = log.charter().unwrap().sides.iter().filter(|side| {
        let seated = at.stewards().filter(|entry| entry.side == **side).count().max(1);
        let asked = usize::from(rules.consent.stewards).min(seated);
        whole.contains(side.as_str()) || voices.get(side.as_str()).map_or(0, BTreeSet::len) >= asked
    });
    sides.count() >= usize::from(rules.consent.sides)
}

/// What of a log every order of arrival gives.
fn shown(
    log: &ActLog,
    now: watchfire_keys::time::UnixMillis,
) -> (BTreeMap<ActId, ActState>, Vec<Contradiction>) {
    let shared = log.acts().filter(|(_, act)| !act.act.body.is_own());
    let states = shared.map(|(id, _)| (*id, log.act_state(id, now).unwrap())).collect();
    (states, log.contradictions())
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn every_order_of_arrival_gives_the_circle_that_the_rules_say(
        sides in 2..=3_usize,
        ops in ops(),
        seed in any::<u64>(),
        // Also long after every proposal has expired, as when a node catches up.
        late in prop::sample::select(vec![0, 60 * DAY_MS]),
    ) {
        let mut world = World::new(sides);
        for op in ops {
            world.apply(op);
        }
        let now = world.now.saturating_add(late);
        let items = world.items();
        let circle = *world.logs[0].circle();
        let charter = world.logs[0].charter().unwrap();
        let plain = Plain::of(charter, &items);
        let expected = plain.now();

        let mut first: Option<ActLog> = None;
        for order in 0..4_u64 {
            let mut log = ActLog::new(circle);
            let arriving = if order == 3 {
                items.iter().rev().cloned().collect()
            } else {
                shuffled(&items, seed.wrapping_add(order))
            };
            for item in arriving {
                // The first order checks every signature; those that hold are not checked again.
                let _ = if order == 0 || !holds(&item) { log.insert(item, now) } else { log.insert_trusted(item, now) };
            }
            answer(&mut log, now, |act| {
                items.iter().filter(|item| item.id() == *act.as_bytes()).cloned().collect()
            });
            let roster = log.roster().unwrap();
            compare(roster, &expected)?;
            // What is computed for a frontier is what was computed on the way there.
            prop_assert_eq!(outcome(&log.roster_at(&roster.frontier).unwrap()), outcome(roster));
            if let Some(first) = &first {
                prop_assert_eq!(outcome(first.roster().unwrap()), outcome(roster));
                prop_assert_eq!(shown(first, now), shown(&log, now));
            } else {
                first = Some(log);
            }
        }
        let first = first.unwrap();
        audit(&first, now)?;
        let void: BTreeSet<ActId> = first
            .acts()
            .map(|(id, _)| *id)
            .filter(|id| first.act_state(id, now) == Some(ActState::Voided))
            .collect();
        prop_assert_eq!(&void, &expected.void);
        for (id, act) in first.acts() {
            if let Some(at) = first.roster_at(&[*id]) {
                compare(&at, &plain.who(&[*id]).unwrap())?;
                compare(&first.roster_at(&act.act.parents).unwrap(), &plain.who(&act.act.parents).unwrap())?;
            }
        }
        // A node that takes the items in the order in which another has them asks for nothing but the odd own act of one
        // who signed several for one number, and ends with the same circle.
        let mut copy = ActLog::new(circle);
        for item in first.items() {
            let taken = copy.insert(item, now);
            prop_assert!(matches!(taken, Ok(_) | Err(Rule::ActSlot)), "{:?}", taken);
        }
        answer(&mut copy, now, |act| first.bundle(act));
        prop_assert_eq!(copy.set_aside(), 0);
        prop_assert_eq!(outcome(copy.roster().unwrap()), outcome(first.roster().unwrap()));
        // From disk everything comes back as it was.
        let restored = ActLog::restore(circle, first.items(), now);
        let ids = |log: &ActLog| log.ids().collect::<BTreeSet<_>>();
        prop_assert_eq!(ids(&restored), ids(&first));
        prop_assert_eq!(outcome(restored.roster().unwrap()), outcome(first.roster().unwrap()));
    }
}

/// Whether the signatures of an item hold, as any node finds when it arrives.
fn holds(item: &Item) -> bool {
    let Item::Act(act) = item else {
        let Item::Approval(yes) = item else { return true };
        let inner = &yes.approval;
        let parts: [&[u8]; 3] =
            [inner.circle.as_bytes(), inner.act.as_bytes(), &watchfire_keys::codec::encode(inner)];
        return inner.signer.verify(watchfire_keys::labels::SIGN_APPROVAL, &parts, &yes.signature).is_ok();
    };
    let parts: [&[u8]; 2] = [act.act.circle.as_bytes(), &watchfire_keys::codec::encode(&act.act)];
    act.act.signer.verify(watchfire_keys::labels::SIGN_ACT, &parts, &act.signature).is_ok()
}
