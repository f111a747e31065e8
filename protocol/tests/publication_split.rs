//! A publication of any size becomes records within the limits, and the same alert again in whatever order they come.

#![allow(clippy::unwrap_used)]

mod record_support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use record_support::*;
use watchfire_keys::RecordId;
use watchfire_protocol::{
    crypto::RealCrypto,
    indicator::{Indicator, Kind, Tlp},
    limits::{MAX_INDICATORS_PER_RECORD, MAX_PART_COUNT, MAX_RECORD_BYTES},
    publication::{Alert, SplitError, assemble, split},
    record::{Body, Position, Problem, Record, SignedRecord},
};

fn parts_of(records: &[SignedRecord]) -> Vec<(RecordId, Record)> {
    records.iter().map(|record| (record.id(&RealCrypto), record.record().clone())).collect()
}

fn assembled(head: &(RecordId, Record), others: &[(RecordId, Record)]) -> Alert {
    assemble(head.0, &head.1, others.iter().map(|(id, record)| (*id, record))).unwrap()
}

/// A report whose indicators fill records by their size before they do so by their number.
fn long_urls(count: usize) -> Vec<Indicator> {
    let path = "x".repeat(1_500);
    (0..count)
        .map(|number| Indicator::parse(Kind::Url, &format!("https://d{number}.example.com/{path}")).unwrap())
        .collect()
}

#[test]
fn a_small_report_is_one_record() {
    let records = publication(1, draft(domains(100)), Position::FIRST);
    assert_eq!(records.len(), 1);
    let all = parts_of(&records);
    let alert = assembled(&all[0], &[]);
    assert!(alert.complete);
    assert_eq!(alert.indicators.len(), 100);
}

#[test]
fn a_large_report_keeps_every_limit_and_loses_nothing() {
    for indicators in [domains(5_000), long_urls(400), [domains(600), long_urls(60)].concat()] {
        let records = publication(1, draft(indicators.clone()), Position::FIRST);
        assert!(records.len() > 1);
        for record in &records {
            assert!(record.to_bytes().len() <= MAX_RECORD_BYTES);
            assert!(record.record().body.check(NOW).is_ok());
            assert_eq!(&opened(record).into_record(), record, "every part is admitted");
        }
        let all = parts_of(&records);
        let alert = assembled(&all[0], &all[1..]);
        assert!(alert.complete);
        let expected: BTreeSet<_> = indicators.into_iter().collect();
        assert_eq!(alert.indicators, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn records_are_filled_before_another_is_begun() {
    let by_number = publication(1, draft(domains(MAX_INDICATORS_PER_RECORD * 3)), Position::FIRST);
    assert_eq!(by_number.len(), 3);
    let by_size = publication(1, draft(long_urls(200)), Position::FIRST);
    for record in &by_size[..by_size.len() - 1] {
        assert!(record.to_bytes().len() > MAX_RECORD_BYTES - 2_500);
    }
}

#[test]
fn duplicates_go_before_the_report_is_cut() {
    let twice = [domains(400), domains(400)].concat();
    let records = publication(1, draft(twice), Position::FIRST);
    assert_eq!(records.len(), 1);
}

#[test]
fn too_many_indicators_are_refused_with_a_remedy() {
    let most = usize::from(MAX_PART_COUNT + 1) * MAX_INDICATORS_PER_RECORD;
    assert!(split(draft(domains(most)), NOW).is_ok());
    let error = split(draft(domains(most + 1)), NOW).unwrap_err();
    assert_eq!(error, SplitError::TooMany { parts: usize::from(MAX_PART_COUNT) + 1 });
    assert!(error.to_string().contains("as several reports"));
}

#[test]
fn the_largest_indicator_of_every_kind_fits_a_record() {
    let rule = format!("alert tcp any any -> any any (msg:\"{}\"; sid:1;)", "x".repeat(32 * 1024 - 60));
    let largest = Indicator::parse(Kind::Suricata, &rule).unwrap();
    assert!(largest.value().len() > 32_000);
    let records = publication(1, draft(vec![largest]), Position::FIRST);
    assert!(records.iter().all(|record| record.to_bytes().len() <= MAX_RECORD_BYTES));
}

#[test]
fn a_draft_that_breaks_a_limit_names_the_field() {
    let mut untitled = draft(domains(1));
    untitled.title = String::new();
    let Err(SplitError::Body(error)) = split(untitled, NOW) else { panic!("it was split") };
    assert_eq!((error.field, error.problem), ("title", Problem::Empty));
}

#[test]
fn a_report_for_named_readers_is_not_published_to_all() {
    let mut red = draft(domains(1));
    red.tlp = Tlp::Red;
    assert_eq!(split(red, NOW).unwrap_err(), SplitError::NeedsAudience);
}

#[test]
fn a_report_that_names_its_readers_is_never_split_for_everybody() {
    let mut named = draft(domains(3));
    named.audience = vec![member(2)];
    assert_eq!(split(named, NOW).unwrap_err(), SplitError::HasAudience);
}

#[test]
fn what_is_missing_shows_as_incomplete() {
    let records = publication(1, draft(domains(2_000)), Position::FIRST);
    let all = parts_of(&records);
    let alert = assembled(&all[0], &all[2..]);
    assert!(!alert.complete);
    assert_eq!((alert.parts_here, alert.report.parts), (2, 3));
    assert_eq!(alert.indicators.len(), 2_000 - MAX_INDICATORS_PER_RECORD);
}

#[test]
fn a_head_is_needed() {
    let records = publication(1, draft(domains(1_000)), Position::FIRST);
    let all = parts_of(&records);
    assert!(assemble(all[1].0, &all[1].1, []).is_none());
}

#[test]
fn parts_of_others_and_beyond_the_count_are_ignored() {
    let records = publication(1, draft(domains(1_000)), Position::FIRST);
    let all = parts_of(&records);
    let head = &all[0];
    let hostile = |change: &dyn Fn(&mut Record)| {
        let mut record = record(part(head.0, 0, vec![domain("donate.example.org")]));
        change(&mut record);
        let signed = sign(record);
        (signed.id(&RealCrypto), signed.into_record())
    };
    let others = [
        ("another author", hostile(&|r| r.author = member(5))),
        ("another signer", hostile(&|r| r.signer = publisher(2).public())),
        ("another circle", hostile(&|r| r.circle = watchfire_keys::CircleId::from_bytes([9; 32]))),
        ("beyond the count", hostile(&|r| r.body = part(head.0, 1, vec![domain("donate.example.org")]))),
        ("another head", hostile(&|r| r.body = part(all[1].0, 0, vec![domain("donate.example.org")]))),
    ];
    for (what, other) in others {
        let alert = assembled(head, &[other, all[1].clone()]);
        assert_eq!(alert, assembled(head, &all[1..]), "{what}");
        assert!(!alert.indicators.contains(&domain("donate.example.org")));
    }
}

#[test]
fn of_two_parts_for_one_index_the_lower_id_counts_everywhere() {
    let records = publication(1, draft(domains(1_000)), Position::FIRST);
    let all = parts_of(&records);
    let second = sign(record(part(all[0].0, 0, vec![domain("second.example.com")])));
    let second = (second.id(&RealCrypto), second.into_record());
    let one_way = assembled(&all[0], &[all[1].clone(), second.clone()]);
    let other_way = assembled(&all[0], &[second.clone(), all[1].clone()]);
    assert_eq!(one_way, other_way);
    let is_second = one_way.indicators.contains(&domain("second.example.com"));
    assert_eq!(is_second, second.0 < all[1].0);
    assert_eq!(one_way.parts_here, 1);
}

#[test]
fn a_chain_at_the_end_of_all_numbers_signs_nothing() {
    let key = publisher(1);
    let author = watchfire_protocol::publication::Author { circle: circle(), member: member(1), key: &key };
    let plan = split(draft(domains(1_000)), NOW).unwrap();
    let end = Position { seq: u64::MAX, prev: Some(RecordId::from_bytes([1; 32])) };
    assert!(plan.sign(&RealCrypto, author, end, NOW).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_and_repetition_assembles_to_the_same_alert(
        count in 513..3_000_usize,
        seed in any::<u64>(),
        keep in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let all = parts_of(&publication(1, draft(domains(count)), Position::FIRST));
        let kept: Vec<_> =
            all.iter().skip(1).zip(keep.iter().cycle()).filter(|(_, keep)| **keep).map(|(part, _)| part.clone()).collect();
        let mut mixed = [&kept[..], &kept[..]].concat();
        mixed.sort_by_key(|(id, _)| u64::from_le_bytes(*id.as_bytes().first_chunk().unwrap()).wrapping_mul(seed | 1));
        let alert = assembled(&all[0], &kept);
        prop_assert_eq!(&alert, &assembled(&all[0], &mixed));
        prop_assert_eq!(alert.complete, kept.len() + 1 == all.len());
        let Body::Report(head) = &all[0].1.body else { panic!() };
        prop_assert!(head.indicators.iter().all(|indicator| alert.indicators.contains(indicator)));
    }
}
