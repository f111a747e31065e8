//! Another node that runs with this node's daemon key: both homes have it from one backup, or one is a copy of the other.
//!
//! Two nodes of one member are wanted, each with a daemon key of its own. With one key between them, the circle knows one
//! node whose place keeps changing. And homes from one backup have the same publisher key too: two nodes that sign with
//! it, each not knowing what the other has just signed, make two records for one place in the chain. Both would stay, but
//! nothing after such a fork could be vouched for if the key is ever ended.
//!
//! So while the other node is heard, this one publishes nothing. That is decided by the daemon key, since the publisher
//! key of the other node is not known before it has signed something, and then it is too late. Only somebody with this
//! daemon key can bring it about, and that would be a thief who can mislead everybody about this node's place anyway;
//! acts, the one that ends the stolen key among them, are not held up.

use watchfire_keys::time::{Moment, UnixMillis};

use super::link::Stage;
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::presence::SignedPresence;
use crate::rules::Rule;

/// A node that hears of its twin says where it is itself, so that the twin hears of it too; not more often than this.
const ANSWER_EVERY_MS: u64 = 20 * 1000;
/// A twin that was not heard for so long is gone. It answers all the time while it is there.
const HEARD_FOR_MS: u64 = 3 * ANSWER_EVERY_MS;

/// What is known of the other node.
#[derive(Debug)]
pub(super) struct Twin {
    /// When this node began. What was said with its key before was said by itself in an earlier life, or by the machine
    /// that it has replaced.
    since: UnixMillis,
    /// The latest presence that this node did not make, and when it came.
    heard: Option<(UnixMillis, Moment)>,
}

impl Twin {
    pub(super) const fn new(now: UnixMillis) -> Self {
        Self { since: now, heard: None }
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Whether another node was just heard that has this node's daemon key.
    pub fn has_twin(&self) -> bool {
        let heard = self.reach.twin.heard;
        let lately = heard.is_some_and(|(_, at)| self.now.moment.0 < at.0.saturating_add(HEARD_FOR_MS));
        let own = (self.keys.member, self.keys.daemon.public());
        let linked =
            |stage: &Stage| matches!(stage, Stage::Greeted(member, signer) if (*member, *signer) == own);
        lately || self.links.values().any(|link| linked(&link.stage))
    }

    /// Somebody says with this node's key where its node is.
    pub(super) fn own_key_heard(&mut self, signed: &SignedPresence) -> Result<(), Rule> {
        let said = &signed.presence;
        // What this node said comes back to it, the older of it late.
        let last = self.reach.last_said().map(|(_, created)| created);
        let own = said.peer == self.me.to_bytes() && last.is_some_and(|last| said.created <= last);
        let known = self.reach.twin.heard.is_some_and(|(created, _)| said.created <= created);
        if own || known || said.created <= self.reach.twin.since {
            return Ok(());
        }
        signed.check(&self.crypto, &self.circle, self.now.unix)?;
        self.reach.twin.heard = Some((said.created, self.now.moment));
        Ok(())
    }

    /// Whether the twin spoke after this node did, and this node was silent for long enough.
    pub(super) fn has_to_answer_its_twin(&self) -> bool {
        let (Some((at, created)), Some((heard, _))) = (self.reach.last_said(), self.reach.twin.heard) else {
            return false;
        };
        heard >= created && self.now.moment.0 >= at.0.saturating_add(ANSWER_EVERY_MS)
    }
}
