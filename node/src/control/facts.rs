//! What the reading questions are answered from.

use watchfire_keys::{Card, CircleId, EpochId, MemberId, RecordId, Side, UnixMillis};
use watchfire_protocol::circle::{ActLog, Draft, Keyring, Roster};
use watchfire_protocol::engine::{CatchupStatus, Phase};
use watchfire_protocol::publication::{Alert, assemble};
use watchfire_protocol::record::Record;
use watchfire_protocol::rules::Rule;
use watchfire_protocol::view::{AlertSummary, View};

use super::{Answer, Ask, FailureDoc};
use crate::daemon::keep;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::{Store, StoreError};

/// What a node knows at one moment, borrowed from a daemon or from a store that was just read.
pub struct Facts<'a> {
    /// This member's card.
    pub card: &'a Card,
    /// The circle.
    pub circle: CircleId,
    /// Where the node stands.
    pub phase: Phase,
    /// The draft, while the circle is founded.
    pub draft: Option<&'a Draft>,
    /// The roster, once there is one.
    pub roster: Option<&'a Roster>,
    /// Acts and approvals.
    pub log: Option<&'a ActLog>,
    /// Epoch headers, and those secrets that are here.
    pub keyring: &'a Keyring,
    /// The epoch that would be sealed under.
    pub epoch: Option<EpochId>,
    /// What the records say.
    pub view: &'a View,
    /// Where the records are.
    pub store: &'a dyn Store,
    /// Own records that wait.
    pub waiting: usize,
    /// The time.
    pub now: UnixMillis,
    /// What only a running daemon knows.
    pub live: Option<Live<'a>>,
}

/// What only a running daemon knows.
pub struct Live<'a> {
    /// Other members it is linked to.
    pub linked: Vec<MemberId>,
    /// When one of a member's nodes last said where it is.
    pub last_said: &'a dyn Fn(&MemberId) -> Option<UnixMillis>,
    /// Whether the daemon key of this home speaks for its member.
    pub holds_daemon_key: bool,
    /// Whether this home has the key to which the others seal for its member.
    pub holds_sealing_key: bool,
    /// Whether another node runs with this one's keys.
    pub has_twin: bool,
    /// Members whose nodes are kept away: by which rule, and until when.
    pub kept_away: Vec<(MemberId, Rule, UnixMillis)>,
    /// Relays in use.
    pub relays: Vec<String>,
    /// Those of the linked members whose link leads through a relay.
    pub relayed: Vec<MemberId>,
    /// Whether a relay sees this node at an address that it does not have.
    pub behind_nat: bool,
    /// Why it is not on the local network although it was told to be found there.
    pub off_lan: Option<String>,
    /// How often each rule was broken.
    pub broken: Vec<(Rule, u64)>,
    /// How far the node is in getting what it missed.
    pub catch_up: CatchupStatus,
    /// Whether own records may be missing since the disk failed.
    pub recovering: bool,
    /// Why nothing can be written, while the disk refuses.
    pub stalled: Option<&'a Error>,
    /// Whether publications can be sealed now.
    pub can_seal: bool,
}

impl Facts<'_> {
    /// Answers a reading question; `None` for one that only a daemon can answer.
    pub fn answer(&self, ask: &Ask) -> Option<Answer> {
        let answered = match ask {
            Ask::Status => Ok(Answer::Status(self.status())),
            Ask::Alerts(filter) => self.alerts(filter).map(Answer::Alerts),
            Ask::Show { record } => self.show(record).map(Answer::Show),
            Ask::Check { values } => Ok(Answer::Check(self.check(values))),
            Ask::Rows { state } => self.rows(*state).map(Answer::Rows),
            Ask::Circle => self.members().map(Answer::Circle),
            Ask::Pending => self.pending().map(Answer::Pending),
            Ask::Log { verify } => self.log(*verify).map(Answer::Log),
            _ => return None,
        };
        Some(answered.unwrap_or_else(|error| Answer::Failed(FailureDoc::from(&error))))
    }

    /// The roster, or why there is none.
    ///
    /// # Errors
    /// While the circle is founded, or this node waits.
    pub fn roster_or_wait(&self) -> Result<&Roster, Error> {
        self.roster.ok_or_else(|| not_yet(self.phase))
    }

    /// The side of a member, or of one who was: what it said may still stand.
    pub(super) fn side_of(&self, member: &MemberId) -> Option<&Side> {
        self.roster?.known(member).map(|entry| &entry.side)
    }

    pub(super) fn name_of(&self, member: &MemberId) -> String {
        let known = self.roster.and_then(|roster| roster.known(member));
        known.map_or_else(|| member.to_string(), |entry| entry.name.to_string())
    }

    /// A publication put together from the store.
    pub(super) fn assemble(&self, summary: &AlertSummary) -> Result<Option<Alert>, Error> {
        let mut records: Vec<(RecordId, Record)> = Vec::with_capacity(summary.records.len());
        for id in &summary.records {
            let found = keep::record(self.store, id).map_err(|error| unreadable(&error))?;
            records.extend(found.map(|signed| (*id, signed.into_record())));
        }
        let head = records.iter().find(|(id, _)| *id == summary.record);
        Ok(head.and_then(|(id, head)| assemble(*id, head, records.iter().map(|(id, record)| (*id, record)))))
    }
}

/// The disk's fault.
pub(super) fn unreadable(error: &StoreError) -> Error {
    Error::new(
        Exit::Failed,
        "store-failed",
        format!("the store could not be read: {error}"),
        "watchfire run: damaged records come back from the other members",
    )
}

/// Exit code 6: what is asked for needs a membership that is not complete; 8 for one that has ended.
pub fn not_yet(phase: Phase) -> Error {
    match phase {
        Phase::Founding => Error::new(
            Exit::Waiting,
            "founding",
            "the circle is not founded yet: signatures are missing",
            "watchfire status shows who has not signed",
        ),
        Phase::Removed => Error::new(
            Exit::Refused,
            "removed",
            "this member is not in the circle any more",
            "what was received stays readable: watchfire alerts",
        ),
        _ => Error::new(
            Exit::Waiting,
            "waiting",
            "this member is not in the circle yet",
            "ask the stewards to approve it, and keep `watchfire run` going",
        ),
    }
}

impl From<FailureDoc> for Error {
    fn from(failure: FailureDoc) -> Self {
        let exit = Exit::from_code(failure.exit).unwrap_or(Exit::Failed);
        Self::new(exit, failure.code, failure.text, failure.remedy)
    }
}

impl From<&Error> for FailureDoc {
    fn from(error: &Error) -> Self {
        Self {
            exit: error.exit().code(),
            code: error.code().to_owned(),
            text: error.text().to_owned(),
            remedy: error.remedy().to_owned(),
        }
    }
}
