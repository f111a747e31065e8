//! One record has one envelope in an epoch, and only the epoch's readers open it.

#![allow(clippy::unwrap_used)]

mod record_support;

use proptest::prelude::*;
use record_support::*;
use watchfire_keys::{CircleId, EpochSecret, Scopes, UnixMillis, circle_tag};
use watchfire_protocol::{
    crypto::RealCrypto,
    envelope::{EpochKeys, Received, SealRefused, layout, padding, seal},
    limits::{MAX_BODY_BYTES, MAX_RECORD_BYTES},
    record::{Body, Unknown},
    rules::Rule,
};

fn report_record() -> watchfire_protocol::record::SignedRecord {
    sign(record(Body::Report(full_report())))
}

/// A record of exactly this many bytes.
fn record_of(bytes: usize) -> watchfire_protocol::record::SignedRecord {
    let sized = |body: usize| sign(record(Body::Unknown(Unknown::new(99, vec![7; body]).unwrap())));
    let overhead = sized(0).to_bytes().len();
    (0..8)
        .map(|prefix| sized(bytes - overhead - prefix))
        .find(|record| record.to_bytes().len() == bytes)
        .unwrap()
}

#[test]
fn the_envelope_of_a_record_is_frozen() {
    let record = report_record();
    let envelope = seal(&RealCrypto, &epoch_keys(), &record).unwrap();
    assert_frozen("envelope_report.hex", &envelope);
    let id = Received::new(&envelope).decode(&RealCrypto).unwrap().id();
    assert_frozen("envelope_report_id.hex", id.as_bytes());
    assert_eq!(admit(&frozen("envelope_report.hex")).unwrap().record(), &record);
}

#[test]
fn the_envelope_is_the_one_that_the_format_describes() {
    let record = report_record();
    let envelope = seal(&RealCrypto, &epoch_keys(), &record).unwrap();
    assert_eq!(envelope, Forge::around(&record.to_bytes()).bytes());
}

#[test]
fn what_was_sealed_opens_to_the_same_record_and_ids() {
    let record = report_record();
    let envelope = seal(&RealCrypto, &epoch_keys(), &record).unwrap();
    let decoded = Received::new(&envelope).decode(&RealCrypto).unwrap();
    assert_eq!(decoded.tag(), circle_tag(&circle()));
    assert_eq!(decoded.epoch(), header().id());
    let opened = admit(&envelope).unwrap();
    assert_eq!(opened.record(), &record);
    assert_eq!(opened.id(), record.id(&RealCrypto));
    assert_eq!((opened.envelope(), opened.epoch()), (decoded.id(), header().id()));
}

#[test]
fn a_record_sealed_twice_in_one_epoch_gives_the_same_bytes() {
    let keys = epoch_keys();
    let first = seal(&RealCrypto, &keys, &report_record()).unwrap();
    let taken_over = admit(&first).unwrap().into_record();
    assert_eq!(seal(&RealCrypto, &epoch_keys(), &taken_over).unwrap(), first);
}

#[test]
fn another_epoch_gives_the_record_another_envelope_and_the_same_id() {
    let other_header = header_of(&secret(), 1);
    let other = EpochKeys::new(&other_header, &secret()).unwrap();
    let record = report_record();
    let here = seal(&RealCrypto, &epoch_keys(), &record).unwrap();
    let there = seal(&RealCrypto, &other, &record).unwrap();
    assert_ne!(here, there);
    let decoded = Received::new(&there).decode(&RealCrypto).unwrap();
    let verified = decoded.verify_gate_as_reader(&RealCrypto, &other).unwrap();
    let opened = verified.open(&RealCrypto, &other, window(), roster).unwrap();
    let first = admit(&here).unwrap();
    assert_eq!(opened.id(), first.id());
    assert_ne!(opened.envelope(), first.envelope());
}

#[test]
fn the_envelope_id_leaves_out_the_gate_signature() {
    let envelope = seal(&RealCrypto, &epoch_keys(), &report_record()).unwrap();
    let mut other_gate = envelope.clone();
    other_gate[envelope.len() - 1] ^= 1;
    let id = |bytes: &[u8]| Received::new(bytes).decode(&RealCrypto).unwrap().id();
    assert_eq!(id(&other_gate), id(&envelope));
}

#[test]
fn a_relay_and_a_reader_accept_the_same_gate_signatures() {
    let keys = epoch_keys();
    let envelope = seal(&RealCrypto, &keys, &report_record()).unwrap();
    let mut broken = envelope.clone();
    broken[envelope.len() - 1] ^= 0x10;
    for (bytes, holds) in [(&envelope, true), (&broken, false)] {
        let decoded = Received::new(bytes).decode(&RealCrypto).unwrap();
        let relay = decoded.verify_gate(&RealCrypto, keys.tag(), keys.gate_public());
        let reader = decoded.verify_gate_as_reader(&RealCrypto, &keys);
        assert_eq!((relay.is_ok(), reader.is_ok()), (holds, holds));
    }
}

#[test]
fn keys_are_made_only_of_the_secret_that_the_header_commits_to() {
    assert!(EpochKeys::new(&header(), &EpochSecret::from_bytes(&[1; 32])).is_none());
    assert!(EpochKeys::new(&header(), &secret()).is_some());
}

#[test]
fn keys_print_no_secret() {
    let text = format!("{:?}", epoch_keys());
    assert!(text.contains("***"), "{text}");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(!text.contains(&hex(&secret().content_key()[..])[..16]));
}

#[test]
fn a_record_of_another_circle_or_too_large_is_not_sealed() {
    let mut elsewhere = record(Body::Report(full_report()));
    elsewhere.circle = CircleId::from_bytes([9; 32]);
    assert_eq!(seal(&RealCrypto, &epoch_keys(), &sign(elsewhere)), Err(SealRefused::OtherCircle));
    assert_eq!(
        seal(&RealCrypto, &epoch_keys(), &record_of(MAX_RECORD_BYTES + 1)),
        Err(SealRefused::TooLarge)
    );
    let with_body = |bytes: usize| {
        let record = sign(record(Body::Unknown(Unknown::new(99, vec![7; bytes]).unwrap())));
        let envelope = seal(&RealCrypto, &epoch_keys(), &record).unwrap();
        assert_eq!(envelope.len(), layout::MAX_ENVELOPE_BYTES);
        admit(&envelope).map(|_| ())
    };
    assert_eq!(with_body(MAX_BODY_BYTES), Ok(()));
    assert_eq!(with_body(MAX_BODY_BYTES + 1), Err(Rule::RecordBody));
}

#[test]
fn envelopes_have_the_sizes_of_the_buckets_and_no_other() {
    for bucket in padding::BUCKETS {
        let envelope_bytes = layout::HEAD_BYTES + bucket + layout::AEAD_TAG_BYTES + layout::GATE_BYTES;
        let largest = MAX_RECORD_BYTES.min(bucket - 4);
        let envelope = seal(&RealCrypto, &epoch_keys(), &record_of(largest)).unwrap();
        assert_eq!(envelope.len(), envelope_bytes);
        if bucket > 512 {
            let envelope = seal(&RealCrypto, &epoch_keys(), &record_of(bucket / 2 - 3)).unwrap();
            assert_eq!(envelope.len(), envelope_bytes);
        }
    }
}

#[test]
fn the_roster_is_asked_with_what_the_record_says() {
    let envelope = seal(&RealCrypto, &epoch_keys(), &report_record()).unwrap();
    let keys = epoch_keys();
    let verified = Received::new(&envelope)
        .decode(&RealCrypto)
        .unwrap()
        .verify_gate_as_reader(&RealCrypto, &keys)
        .unwrap();
    let mut asked = None;
    let opened = verified.open(&RealCrypto, &keys, window(), |author, signer, scope, at| {
        asked = Some((*author, *signer, scope, at));
        Err(Rule::RecordUnknownAuthor)
    });
    assert_eq!(opened, Err(Rule::RecordUnknownAuthor));
    assert_eq!(asked, Some((member(1), publisher(1).public(), Scopes::PUBLISH, NOW)));
}

#[test]
fn a_record_may_be_ten_minutes_ahead_and_as_old_as_the_circle_keeps_them() {
    let at = |created: UnixMillis| {
        let mut record = record(Body::Report(report(domains(1))));
        record.created = created;
        admit(&Forge::of(record).bytes()).map(|_| ())
    };
    let ten_minutes = 10 * 60 * 1000;
    assert_eq!(at(NOW.saturating_add(ten_minutes)), Ok(()));
    assert_eq!(at(NOW.saturating_add(ten_minutes + 1)), Err(Rule::RecordFuture));
    assert_eq!(at(UnixMillis(NOW.0 - RETENTION_MS)), Ok(()));
    assert_eq!(at(UnixMillis(NOW.0 - RETENTION_MS - 1)), Err(Rule::RecordTooOld));
    assert_eq!(at(UnixMillis::MAX), Err(Rule::RecordFuture));
    assert_eq!(at(UnixMillis(0)), Err(Rule::RecordTooOld));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_report_goes_in_and_comes_out(count in 0..200_usize, title in "[a-zA-Z0-9 é選]{1,60}", seq in 0..3_u64) {
        let title = watchfire_protocol::record::text::tidy(
            &format!("t{title}"), 200, watchfire_protocol::record::text::Lines::One);
        let mut one = record(Body::Report(watchfire_protocol::record::Report { title, ..report(domains(count)) }));
        one.seq = seq;
        one.prev = (seq > 0).then_some(watchfire_keys::RecordId::from_bytes([3; 32]));
        let signed = sign(one);
        let envelope = seal(&RealCrypto, &epoch_keys(), &signed).unwrap();
        prop_assert_eq!(&admit(&envelope).unwrap().into_record(), &signed);
        prop_assert_eq!(envelope, Forge::around(&signed.to_bytes()).bytes());
    }
}
