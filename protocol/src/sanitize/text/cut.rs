//! Pieces of a text that are replaced.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use super::REMOVED;
use crate::sanitize::judge::Change;
use crate::sanitize::rules::Rule;

/// A piece of a text, and what stands in its place.
pub(super) struct Cut {
    pub(super) range: Range<usize>,
    pub(super) rule: Rule,
    pub(super) instead: String,
}

impl Cut {
    /// Replaced by [`REMOVED`].
    pub(super) fn out(range: Range<usize>, rule: Rule) -> Cut {
        Cut { range, rule, instead: REMOVED.to_string() }
    }
}

/// `text` with the cuts made; where two overlap, all of both goes by the rule of the first. Cuts whose ends are no
/// boundaries of characters, and empty ones, are left out.
pub(super) fn apply(text: &str, mut cuts: Vec<Cut>, changed: &mut Vec<Change>) -> String {
    // What was cut out before stays as it is.
    cuts.retain(|cut| text.get(cut.range.clone()).is_some_and(|piece| !piece.is_empty() && piece != REMOVED));
    cuts.sort_by_key(|cut| (cut.range.start, cut.range.end));
    let mut merged: Vec<Cut> = Vec::with_capacity(cuts.len());
    for cut in cuts {
        match merged.last_mut() {
            Some(last) if cut.range.start < last.range.end => {
                if cut.range != last.range {
                    last.instead = REMOVED.to_string();
                }
                last.range.end = last.range.end.max(cut.range.end);
            }
            _ => merged.push(cut),
        }
    }
    let mut clean = String::with_capacity(text.len());
    let mut kept_to = 0_usize;
    for cut in merged {
        clean.push_str(text.get(kept_to..cut.range.start).unwrap_or_default());
        clean.push_str(&cut.instead);
        let before = text.get(cut.range.clone()).unwrap_or_default().to_string();
        changed.push(Change::in_text(cut.rule, before, Some(cut.instead)));
        kept_to = cut.range.end;
    }
    clean.push_str(text.get(kept_to..).unwrap_or_default());
    clean
}
