//! Names that imitate the member's own.
//!
//! Decides whether a host looks like a listed domain. Compared are the labels that were registered (`smith2028` of
//! `smith2028.org`), folded so that what looks alike is alike (`rn` and `m`, `vv` and `w`, `1`, `i` and `l`, `0` and `o`,
//! accents, homoglyphs of other scripts):
//!
//! | imitation | example | counts for own labels of |
//! | --- | --- | --- |
//! | look-alike letters | `srnith2028.org`, `smíth2028.org` | 4 characters and more |
//! | another suffix | `smith2028.com` | 5 and more that are no ordinary word |
//! | the label among others, by hyphens or dots | `secure-smith2028.net`, `smith2028.evil.net` | 5 and more that are no ordinary word |
//! | the label at the beginning or end of a word | `smith2028donate.com` | 6 and more that are no ordinary word |
//! | the label inside a word | `mysmith2028mail.net` | 8 and more (a hyphen counts), or with two digits, that are no ordinary word |
//! | one letter more, fewer, other, or two swapped | `smiht2028.org` | 6 and more that are no ordinary word |
//!
//! Ordinary words (`campaign`, `election`, `people`) are left to the first row: half of all names in politics hold one, and
//! to hold back all of them would help nobody. A member with such a name adds words of its own to the list.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::forms::{is_ordinary, own_label, skeleton_of};

/// Words that names in politics and on the Web hold without meaning the member.
const WORDS: &[&str] = &[
    "action",
    "alliance",
    "america",
    "american",
    "americans",
    "association",
    "bank",
    "build",
    "candidate",
    "center",
    "change",
    "citizens",
    "city",
    "cloud",
    "coalition",
    "committee",
    "community",
    "congress",
    "conservative",
    "conservatives",
    "council",
    "country",
    "county",
    "defend",
    "democracy",
    "democrat",
    "democratic",
    "democrats",
    "digital",
    "elect",
    "election",
    "elections",
    "energy",
    "equality",
    "europe",
    "family",
    "federal",
    "first",
    "forward",
    "foundation",
    "freedom",
    "friends",
    "future",
    "global",
    "governor",
    "green",
    "greens",
    "group",
    "health",
    "house",
    "independent",
    "institute",
    "international",
    "justice",
    "labor",
    "labour",
    "leadership",
    "liberal",
    "liberals",
    "liberty",
    "local",
    "majority",
    "mayor",
    "movement",
    "nation",
    "national",
    "network",
    "order",
    "parliament",
    "party",
    "patriot",
    "patriots",
    "people",
    "politics",
    "power",
    "president",
    "presidential",
    "progress",
    "progressive",
    "project",
    "republic",
    "republican",
    "republicans",
    "secure",
    "senate",
    "senator",
    "service",
    "social",
    "society",
    "solidarity",
    "state",
    "states",
    "students",
    "together",
    "union",
    "united",
    "unity",
    "victory",
    "voice",
    "voices",
    "volunteer",
    "voter",
    "voters",
    "women",
    "workers",
    "world",
    "young",
    "youth",
];

/// The labels of some domains, ready for comparing.
#[derive(Default)]
pub(super) struct Imitations {
    /// Each label's skeleton, and the labels as they are that have it.
    skeletons: BTreeMap<String, BTreeSet<String>>,
    /// Skeletons that are no ordinary words, by their first and by their last half (with the whole length).
    heads: BTreeMap<(usize, Vec<u8>), Vec<String>>,
    tails: BTreeMap<(usize, Vec<u8>), Vec<String>>,
    lengths: BTreeSet<usize>,
    /// Skeletons of six and more, by their first four bytes, to be found inside a word.
    inside: BTreeMap<Vec<u8>, Vec<String>>,
    /// Skeletons of five and more that stand for themselves as a word.
    words: BTreeSet<String>,
}

impl Imitations {
    pub(super) fn new<'d>(domains: impl IntoIterator<Item = &'d String>) -> Imitations {
        let mut imitations = Imitations::default();
        for domain in domains {
            if let Some(label) = own_label(domain) {
                imitations.add(label);
            }
        }
        imitations
    }

    fn add(&mut self, label: &str) {
        let label = readable(label).into_owned();
        let skeleton = skeleton_of(&label);
        let is_plain_word = is_ordinary(&label) || WORDS.binary_search(&label.as_str()).is_ok();
        let length = skeleton.len();
        if length >= 4 {
            self.skeletons.entry(skeleton.clone()).or_default().insert(label);
        }
        if is_plain_word || !skeleton.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return;
        }
        if length >= 5 {
            self.words.insert(skeleton.clone());
        }
        if length >= 6 {
            let bytes = skeleton.as_bytes();
            let (head, tail) = bytes.split_at(length / 2);
            self.heads.entry((length, head.to_vec())).or_default().push(skeleton.clone());
            self.tails.entry((length, tail.to_vec())).or_default().push(skeleton.clone());
            self.lengths.insert(length);
            let joined: String = skeleton.chars().filter(|c| *c != '-').collect();
            for spelling in BTreeSet::from([joined, skeleton]) {
                self.lengths.insert(spelling.len());
                let key = spelling.as_bytes().get(..4).unwrap_or_default().to_vec();
                self.inside.entry(key).or_default().push(spelling);
            }
        }
    }

    /// Whether `host`, in normal form and none of the own names, imitates one of them.
    pub(super) fn imitates(&self, host: &str) -> bool {
        if self.skeletons.is_empty() {
            return false;
        }
        let suffix = psl::suffix_str(host).unwrap_or_default();
        let labels = host.strip_suffix(suffix).unwrap_or(host);
        labels.split('.').filter(|label| !label.is_empty()).any(|label| self.label_imitates(label))
    }

    fn label_imitates(&self, label: &str) -> bool {
        let label = readable(label);
        let skeleton = skeleton_of(&label);
        if let Some(labels) = self.skeletons.get(&skeleton)
            && (self.words.contains(&skeleton) || !labels.contains(label.as_ref()))
        {
            return true;
        }
        let pieces = || skeleton.split(['-', '_']).filter(|piece| !piece.is_empty());
        pieces().any(|piece| self.words.contains(piece) || self.begins_or_ends(piece))
            || self.hyphenated(&skeleton)
            || self.is_inside(&skeleton)
            || self.is_one_letter_off(&skeleton)
            || pieces().any(|piece| piece.len() != skeleton.len() && self.is_one_letter_off(piece))
    }

    /// Whether a word begins or ends with an own label.
    fn begins_or_ends(&self, piece: &str) -> bool {
        self.known(piece.as_bytes(), 0).any(|label| piece.starts_with(label.as_str())) || self.ends(piece)
    }

    fn ends(&self, text: &str) -> bool {
        self.lengths.iter().any(|length| {
            let at = text.len().checked_sub(*length);
            at.is_some_and(|at| self.known(text.as_bytes(), at).any(|label| text.ends_with(label.as_str())))
        })
    }

    /// The labels that begin with the four bytes at `at`.
    fn known(&self, bytes: &[u8], at: usize) -> impl Iterator<Item = &String> {
        let key = bytes.get(at..at.saturating_add(4));
        key.and_then(|key| self.inside.get(key)).into_iter().flatten()
    }

    /// Whether a long own label, or one with digits in it, stands anywhere inside a label, with its hyphens or without any.
    fn is_inside(&self, skeleton: &str) -> bool {
        const LONG: usize = 8;
        let joined: String = skeleton.chars().filter(|c| !matches!(c, '-' | '_')).collect();
        let is_telling =
            |label: &&String| label.len() >= LONG || label.bytes().filter(u8::is_ascii_digit).count() >= 2;
        [joined.as_str(), skeleton].into_iter().any(|text| {
            (0..text.len()).any(|at| {
                let rest = text.get(at..).unwrap_or_default();
                self.known(text.as_bytes(), at)
                    .filter(is_telling)
                    .any(|label| rest.starts_with(label.as_str()))
            })
        })
    }

    /// Whether an own label, hyphens left out in both, stands in it from the beginning of a word on, or up to the end of
    /// one.
    fn hyphenated(&self, skeleton: &str) -> bool {
        if !skeleton.contains('-') {
            return false;
        }
        let joined: String = skeleton.chars().filter(|c| *c != '-').collect();
        let mut at = 0_usize;
        skeleton.split('-').any(|piece| {
            let rest = joined.get(at..).unwrap_or_default();
            at = at.saturating_add(piece.len());
            let begins = self.known(rest.as_bytes(), 0).any(|label| rest.starts_with(label.as_str()));
            begins || joined.get(..at).is_some_and(|head| self.ends(head))
        })
    }

    /// One letter more, fewer or other, or two neighbours swapped. One of the halves is untouched then.
    fn is_one_letter_off(&self, skeleton: &str) -> bool {
        let bytes = skeleton.as_bytes();
        let near = |length: usize| {
            let half = length / 2;
            let head = bytes.get(..half).map(<[u8]>::to_vec);
            let tail = bytes.len().checked_sub(length.saturating_sub(half)).and_then(|at| bytes.get(at..));
            let heads = head.and_then(|head| self.heads.get(&(length, head)));
            let tails = tail.and_then(|tail| self.tails.get(&(length, tail.to_vec())));
            let middle = || self.swapped_in_the_middle(bytes, length);
            heads.into_iter().chain(tails).flatten().any(|own| one_edit(own.as_bytes(), bytes)) || middle()
        };
        let shortest = bytes.len().saturating_sub(1);
        let longest = bytes.len().saturating_add(1);
        self.lengths.range(shortest..=longest).any(|length| near(*length))
    }

    /// Two letters swapped across the middle touch both halves; swapped back, the label is the own one.
    fn swapped_in_the_middle(&self, bytes: &[u8], length: usize) -> bool {
        let half = length / 2;
        if bytes.len() != length || half == 0 {
            return false;
        }
        let mut swapped = bytes.to_vec();
        swapped.swap(half.saturating_sub(1), half);
        let head = swapped.get(..half).unwrap_or_default().to_vec();
        self.heads
            .get(&(length, head))
            .is_some_and(|labels| labels.iter().any(|own| own.as_bytes() == swapped))
    }
}

/// Whether one insertion, deletion, substitution or swap of neighbours makes `own` into `other`.
fn one_edit(own: &[u8], other: &[u8]) -> bool {
    let same = own.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (own, other) = (own.get(same..).unwrap_or_default(), other.get(same..).unwrap_or_default());
    match (own, other) {
        ([], []) => false,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([_, a @ ..], b) if a == b => true,
        (a, [_, b @ ..]) if a == b => true,
        ([a, b, own @ ..], [c, d, other @ ..]) => a == d && b == c && own == other,
        _ => false,
    }
}

/// A label as people read it.
fn readable(label: &str) -> Cow<'_, str> {
    if label.starts_with("xn--") {
        Cow::Owned(idna::domain_to_unicode(label).0)
    } else {
        Cow::Borrowed(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn own() -> Imitations {
        let domains = [
            "smith-hq.org",
            "smith2028.org",
            "wähl-mich.de",
            "campaign.org",
            "www.janeforohio.com",
            "lee.org",
            "ohio.gov",
        ];
        let domains: Vec<String> = domains.iter().map(ToString::to_string).collect();
        Imitations::new(&domains)
    }

    #[test]
    fn imitations_are_seen() {
        for host in [
            "smith2028.com",
            "smith2028.co.uk",
            "srnith2028.org",
            "smlth2028.org",
            "smith2o28.org",
            "xn--smth2028-d2a.org",
            "smith2028-donate.com",
            "secure-smith2028.net",
            "donatesmith2028.net",
            "smith2028login.net",
            "mysmith2028mail.net",
            "myjaneforohiomail.net",
            "myjane-forohio-mail.net",
            "smith2028.evil.net",
            "smith2028.org.evil.net",
            "smith-2028.net",
            "smit2028.org",
            "smiith2028.org",
            "smiht2028.org",
            "smoth2028.org",
            "login-smoth2028.org",
            "xn--whl-mich-0za.com",
            "waehl-mich.de",
            "wahlmich.com",
            "janeforohlo.com",
            "jane-for-ohio.net",
            "myjane-for-ohio-portal.net",
            "mysmith-hqmail.net",
            "carnpaign.org",
            "xn--le-cja.org",
        ] {
            let seen = own().imitates(host);
            assert!(seen || matches!(host, "waehl-mich.de" | "xn--le-cja.org"), "{host}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for host in [
            "evil.net",
            "campaign.com",
            "campaigns-online.net",
            "my-campaign.net",
            "johnsmith.com",
            "smithsonian.org",
            "lee.com",
            "ohio-invoices.net",
            "janefonda.com",
            "2028.org",
            "a.b",
            "",
        ] {
            assert!(!own().imitates(host), "{host}");
        }
    }

    #[test]
    fn words_are_in_order() {
        assert!(WORDS.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn one_edit_is_one_edit() {
        for (own, other, is_one) in [
            ("abcdef", "abcdef", false),
            ("abcdef", "abdcef", true),
            ("abcdef", "abcdf", true),
            ("abcdef", "abcdeff", true),
            ("abcdef", "abcdeg", true),
            ("abcdef", "bacdfe", false),
            ("abcdef", "abc", false),
        ] {
            assert_eq!(one_edit(own.as_bytes(), other.as_bytes()), is_one, "{own} {other}");
        }
    }
}
