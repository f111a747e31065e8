//! A few engines in one process, joined by links that lose nothing, and hostile ends that are driven by hand.
//!
//! The circle is that of `circle_support`: person `n` is node `n`. A node without an engine keeps what it is sent.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of it")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use watchfire_keys::ids::{CircleId, RecordId};
use watchfire_keys::time::{Moment, UnixMillis};
use watchfire_protocol::circle::Draft;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{
    Change, Config, Contact, Engine, Input, LinkKind, Loaded, MemberKeys, Now, Output, Start,
};
use watchfire_protocol::greeting::{Caller, Introduction, PROOFS, SharedSecret, seal_introduction};
use watchfire_protocol::indicator::{Indicator, Kind, Tlp};
use watchfire_protocol::publication::ReportDraft;
use watchfire_protocol::record::Severity;
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::Frame;

use crate::circle_support::{DAY, Person, draft, person};

/// A node's name on the transport of these tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(pub u32);

impl watchfire_protocol::engine::PeerName for Name {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_be_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(u32::from_be_bytes(bytes.try_into().ok()?)))
    }
}

impl Name {
    pub fn bytes(self) -> Vec<u8> {
        self.0.to_be_bytes().to_vec()
    }
}

pub type TestEngine = Engine<RealCrypto, Name>;

/// How far the monotonic clock is when a test begins.
const FIRST_MOMENT: u64 = 10_000;
/// How long after the founding a test begins.
const BEGINS_MS: u64 = 60_000;
/// Time passes in steps of this length.
const STEP_MS: u64 = 25;

/// The nodes, the links between them, and everything that was done.
#[derive(Default)]
pub struct Net {
    pub engines: BTreeMap<Name, TestEngine>,
    links: BTreeSet<(Name, Name)>,
    queue: VecDeque<(Name, Name, Arc<[u8]>)>,
    elapsed: u64,
    /// What nodes without an engine were sent: to whom, by whom, what.
    pub heard: Vec<(Name, Name, Arc<[u8]>)>,
    /// What each engine wanted done, but for what the links carried.
    pub done: Vec<(Name, Output<Name>)>,
    /// Bytes that each engine sent.
    pub sent: BTreeMap<Name, usize>,
}

impl Net {
    pub fn now(&self) -> Now {
        Now {
            moment: Moment(FIRST_MOMENT + self.elapsed),
            unix: UnixMillis(DAY.0 + BEGINS_MS + self.elapsed),
        }
    }

    pub fn start(&mut self, name: Name, of: &Person, start: Start, contacts: Vec<Contact<Name>>) {
        self.start_with(name, keys(of), start, contacts);
    }

    /// A node whose home does not hold what its member's first one does.
    pub fn start_with(&mut self, name: Name, keys: MemberKeys, start: Start, contacts: Vec<Contact<Name>>) {
        let config = Config {
            crypto: RealCrypto,
            me: name,
            keys,
            start,
            contacts,
            addresses: vec![format!("/memory/{}", name.0 + 1)],
            relays: Vec::new(),
            lost: false,
            seed: [u8::try_from(name.0).unwrap(); 32],
        };
        self.engines.insert(name, Engine::new(config, self.now()));
        self.drain(name);
    }

    /// A circle of three sides whose founders are persons 0 to 2; those in `awake` have engines.
    pub fn founded(awake: &[u32]) -> Self {
        let mut net = Self::default();
        for n in awake {
            let draft = founders_draft();
            net.start(Name(*n), person(*n as usize), Start::Founding(draft), Vec::new());
        }
        for (at, a) in awake.iter().enumerate() {
            for b in &awake[at + 1..] {
                net.link(Name(*a), Name(*b));
            }
        }
        net.run(10_000);
        net
    }

    /// `from` dials `to`, and the transport succeeds.
    pub fn link(&mut self, from: Name, to: Name) {
        if !self.links.insert(ends(from, to)) {
            return;
        }
        for (node, peer, dialed) in [(to, from, false), (from, to, true)] {
            self.input(node, Input::PeerUp { peer, kind: LinkKind::Member, dialed });
        }
    }

    pub fn unlink(&mut self, a: Name, b: Name) {
        if self.links.remove(&ends(a, b)) {
            for (node, peer) in [(a, b), (b, a)] {
                self.input(node, Input::PeerDown { peer });
            }
        }
    }

    pub fn is_linked(&self, a: Name, b: Name) -> bool {
        self.links.contains(&ends(a, b))
    }

    pub fn input(&mut self, to: Name, input: Input<Name>) {
        let now = self.now();
        if let Some(engine) = self.engines.get_mut(&to) {
            engine.handle(input, now);
            self.drain(to);
        }
    }

    /// A frame from a node without an engine.
    pub fn send(&mut self, from: Name, to: Name, frame: &Frame) {
        self.send_bytes(from, to, frame.to_bytes());
    }

    pub fn send_bytes(&mut self, from: Name, to: Name, bytes: Vec<u8>) {
        if self.is_linked(from, to) {
            self.input(to, Input::Frame { peer: from, bytes });
        }
    }

    fn drain(&mut self, name: Name) {
        while let Some(output) = self.engines.get_mut(&name).and_then(Engine::poll) {
            match output {
                Output::Send { peer, frame } => {
                    *self.sent.entry(name).or_default() += frame.len();
                    if self.is_linked(name, peer) {
                        self.queue.push_back((name, peer, frame));
                    }
                }
                Output::Disconnect { peer } => {
                    // What was sent before leaves before the link is closed, as on a real transport.
                    let queue = std::mem::take(&mut self.queue);
                    let (last, rest) = queue.into_iter().partition(|(by, to, _)| (*by, *to) == (name, peer));
                    self.queue = rest;
                    let last: VecDeque<(Name, Name, Arc<[u8]>)> = last;
                    for (_, _, frame) in last {
                        self.arrive(name, peer, frame);
                    }
                    if self.links.remove(&ends(name, peer)) {
                        self.input(peer, Input::PeerDown { peer: name });
                    }
                    self.done.push((name, Output::Disconnect { peer }));
                }
                Output::Load { peer, records } => {
                    let records = self.load(name, &records);
                    self.input(name, Input::Loaded { peer, records });
                }
                Output::Connect { peer, .. } if self.engines.contains_key(&peer) => self.link(name, peer),
                Output::Connect { peer, .. } => self.input(name, Input::DialFailed { peer }),
                other => self.done.push((name, other)),
            }
        }
    }

    /// What the disk of a node has of these records.
    fn load(&self, name: Name, ids: &[RecordId]) -> Vec<Loaded> {
        let kept = self.done.iter().filter(|(of, _)| *of == name).filter_map(|(_, output)| match output {
            Output::Persist(Change::Record { id, epoch, bytes, .. }) if ids.contains(id) => {
                Some((*id, Loaded { id: *id, epoch: *epoch, bytes: bytes.to_vec() }))
            }
            _ => None,
        });
        kept.collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// Delivers everything that is under way.
    pub fn settle(&mut self) {
        while let Some((from, to, frame)) = self.queue.pop_front() {
            if !self.is_linked(from, to) {
                continue;
            }
            self.arrive(from, to, frame);
        }
    }

    fn arrive(&mut self, from: Name, to: Name, frame: Arc<[u8]>) {
        if self.engines.contains_key(&to) {
            self.input(to, Input::Frame { peer: from, bytes: frame.to_vec() });
        } else {
            self.heard.push((to, from, frame));
        }
    }

    /// Lets time pass.
    pub fn run(&mut self, ms: u64) {
        for _ in 0..ms.div_ceil(STEP_MS) {
            self.settle();
            self.elapsed += STEP_MS;
            let names: Vec<Name> = self.engines.keys().copied().collect();
            for name in names {
                if self.engines[&name].deadline() <= self.now().moment {
                    self.input(name, Input::Tick);
                }
            }
        }
        self.settle();
    }

    /// Lets time pass in which nothing is awake.
    pub fn skip(&mut self, ms: u64) {
        self.elapsed += ms;
    }

    /// The rules that `by` counted against `peer`.
    pub fn broken(&self, by: Name, peer: Name) -> Vec<Rule> {
        let of = |(name, output): &(Name, Output<Name>)| match output {
            Output::Penalise { peer: who, rule } if *name == by && *who == peer => Some(*rule),
            _ => None,
        };
        self.done.iter().filter_map(of).collect()
    }

    /// The frames that a node without an engine was sent.
    pub fn heard_by(&self, name: Name) -> Vec<Frame> {
        let to = self.heard.iter().filter(|(to, ..)| *to == name);
        to.map(|(_, _, bytes)| Frame::from_bytes(bytes).unwrap()).collect()
    }

    pub fn delivered(&self, name: Name) -> usize {
        self.done.iter().filter(|(of, output)| *of == name && matches!(output, Output::Deliver(_))).count()
    }

    pub fn engine(&self, name: Name) -> &TestEngine {
        &self.engines[&name]
    }

    /// Greets `to` from `from` as `who`, which holds the founding draft.
    pub fn greet(&mut self, from: Name, to: Name, who: &Person) {
        self.greet_as(from, to, who, who);
    }

    /// The same in the name of `claimed`, signed with the daemon key of `who`.
    pub fn greet_as(&mut self, from: Name, to: Name, claimed: &Person, who: &Person) {
        self.link(from, to);
        let (caller, hello) = hello(from, to, 1);
        self.send(from, to, &Frame::Hello(hello));
        let queued = self.queue.iter().rev().find(|(by, at, _)| *by == to && *at == from);
        let Frame::Welcome(welcome) = Frame::from_bytes(&queued.unwrap().2).unwrap() else {
            panic!("a member is answered with a welcome")
        };
        self.settle();
        let (_, transcript, key) = caller.welcomed(&RealCrypto, &circle(), &welcome).unwrap();
        let daemon = &who.identity.daemon;
        let ours = Introduction::sign(&RealCrypto, &circle(), claimed.member, daemon, &transcript, true);
        let sealed = seal_introduction(&RealCrypto, &key, false, &ours);
        self.send(from, to, &Frame::Introduce(sealed));
        self.settle();
    }
}

fn ends(a: Name, b: Name) -> (Name, Name) {
    (a.min(b), a.max(b))
}

pub fn founders_draft() -> Draft {
    draft(&[person(0), person(1), person(2)])
}

pub fn circle() -> CircleId {
    founders_draft().circle()
}

/// A hello under the founding draft's secret.
pub fn hello(from: Name, to: Name, nonce: u8) -> (Caller, watchfire_protocol::greeting::Hello) {
    let secret = SharedSecret(*founders_draft().greeting_key());
    let filler = [[7; 32]; PROOFS];
    Caller::call(&RealCrypto, &from.bytes(), &to.bytes(), [nonce; 32], vec![secret], filler)
}

pub fn keys(of: &Person) -> MemberKeys {
    MemberKeys {
        member: of.member,
        organisation: Some(of.identity.organisation.clone()),
        publisher: Some(of.identity.publisher.clone()),
        steward: Some(of.identity.steward.clone()),
        daemon: of.identity.daemon.clone(),
        sealing: of.identity.sealing.clone(),
        former_sealing: Vec::new(),
    }
}

pub fn report(title: &str) -> ReportDraft {
    ReportDraft {
        title: title.into(),
        summary: String::new(),
        tlp: Tlp::Amber,
        severity: Severity::High,
        indicators: vec![Indicator::parse(Kind::Domain, "login.example.com").unwrap()],
        techniques: Vec::new(),
        playbook: String::new(),
        references: Vec::new(),
        valid_until: None,
        replaces: None,
        audience: Vec::new(),
    }
}
