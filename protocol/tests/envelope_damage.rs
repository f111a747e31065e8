//! Whatever is cut or changed, at whatever stage, is refused by the right rule, and nothing panics.

#![allow(clippy::unwrap_used)]

mod record_support;

use proptest::prelude::*;
use record_support::*;
use watchfire_protocol::{
    crypto::RealCrypto,
    envelope::{Received, layout, padding},
    record::Body,
    rules::Rule,
};

const TAG_AT: usize = layout::VERSION_BYTES;
const EPOCH_AT: usize = TAG_AT + layout::TAG_BYTES;
const NONCE_AT: usize = EPOCH_AT + layout::EPOCH_BYTES;
const LENGTH_AT: usize = NONCE_AT + layout::NONCE_BYTES;

fn good() -> Forge {
    Forge::of(record(Body::Report(full_report())))
}

#[test]
fn a_byte_changed_on_the_way_is_refused_by_the_rule_of_its_place() {
    let envelope = good().bytes();
    assert!(admit(&envelope).is_ok());
    for at in 0..envelope.len() {
        let expected = match at {
            0 => Rule::EnvelopeVersion,
            TAG_AT..EPOCH_AT => Rule::EnvelopeWrongCircle,
            EPOCH_AT..NONCE_AT => Rule::EnvelopeUnknownEpoch,
            LENGTH_AT..layout::HEAD_BYTES => Rule::EnvelopeMalformed,
            _ => Rule::EnvelopeGate,
        };
        for bit in [0x01, 0x80] {
            let mut changed = envelope.clone();
            changed[at] ^= bit;
            let decoded = admit(&changed).map(|_| ());
            assert_eq!(decoded, Err(expected), "byte {at}");
        }
    }
}

#[test]
fn an_envelope_cut_or_drawn_out_anywhere_is_malformed() {
    let envelope = good().bytes();
    for length in 0..envelope.len() {
        assert_eq!(admit(&envelope[..length]), Err(Rule::EnvelopeMalformed), "cut at {length}");
    }
    for more in [1, 64, 512, 100_000] {
        let longer = [&envelope[..], &vec![0; more]].concat();
        assert_eq!(admit(&longer), Err(Rule::EnvelopeMalformed), "{more} more");
    }
}

/// A reader of the epoch changes what is sealed and signs the gate again.
#[test]
fn a_ciphertext_changed_by_a_reader_does_not_open() {
    let envelope = good().bytes();
    let body = envelope.len() - layout::GATE_BYTES;
    for at in (NONCE_AT..LENGTH_AT).chain(layout::HEAD_BYTES..body) {
        let mut changed = envelope[..body].to_vec();
        changed[at] ^= 0x20;
        let id = watchfire_keys::hash(watchfire_keys::labels::HASH_ENVELOPE, &[&changed]);
        changed.extend_from_slice(secret().gate().sign(watchfire_keys::labels::SIGN_GATE, &[&id]).as_bytes());
        assert_eq!(admit(&changed), Err(Rule::EnvelopeCannotOpen), "byte {at}");
    }
}

/// A reader of the epoch changes another member's record and seals it as its own content would be.
#[test]
fn a_plaintext_changed_by_a_reader_is_refused_by_the_rule_of_its_place() {
    let signed = sign(record(Body::Report(full_report()))).to_bytes();
    let forge = good();
    for at in 0..forge.padded.len() {
        let mut changed = good();
        changed.padded[at] ^= 0x01;
        let rule = admit(&changed.bytes()).unwrap_err();
        if (4..signed.len() + 4).contains(&at) {
            assert_eq!(rule, Rule::EnvelopeNonce, "byte {at}, under the old nonce");
            let rule = admit(&Forge::around(&changed.padded[4..signed.len() + 4]).bytes()).unwrap_err();
            let by_the_record = [
                Rule::RecordMalformed,
                Rule::RecordVersion,
                Rule::RecordWrongCircle,
                Rule::RecordUnknownAuthor,
                Rule::RecordSigner,
                Rule::RecordFuture,
                Rule::RecordTooOld,
                Rule::RecordChain,
                Rule::RecordSignature,
            ];
            assert!(by_the_record.contains(&rule), "byte {at}: {rule:?}");
        } else {
            // A length that is a little off leaves a last byte of the signature in the padding, or takes a zero in.
            let possible = [Rule::EnvelopePadding, Rule::EnvelopeNonce];
            assert!(possible.contains(&rule), "byte {at}: {rule:?}");
        }
    }
}

#[test]
fn a_record_cut_by_a_reader_is_malformed() {
    let signed = sign(record(Body::Report(full_report()))).to_bytes();
    for length in 0..signed.len() {
        let rule = admit(&Forge::around(&signed[..length]).bytes()).unwrap_err();
        assert_eq!(rule, Rule::RecordMalformed, "cut at {length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..3000), version in 0..3_u8) {
        if let Some(first) = bytes.first_mut() {
            *first = version;
        }
        let rule = Received::new(&bytes).decode(&RealCrypto).map(|_| ()).unwrap_err();
        prop_assert!(matches!(rule, Rule::EnvelopeMalformed | Rule::EnvelopeVersion | Rule::EnvelopeBucket));
    }

    #[test]
    fn any_padded_bytes_are_refused_or_are_the_one_padding(
        mut padded in proptest::collection::vec(any::<u8>(), 0..1100),
        length in 0..1100_u32,
        zeros in any::<bool>(),
    ) {
        if let Some(head) = padded.first_chunk_mut() {
            *head = length.to_le_bytes();
        }
        if zeros {
            let end = usize::try_from(length).unwrap() + 4;
            padded.iter_mut().skip(end).for_each(|byte| *byte = 0);
            padded.resize(if padded.len() > 512 { 1024 } else { 512 }, 0);
        }
        if let Some(record) = padding::unpad(&padded) {
            prop_assert_eq!(padding::pad(record).unwrap(), padded);
        }
    }
}
