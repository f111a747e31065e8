//! Names that mean nothing, or something else, outside one network.
//!
//! Sources: IANA's Special-Use Domain Names registry (RFC 6761), RFC 9476 (`alt`), ICANN's reservation of `internal`
//! (2024), and the internal top-level domains that RFC 6762, appendix G, and ICANN's name collision study list.
//! `onion` (RFC 7686) is special-use too and is not here: an onion service can be malicious for everybody alike.

use super::rules::{DOCUMENTATION, INTERNAL_NAME, REVERSE_NAME, Rule, SPECIAL_NAME};

const EXAMPLES: [&str; 4] = ["example", "example.com", "example.net", "example.org"];
const SPECIAL: [&str; 10] = [
    "test",
    "invalid",
    "localhost",
    "alt",
    "ipv4only.arpa",
    "resolver.arpa",
    "service.arpa",
    "6tisch.arpa",
    "eap.arpa",
    "eap-noob.arpa",
];
const INTERNAL: [&str; 19] = [
    "local",
    "internal",
    "home.arpa",
    "localdomain",
    "lan",
    "home",
    "corp",
    "intranet",
    "private",
    "mail",
    "domain",
    "workgroup",
    "belkin",
    "fritz.box",
    // Names that home routers answer to for themselves.
    "speedport.ip",
    "routerlogin.net",
    "tplinkwifi.net",
    "tplinklogin.net",
    "asusrouter.com",
];

/// The rule for a name in its normal form.
pub(super) fn name(name: &str) -> Option<Rule> {
    let ends_in =
        |known: &str| name.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if EXAMPLES.iter().any(|known| ends_in(known)) {
        Some(DOCUMENTATION)
    } else if SPECIAL.iter().any(|known| ends_in(known)) {
        Some(SPECIAL_NAME)
    } else if INTERNAL.iter().any(|known| ends_in(known)) || !name.contains('.') {
        Some(INTERNAL_NAME)
    } else if ends_in("arpa") {
        Some(REVERSE_NAME)
    } else {
        None
    }
}
