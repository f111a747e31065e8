//! The rule table keeps what its readers (engine, metrics, traces, people) rely on.

use std::collections::BTreeSet;

use watchfire_protocol::rules::{Rule, TABLE, Verdict};

#[test]
fn numbers_labels_and_texts_are_unique() {
    let numbers: BTreeSet<_> = TABLE.iter().map(|row| row.number).collect();
    let labels: BTreeSet<_> = TABLE.iter().map(|row| row.label).collect();
    let texts: BTreeSet<_> = TABLE.iter().map(|row| row.text).collect();
    assert_eq!((numbers.len(), labels.len(), texts.len()), (TABLE.len(), TABLE.len(), TABLE.len()));
}

#[test]
fn every_rule_is_found_by_its_number() {
    for row in TABLE {
        assert_eq!(Rule::from_number(row.number), Some(row.rule));
        assert_eq!(row.rule.row(), *row);
    }
    assert_eq!(Rule::from_number(0), None);
}

/// The source of the table is read as text, so that a variant that is not in the table, or one that stands there in
/// another order than that of its number, is noticed.
#[test]
fn the_table_in_the_source_is_the_whole_table_in_order() {
    let source = include_str!("../src/rules/table.rs");
    let (_, lines) = source.split_once("\nrules! {\n").unwrap_or_default();
    let (lines, _) = lines.split_once("\n}\n").unwrap_or_default();
    let written: Vec<(String, u16)> = lines
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
        })
        .collect();
    let compiled: Vec<_> = TABLE.iter().map(|row| (format!("{:?}", row.rule), row.number)).collect();
    assert_eq!(written, compiled);
    assert!(TABLE.is_sorted_by(|left, right| left.number < right.number));
}

#[test]
fn labels_and_texts_have_one_form() {
    for row in TABLE {
        let (group, rule) = row.label.split_once('.').unwrap_or_default();
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(is_word(group) && is_word(rule), "{}", row.label);
        assert!(row.text.ends_with('.') && row.text.starts_with(char::is_uppercase), "{}", row.text);
    }
}

#[test]
fn what_is_accepted_costs_nothing_and_what_is_rejected_costs_something() {
    for row in TABLE {
        match row.verdict {
            Verdict::Accept => assert_eq!(row.penalty, 0, "{}", row.label),
            Verdict::Ignore => assert!(row.penalty <= 10, "{}", row.label),
            Verdict::Reject => assert!((1..=100).contains(&row.penalty), "{}", row.label),
        }
    }
}

/// Two honest nodes differ in what they know, in their clocks and in what they still keep. A member that plays on that
/// must not have the one kept away by the other.
#[test]
fn what_an_honest_relayer_cannot_know_costs_nothing() {
    let unknowable = [
        Rule::EnvelopeEpochOver,
        Rule::RecordUnknownAuthor,
        Rule::RecordSigner,
        Rule::RecordFuture,
        Rule::RecordTooOld,
        Rule::RecordAuthorBudget,
        Rule::RecordVoid,
        Rule::LinkPushes,
        Rule::ActFuture,
        Rule::ActSlot,
        Rule::ApprovalFuture,
        Rule::HeaderFrontier,
        Rule::HeaderTooMany,
        Rule::HeaderFuture,
        Rule::HeaderOver,
        Rule::GrantUnasked,
        Rule::PullUnknown,
        Rule::PresenceStale,
        Rule::PresenceBudget,
    ];
    for rule in unknowable {
        assert_eq!((rule.row().verdict, rule.penalty()), (Verdict::Ignore, 0), "{}", rule.label());
    }
}

#[test]
fn a_rule_prints_its_text_and_its_number() {
    assert_eq!(Rule::EnvelopeGate.to_string(), "An envelope's gate signature does not hold. (rule 207)");
    assert_eq!(Verdict::Ignore.as_str(), "ignore");
}
