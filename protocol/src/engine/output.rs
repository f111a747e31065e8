//! What an engine wants done.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::epoch::EpochSecret;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, EnvelopeId, EpochId, MemberId, RecordId};
use watchfire_keys::time::UnixMillis;

use crate::circle::{ApproveError, Item, ItemId, ProposeError};
use crate::envelope::Opened;
use crate::publication::SplitError;
use crate::record::Inner;
use crate::rules::Rule;

/// Something to be done, in order.
#[derive(Clone, Debug)]
pub enum Output<P> {
    /// Send a frame.
    Send {
        /// To whom.
        peer: P,
        /// The frame.
        frame: Arc<[u8]>,
    },
    /// Dial a member's node.
    Connect {
        /// Whose transport name has to answer.
        peer: P,
        /// Where, as multiaddr texts.
        addresses: Vec<String>,
    },
    /// Lift the limits for strangers: the other end is a member.
    Accept {
        /// The other end.
        peer: P,
    },
    /// Close a link.
    Disconnect {
        /// The other end.
        peer: P,
    },
    /// Keep this before carrying out any later output.
    Persist(Change),
    /// A record was admitted: show it.
    Deliver(Delivered),
    /// An envelope that is new here is on its way to the members; relays may be offered it too.
    Carry {
        /// Its id.
        id: EnvelopeId,
        /// Its bytes.
        envelope: Arc<[u8]>,
    },
    /// Hand in [`Input::Loaded`](super::Input::Loaded) with these records.
    Load {
        /// For whom.
        peer: P,
        /// Which.
        records: Vec<RecordId>,
    },
    /// Of these signers other records may stand than before: hand in [`Input::CutFound`](super::Input::CutFound) with
    /// all that the store has of theirs.
    Cut(Vec<PublicKey>),
    /// These records, sorted, are void, or over: show them no more. They are erased by a change of their own.
    Void(Vec<RecordId>),
    /// A peer broke a rule: count it.
    Penalise {
        /// Who.
        peer: P,
        /// Which rule.
        rule: Rule,
    },
    /// Something a person may want to know.
    Event(Event),
    /// The answer to a request.
    Published {
        /// The request's token.
        token: u64,
        /// The records, the head first.
        records: Vec<RecordId>,
        /// Whether they wait for an epoch to be sealed under.
        waiting: bool,
    },
    /// The answer to a proposal or a decision.
    Acted {
        /// The request's token.
        token: u64,
        /// The act in question.
        act: ActId,
    },
    /// The answer to a request for a new epoch.
    Dealt {
        /// The request's token.
        token: u64,
        /// The epoch.
        epoch: EpochId,
    },
    /// A request was refused.
    Refused {
        /// The request's token.
        token: u64,
        /// Why.
        refusal: Refusal,
    },
}

/// What has to survive a crash.
#[derive(Clone, Debug)]
pub enum Change {
    /// A membership item (act, approval, header, founding).
    Item(Item),
    /// An epoch's secret.
    Secret {
        /// Which epoch.
        epoch: EpochId,
        /// The secret. The store seals it.
        secret: EpochSecret,
    },
    /// A record, or a new epoch for one that is there.
    Record {
        /// Its id.
        id: RecordId,
        /// The epoch it was sealed under; none while it waits in the outbox.
        epoch: Option<EpochId>,
        /// Its envelope under that epoch.
        envelope: Option<EnvelopeId>,
        /// The signed record's bytes.
        bytes: Arc<[u8]>,
        /// When it was admitted here.
        received: UnixMillis,
    },
    /// What a record for named readers says to this member, which is one of them.
    Named {
        /// The record's id.
        id: RecordId,
        /// The encoded [`Inner`].
        bytes: Arc<[u8]>,
    },
    /// The latest presence of a member's node, in the place of an earlier one with the same key.
    Presence {
        /// Whose.
        member: MemberId,
        /// The daemon key that speaks for the node.
        signer: PublicKey,
        /// The signed presence's bytes.
        bytes: Vec<u8>,
    },
    /// A node that gave way to newer ones of its member: its presence is to be erased.
    ErasePresence {
        /// Whose.
        member: MemberId,
        /// The daemon key that spoke for the node.
        signer: PublicKey,
    },
    /// Epochs whose retention has ended: their headers and secrets are to be erased.
    EraseEpochs(Vec<EpochId>),
    /// Proposals that lapsed long ago, and what was said of them.
    EraseItems(Vec<ItemId>),
    /// Records that are void, or over: they are to be erased. At most [`Change::MAX_ERASED`]; more come in further changes.
    EraseRecords(Vec<RecordId>),
    /// The records of a signer below this position are over: its chain counts from here.
    ChainStart {
        /// Whose.
        signer: PublicKey,
        /// The lowest position that counts.
        seq: u64,
    },
    /// The founding draft with more signatures.
    Draft(Vec<u8>),
    /// A member of every side has shown that it knows what we know.
    Heard,
}

impl Change {
    /// Records that one change erases, at most: all of an author's at once are more than a store takes in one batch.
    pub const MAX_ERASED: usize = 16_384;
}

/// An admitted record.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The record, opened, with its ids.
    pub opened: Arc<Opened>,
    /// When it was admitted here.
    pub received: UnixMillis,
    /// Whether this node wrote it.
    pub own: bool,
    /// What it says, if it is for named readers and this member is one of them.
    pub named: Option<Arc<Inner>>,
}

/// Something a person may want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// All founders have signed.
    Founded,
    /// This node's member is a member now.
    Joined,
    /// This node's member was taken out of the circle, or left it.
    Removed,
    /// A member signed two acts that contradict one another, or dealt two epochs for one turn.
    Equivocation,
    /// The roster changed.
    RosterChanged,
    /// There is a new epoch to seal under.
    EpochChanged,
    /// A proposal or a decision arrived.
    ProposalsChanged,
    /// What a failed disk lost is back.
    Recovered,
    /// A link was greeted or lost.
    LinksChanged,
}

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This node is not a member yet.
    NotMember,
    /// The node does not hold the key that this needs.
    NoKey,
    /// Another node runs with this node's keys, and both would sign for one place in the chain.
    TwoNodes,
    /// What this node has signed before may be missing here, and not a member of every side has shown yet which was the last.
    Recovering,
    /// The records of this node's publisher key end by an act: it was revoked, or its member was no publisher for a while.
    KeyEnded,
    /// This node's publisher key is not delegated, or not any more.
    KeyNotDelegated,
    /// The member is one no more.
    Removed,
    /// No other member's node is linked, and this would be told to nobody.
    Alone,
    /// Epochs were dealt so often that this has to wait.
    TooSoon,
    /// There is no such record of that signer here.
    NoRecord,
    /// The member's role does not allow it.
    Role,
    /// No member would accept the proposal.
    Propose(ProposeError),
    /// No member would accept the decision.
    Approve(ApproveError),
    /// The report breaks a limit.
    Report(SplitError),
    /// It breaks a rule.
    Rule(Rule),
}
