//! Records: the signed statements that members make.
//!
//! A [`Record`] says who states what, when, and where it stands in its signer's chain; a [`SignedRecord`] adds the
//! signature. There is one encoding of a record and one id; whatever does not read back to the same bytes is refused.
//! This module decides whether a record is well formed and whether its signature holds. Whether its author may speak
//! is the roster's business, and whether it is believed is the view's.

mod body;
mod chain;
mod check;
mod external;
mod named;
mod report;
mod severity;
mod sighting;
mod signed;
mod stages;
mod standing;
mod statement;
mod technique;
pub mod text;

pub use body::{Body, Unknown};
pub use chain::{Chain, Chains, Fork, Place, Position};
pub use check::{BodyError, Problem};
pub use external::Reference;
pub use named::{Inner, Named, NamedError, Setting};
pub use report::{Part, Report};
pub use severity::{Severity, UnknownSeverity};
pub use sighting::{CountBucket, Sighting, SightingKind};
pub use signed::{Record, SignedRecord};
pub use stages::{Authentic, Claimed, Parsed};
pub use standing::{Ends, Placed};
pub use statement::{Acknowledgement, Dispute, Withdrawal};
pub use technique::{Framework, Technique, UnknownTechnique};

/// The version that this code writes, and the only one that it reads.
pub const VERSION: u8 = 1;
