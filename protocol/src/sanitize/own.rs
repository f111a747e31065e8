//! What is the member's own and must not leave.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::indicator::{host_name, refang};

/// Strings that must not leave: the member's own, or what an input tells about the people it was sent to.
///
/// All are compared without case, in every form in which they are found. The list lives in the member's home and
/// never in a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnList {
    /// Domains, such as `example.org`, in any spelling; each stands for every name under it.
    pub domains: Vec<String>,
    /// Persons, organisations and mail addresses, in any spelling.
    pub names: Vec<String>,
    /// Words that tell who or where the member is: places, projects, machines. Found as whole words.
    pub words: Vec<String>,
    /// Telephone numbers, in any spelling.
    pub phones: Vec<String>,
    /// Blocks of the member's own public addresses, such as `198.51.100.0/24`.
    pub networks: Vec<String>,
}

impl OwnList {
    /// Whether nothing is on it, so that nothing of the member's own can be recognised.
    pub fn is_empty(&self) -> bool {
        [&self.domains, &self.names, &self.words, &self.phones, &self.networks]
            .iter()
            .all(|list| list.is_empty())
    }

    /// The domains in the normal form that indicators have. One that has none is compared as it is written.
    pub(super) fn normal_domains(&self) -> BTreeSet<String> {
        let normal = |domain: &String| {
            let plain = refang(domain);
            let plain = plain.trim_start_matches('@');
            let host = plain.split_once("://").map_or(plain, |(_, rest)| rest);
            let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default();
            host_name(host).unwrap_or_else(|_| host.to_lowercase())
        };
        self.domains.iter().map(normal).filter(|domain| !domain.is_empty()).collect()
    }

    /// The names in lower case with single blanks, those too short to mean anything (under three letters) left out.
    pub(super) fn normal_names(&self) -> BTreeSet<String> {
        let normal = |name: &String| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        self.names.iter().map(normal).filter(|name| name.chars().count() >= 3).collect()
    }
}

/// An [`OwnList`] made ready for comparing many values.
pub(super) struct Own {
    domains: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Own {
    pub(super) fn new(list: &OwnList) -> Own {
        Own { domains: list.normal_domains(), names: list.normal_names() }
    }

    /// Whether `host`, in normal form, is an own domain or a name under one. Looks up each of its parent names.
    pub(super) fn has_host(&self, host: &str) -> bool {
        let mut rest = Some(host);
        while let Some(name) = rest {
            if self.domains.contains(name) {
                return true;
            }
            rest = name.split_once('.').map(|(_, parent)| parent);
        }
        false
    }

    /// Whether `address`, in normal form, is on the list as it is.
    pub(super) fn has_address(&self, address: &str) -> bool {
        self.names.contains(address)
    }
}
