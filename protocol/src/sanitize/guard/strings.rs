//! The forbidden strings and every encoding of them, filed for the search.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::encode::{base64_cores, hexadecimal, title, url_digit, utf16};
use super::shelf::{Shelf, Strings};
use super::views::{is_separator, letters, spaced};
use crate::sanitize::own::{Network, OwnList};

/// The fewest letters and digits of a string that is looked for backwards and in encodings: fewer stand there by chance.
const MIN_ENCODED: usize = 7;

/// The fewest of a name whose words are written as one.
const MIN_JOINED: usize = 6;

/// Everything that must not leave.
pub(super) struct Secrets {
    /// Domains and addresses, as they are; neither letter nor digit may stand around them.
    pub(super) literal: Shelf,
    /// The same with nothing between their letters, or backwards; whatever stands around them.
    pub(super) anywhere: Shelf,
    /// Names and words with one blank between their words.
    pub(super) names: Shelf,
    /// The same backwards.
    pub(super) names_backwards: Shelf,
    pub(super) base64: Shelf,
    pub(super) hexadecimal: Shelf,
    /// The first sixteen bytes of digests.
    pub(super) digests: BTreeSet<[u8; 16]>,
    pub(super) phones: BTreeSet<String>,
    pub(super) networks: Vec<Network>,
}

#[derive(Default)]
struct Making {
    literal: Strings,
    anywhere: Strings,
    names: Strings,
    names_backwards: Strings,
    base64: Strings,
    hexadecimal: Strings,
    digests: BTreeSet<[u8; 16]>,
}

impl Secrets {
    pub(super) fn of(lists: &[&OwnList]) -> Secrets {
        let mut making = Making::default();
        for list in lists {
            for domain in list.normal_domains() {
                making.domain(&domain);
                making.domain(&idna::domain_to_unicode(&domain).0);
            }
            for name in list.given_names() {
                making.name(name);
            }
            for word in list.normal_words() {
                making.words(&spaced(&word));
            }
        }
        Secrets {
            literal: Shelf::new(&making.literal),
            anywhere: Shelf::new(&making.anywhere),
            names: Shelf::new(&making.names),
            names_backwards: Shelf::new(&making.names_backwards),
            base64: Shelf::new(&making.base64),
            hexadecimal: Shelf::new(&making.hexadecimal),
            digests: making.digests,
            phones: lists.iter().flat_map(|list| list.phone_keys()).collect(),
            networks: lists.iter().flat_map(|list| list.normal_networks()).collect(),
        }
    }
}

impl Making {
    fn domain(&mut self, domain: &str) {
        let is_plain = domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if letters(domain) < 3 || !is_plain {
            return;
        }
        self.literal.insert(domain.as_bytes().to_vec());
        self.encodings(domain, domain);
        self.digest(domain);
    }

    fn name(&mut self, name: &str) {
        if name.chars().count() < 3 {
            return;
        }
        let lower = name.to_lowercase();
        self.encodings(&lower, name);
        for spelling in [name, &lower, &name.to_uppercase()] {
            self.digest(spelling);
            self.digest(&[spelling, "\n"].concat());
        }
        if let Some((local, host)) = lower.rsplit_once('@')
            && host.contains('.')
            && !local.is_empty()
        {
            self.address(local, host, &lower);
            return;
        }
        self.words(&spaced(&lower));
    }

    fn address(&mut self, local: &str, host: &str, lower: &str) {
        if letters(lower) < 3 {
            return;
        }
        self.literal.insert(lower.as_bytes().to_vec());
        self.literal.insert([local, "=", host].concat().into_bytes());
        let joined: String = lower.chars().filter(|c| !is_separator(*c)).collect();
        if joined.len() >= 12 && joined.is_ascii() {
            self.anywhere.insert(joined.into_bytes());
        }
        // In a host name base64 loses its case.
        for core in base64_cores(lower.as_bytes()).iter().filter(|core| core.len() >= 16) {
            self.anywhere.insert(core.to_ascii_lowercase());
            self.anywhere.insert(core.iter().rev().map(u8::to_ascii_lowercase).collect());
        }
        // A local part of several words, or with a number, is a person's own.
        if local.contains(['.', '_']) || local.contains(|c: char| c.is_ascii_digit()) {
            self.digest(local);
        }
    }

    /// A name, as its lower-case words with one blank between them; in both orders.
    fn words(&mut self, name: &str) {
        let words: Vec<&str> = name.split_whitespace().collect();
        if letters(name) < 3 {
            return;
        }
        let mut turned = words.clone();
        if words.len() == 2 {
            turned.reverse();
        }
        for words in [words, turned] {
            let blanks = words.join(" ");
            let joined = words.concat();
            if letters(&blanks) >= MIN_ENCODED {
                self.names_backwards.insert(blanks.chars().rev().collect::<String>().into_bytes());
            }
            self.names.insert(blanks.into_bytes());
            if joined.len() >= MIN_JOINED {
                self.names.insert(joined.into_bytes());
            }
        }
    }

    /// What hides `lower`, or its spelling as it was `given`.
    fn encodings(&mut self, lower: &str, given: &str) {
        if letters(lower) < MIN_ENCODED {
            return;
        }
        if lower.is_ascii() && !lower.contains(' ') {
            self.anywhere.insert(lower.bytes().rev().collect());
        }
        let spellings =
            BTreeSet::from([lower.to_string(), given.to_owned(), lower.to_uppercase(), title(lower)]);
        for spelling in &spellings {
            self.base64.extend(base64_cores(spelling.as_bytes()));
            self.hexadecimal.insert(hexadecimal(spelling.as_bytes()));
        }
        if lower.is_ascii() {
            self.base64.extend(base64_cores(&utf16(lower)));
        }
    }

    fn digest(&mut self, text: &str) {
        let digests = [
            Md5::digest(text).to_vec(),
            Sha1::digest(text).to_vec(),
            Sha256::digest(text).to_vec(),
            Sha512::digest(text).to_vec(),
        ];
        for digest in &digests {
            let [digits, _, _] = base64_cores(digest.get(..16).unwrap_or_default());
            let digits = digits.to_ascii_lowercase();
            self.anywhere.insert(digits.iter().map(|digit| url_digit(*digit)).collect());
            self.anywhere.insert(digits);
        }
        self.digests.extend(digests.iter().filter_map(|digest| digest.first_chunk::<16>().copied()));
    }
}
