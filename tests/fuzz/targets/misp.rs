//! Intake and sanitizer on anything that is read as MISP.

#![no_main]

use libfuzzer_sys::fuzz_target;
use watchfire_tests::hostile::{Intake, survive};

fuzz_target!(|bytes: &[u8]| survive(Intake::Misp, bytes));
