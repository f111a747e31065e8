//! Which parts of one URL are masked, and by which rule.
//!
//! How bold it is depends on where the URL stood. Out of a mail or a text, whatever looks made for one recipient is
//! masked. A *stated* indicator comes from somebody who has looked at it: of it only parameters and path segments are masked
//! that no person made up (UUIDs, long hexadecimal and base64, web tokens, twelve mixed characters and more), and labels of
//! twenty characters and more of that kind.
//! What holds the member's own strings, a recipient or a mail address is masked everywhere.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Sanitizer;
use crate::sanitize::facts::hosts_strangers;
use crate::sanitize::origin::Origin;
use crate::sanitize::rules::{
    OWN_TOKEN, PIXEL, RECIPIENT_IN_URL, RECIPIENT_TOKEN, Rule, SECRET_IN_URL, TOKEN, TOKEN_LABEL,
};
use crate::sanitize::text::is_key;
use crate::sanitize::token::{
    Key, Likeness, Tail, file_tail, is_called, is_everyday, is_generic, is_long_mix, is_mix, is_spelled_json,
    key, labels_below, likeness, names_person_clearly, token_labels, uncalled_labels,
};
use crate::sanitize::url_parts::{MASK, Rewriter, UrlParts, escaped, holds_address, unescaped};

/// URLs inside URLs are followed this deep; what is deeper is masked as a whole when it looks like anything.
const MAX_NESTED: u8 = 3;

/// The masks of one URL, and the rules that were met so far.
pub(super) struct Masks<'s, 'l> {
    sanitizer: &'s Sanitizer<'l>,
    origin: Origin,
    /// Strangers have pages on its host.
    is_shared: bool,
    /// Labels of the host that name somebody or look made for one recipient, each with its rule.
    labels: BTreeMap<usize, Rule>,
    /// Path segments and query values, counted together, that hold something alone or with their neighbours.
    own_parts: BTreeSet<usize>,
    learned_parts: BTreeSet<usize>,
    /// Which of them comes next.
    part: usize,
    /// Whether the one that is looked at is among them; its pieces hold nothing otherwise.
    is_holding: bool,
    nested: u8,
    /// The numbers of the rules that were met.
    pub(super) met: BTreeSet<u16>,
}

impl<'s, 'l> Masks<'s, 'l> {
    pub(super) fn new(sanitizer: &'s Sanitizer<'l>, origin: Origin, parts: &UrlParts<'_>) -> Masks<'s, 'l> {
        let host = parts.bare_host();
        let is_shared = hosts_strangers(host);
        let labels = if is_shared { BTreeMap::new() } else { sanitizer.host_labels(host, origin) };
        let values = parts.parameters().map(|parameter| name_and_value(parameter).1);
        let all: Vec<&str> = parts.segments().chain(values).collect();
        let own_parts = sanitizer.own.forbidden.parts_holding(&all);
        let learned_parts = sanitizer.learned.forbidden.parts_holding(&all);
        let met = BTreeSet::new();
        Masks {
            sanitizer,
            origin,
            is_shared,
            labels,
            own_parts,
            learned_parts,
            part: 0,
            is_holding: false,
            nested: 0,
            met,
        }
    }

    /// Masks every part of the path and the query instead.
    pub(super) fn mask_all(&self) -> MaskAll<'_> {
        MaskAll { labels: &self.labels }
    }

    fn is_stated(&self) -> bool {
        self.origin == Origin::Stated
    }

    fn note(&mut self, rule: Rule) -> Rule {
        self.met.insert(rule.number);
        rule
    }

    /// The rule about what a text holds, wherever it stands.
    fn held_in(&self, text: &str) -> Option<Rule> {
        if self.sanitizer.own.forbidden.form_in_part(text).is_some() {
            Some(OWN_TOKEN)
        } else if self.sanitizer.learned.forbidden.form_in_part(text).is_some() {
            Some(RECIPIENT_IN_URL)
        } else {
            holds_address(text).then_some(RECIPIENT_TOKEN)
        }
    }

    /// The same for the segment or value that is looked at, or a piece of it.
    fn held_in_part(&self, piece: &str) -> Option<Rule> {
        if self.is_holding { self.held_in(piece) } else { holds_address(piece).then_some(RECIPIENT_TOKEN) }
    }

    /// The rule about the next segment or value, which may hold only a share of something, or the part before an `@`.
    fn next_part(&mut self) -> Option<Rule> {
        let part = self.part;
        self.part = part.saturating_add(1);
        let share = if self.own_parts.contains(&part) {
            Some(OWN_TOKEN)
        } else {
            self.learned_parts.contains(&part).then_some(RECIPIENT_IN_URL)
        };
        self.is_holding = share.is_some();
        share
    }

    /// `key=value` and its kin.
    fn pair(&mut self, name: &str, value: &str, share: Option<Rule>) -> Option<String> {
        let rule = self.held_in(name).or_else(|| self.share_in_name(name));
        let new_name = match rule.or_else(|| self.token_in_name(name)) {
            Some(rule) => {
                self.note(rule);
                MASK
            }
            None => name,
        };
        let new_value = self.value(name, value, share);
        if new_name == name && new_value.is_none() {
            return None;
        }
        Some(format!("{new_name}={}", new_value.as_deref().unwrap_or(value)))
    }

    /// The part before an `@`, as the name of a parameter.
    fn share_in_name(&self, name: &str) -> Option<Rule> {
        if name == MASK {
            None
        } else if !self.sanitizer.own.forbidden.parts_holding(&[name]).is_empty() {
            Some(OWN_TOKEN)
        } else {
            let holds = !self.sanitizer.learned.forbidden.parts_holding(&[name]).is_empty();
            holds.then_some(RECIPIENT_IN_URL)
        }
    }

    fn token_in_name(&self, name: &str) -> Option<Rule> {
        let is_bold = !self.is_stated() && !self.is_shared;
        (is_bold && likeness(name) > Likeness::None).then_some(TOKEN)
    }

    fn value(&mut self, name: &str, value: &str, share: Option<Rule>) -> Option<String> {
        if value.is_empty() || value == MASK {
            return None;
        }
        let plain = unescaped(value);
        let plain = plain.as_deref().unwrap_or(value);
        let held = self.held_in_part(value);
        if plain.contains("://")
            && self.origin != Origin::TrackingPixel
            && (share.is_none() || held.is_some())
            && let Some(nested) = self.nested(value, plain)
        {
            return nested;
        }
        let rule = held.or(share).or_else(|| self.rule_for_value(name, plain))?;
        self.note(rule);
        Some(MASK.to_string())
    }

    fn rule_for_value(&self, name: &str, value: &str) -> Option<Rule> {
        if self.origin == Origin::TrackingPixel {
            return Some(PIXEL);
        }
        if is_generic(value) {
            return None;
        }
        let says = key(name);
        let likeness = likeness(value);
        if !self.is_shared && is_key(value) {
            return Some(SECRET_IN_URL);
        }
        let rule = if says == Key::Secret { SECRET_IN_URL } else { TOKEN };
        let is_token = if self.is_stated() {
            match says {
                _ if self.is_shared => false,
                Key::Secret => likeness > Likeness::None || is_mix(value) || value.len() >= 16,
                Key::Person => likeness > Likeness::None || is_phishing_kit_id(name, value),
                // A whole query that is a code names no parameter that a page could have.
                Key::Perhaps => likeness > Likeness::None || is_mix(value),
                Key::Silent if name.is_empty() => likeness > Likeness::None,
                Key::Silent => likeness == Likeness::Certain,
            }
        } else if self.is_shared {
            names_person_clearly(name)
        } else {
            match says {
                Key::Person | Key::Secret => true,
                Key::Perhaps => !is_everyday(value) || is_mix(value),
                Key::Silent => likeness > Likeness::None,
            }
        };
        is_token.then_some(rule)
    }

    /// A URL in the value of a parameter, masked in the same way. The outer `None`: it cannot be taken apart and put
    /// together again; the inner: nothing in it changes.
    fn nested(&mut self, value: &str, plain: &str) -> Option<Option<String>> {
        let is_escaped = value != plain;
        if self.nested >= MAX_NESTED || (is_escaped && escaped(plain) != value) {
            return None;
        }
        let (body, fragment) = plain.split_once('#').map_or((plain, None), |(body, tail)| (body, Some(tail)));
        let parts = UrlParts::split(body).filter(|parts| is_scheme(parts.scheme))?;
        let mut inner = Masks::new(self.sanitizer, self.origin, &parts);
        inner.nested = self.nested.saturating_add(1);
        let mut rewritten = parts.rewrite(&mut inner);
        if parts.user.is_some() || fragment.is_some_and(|fragment| !fragment.is_empty()) {
            // Neither reaches a server; a person's address stands there often.
            inner.note(TOKEN);
            rewritten.push_str(if fragment.is_some() { "#removed" } else { "" });
        }
        // A host that is the member's own, or a string over several parts, goes with all of it.
        if inner.held_in(&rewritten).is_some() {
            return None;
        }
        self.met.append(&mut inner.met);
        if rewritten == plain {
            return Some(None);
        }
        Some(Some(if is_escaped { escaped(&rewritten) } else { rewritten }))
    }

    /// A piece of a path segment: all of it, or what stands between `;`.
    fn piece(&mut self, piece: &str, share: Option<Rule>) -> Option<String> {
        if let Some((name, value)) = piece.split_once('=')
            && !name.is_empty()
            && !value.trim_matches('=').is_empty()
        {
            return self.pair(name, value, share);
        }
        let (stem, ending) = match file_tail(piece) {
            Tail::Page(ending) => (piece.strip_suffix(ending).unwrap_or(piece), ending),
            Tail::None | Tail::File => (piece, ""),
        };
        if let Some(rule) = self.held_in_part(piece).or(share) {
            self.note(rule);
            return Some(masked_file(piece, |piece| self.held_in(piece).is_some()));
        }
        if self.is_shared || file_tail(piece) == Tail::File {
            return None;
        }
        let plain = unescaped(stem);
        let plain = plain.as_deref().unwrap_or(stem);
        let is_pixel = self.origin == Origin::TrackingPixel;
        let is_token = if self.is_stated() {
            let likeness = likeness(plain);
            is_spelled_json(plain)
                || likeness == Likeness::Certain
                || (likeness == Likeness::Likely && is_long_mix(plain))
        } else {
            likeness(plain) > Likeness::None || (is_pixel && !is_called(plain))
        };
        if !is_token {
            return None;
        }
        self.note(if is_pixel { PIXEL } else { TOKEN });
        Some(format!("{MASK}{ending}"))
    }
}

impl Rewriter for Masks<'_, '_> {
    fn label(&mut self, index: usize, _label: &str) -> Option<String> {
        let rule = *self.labels.get(&index)?;
        self.note(rule);
        Some(MASK.to_string())
    }

    fn segment(&mut self, segment: &str, _is_last: bool) -> Option<String> {
        let share = self.next_part();
        if segment.is_empty() || segment == MASK {
            return None;
        }
        if !segment.contains(';') {
            return self.piece(segment, share);
        }
        // Matrix parameters. What stands over several of them is seen in the whole.
        let mut pieces: Vec<String> = Vec::new();
        let mut any = false;
        for piece in segment.split(';') {
            let masked = self.piece(piece, None);
            any |= masked.is_some();
            pieces.push(masked.unwrap_or_else(|| piece.to_string()));
        }
        let rewritten = pieces.join(";");
        if let Some(rule) = self.held_in_part(&rewritten).or(share.filter(|_| !any)) {
            self.note(rule);
            return Some(MASK.to_string());
        }
        any.then_some(rewritten)
    }

    fn parameter(&mut self, parameter: &str) -> Option<String> {
        let share = self.next_part();
        match name_and_value(parameter) {
            (Some(name), value) => self.pair(name, value, share),
            (None, value) => self.value("", value, share),
        }
    }
}

/// `name=value`, or a value alone: `c29tZW9uZQ==` has no name.
fn name_and_value(parameter: &str) -> (Option<&str>, &str) {
    match parameter.split_once('=') {
        Some((name, value)) if value.is_empty() || !value.trim_matches('=').is_empty() => (Some(name), value),
        _ => (None, parameter),
    }
}

/// Masks every segment and every value.
pub(super) struct MaskAll<'m> {
    labels: &'m BTreeMap<usize, Rule>,
}

impl Rewriter for MaskAll<'_> {
    fn label(&mut self, index: usize, _label: &str) -> Option<String> {
        self.labels.contains_key(&index).then(|| MASK.to_string())
    }

    fn segment(&mut self, segment: &str, _is_last: bool) -> Option<String> {
        (!segment.is_empty()).then(|| MASK.to_string())
    }

    fn parameter(&mut self, parameter: &str) -> Option<String> {
        Some(if parameter.contains('=') { format!("{MASK}={MASK}") } else { MASK.to_string() })
    }
}

impl Sanitizer<'_> {
    /// The labels of a URL's host, or of a name, that are masked, each with its rule.
    pub(super) fn host_labels(&self, host: &str, origin: Origin) -> BTreeMap<usize, Rule> {
        let labels: Vec<&str> = host.split('.').collect();
        let uncalled = uncalled_labels(host).filter(|_| origin == Origin::TrackingPixel);
        let is_long = |index: usize| labels.get(index).is_some_and(|label| label.len() >= 20);
        let tokens = token_labels(host).filter(|(index, likeness)| {
            origin != Origin::Stated || (*likeness == Likeness::Certain && is_long(*index))
        });
        let mut masked: BTreeMap<usize, Rule> =
            tokens.map(|(index, _)| index).chain(uncalled).map(|index| (index, TOKEN_LABEL)).collect();
        masked.extend(self.labels_naming(labels_below(host)));
        masked
    }

    /// The labels that name somebody; all of them when only the whole does, as `login-anna.lee` may.
    fn labels_naming(&self, below: &str) -> BTreeMap<usize, Rule> {
        let holder = |text: &str| {
            if self.own.forbidden.form_in_part(text).is_some() {
                Some(OWN_TOKEN)
            } else {
                self.learned.forbidden.form_in_part(text).map(|_| RECIPIENT_IN_URL)
            }
        };
        let Some(rule) = Some(below).filter(|below| !below.is_empty()).and_then(holder) else {
            return BTreeMap::new();
        };
        let labels = || below.split('.').enumerate();
        let single: BTreeMap<usize, Rule> =
            labels().filter_map(|(index, label)| holder(label).map(|rule| (index, rule))).collect();
        if single.is_empty() { labels().map(|(index, _)| (index, rule)).collect() } else { single }
    }
}

/// `removed`, with the ending of a file's name where that holds nothing.
fn masked_file(name: &str, holds: impl Fn(&str) -> bool) -> String {
    // `x@webmail.com` ends in no file.
    let is_file = file_tail(name) != Tail::None && !name.contains('@') && !name.contains("%40");
    match name.rfind('.').and_then(|dot| name.get(dot..)).filter(|_| is_file) {
        Some(ending) => {
            let masked = format!("{MASK}{ending}");
            if holds(&masked) { MASK.to_string() } else { masked }
        }
        None => MASK.to_string(),
    }
}

/// GoPhish gives everybody seven letters and digits as `rid`.
fn is_phishing_kit_id(name: &str, value: &str) -> bool {
    let has_case = value.bytes().any(|byte| byte.is_ascii_uppercase());
    name.eq_ignore_ascii_case("rid")
        && value.len() == 7
        && has_case
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_scheme(scheme: &str) -> bool {
    ["http", "https", "ftp"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}
