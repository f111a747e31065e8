//! Which records stand, said of all of them at once: those that the roster lets their author sign, as far as no act says
//! that its signer's records ended before or went another way.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_keys::delegation::Scopes;
use watchfire_keys::ids::RecordId;
use watchfire_protocol::circle::Role;
use watchfire_protocol::record::Record;

use super::Who;
use crate::circle_support::node::Records;

/// Whether it can be one of its author's: a publisher's, or one's who was a publisher once, signed with a key that it
/// had delegated for that at that time, whatever it said of the key later.
fn allowed(who: &Who, record: &Record) -> bool {
    let one = who.members.get(&record.author).or_else(|| Some(&who.former.get(&record.author)?.0));
    one.is_some_and(|one| {
        one.highest >= Role::Publisher
            && one.delegated.iter().any(|(key, state)| {
                *key == record.signer
                    && state.scopes.contains(Scopes::PUBLISH)
                    && state.from <= record.created
                    && record.created < state.until
            })
    })
}

/// The records that stand of these.
pub fn standing(who: &Who, records: &Records) -> BTreeSet<RecordId> {
    let allowed: BTreeMap<RecordId, &Record> = records
        .iter()
        .filter(|(_, record)| allowed(who, record))
        .map(|(id, record)| (*id, record.as_ref()))
        .collect();
    // The line down from the last one of each signer whose records end.
    let mut lines: BTreeMap<_, BTreeMap<u64, RecordId>> = BTreeMap::new();
    for (signer, cut) in &who.cuts {
        let line = lines.entry(*signer).or_default();
        let mut next = cut.last;
        while let Some((seq, id)) = next {
            line.insert(seq, id);
            let here = allowed.get(&id).filter(|record| record.signer == *signer && record.seq == seq);
            next = here.and_then(|record| Some((seq.checked_sub(1)?, record.prev?)));
        }
    }
    let stands = |(id, record): &(&RecordId, &&Record)| {
        let Some(cut) = who.cuts.get(&record.signer) else { return true };
        let within = cut.last.is_some_and(|(last, _)| record.seq <= last);
        within && lines[&record.signer].get(&record.seq).is_none_or(|on_line| on_line == *id)
    };
    allowed.iter().filter(stands).map(|(id, _)| *id).collect()
}
