//! Makes the sample home of this version of the store, which every later version has to open.
//!
//! `cargo run -p watchfire-tests --example make_sample_home -- VERSION`, once, when the version of the store goes up. A sample
//! that is there is never replaced. Its keys are for everybody to see and good for nothing else.

#![allow(clippy::print_stdout, reason = "it says what it has made")]
#![allow(clippy::unwrap_used, reason = "it stops where it goes wrong")]

use watchfire_tests::cluster::{as_str, two_founders};
use watchfire_tests::sample_home::{folder, pack};

fn main() {
    let version = std::env::args().nth(1).expect("the version of the store");
    let to = folder().join(version);
    assert!(!to.exists(), "{} is there, and what stands on disk is never changed", to.display());
    let (mut smith, jones) = two_founders();
    for title in ["First lure", "Second lure"] {
        smith.publish(title);
    }
    jones.publish("Lure of the other side");
    let alerts = smith.alerts(3);
    smith.stop();
    let alerts: Vec<_> =
        alerts.iter().map(|alert| (as_str(&alert["record"]), as_str(&alert["title"]))).collect();
    let files = smith.files();
    pack(&files, smith.path(), &alerts, &to);
    println!("{} files in {}", files.len(), to.display());
}
