//! What somebody else is made to have said.

use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{CircleId, RecordId};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::envelope;
use watchfire_protocol::record::{Body, Record, SignedRecord, VERSION, Withdrawal};
use watchfire_protocol::wire::{Frame, Spread};

use super::Adversary;
use crate::draw::{below, index};
use crate::node::NodeName;
use crate::world::World;

const HOUR_MS: u64 = 60 * 60 * 1000;

impl Adversary {
    pub(super) fn forge(&mut self, world: &mut World) {
        let nodes: Vec<NodeName> = world.nodes().collect();
        let victim = nodes[index(&mut self.rng, nodes.len())];
        let own = world.person(self.node).identity.publisher.clone();
        let theirs = world.person(victim).identity.publisher.public();
        let mut record = self.record(world, victim, 0);
        match below(&mut self.rng, 4) {
            // The victim's name and key, and another's signature.
            0 => record.signer = theirs,
            // The victim's name, and a key that does not speak for it.
            1 => {}
            // A record from the future.
            2 => record = Record { created: record.created.saturating_add(HOUR_MS), ..record },
            // Another circle's.
            _ => record.circle = CircleId::from_bytes([9; 32]),
        }
        if victim != self.node
            && let Some(frame) = self.seal(world, record, &own)
        {
            self.say_frame(world, &frame);
        }
        self.replay(world, 20);
    }

    /// A small record that says it is by `author`, the first in its chain or a later one.
    pub(super) fn record(&self, world: &World, author: NodeName, seq: u64) -> Record {
        Record {
            version: VERSION,
            circle: world.circle(),
            author: world.person(author).member(),
            signer: world.person(self.node).identity.publisher.public(),
            seq,
            prev: (seq > 0).then(|| RecordId::from_bytes([3; 32])),
            created: world.clock(self.node),
            body: Body::Withdrawal(Withdrawal {
                record: RecordId::from_bytes([7; 32]),
                reason: "a mistake".into(),
            }),
        }
    }

    /// The record signed and sealed, on its way.
    pub(super) fn seal(&self, world: &World, record: Record, key: &SigningKey) -> Option<Frame> {
        let keys = world.epoch_keys(self.node)?;
        let signed = SignedRecord::sign(&RealCrypto, record, key);
        let envelope = envelope::seal(&RealCrypto, &keys, &signed).ok()?;
        Some(Frame::Spread(Spread::Push(envelope)))
    }
}
