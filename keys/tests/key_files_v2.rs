//! A key file holds what a machine needs and nothing else of the member, and says no more than that from outside.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Counting, flipped, identity};
use proptest::prelude::*;
use watchfire_keys::keyfile::{self, Inspection, KdfParams, KeyFileError};
use watchfire_keys::{KeyName, Keys, Scopes, SealingKey, SigningKey};

fn file_of(keys: &Keys, passphrase: Option<&[u8]>) -> Vec<u8> {
    keyfile::create_for(keys, passphrase, KdfParams::WEAKEST, &mut Counting(0)).unwrap()
}

fn laptop() -> Keys {
    Keys { publisher: Some(SigningKey::from_seed(&[2; 32])), ..Keys::none([7; 32].into()) }
}

fn names(keys: &Keys) -> Vec<KeyName> {
    KeyName::ALL.into_iter().filter(|name| keys.has(*name)).collect()
}

#[test]
fn a_laptop_holds_the_key_it_signs_with_and_no_other() {
    let opened = keyfile::open(&file_of(&laptop(), Some(b"beacon")), Some(b"beacon")).unwrap();
    assert_eq!(names(&opened), [KeyName::Publisher]);
    assert_eq!(opened.publisher.unwrap().seed(), identity().publisher.seed());
    assert!(laptop().member().is_none() && laptop().to_identity().is_none());
}

#[test]
fn keys_that_were_taken_out_are_not_in_the_file() {
    let mut keys = Keys::from(&identity());
    keys.forget(KeyName::Organisation);
    keys.forget(KeyName::Recovery);
    let opened = keyfile::open(&file_of(&keys, None), None).unwrap();
    assert!(!opened.has(KeyName::Organisation) && !opened.has(KeyName::Recovery));
    assert!(opened.has(KeyName::Publisher) && opened.has(KeyName::Steward));
    assert_eq!(opened.sealing.unwrap().public(), identity().sealing.public());
}

#[test]
fn all_keys_of_a_member_make_a_file_that_older_programs_read() {
    let file = file_of(&Keys::from(&identity()), None);
    assert_eq!(keyfile::inspect(&file).unwrap(), Inspection { version: 1, needs_passphrase: false });
    assert_eq!(file, keyfile::create(&identity(), None, KdfParams::WEAKEST, &mut Counting(0)).unwrap());
}

#[test]
fn the_sealing_key_before_the_last_change_is_kept_and_no_older_one() {
    let mut keys = Keys::from(&identity());
    keys.receive_under(SealingKey::from_seed(&[8; 32]));
    keys.receive_under(SealingKey::from_seed(&[9; 32]));
    let opened = keyfile::open(&file_of(&keys, None), None).unwrap();
    let public = |key: Option<SealingKey>| key.unwrap().public();
    assert_eq!(public(opened.sealing), SealingKey::from_seed(&[9; 32]).public());
    assert_eq!(public(opened.former_sealing), SealingKey::from_seed(&[8; 32]).public());
}

#[test]
fn from_outside_it_cannot_be_told_what_is_in_it() {
    let mut few = Keys::from(&identity());
    few.forget(KeyName::Organisation);
    let (one, other) = (file_of(&laptop(), Some(b"beacon")), file_of(&few, Some(b"beacon")));
    assert_eq!((one.len(), &one[..28]), (other.len(), &other[..28]));
    assert_eq!(keyfile::inspect(&one), keyfile::inspect(&other));
}

#[test]
fn changed_cut_and_relabelled_files_are_refused() {
    let file = file_of(&laptop(), None);
    for index in (0..file.len()).filter(|index| !(16..28).contains(index)) {
        assert!(keyfile::open(&flipped(&file, index, 1), None).is_err(), "byte {index}");
    }
    for length in 15..file.len() {
        assert_eq!(keyfile::open(&file[..length], None).unwrap_err(), KeyFileError::Damaged);
    }
    // As the other version, which has another size.
    assert_eq!(keyfile::open(&flipped(&file, 14, 3), None).unwrap_err(), KeyFileError::Damaged);
    let locked = file_of(&laptop(), Some(b"beacon"));
    assert_eq!(keyfile::open(&locked, None).unwrap_err(), KeyFileError::NeedsPassphrase);
    assert_eq!(keyfile::open(&locked, Some(b"x")).unwrap_err(), KeyFileError::WrongPassphraseOrDamaged);
}

#[test]
fn nothing_of_it_prints() {
    assert_eq!(format!("{:?}", Keys::from(&identity())), "Keys(***)");
}

#[test]
fn a_scope_names_the_key_that_an_ordinary_home_signs_with() {
    assert_eq!(KeyName::of_scope(Scopes::PUBLISH), Some(KeyName::Publisher));
    assert_eq!(KeyName::of_scope(Scopes::STEWARD), Some(KeyName::Steward));
    assert_eq!(KeyName::of_scope(Scopes::DAEMON), Some(KeyName::Daemon));
    assert_eq!(KeyName::of_scope(Scopes::PUBLISH | Scopes::STEWARD), None);
}

proptest! {
    #[test]
    fn whatever_is_held_comes_back(gone in prop::collection::vec(0..6_usize, 0..6), rotated in any::<bool>()) {
        let mut keys = Keys::from(&identity());
        for index in gone {
            keys.forget(KeyName::ALL[index]);
        }
        if rotated {
            keys.receive_under(SealingKey::from_seed(&[8; 32]));
        }
        let opened = keyfile::open(&file_of(&keys, Some(b"beacon")), Some(b"beacon")).unwrap();
        prop_assert_eq!(names(&opened), names(&keys));
        prop_assert_eq!(opened.former_sealing.is_some(), keys.former_sealing.is_some());
        prop_assert_eq!(&opened.storage, &keys.storage);
    }
}
