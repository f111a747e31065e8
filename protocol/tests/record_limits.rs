//! Every limit of a body is kept at its edge and refused beyond it.

#![allow(clippy::unwrap_used)]

mod record_support;

use record_support::*;
use watchfire_keys::RecordId;
use watchfire_protocol::{
    indicator::Indicator,
    limits::*,
    record::{
        Body, BodyError, CountBucket, Dispute, Problem, Reference, Report, Sighting, SightingKind, Technique,
        Withdrawal,
    },
};

fn check(body: Body) -> Result<(), BodyError> {
    body.check(NOW)
}

fn fails(field: &'static str, problem: Problem) -> Result<(), BodyError> {
    Err(BodyError { field, problem })
}

/// Checks a report after a change.
fn changed(change: impl FnOnce(&mut Report)) -> Result<(), BodyError> {
    let mut report = full_report();
    change(&mut report);
    check(Body::Report(report))
}

#[test]
fn a_report_at_every_limit_is_accepted() {
    let result = changed(|report| {
        report.title = "é".repeat(MAX_TITLE_CHARS);
        report.summary = "é".repeat(MAX_SUMMARY_CHARS);
        report.playbook = "x".repeat(MAX_PLAYBOOK_CHARS);
        report.indicators = sorted(domains(MAX_INDICATORS_PER_RECORD));
        report.techniques = techniques(MAX_TECHNIQUES);
        report.references = references(MAX_REFERENCES);
        report.valid_until = Some(NOW.saturating_add(MAX_VALIDITY_MS));
        report.parts = MAX_PART_COUNT;
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn texts_are_bounded_and_show_what_they_hold() {
    assert_eq!(changed(|r| r.title = String::new()), fails("title", Problem::Empty));
    let long = |max: usize| "é".repeat(max + 1);
    let title = fails("title", Problem::Text(MAX_TITLE_CHARS));
    assert_eq!(changed(|r| r.title = long(MAX_TITLE_CHARS)), title);
    for text in ["two\nlines", " space", "space ", "pay\u{202e}lap", "bell\u{7}", "zero\u{200b}width"] {
        assert_eq!(changed(|r| r.title = text.into()), title, "{text:?}");
    }
    let summary = fails("summary", Problem::Text(MAX_SUMMARY_CHARS));
    assert_eq!(changed(|r| r.summary = long(MAX_SUMMARY_CHARS)), summary);
    assert_eq!(changed(|r| r.summary = "carriage\r\nreturn".into()), summary);
    assert_eq!(changed(|r| r.summary = "escape \u{1b}[31m".into()), summary);
    let playbook = fails("playbook", Problem::Text(MAX_PLAYBOOK_CHARS));
    assert_eq!(changed(|r| r.playbook = long(MAX_PLAYBOOK_CHARS)), playbook);
}

#[test]
fn lists_are_bounded_ascending_and_free_of_repetition() {
    let too_many = fails("indicators", Problem::TooMany(MAX_INDICATORS_PER_RECORD));
    assert_eq!(changed(|r| r.indicators = sorted(domains(MAX_INDICATORS_PER_RECORD + 1))), too_many);
    let order = fails("indicators", Problem::Order);
    assert_eq!(changed(|r| r.indicators.reverse()), order);
    assert_eq!(changed(|r| r.indicators.push(r.indicators[2].clone())), order);

    let too_many = fails("techniques", Problem::TooMany(MAX_TECHNIQUES));
    assert_eq!(changed(|r| r.techniques = techniques(MAX_TECHNIQUES + 1)), too_many);
    assert_eq!(changed(|r| r.techniques.reverse()), fails("techniques", Problem::Order));
    let range = fails("techniques", Problem::Range);
    for (number, sub) in [(10_000, None), (1, Some(0)), (1, Some(1000))] {
        assert_eq!(changed(|r| r.techniques = vec![technique(number, sub)]), range);
    }

    let too_many = fails("references", Problem::TooMany(MAX_REFERENCES));
    assert_eq!(changed(|r| r.references = references(MAX_REFERENCES + 1)), too_many);
    assert_eq!(changed(|r| r.references.push(r.references[0].clone())), fails("references", Problem::Order));
    assert_eq!(changed(|r| r.references[0].source = String::new()), fails("source", Problem::Empty));
    let source = "x".repeat(MAX_SOURCE_CHARS + 1);
    assert_eq!(
        changed(|r| r.references[0].source = source),
        fails("source", Problem::Text(MAX_SOURCE_CHARS))
    );
    let address = "x".repeat(MAX_REFERENCE_CHARS + 1);
    let expected = fails("address", Problem::Text(MAX_REFERENCE_CHARS));
    assert_eq!(changed(|r| r.references[0].address = address), expected);
}

#[test]
fn a_report_is_valid_for_some_time_and_not_for_ever() {
    for until in [NOW, NOW.saturating_sub(1), NOW.saturating_add(MAX_VALIDITY_MS + 1)] {
        assert_eq!(changed(|r| r.valid_until = Some(until)), fails("valid_until", Problem::Range));
    }
    assert_eq!(changed(|r| r.valid_until = Some(NOW.saturating_add(1))), Ok(()));
}

#[test]
fn parts_are_bounded_and_hold_something() {
    let head = RecordId::from_bytes([1; 32]);
    let too_many = fails("parts", Problem::TooMany(usize::from(MAX_PART_COUNT)));
    assert_eq!(changed(|r| r.parts = MAX_PART_COUNT + 1), too_many);
    assert_eq!(check(part(head, MAX_PART_COUNT - 1, domains(1))), Ok(()));
    assert_eq!(check(part(head, MAX_PART_COUNT, domains(1))), fails("index", Problem::Range));
    assert_eq!(check(part(head, 0, Vec::new())), fails("indicators", Problem::Empty));
}

#[test]
fn a_sighting_is_not_of_tomorrow() {
    let sighting = |day| {
        check(Body::Sighting(Sighting {
            indicator: domain("login.example.com"),
            kind: SightingKind::Seen,
            count: CountBucket::of(12),
            day,
        }))
    };
    let today = Sighting::day_of(NOW);
    assert_eq!(sighting(today), Ok(()));
    assert_eq!(sighting(0), Ok(()));
    assert_eq!(sighting(today + 1), fails("day", Problem::Range));
}

#[test]
fn a_dispute_and_a_withdrawal_give_a_reason() {
    let indicator = domain("login.example.com");
    let dispute =
        |reason: &str| check(Body::Dispute(Dispute { indicator: indicator.clone(), reason: reason.into() }));
    let withdrawal = |reason: &str| {
        check(Body::Withdrawal(Withdrawal { record: RecordId::from_bytes([1; 32]), reason: reason.into() }))
    };
    assert_eq!((dispute("It is ours."), withdrawal("A mistake.")), (Ok(()), Ok(())));
    let empty = fails("reason", Problem::Empty);
    assert_eq!((dispute(""), withdrawal("")), (empty, empty));
    let long = "x".repeat(MAX_REASON_CHARS + 1);
    let too_long = fails("reason", Problem::Text(MAX_REASON_CHARS));
    assert_eq!((dispute(&long), withdrawal(&long)), (too_long, too_long));
}

#[test]
fn the_error_says_which_field_and_what_is_wrong() {
    let error = changed(|r| r.title = String::new()).unwrap_err();
    assert_eq!(error.to_string(), "title is empty");
    let error = changed(|r| r.parts = MAX_PART_COUNT + 1).unwrap_err();
    assert_eq!(error.to_string(), "parts holds more than 256");
}

fn sorted(mut indicators: Vec<Indicator>) -> Vec<Indicator> {
    indicators.sort();
    indicators
}

fn technique(number: u16, sub: Option<u16>) -> Technique {
    Technique { framework: watchfire_protocol::record::Framework::Attack, number, sub }
}

fn techniques(count: usize) -> Vec<Technique> {
    (0..count).map(|number| technique(u16::try_from(number).unwrap(), None)).collect()
}

fn references(count: usize) -> Vec<Reference> {
    let one = |number: usize| Reference {
        source: format!("{number:0width$}", width = MAX_SOURCE_CHARS),
        address: "x".repeat(MAX_REFERENCE_CHARS),
    };
    (0..count).map(one).collect()
}
