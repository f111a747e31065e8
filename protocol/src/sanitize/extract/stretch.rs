//! A part of a line, on its way from the line to the word.

use core::ops::Range;

use super::candidate::{Place, Zone};
use super::layout::Line;
use crate::indicator::Refanged;

/// A stretch of one line in which values stand alike.
pub(super) struct Stretch<'a> {
    pub(super) line: &'a Line<'a>,
    pub(super) refanged: &'a Refanged,
    /// In the refanged line.
    pub(super) range: Range<usize>,
    pub(super) place: Place,
    pub(super) zone: Zone,
}

impl Stretch<'_> {
    pub(super) fn text(&self) -> &str {
        self.refanged.text.get(self.range.clone()).unwrap_or_default()
    }

    /// The same for `part`, a slice of this stretch's text.
    pub(super) fn sub(&self, part: &str, place: Place) -> Stretch<'_> {
        Stretch { line: self.line, refanged: self.refanged, range: self.locate(part), place, zone: self.zone }
    }

    /// Where `part`, a slice of this line's text, stands.
    pub(super) fn locate(&self, part: &str) -> Range<usize> {
        let base = self.refanged.text.as_ptr().addr();
        let start = part.as_ptr().addr().saturating_sub(base);
        start..start.saturating_add(part.len())
    }
}
