//! Dealing an epoch: when it is due, whose turn it is, and the header itself.

use rand_core::CryptoRng;
use watchfire_keys::epoch::window::can_seal;
use watchfire_keys::epoch::{self, EpochSecret, Header, HeaderError};
use watchfire_keys::identity::SigningKey;
use watchfire_keys::time::UnixMillis;

use super::header::max_round;
use super::keyring::Keyring;
use super::log::ActLog;
use super::roster::Roster;
use super::turns::{Turn, my_turn_delay, turn_order};

/// That this member should deal, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The turn to name in the header.
    pub turn: u32,
    /// How long to wait for stewards whose turn comes first, in milliseconds. If by then a header is here for which
    /// nothing is due any more, nothing is to be dealt.
    pub delay_ms: u64,
}

impl Keyring {
    /// Whether this member should deal an epoch for the present roster: nobody else has, or the one there is stops
    /// sealing within a quarter of its time. Nothing when not, or when this member is no steward.
    #[must_use]
    pub fn due(&self, log: &ActLog, now: UnixMillis) -> Option<Due> {
        let roster = log.roster()?;
        let margin = roster.rules.seal_ms / 4;
        let lasting = |header: &Header| can_seal(header, now) && header.seal_until.ms_since(now) > margin;
        if self.matching(roster).any(|(_, held)| lasting(&held.header)) { None } else { self.next(log, now) }
    }

    /// This member's next turn whether an epoch is due or not: a person wants a new one, or nobody who can be reached
    /// has the secret of the one there is. Nothing when this member is no steward, or has to wait because rounds were
    /// dealt faster than one a minute.
    #[must_use]
    pub fn next(&self, log: &ActLog, now: UnixMillis) -> Option<Due> {
        let roster = log.roster()?;
        let order = turn_order(&roster.frontier, roster);
        let stewards = u32::try_from(order.len()).ok()?;
        let rank = u32::try_from(order.iter().position(|member| *member == self.me)?).ok()?;
        let here = self.matching(roster).filter(|(_, held)| held.header.frontier == roster.frontier);
        let round = match here.map(|(_, held)| held.round).max() {
            Some(round) => round.checked_add(1)?,
            None => 0,
        };
        if u64::from(round) > max_round(log.dated(&roster.frontier), now) {
            return None;
        }
        let turn = Turn { round, rank }.number(stewards)?;
        Some(Due { turn, delay_ms: my_turn_delay(rank) })
    }

    /// Deals an epoch for `roster` in that turn. Insert the header, then the secret, and hand the header to everybody.
    ///
    /// # Errors
    /// [`HeaderError::Frontier`] when the history has more heads than a header can name: a [tie](super::ActBody::Tie)
    /// helps.
    pub fn deal(
        &self,
        roster: &Roster,
        turn: u32,
        key: &SigningKey,
        now: UnixMillis,
        rng: &mut impl CryptoRng,
    ) -> Result<(Header, EpochSecret), HeaderError> {
        let secret = EpochSecret::generate(rng);
        let deal = epoch::Deal {
            circle: self.circle,
            frontier: roster.frontier.clone(),
            readers: roster.readers_digest(),
            created: now,
            seal_until: now.saturating_add(roster.rules.seal_ms),
            turn,
            dealer: self.me,
        };
        Header::deal(deal, &secret, key).map(|header| (header, secret))
    }
}
