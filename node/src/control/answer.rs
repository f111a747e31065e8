//! What a node answers. The same shapes are printed by `--json`, so a field here is a promise to scripts.

use serde::{Deserialize, Serialize};

use super::rules::RulesDoc;

/// An answer, or what went wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// To `Status`.
    Status(StatusDoc),
    /// To `Alerts`.
    Alerts(Vec<AlertDoc>),
    /// To `Show`.
    Show(AlertDoc),
    /// To `Check`.
    Check(Vec<CheckDoc>),
    /// To `Rows`.
    Rows(Vec<RowDoc>),
    /// To `Circle`.
    Circle(CircleDoc),
    /// To `Pending`.
    Pending(Vec<PendingDoc>),
    /// To `Log`.
    Log(LogDoc),
    /// To `Ticket`.
    Ticket {
        /// The armoured text.
        ticket: String,
    },
    /// To `Invite`, `Propose`, `Seat`, `Decide` and `Leave`.
    Acted(ActedDoc),
    /// To `Rotate`.
    Rotated {
        /// The new epoch.
        epoch: String,
    },
    /// To `Publish`.
    Published(PublishedDoc),
    /// To `Prune`.
    Pruned(PrunedDoc),
    /// To `PairRelay`.
    Paired {
        /// The relay's address.
        relay: String,
    },
    /// The request was not carried out.
    Failed(FailureDoc),
}

/// How a node is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusDoc {
    /// The member's id.
    pub member: String,
    /// Its name.
    pub name: String,
    /// Its side.
    pub side: String,
    /// The circle's id.
    pub circle: String,
    /// The circle's name, once it is known.
    pub circle_name: Option<String>,
    /// `founding`, `waiting`, `member`, `removed` or `left`.
    pub state: String,
    /// The epoch that this node seals under.
    pub epoch: Option<String>,
    /// Whether a daemon answered.
    pub running: bool,
    /// The other members.
    pub peers: Vec<PeerDoc>,
    /// Records held.
    pub records: u64,
    /// Distinct observables held.
    pub indicators: u64,
    /// Own records that wait to be sealed.
    pub pending_publish: u64,
    /// How far a running daemon is in getting what it missed.
    pub catch_up: Option<CatchUpDoc>,
    /// Names of founders that have not signed, while the circle is founded.
    pub missing: Vec<String>,
    /// Relays the circle uses.
    pub relays: Vec<String>,
    /// Rules that links broke since the daemon started, by label.
    pub refused: Vec<RefusedDoc>,
    /// What needs attention.
    pub health: Vec<HealthDoc>,
}

/// How far a node is in getting what it missed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CatchUpDoc {
    /// Records that another node has and this one still lacks, as far as is known.
    pub missing: u64,
    /// Records that were fetched since the daemon started.
    pub fetched: u64,
}

/// What a store gave up.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct PrunedDoc {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Records that were over.
    pub records: u64,
    /// Bytes of its files before.
    pub bytes_before: u64,
    /// Bytes of its files after; about, when nothing was done.
    pub bytes_after: u64,
}

/// Another member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PeerDoc {
    /// Its id.
    pub member: String,
    /// Its name.
    pub name: String,
    /// Its side.
    pub side: String,
    /// Whether this node is linked to one of its nodes.
    pub direct: bool,
    /// Whether that link leads through a relay, which carries it without being able to read it.
    #[serde(default)]
    pub relayed: bool,
    /// When its node last said where it is, or was last linked; RFC 3339.
    pub last_seen: Option<String>,
    /// Why its nodes are kept away, if they are.
    pub kept_away: Option<KeptAwayDoc>,
}

/// Why a member's nodes are kept away for a while.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptAwayDoc {
    /// The label of the rule that they broke last.
    pub rule: String,
    /// Until when; RFC 3339.
    pub until: String,
}

/// How often a rule was broken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefusedDoc {
    /// The rule's label.
    pub rule: String,
    /// How often.
    pub count: u64,
}

/// Something that needs attention.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HealthDoc {
    /// Machine name.
    pub code: String,
    /// `info`, `warning` or `error`.
    pub severity: String,
    /// What is the matter.
    pub text: String,
    /// What to do.
    pub remedy: String,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IndicatorDoc {
    /// Its type, as in the list of types.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its normal form.
    pub value: String,
    /// What the reader's own lists and the built-in facts say of it; left out when they say nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One publication with all its indicators.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AlertDoc {
    /// The head record's id.
    pub record: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// The author's name.
    pub author: String,
    /// The author's side.
    pub side: String,
    /// TLP name.
    pub tlp: String,
    /// Severity name.
    pub severity: String,
    /// When its author signed it, RFC 3339.
    pub created: String,
    /// When it was admitted here, RFC 3339; null for one's own.
    pub received: Option<String>,
    /// When it stops being valid.
    pub expires: Option<String>,
    /// Whether all its parts are here.
    pub complete: bool,
    /// Technique ids.
    pub techniques: Vec<String>,
    /// Where more can be read.
    pub references: Vec<String>,
    /// What to look for.
    pub indicators: Vec<IndicatorDoc>,
    /// The names of the only members it is for; left out when it is for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<String>,
}

/// What is known of one value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckDoc {
    /// The value, in its normal form when it has one.
    pub value: String,
    /// Its type; null when it has none.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `reported`, `corroborated`, `expired` or `unknown`.
    pub state: String,
    /// 0 to 100.
    pub confidence: u8,
    /// Members that reported it.
    pub reports: u64,
    /// Sides that reported it.
    pub sides: Vec<String>,
    /// Sightings of it.
    pub sightings: u64,
    /// Ids of the alerts that name it.
    pub alerts: Vec<String>,
    /// The masked URL that was reported and that the value is one of; null when the value was reported as it is.
    pub masked: Option<String>,
    /// What the reader's own lists and the built-in facts say of it; left out when they say nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One row of an export.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RowDoc {
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Normal form.
    pub value: String,
    /// State.
    pub state: String,
    /// The most restrictive TLP under which it was reported.
    pub tlp: String,
    /// Title of the first alert that names it.
    pub title: String,
    /// That alert's author.
    pub author: String,
    /// The author's side.
    pub side: String,
    /// When the alert was signed, in milliseconds of civil time.
    pub created_ms: u64,
    /// When it stops being valid.
    pub valid_until_ms: Option<u64>,
    /// The alert's record.
    pub record: String,
}

/// Members of a circle.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CircleDoc {
    /// Its id.
    pub circle: String,
    /// Its name.
    pub name: String,
    /// The epoch this node seals under.
    pub epoch: Option<String>,
    /// Members and those invited.
    pub members: Vec<MemberDoc>,
    /// Number of acts, the founding included.
    pub acts: u64,
    /// What every node computes with.
    pub rules: RulesDoc,
}

/// A member of a circle.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberDoc {
    /// Its id.
    pub member: String,
    /// Its name.
    pub name: String,
    /// Its side.
    pub side: String,
    /// `steward`, `publisher` or `observer`.
    pub role: String,
    /// `invited`, `active`, `removed` or `left`.
    pub state: String,
    /// Fingerprint words of its card.
    pub fingerprint: String,
}

/// A proposal that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingDoc {
    /// The act.
    pub act: String,
    /// What it would do.
    pub kind: String,
    /// Whom it concerns.
    pub member: String,
    /// That one's name.
    pub name: String,
    /// That one's side.
    pub side: String,
    /// Words to compare with that one by voice.
    pub fingerprint: String,
    /// Name of who proposed it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Sides whose approval is missing.
    pub missing_sides: Vec<String>,
    /// Sides that have refused.
    pub refused_by: Vec<String>,
    /// When it lapses, RFC 3339.
    pub expires: String,
    /// What it would change, one sentence each.
    pub changes: Vec<String>,
    /// Acts in force that would lose their effect by it.
    pub voids: Vec<String>,
    /// The same in words.
    #[serde(default)]
    pub voided: Vec<String>,
}

/// Everything that was decided in a circle.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogDoc {
    /// Acts, epochs and proofs, each after what it stands on.
    pub acts: Vec<ActDoc>,
    /// `true` when every item was checked again; left out when that was not asked for. A check that fails is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// How many items were checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<u64>,
    /// Names the roster that follows from them: members that are shown the same text have the same roster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<String>,
}

/// One row of the log.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ActDoc {
    /// The act, the circle for its founding, or the epoch; empty for a proof.
    pub act: String,
    /// `founding`, `add`, `tie`, `remove`, `role`, `rules`, `leave`, `delegate`, `revoke`, `rotate`, `seat`, `rebind`,
    /// `unknown`, `epoch`, `equivocation` or `contradiction`.
    pub kind: String,
    /// Whom it is about.
    pub member: String,
    /// That one's name; the circle's for its founding.
    pub name: String,
    /// Name of who signed it.
    pub by: String,
    /// That one's side.
    pub side: String,
    /// When it was signed, RFC 3339.
    pub created: String,
    /// Why.
    pub reason: String,
    /// `open`, `refused`, `blocked`, `expired`, `overtaken`, `overruled`, `voided`, `in-force` or `unknown`; of an epoch
    /// `sealing`, `readable` or `closed`; of a proof `proven`.
    pub state: String,
    /// What stewards decided on it.
    pub approvals: Vec<DecisionDoc>,
    /// What it changes, one sentence each.
    pub changes: Vec<String>,
    /// The epoch, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// How many turns of stewards an epoch's dealer waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<u32>,
    /// When sealing under an epoch ends, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal_until: Option<String>,
    /// The two acts or epochs that prove what is said of the member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<String>,
}

/// What one steward decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DecisionDoc {
    /// The steward.
    pub member: String,
    /// Its name.
    pub name: String,
    /// Its side.
    pub side: String,
    /// `approve` or `refuse`.
    pub decision: String,
    /// When it signed, RFC 3339.
    pub created: String,
}

/// An act after something was done about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActedDoc {
    /// The act.
    pub act: String,
    /// What it does.
    pub kind: String,
    /// The name of whom it concerns.
    pub name: String,
    /// That one's fingerprint words.
    pub fingerprint: String,
    /// Sides whose approval is still missing.
    pub missing_sides: Vec<String>,
    /// What it changes, one sentence each.
    pub changes: Vec<String>,
}

/// What was published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublishedDoc {
    /// The head record.
    pub record: String,
    /// All records, the head first.
    pub records: Vec<String>,
    /// Whether they wait for an epoch to be sealed under.
    pub waiting: bool,
}

/// Why a request was not carried out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FailureDoc {
    /// Exit code of the command.
    pub exit: u8,
    /// Machine name.
    pub code: String,
    /// What went wrong.
    pub text: String,
    /// What to try.
    pub remedy: String,
}
