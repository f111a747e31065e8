//! What a node lacks it gets, from whomever, and what its peers make of that harms nobody.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use circle_support::person;
use engine_support::{Name, Net, circle, report};
use watchfire_keys::ids::RecordId;
use watchfire_protocol::engine::{Input, Output, Request};
use watchfire_protocol::reconcile::{
    Ask, Content, Fingerprint, MAX_CELLS_A_MESSAGE, Message, Prefix, Range, RecordSet, Symbols,
};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::{Catchup, Frame};

const NODE: Name = Name(0);
const OTHER: Name = Name(1);
const HOSTILE: Name = Name(2);

fn publish(net: &mut Net, by: Name, count: u64) {
    for token in 0..count {
        let request = Request::Publish(Box::new(report(&format!("Phishing {token} of {}", by.0))));
        net.input(by, Input::Request { token, request });
    }
}

/// The node's own records.
fn own_records(net: &Net) -> Vec<RecordId> {
    let published = net.done.iter().filter_map(|(by, output)| match output {
        Output::Published { records, .. } if *by == NODE => Some(records.clone()),
        _ => None,
    });
    published.flatten().collect()
}

fn asks(net: &Net) -> Vec<Ask> {
    asks_of(net, HOSTILE)
}

fn asks_of(net: &Net, name: Name) -> Vec<Ask> {
    let asks = net.heard_by(name).into_iter().filter_map(|frame| match frame {
        Frame::Catchup(Catchup::Ask(ask)) => Some(ask),
        _ => None,
    });
    asks.collect()
}

/// A node with some records, and a member's end of a link that it has just asked for coded symbols.
fn asked() -> (Net, Ask) {
    let mut net = Net::founded(&[0, 1]);
    publish(&mut net, NODE, 30);
    net.greet(HOSTILE, NODE, person(2));
    for _ in 0..60 {
        net.run(1_000);
        if let Some(ask) = asks(&net).last() {
            return (net, *ask);
        }
    }
    panic!("the node compares itself with nobody");
}

fn ids(of: impl Iterator<Item = u32>) -> RecordSet {
    let mut set = RecordSet::new(&circle());
    for n in of {
        let mut id = [0x5e; 32];
        id[..4].copy_from_slice(&n.to_be_bytes());
        set.insert(RecordId::from_bytes(id));
    }
    set
}

#[test]
fn two_nodes_that_were_apart_have_the_same_records() {
    let mut net = Net::founded(&[0, 1]);
    net.unlink(NODE, OTHER);
    publish(&mut net, NODE, 40);
    publish(&mut net, OTHER, 25);
    net.run(60_000);
    for (node, fetched) in [(NODE, 25), (OTHER, 40)] {
        assert_eq!(net.engine(node).record_count(), 65);
        let status = net.engine(node).catchup_status();
        assert_eq!((status.missing, status.comparing), (0, 0));
        assert!(status.fetched <= fetched);
    }
    assert!(net.broken(NODE, OTHER).is_empty() && net.broken(OTHER, NODE).is_empty());
}

#[test]
fn nobody_is_asked_for_symbols_without_end() {
    let (mut net, _) = asked();
    net.run(120_000);
    let asks = asks(&net).len();
    assert!((2..=60).contains(&asks), "{asks} questions in two minutes to a peer that never answers");
    assert!(net.is_linked(HOSTILE, NODE));
}

#[test]
fn a_member_that_calls_again_and_again_takes_no_turn_of_the_others() {
    let mut net = Net::founded(&[0, 1]);
    publish(&mut net, NODE, 3);
    net.unlink(NODE, OTHER);
    net.engines.remove(&OTHER);
    net.greet(OTHER, NODE, person(1));
    for again in 0..24 {
        net.greet(Name(20 + again), NODE, person(2));
        net.run(5_000);
        net.unlink(Name(20 + again), NODE);
    }
    let mut sessions: Vec<u32> = asks_of(&net, OTHER).iter().map(|ask| ask.session).collect();
    sessions.dedup();
    assert!(sessions.len() >= 3, "{} comparisons with the other member in two minutes", sessions.len());
}

#[test]
fn symbols_of_nothing_lead_to_ranges() {
    let (mut net, ask) = asked();
    let of = Fingerprint { count: ask.mine.count, sum: 1 };
    let cells = [[0xa5; 24].as_slice(), &[0]].concat().repeat(ask.count as usize);
    let symbols = Symbols { session: ask.session, of, from: 0, cells };
    net.send(HOSTILE, NODE, &Frame::Catchup(Catchup::Symbols(symbols)));
    net.settle();
    let ranges = |frame: &Frame| matches!(frame, Frame::Catchup(Catchup::Message(_)));
    let more = asks(&net).len() > 1;
    assert!(more || net.heard_by(HOSTILE).iter().any(ranges), "it goes on or compares ranges");
    // Whatever it asks for is answered likewise; a few turns later it has had enough.
    for _ in 0..40 {
        let Some(ask) = asks(&net).last().copied().filter(|last| last.of.is_some()) else { break };
        let cells = [[0x3c; 24].as_slice(), &[0]].concat().repeat(ask.count as usize);
        let symbols = Symbols { session: ask.session, of, from: ask.from, cells };
        net.send(HOSTILE, NODE, &Frame::Catchup(Catchup::Symbols(symbols)));
        net.settle();
    }
    assert!(net.heard_by(HOSTILE).iter().any(ranges));
    assert_eq!(net.engine(NODE).catchup_status().comparing, 0);
}

/// What a peer says that has the node's records and spoils each symbol.
fn spoilt(ask: Ask, records: &[RecordId]) -> Frame {
    let mut theirs = ids(0..0);
    records.iter().for_each(|id| _ = theirs.insert(*id));
    if let Some(salt) = ask.salt {
        theirs = theirs.under(&salt);
    }
    let whole = theirs.whole();
    let other = Fingerprint { sum: 1, ..whole };
    let mut symbols = Ask { mine: other, of: Some(whole), ..ask }.answer(&mut theirs).unwrap();
    symbols.of = other;
    let mut at = 0;
    while at < symbols.cells.len() {
        symbols.cells[at] ^= 0x40;
        at += 24 + symbols.cells[at + 24..].iter().position(|byte| *byte < 0x80).unwrap() + 1;
    }
    Frame::Catchup(Catchup::Symbols(symbols))
}

#[test]
fn what_does_not_come_out_is_tried_once_under_another_key_and_then_by_ranges() {
    let (mut net, mut ask) = asked();
    let records = own_records(&net);
    let mut salts = Vec::new();
    let ranges = |frame: &Frame| matches!(frame, Frame::Catchup(Catchup::Message(_)));
    for _ in 0..40 {
        let before = asks(&net).len();
        net.send(HOSTILE, NODE, &spoilt(ask, &records));
        net.settle();
        salts.extend(ask.salt);
        if asks(&net).len() == before {
            break;
        }
        ask = *asks(&net).last().unwrap();
    }
    salts.dedup();
    assert_eq!(salts.len(), 1, "a salt, and only one");
    assert!(net.heard_by(HOSTILE).iter().any(ranges));
    // Nor does the node key its set anew for whoever asks a moment later.
    let ask = Ask { salt: Some([1; 16]), of: None, from: 0, ..ask };
    let before = net.heard_by(HOSTILE).len();
    net.send(HOSTILE, NODE, &Frame::Catchup(Catchup::Ask(ask)));
    net.settle();
    let declined = Frame::Catchup(Catchup::Symbols(ask.decline()));
    assert!(net.heard_by(HOSTILE)[before..].contains(&declined));
}

#[test]
fn a_comparison_goes_on_over_the_next_link() {
    let (mut net, ask) = asked();
    // Twenty more than the node has: the first symbols do not tell which.
    let mut theirs = ids(0..20);
    own_records(&net).into_iter().for_each(|id| _ = theirs.insert(id));
    let first = ask.answer(&mut theirs).unwrap();
    net.send(HOSTILE, NODE, &Frame::Catchup(Catchup::Symbols(first)));
    net.settle();
    let before = asks(&net).len();
    let next = *asks(&net).last().unwrap();
    assert_eq!((before, next.from), (2, ask.count));
    net.unlink(HOSTILE, NODE);
    net.greet(HOSTILE, NODE, person(2));
    for _ in 0..60 {
        net.run(1_000);
        if asks(&net).len() > before {
            break;
        }
    }
    let again = asks(&net)[before];
    assert_eq!((again.of, again.from, again.session), (next.of, next.from, next.session));
}

#[test]
fn what_is_offered_is_fetched_and_an_offer_out_of_order_is_refused() {
    let (mut net, _) = asked();
    let mut records: Vec<Prefix> = ids(0..10).iter().map(Prefix::of).collect();
    net.send(HOSTILE, NODE, &Frame::Catchup(Catchup::Offer { records: records.clone(), last: true }));
    net.settle();
    let fetched = net.heard_by(HOSTILE).into_iter().find_map(|frame| match frame {
        Frame::Catchup(Catchup::Fetch(records)) => Some(records),
        _ => None,
    });
    assert_eq!(fetched.as_ref(), Some(&records));
    assert_eq!(net.engine(NODE).catchup_status().missing, 10);
    records.reverse();
    net.send(HOSTILE, NODE, &Frame::Catchup(Catchup::Offer { records, last: false }));
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::ReconcileMalformed]);
}

#[test]
fn whoever_fetches_fast_waits_and_whoever_fetches_without_limit_is_charged() {
    let (mut net, _) = asked();
    let all = own_records(&net).iter().map(Prefix::of).collect();
    let fetch = Frame::Catchup(Catchup::Fetch(all));
    // Its own share and the one of all, 16,384 records at once; 2,048 more may wait.
    for _ in 0..2 * (8_192 / 30) + 2_048 / 30 {
        net.send(HOSTILE, NODE, &fetch);
    }
    assert!(!net.broken(NODE, HOSTILE).contains(&Rule::LinkBudget), "what is too much for now has to wait");
    net.send(HOSTILE, NODE, &fetch);
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::LinkBudget]);
    net.run(1_000);
    net.send(HOSTILE, NODE, &fetch);
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::LinkBudget], "and was served meanwhile");
}

#[test]
fn one_session_does_not_have_the_whole_set_gone_through_without_end() {
    let (mut net, _) = asked();
    let lie = Content::Fingerprint(Fingerprint { count: 9, sum: 9 });
    let range = Range { from: RecordId::from_bytes([0; 32]), to: None, content: lie };
    let message = Message { session: 7, from_initiator: true, ranges: vec![range] };
    let message = Frame::Catchup(Catchup::Message(message));
    for _ in 0..1_000 {
        net.send(HOSTILE, NODE, &message);
    }
    assert!(net.broken(NODE, HOSTILE).is_empty());
    for _ in 0..3_000 {
        net.send(HOSTILE, NODE, &message);
    }
    let broken = net.broken(NODE, HOSTILE);
    assert!(!broken.is_empty() && broken.iter().all(|rule| *rule == Rule::LinkBudget), "{broken:?}");
}

#[test]
fn symbols_are_handed_out_within_a_budget() {
    let (mut net, ask) = asked();
    let other = Fingerprint { count: 1, sum: 1 };
    let ask = Ask { mine: other, of: None, from: 0, count: MAX_CELLS_A_MESSAGE, ..ask };
    for _ in 0..160 {
        net.send(HOSTILE, NODE, &Frame::Catchup(Catchup::Ask(ask)));
    }
    net.settle();
    let broken = net.broken(NODE, HOSTILE);
    assert!(!broken.is_empty() && broken.iter().all(|rule| *rule == Rule::LinkBudget), "{broken:?}");
}
