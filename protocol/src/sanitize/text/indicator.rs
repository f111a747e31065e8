//! Indicators that a text names: those that do not leave are cut out, those that leave masked are masked here too.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::ops::Range;

use super::CleanText;
use super::cut::{Cut, apply};
use super::word::{Word, pieces};
use crate::indicator::{Indicator, Kind, Refanged, real_scheme, trim_wrappers};
use crate::sanitize::extract::extract;
use crate::sanitize::judge::{Change, Kept, Sanitizer};
use crate::sanitize::origin::{Candidate, Origin};
use crate::sanitize::rules::{
    ADDRESS_IN_TEXT, CARRIER_SHARED, DECIDED, INTERNAL_NAME, LINK_LOCAL, OWN_IN_TEXT, PHONE_IN_TEXT,
    PRIVATE_NETWORK, RECIPIENT_IN_TEXT, RULES, Rule, UNSHARED_IN_TEXT,
};

/// What leaves beside the text.
pub(super) struct KeptHere<'k> {
    kept: &'k [Kept],
    /// By value and kind. Made when it is first asked for: there may be a million, and most titles name none of them.
    sorted: OnceCell<Vec<&'k Indicator>>,
}

impl<'k> KeptHere<'k> {
    pub(super) fn new(kept: &'k [Kept]) -> KeptHere<'k> {
        KeptHere { kept, sorted: OnceCell::new() }
    }

    fn sorted(&self) -> &[&'k Indicator] {
        self.sorted.get_or_init(|| {
            let mut sorted: Vec<&Indicator> = self.kept.iter().map(|kept| &kept.indicator).collect();
            sorted.sort_unstable_by(|one, other| value_and_kind(one).cmp(&value_and_kind(other)));
            sorted
        })
    }

    fn holds(&self, indicator: &Indicator) -> bool {
        let wanted = value_and_kind(indicator);
        self.sorted().binary_search_by(|kept| value_and_kind(kept).cmp(&wanted)).is_ok()
    }

    /// Whether a value leaves in this spelling.
    pub(super) fn has(&self, value: &str) -> bool {
        self.sorted().binary_search_by(|kept| kept.value().cmp(value)).is_ok()
    }

    /// Whether a telephone number with these digits leaves, with or without the code of its country.
    pub(super) fn has_phone(&self, digits: &str) -> bool {
        let bare = digits.trim_start_matches('0');
        let phones = self.kept.iter().filter(|kept| kept.indicator.kind() == Kind::Phone);
        phones.map(|phone| phone.indicator.value()).any(|phone| bare.len() >= 7 && phone.ends_with(bare))
    }
}

fn value_and_kind(indicator: &Indicator) -> (&str, Kind) {
    (indicator.value(), indicator.kind())
}

/// What the text names and does not leave, or leaves masked.
pub(super) fn cuts(sanitizer: &Sanitizer<'_>, text: &str, kept: &KeptHere<'_>) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut done: BTreeSet<usize> = BTreeSet::new();
    for (range, indicator) in links_and_addresses(text) {
        done.insert(range.start);
        cuts.extend(cut(sanitizer, text, range, &indicator, kept));
    }
    let mut spellings: BTreeMap<&str, usize> = BTreeMap::new();
    for found in extract(text).found {
        let is_done =
            matches!(found.indicator.kind(), Kind::Url | Kind::Email) && done.contains(&found.span.start);
        if let Some(cut) =
            cut(sanitizer, text, found.span.clone(), &found.indicator, kept).filter(|_| !is_done)
        {
            spellings.insert(text.get(found.span).unwrap_or_default(), cuts.len());
            cuts.push(cut);
        }
    }
    // Each is found once; it can be named again in the same spelling.
    for piece in pieces(text).filter(|_| !spellings.is_empty()) {
        for (at, part) in parts(&piece) {
            let Some(cut) = spellings.get(part).and_then(|index| cuts.get(*index)) else { continue };
            let range = at..at.saturating_add(part.len());
            if range.start != cut.range.start && stands_alone(text, &range) {
                cuts.push(Cut { range, rule: cut.rule, instead: cut.instead.clone() });
            }
        }
    }
    cuts
}

/// A piece without what is around it, and what stands between its commas, brackets and equals signs.
fn parts<'t>(piece: &Word<'t>) -> impl Iterator<Item = (usize, &'t str)> {
    let start = piece.range.start;
    let text = piece.text;
    let bare = trim_wrappers(text);
    let whole = (start.saturating_add(text.find(bare).unwrap_or(0)), bare);
    let mut at = start;
    let inner = text.split_inclusive([',', ';', '(', ')', '=']).map(move |part| {
        let bare = trim_wrappers(part.trim_end_matches([',', ';', '(', ')', '=']));
        let found = at.saturating_add(part.find(bare).unwrap_or(0));
        at = at.saturating_add(part.len());
        (found, bare)
    });
    core::iter::once(whole).chain(inner)
}

/// Whether neither a letter nor a digit stands directly before or after `range`.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).and_then(|head| head.chars().next_back());
    let after = text.get(range.end..).and_then(|tail| tail.chars().next());
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

/// Every URL with a scheme and every mail address, wherever it stands: what [`extract`] passes over as a reference or a
/// contact may hold a person all the same.
fn links_and_addresses(text: &str) -> Vec<(Range<usize>, Indicator)> {
    let refanged = Refanged::text(text);
    let mut found = Vec::new();
    for piece in pieces(&refanged.text) {
        let bare = trim_wrappers(piece.text);
        if bare.len() > Kind::Url.max_bytes() {
            continue;
        }
        let start = piece.range.start.saturating_add(piece.text.find(bare).unwrap_or(0));
        let kind = if bare.contains("://") {
            Kind::Url
        } else if bare.contains('@') {
            Kind::Email
        } else {
            continue;
        };
        // `see:https://...`, `[words](https://...)`, `mailto:anna@...`: from the scheme or the last bracket on.
        let value = match kind {
            Kind::Url => bare.find("://").map_or(bare, |at| {
                let head = bare.get(..at).unwrap_or_default();
                let scheme = head.len().saturating_sub(
                    head.bytes()
                        .rev()
                        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'*')
                        .count(),
                );
                trim_wrappers(bare.get(scheme..).unwrap_or(bare))
            }),
            _ => trim_wrappers(bare.rsplit([':', '(', '[', '=', ',']).next().unwrap_or(bare)),
        };
        let spelled = match real_scheme(value) {
            Some((rest, scheme)) => [scheme, rest].concat(),
            None => value.to_string(),
        };
        if let Ok(indicator) = Indicator::parse(kind, &spelled) {
            let start = start.saturating_add(bare.rfind(value).unwrap_or(0));
            let range = refanged.origin(start..start.saturating_add(value.len()));
            found.push((range, indicator));
        }
    }
    found
}

/// What becomes of one of them.
fn cut(
    sanitizer: &Sanitizer<'_>,
    text: &str,
    range: Range<usize>,
    indicator: &Indicator,
    kept: &KeptHere<'_>,
) -> Option<Cut> {
    if kept.holds(indicator) || !stands_alone(text, &range) {
        return None;
    }
    match indicator.kind() {
        Kind::Email => return Some(Cut::out(range, ADDRESS_IN_TEXT)),
        Kind::Phone => return Some(Cut::out(range, PHONE_IN_TEXT)),
        _ => {}
    }
    let mut changed = Vec::new();
    let candidate = Candidate { indicator: indicator.clone(), origin: Origin::Text, number: 0 };
    match sanitizer.judge(candidate, &mut changed) {
        Some(leaves) if leaves == *indicator => None,
        Some(masked) => {
            let rule = rule_of(changed.first()?)?;
            Some(Cut { range, rule, instead: masked.value().to_string() })
        }
        None => changed.last().filter(|change| tells(change)).map(|_| Cut::out(range, UNSHARED_IN_TEXT)),
    }
}

/// Whether an indicator that stays home for this reason must not be named either. What stays home because sharing it would
/// harm others, or because it means nothing, may be: a summary can say that a page imitated `google.com`.
fn tells(change: &Change) -> bool {
    let inside = [PRIVATE_NETWORK, LINK_LOCAL, CARRIER_SHARED, INTERNAL_NAME, DECIDED];
    (300..500).contains(&change.rule) || inside.iter().any(|rule| rule.number == change.rule)
}

fn rule_of(change: &Change) -> Option<Rule> {
    RULES.iter().find(|rule| rule.number == change.rule).copied()
}

/// A text that is one URL and nothing else, judged as one that somebody stated.
pub(super) fn stated_url(sanitizer: &Sanitizer<'_>, text: &str) -> Option<CleanText> {
    let whole = text.trim();
    if !whole.contains("://") || whole.contains(char::is_whitespace) {
        return None;
    }
    let indicator = Indicator::parse(Kind::Url, whole).ok()?;
    let candidate = Candidate { indicator: indicator.clone(), origin: Origin::Stated, number: 0 };
    let mut judged = Vec::new();
    let leaves = sanitizer.judge(candidate, &mut judged);
    let mut changed = Vec::new();
    // What an indicator leaves out (the fragment) stands in the text all the same.
    let own = &sanitizer.own.forbidden;
    let rule = if own.form_in_part(text).is_some() { OWN_IN_TEXT } else { RECIPIENT_IN_TEXT };
    let holds = rule == OWN_IN_TEXT || sanitizer.learned.forbidden.form_in_part(text).is_some();
    let clean: String = match leaves {
        Some(leaves) if leaves == indicator && !holds => text.to_string(),
        Some(masked) if masked != indicator => {
            let rule = judged.first().and_then(rule_of)?;
            let instead = masked.value().to_string();
            apply(text, Vec::from([Cut { range: 0..text.len(), rule, instead }]), &mut changed)
        }
        None if judged.last().is_some_and(tells) => {
            apply(text, Vec::from([Cut::out(0..text.len(), UNSHARED_IN_TEXT)]), &mut changed)
        }
        _ if holds => apply(text, Vec::from([Cut::out(0..text.len(), rule)]), &mut changed),
        _ => text.to_string(),
    };
    Some(CleanText { text: Some(clean), changed })
}
