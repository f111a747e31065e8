//! What stands of a signer whose records end follows from the cuts and the records, in whatever order they arrive.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use circle_support::{DAY, founded, person};
use proptest::prelude::*;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::RecordId;
use watchfire_protocol::circle::{Cut, Roster};
use watchfire_protocol::record::{Ends, Placed, Position};

type Records = BTreeMap<RecordId, Position>;

fn signer() -> PublicKey {
    person(0).identity.publisher.public()
}

/// A circle in which the signer may publish.
fn roster() -> &'static Roster {
    static ROSTER: OnceLock<Arc<Roster>> = OnceLock::new();
    ROSTER.get_or_init(|| Arc::clone(founded(&[person(0), person(2)]).roster().unwrap()))
}

fn placed(id: RecordId, place: Position) -> Placed {
    let author = person(0).member;
    Placed { id, author, signer: signer(), scope: Scopes::PUBLISH, created: DAY, place }
}

fn id(number: u8) -> RecordId {
    RecordId::from_bytes([number; 32])
}

fn at(seq: u64, prev: Option<u8>) -> Position {
    Position { seq, prev: prev.map(id) }
}

fn cut(last: Option<(u64, u8)>) -> Cut {
    Cut { signer: signer(), last: last.map(|(seq, number)| (seq, id(number))) }
}

/// A node that keeps what stands.
#[derive(Default)]
struct Node {
    standing: Ends,
    here: Records,
}

impl Node {
    fn offer(&mut self, id: RecordId, place: Position) {
        if !self.here.contains_key(&id) && self.standing.stands(&id, &signer(), place.seq) {
            self.here.insert(id, place);
            let void = self.standing.place(id, &signer(), place);
            assert!(!void.contains(&id), "what stands is not void by itself");
            self.here.retain(|id, _| !void.contains(id));
        }
    }

    fn end(&mut self, cut: Option<Cut>) {
        let cuts: BTreeMap<PublicKey, Cut> = cut.into_iter().map(|cut| (cut.signer, cut)).collect();
        if !self.standing.set_cuts(&cuts, BTreeSet::new()).is_empty() {
            let places = self.here.iter().map(|(id, place)| placed(*id, *place));
            let void = self.standing.place_all(roster(), places);
            self.here.retain(|id, _| !void.contains(id));
        }
    }
}

/// The rule in other words: at or below the last one, and not beside the line that leads down from it.
fn standing(records: &Records, cut: Option<Cut>) -> BTreeSet<RecordId> {
    let Some(cut) = cut else { return records.keys().copied().collect() };
    let Some((last, end)) = cut.last else { return BTreeSet::new() };
    let mut line = BTreeMap::from([(last, end)]);
    let (mut seq, mut on_line) = (last, end);
    while let Some(Position { seq: at, prev: Some(prev) }) = records.get(&on_line).copied() {
        if at != seq || seq == 0 {
            break;
        }
        (seq, on_line) = (seq - 1, prev);
        line.insert(seq, on_line);
    }
    let stands = |(id, place): &(&RecordId, &Position)| {
        place.seq <= last && line.get(&place.seq).is_none_or(|on_line| on_line == *id)
    };
    records.iter().filter(stands).map(|(id, _)| *id).collect()
}

fn kept(node: &Node) -> BTreeSet<RecordId> {
    node.here.keys().copied().collect()
}

#[test]
fn nothing_beyond_the_last_record_stands_and_nothing_beside_the_line() {
    let mut node = Node::default();
    let chain = [(1, at(0, None)), (2, at(1, Some(1))), (3, at(2, Some(2))), (4, at(3, Some(3)))];
    let beside = [(12, at(1, Some(1))), (13, at(2, Some(12))), (21, at(0, None))];
    for (number, place) in chain.into_iter().chain(beside) {
        node.offer(id(number), place);
    }
    node.end(Some(cut(Some((2, 3)))));
    assert_eq!(kept(&node), [1, 2, 3].map(id).into());
    // Neither does anything that comes later, whatever place it claims.
    for (number, place) in
        [(5, at(4, Some(4))), (14, at(2, Some(2))), (15, at(0, None)), (16, at(1, Some(15)))]
    {
        node.offer(id(number), place);
    }
    assert_eq!(kept(&node), [1, 2, 3].map(id).into());
}

#[test]
fn a_missing_record_of_the_line_decides_when_it_comes() {
    let mut node = Node::default();
    node.end(Some(cut(Some((2, 3)))));
    node.offer(id(11), at(0, None));
    node.offer(id(1), at(0, None));
    node.offer(id(3), at(2, Some(2)));
    assert_eq!(kept(&node), [1, 3, 11].map(id).into(), "which of the two is meant is not known yet");
    node.offer(id(2), at(1, Some(1)));
    assert_eq!(kept(&node), [1, 2, 3].map(id).into());
}

#[test]
fn none_is_the_lowest_end() {
    let mut node = Node::default();
    node.offer(id(1), at(0, None));
    node.end(Some(cut(None)));
    node.offer(id(2), at(1, Some(1)));
    assert!(node.here.is_empty());
}

/// Records that form a tree: each follows one of those before it, or begins anew.
fn records() -> impl Strategy<Value = Vec<(RecordId, Position)>> {
    proptest::collection::vec(any::<prop::sample::Index>(), 1..24).prop_map(|parents| {
        let mut records: Vec<(RecordId, Position)> = Vec::new();
        for (number, parent) in (1..).zip(parents) {
            let before = parent.index(records.len() + 1).checked_sub(1).map(|index| records[index]);
            let place = match before {
                Some((prev, place)) => Position { seq: place.seq + 1, prev: Some(prev) },
                None => Position::FIRST,
            };
            records.push((id(number), place));
        }
        records
    })
}

#[derive(Clone, Debug)]
enum Step {
    Record(prop::sample::Index),
    Cut(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => any::<prop::sample::Index>().prop_map(Step::Record),
        1 => (0usize..3).prop_map(Step::Cut),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn any_order_leaves_the_same_records(
        records in records(),
        ends in proptest::collection::vec(any::<prop::sample::Index>(), 3),
        nothing in 0usize..12,
        orders in proptest::collection::vec(steps(), 3),
    ) {
        // Three acts end the signer's records, each somewhere; of those that are known the lowest counts.
        let cuts: Vec<Cut> = ends.iter().enumerate().map(|(number, end)| {
            let (id, place) = end.get(&records);
            Cut { signer: signer(), last: (number != nothing).then_some((place.seq, *id)) }
        }).collect();
        let all: Records = records.iter().copied().collect();
        let lowest = cuts.iter().min_by_key(|cut| cut.last).copied();
        let expected = standing(&all, lowest);
        for order in orders {
            let mut node = Node::default();
            let mut known: BTreeSet<usize> = BTreeSet::new();
            for step in order {
                match step {
                    Step::Record(index) => {
                        let (id, place) = *index.get(&records);
                        node.offer(id, place);
                    }
                    Step::Cut(number) => {
                        known.insert(number);
                        node.end(known.iter().map(|number| cuts[*number]).min_by_key(|cut| cut.last));
                    }
                }
            }
            node.end(lowest);
            // Peers that have more bring the rest.
            for (id, place) in &records {
                node.offer(*id, *place);
            }
            prop_assert_eq!(kept(&node), expected.clone());
        }
    }

    #[test]
    fn one_end_needs_no_second_offer(records in records(), end in any::<prop::sample::Index>(), when in 0usize..24) {
        let (last, place) = *end.get(&records);
        let cut = Cut { signer: signer(), last: Some((place.seq, last)) };
        let all: Records = records.iter().copied().collect();
        let mut node = Node::default();
        for (number, (id, place)) in records.iter().rev().enumerate() {
            if number == when {
                node.end(Some(cut));
            }
            node.offer(*id, *place);
        }
        node.end(Some(cut));
        prop_assert_eq!(kept(&node), standing(&all, Some(cut)));
    }
}
