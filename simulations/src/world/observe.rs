//! Looking at the world without changing it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use watchfire_keys::ids::{CircleId, EpochId, RecordId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::engine::Event;
use watchfire_protocol::envelope::EpochKeys;
use watchfire_protocol::rules::Rule;

use super::World;
use crate::node::{Delivery, Engine, NodeName};
use crate::seeds::Seeds;
use crate::stats::{Spread, Statistics};
use crate::time::Time;
use crate::trace::Trace;

impl World {
    /// The seed's streams.
    #[must_use]
    pub const fn seeds(&self) -> Seeds {
        self.seeds
    }

    /// The circle.
    #[must_use]
    pub const fn circle(&self) -> CircleId {
        self.circle
    }

    /// Every node.
    pub fn nodes(&self) -> impl Iterator<Item = NodeName> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeName)
    }

    /// The nodes whose members are of this side, in order.
    #[must_use]
    pub fn of_side(&self, side: &str) -> Vec<NodeName> {
        self.nodes().filter(|node| self.side(*node) == Some(side)).collect()
    }

    /// The side of a node's member; none for a stranger.
    #[must_use]
    pub fn side(&self, node: NodeName) -> Option<&str> {
        self.nodes[node.index()].person.as_ref().map(|person| person.card.side.as_str())
    }

    /// The sides of the circle.
    #[must_use]
    pub fn sides(&self) -> &[String] {
        &self.sides
    }

    /// Whether a node is on. A stranger's always is.
    #[must_use]
    pub fn is_on(&self, node: NodeName) -> bool {
        let node = &self.nodes[node.index()];
        node.engine.is_some() || node.person.is_none()
    }

    /// Whether promises are made to this node.
    #[must_use]
    pub fn is_honest(&self, node: NodeName) -> bool {
        self.nodes[node.index()].honest
    }

    /// A node's engine, while it is on.
    #[must_use]
    pub fn engine(&self, node: NodeName) -> Option<&Engine> {
        self.nodes[node.index()].engine.as_ref()
    }

    /// What was shown to a node's person, over all lives of the node.
    #[must_use]
    pub fn deliveries(&self, node: NodeName) -> &BTreeMap<RecordId, Delivery> {
        &self.nodes[node.index()].deliveries
    }

    /// The records that some honest node was told to show no more.
    #[must_use]
    pub fn void(&self) -> BTreeSet<RecordId> {
        self.nodes.iter().filter(|node| node.honest).flat_map(|node| &node.void).copied().collect()
    }

    /// Epochs that a node holds the secret of although somebody sealed under them who knew that its member was none any
    /// more.
    #[must_use]
    pub fn leaked_to(&self, node: NodeName) -> Vec<EpochId> {
        let node = &self.nodes[node.index()];
        let Some(person) = &node.person else { return Vec::new() };
        let shut_out = self.shut_out.iter().filter(|(_, gone)| gone.contains(&person.member()));
        let open = |epoch: &&EpochId| node.disk.epoch_keys(epoch).is_some();
        shut_out.map(|(epoch, _)| epoch).filter(open).copied().collect()
    }

    /// Whether a record was shown to a node's person.
    #[must_use]
    pub fn has(&self, node: NodeName, record: &RecordId) -> bool {
        self.deliveries(node).contains_key(record)
    }

    /// The ids of the records on a node's disk.
    pub fn on_disk(&self, node: NodeName) -> impl Iterator<Item = &RecordId> {
        self.nodes[node.index()].disk.record_ids()
    }

    /// The keys that a node seals with at this moment, for tests that seal what no engine would.
    #[must_use]
    pub fn epoch_keys(&self, node: NodeName) -> Option<EpochKeys> {
        let epoch = self.engine(node)?.epoch()?;
        self.nodes[node.index()].disk.epoch_keys(&epoch)
    }

    /// Civil time as a node's clock has it.
    #[must_use]
    pub fn clock(&self, node: NodeName) -> UnixMillis {
        self.nodes[node.index()].now(self.now).unix
    }

    /// What a node's engine told its person, and when.
    #[must_use]
    pub fn events(&self, node: NodeName) -> &[(Time, Event)] {
        &self.nodes[node.index()].events
    }

    /// The frames that reached a stranger, or a node that is tapped, each with its sender.
    #[must_use]
    pub fn received(&self, node: NodeName) -> &[(NodeName, Vec<u8>)] {
        &self.nodes[node.index()].received
    }

    /// Every record that was published, by whom and when.
    #[must_use]
    pub const fn published(&self) -> &BTreeMap<RecordId, (NodeName, Time)> {
        &self.published
    }

    /// Counts of everything so far.
    #[must_use]
    pub const fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// The trace.
    #[must_use]
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// How fast the records that are published so far reached the honest nodes.
    #[must_use]
    pub fn spread(&self) -> Spread {
        let mut delays: Vec<Duration> = Vec::new();
        for node in self.nodes.iter().filter(|node| node.honest) {
            for (id, delivery) in node.deliveries.iter().filter(|(_, delivery)| !delivery.own) {
                delays.extend(self.published.get(id).map(|(_, at)| delivery.at.since(*at)));
            }
        }
        Spread::new(delays, self.statistics.broken(Rule::EnvelopeSeen))
    }
}
