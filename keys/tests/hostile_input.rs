//! Whatever is changed, cut or made up: an error, never a panic, and never another value that passes for the
//! first.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Counting, card, flipped, header, identity};
use proptest::prelude::*;
use watchfire_keys::armor::{self, ArmorError, Kind};
use watchfire_keys::codec;
use watchfire_keys::keyfile::{self, KdfParams};
use watchfire_keys::labels::SEAL_EPOCH;
use watchfire_keys::{Card, Delegation, Header, KeyFileError, aead, recovery, sealing};

/// Masks that flip one bit, the sign bit and all bits.
const MASKS: [u8; 3] = [0x01, 0x80, 0xff];

fn every_flip(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len()).flat_map(move |index| MASKS.map(|mask| flipped(bytes, index, mask)))
}

fn every_cut(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..bytes.len()).flat_map(move |at| [&bytes[..at], &bytes[at + 1..]])
}

#[test]
fn a_card_with_any_byte_changed_or_missing_is_refused() {
    let bytes = card().to_bytes();
    assert!(every_flip(&bytes).all(|bytes| Card::from_bytes(&bytes).is_err()));
    assert!(every_cut(&bytes).all(|bytes| Card::from_bytes(bytes).is_err()));
}

#[test]
fn a_delegation_with_any_byte_changed_or_missing_is_refused() {
    let organisation = identity().organisation.public();
    let read = |bytes: &[u8]| {
        codec::decode::<Delegation>(bytes, 256)
            .is_ok_and(|delegation| delegation.verify(&organisation).is_ok())
    };
    let bytes = codec::encode(&card().delegations[0]);
    assert!(read(&bytes));
    assert!(!every_flip(&bytes).any(|bytes| read(&bytes)));
    assert!(!every_cut(&bytes).any(read));
}

#[test]
fn an_epoch_header_with_any_byte_changed_or_missing_is_refused() {
    let read = |bytes: &[u8]| Header::from_bytes(bytes).is_ok_and(|header| header.verify_signature().is_ok());
    let bytes = header().to_bytes();
    assert!(read(&bytes));
    assert!(!every_flip(&bytes).any(|bytes| read(&bytes)));
    assert!(!every_cut(&bytes).any(read));
}

#[test]
fn a_key_file_with_any_byte_changed_or_missing_is_refused() {
    /// Where the costs of the derivation stand: changed ones may be dear, see `tests/key_files.rs`.
    const COSTS: core::ops::Range<usize> = 16..28;
    for passphrase in [None, Some(b"beacon".as_slice())] {
        let file = keyfile::create(&identity(), passphrase, KdfParams::WEAKEST, &mut Counting(0)).unwrap();
        for index in (0..file.len()).filter(|index| !COSTS.contains(index)) {
            for mask in MASKS {
                let error = keyfile::open(&flipped(&file, index, mask), passphrase).unwrap_err();
                assert!(!error.remedy().is_empty(), "byte {index}");
            }
        }
        for cut in every_cut(&file) {
            let error = keyfile::open(cut, passphrase).unwrap_err();
            assert!(matches!(error, KeyFileError::NotAKeyFile | KeyFileError::Damaged), "{error}");
        }
    }
}

#[test]
fn a_sealed_message_with_any_byte_changed_or_missing_stays_shut() {
    let key = identity().sealing;
    let sealed = sealing::seal(&key.public(), SEAL_EPOCH, b"epoch", b"secret", &mut Counting(0)).unwrap();
    let open = |sealed: &[u8]| sealing::open(&key, SEAL_EPOCH, b"epoch", sealed).is_ok();
    assert!(open(&sealed));
    assert!(!(0..sealed.len()).any(|index| open(&flipped(&sealed, index, 1))));
    assert!(!(0..sealed.len()).any(|at| open(&sealed[..at])));
    let boxed = aead::seal(&[1; 32], &[2; 24], b"aad", b"secret");
    let open = |sealed: &[u8]| aead::open(&[1; 32], &[2; 24], b"aad", sealed).is_ok();
    assert!(open(&boxed));
    assert!(!every_flip(&boxed).any(|bytes| open(&bytes)));
    assert!(!every_cut(&boxed).any(open));
}

#[test]
fn a_text_block_with_a_byte_changed_or_missing_gives_the_same_bytes_or_none() {
    let bytes = vec![0xc3; 200];
    let text = format!("Hello,\n\n{}\n-- \nSam\n", armor::encode(Kind::Card, &bytes));
    let text = text.as_bytes();
    let changed = every_flip(text).chain(every_cut(text).map(<[u8]>::to_vec));
    let (mut same, mut none) = (0, 0);
    for text in changed.filter_map(|bytes| String::from_utf8(bytes).ok()) {
        match armor::decode(Kind::Card, &text, 4096) {
            Ok(found) => {
                assert_eq!(found, bytes);
                same += 1;
            }
            Err(error) => {
                assert!(!error.remedy().is_empty());
                none += 1;
            }
        }
    }
    assert!(same > 50 && none > 500, "{same} {none}");
}

proptest! {
    #[test]
    fn made_up_bytes_are_nothing(bytes in prop::collection::vec(any::<u8>(), 0..600), version in 0u8..3) {
        let bytes = [&[version], &bytes[..]].concat();
        prop_assert!(Card::from_bytes(&bytes).is_err());
        prop_assert!(Header::from_bytes(&bytes).is_err());
        prop_assert!(keyfile::open(&bytes, Some(b"beacon")).is_err());
        prop_assert!(keyfile::inspect(&bytes).is_err());
        prop_assert!(sealing::open(&identity().sealing, SEAL_EPOCH, b"", &bytes).is_err());
    }

    #[test]
    fn made_up_text_is_nothing(
        text in "(-----(BEGIN|END) WATCHFIRE (CARD|TICKET)-----|[ -~\n\u{e9}\u{2014}]){0,40}",
    ) {
        prop_assert!(armor::decode(Kind::Card, &text, 4096).is_err());
        prop_assert!(Card::from_text(&text).is_err());
        prop_assert!(recovery::from_words(&text).is_err());
    }

    #[test]
    fn a_card_with_several_bytes_changed_is_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..8),
    ) {
        let original = card().to_bytes();
        let mut bytes = original.clone();
        for (index, mask) in changes {
            bytes[index.index(original.len())] ^= mask;
        }
        prop_assume!(bytes != original);
        prop_assert!(Card::from_bytes(&bytes).is_err());
    }
}

#[test]
fn input_beyond_its_size_is_not_looked_at() {
    let large = vec![1; 10_000_000];
    assert!(matches!(
        Card::from_bytes(&large),
        Err(watchfire_keys::CardError::Encoding(codec::CodecError::TooLarge { .. }))
    ));
    assert!(matches!(
        Header::from_bytes(&large),
        Err(watchfire_keys::HeaderError::Encoding(codec::CodecError::TooLarge { .. }))
    ));
    assert_eq!(keyfile::open(&large, None).unwrap_err(), KeyFileError::TooLarge);
    let text = "x".repeat(armor::MAX_TEXT_BYTES + 1);
    assert_eq!(armor::decode(Kind::Card, &text, 4096), Err(ArmorError::TooLarge));
    // Every beginning of a block is tried, and all of them together are one pass over the text.
    let text = "-----BEGIN WATCHFIRE CARD-----".repeat(30_000);
    assert_eq!(armor::decode(Kind::Card, &text, 4096), Err(ArmorError::Damaged));
}
