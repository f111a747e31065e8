//! Intake and sanitizer on anything that is read as a table.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchfire_tests::hostile::{Intake, survive};

fuzz_target!(|bytes: &[u8]| survive(Intake::Csv, bytes));
