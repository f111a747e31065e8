//! What can be proposed beside a newcomer, as it travels from a command to the daemon.

use std::fmt;

use serde::{Deserialize, Serialize};
use watchfire_protocol::circle::CircleRules;
use zeroize::Zeroize;

/// A change that every side answers for. Members are named by an id, a unique prefix of one, or an exact name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Proposal {
    /// Take a member out.
    Remove {
        /// Whom.
        member: String,
    },
    /// Let a member do more or less.
    Role {
        /// Whom.
        member: String,
        /// Its role's name.
        role: String,
    },
    /// Bind a member that lost its organisation key to a new one.
    Rebind {
        /// Whom.
        member: String,
        /// The text of its new card.
        card: String,
    },
    /// Other rules.
    Rules(RulesWanted),
}

/// Rules to change; what is left out stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesWanted {
    /// How long records and secrets are kept, in milliseconds.
    pub retention_ms: Option<u64>,
    /// How far back a newcomer reads, in milliseconds.
    pub history_ms: Option<u64>,
    /// How long an epoch may seal, in milliseconds.
    pub seal_ms: Option<u64>,
    /// How many members must have reported what counts as corroborated.
    pub corroboration_members: Option<u16>,
    /// Of how many sides.
    pub corroboration_sides: Option<u16>,
    /// How many sides must approve an act.
    pub consent_sides: Option<u16>,
    /// By how many of their stewards.
    pub consent_stewards: Option<u16>,
}

impl RulesWanted {
    /// The present rules with these changes.
    pub fn over(self, mut rules: CircleRules) -> CircleRules {
        fn set<T>(place: &mut T, wanted: Option<T>) {
            if let Some(wanted) = wanted {
                *place = wanted;
            }
        }
        set(&mut rules.retention_ms, self.retention_ms);
        set(&mut rules.history_ms, self.history_ms);
        set(&mut rules.seal_ms, self.seal_ms);
        set(&mut rules.corroboration.members, self.corroboration_members);
        set(&mut rules.corroboration.sides, self.corroboration_sides);
        set(&mut rules.consent.sides, self.consent_sides);
        set(&mut rules.consent.stewards, self.consent_stewards);
        rules
    }
}

/// A steward for a side that lost its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seating {
    /// The side.
    pub side: String,
    /// The text of the new steward's card.
    pub card: String,
    /// The steward that goes.
    pub removes: Option<String>,
    /// The side's recovery words.
    pub words: Words,
}

/// Recovery words: a secret, so wiped when they are dropped and shown to nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(String);

impl Words {
    /// Takes the words over.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The words as they were typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(***)")
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use watchfire_protocol::circle::CircleRules;

    use super::{RulesWanted, Words};

    #[test]
    fn what_is_left_out_of_the_rules_stays() {
        let rules = CircleRules::for_sides(2);
        let changed = RulesWanted { seal_ms: Some(3_600_000), ..RulesWanted::default() }.over(rules);
        assert_eq!(changed, CircleRules { seal_ms: 3_600_000, ..rules });
        assert_eq!(RulesWanted::default().over(rules), rules);
    }

    #[test]
    fn words_are_not_shown() {
        assert_eq!(format!("{:?}", Words::new("abandon ability".into())), "Words(***)");
    }
}
