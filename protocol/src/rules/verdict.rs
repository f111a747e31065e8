//! What happens to a message that breaks a rule.

/// The consequence of a broken rule for the message; the sender's penalty stands beside it in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The message is kept and forwarded, and the finding is shown.
    Accept,
    /// The message is dropped without blame: honest peers send such things too.
    Ignore,
    /// The message is dropped, and whoever sent it has not checked what every member checks.
    Reject,
}

impl Verdict {
    /// The lower case name, for metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Ignore => "ignore",
            Self::Reject => "reject",
        }
    }
}
