//! Digests of forbidden strings, by which trackers name a recipient.
//!
//! Decides which spellings are digested: an address, its local part, a domain, a name and a telephone number in lower
//! case, in capitals and as given, also with a line end. MD5, SHA-1, SHA-256 and SHA-512; of each the first eight bytes
//! are remembered, so that a shortened digest is found too; and how these begin in base64 whose case was lost, as it is in
//! host names and in what mail servers write down.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::needles::is_ordinary;
use crate::sanitize::own::OwnList;

/// The beginnings of digests.
#[derive(Default)]
pub(super) struct Digests {
    /// The first eight bytes, big-endian.
    heads: Heads,
    /// The first ten base64 digits without case, see [`caseless_digit`].
    caseless: Heads,
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
        let caseless = heads.iter().map(|head| caseless_head(*head)).collect();
        Digests { heads: Heads::new(heads), caseless: Heads::new(caseless) }
    }

    /// Whether a digest begins with these eight bytes.
    pub(super) fn holds(&self, window: u64) -> bool {
        self.heads.hold(window)
    }

    /// Whether the base64 of a digest begins with these digits, case aside.
    pub(super) fn holds_caseless(&self, window: u64) -> bool {
        self.caseless.hold(window)
    }
}

/// Numbers, and a quick way to see that one is not among them.
#[derive(Default)]
struct Heads {
    /// Ascending.
    all: Vec<u64>,
    /// One bit for each, so that most look-ups end here.
    filter: Vec<u64>,
}

impl Heads {
    fn new(mut all: Vec<u64>) -> Heads {
        all.sort_unstable();
        // Sixteen bits for each: one look-up in sixteen goes on to the list.
        let words =
            all.len().saturating_mul(16).checked_next_power_of_two().unwrap_or(1 << 20).max(1024) / 64;
        let mut filter = alloc::vec![0_u64; words];
        for head in &all {
            if let Some(word) = filter.get_mut(word_of(*head, words)) {
                *word |= bit_of(*head);
            }
        }
        Heads { all, filter }
    }

    fn hold(&self, window: u64) -> bool {
        let words = self.filter.len();
        let may_hold =
            self.filter.get(word_of(window, words.max(1))).is_some_and(|word| word & bit_of(window) != 0);
        may_hold && self.all.binary_search(&window).is_ok()
    }
}

/// How many base64 digits are compared where case was lost: those that the first eight bytes fill.
pub(super) const CASELESS_DIGITS: u32 = 10;

/// The value of a base64 digit when its case is unknown.
pub(super) fn caseless_digit(digit: u8) -> u64 {
    u64::from(if digit < 52 { digit % 26 } else { digit })
}

/// The first ten base64 digits of what begins with `head`, six bits each.
fn caseless_head(head: u64) -> u64 {
    (0..CASELESS_DIGITS).fold(0, |caseless, index| {
        let shift = 58_u32.saturating_sub(index.saturating_mul(6));
        // Six bits.
        let digit = u8::try_from((head >> shift) & 63).unwrap_or(0);
        (caseless << 6) | caseless_digit(digit)
    })
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
