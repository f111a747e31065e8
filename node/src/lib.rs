//! The Watchfire node: the only crate with a clock, sockets, a disk and a terminal.
//!
//! Everything that decides what a node does stands in `watchfire-protocol`; this crate carries bytes to and from it
//! and talks to people.

#![forbid(unsafe_code)]

pub mod api;
pub mod cli;
pub mod clock;
pub mod control;
pub mod daemon;
pub mod demo;
pub mod error;
pub mod exit;
pub mod export;
pub mod formats;
pub mod home;
pub mod net;
pub mod output;
pub mod own_sources;
pub mod random;
pub mod relay;
pub mod review;
pub mod sanitizing;
pub mod settings;
pub mod store;
pub mod style;
pub mod warninglists;

#[cfg(not(unix))]
compile_error!(
    "Watchfire keeps its files and its control socket the Unix way; other systems are not supported yet"
);
