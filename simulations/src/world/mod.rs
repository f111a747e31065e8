//! The world: nodes, the links between them, and one queue of what happens next.
//!
//! It carries out what engines ask for and nothing else, and it decides nothing that the protocol decides. Time moves
//! from event to event; two runs of one seed are the same run, byte for byte of their [traces](crate::trace).

mod faults;
mod links;
mod observe;
mod outputs;
mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use watchfire_keys::ids::{CircleId, EpochId, MemberId, RecordId};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Config, Input};

use self::links::Pair;
use self::people::Answer;
pub use self::people::Publication;
use crate::builder::Builder;
use crate::link::Weather;
use crate::node::{Engine, Node, NodeName};
use crate::queue::Queue;
use crate::seeds::{Factor, Seeds};
use crate::stats::Statistics;
use crate::time::Time;
use crate::trace::{Happening, Trace};

/// The least time between two ticks of one node: what engines count in.
const TICK: Duration = Duration::from_millis(1);

/// Something that is going to happen.
#[derive(Debug)]
enum Event {
    /// A frame arrives.
    Frame { from: NodeName, to: NodeName, link: u32, frame: Arc<[u8]> },
    /// An attempt to dial comes to its end.
    Dialled { dialer: NodeName, callee: NodeName, link: u32 },
    /// `to` learns that `from` has closed the link.
    Closed { from: NodeName, to: NodeName, link: u32 },
    /// The transports at both ends of a cut link have waited long enough.
    Expired { ends: (NodeName, NodeName), link: u32, cut: u32 },
    /// A node's deadline.
    Wake(NodeName),
    /// A node is switched on.
    Start(NodeName),
}

/// A small world of nodes under virtual time.
pub struct World {
    seeds: Seeds,
    sides: Vec<String>,
    circle: CircleId,
    now: Time,
    queue: Queue<Event>,
    nodes: Vec<Node>,
    pairs: BTreeMap<(NodeName, NodeName), Pair>,
    weather: Weather,
    /// Which part of a cut world each node is in.
    parts: BTreeMap<NodeName, usize>,
    /// How often the world was cut or healed.
    cuts: u32,
    silent: BTreeSet<(NodeName, NodeName)>,
    mute: BTreeSet<NodeName>,
    withheld: BTreeSet<(NodeName, NodeName)>,
    asked: u64,
    answers: BTreeMap<u64, Answer>,
    published: BTreeMap<RecordId, (NodeName, Time)>,
    /// For each epoch that something was sealed under, who was a member no more for somebody who sealed.
    shut_out: BTreeMap<EpochId, BTreeSet<MemberId>>,
    statistics: Statistics,
    trace: Trace,
}

impl World {
    /// Describes a world to be built.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn empty(
        seeds: Seeds,
        sides: Vec<String>,
        circle: CircleId,
        weather: Weather,
        trace: Trace,
    ) -> Self {
        Self {
            seeds,
            sides,
            circle,
            now: Time::ZERO,
            queue: Queue::default(),
            nodes: Vec::new(),
            pairs: BTreeMap::new(),
            weather,
            parts: BTreeMap::new(),
            cuts: 0,
            silent: BTreeSet::new(),
            mute: BTreeSet::new(),
            withheld: BTreeSet::new(),
            asked: 0,
            answers: BTreeMap::new(),
            published: BTreeMap::new(),
            shut_out: BTreeMap::new(),
            statistics: Statistics::default(),
            trace,
        }
    }

    pub(crate) fn add(&mut self, node: Node) -> NodeName {
        let name = NodeName(u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes"));
        self.nodes.push(node);
        name
    }

    pub(crate) fn set_clock(&mut self, name: NodeName, ahead_ms: i64) {
        self.nodes[name.index()].skew_ms = ahead_ms;
    }

    /// Virtual time.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Everything that happens in the next `span`.
    pub fn run_for(&mut self, span: Duration) {
        let end = self.now.after(span);
        while self.step(end) {}
        self.now = end;
    }

    /// Goes on until `done` says so, looking after every virtual millisecond in which something happened; `false` if
    /// that took longer than `most`.
    pub fn run_until(&mut self, most: Duration, mut done: impl FnMut(&Self) -> bool) -> bool {
        let end = self.now.after(most);
        loop {
            if done(self) {
                return true;
            }
            let Some(next) = self.queue.next_at().filter(|at| *at <= end) else {
                self.now = end;
                return done(self);
            };
            let millisecond = Time::from_micros((next.as_millis() + 1) * 1000 - 1);
            while self.step(millisecond.min(end)) {}
        }
    }

    /// The next event, if it happens no later than `end`.
    fn step(&mut self, end: Time) -> bool {
        if self.queue.next_at().is_none_or(|at| at > end) {
            return false;
        }
        let Some((at, event)) = self.queue.pop() else { return false };
        self.now = at;
        match event {
            Event::Frame { from, to, link, frame } => self.arrived(from, to, link, &frame),
            Event::Dialled { dialer, callee, link } => self.dialled(dialer, callee, link),
            Event::Closed { from, to, link } => self.closed(from, to, link),
            Event::Expired { ends, link, cut } => self.expired(ends, link, cut),
            Event::Wake(node) => self.wake(node),
            Event::Start(node) => self.start(node),
        }
        true
    }

    fn wake(&mut self, name: NodeName) {
        let node = &mut self.nodes[name.index()];
        if node.wakes != Some(self.now) {
            return;
        }
        node.wakes = None;
        let Some(engine) = &node.engine else { return };
        if node.time_of(engine.deadline()) > self.now {
            // Something else moved the deadline meanwhile.
            self.schedule(name);
            return;
        }
        self.trace.note(self.now, Happening::Ticked, name, name, &[]);
        self.handle(name, Input::Tick);
    }

    /// Puts the node's deadline into the queue, unless a tick comes earlier already.
    fn schedule(&mut self, name: NodeName) {
        let node = &mut self.nodes[name.index()];
        let Some(engine) = &node.engine else { return };
        let at = node.time_of(engine.deadline()).max(self.now.after(TICK));
        if node.wakes.is_none_or(|wakes| at < wakes) {
            node.wakes = Some(at);
            self.queue.push(at, Event::Wake(name));
        }
    }

    /// Hands something to a node's engine and carries out what it wants done.
    fn handle(&mut self, name: NodeName, input: Input<NodeName>) {
        let node = &mut self.nodes[name.index()];
        let now = node.now(self.now);
        let Some(engine) = &mut node.engine else { return };
        engine.handle(input, now);
        self.drain(name);
        self.schedule(name);
    }

    /// Switches a node on later.
    pub(crate) fn start_after(&mut self, name: NodeName, wait: Duration) {
        self.queue.push(self.now.after(wait), Event::Start(name));
    }

    /// Switches a node on, with what its disk holds.
    ///
    /// # Panics
    /// If the node is no member's, or on already.
    pub fn start(&mut self, name: NodeName) {
        let node = &mut self.nodes[name.index()];
        assert!(node.engine.is_none(), "{name:?} is on");
        node.started = self.now;
        node.wakes = None;
        let now = node.now(self.now);
        let person = node.person.as_ref().expect("a member's node");
        let config = Config {
            crypto: RealCrypto,
            me: name,
            keys: person.keys(),
            start: node.disk.start(now.unix),
            contacts: node.contacts.clone(),
            addresses: name.addresses(),
            relays: Vec::new(),
            lost: false,
            seed: self.seeds.bytes(Factor::Node { index: name.0, life: node.lives }),
        };
        node.lives += 1;
        node.engine = Some(Engine::new(config, now));
        self.trace.note(self.now, Happening::Started, name, name, &[]);
        self.drain(name);
        self.schedule(name);
    }

    /// Switches a node off, as a crash does: its links close, its memory is gone, its disk stays.
    pub fn stop(&mut self, name: NodeName) {
        self.nodes[name.index()].engine = None;
        self.trace.note(self.now, Happening::Stopped, name, name, &[]);
        self.close_all(name);
    }

    /// Switches a node off and on again.
    pub fn restart(&mut self, name: NodeName) {
        self.stop(name);
        self.start(name);
    }
}
