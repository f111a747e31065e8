//! Whatever sides decide, in whatever parts the circle is cut, and however often nodes fail: in the end those who are in
//! agree on who is in, seal under the same epochs and keep the same records, and nobody opens what was not for it.
//!
//! Each seed draws a history of its own; `WATCHFIRE_SEEDS=FIRST..END` runs others than the ones that run by default.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use watchfire_keys::ids::{EpochId, RecordId};
use watchfire_keys::sealing::SealingKey;
use watchfire_protocol::circle::{ActBody, Decision, Role};
use watchfire_protocol::engine::{OwnAct, Phase, Request, Standing};
use watchfire_simulations::draw::{below, index, per_mille};
use watchfire_simulations::seeds::{Factor, Seeds};
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
const STEPS: u32 = 60;

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("WATCHFIRE_SEEDS") else { return 0..6 };
    let (first, end) = text.split_once("..").unwrap();
    first.parse().unwrap()..end.parse().unwrap()
}

struct Life {
    world: World,
    workload: Workload,
    rng: ChaCha12Rng,
    is_cut: bool,
    /// What came of it, for people who look.
    done: Vec<&'static str>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut rng = Seeds::new(seed).stream(Factor::Workload);
        let lost = [0, 10, 40][index(&mut rng, 3)];
        let builder = World::builder().seed(seed).members(10).founders(6).loss_per_mille(lost);
        let mut world = builder.build();
        world.run_for(10 * SECOND);
        let workload = Workload::new(world.seeds());
        Self { world, workload, rng, is_cut: false, done: Vec::new() }
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
        match below(&mut self.rng, 100) {
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
            _ => self.switch(),
        }
        let span = below(&mut self.rng, 4_000);
        self.world.run_for(Duration::from_millis(span));
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
    for seed in seeds() {
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
        let mut counts = std::collections::BTreeMap::<&str, u32>::new();
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
        }
        // What one of them shows is what it keeps, and nothing of it is void at another.
        for node in &members {
            let shown: BTreeSet<RecordId> = world.deliveries(*node).keys().copied().collect();
            assert_eq!(shown, kept(world, *node), "seed {seed}: {node:?}");
        }
    }
}
