//! A home that an earlier version wrote opens with this one, holds what it held, and goes on.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use watchfire::daemon::keep;
use watchfire::store::{Batch, Store};
use watchfire_keys::{Moment, RecordId};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Config, Engine, Input, MemberKeys, Now, Output, PeerName, Request, Start};
use watchfire_protocol::indicator::{Indicator, Kind, Tlp};
use watchfire_protocol::publication::ReportDraft;
use watchfire_protocol::record::{Body, Severity};
use watchfire_tests::sample_home::{Sample, folder};
use watchfire_tests::stock::{self, Opened};

/// The sample of each version.
fn samples() -> Vec<Sample> {
    let mut paths: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| Sample::unpack(path)).collect()
}

/// The titles of a store's reports by their ids.
fn titles(opened: &Opened) -> BTreeMap<String, String> {
    let kept = keep::read(&opened.store, opened.circle, watchfire::clock::now()).unwrap();
    let mut titles = BTreeMap::new();
    for record in kept.restored.records {
        let signed = keep::record(&opened.store, &record.placed.id).unwrap().unwrap();
        if let Body::Report(report) = &signed.record().body {
            titles.insert(record.placed.id.to_string(), report.title.to_string());
        }
    }
    titles
}

#[test]
fn every_sample_opens_and_holds_what_it_held() {
    for sample in samples() {
        let opened = stock::open(&sample.path());
        assert_eq!(titles(&opened), sample.alerts.iter().cloned().collect());
        assert_eq!(opened.store.damaged_values(), 0);
        // Written anew, it is the same.
        opened.store.compact().unwrap();
        assert_eq!(titles(&opened), sample.alerts.iter().cloned().collect());
    }
}

/// The name of a node that is linked to nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alone;

impl PeerName for Alone {
    fn to_bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    fn from_bytes(_: &[u8]) -> Option<Self> {
        Some(Self)
    }
}

#[test]
fn a_copy_of_every_sample_publishes_behind_what_is_there() {
    for sample in samples() {
        let opened = stock::open(&sample.path());
        let restored = keep::read(&opened.store, opened.circle, watchfire::clock::now()).unwrap().restored;
        // At the time at which it was made: delegations end, and this test goes on for longer.
        let latest = restored.records.iter().map(|record| record.placed.created).max().unwrap();
        let now = Now { moment: Moment(0), unix: latest.saturating_add(1_000) };
        let own = opened.keys.publisher.as_ref().unwrap().public();
        let own = restored.records.iter().filter(|record| record.placed.signer == own);
        let last = own.map(|record| record.placed).max_by_key(|placed| placed.place.seq).unwrap();
        let keys = &opened.keys;
        let card = watchfire::home::Home::at(&sample.path()).card().unwrap();
        let config = Config {
            crypto: RealCrypto,
            me: Alone,
            keys: MemberKeys {
                member: card.member(),
                organisation: keys.organisation.clone(),
                publisher: keys.publisher.clone(),
                steward: keys.steward.clone(),
                daemon: keys.daemon.clone().unwrap(),
                sealing: keys.sealing.clone().unwrap(),
                former_sealing: Vec::new(),
            },
            start: Start::Restored(Box::new(restored)),
            contacts: Vec::new(),
            addresses: Vec::new(),
            relays: Vec::new(),
            lost: false,
            seed: [1; 32],
        };
        let mut engine = Engine::new(config, now);
        engine.handle(Input::Request { token: 1, request: Request::Publish(Box::new(report())) }, now);
        let mut batch = Batch::new();
        let mut published: Vec<RecordId> = Vec::new();
        while let Some(output) = engine.poll() {
            match output {
                Output::Persist(change) => keep::add(&mut batch, &change),
                Output::Published { records, .. } => published = records,
                _ => {}
            }
        }
        opened.store.apply(batch).unwrap();
        drop(opened);
        let again = stock::open(&sample.path());
        assert_eq!(titles(&again).len(), sample.alerts.len() + 1);
        let record = keep::record(&again.store, &published[0]).unwrap().unwrap();
        let (seq, prev) = (record.record().seq, record.record().prev);
        assert_eq!((seq, prev), (last.place.seq + 1, Some(last.id)));
    }
}

fn report() -> ReportDraft {
    ReportDraft {
        title: "By a later version".into(),
        summary: String::new(),
        tlp: Tlp::Amber,
        severity: Severity::High,
        indicators: vec![Indicator::parse(Kind::Domain, "later.watchfire-sample.net").unwrap()],
        techniques: Vec::new(),
        playbook: String::new(),
        references: Vec::new(),
        valid_until: None,
        replaces: None,
        audience: Vec::new(),
    }
}
