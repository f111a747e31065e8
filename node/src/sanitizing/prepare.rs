//! From a file's bytes to a report that may leave: read, sanitize, look once more.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_keys::UnixMillis;
use watchfire_protocol::indicator::{Indicator, Tlp};
use watchfire_protocol::limits::{MAX_REFERENCES, MAX_SUMMARY_CHARS, MAX_TECHNIQUES, MAX_TITLE_CHARS};
use watchfire_protocol::record::{Severity, Technique, text};
use watchfire_protocol::sanitize::{Candidate, Change, ChangeKind, Decision, Kept, OwnList, Sanitizer};

use super::outgoing::Outgoing;
use super::{Policy, cores};
use crate::control::PublishDoc;
use crate::error::Error;
use crate::exit::Exit;
use crate::formats::{self, Format, FormatError, Parsed, Place};

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
    /// The only members it is for; all of them when empty.
    pub to: Vec<String>,
}

/// A file after the sanitizer.
#[derive(Debug)]
pub struct Sanitized {
    /// What the file held, its indicators aside: they went through the sanitizer.
    pub parsed: Parsed,
    /// Where each indicator of the file stood, by the numbers that `kept` and `changed` have.
    pub sources: Vec<Source>,
    /// What may leave of it.
    pub kept: Vec<Kept>,
    /// What was masked, dropped or held, texts included.
    pub changed: Vec<Change>,
    /// The words and markings of the report, whether it may leave or not.
    pub draft: Draft,
    /// The report that may leave, or why none may.
    pub outcome: Result<Outgoing, Error>,
}

/// Where an indicator stood in its file.
#[derive(Clone, Debug)]
pub struct Source {
    /// For people.
    pub place: Place,
}

/// The words and markings of a report.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Cleaned; `None` when it is held.
    pub title: Option<String>,
    /// Cleaned; `None` when it is held.
    pub summary: Option<String>,
    /// Links, cleaned.
    pub references: Vec<String>,
    /// Technique ids.
    pub techniques: Vec<String>,
    /// How far it may go.
    pub tlp: Tlp,
    /// How bad it is.
    pub severity: Severity,
    /// When it stops being valid.
    pub valid_until: Option<UnixMillis>,
    /// The only members it is for; all of them when empty.
    pub to: Vec<String>,
}

/// Reads and sanitizes. Sends nothing.
///
/// # Errors
/// When the file cannot be read at all.
pub fn sanitize(bytes: &[u8], wish: &Wish, policy: &Policy) -> Result<Sanitized, FormatError> {
    let parsed = formats::read(bytes, wish.name.as_deref(), wish.from)?;
    Ok(sanitize_parsed(parsed, wish, policy))
}

/// Sanitizes what was read of a file, which need not be held any longer. Sends nothing.
pub fn sanitize_parsed(mut parsed: Parsed, wish: &Wish, policy: &Policy) -> Sanitized {
    let Policy { own, decisions, warninglists } = policy;
    let sanitizer = Sanitizer::new(own, &parsed.learned, decisions, warninglists);
    let found = std::mem::take(&mut parsed.indicators);
    let mut sources = Vec::with_capacity(found.len());
    // Straight from one `Vec` to the next: the candidates of a long list take the room of what was found.
    let candidates = found.into_iter().enumerate().map(|(index, found)| {
        sources.push(Source { place: found.place });
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        Candidate { indicator: found.indicator, origin: found.origin, number }
    });
    let Decision { kept, mut changed } = cores::decide(&sanitizer, candidates.collect());
    let draft = draft(&parsed, wish, &sanitizer, &kept, &mut changed);
    let outcome = if kept.is_empty() && !draft.lacks_readers() && draft.is_clean() {
        Err(nothing_kept(!sources.is_empty(), &changed))
    } else {
        publication(&draft, &kept, policy, &parsed.learned)
    };
    Sanitized { parsed, sources, kept, changed, draft, outcome }
}

/// The report that may leave, after the last look at every text of it.
///
/// # Errors
/// When a text of it is held, when nobody may read it, and when the leak guard stops it.
pub(super) fn publication(
    draft: &Draft,
    kept: &[Kept],
    policy: &Policy,
    learned: &OwnList,
) -> Result<Outgoing, Error> {
    let (Some(title), Some(summary)) = (&draft.title, &draft.summary) else {
        return Err(text_held(draft));
    };
    if draft.lacks_readers() {
        return Err(red());
    }
    let head = PublishDoc {
        title: title.clone(),
        summary: summary.clone(),
        tlp: draft.tlp.as_str().to_owned(),
        severity: draft.severity.as_str().to_owned(),
        indicators: Vec::new(),
        techniques: draft.techniques.clone(),
        references: draft.references.clone(),
        valid_until_ms: draft.valid_until.map(|time| time.0),
        to: draft.to.clone(),
    };
    let outgoing = Outgoing::new(head, kept);
    let released: BTreeSet<&str> = policy.decisions.shared().map(Indicator::value).collect();
    let texts: Vec<&str> = outgoing.texts(kept).collect();
    cores::look_once_more(&texts, &[&policy.own, learned], |text| released.contains(text))
        .map_err(|leak| leaked(&leak.to_string()))?;
    Ok(outgoing)
}

impl Draft {
    /// Whether no text of it is held.
    fn is_clean(&self) -> bool {
        self.title.is_some() && self.summary.is_some()
    }

    /// Whether it is for named readers and names none.
    fn lacks_readers(&self) -> bool {
        self.tlp == Tlp::Red && self.to.is_empty()
    }
}

fn draft(
    parsed: &Parsed,
    wish: &Wish,
    sanitizer: &Sanitizer<'_>,
    kept: &[Kept],
    changed: &mut Vec<Change>,
) -> Draft {
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
        let cleaned = sanitizer.clean_reference(reference, kept);
        // A reference that names the member is left out whole: half an address leads nowhere.
        if cleaned.changed.is_empty() {
            cleaned.text
        } else {
            changed.extend(cleaned.changed);
            None
        }
    });
    let references: Vec<String> = references.take(MAX_REFERENCES).collect();
    let mut techniques: Vec<String> =
        parsed.techniques.iter().filter(|id| id.parse::<Technique>().is_ok()).cloned().collect();
    techniques.truncate(MAX_TECHNIQUES);
    Draft {
        title,
        summary,
        references,
        techniques,
        tlp: wish.tlp.or(parsed.tlp).unwrap_or(Tlp::Amber),
        severity: wish.severity,
        valid_until: wish.valid_until,
        to: wish.to.clone(),
    }
}

/// A title for what came without one. The file's name is not used: it often says who was hit.
pub(super) fn made_up_title(kept: &[Kept]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for kept in kept {
        *counts.entry(kept.indicator.kind().as_str()).or_default() += 1;
    }
    let parts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("Indicators: {}", parts.join(", "))
}

/// A title or summary from which something of the member's own cannot be cut out.
fn text_held(draft: &Draft) -> Error {
    let (text, remedy) = match (&draft.title, &draft.summary) {
        (None, Some(_)) => ("the title could not be cleaned", "--title in your own words"),
        (Some(_), None) => ("the summary could not be cleaned", "--summary in your own words"),
        _ => ("the title and the summary could not be cleaned", "--title and --summary in your own words"),
    };
    Error::new(Exit::Held, "held", text, remedy)
}

fn red() -> Error {
    Error::new(
        Exit::Refused,
        "tlp-red",
        "it is marked TLP:RED, which is for named readers, and names none",
        "--to MEMBER for each of them; --tlp amber+strict for all members, if its author agrees to that",
    )
}

fn nothing_kept(any_found: bool, changed: &[Change]) -> Error {
    if changed.iter().any(|change| change.kind == ChangeKind::Held && change.of.is_some()) {
        let remedy = "watchfire review, to decide about each (--dry-run remembers nothing to review)";
        return Error::new(Exit::Held, "held", "everything in it is held", remedy);
    }
    let text = if any_found {
        "everything in it is yours, reserved or harmless: there is nothing to share"
    } else {
        "no indicator was found in it"
    };
    let remedy = "--from FORMAT if the file was taken for something else";
    Error::new(Exit::Refused, "nothing-to-share", text, remedy)
}

fn leaked(text: &str) -> Error {
    Error::new(
        Exit::Refused,
        "leak-guard",
        format!("the last check stopped it: {text}"),
        "other words for the title and summary, or the file without that line; nothing was sent",
    )
}
