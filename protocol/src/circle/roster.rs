//! The roster: what all acts in force together say. Members, their cards, sides and roles, at one frontier.
//!
//! A roster is a value: nothing in it changes, and whoever has the same acts has the same one. It never says who is
//! reachable, and never decides what a person may believe.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, CircleId, MemberId};
use watchfire_keys::name::{Name, Side};
use watchfire_keys::sealing::SealingPublic;
use watchfire_keys::time::UnixMillis;

use super::charter::Charter;
use super::circle_rules::CircleRules;
use super::cut::Cut;
use super::former::Former;
use super::merge::Standing;
use super::readers::{self, Readers};
use super::role::Role;
use crate::rules::Rule;

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberState {
    /// Proposed, and not a member before the act is in force.
    Invited,
    /// A member.
    Active,
    /// Was a member, and the sides took it out, or bound it to another organisation key.
    Removed,
    /// Was a member, and left.
    Left,
}

impl MemberState {
    /// The lower case name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Removed => "removed",
            Self::Left => "left",
        }
    }
}

/// What one key may sign for a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyState {
    /// What.
    pub scopes: Scopes,
    /// From when, inclusive.
    pub from: UnixMillis,
    /// Until when, exclusive.
    pub until: UnixMillis,
    /// Whether the member has ended it. It never comes back.
    pub revoked: bool,
}

impl KeyState {
    pub(super) const fn of(delegation: &Delegation) -> Self {
        Self { scopes: delegation.scopes, from: delegation.from, until: delegation.until, revoked: false }
    }

    /// What its delegation says, with the key.
    pub(super) const fn delegated(&self, key: PublicKey) -> Delegated {
        (key, self.scopes, self.from, self.until)
    }

    /// Whether it was delegated for this scope at that time, and may have been revoked since.
    pub(super) fn was_delegated(&self, scope: Scopes, at: UnixMillis) -> bool {
        self.scopes.contains(scope) && (self.from..self.until).contains(&at)
    }
}

/// A key, what it was delegated for, from when and until when.
pub(super) type Delegated = (PublicKey, Scopes, UnixMillis, UnixMillis);

/// One member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The member.
    pub member: MemberId,
    /// The card that it came with. Its keys of today are [`Entry::keys`] and [`Entry::sealing`].
    pub card: Card,
    /// Its name.
    pub name: Name,
    /// Its side.
    pub side: Side,
    /// What it may do.
    pub role: Role,
    /// The most that it could do at any time: what it published then stands as far as no act ends it.
    pub highest: Role,
    /// Where it stands.
    pub state: MemberState,
    /// The act that added it; the founding for founders.
    pub act: ActId,
    /// To which epoch secrets are sealed.
    pub sealing: SealingPublic,
    /// Every key that signs or signed for it, revoked ones too.
    pub keys: BTreeMap<PublicKey, KeyState>,
    /// What was said of these keys before they were delegated anew: what was signed under that stands as before.
    pub(super) earlier: BTreeSet<Delegated>,
    /// What stands for it among the readers.
    pub(super) reader: [u8; 32],
}

impl Entry {
    pub(super) fn new(card: &Card, role: Role, act: ActId, state: MemberState) -> Self {
        let member = card.member();
        let reader = readers::leaf(&member, &card.sealing);
        let keys = card.delegations.iter().map(|delegation| (delegation.key, KeyState::of(delegation)));
        Self {
            member,
            name: card.name.clone(),
            side: card.side.clone(),
            card: card.clone(),
            role,
            highest: role,
            state,
            act,
            sealing: card.sealing.clone(),
            keys: keys.collect(),
            earlier: BTreeSet::new(),
            reader,
        }
    }

    /// Whether `key` signs for the member in that scope at that time.
    #[must_use]
    pub fn delegates(&self, key: &PublicKey, scope: Scopes, at: UnixMillis) -> bool {
        self.keys.get(key).is_some_and(|state| !state.revoked && state.was_delegated(scope, at))
    }

    /// The first key that signs for the member in that scope at that time.
    #[must_use]
    pub fn key_for(&self, scope: Scopes, at: UnixMillis) -> Option<PublicKey> {
        self.keys.keys().find(|key| self.delegates(key, scope, at)).copied()
    }

    /// Whether the member co-signs acts and deals epochs.
    #[must_use]
    pub const fn is_steward(&self) -> bool {
        matches!(self.role, Role::Steward)
    }

    /// Whether `key` is one with which this member, as a steward, signs at that time.
    pub(super) fn signs_as_steward(&self, key: &PublicKey, at: UnixMillis) -> bool {
        self.is_steward() && self.delegates(key, Scopes::STEWARD, at)
    }

    /// Takes a key, or says something else of one that it has.
    pub(super) fn take_key(&mut self, key: PublicKey, state: KeyState) {
        if let Some(before) = self.keys.insert(key, state) {
            self.earlier.insert(before.delegated(key));
        }
        self.earlier.remove(&state.delegated(key));
    }

    /// Everything that was ever said of its keys.
    fn delegated(&self) -> impl Iterator<Item = Delegated> {
        let today = self.keys.iter().map(|(key, state)| state.delegated(*key));
        today.chain(self.earlier.iter().copied())
    }

    /// Whether the key was ever delegated for this scope at that time, whatever was said of it since.
    fn ever_delegated(&self, key: &PublicKey, scope: Scopes, at: UnixMillis) -> bool {
        self.delegated().any(|(other, scopes, from, until)| {
            other == *key && scopes.contains(scope) && (from..until).contains(&at)
        })
    }

    /// Takes another sealing key.
    pub(super) fn receive_under(&mut self, sealing: &SealingPublic) {
        self.sealing = sealing.clone();
        self.reader = readers::leaf(&self.member, sealing);
    }
}

/// Members, keys, roles and rules at one frontier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// The circle.
    pub circle: CircleId,
    /// Its charter.
    pub charter: Arc<Charter>,
    /// The rules of today; the charter's are those of the founding.
    pub rules: CircleRules,
    /// The members; every one of them is active.
    pub members: BTreeMap<MemberId, Arc<Entry>>,
    /// Those who were members and are none any more.
    pub former: BTreeMap<MemberId, Arc<Former>>,
    /// Where records end, by signer; those of a signer that is not named here all stand.
    pub cuts: BTreeMap<PublicKey, Cut>,
    /// The heads of the history that this is the sum of, sorted, and voices that confirm what a removal touched.
    pub frontier: Vec<ActId>,
    readers: Readers,
    /// Those of the members that are stewards, so that few are looked through where many are in.
    stewards: BTreeSet<MemberId>,
}

impl Roster {
    /// A roster of what acts say together.
    pub(super) fn new(
        circle: CircleId,
        charter: Arc<Charter>,
        standing: Standing,
        frontier: Vec<ActId>,
    ) -> Self {
        let Standing { rules, members, former, cuts } = standing;
        let readers = Readers::of(&members);
        let stewards = members.values().filter(|entry| entry.is_steward());
        let stewards = stewards.map(|entry| entry.member).collect();
        Self { circle, charter, rules, members, former, cuts, frontier, readers, stewards }
    }

    /// Takes a member, in the place of what was known of it.
    pub(super) fn put(&mut self, entry: Arc<Entry>) {
        let member = entry.member;
        if entry.is_steward() {
            self.stewards.insert(member);
        } else {
            self.stewards.remove(&member);
        }
        self.members.insert(member, entry);
        self.readers.update(&member, &self.members);
    }

    /// Takes a member out.
    pub(super) fn take(&mut self, member: &MemberId) -> Option<Arc<Entry>> {
        let entry = self.members.remove(member)?;
        self.stewards.remove(member);
        self.readers.update(member, &self.members);
        Some(entry)
    }

    /// A member.
    #[must_use]
    pub fn member(&self, member: &MemberId) -> Option<&Arc<Entry>> {
        self.members.get(member)
    }

    /// Whether this is a member.
    #[must_use]
    pub fn is_member(&self, member: &MemberId) -> bool {
        self.members.contains_key(member)
    }

    /// A member, or one who was.
    #[must_use]
    pub fn known(&self, member: &MemberId) -> Option<&Entry> {
        let former = || self.former.get(member).map(|former| former.entry.as_ref());
        self.members.get(member).map(Arc::as_ref).or_else(former)
    }

    /// Under which member to count what this one said: itself, or whom it was bound to anew since.
    #[must_use]
    pub fn canonical(&self, member: &MemberId) -> MemberId {
        let mut now = *member;
        // Nobody is bound to a member that was there before, so this ends; the bound is for good measure.
        for _ in 0..=self.former.len() {
            match self.former.get(&now).and_then(|former| former.successor) {
                Some(next) => now = next,
                None => break,
            }
        }
        now
    }

    /// Every key that signs or signed for a member, or for one who was.
    #[must_use]
    pub fn signers(&self, member: &MemberId) -> Vec<PublicKey> {
        self.known(member).map(|entry| entry.keys.keys().copied().collect()).unwrap_or_default()
    }

    /// The sides without a steward. While there is one, nothing is decided but who is seated there.
    #[must_use]
    pub fn vacant(&self) -> Vec<&Side> {
        let seated = |side: &&Side| !self.stewards().any(|entry| entry.side == **side);
        self.charter.sides.iter().filter(seated).collect()
    }

    /// Whether `signer` speaks for `member` in this scope at that time: an observer publishes nothing, and only a
    /// steward acts as one; any member's node signs presence and acknowledgements. Nobody speaks for one who was a
    /// member, and a revoked key for nobody.
    ///
    /// # Errors
    /// [`Rule::RecordUnknownAuthor`] and [`Rule::RecordSigner`].
    pub fn speaks_for(
        &self,
        member: &MemberId,
        signer: &PublicKey,
        scope: Scopes,
        at: UnixMillis,
    ) -> Result<(), Rule> {
        let entry = self.member(member).ok_or(Rule::RecordUnknownAuthor)?;
        let allowed = entry.role >= least(scope) && entry.delegates(signer, scope, at);
        if allowed { Ok(()) } else { Err(Rule::RecordSigner) }
    }

    /// Whether a record that `signer` dates so could be one of `author`'s: a member's, or one's who was a member, under
    /// a key that may have been revoked since, or delegated anew for another time. Whether it stands is for [`Roster::cuts`] to say: dates are signed by
    /// whoever has the key, positions in a chain are not.
    ///
    /// # Errors
    /// [`Rule::RecordUnknownAuthor`] and [`Rule::RecordSigner`].
    pub fn author_allowed(
        &self,
        author: &MemberId,
        signer: &PublicKey,
        scope: Scopes,
        at: UnixMillis,
    ) -> Result<(), Rule> {
        let entry = self.known(author).ok_or(Rule::RecordUnknownAuthor)?;
        if entry.highest >= least(scope) && entry.ever_delegated(signer, scope, at) {
            Ok(())
        } else {
            Err(Rule::RecordSigner)
        }
    }

    /// The signers that could sign something by an earlier roster that they cannot by this one: an act that brought them
    /// lost its effect. What they signed has to be asked for with [`author_allowed`](Self::author_allowed) once more.
    #[must_use]
    pub fn narrowed_since(&self, before: &Self) -> BTreeSet<PublicKey> {
        let members = before.members.values().map(Arc::as_ref);
        let former = before.former.values().map(|former| former.entry.as_ref());
        let mut narrowed = BTreeSet::new();
        for then in members.chain(former) {
            let now = self.known(&then.member);
            // Nearly everybody is as before.
            if now.is_none_or(|now| !core::ptr::eq(now, then)) {
                narrowed.extend(
                    then.delegated()
                        .filter(|delegated| {
                            now.is_none_or(|now| {
                                now.highest < then.highest || !now.delegated().any(|now| now == *delegated)
                            })
                        })
                        .map(|(key, ..)| key),
                );
            }
        }
        narrowed
    }

    /// Who may read: every member, observers too.
    pub fn readers(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.members.values()
    }

    /// A digest of the readers and their sealing keys: equal digests, same readers.
    #[must_use]
    pub const fn readers_digest(&self) -> [u8; 32] {
        self.readers.digest()
    }

    /// The stewards, by member id.
    pub fn stewards(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.stewards.iter().filter_map(|member| self.members.get(member))
    }

    /// How many stewards the side with the fewest has.
    pub(super) fn fewest_stewards(&self) -> usize {
        let of = |side: &Side| self.stewards().filter(|entry| entry.side == *side).count();
        self.charter.sides.iter().map(of).min().unwrap_or(0)
    }
}

/// The least role in which a member signs that.
fn least(scope: Scopes) -> Role {
    if scope.contains(Scopes::STEWARD) {
        Role::Steward
    } else if scope.contains(Scopes::PUBLISH) {
        Role::Publisher
    } else {
        Role::Observer
    }
}
