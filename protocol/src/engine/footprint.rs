//! How much of a node's memory others have filled.
//!
//! Acts, headers and the ids of records are not counted: they are what a circle has, and what is on disk as well. What is
//! counted here is everything else that a link, a member or a relay can make a node remember, and none of it may grow
//! beyond [`Footprint::most`], whatever they send.

use watchfire_keys::ids::{EpochId, RecordId};

use super::catchup::MAX_CELLS_HELD;
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::limits::MAX_ASIDE_BYTES;
use crate::reconcile::{Prefix, Session};

/// What one link may fill: wanted records, 48 bytes each, ids of listed acts, some records that are owed, and what waits to
/// be sent in two comparisons of ranges.
const MOST_A_LINK: usize = 18 * 1024 * 1024;
/// What all of them together may fill besides: envelopes that wait for an epoch or are kept for pulls, ids that were seen,
/// announced or found void, acts that wait for others.
const MOST_IN_ALL: usize = 20 * 1024 * 1024 + MAX_ASIDE_BYTES;
/// What a coded symbol takes at the most while a comparison is under way.
const SYMBOL_BYTES: usize = 100;

/// Bytes that others have filled, by what holds them; ids and envelopes at their own size, without the trees around them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// How many links there are.
    pub links: usize,
    /// What they have queued.
    pub queued: usize,
    /// Envelopes that wait for an epoch's secret.
    pub parked: usize,
    /// What gossip remembers.
    pub gossip: usize,
    /// Acts and approvals that wait for others.
    pub aside: usize,
    /// Coded symbols of comparisons that are under way.
    pub symbols: usize,
    /// Records that were asked for, and void or refused ones that are not asked for again.
    pub records: usize,
}

impl Footprint {
    /// All of it, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.queued + self.parked + self.gossip + self.aside + self.symbols + self.records
    }

    /// What that may be at the most, with so many links.
    #[must_use]
    pub const fn most(links: usize) -> usize {
        MOST_IN_ALL + MAX_CELLS_HELD * SYMBOL_BYTES + links * MOST_A_LINK
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// What others have filled so far.
    #[must_use]
    pub fn footprint(&self) -> Footprint {
        let id = size_of::<RecordId>();
        let queued = self.links.values().map(|link| {
            let prefixes = link.wanted.bytes() + link.owed.len() * size_of::<Prefix>();
            let ids = (link.listed.len() + link.due.len()) * id;
            let sessions = link.ours.iter().chain(&link.theirs).map(Session::waiting_bytes);
            prefixes + sessions.sum::<usize>() + ids + link.asks.len() * size_of::<EpochId>()
        });
        Footprint {
            links: self.links.len(),
            queued: queued.sum(),
            parked: self.parked.bytes(),
            gossip: self.gossip.footprint(),
            aside: self.log.as_ref().map_or(0, |log| log.aside_bytes()),
            records: (self.void.len() + self.catchup.asked()) * size_of::<Prefix>() + self.refused.len() * id,
            symbols: self.cells_held() * SYMBOL_BYTES,
        }
    }
}
