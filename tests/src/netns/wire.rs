//! The Internet between the hosts: one thread that holds each packet for a while, loses some, and hands on the rest.
//!
//! Packets between two hosts stay in order, as queues on the way keep them; jitter makes the gaps between them uneven.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How long the thread waits at most, so that it sees new hosts and its end.
const NAP: Duration = Duration::from_millis(10);
/// Packets under way; beyond, they are lost, as at a full queue.
const MAX_UNDER_WAY: usize = 65_536;
/// Larger than any packet that a device of 1,500 bytes gives.
const MAX_PACKET_BYTES: usize = 2_048;

/// What a line between two hosts is like, in each direction.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The shortest time that a packet takes.
    pub delay: Duration,
    /// What it may take beyond.
    pub jitter: Duration,
    /// Of a thousand packets so many are lost.
    pub loss_per_mille: u32,
}

/// What became of packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Handed on.
    pub delivered: u64,
    /// Lost by chance.
    pub lost: u64,
    /// Sent into a line that was cut, or dead for a moment.
    pub cut: u64,
}

/// What tests change while the wire runs.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) line: Line,
    /// These hosts reach one another, and no others.
    pub(super) apart: BTreeSet<usize>,
    pub(super) flaps: BTreeMap<usize, (Instant, Duration)>,
    pub(super) counts: Counts,
    ports: Vec<(Arc<File>, Ipv4Addr)>,
}

impl Rules {
    pub(super) fn flap(&mut self, port: usize, every: Duration) {
        self.flaps.insert(port, (Instant::now(), every));
    }

    /// Whether the host's line is alive now: the first period it is dead.
    fn is_alive(&self, port: usize, now: Instant) -> bool {
        self.flaps.get(&port).is_none_or(|(since, every)| {
            let periods = now.saturating_duration_since(*since).as_nanos() / every.as_nanos().max(1);
            periods % 2 == 1
        })
    }

    fn carries(&self, from: usize, to: usize, now: Instant) -> bool {
        let together = self.apart.contains(&from) == self.apart.contains(&to);
        together && self.is_alive(from, now) && self.is_alive(to, now)
    }
}

/// The thread and what it shares.
#[derive(Debug)]
pub(super) struct Wire {
    rules: Arc<Mutex<Rules>>,
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Wire {
    pub(super) fn start(seed: u64, line: Line) -> Self {
        let rules = Rules {
            line,
            apart: BTreeSet::new(),
            flaps: BTreeMap::new(),
            counts: Counts::default(),
            ports: Vec::new(),
        };
        let (rules, end) = (Arc::new(Mutex::new(rules)), Arc::new(AtomicBool::new(false)));
        let mut carrier = Carrier {
            rules: Arc::clone(&rules),
            random: ChaCha8Rng::seed_from_u64(seed),
            under_way: BinaryHeap::new(),
            last: BTreeMap::new(),
            sequence: 0,
        };
        let ended = Arc::clone(&end);
        let thread = std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                carrier.step();
            }
        });
        Self { rules, end, thread: Some(thread) }
    }

    /// Connects a host; its number here.
    pub(super) fn plug(&self, device: File, address: Ipv4Addr) -> usize {
        let mut rules = self.rules();
        rules.ports.push((Arc::new(device), address));
        rules.ports.len() - 1
    }

    pub(super) fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries nothing any more.
    pub(super) fn stop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A packet and when it arrives; of two at the same time, the one that was sent first.
type UnderWay = Reverse<(Instant, u64, usize, Box<[u8]>)>;

struct Carrier {
    rules: Arc<Mutex<Rules>>,
    random: ChaCha8Rng,
    under_way: BinaryHeap<UnderWay>,
    /// When the latest packet from one host to another arrives.
    last: BTreeMap<(usize, usize), Instant>,
    sequence: u64,
}

impl Carrier {
    /// Waits for a packet or for one to arrive, then moves what there is.
    fn step(&mut self) {
        let rules = Arc::clone(&self.rules);
        let ports: Vec<(Arc<File>, Ipv4Addr)> =
            rules.lock().unwrap_or_else(PoisonError::into_inner).ports.clone();
        let next =
            self.under_way.peek().map(|Reverse((due, ..))| due.saturating_duration_since(Instant::now()));
        let nap = next.map_or(NAP, |next| next.min(NAP));
        let timeout = Timespec { tv_sec: 0, tv_nsec: nap.subsec_nanos().into() };
        let mut waiting: Vec<PollFd<'_>> =
            ports.iter().map(|(device, _)| PollFd::new(&**device, PollFlags::IN)).collect();
        // Interrupted or not, what is there is looked at.
        let _ = poll(&mut waiting, Some(&timeout));
        let readable: Vec<usize> = waiting
            .iter()
            .enumerate()
            .filter(|(_, one)| one.revents().contains(PollFlags::IN))
            .map(|(port, _)| port)
            .collect();
        let mut rules = rules.lock().unwrap_or_else(PoisonError::into_inner);
        let mut packet = [0; MAX_PACKET_BYTES];
        for from in readable {
            let mut device = &*ports[from].0;
            loop {
                match device.read(&mut packet) {
                    Ok(length) => self.sent(&mut rules, from, &packet[..length]),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    // Nothing more, or a device that is gone.
                    Err(_) => break,
                }
            }
        }
        self.deliver(&mut rules);
    }

    fn sent(&mut self, rules: &mut Rules, from: usize, packet: &[u8]) {
        let Some(receiver) = receiver(packet) else { return };
        let Some(to) = rules.ports.iter().position(|(_, address)| *address == receiver) else { return };
        let now = Instant::now();
        if !rules.carries(from, to, now) {
            rules.counts.cut += 1;
            return;
        }
        let Line { delay, jitter, loss_per_mille } = rules.line;
        if self.random.next_u32() % 1000 < loss_per_mille || self.under_way.len() >= MAX_UNDER_WAY {
            rules.counts.lost += 1;
            return;
        }
        let most = u64::try_from(jitter.as_nanos()).unwrap_or(u64::MAX);
        let extra = Duration::from_nanos(self.random.next_u64() % most.saturating_add(1));
        let last = self.last.entry((from, to)).or_insert(now);
        let due = (now + delay + extra).max(*last);
        *last = due;
        self.sequence += 1;
        self.under_way.push(Reverse((due, self.sequence, to, packet.into())));
    }

    fn deliver(&mut self, rules: &mut Rules) {
        let now = Instant::now();
        while self.under_way.peek().is_some_and(|Reverse((due, ..))| *due <= now) {
            let Some(Reverse((_, _, to, packet))) = self.under_way.pop() else { return };
            // A host whose queue is full loses it, as in life.
            match (&*rules.ports[to].0).write(&packet) {
                Ok(length) if length == packet.len() => rules.counts.delivered += 1,
                _ => rules.counts.lost += 1,
            }
        }
    }
}

/// To whom an IPv4 packet goes. Hosts have no IPv6 addresses but those of their link, which lead nowhere here.
fn receiver(packet: &[u8]) -> Option<Ipv4Addr> {
    let address: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
    (packet[0] >> 4 == 4).then(|| address.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_that_flaps_is_dead_and_alive_in_turn_and_a_cut_is_mutual() {
        let wire = Wire::start(1, Line { delay: Duration::ZERO, jitter: Duration::ZERO, loss_per_mille: 0 });
        let mut rules = wire.rules();
        let now = Instant::now();
        rules.flaps.insert(0, (now, Duration::from_secs(1)));
        let alive = |at_ms: u64| rules.carries(0, 1, now + Duration::from_millis(at_ms));
        assert_eq!([500, 1500, 2500, 3500].map(alive), [false, true, false, true]);
        rules.flaps.clear();
        rules.apart = [0, 2].into();
        assert!(rules.carries(0, 2, now) && rules.carries(1, 3, now));
        assert!(!rules.carries(0, 1, now) && !rules.carries(3, 2, now));
    }

    #[test]
    fn only_whole_packets_have_a_receiver() {
        let mut packet = [0; 20];
        packet[0] = 0x45;
        packet[16..].copy_from_slice(&[198, 18, 0, 7]);
        assert_eq!(receiver(&packet), Some(Ipv4Addr::new(198, 18, 0, 7)));
        assert_eq!(receiver(&packet[..19]), None);
        packet[0] = 0x60;
        assert_eq!(receiver(&packet), None);
    }
}
