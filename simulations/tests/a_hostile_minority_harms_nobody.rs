//! A fifth of the members does whatever it likes, while links lose, double and reorder frames, the circle is cut in parts
//! and nodes crash: nobody is shown what nobody published, no memory grows beyond its bound, and in the end every record
//! of every honest member is everywhere, and all honest nodes hold the same.
//!
//! Each seed draws a scenario of its own. `WATCHFIRE_SEEDS=FIRST..END` runs others than the ones that run by default:
//! `WATCHFIRE_SEEDS=0..1000 cargo test --release -p watchfire-simulations --test a_hostile_minority_harms_nobody -- --nocapture`.
//! A failure prints the command that replays it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha12Rng;
use watchfire_protocol::engine::Footprint;
use watchfire_simulations::adversary::{Adversary, Misdeed};
use watchfire_simulations::draw::{below, index, per_mille, shuffle};
use watchfire_simulations::seeds::{Factor, Seeds, asked_for};
use watchfire_simulations::{Latency, NodeName, Workload, World};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const SIDES: [&str; 3] = ["democratic", "nonpartisan", "republican"];
/// How long anything may happen.
const BUSY_SECONDS: u32 = 40;
/// How long the honest may take to agree once nothing fails any more, while the hostile go on.
const PATIENCE: Duration = Duration::from_secs(600);

struct Life {
    world: World,
    workload: Workload,
    rng: ChaCha12Rng,
    honest: Vec<NodeName>,
    hostile: Vec<Adversary>,
    is_cut: bool,
    /// The most that others filled of one honest node's memory.
    fullest: usize,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut rng = Seeds::new(seed).stream(Factor::Topology);
        let dice = &mut rng;
        let sides = &SIDES[..2 + index(dice, 2)];
        let members = 10 + index(dice, 8);
        let latency = match index(dice, 3) {
            0 => Latency::Constant(30 * MS),
            1 => Latency::Uniform(10 * MS, 150 * MS),
            _ => Latency::Uniform(MS, 800 * MS),
        };
        let mut world = World::builder()
            .seed(seed)
            .sides(sides)
            .members(u32::try_from(members).unwrap())
            .founders(u32::try_from(2 * sides.len()).unwrap())
            .latency(latency)
            .loss_per_mille([0, 10, 50][index(dice, 3)])
            .duplicated_per_mille([0, 0, 100][index(dice, 3)])
            .reordered_per_mille([0, 0, 100][index(dice, 3)])
            .clock_skew([Duration::ZERO, 60 * SECOND][index(dice, 2)])
            .known(4 + index(dice, 10))
            .build();
        // Stewards may be among the hostile, but not all those of a side: a side that as a whole refuses ends the circle.
        let mut nodes: Vec<NodeName> = world.nodes().collect();
        shuffle(dice, &mut nodes);
        let mut hostile: Vec<NodeName> = Vec::new();
        for node in nodes {
            let is_steward = |node: &NodeName| (node.0 as usize) < 2 * sides.len();
            let of_side = |other: &&NodeName| is_steward(other) && world.side(**other) == world.side(node);
            let spoils = is_steward(&node) && hostile.iter().any(|other| of_side(&other));
            if hostile.len() < members / 5 && !spoils {
                hostile.push(node);
            }
        }
        let honest = world.nodes().filter(|node| !hostile.contains(node)).collect();
        let mut misdeeds = || -> Vec<Misdeed> {
            let drawn: Vec<Misdeed> = Misdeed::ALL.into_iter().filter(|_| per_mille(dice, 400)).collect();
            if drawn.is_empty() { vec![Misdeed::ALL[index(dice, 6)]] } else { drawn }
        };
        let hostile = hostile.into_iter().map(|node| (node, misdeeds())).collect::<Vec<_>>();
        let hostile =
            hostile.into_iter().map(|(node, deeds)| Adversary::turn(&mut world, node, deeds)).collect();
        let workload = Workload::new(world.seeds());
        Self { world, workload, rng, honest, hostile, is_cut: false, fullest: 0 }
    }

    /// A second in which anything may happen.
    fn second(&mut self) {
        for _ in 0..below(&mut self.rng, 3) {
            let author = self.honest[index(&mut self.rng, self.honest.len())];
            if self.world.is_on(author) {
                let report = self.workload.report(1 + below(&mut self.rng, 60) as u32);
                self.world.publish(author, report).unwrap();
            }
        }
        if per_mille(&mut self.rng, 150) {
            let node = self.honest[index(&mut self.rng, self.honest.len())];
            match (self.world.is_on(node), below(&mut self.rng, 2)) {
                (true, 0) => self.world.stop(node),
                (true, _) => self.world.restart(node),
                (false, _) => self.world.start(node),
            }
        }
        if per_mille(&mut self.rng, 60) {
            self.is_cut = !self.is_cut;
            let nodes: Vec<NodeName> = self.world.nodes().collect();
            let half: Vec<NodeName> = nodes.into_iter().filter(|_| below(&mut self.rng, 2) == 0).collect();
            if self.is_cut { self.world.cut(&[&half]) } else { self.world.heal() }
        }
        self.hostile_second();
    }

    /// A second of the hostile alone.
    fn hostile_second(&mut self) {
        for adversary in &mut self.hostile {
            adversary.act(&mut self.world);
        }
        self.world.run_for(SECOND);
        for node in &self.honest {
            let Some(engine) = self.world.engine(*node) else { continue };
            let footprint = engine.footprint();
            self.fullest = self.fullest.max(footprint.bytes());
            assert!(footprint.bytes() <= Footprint::most(footprint.links), "{node:?} {footprint:?}");
        }
    }

    fn calm_down(&mut self) {
        self.world.heal();
        for node in self.world.nodes() {
            if !self.world.is_on(node) {
                self.world.start(node);
            }
        }
    }

    /// Whether every honest record is at every honest node, and all honest nodes hold the same, whoever wrote it, and
    /// seal under the same epoch.
    fn agrees(&self) -> bool {
        let held = |node: NodeName| self.world.on_disk(node).copied().collect::<BTreeSet<_>>();
        let epoch = |node: NodeName| {
            let engine = self.world.engine(node).unwrap();
            (engine.can_seal(), engine.epoch())
        };
        let first = self.honest[0];
        self.world.is_settled()
            && epoch(first).0
            && self.honest.iter().all(|node| epoch(*node) == epoch(first))
            && self.honest.iter().all(|node| held(*node) == held(first))
    }

    /// Everything that makes sense of a failure.
    fn explain(&self, seed: u64) {
        for node in &self.honest {
            let engine = self.world.engine(*node).unwrap();
            println!(
                "  {node:?} {:?} holds {} epoch {:?} seals {} links {}",
                self.world.side(*node),
                self.world.on_disk(*node).count(),
                engine.epoch(),
                engine.can_seal(),
                engine.greeted_links().len(),
            );
        }
        println!("{}", self.world.statistics());
        println!(
            "replay: WATCHFIRE_SEEDS={seed}..{} cargo test --release -p watchfire-simulations \
             --test a_hostile_minority_harms_nobody -- --nocapture",
            seed + 1
        );
    }
}

fn live(seed: u64) {
    let begun = Instant::now();
    let mut life = Life::new(seed);
    for _ in 0..BUSY_SECONDS {
        life.second();
    }
    life.calm_down();
    let calm = life.world.now();
    let mut agreed = false;
    while !agreed && life.world.now().since(calm) < PATIENCE {
        life.hostile_second();
        // The hostile are heard out before anything is compared: what they have just said is still on its way.
        life.world.run_for(SECOND);
        agreed = life.agrees();
    }
    let misdeeds: Vec<&[Misdeed]> = life.hostile.iter().map(Adversary::misdeeds).collect();
    println!(
        "seed {seed}: {} honest, hostile {misdeeds:?}, {} records, fullest {} kB, agreed {agreed} after {} s, {} ms of work",
        life.honest.len(),
        life.world.published().len(),
        life.fullest / 1000,
        life.world.now().since(calm).as_secs(),
        begun.elapsed().as_millis(),
    );
    if !agreed {
        life.explain(seed);
        life.world.assert_promises();
        panic!("seed {seed}: no agreement");
    }
}

#[test]
fn every_honest_record_is_everywhere() {
    for seed in asked_for(0..4) {
        if std::panic::catch_unwind(|| live(seed)).is_err() {
            panic!(
                "replay: WATCHFIRE_SEEDS={seed}..{} cargo test --release -p watchfire-simulations \
                 --test a_hostile_minority_harms_nobody -- --nocapture",
                seed + 1
            );
        }
    }
}
