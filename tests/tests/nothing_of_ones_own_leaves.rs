//! Generated mails and reports with planted secrets: nothing planted leaves, and nearly everything worth sharing does.
//! The short form of the example `leak_bench`.

#![allow(clippy::unwrap_used)]

use watchfire_tests::leak::run;

const CASES: u64 = 600;
/// Another seed than the bench's, so that the two do not look at the same cases.
const SEED: u64 = 2028;

#[test]
fn nothing_planted_leaves_and_what_is_worth_sharing_does() {
    let tally = run(SEED, 0, CASES, |_, _| {});
    let mut shown = String::new();
    for ((secret, disguise, place), example) in &tally.examples {
        shown.push_str(&format!(
            "{} x {secret} / {disguise} / {place}: case {}: {:?} in {:?}\n",
            example.count, example.case, example.needle, example.text
        ));
    }
    let replay = "cargo run --release -p watchfire-tests --example leak_bench -- --seed 2028 --case K";
    assert_eq!(tally.leaks, 0, "{shown}show one: {replay}");
    assert!(
        tally.retained() >= 99.0,
        "{:.2}% retained; lost: {:#?}\nshow one: {replay}",
        tally.retained(),
        tally.lost
    );
}
