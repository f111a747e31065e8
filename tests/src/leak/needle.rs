//! A string that must not leave, and how it is looked for.

/// How a string is looked for in what would leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Anywhere, in every reading of the text, without regard to case and accents.
    Anywhere,
    /// As a whole word, in the readings that a person could see at a glance.
    Word,
    /// Anywhere in the text as it stands, case included: for codes that mean nothing in another spelling.
    Exact,
}

/// A string that must not leave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needle {
    /// The string.
    pub text: String,
    /// How it is looked for.
    pub how: How,
}

impl Needle {
    /// Found anywhere, in every reading.
    pub fn anywhere(text: impl Into<String>) -> Needle {
        Needle { text: text.into(), how: How::Anywhere }
    }

    /// Found as a whole word.
    pub fn word(text: impl Into<String>) -> Needle {
        Needle { text: text.into(), how: How::Word }
    }

    /// Found as it stands.
    pub fn exact(text: impl Into<String>) -> Needle {
        Needle { text: text.into(), how: How::Exact }
    }
}
