//! Names that mean nothing, or something else, outside one network.
//!
//! Sources: IANA's Special-Use Domain Names registry (RFC 6761), RFC 9476 (`alt`), ICANN's reservation of `internal`
//! (2024), and the internal top-level domains that RFC 6762, appendix G, and ICANN's name collision study list.
//! `onion` (RFC 7686) is special-use too and is not here: an onion service can be malicious for everybody alike.

use super::rules::{DOCUMENTATION, INTERNAL_NAME, REVERSE_NAME, Rule, SPECIAL_NAME, TOP_SITE, WHOLE_SERVICE};
use crate::indicator::is_public_suffix;

const EXAMPLES: [&str; 4] = ["example", "example.com", "example.net", "example.org"];
const SPECIAL: [&str; 7] =
    ["test", "invalid", "localhost", "alt", "ipv4only.arpa", "resolver.arpa", "service.arpa"];
const INTERNAL: [&str; 14] = [
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
];

/// Sites whose whole name on a block list would stop more than any attacker could; only the name itself and its `www`,
/// because what hangs below some of them is hosted for strangers.
const TOP_SITES: [&str; 36] = [
    "google.com",
    "youtube.com",
    "facebook.com",
    "instagram.com",
    "whatsapp.com",
    "x.com",
    "twitter.com",
    "tiktok.com",
    "linkedin.com",
    "reddit.com",
    "wikipedia.org",
    "amazon.com",
    "apple.com",
    "icloud.com",
    "microsoft.com",
    "live.com",
    "office.com",
    "outlook.com",
    "microsoftonline.com",
    "windows.com",
    "bing.com",
    "yahoo.com",
    "gmail.com",
    "github.com",
    "cloudflare.com",
    "akamai.com",
    "zoom.us",
    "dropbox.com",
    "paypal.com",
    "stripe.com",
    // What campaigns themselves run on.
    "actblue.com",
    "winred.com",
    "anedot.com",
    "ngpvan.com",
    "nationbuilder.com",
    "mailchimp.com",
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

/// The rule for a name that stands alone, as a thing to block.
pub(super) fn whole_name(whole: &str) -> Option<Rule> {
    let bare = whole.strip_prefix("www.").unwrap_or(whole);
    if let Some(rule) = name(whole) {
        Some(rule)
    } else if TOP_SITES.contains(&bare) {
        Some(TOP_SITE)
    } else if is_public_suffix(whole) {
        Some(WHOLE_SERVICE)
    } else {
        None
    }
}
