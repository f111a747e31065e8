//! STIX patterning (STIX 2.1, section 9): what a pattern says, and which plain values it names.
//!
//! [`parse`] decides whether a text is a pattern at all; [`split`](understand::split) decides which parts of it
//! are plain values of ours and which have to stay patterns. Neither matches a pattern against anything.

mod lex;
mod parse;
#[cfg(test)]
mod tests;
mod understand;

pub(crate) use parse::{Pattern, parse};
pub(crate) use understand::hash_kind;
pub(crate) use understand::{Leaf, split};

use std::fmt;
use std::ops::Range;

/// A whole pattern: a tree of observations.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Observation {
    /// `[ ... ]`, with its place in the text, brackets included.
    Test(Comparison, Range<usize>),
    /// Observations joined by one word, with their place in the text.
    Joined(Join, Vec<Observation>, Range<usize>),
    /// With `WITHIN`, `REPEATS` or `START ... STOP`, with its place in the text.
    Qualified(Box<Observation>, Range<usize>),
}

/// How observations are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// Either.
    Or,
    /// Both, in any order.
    And,
    /// The one after the other.
    FollowedBy,
}

/// What stands between square brackets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Comparison {
    /// One property compared, with its place in the text.
    Test(Test, Range<usize>),
    /// All of these, with their place in the text.
    And(Vec<Comparison>, Range<usize>),
    /// Any of these, with their place in the text.
    Or(Vec<Comparison>, Range<usize>),
}

/// One property compared with one or more values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    /// The object and its property.
    pub path: Path,
    /// True after `NOT`.
    pub negated: bool,
    /// How they are compared.
    pub operator: Operator,
    /// The values: one, or those of `IN`; none for `EXISTS`.
    pub values: Vec<Literal>,
}

/// `file:hashes.'SHA-256'` is the object `file` with the steps `hashes` and `SHA-256`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// The object type.
    pub object: String,
    /// The steps below it; a list index is `[n]` or `[*]`.
    pub steps: Vec<String>,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.object, self.steps.join("."))
    }
}

/// How a property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `=` or `==`.
    Equal,
    /// `!=`, `<>`, `<`, `>`, `<=`, `>=`, `LIKE`, `MATCHES` or `EXISTS`: says no plain value.
    Other,
    /// `IN (...)`.
    In,
    /// `ISSUBSET`, of an address range.
    IsSubset,
    /// `ISSUPERSET`, of an address range.
    IsSuperset,
}

/// A value in a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    /// A string, escapes resolved.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A boolean, a time, or bytes, as written.
    Other(String),
}
