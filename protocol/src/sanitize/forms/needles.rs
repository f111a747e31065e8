//! The strings that are searched for, made out of a list.
//!
//! Decides which spellings of a domain, an address, a name, a word or a telephone number count, and which of them count
//! only as a whole token (a part of a URL, a word of a file name) because they are too short or too ordinary elsewhere.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::fold::{GAP, class, folded};
use crate::sanitize::own::OwnList;

/// What a needle is, which decides where it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Domain,
    Address,
    Name,
    /// The registered label of a domain that tells whose it is wherever it stands.
    Label,
    Phone,
    /// Counts as a whole token only.
    Token,
}

/// A string to be found, without its gaps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needle {
    pub(super) sort: Sort,
    /// Bytes of it without gaps.
    pub(super) length: usize,
    /// Bit `n` is set where a gap belongs before byte `n`: between words, at the dots of a domain.
    pub(super) joints: u64,
    /// Bit `n` is set where a domain has a hyphen before byte `n`.
    pub(super) hyphens: u64,
}

/// The longest needle; what is longer is found by its beginning.
const MAX_BYTES: usize = 120;

/// The shortest name, word or local part, in letters and digits.
const MIN_CHARS: usize = 3;

/// Local parts that belong to an office and not to a person, and words that stand in any URL.
const ORDINARY: &[&str] = &[
    "about",
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "all",
    "api",
    "app",
    "billing",
    "board",
    "bounce",
    "bounces",
    "campaign",
    "careers",
    "chair",
    "click",
    "comms",
    "communications",
    "compliance",
    "contact",
    "contactus",
    "daemon",
    "data",
    "default",
    "desk",
    "development",
    "digital",
    "director",
    "donate",
    "donations",
    "donotreply",
    "email",
    "enquiries",
    "events",
    "feedback",
    "field",
    "finance",
    "fundraising",
    "general",
    "hello",
    "help",
    "helpdesk",
    "home",
    "hostmaster",
    "hr",
    "images",
    "img",
    "inbox",
    "index",
    "info",
    "inquiries",
    "intern",
    "internal",
    "interns",
    "invoice",
    "invoices",
    "it",
    "jobs",
    "legal",
    "link",
    "list",
    "login",
    "mail",
    "mailer",
    "mailerdaemon",
    "mailing",
    "main",
    "manager",
    "marketing",
    "max",
    "media",
    "member",
    "members",
    "membership",
    "min",
    "new",
    "news",
    "newsletter",
    "noreply",
    "notifications",
    "office",
    "official",
    "online",
    "open",
    "operations",
    "orders",
    "page",
    "path",
    "payments",
    "payroll",
    "people",
    "policy",
    "political",
    "postmaster",
    "press",
    "privacy",
    "public",
    "query",
    "reception",
    "recruiting",
    "redirect",
    "register",
    "reply",
    "root",
    "sales",
    "search",
    "security",
    "service",
    "services",
    "social",
    "src",
    "staff",
    "static",
    "store",
    "subscribe",
    "support",
    "sysadmin",
    "team",
    "tech",
    "test",
    "token",
    "training",
    "treasurer",
    "unsubscribe",
    "update",
    "updates",
    "user",
    "users",
    "volunteer",
    "volunteers",
    "vote",
    "web",
    "webmaster",
    "welcome",
    "www",
];

/// Whether `text`, in lower-case letters and digits, belongs to an office, or stands in any URL.
pub(in crate::sanitize) fn is_ordinary(text: &str) -> bool {
    ORDINARY.binary_search(&text).is_ok()
}

/// Needles in the making: each string once for each sort.
#[derive(Default)]
pub(super) struct Needles {
    found: BTreeMap<(Vec<u8>, Sort), (u64, u64)>,
}

impl Needles {
    pub(super) fn of(lists: &[&OwnList]) -> Needles {
        let mut needles = Needles::default();
        for list in lists {
            for domain in list.normal_domains() {
                needles.domain(&domain);
                needles.domain(&idna::domain_to_unicode(&domain).0);
            }
            for name in list.normal_names() {
                needles.name_or_address(&name);
            }
            for word in list.normal_words() {
                needles.words(&word);
            }
            for phone in list.phone_keys() {
                needles.add(Sort::Phone, &phone);
            }
        }
        needles
    }

    /// The needles and, in the same order, their bytes.
    pub(super) fn finish(self) -> (Vec<Needle>, Vec<Vec<u8>>) {
        let needle = |((bytes, sort), (joints, hyphens)): ((Vec<u8>, Sort), (u64, u64))| {
            (Needle { sort, length: bytes.len(), joints, hyphens }, bytes)
        };
        self.found.into_iter().map(needle).unzip()
    }

    /// A listed word; two words in either order.
    fn words(&mut self, listed: &str) {
        self.add(Sort::Name, listed);
        if let [first, last] = words(listed).as_slice() {
            self.add(Sort::Name, &[last, first].map(String::as_str).join(" "));
        }
    }

    fn domain(&mut self, domain: &str) {
        if !folded(domain).chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')) {
            // No domain, but whoever wrote it on the list meant something.
            self.add(Sort::Name, domain);
        }
        self.add(Sort::Domain, domain);
        let labels: Vec<&str> = domain.split('.').collect();
        // The packages of apps are named after their makers' domains, back to front.
        if labels.len() > 1 && domain.len() >= 8 {
            let reversed: Vec<&str> = labels.iter().rev().copied().collect();
            self.add(Sort::Domain, &reversed.join("."));
        }
        if let Some(label) = own_label(domain).filter(|label| is_distinctive(label)) {
            self.add(Sort::Label, label);
        }
    }

    fn name_or_address(&mut self, name: &str) {
        match name.rsplit_once('@') {
            Some((local, host)) if !local.is_empty() && host.contains('.') => self.address(local, host),
            _ => self.name(name),
        }
    }

    fn address(&mut self, local: &str, host: &str) {
        let local = local.split_once('+').map_or(local, |(local, _)| local);
        for host in [host, idna::domain_to_unicode(host).0.as_str()] {
            self.add(Sort::Address, &[local, host].join("@"));
            self.add(Sort::Address, &[host, local].join(" "));
            // A host name has no case, so base64 in it cannot be undone.
            for core in base64_cores(&[local, host].join("@")) {
                self.add(Sort::Address, &core);
            }
        }
        let words: Vec<String> = words(local);
        if is_ordinary(&words.concat()) || words.iter().all(|word| is_ordinary(word)) {
            return;
        }
        self.token(&words);
        if let [first, last] = words.as_slice() {
            self.token(&[last.clone(), first.clone()]);
        }
    }

    /// A name in its order, last name first, without and with the initial of what is between; and, as tokens, as logins
    /// shorten it.
    fn name(&mut self, name: &str) {
        for name in [Some(name.to_string()), transcribed(name)].into_iter().flatten() {
            self.add(Sort::Name, &name);
            // `Lee, Anna` is one name, written the other way round.
            let name = match name.split_once(',') {
                Some((last, first)) => [first.trim(), last.trim()].join(" "),
                None => name,
            };
            let words = words(&name);
            self.add(Sort::Name, &words.join(" "));
            let [first, between @ .., last] = words.as_slice() else { continue };
            self.add(Sort::Name, &[last, first].map(String::as_str).join(" "));
            if !between.is_empty() {
                self.add(Sort::Name, &[first, last].map(String::as_str).join(" "));
                let rest: Vec<&str> = [first].into_iter().chain(between).map(String::as_str).collect();
                self.add(Sort::Name, &[last.as_str(), &rest.join(" ")].join(" "));
                let initials: Vec<String> = between.iter().filter_map(|word| initial(word)).collect();
                self.add(Sort::Name, &[first.as_str(), &initials.join(" "), last].join(" "));
            }
            let (Some(first_initial), Some(last_initial)) = (initial(first), initial(last)) else { continue };
            self.token(&[first_initial.clone(), last.clone()]);
            self.token(&[last.clone(), first_initial]);
            self.token(&[first.clone(), last_initial]);
        }
    }

    /// What counts as a whole token, if it is long enough.
    fn token(&mut self, words: &[String]) {
        let letters: usize = words.iter().map(|word| word.chars().count()).sum();
        if letters >= MIN_CHARS && !is_ordinary(&words.concat()) {
            self.add(Sort::Token, &words.join("."));
        }
    }

    fn add(&mut self, sort: Sort, text: &str) {
        let folded = folded(text);
        let mut bytes: Vec<u8> = Vec::with_capacity(folded.len());
        let (mut joints, mut hyphens) = (0_u64, 0_u64);
        let mut pending = None;
        for byte in folded.bytes() {
            let plain = class(byte);
            if plain == GAP {
                // The dots of a domain outweigh what stands beside them.
                pending = if pending == Some(b'.') { pending } else { Some(byte) };
                continue;
            }
            if bytes.len() == MAX_BYTES {
                break;
            }
            if let Some(gap) = pending.take().filter(|_| !bytes.is_empty()) {
                let bit = u32::try_from(bytes.len()).ok().and_then(|at| 1_u64.checked_shl(at)).unwrap_or(0);
                if sort == Sort::Domain && gap != b'.' {
                    hyphens |= bit;
                } else {
                    joints |= bit;
                }
            }
            bytes.push(plain);
        }
        let letters = core::str::from_utf8(&bytes).map_or(0, |text| text.chars().count());
        // Names of two characters are usual where one character is a syllable.
        let shortest = if bytes.is_ascii() { MIN_CHARS } else { 2 };
        if letters >= shortest && !bytes.iter().all(|byte| *byte < 0x20) {
            let entry = self.found.entry((bytes, sort)).or_default();
            entry.0 |= joints;
            entry.1 |= hyphens;
        }
    }
}

/// The label of `domain` that its owner registered.
pub(in crate::sanitize) fn own_label(domain: &str) -> Option<&str> {
    let registered = psl::domain_str(domain)?;
    registered.split('.').next().filter(|label| !label.is_empty())
}

/// Whether a label tells whose it is wherever it stands: six characters or more, of them a letter and a digit.
fn is_distinctive(label: &str) -> bool {
    label.len() >= 6
        && label.bytes().any(|byte| byte.is_ascii_digit())
        && label.bytes().filter(u8::is_ascii_alphabetic).count() >= 3
        && !label.starts_with("xn--")
}

/// The folded words of a name.
fn words(name: &str) -> Vec<String> {
    let folded = folded(name).to_lowercase();
    let is_gap = |c: char| c.is_ascii() && u8::try_from(c).is_ok_and(|byte| class(byte) == GAP);
    folded.split(is_gap).filter(|word| !word.is_empty()).map(ToString::to_string).collect()
}

/// The base64 digits that `text` has whatever stands around it, for each of the three bytes of a group at which it can
/// begin.
fn base64_cores(text: &str) -> [String; 3] {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    [0_usize, 1, 2].map(|lead| {
        let bytes = core::iter::repeat_n(0, lead).chain(text.bytes());
        let bits: Vec<u8> = bytes.flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
        let digits = bits.chunks_exact(6).skip(lead.saturating_mul(8).div_ceil(6));
        let value = |digit: &[u8]| digit.iter().fold(0_usize, |value, bit| (value << 1) | usize::from(*bit));
        digits.filter_map(|digit| DIGITS.get(value(digit)).copied().map(char::from)).collect()
    })
}

fn initial(word: &str) -> Option<String> {
    word.chars().next().map(String::from)
}

/// `Müller` as `Mueller`, for names that are written so where there are no umlauts.
fn transcribed(name: &str) -> Option<String> {
    let has = name.contains(['ä', 'ö', 'ü', 'å', 'ø']);
    has.then(|| name.replace('ä', "ae").replace(['ö', 'ø'], "oe").replace('ü', "ue").replace('å', "aa"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_words_are_in_order() {
        assert!(ORDINARY.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(is_ordinary("press") && !is_ordinary("anna"));
    }
}
