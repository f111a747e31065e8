//! Kills a publishing and a receiving daemon at random moments, a hundred times, and looks for what is missing.
//!
//! `cargo build --release -p watchfire-tests && cargo run --release -p watchfire-tests --example kill_rounds -- [KILLS] [SEED] [RECORDS]`
//!
//! With RECORDS, both hold so many from the start.

#![allow(clippy::print_stdout, reason = "it prints what it saw")]
#![allow(clippy::unwrap_used, reason = "arguments are numbers")]

fn main() {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u64>().unwrap());
    let kills = usize::try_from(numbers.next().unwrap_or(100)).unwrap();
    let seed = numbers.next().unwrap_or(1);
    let held = usize::try_from(numbers.next().unwrap_or(0)).unwrap();
    let outcome = watchfire_tests::kills::rounds(kills, seed, held, |round, so_far| {
        if round % 10 == 0 {
            println!("{round} kills: {so_far:?}");
        }
    });
    println!(
        "{kills} kills: {} records acknowledged and all there, {} publications cut short, slowest start {} ms",
        outcome.acknowledged,
        outcome.cut_short,
        outcome.slowest_start.as_millis()
    );
}
