//! What a circle costs: restoring a history of so many acts, one more act in every kind of history, and a history that
//! colluding stewards made to be slow to merge. Where an act and its approval are taken several times the median and the
//! worst are shown.
//!
//! `cargo run --release -p watchfire-protocol --example circle_cost [ACTS]`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use watchfire_keys::card::Card;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::{Identity, SigningKey};
use watchfire_keys::ids::ActId;
use watchfire_keys::name::{Name, Side};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{
    Act, ActBody, ActLog, Approval, Charter, Decision, Draft, Item, Role, SignedAct, SignedApproval,
};

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

/// An act by the first person that the second one approves.
fn agree(log: &mut ActLog, pair: [&Person; 2], body: ActBody, at: UnixMillis) -> ActId {
    let [by, other] = pair;
    let act = log.propose(by.identity.member(), &by.identity.steward, body, "", at).unwrap();
    let id = act.id();
    log.insert_trusted(act.into(), at).unwrap();
    let key = &other.identity.steward;
    let yes = log.approve_anyway(&id, other.identity.member(), key, Decision::Approve, at).unwrap();
    log.insert_trusted(yes.into(), at).unwrap();
    id
}

fn report(what: &str, took: Duration) {
    println!("{what}: {:.1} ms", took.as_secs_f64() * 1e3);
}

fn add(number: u64, role: Role) -> ActBody {
    ActBody::Add { card: Box::new(person(number).card), role }
}

fn out(person: &Person) -> ActBody {
    ActBody::Remove { member: person.identity.member(), cuts: Vec::new() }
}

/// The median and the worst.
fn report_all(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let (Some(middle), Some(worst)) = (took.get(took.len() / 2), took.last()) else { return };
    let ms = |took: &Duration| took.as_secs_f64() * 1e3;
    println!("{what}: {:.1} ms, at worst {:.1} ms, of {}", ms(middle), ms(worst), took.len());
}

/// Lets a log take what another one has and it has not, in pairs: each an act and its approval. Returns what each pair
/// took.
fn take(log: &mut ActLog, there: &ActLog, now: UnixMillis) -> Vec<Duration> {
    let items: Vec<Item> = there.items().filter(|item| !log.contains(&item.id())).collect();
    let pair = |pair: &[Item]| {
        let start = Instant::now();
        for item in pair {
            log.insert(item.clone(), now).unwrap();
        }
        start.elapsed()
    };
    items.chunks(2).map(pair).collect()
}

/// Several more acts, each in the knowledge of all others.
fn take_more(
    log: &mut ActLog,
    pair: [&Person; 2],
    numbers: std::ops::Range<u64>,
    now: UnixMillis,
) -> Vec<Duration> {
    let mut there = log.clone();
    for number in numbers {
        agree(&mut there, pair, add(number, Role::Publisher), now);
    }
    take(log, &there, now)
}

/// One more act after each thing that makes a history less than plain.
fn strained(mut log: ActLog, founders: &[Person], people: &[Person], now: UnixMillis) {
    let [a, b, x, _] = founders else { return };
    // Two halves: one adds ten, the other removes a steward that agreed to none of them.
    let mut there = log.clone();
    for number in 0..10 {
        agree(&mut there, [a, b], add(9_100_000 + number, Role::Publisher), now);
    }
    // Somebody who never was a steward is taken out beside that, too.
    let mut plain = log.clone();
    for log in [&mut log, &mut plain] {
        agree(log, [a, b], out(&people[1]), now);
    }
    report_all("an act beside the removal of a member", take(&mut plain, &there, now));
    agree(&mut log, [a, b], out(x), now);
    report_all("an act beside the removal of a steward", take(&mut log, &there, now));
    let head = *log.heads().next().unwrap();
    let times = ["the roster at an earlier frontier", "the same, asked for again"];
    for what in times {
        let start = Instant::now();
        log.recall(&[head]).unwrap();
        report(what, start.elapsed());
    }
    report_all(
        "one more act after acts beside a removal",
        take_more(&mut log, [a, b], 9_200_000..9_200_009, now),
    );

    // The same where the steward had agreed to the ten: they are void until another one of its side approves.
    let mut log = plain;
    let mut there = log.clone();
    let mut void = Vec::new();
    for number in 0..10 {
        void.push(agree(&mut there, [b, x], add(9_300_000 + number, Role::Publisher), now));
    }
    agree(&mut log, [a, b], out(x), now);
    report_all("an act that is void beside a removal", take(&mut log, &there, now));
    report_all("one more act after voided ones", take_more(&mut log, [a, b], 9_400_000..9_400_009, now));
    let mut took = Vec::new();
    for act in &void {
        let key = &a.identity.steward;
        let yes = log.approve(act, a.identity.member(), key, Decision::Approve, now).unwrap();
        let start = Instant::now();
        log.insert(yes.into(), now).unwrap();
        took.push(start.elapsed());
    }
    report_all("an approval for a voided act", took);
    report_all("one more act after confirmed ones", take_more(&mut log, [a, b], 9_500_000..9_500_009, now));

    // A member that signs two acts of its own for one number.
    let twice = &people[0];
    let mut there = log.clone();
    for (log, number) in [(&mut log, 0), (&mut there, 1)] {
        let key = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(9_600_000 + number)).public();
        let organisation = &twice.identity.organisation;
        let until = now.saturating_add(1_000_000_000);
        let delegation = Delegation::sign(organisation, key, Scopes::PUBLISH, DAY, until);
        let body = ActBody::Delegate { number: 1, delegation };
        let act = log.propose_own(twice.identity.member(), organisation, body, now).unwrap();
        log.insert(act.into(), now).unwrap();
    }
    take(&mut log, &there, now);
    report_all(
        "one more act after a doubly signed one",
        take_more(&mut log, [a, b], 9_700_000..9_700_009, now),
    );
}

/// An act on any parents, and a yes to it in the same knowledge.
fn forge(log: &ActLog, pair: [&Person; 2], parents: &[ActId], body: ActBody) -> (SignedAct, SignedApproval) {
    let [by, other] = pair;
    let act = Act {
        version: 1,
        circle: *log.circle(),
        parents: parents.to_vec(),
        author: by.identity.member(),
        signer: by.identity.steward.public(),
        created: DAY,
        reason: String::new(),
        body,
    };
    let approval = Approval {
        version: 1,
        circle: *log.circle(),
        act: act.id(),
        approver: other.identity.member(),
        signer: other.identity.steward.public(),
        frontier: parents.to_vec(),
        created: DAY,
        decision: Decision::Approve,
    };
    (act.sign(&by.identity.steward), approval.sign(&other.identity.steward))
}

/// Stewards of both sides collude: every act stands on as many others as it may, taken from the last `window`, so that
/// each one's past is another; half of them add stewards, who agree to others, half remove these again.
fn braided(mut log: ActLog, founders: &[Person], acts: u64, window: usize) {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let mut tips = vec![log.root()];
    let mut stewards: Vec<(Person, ActId)> = Vec::new();
    let mut took = Vec::new();
    for number in 0..acts {
        let mut parents: Vec<ActId> = Vec::new();
        let last = &tips[tips.len().saturating_sub(window)..];
        for _ in 0..64 {
            parents.push(last[rng.next_u64() as usize % last.len()]);
        }
        parents.sort_unstable();
        parents.dedup();
        let there = log.roster_at(&parents).unwrap();
        let known = stewards.iter().rev().filter(|(person, _)| {
            there.member(&person.identity.member()).is_some_and(|entry| entry.is_steward())
        });
        let known: Vec<&Person> = known.map(|(person, _)| person).take(8).collect();
        let any = known.get(rng.next_u64() as usize % known.len().max(1)).copied();
        let (pair, body, new) = match any {
            Some(any) if number % 2 == 0 => ([&founders[0], &founders[1]], out(any), None),
            any => {
                let new = person(20_000_000 + number);
                let card = Box::new(new.card.clone());
                // Whoever was added last agrees with somebody of the other side.
                let by = any.unwrap_or(&founders[0]);
                let other = founders.iter().find(|founder| founder.card.side != by.card.side).unwrap();
                ([other, by], ActBody::Add { card, role: Role::Steward }, Some(new))
            }
        };
        let (act, yes) = forge(&log, pair, &parents, body);
        let id = act.id();
        let start = Instant::now();
        let taken = log.insert_trusted(act.into(), DAY).and_then(|_| log.insert_trusted(yes.into(), DAY));
        took.push(start.elapsed());
        taken.unwrap();
        tips.push(id);
        stewards.extend(new.map(|new| (new, id)));
    }
    let quarter = took.len() / 4;
    let what = format!("an act of {acts} braided over {window}, signatures checked before");
    report_all(&format!("{what}, last quarter"), took.split_off(took.len() - quarter));
    report_all(&what, took);
    println!("  heads: {}, members: {}", log.heads().count(), log.roster().unwrap().members.len());
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
    let empty = log.clone();

    // Nine of ten acts add somebody; of the others some take one of them out again, change a role or the rules.
    let mut people: Vec<Person> = Vec::new();
    for number in 0..acts {
        let at = DAY.saturating_add(number * 1_000);
        let body = match (number % 10, people.last()) {
            (9, Some(last)) if number % 20 == 9 => out(last),
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
        agree(&mut log, [&founders[0], &founders[1]], body, at);
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
    let pair = [&founders[0], &founders[1]];
    report_all("one more act", take_more(&mut log, pair, 9_000_000..9_000_009, now));
    drop(held);
    let start = Instant::now();
    agree(&mut log, pair, out(&people[0]), now);
    report("one removal, proposed and approved", start.elapsed());
    strained(log, &founders, &people[1..], now);
    for window in [16, 64] {
        braided(empty.clone(), &founders, acts / 5, window);
    }
}
