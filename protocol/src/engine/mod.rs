//! One node of one circle, without clock, socket or disk.
//!
//! [`Engine::handle`] takes what happened and the time at which it did; [`Engine::poll`] gives what is to be done about
//! it, in order. Everything an [`Output::Persist`] names has to be on disk before any later output of the same drain is
//! carried out: then nothing is acknowledged or sent on that a crash could lose.

mod admit;
mod catchup;
mod conduct;
mod config;
mod connect;
mod cuts;
mod epochs;
mod fetch;
mod footprint;
mod founding;
mod greet;
mod input;
mod latency;
mod link;
mod membership;
mod named;
mod neighbours;
mod output;
mod own_acts;
mod parked;
mod penalty;
mod proofs;
mod propose;
mod publish;
mod reach;
mod refused;
mod removed;
mod restore;
mod retention;
mod rotate;
mod salted;
mod spread;
mod standing;
mod status;
mod submit;
mod tick;
mod twin;
mod void;
mod wanted;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;

use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;
use watchfire_keys::ids::{CircleId, EpochId, MemberId};
use watchfire_keys::time::Moment;

pub use self::config::{Config, MemberKeys, Start};
pub use self::connect::Contact;
pub use self::fetch::CatchupStatus;
pub use self::footprint::Footprint;
pub use self::input::{Input, Loaded, Now, Request};
pub use self::link::LinkKind;
pub use self::output::{Change, Delivered, Event, Output, Refusal};
pub use self::own_acts::{OwnAct, Standing};
pub use self::restore::{Restored, RestoredRecord};
pub use self::status::{LinkStatus, Phase};

use self::conduct::Conduct;
use self::connect::Connecting;
use self::link::Link;
use self::publish::Outbox;
use self::reach::Reach;
use crate::circle::{ActLog, Draft, ItemId, Keyring, Roster};
use crate::crypto::Crypto;
use crate::gossip::Gossip;
use crate::reconcile::RecordSet;
use crate::record::{Chains, Ends};

/// How the engine names the other end of a link.
pub trait PeerName: Clone + Ord + core::fmt::Debug {
    /// The name's bytes, as presences and greetings carry them.
    fn to_bytes(&self) -> Vec<u8>;
    /// The name with these bytes.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

/// One node of one circle.
pub struct Engine<C: Crypto, P: PeerName> {
    crypto: C,
    me: P,
    keys: MemberKeys,
    circle: CircleId,
    rng: ChaCha12Rng,
    now: Now,

    draft: Option<Draft>,
    log: Option<ActLog>,
    roster: Option<Arc<Roster>>,
    keyring: Keyring,
    /// Membership items that were taken since the roster was last looked at.
    arrived: BTreeSet<ItemId>,
    proofs: proofs::Proofs,
    /// Sides of which a member has shown us that it knows what we know.
    heard: BTreeSet<usize>,
    /// Own acts that are not kept because they change nothing.
    passed_over: BTreeSet<ItemId>,
    /// When this node deals an epoch if nobody else has.
    deal_at: Option<Moment>,
    deals: epochs::Deals,
    ask_secrets_at: Option<Moment>,
    /// The epoch that was last found good for sealing.
    epoch: Option<EpochId>,
    granted: BTreeMap<(P, EpochId), Moment>,

    links: BTreeMap<P, Link>,
    connecting: Connecting<P>,
    latency: latency::Latency<P>,
    conduct: Conduct,
    /// When this node next calls somebody it has no need of.
    wander_at: Moment,
    reach: Reach,
    gossip: Gossip<P>,
    set: RecordSet,
    shelf: retention::Shelf,
    chains: Chains,
    standing: Ends,
    /// Void records that peers offered since the last change of cuts: they are not asked for again.
    void: void::Void,
    authors: BTreeMap<MemberId, crate::gossip::Bucket>,
    named_authors: BTreeMap<MemberId, crate::gossip::Bucket>,
    outbox: Outbox,
    /// Own records may be missing since the disk failed.
    recovering: bool,
    parked: parked::Parked<P>,
    refused: refused::Refused,
    catchup: catchup::State<P>,
    tick_at: Moment,
    prune_at: Moment,
    outputs: VecDeque<Output<P>>,
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// A node as it starts: with what it knows from an earlier life, a draft it signed, or a ticket it was given.
    pub fn new(config: Config<C, P>, now: Now) -> Self {
        let circle = config.start.circle();
        let mut engine = Self {
            circle,
            rng: ChaCha12Rng::from_seed(config.seed),
            now,
            draft: None,
            log: None,
            roster: None,
            keyring: Keyring::new(circle, config.keys.member),
            arrived: BTreeSet::new(),
            proofs: proofs::Proofs::default(),
            heard: BTreeSet::new(),
            passed_over: BTreeSet::new(),
            deal_at: None,
            deals: epochs::Deals::new(now.moment),
            ask_secrets_at: None,
            epoch: None,
            granted: BTreeMap::new(),
            links: BTreeMap::new(),
            connecting: Connecting::new(config.contacts),
            latency: latency::Latency::new(),
            conduct: Conduct::default(),
            wander_at: now.moment.saturating_add(neighbours::WANDER_EVERY_MS),
            reach: Reach::new(config.addresses, config.relays, now.unix),
            gossip: Gossip::new(0, now.moment),
            set: RecordSet::new(&circle),
            shelf: retention::Shelf::default(),
            chains: Chains::new(),
            standing: Ends::new(),
            void: void::Void::default(),
            authors: BTreeMap::new(),
            named_authors: BTreeMap::new(),
            outbox: Outbox::default(),
            recovering: config.lost,
            parked: parked::Parked::default(),
            refused: refused::Refused::new(now.moment),
            catchup: catchup::State::new(now.moment),
            tick_at: now.moment,
            prune_at: now.moment,
            outputs: VecDeque::new(),
            crypto: config.crypto,
            me: config.me,
            keys: config.keys,
        };
        match config.start {
            Start::Founding(draft) => engine.draft = Some(draft),
            Start::Joining(circle) => engine.log = Some(ActLog::new(circle)),
            Start::Restored(restored) => engine.restore(*restored),
        }
        engine.begin();
        engine
    }

    /// Takes what happened.
    pub fn handle(&mut self, input: Input<P>, now: Now) {
        self.now = now;
        match input {
            Input::PeerUp { peer, kind, dialed } => self.peer_up(peer, kind, dialed),
            Input::PeerDown { peer } => self.peer_down(&peer),
            Input::Frame { peer, bytes } => self.frame(&peer, &bytes),
            Input::Envelope(bytes) => self.relayed(bytes),
            Input::DialFailed { peer } => self.connecting.failed(&peer, now.moment),
            Input::RoundTrip { peer, ms } => self.latency.measured(&peer, ms),
            Input::Tick => {}
            Input::Prune => self.prune(),
            Input::Draft(draft) => self.take_draft(&draft),
            Input::Addresses(addresses) => self.addresses_changed(addresses),
            Input::Request { token, request } => self.request(token, request),
            Input::Loaded { peer, records } => self.serve(&peer, records),
            Input::CutFound { records } => self.cut_found(records),
        }
        self.due();
    }

    /// What is to be done next.
    pub fn poll(&mut self) -> Option<Output<P>> {
        self.outputs.pop_front()
    }

    /// When to hand in [`Input::Tick`], if nothing else happens before.
    pub fn deadline(&self) -> Moment {
        let others = [self.deal_at, self.ask_secrets_at].into_iter().flatten();
        others.fold(self.tick_at.min(self.gossip.deadline()).min(self.catchup.next()), Moment::min)
    }

    fn out(&mut self, output: Output<P>) {
        self.outputs.push_back(output);
    }
}
