//! What was acknowledged survives `kill -9` at any moment, at whoever published it and at whoever received it. The long
//! form is the example `kill_rounds`.

#![allow(clippy::unwrap_used)]

#[test]
fn nothing_acknowledged_is_lost_by_kills_at_random_moments() {
    let outcome = watchfire_tests::kills::rounds(6, 20_281_107, 0, |_, _| {});
    assert!(outcome.acknowledged > 0, "{outcome:?}");
}
