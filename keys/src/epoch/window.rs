//! When an epoch may be used. Clocks of members differ, so both ends of the window are judged by the asker's
//! own.

use super::header::Header;
use crate::time::UnixMillis;

/// How far ahead of one's own clock a header may be dated and already be used: ten minutes, more than the
/// clocks of machines that keep time at all differ by.
pub const MAX_AHEAD_MS: u64 = 10 * 60 * 1000;

/// Whether something may be sealed under the epoch at `now`: not before it was dealt (but for
/// [`MAX_AHEAD_MS`]), and not from `seal_until` on. This is what stops a member who was cut off from sealing
/// to readers who have left.
#[must_use]
pub fn can_seal(header: &Header, now: UnixMillis) -> bool {
    header.created <= now.saturating_add(MAX_AHEAD_MS) && now < header.seal_until
}

/// Whether the epoch's envelopes are still taken and its secret still kept at `now`, when records are kept
/// for `retention_ms` milliseconds. What was sealed last, at `seal_until`, lives that long; then the secret
/// is to be erased.
#[must_use]
pub fn is_live(header: &Header, now: UnixMillis, retention_ms: u64) -> bool {
    header.created <= now.saturating_add(MAX_AHEAD_MS) && now < header.seal_until.saturating_add(retention_ms)
}
