//! From a file's bytes to a report that may leave: read, sanitize, look once more.

use std::collections::BTreeMap;

use watchfire_keys::UnixMillis;
use watchfire_protocol::indicator::Tlp;
use watchfire_protocol::limits::{MAX_REFERENCES, MAX_SUMMARY_CHARS, MAX_TECHNIQUES, MAX_TITLE_CHARS};
use watchfire_protocol::record::{Severity, Technique, text};
use watchfire_protocol::sanitize::{Candidate, Change, ChangeKind, Decision, Kept, Sanitizer, guard};

use super::Policy;
use super::outgoing::outgoing;
use crate::control::{IndicatorDoc, PublishDoc};
use crate::error::Error;
use crate::exit::Exit;
use crate::formats::{self, Format, FormatError, Parsed};

/// What the person asked for, beside the file.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The file's name, which tells its format.
    pub name: Option<String>,
    /// One line, instead of the file's own title.
    pub title: Option<String>,
    /// A few sentences, instead of the file's own description.
    pub summary: Option<String>,
    /// Instead of the file's own marking.
    pub tlp: Option<Tlp>,
    /// How bad it is.
    pub severity: Severity,
    /// When it stops being valid.
    pub valid_until: Option<UnixMillis>,
    /// What the file is, instead of what it looks like.
    pub from: Option<Format>,
}

/// A file after the sanitizer.
#[derive(Debug)]
pub struct Sanitized {
    /// What the file held.
    pub parsed: Parsed,
    /// What may leave of it.
    pub kept: Vec<Kept>,
    /// What was masked, dropped or held, texts included.
    pub changed: Vec<Change>,
    /// The report that may leave, or why none may.
    pub outcome: Result<Outgoing, Error>,
}

/// A report that may leave.
#[derive(Debug)]
pub struct Outgoing {
    /// What the daemon signs.
    pub report: PublishDoc,
    /// Every text of it, indicators included: the leak guard has looked at each.
    pub texts: Vec<String>,
}

/// Reads and sanitizes. Sends nothing.
///
/// # Errors
/// When the file cannot be read at all.
pub fn sanitize(bytes: &[u8], wish: &Wish, policy: &Policy) -> Result<Sanitized, FormatError> {
    let parsed = formats::read(bytes, wish.name.as_deref(), wish.from)?;
    let Policy { own, decisions, warninglists } = policy;
    let sanitizer = Sanitizer::new(own, &parsed.learned, decisions, warninglists);
    let candidates = (0_u32..).zip(&parsed.indicators).map(|(number, found)| Candidate {
        indicator: found.indicator.clone(),
        origin: found.origin,
        number,
    });
    let Decision { kept, mut changed } = sanitizer.decide(candidates);
    let outcome = outgoing_report(&parsed, wish, policy, &sanitizer, &kept, &mut changed);
    Ok(Sanitized { parsed, kept, changed, outcome })
}

fn outgoing_report(
    parsed: &Parsed,
    wish: &Wish,
    policy: &Policy,
    sanitizer: &Sanitizer<'_>,
    kept: &[Kept],
    changed: &mut Vec<Change>,
) -> Result<Outgoing, Error> {
    let title = wish.title.clone().or_else(|| parsed.title.clone()).unwrap_or_else(|| made_up_title(kept));
    let summary = wish.summary.clone().or_else(|| parsed.summary.clone()).unwrap_or_default();
    let mut clean = |wanted: &str, max_chars, lines| {
        let cleaned = sanitizer.clean_text(wanted, kept);
        changed.extend(cleaned.changed);
        cleaned.text.map(|text| text::tidy(&text, max_chars, lines))
    };
    let title = clean(&title, MAX_TITLE_CHARS, text::Lines::One);
    let summary = clean(&summary, MAX_SUMMARY_CHARS, text::Lines::Many);
    let references = parsed.references.iter().filter_map(|reference| {
        let cleaned = sanitizer.clean_text(reference, kept);
        // A reference that names the member is left out whole: half an address leads nowhere.
        if cleaned.changed.is_empty() {
            cleaned.text
        } else {
            changed.extend(cleaned.changed);
            None
        }
    });
    let references: Vec<String> = references.take(MAX_REFERENCES).collect();
    let (Some(title), Some(summary)) = (title, summary) else {
        return Err(held("the title or the summary could not be cleaned"));
    };
    let tlp = wish.tlp.or(parsed.tlp).unwrap_or(Tlp::Amber);
    if tlp == Tlp::Red {
        return Err(red());
    }
    if kept.is_empty() {
        let any_held = changed.iter().any(|change| change.kind == ChangeKind::Held);
        return Err(if any_held { held("everything in it is held") } else { nothing(parsed) });
    }
    let mut techniques: Vec<String> =
        parsed.techniques.iter().filter(|id| id.parse::<Technique>().is_ok()).cloned().collect();
    techniques.truncate(MAX_TECHNIQUES);
    let report = PublishDoc {
        title,
        summary,
        tlp: tlp.as_str().to_owned(),
        severity: wish.severity.as_str().to_owned(),
        indicators: kept.iter().map(|kept| IndicatorDoc::from(&kept.indicator)).collect(),
        techniques,
        references,
        valid_until_ms: wish.valid_until.map(|time| time.0),
    };
    let texts = outgoing(&report);
    let released = |text: &str| policy.decisions.shared().any(|indicator| indicator.value() == text);
    guard(texts.iter().map(String::as_str), &[&policy.own, &parsed.learned], released)
        .map_err(|leak| leaked(&leak.to_string()))?;
    Ok(Outgoing { report, texts })
}

/// A title for what came without one. The file's name is not used: it often says who was hit.
fn made_up_title(kept: &[Kept]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kept in kept {
        *counts.entry(kept.indicator.kind().as_str()).or_default() += 1;
    }
    let parts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("Indicators: {}", parts.join(", "))
}

fn held(text: &str) -> Error {
    Error::new(Exit::Held, "held", text, "look at what is held, then --title and --summary in your own words")
}

fn red() -> Error {
    Error::new(
        Exit::Refused,
        "tlp-red",
        "TLP:RED is for named readers, and this version cannot name any",
        "--tlp amber+strict keeps it among the circle's members, if its author agrees to that",
    )
}

fn nothing(parsed: &Parsed) -> Error {
    let text = if parsed.indicators.is_empty() {
        "no indicator was found in it"
    } else {
        "everything in it is yours, reserved or harmless: there is nothing to share"
    };
    Error::new(
        Exit::Refused,
        "nothing-to-share",
        text,
        "--from FORMAT if the file was taken for something else",
    )
}

fn leaked(text: &str) -> Error {
    Error::new(
        Exit::Refused,
        "leak-guard",
        format!("the last check stopped it: {text}"),
        "other words for the title and summary, or the file without that line; nothing was sent",
    )
}
