//! The span of time in which a record is taken in.

use watchfire_keys::time::UnixMillis;

use crate::{limits::MAX_FUTURE_MS, rules::Rule};

/// From when to when a record may have been created, at a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    oldest: UnixMillis,
    newest: UnixMillis,
}

impl Window {
    /// The window at this time, in a circle that keeps records for `retention_ms`.
    #[must_use]
    pub const fn at(now: UnixMillis, retention_ms: u64) -> Self {
        Self {
            oldest: UnixMillis(now.0.saturating_sub(retention_ms)),
            newest: UnixMillis(now.0.saturating_add(MAX_FUTURE_MS)),
        }
    }

    /// Whether a record of this age is taken in.
    ///
    /// # Errors
    ///
    /// [`Rule::RecordFuture`] and [`Rule::RecordTooOld`].
    pub fn admits(&self, created: UnixMillis) -> Result<(), Rule> {
        if created > self.newest {
            Err(Rule::RecordFuture)
        } else if created < self.oldest {
            Err(Rule::RecordTooOld)
        } else {
            Ok(())
        }
    }
}
