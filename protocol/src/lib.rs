//! The whole behaviour of a Watchfire node without clock, socket or disk.
//!
//! Bytes and times come in as arguments, and what is to be sent, kept or shown goes out as values, so that the same code
//! runs in a node and, under virtual time, in the simulator.

#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

pub mod circle;
pub mod crypto;
pub mod engine;
pub mod envelope;
pub mod gossip;
pub mod greeting;
pub mod indicator;
pub mod limits;
pub mod presence;
pub mod publication;
pub mod reconcile;
pub mod record;
pub mod relay;
pub mod rules;
pub mod sanitize;
pub mod view;
pub mod wire;
