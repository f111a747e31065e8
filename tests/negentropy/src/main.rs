//! What it takes to find in what two large sets of records differ: ours beside negentropy, over the same ids, in one run.
//!
//! Of a million shared ids, half of the differences lie on each side, scattered over all. Both ways end with one side
//! knowing everything; ours then tells the other side what that one lacks, and this is counted. Bytes are those of the
//! messages in both directions, without what a link adds. Times are of one core, a side: the asker's and the answerer's.
//! Ours is measured cold, when no coded symbol has been made yet, and warm, when both sides have them from an earlier
//! comparison, as on every day but the first. Negentropy is given its sorted and sealed storage, which is not timed.
//!
//! At the end a comparison is cut in the middle and goes on over another link, while the answering side has got a new
//! record: bytes before and after. `--shared 1000000 --differences 10,1000,100000`.

use std::collections::VecDeque;
use std::time::Duration;

use negentropy::{Id, Negentropy, NegentropyStorageVector};
use rustix::time::{ClockId, clock_gettime};
use watchfire_keys::{CircleId, RecordId, hash, labels};
use watchfire_protocol::reconcile::{Ask, Difference, Prefix, RecordSet, Search, Step};
use watchfire_protocol::wire::{Catchup, Frame};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Negentropy's messages are kept below this, as a relay's would be.
const FRAME_BYTES: u64 = 128 * 1024;
/// Prefixes in one frame that tells a peer what it lacks.
const OFFERED_A_FRAME: usize = 4096;

fn main() -> Result<()> {
    let (mut shared, mut differences) = (1_000_000, vec![10, 1000, 100_000]);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--shared" => shared = value.parse()?,
            "--differences" => {
                differences =
                    value.split(',').map(str::parse).collect::<std::result::Result<Vec<u32>, _>>()?;
            }
            _ => return Err("--shared NUMBER, --differences NUMBER,NUMBER".into()),
        }
    }
    println!(
        "{:>11}  {:<22} {:>14} {:>7} {:>12} {:>14}",
        "differences", "how", "bytes", "turns", "asker", "answerer"
    );
    for count in &differences {
        negentropy(shared, *count)?;
        let (mut a, mut b) = sets(shared, *count);
        show(*count, "watchfire, cold", &compare(&mut a, &mut b, None)?);
        show(*count, "watchfire, warm", &compare(&mut a, &mut b, None)?);
    }
    for count in differences {
        let (mut a, mut b) = sets(shared, count);
        let whole = compare(&mut a, &mut b, None)?;
        let cut = compare(&mut a, &mut b, Some(whole.bytes / 2))?;
        println!(
            "{count:>11}  cut after {} bytes, {} after that; {} without a cut",
            cut.before_cut,
            cut.bytes - cut.before_cut,
            whole.bytes
        );
    }
    Ok(())
}

#[derive(Default)]
struct Cost {
    bytes: usize,
    turns: usize,
    asker: Duration,
    answerer: Duration,
    before_cut: usize,
}

fn show(count: u32, how: &str, cost: &Cost) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{count:>11}  {how:<22} {:>14} {:>7} {:>9.1} ms {:>11.1} ms",
        cost.bytes,
        cost.turns,
        milliseconds(cost.asker),
        milliseconds(cost.answerer)
    );
}

fn id(n: u32) -> RecordId {
    RecordId::from_bytes(hash::hash(labels::HASH_RECORD, &[&n.to_le_bytes()]))
}

/// The ids that both have, those of the one, and those of the other.
fn ids(shared: u32, count: u32) -> (Vec<RecordId>, Vec<RecordId>) {
    let half = count / 2;
    let a = (0..shared + half).map(id).collect();
    let b = (0..shared).chain(shared + half..shared + count).map(id).collect();
    (a, b)
}

fn sets(shared: u32, count: u32) -> (RecordSet, RecordSet) {
    let set = |ids: Vec<RecordId>| {
        let mut set = RecordSet::new(&CircleId::from_bytes([7; 32]));
        ids.into_iter().for_each(|id| {
            set.insert(id);
        });
        set
    };
    let (a, b) = ids(shared, count);
    (set(a), set(b))
}

fn timed<T>(spent: &mut Duration, run: impl FnOnce() -> T) -> T {
    let start = computed();
    let result = run();
    *spent += computed().saturating_sub(start);
    result
}

/// The time for which this thread has computed, whatever else the machine does.
fn computed() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Compares to the end; cuts the link once after so many bytes, which loses what is on its way.
fn compare(a: &mut RecordSet, b: &mut RecordSet, mut cut_after: Option<usize>) -> Result<Cost> {
    let mut cost = Cost::default();
    let (mut search, first) = timed(&mut cost.asker, || Search::start(1, a));
    let mut asks = VecDeque::from([first]);
    let mut newcomer = None;
    let difference = loop {
        // All that is asked for at once is one turn.
        cost.turns += 1;
        let mut next: Vec<Ask> = Vec::new();
        let mut end = None;
        while let Some(ask) = asks.pop_front() {
            let ask_bytes = Frame::Catchup(Catchup::Ask(ask)).to_bytes();
            let symbols = timed(&mut cost.answerer, || ask.answer(b))?;
            let answer = timed(&mut cost.answerer, || Frame::Catchup(Catchup::Symbols(symbols)).to_bytes());
            cost.bytes += ask_bytes.len() + answer.len();
            if cut_after.is_some_and(|bytes| cost.bytes >= bytes) {
                cut_after = None;
                cost.before_cut = cost.bytes;
                // The answer is lost with the link, and the other side goes on living.
                let id = id(u32::MAX);
                b.insert(id);
                newcomer = Some(id);
                asks.clear();
                next = search.resume();
                break;
            }
            let step = timed(&mut cost.asker, || -> Result<Step> {
                let Frame::Catchup(Catchup::Symbols(symbols)) = Frame::from_bytes(&answer)? else {
                    return Err("another frame".into());
                };
                Ok(search.take(&symbols, a, usize::MAX)?)
            })?;
            match step {
                Step::Ask(more) => next.extend(more),
                Step::Done(difference) => end = Some(difference),
                Step::GiveUp(_) | Step::Stuck(_) => return Err("it gave up".into()),
            }
        }
        if let Some(difference) = end {
            break difference;
        }
        asks.extend(next);
    };
    let Difference { wanted, lacking } = difference;
    // What came after the first answer need not be found, and is if everything up to the cut was lost.
    let unseen = usize::from(newcomer.is_some_and(|id| !wanted.contains(&Prefix::of(&id))));
    let mut right = wanted.len() + a.len() + unseen == lacking.len() + b.len();
    right &= wanted.iter().all(|prefix| b.holds(*prefix) && !a.holds(*prefix));
    right &= lacking.iter().all(|prefix| a.holds(*prefix) && !b.holds(*prefix));
    if let Some(id) = newcomer {
        b.remove(&id);
    }
    if !right {
        return Err("it found something else".into());
    }
    for prefixes in lacking.chunks(OFFERED_A_FRAME) {
        let offer = Catchup::Offer { records: prefixes.to_vec(), last: false };
        cost.bytes += Frame::Catchup(offer).to_bytes().len();
    }
    Ok(cost)
}

fn negentropy(shared: u32, count: u32) -> Result<()> {
    let storage = |ids: Vec<RecordId>| -> Result<NegentropyStorageVector> {
        let mut storage = NegentropyStorageVector::new();
        for id in ids {
            storage.insert(0, Id::from_byte_array(*id.as_bytes()))?;
        }
        storage.seal()?;
        Ok(storage)
    };
    let (a, b) = ids(shared, count);
    let (a, b) = (storage(a)?, storage(b)?);
    let mut cost = Cost::default();
    let mut asker = Negentropy::borrowed(&a, FRAME_BYTES)?;
    let mut answerer = Negentropy::borrowed(&b, FRAME_BYTES)?;
    let mut message = timed(&mut cost.asker, || asker.initiate())?;
    let (mut have, mut need) = (Vec::new(), Vec::new());
    loop {
        cost.turns += 1;
        cost.bytes += message.len();
        let answer = timed(&mut cost.answerer, || answerer.reconcile(&message))?;
        cost.bytes += answer.len();
        let next = timed(&mut cost.asker, || asker.reconcile_with_ids(&answer, &mut have, &mut need))?;
        let Some(next) = next else { break };
        message = next;
    }
    if have.len() + need.len() != count as usize {
        return Err(format!("negentropy found {} and {} of {count}", have.len(), need.len()).into());
    }
    show(count, "negentropy 0.5.3", &cost);
    Ok(())
}
