//! One node: its name, its engine, its disk and its clocks.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_keys::card::Card;
use watchfire_keys::identity::Identity;
use watchfire_keys::ids::{MemberId, RecordId};
use watchfire_keys::sealing::SealingKey;
use watchfire_keys::time::{Moment, UnixMillis};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{self, Contact, MemberKeys, Now, PeerName};

use crate::disk::Disk;
use crate::time::Time;

/// Civil time at the beginning of every world: 2026-01-01T00:00:00Z.
pub const BEGINNING: UnixMillis = UnixMillis(1_767_225_600_000);

/// What a monotonic clock shows when its node starts: not zero, as on no machine that has booted.
const FIRST_MOMENT_MS: u64 = 10_000;

/// The engine as this world runs it.
pub type Engine = engine::Engine<RealCrypto, NodeName>;

/// A node, by its number. Nodes that the builder made come first, in the order of the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeName(pub u32);

impl NodeName {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }

    /// Where the node can be dialled. The world connects by name; the text is what presences carry.
    #[must_use]
    pub fn addresses(self) -> Vec<String> {
        vec![format!("/memory/{}", u64::from(self.0) + 1)]
    }
}

impl PeerName for NodeName {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_be_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(u32::from_be_bytes(bytes.try_into().ok()?)))
    }
}

/// A member's keys and card.
#[derive(Clone, Debug)]
pub struct Person {
    /// The keys.
    pub identity: Identity,
    /// The card.
    pub card: Card,
    /// Sealing keys that it had before the one of today.
    pub former_sealing: Vec<SealingKey>,
}

impl Person {
    /// The member.
    #[must_use]
    pub fn member(&self) -> MemberId {
        self.identity.member()
    }

    /// The keys that a node of this member works with: all of them.
    #[must_use]
    pub fn keys(&self) -> MemberKeys {
        MemberKeys {
            member: self.identity.member(),
            organisation: Some(self.identity.organisation.clone()),
            publisher: Some(self.identity.publisher.clone()),
            steward: Some(self.identity.steward.clone()),
            daemon: self.identity.daemon.clone(),
            sealing: self.identity.sealing.clone(),
            former_sealing: self.former_sealing.clone(),
        }
    }
}

/// How a record came to a node's person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When, the first time.
    pub at: Time,
    /// Whether the node wrote it.
    pub own: bool,
    /// How often. More than once is a fault.
    pub times: u32,
    /// Whether it was for named readers, and the person is one of them.
    pub named: bool,
}

/// A node and all that the world knows of it.
pub(crate) struct Node {
    /// Absent for a node that is no member's and has no engine.
    pub(crate) person: Option<Person>,
    /// Absent while the node is off.
    pub(crate) engine: Option<Engine>,
    pub(crate) disk: Disk,
    pub(crate) contacts: Vec<Contact<NodeName>>,
    /// How often it was started.
    pub(crate) lives: u32,
    pub(crate) started: Time,
    /// How far its civil clock is ahead, in milliseconds.
    pub(crate) skew_ms: i64,
    /// For when a tick is in the queue.
    pub(crate) wakes: Option<Time>,
    /// Whether it keeps to the rules, so that promises are made to it.
    pub(crate) honest: bool,
    pub(crate) deliveries: BTreeMap<RecordId, Delivery>,
    /// Records that it was told to show no more.
    pub(crate) void: BTreeSet<RecordId>,
    pub(crate) events: Vec<(Time, engine::Event)>,
    /// Whether the frames that arrive are kept for the test to look at; always at a node without an engine.
    pub(crate) tapped: bool,
    /// Those frames, each with its sender.
    pub(crate) received: Vec<(NodeName, Vec<u8>)>,
}

impl Node {
    pub(crate) fn new(person: Option<Person>, disk: Disk) -> Self {
        Self {
            person,
            engine: None,
            disk,
            contacts: Vec::new(),
            lives: 0,
            started: Time::ZERO,
            skew_ms: 0,
            wakes: None,
            honest: true,
            deliveries: BTreeMap::new(),
            void: BTreeSet::new(),
            events: Vec::new(),
            tapped: false,
            received: Vec::new(),
        }
    }

    /// Both of the node's clocks.
    pub(crate) fn now(&self, time: Time) -> Now {
        let unix = BEGINNING.0.saturating_add(time.as_millis()).saturating_add_signed(self.skew_ms);
        let moment = FIRST_MOMENT_MS + time.as_millis().saturating_sub(self.started.as_millis());
        Now { moment: Moment(moment), unix: UnixMillis(unix) }
    }

    /// When the node's monotonic clock will show `moment`.
    pub(crate) fn time_of(&self, moment: Moment) -> Time {
        let ms = moment.0.saturating_sub(FIRST_MOMENT_MS).saturating_add(self.started.as_millis());
        Time::from_micros(ms.saturating_mul(1000))
    }
}
