//! The epochs of a circle: which headers hold, which secrets are here, under which one to seal.
//!
//! A header counts when its dealer was a steward of the roster at the header's frontier, in whose name the header
//! speaks; everybody who has that frontier decides alike. A secret counts when it fits the header's commitment. When
//! an epoch's retention is over its secret is erased here, which is all the forward secrecy there is.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

use watchfire_keys::epoch::window::{can_seal, is_live};
use watchfire_keys::epoch::{EpochSecret, Header, HeaderError};
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{CircleId, EpochId, MemberId};
use watchfire_keys::time::UnixMillis;

use super::header::judge;
use super::log::{ActLog, Inserted};
use super::roster::Roster;
use crate::envelope::EpochKeys;
use crate::limits::{MAX_FUTURE_MS, MAX_HEADERS, MAX_HEADERS_ASIDE, MAX_HEADERS_PER_DEALER};
use crate::rules::Rule;

/// Two headers that one steward dealt for one turn at one frontier, both good for sealing at some moment: the proof
/// that it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivocation {
    /// The steward.
    pub dealer: MemberId,
    /// The one with the lower id.
    pub first: Arc<Header>,
    /// The other.
    pub second: Arc<Header>,
}

#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) header: Arc<Header>,
    pub(super) round: u32,
    /// Whether this node's member is among the epoch's readers.
    pub(super) mine: bool,
    pub(super) secret: Option<(EpochSecret, Arc<EpochKeys>)>,
}

/// The epochs that one member's node knows.
#[derive(Clone, Debug)]
pub struct Keyring {
    pub(super) circle: CircleId,
    pub(super) me: MemberId,
    pub(super) epochs: BTreeMap<EpochId, Held>,
    by_readers: BTreeMap<[u8; 32], BTreeSet<EpochId>>,
    by_dealer: BTreeMap<MemberId, BTreeSet<EpochId>>,
    /// Headers whose frontier is not here, the longest waiting first.
    aside: Vec<Arc<Header>>,
}

impl Keyring {
    /// An empty keyring of this member.
    #[must_use]
    pub const fn new(circle: CircleId, me: MemberId) -> Self {
        Self {
            circle,
            me,
            epochs: BTreeMap::new(),
            by_readers: BTreeMap::new(),
            by_dealer: BTreeMap::new(),
            aside: Vec::new(),
        }
    }

    /// Takes a header. One whose frontier is not in force in `log` is set aside; see [`Keyring::retry`].
    ///
    /// # Errors
    /// [`Rule::HeaderWrongCircle`], [`Rule::HeaderVersion`], [`Rule::HeaderMalformed`], [`Rule::HeaderSignature`],
    /// [`Rule::HeaderFuture`], [`Rule::HeaderOver`], [`Rule::HeaderSigner`], [`Rule::HeaderReaders`],
    /// [`Rule::HeaderWindow`], [`Rule::HeaderTurn`], [`Rule::HeaderTooMany`].
    pub fn insert_header(
        &mut self,
        header: impl Into<Arc<Header>>,
        log: &ActLog,
        now: UnixMillis,
    ) -> Result<Inserted, Rule> {
        let header = header.into();
        let id = header.id();
        if self.epochs.contains_key(&id) {
            return Ok(Inserted::Known);
        }
        self.check_header(&header, now)?;
        self.place(id, header, log, now)
    }

    /// Checks what can be without the acts that a header names: this is cheap, and what follows from them is not.
    ///
    /// # Errors
    /// [`Rule::HeaderWrongCircle`], [`Rule::HeaderVersion`], [`Rule::HeaderMalformed`], [`Rule::HeaderSignature`],
    /// [`Rule::HeaderFuture`].
    pub fn check_header(&self, header: &Header, now: UnixMillis) -> Result<(), Rule> {
        if header.circle != self.circle {
            return Err(Rule::HeaderWrongCircle);
        }
        header.verify_signature().map_err(|error| match error {
            HeaderError::TooNew(_) => Rule::HeaderVersion,
            HeaderError::BadSignature => Rule::HeaderSignature,
            _ => Rule::HeaderMalformed,
        })?;
        if header.created > now.saturating_add(MAX_FUTURE_MS) {
            return Err(Rule::HeaderFuture);
        }
        Ok(())
    }

    /// Takes up again the headers that were set aside, after the log has grown; returns those that count now.
    pub fn retry(&mut self, log: &ActLog, now: UnixMillis) -> Vec<EpochId> {
        let mut taken = Vec::new();
        for header in core::mem::take(&mut self.aside) {
            let id = header.id();
            // What breaks a rule now that its frontier is known is dropped; who sent it could not have known.
            if matches!(self.place(id, header, log, now), Ok(Inserted::Fresh { .. })) {
                taken.push(id);
            }
        }
        taken
    }

    /// Keeps the secret of an epoch whose header is here.
    ///
    /// # Errors
    /// [`Rule::GrantUnasked`] without a header, [`Rule::GrantMismatch`] when it is not the epoch's secret.
    pub fn insert_secret(&mut self, epoch: EpochId, secret: EpochSecret) -> Result<(), Rule> {
        let held = self.epochs.get_mut(&epoch).ok_or(Rule::GrantUnasked)?;
        if held.secret.is_none() {
            let keys = EpochKeys::new(&held.header, &secret).ok_or(Rule::GrantMismatch)?;
            held.secret = Some((secret, Arc::new(keys)));
        }
        Ok(())
    }

    /// The epochs that this member may read and whose secret is not here, the newest first.
    #[must_use]
    pub fn missing_secrets(&self) -> Vec<EpochId> {
        let lacking = self.epochs.iter().filter(|(_, held)| held.mine && held.secret.is_none());
        let mut lacking: Vec<_> = lacking.map(|(id, held)| (Reverse(held.header.created), *id)).collect();
        lacking.sort_unstable();
        lacking.into_iter().map(|(_, id)| id).collect()
    }

    /// The keys to seal under now, or nothing: then a publication waits.
    ///
    /// Only an epoch whose readers are exactly those of `roster` will do. Of several, one dealt at the roster's own
    /// frontier goes before others, a later round before an earlier one, and then the lowest turn, and the lowest id:
    /// nodes with the same headers seal under the same.
    #[must_use]
    pub fn sealing(&self, roster: &Roster, now: UnixMillis) -> Option<&Arc<EpochKeys>> {
        let held = self.matching(roster).filter(|(_, held)| can_seal(&held.header, now));
        let keys = held.filter_map(|(id, held)| Some((id, held, &held.secret.as_ref()?.1)));
        keys.max_by_key(|(id, held, _)| {
            let here = held.header.frontier == roster.frontier;
            (here, held.round, Reverse(held.header.turn), Reverse(*id))
        })
        .map(|(_, _, keys)| keys)
    }

    /// The epochs whose readers are those of `roster`.
    pub(super) fn matching<'a>(&'a self, roster: &Roster) -> impl Iterator<Item = (&'a EpochId, &'a Held)> {
        let ids = self.by_readers.get(&roster.readers_digest());
        ids.into_iter().flatten().filter_map(|id| Some((id, self.epochs.get(id)?)))
    }

    /// The keys of an epoch, to open with.
    #[must_use]
    pub fn keys(&self, epoch: &EpochId) -> Option<&Arc<EpochKeys>> {
        self.epochs.get(epoch)?.secret.as_ref().map(|(_, keys)| keys)
    }

    /// The secret of an epoch, to write to disk.
    #[must_use]
    pub fn secret(&self, epoch: &EpochId) -> Option<&EpochSecret> {
        self.epochs.get(epoch)?.secret.as_ref().map(|(secret, _)| secret)
    }

    /// An epoch's header.
    #[must_use]
    pub fn header(&self, epoch: &EpochId) -> Option<&Arc<Header>> {
        self.epochs.get(epoch).map(|held| &held.header)
    }

    /// The key that an epoch's gate signatures are verified with; known to whoever has the header.
    #[must_use]
    pub fn gate(&self, epoch: &EpochId) -> Option<PublicKey> {
        self.header(epoch).map(|header| header.gate)
    }

    /// Every header, by id.
    pub fn headers(&self) -> impl Iterator<Item = (&EpochId, &Arc<Header>)> {
        self.epochs.iter().map(|(id, held)| (id, &held.header))
    }

    /// The headers of epochs whose envelopes are still taken.
    pub fn live(&self, now: UnixMillis, retention_ms: u64) -> impl Iterator<Item = (&EpochId, &Arc<Header>)> {
        self.headers().filter(move |(_, header)| is_live(header, now, retention_ms))
    }

    /// Headers that wait for their frontier: the log has to [want](ActLog::want) it.
    pub fn waiting(&self) -> impl Iterator<Item = &Header> {
        self.aside.iter().map(Arc::as_ref)
    }

    /// How many headers wait for their frontier.
    #[must_use]
    pub fn set_aside_count(&self) -> usize {
        self.aside.len()
    }

    /// Erases the secrets and headers of epochs whose retention is over; returns their ids, to erase them on disk.
    pub fn prune(&mut self, now: UnixMillis, retention_ms: u64) -> Vec<EpochId> {
        let over = |held: &Held| now >= held.header.seal_until.saturating_add(retention_ms);
        let gone: Vec<EpochId> =
            self.epochs.iter().filter(|(_, held)| over(held)).map(|(id, _)| *id).collect();
        for id in &gone {
            if let Some(held) = self.epochs.remove(id) {
                unlink(&mut self.by_readers, &held.header.readers, id);
                unlink(&mut self.by_dealer, &held.header.dealer, id);
            }
        }
        gone
    }

    /// Stewards that dealt two epochs for one turn, with the proof: the two lowest ids of each turn.
    #[must_use]
    pub fn equivocations(&self) -> Vec<Equivocation> {
        let mut turns: BTreeMap<_, Vec<&Arc<Header>>> = BTreeMap::new();
        for held in self.epochs.values() {
            let header = &held.header;
            turns.entry((header.dealer, &header.frontier, header.turn)).or_default().push(header);
        }
        let proof = |((dealer, _, _), headers): (_, Vec<&Arc<Header>>)| {
            let pairs = headers.iter().enumerate().flat_map(|(at, first)| {
                headers.iter().skip(at.saturating_add(1)).map(move |second| (first, second))
            });
            let overlap = |a: &Header, b: &Header| a.created < b.seal_until && b.created < a.seal_until;
            let (first, second) = pairs.into_iter().find(|(first, second)| overlap(first, second))?;
            Some(Equivocation { dealer, first: Arc::clone(first), second: Arc::clone(second) })
        };
        turns.into_iter().filter_map(proof).collect()
    }

    /// Takes a header whose signature holds, or sets it aside.
    fn place(
        &mut self,
        id: EpochId,
        header: Arc<Header>,
        log: &ActLog,
        now: UnixMillis,
    ) -> Result<Inserted, Rule> {
        let lacking = log.lacking(&header.frontier);
        if !lacking.is_empty() {
            self.set_aside(header);
            return Ok(Inserted::Waiting(lacking));
        }
        let roster = log.roster_at(&header.frontier).ok_or(Rule::HeaderFrontier)?;
        let round = judge(&header, &roster, log, now)?;
        let dealt = self.by_dealer.get(&header.dealer).map_or(0, BTreeSet::len);
        if dealt >= MAX_HEADERS_PER_DEALER || self.epochs.len() >= MAX_HEADERS {
            return Err(Rule::HeaderTooMany);
        }
        let mine = roster.is_member(&self.me);
        self.by_readers.entry(header.readers).or_default().insert(id);
        self.by_dealer.entry(header.dealer).or_default().insert(id);
        self.epochs.insert(id, Held { header, round, mine, secret: None });
        Ok(Inserted::Fresh { admitted: alloc::vec![*id.as_bytes()], roster_changed: false })
    }

    fn set_aside(&mut self, header: Arc<Header>) {
        if self.aside.contains(&header) {
            return;
        }
        if self.aside.len() >= MAX_HEADERS_ASIDE {
            self.aside.remove(0);
        }
        self.aside.push(header);
    }
}

fn unlink<K: Ord>(index: &mut BTreeMap<K, BTreeSet<EpochId>>, key: &K, id: &EpochId) {
    if let Some(ids) = index.get_mut(key) {
        ids.remove(id);
        if ids.is_empty() {
            index.remove(key);
        }
    }
}
