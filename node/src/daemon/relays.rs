//! The relays of a circle: links to them, what they are offered, what they bring.
//!
//! A relay is an untrusted way for envelopes. Whatever it brings goes through the same checks as anything else, and
//! nothing waits for it. What it is offered is held back for a random moment, so that the first to offer an envelope is
//! not simply the one who wrote it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use tokio::sync::oneshot;
use watchfire_keys::epoch::circle_tag;
use watchfire_keys::labels::DERIVE_RELAY_CONTROL;
use watchfire_keys::{CircleId, EnvelopeId, EpochId, Keys, MemberId, SigningKey, derive};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Input, Now, Phase, Request};
use watchfire_protocol::relay::{Access, Answer as Reply, Client, ClientOutput, Gate, PairingOrder};
use zeroize::Zeroizing;

use super::named::{Chosen, MAX_OF_MEMBER, MAX_RELAYS, Place, choose};
use super::node::CircleNode;
use super::peer::Peer;
use crate::control::{Answer, FailureDoc};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::net::{self, LinkKind, NetCommand, NetHandle};
use crate::random;
use crate::settings::{self, Relay};

/// The longest that an envelope is held back before it is offered, in milliseconds.
const HOLD_BACK_MS: u32 = 250;
/// Envelopes that wait to be offered; relays find out about the rest from other members.
const MAX_HELD_BACK: usize = 4_096;
/// How long until a relay that could not be reached is dialled again.
const DIAL_AGAIN: Duration = Duration::from_secs(10);
/// How long a person waits for the relay's answer to a pairing.
const PAIRING_PATIENCE: Duration = Duration::from_secs(15);

struct Link {
    /// Where it is: as this home's settings say, or the address that led there, or the first that a member names.
    address: Multiaddr,
    /// Where members say that it is.
    places: Vec<Multiaddr>,
    client: Client<RealCrypto>,
    up: bool,
    /// Its place is another's by now; it goes when the network has closed the link.
    given_up: bool,
    next_dial: Instant,
    /// This home has paired it.
    ours: bool,
    asked: Vec<(Instant, oneshot::Sender<Answer>)>,
}

/// All relays of one circle.
pub(super) struct Relays {
    circle: CircleId,
    me: PeerId,
    /// From which the control keys of relays are derived.
    storage: Zeroizing<[u8; 32]>,
    rng: ChaCha20Rng,
    links: BTreeMap<PeerId, Link>,
    held_back: VecDeque<(Instant, EnvelopeId, Arc<[u8]>)>,
    /// Taken in lately from relays or members, so that nothing is pulled twice.
    seen: watchfire_protocol::gossip::Seen,
}

impl Relays {
    pub(super) fn new(circle: CircleId, me: PeerId, identity: &Keys, paired: &[Multiaddr]) -> Result<Self> {
        let mut relays = Self {
            circle,
            me,
            storage: Zeroizing::new(*identity.storage),
            rng: random::generator()?,
            links: BTreeMap::new(),
            held_back: VecDeque::new(),
            seen: watchfire_protocol::gossip::Seen::default(),
        };
        for address in paired {
            relays.add_own(address);
        }
        Ok(relays)
    }

    /// Keeps a link to this relay, which this home has paired, from now on; false when there are too many.
    fn add_own(&mut self, address: &Multiaddr) -> bool {
        let Some(peer) = peer_of(address) else { return false };
        let known = self.links.get(&peer).is_some_and(|link| link.ours);
        if !known && self.own().len() >= MAX_RELAYS {
            return false;
        }
        let link = self.link(peer, address);
        link.ours = true;
        link.given_up = false;
        link.address = address.clone();
        true
    }

    /// Those that this home has paired.
    fn own(&self) -> Vec<PeerId> {
        self.links.iter().filter(|(_, link)| link.ours).map(|(peer, _)| *peer).collect()
    }

    /// Keeps links to the chosen relays, and to no others. Returns the peers whose links have to be closed, and whether
    /// there are relays that were not known before.
    fn keep_only(&mut self, mut chosen: Chosen) -> (Vec<PeerId>, bool) {
        let mut closed = Vec::new();
        self.links.retain(|peer, link| {
            let places = chosen.remove(peer);
            let goes = places.is_none();
            link.places = places.unwrap_or_default();
            if goes && link.up && !link.given_up {
                closed.push(*peer);
            }
            link.given_up = goes;
            link.up || !goes
        });
        let others = !chosen.is_empty();
        for (peer, places) in chosen {
            if let Some(first) = places.first() {
                self.link(peer, first).places = places.clone();
            }
        }
        (closed, others)
    }

    fn link(&mut self, peer: PeerId, address: &Multiaddr) -> &mut Link {
        self.links.entry(peer).or_insert_with(|| Link {
            address: address.clone(),
            places: Vec::new(),
            client: Client::new(RealCrypto, peer.to_bytes(), self.me.to_bytes(), circle_tag(&self.circle)),
            up: false,
            given_up: false,
            next_dial: Instant::now(),
            ours: false,
            asked: Vec::new(),
        })
    }

    /// Whether the link that is up with this peer is one to a relay. Being called a relay is not enough: a member could
    /// call another member's node one, and nobody would listen to it any more.
    pub(super) fn is_linked(&self, peer: &PeerId) -> bool {
        self.links.get(peer).is_some_and(|link| link.up)
    }

    /// Addresses of the relays that carry this circle's envelopes now.
    pub(super) fn subscribed(&self) -> Vec<String> {
        self.links
            .values()
            .filter(|link| link.client.is_subscribed())
            .map(|link| link.address.to_string())
            .collect()
    }

    /// Where a relay is that carries this circle's envelopes now.
    pub(super) fn address(&self, relay: &PeerId) -> Option<Multiaddr> {
        self.serving().find(|(peer, _)| peer == relay).map(|(_, address)| address.clone())
    }

    /// The relays that carry this circle's envelopes now, and where they are.
    pub(super) fn serving(&self) -> impl Iterator<Item = (PeerId, &Multiaddr)> {
        let serving = self.links.iter().filter(|(_, link)| link.client.is_subscribed());
        serving.map(|(peer, link)| (*peer, &link.address))
    }

    /// When there is something to do.
    pub(super) fn next(&self, started: Instant) -> Instant {
        let idle = Instant::now() + DIAL_AGAIN;
        let dials = self.links.values().filter(|link| !link.up).map(|link| link.next_dial);
        let clients = self.links.values().filter_map(|link| link.client.deadline());
        let clients = clients.map(|at| started + Duration::from_millis(at.0));
        let held = self.held_back.front().map(|(at, ..)| *at);
        let asked = self.links.values().flat_map(|link| &link.asked).map(|(until, _)| *until);
        dials.chain(clients).chain(held).chain(asked).fold(idle, Instant::min)
    }

    /// An envelope is new here; relays hear of it in a moment.
    pub(super) fn offer(&mut self, id: EnvelopeId, envelope: Arc<[u8]>) {
        self.seen.insert(id);
        if self.links.is_empty() || self.held_back.len() >= MAX_HELD_BACK {
            return;
        }
        let wait = Duration::from_millis(u64::from(self.rng.next_u32() % HOLD_BACK_MS));
        let at = Instant::now() + wait;
        let place = self.held_back.partition_point(|(other, ..)| *other <= at);
        self.held_back.insert(place, (at, id, envelope));
    }

    fn control_key(&self, relay: &PeerId) -> SigningKey {
        let parts = [self.circle.as_bytes().as_slice(), &relay.to_bytes()];
        SigningKey::from_seed(&derive(DERIVE_RELAY_CONTROL, &self.storage, &parts))
    }

    fn dial_due(&mut self, net: &NetHandle) {
        let now = Instant::now();
        for (peer, link) in &mut self.links {
            if !link.up && link.next_dial <= now {
                link.next_dial = now + DIAL_AGAIN;
                let mut addresses = vec![link.address.clone()];
                addresses.extend(link.places.iter().filter(|place| **place != link.address).cloned());
                net.send(NetCommand::Dial { peer: Some(*peer), addresses, kind: LinkKind::Relay });
            }
        }
    }

    /// Tells a person who waits for a pairing what came of it.
    fn answer(&mut self, peer: &PeerId, reply: Reply) {
        let Some(link) = self.links.get_mut(peer) else { return };
        for (_, asked) in link.asked.drain(..) {
            let answer = match reply {
                Reply::Done | Reply::Stale => Answer::Paired { relay: link.address.to_string() },
                other => Answer::Failed(FailureDoc::from(&refused(other))),
            };
            let _ = asked.send(answer);
        }
    }

    /// Tells those who have waited too long.
    fn give_up_waiting(&mut self) {
        let now = Instant::now();
        for link in self.links.values_mut() {
            for (until, asked) in std::mem::take(&mut link.asked) {
                if until > now {
                    link.asked.push((until, asked));
                    continue;
                }
                let error = Error::new(
                    Exit::Failed,
                    "relay-silent",
                    "the relay did not answer",
                    "check its address, and that `watchfire relay run` is running there",
                );
                let _ = asked.send(Answer::Failed(FailureDoc::from(&error)));
            }
        }
    }
}

impl CircleNode {
    pub(super) fn relay_up(&mut self, peer: PeerId) {
        let Some(link) = self.relays.links.get_mut(&peer) else {
            self.net.send(NetCommand::Disconnect { peer });
            return;
        };
        link.up = true;
        link.client.up();
        if let Some(led) = self.net.remote_address(&peer).map(|address| net::with_peer(&address, peer))
            && link.places.contains(&led)
        {
            link.address = led;
        }
        // A relay proves itself by its peer id, and what it may send is bounded by its client.
        self.net.send(NetCommand::Accept { peer });
    }

    pub(super) fn relay_down(&mut self, peer: &PeerId) {
        if let Some(link) = self.relays.links.get_mut(peer) {
            link.up = false;
            link.client.down();
        }
        if self.relays.links.get(peer).is_some_and(|link| link.given_up) {
            self.relays.links.remove(peer);
        }
        self.relay_lost(peer);
    }

    pub(super) fn relay_frame(&mut self, peer: PeerId, frame: &[u8]) {
        let now = relay_now(self.now());
        let Some(link) = self.relays.links.get_mut(&peer) else { return };
        let seen = &self.relays.seen;
        if let Err(rule) = link.client.frame(frame, now, |id| seen.contains(id)) {
            self.count(rule);
            self.net.send(NetCommand::Disconnect { peer });
        }
    }

    /// Everything that is due with relays: called after each round of the loop.
    pub(super) fn serve_relays(&mut self) {
        self.choose_relays();
        if self.relays.links.is_empty() {
            return;
        }
        if self.relay_access != self.engine.epoch() {
            self.relay_access = self.engine.epoch();
            self.renew_access();
        }
        self.relays.dial_due(&self.net);
        self.relays.give_up_waiting();
        let now = relay_now(self.now());
        let instant = Instant::now();
        while self.relays.held_back.front().is_some_and(|(at, ..)| *at <= instant) {
            let Some((_, id, envelope)) = self.relays.held_back.pop_front() else { break };
            for link in self.relays.links.values_mut() {
                link.client.offer(id, &envelope, false);
            }
        }
        let peers: Vec<PeerId> = self.relays.links.keys().copied().collect();
        for peer in peers {
            self.drive_client(peer, now);
        }
    }

    /// Gives the places to those relays that this home has paired, and to those that present members name.
    fn choose_relays(&mut self) {
        let mut sides: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for entry in self.engine.roster().iter().flat_map(|roster| roster.members.values()) {
            let named = self.named_by(&entry.member);
            if !named.is_empty() {
                sides.entry(entry.side.clone()).or_default().push(named);
            }
        }
        let chosen = choose(&self.relays.own(), &sides);
        let (closed, others) = self.relays.keep_only(chosen);
        for peer in closed {
            self.net.send(NetCommand::Disconnect { peer });
        }
        if others {
            // They have no access yet.
            self.relay_access = None;
        }
    }

    /// The relays that a member's nodes name, the node first that spoke last.
    fn named_by(&self, member: &MemberId) -> Vec<Place> {
        let mut named: Vec<Place> = Vec::new();
        for text in self.engine.presences(member).flat_map(|presence| &presence.relays) {
            let Ok(address) = text.parse::<Multiaddr>() else { continue };
            let Some(peer) = peer_of(&address) else { continue };
            // Whoever serves this node as a relay is one, whatever another member says that it is.
            if !self.relays.is_linked(&peer) && self.is_members_node(peer) {
                continue;
            }
            if !named.iter().any(|(known, _)| *known == peer) {
                named.push((peer, address));
            }
            if named.len() == MAX_OF_MEMBER {
                break;
            }
        }
        named
    }

    fn drive_client(&mut self, peer: PeerId, now: watchfire_protocol::relay::Now) {
        let seen = &self.relays.seen;
        let Some(link) = self.relays.links.get_mut(&peer) else { return };
        link.client.tick(now, |id| seen.contains(id));
        while let Some(output) = self.relays.links.get_mut(&peer).and_then(|link| link.client.poll_output()) {
            match output {
                ClientOutput::Send(frame) => self.net.send(NetCommand::Send { peer, frame }),
                ClientOutput::Envelope(envelope) => self.feed(Input::Envelope(envelope)),
                ClientOutput::Seen(address) => self.seen_at(peer, &address),
                ClientOutput::Paired(reply) => self.relays.answer(&peer, reply),
                ClientOutput::Subscribed => tracing::info!("a relay carries the circle's envelopes"),
                ClientOutput::NotSubscribed(reply) => tracing::debug!(?reply, "a relay does not serve us"),
            }
        }
    }

    /// Gives every client the epochs that live, and those relays that we paired their gates. One that is no member any
    /// more takes nothing from a relay.
    fn renew_access(&mut self) {
        let Some(roster) = self.engine.roster() else { return };
        let removed = self.engine.phase() == Phase::Removed;
        let retention = roster.rules.retention_ms;
        let now = self.now();
        let keyring = self.engine.keyring();
        let mut live: Vec<_> = keyring.live(now.unix, retention).collect();
        live.sort_by_key(|(epoch, header)| {
            (Some(**epoch) != self.relay_access, std::cmp::Reverse(header.created))
        });
        let access: Vec<Access> = live
            .iter()
            .filter(|_| !removed)
            .filter_map(|(epoch, _)| Some(Access { epoch: **epoch, gate: keyring.secret(epoch)?.gate() }))
            .collect();
        // Whoever was taken out could deposit and subscribe by the gates of the epochs that it read: those lapse.
        let gates: Vec<Gate> = self
            .engine
            .open_gates()
            .into_iter()
            .take(watchfire_protocol::relay::MAX_GATES)
            .map(|(epoch, key)| Gate { epoch, key })
            .collect();
        let peers: Vec<PeerId> = self.relays.links.keys().copied().collect();
        for peer in peers {
            let control = self.relays.control_key(&peer);
            let Some(link) = self.relays.links.get_mut(&peer) else { continue };
            let order = (link.ours && !removed && !gates.is_empty()).then(|| PairingOrder {
                control,
                gates: gates.clone(),
                introduces: Vec::new(),
                withdraws: Vec::new(),
            });
            link.client.set_pairing(order, relay_now(now));
            link.client.set_access(access.clone());
        }
    }

    /// Pairs the circle with a relay: its answer goes to `asked`.
    pub(super) fn pair(&mut self, address: &str, asked: oneshot::Sender<Answer>) {
        match self.prepare_pairing(address) {
            Ok(peer) => {
                if let Some(link) = self.relays.links.get_mut(&peer) {
                    link.asked.push((Instant::now() + PAIRING_PATIENCE, asked));
                    link.next_dial = Instant::now();
                }
                self.renew_access();
                self.serve_relays();
            }
            Err(error) => {
                let _ = asked.send(Answer::Failed(FailureDoc::from(&error)));
            }
        }
    }

    /// Whether a member, this one included, is known to run its node under this peer id.
    fn is_members_node(&self, peer: PeerId) -> bool {
        peer == self.net.local_peer() || self.engine.is_members_node(&Peer(peer))
    }

    fn prepare_pairing(&mut self, text: &str) -> Result<PeerId> {
        let member = self.card.member();
        let roster = self.engine.roster().filter(|roster| roster.is_member(&member));
        let roster = roster.ok_or_else(|| crate::control::not_yet(self.engine.phase()))?;
        if !roster.stewards().any(|entry| entry.member == member) {
            return Err(Error::new(
                Exit::Refused,
                "not-a-steward",
                "only a steward pairs the circle with a relay",
                "ask a steward: watchfire circle show lists them",
            ));
        }
        let wrong = || {
            Error::usage(
                format!("{text} is no relay's address"),
                "the whole address that `relay run` printed, with /p2p/",
            )
        };
        let address: Multiaddr = text.parse().map_err(|_| wrong())?;
        let peer = peer_of(&address).filter(|peer| !self.is_members_node(*peer)).ok_or_else(wrong)?;
        let entry = Relay { circle: self.circle().to_string(), address: address.to_string() };
        let kept = settings::change(self.home.home(), |settings| {
            if !settings.relays.contains(&entry) {
                settings.relays.push(entry.clone());
            }
            Ok(())
        })?;
        if !self.relays.add_own(&address) {
            return Err(Error::new(
                Exit::Refused,
                "too-many-relays",
                format!("a home pairs a circle with {MAX_RELAYS} relays at most"),
                "remove one from settings.toml",
            ));
        }
        let circle = self.circle().to_string();
        let ours = kept.relays.iter().filter(|relay| relay.circle == circle);
        let relays = ours.map(|relay| relay.address.clone()).collect();
        self.feed(Input::Request { token: 0, request: Request::Relays(relays) });
        Ok(peer)
    }
}

/// The peer id that an address ends in.
pub(super) fn peer_of(address: &Multiaddr) -> Option<PeerId> {
    match address.iter().last() {
        Some(Protocol::P2p(peer)) => Some(peer),
        _ => None,
    }
}

/// The epoch for which relays were last given access.
pub(super) type RelayAccess = Option<EpochId>;

fn relay_now(now: Now) -> watchfire_protocol::relay::Now {
    watchfire_protocol::relay::Now { moment: now.moment, unix: now.unix }
}

fn refused(reply: Reply) -> Error {
    let (text, remedy) = match reply {
        Reply::Full => ("the relay has no room for another circle", "another relay"),
        Reply::Clock => {
            ("the relay's clock and this machine's differ too much", "set both clocks by the network")
        }
        Reply::Forged | Reply::Unpaired => (
            "the relay was paired with this circle by another steward, and takes orders from that one",
            "nothing to do: the circle uses it already; or pair another relay",
        ),
        _ => ("the relay refused the pairing", "try again in a minute, or another relay"),
    };
    Error::new(Exit::Refused, "relay-refused", text, remedy)
}
