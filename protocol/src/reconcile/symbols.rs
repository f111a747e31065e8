//! What two nodes say to one another while they compare their sets by coded symbols.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;

use super::cell::pack;
use super::range::Fingerprint;
use super::set::{MAX_CELLS, RecordSet};
use super::source::Salt;
use crate::rules::Rule;

/// Coded symbols in one message: at most 119 kilobytes, within the largest frame.
pub const MAX_CELLS_A_MESSAGE: u32 = 4_096;
/// Coded symbols that are asked for first: what a dozen differences take.
pub(super) const FIRST_ASKED: u32 = 24;

/// Changes that cost as much to take out of symbols as it costs to send one.
const CHANGES_A_CELL: usize = 8;

/// "Send me these symbols of your set."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The session, as the asker numbered it.
    pub session: u32,
    /// Under which key, if not the circle's own: drawn by the asker once a comparison would not come out.
    pub salt: Option<Salt>,
    /// The asker's own set when the session began: if the two are equal, nothing else needs to be said.
    pub mine: Fingerprint,
    /// The receiver's set as it was at its first answer; none in the first message.
    pub of: Option<Fingerprint>,
    /// Index of the first symbol asked for.
    pub from: u32,
    /// How many.
    pub count: u32,
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbols {
    /// The session, as the asker numbered it.
    pub session: u32,
    /// The set that the symbols are of. Where it is not the one that was asked about, that one is too long ago, and the
    /// asker has to begin anew.
    pub of: Fingerprint,
    /// Index of the first symbol.
    pub from: u32,
    /// The symbols; none if the asker's set is the same, or if the receiver will not use the salt.
    #[serde(with = "codec::bytes")]
    pub cells: Vec<u8>,
}

impl Ask {
    /// What answering costs, in symbols: a few for the message, and those that are asked for; of a set as it was
    /// earlier, what has changed since is taken out again.
    pub fn cost(&self, set: &RecordSet) -> u64 {
        let changes = self.of.map_or(0, |of| set.changes_since(of));
        u64::from(self.count) + u64::from(FIRST_ASKED) + u64::try_from(changes / CHANGES_A_CELL).unwrap_or(0)
    }

    /// The answer of who has no time to key its set anew.
    pub fn decline(&self) -> Symbols {
        Symbols { session: self.session, of: Fingerprint::default(), from: 0, cells: Vec::new() }
    }

    /// Answers from a set, which is the one [under](RecordSet::under) the salt if there is one. Nothing is remembered of who asked for what, so a link that was lost costs nothing.
    ///
    /// # Errors
    /// [`Rule::ReconcileSymbols`] if it asks for none, for more than a message holds, or for more than are ever made.
    pub fn answer(&self, set: &mut RecordSet) -> Result<Symbols, Rule> {
        let end = u64::from(self.from) + u64::from(self.count);
        let is_first = self.of.is_none();
        let sound = (1..=MAX_CELLS_A_MESSAGE).contains(&self.count)
            && end <= MAX_CELLS as u64
            && (!is_first || self.from == 0);
        if !sound {
            return Err(Rule::ReconcileSymbols);
        }
        let present = set.whole();
        let symbols = |of, from, cells| Symbols { session: self.session, of, from, cells };
        if is_first && self.mine == present {
            return Ok(symbols(present, 0, Vec::new()));
        }
        let (from, count) = (self.from as usize, self.count as usize);
        if let Some(cells) = set.cells_as_of(self.of.unwrap_or(present), from, count) {
            let of = self.of.unwrap_or(present);
            return Ok(symbols(of, self.from, pack(&cells, from, of.count)));
        }
        let cells = set.cells_as_of(present, 0, count.min(FIRST_ASKED as usize)).unwrap_or_default();
        Ok(symbols(present, 0, pack(&cells, 0, present.count)))
    }
}
