//! One circle of this home: its engine, its store, its view and its network, and the one loop that feeds the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use rand_core::Rng;
use tokio::sync::{mpsc, oneshot, watch};
use watchfire_keys::{Card, CircleId, KeyName, Keys, Moment};
use watchfire_protocol::circle::Draft;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::LinkKind as EngineLink;
use watchfire_protocol::engine::{
    Config, Contact, Engine, Event, Input, MemberKeys, Now, Output, Phase, Start,
};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::view::View;

use super::connect::Connects;
use super::keep;
use super::lan::OnLan;
use super::nat::Nat;
use super::peer::Peer;
use super::prune::Pruning;
use super::relays::{RelayAccess, Relays};
use super::requests::Waiting;
use super::stall::Stall;
use crate::clock;
use crate::control::{Answer, Ask};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{CircleHome, lacks};
use crate::net::{self, Lan, LinkKind, NetCommand, NetConfig, NetEvent, NetEvents, NetHandle};
use crate::random;
use crate::store::{Batch, MAX_BATCH_BYTES, Store, StoreError};

/// Network events taken in before the outputs are carried out together: one flush of the disk for all of them. The next
/// ones are taken in while the disk is waited for, and so many at the most.
const EVENTS_A_ROUND: usize = 256;
/// How often a founder's home is looked into for signatures that a person added.
const DRAFT_EVERY: Duration = Duration::from_secs(1);
/// How often the distance of linked nodes is looked at; they are pinged every few seconds.
const MEASURE_EVERY: Duration = Duration::from_secs(10);
/// A batch is written before it grows over this, which leaves room for one more record.
pub(super) const BATCH_BYTES: usize = MAX_BATCH_BYTES / 2;

/// A question from the control socket and the way to answer it.
pub(super) struct Question {
    pub(super) ask: Ask,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// What a circle's node is made from.
pub(super) struct Parts<'a> {
    pub(super) home: CircleHome,
    pub(super) identity: &'a Keys,
    pub(super) card: Card,
    pub(super) start: Origin,
    pub(super) store: Arc<dyn Store>,
    /// Records may be missing from it.
    pub(super) lost: bool,
    pub(super) listen: Vec<Multiaddr>,
    pub(super) connect: Vec<Multiaddr>,
    /// Be found on the local network.
    pub(super) lan: bool,
    /// Those that this home has paired the circle with.
    pub(super) relays: Vec<Multiaddr>,
}

/// How this home comes to the circle.
pub(super) enum Origin {
    /// There is a draft, and the circle is not founded as far as this home knows.
    Founding(Box<Draft>),
    /// There is a ticket, and nobody has shown us the founding yet.
    Joining(Vec<Contact<Peer>>),
    /// The founding is in the store; contacts of a ticket help to find the others again.
    Restored(Box<keep::Kept>, Vec<Contact<Peer>>),
}

/// One circle of this home.
pub(super) struct CircleNode {
    pub(super) home: CircleHome,
    pub(super) card: Card,
    pub(super) engine: Engine<RealCrypto, Peer>,
    pub(super) store: Arc<dyn Store>,
    pub(super) view: View,
    pub(super) net: NetHandle,
    pub(super) events: NetEvents,
    pub(super) connects: Connects,
    pub(super) relays: Relays,
    pub(super) relay_access: RelayAccess,
    pub(super) nat: Nat,
    pub(super) on_lan: OnLan,
    measure_at: Instant,
    pub(super) waiting: Waiting,
    pub(super) broken: BTreeMap<Rule, u64>,
    /// What waits while the disk refuses.
    pub(super) stall: Option<Stall>,
    pub(super) pruning: Pruning,
    /// Network events that were taken in while the disk was written, and of which nothing was carried out.
    pub(super) taken_ahead: usize,
    started: Instant,
    draft_seen: Vec<u8>,
    /// A draft that the home could not take yet.
    draft_unkept: Option<Vec<u8>>,
}

impl CircleNode {
    /// Starts the network and the engine.
    pub(super) async fn start(parts: Parts<'_>) -> Result<Self> {
        let circle = parts.home.id();
        let seed = parts.home.node_key(parts.identity)?;
        let config = NetConfig::new(seed, parts.listen, LinkKind::Member);
        let (handle, events) = net::spawn(config).await.map_err(|error| {
            Error::new(
                Exit::Failed,
                "network",
                format!("the network did not start: {error}"),
                "another --listen address, or stop the program that uses this one",
            )
        })?;
        let started = Instant::now();
        let now = now(started);
        let mut random = [0; 32];
        random::generator()?.fill_bytes(&mut random);
        let (start, contacts, view) = match parts.start {
            Origin::Founding(draft) => (Start::Founding(*draft), Vec::new(), View::default()),
            Origin::Joining(contacts) => (Start::Joining(circle), contacts, View::default()),
            Origin::Restored(kept, contacts) => {
                (Start::Restored(Box::new(kept.restored)), contacts, kept.view)
            }
        };
        let named: BTreeSet<PeerId> = contacts.iter().map(|contact| contact.peer.0).collect();
        let lan = parts.lan.then(|| Lan::start(handle.local_peer(), handle.listen_addresses()));
        let config = Config {
            crypto: RealCrypto,
            me: Peer(handle.local_peer()),
            keys: keys_of(parts.identity, &parts.card)?,
            start,
            contacts,
            addresses: texts(&dialable(&handle.listen_addresses())),
            relays: texts(&parts.relays),
            lost: parts.lost,
            seed: random,
        };
        let mut node = Self {
            home: parts.home,
            card: parts.card,
            engine: Engine::new(config, now),
            store: parts.store,
            view,
            connects: Connects::new(parts.connect),
            relays: Relays::new(circle, handle.local_peer(), parts.identity, &parts.relays)?,
            relay_access: None,
            nat: Nat::default(),
            on_lan: OnLan::new(lan, named),
            measure_at: started,
            net: handle,
            events,
            waiting: Waiting::default(),
            broken: BTreeMap::new(),
            stall: None,
            pruning: Pruning::new(),
            taken_ahead: 0,
            started,
            draft_seen: Vec::new(),
            draft_unkept: None,
        };
        node.carry_out().await?;
        Ok(node)
    }

    /// The one loop. Ends when `stop` says so, or when the store is damaged.
    pub(super) async fn run(
        mut self,
        mut questions: mpsc::Receiver<Question>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<()> {
        let mut draft_timer = tokio::time::interval(DRAFT_EVERY);
        let mut ended = Ok(());
        loop {
            let deadline = match &self.stall {
                Some(stall) => stall.next(),
                None => {
                    self.connects.dial_due(&self.net, self.engine.link_count() == 0);
                    let due = self.started + Duration::from_millis(self.engine.deadline().0);
                    let due = due.min(self.connects.next()).min(self.relays.next(self.started));
                    let due = self.nat.next().map_or(due, |next| due.min(next));
                    due.min(self.pruning.next())
                }
            };
            let goes_on = self.stall.is_none();
            tokio::select! {
                biased;
                _ = stop.changed() => break,
                question = questions.recv() => match question {
                    Some(question) => self.question(question),
                    None => break,
                },
                event = self.events.recv(), if goes_on => match event {
                    Some(event) => self.happened(event),
                    None => {
                        // An orderly end would have the system leave it at that.
                        ended = Err(no_network());
                        break;
                    }
                },
                (peer, address) = self.on_lan.next(), if goes_on => self.heard_near(peer, address),
                _ = draft_timer.tick(), if goes_on && self.has_draft() => self.see_to_draft(),
                () = tokio::time::sleep_until(deadline.into()) => if goes_on {
                    self.feed(Input::Tick)
                },
                () = std::future::ready(()), if goes_on && self.taken_ahead > 0 => {}
            }
            let taken = std::mem::take(&mut self.taken_ahead);
            if goes_on {
                for _ in taken..EVENTS_A_ROUND {
                    let Some(event) = self.events.try_recv() else { break };
                    self.happened(event);
                }
                self.serve_relays();
                self.serve_nat();
                self.measure_links();
            }
            // What is pruned has to be written by then.
            let ahead = if self.pruning.is_due() { 0 } else { EVENTS_A_ROUND };
            self.carry_out_taking(ahead).await?;
            if self.stall.is_none() && ahead == 0 {
                self.prune_if_due();
            }
        }
        if let Some(bytes) = self.draft_unkept.take() {
            self.keep_draft(bytes);
        }
        let settled = self.settle().await;
        self.net.shutdown().await;
        ended.and(settled)
    }

    /// Tells the engine how far away the other ends of its links are.
    fn measure_links(&mut self) {
        let now = Instant::now();
        if self.measure_at > now {
            return;
        }
        self.measure_at = now + MEASURE_EVERY;
        for link in self.engine.greeted_links() {
            if let Some(ms) = self.net.round_trip_ms(&link.peer.0) {
                self.feed(Input::RoundTrip { peer: link.peer, ms });
            }
        }
    }

    pub(super) fn now(&self) -> Now {
        now(self.started)
    }

    pub(super) fn feed(&mut self, input: Input<Peer>) {
        let now = self.now();
        self.engine.handle(input, now);
    }

    fn happened(&mut self, event: NetEvent) {
        match event {
            NetEvent::Up { peer, dialed, kind: LinkKind::Member } => {
                self.connects.reached();
                self.feed(Input::PeerUp { peer: Peer(peer), kind: EngineLink::Member, dialed });
            }
            NetEvent::Up { peer, kind: LinkKind::Relay, .. } => self.relay_up(peer),
            NetEvent::Down { peer } if self.relays.is_linked(&peer) => self.relay_down(&peer),
            NetEvent::Down { peer } => self.feed(Input::PeerDown { peer: Peer(peer) }),
            NetEvent::Frame { peer, frame } if self.relays.is_linked(&peer) => self.relay_frame(peer, &frame),
            NetEvent::Frame { peer, frame } => self.feed(Input::Frame { peer: Peer(peer), bytes: frame }),
            NetEvent::DialFailed { peer, addresses, error } => {
                tracing::debug!(%error, "a dial came to nothing");
                self.connects.failed(&addresses);
                if let Some(peer) = peer {
                    self.feed(Input::DialFailed { peer: Peer(peer) });
                }
            }
            NetEvent::Reserved { relay, stands } => self.reserved(relay, stands),
            NetEvent::Listening(_) => self.tell_addresses(),
        }
    }

    /// Carries out everything the engine wants: first the disk, then the network and the people.
    pub(super) async fn carry_out(&mut self) -> Result<()> {
        self.carry_out_taking(0).await
    }

    /// The same, and takes in so many of the next network events while it waits for the disk. Then it comes back with
    /// what the engine wants because of them still to be carried out.
    async fn carry_out_taking(&mut self, ahead: usize) -> Result<()> {
        while self.taken_ahead == 0 && self.go_on(false).await? {
            let mut batch = Batch::new();
            let mut later = Vec::new();
            while let Some(output) = self.engine.poll() {
                if let Output::Persist(change) = &output {
                    keep::add(&mut batch, change);
                }
                later.push(output);
                if batch.bytes() > BATCH_BYTES {
                    break;
                }
            }
            if later.is_empty() {
                return Ok(());
            }
            // What the store has of a signer is looked for when all that the engine has is in it.
            let ahead = if later.iter().any(|output| matches!(output, Output::Cut(_))) { 0 } else { ahead };
            self.write_first(batch, later, ahead).await?;
        }
        Ok(())
    }

    /// Writes a batch, and takes in so many network events meanwhile.
    pub(super) async fn write(
        &mut self,
        batch: Batch,
        ahead: usize,
    ) -> Result<std::result::Result<(), StoreError>> {
        if batch.is_empty() {
            return Ok(Ok(()));
        }
        let mut written = std::pin::pin!(self.on_store(move |store| store.apply(batch)));
        loop {
            tokio::select! {
                biased;
                written = &mut written => return written,
                Some(event) = self.events.recv(), if self.taken_ahead < ahead => {
                    self.taken_ahead += 1;
                    self.happened(event);
                }
            }
        }
    }

    /// The same after a write was refused.
    pub(super) async fn write_again(&self, batch: Batch) -> Result<std::result::Result<(), StoreError>> {
        self.on_store(move |store| store.reopen().and_then(|()| store.apply(batch))).await
    }

    /// Works on the store in a thread that may wait for the disk, from now on.
    pub(super) fn on_store<T: Send + 'static, W: FnOnce(&dyn Store) -> T + Send + 'static>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T>> + use<T, W> {
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || work(&*store));
        // Its panicking is the store's bug; nothing may be acknowledged that is not on disk.
        async {
            done.await.map_err(|_| {
                Error::new(
                    Exit::Failed,
                    "store-failed",
                    "the store stopped in the middle of a write",
                    "watchfire run again; what was acknowledged before is safe",
                )
            })
        }
    }

    pub(super) fn act_on(&mut self, output: Output<Peer>) -> Result<()> {
        match output {
            Output::Persist(watchfire_protocol::engine::Change::Draft(bytes)) => self.keep_draft(bytes),
            // Written, or read, before this.
            Output::Persist(_) | Output::Load { .. } | Output::Cut(_) => {}
            Output::Send { peer, frame } => self.net.send(NetCommand::Send { peer: peer.0, frame }),
            Output::Connect { peer, addresses } => {
                let mut addresses: Vec<Multiaddr> =
                    addresses.iter().filter_map(|text| text.parse().ok()).collect();
                addresses.extend(self.circuits_to(&peer));
                addresses.extend(self.near(&peer));
                self.net.send(NetCommand::Dial { peer: Some(peer.0), addresses, kind: LinkKind::Member });
            }
            Output::Accept { peer } => self.net.send(NetCommand::Accept { peer: peer.0 }),
            Output::Disconnect { peer } => self.net.send(NetCommand::Disconnect { peer: peer.0 }),
            Output::Deliver(delivered) => {
                self.view.insert(&RealCrypto, &delivered.opened, delivered.received);
                tracing::debug!(record = ?delivered.opened.id(), own = delivered.own, "a record was admitted");
            }
            Output::Carry { id, envelope } => self.relays.offer(id, envelope),
            Output::Void(records) => {
                tracing::info!(records = records.len(), "records ended with their signer");
                self.view.retain(|id| records.binary_search(id).is_err());
            }
            Output::Penalise { peer, rule } => {
                self.count(rule);
                if rule.penalty() > 0 {
                    tracing::debug!(?peer, rule = rule.label(), "a peer broke a rule");
                }
            }
            Output::Event(Event::Recovered) => {
                if let Err(error) = keep::note_recovery(&*self.store) {
                    // The next start asks the peers once more.
                    tracing::warn!(%error, "that everything is back could not be noted");
                }
            }
            Output::Event(event) => self.event(event),
            Output::Published { token, records, waiting } => self.published(token, &records, waiting),
            Output::Acted { token, act } => self.acted(token, act),
            Output::Dealt { token, epoch } => self.dealt(token, &epoch),
            Output::Refused { token, refusal } => self.refused(token, &refusal),
        }
        Ok(())
    }

    /// Counts a broken rule.
    pub(super) fn count(&mut self, rule: Rule) {
        let count = self.broken.entry(rule).or_default();
        *count = count.saturating_add(1);
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Founded | Event::Joined => {
                if let (0, Some(log)) = (self.view.records(), self.engine.log()) {
                    self.view = keep::empty_view(log);
                }
                tracing::info!(circle = ?self.home.id(), "this node is a member of the circle");
            }
            Event::Removed => tracing::info!(circle = ?self.home.id(), "this node is a member no more"),
            Event::Equivocation => tracing::warn!("a member contradicted itself"),
            Event::Recovered
            | Event::EpochChanged
            | Event::RosterChanged
            | Event::ProposalsChanged
            | Event::LinksChanged => {}
        }
    }

    fn has_draft(&self) -> bool {
        self.engine.phase() == Phase::Founding || self.draft_unkept.is_some()
    }

    /// What the home has of the draft is taken in before it is written over.
    fn see_to_draft(&mut self) {
        if !self.look_at_draft()
            && let Some(bytes) = self.draft_unkept.clone()
        {
            self.keep_draft(bytes);
        }
    }

    /// A person may have put further signatures into the home's copy of the draft. Returns whether it is another one than
    /// before.
    fn look_at_draft(&mut self) -> bool {
        let Some(draft) = self.engine.draft() else { return false };
        let path = self.home.home().draft_path(draft.charter().name.as_str(), &self.home.id());
        let Ok(bytes) = std::fs::read(path) else { return false };
        if bytes == self.draft_seen {
            return false;
        }
        if let Ok((draft, _)) = Draft::from_bytes(&bytes)
            && draft.circle() == self.home.id()
        {
            self.feed(Input::Draft(draft));
        }
        self.draft_seen = bytes;
        true
    }

    /// Keeps the draft in the home. While a command changes the home, or the disk refuses, it is tried again in a moment:
    /// nobody waits for it.
    fn keep_draft(&mut self, bytes: Vec<u8>) {
        let Ok((draft, _)) = Draft::from_bytes(&bytes) else { return };
        let home = self.home.home();
        let kept = home
            .lock_for_edit_within(Duration::ZERO)
            .and_then(|edit| home.keep_draft(draft.charter().name.as_str(), &self.home.id(), &bytes, &edit));
        match kept {
            Ok(_) => {
                self.draft_seen = bytes;
                self.draft_unkept = None;
            }
            Err(error) => {
                if self.draft_unkept.is_none() {
                    tracing::warn!(error = error.text(), "the draft could not be kept yet");
                }
                self.draft_unkept = Some(bytes);
            }
        }
    }

    pub(super) fn circle(&self) -> CircleId {
        self.home.id()
    }
}

/// The task that has the network ended, and nobody told it to.
fn no_network() -> Error {
    Error::new(
        Exit::Failed,
        "network",
        "the network of this node stopped by itself",
        "watchfire run again; if it happens again, report it with the lines above",
    )
}

/// Both clocks, the monotonic one counted from the start of this node.
fn now(started: Instant) -> Now {
    let since = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Now { moment: Moment(since), unix: clock::now() }
}

/// The keys that a node works with. A home that only signs has no node.
pub(super) fn keys_of(keys: &Keys, card: &Card) -> Result<MemberKeys> {
    Ok(MemberKeys {
        member: card.member(),
        organisation: keys.organisation.clone(),
        publisher: keys.publisher.clone(),
        steward: keys.steward.clone(),
        daemon: keys.daemon.clone().ok_or_else(|| lacks(KeyName::Daemon))?,
        sealing: keys.sealing.clone().ok_or_else(|| lacks(KeyName::Sealing))?,
        former_sealing: keys.former_sealing.iter().cloned().collect(),
    })
}

/// The addresses worth telling the other members: those of this machine alone only when there are no others.
pub(super) fn dialable(addresses: &[Multiaddr]) -> Vec<Multiaddr> {
    let elsewhere = |address: &&Multiaddr| {
        !address.iter().any(|part| match part {
            Protocol::Ip4(ip) => ip.is_loopback(),
            Protocol::Ip6(ip) => ip.is_loopback(),
            _ => false,
        })
    };
    let reachable: Vec<Multiaddr> = addresses.iter().filter(elsewhere).cloned().collect();
    if reachable.is_empty() { addresses.to_vec() } else { reachable }
}

pub(super) fn texts(addresses: &[Multiaddr]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}
