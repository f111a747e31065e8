//! Which epochs count, and under which a circle seals: by what a header says, and by the roster at its own frontier.

use std::collections::BTreeMap;

use watchfire_keys::epoch::Header;
use watchfire_keys::hash::hash;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::labels::{HASH_FRONTIER, HASH_READERS, HASH_TURN};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::Role;

use super::{Plain, Who};

const MINUTE: u64 = 60 * 1000;
const SPARE_ROUNDS: u64 = 8;

/// Who reads, in 32 bytes: members lie in buckets by the first byte of their ids, in their order.
pub fn readers(who: &Who) -> [u8; 32] {
    let mut buckets: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    for (member, one) in &who.members {
        let leaf = hash(HASH_READERS, &[b"reader", member.as_bytes(), one.sealing.as_bytes()]);
        buckets.entry(member.as_bytes()[0]).or_default().extend(leaf);
    }
    let buckets = buckets.iter().map(|(number, leaves)| hash(HASH_READERS, &[b"bucket", &[*number], leaves]));
    hash(HASH_READERS, &[b"readers", &buckets.collect::<Vec<_>>().concat()])
}

/// The stewards in the order in which they deal.
fn turns(who: &Who, frontier: &[ActId]) -> Vec<MemberId> {
    let ids: Vec<u8> = frontier.iter().flat_map(|id| *id.as_bytes()).collect();
    let frontier = hash(HASH_FRONTIER, &[&ids]);
    let stewards = who.members.iter().filter(|(_, one)| one.role == Role::Steward);
    let mut order: Vec<_> =
        stewards.map(|(member, _)| (hash(HASH_TURN, &[&frontier, member.as_bytes()]), *member)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, member)| member).collect()
}

impl Plain<'_> {
    /// Whether a header counts whose signature holds.
    pub fn counts_as_epoch(&self, header: &Header, now: UnixMillis) -> bool {
        if !header.frontier.iter().all(|id| self.stands(id)) {
            return false;
        }
        let Some(who) = self.who(&header.frontier) else { return false };
        let order = turns(&who, &header.frontier);
        let dated = header
            .frontier
            .iter()
            .map(|id| self.acts.get(id).map_or(self.charter.created, |act| act.created));
        let since = dated.max().unwrap();
        let round = u64::from(header.turn) / (order.len() as u64).max(1);
        header.frontier == who.frontier
            && header.readers == readers(&who)
            && Self::is_steward(&who, &header.dealer, &header.signer, header.created)
            && header.seal_until.ms_since(header.created) <= who.rules.seal_ms
            && order.get(header.turn as usize % order.len().max(1)) == Some(&header.dealer)
            && round <= header.created.ms_since(since) / MINUTE + SPARE_ROUNDS
            && header.created <= now.saturating_add(10 * MINUTE)
            && now < header.seal_until.saturating_add(who.rules.retention_ms)
    }
}
