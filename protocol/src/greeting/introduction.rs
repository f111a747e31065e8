//! Who is at the other end, signed by its daemon key for this link alone.

use serde::{Deserialize, Serialize};
use watchfire_keys::identity::{PublicKey, Signature, SigningKey};
use watchfire_keys::ids::{CircleId, MemberId};
use watchfire_keys::labels;

use super::exchange::Transcript;
use crate::crypto::Crypto;

/// A name, and the proof that its daemon key is at this end of the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// The member.
    pub member: MemberId,
    /// Its daemon key.
    pub signer: PublicKey,
    signature: Signature,
}

impl Introduction {
    /// Signs an introduction for the link that `transcript` stands for.
    pub fn sign<C: Crypto>(
        crypto: &C,
        circle: &CircleId,
        member: MemberId,
        key: &SigningKey,
        transcript: &Transcript,
        by_caller: bool,
    ) -> Self {
        let signer = key.public();
        let parts = parts(circle, &member, &signer, transcript, by_caller);
        let signature = crypto.sign(key, labels::SIGN_GREETING, &parts.each_ref().map(|part| &part[..]));
        Self { member, signer, signature }
    }

    /// Whether the signature holds for this link. Whether the key may speak for the member is the roster's to say.
    pub fn holds<C: Crypto>(
        &self,
        crypto: &C,
        circle: &CircleId,
        transcript: &Transcript,
        by_caller: bool,
    ) -> bool {
        let parts = parts(circle, &self.member, &self.signer, transcript, by_caller);
        let parts = parts.each_ref().map(|part| &part[..]);
        crypto.verify(&self.signer, labels::SIGN_GREETING, &parts, &self.signature)
    }
}

fn parts(
    circle: &CircleId,
    member: &MemberId,
    signer: &PublicKey,
    transcript: &Transcript,
    by_caller: bool,
) -> [alloc::vec::Vec<u8>; 5] {
    [
        circle.as_bytes().to_vec(),
        member.as_bytes().to_vec(),
        signer.as_bytes().to_vec(),
        transcript.as_bytes().to_vec(),
        alloc::vec![u8::from(by_caller)],
    ]
}
