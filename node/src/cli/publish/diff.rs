//! What `publish` shows a person: why, in five seconds.
//!
//! Decides the order (what waits for the person, what was changed, what stays home), the grouping by rule and how much
//! is shown; a script gets all of it. Values come from strangers' files, so each is cleaned before it is printed.

use std::collections::BTreeMap;
use std::fmt;

use watchfire_protocol::sanitize::{Change, ChangeKind, flags};

use super::document::{Document, Outcome, place};
use super::parts;
use crate::error::one_line;
use crate::sanitizing::Sanitized;
use crate::style::{Ink, Style};

/// Indicators that leave which a person is shown.
const SHOWN_KEPT: usize = 8;
/// Changes of one rule that a person is shown; of those that wait for the person, more.
const SHOWN_OF_A_RULE: usize = 4;
const SHOWN_HELD: usize = 12;
/// Lines of a summary.
const SHOWN_LINES: usize = 6;
/// Characters of one value or line.
const SHOWN_CHARS: usize = 160;

impl fmt::Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sanitized) = self.sanitized {
            self.head(f, sanitized)?;
            self.kept(f, sanitized)?;
            for kind in [ChangeKind::Held, ChangeKind::Masked, ChangeKind::Dropped] {
                changes(f, self.style, sanitized, kind)?;
            }
            for skipped in &sanitized.parsed.skipped {
                let (what, reason) = (clipped(&skipped.what), clipped(&skipped.reason));
                let line = format!("  . not used: {} {what} ({reason})", skipped.count);
                writeln!(f, "{}", self.style.paint(Ink::Grey, &line))?;
            }
        }
        match (self.outcome, self.records.first()) {
            (Outcome::Published, Some(record)) => {
                let count = self.records.len();
                let records = if count == 1 { String::new() } else { format!(" ({count} records)") };
                write!(f, "signed and on its way: {}{records}", record.get(..12).unwrap_or(record))
            }
            (Outcome::Signed, Some(record)) => {
                write!(f, "signed, and not sent yet: {}", record.get(..12).unwrap_or(record))
            }
            (Outcome::DryRun, _) => f.write_str("Nothing was sent (--dry-run)."),
            _ => Ok(()),
        }
    }
}

impl Document<'_> {
    /// The notes, and the words as they would leave.
    fn head(&self, f: &mut fmt::Formatter<'_>, sanitized: &Sanitized) -> fmt::Result {
        for note in &sanitized.parsed.notes {
            writeln!(f, "{} {}", self.style.paint(Ink::Yellow, "note:"), clipped(note))?;
        }
        let Some(outgoing) = self.outgoing() else { return Ok(()) };
        let head = &outgoing.head;
        for title in outgoing.titles().iter().take(SHOWN_LINES) {
            let title = self.style.paint(Ink::Bold, &one_line(title));
            writeln!(f, "{title} [{}, TLP:{}]", head.severity, head.tlp.to_uppercase())?;
        }
        if !head.to.is_empty() {
            writeln!(f, "  only for: {}", clipped(&head.to.join(", ")))?;
        }
        more(f, "  ", outgoing.titles().len(), SHOWN_LINES)?;
        let lines: Vec<&str> = head.summary.lines().filter(|line| !line.trim().is_empty()).collect();
        for line in lines.iter().take(SHOWN_LINES) {
            writeln!(f, "  {}", clipped(line))?;
        }
        if lines.len() > SHOWN_LINES {
            writeln!(f, "  ... and {} more lines", lines.len() - SHOWN_LINES)?;
        }
        head.references.iter().try_for_each(|reference| writeln!(f, "  read more: {}", clipped(reference)))
    }

    fn kept(&self, f: &mut fmt::Formatter<'_>, sanitized: &Sanitized) -> fmt::Result {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for kept in &sanitized.kept {
            *kinds.entry(kept.indicator.kind().as_str()).or_default() += 1;
        }
        let counts: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let counts = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
        let verb = if self.outcome == Outcome::Published { "shared" } else { "would leave" };
        writeln!(f, "{verb}: {counts}")?;
        for kept in sanitized.kept.iter().take(SHOWN_KEPT) {
            let (kind, value) = (kept.indicator.kind().as_str(), clipped(kept.indicator.value()));
            let line = self.style.paint(Ink::Green, &format!("  + {kind:<14} {value}"));
            let flags: String = flags(&kept.indicator)
                .iter()
                .map(|flag| format!(" [{}]", clipped(&flag.to_string())))
                .collect();
            let flags = self.style.paint(Ink::Yellow, &flags);
            writeln!(f, "{line}{}{flags}", stood(self.style, sanitized, kept.number))?;
        }
        more(f, "  ", sanitized.kept.len(), SHOWN_KEPT)
    }
}

/// All changes of one kind, by their rules.
fn changes(f: &mut fmt::Formatter<'_>, style: Style, sanitized: &Sanitized, kind: ChangeKind) -> fmt::Result {
    let mut rules: BTreeMap<(u16, &str), (usize, Vec<&Change>)> = BTreeMap::new();
    let shown = if kind == ChangeKind::Held { SHOWN_HELD } else { SHOWN_OF_A_RULE };
    for change in sanitized.changed.iter().filter(|change| change.kind == kind) {
        let (count, first) = rules.entry((change.rule, change.reason)).or_default();
        *count += 1;
        if first.len() < shown {
            first.push(change);
        }
    }
    let total: usize = rules.values().map(|(count, _)| count).sum();
    if total == 0 {
        return Ok(());
    }
    let ink = match kind {
        ChangeKind::Held => Ink::Yellow,
        ChangeKind::Masked => Ink::Bold,
        ChangeKind::Dropped => Ink::Red,
    };
    let why = match kind {
        ChangeKind::Held => " (stays home until you decide)",
        ChangeKind::Masked => " (leaves without the marked part)",
        ChangeKind::Dropped => " (stays home)",
    };
    writeln!(f, "{}{why}", style.paint(ink, &format!("{}: {total}", kind.as_str())))?;
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|((rule, _), (count, _))| (std::cmp::Reverse(*count), *rule));
    for ((rule, reason), (count, first)) in rules {
        writeln!(f, "  rule {rule} ({count}): {reason}")?;
        for change in first {
            one(f, style, sanitized, change)?;
        }
        more(f, "    ", count, shown)?;
    }
    Ok(())
}

/// One change: what came, and what leaves instead.
fn one(f: &mut fmt::Formatter<'_>, style: Style, sanitized: &Sanitized, change: &Change) -> fmt::Result {
    let stood = change.of.map(|(_, number)| stood(style, sanitized, number)).unwrap_or_default();
    let detail = change.detail.as_ref().map(|detail| format!(" ({})", clipped(detail))).unwrap_or_default();
    match (&change.after, change.kind) {
        (Some(after), _) => {
            let (before, after) = (one_line(&change.before), one_line(after));
            let (left, right) = parts::changed(&before, &after);
            let before = marked(style, &before, left, Ink::Red, Ink::RedMark);
            let after = marked(style, &after, right, Ink::Green, Ink::GreenMark);
            writeln!(f, "    {} {before}{stood}{detail}", style.paint(Ink::Red, "-"))?;
            writeln!(f, "    {} {after}", style.paint(Ink::Green, "+"))
        }
        (None, ChangeKind::Held) => {
            let line = format!("    ? {}", clipped(&change.before));
            writeln!(f, "{}{stood}{detail}", style.paint(Ink::Yellow, &line))
        }
        (None, _) => {
            let line = format!("    - {}", clipped(&change.before));
            writeln!(f, "{}{stood}{detail}", style.paint(Ink::Grey, &line))
        }
    }
}

/// The text with its changed part marked, and so much around it as fits.
fn marked(style: Style, text: &str, part: std::ops::Range<usize>, ink: Ink, mark: Ink) -> String {
    let head = text.get(..part.start).unwrap_or_default();
    let middle = text.get(part.clone()).unwrap_or_default();
    let tail = text.get(part.end..).unwrap_or_default();
    let room = SHOWN_CHARS / 2;
    let skip = head.chars().count().saturating_sub(room);
    let mut kept_head: String = head.chars().skip(skip).collect();
    if skip > 0 {
        kept_head.insert(0, '…');
    }
    let (head, middle, tail) = (kept_head, clip(middle, SHOWN_CHARS), clip(tail, room));
    format!("{}{}{}", style.paint(ink, &head), style.paint(mark, &middle), style.paint(ink, &tail))
}

fn stood(style: Style, sanitized: &Sanitized, number: u32) -> String {
    let place = place(&sanitized.sources, number);
    place.map(|place| style.paint(Ink::Grey, &format!("  ({})", clipped(&place)))).unwrap_or_default()
}

/// Fit for one line of a terminal.
fn clipped(text: &str) -> String {
    clip(&one_line(text), SHOWN_CHARS)
}

fn clip(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn more(f: &mut fmt::Formatter<'_>, indent: &str, count: usize, shown: usize) -> fmt::Result {
    if count > shown {
        writeln!(f, "{indent}... and {} more (--json lists all)", count - shown)?;
    }
    Ok(())
}
