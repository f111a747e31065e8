//! The same records give the same view, in whatever order and however often they arrive.

#![allow(clippy::unwrap_used)]

mod record_support;

use proptest::prelude::*;
use record_support::*;
use watchfire_keys::{RecordId, UnixMillis};
use watchfire_protocol::{
    crypto::RealCrypto,
    envelope::Opened,
    limits::DAY_MS,
    record::{Body, CountBucket, Dispute, Record, Reference, Report, Sighting, SightingKind, Withdrawal},
    view::{AlertSummary, Corroboration, Observable, View},
};

const NAMES: usize = 4;

/// What one member does; numbers choose among what there is.
#[derive(Clone, Debug)]
enum Deed {
    Report { names: Vec<usize>, parts: u16, source: Option<u8>, days: Option<u64>, replaces: Option<usize> },
    Part { head: usize, index: u16, name: usize },
    Sight { name: usize, kind: SightingKind, day: u32 },
    Dispute { name: usize },
    Withdraw { target: usize },
}

fn deed() -> impl Strategy<Value = Deed> {
    let name = 0..NAMES;
    prop_oneof![
        4 => (
            proptest::collection::vec(name.clone(), 0..3),
            0..3_u16,
            proptest::option::of(0..3_u8),
            proptest::option::of(1..100_u64),
            proptest::option::of(0..20_usize),
        )
            .prop_map(|(names, parts, source, days, replaces)| Deed::Report { names, parts, source, days, replaces }),
        3 => (0..20_usize, 0..3_u16, name.clone()).prop_map(|(head, index, name)| Deed::Part { head, index, name }),
        1 => (
            name.clone(),
            prop_oneof![Just(SightingKind::Seen), Just(SightingKind::FalsePositive), Just(SightingKind::Expired)],
            0..5_u32,
        )
            .prop_map(|(name, kind, day)| Deed::Sight { name, kind, day }),
        2 => name.prop_map(|name| Deed::Dispute { name }),
        2 => (0..20_usize).prop_map(|target| Deed::Withdraw { target }),
    ]
}

/// The records of a history: each deed may refer to the records before it.
fn records(history: &[(u8, u64, Deed)]) -> Vec<Opened> {
    let name = |number: &usize| domain(&format!("n{number}.example.com"));
    let mut ids: Vec<RecordId> = Vec::new();
    let mut opened = Vec::new();
    for (author, hours, deed) in history {
        let earlier = |which: &usize| ids.get(*which % ids.len().max(1)).copied();
        let created = NOW.saturating_add(hours * 60 * 60 * 1000);
        let none = RecordId::from_bytes([0xee; 32]);
        let body = match deed {
            Deed::Report { names, parts, source, days, replaces } => {
                let mut indicators: Vec<_> = names.iter().map(name).collect();
                indicators.sort();
                indicators.dedup();
                let reference =
                    |number: &u8| Reference { source: format!("source {number}"), address: String::new() };
                Body::Report(Report {
                    parts: *parts,
                    references: source.iter().map(reference).collect(),
                    valid_until: days.map(|days| created.saturating_add(days * DAY_MS)),
                    replaces: replaces.as_ref().and_then(earlier),
                    ..report(indicators)
                })
            }
            Deed::Part { head, index, name: number } => {
                part(earlier(head).unwrap_or(none), *index, vec![name(number)])
            }
            Deed::Sight { name: number, kind, day } => Body::Sighting(Sighting {
                indicator: name(number),
                kind: *kind,
                count: CountBucket::One,
                day: *day,
            }),
            Deed::Dispute { name: number } => {
                Body::Dispute(Dispute { indicator: name(number), reason: "Not so.".into() })
            }
            Deed::Withdraw { target } => Body::Withdrawal(Withdrawal {
                record: earlier(target).unwrap_or(none),
                reason: "Not so.".into(),
            }),
        };
        let signed = sign(Record {
            author: member(*author),
            signer: publisher(*author).public(),
            created,
            ..record(body)
        });
        ids.push(signed.id(&RealCrypto));
        opened.push(stored(&signed));
    }
    opened
}

fn view(records: &[Opened]) -> View {
    let mut view = View::new(Corroboration::default());
    for record in records {
        view.insert(&RealCrypto, record, NOW);
    }
    view
}

/// Everything that the view says, at some times.
fn said(view: &View) -> (Vec<AlertSummary>, Vec<Option<Observable>>) {
    let sides = Sides::new();
    let times = [0, 1, 30, 95].map(|days| NOW.saturating_add(days * DAY_MS));
    let observables = times.iter().flat_map(|now| (0..NAMES).map(move |number| (number, *now)));
    let ask = |(number, now): (usize, UnixMillis)| {
        let indicator = domain(&format!("n{number}.example.com"));
        view.observable(&RealCrypto, &indicator, now, &sides)
    };
    (view.alerts(&sides), observables.map(ask).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_order_and_any_repetition_gives_the_same_view(
        (history, order) in proptest::collection::vec((1..11_u8, 0..200_u64, deed()), 1..24)
            .prop_flat_map(|history| {
                let places: Vec<usize> = (0..history.len()).chain(0..history.len() / 2).collect();
                (Just(history), Just(places).prop_shuffle())
            })
    ) {
        let records = records(&history);
        let shuffled: Vec<_> = order.iter().map(|place| records[*place].clone()).collect();
        prop_assert_eq!(said(&view(&records)), said(&view(&shuffled)));
    }

    #[test]
    fn forgetting_some_is_the_same_as_never_having_had_them(
        history in proptest::collection::vec((1..11_u8, 0..200_u64, deed()), 1..24),
        keep in proptest::collection::vec(any::<bool>(), 24),
    ) {
        let records = records(&history);
        let kept: Vec<_> =
            records.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(record, _)| record.clone()).collect();
        let mut all = view(&records);
        all.retain(|id| kept.iter().any(|record| record.id() == *id));
        prop_assert_eq!(said(&all), said(&view(&kept)));
    }
}

#[test]
fn the_earliest_time_of_receipt_is_kept() {
    let record = stored(&sign(record(Body::Report(report(domains(1))))));
    let mut view = View::new(Corroboration::default());
    assert!(view.insert(&RealCrypto, &record, NOW.saturating_add(5)));
    assert!(!view.insert(&RealCrypto, &record, NOW));
    assert!(!view.insert(&RealCrypto, &record, NOW.saturating_add(9)));
    let sides = Sides::new();
    assert_eq!(view.alerts(&sides)[0].received, NOW);
}
