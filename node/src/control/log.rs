//! `circle log`: everything that was ever decided, in an order in which each act follows what it stands on.

use std::collections::BTreeMap;

use watchfire_keys::{ActId, EpochId, Header, MemberId};
use watchfire_protocol::circle::{ActLog, Change, Charter, Decision, Item, Role, SignedAct};

use super::{ActDoc, DecisionDoc, Facts, LogDoc, not_yet};
use crate::clock::rfc3339;
use crate::error::Result;

impl Facts<'_> {
    pub(super) fn log(&self, verify: bool) -> Result<LogDoc> {
        let log = self.log.filter(|log| log.is_founded()).ok_or_else(|| not_yet(self.phase))?;
        let verified = if verify { Some(self.verify(log)?) } else { None };
        let mut acts = self.with_epochs(log);
        acts.extend(self.proofs(log));
        Ok(LogDoc {
            acts,
            verified: verified.as_ref().map(|_| true),
            items: verified.as_ref().map(|verified| verified.items),
            roster: verified.map(|verified| verified.roster),
        })
    }

    /// Founding and acts, and behind the last act that an epoch was dealt on, that epoch.
    fn with_epochs(&self, log: &ActLog) -> Vec<ActDoc> {
        let mut rows = Vec::new();
        let mut places: BTreeMap<ActId, usize> = BTreeMap::new();
        for item in log.items() {
            match item {
                Item::Founding(draft) => {
                    places.insert(log.root(), rows.len());
                    rows.push(self.founding(draft.charter()));
                }
                Item::Act(act) => {
                    places.insert(act.id(), rows.len());
                    rows.push(self.act(log, &act));
                }
                Item::Approval(_) | Item::Header(_) => {}
            }
        }
        let mut epochs: BTreeMap<usize, Vec<(EpochId, &Header)>> = BTreeMap::new();
        for (id, header) in self.keyring.headers() {
            let place = header.frontier.iter().filter_map(|act| places.get(act)).max();
            epochs.entry(place.copied().unwrap_or_default()).or_default().push((*id, header));
        }
        let mut merged = Vec::with_capacity(rows.len());
        for (place, row) in rows.into_iter().enumerate() {
            merged.push(row);
            let mut dealt = epochs.remove(&place).unwrap_or_default();
            dealt.sort_by_key(|(id, header)| (header.created, *id));
            merged.extend(dealt.into_iter().map(|(id, header)| self.epoch_row(&id, header)));
        }
        merged
    }

    fn founding(&self, charter: &Charter) -> ActDoc {
        let founders = charter.founders.iter();
        let joins = |card: &watchfire_keys::Card| Change::Joins {
            member: card.member(),
            name: card.name.clone(),
            side: card.side.clone(),
            role: Role::Steward,
        };
        ActDoc {
            act: self.circle.to_string(),
            kind: "founding".to_owned(),
            name: charter.name.to_string(),
            by: founders.clone().map(|card| card.name.as_str()).collect::<Vec<_>>().join(", "),
            created: rfc3339(charter.created),
            state: "in-force".to_owned(),
            approvals: founders
                .clone()
                .map(|card| DecisionDoc {
                    member: card.member().to_string(),
                    name: card.name.to_string(),
                    side: card.side.to_string(),
                    decision: decision_name(Decision::Approve).to_owned(),
                    created: rfc3339(charter.created),
                })
                .collect(),
            changes: founders.map(|card| joins(card).to_string()).collect(),
            ..ActDoc::default()
        }
    }

    fn act(&self, log: &ActLog, signed: &SignedAct) -> ActDoc {
        let (id, act) = (signed.id(), &signed.act);
        let subject = self.subject(act);
        let approvals = log.approvals(&id).map(|signed| {
            let approval = &signed.approval;
            DecisionDoc {
                member: approval.approver.to_string(),
                name: self.name_of(&approval.approver),
                side: self.side_text(&approval.approver),
                decision: decision_name(approval.decision).to_owned(),
                created: rfc3339(approval.created),
            }
        });
        ActDoc {
            act: id.to_string(),
            kind: act.body.kind().to_owned(),
            member: subject.member,
            name: subject.name,
            by: self.name_of(&act.author),
            side: self.side_text(&act.author),
            created: rfc3339(act.created),
            reason: act.reason.clone(),
            state: log.act_state(&id, self.now).map_or("unknown", |state| state.as_str()).to_owned(),
            approvals: approvals.collect(),
            changes: self.said_by(act),
            ..ActDoc::default()
        }
    }

    fn epoch_row(&self, id: &EpochId, header: &Header) -> ActDoc {
        let state = if self.epoch == Some(*id) {
            "sealing"
        } else if self.keyring.keys(id).is_some() {
            "readable"
        } else {
            "closed"
        };
        ActDoc {
            act: id.to_string(),
            kind: "epoch".to_owned(),
            by: self.name_of(&header.dealer),
            side: self.side_text(&header.dealer),
            created: rfc3339(header.created),
            state: state.to_owned(),
            epoch: Some(id.to_string()),
            turn: Some(header.turn),
            seal_until: Some(rfc3339(header.seal_until)),
            ..ActDoc::default()
        }
    }

    /// Stewards that dealt two epochs for one turn, and members that signed acts that contradict one another.
    fn proofs(&self, log: &ActLog) -> Vec<ActDoc> {
        let proof = |kind: &str, member: &MemberId, proof: [String; 2]| ActDoc {
            kind: kind.to_owned(),
            member: member.to_string(),
            name: self.name_of(member),
            side: self.side_text(member),
            state: "proven".to_owned(),
            proof: proof.to_vec(),
            ..ActDoc::default()
        };
        let twice = self.keyring.equivocations();
        let twice = twice.iter().map(|found| {
            let headers = [&found.first, &found.second].map(|header| header.id().to_string());
            proof("equivocation", &found.dealer, headers)
        });
        let against = log.contradictions();
        let against = against.iter().map(|found| {
            proof("contradiction", &found.member, [found.first, found.second].map(|act| act.to_string()))
        });
        twice.chain(against).collect()
    }

    fn side_text(&self, member: &MemberId) -> String {
        self.side_of(member).map(ToString::to_string).unwrap_or_default()
    }
}

fn decision_name(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "approve",
        Decision::Refuse => "refuse",
    }
}
