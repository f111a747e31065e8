//! The adversary of the sanitizer: makes inputs with planted secrets, and looks for these in what would leave.
//!
//! Decides what a volunteer may have at hand (mails, pasted texts, reports, tables, STIX, MISP), what in it must never
//! leave and what is worth sharing. Shares no code with the sanitizer: its encodings are written for this purpose, so
//! that a mistake is not made twice. The same seed and number make the same case on every machine.

mod attack;
mod case;
mod check;
mod disguise;
mod encode;
mod exposed;
mod gateway;
mod keyed;
mod lure;
mod mail;
mod member;
mod mime;
mod misp;
mod names;
mod needle;
mod places;
pub(crate) mod random;
mod received;
mod report;
mod run;
mod scene;
mod stix;
mod table;
mod tally;
mod texts;
mod views;

pub use case::{Case, Family, Plant, Wanted, case};
pub use check::{Finding, Outcome, check, leaks};
pub use run::{run, run_one};
pub use tally::Tally;
