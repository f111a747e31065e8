//! How much processor time and memory the sanitizer takes, beside extractors in Python on the same input in the same run; and
//! in how many mails made out to one person each of them hands on her address.
//!
//! Each measurement is a process of its own, the median of five. `WATCHFIRE_PYTHON` names a Python that has `iocextract`
//! (with `requests`) and `ioc-finder`; without it only Watchfire is measured. What would take Python longer than
//! `--budget` seconds (40) is measured on a part of the input and scaled by its size. `--mails N` (200).

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use watchfire::formats;
use watchfire::sanitizing::{Policy, Wish, sanitize_parsed};
use watchfire_tests::hostile::own;
use watchfire_tests::leak::{Case, Family, Outcome, case, leaks};

const RUNS: usize = 5;
const TOOLS: [&str; 2] = ["iocextract", "ioc-finder"];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|first| first == "--measure") {
        println!("{}", measure(Path::new(&arguments[2])));
        return;
    }
    let number = |name: &str, default: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map_or(default, |at| arguments[at + 1].parse().unwrap())
    };
    let python = std::env::var_os("WATCHFIRE_PYTHON");
    if python.is_none() {
        eprintln!("WATCHFIRE_PYTHON is not set: only Watchfire is measured");
    }
    let folder = tempfile::tempdir().unwrap();
    println!(
        "{:<26} {:<12} {:>12} {:>10} {:>10} {:>8}",
        "input", "tool", "seconds", "memory", "found", "ratio"
    );
    for (name, file, content) in inputs() {
        let path = folder.path().join(file);
        std::fs::write(&path, content).unwrap();
        let own = watchfire(&path);
        let clock = own["clock"].as_f64().unwrap();
        show(name, "watchfire", &own, 1.0, &format!("({clock:.4} s on the clock)"));
        for tool in TOOLS {
            if let Some(python) = &python {
                let measured = baseline(python, folder.path(), tool, &path, number("--budget", 40));
                let ratio = seconds(&measured) / seconds(&own);
                let part = measured["measured"].as_f64().unwrap() / measured["of"].as_f64().unwrap();
                let note = if part < 1.0 {
                    format!("scaled from {:.2}% of it", part * 100.0)
                } else {
                    String::new()
                };
                show(name, tool, &measured, ratio, &note);
            }
        }
    }
    handed_on(python.as_ref(), folder.path(), number("--mails", 200));
}

fn seconds(measured: &Value) -> f64 {
    measured["seconds"].as_f64().unwrap()
}

fn show(name: &str, tool: &str, measured: &Value, ratio: f64, note: &str) {
    let memory = measured["memory"].as_u64().unwrap() / 1_000_000;
    println!(
        "{name:<26} {tool:<12} {:>10.4} s {memory:>7} MB {:>10} {ratio:>7.1}x {note}",
        seconds(measured),
        measured["found"]
    );
}

/// A mail of 100 kB, a list of 5 MB, a million indicators.
fn inputs() -> Vec<(&'static str, &'static str, String)> {
    let link = |number: usize| {
        format!(
            "<p>Offer {number}: <a href=\"https://shop{}.ohio-invoices.net/p/{number}?e=anna.lee%40smith2028.org&amp;v=2\">open</a> now, dear Anna Lee.</p>\n",
            number % 40
        )
    };
    let mut html = String::new();
    for number in 0.. {
        if html.len() >= 98_500 {
            break;
        }
        html.push_str(&link(number));
    }
    let mail = format!(
        "Delivered-To: anna.lee@smith2028.org\r\nReceived: from mta1.ohio-invoices.net (mta1.ohio-invoices.net [185.174.101.13])\r\n\tby mx1.smith2028.org with ESMTPS id 4XyZ1 for <anna.lee@smith2028.org>; Tue, 14 Jul 2026 09:20:58 +0000\r\nFrom: Accounts <billing@ohio-invoices.net>\r\nTo: Anna Lee <anna.lee@smith2028.org>\r\nSubject: Your invoices\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}",
        html.replace('\n', "\r\n")
    );
    let mut list = String::new();
    let mut count = 0_usize;
    while list.len() < 5_000_000 {
        list.push_str(&line(count));
        count += 1;
    }
    let million: String = (0..1_000_000).map(line).collect();
    vec![
        ("a mail of 100 kB", "mail.eml", mail),
        ("a list of 5 MB", "list.txt", list),
        ("a million indicators", "million.txt", million),
    ]
}

/// A line of a list: addresses and names by turns, no two the same.
fn line(number: usize) -> String {
    match number % 4 {
        0 => format!("5.{}.{}.{}\n", 9 + number / 250_000, number / 1000 % 250, number / 4 % 250 + 1),
        1 => format!("host{number}.ohio-invoices.net\n"),
        2 => {
            format!("{:032x}\n", (number as u128 + 7).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
        }
        _ => format!("n{number:x}.top\n"),
    }
}

/// One measurement, in a process of its own.
fn measure(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap();
    let wish =
        Wish { name: path.file_name().map(|name| name.to_string_lossy().into_owned()), ..Wish::default() };
    let policy = Policy { own: own(), ..Policy::default() };
    let (start, began) = (processor_time(), Instant::now());
    // As `watchfire publish` does: the file is not held while the sanitizer decides.
    let parsed = formats::read(&bytes, wish.name.as_deref(), wish.from).unwrap();
    drop(bytes);
    let done = sanitize_parsed(parsed, &wish, &policy);
    let (seconds, clock) = (processor_time() - start, began.elapsed().as_secs_f64());
    if let Err(error) = &done.outcome {
        eprintln!("{}: nothing would leave: {error}", path.display());
    }
    json!({"seconds": seconds, "clock": clock, "found": done.kept.len(), "memory": peak_memory()})
}

/// Seconds for which all threads of this process have run together: what else runs on the machine does not count.
#[allow(clippy::cast_precision_loss)]
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most memory that this process ever had, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) * 1024
}

fn watchfire(path: &Path) -> Value {
    let mut runs: Vec<Value> = (0..RUNS)
        .map(|_| {
            let output =
                Command::new(std::env::current_exe().unwrap()).arg("--measure").arg(path).output().unwrap();
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            serde_json::from_slice(&output.stdout).unwrap()
        })
        .collect();
    runs.sort_by(|one, other| seconds(one).total_cmp(&seconds(other)));
    runs.swap_remove(RUNS / 2)
}

fn script(folder: &Path) -> OsString {
    let path = folder.join("python_baseline.py");
    std::fs::write(&path, include_str!("python_baseline.py")).unwrap();
    path.into_os_string()
}

fn run_python(python: &OsString, folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(python).arg(script(folder)).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn baseline(python: &OsString, folder: &Path, tool: &str, path: &Path, budget: u64) -> Value {
    let path = path.display().to_string();
    let mut runs: Vec<Value> = vec![run_python(python, folder, &["time", tool, &path, &budget.to_string()])];
    // What is slow is measured once: its length says enough.
    while runs.len() < RUNS && seconds(&runs[0]) < 2.0 {
        runs.push(run_python(python, folder, &["time", tool, &path, &budget.to_string()]));
    }
    runs.sort_by(|one, other| seconds(one).total_cmp(&seconds(other)));
    let median = runs.len() / 2;
    runs.swap_remove(median)
}

/// In how many mails to one person her address is handed on, plain or disguised.
fn handed_on(python: Option<&OsString>, folder: &Path, count: u64) {
    let mails: Vec<Case> = (0..)
        .map(|number| case(7, number))
        .filter(|case| case.family == Family::Mail)
        .map(|case| Case { title: None, summary: None, ..case })
        .take(usize::try_from(count).unwrap())
        .collect();
    let told = |case: &Case, texts: &[String]| {
        leaks(case, texts).iter().any(|leak| case.plants[leak.plant].secret == "recipient or staff address")
    };
    println!("\nher address is handed on in, of {count} mails made out to one member of staff each:");
    let own = mails.iter().filter(|case| told(case, &Outcome::of(case).texts)).count();
    println!("{:<12} {own}", "watchfire");
    let Some(python) = python else { return };
    let bodies: Vec<String> =
        mails.iter().map(|case| String::from_utf8_lossy(&case.bytes).into_owned()).collect();
    let path = folder.join("mails.json");
    std::fs::write(&path, json!(bodies).to_string()).unwrap();
    for tool in TOOLS {
        let found = run_python(python, folder, &["mails", tool, &path.display().to_string()]);
        let texts = |found: &Value| -> Vec<String> {
            found.as_array().unwrap().iter().map(|value| value.as_str().unwrap_or("").to_owned()).collect()
        };
        let telling = mails
            .iter()
            .zip(found.as_array().unwrap())
            .filter(|(case, found)| told(case, &texts(found)))
            .count();
        println!("{tool:<12} {telling}");
    }
}
