//! The rules that whatever comes from a peer must keep: one table of numbers, verdicts, penalties and names.
//!
//! Code that finds a rule broken names the [`Rule`]; what follows from it (drop, count, penalise the link) is read from
//! the table by the engine, the node and the simulator alike. Nothing else in the code decides a verdict.

mod table;
mod verdict;

pub use table::{Row, Rule, TABLE};
pub use verdict::Verdict;
