//! Reconciliations that lead nowhere.

use rand_core::Rng;
use watchfire_keys::ids::RecordId;
use watchfire_protocol::reconcile::{Content, Fingerprint, Message, Range};
use watchfire_protocol::wire::{Catchup, Frame};

use super::{Adversary, FRAMES};
use crate::draw::below;
use crate::world::World;

impl Adversary {
    pub(super) fn stall(&mut self, world: &mut World) {
        for _ in 0..FRAMES {
            let content = match below(&mut self.rng, 3) {
                0 => Content::Fingerprint(Fingerprint {
                    count: self.rng.next_u32() % 1000,
                    sum: u128::from(self.rng.next_u64()),
                }),
                1 => Content::All(self.sorted()),
                _ => Content::Lacking(self.sorted()),
            };
            let range = Range { from: RecordId::from_bytes([0; 32]), to: None, content };
            // Small numbers meet sessions that the other side has opened.
            let message = Message {
                session: self.rng.next_u32() % 64,
                from_initiator: self.rng.next_u32() & 1 == 0,
                ranges: vec![range],
            };
            self.say_frame(world, &Frame::Catchup(Catchup::Message(message)));
        }
    }

    fn sorted(&mut self) -> Vec<RecordId> {
        let mut ids = self.ids(RecordId::from_bytes);
        ids.sort_unstable();
        ids
    }
}
