//! A report for named readers goes the way of every record and is read by them alone.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use std::sync::Arc;

use circle_support::person;
use engine_support::{Name, Net, circle, founders_draft, report};
use watchfire_keys::UnixMillis;
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{MemberId, RecordId};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Change, Delivered, Input, Output, Refusal, Request, Start};
use watchfire_protocol::envelope::{EpochKeys, seal};
use watchfire_protocol::indicator::Tlp;
use watchfire_protocol::publication::{Author, ReportDraft, SplitError, sign_named};
use watchfire_protocol::record::{Body, Inner, Position, Record, SignedRecord};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::{Frame, Spread};

const AUTHOR: Name = Name(0);
const READER: Name = Name(1);
const OTHER: Name = Name(2);

fn red(to: &[usize]) -> ReportDraft {
    let audience = to.iter().map(|n| person(*n).member).collect();
    ReportDraft { tlp: Tlp::Red, audience, ..report("Quiet warning") }
}

fn publish(net: &mut Net, draft: ReportDraft) {
    net.input(AUTHOR, Input::Request { token: 7, request: Request::Publish(Box::new(draft)) });
}

fn delivered(net: &Net, name: Name) -> Vec<Delivered> {
    let of = |(who, output): &(Name, Output<Name>)| match output {
        Output::Deliver(delivered) if *who == name => Some(delivered.clone()),
        _ => None,
    };
    net.done.iter().filter_map(of).collect()
}

/// What a node has kept in the clear of reports for named readers.
fn kept(net: &Net, name: Name) -> Vec<(RecordId, Inner)> {
    let of = |(who, output): &(Name, Output<Name>)| match output {
        Output::Persist(Change::Named { id, bytes }) if *who == name => {
            Some((*id, Inner::from_bytes(bytes).unwrap()))
        }
        _ => None,
    };
    net.done.iter().filter_map(of).collect()
}

fn refusal(net: &Net) -> Option<Refusal> {
    net.done.iter().rev().find_map(|(_, output)| match output {
        Output::Refused { token: 7, refusal } => Some(refusal.clone()),
        _ => None,
    })
}

#[test]
fn readers_read_it_and_everybody_else_holds_what_it_cannot_read() {
    let mut net = Net::founded(&[0, 1, 2]);
    publish(&mut net, red(&[1]));
    net.run(2_000);
    for reader in [AUTHOR, READER] {
        let delivered = delivered(&net, reader);
        let inner = delivered[0].named.as_ref().unwrap();
        assert_eq!((inner.report.title.as_str(), inner.report.tlp), ("Quiet warning", Tlp::Red));
        assert!(inner.audience.contains(&person(0).member) && inner.audience.contains(&person(1).member));
        assert_eq!(kept(&net, reader), [(delivered[0].opened.id(), (**inner).clone())]);
    }
    let at_other = &delivered(&net, OTHER)[0];
    assert!(at_other.named.is_none() && kept(&net, OTHER).is_empty());
    // It holds the record all the same, with slots that look alike and words that it cannot see.
    assert_eq!(at_other.opened.id(), delivered(&net, READER)[0].opened.id());
    let Body::Named(named) = &at_other.opened.record().record().body else { panic!("it is a named record") };
    assert_eq!(named.slot_count(), 8);
    let bytes = at_other.opened.record().to_bytes();
    assert!(!bytes.windows(5).any(|window| window == b"Quiet"));
    assert!(!bytes.windows(32).any(|window| window == person(1).member.as_bytes()));
}

#[test]
fn a_member_who_cannot_read_it_hands_it_on() {
    let mut net = Net::founded(&[0, 2]);
    publish(&mut net, red(&[1]));
    net.run(2_000);
    net.unlink(AUTHOR, OTHER);
    net.engines.remove(&AUTHOR);
    // The reader comes up after the author has gone, and meets the other one only.
    net.start(READER, person(1), Start::Founding(founders_draft()), Vec::new());
    net.link(READER, OTHER);
    net.run(30_000);
    let delivered = delivered(&net, READER);
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0].named.as_ref().unwrap().report.title, "Quiet warning");
}

#[test]
fn whoever_is_no_member_cannot_be_a_reader_and_red_needs_one() {
    let mut net = Net::founded(&[0, 1]);
    publish(&mut net, red(&[9]));
    assert_eq!(refusal(&net), Some(Refusal::Report(SplitError::NotAMember(person(9).member))));
    publish(&mut net, red(&[]));
    assert_eq!(refusal(&net), Some(Refusal::Report(SplitError::NeedsAudience)));
    net.run(2_000);
    assert_eq!(net.delivered(READER) + net.delivered(AUTHOR), 0);
}

/// Persons 0 and 1 are awake, and person 2 is greeted and driven by hand.
fn with_hostile() -> (Net, Arc<EpochKeys>) {
    let mut net = Net::founded(&[0, 1]);
    net.greet(OTHER, AUTHOR, person(2));
    net.settle();
    let engine = net.engine(AUTHOR);
    let keys = engine.keyring().keys(&engine.epoch().unwrap()).unwrap().clone();
    (net, keys)
}

fn signed_by_2(at: Position, now: UnixMillis) -> SignedRecord {
    let key: &SigningKey = &person(2).identity.publisher;
    let author = Author { circle: circle(), member: person(2).member, key };
    let sealing_of = |member: &MemberId| {
        (0..3).map(person).find(|person| person.member == *member).map(|p| p.identity.sealing.public())
    };
    let mut rng = rng(at.seq);
    sign_named(red(&[0]), &RealCrypto, author, at, now, sealing_of, &mut rng).unwrap()
}

fn rng(seed: u64) -> rand_chacha::ChaCha12Rng {
    rand_core::SeedableRng::seed_from_u64(seed)
}

#[test]
fn a_flood_of_them_is_left_to_reconciliation_before_a_slot_is_tried() {
    let (mut net, keys) = with_hostile();
    let now = net.now().unix;
    let mut at = Position::FIRST;
    for _ in 0..40 {
        let record = signed_by_2(at, now);
        at = Position { seq: at.seq + 1, prev: Some(record.id(&RealCrypto)) };
        net.send(OTHER, AUTHOR, &Frame::Spread(Spread::Push(seal(&RealCrypto, &keys, &record).unwrap())));
    }
    let over = net.broken(AUTHOR, OTHER).iter().filter(|rule| **rule == Rule::RecordAuthorBudget).count();
    assert_eq!((over, kept(&net, AUTHOR).len()), (8, 32));
}

#[test]
fn what_was_sealed_in_one_record_opens_in_no_other() {
    let (mut net, keys) = with_hostile();
    publish(&mut net, red(&[1]));
    net.run(1_000);
    let original = delivered(&net, AUTHOR)[0].opened.record().record().clone();
    // Person 2 puts the slots and the content into a record of its own, to make the reader show it as person 2's.
    let own = &person(2).identity.publisher;
    let stolen = Record { author: person(2).member, signer: own.public(), ..original };
    let stolen = SignedRecord::sign(&RealCrypto, stolen, own);
    net.send(OTHER, AUTHOR, &Frame::Spread(Spread::Push(seal(&RealCrypto, &keys, &stolen).unwrap())));
    net.run(1_000);
    assert_eq!(delivered(&net, AUTHOR).len(), 2, "it is carried like any record");
    assert_eq!((kept(&net, AUTHOR).len(), kept(&net, READER).len()), (1, 1), "and it says nothing");
}
