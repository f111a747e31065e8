//! Every rule of the sanitizer: its number, what it does and its reason in plain words.
//!
//! The one table; the modules that apply a rule take its text from here. A number is never used again for something
//! else, because people write it down.

/// What a rule does to what it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// A part is replaced, the rest leaves.
    Masked,
    /// It stays out: sharing it helps nobody.
    Dropped,
    /// It stays home until a person decides.
    Held,
}

impl ChangeKind {
    /// The name that the command line prints.
    pub const fn as_str(self) -> &'static str {
        match self {
            Masked => "masked",
            Dropped => "dropped",
            Held => "held",
        }
    }
}

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its number: hundreds are groups (1 addresses, 2 names, 3 the member's own, 4 persons, 5 harm to others).
    pub number: u16,
    /// What it does.
    pub kind: ChangeKind,
    /// Why, for a person who reads what became of an indicator.
    pub reason: &'static str,
}

const fn rule(number: u16, kind: ChangeKind, reason: &'static str) -> Rule {
    Rule { number, kind, reason }
}

use ChangeKind::{Dropped, Held, Masked};

pub(super) const THIS_COMPUTER: Rule = rule(101, Dropped, "an address of the computer itself (loopback)");
pub(super) const PRIVATE_NETWORK: Rule =
    rule(102, Dropped, "a private address: it means another computer in every network");
pub(super) const LINK_LOCAL: Rule =
    rule(103, Dropped, "a link-local address: it means something on one cable only");
pub(super) const CARRIER_SHARED: Rule =
    rule(104, Dropped, "an address that carriers share inside their networks (100.64.0.0/10)");
pub(super) const DOCUMENTATION: Rule =
    rule(105, Dropped, "an address, network number or name set aside for examples");
pub(super) const MULTICAST: Rule = rule(106, Dropped, "a multicast address: it names no single computer");
pub(super) const RESERVED: Rule =
    rule(107, Dropped, "an address that is reserved and never used on the Internet");
pub(super) const TOO_WIDE: Rule =
    rule(108, Held, "a very large block of addresses: blocking it would hit many who did nothing");

pub(super) const SPECIAL_NAME: Rule =
    rule(201, Dropped, "a special-use name (RFC 6761): it names nothing on the Internet");
pub(super) const INTERNAL_NAME: Rule =
    rule(202, Dropped, "a name of an internal network: it is nobody else's business");
pub(super) const REVERSE_NAME: Rule =
    rule(203, Dropped, "a reverse look-up name, which the DNS itself needs");
pub(super) const WHOLE_SERVICE: Rule =
    rule(204, Held, "a whole service under which many have names: blocking it would hit all of them");

pub(super) const OWN_DOMAIN: Rule = rule(301, Dropped, "your own domain, or a name under it");
pub(super) const OWN_URL: Rule = rule(302, Dropped, "a page on your own domain");
pub(super) const OWN_EMAIL: Rule = rule(303, Dropped, "an address at your own domain, or on your own list");
pub(super) const OWN_TOKEN: Rule =
    rule(304, Masked, "a part of the URL that holds something of your own list (perhaps encoded)");
pub(super) const OWN_INSIDE: Rule =
    rule(305, Held, "it holds something of your own list: sharing it tells who was aimed at");
pub(super) const OWN_IN_TEXT: Rule = rule(306, Masked, "text that holds something of your own list");
pub(super) const OWN_STAYS_IN_TEXT: Rule =
    rule(307, Held, "text that holds something of your own list in a form that cannot be cut out");

pub(super) const CREDENTIALS: Rule = rule(401, Masked, "a user name or password in the URL");
pub(super) const RECIPIENT_TOKEN: Rule =
    rule(402, Masked, "a mail address in the URL: most likely that of the person it was sent to");

pub(super) const EMPTY_FILE: Rule = rule(501, Dropped, "the hash of an empty file, which every computer has");
pub(super) const EVERYDAY_FILE: Rule = rule(502, Dropped, "a file name that every computer has");
pub(super) const PUBLIC_RESOLVER: Rule = rule(503, Dropped, "a public DNS resolver that many depend on");
pub(super) const TOP_SITE: Rule =
    rule(504, Dropped, "a site that nearly everybody uses; share the URL instead");

/// Every rule, in the order of their numbers.
pub const RULES: [Rule; 25] = [
    THIS_COMPUTER,
    PRIVATE_NETWORK,
    LINK_LOCAL,
    CARRIER_SHARED,
    DOCUMENTATION,
    MULTICAST,
    RESERVED,
    TOO_WIDE,
    SPECIAL_NAME,
    INTERNAL_NAME,
    REVERSE_NAME,
    WHOLE_SERVICE,
    OWN_DOMAIN,
    OWN_URL,
    OWN_EMAIL,
    OWN_TOKEN,
    OWN_INSIDE,
    OWN_IN_TEXT,
    OWN_STAYS_IN_TEXT,
    CREDENTIALS,
    RECIPIENT_TOKEN,
    EMPTY_FILE,
    EVERYDAY_FILE,
    PUBLIC_RESOLVER,
    TOP_SITE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_numbered_once_and_in_order() {
        assert!(RULES.windows(2).all(|pair| pair[0].number < pair[1].number));
        assert!(RULES.iter().all(|rule| !rule.reason.is_empty() && !rule.reason.ends_with('.')));
    }
}
