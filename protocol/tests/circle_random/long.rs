//! The same of histories of some two hundred acts.
//!
//! In a file of its own, so that the seeds that are kept of the short ones are not tried as long ones. Each takes half a
//! minute and more: `cargo test -p watchfire-protocol --test circle_random -- --ignored` tries one, and with
//! `PROPTEST_CASES=1000` twenty.

use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::circle_support::orders::cases;
use crate::{history, holds_in_every_order};

proptest! {
    // Each costs as much as hundreds of the others, and so does each attempt to make a failing one shorter.
    #![proptest_config(Config { cases: cases(48).cases.div_ceil(50), max_shrink_iters: 0, ..cases(48) })]

    #[test]
    #[ignore = "half a minute each; see the head of the file for how to run it"]
    fn every_order_of_arrival_of_a_long_history_does_too(history in history(500..=1_000)) {
        holds_in_every_order(&history)?;
    }
}
