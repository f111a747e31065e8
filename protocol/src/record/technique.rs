//! Names of adversary techniques: MITRE ATT&CK and DISARM.
//!
//! Both number their techniques `T1234` or `T1234.001`, and the numbers overlap, so the framework is part of the name.
//! Whether a number exists in today's catalogue is not checked: catalogues grow.

use alloc::string::{String, ToString};
use core::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The catalogue that a technique's number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Framework {
    /// MITRE ATT&CK (enterprise, mobile, ICS): intrusions.
    Attack,
    /// DISARM: influence operations.
    Disarm,
}

impl Framework {
    /// The lower case name that stands before the colon of a technique's text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attack => "attack",
            Self::Disarm => "disarm",
        }
    }
}

/// One technique, for example `attack:T1566.002`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Technique {
    /// The catalogue.
    pub framework: Framework,
    /// The technique's number, at most 9999.
    pub number: u16,
    /// The sub-technique's number, 1 to 999.
    pub sub: Option<u16>,
}

impl Technique {
    pub(super) const MAX_NUMBER: u16 = 9_999;
    pub(super) const MAX_SUB: u16 = 999;

    /// Whether the numbers are within what four and three digits can say.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        let sub_holds = match self.sub {
            Some(sub) => sub >= 1 && sub <= Self::MAX_SUB,
            None => true,
        };
        self.number <= Self::MAX_NUMBER && sub_holds
    }

    /// The name inside its framework: `T1566.002`.
    #[must_use]
    pub fn id(&self) -> String {
        self.to_string().split_off(self.framework.as_str().len().saturating_add(1))
    }

    /// Reads `T1566` or `T1566.002` as a technique of this framework.
    ///
    /// # Errors
    ///
    /// [`UnknownTechnique`] when the text has another form.
    pub fn parse(framework: Framework, text: &str) -> Result<Self, UnknownTechnique> {
        let digits = text.strip_prefix('T').ok_or(UnknownTechnique)?;
        let (number, sub) = match digits.split_once('.') {
            Some((number, sub)) => (number, Some(decimal(sub, 3)?)),
            None => (digits, None),
        };
        let technique = Self { framework, number: decimal(number, 4)?, sub };
        if technique.is_valid() { Ok(technique) } else { Err(UnknownTechnique) }
    }
}

/// Exactly `length` decimal digits.
fn decimal(text: &str, length: usize) -> Result<u16, UnknownTechnique> {
    if text.len() != length || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UnknownTechnique);
    }
    text.parse().map_err(|_| UnknownTechnique)
}

impl fmt::Display for Technique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:T{:04}", self.framework.as_str(), self.number)?;
        match self.sub {
            Some(sub) => write!(f, ".{sub:03}"),
            None => Ok(()),
        }
    }
}

/// The text is not `attack:T1234`, `attack:T1234.001` or the same with `disarm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTechnique;

impl fmt::Display for UnknownTechnique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a technique looks like attack:T1566.002 or disarm:T0049")
    }
}

impl core::error::Error for UnknownTechnique {}

impl FromStr for Technique {
    type Err = UnknownTechnique;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (framework, id) = text.split_once(':').ok_or(UnknownTechnique)?;
        let framework = [Framework::Attack, Framework::Disarm]
            .into_iter()
            .find(|known| known.as_str() == framework)
            .ok_or(UnknownTechnique)?;
        Self::parse(framework, id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn techniques_read_back_as_written() {
        for text in ["attack:T1566", "attack:T1566.002", "disarm:T0049", "disarm:T0049.001"] {
            assert_eq!(text.parse::<Technique>().unwrap().to_string(), text);
        }
        assert_eq!("attack:T1566.002".parse::<Technique>().unwrap().id(), "T1566.002");
    }

    #[test]
    fn other_forms_are_refused() {
        for text in
            ["T1566", "attack:T156", "attack:T15660", "attack:T1566.2", "attack:T1566.000", "att:T1566", ""]
        {
            assert!(text.parse::<Technique>().is_err(), "{text}");
        }
    }
}
