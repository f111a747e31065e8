//! By coded symbols each side learns exactly what it lacks, for few bytes, whatever happens meanwhile.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod reconcile_support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use reconcile_support::{Run, id, prefixes, run, set};
use watchfire_protocol::reconcile::{Ask, Difference, MAX_CELLS_A_MESSAGE, Search, Step};

/// Ids that only one of the two has begin here.
const ONLY_A: u32 = 1_000_000;
const ONLY_B: u32 = 2_000_000;

fn found(run: &Run) -> &Difference {
    match &run.end {
        Step::Done(difference) => difference,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn each_side_learns_exactly_what_it_lacks(
        shared in 0u32..3000, only_a in 0u32..400, only_b in 0u32..400,
    ) {
        let mut a = set((0..shared).chain(ONLY_A..ONLY_A + only_a));
        let mut b = set((0..shared).chain(ONLY_B..ONLY_B + only_b));
        let run = run(&mut a, &mut b, |_, _, _| {});
        let (wanted, lacking) = (prefixes(ONLY_B..ONLY_B + only_b), prefixes(ONLY_A..ONLY_A + only_a));
        match run.end {
            Step::Done(difference) => prop_assert_eq!(difference, Difference { wanted, lacking }),
            Step::GiveUp(difference) => {
                // Only where listing costs less; and what is said is true.
                prop_assert!(2 * (only_a + only_b) > shared, "gave up on {:?} of {}", (only_a, only_b), shared);
                prop_assert!(difference.wanted.iter().all(|prefix| wanted.contains(prefix)));
                prop_assert!(difference.lacking.iter().all(|prefix| lacking.contains(prefix)));
            }
            Step::Ask(_) | Step::Stuck(_) => prop_assert!(false, "it did not end"),
        }
    }

    #[test]
    fn what_comes_and_goes_meanwhile_changes_nothing(changes in proptest::collection::vec((any::<bool>(), any::<bool>(), 0u32..6000), 1..300)) {
        let mut a = set((0..3000).chain(ONLY_A..ONLY_A + 200));
        let mut b = set((0..3000).chain(ONLY_B..ONLY_B + 200));
        let mut next = changes.into_iter();
        let run = run(&mut a, &mut b, |a, b, _| {
            for (of_a, comes, n) in next.by_ref().take(40) {
                let set = if of_a { &mut *a } else { &mut *b };
                if comes { set.insert(id(n)) } else { set.remove(&id(n)) };
            }
        });
        let expected = Difference { wanted: prefixes(ONLY_B..ONLY_B + 200), lacking: prefixes(ONLY_A..ONLY_A + 200) };
        prop_assert_eq!(found(&run), &expected);
    }
}

#[test]
fn equal_sets_end_after_one_exchange_of_a_few_bytes() {
    let mut a = set(0..5000);
    let run = run(&mut a.clone(), &mut a, |_, _, _| {});
    assert_eq!(found(&run), &Difference::default());
    assert_eq!((run.asks, run.asked_bytes < 60, run.answered_bytes < 60), (1, true, true), "{run:?}");
}

#[test]
fn a_symbol_sequence_that_followed_its_set_is_that_of_a_new_one() {
    let mut followed = set(0..500);
    let mut other = set(0..1);
    run(&mut followed, &mut other, |_, _, _| {});
    for n in 500..900 {
        followed.insert(id(n));
    }
    for n in 0..300 {
        followed.remove(&id(n));
    }
    let mut fresh = set(300..900);
    assert_eq!(followed.whole(), fresh.whole());
    let (_, first) = Search::start(1, &mut other);
    let ask = Ask { count: 700, ..first };
    assert_eq!(ask.answer(&mut followed), ask.answer(&mut fresh));
}

#[test]
fn a_peer_that_changed_too_much_is_asked_anew_and_not_for_ever() {
    // A set of this size remembers its last 2,274 changes or so.
    let mut a = set(0..20_000);
    let mut b = set((0..20_000).chain(ONLY_B..ONLY_B + 300));
    let mut fresh = 3_000_000..;
    let mut storms = 2;
    let once = run(&mut a.clone(), &mut b.clone(), |_, b, _| {
        if storms > 0 {
            storms -= 1;
            for n in fresh.by_ref().take(2500) {
                b.insert(id(n));
            }
        }
    });
    let wanted: BTreeSet<_> = found(&once).wanted.iter().copied().collect();
    assert!(prefixes(ONLY_B..ONLY_B + 300).iter().all(|prefix| wanted.contains(prefix)));
    let always = run(&mut a, &mut b, |_, b, _| {
        for n in fresh.by_ref().take(2500) {
            b.insert(id(n));
        }
    });
    assert!(matches!(always.end, Step::GiveUp(_)), "{always:?}");
    assert!(always.asks < 30, "{always:?}");
}

#[test]
fn a_link_that_was_cut_costs_what_was_on_its_way_and_nothing_else() {
    let mut a = set((0..20_000).chain(ONLY_A..ONLY_A + 500));
    let mut b = set((0..20_000).chain(ONLY_B..ONLY_B + 500));
    let whole = run(&mut a.clone(), &mut b.clone(), |_, _, _| {});
    let (mut search, first) = Search::start(1, &mut a);
    let mut asks = vec![first];
    let (mut bytes, mut cuts) = (0, 0);
    let end = loop {
        let ask = asks.remove(0);
        let symbols = ask.answer(&mut b).unwrap();
        bytes += symbols.cells.len();
        match search.take(&symbols, &mut a, usize::MAX).unwrap() {
            Step::Ask(more) => asks.extend(more),
            end => break end,
        }
        if search.len() > 300 && cuts == 0 {
            cuts += 1;
            asks = search.resume();
            b.insert(id(7_000_000));
        }
    };
    assert_eq!((&end, cuts), (&whole.end, 1));
    assert_eq!(bytes, whole.answered_cells, "no symbol came twice");
}

#[test]
fn a_thousand_differences_of_many_ids_take_few_bytes_and_few_turns() {
    let mut a = set((0..30_000).chain(ONLY_A..ONLY_A + 500));
    let mut b = set((0..30_000).chain(ONLY_B..ONLY_B + 500));
    let run = run(&mut a, &mut b, |_, _, _| {});
    assert_eq!(found(&run).wanted.len() + found(&run).lacking.len(), 1000);
    assert!(run.answered_bytes + run.asked_bytes < 40_000, "{run:?}");
    assert!(run.asks <= 12, "{run:?}");
    assert!(run.largest <= MAX_CELLS_A_MESSAGE as usize * 29 + 60);
}

#[test]
fn under_a_key_of_its_own_a_comparison_finds_the_same() {
    let mut a = set((0..3000).chain(ONLY_A..ONLY_A + 30));
    let mut b = set((0..3000).chain(ONLY_B..ONLY_B + 40));
    let plain = run(&mut a, &mut b, |_, _, _| {});
    let salt = [9; 16];
    let (mut a, mut b) = (a.under(&salt), b.under(&salt));
    assert_ne!(a.whole(), set((0..3000).chain(ONLY_A..ONLY_A + 30)).whole());
    let (mut search, first) = Search::start_under(1, salt, &mut a);
    let mut asks = vec![first];
    let end = loop {
        let ask = asks.remove(0);
        assert_eq!(ask.salt, Some(salt));
        match search.take(&ask.answer(&mut b).unwrap(), &mut a, usize::MAX).unwrap() {
            Step::Ask(more) => asks.extend(more),
            end => break end,
        }
    };
    assert_eq!(end, plain.end);
    let (mut search, first) = Search::start_under(1, salt, &mut a);
    let declined = search.take(&first.decline(), &mut a, usize::MAX);
    assert_eq!(declined, Ok(Step::GiveUp(Difference::default())), "and nobody is to blame");
}
