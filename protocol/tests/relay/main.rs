//! A relay and its members, without a socket.
#![allow(clippy::unwrap_used)]

mod bounds;
mod catch_up;
mod deposits;
mod pairing;
mod subscriptions;
mod wire;
mod world;
