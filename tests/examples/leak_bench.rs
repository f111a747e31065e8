//! Generated mails and reports with planted secrets, through the sanitizer: what leaks, and what is lost.
//!
//! `--cases N` (20000), `--first K` (0), `--seed N` (1), `--json`; `--case K` shows one case: the input, what would leave,
//! and why; `--input K` writes the input alone. Ends with 1 when something leaks.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use watchfire_tests::leak::{case, run, run_one};

fn number(name: &str) -> Option<u64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.next()?;
    Some(arguments.next().unwrap_or_default().parse().unwrap_or_else(|_| panic!("{name} needs a number")))
}

fn main() -> ExitCode {
    let seed = number("--seed").unwrap_or(1);
    if let Some(case) = number("--case") {
        println!("{}", run_one(seed, case));
        return ExitCode::SUCCESS;
    }
    if let Some(number) = number("--input") {
        std::io::stdout().write_all(&case(seed, number).bytes).unwrap();
        return ExitCode::SUCCESS;
    }
    let cases = number("--cases").unwrap_or(20_000);
    let start = Instant::now();
    let tally = run(seed, number("--first").unwrap_or(0), cases, |done, tally| {
        if done % 1000 == 0 {
            eprintln!(
                "{done} of {cases}: {} leaks, {:.2}% retained, {:.0?}",
                tally.leaks,
                tally.retained(),
                start.elapsed()
            );
        }
    });
    if std::env::args().any(|argument| argument == "--json") {
        println!("{}", tally.json());
    } else {
        print!("{}", tally.table());
        let replay = "cargo run --release -p watchfire-tests --example leak_bench -- --seed";
        let mut examples: Vec<_> = tally.examples.iter().collect();
        examples.sort_by_key(|(_, example)| std::cmp::Reverse(example.count));
        for ((secret, disguise, place), example) in examples {
            let (count, case, needle) = (example.count, example.case, &example.needle);
            let text: String = example.text.chars().take(300).collect();
            println!("LEAK {count} x {secret} / {disguise} / {place}: case {case}: {needle:?} in {text:?}");
        }
        for (what, (count, cases)) in &tally.lost {
            println!("lost {count} x {what}: cases {cases:?}");
        }
        if tally.leaks + tally.beyond > 0 {
            println!("replay one: {replay} {seed} --case K");
        }
    }
    if tally.leaks == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
