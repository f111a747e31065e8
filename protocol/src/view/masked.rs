//! Masked URLs, kept by their place, so that they are found by the URLs they stand for.
//!
//! Decides nothing about what they are worth: the caller asks for each as for any other indicator.

use alloc::{boxed::Box, collections::BTreeSet, vec::Vec};
use core::ops::Bound;

use super::View;
use crate::{
    indicator::{Indicator, Kind},
    sanitize::stable,
};

/// No more masked URLs of one place are looked at for one question, so that a member who names very many cannot slow down
/// the others' questions.
const MAX_LOOKS: usize = 20_000;

/// No more are given back.
const MAX_FOUND: usize = 16;

/// The place, the URL and the number of the record that names it.
#[derive(Default)]
pub(super) struct MaskedUrls {
    named: BTreeSet<(Box<str>, Box<str>, u32)>,
}

impl MaskedUrls {
    /// Keeps the masked URLs of a record, each behind its place.
    pub(super) fn add(&mut self, number: u32, urls: Vec<(Box<str>, Box<str>)>) {
        self.named.extend(urls.into_iter().map(|(place, url)| (place, url, number)));
    }

    /// Gives the records their new numbers, and forgets those that have none.
    pub(super) fn renumber(&mut self, renumber: impl Fn(u32) -> Option<u32>) {
        self.named = core::mem::take(&mut self.named)
            .into_iter()
            .filter_map(|(place, url, old)| renumber(old).map(|number| (place, url, number)))
            .collect();
    }
}

/// The masked URLs among these, each behind its place.
pub(super) fn places(indicators: &[Indicator]) -> impl Iterator<Item = (Box<str>, Box<str>)> {
    let masked = indicators.iter().filter(|indicator| stable::is_masked(indicator));
    masked.filter_map(|url| Some((Box::from(stable::place(url)?), Box::from(url.value()))))
}

impl View {
    /// The masked URLs that the records here name and that stand for this one, itself left out: at most sixteen. Before
    /// them the URL without its user, if it has one, whether it is named here or not.
    #[must_use]
    pub fn masked_for(&self, url: &Indicator) -> Vec<Indicator> {
        let Some(place) = stable::place(url) else { return Vec::new() };
        let from = (Box::from(place), Box::from(""), 0);
        let mut found: Vec<Indicator> = stable::without_user(url).into_iter().collect();
        let here = self.masked.named.range((Bound::Included(from), Bound::Unbounded));
        let mut last: Option<&str> = None;
        for (_, value, _) in here.take_while(|(there, _, _)| &**there == place).take(MAX_LOOKS) {
            // Several records name the same one.
            if last.replace(value) == Some(value) || &**value == url.value() {
                continue;
            }
            let masked = Indicator::parse(Kind::Url, value).ok();
            let is_new = |masked: &Indicator| !found.contains(masked) && stable::matches(masked, url);
            if let Some(masked) = masked.filter(is_new) {
                found.push(masked);
            }
            if found.len() >= MAX_FOUND {
                break;
            }
        }
        found
    }
}
