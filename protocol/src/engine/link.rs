//! The state of one link.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::vec::Vec;

use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{EpochId, MemberId, RecordId};
use watchfire_keys::time::Moment;

use super::wanted::Wanted;
use crate::gossip::Bucket;
use crate::greeting::{Called, Caller};
use crate::limits::MAX_RECORD_BYTES;
use crate::reconcile::{Prefix, Search, Session};

/// What is expected at the other end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// A member's node.
    Member,
    /// A relay.
    Relay,
}

/// How far the greeting has come.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// The other end dialled; its hello is awaited.
    Awaiting,
    /// We dialled and sent a hello.
    Calling(Caller),
    /// We answered; the introduction is awaited.
    Answered(Called),
    /// It holds an epoch's secret and a name that our roster does not know yet: we take acts and give none.
    /// Its introduction was signed by this key; whether that speaks for the member, the acts have to say.
    Provisional(MemberId, PublicKey),
    /// A member, and the key that speaks for its node.
    Greeted(MemberId, PublicKey),
}

/// A link and everything its other end can fill, bounded.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) stage: Stage,
    pub(super) dialed: bool,
    pub(super) up_at: Moment,
    pub(super) bytes: Bucket,
    pub(super) frames: Bucket,
    /// Envelopes that it may still push, and their bytes.
    pub(super) pushes: Bucket,
    pub(super) pushed_bytes: Bucket,
    /// Records that it may still have from us.
    pub(super) served: Bucket,
    /// Membership items from it that may still cost a walk over the history.
    pub(super) walks: Bucket,
    /// Reconciliations that it may still start.
    pub(super) sessions: Bucket,
    /// What there is against the other end before it is greeted. After that, it counts for the member.
    pub(super) penalty: u32,
    /// Ids of membership items that the peer has listed so far.
    pub(super) listed: Vec<[u8; 32]>,
    /// The session we started.
    pub(super) ours: Option<Session>,
    /// The session the peer started.
    pub(super) theirs: Option<Session>,
    /// When we last began to reconcile on this link.
    pub(super) compared: Option<Moment>,
    /// Whether a session on this link came to its end.
    pub(super) reconciled: bool,
    /// The comparison by coded symbols that we began, when it last got on, and how often it has asked again since.
    pub(super) search: Option<Search>,
    pub(super) searched_at: Moment,
    pub(super) stalls: u32,
    /// Coded symbols that it may still have from us.
    pub(super) cells: Bucket,
    /// Records the peer has and we want.
    pub(super) wanted: Wanted,
    /// It has more than that.
    pub(super) has_more: bool,
    /// What a record from this link takes, in the mean of the last ones; at first, the most it can.
    pub(super) record_bytes: u64,
    /// Records we asked for and have not got.
    pub(super) owed: BTreeSet<Prefix>,
    pub(super) last_record: Moment,
    /// Records the peer asked for and that its budget has not let it have yet.
    pub(super) due: VecDeque<RecordId>,
    /// Some of them are being loaded; what they make goes out before more is.
    pub(super) loading: bool,
    listed_at: Option<Moment>,
    answered_at: Option<Moment>,
    /// Something was left unanswered because it came too soon; our items are listed to the peer when it is time.
    pub(super) owes_list: bool,
    /// Epochs whose secret it asked for and we lack as well: it gets them as soon as they are here.
    pub(super) asks: BTreeSet<EpochId>,
    /// Epoch secrets that it may still have from us.
    pub(super) grants: Bucket,
}

/// How many budgets a link has.
pub(super) const BUDGETS: usize = 9;

/// Membership items are listed and sent to a peer at most this often on its behalf.
const LIST_AGAIN_MS: u64 = 1_000;

/// Unasked-for bytes a link may send: a burst, and a rate that no honest node comes near but in what it passes on of
/// others, or has just caught up with and passes on. That has a budget of its own, as large, and nobody is blamed for it.
const BYTES_BURST: u64 = 16 * 1024 * 1024;
const BYTES_PER_SECOND: u64 = 2 * 1024 * 1024;
/// Frames a link may send.
const FRAMES_BURST: u64 = 8_000;
const FRAMES_PER_SECOND: u64 = 1_000;
/// Records a link may fetch whatever the others do: each costs us a read of the disk and a sealing.
const RECORDS_BURST: u64 = 8_192;
const RECORDS_PER_SECOND: u64 = 2_048;
/// Membership items of a link that cost a walk over the history. A newcomer is shown the headers of many rosters at once.
const WALKS_BURST: u64 = 2_048;
const WALKS_PER_SECOND: u64 = 128;
/// Reconciliations a link may start; an honest one does so every ten seconds, and anew after each loss of the link.
const SESSIONS_BURST: u64 = 16;
const SESSIONS_PER_SECOND: u64 = 1;
/// Coded symbols a link may ask for: all that are ever made, twice, and as many once more in ten seconds.
const CELLS_BURST: u64 = 600_000;
const CELLS_PER_SECOND: u64 = 30_000;
/// Epoch secrets a link may ask for: each costs us a sealing. An honest peer asks for 16 twice a second.
const GRANTS_BURST: u64 = 512;
const GRANTS_PER_SECOND: u64 = 64;

impl Link {
    pub(super) fn new(stage: Stage, dialed: bool, now: Moment) -> Self {
        Self {
            stage,
            dialed,
            up_at: now,
            bytes: Bucket::full(BYTES_BURST, BYTES_PER_SECOND, now),
            frames: Bucket::full(FRAMES_BURST, FRAMES_PER_SECOND, now),
            pushes: Bucket::full(FRAMES_BURST, FRAMES_PER_SECOND, now),
            pushed_bytes: Bucket::full(BYTES_BURST, BYTES_PER_SECOND, now),
            served: Bucket::full(RECORDS_BURST, RECORDS_PER_SECOND, now),
            walks: Bucket::full(WALKS_BURST, WALKS_PER_SECOND, now),
            sessions: Bucket::full(SESSIONS_BURST, SESSIONS_PER_SECOND, now),
            penalty: 0,
            listed: Vec::new(),
            ours: None,
            theirs: None,
            compared: None,
            reconciled: false,
            search: None,
            searched_at: now,
            stalls: 0,
            cells: Bucket::full(CELLS_BURST, CELLS_PER_SECOND, now),
            wanted: Wanted::default(),
            has_more: false,
            record_bytes: MAX_RECORD_BYTES as u64,
            owed: BTreeSet::new(),
            last_record: now,
            due: VecDeque::new(),
            loading: false,
            listed_at: None,
            answered_at: None,
            owes_list: false,
            asks: BTreeSet::new(),
            grants: Bucket::full(GRANTS_BURST, GRANTS_PER_SECOND, now),
        }
    }

    /// All its budgets, always in the same order.
    pub(super) fn budgets(&mut self) -> [&mut Bucket; BUDGETS] {
        let Self { bytes, frames, pushes, pushed_bytes, served, walks, sessions, cells, grants, .. } = self;
        [bytes, frames, pushes, pushed_bytes, served, walks, sessions, cells, grants]
    }

    /// Whether our membership items may be listed to the peer again; notes that they are.
    pub(super) fn may_list(&mut self, now: Moment) -> bool {
        let due = self.listed_at.is_none_or(|at| now.0 >= at.0.saturating_add(LIST_AGAIN_MS));
        if due {
            self.listed_at = Some(now);
        }
        due
    }

    /// Whether a list of the peer's may be answered with all that it lacks again; notes that it is.
    pub(super) fn may_answer_list(&mut self, now: Moment) -> bool {
        let due = self.answered_at.is_none_or(|at| now.0 >= at.0.saturating_add(LIST_AGAIN_MS));
        if due {
            self.answered_at = Some(now);
        }
        due
    }

    /// The key that speaks for the node at the other end, once greeted.
    pub(super) fn signer(&self) -> Option<PublicKey> {
        match self.stage {
            Stage::Greeted(_, signer) => Some(signer),
            _ => None,
        }
    }

    /// The member at the other end, once greeted.
    pub(super) fn member(&self) -> Option<MemberId> {
        match self.stage {
            Stage::Greeted(member, _) => Some(member),
            _ => None,
        }
    }
}
