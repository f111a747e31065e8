//! Rules about the place: what nobody outside needs, because of where it stood in a mail.

use super::Sanitizer;
use crate::sanitize::origin::{Candidate, Origin};
use crate::sanitize::rules::{MESSAGE_ID, RECIPIENT, REPORTER_SIDE, Rule};

impl Sanitizer<'_> {
    pub(super) fn by_where_it_stood(&self, candidate: &Candidate) -> Option<Rule> {
        match candidate.origin {
            Origin::Recipient => Some(RECIPIENT),
            Origin::ReporterSide => Some(REPORTER_SIDE),
            Origin::MessageId => Some(MESSAGE_ID),
            _ => None,
        }
    }
}
