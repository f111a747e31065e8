//! Members that break the rules on purpose.
//!
//! A hostile member's node runs the real engine, so that it greets, keeps its links and hears everything, and besides
//! does what no engine would. It holds its member's keys and the epoch's secrets: what it says is as well signed and
//! sealed as it can be.

mod equivocate;
mod flood;
mod forge;
mod stall;

use rand_chacha::ChaCha12Rng;
use watchfire_protocol::wire::Frame;

use crate::draw::{index, per_mille};
use crate::frame_kind::FrameKind;
use crate::node::NodeName;
use crate::seeds::Factor;
use crate::world::World;

/// Frames that are sent a second in the name of one misdeed: many, and within what a link may send.
const FRAMES: usize = 40;

/// What a hostile member does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misdeed {
    /// Publishes without end, and sends frames without end.
    Flood,
    /// Records in the names of others, records of the future and of other circles, and damaged frames of all kinds.
    Forge,
    /// Tells some neighbours, or all, of no record and of no act, and offers records that it never brings.
    Withhold,
    /// Says again what others said.
    Replay,
    /// Signs two records for one place, and deals two epochs for one turn, each for other ears.
    Equivocate,
    /// Opens reconciliations that do not end, and lies in those of others.
    Stall,
}

impl Misdeed {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Flood, Self::Forge, Self::Withhold, Self::Replay, Self::Equivocate, Self::Stall];
}

/// One hostile member.
#[derive(Debug)]
pub struct Adversary {
    node: NodeName,
    misdeeds: Vec<Misdeed>,
    rng: ChaCha12Rng,
}

impl Adversary {
    /// Turns a member of the world: no more promises are made to its node, and it hears what reaches it.
    pub fn turn(world: &mut World, node: NodeName, misdeeds: Vec<Misdeed>) -> Self {
        world.distrust(node);
        world.tap(node);
        let mut adversary = Self { node, misdeeds, rng: world.seeds().stream(Factor::Adversary(node.0)) };
        if adversary.misdeeds.contains(&Misdeed::Withhold) {
            adversary.fall_silent(world);
        }
        adversary
    }

    /// Which node is this member's.
    #[must_use]
    pub const fn node(&self) -> NodeName {
        self.node
    }

    /// What it does.
    #[must_use]
    pub fn misdeeds(&self) -> &[Misdeed] {
        &self.misdeeds
    }

    /// A second's worth of it.
    pub fn act(&mut self, world: &mut World) {
        if !world.is_on(self.node) {
            return;
        }
        for misdeed in self.misdeeds.clone() {
            match misdeed {
                Misdeed::Flood => self.flood(world),
                Misdeed::Forge => self.forge(world),
                Misdeed::Withhold => self.offer_nothing(world),
                Misdeed::Replay => self.replay(world, 0),
                Misdeed::Equivocate => self.equivocate(world),
                Misdeed::Stall => self.stall(world),
            }
        }
        world.forget_received(self.node, 4 * FRAMES);
    }

    fn fall_silent(&mut self, world: &mut World) {
        if per_mille(&mut self.rng, 500) {
            world.mute(self.node);
        }
        for other in world.nodes().filter(|other| *other != self.node) {
            if per_mille(&mut self.rng, 500) {
                world.silence(self.node, other);
            }
            if per_mille(&mut self.rng, 500) {
                world.withhold(self.node, other);
            }
        }
    }

    /// Sends on what was heard, so many in a thousand of the frames damaged.
    fn replay(&mut self, world: &mut World, damaged_per_mille: u32) {
        let heard = world.received(self.node);
        // A greeting out of place ends the link, and it wants to stay.
        let heard: Vec<Vec<u8>> = heard
            .iter()
            .filter(|(_, frame)| FrameKind::of(frame) != FrameKind::Greeting && !frame.is_empty())
            .map(|(_, frame)| frame.clone())
            .collect();
        if heard.is_empty() {
            return;
        }
        for _ in 0..FRAMES {
            let mut frame = heard[index(&mut self.rng, heard.len())].clone();
            if per_mille(&mut self.rng, damaged_per_mille) {
                let place = index(&mut self.rng, frame.len());
                frame[place] ^= 1 << index(&mut self.rng, 8);
            }
            self.say(world, &frame);
        }
    }

    fn neighbours(&self, world: &World) -> Vec<NodeName> {
        world.nodes().filter(|to| world.is_linked(self.node, *to)).collect()
    }

    /// Sends a frame to any neighbour.
    fn say(&mut self, world: &mut World, frame: &[u8]) {
        let neighbours = self.neighbours(world);
        if !neighbours.is_empty() {
            let to = neighbours[index(&mut self.rng, neighbours.len())];
            world.send(self.node, to, frame.into());
        }
    }

    fn say_frame(&mut self, world: &mut World, frame: &Frame) {
        self.say(world, &frame.to_bytes());
    }
}
