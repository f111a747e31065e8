//! Homes that hold many records: signed, sealed and written by the code that a node does it with, without publishing
//! each of them.

use std::sync::Arc;
use std::time::Duration;

use watchfire::clock;
use watchfire::daemon::keep;
use watchfire::home::{Home, PassphraseSource};
use watchfire::output::Output;
use watchfire::store::{self, Batch, Store};
use watchfire_keys::{CircleId, Keys, MemberId, UnixMillis};
use watchfire_protocol::circle::Keyring;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Change, Restored};
use watchfire_protocol::envelope::{EpochKeys, Received, seal};
use watchfire_protocol::indicator::{Indicator, Kind, Tlp};
use watchfire_protocol::publication::{Author, ReportDraft, split};
use watchfire_protocol::record::{Chains, Position, Severity, SignedRecord};

/// Records written in one batch.
const BATCH: usize = 2_000;

/// What a home without a daemon has at hand.
pub struct Opened {
    /// The member's keys.
    pub keys: Keys,
    /// The store of its one circle.
    pub store: store::DiskStore,
    /// Which circle.
    pub circle: CircleId,
}

/// Opens the store of a home that is in one circle and has no passphrase, and of which no daemon runs.
pub fn open(home: &std::path::Path) -> Opened {
    let home = Home::at(home);
    let keys = home.open_identity(&PassphraseSource::new(None), Output::new(true)).unwrap();
    let circle = home.circles().unwrap()[0];
    let opened =
        store::open(&home.circle(circle), &keys.storage, clock::now(), Duration::from_secs(10)).unwrap();
    assert_eq!((opened.set_aside, opened.lost_batches), (None, 0));
    Opened { keys, store: opened.store, circle }
}

/// Adds so many reports by the member of this home, each with so many indicators, behind the last one that is there.
/// Gives how many bytes of records that was.
pub fn add_reports(home: &std::path::Path, reports: usize, indicators: usize) -> u64 {
    let Opened { keys, store, circle } = open(home);
    let member = Home::at(home).card().unwrap().member();
    let now = clock::now();
    let kept = keep::read(&store, circle, now).unwrap().restored;
    let epoch = &*epoch_to_seal_under(member, &kept, now);
    let publisher = keys.publisher.as_ref().unwrap();
    let mut chains = Chains::new();
    for record in &kept.records {
        chains.take(&record.placed);
    }
    let mut next = chains.next(&publisher.public()).unwrap();
    let author = Author { circle, member, key: publisher };
    let mut bytes = 0;
    for first in (0..reports).step_by(BATCH) {
        let mut batch = Batch::new();
        for number in first..reports.min(first + BATCH) {
            for change in report(author, epoch, &mut next, now, number, indicators) {
                keep::add(&mut batch, &change);
            }
        }
        bytes += batch.bytes() as u64;
        store.apply(batch).unwrap();
    }
    bytes
}

/// Calls `visit` with every record of a home of which no daemon runs, and with its envelope under the present epoch.
pub fn visit_records(home: &std::path::Path, mut visit: impl FnMut(&EpochKeys, &SignedRecord, &[u8])) {
    let Opened { store, circle, .. } = open(home);
    let now = clock::now();
    let kept = keep::read(&store, circle, now).unwrap().restored;
    let epoch = epoch_to_seal_under(Home::at(home).card().unwrap().member(), &kept, now);
    for kept in &kept.records {
        let record = keep::record(&store, &kept.placed.id).unwrap().unwrap();
        visit(&epoch, &record, &seal(&RealCrypto, &epoch, &record).unwrap());
    }
}

fn epoch_to_seal_under(member: MemberId, kept: &Restored, now: UnixMillis) -> Arc<EpochKeys> {
    let mut keyring = Keyring::new(kept.circle, member);
    for header in &kept.headers {
        keyring.insert_header(header.clone(), &kept.log, now).unwrap();
    }
    for (epoch, secret) in &kept.secrets {
        keyring.insert_secret(*epoch, secret.clone()).unwrap();
    }
    let epoch = keyring.sealing(kept.log.roster().unwrap(), now).expect("an epoch to seal under");
    Arc::clone(epoch)
}

fn report(
    author: Author<'_>,
    epoch: &EpochKeys,
    next: &mut Position,
    now: UnixMillis,
    number: usize,
    indicators: usize,
) -> Vec<Change> {
    let draft = ReportDraft {
        title: format!("Lure {number} against volunteers"),
        summary: "A mail from \"IT support\" asks to confirm the shared drive.".into(),
        tlp: Tlp::Amber,
        severity: Severity::High,
        indicators: (0..indicators).map(|part| indicator(number, part)).collect(),
        techniques: Vec::new(),
        playbook: "Block the domains; ask who has clicked.".into(),
        references: Vec::new(),
        valid_until: None,
        replaces: None,
        audience: Vec::new(),
    };
    let signed = split(draft, now).unwrap().sign(&RealCrypto, author, *next, now).unwrap();
    let mut changes = Vec::new();
    for record in signed {
        let id = record.id(&RealCrypto);
        *next = Position { seq: record.record().seq + 1, prev: Some(id) };
        let sealed = seal(&RealCrypto, epoch, &record).unwrap();
        changes.push(Change::Record {
            id,
            epoch: Some(*epoch.epoch()),
            envelope: Some(Received::new(&sealed).decode(&RealCrypto).unwrap().id()),
            bytes: record.to_bytes().into(),
            received: now,
        });
    }
    changes
}

/// A mixture as in a phishing report, other ones for each number: domains, URLs, addresses and file hashes.
fn indicator(number: usize, part: usize) -> Indicator {
    let (kind, value) = match part % 4 {
        0 => (Kind::Domain, format!("login-{part}.lure-{number}.watchfire-sample.net")),
        1 => {
            (Kind::Url, format!("https://drive-{part}.lure-{number}.watchfire-sample.net/confirm?id={part}"))
        }
        2 => (Kind::Ipv4, {
            let host = number * 16 + part;
            format!("45.{}.{}.{}", host >> 16 & 0xff, host >> 8 & 0xff, host & 0xff)
        }),
        _ => (Kind::Sha256, format!("{number:032x}{part:032x}")),
    };
    Indicator::parse(kind, &value).unwrap()
}
