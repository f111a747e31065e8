//! Secrets do not print, and a recovery key comes back from paper.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Counting, card, header, identity, secret};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::collections::BTreeSet;
use watchfire_keys::recovery::{self, RecoveryError};
use watchfire_keys::{EpochSecret, Identity, MemberId, SigningKey};

#[test]
fn secrets_print_as_stars() {
    let identity = identity();
    for printed in [
        format!("{identity:?}"),
        format!("{identity:#?}"),
        format!("{:?}", identity.organisation),
        format!("{:?}", identity.sealing),
        format!("{:?}", secret()),
    ] {
        assert!(printed.ends_with("(***)"), "{printed}");
    }
}

#[test]
fn ids_and_keys_print_short_in_logs_and_whole_for_people() {
    let member = identity().member();
    assert_eq!(member.to_string().len(), 64);
    assert_eq!(format!("{member:?}"), member.to_string()[..8]);
    assert_eq!(member.to_string().parse::<MemberId>().unwrap(), member);
    assert_eq!(member.to_string().to_uppercase().parse::<MemberId>().unwrap(), member);
    assert!("00".parse::<MemberId>().unwrap_err().to_string().contains("64"));
    let key = identity().organisation.public();
    assert_eq!(key.to_string().parse(), Ok(key));
    assert_eq!(format!("{key:?}").len(), 8);
    assert!(format!("{:?}", card().sealing).len() == 8 && format!("{:?}", header().signature).len() == 8);
}

#[test]
fn every_key_of_a_new_identity_is_its_own() {
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let seeds: BTreeSet<[u8; 32]> = (0..4)
        .flat_map(|_| {
            let identity = Identity::generate(&mut rng);
            [
                *identity.organisation.seed(),
                *identity.publisher.seed(),
                *identity.steward.seed(),
                *identity.daemon.seed(),
                *identity.recovery.seed(),
                *identity.sealing.seed(),
                *identity.storage,
                *EpochSecret::generate(&mut rng).as_bytes(),
            ]
        })
        .collect();
    assert_eq!(seeds.len(), 32);
}

#[test]
fn the_same_random_bytes_make_the_same_identity() {
    let (one, two) = (Identity::generate(&mut Counting(9)), Identity::generate(&mut Counting(9)));
    assert_eq!(one.member(), two.member());
    assert_eq!(one.sealing.public(), two.sealing.public());
}

#[test]
fn what_is_wrong_with_recovery_words_is_said() {
    let words = recovery::to_words(&identity().recovery);
    let replaced = |index: usize, word: &str| {
        let mut list: Vec<_> = words.split(' ').collect();
        list[index] = word;
        list.join(" ")
    };
    for (text, error) in [
        (String::new(), RecoveryError::WordCount),
        (words.split(' ').take(23).collect::<Vec<_>>().join(" "), RecoveryError::WordCount),
        (format!("{} zoo", *words), RecoveryError::WordCount),
        (replaced(4, "beaconfire"), RecoveryError::UnknownWord { position: 5 }),
        (replaced(0, "zoo"), RecoveryError::Checksum),
        ("zoo ".repeat(1000), RecoveryError::WordCount),
    ] {
        assert_eq!(recovery::from_words(&text).unwrap_err(), error, "{text}");
        assert!(error.remedy().len() > 10 && !error.to_string().is_empty());
    }
}

proptest! {
    #[test]
    fn a_recovery_key_comes_back_from_its_words(seed in any::<[u8; 32]>()) {
        let key = SigningKey::from_seed(&seed);
        let words = recovery::to_words(&key);
        prop_assert_eq!(words.split(' ').count(), recovery::WORDS);
        prop_assert_eq!(recovery::from_words(&words).unwrap().seed(), key.seed());
        let typed = words.to_uppercase().replace(' ', " \n ");
        prop_assert_eq!(recovery::from_words(&typed).unwrap().public(), key.public());
    }
}
