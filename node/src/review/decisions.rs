//! What the person decided about single indicators: `decisions.toml` in the home, which a person may edit.
//!
//! A file that cannot be understood stops what needs it and stays as it is: a decision to keep something home must not
//! get lost.

use std::io::ErrorKind;

use serde::{Deserialize, Serialize};
use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::{Decisions, Verdict};

use crate::clock;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{Home, files};

const FILE: &str = "decisions.toml";
const SCHEMA: i64 = 1;
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Above so many, the oldest go.
const MAX_DECISIONS: usize = 20_000;
const HEAD: &str = "# What you decided about single indicators in `watchfire review`. `watchfire sanitizer forget VALUE` undoes one.\n";

/// One decision.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The indicator's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its normal form.
    pub value: String,
    /// What is done with it.
    pub verdict: Word,
    /// The rule that had held it.
    pub rule: u16,
    /// When, in RFC 3339.
    pub decided: String,
}

/// A verdict as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// It may leave.
    Share,
    /// It stays home.
    Keep,
}

impl Word {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Word::Share => "share",
            Word::Keep => "keep",
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: i64,
    #[serde(default, rename = "decision")]
    decisions: Vec<Decided>,
}

impl Decided {
    /// A decision of now.
    pub fn now(indicator: &Indicator, verdict: Word, rule: u16) -> Decided {
        Decided {
            kind: indicator.kind().as_str().to_owned(),
            value: indicator.value().to_owned(),
            verdict,
            rule,
            decided: clock::rfc3339(clock::now()),
        }
    }

    fn indicator(&self) -> Option<Indicator> {
        let kind: Kind = self.kind.parse().ok()?;
        Indicator::parse(kind, &self.value).ok()
    }
}

/// Every decision of a home, oldest first; none when there is no file.
pub fn load(home: &Home) -> Result<Vec<Decided>> {
    let bytes = match files::read(&home.root().join(FILE), MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(home.unreadable(FILE, &error)),
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| invalid(home, "it is not UTF-8 text"))?;
    let file: File = toml_edit::de::from_str(text).map_err(|error| invalid(home, error.message()))?;
    if file.schema != SCHEMA {
        return Err(invalid(home, "it was written by another version of Watchfire"));
    }
    match file.decisions.iter().find(|decided| decided.indicator().is_none()) {
        Some(_) => Err(invalid(home, "one of its values is no indicator of its type")),
        None => Ok(file.decisions),
    }
}

/// The decisions as the sanitizer takes them.
pub fn policy(home: &Home) -> Result<Decisions> {
    let decided = load(home)?;
    let each = decided.iter().filter_map(|decided| {
        let verdict = match decided.verdict {
            Word::Share => Verdict::Share,
            Word::Keep => Verdict::Keep,
        };
        Some((decided.indicator()?, verdict))
    });
    Ok(each.collect())
}

/// Changes the decisions, as a whole or not at all. A later decision about a value replaces an earlier one.
pub fn change(home: &Home, change: impl FnOnce(&mut Vec<Decided>) -> Result<()>) -> Result<()> {
    let edit = home.lock_for_edit()?;
    let before = load(home)?;
    let mut after = before.clone();
    change(&mut after)?;
    if after == before {
        return Ok(());
    }
    let mut seen = std::collections::BTreeSet::new();
    after.reverse();
    after.retain(|decided| seen.insert((decided.kind.clone(), decided.value.clone())));
    after.truncate(MAX_DECISIONS);
    after.reverse();
    let file = File { schema: SCHEMA, decisions: after };
    let text = toml_edit::ser::to_string_pretty(&file).map_err(|error| invalid(home, &error.to_string()))?;
    home.write(FILE, format!("{HEAD}{text}").as_bytes(), &edit)
}

fn invalid(home: &Home, fault: &str) -> Error {
    Error::new(
        Exit::Failed,
        "decisions-invalid",
        format!("{}: {fault}", home.root().join(FILE).display()),
        "correct that, or move the file away to forget all decisions",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use watchfire_protocol::indicator::{Indicator, Kind};
    use watchfire_protocol::sanitize::Verdict;

    use super::{Decided, Word, change, load, policy};
    use crate::home::Home;

    #[test]
    fn decisions_survive_and_the_last_one_about_a_value_counts() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let indicator = Indicator::parse(Kind::Domain, "evil.net").unwrap();
        for verdict in [Word::Share, Word::Keep] {
            change(&home, |decided| {
                decided.push(Decided::now(&indicator, verdict, 506));
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(load(&home).unwrap().len(), 1);
        assert_eq!(policy(&home).unwrap().about(&indicator), Some(Verdict::Keep));
        assert_eq!(crate::home::files::mode(&folder.path().join("decisions.toml")).unwrap(), 0o600);
    }

    #[test]
    fn a_damaged_file_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        for text in
            ["schema = 2\n", "schema = 1\n[[decision]]\ntype = \"domain\"\n", "schema = 1\nx = 1\n", "["]
        {
            std::fs::write(folder.path().join("decisions.toml"), text).unwrap();
            assert_eq!(policy(&home).unwrap_err().code(), "decisions-invalid");
            assert!(change(&home, |_| Ok(())).is_err());
        }
    }
}
