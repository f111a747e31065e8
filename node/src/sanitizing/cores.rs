//! Long lists, judged and looked through on all cores.
//!
//! Decides nothing: what comes out is what one core would give, in the same order. Short inputs stay on one core.

use std::collections::HashSet;
use std::num::NonZero;
use std::thread;

use watchfire_protocol::sanitize::{
    Candidate, Decision, Fingerprint, Leak, OwnList, Sanitizer, fingerprint, guard,
};

/// From so many on it pays to start threads.
const LONG: usize = 20_000;
/// Each thread takes memory of its own.
const MAX_THREADS: usize = 8;

/// What [`Sanitizer::decide`] gives. The candidates differ from one another.
pub(super) fn decide(sanitizer: &Sanitizer<'_>, candidates: Vec<Candidate>) -> Decision {
    let threads = threads(candidates.len());
    if threads < 2 {
        return sanitizer.decide(candidates);
    }
    let decisions = thread::scope(|scope| {
        let started: Vec<_> = cut(candidates, threads)
            .into_iter()
            .map(|piece| scope.spawn(move || sanitizer.decide(piece)))
            .collect();
        started.into_iter().map(joined).collect::<Vec<Decision>>()
    });
    let mut all = Decision::default();
    // Two candidates may be the same when they are masked.
    let mut known: HashSet<Fingerprint> = HashSet::new();
    for decision in decisions {
        all.changed.extend(decision.changed);
        all.kept.extend(decision.kept.into_iter().filter(|kept| known.insert(fingerprint(&kept.indicator))));
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

/// `all` in about equal pieces, in order.
fn cut(mut all: Vec<Candidate>, pieces: usize) -> Vec<Vec<Candidate>> {
    let size = all.len().div_ceil(pieces);
    let mut cut = Vec::with_capacity(pieces);
    while all.len() > size {
        cut.push(all.split_off(all.len() - size));
    }
    cut.push(all);
    cut.reverse();
    cut
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
