//! What a circle costs: restoring a history of so many acts, one more act, and one that stands beside a removal.
//!
//! `cargo run --release -p watchfire-protocol --example circle_cost [ACTS]`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use watchfire_keys::card::Card;
use watchfire_keys::identity::Identity;
use watchfire_keys::ids::ActId;
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActBody, ActLog, Charter, Decision, Draft, Item, Role};

const DAY: UnixMillis = UnixMillis(1_788_220_800_000);
const SIDES: [&str; 2] = ["democratic", "republican"];

struct Person {
    identity: Identity,
    card: Card,
}

fn person(number: u64) -> Person {
    let identity = Identity::generate(&mut ChaCha20Rng::seed_from_u64(number));
    let name = Name::parse(&format!("Campaign {number}")).unwrap();
    let side = Side::parse(SIDES[usize::try_from(number % 2).unwrap()]).unwrap();
    let card = Card::sign(&identity, name, side, DAY);
    Person { identity, card }
}

fn agree(log: &mut ActLog, founders: &[Person], body: ActBody, at: UnixMillis) -> ActId {
    let by = &founders[0];
    let act = log.propose(by.identity.member(), &by.identity.steward, body, "", at).unwrap();
    let id = act.id();
    log.insert_trusted(act.into(), at).unwrap();
    let other = &founders[1];
    let key = &other.identity.steward;
    let yes = log.approve_anyway(&id, other.identity.member(), key, Decision::Approve, at).unwrap();
    log.insert_trusted(yes.into(), at).unwrap();
    id
}

fn report(what: &str, took: Duration) {
    println!("{what}: {:.1} ms", took.as_secs_f64() * 1e3);
}

fn main() {
    let acts: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let founders: Vec<Person> = (0..4).map(person).collect();
    let cards = founders.iter().map(|person| person.card.clone()).collect();
    let charter = Charter::new(Name::parse("Swing state").unwrap(), cards, [7; 32], DAY).unwrap();
    let mut draft = Draft::new(charter);
    for founder in &founders {
        draft.sign(founder.identity.member(), &founder.identity.steward).unwrap();
    }
    let mut log = ActLog::new(draft.circle());
    log.insert(draft.into(), DAY).unwrap();

    // Nine of ten acts add somebody; of the others some take one of them out again, change a role or the rules.
    let mut people: Vec<Person> = Vec::new();
    for number in 0..acts {
        let at = DAY.saturating_add(number * 1_000);
        let body = match (number % 10, people.last()) {
            (9, Some(last)) if number % 20 == 9 => {
                ActBody::Remove { member: last.identity.member(), cuts: Vec::new() }
            }
            (9, _) => {
                let mut rules = log.roster().unwrap().rules;
                rules.retention_ms += 1;
                ActBody::SetRules { rules }
            }
            _ => {
                people.push(person(100 + number));
                ActBody::Add { card: Box::new(people.last().unwrap().card.clone()), role: Role::Publisher }
            }
        };
        agree(&mut log, &founders, body, at);
    }
    let now = DAY.saturating_add(acts * 1_000);
    let members = log.roster().unwrap().members.len();
    println!("{acts} acts, {members} members");

    let bytes: Vec<Vec<u8>> = log.items().map(|item| item.to_bytes()).collect();
    println!("on disk: {:.1} MB", bytes.iter().map(Vec::len).sum::<usize>() as f64 / 1e6);
    let start = Instant::now();
    let items: Vec<Item> = bytes.iter().map(|bytes| Item::from_bytes(bytes).unwrap()).collect();
    report("decoding", start.elapsed());
    let start = Instant::now();
    let restored = ActLog::restore(*log.circle(), items.iter().cloned(), now);
    report("merging, signatures checked before", start.elapsed());
    assert_eq!(restored.roster(), log.roster());
    let start = Instant::now();
    let mut verified = ActLog::new(*log.circle());
    for item in items {
        verified.insert(item, now).unwrap();
    }
    report("merging, every signature checked", start.elapsed());

    // The engine holds the roster while it changes.
    let held = log.roster().cloned();
    let before = log.clone();
    let add = |person: Person| ActBody::Add { card: Box::new(person.card), role: Role::Publisher };
    let by = &founders[0];
    let act =
        log.propose(by.identity.member(), &by.identity.steward, add(person(9_000_001)), "", now).unwrap();
    let id = act.id();
    drop(before);
    let start = Instant::now();
    log.insert(act.into(), now).unwrap();
    let other = &founders[1];
    let yes =
        log.approve(&id, other.identity.member(), &other.identity.steward, Decision::Approve, now).unwrap();
    log.insert(yes.into(), now).unwrap();
    report("one more act and its approval", start.elapsed());
    drop(held);

    let out = ActBody::Remove { member: people[0].identity.member(), cuts: Vec::new() };
    let start = Instant::now();
    agree(&mut log, &founders, out, now);
    report("one removal, proposed and approved", start.elapsed());

    // Two halves: one adds ten, the other removes a steward; then one hears of the other.
    let mut there = log.clone();
    for number in 0..10 {
        agree(&mut there, &founders, add(person(9_100_000 + number)), now);
    }
    agree(
        &mut log,
        &founders,
        ActBody::Remove { member: founders[2].identity.member(), cuts: Vec::new() },
        now,
    );
    let news: Vec<Item> = there.items().filter(|item| !log.contains(&item.id())).collect();
    let start = Instant::now();
    for item in news {
        log.insert(item, now).unwrap();
    }
    report("ten acts beside a removal", start.elapsed());
    let frontier: Vec<ActId> = log.roster().unwrap().frontier.clone();
    let start = Instant::now();
    log.roster_at(&frontier[..1]).unwrap();
    report("the roster at another frontier", start.elapsed());
}
