//! Why a text is not an indicator of the kind that was asked for.

use core::fmt;

use super::Kind;

/// A value that has no normal form of its kind. The value itself is never repeated here: logs must not hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndicatorError {
    /// Nothing but white space and quotes.
    Empty(Kind),
    /// Longer than [`Kind::max_bytes`].
    TooLong {
        /// The kind that was asked for.
        kind: Kind,
        /// Its bound in bytes.
        max_bytes: usize,
    },
    /// Not of this kind; the reason completes "not a usable domain: ...".
    Unusable {
        /// The kind that was asked for.
        kind: Kind,
        /// What is wrong with the value, in plain words.
        reason: &'static str,
    },
}

impl IndicatorError {
    /// The kind that was asked for.
    pub const fn kind(&self) -> Kind {
        match self {
            IndicatorError::Empty(kind)
            | IndicatorError::TooLong { kind, .. }
            | IndicatorError::Unusable { kind, .. } => *kind,
        }
    }
}

impl fmt::Display for IndicatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IndicatorError::Empty(kind) => write!(f, "not a usable {kind}: it is empty"),
            IndicatorError::TooLong { kind, max_bytes } => {
                write!(f, "not a usable {kind}: longer than {max_bytes} bytes")
            }
            IndicatorError::Unusable { kind, reason } => write!(f, "not a usable {kind}: {reason}"),
        }
    }
}

impl core::error::Error for IndicatorError {}
