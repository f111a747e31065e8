//! How long a daemon takes to start on a home that holds many records, and what it holds in memory.
//!
//! `cargo build --release -p watchfire-tests && cargo run --release -p watchfire-tests --example start_up -- [RECORDS] [INDICATORS]`
//!
//! A hundred thousand records with ten indicators each unless told otherwise. From the start of the process to its
//! `ready` line, after an orderly stop and after a kill, the page cache warm.

#![allow(clippy::print_stdout, reason = "it prints its measurement")]
#![allow(clippy::unwrap_used, reason = "it measures a home that it has made itself")]

use std::time::Instant;

use watchfire_tests::cluster::two_founders;
use watchfire_tests::stock;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<usize>().unwrap());
    let records = numbers.next().unwrap_or(100_000);
    let indicators = numbers.next().unwrap_or(10);
    let (mut smith, mut jones) = two_founders();
    smith.stop();
    jones.stop();
    let begun = Instant::now();
    let bytes = stock::add_reports(smith.path(), records, indicators);
    println!("{records} records of {indicators} indicators, {bytes} bytes, made in {:.1?}", begun.elapsed());
    println!("                     ready ms   resident MB    at most MB    on disk MB");
    for after in ["the writer", "a stop", "a stop", "a kill", "a kill"] {
        let begun = Instant::now();
        smith.start(&[]);
        let ready = begun.elapsed();
        let daemon = smith.daemon();
        println!(
            "after {after:<12} {:10}   {:11}   {:10}   {:10}",
            ready.as_millis(),
            daemon.memory("VmRSS") >> 20,
            daemon.memory("VmHWM") >> 20,
            size(smith.path()) >> 20,
        );
        let status = smith.status();
        assert_eq!(status["records"], records);
        if after == "a stop" { smith.kill() } else { smith.stop() }
    }
    let begun = Instant::now();
    smith.ok(&["check", "login-0.lure-7.watchfire-sample.net"]);
    println!("check without a daemon: {} ms", begun.elapsed().as_millis());
    smith.start(&[]);
    let begun = Instant::now();
    smith.ok(&["check", "login-0.lure-7.watchfire-sample.net"]);
    println!("check by the daemon: {} ms", begun.elapsed().as_millis());
}

/// Bytes of all files below a folder.
fn size(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let sizes = entries.map(|entry| match entry.file_type().unwrap().is_dir() {
        true => size(&entry.path()),
        false => entry.metadata().unwrap().len(),
    });
    sizes.sum()
}
