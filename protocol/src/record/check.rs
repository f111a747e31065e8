//! The limits and normal forms of bodies, checked alike by the author before signing and by everybody who receives.

use core::fmt;

use watchfire_keys::time::UnixMillis;

use super::{
    Body, Dispute, Part, Report, Sighting, Withdrawal,
    text::{self, Lines},
};
use crate::{
    indicator::Indicator,
    limits::{
        MAX_BODY_BYTES, MAX_INDICATORS_PER_RECORD, MAX_PART_COUNT, MAX_PLAYBOOK_CHARS, MAX_REASON_CHARS,
        MAX_REFERENCE_CHARS, MAX_REFERENCES, MAX_SOURCE_CHARS, MAX_SUMMARY_CHARS, MAX_TECHNIQUES,
        MAX_TITLE_CHARS, MAX_VALIDITY_MS,
    },
};

/// A body that breaks a limit or a normal form: which field, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyError {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is empty and must not be.
    Empty,
    /// The text is longer than this many characters, has space at an end, or holds a character that cannot be seen.
    Text(usize),
    /// There are more than this many.
    TooMany(usize),
    /// The list is not strictly ascending: out of order, or something stands in it twice.
    Order,
    /// The number or time is out of its range.
    Range,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field;
        match self.problem {
            Problem::Empty => write!(f, "{field} is empty"),
            Problem::Text(max) => write!(
                f,
                "{field} has more than {max} characters, space at an end, or a character that cannot be seen"
            ),
            Problem::TooMany(max) => write!(f, "{field} holds more than {max}"),
            Problem::Order => write!(f, "{field} is out of order or names something twice"),
            Problem::Range => write!(f, "{field} is out of its range"),
        }
    }
}

impl core::error::Error for BodyError {}

const fn fails(field: &'static str, problem: Problem) -> Result<(), BodyError> {
    Err(BodyError { field, problem })
}

pub(super) fn body(body: &Body, created: UnixMillis) -> Result<(), BodyError> {
    match body {
        Body::Report(report) => self::report(report, created),
        Body::Part(part) => self::part(part),
        Body::Sighting(sighting) => self::sighting(sighting, created),
        Body::Dispute(Dispute { reason, .. }) | Body::Withdrawal(Withdrawal { reason, .. }) => {
            required_text("reason", reason, MAX_REASON_CHARS)
        }
        Body::Acknowledgement(_) => Ok(()),
        Body::Named(named) if named.is_sound() => Ok(()),
        Body::Named(_) => fails("slots", Problem::Range),
        Body::Unknown(unknown) if unknown.bytes().len() > MAX_BODY_BYTES => {
            fails("body", Problem::TooMany(MAX_BODY_BYTES))
        }
        Body::Unknown(_) => Ok(()),
    }
}

pub(super) fn report(report: &Report, created: UnixMillis) -> Result<(), BodyError> {
    required_text("title", &report.title, MAX_TITLE_CHARS)?;
    many_lines("summary", &report.summary, MAX_SUMMARY_CHARS)?;
    many_lines("playbook", &report.playbook, MAX_PLAYBOOK_CHARS)?;
    indicators(&report.indicators)?;
    ascending("techniques", &report.techniques, MAX_TECHNIQUES)?;
    if !report.techniques.iter().all(|technique| technique.is_valid()) {
        return fails("techniques", Problem::Range);
    }
    ascending("references", &report.references, MAX_REFERENCES)?;
    for reference in &report.references {
        required_text("source", &reference.source, MAX_SOURCE_CHARS)?;
        one_line("address", &reference.address, MAX_REFERENCE_CHARS)?;
    }
    if let Some(until) = report.valid_until {
        let latest = created.saturating_add(MAX_VALIDITY_MS);
        if until <= created || until > latest {
            return fails("valid_until", Problem::Range);
        }
    }
    if report.parts > MAX_PART_COUNT {
        return fails("parts", Problem::TooMany(usize::from(MAX_PART_COUNT)));
    }
    Ok(())
}

fn part(part: &Part) -> Result<(), BodyError> {
    if part.index >= MAX_PART_COUNT {
        return fails("index", Problem::Range);
    }
    if part.indicators.is_empty() {
        return fails("indicators", Problem::Empty);
    }
    indicators(&part.indicators)
}

/// A sighting lies on the day of its record or before it.
fn sighting(sighting: &Sighting, created: UnixMillis) -> Result<(), BodyError> {
    if sighting.day > Sighting::day_of(created) {
        return fails("day", Problem::Range);
    }
    Ok(())
}

fn indicators(indicators: &[Indicator]) -> Result<(), BodyError> {
    ascending("indicators", indicators, MAX_INDICATORS_PER_RECORD)
}

pub(super) fn ascending<T: Ord>(field: &'static str, items: &[T], max: usize) -> Result<(), BodyError> {
    if items.len() > max {
        return fails(field, Problem::TooMany(max));
    }
    if !items.is_sorted_by(|left, right| left < right) {
        return fails(field, Problem::Order);
    }
    Ok(())
}

fn required_text(field: &'static str, text: &str, max_chars: usize) -> Result<(), BodyError> {
    if text.is_empty() {
        return fails(field, Problem::Empty);
    }
    one_line(field, text, max_chars)
}

fn one_line(field: &'static str, text: &str, max_chars: usize) -> Result<(), BodyError> {
    clean(field, text, max_chars, Lines::One)
}

fn many_lines(field: &'static str, text: &str, max_chars: usize) -> Result<(), BodyError> {
    clean(field, text, max_chars, Lines::Many)
}

fn clean(field: &'static str, text: &str, max_chars: usize, lines: Lines) -> Result<(), BodyError> {
    if text::is_clean(text, max_chars, lines) { Ok(()) } else { fails(field, Problem::Text(max_chars)) }
}
