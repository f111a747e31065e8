//! sled panics on some damaged files. That is met here, as one more way in which a store can be damaged.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::StoreError;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs a step of the tree and turns a panic into [`StoreError::Damaged`].
pub(super) fn guarded<T>(step: impl FnOnce() -> Result<T, sled::Error>) -> Result<T, StoreError> {
    INSIDE.set(true);
    let ended = catch_unwind(AssertUnwindSafe(step));
    INSIDE.set(false);
    match ended {
        Ok(result) => result.map_err(StoreError::from),
        Err(_) => Err(StoreError::Damaged("its files cannot be understood".to_owned())),
    }
}

/// Keeps the message of such a panic from the terminal of a person, who gets a sentence and a remedy instead. For the
/// program's start; calling it again does nothing.
pub fn keep_quiet_in_store() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| {
            if INSIDE.get() {
                tracing::debug!(%panic, "the store's files are damaged");
            } else {
                loud(panic);
            }
        }));
    });
}
