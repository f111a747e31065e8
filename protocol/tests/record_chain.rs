//! What is known of a signer's chain does not depend on the order of arrival, and names gaps and forks.

#![allow(clippy::unwrap_used)]

mod record_support;

use proptest::prelude::*;
use record_support::*;
use watchfire_keys::RecordId;
use watchfire_protocol::{
    crypto::RealCrypto,
    limits::{MAX_CHAIN_POSITIONS, MAX_CHAIN_SIGNERS},
    record::{Acknowledgement, Body, Chain, Chains, Fork, Place, Placed, Position},
    rules::Rule,
};

fn id(number: u64) -> RecordId {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    RecordId::from_bytes(bytes)
}

/// Record `n` of an honest chain has the id `n + 1`.
fn honest(seq: u64) -> (RecordId, Position) {
    (id(seq + 1), Position { seq, prev: seq.checked_sub(1).map(|_| id(seq)) })
}

fn fed(records: &[(RecordId, Position)]) -> Chain {
    let mut chain = Chain::default();
    for (id, at) in records {
        chain.place(*id, *at);
    }
    chain
}

#[test]
fn a_chain_in_order_is_linked_and_knows_its_next_position() {
    let mut chain = Chain::default();
    assert_eq!(chain.next(), Some(Position::FIRST));
    for seq in 0..10 {
        let (id, at) = honest(seq);
        assert_eq!(chain.next(), Some(at));
        assert_eq!(chain.place(id, at), Place::Linked);
        assert_eq!(chain.place(id, at), Place::Known);
    }
    assert_eq!(chain.last(), Some((9, id(10))));
    assert_eq!((chain.gaps(9), chain.forks().count()), (Vec::new(), 0));
}

#[test]
fn gaps_are_named_until_they_are_filled() {
    let mut chain = fed(&[honest(0), honest(3), honest(4), honest(9)]);
    assert_eq!(chain.gaps(9), [1..=2, 5..=8]);
    assert_eq!(chain.gaps(1).len(), 1, "no more than asked for");
    let (two, at) = honest(2);
    assert_eq!(chain.place(two, at), Place::Ahead);
    assert_eq!(chain.gaps(9), [1..=1, 5..=8]);
    let (one, at) = honest(1);
    assert_eq!(chain.place(one, at), Place::Linked);
    assert_eq!(chain.gaps(9), [5..=8]);
}

#[test]
fn a_gap_as_long_as_all_numbers_costs_nothing() {
    let mut chain = fed(&[honest(0)]);
    let end = Position { seq: u64::MAX, prev: Some(id(7)) };
    assert_eq!(chain.place(id(8), end), Place::Ahead);
    assert_eq!(chain.gaps(9), [1..=u64::MAX - 1]);
    assert_eq!(chain.next(), None, "there is no number after the last");
}

#[test]
fn two_records_for_one_position_are_a_fork_that_names_both() {
    let (first, at) = honest(3);
    let second = id(99);
    let mut chain = fed(&[honest(0), honest(1), honest(2)]);
    assert_eq!(chain.place(second, at), Place::Linked);
    let fork = Fork { seq: 3, records: [first, second] };
    assert_eq!(chain.place(first, at), Place::Forked(fork));
    assert_eq!(chain.forks().collect::<Vec<_>>(), [fork]);
    assert_eq!(Place::Forked(fork).rule(), Some(Rule::RecordFork));
}

#[test]
fn naming_another_predecessor_is_a_fork_too() {
    let mut chain = fed(&[honest(0), honest(1)]);
    let other = Position { seq: 2, prev: Some(id(77)) };
    assert_eq!(chain.place(id(3), other), Place::Forked(Fork { seq: 1, records: [id(2), id(77)] }));
}

#[test]
fn memory_is_bounded_and_the_newest_positions_stay() {
    let count = u64::try_from(MAX_CHAIN_POSITIONS).unwrap();
    let mut chain = Chain::default();
    for seq in 0..count + 100 {
        let (id, at) = honest(seq);
        chain.place(id, at);
    }
    let (old, at) = honest(5);
    assert_eq!(chain.place(old, at), Place::Untracked);
    assert_eq!(chain.gaps(9), []);
    assert_eq!(chain.last().unwrap().0, count + 99);

    let mut chains = Chains::new();
    let mut one = record(Body::Acknowledgement(Acknowledgement { record: id(1) }));
    for number in 0..=MAX_CHAIN_SIGNERS {
        one.signer = signer(number);
        let place = chains.place(id(1), &one);
        assert_eq!(place == Place::Untracked, number == MAX_CHAIN_SIGNERS);
    }
    assert_eq!(chains.iter().count(), MAX_CHAIN_SIGNERS);
}

#[test]
fn what_is_past_its_retention_is_forgotten() {
    let mut chain = fed(&[honest(0), honest(4), honest(5), honest(8)]);
    chain.forget_below(5);
    assert_eq!(chain.gaps(9), [6..=7]);
    let (old, at) = honest(4);
    assert_eq!(chain.place(old, at), Place::Untracked);
}

#[test]
fn a_publication_is_one_stretch_of_its_signers_chain() {
    let mut chains = Chains::new();
    let key = publisher(1).public();
    let next = chains.next(&key).unwrap();
    for record in publication(1, draft(domains(2_000)), next) {
        assert_eq!(chains.place(record.id(&RealCrypto), record.record()), Place::Linked);
    }
    let next = chains.next(&key).unwrap();
    assert_eq!(chains.get(&key).unwrap().last().unwrap().0 + 1, next.seq);
    assert_eq!(chains.next(&publisher(2).public()), Some(Position::FIRST));
    assert_eq!(chains.forks().count(), 0);
}

fn signer(number: usize) -> watchfire_keys::PublicKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&u64::try_from(number).unwrap().to_le_bytes());
    watchfire_keys::codec::decode(&[&[32], &bytes[..]].concat(), 33).unwrap()
}

/// Records of a signer that may jump, fork and contradict itself.
fn records() -> impl Strategy<Value = Vec<(RecordId, Position)>> {
    let one = (0..12_u64, 0..3_u64, 0..3_u64).prop_map(|(seq, variant, prev)| {
        let prev = seq.checked_sub(1).map(|before| id(before * 10 + prev));
        (id(seq * 10 + variant), Position { seq, prev })
    });
    proptest::collection::vec(one, 0..40)
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_gives_the_same_chain(
        (records, shuffled) in records().prop_flat_map(|records| {
            let twice = [&records[..], &records[..records.len() / 2]].concat();
            (Just(records), Just(twice).prop_shuffle())
        })
    ) {
        let (once, again) = (fed(&records), fed(&shuffled));
        prop_assert_eq!(once.forks().collect::<Vec<_>>(), again.forks().collect::<Vec<_>>());
        prop_assert_eq!(once.gaps(99), again.gaps(99));
        prop_assert_eq!(once, again);
    }
}

#[test]
fn a_chain_whose_beginning_is_over_still_knows_which_record_stands_last() {
    let records: Vec<_> = (0..6).map(|seq| signed(honest(seq))).collect();
    let mut chains = Chains::new();
    for record in &records {
        chains.take(record);
    }
    let signer = records[0].signer;
    // What is over goes from the beginning only: behind a record that stays, others may have gone or never come.
    let mut over = vec![records[0].id, records[1].id, records[3].id];
    over.sort();
    assert_eq!(chains.forget_over(&over), [(signer, 2)]);
    assert_eq!(chains.forget_over(&over), []);
    // As a start finds it, in any order.
    let mut again = Chains::new();
    again.start_at(signer, 2);
    for record in [&records[5], &records[2], &records[4], &records[3]] {
        again.take(record);
    }
    assert_eq!(again.get(&signer).unwrap().standing_end(), Some((5, records[5].id)));
    assert_eq!(again.next(&signer), chains.next(&signer));
}

/// A record of an honest chain, as its place is kept.
fn signed((id, place): (RecordId, Position)) -> Placed {
    let record = record(Body::Acknowledgement(Acknowledgement { record: id }));
    Placed { place, ..Placed::of(id, &record) }
}
