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
    /// Its number: hundreds are groups (1 addresses, 2 names, 3 the member's own, 4 persons, 5 harm to others,
    /// 6 the person's own decisions).
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
    rule(304, Masked, "a part of the URL or name that holds something of your own list (perhaps encoded)");
pub(super) const OWN_INSIDE: Rule =
    rule(305, Held, "it holds something of your own list: sharing it tells who was aimed at");
pub(super) const OWN_IN_TEXT: Rule = rule(306, Masked, "text that holds something of your own list");
pub(super) const OWN_STAYS_IN_TEXT: Rule = rule(
    307,
    Held,
    "text that is too long to be cleaned, or from which something of your own list or a recipient cannot be cut out",
);
pub(super) const OWN_PHONE: Rule = rule(308, Dropped, "a telephone number of your own list");
pub(super) const OWN_NETWORK: Rule = rule(309, Dropped, "an address of your own network");
pub(super) const OWN_FILE: Rule = rule(310, Masked, "a file name that holds something of your own list");
pub(super) const OWN_LOOKALIKE: Rule =
    rule(311, Held, "it imitates your own name: sharing it tells who was aimed at");
pub(super) const CREDENTIALS: Rule = rule(401, Masked, "a user name or password in the URL");
pub(super) const RECIPIENT_TOKEN: Rule =
    rule(402, Masked, "a mail address in the URL: most likely that of the person it was sent to");
pub(super) const RECIPIENT: Rule =
    rule(403, Dropped, "a person to whom this mail went, or their organisation");
pub(super) const RECIPIENT_IN_URL: Rule =
    rule(404, Masked, "a part of the URL or name that holds the recipient of this mail (perhaps encoded)");
pub(super) const RECIPIENT_INSIDE: Rule =
    rule(405, Held, "it holds the recipient of this mail: sharing it tells who was aimed at");
pub(super) const RECIPIENT_IN_FILE: Rule =
    rule(406, Masked, "a file name that holds the recipient of this mail");
pub(super) const RECIPIENT_IN_SENDER: Rule =
    rule(407, Masked, "a sender's address that holds the recipient's; its domain is left");
pub(super) const GATEWAY_LINK: Rule = rule(
    408,
    Masked,
    "a link that a mail gateway or a redirector wrapped, which may hold whose mail it was; the original is left",
);
pub(super) const GATEWAY_OPAQUE: Rule = rule(
    409,
    Dropped,
    "a link of a mail gateway that only the gateway can resolve, and that holds whose mail it was",
);
pub(super) const TOKEN: Rule = rule(
    410,
    Masked,
    "a part of the URL that looks made for one recipient; without it the URL still matches",
);
pub(super) const TOKEN_LABEL: Rule =
    rule(411, Masked, "a part of the name that looks made for one recipient; the domain above it is left");
pub(super) const PIXEL: Rule =
    rule(412, Masked, "a hidden picture that reports who opened the mail; only its place is left");
pub(super) const REPORTER_SIDE: Rule =
    rule(413, Dropped, "written into the mail's header by the receiving side's own servers");
pub(super) const MESSAGE_ID: Rule =
    rule(414, Dropped, "the number of one message: whoever sent it can look up to whom");
pub(super) const PHONE_IN_MAIL: Rule =
    rule(415, Held, "a telephone number in a mail or a text: it may be that of a colleague");
pub(super) const ADDRESS_IN_MAIL: Rule =
    rule(416, Held, "a mail address between the words of a mail or a text: it may be that of a colleague");
pub(super) const FILE_PATH: Rule = rule(417, Masked, "a folder or a computer's name that tells whose it is");
pub(super) const SECRET_IN_URL: Rule = rule(418, Masked, "a password, key or session in the URL");
pub(super) const SECRET_INSIDE: Rule =
    rule(419, Held, "it holds a password, a key or a folder of a person, which cannot be cut out of it");
pub(super) const PERSON_IN_TEXT: Rule = rule(420, Masked, "a person's name");
pub(super) const ADDRESS_IN_TEXT: Rule = rule(421, Masked, "a mail address that is no shared indicator");
pub(super) const PHONE_IN_TEXT: Rule = rule(422, Masked, "a telephone number that is no shared indicator");
pub(super) const SECRET_IN_TEXT: Rule = rule(423, Masked, "a password, key or code");
pub(super) const UNSHARED_IN_TEXT: Rule =
    rule(424, Masked, "an indicator that does not leave, named in the text");
pub(super) const TOKEN_IN_TEXT: Rule = rule(425, Masked, "a number that looks made for one recipient");
pub(super) const RECIPIENT_IN_TEXT: Rule = rule(426, Masked, "text that holds the recipient of this mail");
pub(super) const HIDDEN_IN_TEXT: Rule = rule(427, Masked, "invisible characters, in which a mark can hide");
pub(super) const EMPTY_FILE: Rule = rule(501, Dropped, "the hash of an empty file, which every computer has");
pub(super) const EVERYDAY_FILE: Rule = rule(502, Dropped, "a file name that every computer has");
pub(super) const PUBLIC_RESOLVER: Rule = rule(503, Dropped, "a public DNS resolver that many depend on");
pub(super) const TOP_SITE: Rule =
    rule(504, Dropped, "a site that nearly everybody uses; share the URL instead");
pub(super) const MAIL_SERVICE: Rule = rule(505, Dropped, "a mail service that nearly everybody uses");
pub(super) const SHARED_HOST: Rule = rule(
    506,
    Held,
    "a service that hosts pages of strangers: the harmful page's URL leaves, the service does not",
);
pub(super) const SHORTENER: Rule = rule(507, Dropped, "a link shortener: share the short URL instead");
pub(super) const CLOUD_SERVICE: Rule = rule(508, Dropped, "a cloud service on which many depend");
pub(super) const CAMPAIGN_PLATFORM: Rule =
    rule(509, Dropped, "a service that campaigns themselves depend on");
pub(super) const PARTY_SITE: Rule =
    rule(510, Dropped, "a site of a party, an election office or another public body");
pub(super) const CAMPAIGN_PAGE: Rule = rule(
    511,
    Held,
    "a page on a service that campaigns depend on: it may be a real donation or sign-up page",
);
pub(super) const EVERYDAY_PAGE: Rule =
    rule(512, Dropped, "a page of a well-known site, which a mail borrows to look real");
pub(super) const WARNINGLIST: Rule =
    rule(513, Dropped, "on a list of things that are harmless or that many depend on");
pub(super) const WARNINGLIST_SHARED: Rule = rule(
    514,
    Held,
    "on a list of what strangers share, or of all that people visit: it may still be an attacker's",
);
pub(super) const SENDER_BORROWED: Rule = rule(
    515,
    Dropped,
    "an address at a well-known site: a sender is easily forged, and theirs was most likely borrowed",
);
pub(super) const MAIL_RELAY: Rule = rule(516, Dropped, "a server of a mail service that many send through");
pub(super) const STATED_PAGE: Rule = rule(
    517,
    Held,
    "a page of a well-known site, stated as an indicator: it may be the site's own, or forged on the way to somebody",
);
pub(super) const DECIDED: Rule = rule(601, Dropped, "you decided earlier that it stays home");

/// Every rule, in the order of their numbers.
pub const RULES: &[Rule] = &[
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
    OWN_PHONE,
    OWN_NETWORK,
    OWN_FILE,
    OWN_LOOKALIKE,
    CREDENTIALS,
    RECIPIENT_TOKEN,
    RECIPIENT,
    RECIPIENT_IN_URL,
    RECIPIENT_INSIDE,
    RECIPIENT_IN_FILE,
    RECIPIENT_IN_SENDER,
    GATEWAY_LINK,
    GATEWAY_OPAQUE,
    TOKEN,
    TOKEN_LABEL,
    PIXEL,
    REPORTER_SIDE,
    MESSAGE_ID,
    PHONE_IN_MAIL,
    ADDRESS_IN_MAIL,
    FILE_PATH,
    SECRET_IN_URL,
    SECRET_INSIDE,
    PERSON_IN_TEXT,
    ADDRESS_IN_TEXT,
    PHONE_IN_TEXT,
    SECRET_IN_TEXT,
    UNSHARED_IN_TEXT,
    TOKEN_IN_TEXT,
    RECIPIENT_IN_TEXT,
    HIDDEN_IN_TEXT,
    EMPTY_FILE,
    EVERYDAY_FILE,
    PUBLIC_RESOLVER,
    TOP_SITE,
    MAIL_SERVICE,
    SHARED_HOST,
    SHORTENER,
    CLOUD_SERVICE,
    CAMPAIGN_PLATFORM,
    PARTY_SITE,
    CAMPAIGN_PAGE,
    EVERYDAY_PAGE,
    WARNINGLIST,
    WARNINGLIST_SHARED,
    SENDER_BORROWED,
    MAIL_RELAY,
    STATED_PAGE,
    DECIDED,
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
