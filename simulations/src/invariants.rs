//! What must hold at every honest node after a run, however lossy or hostile it was.

use std::collections::BTreeSet;
use std::fmt;

use watchfire_keys::ids::RecordId;
use watchfire_protocol::engine::Footprint;

use crate::node::NodeName;
use crate::world::World;

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A record that an honest node published did not reach an honest node.
    Missing {
        /// Where it is missing.
        node: NodeName,
        /// How many records are.
        records: usize,
    },
    /// A node was shown a record that nobody published.
    Invented {
        /// Where.
        node: NodeName,
        /// Which.
        record: RecordId,
    },
    /// A node was shown a record more than once.
    Repeated {
        /// Where.
        node: NodeName,
        /// Which.
        record: RecordId,
        /// How often.
        times: u32,
    },
    /// A node shows a record that another one found void.
    Standing {
        /// Where.
        node: NodeName,
        /// Which.
        record: RecordId,
    },
    /// A node could open what was sealed by somebody who knew that its member was none any more.
    Leaked {
        /// Where.
        node: NodeName,
        /// Under how many epochs.
        epochs: usize,
    },
    /// What a node keeps on disk is not what it showed.
    Forgotten {
        /// Where.
        node: NodeName,
        /// How many records it showed.
        shown: usize,
        /// How many it keeps.
        kept: usize,
    },
    /// An engine counts other records than its disk does.
    Miscounted {
        /// Where.
        node: NodeName,
        /// How many the engine counts.
        engine: usize,
        /// How many it keeps.
        kept: usize,
    },
    /// Others have filled more of a node's memory than they may.
    Overfull {
        /// Where.
        node: NodeName,
        /// With how many bytes.
        bytes: usize,
        /// How many it may be.
        most: usize,
    },
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { node, records } => write!(f, "node {} lacks {records} records", node.0),
            Self::Invented { node, record } => {
                write!(f, "node {} shows {record:?}, which nobody published", node.0)
            }
            Self::Repeated { node, record, times } => {
                write!(f, "node {} showed {record:?} {times} times", node.0)
            }
            Self::Standing { node, record } => {
                write!(f, "node {} shows {record:?}, which is void", node.0)
            }
            Self::Leaked { node, epochs } => {
                write!(f, "node {} holds {epochs} epochs that were not for it", node.0)
            }
            Self::Forgotten { node, shown, kept } => {
                write!(f, "node {} showed {shown} records and keeps {kept}", node.0)
            }
            Self::Miscounted { node, engine, kept } => {
                write!(f, "node {} counts {engine} records and keeps {kept}", node.0)
            }
            Self::Overfull { node, bytes, most } => {
                write!(f, "node {} was filled with {bytes} bytes, more than {most}", node.0)
            }
        }
    }
}

impl World {
    /// Every promise that is broken at this moment. A run that may still be spreading breaks `Missing` without fault.
    #[must_use]
    pub fn broken_promises(&self) -> Vec<Broken> {
        let honest: Vec<NodeName> = self.nodes().filter(|node| self.is_honest(*node)).collect();
        let void = self.void();
        let published: BTreeSet<&RecordId> = self
            .published()
            .iter()
            .filter(|(id, (author, _))| self.is_honest(*author) && !void.contains(id))
            .map(|(id, _)| id)
            .collect();
        let mut broken: Vec<Broken> =
            honest.iter().flat_map(|node| self.broken_at(*node, &published, &void)).collect();
        // This is promised of every node, most of all of those that are not honest.
        let leaked = self.nodes().map(|node| (node, self.leaked_to(node).len()));
        broken.extend(
            leaked.filter(|(_, epochs)| *epochs > 0).map(|(node, epochs)| Broken::Leaked { node, epochs }),
        );
        broken
    }

    fn broken_at(
        &self,
        node: NodeName,
        published: &BTreeSet<&RecordId>,
        void: &BTreeSet<RecordId>,
    ) -> Vec<Broken> {
        let mut broken = Vec::new();
        let shown = self.deliveries(node);
        for (id, delivery) in shown {
            if !self.published().contains_key(id) {
                broken.push(Broken::Invented { node, record: *id });
            }
            if void.contains(id) {
                broken.push(Broken::Standing { node, record: *id });
            }
            if delivery.times > 1 {
                broken.push(Broken::Repeated { node, record: *id, times: delivery.times });
            }
        }
        let missing = published.iter().filter(|id| !shown.contains_key(**id)).count();
        if missing > 0 {
            broken.push(Broken::Missing { node, records: missing });
        }
        let kept: BTreeSet<&RecordId> = self.on_disk(node).collect();
        if !kept.iter().copied().eq(shown.keys()) {
            broken.push(Broken::Forgotten { node, shown: shown.len(), kept: kept.len() });
        }
        let counted = self.engine(node).map(|engine| engine.record_count());
        if let Some(engine) = counted.filter(|counted| *counted != kept.len()) {
            broken.push(Broken::Miscounted { node, engine, kept: kept.len() });
        }
        broken.extend(self.overfull(node));
        broken
    }

    fn overfull(&self, node: NodeName) -> Option<Broken> {
        let footprint = self.engine(node)?.footprint();
        let (bytes, most) = (footprint.bytes(), Footprint::most(footprint.links));
        (bytes > most).then_some(Broken::Overfull { node, bytes, most })
    }

    /// Whether every honest node was shown everything that honest nodes published.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        // Counting is cheap and says "not yet" nearly always; this is asked after every virtual millisecond.
        let void = self.void();
        let due = self.published().iter().filter(|(id, _)| !void.contains(id));
        let due = due.filter(|(_, (author, _))| self.is_honest(*author)).count();
        let honest = |node: &NodeName| self.is_honest(*node);
        self.nodes().filter(honest).all(|node| self.deliveries(node).len() >= due)
            && self.broken_promises().is_empty()
    }

    /// Fails with every broken promise.
    ///
    /// # Panics
    /// If one is broken.
    pub fn assert_promises(&self) {
        let broken = self.broken_promises();
        let list: Vec<String> = broken.iter().take(20).map(Broken::to_string).collect();
        assert!(
            broken.is_empty(),
            "{} promises broken at {}:\n{}",
            broken.len(),
            self.now(),
            list.join("\n")
        );
    }
}
