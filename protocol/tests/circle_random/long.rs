//! The same of histories of some two hundred acts.
//!
//! In a file of its own, so that the seeds that are kept of the short ones are not tried as long ones.

use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::circle_support::orders::cases;
use crate::{history, holds_in_every_order};

proptest! {
    // Each costs as much as fifty of the others.
    #![proptest_config(Config { cases: cases(48).cases.div_ceil(50), ..cases(48) })]

    #[test]
    fn every_order_of_arrival_of_a_long_history_does_too(history in history(500..=1_000)) {
        holds_in_every_order(&history)?;
    }
}
