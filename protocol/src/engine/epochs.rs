//! Epochs at this node: headers taken and dealt, secrets asked for and handed on.

use watchfire_keys::epoch::EpochSecret;
use watchfire_keys::ids::EpochId;
use watchfire_keys::labels;
use rand_core::Rng;
use zeroize::Zeroizing;

use super::output::{Change, Event, Output};
use super::{Engine, PeerName};
use crate::circle::{deal, turn_delay_ms, turn_of, Item};
use crate::crypto::Crypto;
use crate::rules::Rule;
use crate::wire::{Epochs, Frame};

/// How long a matching header may be without a secret that anybody hands out before a new epoch is dealt.
const SECRET_PATIENCE_MS: u64 = 4_000;
/// How often the next holder is asked for a secret.
const ASK_AGAIN_MS: u64 = 500;
/// Epochs in one request.
const MAX_ASKED: usize = 16;
/// A peer is handed the same secret again only after this long.
const GRANT_AGAIN_MS: u64 = 400;
/// Bounds the memory of grants; older ones are forgotten.
const MAX_GRANTS: usize = 4096;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Hands the headers that the log has accepted to the keyring.
    pub(super) fn take_headers(&mut self) {
        let Some(log) = &self.log else { return };
        let had = self.sealing_epoch();
        self.keyring.update(log, self.now.unix);
        if self.sealing_epoch() != had {
            self.epoch_ready();
        }
    }

    /// The epoch this node would seal under now.
    pub(super) fn sealing_epoch(&self) -> Option<EpochId> {
        let roster = self.roster.as_ref()?;
        self.keyring.sealing(roster, self.now.unix).map(|keys| keys.epoch())
    }

    fn epoch_ready(&mut self) {
        self.out(Output::Event(Event::EpochChanged));
        self.retry_parked();
        self.flush_outbox();
    }

    /// Sets or clears the time at which this node deals an epoch itself.
    pub(super) fn consider_dealing(&mut self) {
        let wanted = self.dealing_delay_ms();
        match (wanted, self.deal_at) {
            (None, _) => self.deal_at = None,
            (Some(delay), None) => self.deal_at = Some(self.now.moment.plus(delay)),
            (Some(_), Some(_)) => {}
        }
    }

    /// How long this node should wait before it deals; `None` when no epoch is needed, or not from us.
    fn dealing_delay_ms(&self) -> Option<u64> {
        let roster = self.roster.as_ref()?;
        self.keys.steward.as_ref()?;
        if !self.may_seal() || !roster.is_steward(&self.keys.member) {
            return None;
        }
        if !self.keyring.needs_epoch(roster, self.now.unix) {
            return None;
        }
        let rank = turn_of(roster, &self.keys.member)?;
        let patience = if self.keyring.has_matching_header(roster, self.now.unix) { SECRET_PATIENCE_MS } else { 0 };
        Some(patience + turn_delay_ms(rank))
    }

    pub(super) fn deal_if_due(&mut self) {
        if self.deal_at.is_none_or(|at| at > self.now.moment) {
            return;
        }
        self.deal_at = None;
        if self.dealing_delay_ms().is_some() {
            self.deal();
        }
    }

    fn deal(&mut self) {
        let (Some(roster), Some(key)) = (self.roster.clone(), self.keys.steward.clone()) else { return };
        let Some(rank) = turn_of(&roster, &self.keys.member) else { return };
        let mut bytes = Zeroizing::new([0; 32]);
        self.rng.fill_bytes(&mut *bytes);
        let secret = EpochSecret::from_bytes(*bytes);
        let header = deal(&roster, &secret, rank, self.keys.member, &key, self.now.unix);
        let epoch = header.id();
        let item = Item::Header(header);
        let Some(log) = &mut self.log else { return };
        if log.insert(item.clone(), self.now.unix).is_err() {
            return;
        }
        self.persist_item(&item);
        self.out(Output::Persist(Change::Secret { epoch, secret: *bytes }));
        // The header was just built from this secret, so the keyring takes it once it knows the header.
        let had = self.sealing_epoch();
        if let Some(log) = &self.log {
            self.keyring.update(log, self.now.unix);
        }
        let _ = self.keyring.insert_secret(epoch, secret);
        self.tell(item.to_bytes());
        if self.sealing_epoch() != had {
            self.epoch_ready();
        }
    }

    pub(super) fn epoch_frame(&mut self, peer: &P, frame: &Epochs) -> Result<(), Rule> {
        match frame {
            Epochs::Ask(epochs) => self.asked_for(peer, epochs),
            Epochs::Grant { epoch, sealed } => self.granted(*epoch, sealed),
        }
    }

    fn asked_for(&mut self, peer: &P, epochs: &[EpochId]) -> Result<(), Rule> {
        if epochs.len() > MAX_ASKED {
            return Err(Rule::GrantUnasked);
        }
        let (Some(member), Some(log)) = (self.links.get(peer).and_then(super::Link::member), &self.log) else {
            return Ok(());
        };
        let mut grants = alloc::vec::Vec::new();
        for epoch in epochs {
            let recently = self.granted.get(&(peer.clone(), *epoch));
            if recently.is_some_and(|at| self.now.moment.0 < at.0.saturating_add(GRANT_AGAIN_MS)) {
                continue;
            }
            let (Some(secret), Some(reader)) = (self.keyring.secret(epoch), self.keyring.reader(epoch, &member, log))
            else {
                continue;
            };
            let aad = [self.circle.as_bytes().as_slice(), epoch.as_bytes()].concat();
            let sealed =
                self.crypto.seal_to(&reader, labels::SEAL_EPOCH, &aad, secret.as_bytes(), &mut self.rng);
            grants.extend(sealed.map(|sealed| (*epoch, sealed)));
        }
        for (epoch, sealed) in grants {
            if self.granted.len() >= MAX_GRANTS {
                self.granted.clear();
            }
            self.granted.insert((peer.clone(), epoch), self.now.moment);
            self.send(peer, &Frame::Epochs(Epochs::Grant { epoch, sealed }));
        }
        Ok(())
    }

    fn granted(&mut self, epoch: EpochId, sealed: &[u8]) -> Result<(), Rule> {
        if !self.keyring.lacks_secret(&epoch) {
            // Two holders answered, or nobody asked: either way there is nothing to learn.
            return Ok(());
        }
        let aad = [self.circle.as_bytes().as_slice(), epoch.as_bytes()].concat();
        let plain = self
            .crypto
            .open_sealed(&self.keys.sealing, labels::SEAL_EPOCH, &aad, sealed)
            .ok_or(Rule::GrantMismatch)?;
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(&plain[..]).map_err(|_| Rule::GrantMismatch)?);
        let had = self.sealing_epoch();
        self.keyring.insert_secret(epoch, EpochSecret::from_bytes(*bytes))?;
        self.out(Output::Persist(Change::Secret { epoch, secret: *bytes }));
        if self.sealing_epoch() == had {
            self.retry_parked();
        } else {
            self.epoch_ready();
        }
        self.consider_dealing();
        Ok(())
    }

    /// Asks everyone in turn for the secrets that are missing, until they are there.
    pub(super) fn ask_secrets(&mut self) {
        self.ask_secrets_at = None;
        let missing = self.missing_secrets();
        let peers = self.greeted_peers();
        if missing.is_empty() || peers.is_empty() {
            return;
        }
        let turn = self.rng.next_u32() as usize % peers.len();
        self.send(&peers[turn].0, &Frame::Epochs(Epochs::Ask(missing)));
        self.ask_secrets_at = Some(self.now.moment.plus(ASK_AGAIN_MS));
    }

    /// Asks one peer for what is missing: it has just been greeted, or has just shown us a header.
    pub(super) fn ask_secrets_of(&mut self, peer: &P) {
        let missing = self.missing_secrets();
        if !missing.is_empty() {
            self.send(peer, &Frame::Epochs(Epochs::Ask(missing)));
            self.ask_secrets_at.get_or_insert(self.now.moment.plus(ASK_AGAIN_MS));
        }
    }

    fn missing_secrets(&self) -> alloc::vec::Vec<EpochId> {
        let Some(log) = &self.log else { return alloc::vec::Vec::new() };
        let mut missing = self.keyring.missing_secrets(&self.keys.member, log, self.now.unix);
        missing.truncate(MAX_ASKED);
        missing
    }
}
