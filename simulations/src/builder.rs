//! Describing a world, and building it.

use std::time::Duration;

use watchfire_keys::codec;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Change, Contact, PeerName};
use watchfire_protocol::presence::{Presence, SignedPresence};

use crate::circle::{self, Circle};
use crate::disk::Disk;
use crate::draw;
use crate::link::{Latency, Links, Weather};
use crate::node::{Node, NodeName, Person};
use crate::seeds::{Factor, Seeds};
use crate::time::micros;
use crate::trace::{Trace, Tracing};
use crate::world::World;

/// Most founders a circle of this crate has.
const MAX_FOUNDERS: u32 = 16;
/// The nodes of a new world are switched on within this time.
const START_WITHIN: Duration = Duration::from_secs(1);

/// A world before it is built. The defaults: two sides, eight members, two founders a side, everybody knows everybody,
/// 30 ms links that lose nothing, right clocks.
#[derive(Clone, Debug)]
pub struct Builder {
    seeds: Seeds,
    sides: Vec<String>,
    members: u32,
    founders: u32,
    known: Option<usize>,
    away: Vec<NodeName>,
    seal_ms: Option<u64>,
    skew: Duration,
    links: Links,
    tracing: Tracing,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            seeds: Seeds::new(0),
            sides: vec!["democratic".into(), "republican".into()],
            members: 8,
            founders: 4,
            known: None,
            away: Vec::new(),
            seal_ms: None,
            skew: Duration::ZERO,
            links: Links::default(),
            tracing: Tracing::default(),
        }
    }
}

impl Builder {
    /// From what everything random in the world follows.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seeds = Seeds::new(seed);
        self
    }

    /// The sides. Members belong to them in turn.
    #[must_use]
    pub fn sides(mut self, sides: &[&str]) -> Self {
        self.sides = sides.iter().map(|side| (*side).to_owned()).collect();
        self
    }

    /// How many members there are.
    #[must_use]
    pub const fn members(mut self, members: u32) -> Self {
        self.members = members;
        self
    }

    /// How many of them are founders and stewards, 16 at most: the first ones, so their sides take turns too.
    #[must_use]
    pub const fn founders(mut self, founders: u32) -> Self {
        self.founders = founders;
        self
    }

    /// With how many random others' presences a node starts, besides those that gossip brings it. All of them by default.
    #[must_use]
    pub const fn known(mut self, presences: usize) -> Self {
        self.known = Some(presences);
        self
    }

    /// Nodes that are off at the beginning.
    #[must_use]
    pub fn away(mut self, nodes: &[NodeName]) -> Self {
        self.away = nodes.to_vec();
        self
    }

    /// How long an epoch seals, an hour at least; 72 hours by default.
    #[must_use]
    pub fn epochs_of(mut self, span: Duration) -> Self {
        self.seal_ms = Some(micros(span) / 1000);
        self
    }

    /// How long a frame takes.
    #[must_use]
    pub const fn latency(mut self, latency: Latency) -> Self {
        self.links.latency = latency;
        self
    }

    /// How many frames of a thousand are lost.
    #[must_use]
    pub const fn loss_per_mille(mut self, lost: u32) -> Self {
        self.links.loss_per_mille = lost;
        self
    }

    /// How many frames of a thousand arrive twice.
    #[must_use]
    pub const fn duplicated_per_mille(mut self, duplicated: u32) -> Self {
        self.links.duplicated_per_mille = duplicated;
        self
    }

    /// How many frames of a thousand may overtake others.
    #[must_use]
    pub const fn reordered_per_mille(mut self, reordered: u32) -> Self {
        self.links.reordered_per_mille = reordered;
        self
    }

    /// How long transports wait before they give up a dial or a dead link.
    #[must_use]
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.links.patience = patience;
        self
    }

    /// By how much civil clocks may be wrong, either way.
    #[must_use]
    pub const fn clock_skew(mut self, most: Duration) -> Self {
        self.skew = most;
        self
    }

    /// What is done with the trace.
    #[must_use]
    pub const fn tracing(mut self, tracing: Tracing) -> Self {
        self.tracing = tracing;
        self
    }

    /// A world whose circle exists: every node is a member, holds the first epoch's secret, and is switched on
    /// within the first second.
    ///
    /// # Panics
    /// If the scenario is impossible: no side, fewer founders than sides, fewer members than founders, more than 16
    /// founders, a side that cannot stand on a card.
    #[must_use]
    pub fn build(self) -> World {
        self.check();
        let circle = Circle::found(self.seeds, &self.sides, self.members, self.founders, self.seal_ms);
        let disks = self.disks(&circle);
        let mut world = self.empty(circle.id());
        for (person, disk) in circle.people.into_iter().zip(disks) {
            world.add(Node::new(Some(person), disk));
        }
        self.switch_on(world)
    }

    /// A world whose circle is being founded: every node is a founder's that holds the draft with its own signature and
    /// the addresses of the others, and is switched on. All else is said over links.
    ///
    /// # Panics
    /// As [`build`](Self::build); all members are founders here.
    #[must_use]
    pub fn founding(mut self) -> World {
        self.founders = self.members;
        self.check();
        let founders = circle::people(self.seeds, &self.sides, self.members);
        let draft = circle::draft(self.seeds, &founders, self.seal_ms);
        let contact = |(index, founder): (u32, &Person)| Contact {
            peer: NodeName(index),
            member: founder.member(),
            sealing: founder.card.sealing.clone(),
            addresses: NodeName(index).addresses(),
        };
        let contacts: Vec<Contact<NodeName>> = (0..).zip(&founders).map(contact).collect();
        let mut world = self.empty(draft.circle());
        for person in founders {
            let mut signed = draft.clone();
            signed.sign(person.member(), &person.identity.steward).expect("a founder signs with its own key");
            let mut disk = Disk::new(draft.circle());
            disk.apply(Change::Draft(signed.to_bytes()));
            let own = person.member();
            let mut node = Node::new(Some(person), disk);
            node.contacts = contacts.iter().filter(|contact| contact.member != own).cloned().collect();
            world.add(node);
        }
        self.switch_on(world)
    }

    fn check(&self) {
        assert!(!self.sides.is_empty(), "a circle has one side or more");
        assert!(self.founders as usize >= self.sides.len(), "every side has a founder");
        assert!(self.founders <= self.members, "every founder is a member");
        assert!(self.founders <= MAX_FOUNDERS, "{MAX_FOUNDERS} founders at most");
    }

    fn empty(&self, circle: watchfire_keys::ids::CircleId) -> World {
        let weather = Weather::new(self.links, self.seeds);
        World::empty(self.seeds, self.sides.clone(), circle, weather, Trace::new(self.tracing))
    }

    /// Sets the clocks and switches every node on some time in the first second: in no circle do all begin at once.
    fn switch_on(&self, mut world: World) -> World {
        let mut topology = self.seeds.stream(Factor::Topology);
        let mut clocks = self.seeds.stream(Factor::Clocks);
        let most = i64::try_from(self.skew.as_millis()).unwrap_or(i64::MAX / 2);
        for node in world.nodes() {
            let range = most.unsigned_abs().saturating_mul(2).saturating_add(1);
            let skew = i64::try_from(draw::below(&mut clocks, range)).unwrap_or_default() - most;
            world.set_clock(node, skew);
            let wait = Duration::from_micros(draw::below(&mut topology, micros(START_WITHIN)));
            if !self.away.contains(&node) {
                world.start_after(node, wait);
            }
        }
        world.run_for(START_WITHIN);
        world
    }

    /// What each member's disk holds at the beginning.
    fn disks(&self, circle: &Circle) -> Vec<Disk> {
        let presences: Vec<Change> =
            (0..).zip(&circle.people).map(|(index, person)| presence(circle, index, person)).collect();
        let mut topology = self.seeds.stream(Factor::Topology);
        let common = Disk::of_member(circle.log.clone(), &circle.header, &circle.secret);
        let mut disks = Vec::with_capacity(circle.people.len());
        for own in 0..circle.people.len() {
            let mut others: Vec<usize> = (0..circle.people.len()).filter(|other| *other != own).collect();
            draw::shuffle(&mut topology, &mut others);
            others.truncate(self.known.unwrap_or(usize::MAX));
            let mut disk = common.clone();
            for other in others {
                disk.apply(presences[other].clone());
            }
            disks.push(disk);
        }
        disks
    }
}

/// A member's presence, as its node would have announced it when the circle was founded.
fn presence(circle: &Circle, index: u32, person: &Person) -> Change {
    let name = NodeName(index);
    let presence = Presence {
        circle: circle.id(),
        member: person.member(),
        signer: person.identity.daemon.public(),
        peer: name.to_bytes(),
        addresses: name.addresses(),
        relays: Vec::new(),
        created: circle::founded(),
    };
    let signer = presence.signer;
    let signed = SignedPresence::sign(&RealCrypto, presence, &person.identity.daemon);
    Change::Presence { member: person.member(), signer, bytes: codec::encode(&signed) }
}
