//! Two sets that are compared by coded symbols while they change, the link is cut, and messages are lost or changed.

#![no_main]

#[path = "../../../protocol/tests/reconcile_support/operations.rs"]
mod operations;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| operations::survive(bytes));
