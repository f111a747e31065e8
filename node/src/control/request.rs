//! What a client asks of a node over the control socket, or of its store when no daemon runs.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::answer::IndicatorDoc;
use super::proposal::{Proposal, Seating};

/// One request. `circle` chooses among several, as an id or a unique prefix of one, or a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Which circle; may be left out when there is only one.
    pub circle: Option<String>,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ask {
    /// How the node is.
    Status,
    /// The alerts.
    Alerts(AlertFilter),
    /// One alert in full.
    Show {
        /// An id, a unique prefix of one, or an exact title.
        record: String,
    },
    /// What is known of each value.
    Check {
        /// The values as a person wrote them.
        values: Vec<String>,
    },
    /// Rows for an export.
    Rows {
        /// Only observables in this state or a stronger one.
        state: StateFilter,
    },
    /// Members and acts.
    Circle,
    /// Proposals that wait.
    Pending,
    /// Everything that was decided.
    Log {
        /// Whether to check all of it again.
        verify: bool,
    },
    /// A ticket for an invited member.
    Ticket {
        /// An id, a unique prefix of one, or an exact name.
        member: String,
    },
    /// Propose a member.
    Invite {
        /// The card's text.
        card: String,
        /// Its role's name.
        role: String,
        /// Why.
        reason: String,
    },
    /// Approve or refuse a proposal.
    Decide {
        /// An id, a unique prefix of one, or an exact name of who it is about.
        act: String,
        /// Approve, or refuse.
        approve: bool,
        /// Approve even if acts become void that its author did not know.
        anyway: bool,
    },
    /// Propose something else than a newcomer.
    Propose {
        /// What.
        proposal: Proposal,
        /// Why.
        reason: String,
    },
    /// Propose a steward for a side with the side's recovery words.
    Seat {
        /// Which side, and whom.
        seating: Box<Seating>,
        /// Why.
        reason: String,
    },
    /// Leave the circle.
    Leave,
    /// Deal a new epoch.
    Rotate,
    /// Sign one of this member's own acts, about its keys.
    Key(KeyAsk),
    /// Send what another machine of this member has signed.
    Submit {
        /// The signed records in hexadecimal, in the order of their chain.
        records: Vec<String>,
    },
    /// Publish a report that the sanitizer has passed.
    Publish(Box<PublishDoc>),
    /// Give up what is over.
    Prune {
        /// Only say what would go.
        dry_run: bool,
    },
    /// Pair the circle with a relay.
    PairRelay {
        /// The relay's address, ending in `/p2p/ID`.
        address: String,
    },
}

impl Ask {
    /// Whether the store alone can answer, without a daemon.
    pub fn is_reading(&self) -> bool {
        matches!(
            self,
            Self::Status
                | Self::Alerts(_)
                | Self::Show { .. }
                | Self::Check { .. }
                | Self::Rows { .. }
                | Self::Circle
                | Self::Pending
                | Self::Log { .. }
        )
    }
}

/// What shall happen to one of this member's keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum KeyAsk {
    /// Another key signs for the member.
    Delegate {
        /// The encoded delegation, signed by the organisation key, in hexadecimal.
        delegation: String,
    },
    /// A key ends, for ever.
    Revoke {
        /// The public key.
        key: String,
        /// Which of its records stand.
        stands: Stands,
    },
    /// The member receives under another sealing key.
    Rotate {
        /// Its seed in hexadecimal.
        sealing: Secret,
    },
}

/// Which records of a revoked key stand.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Stands {
    /// All that are known here.
    Known,
    /// Those up to this one, by its id.
    UpTo(String),
    /// None.
    Nothing,
}

/// A secret on its way over the control socket, which is for this user only. Wiped when dropped, printed as `***`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// From 32 bytes.
    pub fn of(seed: &[u8; 32]) -> Self {
        Self(seed.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The 32 bytes, if it holds so many.
    pub fn seed(&self) -> Option<Zeroizing<[u8; 32]>> {
        unhex(&self.0).and_then(|bytes| bytes.as_slice().try_into().ok().map(Zeroizing::new))
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Bytes of hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for at in (0..text.len()).step_by(2) {
        bytes.push(u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?);
    }
    Some(bytes)
}

/// Hexadecimal digits of bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Which alerts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AlertFilter {
    /// Created at or after this time, in milliseconds of civil time.
    pub since_ms: Option<u64>,
    /// By authors of this side.
    pub side: Option<String>,
    /// With an indicator in this state or a stronger one.
    pub state: Option<StateFilter>,
}

/// How strongly an observable must be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StateFilter {
    /// Someone has reported it.
    Reported,
    /// Members of two sides have reported it.
    Corroborated,
}

/// A report ready to be signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublishDoc {
    /// One line.
    pub title: String,
    /// What happened.
    pub summary: String,
    /// A TLP name.
    pub tlp: String,
    /// A severity's name.
    pub severity: String,
    /// Everything that was kept.
    pub indicators: Vec<IndicatorDoc>,
    /// ATT&CK and DISARM technique ids.
    pub techniques: Vec<String>,
    /// Where more can be read.
    pub references: Vec<String>,
    /// When it stops being valid, in milliseconds of civil time.
    pub valid_until_ms: Option<u64>,
    /// The only members it is for, each by an id, a unique prefix of one, or an exact name; all of them when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
}
