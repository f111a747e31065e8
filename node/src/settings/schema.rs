//! What can be set, in today's schema, and which names there are.

use serde::{Deserialize, Serialize};
use toml_edit::{Item, TableLike};

/// The version of the file's form.
pub const SCHEMA: i64 = 1;

/// Everything that a person can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    schema: i64,
    /// Where the node listens and whom it calls.
    #[serde(default)]
    pub network: Network,
    /// What must not leave this home.
    #[serde(default)]
    pub sanitizer: Sanitizer,
    /// Relays to keep a link to (`[[relay]]` in the file).
    #[serde(default, rename = "relay", skip_serializing_if = "Vec::is_empty")]
    pub relays: Vec<Relay>,
}

/// The `[network]` table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Multiaddresses to listen on; empty leaves the choice to `run`.
    #[serde(default)]
    pub listen: Vec<String>,
    /// Multiaddresses of members to call, with or without `/p2p/ID`.
    #[serde(default)]
    pub connect: Vec<String>,
    /// Whether the node finds members on the local network and says there that it is here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lan: bool,
}

/// The `[sanitizer]` table: the member's own list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanitizer {
    /// Domains of the member, in their normal form.
    #[serde(default)]
    pub own_domains: Vec<String>,
    /// Names of people and places that would tell who the member is.
    #[serde(default)]
    pub own_names: Vec<String>,
    /// Words that tell who or where the member is: places, projects, machines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_words: Vec<String>,
    /// Telephone numbers of the member's people, as they were written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_phones: Vec<String>,
    /// Blocks of the member's own public addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_networks: Vec<String>,
}

/// One `[[relay]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    /// The circle it serves, by its id.
    pub circle: String,
    /// Its multiaddress.
    pub address: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            network: Network::default(),
            sanitizer: Sanitizer::default(),
            relays: Vec::new(),
        }
    }
}

/// The tables and their keys; the empty name is the file itself.
const KEYS: &[(&str, &[&str])] = &[
    ("", &["schema", "network", "sanitizer", "relay"]),
    ("network", &["listen", "connect", "lan"]),
    ("sanitizer", &["own_domains", "own_names", "own_words", "own_phones", "own_networks"]),
    ("relay", &["circle", "address"]),
];

/// Refuses a key that does not exist, naming the one that was probably meant: a mistyped setting that is silently
/// ignored would be a hole in the sanitizer.
pub(super) fn check_keys(root: &dyn TableLike) -> Result<(), String> {
    check_table("", root)?;
    for (name, item) in root.iter() {
        match item {
            Item::ArrayOfTables(tables) => tables.iter().try_for_each(|table| check_table(name, table))?,
            item => match item.as_table_like() {
                Some(table) => check_table(name, table)?,
                None => {
                    for value in item.as_array().into_iter().flatten() {
                        value.as_inline_table().map_or(Ok(()), |table| check_table(name, table))?;
                    }
                }
            },
        }
    }
    Ok(())
}

fn check_table(name: &str, table: &dyn TableLike) -> Result<(), String> {
    let known = KEYS.iter().find(|(table, _)| *table == name).map_or(&[][..], |(_, keys)| keys);
    match table.iter().map(|(key, _)| key).find(|key| !known.contains(key)) {
        Some(unknown) => Err(unknown_key(name, unknown, known)),
        None => Ok(()),
    }
}

fn unknown_key(table: &str, unknown: &str, known: &[&str]) -> String {
    let place = if table.is_empty() { String::new() } else { format!(" in [{table}]") };
    let nearest = known
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(unknown, a).total_cmp(&strsim::jaro_winkler(unknown, b)));
    match nearest {
        Some(nearest) => format!("there is no setting `{unknown}`{place}; the nearest is `{nearest}`"),
        None => format!("there is no setting `{unknown}`{place}"),
    }
}
