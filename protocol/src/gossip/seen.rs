//! Ids that were admitted before, in bounded memory.

use alloc::collections::BTreeSet;

use watchfire_keys::ids::EnvelopeId;

/// Ids a generation holds; two generations live, 32 bytes an id and the tree's overhead: about 6 MiB when full.
const GENERATION: usize = 65_536;

/// A set that forgets its oldest half when it is full.
///
/// Forgetting is harmless: a forgotten envelope is opened again and found to be held already.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    young: BTreeSet<EnvelopeId>,
    old: BTreeSet<EnvelopeId>,
}

impl Seen {
    /// Whether the id was remembered.
    pub fn contains(&self, id: &EnvelopeId) -> bool {
        self.young.contains(id) || self.old.contains(id)
    }

    /// How many ids are remembered.
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Remembers an id; `false` if it was known.
    pub fn insert(&mut self, id: EnvelopeId) -> bool {
        if self.contains(&id) {
            return false;
        }
        if self.young.len() >= GENERATION {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_stays_bounded_and_the_newest_are_remembered() {
        let mut seen = Seen::default();
        let id = |n: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&(n as u64).to_le_bytes());
            EnvelopeId::from_bytes(bytes)
        };
        for n in 0..3 * GENERATION {
            assert!(seen.insert(id(n)));
            assert!(!seen.insert(id(n)));
        }
        assert!(seen.young.len() + seen.old.len() <= 2 * GENERATION);
        assert!(seen.contains(&id(3 * GENERATION - 1)) && !seen.contains(&id(0)));
    }
}
