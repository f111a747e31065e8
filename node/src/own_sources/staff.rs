//! A staff table: an export of an office suite, an address book, a voter file's volunteers, or a sheet by hand.
//!
//! Takes persons' names, mail addresses and telephone numbers, and those domains of the addresses that are the
//! member's. Titles, streets and the like are passed over: they tell nobody's name.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim};
use watchfire_protocol::sanitize::is_public_mail;

use super::people::{Column, Shape, by_cells, looks_like_address};
use super::{Basket, Gathered, count};

/// Rows that are read: the staff of the largest campaigns many times over.
const MAX_ROWS: usize = 100_000;
const MAX_COLUMNS: usize = 256;
const SAMPLE_ROWS: usize = 40;
/// How much of a text is looked at to tell a table.
const SAMPLE_BYTES: usize = 64 * 1024;

/// The layout, or `None` for what is no staff table.
pub(super) fn shape(text: &str) -> Option<Shape> {
    let end = text.floor_char_boundary(SAMPLE_BYTES);
    let sample = text.get(..end)?;
    [b',', b';', b'\t']
        .into_iter()
        .filter_map(|delimiter| candidate(sample, delimiter))
        .max_by_key(|shape| shape.columns.iter().filter(|column| column.is_personal()).count())
}

fn candidate(sample: &str, delimiter: u8) -> Option<Shape> {
    let rows: Vec<Vec<String>> = records(sample, delimiter)
        .take(SAMPLE_ROWS)
        .map(|row| row.iter().map(str::to_owned).collect())
        .collect();
    let first = rows.first()?;
    let width = first.len();
    if width > MAX_COLUMNS {
        return None;
    }
    let named: Vec<Option<Column>> = first.iter().map(|name| Column::named(name)).collect();
    let is_person = |column: &Column| column.is_personal();
    let is_header =
        named.iter().flatten().any(is_person) && !first.iter().any(|cell| looks_like_address(cell));
    if is_header && (width > 1 || rows.len() > 1) {
        let columns = named.into_iter().map(|column| column.unwrap_or(Column::Other)).collect();
        return Some(Shape { delimiter, columns, has_header: true });
    }
    if width < 2 || rows.iter().filter(|row| row.len() == width).count() * 10 < rows.len() * 8 {
        return None;
    }
    let columns = by_cells(&rows, width);
    // Names alone may be anything; a table without a header is of persons when it has their addresses or numbers.
    let reachable = columns.iter().any(|column| matches!(column, Column::Email | Column::Phone));
    reachable.then_some(Shape { delimiter, columns, has_header: false })
}

pub(super) fn read(text: &str, shape: &Shape) -> Gathered {
    let mut basket = Basket::default();
    let mut domains: BTreeMap<String, usize> = BTreeMap::new();
    let (mut people, mut addresses, mut rows) = (0_usize, 0_usize, 0_usize);
    let mut notes = Vec::new();
    for record in records(text, shape.delimiter).skip(usize::from(shape.has_header)) {
        if rows >= MAX_ROWS {
            notes.push(format!("only the first {MAX_ROWS} rows were read"));
            break;
        }
        rows += 1;
        let names = names(&record, &shape.columns);
        people += usize::from(!names.is_empty());
        names.iter().for_each(|name| basket.name(name));
        for (cell, column) in record.iter().zip(&shape.columns) {
            // An address is an address in whatever column it stands.
            for part in cell.split([',', ';', ' ']).filter(|part| looks_like_address(part)) {
                let address = part.trim().to_lowercase();
                basket.name(&address);
                addresses += 1;
                if let Some((_, domain)) = address.rsplit_once('@') {
                    *domains.entry(domain.to_owned()).or_default() += 1;
                }
            }
            if *column == Column::Phone {
                cell.split([',', ';'])
                    .filter(|part| !part.trim().is_empty())
                    .for_each(|part| basket.phone(part));
            }
        }
    }
    let others = own_domains(&mut basket, &domains, addresses);
    if !others.is_empty() {
        let shown: Vec<&str> = others.iter().map(String::as_str).take(5).collect();
        notes.push(format!(
            "not taken for yours, because few of the addresses are there: {}{}",
            shown.join(", "),
            if others.len() > shown.len() { " and others" } else { "" }
        ));
    }
    if basket.unusable > 0 {
        notes.push(format!("{} could not be used", count(basket.unusable, "value", "values")));
    }
    let list = basket.list;
    let understood = format!(
        "a staff list: {}, {}, {}, {}",
        count(people, "person", "people"),
        count(addresses, "address", "addresses"),
        count(list.phones.len(), "number", "numbers"),
        count(list.domains.len(), "domain", "domains")
    );
    Gathered { list, notes, understood, ..Gathered::default() }
}

/// The domains of the addresses that are the member's: no mail provider's, and not of a few only. The others that are
/// no provider's come back.
pub(super) fn own_domains(
    basket: &mut Basket,
    domains: &BTreeMap<String, usize>,
    addresses: usize,
) -> Vec<String> {
    let mut others = Vec::new();
    for (domain, times) in domains.iter().filter(|(domain, _)| !is_public_mail(domain)) {
        if times.saturating_mul(10) >= addresses {
            basket.domain(domain);
        } else {
            others.push(domain.clone());
        }
    }
    others
}

/// The forms of one person's name.
fn names(record: &StringRecord, columns: &[Column]) -> Vec<String> {
    let cell = |wanted: Column| {
        let mut cells = record.iter().zip(columns).filter(|(_, column)| **column == wanted);
        cells.find_map(|(cell, _)| Some(cell.trim()).filter(|cell| !cell.is_empty()))
    };
    let mut names = Vec::new();
    if let Some(full) = cell(Column::Full).filter(|full| !looks_like_address(full)) {
        // `Lee, Anna` is Anna Lee.
        match full.split_once(',') {
            Some((last, first)) if !first.trim().is_empty() => names.push(format!("{} {last}", first.trim())),
            _ => names.push(full.to_owned()),
        }
    }
    // One name alone is found in too many words.
    if let (Some(first), Some(last)) = (cell(Column::First), cell(Column::Last)) {
        names.push(format!("{first} {last}"));
        names.extend(cell(Column::Middle).map(|middle| format!("{first} {middle} {last}")));
        names.extend(cell(Column::Nick).map(|nick| format!("{nick} {last}")));
    }
    names
}

fn records(text: &str, delimiter: u8) -> impl Iterator<Item = StringRecord> {
    let reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    reader.into_records().filter_map(Result::ok)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::read;

    #[test]
    fn an_export_of_an_office_suite_is_a_staff_list() {
        let text = "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Recovery Email,Work Phone\n\
            Anna,Lee,anna.lee@smith2028.org,/Staff,annalee@hotmail.nl,(614) 555-0101\n\
            Bob,O'Neil,bob@smith2028.org,/Staff,,\n";
        let gathered = read(text, None).map_err(|_| "").unwrap();
        assert_eq!(gathered.list.domains, ["smith2028.org"]);
        assert_eq!(
            gathered.list.names,
            ["Anna Lee", "anna.lee@smith2028.org", "annalee@hotmail.nl", "Bob O'Neil", "bob@smith2028.org"]
        );
        assert_eq!(gathered.list.phones, ["(614) 555-0101"]);
        assert_eq!(gathered.understood, "a staff list: 2 people, 3 addresses, 1 number, 1 domain");
    }

    #[test]
    fn a_table_without_a_header_is_told_by_its_cells() {
        let text =
            "Anna;Lee;Treasurer;anna@smith2028.org;Columbus\nBob;Ray;Driver;bob@smith2028.org;Dayton\n";
        let gathered = read(text, None).map_err(|_| "").unwrap();
        assert_eq!(gathered.list.names, ["Anna Lee", "anna@smith2028.org", "Bob Ray", "bob@smith2028.org"]);
        let text = "anna@smith2028.org,Anna Lee,+1 614 555 0101\nbob@smith2028.org,Bob Ray,+1 614 555 0102\n";
        let gathered = read(text, None).map_err(|_| "").unwrap();
        assert_eq!(gathered.list.names.len(), 4);
        assert_eq!(gathered.list.phones.len(), 2);
    }

    #[test]
    fn a_domain_of_one_among_many_is_no_own_domain() {
        let mut text = "Nom;Prénom;Courriel\n".to_owned();
        for number in 0..20 {
            text.push_str(&format!("Lee{number};Anna;anna{number}@smith2028.org\n"));
        }
        text.push_str("Ray;Bob;bob@printer.net\n");
        let gathered = read(&text, None).map_err(|_| "").unwrap();
        assert_eq!(gathered.list.domains, ["smith2028.org"]);
        assert!(gathered.list.names.contains(&"bob@printer.net".to_owned()));
        assert!(gathered.notes.iter().any(|note| note.contains("printer.net")));
    }

    #[test]
    fn a_typed_list_is_no_table() {
        let text = "smith2028.org\nJordan Smith\nColumbus, Ohio\n185.10.20.0/24\n614-555-0123\n";
        let gathered = read(text, None).map_err(|_| "").unwrap();
        assert_eq!(gathered.list.names, ["Jordan Smith", "Columbus, Ohio"]);
        assert_eq!((gathered.list.networks.len(), gathered.list.phones.len()), (1, 1));
    }
}
