//! What the person decided about single indicators before.

use alloc::collections::BTreeMap;

use crate::indicator::Indicator;

/// What to do with an indicator, whatever the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It may leave as it is, also where a rule would hold it.
    Share,
    /// It stays home.
    Keep,
}

/// Decisions that are remembered on the member's machine. They are about one value each, never about its kin.
///
/// A decision to share overrules only what is *held*: what is masked or dropped stays so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    verdicts: BTreeMap<Indicator, Verdict>,
}

impl Decisions {
    /// None.
    pub fn new() -> Decisions {
        Decisions::default()
    }

    /// Remembers one; a later one replaces an earlier one.
    pub fn remember(&mut self, indicator: Indicator, verdict: Verdict) {
        self.verdicts.insert(indicator, verdict);
    }

    /// What was decided about `indicator`.
    pub fn about(&self, indicator: &Indicator) -> Option<Verdict> {
        self.verdicts.get(indicator).copied()
    }

    /// The values that may leave as they are.
    pub fn shared(&self) -> impl Iterator<Item = &Indicator> {
        let shared = self.verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::Share);
        shared.map(|(indicator, _)| indicator)
    }
}

impl FromIterator<(Indicator, Verdict)> for Decisions {
    fn from_iter<I: IntoIterator<Item = (Indicator, Verdict)>>(decided: I) -> Decisions {
        Decisions { verdicts: decided.into_iter().collect() }
    }
}
