//! What a text is: a zone file, a staff table, or a typed list. Decided by its first lines.

use super::people::Shape;
use super::staff;

/// How many lines are looked at.
const SAMPLE_LINES: usize = 400;

/// What a text is.
pub(super) enum Kind {
    Zone,
    Staff(Shape),
    List,
}

pub(super) fn of(text: &str) -> Kind {
    if is_zone(text) { Kind::Zone } else { staff::shape(text).map_or(Kind::List, Kind::Staff) }
}

/// A directive of RFC 1035, or a start of authority, or several records with a class or a time to live before their
/// type.
fn is_zone(text: &str) -> bool {
    let mut records = 0_usize;
    for line in text.lines().take(SAMPLE_LINES) {
        let line = line.split(';').next().unwrap_or_default();
        if line.starts_with("$ORIGIN") || line.starts_with("$TTL") {
            return true;
        }
        let words: Vec<&str> = line.split_whitespace().take(6).collect();
        let is =
            |word: Option<&&str>, wanted: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1);
            if word.eq_ignore_ascii_case("IN") && is(next, "SOA") {
                return true;
            }
            let types = ["A", "AAAA", "NS", "MX", "CNAME", "TXT", "SRV", "PTR", "CAA"];
            if at > 0 && word.eq_ignore_ascii_case("IN") && types.iter().any(|known| is(next, known)) {
                records += 1;
            }
        }
    }
    records >= 2
}
