//! The rules that every node of a circle computes with, for people and scripts.

use serde::{Deserialize, Serialize};
use watchfire_protocol::circle::CircleRules;

/// The rules of a circle as they are today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesDoc {
    /// How long records, and the secrets that open them, are kept after an epoch ends, in milliseconds.
    pub retention_ms: u64,
    /// How far back a newcomer reads, in milliseconds.
    pub history_ms: u64,
    /// How long an epoch may seal, in milliseconds.
    pub seal_ms: u64,
    /// How many members must have reported what counts as corroborated.
    pub corroboration_members: u16,
    /// Of how many sides.
    pub corroboration_sides: u16,
    /// How many sides must approve an act.
    pub consent_sides: u16,
    /// By how many of their stewards.
    pub consent_stewards: u16,
}

impl From<&CircleRules> for RulesDoc {
    fn from(rules: &CircleRules) -> Self {
        Self {
            retention_ms: rules.retention_ms,
            history_ms: rules.history_ms,
            seal_ms: rules.seal_ms,
            corroboration_members: rules.corroboration.members,
            corroboration_sides: rules.corroboration.sides,
            consent_sides: rules.consent.sides,
            consent_stewards: rules.consent.stewards,
        }
    }
}
