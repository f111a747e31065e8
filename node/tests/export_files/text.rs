use watchfire::export::text;

use super::*;

#[test]
fn a_list_has_each_value_once_on_a_line_of_its_own() {
    let indicators = every_kind();
    let twice: Vec<_> = rows(&indicators).into_iter().chain(rows(&indicators)).collect();
    let (exported, list) = written(text, twice);
    assert_eq!(exported, Exported { written: 46, withheld: 0, unfit: 10 });
    let mut lines = list.lines();
    // The certificate and the SHA-1 have one value.
    assert_eq!(lines.next(), Some("# Indicators from Watchfire, one a line: 22"));
    assert_eq!(lines.next(), Some("# TLP:AMBER"));
    assert_eq!(lines.count(), 22);
}

#[test]
fn what_is_for_members_only_is_withheld() {
    let indicators = every_kind();
    for tlp in [Tlp::AmberStrict, Tlp::Red] {
        let (exported, list) = written(text, with_secret(&rows(&indicators), tlp));
        assert_eq!(exported.withheld, 1);
        assert!(!list.lines().any(|line| line == "donate.example"));
    }
}

#[test]
fn nothing_to_export_is_an_empty_list() {
    assert_eq!(written(text, Vec::new()).1, "# Indicators from Watchfire, one a line: 0\n");
}
