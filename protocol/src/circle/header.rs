//! Which epoch headers count: dealt by a steward of the roster at the header's own frontier, for exactly its readers, in
//! that steward's turn and for no longer than the charter allows. The signature was checked before.

use watchfire_keys::epoch::Header;
use watchfire_keys::epoch::window::is_live;
use watchfire_keys::time::UnixMillis;

use super::log::ActLog;
use super::roster::Roster;
use super::turns::{Turn, turn_order};
use crate::limits::{ROUND_MS, SPARE_ROUNDS};
use crate::rules::Rule;

/// Checks a header by the roster at its frontier; returns its round.
pub(super) fn judge(header: &Header, roster: &Roster, log: &ActLog, now: UnixMillis) -> Result<u32, Rule> {
    let rules = &roster.rules;
    if !is_live(header, now, rules.retention_ms) {
        return Err(Rule::HeaderOver);
    }
    let dealer = roster.member(&header.dealer).ok_or(Rule::HeaderSigner)?;
    if !dealer.signs_as_steward(&header.signer, header.created) {
        return Err(Rule::HeaderSigner);
    }
    if header.readers != roster.readers_digest() {
        return Err(Rule::HeaderReaders);
    }
    if header.seal_until.ms_since(header.created) > rules.seal_ms {
        return Err(Rule::HeaderWindow);
    }
    check_turn(header, roster, log)
}

/// Whether the turn is the dealer's, and not ahead of its time; returns its round.
///
/// Without the second a steward could name the last turn there is, and nobody could deal after it. Rounds are paced by
/// the dates that are signed, so every node decides alike.
fn check_turn(header: &Header, roster: &Roster, log: &ActLog) -> Result<u32, Rule> {
    // Another order of names for one frontier would give other turns.
    if header.frontier != roster.frontier {
        return Err(Rule::HeaderTurn);
    }
    let order = turn_order(&header.frontier, roster);
    let stewards = u32::try_from(order.len()).map_err(|_| Rule::HeaderTurn)?;
    let turn = Turn::of(header.turn, stewards).ok_or(Rule::HeaderTurn)?;
    let rank = usize::try_from(turn.rank).map_err(|_| Rule::HeaderTurn)?;
    if order.get(rank) != Some(&header.dealer) {
        return Err(Rule::HeaderTurn);
    }
    let since = log.dated(&header.frontier);
    if u64::from(turn.round) > max_round(since, header.created) {
        return Err(Rule::HeaderTurn);
    }
    Ok(turn.round)
}

/// The highest round that can be dealt at `created` on a frontier of that date.
pub(super) const fn max_round(frontier_dated: UnixMillis, created: UnixMillis) -> u64 {
    created.ms_since(frontier_dated) / ROUND_MS + SPARE_ROUNDS
}
