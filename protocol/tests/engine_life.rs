//! What a node holds back until it may seal, and what it keeps over a restart.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use std::collections::BTreeMap;

use circle_support::person;
use engine_support::{Name, Net, circle, report};
use watchfire_keys::ids::RecordId;
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActBody, ActLog, Decision, Item, Role};
use watchfire_protocol::engine::{
    Change, Contact, Event, Input, Output, Request, Restored, RestoredRecord, Start,
};
use watchfire_protocol::limits::DAY_MS;
use watchfire_protocol::record::{Placed, Position, SignedRecord};

const NODE: Name = Name(0);
const NEWCOMER: Name = Name(3);

fn publish(net: &mut Net, at: Name, title: &str) -> (Vec<RecordId>, bool) {
    let request = Request::Publish(Box::new(report(title)));
    net.input(at, Input::Request { token: 7, request });
    let published = net.done.iter().rev().find_map(|(of, output)| match output {
        Output::Published { records, waiting, .. } if *of == at => Some((records.clone(), *waiting)),
        _ => None,
    });
    published.unwrap()
}

/// What a disk would have kept of a node.
fn restored(net: &Net, name: Name) -> Restored {
    let mut log = ActLog::new(circle());
    let mut kept = Restored {
        circle: circle(),
        log: ActLog::new(circle()),
        headers: Vec::new(),
        secrets: Vec::new(),
        records: Vec::new(),
        chain_starts: Vec::new(),
        presences: Vec::new(),
        heard: false,
    };
    let mut records: BTreeMap<RecordId, RestoredRecord> = BTreeMap::new();
    for (_, output) in net.done.iter().filter(|(of, _)| *of == name) {
        let Output::Persist(change) = output else { continue };
        match change.clone() {
            Change::Item(Item::Header(header)) => kept.headers.push(header),
            Change::Item(item) => {
                log.insert(item, net.now().unix).unwrap();
            }
            Change::Secret { epoch, secret } => kept.secrets.push((epoch, secret)),
            Change::Record { id, epoch, envelope, bytes, .. } => {
                let record = SignedRecord::from_bytes(&bytes).unwrap();
                records.insert(id, RestoredRecord::of(id, epoch, envelope, record, bytes.len()));
            }
            Change::Presence { bytes, .. } => kept.presences.push(bytes),
            Change::Heard => kept.heard = true,
            Change::EraseRecords(ids) => records.retain(|id, _| !ids.contains(id)),
            Change::ChainStart { signer, seq } => kept.chain_starts.push((signer, seq)),
            Change::EraseEpochs(_)
            | Change::EraseItems(_)
            | Change::ErasePresence { .. }
            | Change::Draft(_)
            | Change::Named { .. } => {}
        }
    }
    kept.records = records.into_values().collect();
    Restored { log, ..kept }
}

fn restart(net: &mut Net, name: Name, others: &[Name]) {
    let kept = restored(net, name);
    for other in others {
        net.unlink(name, *other);
    }
    net.engines.remove(&name);
    net.start(name, person(name.0 as usize), Start::Restored(Box::new(kept)), Vec::new());
}

/// A founder whose turn to deal does not come at once.
const LATER: Name = Name(1);

fn before_any_epoch() -> (Net, Vec<RecordId>) {
    let mut net = Net::default();
    net.start(LATER, person(1), Start::Founding(engine_support::founders_draft()), Vec::new());
    let (records, waiting) = publish(&mut net, LATER, "Before the first epoch");
    assert!(waiting && !net.engine(LATER).can_seal(), "nobody has dealt yet");
    assert_eq!((net.engine(LATER).waiting_count(), net.delivered(LATER)), (1, 0));
    (net, records)
}

#[test]
fn a_publication_waits_for_an_epoch_and_leaves_when_it_comes() {
    let (mut net, _) = before_any_epoch();
    net.start(NODE, person(0), Start::Founding(engine_support::founders_draft()), Vec::new());
    net.link(NODE, LATER);
    net.run(1_000);
    assert_eq!(net.engine(LATER).waiting_count(), 0);
    assert_eq!((net.delivered(LATER), net.delivered(NODE)), (1, 1));
}

#[test]
fn what_waits_survives_a_restart() {
    let (mut net, mut all) = before_any_epoch();
    restart(&mut net, LATER, &[]);
    assert_eq!(net.engine(LATER).waiting_count(), 1);
    net.run(20_000);
    assert_eq!((net.engine(LATER).waiting_count(), net.delivered(LATER)), (0, 1));
    let (second, waiting) = publish(&mut net, LATER, "After it");
    assert!(!waiting);
    all.extend(second);
    assert_no_fork(&net, &all);
}

/// Each record stands right behind the one before it.
fn assert_no_fork(net: &Net, in_order: &[RecordId]) {
    let mut records = BTreeMap::new();
    for (_, output) in &net.done {
        if let Output::Deliver(delivered) = output {
            records.insert(delivered.opened.id(), delivered.opened.record().record().clone());
        }
    }
    for (at, id) in in_order.iter().enumerate() {
        let record = &records[id];
        assert_eq!(record.seq, at as u64);
        assert_eq!(record.prev, at.checked_sub(1).map(|before| in_order[before]));
    }
}

#[test]
fn a_restart_keeps_the_place_in_the_chain_and_the_right_to_seal() {
    let mut net = Net::founded(&[0, 1]);
    let (mut all, _) = publish(&mut net, NODE, "One");
    all.extend(publish(&mut net, NODE, "Two").0);
    net.run(1_000);
    let epoch = net.engine(NODE).epoch();
    restart(&mut net, NODE, &[Name(1)]);
    assert_eq!(net.engine(NODE).epoch(), epoch);
    assert_eq!(net.engine(NODE).record_count(), 2);
    all.extend(publish(&mut net, NODE, "Three").0);
    assert_no_fork(&net, &all);
    net.link(NODE, Name(1));
    net.run(20_000);
    assert_eq!(net.delivered(Name(1)), 3, "nothing twice and nothing lost");
}

/// Person 3 joins through node 0 with a ticket; persons 0 to 2 approve, of whom those in `awake` have nodes.
fn join(awake: &[u32]) -> Net {
    let mut net = Net::founded(awake);
    let card = Box::new(person(3).card.clone());
    let body = Box::new(ActBody::Add { card, role: Role::Publisher });
    let request = Request::Propose { body, reason: String::new() };
    net.input(NODE, Input::Request { token: 1, request });
    let act = net.engine(NODE).pending()[0].act;
    net.settle();
    for n in &awake[1..] {
        let request = Request::Decide { act, decision: Decision::Approve, anyway: false };
        net.input(Name(*n), Input::Request { token: 2, request });
        net.settle();
    }
    net.run(5_000);
    let contact = Contact {
        peer: NODE,
        member: person(0).member,
        sealing: person(0).card.sealing.clone(),
        addresses: vec!["/memory/1".into()],
    };
    net.start(NEWCOMER, person(3), Start::Joining(circle()), vec![contact]);
    net
}

#[test]
fn a_newcomer_seals_nothing_before_it_has_heard_a_member_of_every_side() {
    let mut net = join(&[0, 1, 2]);
    // It reaches its contact alone.
    for other in [Name(1), Name(2)] {
        net.unlink(NODE, other);
        net.engines.remove(&other);
    }
    net.run(10_000);
    let engine = net.engine(NEWCOMER);
    assert!(engine.roster().unwrap().is_member(&person(3).member));
    assert!(engine.epoch().is_some(), "it holds an epoch, and may read");
    assert!(!engine.can_seal());
    let (_, waiting) = publish(&mut net, NEWCOMER, "Too early");
    assert!(waiting);
    net.run(10_000);
    assert_eq!(net.delivered(NODE), 0);
    // Members of the other sides say that they know what it knows.
    for n in [1, 2] {
        net.greet(Name(n), NEWCOMER, person(n as usize));
        let summaries: Vec<_> = net.heard_by(Name(n));
        let same = summaries.into_iter().rev().find_map(|frame| match frame {
            watchfire_protocol::wire::Frame::Membership(watchfire_protocol::wire::Membership::Summary(
                digest,
            )) => Some(digest),
            _ => None,
        });
        let same = watchfire_protocol::wire::Membership::Same(same.unwrap());
        assert!(!net.engine(NEWCOMER).can_seal());
        net.send(Name(n), NEWCOMER, &watchfire_protocol::wire::Frame::Membership(same));
    }
    assert!(net.engine(NEWCOMER).can_seal());
    net.run(2_000);
    assert_eq!((net.engine(NEWCOMER).waiting_count(), net.delivered(NODE)), (0, 1));
    // And it still may after a restart.
    restart(&mut net, NEWCOMER, &[NODE, Name(1), Name(2)]);
    assert!(net.engine(NEWCOMER).can_seal());
}

#[test]
fn a_newcomer_that_was_admitted_joins_and_reads() {
    let mut net = join(&[0, 1, 2]);
    net.run(10_000);
    let joined = |(of, output): &(Name, Output<Name>)| {
        *of == NEWCOMER && matches!(output, Output::Event(Event::Joined))
    };
    assert!(net.done.iter().any(joined));
    publish(&mut net, Name(1), "For everybody");
    net.run(20_000);
    assert_eq!(net.delivered(NEWCOMER), 1);
}

/// Records that a node erased, and how many.
fn erased(net: &Net, of: Name) -> Vec<RecordId> {
    let erased = net.done.iter().filter_map(|(by, output)| match output {
        Output::Persist(Change::EraseRecords(ids)) if *by == of => Some(ids.clone()),
        _ => None,
    });
    erased.flatten().collect()
}

/// Lets days pass, a few seconds of each awake: epochs are dealt and what is over is erased.
fn days(net: &mut Net, days: u64) {
    for _ in 0..days {
        net.skip(DAY_MS);
        net.run(3_000);
    }
}

#[test]
fn records_whose_time_is_over_go_everywhere_and_the_last_of_a_chain_stays() {
    let mut net = Net::founded(&[0, 1]);
    let first: Vec<RecordId> =
        (0..3).flat_map(|number| publish(&mut net, NODE, &format!("Early {number}")).0).collect();
    net.run(2_000);
    assert_eq!(net.delivered(LATER), 3);
    // A day before the end of the retention all is there; two days after it, all but the last of the chain is gone.
    days(&mut net, 179);
    for name in [NODE, LATER] {
        assert_eq!((erased(&net, name), net.engine(name).records_over()), (Vec::new(), 0));
    }
    days(&mut net, 3);
    for name in [NODE, LATER] {
        let mut gone = erased(&net, name);
        gone.sort();
        let mut expected = first[..2].to_vec();
        expected.sort();
        assert_eq!(gone, expected);
        assert_eq!(net.engine(name).records_over(), 0);
    }
    // Neither asks for them again, and a restart finds where the chain goes on.
    let delivered = (net.delivered(NODE), net.delivered(LATER));
    restart(&mut net, NODE, &[LATER]);
    net.link(NODE, LATER);
    net.run(30_000);
    assert_eq!((net.delivered(NODE), net.delivered(LATER)), delivered);
    let (next, _) = publish(&mut net, NODE, "After all that");
    net.run(2_000);
    let record = net.done.iter().rev().find_map(|(by, output)| match output {
        Output::Deliver(delivered) if *by == LATER => Some(delivered.opened.clone()),
        _ => None,
    });
    let record = record.unwrap();
    assert_eq!(record.id(), next[0]);
    assert_eq!((record.record().record().seq, record.record().record().prev), (3, Some(first[2])));
    assert!(net.broken(NODE, LATER).is_empty() && net.broken(LATER, NODE).is_empty());
    // Now that it is not the last any more, the old one goes too.
    days(&mut net, 1);
    assert!(erased(&net, NODE).contains(&first[2]) && erased(&net, LATER).contains(&first[2]));
}

#[test]
fn what_is_void_is_erased_in_parts_that_a_store_takes() {
    let mut net = Net::founded(&[0, 1]);
    publish(&mut net, LATER, "The last");
    net.run(2_000);
    let mut kept = restored(&net, NODE);
    let last = kept.records[0].clone();
    // Dated before their author was a member.
    let many = 2 * u64::try_from(Change::MAX_ERASED).unwrap() + 5;
    kept.records.extend((1..=many).map(|seq| {
        let id = RecordId::from_bytes([seq.to_be_bytes(); 4].concat().try_into().unwrap());
        let place = Position { seq, prev: None };
        RestoredRecord {
            placed: Placed { id, created: UnixMillis(0), place, ..last.placed },
            envelope: None,
            ..last.clone()
        }
    }));
    net.engines.remove(&NODE);
    let before = erased(&net, NODE).len();
    net.start(NODE, person(0), Start::Restored(Box::new(kept)), Vec::new());
    assert_eq!(erased(&net, NODE).len() - before, usize::try_from(many).unwrap());
    let parts = net.done.iter().filter_map(|(_, output)| match output {
        Output::Persist(Change::EraseRecords(ids)) => Some(ids.len()),
        _ => None,
    });
    assert!(parts.max().unwrap() <= Change::MAX_ERASED);
}
