//! What is let into the history, and by which rule not.
//!
//! An act counts when its parents are in force, and its author was a steward of the roster at those parents with the
//! key that signed. An approval counts when the frontier that it names is in force, and its approver was a steward
//! there. Both follow from the item and its past alone, so every node decides alike, whenever the item comes.
//!
//! Of the proposals of one member that wait for approvals those with the lowest ids stay, up to a bound, whatever came
//! first; one beyond the bound is set aside until the approvals are here that put it in force. So a flood fills no
//! memory, nodes agree on what they hold, and what the sides agreed on is in force everywhere.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::name::Side;
use watchfire_keys::time::UnixMillis;

use super::act::{SignedAct, root_act};
use super::approval::SignedApproval;
use super::aside::{Aside, Loose};
use super::body::ActBody;
use super::consent;
use super::draft::Draft;
use super::entitle::{Grounds, joined, rule};
use super::history::History;
use super::item::ItemId;
use super::own;
use crate::limits::{MAX_OPEN_PROPOSALS, MAX_OWN_RIVALS, PROPOSAL_GRACE_MS};
use crate::rules::Rule;

/// The history and what waits to enter it.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) history: History,
    pub(super) aside: Aside,
    /// Acts that epoch headers wait for.
    pub(super) wanted: BTreeSet<ActId>,
}

/// What one arrival set in motion.
struct Round {
    now: UnixMillis,
    /// Whether what arrived was let in before, by this very program.
    trusted: bool,
    /// What entered the history, in the order in which it did.
    admitted: Vec<ItemId>,
    /// Acts that entered or came into force, and whose dependants have not been looked at.
    woken: Vec<ActId>,
}

/// Whether an item counts by its own past.
enum Judged<T> {
    /// It does, by this.
    Counts(T),
    /// It cannot be told before these are in force.
    Waits(Vec<ActId>),
}

impl State {
    /// Takes the founding, whose signatures have been checked; returns what entered the history.
    pub(super) fn found(&mut self, draft: Arc<Draft>, now: UnixMillis) -> Vec<ItemId> {
        let root = root_act(self.history.circle());
        self.history.found(draft);
        let round =
            Round { now, trusted: false, admitted: alloc::vec![*root.as_bytes()], woken: alloc::vec![root] };
        self.settle(round)
    }

    /// Takes an act or an approval whose signature holds for the key that it names; returns what entered the history,
    /// which may be nothing.
    pub(super) fn take(&mut self, loose: Loose, now: UnixMillis, trusted: bool) -> Result<Vec<ItemId>, Rule> {
        let mut round = Round { now, trusted, admitted: Vec::new(), woken: Vec::new() };
        self.place(loose, &mut round)?;
        Ok(self.settle(round))
    }

    /// Takes up again whatever waited for an act that changed, until nothing changes any more.
    fn settle(&mut self, mut round: Round) -> Vec<ItemId> {
        while let Some(act) = round.woken.pop() {
            for loose in self.aside.take_waiting(&act) {
                // What breaks a rule now that its past is known is dropped. Nobody is blamed: the peer that
                // delivered it could not have known either.
                let _ = self.place(loose, &mut round);
            }
            self.fill_up(&act, &mut round);
        }
        round.admitted
    }

    /// Lets in what was held back of an author, one of whose proposals came into force.
    fn fill_up(&mut self, act: &ActId, round: &mut Round) {
        let Some(node) = self.history.node(act).filter(|node| node.in_force()) else { return };
        let author = node.act.act.author;
        for held in self.aside.held_of(&author) {
            if self.open_proposals(&author, round.now) >= MAX_OPEN_PROPOSALS {
                break;
            }
            if let Some(loose) = self.aside.take(held.as_bytes()) {
                let _ = self.place(loose, round);
            }
        }
    }

    fn place(&mut self, loose: Loose, round: &mut Round) -> Result<(), Rule> {
        match loose {
            Loose::Act(id, act) => self.place_act(id, act, round),
            Loose::Approval(approval) => self.place_approval(approval, round),
        }
    }

    fn place_act(&mut self, id: ActId, act: Arc<SignedAct>, round: &mut Round) -> Result<(), Rule> {
        match self.judge_act(&id, &act)? {
            Judged::Waits(waits) => self.aside.put(Loose::Act(id, act), waits),
            Judged::Counts(grounds) if act.act.body.is_own() => {
                // What was let in because something stood on it comes before that something when it is read back.
                if !round.trusted && !self.has_slot(&id, &act) {
                    return Err(Rule::ActSlot);
                }
                self.enter(id, act, grounds, round);
            }
            Judged::Counts(grounds) if self.make_room(&id, &act, round.now) => {
                self.enter(id, act, grounds, round);
            }
            Judged::Counts(_) => {
                self.aside.put(Loose::Act(id, act), alloc::vec![id]);
                self.release(&id, round);
            }
        }
        Ok(())
    }

    /// Whether a member's own act is one of the two with the lowest ids for its number that follow those with an effect,
    /// or something that waits here stands on it, an epoch header too. One of the two has the effect, and both prove that the member signed
    /// twice; more would be a way to fill memory.
    fn has_slot(&self, id: &ActId, signed: &SignedAct) -> bool {
        let number = signed.act.body.number().unwrap_or_default();
        let Some(slots) = self.history.slots(&signed.act.author) else { return true };
        let follows =
            |last: Option<&ActId>| last.is_none_or(|last| self.history.includes(&signed.act.parents, last));
        let highest = match own::followers(&self.history, slots, number) {
            Some((last, _)) if !follows(last.as_ref()) => return self.is_needed(id),
            Some((_, followers)) => followers.get(MAX_OWN_RIVALS.saturating_sub(1)).copied(),
            None => return self.is_needed(id),
        };
        highest.is_none_or(|highest| *id < highest) || self.is_needed(id)
    }

    fn is_needed(&self, id: &ActId) -> bool {
        self.aside.needs_act(id) || self.wanted.contains(id)
    }

    fn place_approval(&mut self, approval: Arc<SignedApproval>, round: &mut Round) -> Result<(), Rule> {
        let about = approval.approval.act;
        let Some(node) = self.history.node(&about) else {
            // It waits for what it knew, too: its act may be held back until this approval can be counted.
            let mut waits = self.history.lacking(&approval.approval.frontier);
            waits.push(about);
            self.aside.put(Loose::Approval(approval), waits);
            self.release(&about, round);
            return Ok(());
        };
        let act = Arc::clone(&node.act);
        match self.judge_approval(&act, &approval)? {
            Judged::Waits(waits) => self.aside.put(Loose::Approval(approval), waits),
            Judged::Counts(side) => {
                let key = (approval.approval.approver, approval.approval.decision);
                // The first one stays, whatever other one the steward signed: what came into force by it may be
                // what the other one stands on, and then neither would stand without it.
                if self.history.node(&about).is_none_or(|node| node.voices.contains_key(&key)) {
                    return Ok(());
                }
                let id = approval.id();
                round.admitted.push(id);
                // What names this voice may have waited for it.
                round.woken.push(ActId::from_bytes(id));
                if self.history.hear(approval, side) {
                    self.wake(about, round);
                }
            }
        }
        Ok(())
    }

    fn enter(&mut self, id: ActId, act: Arc<SignedAct>, grounds: Grounds, round: &mut Round) {
        round.admitted.push(*id.as_bytes());
        self.history.admit(id, act, grounds);
        self.wake(id, round);
    }

    /// Has everything looked at that waits for this act, or for a voice for it.
    fn wake(&self, id: ActId, round: &mut Round) {
        let voices = self.history.node(&id).into_iter().flat_map(|node| node.voices.values());
        round.woken.extend(voices.map(|voice| ActId::from_bytes(voice.id)));
        round.woken.push(id);
    }

    /// Whether the act's author was entitled to it, and the act says something that its past allows.
    fn judge_act(&mut self, id: &ActId, signed: &SignedAct) -> Result<Judged<Grounds>, Rule> {
        let act = &signed.act;
        let lacking = self.history.lacking(&act.parents);
        if !lacking.is_empty() {
            return Ok(Judged::Waits(lacking));
        }
        // All parents are here; voices alone are no past.
        let roster = self.history.recall(&act.parents).ok_or(Rule::ActMalformed)?;
        self.entitled(*id, act, &roster).map(Judged::Counts).map_err(|error| rule(&error))
    }

    /// Whether the approval's signer was a steward by what it knew and by what the act's author knew, and decided in
    /// time. Without the second, who was removed before the act was proposed could still date a yes to it back.
    fn judge_approval(&mut self, about: &SignedAct, signed: &SignedApproval) -> Result<Judged<Side>, Rule> {
        let approval = &signed.approval;
        if about.act.body.is_own() {
            return Err(Rule::ApprovalSigner);
        }
        if approval.created > about.act.expires() {
            return Err(Rule::ApprovalLate);
        }
        let lacking = self.history.lacking(&approval.frontier);
        if !lacking.is_empty() {
            return Ok(Judged::Waits(lacking));
        }
        let frontier = &approval.frontier;
        let known = about.act.parents.iter().all(|parent| self.history.includes(frontier, parent));
        let roster = if known {
            self.history.recall(frontier)
        } else {
            self.history.recall(&joined(frontier, &about.act.parents))
        };
        let entry = roster.as_ref().and_then(|roster| roster.member(&approval.approver));
        let entry = entry.ok_or(Rule::ApprovalSigner)?;
        if entry.signs_as_steward(&approval.signer, approval.created) {
            Ok(Judged::Counts(entry.side.clone()))
        } else {
            Err(Rule::ApprovalSigner)
        }
    }

    /// Whether there is room for this proposal, if need be in the place of one of its author's with a higher id. There
    /// is none for one so old that it lies here only if it came into force.
    fn make_room(&mut self, id: &ActId, signed: &SignedAct, now: UnixMillis) -> bool {
        let act = &signed.act;
        if now > act.expires().saturating_add(PROPOSAL_GRACE_MS) {
            return false;
        }
        // Expired ones have a bound of their own, or a flood dated back would have none.
        let expired = now > act.expires();
        let open = self.history.open_of(&act.author);
        let rivals: Vec<ActId> =
            open.filter(|(_, node)| (now > node.act.act.expires()) == expired).map(|(id, _)| *id).collect();
        if rivals.len() < MAX_OPEN_PROPOSALS {
            return true;
        }
        let Some(highest) = rivals.into_iter().max().filter(|highest| highest > id) else { return false };
        if let Some(node) = self.history.withdraw(&highest) {
            for voice in node.voices.into_values() {
                self.aside.put(Loose::Approval(voice.approval), alloc::vec![highest]);
            }
            self.aside.put(Loose::Act(highest, node.act), alloc::vec![highest]);
        }
        true
    }

    /// How many proposals of this member wait for approvals that could still come.
    pub(super) fn open_proposals(&self, author: &MemberId, now: UnixMillis) -> usize {
        let open = self.history.open_of(author).filter(|(_, node)| now <= node.act.act.expires());
        open.count()
    }

    /// Lets in an act that was held back, once the approvals that wait beside it put it in force.
    fn release(&mut self, id: &ActId, round: &mut Round) {
        let Some(act) = self.aside.held(id).map(Arc::clone) else { return };
        let Ok(Judged::Counts(grounds)) = self.judge_act(id, &act) else { return };
        let approvals = self.aside.approvals_of(id);
        let voices: Vec<_> = approvals
            .iter()
            .filter_map(|approval| match self.judge_approval(&act, approval) {
                Ok(Judged::Counts(side)) => {
                    Some((approval.approval.approver, side, approval.approval.decision))
                }
                _ => None,
            })
            .collect();
        let voices = voices.iter().map(|(member, side, decision)| (*member, side, *decision));
        let Some(founded) = self.history.founded() else { return };
        let seat = matches!(act.act.body, ActBody::Seat { .. });
        let author = if seat { None } else { Some(act.act.author) };
        if consent::tally(&founded.charter.sides, &grounds.needs, author, &grounds.side, voices).met {
            self.aside.take(id.as_bytes());
            self.enter(*id, act, grounds, round);
        }
    }
}
