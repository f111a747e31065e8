//! Whatever happens in a circle, once it stops happening everybody agrees.
//!
//! Each seed draws a scenario of its own: sides, members, links, and a minute of publications, restarts, cuts and
//! absences. `WATCHFIRE_SEEDS=FIRST..END` runs others than the ones that run by default; a failure names its seed.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use watchfire_keys::ids::ActId;
use watchfire_protocol::circle::{Decision, Role};
use watchfire_protocol::engine::Phase;
use watchfire_simulations::draw::{below, index, per_mille};
use watchfire_simulations::seeds::{Factor, Seeds, asked_for};
use watchfire_simulations::{Latency, NodeName, Workload, World};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const SIDES: [&str; 3] = ["democratic", "nonpartisan", "republican"];

/// A circle, what is going on in it, and the dice.
struct Life {
    world: World,
    workload: Workload,
    rng: ChaCha12Rng,
    stewards: usize,
    is_cut: bool,
    /// Acts that may not be in force yet.
    proposals: Vec<ActId>,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut rng = Seeds::new(seed).stream(Factor::Topology);
        let dice = &mut rng;
        let sides = &SIDES[..1 + index(dice, 3)];
        let stewards = sides.len() + index(dice, 3);
        let latency = match index(dice, 3) {
            0 => Latency::Constant(30 * MS),
            1 => Latency::Uniform(10 * MS, 150 * MS),
            _ => Latency::Uniform(MS, 800 * MS),
        };
        let builder = World::builder()
            .seed(seed)
            .sides(sides)
            .founders(u32::try_from(stewards).unwrap())
            .latency(latency)
            .loss_per_mille([0, 20, 100][index(dice, 3)])
            .duplicated_per_mille([0, 0, 100][index(dice, 3)])
            .reordered_per_mille([0, 0, 100][index(dice, 3)])
            .clock_skew([Duration::ZERO, 240 * SECOND][index(dice, 2)])
            .known(2 + index(dice, 30));
        let joined = index(dice, 12);
        let world = if per_mille(dice, 250) {
            builder.members(u32::try_from(stewards).unwrap()).founding()
        } else {
            builder.members(u32::try_from(stewards + joined).unwrap()).build()
        };
        let workload = Workload::new(world.seeds());
        Self { world, workload, rng, stewards, is_cut: false, proposals: Vec::new() }
    }

    /// One second in which anything may happen.
    fn second(&mut self) {
        let nodes: Vec<NodeName> = self.world.nodes().collect();
        for _ in 0..below(&mut self.rng, 4) {
            let author = self.one_of(&nodes);
            self.publish(author);
        }
        if per_mille(&mut self.rng, 150) {
            let node = self.one_of(&nodes);
            self.switch(node);
        }
        if per_mille(&mut self.rng, 50) {
            self.is_cut = !self.is_cut;
            let half: Vec<NodeName> = nodes.into_iter().filter(|_| below(&mut self.rng, 2) == 0).collect();
            if self.is_cut { self.world.cut(&[&half]) } else { self.world.heal() }
        }
        if per_mille(&mut self.rng, 60) {
            self.invite();
        }
        if let Some(steward) = self.steward().filter(|_| !self.proposals.is_empty()) {
            let act = self.proposals[index(&mut self.rng, self.proposals.len())];
            // It may not have heard of the act, or have approved it before.
            let _ = self.world.decide(steward, act, Decision::Approve);
        }
        self.world.run_for(SECOND);
    }

    fn one_of(&mut self, nodes: &[NodeName]) -> NodeName {
        nodes[index(&mut self.rng, nodes.len())]
    }

    /// A publication of any size, if the node is on and a member's.
    fn publish(&mut self, author: NodeName) {
        let most = 1 + below(&mut self.rng, 400);
        let report = self.workload.report(1 + below(&mut self.rng, most) as u32);
        if self.is_member(author) {
            self.world.publish(author, report).unwrap();
        }
    }

    fn switch(&mut self, node: NodeName) {
        match (self.world.is_on(node), below(&mut self.rng, 2)) {
            (true, 0) => self.world.stop(node),
            (true, _) => self.world.restart(node),
            (false, _) => self.world.start(node),
        }
    }

    /// A founder that is on, once the circle is founded there.
    fn steward(&mut self) -> Option<NodeName> {
        let steward = NodeName(index(&mut self.rng, self.stewards) as u32);
        Some(steward).filter(|steward| self.is_member(*steward))
    }

    fn is_member(&self, node: NodeName) -> bool {
        self.world.engine(node).is_some_and(|engine| engine.phase() == Phase::Member)
    }

    /// A steward proposes a newcomer, whose node calls at once.
    fn invite(&mut self) {
        let Some(steward) = self.steward() else { return };
        let side = self.world.sides()[index(&mut self.rng, self.world.sides().len())].clone();
        let newcomer = self.world.newcomer(&side);
        let card = self.world.person(newcomer).card.clone();
        let role = Role::ALL[1 + index(&mut self.rng, 2)];
        self.proposals.push(self.world.invite(steward, &card, role).unwrap());
        let contacts = self.world.engine(steward).unwrap().contacts();
        self.world.join(newcomer, contacts);
    }

    /// Nothing goes wrong any more, and whatever was proposed is approved.
    fn calm_down(&mut self) {
        self.world.heal();
        for node in self.world.nodes() {
            if !self.world.is_on(node) {
                self.world.start(node);
            }
        }
        self.world.run_for(60 * SECOND);
        for act in std::mem::take(&mut self.proposals) {
            for steward in 0..self.stewards {
                let _ = self.world.decide(NodeName(steward as u32), act, Decision::Approve);
            }
        }
    }
}

/// Whether every node has the same roster, seals under the same epoch, and has shown every record.
fn agrees(world: &World) -> bool {
    let view = |node| {
        let engine = world.engine(node).unwrap();
        (engine.can_seal(), engine.epoch(), engine.roster().map(|roster| roster.frontier.clone()))
    };
    let first = view(NodeName(0));
    first.0 && world.nodes().all(|node| view(node) == first) && world.is_settled()
}

#[test]
fn everybody_agrees_in_the_end() {
    for seed in asked_for(0..4) {
        let mut life = Life::new(seed);
        let invited = life.world.nodes().count();
        for _ in 0..60 {
            life.second();
        }
        life.calm_down();
        let calm = life.world.now();
        let agreed = life.world.run_until(300 * SECOND, agrees);
        let world = &life.world;
        println!(
            "seed {seed}: {} nodes ({} invited), {} sides, {} records, agreed {agreed} after {} ms",
            world.nodes().count(),
            world.nodes().count() - invited,
            world.sides().len(),
            world.published().len(),
            world.now().since(calm).as_millis(),
        );
        if !agreed {
            for node in world.nodes() {
                let engine = world.engine(node).unwrap();
                println!(
                    "  {node:?} {:?} {:?} seals {} epoch {:?} links {} frontier {:?}",
                    world.side(node),
                    engine.phase(),
                    engine.can_seal(),
                    engine.epoch(),
                    engine.greeted_links().len(),
                    engine.roster().map(|roster| &roster.frontier),
                );
            }
            println!("{}", world.statistics());
            world.assert_promises();
            panic!("seed {seed}: no agreement");
        }
    }
}
