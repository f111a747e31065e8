//! Rules about the place: what nobody outside needs, or what a person has to look at, because of where it stood.
//!
//! Telephone numbers are held wherever they were written by people: a scammer's number and a colleague's look alike,
//! and only a person knows. The same goes for addresses at providers where anybody has one, in the text of a mail, and
//! for every address between the words of a text that nobody defanged: whoever passed a mail on is named like that.

use super::Sanitizer;
use crate::indicator::Kind;
use crate::sanitize::organisation::is_public_mail;
use crate::sanitize::origin::{Candidate, Origin};
use crate::sanitize::rules::{ADDRESS_IN_MAIL, MESSAGE_ID, PHONE_IN_MAIL, RECIPIENT, REPORTER_SIDE, Rule};

impl Sanitizer<'_> {
    /// The rule that keeps it home because of its place alone.
    pub(super) fn by_where_it_stood(&self, candidate: &Candidate) -> Option<Rule> {
        match candidate.origin {
            Origin::Recipient => Some(RECIPIENT),
            Origin::ReporterSide => Some(REPORTER_SIDE),
            Origin::MessageId => Some(MESSAGE_ID),
            _ => None,
        }
    }

    /// The rule that asks a person, when no other rule has kept it home.
    pub(super) fn by_what_only_a_person_knows(&self, candidate: &Candidate) -> Option<Rule> {
        let in_mail = matches!(candidate.origin, Origin::MailBody | Origin::MailLink);
        let in_text = matches!(candidate.origin, Origin::Text | Origin::Prose);
        match candidate.indicator.kind() {
            Kind::Phone if in_mail || in_text => Some(PHONE_IN_MAIL),
            Kind::Email if candidate.origin == Origin::Prose => Some(ADDRESS_IN_MAIL),
            Kind::Email if in_mail => {
                let (_, domain) = candidate.indicator.value().rsplit_once('@')?;
                is_public_mail(domain).then_some(ADDRESS_IN_MAIL)
            }
            _ => None,
        }
    }
}
