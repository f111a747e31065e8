//! What the end-to-end tests share: real homes, real processes, real sockets, and the repository itself.
//!
//! Tests prove promises, so everything here panics with what it saw instead of returning errors. Nothing sleeps for a
//! fixed time: a test waits until something is so, and fails when it is not within [`wait::PATIENCE`].

#![allow(clippy::unwrap_used, clippy::print_stderr)]

pub mod client;
pub mod cluster;
pub mod daemon;
pub mod disk;
pub mod hostile;
pub mod kills;
pub mod leak;
#[cfg(target_os = "linux")]
pub mod netns;
pub mod newcomer;
pub mod ports;
pub mod repository;
pub mod sample_home;
pub mod samples;
pub mod stock;
pub mod torn;
pub mod wait;
