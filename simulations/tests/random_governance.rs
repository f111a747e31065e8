//! Whatever sides decide, in whatever parts the circle is cut, and however often nodes fail: in the end those who are in
//! agree on who is in, seal under the same epochs and keep the same records, and nobody opens what was not for it.
//!
//! Each seed draws a history of its own; `WATCHFIRE_SEEDS=FIRST..END` runs others than the ones that run by default.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{EpochId, MemberId, RecordId};
use watchfire_keys::sealing::SealingKey;
use watchfire_protocol::circle::{ActBody, CircleRules, Decision, Role};
use watchfire_protocol::engine::{OwnAct, Phase, Request, Standing};
use watchfire_simulations::draw::{below, index, per_mille};
use watchfire_simulations::seeds::{Factor, Seeds, asked_for};
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const STEPS: u32 = 60;
const FOUNDERS: usize = 6;

struct Life {
    world: World,
    workload: Workload,
    rng: ChaCha12Rng,
    is_cut: bool,
    /// Records for named readers, with their authors and those readers.
    named: BTreeMap<RecordId, BTreeSet<MemberId>>,
    /// What came of it, for people who look.
    done: Vec<&'static str>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut rng = Seeds::new(seed).stream(Factor::Workload);
        let lost = [0, 10, 40][index(&mut rng, 3)];
        let builder = World::builder().seed(seed).members(10).founders(FOUNDERS as u32).loss_per_mille(lost);
        let mut world = builder.build();
        world.run_for(10 * SECOND);
        let workload = Workload::new(world.seeds());
        Self { world, workload, rng, is_cut: false, named: BTreeMap::new(), done: Vec::new() }
    }

    fn any(&mut self) -> Option<NodeName> {
        let on: Vec<NodeName> = self.world.nodes().filter(|node| self.is_in(*node)).collect();
        (!on.is_empty()).then(|| on[index(&mut self.rng, on.len())])
    }

    /// Whether a node is on and takes itself for a member's.
    fn is_in(&self, node: NodeName) -> bool {
        self.world.engine(node).is_some_and(|engine| engine.phase() == Phase::Member)
    }

    fn note(&mut self, what: &'static str, done: bool) {
        if done {
            self.done.push(what);
        }
    }

    fn step(&mut self) {
        let Some(by) = self.any() else { return };
        let Some(other) = self.any() else { return };
        match below(&mut self.rng, 120) {
            0..30 => {
                let report = self.workload.report(2);
                let done = self.world.publish(by, report).is_ok();
                self.note("publish", done);
            }
            30..40 => {
                let done = self.world.remove(by, other).is_ok();
                self.note("remove", done);
            }
            40..65 => self.decide(by),
            65..70 => {
                let role = Role::ALL[index(&mut self.rng, Role::ALL.len())];
                let member = self.world.person(other).member();
                let body = ActBody::SetRole { member, role, cuts: Vec::new() };
                let done = self.world.propose(by, body).is_ok();
                self.note("role", done);
            }
            70..74 => {
                let done = self.world.rotate(by).is_ok();
                self.note("rotate", done);
            }
            74..78 => {
                let key = SealingKey::generate(&mut self.rng);
                let done = self.world.own(by, OwnAct::RotateSealing(Box::new(key))).is_ok();
                self.note("sealing", done);
            }
            78..80 => {
                let key = self.world.person(by).identity.publisher.public();
                let stands = [Standing::Known, Standing::Nothing][index(&mut self.rng, 2)];
                let done = self.world.own(by, OwnAct::Revoke { key, stands }).is_ok();
                self.note("revoke", done);
            }
            80..82 => {
                let done = self.world.own(by, OwnAct::Leave).is_ok();
                self.note("leave", done);
            }
            82..85 => self.invite(by),
            85..93 => self.cut_or_heal(),
            93..100 => self.switch(),
            100..106 => self.delegate(by),
            106..111 => self.name(by),
            111..114 => self.seat(by, other),
            114..117 => self.rebind(by, other),
            _ => self.rules(by),
        }
        let span = below(&mut self.rng, 4_000);
        self.world.run_for(Duration::from_millis(span));
    }

    /// Another publisher key, or the same for longer; the node works with it at once.
    fn delegate(&mut self, by: NodeName) {
        let own = self.world.person(by).identity.publisher.clone();
        let key = if per_mille(&mut self.rng, 500) { own } else { SigningKey::generate(&mut self.rng) };
        let done = self.world.delegate_publisher(by, key).is_ok();
        if done {
            self.world.stop(by);
            self.world.start(by);
        }
        self.note("delegate", done);
    }

    /// A report for one or two members only.
    fn name(&mut self, by: NodeName) {
        let mut report = self.workload.report(2);
        for _ in 0..2 {
            let Some(reader) = self.any() else { return };
            let reader = self.world.person(reader).member();
            if !report.audience.contains(&reader) {
                report.audience.push(reader);
            }
        }
        let readers: BTreeSet<MemberId> =
            report.audience.iter().copied().chain([self.world.person(by).member()]).collect();
        let published = self.world.publish(by, report);
        self.note("named", published.is_ok());
        for record in published.into_iter().flat_map(|publication| publication.records) {
            self.named.insert(record, readers.clone());
        }
    }

    /// A side's recovery key seats somebody who is in, or a newcomer, mostly in the place of another steward.
    fn seat(&mut self, by: NodeName, other: NodeName) {
        let founder = NodeName(index(&mut self.rng, FOUNDERS) as u32);
        let side = self.world.side(founder).unwrap().to_owned();
        let is_new = per_mille(&mut self.rng, 500);
        let seated = if is_new { self.world.newcomer(&side) } else { other };
        let card = self.world.person(seated).card.clone();
        let old: Vec<NodeName> =
            self.world.nodes().filter(|node| self.world.side(*node) == Some(side.as_str())).collect();
        let old = old[index(&mut self.rng, old.len())];
        let removes = per_mille(&mut self.rng, 700).then_some(old);
        let done = self.world.seat(by, founder, &card, removes).is_ok();
        if is_new {
            let contacts = self.world.engine(by).unwrap().contacts();
            self.world.join(seated, contacts);
        }
        self.note("seat", done);
    }

    /// Somebody lost all of its keys and comes back under others.
    fn rebind(&mut self, by: NodeName, other: NodeName) {
        let anew = self.world.anew(other);
        let card = Box::new(self.world.person(anew).card.clone());
        let member = self.world.person(other).member();
        let done = self.world.propose(by, ActBody::Rebind { member, card, cuts: Vec::new() }).is_ok();
        let contacts = self.world.engine(by).unwrap().contacts();
        self.world.join(anew, contacts);
        self.note("rebind", done);
    }

    fn rules(&mut self, by: NodeName) {
        let Some(rules) = self.world.engine(by).unwrap().roster().map(|roster| roster.rules) else { return };
        let days = 100 + below(&mut self.rng, 4);
        let hours = 24 + below(&mut self.rng, 48);
        let rules = CircleRules { retention_ms: days * DAY_MS, seal_ms: hours * DAY_MS / 24, ..rules };
        let done = self.world.propose(by, ActBody::SetRules { rules }).is_ok();
        self.note("rules", done);
    }

    /// Approves most of what waits, and refuses some, at a steward's node.
    fn decide(&mut self, by: NodeName) {
        let pending = self.world.engine(by).unwrap().pending();
        for act in pending.iter().map(|pending| pending.act) {
            let decision = if per_mille(&mut self.rng, 900) { Decision::Approve } else { Decision::Refuse };
            let anyway = per_mille(&mut self.rng, 500);
            let done = self.world.ask_to_decide(by, Request::Decide { act, decision, anyway }).is_ok();
            self.note("decide", done);
        }
    }

    fn invite(&mut self, by: NodeName) {
        let side = self.world.side(by).unwrap().to_owned();
        let newcomer = self.world.newcomer(&side);
        let card = self.world.person(newcomer).card.clone();
        let role = Role::ALL[index(&mut self.rng, Role::ALL.len())];
        let done = self.world.invite(by, &card, role).is_ok();
        let contacts = self.world.engine(by).unwrap().contacts();
        self.world.join(newcomer, contacts);
        self.note("invite", done);
    }

    fn cut_or_heal(&mut self) {
        self.is_cut = !self.is_cut;
        let nodes: Vec<NodeName> = self.world.nodes().collect();
        let half: Vec<NodeName> = nodes.into_iter().filter(|_| below(&mut self.rng, 2) == 0).collect();
        if self.is_cut { self.world.cut(&[&half]) } else { self.world.heal() }
    }

    fn switch(&mut self) {
        let nodes: Vec<NodeName> = self.world.nodes().collect();
        let node = nodes[index(&mut self.rng, nodes.len())];
        if self.world.is_on(node) { self.world.stop(node) } else { self.world.start(node) }
    }

    fn calm_down(&mut self) {
        self.world.heal();
        for node in self.world.nodes() {
            if !self.world.is_on(node) {
                self.world.start(node);
            }
        }
    }
}

/// Those who are in, by the node that knows most.
fn members(world: &World) -> Vec<NodeName> {
    let items = |node: &NodeName| world.engine(*node).unwrap().log().map_or(0, |log| log.ids().count());
    let knows = world.nodes().max_by_key(items).unwrap();
    let Some(roster) = world.engine(knows).unwrap().roster() else { return Vec::new() };
    world.nodes().filter(|node| roster.is_member(&world.person(*node).member())).collect()
}

/// The epochs that a node could seal under for the roster that it knows.
fn usable(world: &World, node: NodeName) -> BTreeSet<EpochId> {
    let engine = world.engine(node).unwrap();
    let readers = engine.roster().unwrap().readers_digest();
    let headers = engine.keyring().headers().filter(|(_, header)| header.readers == readers);
    headers.map(|(epoch, _)| *epoch).collect()
}

fn kept(world: &World, node: NodeName) -> BTreeSet<RecordId> {
    world.on_disk(node).copied().collect()
}

/// Whether all who are in agree on everything.
fn agrees(world: &World) -> bool {
    let members = members(world);
    let engine = |node: &NodeName| world.engine(*node).unwrap();
    let first = members[0];
    members.iter().all(|node| {
        engine(node).roster() == engine(&first).roster()
            && engine(node).epoch().is_some()
            && engine(node).epoch() == engine(&first).epoch()
            && engine(node).waiting_count() == 0
            && usable(world, *node) == usable(world, first)
            && kept(world, *node) == kept(world, first)
    })
}

#[test]
fn whoever_is_in_agrees_in_the_end_and_nobody_else_reads() {
    for seed in asked_for(0..6) {
        let mut life = Life::new(seed);
        for _ in 0..STEPS {
            life.step();
        }
        life.calm_down();
        let calm = life.world.now();
        let mut agreed = false;
        for _ in 0..60 {
            life.world.run_for(10 * SECOND);
            agreed = agrees(&life.world);
            if agreed {
                break;
            }
        }
        let world = &life.world;
        let members = members(world);
        let mut counts = BTreeMap::<&str, u32>::new();
        for done in &life.done {
            *counts.entry(done).or_default() += 1;
        }
        println!(
            "seed {seed}: {} nodes, {} in, {} records, {} void, {counts:?}, agreed {agreed} after {} s",
            world.nodes().count(),
            members.len(),
            world.published().len(),
            world.void().len(),
            world.now().since(calm).as_secs(),
        );
        if !agreed {
            for node in &members {
                let engine = world.engine(*node).unwrap();
                println!(
                    "  {node:?} {:?} {:?} epoch {:?} links {} records {} waiting {} members {} acts {} usable {:?}",
                    world.side(*node),
                    engine.phase(),
                    engine.epoch(),
                    engine.greeted_links().len(),
                    kept(world, *node).len(),
                    engine.waiting_count(),
                    engine.roster().map_or(0, |roster| roster.members.len()),
                    engine.log().map_or(0, |log| log.ids().count()),
                    usable(world, *node).len(),
                );
            }
            panic!("seed {seed}: no agreement");
        }
        for node in world.nodes() {
            assert_eq!(world.leaked_to(node), [], "seed {seed}: {node:?}");
            let member = world.person(node).member();
            for (id, delivery) in world.deliveries(node) {
                let is_reader = life.named.get(id).is_some_and(|readers| readers.contains(&member));
                assert_eq!(delivery.named, is_reader, "seed {seed}: {node:?} {id:?}");
            }
        }
        // What one of them shows is what it keeps, and nothing of it is void at another.
        for node in &members {
            let shown: BTreeSet<RecordId> = world.deliveries(*node).keys().copied().collect();
            assert_eq!(shown, kept(world, *node), "seed {seed}: {node:?}");
        }
    }
}
