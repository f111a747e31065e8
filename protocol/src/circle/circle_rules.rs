//! The numbers that a circle's founders choose, and the bounds within which they may.

use serde::{Deserialize, Serialize};

use crate::limits::DAY_MS;

/// The numbers of a circle that the founders choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircleRules {
    /// How long records, and the epoch secrets that open them, are kept, in milliseconds. Default 180 days.
    pub retention_ms: u64,
    /// How far back a newcomer is shown records, in milliseconds. Default 90 days.
    pub history_ms: u64,
    /// How long an epoch may seal, in milliseconds. Default 72 hours.
    pub seal_ms: u64,
    /// When an indicator counts as corroborated. Default: two members of two sides.
    pub corroboration: Corroboration,
    /// Who must approve an act. Default: one steward of every side.
    pub consent: Consent,
}

/// Who must have reported an indicator before it is enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corroboration {
    /// Distinct members.
    pub members: u16,
    /// Distinct sides among them.
    pub sides: u16,
}

/// Who must approve an act before it has an effect. Its author counts for its own side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// How many sides.
    pub sides: u16,
    /// How many stewards of each of them.
    pub stewards: u16,
}

impl CircleRules {
    /// The default rules for a circle of so many sides.
    #[must_use]
    pub fn for_sides(sides: usize) -> Self {
        let sides = u16::try_from(sides).unwrap_or(u16::MAX);
        Self {
            retention_ms: 180 * DAY_MS,
            history_ms: 90 * DAY_MS,
            seal_ms: 3 * DAY_MS,
            // A circle of one side could otherwise never corroborate anything.
            corroboration: Corroboration { members: 2, sides: sides.min(2) },
            consent: Consent { sides, stewards: 1 },
        }
    }

    /// Whether every rule is within its bounds for so many sides, of which the smallest has so many founders.
    pub(super) fn are_sound(&self, sides: usize, fewest_founders: usize) -> bool {
        let Ok(sides) = u16::try_from(sides) else { return false };
        (DAY_MS..=5 * 365 * DAY_MS).contains(&self.retention_ms)
            && self.history_ms <= self.retention_ms
            && (DAY_MS / 24..=30 * DAY_MS).contains(&self.seal_ms)
            && self.seal_ms <= self.retention_ms
            && (1..=64).contains(&self.corroboration.members)
            && (1..=sides).contains(&self.corroboration.sides)
            && self.corroboration.sides <= self.corroboration.members
            // No side decides alone where there are two.
            && (sides.min(2)..=sides).contains(&self.consent.sides)
            // More than the founders could give, and nothing could ever be decided.
            && self.consent.stewards >= 1
            && usize::from(self.consent.stewards) <= fewest_founders
    }
}
