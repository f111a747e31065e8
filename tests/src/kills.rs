//! Daemons that are killed at random moments while they publish and receive.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::cluster::{Node, as_str, two_founders};
use crate::leak::random::Random;
use crate::stock;
use crate::wait::{PATIENCE, wait_for, wait_until};

/// The longest that a victim lives on after something was set going.
const LONGEST_MS: usize = 50;

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Records whose publication exited 0.
    pub acknowledged: usize,
    /// Publications that were cut short.
    pub cut_short: usize,
    /// The slowest start of a daemon on what a kill had left, up to its `ready` line.
    pub slowest_start: Duration,
}

/// Kills the publishing and the receiving daemon in turn, so many times in all, each at a moment that follows from the
/// seed, and looks after each kill whether everything that was acknowledged is there: what `publish` exited 0 for, and
/// what `alerts` had shown on the other side. Both hold so many other records from the start, of ten indicators each.
///
/// # Panics
///
/// When something is missing, when a start finds anything to mend, or when an identity is another one than before.
pub fn rounds(kills: usize, seed: u64, held: usize, mut told: impl FnMut(usize, &Outcome)) -> Outcome {
    let mut random = Random::of(seed, 0);
    let (mut smith, mut jones) = two_founders();
    if held > 0 {
        smith.stop();
        jones.stop();
        stock::add_reports(jones.path(), held, 10);
        jones.start(&[]);
        smith.start(&[&jones]);
        wait_for("the publisher to have what the receiver holds", PATIENCE * 5, || {
            (smith.status()["records"] == held).then_some(())
        });
    }
    let identities = [identity(&smith), identity(&jones)];
    let mut outcome = Outcome::default();
    let mut published = BTreeSet::new();
    for round in 0..kills {
        for extra in 0..random.below(3) {
            published.insert(smith.publish(&format!("Round {round} lure {extra}")));
        }
        // Some of these may be on their way yet; what is shown now has to stay.
        let shown = records(&jones);
        let receiver_dies = round % 2 == 1;
        let title = format!("Round {round} last");
        let file = smith.file("lure.txt", format!("hxxp://last{round}[.]watchfire-sample[.]net/x"));
        let mut publishing = smith.command();
        let publishing = publishing.args(["--json", "publish", &file, "--title", &title, "--yes"]);
        let publishing = publishing.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.below(LONGEST_MS) as u64));
        if receiver_dies {
            jones.kill()
        } else {
            smith.kill()
        }
        let ended = publishing.wait_with_output().unwrap();
        if ended.status.success() {
            let document: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
            published.insert(as_str(&document["record"]));
        } else {
            outcome.cut_short += 1;
        }
        let (victim, owed) = if receiver_dies { (&mut jones, &shown) } else { (&mut smith, &published) };
        // First from the store alone, then by a daemon on it.
        let kept = records(victim);
        assert!(kept.is_superset(owed), "round {round}: {:?} are gone", owed.difference(&kept));
        let begun = Instant::now();
        victim.start(&[]);
        outcome.slowest_start = outcome.slowest_start.max(begun.elapsed());
        let kept = records(victim);
        assert!(kept.is_superset(owed), "round {round}: {:?} are gone", owed.difference(&kept));
        for mended in ["store-damaged", "recovering"] {
            assert!(!victim.notes(mended), "round {round}: {}", victim.daemon().log());
        }
        assert_eq!([identity(&smith), identity(&jones)], identities);
        wait_until("the two to be linked again", || smith.linked() == 1 && jones.linked() == 1);
        outcome.acknowledged = published.len();
        told(round + 1, &outcome);
    }
    wait_until("the receiver to have all that was acknowledged", || records(&jones).is_superset(&published));
    assert!(records(&smith).is_superset(&published));
    outcome
}

/// What the publisher's side has published, which is what the rounds are about.
fn records(node: &Node) -> BTreeSet<String> {
    let alerts = node.ok(&["alerts", "--side", "democratic"])["alerts"].as_array().unwrap().clone();
    alerts.iter().map(|alert| as_str(&alert["record"])).collect()
}

fn identity(node: &Node) -> [String; 2] {
    let status = node.status();
    ["member", "circle"].map(|key| as_str(&status[key]))
}
