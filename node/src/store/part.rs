//! A part of a table, so that several threads can read it at once.

use std::ops::RangeInclusive;

/// One of several parts that together are a whole table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    index: u8,
    of: u8,
}

impl Part {
    /// All of it.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// The parts of a table that is cut into so many, one at least.
    pub fn all(of: u8) -> impl Iterator<Item = Self> {
        let of = of.max(1);
        (0..of).map(move |index| Self { index, of })
    }

    /// Whether this is the part that holds everything when a table cannot be cut.
    pub(super) fn is_first(self) -> bool {
        self.index == 0
    }

    /// The places of this part, for places of this length that begin so and are spread evenly behind that.
    pub(super) fn places(self, start: &[u8], length: usize) -> RangeInclusive<Vec<u8>> {
        let cut = |index: u8| u16::from(index) * 256 / u16::from(self.of);
        // The last byte of a cut is below 256, and what ends with part `of` ends with 255.
        let low = u8::try_from(cut(self.index)).unwrap_or(u8::MAX);
        let high = u8::try_from(cut(self.index.saturating_add(1)).saturating_sub(1)).unwrap_or(u8::MAX);
        let mut first = [start, &[low]].concat();
        let mut last = [start, &[high]].concat();
        first.resize(length, 0);
        last.resize(length, u8::MAX);
        first..=last
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Part;

    #[test]
    fn every_place_lies_in_exactly_one_part() {
        for of in [1, 2, 3, 7, 16, 255] {
            let parts: Vec<_> = Part::all(of).map(|part| part.places(b"start", 8)).collect();
            for byte in 0..=255_u8 {
                let place = [&b"start"[..], &[byte, 7, 7]].concat();
                assert_eq!(parts.iter().filter(|part| part.contains(&place)).count(), 1, "{of} {byte}");
            }
        }
        assert_eq!(Part::all(0).count(), 1);
    }
}
