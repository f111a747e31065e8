//! Where a value stood in a file, small enough to remember a million of them.

use std::fmt;
use std::sync::Arc;

/// Where an indicator stood. Shown to people as `line 3`, `line 3, column domain` or in a reader's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of a text, from 1.
    Line(u32),
    /// A cell: its line and its column.
    Cell(u32, Arc<Words>),
    /// Anything else: `attribute 12`.
    Other(Box<Words>),
}

/// Words for people. (In a box of its own, so that a [`Place`] has 16 bytes.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Box<str>);

impl Place {
    /// A cell of a table.
    pub fn cell(line: u64, column: &str) -> Place {
        Place::Cell(narrow(line), Arc::new(Words(column.into())))
    }

    /// The same place, with the name of its column shared with others in `names`.
    pub(super) fn sharing(self, names: &mut Vec<Arc<Words>>) -> Place {
        /// More columns than this are not worth the search.
        const MAX_NAMES: usize = 32;
        let Place::Cell(line, column) = self else { return self };
        if let Some(known) = names.iter().find(|known| **known == column) {
            return Place::Cell(line, Arc::clone(known));
        }
        if names.len() < MAX_NAMES {
            names.push(Arc::clone(&column));
        }
        Place::Cell(line, column)
    }
}

impl From<String> for Place {
    fn from(words: String) -> Place {
        Place::Other(Box::new(Words(words.into_boxed_str())))
    }
}

impl From<&str> for Place {
    fn from(words: &str) -> Place {
        words.to_owned().into()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Cell(line, column) => write!(f, "line {line}, {}", column.0),
            Place::Other(words) => f.write_str(&words.0),
        }
    }
}

impl PartialEq<&str> for Place {
    fn eq(&self, other: &&str) -> bool {
        let shown = self.to_string();
        shown == *other
    }
}

fn narrow(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_is_small_and_columns_are_shared() {
        assert_eq!(size_of::<Place>(), 16);
        let mut names = Vec::new();
        let places = (1..100).map(|line| Place::cell(line, "column domain").sharing(&mut names)).last();
        assert_eq!(places.map(|place| place.to_string()).as_deref(), Some("line 99, column domain"));
        assert_eq!(names.len(), 1);
    }
}
