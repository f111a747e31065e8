//! Giving up what is over, and having the disk get its room back: on a schedule and when a person asks, by the daemon or
//! on the store of one that does not run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use libp2p::PeerId;
use rand_core::Rng;
use tokio::sync::oneshot;
use watchfire_keys::{Card, Keys, Moment};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Change, Config, Engine, Input, Now, Output, Restored, Start};

use super::keep;
use super::node::{CircleNode, keys_of};
use super::peer::Peer;
use crate::clock;
use crate::control::{Answer, FailureDoc, PrunedDoc};
use crate::error::Result;
use crate::home::CircleHome;
use crate::random;
use crate::store::{Sizes, Store, StoreError, remove_set_aside};

/// The first look at the disk after a start, when links and catch-up have had their time.
const FIRST_LOOK: Duration = Duration::from_secs(10 * 60);
/// How often after that.
const LOOK_EVERY: Duration = Duration::from_secs(6 * 60 * 60);
/// A store is written anew by itself when this much would come back,
const WORTH_BYTES: u64 = 64 * 1024 * 1024;
/// and that is one part of so many of what it takes.
const WORTH_PART: u64 = 2;

/// When the disk is looked at next, and who waits for it.
pub(super) struct Pruning {
    next: Instant,
    asked: Vec<(u64, oneshot::Sender<Answer>)>,
}

impl Pruning {
    pub(super) fn new() -> Self {
        Self { next: Instant::now() + FIRST_LOOK, asked: Vec::new() }
    }

    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// Whether it is time, or somebody waits for it.
    pub(super) fn is_due(&self) -> bool {
        self.next <= Instant::now() || !self.asked.is_empty()
    }
}

impl CircleNode {
    /// Somebody asks for it.
    pub(super) fn prune(&mut self, dry_run: bool, answer: oneshot::Sender<Answer>) {
        let records = self.engine.records_over() as u64;
        if dry_run {
            let (store, home) = (Arc::clone(&self.store), self.home.clone());
            tokio::task::spawn_blocking(move || {
                let sizes = store.sizes().map(|sizes| would_be(records, sizes));
                let _ = answer.send(answered(&home, sizes));
            });
            return;
        }
        self.feed(Input::Prune);
        // What the engine erases is written first.
        self.pruning.asked.push((records, answer));
    }

    /// Gives up old stores that were set aside, and has the present one written anew where that is asked for or worth it. Writes
    /// wait for it, and nothing else does.
    pub(super) fn prune_if_due(&mut self) {
        if !self.pruning.is_due() {
            return;
        }
        let asked = std::mem::take(&mut self.pruning.asked);
        self.pruning.next = Instant::now() + LOOK_EVERY;
        let (store, home) = (Arc::clone(&self.store), self.home.clone());
        let since = self.engine.kept_since();
        tokio::task::spawn_blocking(move || {
            if let Some(Err(error)) = since.map(|since| remove_set_aside(&home, since)) {
                tracing::warn!(%error, "a store that was set aside could not be given up");
            }
            if asked.is_empty() {
                match compact_if_worth_it(&*store) {
                    Ok(Some(sizes)) => tracing::info!(
                        before = sizes.before,
                        after = sizes.disk,
                        "the store was written anew"
                    ),
                    Ok(None) => {}
                    Err(error) => tracing::warn!(%error, "the store could not be written anew"),
                }
                return;
            }
            for (records, answer) in asked {
                let done = store.compact().map(|sizes| was(records, sizes));
                let _ = answer.send(answered(&home, done));
            }
        });
    }
}

fn compact_if_worth_it(store: &dyn Store) -> std::result::Result<Option<Sizes>, StoreError> {
    let sizes = store.sizes()?;
    let worth = sizes.spare() >= WORTH_BYTES && sizes.spare() >= sizes.disk / WORTH_PART;
    worth.then(|| store.compact()).transpose()
}

/// The same on a store of which no daemon runs. The engine says what is over; nothing else that it wants is done.
pub(crate) fn prune_store(
    home: &CircleHome,
    store: &dyn Store,
    lost_batches: u64,
    restored: Restored,
    identity: &Keys,
    card: &Card,
    dry_run: bool,
) -> Result<PrunedDoc> {
    let described = |error: StoreError| error.describe(&home.store_path());
    let mut seed = [0; 32];
    random::generator()?.fill_bytes(&mut seed);
    let now = Now { moment: Moment(0), unix: clock::now() };
    let config = Config {
        crypto: RealCrypto,
        me: Peer(PeerId::random()),
        keys: keys_of(identity, card)?,
        start: Start::Restored(Box::new(restored)),
        contacts: Vec::new(),
        addresses: Vec::new(),
        relays: Vec::new(),
        lost: false,
        seed,
    };
    let mut engine = Engine::new(config, now);
    engine.handle(Input::Prune, now);
    let mut changes = Vec::new();
    let mut records = 0;
    while let Some(output) = engine.poll() {
        let Output::Persist(change) = output else { continue };
        match &change {
            Change::EraseRecords(erased) => records += erased.len() as u64,
            Change::EraseEpochs(_) | Change::EraseItems(_) | Change::ChainStart { .. } => {}
            _ => continue,
        }
        changes.push(change);
    }
    if dry_run {
        return store.sizes().map(|sizes| would_be(records, sizes)).map_err(described);
    }
    // Writing ends what the store says of it, and the next start has to know.
    keep::note_loss(store, lost_batches).map_err(described)?;
    keep::write(store, &changes).map_err(described)?;
    if let Some(since) = engine.kept_since() {
        remove_set_aside(home, since).map_err(|error| described(error.into()))?;
    }
    store.compact().map(|sizes| was(records, sizes)).map_err(described)
}

fn would_be(records: u64, sizes: Sizes) -> PrunedDoc {
    let after = sizes.disk.saturating_sub(sizes.spare());
    PrunedDoc { dry_run: true, records, bytes_before: sizes.disk, bytes_after: after }
}

fn was(records: u64, sizes: Sizes) -> PrunedDoc {
    PrunedDoc { dry_run: false, records, bytes_before: sizes.before, bytes_after: sizes.disk }
}

fn answered(home: &CircleHome, done: std::result::Result<PrunedDoc, StoreError>) -> Answer {
    match done {
        Ok(document) => Answer::Pruned(document),
        Err(error) => Answer::Failed(FailureDoc::from(&error.describe(&home.store_path()))),
    }
}
