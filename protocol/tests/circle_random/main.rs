//! Random histories with partitions and malicious stewards: whatever order items arrive in, every node ends with the
//! same circle, the same usable epochs and the same records, and with those that the rules, written down a second time and as
//! simply as can be, say; and nobody is in or out without those who have to agree.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod audit;
#[path = "../circle_support/mod.rs"]
mod circle_support;
mod deeds;
mod long;
mod person;
mod plain;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use circle_support::node::{Node, Records};
use circle_support::orders::{answer, cases, copied, shuffled};
use circle_support::*;
use deeds::{Deed, deeds};

use plain::{Plain, Who};
use plain::{epochs, records};
use proptest::prelude::*;
use watchfire_keys::codec;
use watchfire_keys::epoch::Header;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, EpochId, MemberId, RecordId};
use watchfire_keys::labels::{SIGN_ACT, SIGN_APPROVAL};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActBody, ActLog, ActState, Contradiction, Entry, Item, KeyState, Roster};
use watchfire_protocol::record::Record;
use world::{Op, World, ops};

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
    prop_assert_eq!(roster.readers_digest(), epochs::readers(who), "readers");
    let stewards: BTreeSet<MemberId> = roster.stewards().map(|entry| entry.member).collect();
    let steward = |entry: &&Arc<Entry>| entry.is_steward();
    prop_assert_eq!(
        stewards,
        roster.members.values().filter(steward).map(|e| e.member).collect::<BTreeSet<_>>()
    );
    Ok(())
}

/// What of a log every order of arrival gives.
fn shown(log: &ActLog, now: UnixMillis) -> (BTreeMap<ActId, ActState>, Vec<Contradiction>) {
    let shared = log.acts().filter(|(_, act)| !act.act.body.is_own());
    let states = shared.map(|(id, _)| (*id, log.act_state(id, now).unwrap())).collect();
    (states, log.contradictions())
}

/// Something that a peer hands on.
#[derive(Clone)]
enum Arrival {
    /// With whether its signatures hold, which need not be found out each time.
    Item(Item, bool),
    Header(Arc<Header>),
    Record(RecordId, Arc<Record>),
}

/// A node to which everything has come in this order, and then what it asked for.
fn arrived(
    mut node: Node,
    order: Vec<Arrival>,
    (check, lets_go): (bool, bool),
    now: UnixMillis,
    items: &[Item],
) -> Node {
    for (at, arrival) in order.iter().enumerate() {
        if lets_go && at % 7 == 6 {
            node.let_go(now);
        }
        match arrival {
            Arrival::Item(item, holds) => {
                let item = item.clone();
                let taken = if check || !holds {
                    node.log.insert(item, now)
                } else {
                    node.log.insert_trusted(item, now)
                };
                if fresh(taken) {
                    node.follow(now);
                }
            }
            Arrival::Header(header) => node.header(header, now),
            Arrival::Record(id, record) => _ = node.offer(*id, record),
        }
    }
    answer(&mut node.log, now, |act| {
        items.iter().filter(|item| item.id() == *act.as_bytes()).cloned().collect()
    });
    node.follow(now);
    // What was not for it when it came, peers that have it offer again.
    let mut rounds = 0;
    loop {
        let mut taken = false;
        for arrival in &order {
            if let Arrival::Record(id, record) = arrival {
                taken |= node.offer(*id, record);
            }
        }
        if !taken {
            return node;
        }
        rounds += 1;
        assert!(rounds < 10, "records come and go");
    }
}

/// The epoch that a node would seal under if it had been handed all secrets.
fn sealing(node: &mut Node, world: &World, at: UnixMillis) -> Option<EpochId> {
    for (header, secret) in &world.headers {
        let _ = node.ring.insert_secret(header.id(), secret.clone());
    }
    node.ring.sealing(node.log.roster()?, at).map(|keys| *keys.epoch())
}

/// What tells one history from another.
fn history(most: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = History> {
    // Also long after every proposal has expired, as when a node catches up.
    let late = prop::sample::select(vec![0, 60 * DAY_MS]);
    let parts = (2..=3_usize, ops(most), any::<u64>(), late, deeds());
    parts.prop_map(|(sides, ops, seed, late, deeds)| History { sides, ops, seed, late, deeds })
}

#[derive(Clone, Debug)]
struct History {
    sides: usize,
    ops: Vec<Op>,
    /// Of the orders in which things arrive.
    seed: u64,
    /// How long after the end they do, in milliseconds.
    late: u64,
    deeds: Vec<Deed>,
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn every_order_of_arrival_gives_the_circle_that_the_rules_say(history in history(20..=200)) {
        holds_in_every_order(&history)?;
    }
}

fn holds_in_every_order(history: &History) -> Result<(), TestCaseError> {
    let History { sides, ops, seed, late, deeds } = history;
    let mut world = World::new(*sides);
    world.live(ops, deeds);
    let now = world.now.saturating_add(*late);
    let items = world.items();
    let charter = world.nodes[0].log.charter().unwrap();
    let (sound, broken): (Vec<Item>, Vec<Item>) = items.iter().cloned().partition(holds);
    let plain = Plain::of(charter, &sound);
    let expected = plain.now();
    let all: Records = world.records.iter().cloned().collect();
    let standing = records::standing(&expected, &all);
    let counted = world.headers.iter().map(|(header, _)| header);
    let counted: BTreeMap<EpochId, &Header> = counted
        .filter(|header| plain.counts_as_epoch(header, now))
        .map(|header| (header.id(), header.as_ref()))
        .collect();
    let readers = epochs::readers(&expected);
    let usable: BTreeSet<EpochId> =
        counted.iter().filter(|(_, header)| header.readers == readers).map(|(id, _)| *id).collect();

    let mut arrivals: Vec<Arrival> = sound.iter().map(|item| Arrival::Item(item.clone(), true)).collect();
    arrivals.extend(broken.into_iter().map(|item| Arrival::Item(item, false)));
    arrivals.extend(world.headers.iter().map(|(header, _)| Arrival::Header(Arc::clone(header))));
    arrivals.extend(all.iter().map(|(id, record)| Arrival::Record(*id, Arc::clone(record))));
    let empty = Node::new(ActLog::new(*world.nodes[0].log.circle()), charter.founders[0].member());
    let mut first: Option<(Node, Option<EpochId>)> = None;
    for order in 0..4_u64 {
        let arriving = if order == 3 {
            arrivals.iter().rev().cloned().collect()
        } else {
            shuffled(&arrivals, seed.wrapping_add(order))
        };
        // The first order checks every signature; the last two let go of what has no effect meanwhile.
        let mut node = arrived(empty.clone(), arriving, (order == 0, order >= 2), now, &items);
        let seals = sealing(&mut node, &world, world.now);
        let roster = node.log.roster().unwrap();
        compare(roster, &expected)?;
        prop_assert_eq!(node.here.keys().copied().collect::<BTreeSet<_>>(), standing.clone());
        prop_assert!(node.ring.headers().map(|(id, _)| id).eq(counted.keys()), "headers");
        prop_assert_eq!(&node.usable(), &usable);
        // What is computed for a frontier is what was computed on the way there.
        prop_assert_eq!(outcome(&node.log.roster_at(&roster.frontier).unwrap()), outcome(roster));
        if let Some((first, first_seals)) = &first {
            prop_assert_eq!(outcome(first.log.roster().unwrap()), outcome(roster));
            prop_assert_eq!(shown(&first.log, now), shown(&node.log, now));
            prop_assert_eq!(first_seals, &seals);
        } else {
            first = Some((node, seals));
        }
    }
    let (node, _) = first.unwrap();
    audit::membership(&node.log, now)?;
    audit::records(&node, now)?;
    audit::epochs(&node, &world)?;
    let first = &node.log;
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
    copied(first, now);
    // From disk everything comes back as it was.
    let restored = ActLog::restore(*first.circle(), first.items(), now);
    let ids = |log: &ActLog| log.ids().collect::<BTreeSet<_>>();
    prop_assert_eq!(ids(&restored), ids(first));
    prop_assert_eq!(outcome(restored.roster().unwrap()), outcome(first.roster().unwrap()));
    Ok(())
}

/// Whether the signatures of an item hold, as any node finds when it arrives.
fn holds(item: &Item) -> bool {
    match item {
        Item::Act(signed) => {
            let act = &signed.act;
            let parts: [&[u8]; 2] = [act.circle.as_bytes(), &codec::encode(act)];
            let delegated = match &act.body {
                ActBody::Delegate { delegation, .. } => delegation.verify(&act.signer).is_ok(),
                _ => true,
            };
            delegated && act.signer.verify(SIGN_ACT, &parts, &signed.signature).is_ok()
        }
        Item::Approval(signed) => {
            let yes = &signed.approval;
            let parts: [&[u8]; 3] = [yes.circle.as_bytes(), yes.act.as_bytes(), &codec::encode(yes)];
            yes.signer.verify(SIGN_APPROVAL, &parts, &signed.signature).is_ok()
        }
        Item::Founding(_) | Item::Header(_) => true,
    }
}
