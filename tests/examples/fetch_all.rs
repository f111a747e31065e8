//! How long a new member takes to fetch everything a circle has, beside the signature checks alone, and what memory it
//! takes meanwhile.
//!
//! `cargo build --release -p watchfire-tests && cargo run --release -p watchfire-tests --example fetch_all -- [RECORDS]`
//!
//! A hundred thousand records with ten indicators each unless told otherwise, all from one member over loopback, real
//! daemons on both sides: from the start of the newcomer's process until it says that it has them all. While they come,
//! alerts are published at the other end, and the time is taken until the newcomer knows them. The reference are two
//! signature checks (`verify_strict`) for each record, that of its author and that of the gate, with their keys decoded
//! before, on one core, over the same records, in the same run. It ends with code 1 when a record is missing or when the
//! newcomer has taken more memory than it may.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it prints its measurement")]
#![allow(clippy::unwrap_used, reason = "it measures homes that it has made itself")]

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

use ed25519_dalek::{Signature, VerifyingKey};
use watchfire_keys::{Label, PublicKey, labels};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::envelope::Received;
use watchfire_tests::cluster::Node;
use watchfire_tests::newcomer::{fetching_bytes, invited, records_of};
use watchfire_tests::stock;

const INDICATORS: usize = 10;
/// Alerts that are published while the newcomer fetches, and as many once it is done.
const ALERTS: usize = 5;
/// Ticks of the clock of `/proc/PID/stat` in a second, on every Linux there is.
const TICKS: f64 = 100.0;

fn main() -> ExitCode {
    let records = std::env::args().nth(1).map_or(100_000, |number| number.parse().unwrap());
    eprintln!("making {records} records of {INDICATORS} indicators");
    let (mut server, mut newcomer) = invited(records, INDICATORS);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    let busy = cpu(&server);

    let begun = Instant::now();
    newcomer.start(&[]);
    let mut during = Vec::new();
    let mut said = begun;
    let seconds = loop {
        let here = held(&newcomer);
        let passed = begun.elapsed().as_secs_f64();
        if here >= records + during.len() {
            break passed;
        }
        if here > (during.len() + 1) * records / (ALERTS + 2) && during.len() < ALERTS {
            during.push(alert(&server, &newcomer, &format!("during-{}", during.len())));
            continue;
        }
        if said.elapsed() > Duration::from_secs(2) {
            eprintln!("{here} records after {passed:.1} s");
            said = Instant::now();
        }
        // Looking costs the newcomer time; towards the end it is what the measurement is exact to.
        let rest = (records - here.min(records)) as f64 * passed / here.max(1) as f64;
        sleep(Duration::from_secs_f64((rest / 2.0).clamp(0.02, 1.0)));
    };
    let (peak, served) = (newcomer.daemon().memory("VmHWM"), server.daemon().memory("VmHWM"));
    let (fetching, serving) = (cpu(&newcomer), cpu(&server) - busy);
    let after: Vec<Duration> =
        (0..ALERTS).map(|number| alert(&server, &newcomer, &format!("after-{number}"))).collect();
    newcomer.stop();
    newcomer.start(&[]);
    let resident = newcomer.daemon().memory("VmRSS");
    newcomer.stop();
    server.stop();

    eprintln!("comparing, and checking the signatures alone");
    let same = records_of(newcomer.path()) == records_of(server.path());
    let reference = signature_checks(server.path());
    let checked = reference.records as f64 / reference.time.as_secs_f64();
    let rate = records as f64 / seconds;
    let bound = resident + fetching_bytes(1);
    println!("{records} records of {INDICATORS} indicators, load {}", load.trim());
    println!(
        "fetched in              {seconds:7.2} s: {rate:.0} records/s, {:.0} indicators/s",
        rate * INDICATORS as f64
    );
    println!(
        "signature checks alone  {:7.2} s: {:.0} checks/s, {checked:.0} records/s",
        records as f64 / checked,
        2.0 * checked
    );
    println!(
        "fetch / checks          {:7.2}, by the newcomer's processor time {:.2}",
        checked / rate,
        fetching / records as f64 * checked
    );
    println!("processor time          {fetching:7.2} s of the newcomer, {serving:.2} s of the server");
    println!(
        "an alert meanwhile      {:7} ms, one afterwards {} ms (medians of {ALERTS})",
        median(&during),
        median(&after)
    );
    println!("envelopes               {:7} bytes each", reference.bytes / reference.records);
    println!(
        "newcomer's memory       {:7} MiB at most; bound: {} MiB, which are {} MiB after a start with the same records and {} MiB",
        peak >> 20,
        bound >> 20,
        resident >> 20,
        fetching_bytes(1) >> 20
    );
    println!("server's memory         {:7} MiB at most", served >> 20);
    if !same {
        eprintln!("error: the newcomer has not the same records");
    }
    if peak > bound {
        eprintln!("error: the newcomer took more memory than it may");
    }
    if same && peak <= bound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How many records a node has.
fn held(node: &Node) -> usize {
    usize::try_from(node.status()["records"].as_u64().unwrap()).unwrap()
}

/// Publishes an alert at one node; the time from its being acknowledged until the other knows it.
fn alert(at: &Node, seen_by: &Node, title: &str) -> Duration {
    at.publish(title);
    let begun = Instant::now();
    let lure = format!("http://{title}.watchfire-sample.net/x");
    while seen_by.cmd(&["check", &lure]).code != 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "an alert does not arrive");
    }
    begun.elapsed()
}

/// Seconds of processor time that a node's process has had.
fn cpu(node: &Node) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", node.daemon().pid())).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<f64>().unwrap());
    ticks.sum::<f64>() / TICKS
}

/// What the signature checks alone took.
#[derive(Default)]
struct Reference {
    records: usize,
    /// Of all envelopes.
    bytes: usize,
    time: Duration,
}

fn signature_checks(home: &Path) -> Reference {
    let mut reference = Reference::default();
    stock::visit_records(home, |epoch, record, envelope| {
        let id = Received::new(envelope).decode(&RealCrypto).unwrap().id();
        let (_, gate) = envelope.split_last_chunk().unwrap();
        let body = record.record();
        let parts = [&body.circle.as_bytes()[..], &body.to_bytes()];
        let checks = [
            Check::new(epoch.gate_public(), labels::SIGN_GATE, &[id.as_bytes()], gate),
            Check::new(&body.signer, labels::SIGN_RECORD, &parts, record.signature().as_bytes()),
        ];
        let begun = Instant::now();
        assert!(checks.iter().all(|check| black_box(check).holds()));
        reference.time += begun.elapsed();
        reference.records += 1;
        reference.bytes += envelope.len();
    });
    reference
}

/// One signature check with nothing around it.
struct Check {
    key: VerifyingKey,
    message: Vec<u8>,
    signature: Signature,
}

impl Check {
    fn new(key: &PublicKey, label: Label, parts: &[&[u8]], signature: &[u8; 64]) -> Self {
        let mut message = vec![u8::try_from(label.as_str().len()).unwrap()];
        message.extend_from_slice(label.as_str().as_bytes());
        for part in parts {
            message.extend_from_slice(&u64::try_from(part.len()).unwrap().to_le_bytes());
            message.extend_from_slice(part);
        }
        let key = VerifyingKey::from_bytes(key.as_bytes()).unwrap();
        Self { key, message, signature: Signature::from_bytes(signature) }
    }

    fn holds(&self) -> bool {
        self.key.verify_strict(&self.message, &self.signature).is_ok()
    }
}

fn median(times: &[Duration]) -> u128 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2].as_millis()
}
