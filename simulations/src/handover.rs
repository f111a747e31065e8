//! How an epoch's secret comes to every member of a circle that is too large for whole engines.
//!
//! A whole engine keeps a history of its own: ten thousand of ten thousand acts fill no machine's memory. Here every
//! node has a real keyring, and headers, requests and grants are the real ones, signed, sealed and opened; what nodes
//! share is the one history, which a hand-over does not change. What a node does with a header or a request is what the
//! engine does: it tells its neighbours of a header that is new, asks whoever brought it for the secret, keeps in mind
//! who asked in vain, hands the secret on to them when it comes, and asks another neighbour after half a second.
//! At sizes where a [`World`](crate::World) of engines runs too, both can be compared.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use watchfire_keys::epoch::Header;
use watchfire_keys::ids::EpochId;
use watchfire_protocol::circle::{Grant, Inserted, Item, Keyring};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::wire::{self, Epochs, Frame, Membership};

use crate::circle::Circle;
use crate::draw::{index, per_mille, shuffle};
use crate::node::BEGINNING;
use crate::queue::Queue;
use crate::seeds::{Factor, Seeds};
use crate::time::Time;

/// A node that has no answer asks somebody else after this long, as the engine does.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// A circle, its links, and what they and its nodes' processors are like.
#[derive(Clone, Copy, Debug)]
pub struct Handover {
    /// From what everything random follows.
    pub seed: u64,
    /// How many members there are, sixteen at least.
    pub members: u32,
    /// How many links each node makes. About as many lead to it.
    pub links: usize,
    /// How long a frame takes.
    pub latency: Duration,
    /// How many frames of a thousand are lost.
    pub lost_per_mille: u32,
    /// How long a node takes to seal one grant.
    pub seal: Duration,
    /// How long it takes to open one.
    pub open: Duration,
}

/// What a hand-over took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// How many members hold the secret in the end.
    pub holders: u32,
    /// When half of the members could seal under the epoch.
    pub half: Duration,
    /// When all of them could.
    pub last: Duration,
    /// Bytes of one header.
    pub header: usize,
    /// Bytes of all frames with headers.
    pub headers: u64,
    /// Bytes of all requests.
    pub asks: u64,
    /// Bytes of all grants.
    pub grants: u64,
    /// The most grants that one node sealed.
    pub most_grants: u32,
}

#[derive(Debug)]
enum Event {
    Header { from: usize, to: usize },
    Ask { from: usize, to: usize },
    Grant { to: usize, grant: Grant },
    Again(usize),
}

struct Node {
    keyring: Keyring,
    neighbours: Vec<usize>,
    /// Who asked in vain.
    asks: BTreeSet<usize>,
    /// Until when its processor is at work.
    busy: Time,
    grants: u32,
}

struct Run {
    plan: Handover,
    circle: Circle,
    header: Arc<Header>,
    epoch: EpochId,
    nodes: Vec<Node>,
    queue: Queue<Event>,
    now: Time,
    loss: ChaCha12Rng,
    rng: ChaCha12Rng,
    course: Course,
}

impl Handover {
    /// Deals an epoch at the steward whose turn it is and runs until every member holds its secret.
    ///
    /// # Panics
    /// If the circle is impossible; see [`Builder::build`](crate::Builder::build).
    #[must_use]
    pub fn run(self) -> Course {
        let seeds = Seeds::new(self.seed);
        let sides = ["democratic".to_owned(), "republican".to_owned()];
        let circle = Circle::found(seeds, &sides, self.members, 4, None);
        let neighbours = neighbours(self.members as usize, self.links, &mut seeds.stream(Factor::Topology));
        let keyring = |person: &crate::node::Person| Keyring::new(circle.id(), person.member());
        let nodes = circle.people.iter().zip(neighbours).map(|(person, neighbours)| Node {
            keyring: keyring(person),
            neighbours,
            asks: BTreeSet::new(),
            busy: Time::ZERO,
            grants: 0,
        });
        let header = Arc::clone(&circle.header);
        let header_bytes = header.to_bytes().len();
        let mut run = Run {
            plan: self,
            epoch: header.id(),
            nodes: nodes.collect(),
            header,
            circle,
            queue: Queue::default(),
            now: Time::ZERO,
            loss: seeds.stream(Factor::Loss),
            rng: seeds.stream(Factor::Node { index: 0, life: 0 }),
            course: Course {
                holders: 0,
                half: Duration::ZERO,
                last: Duration::ZERO,
                header: header_bytes,
                headers: 0,
                asks: 0,
                grants: 0,
                most_grants: 0,
            },
        };
        run.deal();
        while let Some((at, event)) = run.queue.pop() {
            run.now = at;
            run.happens(event);
        }
        run.course.most_grants = run.nodes.iter().map(|node| node.grants).max().unwrap_or_default();
        run.course
    }
}

/// Random links: each node makes so many, and both ends use them.
fn neighbours(nodes: usize, links: usize, rng: &mut ChaCha12Rng) -> Vec<Vec<usize>> {
    let mut all = vec![BTreeSet::new(); nodes];
    // A ring holds the circle together whatever is drawn.
    for from in 0..nodes {
        let to = (from + 1) % nodes;
        all[from].insert(to);
        all[to].insert(from);
    }
    for from in 0..nodes {
        for _ in 1..links {
            let to = index(rng, nodes);
            if to != from {
                all[from].insert(to);
                all[to].insert(from);
            }
        }
    }
    let shuffled = |neighbours: BTreeSet<usize>| {
        let mut neighbours: Vec<usize> = neighbours.into_iter().collect();
        shuffle(rng, &mut neighbours);
        neighbours
    };
    all.into_iter().map(shuffled).collect()
}

impl Run {
    fn deal(&mut self) {
        let dealer = self.circle.people.iter().position(|person| person.member() == self.header.dealer);
        let dealer = dealer.expect("the dealer is one of the members");
        self.take_header(dealer, None);
        let secret = self.circle.secret.clone();
        self.nodes[dealer].keyring.insert_secret(self.epoch, secret).expect("the header's secret");
        self.holds(dealer);
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Header { from, to } => self.take_header(to, Some(from)),
            Event::Ask { from, to } => self.asked(from, to),
            Event::Grant { to, grant } => self.granted(to, &grant),
            Event::Again(node) => self.ask_again(node),
        }
    }

    /// Puts a frame on a link; bytes count when it is sent.
    fn send(&mut self, at: Time, event: Event) {
        if !per_mille(&mut self.loss, self.plan.lost_per_mille) {
            self.queue.push(at.after(self.plan.latency), event);
        }
    }

    fn size(frame: &Frame) -> u64 {
        frame.to_bytes().len() as u64
    }

    fn take_header(&mut self, node: usize, from: Option<usize>) {
        let now = BEGINNING;
        let taken = self.nodes[node].keyring.insert_header(Arc::clone(&self.header), &self.circle.log, now);
        let taken = taken.expect("a header that a steward signed");
        if !matches!(taken, Inserted::Fresh { .. }) {
            return;
        }
        if let Some(from) = from {
            self.ask(node, from);
        }
        let item = wire::Item(Item::Header(Arc::clone(&self.header)).to_bytes());
        let bytes = Self::size(&Frame::Membership(Membership::Items(vec![item])));
        for to in self.nodes[node].neighbours.clone() {
            if Some(to) != from {
                self.course.headers += bytes;
                self.send(self.now, Event::Header { from: node, to });
            }
        }
    }

    fn ask(&mut self, node: usize, of: usize) {
        self.course.asks += Self::size(&Frame::Epochs(Epochs::Ask(vec![self.epoch])));
        self.send(self.now, Event::Ask { from: node, to: of });
        self.queue.push(self.now.after(ASK_AGAIN), Event::Again(node));
    }

    fn ask_again(&mut self, node: usize) {
        if self.nodes[node].keyring.secret(&self.epoch).is_none() {
            let neighbours = &self.nodes[node].neighbours;
            let of = neighbours[index(&mut self.rng, neighbours.len())];
            self.ask(node, of);
        }
    }

    fn asked(&mut self, from: usize, to: usize) {
        if self.nodes[to].keyring.secret(&self.epoch).is_some() {
            self.grant(to, from);
        } else {
            self.nodes[to].asks.insert(from);
        }
    }

    fn grant(&mut self, by: usize, to: usize) {
        let member = self.circle.people[to].member();
        let node = &mut self.nodes[by];
        let grant = node
            .keyring
            .grant(&RealCrypto, &self.epoch, &member, &self.circle.log, &mut self.rng)
            .expect("a member may read");
        node.grants += 1;
        node.busy = node.busy.max(self.now).after(self.plan.seal);
        let sent = node.busy;
        self.course.grants += Self::size(&Frame::Epochs(Epochs::Grant(grant.clone())));
        self.send(sent, Event::Grant { to, grant });
    }

    fn granted(&mut self, to: usize, grant: &Grant) {
        let key = &self.circle.people[to].identity.sealing;
        let node = &mut self.nodes[to];
        if node.keyring.secret(&self.epoch).is_some() {
            return;
        }
        node.keyring.accept(&RealCrypto, key, grant).expect("the secret, sealed to this member");
        node.busy = node.busy.max(self.now).after(self.plan.open);
        self.holds(to);
    }

    /// A node has the secret: those who asked it get it.
    fn holds(&mut self, node: usize) {
        self.course.holders += 1;
        let since = self.nodes[node].busy.max(self.now).since(Time::ZERO);
        if self.course.holders * 2 <= self.plan.members {
            self.course.half = self.course.half.max(since);
        }
        self.course.last = self.course.last.max(since);
        for to in std::mem::take(&mut self.nodes[node].asks) {
            self.grant(node, to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Handover = Handover {
        seed: 3,
        members: 60,
        links: 4,
        latency: Duration::from_millis(30),
        lost_per_mille: 0,
        seal: Duration::from_micros(300),
        open: Duration::from_micros(300),
    };

    #[test]
    fn a_secret_follows_its_header_through_the_circle() {
        let course = PLAN.run();
        assert_eq!(course, PLAN.run());
        // Everybody but the dealer is granted it once; some twice, when two holders answer.
        let one = course.grants / 59;
        assert!((1_150..1_250).contains(&one), "{one}");
        assert_eq!(course.holders, 60);
        assert!(course.half > Duration::from_millis(90) && course.half < course.last, "{course:?}");
        assert!(course.last < Duration::from_millis(500), "{course:?}");
    }

    #[test]
    fn what_is_lost_is_asked_for_again() {
        let course = Handover { lost_per_mille: 200, ..PLAN }.run();
        assert_eq!(course.holders, 60);
        assert!(course.last > ASK_AGAIN && course.last < Duration::from_secs(10), "{course:?}");
    }
}
