//! Ids that were admitted before, in bounded memory.

use alloc::collections::BTreeMap;

use watchfire_keys::ids::EnvelopeId;

/// Ids a generation holds; two generations live, 32 bytes an id, the note and the tree's overhead: some 8 MiB when full.
const GENERATION: usize = 65_536;

/// A set that forgets its oldest half when it is full, with a note on each id.
///
/// Forgetting is harmless: a forgotten envelope is opened again and found to be held already.
#[derive(Clone, Debug)]
pub struct Seen<N = ()> {
    young: BTreeMap<EnvelopeId, N>,
    old: BTreeMap<EnvelopeId, N>,
}

impl<N> Default for Seen<N> {
    fn default() -> Self {
        Self { young: BTreeMap::new(), old: BTreeMap::new() }
    }
}

impl<N> Seen<N> {
    /// Whether the id was remembered.
    pub fn contains(&self, id: &EnvelopeId) -> bool {
        self.note_on(id).is_some()
    }

    /// What was noted on it, if it was remembered.
    pub fn note_on(&self, id: &EnvelopeId) -> Option<&N> {
        self.young.get(id).or_else(|| self.old.get(id))
    }

    /// How many ids are remembered.
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Remembers an id and notes something on it; `false` if it was known.
    pub fn insert_noting(&mut self, id: EnvelopeId, note: N) -> bool {
        if self.contains(&id) {
            return false;
        }
        if self.young.len() >= GENERATION {
            self.old = core::mem::take(&mut self.young);
        }
        self.young.insert(id, note).is_none()
    }
}

impl Seen {
    /// Remembers an id; `false` if it was known.
    pub fn insert(&mut self, id: EnvelopeId) -> bool {
        self.insert_noting(id, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_stays_bounded_and_the_newest_are_remembered() {
        let mut seen: Seen = Seen::default();
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
