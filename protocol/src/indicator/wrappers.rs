//! What a sentence or a markup language puts around a value.

/// `value` without the quotes, brackets and punctuation that a sentence or a markup language puts around it. A bracket
/// that has its partner inside (`/wiki/Fire_(tower)`) stays.
pub(crate) fn trim_wrappers(value: &str) -> &str {
    let mut rest = value.trim();
    let mut brackets = Brackets::count(rest);
    loop {
        let before = rest.len();
        rest = rest.trim();
        // AsciiDoc's passthrough; a single plus may be part of a value.
        rest = rest.strip_prefix("++").unwrap_or(rest);
        rest = rest.strip_suffix("++").unwrap_or(rest);
        if let Some(first) = rest.chars().next()
            && (trims_at_start(first, rest) || brackets.opens_for_nothing(first, rest))
        {
            brackets.forget(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
        if let Some(last) = rest.chars().next_back()
            && (trims_at_end(last) || brackets.closes_nothing(last))
        {
            brackets.forget(last);
            rest = rest.get(..rest.len().saturating_sub(last.len_utf8())).unwrap_or_default();
        }
        if rest.len() == before {
            return rest;
        }
    }
}

fn is_quote(character: char) -> bool {
    matches!(
        character,
        '"' | '\''
            | '`'
            | '\u{201c}'
            | '\u{201d}'
            | '\u{201e}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201a}'
            | '«'
            | '»'
    )
}

fn trims_at_start(first: char, rest: &str) -> bool {
    is_quote(first)
        || matches!(first, '<' | '>' | ',' | ';' | '|')
        || (first == '*' && !rest.starts_with("*."))
}

fn trims_at_end(last: char) -> bool {
    is_quote(last) || matches!(last, '<' | '>' | '.' | ',' | ';' | ':' | '!' | '?' | '|' | '*' | '…' | '。')
}

/// How many of each bracket a value has.
struct Brackets {
    counts: [usize; 6],
}

impl Brackets {
    const ALL: [char; 6] = ['(', '[', '{', ')', ']', '}'];

    fn count(value: &str) -> Brackets {
        let mut counts = [0_usize; 6];
        for character in value.chars() {
            if let Some(count) = Brackets::index(character).and_then(|index| counts.get_mut(index)) {
                *count = count.saturating_add(1);
            }
        }
        Brackets { counts }
    }

    fn index(character: char) -> Option<usize> {
        Brackets::ALL.iter().position(|bracket| *bracket == character)
    }

    fn of(&self, index: usize) -> usize {
        self.counts.get(index).copied().unwrap_or(0)
    }

    fn forget(&mut self, character: char) {
        if let Some(count) = Brackets::index(character).and_then(|index| self.counts.get_mut(index)) {
            *count = count.saturating_sub(1);
        }
    }

    /// An opening bracket in front whose partner is missing, or is the last character.
    fn opens_for_nothing(&self, first: char, rest: &str) -> bool {
        match Brackets::index(first) {
            Some(index) if index < 3 => {
                let partner = index.saturating_add(3);
                self.of(index) > self.of(partner)
                    || Brackets::ALL.get(partner).is_some_and(|closing| rest.ends_with(*closing))
            }
            _ => false,
        }
    }

    fn closes_nothing(&self, last: char) -> bool {
        match Brackets::index(last) {
            Some(index) if index >= 3 => self.of(index) > self.of(index.saturating_sub(3)),
            _ => false,
        }
    }
}
