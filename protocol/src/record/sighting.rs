//! Sightings: what a member saw of an indicator, coarse enough to say little about the member.

use serde::{Deserialize, Serialize};
use watchfire_keys::time::UnixMillis;

use crate::{indicator::Indicator, limits::DAY_MS};

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SightingKind {
    /// It occurred here (a log line, a mail). Not a verdict.
    Seen,
    /// It occurred here and was harmless.
    FalsePositive,
    /// It is no longer in use.
    Expired,
}

/// How often it was seen, by order of magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CountBucket {
    /// Once.
    One,
    /// 2 to 9 times.
    Few,
    /// 10 to 99 times.
    Dozens,
    /// 100 times and more.
    Many,
}

impl CountBucket {
    /// The bucket of a count; zero counts as one.
    #[must_use]
    pub const fn of(count: u64) -> Self {
        match count {
            0 | 1 => Self::One,
            2..=9 => Self::Few,
            10..=99 => Self::Dozens,
            _ => Self::Many,
        }
    }
}

/// One indicator as one member met it on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// What was met.
    pub indicator: Indicator,
    /// How.
    pub kind: SightingKind,
    /// How often.
    pub count: CountBucket,
    /// The day (UTC), counted from 1970-01-01; the hour stays at home.
    pub day: u32,
}

impl Sighting {
    /// The day that a time falls on, as [`Sighting::day`] counts.
    #[must_use]
    pub fn day_of(time: UnixMillis) -> u32 {
        u32::try_from(time.0 / DAY_MS).unwrap_or(u32::MAX)
    }
}
