//! Publications: one alert of any size as records that fit.
//!
//! An author's draft becomes a head (the report with its first indicators) and as many parts as the limits need
//! ([`split`]); a reader puts together whatever has arrived, in any order ([`assemble`]). Whether a part belongs to a
//! head is decided here and nowhere else ([`belongs`]): the same author, the same signer, an index that the head
//! announced. Which of the indicators are believed is the view's business. A draft that names its readers is sealed to
//! them in one record instead ([`sign_named`]) and is never split: whoever holds one of two parts knows of the other.

mod assemble;
mod draft;
mod named;
mod split;

pub use assemble::{Alert, assemble, belongs};
pub use draft::{Author, ReportDraft};
pub use named::sign_named;
pub use split::{Plan, SplitError, split};
