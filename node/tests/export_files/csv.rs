use watchfire::export::csv;

use super::*;

#[test]
fn a_table_reads_back_without_a_loss() {
    let indicators = every_kind();
    let (exported, text) = written(csv, rows(&indicators));
    assert_eq!(exported, Exported { written: 28, withheld: 0, unfit: 0 });
    assert!(text.starts_with("type,value,state,tlp,title,author,side,created,valid_until,record\n"));
    assert_eq!(set(&read_back(&text, "export.csv")), indicators.iter().cloned().collect());
}

#[test]
fn no_cell_is_a_formula() {
    let indicators = every_kind();
    let (_, text) = written(csv, rows(&indicators));
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    for record in reader.records() {
        for cell in record.unwrap().iter() {
            let number = cell.starts_with('+') && cell[1..].bytes().all(|b| b.is_ascii_digit());
            assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
    }
}

#[test]
fn what_is_for_members_only_is_withheld() {
    let indicators = every_kind();
    for tlp in [Tlp::AmberStrict, Tlp::Red] {
        let (exported, text) = written(csv, with_secret(&rows(&indicators), tlp));
        assert_eq!(exported, Exported { written: 27, withheld: 1, unfit: 0 });
        assert!(!text.contains("domain,donate.example,"));
    }
}
