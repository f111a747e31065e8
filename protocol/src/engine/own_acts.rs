//! A member's own acts: its keys, and leaving. Its organisation key signs them, and nobody is asked.

use alloc::boxed::Box;

use watchfire_keys::delegation::Delegation;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::RecordId;
use watchfire_keys::sealing::SealingKey;

use super::output::Refusal;
use super::{Engine, PeerName};
use crate::circle::ActBody;
use crate::crypto::Crypto;

/// Something that a member decides alone.
#[derive(Clone, Debug)]
pub enum OwnAct {
    /// Lets another key sign for it, or the same one for longer or for other things.
    Delegate(Box<Delegation>),
    /// Ends a key, for ever.
    Revoke {
        /// The key.
        key: PublicKey,
        /// Which of its records stand.
        stands: Standing,
    },
    /// Receives epoch secrets under this key from now on.
    RotateSealing(Box<SealingKey>),
    /// Leaves the circle.
    Leave,
}

/// Which of a key's records stand after it is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All that are here, without a gap or a fork before them: the key was replaced, not stolen.
    Known,
    /// Those up to this one: what came after it was a thief's.
    UpTo(RecordId),
    /// None.
    Nothing,
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Signs one of this member's own acts.
    pub(super) fn own_act(&mut self, token: u64, act: OwnAct) -> Result<(), Refusal> {
        self.own_roster()?;
        if self.recovering {
            // Its acts are numbered, and others may have a later one of its own.
            return Err(Refusal::Recovering);
        }
        let key = self.keys.organisation.clone().ok_or(Refusal::NoKey)?;
        let member = self.keys.member;
        let number = self.own_log()?.next_number(&member);
        let mut sealing = None;
        let body = match act {
            OwnAct::Delegate(delegation) => ActBody::Delegate { number, delegation: *delegation },
            OwnAct::Revoke { key, stands } => {
                ActBody::Revoke { number, key, last: self.last_standing(&key, stands)? }
            }
            OwnAct::RotateSealing(key) => {
                let public = key.public();
                sealing = Some(*key);
                ActBody::Rotate { number, sealing: public }
            }
            // Nobody would ever hear of it: the links end with the membership.
            OwnAct::Leave if !self.reaches_others() => return Err(Refusal::Alone),
            OwnAct::Leave => ActBody::Leave { number, cuts: self.cuts_of(&member) },
        };
        let signed =
            self.own_log()?.propose_own(member, &key, body, self.now.unix).map_err(Refusal::Propose)?;
        if let Some(sealing) = sealing {
            // Grants and greetings on their way are sealed to the old one.
            let former = core::mem::replace(&mut self.keys.sealing, sealing);
            self.keys.former_sealing.push(former);
        }
        self.act(token, signed.id(), signed.into())
    }

    fn last_standing(&self, key: &PublicKey, stands: Standing) -> Result<Option<(u64, RecordId)>, Refusal> {
        let chain = self.chains.get(key);
        match stands {
            Standing::Known => Ok(chain.and_then(crate::record::Chain::standing_end)),
            Standing::Nothing => Ok(None),
            Standing::UpTo(id) => {
                let seq = chain.and_then(|chain| chain.position_of(&id)).ok_or(Refusal::NoRecord)?;
                Ok(Some((seq, id)))
            }
        }
    }
}
