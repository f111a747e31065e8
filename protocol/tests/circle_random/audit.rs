//! What holds in every history, whatever the rules in full say: nobody in or out without those who had to agree, nothing
//! beyond the end of a signer's records, and no secret for one who is out.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use watchfire_keys::delegation::Scopes;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActBody, ActLog, ActState, Decision};

use crate::circle_support::node::Node;
use crate::world::World;

/// That everybody who is in came in, and everybody who is out went, by those who had to agree.
pub fn membership(log: &ActLog, now: UnixMillis) -> Result<(), TestCaseError> {
    let roster = log.roster().unwrap();
    for entry in roster.members.values().filter(|entry| entry.act != log.root()) {
        let act = log.act(&entry.act).unwrap();
        prop_assert_eq!(log.act_state(&entry.act, now), Some(ActState::InForce));
        prop_assert!(act.act.body.card().is_some_and(|card| card.member() == entry.member));
        prop_assert!(agreed(log, &entry.act));
    }
    for former in roster.former.values() {
        let act = log.act(&former.act).unwrap();
        if let ActBody::Leave { .. } = act.act.body {
            prop_assert_eq!(act.act.author, former.entry.member);
            prop_assert_eq!(act.act.signer, former.entry.card.organisation);
        } else {
            prop_assert_eq!(act.act.body.removes(), Some(&former.entry.member));
            prop_assert!(agreed(log, &former.act));
        }
    }
    Ok(())
}

/// Whether enough stewards of every side signed, each with a key that it had as it signed.
fn agreed(log: &ActLog, id: &ActId) -> bool {
    let act = &log.act(id).unwrap().act;
    let rules = log.roster_at(&act.parents).unwrap().rules;
    let mut voices: BTreeMap<String, BTreeSet<MemberId>> = BTreeMap::new();
    let mut whole = BTreeSet::new();
    if let ActBody::Seat { side, .. } = &act.body {
        assert_eq!(log.charter().unwrap().recovery.get(side), Some(&act.signer));
        whole.insert(side.as_str().to_owned());
    } else {
        let author = log.entry_at(&act.parents, &act.author).unwrap();
        assert!(author.is_steward());
        voices.entry(author.side.as_str().to_owned()).or_default().insert(act.author);
    }
    for yes in log.approvals(id).filter(|yes| yes.approval.decision == Decision::Approve) {
        // By what it knew and what the act's author knew.
        let knew: BTreeSet<ActId> = yes.approval.frontier.iter().chain(&act.parents).copied().collect();
        let knew: Vec<ActId> = knew.into_iter().collect();
        let knew = log.entry_at(&knew, &yes.approval.approver).unwrap();
        assert!(knew.is_steward());
        voices.entry(knew.side.as_str().to_owned()).or_default().insert(yes.approval.approver);
    }
    let at = log.roster_at(&act.parents).unwrap();
    let sides = log.charter().unwrap().sides.iter().filter(|side| {
        let seated = at.stewards().filter(|entry| entry.side == **side).count().max(1);
        let asked = usize::from(rules.consent.stewards).min(seated);
        whole.contains(side.as_str()) || voices.get(side.as_str()).map_or(0, BTreeSet::len) >= asked
    });
    sides.count() >= usize::from(rules.consent.sides)
}

/// That nothing stands beyond the end that an act names, nor anything of a key that one who is out had and no act names.
pub fn records(node: &Node, now: UnixMillis) -> Result<(), TestCaseError> {
    let roster = node.log.roster().unwrap();
    for (id, record) in &node.here {
        prop_assert!(roster.known(&record.author).is_some(), "a record of nobody's");
        if let Some(cut) = roster.cuts.get(&record.signer) {
            let within =
                cut.last.is_some_and(|(seq, last)| record.seq < seq || (record.seq, *id) == (seq, last));
            prop_assert!(within, "beyond its end");
        }
    }
    for (id, act) in node.log.acts() {
        let body = &act.act.body;
        let in_force = node.log.act_state(id, now) == Some(ActState::InForce);
        let Some(member) = body.removes().filter(|_| in_force) else { continue };
        let before = node.log.entry_at(&act.act.parents, member).unwrap();
        for record in node.here.values().filter(|record| record.author == *member) {
            // Keys that it had when it was taken out; it may be in again with others.
            if before.keys.contains_key(&record.signer) {
                let named = body.cuts().iter().find(|cut| cut.signer == record.signer);
                let last = named.and_then(|cut| cut.last);
                prop_assert!(last.is_some_and(|(seq, _)| record.seq <= seq), "beyond a removal");
            }
        }
    }
    Ok(())
}

/// That every epoch that counts was dealt by a steward, and that whoever is out is handed no secret under which anybody
/// who knows that seals, now or when it was sealed.
pub fn epochs(node: &Node, world: &World) -> Result<(), TestCaseError> {
    let (log, ring) = (&node.log, &node.ring);
    let roster = log.roster().unwrap();
    for (_, header) in ring.headers() {
        let dealer = log.entry_at(&header.frontier, &header.dealer).unwrap();
        prop_assert!(dealer.is_steward());
        prop_assert!(dealer.delegates(&header.signer, Scopes::STEWARD, header.created));
    }
    let everybody: BTreeSet<MemberId> =
        world.everybody().map(|person| person.member).chain(roster.former.keys().copied()).collect();
    for epoch in node.usable() {
        for member in &everybody {
            prop_assert_eq!(ring.may_read(&epoch, member, log), roster.is_member(member));
        }
    }
    for sealed in &world.sealed {
        for member in &sealed.out {
            prop_assert!(!ring.may_read(&sealed.epoch, member, log), "a removed member reads on");
        }
    }
    Ok(())
}
