//! Whatever a peer answers, a comparison by coded symbols ends, within its bounds and without a panic.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod reconcile_support;

use std::path::Path;

use proptest::prelude::*;
use reconcile_support::operations::survive;
use reconcile_support::{id, set};
use watchfire_protocol::reconcile::{
    Ask, Fingerprint, MAX_CELLS_A_MESSAGE, Prefix, RecordSet, Search, Step, Symbols,
};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::Frame;

/// Bytes of a prefix and a checksum; the count follows.
const FIXED: usize = 24;

/// Numbers that look like chance and are the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ (self.0 >> 29)
    }
}

/// Asks `peer` until the end: how many symbols came, and how it ended.
fn end(asker: &mut RecordSet, mut peer: impl FnMut(Ask) -> Symbols) -> (usize, Result<Step, Rule>) {
    let (mut search, first) = Search::start(1, asker);
    let mut asks = std::collections::VecDeque::from([first]);
    while let Some(ask) = asks.pop_front() {
        assert!((1..=MAX_CELLS_A_MESSAGE).contains(&ask.count));
        match search.take(&peer(ask), asker, usize::MAX) {
            Ok(Step::Ask(more)) => asks.extend(more),
            end => return (search.len(), end),
        }
    }
    panic!("it waits for an answer that nobody owes");
}

#[test]
fn symbols_of_nothing_come_to_an_end() {
    let mut noise = Noise(1);
    for size in [0, 10, 5_000, 500_000] {
        let mut asker = set(0..5000);
        let of = Fingerprint { count: size, sum: 9 };
        let (came, end) = end(&mut asker, |ask| {
            let mut cells = Vec::new();
            for _ in 0..ask.count {
                for _ in 0..FIXED / 8 {
                    cells.extend_from_slice(&noise.next().to_le_bytes());
                }
                // The count that is expected there.
                cells.push(0);
            }
            Symbols { session: ask.session, of, from: ask.from, cells }
        });
        assert!(
            matches!(end, Ok(Step::GiveUp(_) | Step::Stuck(_)) | Err(Rule::ReconcileUndecodable)),
            "{size}: {end:?}"
        );
        assert!(came <= 8_000, "{size}: {came} symbols");
    }
}

#[test]
fn another_set_in_each_answer_comes_to_an_end() {
    let mut asker = set(0..5000);
    let mut turn = 0;
    let mut first = None;
    let (came, end) = end(&mut asker, |ask| {
        turn += 1;
        let mut lie = set((0..5000).chain(10_000 * turn..10_000 * turn + 50));
        let honest = Ask { of: Some(lie.whole()), ..ask }.answer(&mut lie).unwrap();
        let of = *first.get_or_insert(lie.whole());
        Symbols { of, ..honest }
    });
    assert!(matches!(end, Ok(Step::GiveUp(_) | Step::Stuck(_)) | Err(Rule::ReconcileUndecodable)), "{end:?}");
    assert!(came <= 1_000, "{came} symbols");
}

/// What a peer sends that knows our set, adds one id to it, and claims that this id is in every symbol.
fn everywhere(asker: &RecordSet, ask: Ask) -> Symbols {
    let mut shared = asker.clone();
    let mut alone = RecordSet::new(&watchfire_keys::ids::CircleId::from_bytes([7; 32]));
    alone.insert(id(77_777));
    let first = Ask { of: Some(alone.whole()), from: 0, count: 1, ..ask }.answer(&mut alone).unwrap();
    let of = shared.whole();
    let ours = Ask { of: Some(of), ..ask }.answer(&mut shared).unwrap();
    let mut cells = Vec::new();
    let mut rest = ours.cells.as_slice();
    while !rest.is_empty() {
        let length = FIXED + rest[FIXED..].iter().position(|byte| *byte < 0x80).unwrap() + 1;
        let (cell, after) = rest.split_at(length);
        cells.extend(cell[..FIXED].iter().zip(&first.cells[..FIXED]).map(|(one, other)| one ^ other));
        // The same distance from a count that is expected of one id more.
        cells.extend_from_slice(&cell[FIXED..]);
        rest = after;
    }
    Symbols { of: Fingerprint { count: of.count + 1, sum: 5 }, cells, ..ours }
}

#[test]
fn a_record_that_claims_places_it_does_not_have_is_noticed() {
    let mut asker = set(0..3);
    let known = asker.clone();
    let (_, end) = end(&mut asker, |ask| everywhere(&known, ask));
    assert_eq!(end, Err(Rule::ReconcileUndecodable));
}

#[test]
fn answers_that_fit_no_question_are_the_peers_fault() {
    let honest = |ask: Ask| ask.answer(&mut set(100..400)).unwrap();
    let cases: [(&str, &dyn Fn(Symbols) -> Symbols); 5] = [
        ("nothing, of another set", &|honest| Symbols { cells: Vec::new(), ..honest }),
        ("half a symbol", &|mut honest| {
            honest.cells.pop();
            honest
        }),
        ("more than were asked for", &|honest| Symbols { cells: honest.cells.repeat(2), ..honest }),
        ("a count that is written too long", &|mut honest| {
            let last = honest.cells.len() - 1;
            honest.cells[last] |= 0x80;
            honest.cells.push(0);
            honest
        }),
        ("a set that is none", &|honest| Symbols { of: Fingerprint::default(), ..honest }),
    ];
    for (what, tamper) in cases {
        let mut asker = set(0..300);
        let (_, end) = end(&mut asker, |ask| tamper(honest(ask)));
        assert_eq!(end, Err(Rule::ReconcileSymbols), "{what}");
    }
}

#[test]
fn questions_that_no_set_answers_are_refused() {
    let mut answerer = set(0..300);
    let (_, ask) = Search::start(1, &mut set(0..10));
    let of = Some(answerer.whole());
    for bad in [
        Ask { count: 0, ..ask },
        Ask { count: MAX_CELLS_A_MESSAGE + 1, ..ask },
        Ask { from: 1, ..ask },
        Ask { of, from: 299_999, count: 2, ..ask },
        Ask { of, from: u32::MAX, ..ask },
    ] {
        assert_eq!(bad.answer(&mut answerer), Err(Rule::ReconcileSymbols), "{bad:?}");
    }
    // Of a set that it never was it gives its present one, from the beginning.
    let other = Some(Fingerprint { count: 3, sum: 3 });
    let symbols = Ask { of: other, from: 200_000, count: 4096, ..ask }.answer(&mut answerer).unwrap();
    assert_eq!((symbols.of, symbols.from), (answerer.whole(), 0));
    assert!(symbols.cells.len() < 800);
}

#[test]
fn a_set_as_it_was_costs_what_has_changed_since() {
    let mut answerer = set(0..300);
    let (_, ask) = Search::start(1, &mut set(0..10));
    let of = ask.answer(&mut answerer).unwrap().of;
    let ask = Ask { of: Some(of), ..ask };
    let before = ask.cost(&answerer);
    for n in 1000..1800 {
        answerer.insert(id(n));
    }
    assert_eq!(ask.cost(&answerer), before + 100);
    assert!(answerer.holds(Prefix::of(&id(1000))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_operations_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survive(&bytes);
    }

    #[test]
    fn a_frame_is_what_it_is_written_as(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0u8..8) {
        let bytes = [vec![7, kind], bytes].concat();
        if let Ok(frame) = Frame::from_bytes(&bytes) {
            prop_assert_eq!(frame.to_bytes(), bytes);
        }
    }
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 3);
    files.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn seeds_and_findings_of_the_fuzzer_are_survived() {
    for bytes in corpus("reconcile") {
        survive(&bytes);
        // And with each operation left out once.
        for at in (0..bytes.len() / 4).take(60) {
            survive(&[&bytes[..4 * at], &bytes[4 * at + 4..]].concat());
        }
    }
    for bytes in corpus("frames") {
        for end in 0..=bytes.len() {
            if let Ok(frame) = Frame::from_bytes(&bytes[..end]) {
                assert_eq!(frame.to_bytes(), bytes[..end]);
            }
        }
    }
}
