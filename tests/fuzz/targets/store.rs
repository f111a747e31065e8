//! The store through writes, closing, damage of its files and opening.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchfire_tests::torn::survive;

fuzz_target!(|bytes: &[u8]| survive(bytes));
