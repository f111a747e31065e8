//! Looks for what was planted in what would leave, and for what should leave.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use watchfire::sanitizing::{Policy, Wish, sanitize};

use super::case::{Case, Wanted};
use super::needle::How;
use super::views::{fold, readings};

/// What became of a case.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Every text that would leave.
    pub texts: Vec<String>,
    /// Kept indicators: type and value.
    pub kept: Vec<(String, String)>,
    /// The rules that changed something: number, kind, before, after.
    pub changed: Vec<(u16, String, String, String)>,
    /// Why nothing leaves, if so.
    pub stopped: Option<(String, String)>,
}

/// Something that leaked.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The plant's place in the case.
    pub plant: usize,
    /// The string that was found.
    pub needle: String,
    /// The outgoing text in which it was found.
    pub text: String,
}

impl Outcome {
    /// Runs the sanitizer on a case.
    pub fn of(case: &Case) -> Outcome {
        let wish = Wish {
            name: Some(case.name.to_owned()),
            title: case.title.clone(),
            summary: case.summary.clone(),
            ..Wish::default()
        };
        let policy = Policy { own: case.own.clone(), ..Policy::default() };
        let done = match sanitize(&case.bytes, &wish, &policy) {
            Ok(done) => done,
            Err(error) => {
                return Outcome {
                    stopped: Some(("unreadable".into(), error.to_string())),
                    ..Outcome::default()
                };
            }
        };
        let pair = |kind: &str, value: &str| (kind.to_owned(), value.to_owned());
        let kept = done
            .kept
            .iter()
            .map(|kept| pair(kept.indicator.kind().as_str(), kept.indicator.value()))
            .collect();
        let changed = done
            .changed
            .iter()
            .map(|change| {
                let after = change.after.clone().unwrap_or_default();
                (change.rule, change.kind.as_str().to_owned(), change.before.clone(), after)
            })
            .collect();
        match done.outcome {
            Ok(outgoing) => Outcome {
                texts: outgoing.texts(&done.kept).map(str::to_owned).collect(),
                kept,
                changed,
                stopped: None,
            },
            Err(error) => {
                let stopped = Some((error.code().to_owned(), error.to_string()));
                Outcome { texts: Vec::new(), kept: Vec::new(), changed, stopped }
            }
        }
    }
}

/// What leaked, and of what should leave, which did.
pub fn check(case: &Case, outcome: &Outcome) -> (Vec<Finding>, Vec<bool>) {
    let kept = case.wanted.iter().map(|wanted| is_kept(wanted, &outcome.kept)).collect();
    (leaks(case, &outcome.texts), kept)
}

/// What of a case's secrets stands in these texts.
pub fn leaks(case: &Case, texts: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for text in texts {
        let seen = readings(text);
        let glance = fold(text);
        let decoded = fold(&percent_decode_str(text).decode_utf8_lossy());
        let mut met = Vec::new();
        for (plant, planted) in case.plants.iter().enumerate() {
            let found = planted.needles.iter().find(|needle| match needle.how {
                How::Anywhere => {
                    let wanted = fold(&needle.text);
                    seen.iter().any(|reading| reading.contains(&wanted))
                }
                How::Word => has_word(&glance, &fold(&needle.text)),
                How::Exact => text.contains(&needle.text),
            });
            if let Some(needle) = found {
                // The same person is planted in several places: a text is put down to what was written like that, or
                // else to what is the hardest to see.
                let written = fold(&planted.written);
                let far = match () {
                    () if written.is_empty() => 2,
                    () if glance.contains(&written) => 0,
                    () if decoded.contains(&written) => 1,
                    () => 2 + usize::from(planted.promised),
                };
                met.push((far, Finding { plant, needle: needle.text.clone(), text: text.clone() }));
            }
        }
        let nearest = met.iter().map(|(far, _)| *far).min().unwrap_or(0);
        met.retain(|(far, _)| *far == nearest);
        if nearest >= 2 {
            met.truncate(1);
        }
        findings.extend(met.into_iter().map(|(_, finding)| finding));
    }
    let mut known = BTreeSet::new();
    findings.retain(|finding| known.insert(finding.plant));
    findings
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn is_kept(wanted: &Wanted, kept: &[(String, String)]) -> bool {
    kept.iter().any(|(kind, value)| match wanted {
        Wanted::Value(wanted_kind, wanted) => kind == wanted_kind && value == wanted,
        Wanted::Url { host, stable } => {
            let named = value.split("://").nth(1).unwrap_or("").split('/').next().unwrap_or("");
            kind == "url"
                && named.ends_with(host.as_str())
                && stable.iter().all(|part| value.contains(part.as_str()))
        }
        Wanted::At(domain) => matches!(kind.as_str(), "email" | "domain") && value.ends_with(domain.as_str()),
    })
}
