//! Too much of everything.

use rand_core::Rng;
use watchfire_keys::ids::{EnvelopeId, RecordId};
use watchfire_protocol::gossip::Announced;
use watchfire_protocol::wire::{Catchup, Frame, Spread};

use super::{Adversary, FRAMES};
use crate::draw::below;
use crate::workload::Workload;
use crate::world::World;

/// Reports that are published a second: far more than an author's budget lets pass in the long run.
const REPORTS: u32 = 6;
/// Ids in one frame.
const IDS: usize = 48;

impl Adversary {
    pub(super) fn flood(&mut self, world: &mut World) {
        let mut workload = Workload::of(self.rng.next_u32());
        for _ in 0..REPORTS {
            // It may be shut out by now, and publish nothing.
            let _ = world.publish(self.node, workload.report(1));
        }
        for _ in 0..FRAMES {
            let frame = match below(&mut self.rng, 4) {
                0 => Frame::Spread(Spread::Announce(self.ghosts())),
                1 => Frame::Spread(Spread::Pull(self.ids(EnvelopeId::from_bytes))),
                2 => Frame::Catchup(Catchup::Want(self.ids(RecordId::from_bytes))),
                _ => Frame::Spread(Spread::Eager(self.rng.next_u32() & 1 == 0)),
            };
            self.say_frame(world, &frame);
        }
    }

    /// Announces envelopes that do not exist.
    pub(super) fn offer_nothing(&mut self, world: &mut World) {
        let ghosts = self.ghosts();
        self.say_frame(world, &Frame::Spread(Spread::Announce(ghosts)));
    }

    fn ghosts(&mut self) -> Vec<Announced> {
        let ids = self.ids(EnvelopeId::from_bytes);
        ids.into_iter().map(|id| Announced { id, bytes: 900 }).collect()
    }

    pub(super) fn ids<T>(&mut self, make: impl Fn([u8; 32]) -> T) -> Vec<T> {
        let mut id = || {
            let mut bytes = [0; 32];
            self.rng.fill_bytes(&mut bytes);
            make(bytes)
        };
        (0..IDS).map(|_| id()).collect()
    }
}
