//! Addresses that the person gave with `--connect`: dialled until somebody answers, and again when all links are gone.

use std::time::{Duration, Instant};

use libp2p::{Multiaddr, PeerId};

use super::relays::peer_of;
use crate::net::{LinkKind, NetCommand, NetHandle};

/// First wait after a failed dial; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait between two dials.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// A dial that neither came up nor failed after this long is tried again.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked at again when nothing is due.
const IDLE: Duration = Duration::from_secs(5);

#[derive(Debug)]
struct Target {
    address: Multiaddr,
    peer: Option<PeerId>,
    next: Instant,
    wait: Duration,
    reached: bool,
}

/// The addresses and when to dial each.
#[derive(Debug)]
pub(super) struct Connects {
    targets: Vec<Target>,
}

impl Connects {
    pub(super) fn new(addresses: Vec<Multiaddr>) -> Self {
        let now = Instant::now();
        let target = |address: Multiaddr| Target {
            peer: peer_of(&address),
            address,
            next: now,
            wait: FIRST_WAIT,
            reached: false,
        };
        Self { targets: addresses.into_iter().map(target).collect() }
    }

    /// Dials what is due: what was never reached, and everything when no link is left.
    pub(super) fn dial_due(&mut self, net: &NetHandle, alone: bool) {
        let now = Instant::now();
        for target in &mut self.targets {
            if (target.reached && !alone) || target.next > now {
                continue;
            }
            // Until the dial fails it counts as reached: with other links up, the engine knows whom to call.
            target.reached = true;
            target.next = now + PATIENCE;
            net.send(NetCommand::Dial {
                peer: target.peer,
                addresses: vec![target.address.clone()],
                kind: LinkKind::Member,
            });
        }
    }

    /// A link came up: should all be lost again, the waits start anew.
    pub(super) fn reached(&mut self) {
        for target in self.targets.iter_mut().filter(|target| target.reached) {
            target.wait = FIRST_WAIT;
            target.next = Instant::now() + FIRST_WAIT;
        }
    }

    /// A dial came to nothing.
    pub(super) fn failed(&mut self, addresses: &[Multiaddr]) {
        for target in self.targets.iter_mut().filter(|target| addresses.contains(&target.address)) {
            target.reached = false;
            target.next = Instant::now() + target.wait;
            target.wait = (target.wait * 2).min(LONGEST_WAIT);
        }
    }

    /// When to look again.
    pub(super) fn next(&self) -> Instant {
        let idle = Instant::now() + IDLE;
        self.targets
            .iter()
            .filter(|target| !target.reached)
            .map(|target| target.next)
            .fold(idle, Instant::min)
    }
}
