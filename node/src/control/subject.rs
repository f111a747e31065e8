//! What an act is about and what it changes, in words for the people who decide on it.

use watchfire_keys::{ActId, Card};
use watchfire_protocol::circle::{Act, ActBody, Role};

use super::{ActedDoc, Facts};

/// Whom an act is about; empty texts when it is about nobody.
#[derive(Default)]
pub(super) struct Subject {
    pub(super) member: String,
    pub(super) name: String,
    pub(super) side: String,
    pub(super) fingerprint: String,
}

impl Facts<'_> {
    /// Whom an act is about: the one that comes, goes or changes; for an own act its author.
    pub(super) fn subject(&self, act: &Act) -> Subject {
        let Some(member) = act.body.subject().or_else(|| act.body.is_own().then_some(act.author)) else {
            return Subject::default();
        };
        let known = self.roster.and_then(|roster| roster.known(&member));
        // A card that comes with the act goes before one that came earlier: its words are the ones to compare.
        let card: Option<&Card> = act.body.card().or(known.map(|entry| &entry.card));
        Subject {
            member: member.to_string(),
            name: card.map(|card| card.name.to_string()).unwrap_or_default(),
            side: card.map(|card| card.side.to_string()).unwrap_or_default(),
            fingerprint: card.map(|card| card.fingerprint().to_string()).unwrap_or_default(),
        }
    }

    /// What an act says, one sentence each. Unlike [`Facts::changes_by`] it costs nothing, so that a log of many thousand
    /// acts is printed at once; whether the act has an effect is for its state to say.
    pub(super) fn said_by(&self, act: &Act) -> Vec<String> {
        let Subject { name, side, .. } = self.subject(act);
        let joins = |role: Role| format!("{name} ({side}) becomes a member as {}", role.as_str());
        let goes = |name: &str, side: &str| format!("{name} ({side}) is a member no more");
        match &act.body {
            ActBody::Add { role, .. } => vec![joins(*role)],
            ActBody::Remove { .. } | ActBody::Leave { .. } => vec![goes(&name, &side)],
            ActBody::SetRole { role, .. } => vec![format!("{name} is {}", role.as_str())],
            ActBody::SetRules { .. } => vec!["the rules of the circle change".to_owned()],
            ActBody::Delegate { delegation, .. } => {
                vec![format!("another key signs for {name}: {}", delegation.scopes)]
            }
            ActBody::Revoke { .. } => vec![format!("a key signs for {name} no more")],
            ActBody::Rotate { .. } => vec![format!("{name} receives epoch secrets under a new key")],
            ActBody::Rebind { .. } => vec![format!("{name} is bound to a new organisation key")],
            ActBody::Seat { side, removes, .. } => {
                let seated = format!("{name} is steward for {side}");
                let gone = removes.map(|member| goes(&self.name_of(&member), side.as_str()));
                [seated].into_iter().chain(gone).collect()
            }
            ActBody::Tie | ActBody::Unknown { .. } => Vec::new(),
        }
    }

    /// What an act would change or has changed, one sentence each.
    pub(super) fn changes_by(&self, act: &ActId) -> Vec<String> {
        let changes = self.log.map(|log| log.changes(act)).unwrap_or_default();
        changes.iter().map(ToString::to_string).collect()
    }

    /// An act in a few words, with the beginning of its id.
    pub fn in_words(&self, id: &ActId) -> String {
        let act = self.log.and_then(|log| log.act(id)).map(|signed| &signed.act);
        let kind = act.map_or("unknown", |act| act.body.kind());
        let name = act.map(|act| self.subject(act).name).unwrap_or_default();
        let (id, space) = (id.to_string(), if name.is_empty() { "" } else { " " });
        format!("{kind}{space}{name} ({})", id.get(..12).unwrap_or(&id))
    }

    /// An act after something was done about it.
    pub fn acted(&self, id: &ActId) -> ActedDoc {
        let act = self.log.and_then(|log| log.act(id)).map(|signed| &signed.act);
        let subject = act.map(|act| self.subject(act)).unwrap_or_default();
        // A member's own act is in force at once, whoever says nothing to it.
        let shared = act.is_none_or(|act| !act.body.is_own());
        let missing = self.log.filter(|_| shared).and_then(|log| log.missing_sides(id)).unwrap_or_default();
        ActedDoc {
            act: id.to_string(),
            kind: act.map_or("unknown", |act| act.body.kind()).to_owned(),
            name: subject.name,
            fingerprint: subject.fingerprint,
            missing_sides: missing.iter().map(ToString::to_string).collect(),
            changes: self.changes_by(id),
        }
    }
}
