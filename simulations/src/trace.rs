//! The trace of a run: everything that happened, in order, as bytes.
//!
//! Two runs are the same run exactly when their traces are. The bytes are hashed as they come, so a digest costs no
//! memory; a test that wants to see where two runs part keeps them too.

use std::fmt;

use crate::node::NodeName;
use crate::time::Time;

/// Bytes of one event.
pub const EVENT_BYTES: usize = 29;

/// What is done with the trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracing {
    /// Nothing is traced: for measurements of speed.
    Off,
    /// Hashed only.
    #[default]
    Digest,
    /// Hashed and kept, [`EVENT_BYTES`] an event.
    Kept,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Happening {
    /// A frame arrived.
    Arrived = 1,
    /// A frame was lost on its way.
    Lost = 2,
    /// A silent neighbour did not send a frame that it should have.
    Swallowed = 3,
    /// A frame was put on the way twice.
    Doubled = 4,
    /// A link came up; `from` dialled.
    Up = 5,
    /// A link went down at `to`'s end.
    Down = 6,
    /// `from` could not reach `to`.
    DialFailed = 7,
    /// A node wrote to its disk.
    Persisted = 8,
    /// A record was shown to a node's person.
    Delivered = 9,
    /// `to` found that `from` broke a rule; the length is the rule's number.
    Penalised = 10,
    /// A deadline came.
    Ticked = 11,
    /// A person asked something of a node.
    Requested = 12,
    /// A node was started.
    Started = 13,
    /// A node was stopped.
    Stopped = 14,
}

/// Records what happens.
#[derive(Clone, Debug)]
pub struct Trace {
    tracing: Tracing,
    hasher: blake3::Hasher,
    kept: Vec<u8>,
    events: u64,
}

/// A fingerprint of a whole run.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Trace {
    pub(crate) fn new(tracing: Tracing) -> Self {
        Self { tracing, hasher: blake3::Hasher::new(), kept: Vec::new(), events: 0 }
    }

    /// Notes an event: when, what, between whom, how long, and the beginning of the hash of `content`.
    pub(crate) fn note(&mut self, at: Time, what: Happening, from: NodeName, to: NodeName, content: &[u8]) {
        self.note_number(at, what, from, to, u32::try_from(content.len()).unwrap_or(u32::MAX), content);
    }

    /// As [`note`](Self::note), with a number of its own in the place of the length.
    pub(crate) fn note_number(
        &mut self,
        at: Time,
        what: Happening,
        from: NodeName,
        to: NodeName,
        number: u32,
        content: &[u8],
    ) {
        if self.tracing == Tracing::Off {
            return;
        }
        let mut event = [0; EVENT_BYTES];
        event[..8].copy_from_slice(&at.as_micros().to_le_bytes());
        event[8] = what as u8;
        event[9..13].copy_from_slice(&from.0.to_le_bytes());
        event[13..17].copy_from_slice(&to.0.to_le_bytes());
        event[17..21].copy_from_slice(&number.to_le_bytes());
        event[21..].copy_from_slice(&blake3::hash(content).as_bytes()[..8]);
        self.hasher.update(&event);
        self.events += 1;
        if self.tracing == Tracing::Kept {
            self.kept.extend_from_slice(&event);
        }
    }

    /// How many events there were.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The digest of everything so far.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest(*self.hasher.finalize().as_bytes())
    }

    /// The bytes, if they are [kept](Tracing::Kept): time in microseconds (8), [`Happening`] (1), from (4), to (4),
    /// length (4), the first bytes of the content's BLAKE3 (8); integers little-endian.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.kept
    }
}
