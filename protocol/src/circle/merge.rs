//! How acts in force become one roster, in whatever order they arrived.
//!
//! Two acts contradict when they claim the same member, name or key. One that contradicts its own past is refused
//! when it arrives (`admit.rs`), so only acts that did not know of one another meet here: the one with the lower id
//! wins, and the other has no effect. The result is a function of the set of acts and of nothing else.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::card::Card;
use watchfire_keys::identity::PublicKey;
use watchfire_keys::ids::{ActId, MemberId};
use watchfire_keys::sealing::SealingPublic;

use super::circle_rules::CircleRules;
use super::cut::Cut;
use super::former::Former;
use super::history::{Founded, History};
use super::roster::Entry;
use super::text::folded;

/// Something that only one member of a circle can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    Member(MemberId),
    Name(String),
    Key(PublicKey),
    Sealing(SealingPublic),
}

/// Everything that a card claims.
pub(super) fn claims(card: &Card) -> Vec<Claim> {
    let mut claims = alloc::vec![
        Claim::Member(card.member()),
        Claim::Name(folded(card.name.as_str())),
        Claim::Key(card.organisation),
        Claim::Key(card.recovery),
        Claim::Sealing(card.sealing.clone()),
    ];
    claims.extend(card.delegations.iter().map(|delegation| Claim::Key(delegation.key)));
    claims
}

/// What acts say together.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) rules: CircleRules,
    pub(super) members: BTreeMap<MemberId, Arc<Entry>>,
    pub(super) former: BTreeMap<MemberId, Arc<Former>>,
    pub(super) cuts: BTreeMap<PublicKey, Cut>,
}

impl Standing {
    /// What the founding says alone.
    pub(super) fn founded(founded: &Founded) -> Self {
        Self {
            rules: founded.charter.rules,
            members: founded.founders.clone(),
            former: BTreeMap::new(),
            cuts: BTreeMap::new(),
        }
    }
}

/// What the founding and these acts say together, all of them in force and closed under their parents.
pub(super) fn fold(history: &History, founded: &Founded, acts: &BTreeSet<ActId>) -> Standing {
    let mut standing = Standing::founded(founded);
    let mut taken = BTreeSet::new();
    // In the order of their ids: of two that contradict, the lower one comes first and keeps what it claims.
    for node in acts.iter().filter_map(|id| history.node(id)) {
        let Some(entry) = &node.entry else { continue };
        if node.contested {
            let claims = claims(&entry.card);
            if claims.iter().any(|claim| taken.contains(claim)) {
                continue;
            }
            taken.extend(claims);
        }
        standing.members.insert(entry.member, Arc::clone(entry));
    }
    standing
}
