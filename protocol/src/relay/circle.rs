//! What a relay knows of one circle: its control keys and its gates. Decides what a pairing changes.

use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};

use serde::{Deserialize, Serialize};
use watchfire_keys::{EpochId, Moment, PublicKey, UnixMillis, codec};

use super::{
    Now,
    frame::{Answer, Gate, PairingBody},
    limits::{GATE_LAPSE_MS, MAX_CONTROLS, MAX_LAPSING, MAX_RETIRED},
};
use crate::limits::MAX_FUTURE_MS;

/// Bytes of a circle's state at most: keys, gates and retired epochs with room to spare.
const MAX_STATE_BYTES: usize = 16 * 1024;

/// The control keys and gates of one circle.
#[derive(Debug)]
pub(super) struct Circle {
    controls: BTreeSet<PublicKey>,
    gates: BTreeMap<EpochId, PublicKey>,
    lapsing: BTreeMap<EpochId, Lapsing>,
    retired: VecDeque<EpochId>,
    issued: UnixMillis,
    used: bool,
}

#[derive(Clone, Copy, Debug)]
struct Lapsing {
    key: PublicKey,
    at: Moment,
}

/// What survives a restart. Gates that were lapsing get their full time again.
#[derive(Serialize, Deserialize)]
struct State {
    controls: Vec<PublicKey>,
    gates: Vec<Gate>,
    lapsing: Vec<Gate>,
    retired: Vec<EpochId>,
    issued: UnixMillis,
    used: bool,
}

/// What is known of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Its gate is taken.
    Live(PublicKey),
    /// Its gate is taken no more.
    Retired,
    /// Nothing.
    Nothing,
}

impl Circle {
    /// A circle that pairs for the first time. The caller has checked the signature.
    pub(super) fn found(body: &PairingBody, now: Now) -> Result<Self, Answer> {
        let mut circle = Self {
            controls: BTreeSet::from([body.control]),
            gates: BTreeMap::new(),
            lapsing: BTreeMap::new(),
            retired: VecDeque::new(),
            issued: UnixMillis(0),
            used: false,
        };
        circle.pair(body, now)?;
        Ok(circle)
    }

    /// Takes a pairing whose signature the caller has checked. Returns whether anything changed.
    pub(super) fn pair(&mut self, body: &PairingBody, now: Now) -> Result<bool, Answer> {
        if !self.controls.contains(&body.control) {
            return Err(Answer::Forged);
        }
        let gates: BTreeMap<EpochId, PublicKey> =
            body.gates.iter().map(|gate| (gate.epoch, gate.key)).collect();
        if gates.is_empty() || gates.len() != body.gates.len() {
            return Err(Answer::Forged);
        }
        // What was left out once stays out, also when who was taken out then is a member again; the others count.
        let gates: BTreeMap<EpochId, PublicKey> =
            gates.into_iter().filter(|(epoch, _)| !self.left_behind(epoch)).collect();
        if gates == self.gates && body.introduces.is_empty() && body.withdraws.is_empty() {
            return Ok(false);
        }
        if body.issued > now.unix.saturating_add(MAX_FUTURE_MS) {
            return Err(Answer::Clock);
        }
        let changed = |(epoch, key)| self.gates.get(epoch).is_some_and(|known| known != key);
        if body.issued <= self.issued || gates.is_empty() || gates.iter().any(changed) {
            return Err(Answer::Stale);
        }
        let controls = self.controls_after(body)?;
        self.controls = controls;
        self.issued = body.issued;
        self.replace_gates(gates, now.moment);
        Ok(true)
    }

    fn left_behind(&self, epoch: &EpochId) -> bool {
        self.retired.contains(epoch) || self.lapsing.contains_key(epoch)
    }

    fn controls_after(&self, body: &PairingBody) -> Result<BTreeSet<PublicKey>, Answer> {
        let mut controls = self.controls.clone();
        controls.extend(&body.introduces);
        controls.retain(|key| *key == body.control || !body.withdraws.contains(key));
        if controls.len() > MAX_CONTROLS {
            return Err(Answer::Full);
        }
        Ok(controls)
    }

    fn replace_gates(&mut self, gates: BTreeMap<EpochId, PublicKey>, now: Moment) {
        let at = now.saturating_add(GATE_LAPSE_MS);
        for (epoch, key) in core::mem::replace(&mut self.gates, gates) {
            if !self.gates.contains_key(&epoch) {
                self.lapsing.insert(epoch, Lapsing { key, at });
            }
        }
        while self.lapsing.len() > MAX_LAPSING {
            let soonest = self.lapsing.iter().min_by_key(|(_, lapsing)| lapsing.at);
            let Some(epoch) = soonest.map(|(epoch, _)| *epoch) else { break };
            self.retire(epoch);
        }
    }

    /// Lets gates lapse whose time has come, and returns their epochs.
    pub(super) fn lapse(&mut self, now: Moment) -> Vec<EpochId> {
        let over: Vec<EpochId> =
            self.lapsing.iter().filter(|(_, lapsing)| lapsing.at <= now).map(|(epoch, _)| *epoch).collect();
        for epoch in &over {
            self.retire(*epoch);
        }
        over
    }

    fn retire(&mut self, epoch: EpochId) {
        self.lapsing.remove(&epoch);
        self.retired.push_back(epoch);
        if self.retired.len() > MAX_RETIRED {
            self.retired.pop_front();
        }
    }

    /// What is known of an epoch.
    pub(super) fn epoch(&self, epoch: &EpochId) -> Known {
        let lapsing = || self.lapsing.get(epoch).map(|lapsing| &lapsing.key);
        match self.gates.get(epoch).or_else(lapsing) {
            Some(key) => Known::Live(*key),
            None if self.retired.contains(epoch) => Known::Retired,
            None => Known::Nothing,
        }
    }

    /// Whether anything was ever deposited. A circle that has not is the first to give way.
    pub(super) fn is_used(&self) -> bool {
        self.used
    }

    /// Something was deposited. Returns whether it was the first time.
    pub(super) fn mark_used(&mut self) -> bool {
        !core::mem::replace(&mut self.used, true)
    }

    /// When its pairing was issued.
    pub(super) fn issued(&self) -> UnixMillis {
        self.issued
    }

    /// What is to be kept on disk.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        codec::encode(&State {
            controls: self.controls.iter().copied().collect(),
            gates: self.gates.iter().map(|(&epoch, &key)| Gate { epoch, key }).collect(),
            lapsing: self.lapsing.iter().map(|(&epoch, lapsing)| Gate { epoch, key: lapsing.key }).collect(),
            retired: self.retired.iter().copied().collect(),
            issued: self.issued,
            used: self.used,
        })
    }

    /// Reads what was kept; `None` when it is damaged.
    pub(super) fn from_bytes(bytes: &[u8], now: Moment) -> Option<Self> {
        let state: State = codec::decode(bytes, MAX_STATE_BYTES).ok()?;
        let at = now.saturating_add(GATE_LAPSE_MS);
        Some(Self {
            controls: state.controls.into_iter().collect(),
            gates: state.gates.into_iter().map(|gate| (gate.epoch, gate.key)).collect(),
            lapsing: state
                .lapsing
                .into_iter()
                .map(|gate| (gate.epoch, Lapsing { key: gate.key, at }))
                .collect(),
            retired: state.retired.into_iter().collect(),
            issued: state.issued,
            used: state.used,
        })
    }
}
