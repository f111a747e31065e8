//! How random a text looks.
//!
//! Decides by its outline alone, whatever it stands for. Linear in the text.

use super::known::{is_content_identifier, is_date, is_json_web_token, is_ulid, is_uuid};
use super::words::is_sayable;

/// How much a text looks made for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sanitize) enum Likeness {
    /// A word, a number, a version, a date.
    None,
    /// It looks random, and it may be a name that is the same for everybody.
    Likely,
    /// No person made it up.
    Certain,
}

/// The shortest text that can be random.
const SHORTEST: usize = 6;

/// How random `text` looks: the most random of its pieces between punctuation, or the whole when it is one long run of
/// base64.
pub(in crate::sanitize) fn likeness(text: &str) -> Likeness {
    if text.len() < SHORTEST || is_content_identifier(text) {
        return Likeness::None;
    }
    if is_uuid(text) || is_ulid(text) || is_json_web_token(text) {
        return Likeness::Certain;
    }
    let pieces = || text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    let most = pieces().map(piece).max().unwrap_or(Likeness::None);
    most.max(base64(text))
}

/// Whether a path segment can name one stranger's page on a service: it is random, or long and none of the words that such
/// services have in all their paths.
pub(in crate::sanitize) fn names_page(segment: &str) -> bool {
    let everywhere =
        ["document", "documents", "presentation", "spreadsheets", "viewform", "download", "personal"];
    likeness(segment) > Likeness::None || (segment.len() >= 8 && !everywhere.contains(&segment))
}

/// Long runs of base64 whose pieces between `-`, `_`, `+` and `/` are too short to tell.
fn base64(text: &str) -> Likeness {
    let body = text.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+/".contains(&byte);
    if body.len() < 16 || !body.bytes().all(is_digit) {
        return Likeness::None;
    }
    let count = |wanted: fn(&u8) -> bool| body.bytes().filter(wanted).count();
    let (upper, lower, digits) =
        (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase), count(u8::is_ascii_digit));
    let is_word = |piece: &&str| is_plain(piece);
    let in_words: usize =
        body.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_word).map(str::len).sum();
    // Thirty letters are seldom without a digit, and words are seldom without either.
    let is_mixed = upper > 0 && lower > 0 && (digits > 0 || (body.len() >= 24 && upper >= 6 && lower >= 6));
    if !is_mixed || in_words.saturating_mul(2) >= body.len() {
        Likeness::None
    } else if body.len() >= 24 {
        Likeness::Certain
    } else {
        Likeness::Likely
    }
}

/// How random a run of ASCII letters and digits looks.
fn piece(piece: &str) -> Likeness {
    let length = piece.len();
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    if length < SHORTEST {
        Likeness::None
    } else if digits == length {
        number(piece)
    } else if digits == 0 {
        letters(piece)
    } else if piece.bytes().all(|byte| byte.is_ascii_hexdigit()) && has_one_case(piece) {
        hexadecimal(piece)
    } else {
        mixed(piece)
    }
}

/// Six digits and more that are no date.
fn number(digits: &str) -> Likeness {
    if is_date(digits) {
        Likeness::None
    } else if digits.len() >= 20 {
        Likeness::Certain
    } else {
        Likeness::Likely
    }
}

/// Hexadecimal digits, letters among them.
fn hexadecimal(piece: &str) -> Likeness {
    match piece.len() {
        16.. => Likeness::Certain,
        8.. if !is_word_and_number(piece) => Likeness::Likely,
        _ => mixed(piece),
    }
}

/// Letters alone: `invoiceportal`, `LoginPage` and `HTML` are words, `XkqfLqZw` and `qxjzkwptbvnmqz` are not.
fn letters(piece: &str) -> Likeness {
    if has_one_case(piece) || has_one_case(piece.get(1..).unwrap_or_default()) {
        return if piece.len() >= 14 && !is_sayable(piece) { Likeness::Likely } else { Likeness::None };
    }
    let humps = Humps(piece);
    let (mut count, mut in_words, mut longest) = (0_usize, 0_usize, 0_usize);
    for hump in humps {
        count = count.saturating_add(1);
        longest = longest.max(hump.len());
        if hump.len() >= 4 && is_sayable(hump) {
            in_words = in_words.saturating_add(hump.len());
        }
    }
    let is_short = piece.len() < count.saturating_mul(3);
    if piece.len() >= 7 && count >= 3 && is_short && in_words.saturating_mul(2) < piece.len() {
        if piece.len() >= 24 { Likeness::Certain } else { Likeness::Likely }
    } else {
        Likeness::None
    }
}

/// Letters and digits mixed: `Office365Login` and `win32api` are words, `Xk29fLq` and `x8d7f2` are not.
fn mixed(piece: &str) -> Likeness {
    if is_word_and_number(piece) {
        return Likeness::None;
    }
    let mut changes = 0_usize;
    let mut before: Option<bool> = None;
    for byte in piece.bytes() {
        let is_digit = byte.is_ascii_digit();
        if before.is_some_and(|before| before != is_digit) {
            changes = changes.saturating_add(1);
        }
        before = Some(is_digit);
    }
    let runs = || piece.split(|c: char| c.is_ascii_digit()).filter(|run| !run.is_empty());
    let in_words: usize = runs().filter(|run| run.len() >= 4 && is_words(run)).map(str::len).sum();
    let longest_number =
        piece.split(|c: char| c.is_ascii_alphabetic()).map(str::len).max().unwrap_or_default();
    // Three quarters where capitals and scraps of letters stand among digits: `GetOut2Vote`, and not `s57MuiYev`.
    let is_scrap = |run: &str| run.len() < 3 || !is_words(run);
    let is_scrappy = !has_one_case(piece) && (changes >= 3 || (changes >= 2 && runs().any(is_scrap)));
    let is_enough = if is_scrappy {
        in_words.saturating_mul(4) > piece.len().saturating_mul(3)
    } else {
        in_words.saturating_mul(2) >= piece.len()
    };
    let is_mostly_words = is_enough && longest_number < 6;
    let is_random = match piece.len() {
        ..7 => changes >= 4,
        7..10 => {
            changes >= 3
                || (changes >= 2 && !has_one_case(piece))
                || longest_number >= 5
                || (changes >= 1 && !has_one_case(piece) && runs().any(is_said_by_nobody))
        }
        _ => true,
    };
    // Random letters can be said now and then; words are not so often interrupted by digits.
    let singles = runs().filter(|run| run.len() == 1).count();
    let is_torn = piece.len() >= 14 && (changes >= 5 || (changes >= 4 && singles >= 2));
    if (is_mostly_words && !is_torn) || !is_random {
        Likeness::None
    } else if piece.len() >= 20 && changes >= 3 {
        Likeness::Certain
    } else {
        Likeness::Likely
    }
}

/// Letters that make no word, or whose case changes as in no name: `xkqfl`, `NrsltIVs`, `fySwifw`, `YzwhborF`.
fn is_said_by_nobody(letters: &str) -> bool {
    let humps = Humps(letters).count();
    let has_odd_case = humps >= 3 && letters.len() < humps.saturating_mul(3);
    letters.len() >= 5
        && (has_odd_case || !begins_plainly(letters) || ends_alone(letters) || !is_sayable(letters))
}

/// Whether every piece of `text` between punctuation is a word, a small number or as short as `1x1`: what a picture is
/// called that is the same for everybody.
pub(in crate::sanitize) fn is_called(text: &str) -> bool {
    let mut pieces = text.split(|c: char| !c.is_ascii_alphanumeric());
    pieces.all(|piece| piece.len() <= 4 || (is_plain(&piece) && !is_mix(piece)))
}

/// Whether a run of six letters and digits and more has several humps and a digit: `GetOut2Vote` as well as `CesolWH88`.
pub(in crate::sanitize) fn is_mix(piece: &str) -> bool {
    piece.len() >= 6
        && !has_one_case(piece)
        && piece.bytes().any(|byte| byte.is_ascii_digit())
        && piece.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && piece.split(|c: char| c.is_ascii_digit()).map(|run| Humps(run).count()).sum::<usize>() >= 2
}

/// A word and a number of up to five digits before or after it, or a date: `login2`, `cafe2026`, `3com`, `ms17010`.
fn is_word_and_number(piece: &str) -> bool {
    let start = piece.trim_start_matches(|c: char| c.is_ascii_digit());
    let word = start.trim_end_matches(|c: char| c.is_ascii_digit());
    let before = piece.get(..piece.len().saturating_sub(start.len())).unwrap_or_default();
    let after = start.get(word.len()..).unwrap_or_default();
    let most = if word.len() >= 3 { 5 } else { 4 };
    let is_small = |number: &str| number.len() <= most || is_date(number);
    let is_word = word.bytes().all(|byte| byte.is_ascii_alphabetic()) && is_words(word);
    // Two letters tell nothing: `a1234`, `TA17`, `dn535501` are numbers of documents and of people alike.
    is_word
        && is_small(before)
        && is_small(after)
        && (before.is_empty() || after.is_empty() || word.len() >= 4)
}

/// Whether letters are a word, or words in `CamelCase`.
fn is_words(letters: &str) -> bool {
    letter_case_is_plain(letters)
        && is_sayable(letters)
        && Humps(letters).all(|hump| !has_lower(hump) || is_sayable(hump))
}

fn letter_case_is_plain(letters: &str) -> bool {
    let humps = Humps(letters).count();
    humps <= 1
        || (letters.len() >= humps.saturating_mul(3) && begins_plainly(letters) && !ends_alone(letters))
}

/// Whether the first letters are a word or a prefix: `myAccount`, `iPhone`, and not `fySwifw`, `NPgmozwu`.
fn begins_plainly(letters: &str) -> bool {
    let first = Humps(letters).next().unwrap_or_default();
    let has_vowel = first.bytes().any(|byte| b"aeiouAEIOU".contains(&byte));
    match first.len() {
        1 => has_vowel || letters.len() < 8,
        2 => has_vowel || !has_lower(first) || matches!(first, "my" | "My" | "by" | "By"),
        _ => true,
    }
}

/// Whether a long row of letters ends in one capital: `YzwhborF`.
fn ends_alone(letters: &str) -> bool {
    letters.len() >= 7 && Humps(letters).last().is_some_and(|hump| hump.len() == 1)
}

/// Whether what looks random is long and has capitals, small letters and digits: nobody calls a page so.
pub(in crate::sanitize) fn is_long_mix(text: &str) -> bool {
    let has = |wanted: fn(&u8) -> bool| text.bytes().any(|byte| wanted(&byte));
    text.len() >= 12 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

/// Whether a piece between punctuation tells nothing of its own: a word, a small number, a date.
fn is_plain(piece: &&str) -> bool {
    if piece.bytes().all(|byte| byte.is_ascii_digit()) {
        return piece.len() <= 4 || is_date(piece);
    }
    piece.len() >= 3 && is_word_and_number(piece)
}

fn has_lower(letters: &str) -> bool {
    letters.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn has_one_case(piece: &str) -> bool {
    !piece.bytes().any(|byte| byte.is_ascii_lowercase())
        || !piece.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// `LoginPageHTML` as `Login`, `Page`, `HTML`.
struct Humps<'a>(&'a str);

impl<'a> Iterator for Humps<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.0.as_bytes();
        if bytes.is_empty() {
            return None;
        }
        let uppers = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        let lowers = bytes.iter().skip(uppers).take_while(|byte| !byte.is_ascii_uppercase()).count();
        // In `HTMLPage` the last upper-case letter belongs to the next hump.
        let length = match (uppers, lowers) {
            (2.., 1..) => uppers.saturating_sub(1),
            _ => uppers.saturating_add(lowers),
        };
        let (hump, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(hump)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_name_is_no_token() {
        for part in [
            "account-verification",
            "wp-content",
            "wp-includes",
            "index.php",
            "style.min.css",
            "jquery-3.6.0.min.js",
            "v2.10.3",
            "1.0.0",
            "2026-05-17",
            "20260517",
            "en-US",
            "de_AT",
            "page",
            "12345",
            "8080",
            "443",
            "login2",
            "Office365Login",
            "office365",
            "win32api",
            "LoginPage",
            "McDonaldLogin",
            "JavaScriptUI",
            "html5",
            "css3",
            "mp3",
            "xmlrpc.php",
            "cgi-bin",
            "admin-ajax.php",
            "owa",
            "microsoft-online",
            "rechnung-2026",
            "Invoice",
            "sha256sum",
            "utf-8",
            "bootstrap4",
            "DHL-Sendungsverfolgung",
            "webmail_roundcube",
            "updateAccountDetails",
            "secure-login-portal",
            "signin.ebay.com",
            "phishing",
            "dropbox-shared",
            "covid19",
            "iPhone15Pro",
            "4chan",
            "ISO27001",
            "wordpress6",
            "gallery",
            "donate",
            "volunteer-signup",
            "GetOut2Vote",
            "q3-report-final-v2",
            "paypal",
            "myAccount2",
            "My-Long-Article-About-The-Campaign",
            "WHO-COVID-19-update",
            "sites",
            "oauth2",
            "authorize",
            "callback",
            "api",
            "v1",
            "mfa",
            "2fa",
            "x86_64",
            "amd64",
            "cafe2026",
            "feed2023",
            "bitcoin-wallet-connect",
            "MyDHL24",
            "PayPalLogin2",
            "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
        ] {
            assert_eq!(likeness(part), Likeness::None, "{part}");
        }
    }

    #[test]
    fn what_programs_number_is_a_token() {
        for part in [
            "Xk29fLq",
            "a8Fh3Kd",
            "7qPz31x",
            "XkqfLqZw",
            "x8d7f2",
            "8f3a9c2d",
            "3fa8c1d2",
            "990172",
            "48213377",
            "1699999999",
            "MTIzNDU2Nzg5MDEy",
            "aB3-xY9_kL2mN8pQ",
            "qxjzkwptbvnmqz",
            "d41d8cd9",
            "u001a7f3",
            "k3j9x2m1",
            "invoice-8f3a9c2d71",
            "AQHk3J9xZ2mQ",
            "NrsltIVs9",
            "00nxLBywl",
            "xqLVi79",
            "YZGXShhp2",
            "YzwhborF6",
            "fySwifw72",
            "s57MuiYev",
            "5FlqE8dsGwwki",
            "cncutyxmuyziboa17q3x",
            "NBL0ALYLzop1",
            "Qm4PYSFeakYW",
            "MnksPig9j",
            "NPgmozwu2",
            "ykocwnvnysr73c2r7q3x",
        ] {
            assert!(likeness(part) >= Likeness::Likely, "{part}");
        }
        for part in [
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "01HZX3J8Q6ZP5D2N7K9V4M1R0T",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP",
            "5d41402abc4b2a76b9719d911017c592",
            "c2hlIHNlbGxzIHNlYSBzaGVsbHMgYnkgdGhlIHNlYQ==",
            "u001.Qk3J9xZ2mQpL8vN4tR7wY1bC6dF0gH5jK",
            "jnrylT_UZPpdGkiszUK-cOcgEp-XQRn-",
        ] {
            assert_eq!(likeness(part), Likeness::Certain, "{part}");
        }
    }
}
