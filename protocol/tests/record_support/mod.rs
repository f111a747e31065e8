//! A small fixed world for the tests of records and envelopes, and a builder of messages that are wrong in one place.
//!
//! The builder writes envelopes by the description of the format, with the primitives of the `keys` crate and none of
//! the code that it tests.

#![allow(dead_code, reason = "each test file uses its own part of it")]
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::path::{Path, PathBuf};

use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;
use watchfire_keys::{
    ActId, CircleId, Deal, EpochId, EpochSecret, Header, MemberId, PublicKey, RecordId, Scopes, SealingKey,
    Side, SigningKey, UnixMillis, aead, circle_tag, codec, hash, labels, mac,
};
use watchfire_protocol::{
    crypto::RealCrypto,
    envelope::{EpochKeys, Opened, Received, Window, seal},
    indicator::{Indicator, Kind, Tlp},
    publication::{Author, ReportDraft, split},
    record::{
        Body, Inner, Named, Part, Position, Record, Reference, Report, Setting, Severity, SignedRecord,
        Technique, VERSION,
    },
    rules::Rule,
    view::Members,
};

/// The time at which everything here happens.
pub(crate) const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
/// How long the circle here keeps records.
pub(crate) const RETENTION_MS: u64 = 180 * 24 * 60 * 60 * 1000;

pub(crate) fn window() -> Window {
    Window::at(NOW, RETENTION_MS)
}

pub(crate) fn circle() -> CircleId {
    CircleId::from_bytes([0xc1; 32])
}

pub(crate) fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 32])
}

/// The publisher key of a member.
pub(crate) fn publisher(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

pub(crate) fn secret() -> EpochSecret {
    EpochSecret::from_bytes(&[0x5e; 32])
}

pub(crate) fn header() -> Header {
    header_of(&secret(), 0)
}

/// A header of the circle that commits to this secret; the turn tells two headers apart.
pub(crate) fn header_of(secret: &EpochSecret, turn: u32) -> Header {
    let deal = Deal {
        circle: circle(),
        frontier: vec![ActId::from_bytes([0xac; 32])],
        readers: [0x2e; 32],
        created: NOW,
        seal_until: NOW.saturating_add(72 * 60 * 60 * 1000),
        turn,
        dealer: member(1),
    };
    Header::deal(deal, secret, &SigningKey::from_seed(&[0xde; 32])).unwrap()
}

pub(crate) fn epoch_keys() -> EpochKeys {
    EpochKeys::new(&header(), &secret()).unwrap()
}

pub(crate) fn domain(name: &str) -> Indicator {
    Indicator::parse(Kind::Domain, name).unwrap()
}

/// `count` different domains.
pub(crate) fn domains(count: usize) -> Vec<Indicator> {
    (0..count).map(|number| domain(&format!("d{number}.example.com"))).collect()
}

pub(crate) fn report(indicators: Vec<Indicator>) -> Report {
    let mut indicators = indicators;
    indicators.sort();
    Report {
        title: "Credential phishing".into(),
        summary: String::new(),
        tlp: Tlp::Amber,
        severity: Severity::High,
        indicators,
        techniques: Vec::new(),
        playbook: String::new(),
        references: Vec::new(),
        valid_until: None,
        replaces: None,
        parts: 0,
    }
}

/// A report that uses every field.
pub(crate) fn full_report() -> Report {
    Report {
        summary: "A mail from \"IT support\" asks to confirm the shared drive.\nIt came at night.".into(),
        techniques: vec![
            "attack:T1566".parse::<Technique>().unwrap(),
            "attack:T1566.002".parse().unwrap(),
            "disarm:T0049".parse().unwrap(),
        ],
        playbook: "Block the domains.\nAsk who has clicked.".into(),
        references: vec![Reference {
            source: "Example Labs".into(),
            address: "https://labs.example.org/phish".into(),
        }],
        valid_until: Some(NOW.saturating_add(1_000_000)),
        replaces: Some(RecordId::from_bytes([0x0e; 32])),
        parts: 2,
        ..report(vec![
            domain("login.example.com"),
            Indicator::parse(Kind::Url, "https://login.example.com/drive").unwrap(),
            Indicator::parse(Kind::Ipv4, "192.0.2.7").unwrap(),
        ])
    }
}

pub(crate) fn draft(indicators: Vec<Indicator>) -> ReportDraft {
    ReportDraft {
        title: "Credential phishing".into(),
        summary: String::new(),
        tlp: Tlp::Amber,
        severity: Severity::High,
        indicators,
        techniques: Vec::new(),
        playbook: String::new(),
        references: Vec::new(),
        valid_until: None,
        replaces: None,
        audience: Vec::new(),
    }
}

/// A publication of this member, head first.
pub(crate) fn publication(number: u8, draft: ReportDraft, next: Position) -> Vec<SignedRecord> {
    let key = publisher(number);
    let author = Author { circle: circle(), member: member(number), key: &key };
    split(draft, NOW).unwrap().sign(&RealCrypto, author, next, NOW).unwrap()
}

/// A record at the beginning of member 1's chain.
pub(crate) fn record(body: Body) -> Record {
    Record {
        version: VERSION,
        circle: circle(),
        author: member(1),
        signer: publisher(1).public(),
        seq: 0,
        prev: None,
        created: NOW,
        body,
    }
}

/// The record, signed by the member that its author field names.
pub(crate) fn sign(record: Record) -> SignedRecord {
    let key = publisher(record.author.as_bytes()[0]);
    SignedRecord::sign(&RealCrypto, record, &key)
}

pub(crate) fn part(head: RecordId, index: u16, indicators: Vec<Indicator>) -> Body {
    let mut indicators = indicators;
    indicators.sort();
    Body::Part(Part { head, index, indicators })
}

/// The sealing key of a member.
pub(crate) fn sealing(number: u8) -> SealingKey {
    SealingKey::from_seed(&[number; 32])
}

/// A report of member 1 for itself and these members, for the beginning of its chain.
pub(crate) fn named(readers: &[u8], report: Report) -> Body {
    let mut numbers = [&[1], readers].concat();
    numbers.sort_unstable();
    let inner = Inner { audience: numbers.iter().map(|number| member(*number)).collect(), report };
    let readers: Vec<_> = numbers.iter().map(|number| sealing(*number).public()).collect();
    let setting =
        Setting { circle: circle(), author: member(1), signer: publisher(1).public(), seq: 0, created: NOW };
    Body::Named(Named::seal(&inner, &readers, &setting, &mut ChaCha12Rng::from_seed([7; 32])).unwrap())
}

/// What a roster of members 1 to 9 says: each publishes with its own key.
pub(crate) fn roster(author: &MemberId, signer: &PublicKey, _: Scopes, _: UnixMillis) -> Result<(), Rule> {
    let number = author.as_bytes()[0];
    if !(1..=9).contains(&number) {
        Err(Rule::RecordUnknownAuthor)
    } else if publisher(number).public() != *signer {
        Err(Rule::RecordSigner)
    } else {
        Ok(())
    }
}

/// The sides of members 1 to 9: 1 to 4 here, 5 to 8 there, 9 neither; nobody else has one.
pub(crate) struct Sides([Side; 3]);

impl Sides {
    pub(crate) fn new() -> Self {
        Self(["democratic", "republican", "nonpartisan"].map(|side| Side::parse(side).unwrap()))
    }
}

impl Members for Sides {
    fn side_of(&self, member: &MemberId) -> Option<&Side> {
        let [here, there, neither] = &self.0;
        match member.as_bytes()[0] {
            1..=4 => Some(here),
            5..=8 => Some(there),
            9 => Some(neither),
            _ => None,
        }
    }

    fn canonical(&self, member: &MemberId) -> MemberId {
        *member
    }
}

/// The whole way in, as a node goes it.
pub(crate) fn admit(envelope: &[u8]) -> Result<Opened, Rule> {
    let keys = epoch_keys();
    let decoded = Received::new(envelope).decode(&RealCrypto)?;
    if decoded.epoch() != *keys.epoch() {
        return Err(Rule::EnvelopeUnknownEpoch);
    }
    decoded.verify_gate_as_reader(&RealCrypto, &keys)?.open(&RealCrypto, &keys, window(), roster)
}

/// A record as it comes out of its envelope.
pub(crate) fn opened(record: &SignedRecord) -> Opened {
    let envelope = seal(&RealCrypto, &epoch_keys(), record).unwrap();
    admit(&envelope).unwrap()
}

/// A record as it comes out of the node's own store, for tests of what happens later.
pub(crate) fn stored(record: &SignedRecord) -> Opened {
    let envelope = watchfire_keys::EnvelopeId::from_bytes([0; 32]);
    Opened::from_own_store(record.id(&RealCrypto), record.clone(), envelope, header().id())
}

/// An envelope in the making, each field as it should be until a test changes it.
pub(crate) struct Forge {
    pub(crate) version: u8,
    pub(crate) tag: [u8; 16],
    pub(crate) epoch: EpochId,
    /// None: as the content gives it.
    pub(crate) nonce: Option<[u8; 24]>,
    /// The plaintext with its padding.
    pub(crate) padded: Vec<u8>,
    /// The secret that seals.
    pub(crate) secret: EpochSecret,
    pub(crate) commitment: [u8; 32],
    pub(crate) gate: SigningKey,
}

impl Forge {
    /// An envelope around the bytes of a signed record, or of whatever a test puts in a record's place.
    pub(crate) fn around(signed: &[u8]) -> Self {
        let mut padded = u32::try_from(signed.len()).unwrap().to_le_bytes().to_vec();
        padded.extend_from_slice(signed);
        let bucket = padded.len().next_power_of_two().max(512);
        padded.resize(bucket, 0);
        Self {
            version: 1,
            tag: *circle_tag(&circle()).as_bytes(),
            epoch: header().id(),
            nonce: Some(nonce_of(signed)),
            padded,
            secret: secret(),
            commitment: secret().commitment(),
            gate: secret().gate(),
        }
    }

    pub(crate) fn of(record: Record) -> Self {
        Self::around(&sign(record).to_bytes())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.version];
        bytes.extend_from_slice(&self.tag);
        bytes.extend_from_slice(self.epoch.as_bytes());
        let nonce = self.nonce.unwrap_or_default();
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&u32::try_from(self.padded.len() + 16).unwrap().to_le_bytes());
        let aad = [&bytes[..], &self.commitment].concat();
        bytes.extend_from_slice(&aead::seal(&self.secret.content_key(), &nonce, &aad, &self.padded));
        let id = hash(labels::HASH_ENVELOPE, &[&bytes]);
        bytes.extend_from_slice(self.gate.sign(labels::SIGN_GATE, &[&id]).as_bytes());
        bytes
    }
}

fn nonce_of(signed: &[u8]) -> [u8; 24] {
    let (canonical, signature) = signed.split_at(signed.len().saturating_sub(64));
    let id = hash(labels::HASH_RECORD, &[circle().as_bytes(), canonical]);
    let tag = circle_tag(&circle());
    let name = [&[1], &tag.as_bytes()[..], header().id().as_bytes()].concat();
    let full = mac(labels::DERIVE_NONCE, &secret().nonce_key(), &[&id, signature, &name]);
    *full.first_chunk().unwrap()
}

/// Compares with a frozen vector; `WATCHFIRE_WRITE_VECTORS=1` writes a new one, for a new version of a format only.
pub(crate) fn assert_frozen(name: &str, bytes: &[u8]) {
    let path = vector_path(name);
    let text = hex_lines(bytes);
    if std::env::var_os("WATCHFIRE_WRITE_VECTORS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let frozen = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(frozen, text, "the format differs from the frozen vector {name}");
}

/// The bytes of a frozen vector.
pub(crate) fn frozen(name: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(vector_path(name)).unwrap();
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn vector_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

fn hex_lines(bytes: &[u8]) -> String {
    let lines =
        bytes.chunks(32).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    lines.map(|line| line + "\n").collect()
}

/// The bytes of a record as its author's key signs them, with any tag, body and position: what a member with a broken or
/// hostile program can make.
pub(crate) struct Handmade {
    pub(crate) version: u8,
    pub(crate) circle: CircleId,
    pub(crate) author: MemberId,
    pub(crate) signer: PublicKey,
    pub(crate) seq: u64,
    pub(crate) prev: Option<RecordId>,
    pub(crate) created: UnixMillis,
    pub(crate) tag: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) key: SigningKey,
}

impl Handmade {
    pub(crate) fn of(body: &Body) -> Self {
        Self::with(body.tag(), body.to_bytes())
    }

    pub(crate) fn with(tag: u16, body: Vec<u8>) -> Self {
        Self {
            version: 1,
            circle: circle(),
            author: member(1),
            signer: publisher(1).public(),
            seq: 0,
            prev: None,
            created: NOW,
            tag,
            body,
            key: publisher(1),
        }
    }

    pub(crate) fn canonical(&self) -> Vec<u8> {
        codec::encode(&(
            (self.version, self.circle, self.author, self.signer),
            (self.seq, self.prev, self.created),
            (self.tag, codec::Bytes(&self.body)),
        ))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.sign(&self.canonical())
    }

    /// Signs any bytes as this record's.
    pub(crate) fn sign(&self, canonical: &[u8]) -> Vec<u8> {
        let signature = self.key.sign(labels::SIGN_RECORD, &[self.circle.as_bytes(), canonical]);
        [canonical, signature.as_bytes()].concat()
    }
}
