//! What was made for one purpose is worth nothing for another, and no two inputs run together.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Counting, identity};
use std::collections::BTreeSet;
use watchfire_keys::labels::{ALL, SEAL_EPOCH, SEAL_TICKET, SIGN_ACT, SIGN_RECORD};
use watchfire_keys::{BadSignature, SealError, SealingKey, SealingPublic, derive, equal, hash, mac, sealing};

#[test]
fn labels_are_distinct_and_none_begins_another() {
    for (index, label) in ALL.iter().enumerate() {
        let text = label.as_str();
        assert!(text.starts_with("watchfire/1/") && text.is_ascii() && text.len() < 256, "{text}");
        for (other_index, other) in ALL.iter().enumerate() {
            assert!(index == other_index || !other.as_str().starts_with(text), "{text} begins {other:?}");
        }
    }
}

#[test]
fn a_signature_for_one_purpose_holds_for_no_other() {
    let key = identity().steward;
    let signature = key.sign(SIGN_ACT, &[b"bytes"]);
    for label in ALL {
        let holds = key.public().verify(*label, &[b"bytes"], &signature);
        assert_eq!(holds.is_ok(), *label == SIGN_ACT, "{label:?}");
    }
    let other = identity().publisher.public();
    assert_eq!(other.verify(SIGN_ACT, &[b"bytes"], &signature), Err(BadSignature));
}

#[test]
fn parts_do_not_run_together() {
    let lists: [&[&[u8]]; 7] =
        [&[], &[b""], &[b"", b""], &[b"abc"], &[b"ab", b"c"], &[b"a", b"bc"], &[b"abc", b""]];
    let key = identity().publisher;
    let mut seen = BTreeSet::new();
    for parts in lists {
        assert!(seen.insert(hash(SIGN_RECORD, parts)));
        assert!(seen.insert(*derive(SIGN_RECORD, &[1; 32], parts)));
        assert!(seen.insert(mac(SIGN_RECORD, &[1; 32], parts)));
        let signature = key.sign(SIGN_RECORD, parts);
        let fitting =
            lists.iter().filter(|other| key.public().verify(SIGN_RECORD, other, &signature).is_ok());
        assert_eq!(fitting.count(), 1);
    }
}

#[test]
fn a_key_a_label_and_a_part_each_change_what_is_derived() {
    let keys: BTreeSet<_> = ALL
        .iter()
        .flat_map(|label| {
            [*derive(*label, &[1; 32], &[]), *derive(*label, &[2; 32], &[]), mac(*label, &[1; 32], &[])]
        })
        .collect();
    assert_eq!(keys.len(), ALL.len() * 3);
}

#[test]
fn what_is_sealed_for_one_purpose_opens_for_no_other() {
    let key = identity().sealing;
    let sealed = sealing::seal(&key.public(), SEAL_EPOCH, b"epoch", b"secret", &mut Counting(0)).unwrap();
    assert_eq!(sealed.len(), b"secret".len() + sealing::SEAL_OVERHEAD);
    let open = |key: &SealingKey, label, aad: &[u8]| sealing::open(key, label, aad, &sealed);
    assert_eq!(open(&key, SEAL_EPOCH, b"epoch").unwrap().as_slice(), b"secret");
    assert_eq!(open(&key, SEAL_TICKET, b"epoch"), Err(SealError::CannotOpen));
    assert_eq!(open(&key, SEAL_EPOCH, b"other"), Err(SealError::CannotOpen));
    assert_eq!(open(&SealingKey::from_seed(&[0; 32]), SEAL_EPOCH, b"epoch"), Err(SealError::CannotOpen));
}

#[test]
fn sealing_twice_gives_nothing_away() {
    let to = identity().sealing.public();
    let mut rng = Counting(0);
    let one = sealing::seal(&to, SEAL_EPOCH, b"", b"secret", &mut rng).unwrap();
    rng.0 = 1;
    let two = sealing::seal(&to, SEAL_EPOCH, b"", b"secret", &mut rng).unwrap();
    assert_ne!(one[..32], two[..32]);
    assert_ne!(one[sealing::ENCAPSULATED_SIZE..], two[sealing::ENCAPSULATED_SIZE..]);
}

#[test]
fn nothing_is_sealed_to_what_is_no_key() {
    assert_eq!(SealingPublic::from_bytes(&[0xff; 1216]), Err(SealError::BadKey));
    assert_eq!(SealingPublic::from_bytes(&[0; 1215]), Err(SealError::BadKey));
    let public = identity().sealing.public();
    assert_eq!(SealingPublic::from_bytes(public.as_bytes()).unwrap(), public);
    let unchecked: SealingPublic = serde_json::from_str(&format!("\"{}\"", "ff".repeat(1216))).unwrap();
    let sealed = sealing::seal(&unchecked, SEAL_EPOCH, b"", b"secret", &mut Counting(0));
    assert_eq!(sealed, Err(SealError::BadKey));
}

#[test]
fn equal_is_equal() {
    assert!(equal(b"", b"") && equal(b"ab", b"ab"));
    assert!(!equal(b"ab", b"ac") && !equal(b"ab", b"abc") && !equal(b"ab", b"a"));
}
