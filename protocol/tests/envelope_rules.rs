//! Each rule about envelopes and records is broken once, and named.
//!
//! Every message here is right in all but one place, so a check that is left out is noticed: the message would be
//! admitted, or refused by a later rule.

#![allow(clippy::unwrap_used)]

mod record_support;

use std::collections::BTreeMap;

use record_support::*;
use watchfire_keys::{CircleId, EpochSecret, RecordId, SigningKey, UnixMillis};
use watchfire_protocol::{
    indicator::Tlp,
    record::{Body, Chain, Position, Report},
    rules::{Rule, TABLE},
};

/// What the engine alone can find, because it takes the memory of what was there before.
const BY_THE_ENGINE: [Rule; 4] =
    [Rule::EnvelopeSeen, Rule::EnvelopeEpochOver, Rule::RecordAuthorBudget, Rule::RecordVoid];

/// What `record_named` breaks, which can forge reports for named readers.
const ABOUT_NAMED_READERS: [Rule; 1] = [Rule::RecordNamed];

fn good_body() -> Body {
    Body::Report(report(domains(3)))
}

fn good() -> Forge {
    Forge::of(record(good_body()))
}

/// An envelope that is right but for this change.
fn envelope_with(change: impl FnOnce(&mut Forge)) -> Vec<u8> {
    let mut forge = good();
    change(&mut forge);
    forge.bytes()
}

/// An envelope around a record that is right but for this change, and signed after it.
fn record_with(change: impl FnOnce(&mut Handmade)) -> Vec<u8> {
    let mut handmade = Handmade::of(&good_body());
    change(&mut handmade);
    Forge::around(&handmade.bytes()).bytes()
}

fn cases() -> Vec<(Rule, &'static str, Vec<u8>)> {
    use Rule::*;
    let other_secret = || EpochSecret::from_bytes(&[9; 32]);
    let cut = |mut bytes: Vec<u8>| {
        bytes.pop();
        bytes
    };
    vec![
        (EnvelopeMalformed, "nothing", Vec::new()),
        (EnvelopeMalformed, "cut", cut(good().bytes())),
        (EnvelopeMalformed, "longer than it says", [good().bytes(), vec![0]].concat()),
        (EnvelopeMalformed, "larger than any", vec![1; 200_000]),
        (EnvelopeVersion, "a newer one", envelope_with(|e| e.version = 2)),
        (EnvelopeVersion, "a newer one in another layout", vec![2; 7]),
        (EnvelopeWrongCircle, "another tag", envelope_with(|e| e.tag[0] ^= 1)),
        (EnvelopeUnknownEpoch, "another epoch", envelope_with(|e| e.epoch = header_of(&secret(), 1).id())),
        (EnvelopeBucket, "between two", envelope_with(|e| e.padded.resize(700, 0))),
        (EnvelopeGate, "another gate key", envelope_with(|e| e.gate = other_secret().gate())),
        (EnvelopeGate, "an empty signature", {
            let mut bytes = good().bytes();
            let at = bytes.len() - 64;
            bytes[at..].fill(0);
            bytes
        }),
        (EnvelopeCannotOpen, "another secret", envelope_with(|e| e.secret = other_secret())),
        (EnvelopeCannotOpen, "another key commitment", envelope_with(|e| e.commitment[0] ^= 1)),
        (EnvelopeNonce, "one of its own choice", envelope_with(|e| e.nonce = Some([7; 24]))),
        (EnvelopePadding, "not zero", envelope_with(|e| *e.padded.last_mut().unwrap() = 1)),
        (EnvelopePadding, "a larger bucket than needed", envelope_with(|e| e.padded.resize(1024, 0))),
        (EnvelopePadding, "a length beyond the end", envelope_with(|e| e.padded[3] = 0xff)),
        (RecordMalformed, "no signature", Forge::around(&[1; 63]).bytes()),
        (RecordMalformed, "no record", Forge::around(&[1; 64]).bytes()),
        (RecordMalformed, "a byte too many", {
            let handmade = Handmade::of(&good_body());
            Forge::around(&handmade.sign(&[handmade.canonical(), vec![0]].concat())).bytes()
        }),
        (RecordVersion, "a newer one", record_with(|r| r.version = 2)),
        (RecordWrongCircle, "another circle", record_with(|r| r.circle = CircleId::from_bytes([9; 32]))),
        (RecordUnknownAuthor, "nobody", record_with(|r| r.author = member(200))),
        (
            RecordSigner,
            "another member's key",
            record_with(|r| {
                r.signer = publisher(2).public();
                r.key = publisher(2);
            }),
        ),
        (RecordSignature, "a forged author", record_with(|r| r.key = publisher(2))),
        (RecordSignature, "a stranger", record_with(|r| r.key = SigningKey::from_seed(&[77; 32]))),
        (RecordFuture, "eleven minutes", record_with(|r| r.created = NOW.saturating_add(11 * 60 * 1000))),
        (RecordTooOld, "from 1970", record_with(|r| r.created = UnixMillis(0))),
        (RecordBody, "not one", record_with(|r| r.body = vec![0xff; 40])),
        (
            RecordBody,
            "no title",
            record_with(|r| {
                r.body = Body::Report(Report { title: String::new(), ..report(domains(1)) }).to_bytes();
            }),
        ),
        (
            RecordBody,
            "an indicator twice",
            record_with(|r| {
                let twice = [domains(1), domains(1)].concat();
                r.body = Body::Report(report(twice)).to_bytes();
            }),
        ),
        (
            RecordAudience,
            "red for all",
            record_with(|r| {
                r.body = Body::Report(Report { tlp: Tlp::Red, ..report(domains(1)) }).to_bytes();
            }),
        ),
        (
            RecordChain,
            "a first with a predecessor",
            record_with(|r| r.prev = Some(RecordId::from_bytes([1; 32]))),
        ),
        (RecordChain, "a second without one", record_with(|r| r.seq = 1)),
    ]
}

#[test]
fn a_message_without_a_fault_is_admitted() {
    assert!(admit(&good().bytes()).is_ok());
    assert!(admit(&record_with(|_| ())).is_ok());
}

#[test]
fn each_fault_is_named_by_its_rule() {
    for (rule, what, bytes) in cases() {
        assert_eq!(admit(&bytes).map(|_| ()), Err(rule), "{what}");
    }
}

#[test]
fn every_rule_about_envelopes_and_records_can_be_broken() {
    let mut broken: BTreeMap<Rule, usize> = BTreeMap::new();
    for (rule, _, _) in cases() {
        *broken.entry(rule).or_default() += 1;
    }
    let mut chain = Chain::default();
    chain.place(RecordId::from_bytes([1; 32]), Position::FIRST);
    let place = chain.place(RecordId::from_bytes([2; 32]), Position::FIRST);
    *broken.entry(place.rule().unwrap()).or_default() += 1;

    for row in
        TABLE.iter().filter(|row| row.label.starts_with("envelope.") || row.label.starts_with("record."))
    {
        let is_reached = broken.contains_key(&row.rule);
        let is_elsewhere = BY_THE_ENGINE.contains(&row.rule) || ABOUT_NAMED_READERS.contains(&row.rule);
        assert_eq!(is_reached, !is_elsewhere, "{}", row.label);
    }
}

#[test]
fn a_stranger_cannot_make_anything_that_is_opened() {
    // Whoever lacks the secret has neither the gate nor the content key, and fails at the first of them.
    let stranger = EpochSecret::from_bytes(&[9; 32]);
    let envelope = envelope_with(|e| {
        e.gate = stranger.gate();
        e.secret = stranger.clone();
        e.commitment = stranger.commitment();
    });
    assert_eq!(admit(&envelope), Err(Rule::EnvelopeGate));
}

#[test]
fn a_member_cannot_seal_a_record_again_under_a_new_envelope_id() {
    for nonce in 0..20 {
        assert_eq!(admit(&envelope_with(|e| e.nonce = Some([nonce; 24]))), Err(Rule::EnvelopeNonce));
    }
}
