//! Two sets, a comparison between them, and a list of operations in bytes that does what it likes to all three. The
//! fuzzer and an ordinary test share it.
#![allow(unreachable_pub, reason = "a module of tests")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use watchfire_keys::hash::hash;
use watchfire_keys::ids::{CircleId, RecordId};
use watchfire_keys::labels;
use watchfire_protocol::reconcile::{Ask, Difference, Prefix, RecordSet, Search, Step, Symbols};

/// Turns within which a comparison with an honest peer ends, once nothing disturbs it any more: it begins anew three
/// times at most and gets on by a fortieth at least.
const MAX_TURNS: usize = 2_000;
/// Ids that are put in or taken out at once by the operations that do many.
const MANY: u16 = 97;

fn id(n: u16) -> RecordId {
    RecordId::from_bytes(hash(labels::HASH_RECORD, &[&n.to_le_bytes()]))
}

type Ids = BTreeSet<Prefix>;

fn ids(set: &RecordSet) -> Ids {
    set.iter().map(Prefix::of).collect()
}

struct World {
    asker: RecordSet,
    answerer: RecordSet,
    search: Option<Search>,
    asks: VecDeque<Ask>,
    answers: VecDeque<Symbols>,
    numbers: u32,
    /// The asker's ids when the comparison under way began.
    began: Ids,
    /// The answerer's ids by the fingerprint it gave.
    answered: BTreeMap<(u32, u128), Ids>,
    /// Whether something was changed on its way, so that nothing but an end can be expected.
    tampered: bool,
}

/// Does what the bytes say, and then lets a comparison come to its end.
///
/// # Panics
/// When a promise is broken.
pub fn survive(bytes: &[u8]) {
    let circle = CircleId::from_bytes([7; 32]);
    let mut world = World {
        asker: RecordSet::new(&circle),
        answerer: RecordSet::new(&circle),
        search: None,
        asks: VecDeque::new(),
        answers: VecDeque::new(),
        numbers: 0,
        began: Ids::new(),
        answered: BTreeMap::new(),
        tampered: false,
    };
    for operation in bytes.chunks_exact(4) {
        let number = u16::from_le_bytes([operation[1], operation[2]]);
        world.operate(operation[0], number, operation[3]);
    }
    world.begin();
    world.resume();
    let mut turns = 0;
    while world.search.is_some() {
        if world.asks.is_empty() && world.answers.is_empty() {
            world.resume();
        }
        world.answer();
        world.take();
        turns += 1;
        assert!(turns < MAX_TURNS, "it does not end");
    }
}

impl World {
    fn operate(&mut self, operation: u8, number: u16, detail: u8) {
        let many = |from: u16| (from..=u16::MAX).take(usize::from(MANY)).map(id);
        match operation % 16 {
            0 => {
                self.asker.insert(id(number));
                self.answerer.insert(id(number));
            }
            1 => _ = self.asker.insert(id(number)),
            2 => _ = self.answerer.insert(id(number)),
            3 => _ = self.asker.remove(&id(number)),
            4 => _ = self.answerer.remove(&id(number)),
            5 => many(number).for_each(|id| {
                self.asker.insert(id);
                self.answerer.insert(id);
            }),
            6 => many(number).for_each(|id| _ = self.asker.insert(id)),
            7 => many(number).for_each(|id| _ = self.answerer.insert(id)),
            8 => self.begin(),
            9 => self.answer(),
            10 => self.take(),
            11 => {
                self.answer();
                self.take();
            }
            12 => _ = self.answers.pop_front(),
            13 => self.resume(),
            14 => self.tamper_with_answer(number, detail),
            _ => self.tamper_with_ask(number, detail),
        }
    }

    fn begin(&mut self) {
        if self.search.is_some() {
            return;
        }
        let (search, first) = Search::start(self.numbers, &mut self.asker);
        self.numbers = self.numbers.wrapping_add(10);
        self.search = Some(search);
        self.began = ids(&self.asker);
        self.asks = VecDeque::from([first]);
        self.answers.clear();
        self.tampered = false;
    }

    /// The link is cut, and another one comes.
    fn resume(&mut self) {
        self.answers.clear();
        self.asks = self.search.as_mut().map(Search::resume).unwrap_or_default().into();
    }

    fn answer(&mut self) {
        let Some(ask) = self.asks.pop_front() else { return };
        if let Ok(symbols) = ask.answer(&mut self.answerer) {
            let now = self.answerer.whole();
            self.answered.entry((now.count, now.sum)).or_insert_with(|| ids(&self.answerer));
            self.answers.push_back(symbols);
        } else {
            assert!(self.tampered, "an honest question was refused");
        }
    }

    fn take(&mut self) {
        let (Some(search), Some(symbols)) = (self.search.as_mut(), self.answers.pop_front()) else { return };
        let before = search.number();
        if symbols.session != before {
            return;
        }
        let step = search.take(&symbols, &mut self.asker, 50_000);
        if search.number() != before {
            self.began = ids(&self.asker);
        }
        match step {
            Ok(Step::Ask(asks)) => self.asks.extend(asks),
            Ok(Step::Done(difference)) => self.end(&symbols, &difference, true),
            Ok(Step::GiveUp(difference) | Step::Stuck(difference)) => self.end(&symbols, &difference, false),
            Err(rule) => {
                assert!(self.tampered, "an honest answer was refused: {rule}");
                self.search = None;
            }
        }
    }

    fn end(&mut self, symbols: &Symbols, found: &Difference, whole: bool) {
        self.search = None;
        if self.tampered {
            return;
        }
        let Some(theirs) = self.answered.get(&(symbols.of.count, symbols.of.sum)) else {
            // It gave up because the peer had become another one too often; there is nothing to compare with.
            assert!(!whole, "symbols of a set that never was");
            return;
        };
        let wanted: Vec<Prefix> = theirs.difference(&self.began).copied().collect();
        let lacking: Vec<Prefix> = self.began.difference(theirs).copied().collect();
        if whole {
            assert_eq!((&found.wanted, &found.lacking), (&wanted, &lacking));
        }
    }

    fn tamper_with_answer(&mut self, at: u16, with: u8) {
        let Some(symbols) = self.answers.front_mut() else { return };
        self.tampered = true;
        let at = usize::from(at);
        match with % 8 {
            0 => symbols.cells.truncate(at),
            1 => symbols.cells.push(with),
            2 => symbols.from = symbols.from.wrapping_add(1 << (at % 32)),
            3 => symbols.of.count ^= 1 << (at % 32),
            4 => symbols.of.sum ^= 1 << (at % 128),
            5 => symbols.session = symbols.session.wrapping_add(1),
            _ if symbols.cells.is_empty() => symbols.cells.push(with),
            _ => {
                let at = at % symbols.cells.len();
                symbols.cells[at] ^= with | 1;
            }
        }
    }

    fn tamper_with_ask(&mut self, at: u16, with: u8) {
        let Some(ask) = self.asks.front_mut() else { return };
        self.tampered = true;
        match with % 6 {
            0 => ask.from ^= 1 << (at % 32),
            1 => ask.count ^= 1 << (at % 32),
            2 => ask.mine.count ^= 1 << (at % 32),
            3 => ask.of = None,
            4 => ask.of = Some(ask.mine),
            _ => ask.session = ask.session.wrapping_add(1),
        }
    }
}
