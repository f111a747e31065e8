//! What links and circles may fill on a relay, each bound with its reason.

use crate::limits::{DAY_MS, MAX_FRAME_BYTES};

/// How long a gate is still taken after a pairing left it out: envelopes on their way, and members that learn of the new
/// epoch by the same news.
pub const GATE_LAPSE_MS: u64 = 5 * 60 * 1000;

/// Gates in one pairing: the epochs that live at once while halves of a circle merge.
pub const MAX_GATES: usize = 8;

/// Control keys of one circle, and names in one list of a pairing.
pub const MAX_CONTROLS: usize = 32;

/// Ids in one announcement or pull: 8 KiB.
pub const MAX_IDS: usize = 256;

/// Bytes of the address at which a relay sees a member: an IPv6 address with a port needs 26.
pub const MAX_SEEN_BYTES: usize = 64;

/// Envelopes of at most so many bytes are pushed, larger ones announced: a member may have them from elsewhere.
pub const PUSH_BYTES: usize = 4 * 1024;

/// The largest frame, and a bound on everything in it.
pub(super) const MAX_RELAY_FRAME_BYTES: usize = MAX_FRAME_BYTES;

/// Gates that a circle has left behind and that are remembered so that they stay behind; at one epoch each three days, half a year.
pub(super) const MAX_RETIRED: usize = 64;

/// Gates of a circle that are about to lapse. One more and the oldest lapses at once.
pub(super) const MAX_LAPSING: usize = 2 * MAX_GATES;

/// Ids of envelopes that were kept and are not any more, remembered for each circle so that they are not taken again.
pub(super) const MAX_FORGOTTEN: usize = 16 * 1024;

/// Tags that one link may subscribe to: a node has a peer id of its own for each circle, so one would do.
pub(super) const MAX_SUBSCRIPTIONS: usize = 4;

/// Ids that one link announced to the relay and that wait to be asked for; members announce again on their next link.
pub(super) const MAX_WANTED_OF_LINK: usize = 4 * 1024;

/// Ids that a relay announced and that wait to be asked for: more than it keeps for a circle of ordinary envelopes.
pub(super) const MAX_WANTED_OF_RELAY: usize = 128 * 1024;

/// How long a circle was not used that gives way to another although envelopes are kept for it.
pub(super) const UNUSED_MS: u64 = DAY_MS;

/// Networks whose allowances of new circles are remembered, and peers whose budgets are while they have no link: some
/// hundred kilobytes.
pub(super) const MAX_NETWORKS: usize = 4 * 1024;

/// See [`MAX_NETWORKS`].
pub(super) const MAX_PEERS_AWAY: usize = 4 * 1024;

/// Blame at which a link is closed; the scale of the rule table. A tenth is forgiven each minute.
pub(super) const MAX_BLAME: u32 = 100;

/// How long all blame is remembered.
pub(super) const BLAME_MS: u64 = 10 * 60 * 1000;

/// The bounds that an operator may want to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayLimits {
    /// Circles. One more takes the place of one for which nothing is kept or that was not used for a day, or is refused.
    pub circles: usize,
    /// First pairings of unknown tags an hour from one network.
    pub new_circles_an_hour: u64,
    /// Bytes kept for one circle; the oldest envelopes make room.
    pub circle_bytes: u64,
    /// How long an envelope is kept.
    pub keep_ms: u64,
    /// Bytes that one peer may deposit an hour.
    pub deposit_bytes_an_hour: u64,
    /// Bytes that one peer may pull an hour: everything that a circle can have, and half of it again.
    pub pull_bytes_an_hour: u64,
    /// Signatures that are checked for one peer a minute.
    pub checks_a_minute: u64,
}

impl Default for RelayLimits {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            circles: 64,
            new_circles_an_hour: 8,
            circle_bytes: 64 * MIB,
            keep_ms: 7 * DAY_MS,
            deposit_bytes_an_hour: 16 * MIB,
            pull_bytes_an_hour: 96 * MIB,
            // A burst of a thousand records passes; a flood costs a hundredth of a core.
            checks_a_minute: 2_000,
        }
    }
}
