//! Which parts of a pattern are plain values.
//!
//! Decides this: `OR` splits, because either side alone is what the author called malicious; a property that
//! has a type of ours and is compared with `=` or `IN` becomes its values; everything else (`AND`, `FOLLOWEDBY`,
//! qualifiers, `LIKE`, properties without a type) stays a pattern as it was written, because a part of it alone
//! was not called malicious. Two kinds of `AND` are plain all the same: a file named by its hashes (each alone
//! names that file, whatever name or size stands beside), and a reference whose object type is spelt out
//! (`dst_ref.type = 'ipv4-addr' AND dst_ref.value = ...`).

use std::ops::Range;

use watchfire_protocol::indicator::Kind;

use super::{Comparison, Join, Literal, Observation, Operator, Path, Pattern, Test};
use crate::formats::values::Wanted;

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// A plain value.
    Value {
        /// What the property says it is.
        wanted: Wanted,
        /// The property, as in `file:name`.
        property: String,
        /// The value.
        value: String,
    },
    /// A part that stays a pattern, valid by itself when the whole is strict.
    Pattern(String),
    /// A part that names the recipient of a mail, and so the one who was attacked.
    Recipient,
}

/// Splits a pattern into what it says independently.
pub(crate) fn split(pattern: &Pattern<'_>) -> Vec<Leaf> {
    let mut splitter = Splitter { text: pattern.text, leaves: Vec::new() };
    splitter.observation(&pattern.root);
    splitter.leaves
}

struct Splitter<'t> {
    text: &'t str,
    leaves: Vec<Leaf>,
}

impl Splitter<'_> {
    fn observation(&mut self, observation: &Observation) {
        match observation {
            Observation::Joined(Join::Or, parts, _) => parts.iter().for_each(|part| self.observation(part)),
            Observation::Test(test, _) => self.comparison(test),
            Observation::Joined(_, _, place) | Observation::Qualified(_, place) => {
                let kept = self.cut(place);
                self.keep(kept, observation_names_recipient(observation));
            }
        }
    }

    fn comparison(&mut self, comparison: &Comparison) {
        let plain = match comparison {
            Comparison::Or(parts, _) => return parts.iter().for_each(|part| self.comparison(part)),
            Comparison::Test(test, _) => plain_test(test),
            Comparison::And(parts, _) => plain_and(parts),
        };
        match plain {
            Some(values) => self.leaves.extend(values),
            None => {
                let kept = format!("[{}]", self.cut(comparison.place()));
                self.keep(kept, comparison_names_recipient(comparison));
            }
        }
    }

    fn keep(&mut self, kept: String, names_recipient: bool) {
        self.leaves.push(if names_recipient { Leaf::Recipient } else { Leaf::Pattern(kept) });
    }

    fn cut(&self, place: &Range<usize>) -> String {
        self.text.get(place.clone()).unwrap_or("").to_owned()
    }
}

impl Comparison {
    fn place(&self) -> &Range<usize> {
        match self {
            Comparison::Test(_, place) | Comparison::And(_, place) | Comparison::Or(_, place) => place,
        }
    }
}

fn plain_test(test: &Test) -> Option<Vec<Leaf>> {
    let wanted = wanted(&test.path)?;
    let plain = match test.operator {
        Operator::Equal | Operator::In => true,
        Operator::IsSubset => wanted == Wanted::Kind(Kind::Cidr),
        Operator::IsSuperset | Operator::Other => false,
    };
    if test.negated || !plain {
        return None;
    }
    let value = |literal: &Literal| match literal {
        Literal::Text(text) | Literal::Number(text) => {
            Some(Leaf::Value { wanted: wanted.clone(), property: test.path.to_string(), value: text.clone() })
        }
        Literal::Other(_) => None,
    };
    test.values.iter().map(value).collect()
}

fn plain_and(parts: &[Comparison]) -> Option<Vec<Leaf>> {
    let tests: Vec<&Test> = parts
        .iter()
        .map(|part| match part {
            Comparison::Test(test, _) if !test.negated => Some(test),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let hashes: Vec<&Test> = tests.iter().copied().filter(|test| is_file_hash(test)).collect();
    if !hashes.is_empty() && tests.iter().all(|test| test.path.object == "file") {
        return Some(hashes.into_iter().filter_map(plain_test).flatten().collect());
    }
    if let Some(account) = account(&tests) {
        return Some(vec![account]);
    }
    let mut telling =
        tests.into_iter().filter(|test| test.path.steps.last().is_none_or(|step| step != "type"));
    match (telling.next(), telling.next()) {
        (Some(only), None) => plain_test(only),
        _ => None,
    }
}

fn is_file_hash(test: &Test) -> bool {
    test.operator == Operator::Equal
        && test.path.object == "file"
        && test.path.steps.first().is_some_and(|step| step == "hashes")
        && wanted(&test.path).is_some()
}

/// `user-account:account_type = 'x' AND user-account:account_login = 'y'` is the account `y` at `x`.
fn account(tests: &[&Test]) -> Option<Leaf> {
    let [first, second] = tests else { return None };
    let part = |test: &Test, property: &str| match (test.operator, test.values.as_slice()) {
        (Operator::Equal, [Literal::Text(value)])
            if test.path.object == "user-account" && test.path.steps == [property] =>
        {
            Some(value.clone())
        }
        _ => None,
    };
    let platform = part(first, "account_type").or_else(|| part(second, "account_type"))?;
    let name = ["account_login", "user_id"]
        .into_iter()
        .find_map(|property| part(first, property).or_else(|| part(second, property)))?;
    let property = "user-account:account_login".to_owned();
    Some(Leaf::Value { wanted: Wanted::Account(platform), property, value: name })
}

/// The type of ours that a property holds.
fn wanted(path: &Path) -> Option<Wanted> {
    let steps: Vec<&str> = path.steps.iter().map(String::as_str).collect();
    let kind = match (path.object.as_str(), steps.as_slice()) {
        ("domain-name", ["value"]) => Kind::Domain,
        ("ipv4-addr" | "ipv6-addr", ["value"]) => Kind::Cidr,
        ("network-traffic", ["src_ref" | "dst_ref", "value"]) => return Some(Wanted::Network),
        ("domain-name", ["resolves_to_refs", "[*]", "value"]) => return Some(Wanted::Network),
        ("file" | "artifact", ["hashes", algorithm]) => return hash_kind(algorithm).map(Wanted::Kind),
        ("x509-certificate", ["hashes", _]) => Kind::Certificate,
        ("url", ["value"]) => Kind::Url,
        ("email-addr", ["value"]) => Kind::Email,
        ("email-message", ["from_ref" | "sender_ref", "value"]) => Kind::Email,
        ("file", ["name"]) => Kind::Filename,
        ("autonomous-system", ["number"]) => Kind::Asn,
        ("network-traffic", ["extensions", "http-request-ext", "request_header", header])
            if header.eq_ignore_ascii_case("user-agent") =>
        {
            Kind::UserAgent
        }
        ("user-account", ["account_login" | "user_id"]) => Kind::Account,
        ("vulnerability", ["name"]) => Kind::Cve,
        // Objects of other tools (OpenCTI) and of our own export.
        ("user-agent", ["value"]) => Kind::UserAgent,
        ("phone-number" | "x-watchfire-phone", ["value"]) => Kind::Phone,
        ("cryptocurrency-wallet" | "x-watchfire-crypto-address", ["value"]) => Kind::CryptoAddress,
        ("x-watchfire-account", ["value"]) => Kind::Account,
        ("x-watchfire-hashtag", ["value"]) => Kind::Hashtag,
        ("x-watchfire-app", ["value"]) => Kind::App,
        ("x-watchfire-tls", ["ja3"]) => Kind::Ja3,
        ("x-watchfire-tls", ["ja4"]) => Kind::Ja4,
        _ => return None,
    };
    Some(Wanted::Kind(kind))
}

/// The hash of that name, however it is spelt.
pub(crate) fn hash_kind(algorithm: &str) -> Option<Kind> {
    let plain: String = algorithm.chars().filter(char::is_ascii_alphanumeric).collect();
    Some(match plain.to_ascii_uppercase().as_str() {
        "MD5" => Kind::Md5,
        "SHA1" => Kind::Sha1,
        "SHA256" => Kind::Sha256,
        "SHA512" => Kind::Sha512,
        "SSDEEP" => Kind::Ssdeep,
        "TLSH" => Kind::Tlsh,
        _ => return None,
    })
}

fn observation_names_recipient(observation: &Observation) -> bool {
    match observation {
        Observation::Test(test, _) => comparison_names_recipient(test),
        Observation::Joined(_, parts, _) => parts.iter().any(observation_names_recipient),
        Observation::Qualified(inner, _) => observation_names_recipient(inner),
    }
}

fn comparison_names_recipient(comparison: &Comparison) -> bool {
    match comparison {
        Comparison::Test(test, _) => {
            test.path.object == "email-message"
                && test.path.steps.iter().any(|step| {
                    matches!(
                        step.as_str(),
                        "to_refs" | "cc_refs" | "bcc_refs" | "received_lines" | "raw_email_ref"
                    )
                })
        }
        Comparison::And(parts, _) | Comparison::Or(parts, _) => parts.iter().any(comparison_names_recipient),
    }
}
