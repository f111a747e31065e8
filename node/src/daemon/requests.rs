//! Questions from the control socket: the reading ones are answered at once, the others by the engine.

use std::collections::BTreeMap;

use tokio::sync::oneshot;
use watchfire_keys::{ActId, Card, MemberId, RecordId, UnixMillis};
use watchfire_protocol::circle::{ActBody, ActState, Contact, Decision, Role, Ticket};
use watchfire_protocol::engine::{Input, PeerName, Refusal, Request};
use watchfire_protocol::indicator::{Indicator, Kind, Tlp};
use watchfire_protocol::publication::{ReportDraft, SplitError};
use watchfire_protocol::record::{Reference, Severity, Technique};

use super::node::{CircleNode, Question};
use crate::control::{
    ActedDoc, Answer, Ask, Facts, FailureDoc, Live, PublishDoc, PublishedDoc, members_named, not_yet,
};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::random;

/// Contacts in a ticket: enough that one of them is up, few enough for a short text.
const CONTACTS_A_TICKET: usize = 8;

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

    fn answer(&mut self, token: u64, with: Answer) {
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
        let ask = match ask {
            Ask::PairRelay { address } => return self.pair(&address, answer),
            other => other,
        };
        let done = match ask {
            Ask::Publish(document) => {
                let readers = members_named(self.engine.roster().map(|roster| &**roster), &document.to);
                readers
                    .and_then(|readers| report(*document, readers))
                    .map(|draft| Some(Request::Publish(Box::new(draft))))
            }
            Ask::Invite { card, role, reason } => invitation(&card, &role, reason).map(Some),
            Ask::Decide { act, approve } => self.decision(&act, approve).map(Some),
            Ask::Ticket { member } => match self.ticket(&member) {
                Ok(ticket) => {
                    let _ = answer.send(Answer::Ticket { ticket });
                    return;
                }
                Err(error) => Err(error),
            },
            _ => Ok(None),
        };
        match done {
            Ok(Some(request)) => {
                let token = self.waiting.note(answer);
                self.feed(Input::Request { token, request });
            }
            Ok(None) => {}
            Err(error) => {
                let _ = answer.send(Answer::Failed(FailureDoc::from(&error)));
            }
        }
    }

    /// Calls `read` with what this node knows now.
    pub(super) fn with_facts<T>(&self, read: impl FnOnce(&Facts<'_>) -> T) -> T {
        let engine = &self.engine;
        let presence = |member: &MemberId| engine.presence(member).cloned();
        let facts = Facts {
            card: &self.card,
            circle: self.circle(),
            phase: engine.phase(),
            draft: engine.draft(),
            roster: engine.roster().map(|roster| &**roster),
            log: engine.log(),
            epoch: engine.epoch(),
            view: &self.view,
            store: &*self.store,
            waiting: engine.waiting_count(),
            now: self.now().unix,
            live: Some(Live {
                linked: engine.greeted_links().into_iter().map(|link| link.member).collect(),
                presence: &presence,
                relays: self.relays.subscribed(),
                broken: self.broken.iter().map(|(rule, count)| (*rule, *count)).collect(),
                can_seal: engine.can_seal(),
                recovering: engine.is_recovering(),
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
        let log = self.engine.log();
        let card = log.and_then(|log| log.act(&act)).and_then(|signed| signed.act.body.card());
        let missing = log.and_then(|log| log.missing_sides(&act)).unwrap_or_default();
        let document = ActedDoc {
            act: act.to_string(),
            name: card.map(|card| card.name.to_string()).unwrap_or_default(),
            fingerprint: card.map(|card| card.fingerprint().to_string()).unwrap_or_default(),
            missing_sides: missing.iter().map(ToString::to_string).collect(),
        };
        self.waiting.answer(token, Answer::Acted(document));
    }

    pub(super) fn refused(&mut self, token: u64, refusal: &Refusal) {
        let error = self.explain(refusal);
        self.waiting.answer(token, Answer::Failed(FailureDoc::from(&error)));
    }

    fn explain(&self, refusal: &Refusal) -> Error {
        let rule = |text: String, remedy: &str| Error::new(Exit::Refused, "refused", text, remedy);
        match refusal {
            Refusal::NotMember | Refusal::Removed => not_yet(self.engine.phase()),
            Refusal::TooSoon => rule("epochs were dealt too often just now".into(), "try again in a minute"),
            Refusal::NoRecord => rule(
                "there is no such record of that key here".into(),
                "the id of one of its records: watchfire alerts",
            ),
            Refusal::Recovering => Error::new(
                Exit::Waiting,
                "recovering",
                "records of this node were lost with its store, and no other member has been reached yet to bring them back",
                "keep `watchfire run` going until another member is linked: watchfire status",
            ),
            Refusal::NoKey => {
                rule("this home does not hold the key for that".into(), "use the home that has it")
            }
            Refusal::Role => rule(
                "this member's role does not allow it".into(),
                "watchfire circle show lists the roles; only stewards propose and approve, observers only receive",
            ),
            Refusal::Propose(error) => rule(error.to_string(), error.remedy()),
            Refusal::Approve(error) => rule(error.to_string(), error.remedy()),
            Refusal::Report(error @ SplitError::NeedsAudience) => {
                rule(error.to_string(), "--to MEMBER for each of them: watchfire circle show")
            }
            Refusal::Report(error @ (SplitError::NotAMember(_) | SplitError::Named(_))) => rule(
                error.to_string(),
                "fewer readers (at most 31), each of them a member: watchfire circle show",
            ),
            Refusal::Report(error) => rule(error.to_string(), "shorten it, or publish it in several parts"),
            Refusal::Rule(broken) => rule(broken.to_string(), "watchfire status"),
        }
    }

    /// The proposal that a person means: by id, by the beginning of one, or by the name of whom it is about.
    fn decision(&self, wanted: &str, approve: bool) -> Result<Request> {
        let decision = if approve { Decision::Approve } else { Decision::Refuse };
        let now = self.now().unix;
        let log = self.engine.log().ok_or_else(|| not_yet(self.engine.phase()))?;
        let pending = log.pending(now);
        let open = pending.iter().filter(|act| matches!(act.state, ActState::Open | ActState::Refused));
        let meant: Vec<ActId> = open
            .filter(|act| {
                let id = act.act.to_string();
                let named = act.name.as_ref().is_some_and(|name| name.as_str() == wanted);
                named || (wanted.len() >= 4 && id.starts_with(&wanted.to_ascii_lowercase()))
            })
            .map(|act| act.act)
            .collect();
        match meant[..] {
            [act] => Ok(Request::Decide { act, decision, anyway: false }),
            [] => {
                // It may be one that is in force or over: the engine says what is wrong with it.
                let known = wanted.parse::<ActId>().ok().filter(|act| log.act(act).is_some());
                known.map(|act| Request::Decide { act, decision, anyway: false }).ok_or_else(|| {
                    Error::new(
                        Exit::Refused,
                        "no-such-proposal",
                        format!("no proposal that waits is called {wanted}"),
                        "watchfire circle pending",
                    )
                })
            }
            _ => Err(Error::usage(
                format!("{} proposals are called {wanted}", meant.len()),
                "more characters of the id: watchfire circle pending",
            )),
        }
    }

    /// A ticket for a member that was invited or added.
    fn ticket(&self, wanted: &str) -> Result<String> {
        let log =
            self.engine.log().filter(|log| log.is_founded()).ok_or_else(|| not_yet(self.engine.phase()))?;
        let mut meant: Vec<(ActId, &Card)> = log
            .acts()
            .filter_map(|(id, signed)| Some((*id, signed.act.body.card()?)))
            .filter(|(id, card)| {
                let lower = wanted.to_ascii_lowercase();
                let begins = |id: String| wanted.len() >= 4 && id.starts_with(&lower);
                card.name.as_str() == wanted || begins(card.member().to_string()) || begins(id.to_string())
            })
            .collect();
        meant.dedup_by_key(|(_, card)| card.member());
        let (act, card) = match meant[..] {
            [one] => one,
            [] => {
                return Err(Error::new(
                    Exit::Refused,
                    "no-such-member",
                    format!("nobody called {wanted} was invited"),
                    "watchfire circle invite --card FILE, then the ticket",
                ));
            }
            _ => {
                return Err(Error::usage(
                    format!("{} members are called {wanted}", meant.len()),
                    "the member's id: watchfire circle show",
                ));
            }
        };
        let contacts = self.engine.contacts().into_iter().take(CONTACTS_A_TICKET);
        let contacts = contacts.map(|contact| Contact {
            member: contact.member,
            sealing: contact.sealing,
            peer: contact.peer.to_bytes(),
            addresses: contact.addresses,
        });
        let ticket = Ticket { circle: self.circle(), act, contacts: contacts.collect() };
        ticket
            .seal(card, &mut random::generator()?)
            .map_err(|error| Error::new(Exit::Failed, "ticket", error.to_string(), error.remedy()))
    }
}

fn invitation(card: &str, role: &str, reason: String) -> Result<Request> {
    let card = Card::from_text(card)
        .map_err(|fault| Error::new(Exit::Refused, "card", fault.to_string(), fault.remedy()))?;
    let role: Role = role
        .parse()
        .map_err(|_| Error::usage(format!("there is no role {role}"), "steward, publisher or observer"))?;
    Ok(Request::Propose { body: Box::new(ActBody::Add { card: Box::new(card), role }), reason })
}

/// A reference whose source is the site it stands on.
fn reference(address: &str) -> Reference {
    let site = address.split_once("://").map_or(address, |(_, rest)| rest);
    let site = site.split(['/', '?', '#']).next().unwrap_or(site);
    Reference { source: site.to_owned(), address: address.to_owned() }
}

/// The engine's form of a report.
fn report(document: PublishDoc, audience: Vec<MemberId>) -> Result<ReportDraft> {
    let bad = |what: &str| {
        Error::new(
            Exit::Refused,
            "bad-report",
            format!("the report's {what} cannot be used"),
            "the same with `watchfire publish` of this version",
        )
    };
    let mut indicators = Vec::with_capacity(document.indicators.len());
    for wanted in &document.indicators {
        let kind: Kind = wanted.kind.parse().map_err(|_| bad("indicator types"))?;
        indicators.push(Indicator::parse(kind, &wanted.value).map_err(|_| bad("indicators"))?);
    }
    let technique = |id: &String| id.parse::<Technique>().map_err(|_| bad("techniques"));
    Ok(ReportDraft {
        title: document.title,
        summary: document.summary,
        tlp: document.tlp.parse::<Tlp>().map_err(|_| bad("TLP"))?,
        severity: document.severity.parse::<Severity>().map_err(|_| bad("severity"))?,
        indicators,
        techniques: document.techniques.iter().map(technique).collect::<Result<_>>()?,
        playbook: String::new(),
        references: document.references.iter().map(|address| reference(address)).collect(),
        valid_until: document.valid_until_ms.map(UnixMillis),
        replaces: None,
        audience,
    })
}
