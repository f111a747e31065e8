//! What can happen to an engine.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{ActId, EpochId, MemberId, RecordId};
use watchfire_keys::name::Side;
use watchfire_keys::time::{Moment, UnixMillis};

use super::link::LinkKind;
use super::own_acts::OwnAct;
use crate::circle::{ActBody, Decision, Draft};
use crate::publication::ReportDraft;
use crate::record::{Placed, SignedRecord};

/// Both times of an input: the monotonic one that timers use, and the civil one that records carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic.
    pub moment: Moment,
    /// Civil.
    pub unix: UnixMillis,
}

/// Something that happened.
#[derive(Debug)]
pub enum Input<P> {
    /// A link is up.
    PeerUp {
        /// Its other end.
        peer: P,
        /// Whether a member or a relay is expected there.
        kind: LinkKind,
        /// Whether this node dialled.
        dialed: bool,
    },
    /// A link is gone.
    PeerDown {
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
    /// An envelope came from a relay: as untrusted as anything, and from nobody in particular.
    Envelope(Vec<u8>),
    /// A peer that an [`Output::Connect`](super::Output::Connect) named could not be reached.
    DialFailed {
        /// Which peer.
        peer: P,
    },
    /// How long a message on the link with this peer took there and back lately.
    RoundTrip {
        /// Which peer.
        peer: P,
        /// In milliseconds.
        ms: u32,
    },
    /// The deadline has come.
    Tick,
    /// What is over shall be erased now, and not within the hour.
    Prune,
    /// The founding draft in the home has changed.
    Draft(Draft),
    /// This node can be dialled at other addresses now.
    Addresses(Vec<String>),
    /// The person at the node wants something.
    Request {
        /// Names the answer.
        token: u64,
        /// What is wanted.
        request: Request,
    },
    /// The records that an [`Output::Load`](super::Output::Load) asked for.
    Loaded {
        /// For whom they were loaded.
        peer: P,
        /// Those that the store has.
        records: Vec<Loaded>,
    },
    /// Every record in the store by one of the signers that an [`Output::Cut`](super::Output::Cut) named.
    CutFound {
        /// The records.
        records: Vec<Placed>,
    },
}

/// A record as the store has it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Its id.
    pub id: RecordId,
    /// The epoch it came under; none for an own record that has not been sealed yet.
    pub epoch: Option<EpochId>,
    /// The signed record's bytes.
    pub bytes: Vec<u8>,
}

/// Something a person asks of the node.
#[derive(Debug)]
pub enum Request {
    /// Publish a report.
    Publish(Box<ReportDraft>),
    /// Propose an act that other sides answer for too. Where it ends records and names no end, this node names the last
    /// record of each signer that it knows.
    Propose {
        /// What it does.
        body: Box<ActBody>,
        /// Why, for the other sides' stewards to read.
        reason: String,
    },
    /// Propose, with a side's recovery key, to seat a steward for it.
    Seat {
        /// The side.
        side: Side,
        /// The side's recovery key. It is used for this one signature and not kept.
        recovery: Box<SigningKey>,
        /// The new steward's card.
        card: Box<Card>,
        /// The steward of the same side that goes.
        removes: Option<MemberId>,
        /// Why, for the other sides' stewards to read.
        reason: String,
    },
    /// Sign one of this member's own acts, with its organisation key. It is in force at once.
    Own(OwnAct),
    /// Approve or refuse a proposal.
    Decide {
        /// Which act.
        act: ActId,
        /// The decision.
        decision: Decision,
        /// Approve even if acts become void that its author did not know.
        anyway: bool,
    },
    /// Deal a new epoch now.
    Rotate,
    /// Take over and send records that another machine of this member signed.
    Submit(Vec<SignedRecord>),
    /// Note that this member has paired the circle with these relays.
    Relays(Vec<String>),
}
