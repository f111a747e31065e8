//! `demo`: a whole circle of rival campaigns on this machine, in one go.
//!
//! Nothing is acted: every node is this same program started as its own process, with its own home, keys and sockets on
//! loopback; every step is one of the commands a person would type. What is counted is asked of the nodes afterwards.
//! Everything lies in one scratch folder that goes away at the end, also on Ctrl-C, unless `--keep` is given.

mod actor;
mod cast;
mod figures;
mod interrupt;
mod mail;
mod play;
mod stage;

pub use figures::Figures;
pub use play::play;
