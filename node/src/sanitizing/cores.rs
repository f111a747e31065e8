//! Long lists, judged and looked through on all cores.
//!
//! Decides nothing: what comes out is what one core would give, in the same order. Short inputs stay on one core.

use std::collections::{HashMap, HashSet};
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::{iter, thread};

use watchfire_protocol::sanitize::{
    Candidate, Decision, Fingerprint, Leak, OwnList, Sanitizer, fingerprint, guard,
};

/// From so many on it pays to start threads.
const LONG: usize = 20_000;
/// What a core takes at a time: it remembers what it knows of each candidate of a piece, and of no other.
const PIECE: usize = 8192;
/// Each thread takes memory of its own.
const MAX_THREADS: usize = 8;

/// What [`Sanitizer::decide`] gives. The candidates differ from one another, and so do their numbers.
pub(super) fn decide(sanitizer: &Sanitizer<'_>, candidates: Vec<Candidate>) -> Decision {
    let threads = threads(candidates.len());
    if threads < 2 {
        return sanitizer.decide(candidates);
    }
    let rest = Mutex::new(candidates);
    let work = || {
        let pieces = iter::from_fn(|| last_piece(&mut rest.lock().unwrap_or_else(PoisonError::into_inner)));
        pieces.map(|(start, piece)| (start, sanitizer.decide(piece))).collect::<Vec<_>>()
    };
    let mut decisions = thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        started.into_iter().flat_map(joined).collect::<Vec<(usize, Decision)>>()
    });
    decisions.sort_unstable_by_key(|(start, _)| *start);
    together(decisions.into_iter().map(|(_, decision)| decision))
}

/// The last of the candidates and the index of their first; `rest` gives their memory back.
fn last_piece(rest: &mut Vec<Candidate>) -> Option<(usize, Vec<Candidate>)> {
    let start = rest.len().saturating_sub(PIECE);
    let piece = rest.split_off(start);
    rest.shrink_to_fit();
    (!piece.is_empty()).then_some((start, piece))
}

/// The decisions about the pieces as one.
fn together(pieces: impl Iterator<Item = Decision>) -> Decision {
    let mut all = Decision::default();
    for piece in pieces {
        all.changed.extend(piece.changed);
        all.kept.extend(piece.kept);
    }
    // Two candidates may be the same when they are masked, and only then.
    let changed: HashSet<u32> =
        all.changed.iter().filter_map(|change| change.of).map(|(_, number)| number).collect();
    let masked = all.kept.iter().filter(|kept| changed.contains(&kept.number));
    let mut is_known: HashMap<Fingerprint, bool> =
        masked.map(|masked| (fingerprint(&masked.indicator), false)).collect();
    if !is_known.is_empty() {
        all.kept.retain(|kept| {
            let known = is_known.get_mut(&fingerprint(&kept.indicator));
            !known.is_some_and(|known| std::mem::replace(known, true))
        });
    }
    all
}

/// What [`guard`] says.
pub(super) fn look_once_more(
    texts: &[&str],
    lists: &[&OwnList],
    is_released: impl Fn(&str) -> bool + Sync,
) -> Result<(), Leak> {
    let threads = threads(texts.len());
    if threads < 2 {
        return guard(texts.iter().copied(), lists, is_released);
    }
    let size = texts.len().div_ceil(threads);
    let is_released = &is_released;
    thread::scope(|scope| {
        let started: Vec<_> = texts
            .chunks(size)
            .enumerate()
            .map(|(number, piece)| {
                let at = number * size;
                scope.spawn(move || {
                    guard(piece.iter().copied(), lists, is_released)
                        .map_err(|leak| Leak { index: at + leak.index, ..leak })
                })
            })
            .collect();
        // All of them end before the first leak is told.
        let ended: Vec<_> = started.into_iter().map(joined).collect();
        ended.into_iter().collect()
    })
}

fn threads(count: usize) -> usize {
    if count < LONG {
        return 1;
    }
    thread::available_parallelism().map_or(1, NonZero::get).min(MAX_THREADS)
}

/// The result of a thread; its panic is ours, so that a mistake never passes for a clean bill.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use watchfire_protocol::indicator::{Indicator, Kind};
    use watchfire_protocol::sanitize::{Candidate, Decisions, OwnList, Sanitizer, Warninglists};

    use super::{LONG, decide, look_once_more};

    #[test]
    fn many_cores_say_what_one_says() {
        let own = OwnList { domains: vec!["smith2028.org".to_owned()], ..OwnList::default() };
        let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
        let sanitizer = Sanitizer::new(&own, &OwnList::default(), &decisions, &warninglists);
        let count = u32::try_from(LONG).unwrap() + 7;
        let candidates: Vec<Candidate> = (0..count)
            .map(|number| {
                let text = match number % 1000 {
                    0 => format!("https://pay.ohio-invoices.net/?u=a{number}@smith2028.org"),
                    1 => format!("https://n{number}.smith2028.org/"),
                    _ => format!("https://ohio-invoices.net/{number}"),
                };
                Candidate::stated(Indicator::parse(Kind::Url, &text).unwrap(), number)
            })
            .collect();
        let many = decide(&sanitizer, candidates.clone());
        assert_eq!(many, sanitizer.decide(candidates));
        let mut texts: Vec<&str> = many.kept.iter().map(|kept| kept.indicator.value()).collect();
        assert_eq!(look_once_more(&texts, &[&own], |_| false), Ok(()));
        let last = texts.len();
        texts.push("mail.smith2028.org");
        assert_eq!(look_once_more(&texts, &[&own], |_| false).unwrap_err().index, last);
        assert_eq!(look_once_more(&texts, &[&own], |text| text == "mail.smith2028.org"), Ok(()));
    }
}
