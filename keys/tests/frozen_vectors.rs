//! What has left a process once reads and derives the same for ever.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Counting, assert_frozen, assert_frozen_text, card, header, identity, secret, vectors};
use std::collections::BTreeSet;
use watchfire_keys::keyfile::{self, KdfParams};
use watchfire_keys::labels::{self, DERIVE_STORE_VALUE, HASH_RECORD, SEAL_TICKET, SIGN_RECORD};
use watchfire_keys::{
    Card, CircleId, Header, KeyName, Keys, SealingKey, aead, armor, circle_tag, codec, derive, hash, mac,
    recovery, sealing,
};

#[test]
fn labels_are_never_edited() {
    let frozen = std::fs::read_to_string(common::path("labels.txt")).unwrap();
    let now: BTreeSet<&str> = labels::ALL.iter().map(|label| label.as_str()).collect();
    for label in frozen.lines() {
        assert!(now.contains(label), "{label} was edited or taken away: make a new row instead");
    }
}

#[test]
fn hashes_derived_keys_and_codes_stay_what_they_are() {
    let long = vec![0x5a; 3000];
    let parts: [(&str, &[&[u8]]); 4] =
        [("nothing", &[]), ("empty", &[b""]), ("two", &[b"ab", b"c"]), ("long", &[&long])];
    let mut values = Vec::new();
    let names: Vec<_> = parts
        .iter()
        .flat_map(|(name, _)| ["hash", "derive", "mac", "sign"].map(|what| format!("{what} {name}")))
        .collect();
    for (index, (_, parts)) in parts.iter().enumerate() {
        let signature = identity().publisher.sign(SIGN_RECORD, parts);
        for (offset, value) in [
            hex::encode(hash(HASH_RECORD, parts)),
            hex::encode(*derive(DERIVE_STORE_VALUE, &[7; 32], parts)),
            hex::encode(mac(DERIVE_STORE_VALUE, &[7; 32], parts)),
            hex::encode(signature.as_bytes()),
        ]
        .into_iter()
        .enumerate()
        {
            values.push((names[index * 4 + offset].as_str(), value));
        }
    }
    assert_frozen("primitives.txt", &values);
}

#[test]
fn a_member_keeps_its_id_its_words_and_its_card() {
    let (identity, card) = (identity(), card());
    assert_frozen(
        "member.txt",
        &[
            ("organisation", identity.organisation.public().to_string()),
            ("member", identity.member().to_string()),
            ("fingerprint", card.fingerprint().to_string()),
            ("recovery words", recovery::to_words(&identity.recovery).to_string()),
            ("delegation", hex::encode(codec::encode(&card.delegations[0]))),
            ("card", hex::encode(card.to_bytes())),
        ],
    );
    let frozen = hex::decode(&vectors("member.txt")["card"]).unwrap();
    assert_eq!(Card::from_bytes(&frozen).unwrap(), card);
}

#[test]
fn a_card_keeps_its_text() {
    assert_frozen_text("card.asc", &card().to_text());
    assert_eq!(Card::from_text(&card().to_text()).unwrap(), card());
    let bytes: Vec<u8> = (0..=255).collect();
    let ticket = armor::encode(armor::Kind::Ticket, &bytes);
    assert_frozen_text("ticket.asc", &ticket);
    assert_eq!(armor::decode(armor::Kind::Ticket, &ticket, 256).unwrap(), bytes);
}

#[test]
fn a_key_file_opens_for_ever() {
    let params = KdfParams::new(64, 2, 2).unwrap();
    let sealed = keyfile::create(&identity(), Some(b"beacon"), params, &mut Counting(0)).unwrap();
    let open = keyfile::create(&identity(), None, params, &mut Counting(100)).unwrap();
    assert_frozen(
        "key_file_v1.txt",
        &[("passphrase beacon", hex::encode(sealed)), ("no passphrase", hex::encode(open))],
    );
    let frozen = vectors("key_file_v1.txt");
    let sealed = hex::decode(&frozen["passphrase beacon"]).unwrap();
    let open = hex::decode(&frozen["no passphrase"]).unwrap();
    assert_eq!(keyfile::open(&sealed, Some(b"beacon")).unwrap().member(), Some(identity().member()));
    assert_eq!(keyfile::open(&open, None).unwrap().storage, identity().storage);
}

#[test]
fn a_key_file_with_some_of_the_keys_opens_for_ever() {
    let params = KdfParams::new(64, 2, 2).unwrap();
    let mut keys = Keys::from(&identity());
    keys.forget(KeyName::Organisation);
    keys.forget(KeyName::Recovery);
    keys.receive_under(SealingKey::from_seed(&[8; 32]));
    let sealed = keyfile::create_for(&keys, Some(b"beacon"), params, &mut Counting(0)).unwrap();
    assert_frozen("key_file_v2.txt", &[("passphrase beacon", hex::encode(sealed))]);
    let frozen = hex::decode(&vectors("key_file_v2.txt")["passphrase beacon"]).unwrap();
    let opened = keyfile::open(&frozen, Some(b"beacon")).unwrap();
    assert_eq!(opened.former_sealing.unwrap().public(), identity().sealing.public());
    assert_eq!((opened.organisation.is_none(), opened.storage), (true, identity().storage));
}

#[test]
fn an_epoch_keeps_its_id_and_its_keys() {
    let (header, secret) = (header(), secret());
    assert_frozen(
        "epoch.txt",
        &[
            ("header", hex::encode(header.to_bytes())),
            ("epoch", header.id().to_string()),
            ("commitment", hex::encode(secret.commitment())),
            ("content key", hex::encode(*secret.content_key())),
            ("gate", secret.gate().public().to_string()),
            ("nonce key", hex::encode(*secret.nonce_key())),
            ("greeting key", hex::encode(*secret.greeting_key())),
            ("circle tag", circle_tag(&CircleId::from_bytes([9; 32])).to_string()),
        ],
    );
    let frozen = hex::decode(&vectors("epoch.txt")["header"]).unwrap();
    assert_eq!(Header::from_bytes(&frozen).unwrap(), header);
}

#[test]
fn what_was_sealed_opens_for_ever() {
    let key = identity().sealing;
    let sealed = sealing::seal(&key.public(), SEAL_TICKET, b"aad", b"to you", &mut Counting(0)).unwrap();
    let boxed = aead::seal(&[1; 32], &[2; 24], b"aad", b"to us");
    assert_frozen("sealed.txt", &[("to a member", hex::encode(sealed)), ("under a key", hex::encode(boxed))]);
    let frozen = vectors("sealed.txt");
    let sealed = hex::decode(&frozen["to a member"]).unwrap();
    assert_eq!(sealing::open(&key, SEAL_TICKET, b"aad", &sealed).unwrap().as_slice(), b"to you");
    let boxed = hex::decode(&frozen["under a key"]).unwrap();
    assert_eq!(aead::open(&[1; 32], &[2; 24], b"aad", &boxed).unwrap().as_slice(), b"to us");
}
