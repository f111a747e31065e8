//! Relays: untrusted forwarders that carry and keep envelopes for members that are away.
//!
//! ```text
//! relay  -> member   Challenge                     on every new link
//! member -> relay    Pair                          a steward: which gates the circle has now
//! member -> relay    Subscribe                     any member: proof of a gate key; from then on it gets envelopes
//! relay  -> member   Answer                        what came of either
//! both               Announce, Pull, Push          envelopes, and their ids
//! ```
//!
//! A relay learns a circle's tag, its epochs' ids and gate keys, and sizes, times and the peer ids of its links. It never
//! holds names, acts, headers, secrets or contents, and opens nothing: an envelope is worth keeping when its gate signature
//! holds, which every member can make and the relay can check without reading.
//!
//! **Who may say what the gates are.** The first pairing of an unknown tag is believed (trust on first use, within a
//! quota): the relay cannot know better, and a circle that finds its tag taken chooses another relay. From then on only
//! *control keys* count: the one that paired first, and those that a known one introduced. They are pseudonyms, one for
//! each steward and relay, and may be withdrawn by one another. A pairing is signed over the relay's peer id, so it cannot
//! be shown to another relay, and an older one never undoes a newer one. A gate that a pairing leaves out lapses after
//! [`GATE_LAPSE_MS`] and **never comes back**: so a steward that was away and knows only the old gates is refused, and
//! whoever was removed from the circle can neither deposit nor subscribe a few minutes after the new epoch is paired.
//!
//! What a relay can still do is what every untrusted carrier can: lose, delay and repeat. Repeated envelopes are dropped by
//! their id; lost ones are found by reconciliation between members.
//!
//! [`Server`] is the relay's side, [`Client`] the member's; both are state machines without IO.

mod allowance;
mod circle;
mod client;
mod exchange;
mod frame;
mod limits;
mod proof;
mod remembered;
mod server;
mod shelf;

pub use client::{Access, Client, ClientOutput, PairingOrder};
pub use frame::{About, Answer, Gate, Pairing, PairingBody, RelayFrame, Subscription};
pub use limits::{GATE_LAPSE_MS, MAX_CONTROLS, MAX_GATES, MAX_IDS, MAX_SEEN_BYTES, PUSH_BYTES, RelayLimits};
pub use server::{Server, ServerInput, ServerOutput, Totals};

use watchfire_keys::{Moment, UnixMillis};

/// Both times of an input: the monotonic one that timers and quotas use, and the civil one that pairings carry and that
/// ages kept envelopes across restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic.
    pub moment: Moment,
    /// Civil.
    pub unix: UnixMillis,
}
