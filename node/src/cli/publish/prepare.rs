//! From a file's bytes to a report that may leave: read, sanitize, look once more.

use std::collections::BTreeMap;

use watchfire_keys::UnixMillis;
use watchfire_protocol::indicator::{Indicator, Tlp};
use watchfire_protocol::limits::{MAX_REFERENCES, MAX_SUMMARY_CHARS, MAX_TECHNIQUES, MAX_TITLE_CHARS};
use watchfire_protocol::record::{Severity, Technique, text};
use watchfire_protocol::sanitize::{Change, ChangeKind, OwnList, clean_text, decide, guard};

use super::document::Document;
use super::outgoing::outgoing;
use crate::control::{IndicatorDoc, PublishDoc};
use crate::error::Error;
use crate::exit::Exit;
use crate::formats::{self, Format, Parsed};

/// What the person asked for.
pub(super) struct Wish {
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) tlp: Option<Tlp>,
    pub(super) severity: Severity,
    pub(super) valid_until: Option<UnixMillis>,
    pub(super) from: Option<Format>,
}

/// A report that may leave, and what to show of it.
pub(super) struct Prepared {
    pub(super) document: Document,
    pub(super) report: PublishDoc,
}

/// Why nothing may leave, and what there is to show.
pub(super) struct Stopped {
    pub(super) document: Document,
    pub(super) error: Error,
}

/// Reads and sanitizes. Sends nothing.
pub(super) fn prepare(bytes: &[u8], wish: Wish, own: &OwnList) -> Result<Prepared, Box<Stopped>> {
    let parsed = formats::read(bytes, wish.name.as_deref(), wish.from).map_err(|fault| {
        let error = Error::from(fault);
        Box::new(Stopped { document: Document::unreadable(wish.from), error })
    })?;
    let mut document = Document::of(&parsed);
    let decision = decide(parsed.indicators.iter().map(|found| found.indicator.clone()), own);
    let mut changed = decision.changed;

    let title = wish.title.or_else(|| parsed.title.clone()).unwrap_or_else(|| made_up_title(&decision.kept));
    let summary = wish.summary.or_else(|| parsed.summary.clone()).unwrap_or_default();
    let (title, title_held) = clean(&title, MAX_TITLE_CHARS, text::Lines::One, own, &mut changed);
    let (summary, summary_held) = clean(&summary, MAX_SUMMARY_CHARS, text::Lines::Many, own, &mut changed);
    let references = parsed.references.iter().filter_map(|reference| {
        let cleaned = clean_text(reference, own);
        // A reference that names the member is left out whole: half an address leads nowhere.
        if cleaned.changed.is_empty() {
            cleaned.text
        } else {
            changed.extend(cleaned.changed);
            None
        }
    });
    let references: Vec<String> = references.take(MAX_REFERENCES).collect();

    document.changed(&changed);
    document.kept(&decision.kept);
    let stop = |document: Document, error: Error| Err(Box::new(Stopped { document, error }));
    if title_held || summary_held {
        return stop(document, held("the title or the summary could not be cleaned"));
    }
    let tlp = wish.tlp.or(parsed.tlp).unwrap_or(Tlp::Amber);
    if tlp == Tlp::Red {
        return stop(document, red());
    }
    if decision.kept.is_empty() {
        let any_held = changed.iter().any(|change| change.kind == ChangeKind::Held);
        return stop(document, if any_held { held("everything in it is held") } else { nothing(&parsed) });
    }
    let mut techniques: Vec<String> =
        parsed.techniques.iter().filter(|id| id.parse::<Technique>().is_ok()).cloned().collect();
    techniques.truncate(MAX_TECHNIQUES);
    let report = PublishDoc {
        title,
        summary,
        tlp: tlp.as_str().to_owned(),
        severity: wish.severity.as_str().to_owned(),
        indicators: decision.kept.iter().map(IndicatorDoc::from).collect(),
        techniques,
        references,
        valid_until_ms: wish.valid_until.map(|time| time.0),
    };
    let texts = outgoing(&report);
    if let Err(leak) = guard(&texts, own) {
        return stop(document, leaked(&leak.to_string()));
    }
    document.leaving(&report, texts);
    Ok(Prepared { document, report })
}

/// A text as a record can hold it and the own list allows it; whether it is held instead.
fn clean(
    wanted: &str,
    max_chars: usize,
    lines: text::Lines,
    own: &OwnList,
    changed: &mut Vec<Change>,
) -> (String, bool) {
    let cleaned = clean_text(wanted, own);
    changed.extend(cleaned.changed);
    let Some(kept) = cleaned.text else { return (String::new(), true) };

    (text::tidy(&kept, max_chars, lines), false)
}

/// A title for what came without one. The file's name is not used: it often says who was hit.
fn made_up_title(kept: &[Indicator]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for indicator in kept {
        *counts.entry(indicator.kind().as_str()).or_default() += 1;
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
