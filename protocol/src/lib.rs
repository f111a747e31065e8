//! protocol
#![no_std]
#![forbid(unsafe_code)]
extern crate alloc;

pub mod indicator;
pub mod sanitize;
