//! The arithmetic of a greeting, for the one who calls and the one who is called.

use alloc::vec::Vec;

use watchfire_keys::codec;
use watchfire_keys::hash::equal;
use watchfire_keys::ids::CircleId;
use watchfire_keys::labels;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::hello::{Hello, PROOFS, Welcome};
use super::introduction::Introduction;
use crate::crypto::Crypto;

/// A secret two ends of a link may both hold.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SharedSecret(pub [u8; 32]);

impl core::fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SharedSecret(***)")
    }
}

/// A link's two ends and what both added: what an introduction is signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript([u8; 32]);

impl Transcript {
    /// The bytes that signatures cover.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The transcript of a link before the callee has answered: what a sealed opening is bound to.
    pub fn opening<C: Crypto>(crypto: &C, caller: &[u8], callee: &[u8], nonce: &[u8; 32]) -> Self {
        Self(crypto.hash(labels::HASH_GREETING, &[caller, callee, nonce]))
    }

    fn full<C: Crypto>(crypto: &C, ends: &Ends, hello: &[u8; 32], welcome: &[u8; 32]) -> Self {
        Self(crypto.hash(labels::HASH_GREETING, &[&ends.caller, &ends.callee, hello, welcome]))
    }
}

#[derive(Clone, Debug)]
struct Ends {
    caller: Vec<u8>,
    callee: Vec<u8>,
}

/// The dialler's state between its hello and the welcome.
#[derive(Clone, Debug)]
pub struct Caller {
    ends: Ends,
    nonce: [u8; 32],
    /// Every secret under which it sent a proof, and the one it sealed.
    secrets: Vec<SharedSecret>,
}

/// The callee's state between its welcome and the dialler's introduction.
#[derive(Clone, Debug)]
pub struct Called {
    transcript: Transcript,
    link_key: SharedSecret,
}

impl Caller {
    /// A hello under the given secrets. `filler` is random and fills the unused places.
    pub fn call<C: Crypto>(
        crypto: &C,
        caller: &[u8],
        callee: &[u8],
        nonce: [u8; 32],
        secrets: Vec<SharedSecret>,
        filler: [[u8; 32]; PROOFS],
    ) -> (Self, Hello) {
        let ends = Ends { caller: caller.to_vec(), callee: callee.to_vec() };
        let mut proofs = filler;
        for (place, secret) in proofs.iter_mut().zip(&secrets) {
            *place = call_proof(crypto, secret, &ends, &nonce);
        }
        let hello = Hello { nonce, proofs, sealed: Vec::new() };
        (Self { ends, nonce, secrets }, hello)
    }

    /// Adds the secret that was sealed to the callee.
    pub fn also(&mut self, secret: SharedSecret) {
        self.secrets.push(secret);
    }

    /// Takes the welcome: the callee's introduction, if the welcome proves a secret we offered.
    pub fn welcomed<C: Crypto>(
        self,
        crypto: &C,
        circle: &CircleId,
        welcome: &Welcome,
    ) -> Option<(Introduction, Transcript, SharedSecret)> {
        let transcript = Transcript::full(crypto, &self.ends, &self.nonce, &welcome.nonce);
        let secret = self
            .secrets
            .iter()
            .find(|secret| equal(&answer_proof(crypto, secret, &transcript), &welcome.proof))?;
        let link_key = link_key(crypto, secret, &transcript);
        let introduction = open_introduction(crypto, &link_key, true, &welcome.introduction)?;
        introduction.holds(crypto, circle, &transcript, false).then_some((introduction, transcript, link_key))
    }
}

impl Called {
    /// Which of our secrets the hello proves, as an index into `secrets`.
    pub fn recognise<C: Crypto>(
        crypto: &C,
        caller: &[u8],
        callee: &[u8],
        hello: &Hello,
        secrets: &[SharedSecret],
    ) -> Option<usize> {
        let ends = Ends { caller: caller.to_vec(), callee: callee.to_vec() };
        secrets.iter().position(|secret| {
            let proof = call_proof(crypto, secret, &ends, &hello.nonce);
            hello.proofs.iter().any(|offered| equal(offered, &proof))
        })
    }

    /// Answers a hello under `secret`; `introduce` signs our introduction for the transcript.
    pub fn answer<C: Crypto>(
        crypto: &C,
        caller: &[u8],
        callee: &[u8],
        hello: &Hello,
        secret: &SharedSecret,
        nonce: [u8; 32],
        introduce: impl FnOnce(&Transcript) -> Introduction,
    ) -> (Self, Welcome) {
        let ends = Ends { caller: caller.to_vec(), callee: callee.to_vec() };
        let transcript = Transcript::full(crypto, &ends, &hello.nonce, &nonce);
        let link_key = link_key(crypto, secret, &transcript);
        let introduction = seal_introduction(crypto, &link_key, true, &introduce(&transcript));
        let welcome = Welcome { nonce, proof: answer_proof(crypto, secret, &transcript), introduction };
        (Self { transcript, link_key }, welcome)
    }

    /// Takes the dialler's introduction.
    pub fn introduced<C: Crypto>(self, crypto: &C, circle: &CircleId, sealed: &[u8]) -> Option<Introduction> {
        let introduction = open_introduction(crypto, &self.link_key, false, sealed)?;
        introduction.holds(crypto, circle, &self.transcript, true).then_some(introduction)
    }
}

/// The dialler's last message: its introduction under the link's key.
pub fn seal_introduction<C: Crypto>(
    crypto: &C,
    link_key: &SharedSecret,
    from_callee: bool,
    introduction: &Introduction,
) -> Vec<u8> {
    // The link's key is fresh and each direction seals once, so a fixed nonce a direction is never used twice.
    crypto.aead_seal(&link_key.0, &[u8::from(from_callee); 24], &[], &codec::encode(introduction))
}

fn open_introduction<C: Crypto>(
    crypto: &C,
    link_key: &SharedSecret,
    from_callee: bool,
    sealed: &[u8],
) -> Option<Introduction> {
    if sealed.len() > super::hello::MAX_HELLO_BYTES {
        return None;
    }
    let plain = crypto.aead_open(&link_key.0, &[u8::from(from_callee); 24], &[], sealed)?;
    codec::decode(&plain, super::hello::MAX_HELLO_BYTES).ok()
}

fn call_proof<C: Crypto>(crypto: &C, secret: &SharedSecret, ends: &Ends, nonce: &[u8; 32]) -> [u8; 32] {
    crypto.mac(labels::DERIVE_GREETING, &secret.0, &[b"call", &ends.caller, &ends.callee, nonce])
}

fn answer_proof<C: Crypto>(crypto: &C, secret: &SharedSecret, transcript: &Transcript) -> [u8; 32] {
    crypto.mac(labels::DERIVE_GREETING, &secret.0, &[b"answer", &transcript.0])
}

fn link_key<C: Crypto>(crypto: &C, secret: &SharedSecret, transcript: &Transcript) -> SharedSecret {
    SharedSecret(crypto.mac(labels::DERIVE_GREETING, &secret.0, &[b"link", &transcript.0]))
}
