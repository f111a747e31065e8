//! Which part of a text was changed, so that only that part is marked.

use std::ops::Range;

/// The part of `before` and the part of `after` that differ: what is left when the same beginning and the same end are
/// taken off, each on a boundary of characters.
pub(super) fn changed(before: &str, after: &str) -> (Range<usize>, Range<usize>) {
    let head = common(before.chars(), after.chars());
    let (rest_before, rest_after) =
        (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
    let tail = common(rest_before.chars().rev(), rest_after.chars().rev());
    (head..before.len().saturating_sub(tail), head..after.len().saturating_sub(tail))
}

/// How many bytes the same characters at the beginning take.
fn common(left: impl Iterator<Item = char>, right: impl Iterator<Item = char>) -> usize {
    left.zip(right).take_while(|(left, right)| left == right).map(|(character, _)| character.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::changed;

    fn parts<'t>(before: &'t str, after: &'t str) -> (&'t str, &'t str) {
        let (left, right) = changed(before, after);
        (before.get(left).unwrap_or("?"), after.get(right).unwrap_or("?"))
    }

    #[test]
    fn only_what_differs_is_marked() {
        assert_eq!(
            parts("https://x.net/a?e=anna@smith.org&p=1", "https://x.net/a?e=removed&p=1"),
            ("anna@smith.org", "removed")
        );
        assert_eq!(parts("https://anna@x.net/", "https://x.net/"), ("anna@", ""));
        assert_eq!(parts("aaa", "aa"), ("a", ""));
        assert_eq!(parts("né", "nè"), ("é", "è"));
        assert_eq!(parts("same", "same"), ("", ""));
        assert_eq!(parts("", "new"), ("", "new"));
    }
}
