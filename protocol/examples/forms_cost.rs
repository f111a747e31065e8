//! What the search for forbidden strings costs, for lists and texts of several sizes.
//!
//! `cargo run --release -p watchfire-protocol --example forms_cost`, or with the sizes of the lists behind it. Time is that of
//! the processor where Linux tells it, so that other work on the machine counts little.

#![allow(clippy::print_stdout)]

use std::time::{Duration, Instant};

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::{Candidate, Decisions, OwnList, Sanitizer, Warninglists, guard};

/// Small numbers in no order (Knuth's linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below
    }

    fn word(&mut self, shortest: usize, longest: usize) -> String {
        const SYLLABLES: [&str; 24] = [
            "ba", "de", "ri", "mo", "lan", "ser", "ti", "ka", "no", "vel", "gra", "su", "pe", "dor", "chi",
            "ma", "len", "fo", "ra", "wi", "har", "ju", "ste", "bo",
        ];
        let count = shortest + self.next(longest - shortest + 1);
        (0..count).map(|_| SYLLABLES[self.next(SYLLABLES.len())]).collect()
    }

    fn hexadecimal(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b"0123456789abcdef"[self.next(16)])).collect()
    }

    fn base64(&mut self, length: usize) -> String {
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        (0..length).map(|_| char::from(digits[self.next(64)])).collect()
    }
}

fn list(people: usize) -> OwnList {
    let mut numbers = Numbers(7);
    let mut names = Vec::new();
    for _ in 0..people / 2 {
        let (first, last) = (numbers.word(2, 3), numbers.word(2, 4));
        names.push(format!("{first} {last}"));
        names.push(format!("{first}.{last}@smith2028.org"));
    }
    OwnList { domains: vec!["smith2028.org".into(), "janeforohio.com".into()], names, ..OwnList::default() }
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0)
}

/// Time on the processor, or by the clock.
struct Watch {
    clock: Instant,
    spent: Option<Duration>,
}

impl Watch {
    fn start() -> Watch {
        Watch { clock: Instant::now(), spent: Watch::spent() }
    }

    fn elapsed(&self) -> Duration {
        match (self.spent, Watch::spent()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => self.clock.elapsed(),
        }
    }

    fn spent() -> Option<Duration> {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(Duration::from_nanos(stat.split_whitespace().next()?.parse().ok()?))
    }
}

fn main() {
    let mut numbers = Numbers(1);
    let count = 50_000;
    let kinds: [(&str, Kind, Vec<String>); 4] = [
        (
            "domains",
            Kind::Domain,
            (0..count).map(|_| format!("{}-{}.com", numbers.word(2, 4), numbers.word(2, 4))).collect(),
        ),
        (
            "random domains",
            Kind::Domain,
            (0..count).map(|_| format!("x{}.net", numbers.word(4, 8))).collect(),
        ),
        ("sha256", Kind::Sha256, (0..count).map(|_| numbers.hexadecimal(64)).collect()),
        (
            "urls",
            Kind::Url,
            (0..count)
                .map(|_| {
                    let host = numbers.word(3, 5);
                    format!(
                        "https://{host}.net/{}/{}?id={}",
                        numbers.word(2, 4),
                        numbers.hexadecimal(16),
                        numbers.base64(20)
                    )
                })
                .collect(),
        ),
    ];
    let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10, 1_000, 20_000] } else { sizes };
    let text: String = (0..1000).map(|_| format!("{} ", numbers.word(1, 3))).collect();
    let text = text.get(..4096).unwrap_or(&text);
    for people in sizes {
        let own = list(people);
        let before = resident();
        let start = Watch::start();
        let sanitizer = Sanitizer::new(&own, &OwnList::default(), &decisions, &warninglists);
        println!(
            "list of {people}: built in {:?}, {} kB",
            start.elapsed(),
            resident().saturating_sub(before)
        );
        for (what, kind, values) in &kinds {
            let candidates: Vec<Candidate> = (0..)
                .zip(values)
                .filter_map(|(number, value)| {
                    Some(Candidate::stated(Indicator::parse(*kind, value).ok()?, number))
                })
                .collect();
            let bytes: usize = values.iter().map(String::len).sum();
            let start = Watch::start();
            let decision = sanitizer.decide(candidates);
            let took = start.elapsed();
            let own_rules = decision.changed.iter().filter(|change| (300..320).contains(&change.rule));
            let held: Vec<&str> = own_rules.clone().map(|change| change.before.as_str()).take(3).collect();
            println!(
                "  {what}: {:.2} us each, {:.1} ns a byte, {} changed for the own list, such as {held:?}",
                took.as_secs_f64() * 1e6 / f64::from(count),
                took.as_secs_f64() * 1e9 / bytes as f64,
                own_rules.count(),
            );
            let start = Watch::start();
            let found = guard(decision.kept.iter().map(|kept| kept.indicator.value()), &[&own], |_| false);
            let took = start.elapsed();
            println!(
                "    guard: {:.2} us each with building, {found:?}, {} kB resident",
                took.as_secs_f64() * 1e6 / f64::from(count),
                resident()
            );
        }
        let start = Watch::start();
        let _ = sanitizer.clean_text(text, &[]);
        println!("  text of {} bytes: {:?}", text.len(), start.elapsed());
        let start = Watch::start();
        let _ = guard([""], &[&own], |_| false);
        println!("  guard built in {:?}", start.elapsed());
    }
}
