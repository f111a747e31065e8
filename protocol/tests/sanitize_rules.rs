//! The page of rules is true: every rule stands on it with its reason, and every example on it does what it says.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::warninglist::{Compiler, Source};
use watchfire_protocol::sanitize::{
    Candidate, Change, Decisions, Origin, OwnList, RULES, Sanitizer, Verdict, Warninglists, guard,
};

const PAGE: &str = include_str!("../src/sanitize/RULES.md");

/// One row of the page.
struct Row<'p> {
    number: u16,
    does: &'p str,
    reason: &'p str,
    /// `kind`, `text`, or `kind` with its place; then the value.
    example: &'p str,
    leaves: &'p str,
}

fn rows() -> Vec<Row<'static>> {
    let cells = |line: &'static str| -> Vec<&'static str> {
        line.trim_matches('|').split(" | ").map(str::trim).collect()
    };
    let rows = PAGE.lines().filter(|line| line.starts_with("| ")).map(cells);
    rows.filter_map(|cells| match cells[..] {
        [number, does, reason, example, leaves] => {
            Some(Row { number: number.parse().ok()?, does, reason, example, leaves })
        }
        _ => None,
    })
    .collect()
}

/// What the page says that its examples take for granted.
fn own() -> OwnList {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    OwnList {
        domains: list(&["smith2028.org"]),
        names: list(&["Anna Lee", "anna.lee@smith2028.org"]),
        words: list(&["Zanesville"]),
        phones: list(&["+1 614 555 0148"]),
        networks: list(&["185.199.20.0/24"]),
    }
}

fn recipients() -> OwnList {
    OwnList {
        domains: vec!["jones-ohio.org".into()],
        names: vec!["Bea Quist".into(), "bea.quist@jones-ohio.org".into()],
        ..OwnList::default()
    }
}

fn decisions() -> Decisions {
    let kept = Indicator::parse(Kind::Domain, "our-vendor-portal.net").unwrap();
    [(kept, Verdict::Keep)].into_iter().collect()
}

fn origin(place: &str) -> Origin {
    match place {
        "" => Origin::Stated,
        "in a text" => Origin::Text,
        "in a mail's text" => Origin::MailBody,
        "linked in a mail" => Origin::MailLink,
        "as a hidden picture" => Origin::TrackingPixel,
        "as a sender" => Origin::Sender,
        "as a recipient" => Origin::Recipient,
        "in a mail's route" => Origin::ReporterSide,
        "as a message's number" => Origin::MessageId,
        "as an attachment" => Origin::Attachment,
        other => panic!("no such place on the page: {other:?}"),
    }
}

/// What leaves of an example, and every change.
fn outcome(example: &str) -> (Vec<String>, Vec<Change>) {
    let (own, recipients, decisions, warninglists) = (own(), recipients(), decisions(), warninglists());
    let sanitizer = Sanitizer::new(&own, &recipients, &decisions, &warninglists);
    let (what, value) = example.split_once(" `").unwrap();
    let (value, place) = value.split_once('`').unwrap();
    if what == "text" {
        let times =
            place.trim().strip_suffix(" times").map_or(1, |times| times.replace(',', "").parse().unwrap());
        let cleaned = sanitizer.clean_text(&value.repeat(times), &[]);
        return (cleaned.text.into_iter().collect(), cleaned.changed);
    }
    let indicator = Indicator::parse(what.parse().unwrap(), value).unwrap();
    let decision = sanitizer.decide([Candidate { indicator, origin: origin(place.trim()), number: 0 }]);
    (decision.kept.iter().map(|kept| kept.indicator.value().to_owned()).collect(), decision.changed)
}

#[test]
fn every_rule_stands_on_the_page_once_with_its_reason() {
    let rows = rows();
    let documented: Vec<u16> = rows.iter().map(|row| row.number).collect();
    let known: Vec<u16> = RULES.iter().map(|rule| rule.number).collect();
    assert_eq!(documented, known, "the rows of RULES.md against the table in rules.rs");
    for (row, rule) in rows.iter().zip(RULES) {
        assert_eq!((row.does, row.reason), (rule.kind.as_str(), rule.reason), "rule {}", rule.number);
    }
}

#[test]
fn every_example_does_what_the_page_says() {
    let mut wrong = Vec::new();
    for row in rows() {
        let (left, changed) = outcome(row.example);
        let rules: BTreeSet<u16> = changed.iter().map(|change| change.rule).collect();
        let expected: Vec<String> = match row.leaves {
            "nothing" => Vec::new(),
            value => vec![value.trim_matches('`').to_owned()],
        };
        if left != expected || !rules.contains(&row.number) {
            wrong.push(format!(
                "rule {}: {} leaves {left:?} by rules {rules:?}, and not {expected:?}",
                row.number, row.example
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_that_leaves_the_page_is_stopped_by_the_guard() {
    for row in rows() {
        let (left, _) = outcome(row.example);
        let lists = [&own(), &recipients()];
        assert_eq!(guard(left.iter().map(String::as_str), &lists, |_| false), Ok(()), "rule {}", row.number);
    }
}

fn warninglists() -> Warninglists {
    let mut compiler = Compiler::new([7; 32]);
    for (name, category, entry) in [
        ("Things that are harmless", "false_positive", "on-a-warninglist.net"),
        ("Hosts of strangers' pages", "known", "pages-of-strangers.net"),
    ] {
        let entries = [entry.to_owned()];
        compiler
            .add(&Source { name, category, kind: "hostname", entries: &entries, ..Source::default() })
            .unwrap();
    }
    compiler.finish()
}
