//! Waiting until something is so, never for a fixed time.

use std::time::{Duration, Instant};

/// How long anything may take on a busy machine before a test calls it broken.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Pause between two looks. Short enough that tests are quick, long enough not to be the load themselves.
const PAUSE: Duration = Duration::from_millis(60);

/// Looks until `seen` gives a value.
///
/// # Panics
///
/// When it does not within `patience`, naming `what` was waited for.
pub fn wait_for<T>(what: &str, patience: Duration, mut seen: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = seen() {
            return value;
        }
        assert!(started.elapsed() < patience, "waited {patience:?} in vain: {what}");
        std::thread::sleep(PAUSE);
    }
}

/// Looks until `holds`.
///
/// # Panics
///
/// As [`wait_for`].
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    wait_for(what, PATIENCE, || holds().then_some(()));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::wait_for;

    #[test]
    fn what_comes_true_later_is_seen() {
        let mut looks = 0;
        let seen = wait_for("the third look", Duration::from_secs(10), || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(seen, 3);
    }

    #[test]
    #[should_panic(expected = "in vain: the moon to fall")]
    fn what_never_comes_true_is_named() {
        wait_for("the moon to fall", Duration::from_millis(1), || None::<()>);
    }
}
