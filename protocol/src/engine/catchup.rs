//! Reconciliation with peers: with whom, when, and by which method.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use rand_core::Rng;
use watchfire_keys::ids::MemberId;
use watchfire_keys::time::Moment;

use super::fetch::{Asked, SPARE_BURST, SPARE_PER_SECOND, STALLED_MS};
use super::output::{Event, Output};
use super::salted::SaltedOnce;
use super::standing::side_of;
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::gossip::Bucket;
use crate::reconcile::{Ask, Difference, Message, NUMBERS_A_SEARCH, Prefix, Search, Session, Step, Symbols};
use crate::rules::Rule;
use crate::wire::{Catchup, Frame};

/// A new link is reconciled after this long: acts, headers and secrets go first.
const SOON_MS: u64 = 150;
/// Every so often the node reconciles with one of its links, whether or not something seems to be missing.
const EVERY_MS: u64 = 10_000;
/// Spread of that interval, so that nodes do not all do it at once.
const JITTER_MS: u32 = 4_000;
/// How often with a new link, by a node that can publish nothing before it knows the end of its own chain.
const RECOVERING_MS: u64 = 3_000;
/// How long a link is new then.
const NEW_LINK_MS: u64 = 60_000;
/// Records named in one offer: 64 kilobytes.
const OFFERED_A_FRAME: usize = 4_096;
/// Coded symbols that all searches of this node together may hold, about 100 bytes each: two large differences at a time;
/// beyond that, ranges are compared.
pub(super) const MAX_CELLS_HELD: usize = 600_000;
/// Searches of links that were lost, which go on when the peer is back.
const MAX_PAUSED: usize = 8;
/// How long they are kept: a node that was away for longer has missed more than what was found.
const PAUSED_MS: u64 = 10 * 60 * 1000;
/// How often a search asks again for answers that do not come.
const MAX_STALLS: u32 = 3;

/// Ids that a member may have this node go through while ranges are compared, whatever its links: with a million records
/// a comparison takes some seven million, about a tenth of a second.
const WALKED_BURST: u64 = 32_000_000;
/// As above, a second.
const WALKED_PER_SECOND: u64 = 2_000_000;
/// What a message counts for at the least: reading and answering 256 ranges takes as long.
const LEAST_WALKED: usize = 8_192;

/// A comparison whose link was lost.
#[derive(Debug)]
struct Paused {
    search: Search,
    since: Moment,
}

/// What catch-up remembers across links.
#[derive(Debug)]
pub(super) struct State<P> {
    next: Moment,
    /// When to reconcile with links that are new.
    soon: Option<Moment>,
    pub(super) sessions: u32,
    pub(super) salted: SaltedOnce,
    /// Ids that each member may still have this node go through for it.
    walks: BTreeMap<MemberId, Bucket>,
    /// Records that were asked for.
    pub(super) asked: BTreeMap<Prefix, Asked<P>>,
    /// When this node last began to reconcile with each member: by members, as one can have a new link at any time, and
    /// links that were never reconciled would take every turn.
    compared: BTreeMap<MemberId, Moment>,
    paused: BTreeMap<P, Paused>,
    /// When peers that asked for more than their share are served again.
    pub(super) serve_at: Option<Moment>,
    /// What may be handed out beyond the share of each link.
    pub(super) spare: Bucket,
    /// Records that came because they were asked for.
    pub(super) fetched: u64,
}

impl<P: PeerName> State<P> {
    pub(super) fn new(now: Moment) -> Self {
        Self {
            next: now.saturating_add(EVERY_MS),
            soon: None,
            sessions: 0,
            salted: SaltedOnce::default(),
            walks: BTreeMap::new(),
            asked: BTreeMap::new(),
            compared: BTreeMap::new(),
            paused: BTreeMap::new(),
            serve_at: None,
            spare: Bucket::full(SPARE_BURST, SPARE_PER_SECOND, now),
            fetched: 0,
        }
    }

    pub(super) fn next(&self) -> Moment {
        [self.serve_at, self.soon].into_iter().flatten().fold(self.next, Moment::min)
    }

    /// Keeps a search whose link was lost. What has brought nothing yet is not worth it.
    pub(super) fn pause(&mut self, peer: &P, search: Search, now: Moment) {
        self.paused.retain(|_, paused| now.0 < paused.since.0.saturating_add(PAUSED_MS));
        if self.paused.len() < MAX_PAUSED && !search.is_empty() && search.salt().is_none() {
            self.paused.insert(peer.clone(), Paused { search, since: now });
        }
    }

    /// Lets the oldest paused searches go until the others hold no more than so many symbols.
    fn make_room(&mut self, cells: usize) {
        while self.paused.values().map(|paused| paused.search.granted()).sum::<usize>() > cells {
            let oldest = self.paused.iter().min_by_key(|(_, paused)| paused.since);
            let Some(oldest) = oldest.map(|(peer, _)| peer.clone()) else { return };
            self.paused.remove(&oldest);
        }
    }

    fn unpause(&mut self, peer: &P, now: Moment) -> Option<Search> {
        let paused = self.paused.remove(peer)?;
        (now.0 < paused.since.0.saturating_add(PAUSED_MS)).then_some(paused.search)
    }

    /// How many records are remembered as asked for.
    pub(super) fn asked(&self) -> usize {
        self.asked.len()
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// A link was greeted: reconcile with everyone we called and have not reconciled with.
    pub(super) fn catchup_soon(&mut self) {
        self.catchup.soon.get_or_insert(self.now.moment.saturating_add(SOON_MS));
    }

    pub(super) fn catchup_if_due(&mut self) {
        self.serve_all_due();
        let now = self.now.moment;
        let (turn, soon) = (self.catchup.next <= now, self.catchup.soon.is_some_and(|at| at <= now));
        if !turn && !soon {
            return;
        }
        if turn {
            let jitter = u64::from(self.rng.next_u32() % JITTER_MS);
            let hurries = self.recovering && self.greeted_peers().iter().any(|(peer, _)| self.is_new(peer));
            let wait = if hurries { RECOVERING_MS } else { EVERY_MS + jitter };
            self.catchup.next = now.saturating_add(wait);
        }
        if soon {
            self.catchup.soon = None;
        }
        if self.is_member() {
            for peer in self.partners(turn) {
                self.reconcile_with(&peer);
            }
            return;
        }
        // What makes this node a member is still on its way, or was lost: say again what is here.
        for (peer, _) in self.greeted_peers() {
            if self.draft.is_some() {
                self.send_draft(&peer);
            } else {
                self.send_summary(&peer);
            }
        }
    }

    /// Whom to reconcile with now: everybody that we called and have not reconciled with, and when it is time for that
    /// the member with whom it was longest ago; one with whom it never was does not have to wait for the time.
    fn partners(&mut self, turn: bool) -> Vec<P> {
        if let Some(roster) = &self.roster {
            self.catchup.compared.retain(|member, _| roster.is_member(member));
            self.catchup.walks.retain(|member, _| roster.is_member(member));
        }
        let greeted = self.greeted_peers();
        let is_partner = |peer: &P, link: &super::Link| {
            let called = link.dialed && link.compared.is_none();
            // One session finds what is missing, and another one, once that is here, that nothing is.
            let idle = link.wanted.is_empty() && link.owed.is_empty();
            called || self.recovering && idle && self.is_new(peer)
        };
        let new = greeted
            .iter()
            .filter(|(peer, _)| self.links.get(peer).is_some_and(|link| is_partner(peer, link)));
        let mut partners: Vec<P> = new.map(|(peer, _)| peer.clone()).collect();
        let last = |peer: &P| self.links.get(peer).and_then(|link| link.compared);
        let compared = &self.catchup.compared;
        let oldest = greeted.iter().min_by_key(|(peer, member)| (compared.get(member), last(peer)));
        let due = oldest.filter(|(_, member)| turn || partners.is_empty() && !compared.contains_key(member));
        if let Some((peer, _)) = due.filter(|(peer, _)| !partners.contains(peer)) {
            partners.push(peer.clone());
        }
        partners
    }

    /// Whether a link came up lately and has not shown yet that nothing is missing.
    fn is_new(&self, peer: &P) -> bool {
        let link = self.links.get(peer).filter(|link| !link.reconciled);
        link.is_some_and(|link| self.now.moment.0 < link.up_at.0.saturating_add(NEW_LINK_MS))
    }

    pub(super) fn reconcile_with(&mut self, peer: &P) {
        self.send_summary(peer);
        self.repeat_presences(peer);
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        link.compared = Some(now);
        self.catchup.compared.extend(link.member().map(|member| (member, now)));
        link.has_more = false;
        if link.search.is_some() {
            // It is under way; should it be stuck, it asks again by itself.
            return;
        }
        if self.set.is_empty() {
            // Whoever has nothing lacks everything, and a list of it is what costs least.
            return self.compare_ranges(peer);
        }
        let (search, asks) = match self.catchup.unpause(peer, now) {
            Some(mut search) => {
                let asks = search.resume();
                (search, asks)
            }
            None => {
                let number = self.catchup.sessions.wrapping_add(1);
                self.catchup.sessions = self.catchup.sessions.wrapping_add(NUMBERS_A_SEARCH);
                let (search, first) = Search::start(number, &mut self.set);
                (search, [first].into())
            }
        };
        self.begin_search(peer, search, asks);
    }

    pub(super) fn begin_search(&mut self, peer: &P, search: Search, asks: Vec<Ask>) {
        let Some(link) = self.links.get_mut(peer) else { return };
        link.search = Some(search);
        link.searched_at = self.now.moment;
        link.stalls = 0;
        self.send_asks(peer, asks);
    }

    fn compare_ranges(&mut self, peer: &P) {
        self.catchup.sessions = self.catchup.sessions.wrapping_add(1);
        let (session, message) = Session::start(self.catchup.sessions, &self.set);
        let Some(link) = self.links.get_mut(peer) else { return };
        link.ours = Some(session);
        self.send(peer, &Frame::Catchup(Catchup::Message(message)));
    }

    fn send_asks(&mut self, peer: &P, asks: Vec<Ask>) {
        for ask in asks {
            self.send(peer, &Frame::Catchup(Catchup::Ask(ask)));
        }
    }

    pub(super) fn catchup_frame(&mut self, peer: &P, frame: Catchup) -> Result<(), Rule> {
        match frame {
            Catchup::Message(message) => self.message_frame(peer, &message),
            Catchup::Want(ids) => {
                let asked = ids.len();
                self.wanted_by(peer, asked, ids.into_iter().filter(|id| self.set.contains(id)).collect())
            }
            Catchup::Fetch(prefixes) => {
                // One record each: two with one prefix are their maker's own doing.
                let records = prefixes.iter().filter_map(|prefix| self.set.named(*prefix).next().copied());
                let records = records.collect();
                self.wanted_by(peer, prefixes.len(), records)
            }
            Catchup::Record(envelope) => self.record_frame(peer, envelope),
            Catchup::Ask(ask) => self.ask_frame(peer, &ask),
            Catchup::Symbols(symbols) => self.symbols_frame(peer, &symbols),
            Catchup::Offer { records, last } => self.offer_frame(peer, records, last),
        }
    }

    fn message_frame(&mut self, peer: &P, message: &Message) -> Result<(), Rule> {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
        let Some(member) = link.member() else { return Ok(()) };
        let session = if message.from_initiator { &mut link.theirs } else { &mut link.ours };
        if message.from_initiator && session.as_ref().is_none_or(|open| open.number() != message.session) {
            // Each new one has us fingerprint the whole set.
            if !link.sessions.take(1, now) {
                return Err(Rule::LinkBudget);
            }
            *session = Some(Session::join(message.session));
        }
        // An answer to a session that we have replaced meanwhile says nothing.
        let Some(open) = session.as_mut().filter(|open| open.number() == message.session) else {
            return Ok(());
        };
        // Each message may have us go through the whole set: what it does not is given back.
        let walks = self.catchup.walks.entry(member);
        let walks = walks.or_insert_with(|| Bucket::full(WALKED_BURST, WALKED_PER_SECOND, now));
        let most = (Session::most_walked(&self.set).max(LEAST_WALKED) as u64).min(WALKED_BURST);
        if !walks.take(most, now) {
            return Err(Rule::LinkBudget);
        }
        let answer = match open.take(message, &self.set) {
            Ok(answer) => {
                walks.give_back(most.saturating_sub(answer.walked.max(LEAST_WALKED) as u64));
                answer
            }
            Err(rule) => {
                *session = None;
                return Err(rule);
            }
        };
        link.reconciled |= answer.done && message.ranges.is_empty();
        self.want(peer, answer.wanted.iter().map(Prefix::of));
        if let Some(reply) = answer.reply {
            self.send(peer, &Frame::Catchup(Catchup::Message(reply)));
        }
        self.ask_for_records(peer);
        Ok(())
    }

    fn ask_frame(&mut self, peer: &P, ask: &Ask) -> Result<(), Rule> {
        let Some(link) = self.links.get_mut(peer) else { return Ok(()) };
        if !link.cells.take(ask.cost(&self.set), self.now.moment) {
            return Err(Rule::LinkBudget);
        }
        let symbols = self.symbols_for(ask)?;
        // The peer has shown a set that is the same as ours.
        let same = symbols.cells.is_empty() && symbols.of == ask.mine;
        if let Some(link) = self.links.get_mut(peer) {
            link.reconciled |= same;
        }
        self.send(peer, &Frame::Catchup(Catchup::Symbols(symbols)));
        Ok(())
    }

    /// Coded symbols that all searches of this node together hold or may come to hold.
    pub(super) fn cells_held(&self) -> usize {
        let paused = self.catchup.paused.values().map(|paused| paused.search.granted());
        paused.fold(self.cells_under_way(), usize::saturating_add)
    }

    /// The same of those that are not paused.
    fn cells_under_way(&self) -> usize {
        let under_way = self.links.values().filter_map(|link| link.search.as_ref());
        under_way.map(Search::granted).fold(0, usize::saturating_add)
    }

    fn symbols_frame(&mut self, peer: &P, symbols: &Symbols) -> Result<(), Rule> {
        let search = self
            .links
            .get_mut(peer)
            .and_then(|link| link.search.take_if(|search| search.number() == symbols.session));
        let Some(mut search) = search else { return Ok(()) };
        // Those that are paused make room for those that are not.
        let room = MAX_CELLS_HELD.saturating_sub(self.cells_under_way()).saturating_sub(search.len());
        let (before, salt) = (search.len(), search.salt());
        let Some(set) = self.searched_set(salt) else { return Ok(()) };
        match search.take(symbols, set, room) {
            Ok(Step::Ask(asks)) => {
                let now = self.now.moment;
                if let Some(link) = self.links.get_mut(peer) {
                    if search.len() > before {
                        link.searched_at = now;
                        link.stalls = 0;
                    }
                    link.search = Some(search);
                }
                self.catchup.make_room(MAX_CELLS_HELD.saturating_sub(self.cells_under_way()));
                self.send_asks(peer, asks);
            }
            Ok(Step::Done(difference)) => {
                if let Some(link) = self.links.get_mut(peer) {
                    link.reconciled = true;
                }
                self.learn(peer, difference, !symbols.cells.is_empty());
            }
            Ok(Step::Stuck(difference)) => {
                self.learn(peer, difference, false);
                if salt.is_some() || !self.search_under_new_key(peer) {
                    self.compare_ranges(peer);
                }
            }
            Ok(Step::GiveUp(difference)) => {
                self.learn(peer, difference, false);
                self.compare_ranges(peer);
            }
            Err(rule) => {
                self.compare_ranges(peer);
                return Err(rule);
            }
        }
        Ok(())
    }

    /// A comparison has shown a difference: get what is missing here, and say what is missing there.
    fn learn(&mut self, peer: &P, difference: Difference, tells_end: bool) {
        self.want(peer, difference.wanted);
        let frames = difference.lacking.len().div_ceil(OFFERED_A_FRAME);
        for (index, records) in difference.lacking.chunks(OFFERED_A_FRAME).enumerate() {
            let last = tells_end && index + 1 == frames;
            self.send(peer, &Frame::Catchup(Catchup::Offer { records: records.to_vec(), last }));
        }
        if tells_end && frames == 0 {
            self.send(peer, &Frame::Catchup(Catchup::Offer { records: Vec::new(), last: true }));
        }
        self.ask_for_records(peer);
    }

    fn offer_frame(&mut self, peer: &P, records: Vec<Prefix>, last: bool) -> Result<(), Rule> {
        if records.len() > OFFERED_A_FRAME || !records.is_sorted_by(|left, right| left < right) {
            return Err(Rule::ReconcileMalformed);
        }
        self.want(peer, records);
        if let Some(link) = self.links.get_mut(peer) {
            link.reconciled |= last;
        }
        self.ask_for_records(peer);
        Ok(())
    }

    /// Asks again for coded symbols that do not come, and gives up on them at last: the next comparison begins anew.
    pub(super) fn search_again_if_stalled(&mut self, peer: &P) {
        let now = self.now.moment;
        let Some(link) = self.links.get_mut(peer) else { return };
        let Some(search) = link.search.as_mut() else { return };
        if now.0 <= link.searched_at.0.saturating_add(STALLED_MS) {
            return;
        }
        link.searched_at = now;
        link.stalls += 1;
        if link.stalls > MAX_STALLS {
            link.search = None;
            return;
        }
        let asks = search.resume();
        self.send_asks(peer, asks);
    }

    /// Whether own records that a failed disk lost would be here again by now.
    pub(super) fn check_recovered(&mut self) {
        let Some(roster) = self.roster.as_ref().filter(|_| self.recovering) else { return };
        let whole = self
            .links
            .values()
            .filter(|link| link.reconciled && link.wanted.is_empty() && link.owed.is_empty());
        let shown: BTreeSet<usize> = whole.filter_map(|link| side_of(roster, &link.member()?)).collect();
        // One member's word is not enough: it could hold our last record back and have us sign another in its place.
        let others = roster.members.keys().filter(|member| **member != self.keys.member);
        let sides: BTreeSet<usize> = others.filter_map(|member| side_of(roster, member)).collect();
        if !shown.is_empty() && shown.is_superset(&sides) {
            self.recovering = false;
            self.out(Output::Event(Event::Recovered));
        }
    }
}
