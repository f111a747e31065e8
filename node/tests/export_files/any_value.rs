use proptest::prelude::*;
use watchfire::export::{csv, stix};

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Kinds whose values hold whatever their author likes.
    #[test]
    fn whatever_stands_in_a_value_it_reads_back_from_every_format(
        kind in prop::sample::select(vec![Kind::Filename, Kind::UserAgent, Kind::Account, Kind::Url, Kind::Email]),
        text in prop_oneof![
            "[=+@'\"\\\\,;|#-]{0,4}[ -~]{1,40}",
            "telegram:[!-~]{1,20}",
            "https://donate.example/[!-~]{0,40}",
            "[!-~]{1,10}@donate.example",
            "\\PC{1,30}",
        ],
    ) {
        let Ok(indicator) = Indicator::parse(kind, &text) else { return Ok(()) };
        let indicators = [indicator];
        let mut rows = rows(&indicators);
        rows[0].state = "reported";
        let (_, table) = written(csv, rows.clone());
        prop_assert_eq!(set(&read_back(&table, "x.csv")), indicators.iter().cloned().collect());
        let (_, bundle) = written(stix, rows);
        prop_assert_eq!(set(&read_back(&bundle, "x.json")), indicators.iter().cloned().collect());
    }
}
