//! A key file gives back the identity it was made of, to whoever has the passphrase, or says what to do.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Counting, identity};
use proptest::prelude::*;
use watchfire_keys::keyfile::{self, Inspection, KdfParams, KeyFileError};

fn sealed(passphrase: &[u8]) -> Vec<u8> {
    keyfile::create(&identity(), Some(passphrase), KdfParams::WEAKEST, &mut Counting(0)).unwrap()
}

fn open_file() -> Vec<u8> {
    keyfile::create(&identity(), None, KdfParams::WEAKEST, &mut Counting(0)).unwrap()
}

/// The file with its three costs (KiB, passes, lanes) written over.
fn with_costs(costs: [u32; 3]) -> Vec<u8> {
    let mut file = sealed(b"beacon");
    for (place, cost) in file[16..28].chunks_exact_mut(4).zip(costs) {
        place.copy_from_slice(&cost.to_le_bytes());
    }
    file
}

#[test]
fn every_secret_comes_back() {
    let identity = identity();
    for (file, passphrase) in [(sealed(b"beacon"), Some(b"beacon".as_slice())), (open_file(), None)] {
        let opened = keyfile::open(&file, passphrase).unwrap().to_identity().unwrap();
        assert_eq!(opened.organisation.seed(), identity.organisation.seed());
        assert_eq!(opened.publisher.seed(), identity.publisher.seed());
        assert_eq!(opened.steward.seed(), identity.steward.seed());
        assert_eq!(opened.daemon.seed(), identity.daemon.seed());
        assert_eq!(opened.recovery.seed(), identity.recovery.seed());
        assert_eq!(opened.sealing.public(), identity.sealing.public());
        assert_eq!(opened.storage, identity.storage);
    }
}

#[test]
fn the_default_costs_are_within_the_bounds_and_open() {
    let costs = KdfParams::DEFAULT;
    assert_eq!(KdfParams::new(costs.memory_kib(), costs.passes(), costs.lanes()), Some(costs));
    let file = keyfile::create(&identity(), Some(b"beacon"), costs, &mut Counting(0)).unwrap();
    assert_eq!(file[16..28], [0, 0, 1, 0, 3, 0, 0, 0, 1, 0, 0, 0]);
    assert!(keyfile::open(&file, Some(b"beacon")).is_ok());
}

#[test]
fn a_wrong_passphrase_and_no_passphrase_each_say_what_to_do() {
    let file = sealed(b"beacon");
    let wrong = keyfile::open(&file, Some(b"Beacon")).unwrap_err();
    assert_eq!(wrong, KeyFileError::WrongPassphraseOrDamaged);
    assert!(wrong.remedy().contains("passphrase"));
    assert_eq!(keyfile::open(&file, Some(b"")).unwrap_err(), KeyFileError::WrongPassphraseOrDamaged);
    let none = keyfile::open(&file, None).unwrap_err();
    assert_eq!(none, KeyFileError::NeedsPassphrase);
    assert!(none.remedy().contains("passphrase"));
}

#[test]
fn an_empty_passphrase_is_refused_when_the_file_is_made() {
    let made = keyfile::create(&identity(), Some(b""), KdfParams::WEAKEST, &mut Counting(0));
    assert_eq!(made.unwrap_err(), KeyFileError::EmptyPassphrase);
}

#[test]
fn whether_it_needs_a_passphrase_is_known_before() {
    let inspect = |file: &[u8]| keyfile::inspect(file).unwrap();
    assert_eq!(inspect(&sealed(b"beacon")), Inspection { version: 1, needs_passphrase: true });
    assert_eq!(inspect(&open_file()), Inspection { version: 1, needs_passphrase: false });
}

#[test]
fn a_file_that_needs_none_opens_with_any_passphrase() {
    assert!(keyfile::open(&open_file(), Some(b"whatever")).is_ok());
}

#[test]
fn a_file_of_a_newer_version_says_so_whatever_its_length() {
    let mut file = sealed(b"beacon");
    file[14] = 3;
    for file in [&file[..], &file[..15], &[&file[..], &[0; 100]].concat()] {
        assert_eq!(keyfile::open(file, None).unwrap_err(), KeyFileError::TooNew(3));
        assert_eq!(keyfile::inspect(file).unwrap_err(), KeyFileError::TooNew(3));
    }
}

#[test]
fn what_is_no_key_file_says_so() {
    for bytes in
        [b"".as_slice(), b"-----BEGIN OPENSSH PRIVATE KEY-----", b"WATCHFIRE KEY", b"watchfire key\n\x01"]
    {
        assert_eq!(keyfile::open(bytes, None).unwrap_err(), KeyFileError::NotAKeyFile);
    }
    assert_eq!(keyfile::open(b"WATCHFIRE KEY\n", None).unwrap_err(), KeyFileError::Damaged);
    assert_eq!(keyfile::open(b"WATCHFIRE KEY\n\x00", None).unwrap_err(), KeyFileError::Damaged);
}

#[test]
fn costs_beyond_the_bounds_are_refused_before_any_memory_is_taken() {
    for costs in [
        [0, 1, 1],
        [7, 1, 1],
        [15, 1, 2],
        [8, 0, 1],
        [8, 1, 0],
        [8, 17, 1],
        [64, 1, 5],
        [KdfParams::MAX_MEMORY_KIB + 1, 1, 1],
        [u32::MAX, u32::MAX, u32::MAX],
        [u32::MAX, 1, u32::MAX],
    ] {
        assert_eq!(KdfParams::new(costs[0], costs[1], costs[2]), None, "{costs:?}");
        let file = with_costs(costs);
        assert_eq!(keyfile::open(&file, Some(b"beacon")).unwrap_err(), KeyFileError::Damaged, "{costs:?}");
        assert_eq!(keyfile::inspect(&file).unwrap_err(), KeyFileError::Damaged, "{costs:?}");
    }
}

#[test]
fn changed_costs_do_not_open_the_file() {
    for costs in [[9, 1, 1], [8, 2, 1], [16, 1, 2]] {
        let error = keyfile::open(&with_costs(costs), Some(b"beacon")).unwrap_err();
        assert_eq!(error, KeyFileError::WrongPassphraseOrDamaged, "{costs:?}");
    }
    // A file without a passphrase has no costs.
    let mut file = open_file();
    file[16] = 8;
    assert_eq!(keyfile::inspect(&file).unwrap_err(), KeyFileError::Damaged);
    assert_eq!(keyfile::open(&file, None).unwrap_err(), KeyFileError::Damaged);
}

#[test]
fn a_file_cannot_be_relabelled_as_one_without_a_passphrase() {
    let mut file = sealed(b"beacon");
    file[15] = 0;
    file[16..28].fill(0);
    assert_eq!(keyfile::open(&file, None).unwrap_err(), KeyFileError::Damaged);
}

#[test]
fn two_files_of_one_identity_have_nothing_in_common_but_their_head() {
    let one = sealed(b"beacon");
    let other = keyfile::create(&identity(), Some(b"beacon"), KdfParams::WEAKEST, &mut Counting(1)).unwrap();
    assert_eq!(one[..28], other[..28]);
    assert!(one[68..].iter().zip(&other[68..]).filter(|(a, b)| a == b).count() < 20);
}

#[test]
fn every_error_has_a_remedy_and_says_the_file_stays() {
    for error in [
        KeyFileError::TooLarge,
        KeyFileError::NotAKeyFile,
        KeyFileError::TooNew(9),
        KeyFileError::Damaged,
        KeyFileError::NeedsPassphrase,
        KeyFileError::WrongPassphraseOrDamaged,
        KeyFileError::EmptyPassphrase,
        KeyFileError::OutOfMemory,
    ] {
        assert!(error.remedy().len() > 10 && !error.to_string().is_empty());
    }
    assert!(KeyFileError::Damaged.remedy().contains("no new identity"));
}

proptest! {
    #[test]
    fn only_the_passphrase_opens(
        passphrase in prop::collection::vec(any::<u8>(), 1..80),
        other in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let file = sealed(&passphrase);
        prop_assert!(keyfile::open(&file, Some(&passphrase)).is_ok());
        if passphrase != other {
            let error = keyfile::open(&file, Some(&other)).unwrap_err();
            prop_assert_eq!(error, KeyFileError::WrongPassphraseOrDamaged);
        }
    }
}
