//! What is remembered of a member beside its links, and after they are gone: calling again, or under another transport
//! name, or on several links at once, is no fresh start.
//!
//! Decides nothing about who is a member. Only members of the roster come here, so the roster bounds what is kept.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::MemberId;
use watchfire_keys::time::Moment;

use super::connect::COOL_DOWN_MS;
use super::link::{BUDGETS, Link};
use super::reach::MAX_NODES;
use super::{Engine, PeerName};
use crate::circle::Roster;
use crate::crypto::Crypto;
use crate::gossip::Bucket;
use crate::rules::Rule;

/// Links one node may have at a time, by its daemon key: the node, one that replaces it, and one that has not noticed
/// yet.
const MAX_LINKS_A_NODE: usize = 3;
/// Links one member may have at a time: all of its nodes that are known, and two that are replaced. A member can make
/// transport names at will, and daemon keys as well; each link has budgets and queues of its own.
const MAX_LINKS_A_MEMBER: usize = MAX_NODES + 2;
/// Penalties fade by one in so many milliseconds, however many links the member has, so that a rare fault is forgotten.
const FADE_MS: u64 = 1_000;

/// The penalties of all links of a member.
#[derive(Clone, Copy, Debug)]
struct Blame {
    points: u32,
    /// Up to when they have faded.
    faded: Moment,
}

impl Blame {
    fn fade(&mut self, now: Moment) {
        let steps = now.0.saturating_sub(self.faded.0) / FADE_MS;
        self.points = self.points.saturating_sub(u32::try_from(steps).unwrap_or(u32::MAX));
        self.faded = self.faded.saturating_add(steps.saturating_mul(FADE_MS));
    }
}

/// What was left of a member's budgets when its links went: of each, the least that any of them had.
#[derive(Clone, Copy, Debug)]
struct Standing {
    budgets: [Bucket; BUDGETS],
    left: Moment,
}

/// Until when a member is kept away, and by which rule, the last of those that it broke.
#[derive(Clone, Copy, Debug)]
struct Ban {
    until: Moment,
    rule: Rule,
}

/// The standing of members, and who is kept away.
#[derive(Debug, Default)]
pub(super) struct Conduct {
    blamed: BTreeMap<MemberId, Blame>,
    left: BTreeMap<MemberId, Standing>,
    banned: BTreeMap<MemberId, Ban>,
}

impl Conduct {
    pub(super) fn is_banned(&self, member: &MemberId, now: Moment) -> bool {
        self.banned.get(member).is_some_and(|ban| ban.until > now)
    }

    pub(super) fn ban(&mut self, member: MemberId, rule: Rule, now: Moment) {
        self.banned.insert(member, Ban { until: now.saturating_add(COOL_DOWN_MS), rule });
    }

    /// Holds a penalty against the member; gives what there is against it by now, on all of its links.
    pub(super) fn blame(&mut self, member: MemberId, points: u32, now: Moment) -> u32 {
        let blame = self.blamed.entry(member).or_insert(Blame { points: 0, faded: now });
        blame.fade(now);
        blame.points = blame.points.saturating_add(points);
        blame.points
    }

    /// A link to the member is gone. One that used up nothing does not bring back what another one used up.
    pub(super) fn leave(&mut self, member: MemberId, link: &mut Link, now: Moment) {
        let mut budgets = link.budgets().map(|budget| *budget);
        if let Some(before) = self.left.get(&member) {
            for (budget, other) in budgets.iter_mut().zip(before.budgets) {
                *budget = budget.emptier(other, now);
            }
        }
        self.left.insert(member, Standing { budgets, left: now });
    }

    /// The member has a link again, and stands as it did, less what time has mended. So does each further link.
    pub(super) fn resume(&mut self, member: &MemberId, link: &mut Link, now: Moment) {
        let Some(standing) = self.left.get(member) else { return };
        for (budget, left) in link.budgets().into_iter().zip(standing.budgets) {
            *budget = budget.emptier(left, now);
        }
    }

    /// Forgets everybody who is no member.
    pub(super) fn forget_others(&mut self, roster: &Roster) {
        self.banned.retain(|member, _| roster.is_member(member));
        self.blamed.retain(|member, _| roster.is_member(member));
        self.left.retain(|member, _| roster.is_member(member));
    }

    pub(super) fn forget_old(&mut self, now: Moment) {
        self.banned.retain(|_, ban| ban.until > now);
        self.blamed.retain(|_, blame| {
            blame.fade(now);
            blame.points > 0
        });
        self.left.retain(|_, standing| now.0 < standing.left.0.saturating_add(COOL_DOWN_MS));
    }
}

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Members whose links are refused for a while because they broke rules: which rule was the last, and for how many
    /// milliseconds more.
    pub fn kept_away(&self) -> impl Iterator<Item = (MemberId, Rule, u64)> {
        let now = self.now.moment;
        let left = move |ban: &Ban| ban.until.0.saturating_sub(now.0);
        self.conduct
            .banned
            .iter()
            .filter(move |(_, ban)| left(ban) > 0)
            .map(move |(member, ban)| (*member, ban.rule, left(ban)))
    }

    /// Whether this member may have this link; takes up where its last one ended, and lets the oldest of too many go.
    pub(super) fn admit_link(&mut self, peer: &P, member: MemberId, signer: PublicKey) -> bool {
        let now = self.now.moment;
        if self.conduct.is_banned(&member, now) {
            return false;
        }
        let Some(link) = self.links.get_mut(peer) else { return false };
        self.conduct.resume(&member, link, now);
        let before = core::mem::take(&mut link.penalty);
        self.conduct.blame(member, before, now);
        self.make_room(peer, MAX_LINKS_A_NODE, |link| {
            link.member() == Some(member) && link.signer() == Some(signer)
        });
        self.make_room(peer, MAX_LINKS_A_MEMBER, |link| link.member() == Some(member));
        true
    }

    /// Lets the oldest of these links go until there are no more than so many with the one to this peer.
    fn make_room(&mut self, peer: &P, most: usize, of: impl Fn(&Link) -> bool) {
        let others = self.links.iter().filter(|(other, link)| *other != peer && of(link));
        let mut others: Vec<(Moment, P)> = others.map(|(other, link)| (link.up_at, other.clone())).collect();
        others.sort();
        let surplus = (others.len() + 1).saturating_sub(most);
        for (_, oldest) in others.into_iter().take(surplus) {
            self.hang_up(&oldest);
        }
    }
}
