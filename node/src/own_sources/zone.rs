//! A DNS zone file as BIND has it (RFC 1035, section 5): the zone's names are the member's domains, its addresses the
//! member's networks.
//!
//! Reads owner names and `A` and `AAAA` records. Follows no `$INCLUDE`, unfolds no `$GENERATE`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Basket, Gathered, SourceError, count};
use crate::settings::own_domain;

/// More records than this are not read.
const MAX_RECORDS: usize = 200_000;

const CLASSES: [&str; 4] = ["IN", "CH", "HS", "CS"];

pub(super) fn read(text: &str, name: Option<&str>) -> Result<Gathered, SourceError> {
    let mut zone = Zone { origin: name.and_then(zone_of_file), ..Zone::default() };
    for (records, line) in Lines::of(text).enumerate() {
        if records >= MAX_RECORDS {
            zone.notes.push(format!("only the first {MAX_RECORDS} records were read"));
            break;
        }
        zone.line(&line);
    }
    let Zone { names, networks, mut notes, unplaced, .. } = zone;
    let mut basket = Basket::default();
    let is_under = |name: &str| {
        let mut parent = name;
        std::iter::from_fn(|| {
            parent = parent.split_once('.')?.1;
            Some(parent)
        })
        .any(|parent| names.contains(parent))
    };
    // Everything under a domain counts too, so that the zone's own name is enough.
    names.iter().filter(|name| !is_under(name)).for_each(|name| basket.domain(name));
    networks.iter().for_each(|address| basket.network(address));
    if basket.list.domains.is_empty() && unplaced > 0 {
        return Err(SourceError::Whole(
            "the zone file does not say which zone it is".to_owned(),
            "a first line such as `$ORIGIN smith2028.org.`, or name the file smith2028.org.zone".to_owned(),
        ));
    }
    if unplaced > 0 {
        notes.push(format!("{} without a zone to stand in were left out", count(unplaced, "name", "names")));
    }
    let list = basket.list;
    let understood = format!(
        "a DNS zone file: {}, {}",
        count(list.domains.len(), "domain", "domains"),
        count(list.networks.len(), "address", "addresses")
    );
    Ok(Gathered { list, understood, notes, ..Gathered::default() })
}

#[derive(Default)]
struct Zone {
    origin: Option<String>,
    /// The last owner, for records that begin with a blank.
    owner: Option<String>,
    names: BTreeSet<String>,
    networks: BTreeSet<String>,
    /// Names that stand below an origin that nobody named.
    unplaced: usize,
    notes: Vec<String>,
}

impl Zone {
    fn line(&mut self, line: &Line) {
        let mut words = line.words.iter().map(String::as_str);
        let Some(first) = words.next() else { return };
        if first.starts_with('$') {
            match (first.to_ascii_uppercase().as_str(), words.next()) {
                ("$ORIGIN", Some(origin)) => self.origin = self.absolute(origin),
                ("$INCLUDE", _) => self.notes.push("a file that it includes was not read".to_owned()),
                ("$GENERATE", _) => self.notes.push("names that it generates were not read".to_owned()),
                _ => {}
            }
            return;
        }
        let mut rest: Vec<&str> = words.collect();
        if line.is_indented {
            rest.insert(0, first);
        } else {
            self.owner = self.absolute(first);
            if self.owner.is_none() {
                self.unplaced = self.unplaced.saturating_add(1);
            }
        }
        let is_time = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let is_class = |word: &str| CLASSES.iter().any(|class| word.eq_ignore_ascii_case(class));
        let mut rest = rest.into_iter().skip_while(|word| is_time(word) || is_class(word));
        let Some(kind) = rest.next() else { return };
        // Names that only serve a purpose of the DNS or of mail are under the zone's own name in any case.
        if let Some(owner) = &self.owner
            && own_domain(owner).is_ok()
        {
            self.names.insert(owner.clone());
        }
        if matches!(kind.to_ascii_uppercase().as_str(), "A" | "AAAA")
            && let Some(Ok(address)) = rest.next().map(str::parse::<IpAddr>)
        {
            self.networks.insert(address.to_string());
        }
    }

    /// The name with its origin, in lower case and without the last dot.
    fn absolute(&self, name: &str) -> Option<String> {
        let name = name.to_ascii_lowercase();
        let origin = self.origin.as_deref();
        if name == "@" {
            return origin.map(str::to_owned);
        }
        let plain = name.trim_start_matches("*.");
        match plain.strip_suffix('.') {
            Some(absolute) => Some(absolute.to_owned()),
            None if plain == "*" => origin.map(str::to_owned),
            None => origin.map(|origin| format!("{plain}.{origin}")),
        }
    }
}

/// The zone that a file's name tells: `db.smith2028.org`, `smith2028.org.zone`.
fn zone_of_file(name: &str) -> Option<String> {
    let name = name.strip_prefix("db.").unwrap_or(name);
    let endings = [".zone", ".db", ".hosts", ".txt", ".dns", ".signed"];
    let name = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    own_domain(name).ok()
}

/// A record or directive, whatever number of lines it has.
struct Line {
    words: Vec<String>,
    is_indented: bool,
}

/// Takes comments away and joins what stands in parentheses.
struct Lines<'t> {
    lines: std::str::Lines<'t>,
}

/// Words of one record that are looked at.
const MAX_WORDS: usize = 64;

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Lines<'t> {
        Lines { lines: text.lines() }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let mut line = self.lines.next()?;
        let mut record = Line { words: Vec::new(), is_indented: line.starts_with([' ', '\t']) };
        let mut depth = 0_usize;
        loop {
            take_words(line, &mut record.words, &mut depth);
            if depth == 0 {
                return Some(record);
            }
            let Some(next) = self.lines.next() else { return Some(record) };
            line = next;
        }
    }
}

fn take_words(line: &str, words: &mut Vec<String>, depth: &mut usize) {
    let mut word = String::new();
    let mut quoted = false;
    for character in line.chars().chain([' ']) {
        match character {
            '"' => quoted = !quoted,
            ';' if !quoted => break,
            '(' if !quoted => *depth = depth.saturating_add(1),
            ')' if !quoted => *depth = depth.saturating_sub(1),
            blank if blank.is_whitespace() && !quoted => {
                if !word.is_empty() && words.len() < MAX_WORDS {
                    words.push(std::mem::take(&mut word));
                }
                word.clear();
            }
            plain if word.len() < 300 => word.push(plain),
            _ => {}
        }
    }
    if !word.is_empty() && words.len() < MAX_WORDS {
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::{SourceError, read};

    const ZONE: &str = "\
$TTL 3600 ; an hour
@   IN SOA ns1.host.net. admin.smith2028.org. (
        2028010101 ; serial
        3600 900 604800 300 )
    IN NS  ns1.host.net.
    IN MX  10 mail
www 300 IN A 185.10.20.9
mail    IN  AAAA 2a00:1450::25
*.vote  A  185.10.20.10
_dmarc  IN TXT \"v=DMARC1; p=none\"
donate.smith-action.net. IN CNAME pages.host.net.
";

    #[test]
    fn the_names_and_addresses_of_a_zone_are_the_members_own() {
        let text = format!("$ORIGIN smith2028.org.\n{ZONE}");
        let gathered = read(&text, None).map_err(|_| "").unwrap();
        assert_eq!(gathered.list.domains, ["donate.smith-action.net", "smith2028.org"]);
        assert_eq!(gathered.list.networks, ["185.10.20.10/32", "185.10.20.9/32", "2a00:1450::25/128"]);
        assert_eq!(gathered.understood, "a DNS zone file: 2 domains, 3 addresses");
    }

    #[test]
    fn the_zone_may_stand_in_the_files_name_and_must_stand_somewhere() {
        for name in ["db.smith2028.org", "smith2028.org.zone", "smith2028.org"] {
            let gathered = read(ZONE, Some(name)).map_err(|_| "").unwrap();
            assert!(gathered.list.domains.contains(&"smith2028.org".to_owned()), "{name}");
        }
        let without = ZONE.replace("donate.smith-action.net.", "donate");
        assert!(matches!(read(&without, Some("zonefile")), Err(SourceError::Whole(..))));
    }
}
