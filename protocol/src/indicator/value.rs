//! An indicator: a kind and a value in the one normal form of that kind.

use alloc::boxed::Box;
use core::fmt;

use serde::{Deserialize, Serialize};

use super::{IndicatorError, Kind, normal};

/// A kind and a value that is its own normal form, so that equal things are equal and a comparison of bytes is enough.
///
/// There is no way to make one around [`Indicator::parse`]: deserialising goes through it too, and refuses a value
/// that is not its own normal form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Indicator {
    kind: Kind,
    value: Box<str>,
}

impl Indicator {
    /// The normal form of `text` as a `kind`, undoing defanging where the kind can be defanged.
    ///
    /// The kind of the result can be narrower than asked for, because one observable has one key: a block of one address
    /// (`/32`, `/128`) is that address, and an IPv6 address or block that maps IPv4 (`::ffff:0:0/96`) is the IPv4 one.
    ///
    /// # Errors
    /// When `text` is longer than [`Kind::max_bytes`], is empty or has no normal form of that kind.
    pub fn parse(kind: Kind, text: &str) -> Result<Indicator, IndicatorError> {
        let max_bytes = kind.max_bytes();
        if text.len() > max_bytes {
            return Err(IndicatorError::TooLong { kind, max_bytes });
        }
        if text.trim().is_empty() {
            return Err(IndicatorError::Empty(kind));
        }
        let (narrower, value) =
            normal::normal(kind, text).map_err(|reason| IndicatorError::Unusable { kind, reason })?;
        if value.len() > max_bytes {
            return Err(IndicatorError::TooLong { kind, max_bytes });
        }
        Ok(Indicator { kind: narrower, value: value.into_boxed_str() })
    }

    /// What it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its normal form.
    pub fn value(&self) -> &str {
        &self.value
    }
}

#[derive(Deserialize)]
struct Unchecked {
    kind: Kind,
    value: Box<str>,
}

/// A value that was not in its normal form.
struct NotNormal;

impl fmt::Display for NotNormal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an indicator that is not in its normal form")
    }
}

impl TryFrom<Unchecked> for Indicator {
    type Error = NotNormal;

    fn try_from(unchecked: Unchecked) -> Result<Indicator, NotNormal> {
        if normal::is_plainly_normal(unchecked.kind, &unchecked.value) {
            return Ok(Indicator { kind: unchecked.kind, value: unchecked.value });
        }
        match Indicator::parse(unchecked.kind, &unchecked.value) {
            Ok(indicator) if indicator.kind == unchecked.kind && indicator.value == unchecked.value => {
                Ok(indicator)
            }
            _ => Err(NotNormal),
        }
    }
}
