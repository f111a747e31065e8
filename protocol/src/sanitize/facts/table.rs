//! A file of facts as a table that the compiler builds: looking a name up costs one hash, and starting up nothing.
//!
//! A file has one entry a line in lower-case ASCII without blanks; `#` begins a line that says where the entries are from.

/// The entries of one file, by their hash; an empty slot is an empty string.
pub(super) struct Table<const SLOTS: usize> {
    slots: [&'static str; SLOTS],
}

impl<const SLOTS: usize> Table<SLOTS> {
    /// The table of a file; building fails when an entry is malformed, stands there twice, or too many are there.
    pub(super) const fn of(file: &'static str) -> Table<SLOTS> {
        let mut slots = [""; SLOTS];
        let mut count = 0;
        let mut rest = file;
        while !rest.is_empty() {
            let (line, after) = rest.split_at(line_end(rest));
            rest = after.split_at(if after.is_empty() { 0 } else { 1 }).1;
            if line.is_empty() || line.as_bytes()[0] == b'#' {
                continue;
            }
            let mut at = hash(line) as usize % SLOTS;
            while !slots[at].is_empty() {
                assert!(!same(slots[at], line), "a fact stands there twice");
                at = (at + 1) % SLOTS;
            }
            slots[at] = line;
            count += 1;
            assert!(count * 2 <= SLOTS, "a table of facts is too full");
        }
        Table { slots }
    }

    /// Whether `name` is an entry.
    pub(super) fn has(&self, name: &str) -> bool {
        self.has_hashed(name, hash(name))
    }

    /// The same for a name whose [`hash`] is known, which serves every table.
    pub(super) fn has_hashed(&self, name: &str, hash: u32) -> bool {
        // Widening on every machine that this runs on: a usize has 32 bits or more.
        let start = hash as usize % SLOTS;
        let from_start = self.slots.iter().skip(start).chain(self.slots.iter().take(start));
        !name.is_empty() && from_start.take_while(|slot| !slot.is_empty()).any(|slot| *slot == name)
    }

    /// Every entry, in no order that means anything.
    pub(super) fn entries(&self) -> impl Iterator<Item = &'static str> {
        self.slots.iter().copied().filter(|slot| !slot.is_empty())
    }
}

const fn line_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() && bytes[at] != b'\n' {
        let byte = bytes[at];
        assert!(bytes[0] == b'#' || (byte > b' ' && byte < 0x7f && !byte.is_ascii_uppercase()));
        at += 1;
    }
    at
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// FNV-1a of 32 bits, which the tables fold to the number of their slots. The names looked up are hostile, the table is not: nobody can make
/// its entries collide, and a look-up stops at the first empty slot.
pub(super) const fn hash(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let mut hash = 0x811c_9dc5_u32;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_becomes_a_table() {
        const TABLE: Table<8> = Table::of("# a source\n\none.net\ntwo.net\n# another\nthree.net");
        assert_eq!(TABLE.entries().count(), 3);
        assert!(TABLE.has("one.net") && TABLE.has("two.net") && TABLE.has("three.net"));
        assert!(!TABLE.has("four.net") && !TABLE.has("") && !TABLE.has("# a source"));
    }
}
