//! Links between nodes, on real sockets of this machine's loopback.
#![allow(clippy::unwrap_used)]

mod bounds;
mod circuits;
mod exchange;
mod races;
mod strangers;
mod support;
