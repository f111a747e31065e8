//! Digests of forbidden strings, by which trackers name a recipient.
//!
//! Decides which spellings are digested: an address, its local part, a domain, a name and a telephone number in lower
//! case, in capitals and as given, also with a line end. MD5, SHA-1, SHA-256 and SHA-512; of each the first eight bytes
//! are remembered, so that a shortened digest is found too.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::needles::is_ordinary;
use crate::sanitize::own::OwnList;

/// The first eight bytes of digests, big-endian.
#[derive(Default)]
pub(super) struct Digests {
    /// Ascending.
    heads: Vec<u64>,
    /// One bit for the low bits of each head, so that most look-ups end here.
    filter: Vec<u64>,
}

impl Digests {
    pub(super) fn of(lists: &[&OwnList]) -> Digests {
        let mut texts: BTreeSet<String> = BTreeSet::new();
        for list in lists {
            for name in list.given_names().filter(|name| name.chars().count() >= 3) {
                spell(name, &mut texts);
                match name.rsplit_once('@') {
                    Some((local, host)) => {
                        spell(&[local, &host.to_lowercase()].join("@"), &mut texts);
                        let untagged = local.split_once('+').map_or(local, |(local, _)| local);
                        spell(&[untagged, host].join("@"), &mut texts);
                        spell(&["mailto:", name].concat(), &mut texts);
                        if !is_ordinary(&local.to_lowercase()) {
                            spell(local, &mut texts);
                            spell(untagged, &mut texts);
                        }
                    }
                    None => {
                        let words: Vec<&str> = name.split_whitespace().collect();
                        for by in ["", ".", "_", "-", " "] {
                            spell(&words.join(by), &mut texts);
                        }
                    }
                }
            }
            list.normal_domains().iter().for_each(|domain| spell(domain, &mut texts));
            for phone in &list.phones {
                let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
                if digits.len() >= 7 {
                    spell(&["+", &digits].concat(), &mut texts);
                    spell(&digits, &mut texts);
                }
            }
        }
        Digests::of_texts(&texts)
    }

    fn of_texts(texts: &BTreeSet<String>) -> Digests {
        if texts.is_empty() {
            return Digests::default();
        }
        let mut heads: Vec<u64> = Vec::with_capacity(texts.len().saturating_mul(4));
        for text in texts {
            heads.push(head(&Md5::digest(text)));
            heads.push(head(&Sha1::digest(text)));
            heads.push(head(&Sha256::digest(text)));
            heads.push(head(&Sha512::digest(text)));
        }
        heads.sort_unstable();
        // Sixteen bits for each head: one look-up in sixteen goes on to the list.
        let words =
            heads.len().saturating_mul(16).checked_next_power_of_two().unwrap_or(1 << 20).max(1024) / 64;
        let mut filter = alloc::vec![0_u64; words];
        for head in &heads {
            if let Some(word) = filter.get_mut(word_of(*head, words)) {
                *word |= bit_of(*head);
            }
        }
        Digests { heads, filter }
    }

    /// Whether a digest begins with these eight bytes.
    pub(super) fn holds(&self, window: u64) -> bool {
        let words = self.filter.len();
        let may_hold =
            self.filter.get(word_of(window, words.max(1))).is_some_and(|word| word & bit_of(window) != 0);
        may_hold && self.heads.binary_search(&window).is_ok()
    }
}

fn word_of(head: u64, words: usize) -> usize {
    // `words` is a power of two.
    usize::try_from(head >> 32).unwrap_or(0) & words.saturating_sub(1)
}

fn bit_of(head: u64) -> u64 {
    1 << (head & 63)
}

fn head(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |head, byte| (head << 8) | u64::from(*byte))
}

fn spell(text: &str, texts: &mut BTreeSet<String>) {
    for spelling in [String::from(text), text.to_lowercase(), text.to_uppercase()] {
        texts.insert([&spelling, "\n"].concat());
        texts.insert([&spelling, "\r\n"].concat());
        texts.insert(spelling);
    }
}
