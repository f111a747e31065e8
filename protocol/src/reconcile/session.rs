//! One reconciliation with one peer, message by message.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use watchfire_keys::ids::RecordId;

use super::range::{Content, Fingerprint, Range};
use super::set::RecordSet;
use crate::rules::Rule;

/// Ranges in one message. 256 ranges of fingerprints are about 22 KiB.
pub const MAX_RANGES_A_MESSAGE: usize = 256;
/// Ids in one message: 2,048 ids are 64 KiB, half of the largest frame.
pub const MAX_IDS_A_MESSAGE: usize = 2048;
/// Messages one session may take from its peer. With 16-fold splitting two sets of 2^32 ids need 8 levels; ranges that
/// wait for their turn need more messages, never more levels.
pub const MAX_ROUNDS: u32 = 4096;
/// Below this many ids a range is settled by listing them.
const LIST_BELOW: u32 = 24;
/// Into how many parts a differing range is cut.
const FANOUT: usize = 16;
/// Ranges that may wait to be sent; a peer that makes more of them is cut off.
const MAX_WAITING_RANGES: usize = 16_384;
/// Listed ids that may wait to be sent, four megabytes. Ranges whose ids do not fit are compared once more when those are
/// gone.
const MAX_WAITING_IDS: usize = 131_072;

/// What travels: some ranges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The session, as its initiator numbered it.
    pub session: u32,
    /// Whether the sender is the session's initiator.
    pub from_initiator: bool,
    /// Statements about ranges; empty when there is nothing left to say.
    pub ranges: Vec<Range>,
}

/// What a message led to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Sent back, if the session goes on.
    pub reply: Option<Message>,
    /// Ids that the peer holds and we do not.
    pub wanted: Vec<RecordId>,
    /// Nothing is left to say on our side.
    pub done: bool,
    /// Ids that were gone through for it, which is what it costs: [`Session::most_walked`] at most.
    pub walked: usize,
}

/// The state of one reconciliation. Bounded: ranges that wait for their turn, and nothing else.
#[derive(Debug)]
pub struct Session {
    number: u32,
    initiator: bool,
    rounds: u32,
    waiting: VecDeque<Range>,
    /// Ids that are listed in them.
    listed: usize,
}

impl Session {
    /// Starts a session over everything both sides hold; the first message goes to the peer.
    pub fn start(number: u32, set: &RecordSet) -> (Self, Message) {
        let mut session = Self { number, initiator: true, rounds: 0, waiting: VecDeque::new(), listed: 0 };
        let from = RecordId::from_bytes([0; 32]);
        session.waiting.push_back(Range {
            from,
            to: None,
            content: Content::Fingerprint(set.fingerprint(&from, None)),
        });
        let message = session.next_message();
        (session, message)
    }

    /// Joins a session that the peer started.
    pub fn join(number: u32) -> Self {
        Self { number, initiator: false, rounds: 0, waiting: VecDeque::new(), listed: 0 }
    }

    /// The number its initiator gave it.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether this side started it.
    pub fn is_initiator(&self) -> bool {
        self.initiator
    }

    /// Takes the peer's message.
    ///
    /// # Errors
    /// The rule that the peer broke: bounds out of order or beyond the limits, or a session that does not end.
    pub fn take(&mut self, message: &Message, set: &RecordSet) -> Result<Answer, Rule> {
        self.rounds = self.rounds.saturating_add(1);
        if self.rounds > MAX_ROUNDS {
            return Err(Rule::ReconcileTooManyRounds);
        }
        check(message)?;
        let (mut wanted, mut walked) = (Vec::new(), 0);
        for range in &message.ranges {
            walked += self.take_range(range, set, &mut wanted);
        }
        if self.waiting.len() > MAX_WAITING_RANGES {
            return Err(Rule::ReconcileTooManyRounds);
        }
        // An empty message says "go on": the peer may still have ranges waiting.
        let nothing_left = self.waiting.is_empty();
        let peer_done = message.ranges.is_empty();
        let reply = if nothing_left && peer_done { None } else { Some(self.next_message()) };
        Ok(Answer { reply, wanted, done: nothing_left, walked })
    }

    /// Ids of a set that one message can have us go through: the ranges that it speaks of lie apart, and each is summed
    /// up once and cut or listed once.
    pub fn most_walked(set: &RecordSet) -> usize {
        set.len().saturating_mul(2)
    }

    /// How many ids were gone through.
    fn take_range(&mut self, range: &Range, set: &RecordSet, wanted: &mut Vec<RecordId>) -> usize {
        let mut walked = 0;
        match &range.content {
            Content::Fingerprint(theirs) => {
                let ours = set.fingerprint(&range.from, range.to.as_ref());
                let count = ours.count as usize;
                walked += count;
                if ours == *theirs {
                    return walked;
                }
                walked += count;
                if theirs.count == 0 && count <= MAX_IDS_A_MESSAGE {
                    let ids = set.range(&range.from, range.to.as_ref()).map(|(id, _)| *id).collect();
                    self.list(range, Content::Lacking(ids), ours);
                    return walked;
                }
                if ours.count <= LIST_BELOW {
                    let ids = set.range(&range.from, range.to.as_ref()).map(|(id, _)| *id).collect();
                    self.list(range, Content::All(ids), ours);
                    return walked;
                }
                for (from, to, print) in set.split(range.from, range.to, count, FANOUT) {
                    self.waiting.push_back(Range { from, to, content: Content::Fingerprint(print) });
                }
            }
            Content::All(theirs) => {
                wanted.extend(theirs.iter().filter(|id| !set.contains(id)));
                let theirs: BTreeSet<&RecordId> = theirs.iter().collect();
                let lacking: Vec<RecordId> = set
                    .range(&range.from, range.to.as_ref())
                    .map(|(id, _)| *id)
                    .inspect(|_| walked += 1)
                    .filter(|id| !theirs.contains(id))
                    .collect();
                for part in lacking.chunks(MAX_IDS_A_MESSAGE) {
                    let content = Content::Lacking(part.to_vec());
                    if self.has_room(part.len()) {
                        self.list(range, content, Fingerprint::default());
                        continue;
                    }
                    let rest = Range { from: part[0], ..range.clone() };
                    let ours = set.fingerprint(&rest.from, rest.to.as_ref());
                    walked += ours.count as usize;
                    self.list(&rest, content, ours);
                    break;
                }
            }
            Content::Lacking(theirs) => wanted.extend(theirs.iter().filter(|id| !set.contains(id))),
        }
        walked
    }

    fn has_room(&self, ids: usize) -> bool {
        self.listed.saturating_add(ids) <= MAX_WAITING_IDS
    }

    /// Has ids of a range wait to be sent, or its fingerprint if there is no room for them.
    fn list(&mut self, range: &Range, ids: Content, ours: Fingerprint) {
        let mut range = Range { from: range.from, to: range.to, content: ids };
        if self.has_room(listed(&range)) {
            self.listed += listed(&range);
        } else {
            range.content = Content::Fingerprint(ours);
        }
        self.waiting.push_back(range);
    }

    /// Bytes that wait to be sent.
    pub fn waiting_bytes(&self) -> usize {
        self.waiting.len() * size_of::<Range>() + self.listed * size_of::<RecordId>()
    }

    fn next_message(&mut self) -> Message {
        let mut ranges = Vec::new();
        let mut ids = 0;
        while let Some(range) = self.waiting.front() {
            let listed = listed(range);
            if ranges.len() >= MAX_RANGES_A_MESSAGE || (ids > 0 && ids + listed > MAX_IDS_A_MESSAGE) {
                break;
            }
            ids += listed;
            self.listed = self.listed.saturating_sub(listed);
            ranges.extend(self.waiting.pop_front());
        }
        Message { session: self.number, from_initiator: self.initiator, ranges }
    }
}

/// How many ids a range lists.
fn listed(range: &Range) -> usize {
    match &range.content {
        Content::Fingerprint(_) => 0,
        Content::All(ids) | Content::Lacking(ids) => ids.len(),
    }
}

/// Whether no two ranges overlap. An honest peer says one thing of each range; many statements about the same one
/// would have us list the same ids again and again. Lists of what is lacking may come in several parts.
fn are_apart(ranges: &[Range]) -> bool {
    let mut asked: Vec<&Range> =
        ranges.iter().filter(|range| !matches!(range.content, Content::Lacking(_))).collect();
    asked.sort_by_key(|range| range.from);
    asked.windows(2).all(|pair| pair[0].to.is_some_and(|end| end <= pair[1].from))
}

fn check(message: &Message) -> Result<(), Rule> {
    if message.ranges.len() > MAX_RANGES_A_MESSAGE {
        return Err(Rule::ReconcileMalformed);
    }
    let mut ids = 0usize;
    for range in &message.ranges {
        if !range.is_ordered() {
            return Err(Rule::ReconcileMalformed);
        }
        if let Content::All(listed) | Content::Lacking(listed) = &range.content {
            ids = ids.saturating_add(listed.len());
            let sorted = listed.windows(2).all(|pair| pair[0] < pair[1]);
            if !sorted || !listed.iter().all(|id| range.contains(id)) {
                return Err(Rule::ReconcileMalformed);
            }
        }
    }
    let sound = ids <= 2 * MAX_IDS_A_MESSAGE && are_apart(&message.ranges);
    if sound { Ok(()) } else { Err(Rule::ReconcileMalformed) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use alloc::vec::Vec;

    use proptest::prelude::*;
    use watchfire_keys::ids::CircleId;

    use super::*;

    fn id(n: u32) -> RecordId {
        RecordId::from_bytes(watchfire_keys::hash::hash(
            watchfire_keys::labels::HASH_RECORD,
            &[&n.to_le_bytes()],
        ))
    }

    fn set(of: impl Iterator<Item = u32>) -> RecordSet {
        let mut set = RecordSet::new(&CircleId::from_bytes([7; 32]));
        for n in of {
            set.insert(id(n));
        }
        set
    }

    /// Runs both sides to the end; what each found missing, and the number of messages.
    fn run(a: &RecordSet, b: &RecordSet) -> (BTreeSet<RecordId>, BTreeSet<RecordId>, usize) {
        let (mut left, first) = Session::start(1, a);
        let mut right = Session::join(1);
        let (mut for_a, mut for_b) = (BTreeSet::new(), BTreeSet::new());
        let mut message = first;
        let mut messages = 1;
        let mut to_b = true;
        loop {
            let answer = if to_b { right.take(&message, b) } else { left.take(&message, a) }.unwrap();
            assert!(answer.walked <= Session::most_walked(if to_b { b } else { a }));
            if to_b {
                for_b.extend(answer.wanted)
            } else {
                for_a.extend(answer.wanted)
            }
            let Some(reply) = answer.reply else { break };
            message = reply;
            messages += 1;
            to_b = !to_b;
        }
        (for_a, for_b, messages)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn each_side_learns_exactly_what_it_lacks(
            shared in 0u32..3000, only_a in 0u32..400, only_b in 0u32..400,
        ) {
            let a = set((0..shared).chain(10_000..10_000 + only_a));
            let b = set((0..shared).chain(20_000..20_000 + only_b));
            let (for_a, for_b, _) = run(&a, &b);
            prop_assert_eq!(for_a, (20_000..20_000 + only_b).map(id).collect::<BTreeSet<_>>());
            prop_assert_eq!(for_b, (10_000..10_000 + only_a).map(id).collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn equal_sets_end_after_one_exchange() {
        let a = set(0..5000);
        assert_eq!(run(&a, &a.clone()).2, 2);
    }

    #[test]
    fn an_empty_node_learns_everything() {
        let (empty, full) = (set(0..0), set(0..50_000));
        let (for_a, for_b, _) = run(&empty, &full);
        assert_eq!((for_a.len(), for_b.len()), (50_000, 0));
        let (for_a, for_b, _) = run(&full, &empty);
        assert_eq!((for_a.len(), for_b.len()), (0, 50_000));
    }

    #[test]
    fn bounds_out_of_order_are_the_peers_fault() {
        let a = set(0..100);
        let range =
            Range { from: id(1).max(id(2)), to: Some(id(1).min(id(2))), content: Content::All(Vec::new()) };
        let message = Message { session: 1, from_initiator: true, ranges: alloc::vec![range] };
        assert_eq!(Session::join(1).take(&message, &a), Err(Rule::ReconcileMalformed));
    }

    #[test]
    fn a_peer_that_never_ends_is_cut_off() {
        let a = set(0..100);
        let mut session = Session::join(1);
        let from = RecordId::from_bytes([0; 32]);
        let lie = Content::Fingerprint(Fingerprint { count: 9, sum: 9 });
        let range = Range { from, to: None, content: lie };
        let message = Message { session: 1, from_initiator: true, ranges: alloc::vec![range] };
        let ended = (0..=MAX_ROUNDS).any(|_| session.take(&message, &a).is_err());
        assert!(ended);
    }

    #[test]
    fn one_small_message_cannot_make_us_list_the_same_ids_again_and_again() {
        let a = set(0..2000);
        let from = RecordId::from_bytes([0; 32]);
        let empty = Content::Fingerprint(Fingerprint::default());
        let range = Range { from, to: None, content: empty };
        let ranges = alloc::vec![range.clone(); MAX_RANGES_A_MESSAGE];
        let message = Message { session: 1, from_initiator: true, ranges };
        assert_eq!(Session::join(1).take(&message, &a), Err(Rule::ReconcileMalformed));
        let mut session = Session::join(1);
        let message = Message { session: 1, from_initiator: true, ranges: alloc::vec![range] };
        let bounded = (0..64).all(|_| {
            let _ = session.take(&message, &a);
            session.waiting.iter().map(listed).sum::<usize>() <= MAX_WAITING_IDS
        });
        assert!(bounded);
    }

    #[test]
    fn what_waits_does_not_grow_with_the_set_and_nothing_is_left_out() {
        let (a, b) = (set(0..200_000), set(0..0));
        let from = RecordId::from_bytes([0; 32]);
        let range = Range { from, to: None, content: Content::All(Vec::new()) };
        let message = Message { session: 1, from_initiator: true, ranges: alloc::vec![range] };
        let mut session = Session::join(1);
        for _ in 0..2 {
            session.take(&message, &a).unwrap();
            let listed = session.waiting.iter().map(listed).sum::<usize>();
            assert!(listed > MAX_WAITING_IDS / 2 && listed <= MAX_WAITING_IDS && listed == session.listed);
            assert!(session.waiting_bytes() < 5 * 1024 * 1024);
        }
        assert_eq!(run(&a, &b).1.len(), a.len());
        assert_eq!(run(&b, &a).0.len(), a.len());
    }
}
