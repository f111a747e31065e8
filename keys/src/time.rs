//! Two clocks that are never mixed: civil time and monotonic time, both in milliseconds.
//!
//! Neither reads a clock; a caller that has one hands over what it says. There is no conversion between the
//! two. Arithmetic saturates, because the numbers come from strangers.

use serde::{Deserialize, Serialize};

macro_rules! clock {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The latest time there is.
            pub const MAX: Self = Self(u64::MAX);

            /// This time and `ms` milliseconds more, at most [`Self::MAX`].
            #[must_use]
            pub const fn saturating_add(self, ms: u64) -> Self {
                Self(self.0.saturating_add(ms))
            }

            /// This time and `ms` milliseconds less, at least zero.
            #[must_use]
            pub const fn saturating_sub(self, ms: u64) -> Self {
                Self(self.0.saturating_sub(ms))
            }

            /// Milliseconds from `earlier` to this time; zero if `earlier` is the later one.
            #[must_use]
            pub const fn ms_since(self, earlier: Self) -> u64 {
                self.0.saturating_sub(earlier.0)
            }
        }
    };
}

clock! {
    /// Civil time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds. It stands in signed things,
    /// differs between machines, and may jump.
    UnixMillis
}
clock! {
    /// Monotonic time: milliseconds since some start that only this process knows. It drives timers and never
    /// leaves the process.
    Moment
}
