//! Questions from the control socket: the reading ones are answered at once, the others by the engine.

mod acts;
mod publish;
mod refusal;
mod tickets;

use std::collections::BTreeMap;

use tokio::sync::oneshot;
use watchfire_keys::{ActId, EpochId, MemberId, RecordId};
use watchfire_protocol::engine::{Input, OwnAct, Refusal, Request};

pub(crate) use self::publish::report;
use super::keys;
use super::node::{CircleNode, Question};
use super::stall::Stall;
use crate::control::{Answer, Ask, Facts, FailureDoc, Live, PublishedDoc, members_named};
use crate::error::{Error, Result};

/// Questions that wait for the engine's answer.
#[derive(Default)]
pub(super) struct Waiting {
    next: u64,
    asked: BTreeMap<u64, oneshot::Sender<Answer>>,
}

impl Waiting {
    fn note(&mut self, answer: oneshot::Sender<Answer>) -> u64 {
        self.next = self.next.wrapping_add(1);
        self.asked.insert(self.next, answer);
        self.next
    }

    pub(super) fn answer(&mut self, token: u64, with: Answer) {
        if let Some(asked) = self.asked.remove(&token) {
            // A client that went away is told nothing.
            let _ = asked.send(with);
        }
    }
}

impl CircleNode {
    pub(super) fn question(&mut self, question: Question) {
        let Question { ask, answer } = question;
        if let Some(ready) = self.with_facts(|facts| facts.answer(&ask)) {
            let _ = answer.send(ready);
            return;
        }
        if let Some(stall) = &self.stall {
            let _ = answer.send(failed(stall.fault()));
            return;
        }
        let ask = match ask {
            Ask::PairRelay { address } => return self.pair(&address, answer),
            Ask::Prune { dry_run } => return self.prune(dry_run, answer),
            Ask::Ticket { member } => {
                let made = self.ticket(&member).map(|ticket| Answer::Ticket { ticket });
                let _ = answer.send(made.unwrap_or_else(|error| failed(&error)));
                return;
            }
            other => other,
        };
        match self.request(ask) {
            Ok(Some(request)) => {
                let token = self.waiting.note(answer);
                self.feed(Input::Request { token, request });
            }
            // The reading questions were answered above.
            Ok(None) => {}
            Err(error) => {
                let _ = answer.send(failed(&error));
            }
        }
    }

    /// What the engine is asked for; nothing for a reading question.
    fn request(&self, ask: Ask) -> Result<Option<Request>> {
        Ok(Some(match ask {
            Ask::Publish(document) => {
                let readers = members_named(self.engine.roster().map(|roster| &**roster), &document.to)?;
                Request::Publish(Box::new(report(*document, readers)?))
            }
            Ask::Invite { card, role, reason } => acts::invitation(&card, &role, reason)?,
            Ask::Propose { proposal, reason } => self.proposal(proposal, reason)?,
            Ask::Seat { seating, reason } => self.seating(&seating, reason)?,
            Ask::Decide { act, approve, anyway } => self.decision(&act, approve, anyway)?,
            Ask::Leave => Request::Own(OwnAct::Leave),
            Ask::Key(ask) => match keys::own_act(ask)? {
                Request::Own(act) => Request::Own(self.to_its_end(act)?),
                other => other,
            },
            Ask::Submit { records } => keys::submission(&records)?,
            Ask::Rotate => Request::Rotate,
            _ => return Ok(None),
        }))
    }

    /// Calls `read` with what this node knows now.
    pub(super) fn with_facts<T>(&self, read: impl FnOnce(&Facts<'_>) -> T) -> T {
        let engine = &self.engine;
        let last_said = |member: &MemberId| engine.presences(member).map(|presence| presence.created).max();
        let own = self.card.member();
        let links = engine.greeted_links();
        let linked = links.iter().map(|link| link.member);
        let now = self.now().unix;
        let away = engine.kept_away().map(|(member, rule, left)| (member, rule, now.saturating_add(left)));
        let facts = Facts {
            card: &self.card,
            circle: self.circle(),
            phase: engine.phase(),
            draft: engine.draft(),
            roster: engine.roster().map(|roster| &**roster),
            log: engine.log(),
            keyring: engine.keyring(),
            epoch: engine.epoch(),
            view: &self.view,
            store: &*self.store,
            waiting: engine.waiting_count(),
            now,
            live: Some(Live {
                linked: linked.filter(|member| *member != own).collect(),
                last_said: &last_said,
                kept_away: away.collect(),
                has_twin: engine.has_twin(),
                holds_daemon_key: engine.holds_daemon_key(),
                holds_sealing_key: engine.holds_sealing_key(),
                relays: self.relays.subscribed(),
                relayed: links
                    .iter()
                    .filter(|link| self.net.is_relayed(&link.peer.0))
                    .map(|link| link.member)
                    .collect(),
                behind_nat: self.is_behind_nat(),
                off_lan: self.on_lan.trouble(),
                broken: self.broken.iter().map(|(rule, count)| (*rule, *count)).collect(),
                can_seal: engine.can_seal(),
                catch_up: engine.catchup_status(),
                recovering: engine.is_recovering(),
                stalled: self.stall.as_ref().map(Stall::fault),
            }),
        };
        read(&facts)
    }

    pub(super) fn published(&mut self, token: u64, records: &[RecordId], waiting: bool) {
        let texts: Vec<String> = records.iter().map(ToString::to_string).collect();
        let Some(record) = texts.first().cloned() else { return };
        self.waiting.answer(token, Answer::Published(PublishedDoc { record, records: texts, waiting }));
    }

    pub(super) fn acted(&mut self, token: u64, act: ActId) {
        let document = self.with_facts(|facts| facts.acted(&act));
        self.waiting.answer(token, Answer::Acted(document));
    }

    pub(super) fn dealt(&mut self, token: u64, epoch: &EpochId) {
        self.waiting.answer(token, Answer::Rotated { epoch: epoch.to_string() });
    }

    pub(super) fn refused(&mut self, token: u64, refusal: &Refusal) {
        let error = self.explain(refusal);
        self.waiting.answer(token, failed(&error));
    }
}

fn failed(error: &Error) -> Answer {
    Answer::Failed(FailureDoc::from(error))
}
