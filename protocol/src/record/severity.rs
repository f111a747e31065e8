//! How urgent a report is, in the author's opinion.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The urgency of a report, from background knowledge to drop-everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Worth acting on in working hours.
    #[default]
    Medium,
    /// Worth acting on today.
    High,
    /// Worth waking somebody.
    Flash,
}

impl Severity {
    /// Every severity, from the least urgent.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Flash];

    /// The lower case name used on the command line and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Flash => "flash",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is none of `low`, `medium`, `high`, `flash`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownSeverity;

impl fmt::Display for UnknownSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a severity is one of low, medium, high, flash")
    }
}

impl core::error::Error for UnknownSeverity {}

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text).ok_or(UnknownSeverity)
    }
}
