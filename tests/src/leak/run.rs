//! Runs cases and shows one of them.

use std::fmt::Write;

use super::case::{Case, case};
use super::check::{Outcome, check};
use super::tally::Tally;

/// Runs cases `first..first + count`; tells `progress` after each how many are done.
pub fn run(seed: u64, first: u64, count: u64, mut progress: impl FnMut(u64, &Tally)) -> Tally {
    let mut tally = Tally::default();
    for number in first..first + count {
        let case = case(seed, number);
        let outcome = Outcome::of(&case);
        let (findings, kept) = check(&case, &outcome);
        tally.add(&case, &outcome, &findings, &kept);
        progress(tally.cases, &tally);
    }
    tally
}

/// One case with everything about it, for a person.
pub fn run_one(seed: u64, number: u64) -> String {
    let case: Case = case(seed, number);
    let outcome = Outcome::of(&case);
    let (findings, kept) = check(&case, &outcome);
    let mut shown = format!("case {number}: {} ({})\n", case.family.name(), case.name);
    let _ = writeln!(shown, "--- input\n{}", String::from_utf8_lossy(&case.bytes));
    let _ = writeln!(
        shown,
        "--- typed title {:?}, summary {:?}\n--- own list {:#?}",
        case.title, case.summary, case.own
    );
    let _ = writeln!(shown, "--- would leave");
    for text in &outcome.texts {
        let _ = writeln!(shown, "  {text:?}");
    }
    if let Some((code, text)) = &outcome.stopped {
        let _ = writeln!(shown, "  nothing: {code}: {text}");
    }
    let _ = writeln!(shown, "--- changed");
    for (rule, kind, before, after) in &outcome.changed {
        let _ = writeln!(shown, "  {rule} {kind}: {before:?} -> {after:?}");
    }
    let _ = writeln!(shown, "--- planted");
    for (at, plant) in case.plants.iter().enumerate() {
        let found = findings.iter().find(|finding| finding.plant == at);
        let verdict = found
            .map_or("ok".to_owned(), |finding| format!("LEAK: {:?} in {:?}", finding.needle, finding.text));
        let _ = writeln!(shown, "  {} / {} / {}: {verdict}", plant.secret, plant.disguise, plant.place);
    }
    let _ = writeln!(shown, "--- should leave");
    for (wanted, kept) in case.wanted.iter().zip(&kept) {
        let _ = writeln!(shown, "  {} {wanted:?}", if *kept { "left" } else { "LOST" });
    }
    shown
}
