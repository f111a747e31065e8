//! What it costs to admit one record, beside its two signature checks alone.
//!
//! `cargo run --release -p watchfire-protocol --example admit_cost`
//!
//! Admitting is everything from the bytes of an envelope to a record that may be shown: layout, id, gate signature (which
//! a reader of the epoch checks by making it, and that is why a small record costs less than the reference), opening, nonce and padding, the record's signature and id, and its body with every indicator's normal form checked.
//! The reference is `verify_strict` of the two signatures with their keys already decoded, over the same messages, in
//! the same run and interleaved with it.

#![allow(clippy::print_stdout, reason = "it prints its measurement")]
#![allow(clippy::unwrap_used, reason = "it measures valid input only")]

use std::{hint::black_box, time::Instant};

use ed25519_dalek::VerifyingKey;
use watchfire_keys::{
    CircleId, Deal, EpochSecret, Header, Label, MemberId, PublicKey, Signature, SigningKey, UnixMillis,
    labels,
};
use watchfire_protocol::{
    crypto::RealCrypto,
    envelope::{EpochKeys, Received, Window, seal},
    indicator::{Indicator, Kind, Tlp},
    publication::{Author, ReportDraft, split},
    record::{Position, Severity, SignedRecord},
};

const ROUNDS: usize = 2_000;
const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
const WINDOW: Window = Window::at(NOW, 180 * 24 * 60 * 60 * 1000);

fn main() {
    println!("indicators  envelope bytes  admit ns  2 x verify_strict ns  ratio");
    for count in [1, 100] {
        let world = World::new();
        let record = world.report(count);
        let envelope = seal(&RealCrypto, &world.keys, &record).unwrap();
        let (admit, checks) = world.measure(&record, &envelope);
        let ratio = admit as f64 / checks as f64;
        println!("{count:10}  {:14}  {admit:8}  {checks:20}  {ratio:5.2}", envelope.len());
    }
}

struct World {
    circle: CircleId,
    member: MemberId,
    publisher: SigningKey,
    keys: EpochKeys,
}

impl World {
    fn new() -> Self {
        let circle = CircleId::from_bytes([1; 32]);
        let member = MemberId::from_bytes([2; 32]);
        let steward = SigningKey::from_seed(&[3; 32]);
        let secret = EpochSecret::from_bytes(&[4; 32]);
        let deal = Deal {
            circle,
            frontier: vec![watchfire_keys::ActId::from_bytes([5; 32])],
            readers: [6; 32],
            created: NOW,
            seal_until: NOW.saturating_add(1_000_000),
            turn: 0,
            dealer: member,
        };
        let header = Header::deal(deal, &secret, &steward).unwrap();
        let keys = EpochKeys::new(&header, &secret).unwrap();
        Self { circle, member, publisher: SigningKey::from_seed(&[7; 32]), keys }
    }

    fn report(&self, count: usize) -> SignedRecord {
        let draft = ReportDraft {
            title: "Credential phishing against volunteers".into(),
            summary: "A mail from \"IT support\" asks to confirm the shared drive.".into(),
            tlp: Tlp::Amber,
            severity: Severity::High,
            indicators: (0..count).map(indicator).collect(),
            techniques: Vec::new(),
            playbook: "Block the domains; ask who has clicked.".into(),
            references: Vec::new(),
            valid_until: None,
            replaces: None,
            audience: Vec::new(),
        };
        let plan = split(draft, NOW).unwrap();
        let author = Author { circle: self.circle, member: self.member, key: &self.publisher };
        plan.sign(&RealCrypto, author, Position::FIRST, NOW).unwrap().remove(0)
    }

    fn admit(&self, envelope: &[u8]) -> bool {
        let decoded = Received::new(envelope).decode(&RealCrypto).unwrap();
        let verified = decoded.verify_gate_as_reader(&RealCrypto, &self.keys).unwrap();
        verified.open(&RealCrypto, &self.keys, WINDOW, |_, _, _, _| Ok(())).is_ok()
    }

    /// The median time of admitting, and that of the two signature checks, in nanoseconds.
    fn measure(&self, record: &SignedRecord, envelope: &[u8]) -> (u128, u128) {
        let decoded = Received::new(envelope).decode(&RealCrypto).unwrap();
        let (_, gate) = envelope.split_last_chunk().unwrap();
        let id = decoded.id();
        let gate_check = Check::new(
            self.keys.gate_public(),
            labels::SIGN_GATE,
            &[id.as_bytes()],
            &Signature::from_bytes(*gate),
        );
        let canonical = record.record().to_bytes();
        let parts: [&[u8]; 2] = [self.circle.as_bytes(), &canonical];
        let record_check =
            Check::new(&self.publisher.public(), labels::SIGN_RECORD, &parts, record.signature());

        let mut admits = Vec::with_capacity(ROUNDS);
        let mut checks = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let start = Instant::now();
            assert!(self.admit(black_box(envelope)));
            admits.push(start.elapsed().as_nanos());
            let start = Instant::now();
            assert!(black_box(&gate_check).holds() && black_box(&record_check).holds());
            checks.push(start.elapsed().as_nanos());
        }
        (median(admits), median(checks))
    }
}

/// One signature check with nothing around it.
struct Check {
    key: VerifyingKey,
    message: Vec<u8>,
    signature: ed25519_dalek::Signature,
}

impl Check {
    fn new(key: &PublicKey, label: Label, parts: &[&[u8]], signature: &Signature) -> Self {
        let mut message = vec![u8::try_from(label.as_str().len()).unwrap()];
        message.extend_from_slice(label.as_str().as_bytes());
        for part in parts {
            message.extend_from_slice(&u64::try_from(part.len()).unwrap().to_le_bytes());
            message.extend_from_slice(part);
        }
        let key = VerifyingKey::from_bytes(key.as_bytes()).unwrap();
        Self { key, message, signature: ed25519_dalek::Signature::from_bytes(signature.as_bytes()) }
    }

    fn holds(&self) -> bool {
        self.key.verify_strict(&self.message, &self.signature).is_ok()
    }
}

/// A mixture as in a phishing report: domains, URLs, addresses and file hashes.
fn indicator(number: usize) -> Indicator {
    let (kind, text) = match number % 4 {
        0 => (Kind::Domain, format!("login-{number}.campaign-portal.example.com")),
        1 => (Kind::Url, format!("https://portal-{number}.example.net/shared/drive?session={number}")),
        2 => (Kind::Ipv4, format!("93.184.{}.{}", number / 200, number % 200 + 1)),
        _ => (Kind::Sha256, format!("{number:064x}")),
    };
    Indicator::parse(kind, &text).unwrap()
}

fn median(mut values: Vec<u128>) -> u128 {
    values.sort_unstable();
    values[values.len() / 2]
}
