//! Names of query parameters that say what their value is.

/// What the name of a parameter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sanitize) enum Key {
    /// A person: `email`, `rid`, `recipient`. Any value that says something is masked.
    Person,
    /// A password, key or session. Any value that says something is masked.
    Secret,
    /// Often a person or a session, and often not: `id`, `t`, `code`. Masked when the value is no word and no small
    /// number.
    Perhaps,
    /// Nothing.
    Silent,
}

/// Sorted.
const PERSON: [&str; 62] = [
    "account",
    "addr",
    "address",
    "benutzer",
    "cid",
    "contact",
    "contactid",
    "customer",
    "customerid",
    "destinataire",
    "destinatario",
    "e",
    "eid",
    "em",
    "email",
    "emailaddress",
    "emailid",
    "empfaenger",
    "employee",
    "firstname",
    "fname",
    "for",
    "fullname",
    "lastname",
    "leadid",
    "lname",
    "login",
    "loginhint",
    "loginid",
    "mail",
    "mailto",
    "mceid",
    "mcid",
    "member",
    "memberid",
    "mid",
    "mkttok",
    "name",
    "nombre",
    "person",
    "phone",
    "puid",
    "rcpt",
    "recipient",
    "recipientid",
    "rid",
    "subscriber",
    "subscriberid",
    "surname",
    "tel",
    "to",
    "tracking",
    "trackingid",
    "uid",
    "upn",
    "user",
    "useremail",
    "userid",
    "username",
    "usr",
    "victim",
    "who",
];

/// Sorted.
const SECRET: [&str; 37] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "auth",
    "authkey",
    "authorization",
    "authtoken",
    "bearer",
    "clientsecret",
    "cookie",
    "csrf",
    "csrftoken",
    "idtoken",
    "jsessionid",
    "jwt",
    "key",
    "otp",
    "pass",
    "passcode",
    "passwd",
    "password",
    "passwort",
    "phpsessid",
    "pin",
    "pwd",
    "refreshtoken",
    "secret",
    "sess",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "ticket",
    "token",
];

/// Sorted.
const PERHAPS: [&str; 39] = [
    "b", "c", "campaign", "click", "clickid", "client", "code", "cookieid", "d", "data", "fbclid", "gclid",
    "h", "hash", "i", "id", "k", "l", "link", "m", "msclkid", "n", "nonce", "o", "p", "q", "r", "ref", "s",
    "state", "sub", "subid", "t", "track", "u", "utmid", "uuid", "x", "z",
];

/// What `key` says, without case, `-`, `_`, `.` and brackets: `User-ID`, `user_id` and `data[userId]` are one.
pub(in crate::sanitize) fn key(key: &str) -> Key {
    // No name on the lists is longer; a longer one can still end in one: `customer.login_hint`.
    let tail = key.char_indices().rev().nth(40).map_or(key, |(at, _)| key.get(at..).unwrap_or(key));
    let mut bare = [0_u8; 64];
    let mut length = 0_usize;
    for byte in tail.bytes().filter(u8::is_ascii_alphanumeric) {
        if let Some(place) = bare.get_mut(length) {
            *place = byte.to_ascii_lowercase();
            length = length.saturating_add(1);
        }
    }
    let bare = bare.get(..length).and_then(|bare| core::str::from_utf8(bare).ok()).unwrap_or_default();
    let is_in = |list: &[&str]| list.binary_search(&bare).is_ok();
    let ends_in = |words: &[&str]| words.iter().any(|word| bare.len() > word.len() && bare.ends_with(word));
    if is_in(&PERSON) || ends_in(&["email", "username", "userid", "recipient", "loginhint", "emailaddress"]) {
        Key::Person
    } else if is_in(&SECRET) || ends_in(&["password", "passwd", "token", "secret", "apikey", "sessionid"]) {
        Key::Secret
    } else if is_in(&PERHAPS) {
        Key::Perhaps
    } else {
        Key::Silent
    }
}

/// Whether a parameter is about a person on every service, also where other parameters name a stranger's page.
pub(in crate::sanitize) fn names_person_clearly(name: &str) -> bool {
    let is_short = ["rid", "uid", "upn", "usr", "user", "mail", "recipient", "subscriber"];
    let said = |word: &&str| name.eq_ignore_ascii_case(word);
    key(name) == Key::Person && (is_short.iter().any(said) || name.len() >= 5)
}

/// Whether a value says nothing about anybody: empty, a switch, or up to two digits. What is masked already is one too.
pub(in crate::sanitize) fn is_generic(value: &str) -> bool {
    let is_small = value.len() <= 2 && value.bytes().all(|byte| byte.is_ascii_digit());
    let switches = ["true", "false", "yes", "no", "on", "off", "null", "none", "undefined", "removed"];
    is_small || value.len() <= 1 || switches.iter().any(|switch| value.eq_ignore_ascii_case(switch))
}

/// Whether the value of a [`Key::Perhaps`] is a word, a small number, a version or a date.
pub(in crate::sanitize) fn is_everyday(value: &str) -> bool {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { value.len() < 5 } else { super::likeness(value) == super::Likeness::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched_and_share_nothing() {
        let mut person = PERSON;
        person.sort_unstable();
        assert!(SECRET.is_sorted() && PERHAPS.is_sorted());
        assert_eq!(person, PERSON);
        assert!(PERSON.iter().all(|word| !SECRET.contains(word) && !PERHAPS.contains(word)));
        assert!(SECRET.iter().all(|word| !PERHAPS.contains(word)));
    }

    #[test]
    fn a_key_is_known_in_every_spelling() {
        for (text, says) in [
            ("rid", Key::Person),
            ("User-ID", Key::Person),
            ("login_hint", Key::Person),
            ("data[email]", Key::Person),
            ("contact.emailAddress", Key::Person),
            ("PHPSESSID", Key::Secret),
            ("api_key", Key::Secret),
            ("x-amz-security-token", Key::Secret),
            ("id", Key::Perhaps),
            ("page", Key::Silent),
            ("", Key::Silent),
        ] {
            assert_eq!(key(text), says, "{text}");
        }
    }

    #[test]
    fn switches_and_page_numbers_say_nothing() {
        assert!(is_generic("1") && is_generic("42") && is_generic("TRUE") && is_generic(""));
        assert!(!is_generic("123") && !is_generic("anna"));
        assert!(is_everyday("en-US") && is_everyday("1234") && is_everyday("home") && !is_everyday("48213"));
    }
}
