//! Remarks beside what was received: what a block of an indicator would hit, and what is odd about its name.
//!
//! Made here, from the reader's own lists, when a command shows indicators. They change nothing of what is received or
//! believed, so lists that cannot be read cost a warning and not the answer.

use std::io::Write;

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::{Warninglists, received_notes};

use super::Context;
use crate::warninglists::load;

/// The reader's own lists, ready for remarks.
pub(super) struct Notes {
    lists: Warninglists,
}

impl Notes {
    /// Of this home.
    pub(super) fn of(context: &Context) -> Notes {
        let lists = load(&context.home).unwrap_or_else(|error| {
            // Standard error may be closed; the answer matters more.
            let _ = writeln!(std::io::stderr(), "warning: {}\ntry: {}", error.text(), error.remedy());
            Warninglists::none()
        });
        Notes { lists }
    }

    /// The remarks about one value of a type. None for what has no normal form.
    pub(super) fn about(&self, kind: &str, value: &str) -> Vec<String> {
        let indicator = kind.parse::<Kind>().ok().and_then(|kind| Indicator::parse(kind, value).ok());
        let notes = indicator.map(|indicator| received_notes(&indicator, &self.lists)).unwrap_or_default();
        notes.into_iter().map(|note| note.text).collect()
    }
}
