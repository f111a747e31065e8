//! Warninglists: lists of what is harmless or what many depend on, in MISP's terms.

/// The warninglists that a member has taken over.
#[derive(Clone, Debug, Default)]
pub struct Warninglists {}

impl Warninglists {
    /// None.
    pub fn none() -> Warninglists {
        Warninglists::default()
    }
}
