//! The relay's side: which circles it serves, who gets their envelopes, what it keeps. Opens nothing.
//!
//! Feed it with [`Server::handle`], take what it wants done from [`Server::poll_output`] until there is nothing left, and
//! send [`ServerInput::Tick`] at [`Server::deadline`]. It holds ids, never envelopes: the driver keeps the bytes.

mod deposit;
mod link;
mod pairing;
mod subscription;
mod tick;

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    vec::Vec,
};

use watchfire_keys::{CircleTag, EnvelopeId, Moment, UnixMillis};

use super::{
    Now,
    allowance::Allowance,
    circle::Circle,
    frame::{About, Answer, RelayFrame},
    limits::{MAX_NETWORKS, MAX_PEERS_AWAY, RelayLimits},
    remembered::{REMEMBERED_MS, Remembered},
    shelf::Shelf,
};
use crate::{crypto::Crypto, rules::Rule};
use link::{Budget, Link};

/// Something that happened at the relay.
#[derive(Debug)]
pub enum ServerInput<P> {
    /// A link is up.
    Up {
        /// Its other end.
        peer: P,
        /// The other end's peer id, as its proofs cover it.
        name: Vec<u8>,
        /// From which network it comes, as far as addresses tell: strangers of one share what they may use.
        network: Vec<u8>,
        /// Random bytes that were never used before.
        challenge: [u8; 32],
    },
    /// A link is gone.
    Down {
        /// Its other end.
        peer: P,
    },
    /// A frame came in.
    Frame {
        /// From whom.
        peer: P,
        /// The frame.
        bytes: Vec<u8>,
    },
    /// The deadline has come.
    Tick,
}

/// Something to be done, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerOutput<P> {
    /// Send a frame.
    Send {
        /// To whom.
        peer: P,
        /// The frame.
        frame: Arc<[u8]>,
    },
    /// Send a kept envelope as a [`RelayFrame::Push`].
    SendKept {
        /// To whom.
        peer: P,
        /// Which circle's.
        tag: CircleTag,
        /// Which.
        id: EnvelopeId,
    },
    /// Lift the limits for strangers.
    Accept {
        /// The other end.
        peer: P,
    },
    /// Close a link.
    Disconnect {
        /// The other end.
        peer: P,
    },
    /// Keep an envelope.
    Keep {
        /// Which circle's.
        tag: CircleTag,
        /// Its id.
        id: EnvelopeId,
        /// When it came.
        since: UnixMillis,
        /// Its bytes.
        bytes: Arc<[u8]>,
    },
    /// Keep these envelopes no longer.
    Drop {
        /// Which circle's.
        tag: CircleTag,
        /// Their ids.
        ids: Vec<EnvelopeId>,
    },
    /// Keep this state of a circle, in place of an earlier one.
    SaveCircle {
        /// Which.
        tag: CircleTag,
        /// For [`Server::restore_circle`].
        state: Vec<u8>,
    },
    /// Forget a circle with all its envelopes.
    DropCircle {
        /// Which.
        tag: CircleTag,
    },
    /// A peer broke a rule: count it.
    Broke {
        /// Who.
        peer: P,
        /// Which rule.
        rule: Rule,
    },
}

/// What a relay has done since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Envelopes that were deposited and kept.
    pub envelopes: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Envelopes that were sent to subscribers.
    pub forwarded: u64,
    /// Envelopes that were refused, duplicates apart.
    pub refused: u64,
}

/// A circle, what is kept for it, and who is subscribed.
#[derive(Debug)]
struct Place<P> {
    circle: Circle,
    shelf: Shelf,
    subscribers: BTreeSet<P>,
    /// When it was paired or subscribed to, or something was deposited, last.
    last_use: UnixMillis,
    /// Envelopes that some link was asked for, and until when.
    asked: BTreeMap<EnvelopeId, Moment>,
}

impl<P: Ord> Place<P> {
    fn new(circle: Circle) -> Self {
        Self {
            last_use: circle.issued(),
            circle,
            shelf: Shelf::default(),
            subscribers: BTreeSet::new(),
            asked: BTreeMap::new(),
        }
    }

    fn used(&mut self, at: UnixMillis) {
        self.last_use = self.last_use.max(at);
    }
}

/// A relay.
pub struct Server<C, P> {
    crypto: C,
    name: Vec<u8>,
    limits: RelayLimits,
    now: Now,
    ticked: Moment,
    places: BTreeMap<CircleTag, Place<P>>,
    links: BTreeMap<P, Link>,
    /// What peers without a link have left of what they may use.
    away: Remembered<P, Budget>,
    /// What networks have left of the circles that they may pair for the first time.
    new_circles: Remembered<Vec<u8>, Allowance>,
    totals: Totals,
    outputs: VecDeque<ServerOutput<P>>,
}

impl<C: Crypto, P: Clone + Ord> Server<C, P> {
    /// A relay with this peer id, that knows no circle yet.
    pub fn new(crypto: C, name: Vec<u8>, limits: RelayLimits, now: Now) -> Self {
        Self {
            crypto,
            name,
            away: Remembered::new(MAX_PEERS_AWAY),
            new_circles: Remembered::new(MAX_NETWORKS),
            limits,
            now,
            ticked: now.moment,
            places: BTreeMap::new(),
            links: BTreeMap::new(),
            totals: Totals::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes back a circle that [`ServerOutput::SaveCircle`] kept. False when the state is damaged: the circle has to
    /// pair again.
    pub fn restore_circle(&mut self, tag: CircleTag, state: &[u8]) -> bool {
        let Some(circle) = Circle::from_bytes(state, self.now.moment) else {
            return false;
        };
        self.places.insert(tag, Place::new(circle));
        true
    }

    /// Takes back an envelope that [`ServerOutput::Keep`] kept, in the order in which they were. False when its circle
    /// is not here; then it may be dropped.
    pub fn restore_envelope(
        &mut self,
        tag: CircleTag,
        id: EnvelopeId,
        bytes: usize,
        since: UnixMillis,
    ) -> bool {
        let Some(place) = self.places.get_mut(&tag) else { return false };
        let ids = place.shelf.keep(id, size(bytes), since, self.limits.circle_bytes);
        place.used(since);
        self.drop_kept(tag, ids);
        true
    }

    /// Takes in what happened.
    pub fn handle(&mut self, input: ServerInput<P>, now: Now) {
        self.now = now;
        match input {
            ServerInput::Up { peer, name, network, challenge } => self.up(peer, name, network, challenge),
            ServerInput::Down { peer } => self.down(&peer),
            ServerInput::Frame { peer, bytes } => {
                if self.links.contains_key(&peer)
                    && let Err(rule) = self.frame(&peer, &bytes)
                {
                    self.broke(&peer, rule);
                }
            }
            ServerInput::Tick => self.tick(),
        }
    }

    /// The next thing to be done.
    pub fn poll_output(&mut self) -> Option<ServerOutput<P>> {
        self.outputs.pop_front()
    }

    /// What was done since the start.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Circles that are paired.
    pub fn circles(&self) -> usize {
        self.places.len()
    }

    /// Links that are up.
    pub fn links(&self) -> usize {
        self.links.len()
    }

    /// Envelopes that are kept, and their bytes.
    pub fn kept(&self) -> (usize, u64) {
        self.places.values().fold((0, 0), |(envelopes, bytes), place| {
            (envelopes.saturating_add(place.shelf.len()), bytes.saturating_add(place.shelf.bytes()))
        })
    }

    fn up(&mut self, peer: P, name: Vec<u8>, network: Vec<u8>, challenge: [u8; 32]) {
        self.down(&peer);
        let left = self.away.take(&peer, self.now.moment);
        let budget = left.unwrap_or_else(|| Budget::new(&self.limits));
        self.links.insert(peer.clone(), Link::new(name, network, challenge, budget));
        self.send(&peer, &RelayFrame::Challenge(challenge));
    }

    fn down(&mut self, peer: &P) {
        let Some(link) = self.links.remove(peer) else { return };
        self.away.keep(peer.clone(), link.budget, self.now.moment);
        for place in self.places.values_mut() {
            place.subscribers.remove(peer);
        }
    }

    fn frame(&mut self, peer: &P, bytes: &[u8]) -> Result<(), Rule> {
        match RelayFrame::from_bytes(bytes)? {
            RelayFrame::Pair(pairing) => self.pair(peer, &pairing),
            RelayFrame::Subscribe(subscription) => self.subscribe(peer, &subscription),
            RelayFrame::Announce { tag, ids } => self.announced(peer, tag, ids),
            RelayFrame::Pull { tag, ids } => self.pulled(peer, tag, &ids),
            RelayFrame::Push(envelope) => self.deposited(peer, envelope),
            RelayFrame::Challenge(_) | RelayFrame::Answer { .. } | RelayFrame::Seen(_) => {
                Err(Rule::FrameMalformed)
            }
        }
    }

    /// Counts a broken rule, and closes the link when it is one too many.
    fn broke(&mut self, peer: &P, rule: Rule) {
        self.outputs.push_back(ServerOutput::Broke { peer: peer.clone(), rule });
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        if !link.bear(rule.penalty(), now) {
            self.down(peer);
            self.outputs.push_back(ServerOutput::Disconnect { peer: peer.clone() });
        }
    }

    fn answer(&mut self, peer: &P, tag: CircleTag, about: About, answer: Answer) {
        self.send(peer, &RelayFrame::Answer { tag, about, answer });
    }

    fn send(&mut self, peer: &P, frame: &RelayFrame) {
        self.outputs.push_back(ServerOutput::Send { peer: peer.clone(), frame: frame.to_bytes().into() });
    }

    /// Whoever has paired or subscribed is no stranger.
    fn accept(&mut self, peer: &P) {
        if self.links.get_mut(peer).is_some_and(Link::accept) {
            self.outputs.push_back(ServerOutput::Accept { peer: peer.clone() });
        }
    }

    /// Whether the network that this link comes from may pair one circle more for the first time.
    fn may_found(&mut self, peer: &P) -> bool {
        let Some(network) = self.links.get(peer).map(|link| link.network.clone()) else { return false };
        let now = self.now.moment;
        let left = self.new_circles.take(&network, now);
        let mut left = left.unwrap_or_else(|| Allowance::new(self.limits.new_circles_an_hour, REMEMBERED_MS));
        let may = left.take(1, now);
        self.new_circles.keep(network, left, now);
        may
    }

    fn save_circle(&mut self, tag: CircleTag) {
        if let Some(place) = self.places.get(&tag) {
            let state = place.circle.to_bytes();
            self.outputs.push_back(ServerOutput::SaveCircle { tag, state });
        }
    }

    fn drop_kept(&mut self, tag: CircleTag, ids: Vec<EnvelopeId>) {
        if !ids.is_empty() {
            self.outputs.push_back(ServerOutput::Drop { tag, ids });
        }
    }

    /// When to send [`ServerInput::Tick`]; `None` while no circle is paired.
    pub fn deadline(&self) -> Option<Moment> {
        self.next_due()
    }
}

fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
