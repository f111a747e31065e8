//! Reconciliations that lead nowhere.

use rand_core::Rng;
use watchfire_keys::ids::RecordId;
use watchfire_protocol::reconcile::{Ask, Content, Fingerprint, Message, Prefix, Range, Symbols};
use watchfire_protocol::wire::{Catchup, Frame};

use super::{Adversary, FRAMES};
use crate::draw::below;
use crate::world::World;

/// Small numbers of sessions meet those that the other side has opened.
const SESSIONS: u32 = 64;

impl Adversary {
    pub(super) fn stall(&mut self, world: &mut World) {
        for _ in 0..FRAMES {
            let step = match below(&mut self.rng, 5) {
                0 => Catchup::Ask(self.ask()),
                1 => Catchup::Symbols(self.symbols()),
                2 => Catchup::Offer { records: self.prefixes(), last: self.rng.next_u32() & 1 == 0 },
                _ => Catchup::Message(self.ranges()),
            };
            self.say_frame(world, &Frame::Catchup(step));
        }
    }

    /// Asks for symbols of a set that never was, or for the dearest ones.
    fn ask(&mut self) -> Ask {
        let of = (self.rng.next_u32() & 1 == 0).then(|| self.fingerprint());
        let from = if of.is_some() { self.rng.next_u32() % 10_000 } else { 0 };
        let salt = (self.rng.next_u32() & 3 == 0).then(|| {
            let mut salt = [0; 16];
            self.rng.fill_bytes(&mut salt);
            salt
        });
        Ask {
            session: self.session(),
            mine: self.fingerprint(),
            salt,
            of,
            from,
            count: 1 + self.rng.next_u32() % 64,
        }
    }

    /// Symbols of no set: each byte is drawn, or all say that a single record is missing.
    fn symbols(&mut self) -> Symbols {
        let mut cells = vec![0; 26 * (1 + below(&mut self.rng, 40) as usize)];
        if self.rng.next_u32() & 1 == 0 {
            self.rng.fill_bytes(&mut cells);
        }
        Symbols { session: self.session(), of: self.fingerprint(), from: 0, cells }
    }

    fn ranges(&mut self) -> Message {
        let content = match below(&mut self.rng, 3) {
            0 => Content::Fingerprint(self.fingerprint()),
            1 => Content::All(self.sorted()),
            _ => Content::Lacking(self.sorted()),
        };
        let range = Range { from: RecordId::from_bytes([0; 32]), to: None, content };
        Message { session: self.session(), from_initiator: self.rng.next_u32() & 1 == 0, ranges: vec![range] }
    }

    fn session(&mut self) -> u32 {
        self.rng.next_u32() % SESSIONS
    }

    fn fingerprint(&mut self) -> Fingerprint {
        Fingerprint { count: self.rng.next_u32() % 1000, sum: u128::from(self.rng.next_u64()) }
    }

    fn prefixes(&mut self) -> Vec<Prefix> {
        self.sorted().iter().map(Prefix::of).collect()
    }

    fn sorted(&mut self) -> Vec<RecordId> {
        let mut ids = self.ids(RecordId::from_bytes);
        ids.sort_unstable();
        ids
    }
}
