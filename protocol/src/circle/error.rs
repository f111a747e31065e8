//! Why an act or an approval cannot be made here. The caller's side: nothing was signed.

use alloc::vec::Vec;
use core::fmt;

use watchfire_keys::ids::ActId;
use watchfire_keys::name::Side;

/// Why a proposal cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProposeError {
    /// The founding is not here.
    NotFounded,
    /// The member is not a steward.
    NotASteward,
    /// The member's card does not delegate this key as a steward's, or not today.
    NotItsKey,
    /// The reason is too long, has several lines or hidden characters.
    Reason,
    /// As many proposals of this member are open as may be.
    TooManyOpen,
    /// The card does not verify.
    Card,
    /// The card declares a side that the charter does not have.
    UnknownSide {
        /// The side.
        side: Side,
    },
    /// The card's member is in the circle.
    AlreadyMember,
    /// Another member has the card's name or one of its keys.
    Taken,
    /// The history has one head only.
    NothingToTie,
    /// Whom it is about is no member.
    NotAMember,
    /// It would leave a side without a steward: only the side's recovery key can replace the last one.
    LastSteward {
        /// The side.
        side: Side,
    },
    /// It would change nothing.
    NoChange,
    /// A rule is out of its bounds, or asks for more stewards than a side has.
    Rules,
    /// A record's end is named for a key that was never the member's, or in another order.
    Cuts,
    /// The key is not the member's organisation key.
    NotOrganisation,
    /// The key is not the side's recovery key.
    NotRecovery,
    /// The member signed so many of its own acts that it has to wait.
    TooSoon,
    /// The number of a member's own act is not the next one.
    Number,
    /// The key is weak, or somebody has or had it.
    Key,
    /// A side has no steward, and nothing is decided before it has seated one.
    Blocked {
        /// The side.
        side: Side,
    },
    /// This program does not know what the act does.
    Unknown,
}

impl ProposeError {
    /// What a person can do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NotFounded => "wait until this node has heard from another member",
            Self::NotASteward => "ask a steward of your side to propose it",
            Self::NotItsKey => "use the home whose card is in the circle",
            Self::Reason => "give a reason of one line and at most 300 characters",
            Self::TooManyOpen => "have the open proposals approved, or wait until they expire",
            Self::Card => "ask that member for a new card (`watchfire card`)",
            Self::UnknownSide { .. } => "ask that member to `init` with one of the circle's sides",
            Self::AlreadyMember => "nothing is to be done; `watchfire circle show` lists the members",
            Self::Taken => "ask that member for a card with another name and keys of its own",
            Self::NothingToTie | Self::NoChange => "nothing is to be done",
            Self::NotAMember => "`watchfire circle show` lists the members",
            Self::LastSteward { .. } => {
                "add another steward of that side first, or have its recovery key seat one"
            }
            Self::Rules => "choose values within the bounds that the manual names",
            Self::Cuts => "propose it again",
            Self::NotOrganisation => "use the home that holds the organisation key",
            Self::NotRecovery => "use the recovery words of that side, as they were noted at the founding",
            Self::TooSoon => "wait six hours",
            Self::Number => "try again when this node has heard from the member's other nodes",
            Self::Key => "make a new key",
            Self::Blocked { .. } => "have that side's recovery key seat a steward first",
            Self::Unknown => "update this program",
        }
    }
}

impl fmt::Display for ProposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFounded => f.write_str("the circle's founding is not here yet"),
            Self::NotASteward => f.write_str("only a steward proposes changes of membership"),
            Self::NotItsKey => f.write_str("the circle knows another steward key of this member"),
            Self::Reason => f.write_str("the reason is too long or not one line of plain text"),
            Self::TooManyOpen => f.write_str("too many of this member's proposals are still open"),
            Self::Card => f.write_str("the card does not verify"),
            Self::UnknownSide { side } => write!(f, "the circle has no side {side}"),
            Self::AlreadyMember => f.write_str("this is a member already"),
            Self::Taken => f.write_str("a member has this name or one of these keys"),
            Self::NothingToTie => f.write_str("the history has nothing to tie together"),
            Self::NotAMember => f.write_str("this is no member"),
            Self::LastSteward { side } => write!(f, "the side {side} would have no steward"),
            Self::NoChange => f.write_str("it is so already"),
            Self::Rules => f.write_str("a rule is out of its bounds"),
            Self::Cuts => f.write_str("the ends of records name a key that is not the member's"),
            Self::NotOrganisation => f.write_str("this is not the member's organisation key"),
            Self::NotRecovery => f.write_str("this is not the side's recovery key"),
            Self::TooSoon => f.write_str("this member changed its keys too often"),
            Self::Number => f.write_str("the number is not that of the member's next act"),
            Self::Key => f.write_str("the key is weak, or somebody has or had it"),
            Self::Blocked { side } => write!(f, "the side {side} has no steward"),
            Self::Unknown => f.write_str("this program does not know what the act does"),
        }
    }
}

impl core::error::Error for ProposeError {}

/// Why an act cannot be decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApproveError {
    /// The act is not here.
    UnknownAct,
    /// The member is not a steward.
    NotASteward,
    /// The member's card does not delegate this key as a steward's, or not today.
    NotItsKey,
    /// Who proposes counts for its own side without approving.
    Own,
    /// This member approved, or decided the same before.
    Decided,
    /// The act is in force.
    InForce,
    /// Whom it would add, or somebody with the same name or key, is a member by another act.
    Overtaken,
    /// The time for approvals is over.
    Expired,
    /// Too many acts stand side by side; this one would be one more.
    TooManyHeads,
    /// A side has no steward, and nothing is decided before it has seated one.
    Blocked,
    /// It lost its effect with its author's removal, and no voice gives it back.
    Void,
    /// Acts that its author did not know would lose their effect by it. Whoever means it says so.
    WouldVoid {
        /// The acts.
        acts: Vec<ActId>,
    },
    /// This program does not know what the act does.
    Unknown,
}

impl ApproveError {
    /// What a person can do about it.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::UnknownAct => "`watchfire circle pending` lists the acts that wait",
            Self::NotASteward => "ask a steward of your side to decide",
            Self::NotItsKey => "use the home whose card is in the circle",
            Self::Own => "ask a steward of each missing side to approve it",
            Self::Decided | Self::InForce => {
                "nothing is to be done; `watchfire circle show` lists the members"
            }
            Self::Overtaken => "refuse it, or let it expire",
            Self::Void => "propose it again",
            Self::Expired | Self::TooManyHeads => "ask for it to be proposed again",
            Self::Blocked => "have that side's recovery key seat a steward first",
            Self::WouldVoid { .. } => "ask for it to be proposed again, or approve it with `--anyway`",
            Self::Unknown => "update this program",
        }
    }
}

impl fmt::Display for ApproveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::UnknownAct => "there is no such act here",
            Self::NotASteward => "only a steward decides on changes of membership",
            Self::NotItsKey => "the circle knows another steward key of this member",
            Self::Own => "its author counts for its side without approving",
            Self::Decided => "this member has decided on it",
            Self::InForce => "it is in force",
            Self::Overtaken => {
                "whom it would add is a member by another act, or shares a name or key with one"
            }
            Self::Expired => "it expired",
            Self::TooManyHeads => "too many acts stand side by side",
            Self::Blocked => "a side has no steward",
            Self::Void => "whoever proposed it was removed, and it has no effect",
            Self::WouldVoid { acts } => {
                return write!(f, "{} acts that its author did not know would be void", acts.len());
            }
            Self::Unknown => "this program does not know what the act does",
        };
        f.write_str(text)
    }
}

impl core::error::Error for ApproveError {}
