//! What `publish` prints for scripts: what was kept, changed and skipped, and everything that would leave.
//!
//! It borrows all of it: there may be a million indicators.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use watchfire_protocol::sanitize::{Change, Flag, Kept, flags};

use crate::control::PublishedDoc;
use crate::error::Error;
use crate::exit::Exit;
use crate::formats::{Format, Skipped};
use crate::sanitizing::{Outgoing, Sanitized, Source};
use crate::style::Style;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Published,
    /// Into a file, by a machine without a node.
    Signed,
    DryRun,
    /// The person is asked next; never in a document for scripts.
    Asking,
    Held,
    Refused,
}

/// The full document.
pub(super) struct Document<'a> {
    pub(super) records: Vec<String>,
    pub(super) outcome: Outcome,
    format: Option<Format>,
    /// What the sanitizer made of the file; nothing when the file could not be read.
    pub(super) sanitized: Option<&'a Sanitized>,
    error: Option<&'a Error>,
    /// How a person is shown it.
    pub(super) style: Style,
}

impl<'a> Document<'a> {
    /// Of a file that could not be read.
    pub(super) fn unreadable(format: Option<Format>) -> Self {
        Self {
            records: Vec::new(),
            outcome: Outcome::Refused,
            format,
            sanitized: None,
            error: None,
            style: Style::PLAIN,
        }
    }

    /// Of a file that was read.
    pub(super) fn of(sanitized: &'a Sanitized) -> Self {
        Self {
            records: Vec::new(),
            outcome: Outcome::DryRun,
            format: Some(sanitized.parsed.format),
            sanitized: Some(sanitized),
            error: None,
            style: Style::PLAIN,
        }
    }

    /// Before the question whether it may leave.
    pub(super) fn asking(mut self) -> Self {
        self.outcome = Outcome::Asking;
        self
    }

    /// Nothing leaves, for this reason.
    pub(super) fn because(mut self, error: &'a Error) -> Self {
        self.outcome = if error.exit() == Exit::Held { Outcome::Held } else { Outcome::Refused };
        self.error = Some(error);
        self
    }

    /// After it was signed.
    pub(super) fn published(mut self, published: Vec<PublishedDoc>) -> Self {
        self.records = published.into_iter().flat_map(|published| published.records).collect();
        self.outcome = Outcome::Published;
        self
    }

    /// After it was signed into a file.
    pub(super) fn signed(self, published: Vec<PublishedDoc>) -> Self {
        Self { outcome: Outcome::Signed, ..self.published(published) }
    }

    /// Shown like this.
    pub(super) fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// What may leave, if it may.
    pub(super) fn outgoing(&self) -> Option<&'a Outgoing> {
        self.sanitized?.outcome.as_ref().ok()
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.sanitized.is_none_or(|sanitized| {
            sanitized.kept.is_empty() && sanitized.changed.is_empty() && sanitized.parsed.skipped.is_empty()
        })
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.sanitized;
        let kept: &[Kept] = all.map_or(&[], |all| &all.kept);
        let changed: &[Change] = all.map_or(&[], |all| &all.changed);
        let sources: &[Source] = all.map_or(&[], |all| &all.sources);
        let skipped: &[Skipped] = all.map_or(&[], |all| &all.parsed.skipped);
        let notes: &[String] = all.map_or(&[], |all| &all.parsed.notes);
        let outgoing = self.outgoing();
        let head = outgoing.map(|outgoing| &outgoing.head);
        let place = |number: u32| place(sources, number);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("record", &self.records.first())?;
        map.serialize_entry("records", &self.records)?;
        map.serialize_entry("outcome", &self.outcome)?;
        map.serialize_entry("format", &self.format.map(Format::as_str))?;
        map.serialize_entry("title", head.map_or("", |head| &head.title))?;
        map.serialize_entry("summary", head.map_or("", |head| &head.summary))?;
        map.serialize_entry("tlp", &head.map(|head| &head.tlp))?;
        map.serialize_entry("severity", &head.map(|head| &head.severity))?;
        map.serialize_entry("to", head.map_or(&[][..], |head| &head.to))?;
        map.serialize_entry("kept", &Each(|| kept.iter().map(|kept| KeptDoc::of(kept, place(kept.number)))))?;
        map.serialize_entry("changed", &Each(|| changed.iter().map(|change| ChangeDoc::of(change, place))))?;
        map.serialize_entry("skipped", &Each(|| skipped.iter().map(SkippedDoc::of)))?;
        map.serialize_entry("notes", notes)?;
        let texts = || outgoing.into_iter().flat_map(|outgoing| outgoing.texts(kept));
        map.serialize_entry("outgoing", &Each(texts))?;
        if let Some(error) = self.error {
            let text = error.text();
            map.serialize_entry("error", &ErrorDoc { code: error.code(), text, r#try: error.remedy() })?;
        }
        map.end()
    }
}

/// Where the indicator of this number stood.
pub(super) fn place(sources: &[Source], number: u32) -> Option<String> {
    let source = usize::try_from(number).ok().and_then(|index| sources.get(index))?;
    Some(source.place.to_string())
}

/// A list that is made while it is written.
struct Each<F>(F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

#[derive(Serialize)]
struct KeptDoc<'a> {
    r#type: &'static str,
    value: &'a str,
    from: Option<String>,
    flags: Vec<String>,
}

impl<'a> KeptDoc<'a> {
    fn of(kept: &'a Kept, from: Option<String>) -> Self {
        let flags = flags(&kept.indicator).iter().map(Flag::to_string).collect();
        Self { r#type: kept.indicator.kind().as_str(), value: kept.indicator.value(), from, flags }
    }
}

#[derive(Serialize)]
struct ChangeDoc<'a> {
    kind: &'static str,
    rule: u16,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    r#type: Option<&'static str>,
    from: Option<String>,
    before: &'a str,
    after: Option<&'a str>,
}

impl<'a> ChangeDoc<'a> {
    fn of(change: &'a Change, place: impl Fn(u32) -> Option<String>) -> Self {
        Self {
            kind: change.kind.as_str(),
            rule: change.rule,
            reason: change.reason,
            detail: change.detail.as_deref(),
            r#type: change.of.map(|(kind, _)| kind.as_str()),
            from: change.of.and_then(|(_, number)| place(number)),
            before: &change.before,
            after: change.after.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct SkippedDoc<'a> {
    what: &'a str,
    count: u32,
    reason: &'a str,
}

impl<'a> SkippedDoc<'a> {
    fn of(skipped: &'a Skipped) -> Self {
        Self { what: &skipped.what, count: skipped.count, reason: &skipped.reason }
    }
}

#[derive(Serialize)]
struct ErrorDoc<'a> {
    code: &'a str,
    text: &'a str,
    r#try: &'a str,
}
