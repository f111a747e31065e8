//! A circle made from a seed: its people, its founding, its members, and its first epoch.
//!
//! Everything here goes the way that people go: cards, a charter that every founder signs, an act and its approvals for
//! each further member, an epoch dealt by a steward. Only the talking is left out.

use std::sync::Arc;

use rand_chacha::ChaCha12Rng;
use rand_core::Rng;
use watchfire_keys::card::Card;
use watchfire_keys::epoch::{EpochSecret, Header};
use watchfire_keys::identity::Identity;
use watchfire_keys::ids::CircleId;
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActBody, ActLog, Charter, Decision, Draft, Item, Keyring, Role};

use crate::node::{BEGINNING, Person};
use crate::seeds::{Factor, Seeds};

/// How long before the world begins its circle was founded: an hour.
const FOUNDED_BEFORE_MS: u64 = 60 * 60 * 1000;

/// A circle that exists before the world begins.
#[derive(Clone, Debug)]
pub(crate) struct Circle {
    pub(crate) people: Vec<Person>,
    pub(crate) log: ActLog,
    pub(crate) header: Arc<Header>,
    pub(crate) secret: EpochSecret,
}

/// The keys and the card of member number `index`.
pub(crate) fn person(seeds: Seeds, index: u32, side: &str, created: UnixMillis) -> Person {
    let identity = Identity::generate(&mut seeds.stream(Factor::Identity(index)));
    let name = Name::parse(&format!("Member {index}")).expect("a plain name");
    let side = Side::parse(side).expect("the scenario names sides as cards do");
    let card = Card::sign(&identity, name, side, created);
    Person { identity, card, former_sealing: Vec::new() }
}

/// People in order, their sides in turn.
pub(crate) fn people(seeds: Seeds, sides: &[String], count: u32) -> Vec<Person> {
    let side = |index: u32| sides[index as usize % sides.len()].as_str();
    (0..count).map(|index| person(seeds, index, side(index), founded())).collect()
}

/// When every circle of this crate was founded.
pub(crate) const fn founded() -> UnixMillis {
    BEGINNING.saturating_sub(FOUNDED_BEFORE_MS)
}

/// A draft of these founders that nobody has signed. Its epochs seal for `seal_ms`, if that is given.
pub(crate) fn draft(seeds: Seeds, founders: &[Person], seal_ms: Option<u64>) -> Draft {
    let mut nonce = [0; 32];
    seeds.stream(Factor::Circle).fill_bytes(&mut nonce);
    let name = Name::parse("Simulated circle").expect("a plain name");
    let cards = founders.iter().map(|founder| founder.card.clone()).collect();
    let mut charter =
        Charter::new(name, cards, nonce, founded()).expect("the scenario has a founder of every side");
    if let Some(seal_ms) = seal_ms {
        charter.rules.seal_ms = seal_ms;
        charter.check().expect("epochs of an hour or more");
    }
    Draft::new(charter)
}

impl Circle {
    /// A circle of `count` members, the first `founders` of them its founders and stewards, the others publishers.
    pub(crate) fn found(
        seeds: Seeds,
        sides: &[String],
        count: u32,
        founders: u32,
        seal_ms: Option<u64>,
    ) -> Self {
        let people = people(seeds, sides, count);
        let (founding, joining) = people.split_at(founders.min(count) as usize);
        let mut draft = draft(seeds, founding, seal_ms);
        for founder in founding {
            draft
                .sign(founder.member(), &founder.identity.steward)
                .expect("a founder signs with its own key");
        }
        let mut log = ActLog::new(draft.circle());
        insert(&mut log, draft.into());
        for newcomer in joining {
            add(&mut log, founding, newcomer, Role::Publisher);
        }
        let (header, secret) = deal(&log, founding, &mut seeds.stream(Factor::Circle));
        Self { people, log, header: Arc::new(header), secret }
    }

    pub(crate) fn id(&self) -> CircleId {
        *self.log.circle()
    }
}

/// Adds a member: the first founder proposes, the first of every other side approves.
fn add(log: &mut ActLog, founders: &[Person], newcomer: &Person, role: Role) {
    let proposer = &founders[0];
    let body = ActBody::Add { card: Box::new(newcomer.card.clone()), role };
    let act = log
        .propose(proposer.member(), &proposer.identity.steward, body, "simulated", founded())
        .expect("a steward proposes a new card");
    let id = act.id();
    insert(log, act.into());
    let mut sides = vec![&proposer.card.side];
    for founder in founders {
        if sides.contains(&&founder.card.side) {
            continue;
        }
        sides.push(&founder.card.side);
        let approval = log
            .approve_anyway(&id, founder.member(), &founder.identity.steward, Decision::Approve, founded())
            .expect("a steward of another side approves");
        insert(log, approval.into());
    }
}

fn insert(log: &mut ActLog, item: Item) {
    log.insert(item, founded()).expect("an item that was made for this log");
}

/// The first epoch, by the steward whose turn it is.
fn deal(log: &ActLog, founders: &[Person], rng: &mut ChaCha12Rng) -> (Header, EpochSecret) {
    let roster = log.roster().expect("the founding is in the log");
    let turns = founders.iter().filter_map(|founder| {
        let keyring = Keyring::new(*log.circle(), founder.member());
        Some((keyring.next(log, founded())?.turn, founder, keyring))
    });
    let (turn, dealer, keyring) = turns.min_by_key(|(turn, ..)| *turn).expect("every founder is a steward");
    keyring
        .deal(roster, turn, &dealer.identity.steward, founded(), rng)
        .expect("a frontier that a header can name")
}
