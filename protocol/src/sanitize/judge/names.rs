//! Rules about names that hold more than they should: labels of a domain, file names, senders' addresses.
//!
//! Decides what is left of them. What cannot be cut out stays in, and the judge holds the whole.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Change, Sanitizer};
use crate::indicator::{Indicator, Kind};
use crate::sanitize::facts::hosts_strangers;
use crate::sanitize::origin::{Candidate, Origin};
use crate::sanitize::rules::{OWN_FILE, RECIPIENT_IN_FILE, RECIPIENT_IN_SENDER, Rule};
use crate::sanitize::token::{Likeness, likeness};
use crate::sanitize::url_parts::{MASK, holds_address};

/// First words of the local parts that mail systems make up for each message.
const MADE_UP: [&str; 14] = [
    "b", "bnc", "bounce", "bounces", "btv1", "em", "errors", "fbl", "msprvs", "mta", "prvs", "return",
    "srs0", "srs1",
];

impl Sanitizer<'_> {
    /// A domain without the labels that look made for one recipient, as far as what is left may leave.
    pub(super) fn masked_domain(
        &self,
        candidate: &Candidate,
        changed: &mut Vec<Change>,
    ) -> Option<Indicator> {
        let name = candidate.indicator.value();
        let labels = self.host_labels(name, candidate.origin);
        let Some((last, rule)) = labels.last_key_value().filter(|_| !hosts_strangers(name)) else {
            return Some(candidate.indicator.clone());
        };
        let kept_from = last.saturating_add(1);
        let parent = name.splitn(kept_from.saturating_add(1), '.').nth(kept_from).unwrap_or_default();
        self.parent(candidate, parent, *rule, changed)
    }

    /// The domain that is left of a name or an address, if that may leave on its own.
    fn parent(
        &self,
        candidate: &Candidate,
        parent: &str,
        rule: Rule,
        changed: &mut Vec<Change>,
    ) -> Option<Indicator> {
        let indicator = Indicator::parse(Kind::Domain, parent).ok()?;
        let domain = Candidate { indicator, ..candidate.clone() };
        if let Some(rule) = self.refusal(&domain) {
            changed.push(Change::of(candidate, rule, None));
            return None;
        }
        changed.push(Change::of(candidate, rule, Some(domain.indicator.value().to_string())));
        Some(domain.indicator)
    }

    /// A file name without the words that hold something of the own list or the recipients, or a mail address.
    pub(super) fn masked_file(&self, candidate: &Candidate, changed: &mut Vec<Change>) -> Indicator {
        let name = candidate.indicator.value();
        let own = |text: &str| self.own.forbidden.form_in_part(text).is_some();
        let holds = |text: &str| {
            own(text) || self.learned.forbidden.form_in_part(text).is_some() || holds_address(text)
        };
        if !holds(name) {
            return candidate.indicator.clone();
        }
        let rule = if own(name) { OWN_FILE } else { RECIPIENT_IN_FILE };
        let ending = name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or_default();
        let stem = name.strip_suffix(ending).unwrap_or(name);
        let named = [&without_words(stem, holds), ending].concat();
        let masked = [named, [MASK, ending].concat()].into_iter().find(|masked| !holds(masked));
        match masked.and_then(|masked| Indicator::parse(Kind::Filename, &masked).ok()) {
            Some(masked) => {
                changed.push(Change::of(candidate, rule, Some(masked.value().to_string())));
                masked
            }
            None => candidate.indicator.clone(),
        }
    }

    /// A sender's address, or its domain alone when the part before the `@` was made for one recipient.
    pub(super) fn masked_sender(
        &self,
        candidate: &Candidate,
        changed: &mut Vec<Change>,
    ) -> Option<Indicator> {
        let address = &candidate.indicator;
        let Some((local, domain)) = address.value().rsplit_once('@') else { return Some(address.clone()) };
        if candidate.origin != Origin::Sender || hosts_strangers(domain) {
            return Some(address.clone());
        }
        let is_person = self.own.forbidden.form_in_part(local).is_some()
            || self.learned.forbidden.form_in_part(local).is_some();
        if !is_person && !is_made_up(local) {
            return Some(address.clone());
        }
        let parent = Indicator::parse(Kind::Domain, domain).ok();
        let harms = parent.is_some_and(|indicator| {
            self.by_whom_it_harms(&Candidate { indicator, ..candidate.clone() }).is_some()
        });
        if harms {
            // At a mail service the part before the `@` is all there is; the judge holds it when it holds a person.
            return Some(address.clone());
        }
        self.parent(candidate, domain, RECIPIENT_IN_SENDER, changed)
    }
}

/// Whether a mail system made up the local part of an address for one message: another address in it
/// (`bounce-7-anna=smith.org`), or a first word that says so and a token after it; or nothing that a person would choose.
fn is_made_up(local: &str) -> bool {
    let holds_other =
        local.split_once('=').is_some_and(|(_, host)| Indicator::parse(Kind::Domain, host).is_ok());
    let first = local.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_bounce = MADE_UP.contains(&first) && first.len() < local.len();
    holds_other || likeness(local) >= if is_bounce { Likeness::Likely } else { Likeness::Certain }
}

/// `name` with every shortest row of up to four words that `holds` says yes to replaced.
fn without_words(name: &str, holds: impl Fn(&str) -> bool) -> String {
    const LONGEST_ROW: usize = 4;
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    let has_address = name.contains('@');
    for (at, character) in name.char_indices().chain([(name.len(), ' ')]) {
        // An address is one word.
        let is_word = character.is_alphanumeric() || (has_address && matches!(character, '@' | '.' | '+'));
        match start {
            None if is_word => start = Some(at),
            Some(from) if !is_word => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    let mut masked = String::with_capacity(name.len());
    let mut kept_to = 0_usize;
    let mut index = 0_usize;
    while let Some((from, _)) = words.get(index).copied() {
        let row = (0..LONGEST_ROW).find_map(|more| {
            let (_, to) = words.get(index.saturating_add(more)).copied()?;
            // A row that begins later and is shorter says it better.
            let shorter = words.get(index.saturating_add(1)).and_then(|(later, _)| name.get(*later..to));
            let is_tight = more == 0 || !shorter.is_some_and(&holds);
            (is_tight && name.get(from..to).is_some_and(&holds)).then_some((to, more))
        });
        if let Some((to, more)) = row {
            masked.push_str(name.get(kept_to..from).unwrap_or_default());
            masked.push_str(MASK);
            kept_to = to;
            index = index.saturating_add(more);
        }
        index = index.saturating_add(1);
    }
    masked.push_str(name.get(kept_to..).unwrap_or_default());
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_row_of_words_is_replaced() {
        let holds = |text: &str| {
            let letters: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
            letters.contains("annalee")
        };
        for (name, masked) in [
            ("Invoice_Anna_Lee.pdf", "Invoice_removed.pdf"),
            ("AnnaLee2026.docx", "removed.docx"),
            ("2026 Anna. Lee (copy) Anna Lee.zip", "2026 removed (copy) removed.zip"),
            ("Invoice.pdf", "Invoice.pdf"),
        ] {
            assert_eq!(without_words(name, holds), masked, "{name}");
        }
    }

    #[test]
    fn local_parts_that_mail_systems_make_up_are_known() {
        for local in [
            "bounce-123-anna.lee=smith2028.org",
            "bounces+990172-8f3a",
            "prvs=4123ab99c1=billing",
            "b-8f3a9c2d71",
        ] {
            assert!(is_made_up(local), "{local}");
        }
        for local in ["billing", "m1234567", "no-reply", "bounce", "service2026", "john.smith1984"] {
            assert!(!is_made_up(local), "{local}");
        }
    }
}
