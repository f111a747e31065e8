//! What can go wrong in the world, on command.

use watchfire_keys::ids::RecordId;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::Input;
use watchfire_protocol::envelope::seal;
use watchfire_protocol::record::SignedRecord;

use super::World;
use crate::node::NodeName;

impl World {
    /// Cuts the world: nodes of different groups cannot reach one another until it is [healed](Self::heal). Nodes in no
    /// group stay together. Frames across the cut vanish; the transports notice after their patience.
    pub fn cut(&mut self, groups: &[&[NodeName]]) {
        self.cuts += 1;
        self.parts.clear();
        for (part, group) in (1..).zip(groups) {
            self.parts.extend(group.iter().map(|node| (*node, part)));
        }
        self.expire_links();
    }

    /// Joins what was cut.
    pub fn heal(&mut self) {
        self.cuts += 1;
        self.parts.clear();
    }

    pub(super) fn is_cut(&self, a: NodeName, b: NodeName) -> bool {
        !self.parts.is_empty() && self.parts.get(&a) != self.parts.get(&b)
    }

    /// From now on `from` tells `to` of no record: pushes, announcements and all steps of catch-up are swallowed. The
    /// link stays up and everything else passes, so that the silence does not show.
    pub fn silence(&mut self, from: NodeName, to: NodeName) {
        self.silent.insert((from, to));
    }

    /// From now on `from` tells nobody of any record.
    pub fn mute(&mut self, from: NodeName) {
        self.mute.insert(from);
    }

    /// From now on `from` tells `to` of no act, approval or header. Everything else passes, so that it does not show.
    pub fn withhold(&mut self, from: NodeName, to: NodeName) {
        self.withheld.insert((from, to));
    }

    pub(super) fn withholds(&self, from: NodeName, to: NodeName) -> bool {
        self.withheld.contains(&(from, to))
    }

    pub(super) fn is_silent(&self, from: NodeName, to: NodeName) -> bool {
        self.mute.contains(&from) || self.silent.contains(&(from, to))
    }

    /// From now on the frames that reach a node are kept, for a test that has them sent again by somebody else.
    pub fn tap(&mut self, node: NodeName) {
        self.nodes[node.index()].tapped = true;
    }

    /// Seals a record that no engine made and hands it to a node, as a relay would; it counts as published by `by`.
    ///
    /// # Panics
    /// If the node holds no epoch to seal under, or the record is larger than one may be.
    pub fn smuggle(&mut self, by: NodeName, to: NodeName, record: &SignedRecord) -> RecordId {
        let keys = self.epoch_keys(to).expect("an epoch to seal under");
        let envelope = seal(&RealCrypto, &keys, record).expect("a record of a size that may be");
        let id = record.id(&RealCrypto);
        self.claim(by, id);
        self.handle(to, Input::Envelope(envelope));
        id
    }

    /// Forgets what a tapped node heard, but for the last frames.
    pub fn forget_received(&mut self, node: NodeName, last: usize) {
        let received = &mut self.nodes[node.index()].received;
        let old = received.len().saturating_sub(last);
        received.drain(..old);
    }

    /// A record that no engine made counts as published by this node.
    pub fn claim(&mut self, by: NodeName, record: RecordId) {
        self.published.entry(record).or_insert((by, self.now));
    }

    /// Makes no more promises to this node: what it holds says nothing about the protocol.
    pub fn distrust(&mut self, node: NodeName) {
        self.nodes[node.index()].honest = false;
    }
}
