//! Counts by secret, disguise, place, kind of input and rule; prints the table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use super::case::Case;
use super::check::{Finding, Outcome};

/// Counts of one row.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    cases: u64,
    leaks: u64,
    wanted: u64,
    kept: u64,
}

/// The first leak of its sort.
#[derive(Clone, Debug)]
pub struct Example {
    /// How many there are.
    pub count: u64,
    /// The case.
    pub case: u64,
    /// What was found.
    pub needle: String,
    /// Where it was found.
    pub text: String,
}

/// Counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    rows: BTreeMap<(&'static str, String), Row>,
    /// Number of cases.
    pub cases: u64,
    /// Planted secrets.
    pub planted: u64,
    /// Leaks of what is promised.
    pub leaks: u64,
    /// Leaks of disguises that nobody promised.
    pub beyond: u64,
    /// Cases from which nothing leaves, by the reason.
    pub stopped: BTreeMap<String, u64>,
    wanted: u64,
    kept: u64,
    /// The first cases that leak, by secret, disguise and place.
    pub examples: BTreeMap<(&'static str, &'static str, &'static str), Example>,
    /// The first cases in which something was lost, by what.
    pub lost: BTreeMap<String, (u64, Vec<u64>)>,
}

const DIMENSIONS: [(&str, &str); 5] = [
    ("input", "input"),
    ("secret", "secret"),
    ("disguise", "written as"),
    ("place", "stands in"),
    ("rule", "rule"),
];

impl Tally {
    /// Adds a case.
    pub fn add(&mut self, case: &Case, outcome: &Outcome, findings: &[Finding], kept: &[bool]) {
        self.cases += 1;
        let retained = kept.iter().filter(|kept| **kept).count() as u64;
        let wanted = kept.len() as u64;
        self.wanted += wanted;
        self.kept += retained;
        self.planted += case.plants.len() as u64;
        if let Some((code, _)) = &outcome.stopped {
            *self.stopped.entry(code.clone()).or_default() += 1;
        }
        let mut keys: BTreeMap<(&'static str, String), u64> = BTreeMap::new();
        keys.insert(("input", case.family.name().to_owned()), 0);
        for plant in &case.plants {
            for (dimension, key) in
                [("secret", plant.secret), ("disguise", plant.disguise), ("place", plant.place)]
            {
                keys.entry((dimension, key.to_owned())).or_default();
            }
        }
        let rules: BTreeSet<u16> = outcome.changed.iter().map(|(rule, ..)| *rule).collect();
        for rule in rules {
            keys.insert(("rule", rule.to_string()), 0);
        }
        for finding in findings {
            let plant = &case.plants[finding.plant];
            let key = (plant.secret, plant.disguise, plant.place);
            let example = self.examples.entry(key).or_insert_with(|| Example {
                count: 0,
                case: case.number,
                needle: finding.needle.clone(),
                text: finding.text.clone(),
            });
            example.count += 1;
            if plant.promised {
                self.leaks += 1;
            } else {
                self.beyond += 1;
            }
            for (dimension, key) in [
                ("input", case.family.name()),
                ("secret", plant.secret),
                ("disguise", plant.disguise),
                ("place", plant.place),
            ] {
                *keys.entry((dimension, key.to_owned())).or_default() += 1;
            }
        }
        for (key, leaks) in keys {
            let row = self.rows.entry(key).or_default();
            row.cases += 1;
            row.leaks += leaks;
            row.wanted += wanted;
            row.kept += retained;
        }
        for (wanted, kept) in case.wanted.iter().zip(kept) {
            let row = self.rows.entry(("indicator", wanted.name().to_owned())).or_default();
            row.cases += 1;
            row.wanted += 1;
            row.kept += u64::from(*kept);
            if !kept {
                let lost =
                    self.lost.entry(format!("{} in {}", wanted.name(), case.family.name())).or_default();
                lost.0 += 1;
                lost.1.truncate(4);
                lost.1.push(case.number);
            }
        }
    }

    /// True indicators that would leave, of a hundred.
    pub fn retained(&self) -> f64 {
        percent(self.kept, self.wanted)
    }

    /// The table for people.
    pub fn table(&self) -> String {
        let mut made = String::new();
        let heads = DIMENSIONS.iter().copied().chain([("indicator", "true indicator")]);
        for (dimension, head) in heads {
            let _ = writeln!(made, "{head:<36} {:>8} {:>7} {:>10}", "cases", "leaks", "retained");
            for ((_, key), row) in self.rows.iter().filter(|((of, _), _)| *of == dimension) {
                let leaks = if dimension == "indicator" || dimension == "rule" {
                    String::new()
                } else {
                    row.leaks.to_string()
                };
                let _ = writeln!(
                    made,
                    "{key:<36} {:>8} {leaks:>7} {:>9.2}%",
                    row.cases,
                    percent(row.kept, row.wanted)
                );
            }
            made.push('\n');
        }
        let _ = writeln!(
            made,
            "{} cases, {} planted secrets: {} leaks, {} beyond what is promised; {:.2}% of {} true indicators retained",
            self.cases,
            self.planted,
            self.leaks,
            self.beyond,
            self.retained(),
            self.wanted
        );
        for (code, count) in &self.stopped {
            let _ = writeln!(made, "nothing left of {count} cases: {code}");
        }
        made
    }

    /// The table for programs.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|((dimension, key), row)| {
                json!({
                    "by": dimension, "name": key, "cases": row.cases, "leaks": row.leaks,
                    "retained_percent": percent(row.kept, row.wanted),
                })
            })
            .collect();
        json!({
            "schema": 1, "cases": self.cases, "planted": self.planted, "leaks": self.leaks, "leaks_beyond": self.beyond,
            "retained_percent": self.retained(), "true_indicators": self.wanted, "stopped": self.stopped, "rows": rows,
        })
    }
}

#[allow(clippy::cast_precision_loss)]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 }
}
