//! Gossip's moves become frames, and frames become gossip's news.

use alloc::sync::Arc;

use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::gossip::{MAX_ANNOUNCED_A_FRAME, MAX_PULLED_A_FRAME, Move};
use crate::rules::Rule;
use crate::wire::{Frame, Spread};

type Bytes = Arc<[u8]>;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    pub(super) fn spread_frame(&mut self, peer: &P, frame: Spread) -> Result<(), Rule> {
        match frame {
            Spread::Push(envelope) => self.envelope(Some(peer), envelope),
            Spread::Announce(mut announcement) => {
                if announcement.len() > MAX_ANNOUNCED_A_FRAME {
                    return Err(Rule::AnnounceTooMany);
                }
                announcement.retain(|entry| !self.refused.contains(&entry.id, self.now.moment));
                self.gossip.announced(peer, &announcement, self.now.moment);
                self.spread();
                Ok(())
            }
            Spread::Pull(ids) => {
                if ids.len() > MAX_PULLED_A_FRAME {
                    return Err(Rule::AnnounceTooMany);
                }
                // What has left memory, or is more than the link may have, is found by reconciliation.
                let missing = self.gossip.pulled(peer, &ids, self.now.moment);
                self.spread();
                if missing.is_empty() { Ok(()) } else { Err(Rule::PullUnknown) }
            }
            Spread::Eager(push) => {
                self.gossip.asked(peer, push);
                Ok(())
            }
        }
    }

    /// Sends what gossip wants sent.
    pub(super) fn spread(&mut self) {
        // One envelope goes to several links in a row: its frame is encoded once.
        let mut last: Option<(Bytes, Bytes)> = None;
        while let Some(next) = self.gossip.poll() {
            if !self.is_greeted(next.peer()) {
                // It was queued before the link ended.
                continue;
            }
            match next {
                Move::Push(peer, envelope) => {
                    let frame = match &last {
                        Some((of, frame)) if Arc::ptr_eq(of, &envelope) => Arc::clone(frame),
                        _ => Frame::Spread(Spread::Push(envelope.to_vec())).to_bytes().into(),
                    };
                    self.send_bytes(&peer, Arc::clone(&frame));
                    last = Some((envelope, frame));
                }
                Move::Announce(peer, ids) => self.send(&peer, &Frame::Spread(Spread::Announce(ids))),
                Move::Pull(peer, ids) => self.send(&peer, &Frame::Spread(Spread::Pull(ids))),
                Move::Ask(peer, push) => self.send(&peer, &Frame::Spread(Spread::Eager(push))),
            }
        }
    }
}
