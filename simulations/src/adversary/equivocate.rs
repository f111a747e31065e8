//! One thing to some, another to others.

use std::sync::Arc;

use rand_core::Rng;
use watchfire_protocol::circle::Item;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::record::{Body, SignedRecord, Withdrawal};
use watchfire_protocol::wire::{self, Frame, Membership};

use super::Adversary;
use crate::draw::{below, per_mille};
use crate::world::World;

/// How often a steward deals two epochs for one turn, in a thousand seconds.
const DEALS_PER_MILLE: u32 = 40;

impl Adversary {
    pub(super) fn equivocate(&mut self, world: &mut World) {
        let own = world.person(self.node).identity.publisher.clone();
        // Far beyond its own chain, so that its engine's records keep their places.
        let place = 1_000_000 + below(&mut self.rng, 8);
        for half in 0..2 {
            let mut record = self.record(world, self.node, place);
            let reason = format!("what is true is {half}, says {}", self.rng.next_u32());
            if let Body::Withdrawal(withdrawal) = record.body {
                record.body = Body::Withdrawal(Withdrawal { reason, ..withdrawal });
            }
            let id = SignedRecord::sign(&RealCrypto, record.clone(), &own).id(&RealCrypto);
            let Some(frame) = self.seal(world, record, &own) else { return };
            world.claim(self.node, id);
            for to in self.neighbours(world).into_iter().filter(|to| to.0 % 2 == half) {
                world.send(self.node, to, frame.to_bytes().into());
            }
        }
        if per_mille(&mut self.rng, DEALS_PER_MILLE) {
            for half in 0..2 {
                let Some(frame) = self.deal(world) else { return };
                for to in self.neighbours(world).into_iter().filter(|to| to.0 % 2 == half) {
                    world.send(self.node, to, frame.to_bytes().into());
                }
            }
        }
    }

    /// An epoch whose secret nobody will ever be given.
    fn deal(&mut self, world: &World) -> Option<Frame> {
        let engine = world.engine(self.node)?;
        let now = world.clock(self.node);
        let turn = engine.keyring().next(engine.log()?, now)?.turn;
        let key = &world.person(self.node).identity.steward;
        let dealt = engine.keyring().deal(engine.roster()?, turn, key, now, &mut self.rng);
        let (header, _) = dealt.ok()?;
        let item = wire::Item(Item::Header(Arc::new(header)).to_bytes());
        Some(Frame::Membership(Membership::Items(vec![item])))
    }
}
