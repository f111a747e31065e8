//! The primitives are the published ones, in the combination this crate uses. (Ed25519 is tested beside its
//! code.)
#![allow(clippy::unwrap_used)]

mod common;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use common::vectors;
use core::convert::Infallible;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::{X25519HkdfSha256, XWing};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, setup_receiver};
use rand_core::{TryCryptoRng, TryRng};
use watchfire_keys::{SealingKey, SigningKey, aead, recovery};

/// Gives the bytes it was made with, once.
struct Given(Vec<u8>);

impl TryRng for Given {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("only bytes are asked for")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("only bytes are asked for")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.copy_from_slice(&self.0.drain(..bytes.len()).collect::<Vec<_>>());
        Ok(())
    }
}

impl TryCryptoRng for Given {}

#[test]
fn sealing_under_a_key_is_xchacha20_poly1305() {
    let vectors = vectors("chacha.txt");
    let get = |name: &str| hex::decode(&vectors[name]).unwrap();
    let key: [u8; 32] = get("key").try_into().unwrap();
    let nonce: [u8; 24] = get("xchacha nonce").try_into().unwrap();
    let sealed = aead::seal(&key, &nonce, &get("aad"), &get("plaintext"));
    assert_eq!(sealed, get("xchacha sealed"));
    assert_eq!(aead::open(&key, &nonce, &get("aad"), &sealed).unwrap().as_slice(), get("plaintext"));
}

#[test]
fn the_cipher_beneath_is_that_of_rfc_8439() {
    let vectors = vectors("chacha.txt");
    let get = |name: &str| hex::decode(&vectors[name]).unwrap();
    let nonce: [u8; 12] = get("rfc 8439 nonce").try_into().unwrap();
    let sealed = chacha20poly1305::ChaCha20Poly1305::new_from_slice(&get("key"))
        .unwrap()
        .encrypt(&nonce.into(), Payload { msg: &get("plaintext"), aad: &get("aad") })
        .unwrap();
    assert_eq!(sealed, get("rfc 8439 sealed"));
}

#[test]
fn hpke_is_that_of_rfc_9180() {
    let vectors = vectors("hpke.txt");
    let get = |name: &str| hex::decode(&vectors[&format!("rfc 9180 {name}")]).unwrap();
    let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &Deserializable::from_bytes(&get("recipient")).unwrap(),
        &Deserializable::from_bytes(&get("encapsulated")).unwrap(),
        &get("info"),
    )
    .unwrap();
    for sequence in 0..3 {
        let opened =
            context.open(&get(&format!("sealed {sequence}")), format!("Count-{sequence}").as_bytes());
        assert_eq!(opened.unwrap(), get("plaintext"));
    }
}

#[test]
fn hpke_with_x_wing_is_that_of_the_draft() {
    let vectors = vectors("hpke.txt");
    let get = |name: &str| hex::decode(&vectors[&format!("pq {name}")]).unwrap();
    let secret: <XWing as Kem>::PrivateKey = Deserializable::from_bytes(&get("recipient")).unwrap();
    let public = XWing::sk_to_pk(&secret);
    assert!(public.to_bytes().starts_with(&get("recipient public begins")));
    let (encapsulated, sealed) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &public,
        &get("info"),
        &get("plaintext"),
        b"Count-0",
        &mut Given(get("randomness")),
    )
    .unwrap();
    assert!(encapsulated.to_bytes().starts_with(&get("encapsulated begins")));
    assert!(hex::encode(encapsulated.to_bytes()).ends_with(&vectors["pq encapsulated ends"]));
    assert_eq!(XWing::decap(&secret, None, &encapsulated).unwrap().0.as_slice(), get("shared secret"));
    assert_eq!(sealed, get("sealed 0"));
}

#[test]
fn x_wing_is_that_of_the_draft() {
    let vectors = vectors("x_wing.txt");
    for index in 0..3 {
        let get = |name: &str| hex::decode(&vectors[&format!("{name} {index}")]).unwrap();
        let seed: [u8; 32] = get("sk").try_into().unwrap();
        let public = SealingKey::from_seed(&seed).public();
        assert_eq!(public.as_bytes().as_slice(), get("pk"));
        let public: <XWing as Kem>::PublicKey = Deserializable::from_bytes(public.as_bytes()).unwrap();
        let (shared, encapsulated) = XWing::encap_with_rng(&public, None, &mut Given(get("eseed"))).unwrap();
        assert_eq!(encapsulated.to_bytes().as_slice(), get("ct"));
        assert_eq!(shared.0.as_slice(), get("ss"));
        let secret = Deserializable::from_bytes(&seed).unwrap();
        assert_eq!(XWing::decap(&secret, None, &encapsulated).unwrap().0.as_slice(), get("ss"));
    }
}

#[test]
fn recovery_words_are_those_of_bip_39() {
    // The vectors of the reference implementation (trezor/python-mnemonic) with 256 bits of zero and of one.
    let zeros = recovery::to_words(&SigningKey::from_seed(&[0; 32]));
    assert_eq!(*zeros, ["abandon "; 23].concat() + "art");
    let ones = recovery::to_words(&SigningKey::from_seed(&[255; 32]));
    assert_eq!(*ones, ["zoo "; 23].concat() + "vote");
}
