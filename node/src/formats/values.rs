//! From a value and what its file says about it to an indicator.
//!
//! Decides how far a file's own typing is trusted: network types (an address in a domain column, a range in an
//! address attribute) may turn out as one another, everything else has to be what the file says. The normal form
//! itself is decided in `watchfire_protocol::indicator`.

use watchfire_protocol::indicator::{Indicator, Kind, guess};

/// What a file says a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Exactly this type.
    Kind(Kind),
    /// A domain, an address, a range of addresses or a URL.
    Network,
    /// A file hash; its length says which.
    Hash,
    /// An account at this platform.
    Account(String),
    /// Whatever it looks like.
    Any,
}

impl Wanted {
    /// The indicator, or `None` when the value is not what was said.
    pub(crate) fn read(&self, raw: &str) -> Option<Indicator> {
        let raw = raw.trim();
        match self {
            Wanted::Kind(kind) if is_network(*kind) => {
                let as_said = Indicator::parse(*kind, raw).ok();
                as_said.or_else(|| guess(raw).filter(|found| is_network(found.kind())))
            }
            Wanted::Kind(kind) => Indicator::parse(*kind, raw).ok(),
            // Names below a top-level domain that is not public look like file names.
            Wanted::Network => guess(raw)
                .filter(|found| is_network(found.kind()))
                .or_else(|| Indicator::parse(Kind::Domain, raw).ok()),
            Wanted::Hash => guess(raw).filter(|found| is_hash(found.kind())),
            Wanted::Account(platform) => Indicator::parse(Kind::Account, &format!("{platform}:{raw}")).ok(),
            Wanted::Any => {
                guess(raw).filter(|found| found.kind() != Kind::Filename || has_ending(found.value()))
            }
        }
    }
}

/// `setup.exe`: every word can be a file's name, so only one with an ending tells that it is one.
fn has_ending(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    (1..=8).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        && ending.bytes().any(|b| b.is_ascii_alphabetic())
        && !name.contains(char::is_whitespace)
}

fn is_network(kind: Kind) -> bool {
    matches!(kind, Kind::Domain | Kind::Ipv4 | Kind::Ipv6 | Kind::Cidr | Kind::Url)
}

fn is_hash(kind: Kind) -> bool {
    matches!(kind, Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512 | Kind::Ssdeep | Kind::Tlsh)
}
