//! Nobody can have an honest node kept away: whoever passes on what another member made up, and what it could not know to
//! be refused elsewhere, is not blamed for it.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use circle_support::{DAY, HOUR, MINUTE, Person, forged, own, person, rng};
use engine_support::{Name, Net, circle};
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::epoch::{Deal, EpochSecret, Header};
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{EnvelopeId, RecordId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActBody, Item, SignedAct};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::envelope::{Received, seal};
use watchfire_protocol::gossip::Announced;
use watchfire_protocol::presence::{Presence, SignedPresence};
use watchfire_protocol::record::{Body, Record, SignedRecord, VERSION, Withdrawal};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::{self, Frame, Membership, Spread};

const NODE: Name = Name(0);
/// Person 2's node, which is honest and passes on what person 1 made.
const RELAYER: Name = Name(2);

fn scene() -> Net {
    let mut net = Net::founded(&[0, 1]);
    net.greet(RELAYER, NODE, person(2));
    net.settle();
    net
}

fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut rng(seed))
}

fn items(items: impl IntoIterator<Item = Item>) -> Frame {
    let items = items.into_iter().map(|item| wire::Item(item.to_bytes()));
    Frame::Membership(Membership::Items(items.collect()))
}

fn delegate(by: &Person, number: u32, key: &SigningKey, until: UnixMillis) -> ActBody {
    let delegation = Delegation::sign(&by.identity.organisation, key.public(), Scopes::DAEMON, DAY, until);
    ActBody::Delegate { number, delegation }
}

fn assert_not_blamed(net: &Net, rule: Rule, times: usize) {
    assert_eq!(net.broken(NODE, RELAYER), vec![rule; times]);
    assert!(net.is_linked(RELAYER, NODE));
    assert_eq!(net.engine(NODE).kept_away().count(), 0);
}

#[test]
fn whoever_knows_other_acts_of_one_that_signed_too_many_is_not_blamed() {
    let mut net = scene();
    let (by, log) = (person(1), net.engine(NODE).log().unwrap().clone());
    let organisation = &by.identity.organisation;
    let act = |n: u64| {
        let body = delegate(by, 1, &key(800 + n), DAY.saturating_add(HOUR));
        forged(&log, by, organisation, vec![log.root()], body, DAY)
    };
    let mut acts: Vec<SignedAct> = (0..42).map(act).collect();
    acts.sort_by_key(SignedAct::id);
    for act in acts {
        net.send(RELAYER, NODE, &items([act.into()]));
    }
    assert_not_blamed(&net, Rule::ActSlot, 40);
}

/// Person 1 delegates two daemon keys for an hour, and their nodes say where they are.
fn short_lived(net: &mut Net) -> ([SigningKey; 2], [Frame; 2]) {
    let (by, now) = (person(1), net.now().unix);
    let keys = [key(900), key(901)];
    let mut log = net.engine(NODE).log().unwrap().clone();
    for (number, key) in (1..).zip(&keys) {
        own(&mut log, by, delegate(by, number, key, now.saturating_add(HOUR)), now);
    }
    net.send(RELAYER, NODE, &items(log.items()));
    let said = [0, 1].map(|n| said(net, &keys[n], 40 + n as u32));
    (keys, said)
}

/// Person 1's node with this key says that it is there.
fn said(net: &Net, key: &SigningKey, name: u32) -> Frame {
    let presence = Presence {
        circle: circle(),
        member: person(1).member,
        signer: key.public(),
        peer: Name(name).bytes(),
        addresses: vec!["/memory/99".into()],
        relays: Vec::new(),
        created: net.now().unix,
    };
    Frame::Presence(SignedPresence::sign(&RealCrypto, presence, key))
}

#[test]
fn whoever_tells_of_nodes_whose_keys_have_ended_is_not_blamed() {
    let mut net = scene();
    let (_, ended) = short_lived(&mut net);
    net.skip(2 * HOUR);
    // One whose delegation is not known here is no fault of the teller's either.
    let unknown = said(&net, &key(902), 42);
    for frame in ended.iter().chain([&unknown]) {
        net.send(RELAYER, NODE, frame);
    }
    assert_not_blamed(&net, Rule::PresenceStale, 3);
}

#[test]
fn nodes_whose_keys_have_ended_are_told_to_nobody_and_forgotten() {
    let mut net = scene();
    let (keys, said) = short_lived(&mut net);
    for frame in &said {
        net.send(RELAYER, NODE, frame);
    }
    let ended = |presence: &Presence| keys.iter().any(|key| key.public() == presence.signer);
    let known = |net: &Net| net.engine(NODE).presences(&person(1).member).filter(|said| ended(said)).count();
    assert_eq!(known(&net), 2);
    net.skip(2 * HOUR);
    let newcomer = Name(30);
    net.greet(newcomer, NODE, person(2));
    let told = net.heard_by(newcomer);
    let mut told = told.iter().filter_map(|frame| match frame {
        Frame::Presence(signed) => Some(&signed.presence),
        _ => None,
    });
    assert!(told.clone().count() > 0 && !told.any(ended));
    net.run(2_000);
    assert_eq!(known(&net), 0);
}

fn envelope(net: &Net, n: u32, created: UnixMillis) -> Vec<u8> {
    let engine = net.engine(NODE);
    let keys = engine.keyring().keys(&engine.epoch().unwrap()).unwrap();
    let (by, signer) = (person(1).member, &person(1).identity.publisher);
    let reason = format!("number {n}");
    let body = Body::Withdrawal(Withdrawal { record: RecordId::from_bytes([7; 32]), reason });
    let record = Record {
        version: VERSION,
        circle: circle(),
        author: by,
        signer: signer.public(),
        seq: 0,
        prev: None,
        created,
        body,
    };
    seal(&RealCrypto, keys, &SignedRecord::sign(&RealCrypto, record, signer)).unwrap()
}

#[test]
fn whoever_passes_on_records_dated_between_two_clocks_is_not_blamed() {
    let mut net = scene();
    let ahead = net.now().unix.saturating_add(10 * MINUTE + 1_000);
    for n in 0..40 {
        net.send(RELAYER, NODE, &Frame::Spread(Spread::Push(envelope(&net, n, ahead))));
    }
    assert_not_blamed(&net, Rule::RecordFuture, 40);
}

#[test]
fn whoever_passes_on_acts_and_headers_dated_between_two_clocks_is_not_blamed() {
    let mut net = scene();
    let ahead = net.now().unix.saturating_add(10 * MINUTE + 1_000);
    let (by, log) = (person(1), net.engine(NODE).log().unwrap().clone());
    for n in 0..22 {
        let body = delegate(by, 1, &key(800 + n), ahead.saturating_add(HOUR));
        let act = forged(&log, by, &by.identity.organisation, vec![log.root()], body, ahead);
        net.send(RELAYER, NODE, &items([act.into()]));
    }
    assert_not_blamed(&net, Rule::ActFuture, 22);
    let mut net = scene();
    let roster = net.engine(NODE).roster().unwrap().clone();
    for n in 0..22 {
        let deal = Deal {
            circle: circle(),
            frontier: roster.frontier.clone(),
            readers: roster.readers_digest(),
            created: ahead,
            seal_until: ahead.saturating_add(HOUR),
            turn: 0,
            dealer: by.member,
        };
        let header = Header::deal(deal, &EpochSecret::from_bytes(&[n; 32]), &by.identity.steward).unwrap();
        net.send(RELAYER, NODE, &items([header.into()]));
    }
    assert_not_blamed(&net, Rule::HeaderFuture, 22);
}

#[test]
fn what_was_refused_for_its_date_is_not_pulled_again_at_once() {
    let mut net = scene();
    let record = envelope(&net, 0, net.now().unix.saturating_add(10 * MINUTE + 30_000));
    let id = Received::new(&record).decode(&RealCrypto).unwrap().id();
    // Of such a size it is not awaited as a push.
    let announce = Frame::Spread(Spread::Announce(vec![Announced { id, bytes: 60_000 }]));
    let pulled = |net: &Net| {
        let of_it = |frame: &Frame| matches!(frame, Frame::Spread(Spread::Pull(ids)) if ids.contains(&id));
        net.heard_by(RELAYER).iter().filter(|frame| of_it(frame)).count()
    };
    net.send(RELAYER, NODE, &announce);
    net.settle();
    assert_eq!(pulled(&net), 1);
    net.send(RELAYER, NODE, &Frame::Spread(Spread::Push(record.clone())));
    assert_eq!(net.broken(NODE, RELAYER), [Rule::RecordFuture]);
    net.run(2_000);
    net.send(RELAYER, NODE, &announce);
    net.run(1_000);
    assert_eq!(pulled(&net), 1);
    net.run(3 * MINUTE);
    net.send(RELAYER, NODE, &announce);
    net.settle();
    assert_eq!(pulled(&net), 2, "nor is it forgotten");
    net.send(RELAYER, NODE, &Frame::Spread(Spread::Push(record)));
    assert_eq!(net.delivered(NODE), 1, "its time has come");
}

#[test]
fn whoever_pulls_what_was_pushed_out_of_memory_is_not_blamed() {
    let mut net = scene();
    for n in 0..150u8 {
        let gone = EnvelopeId::from_bytes([n; 32]);
        net.send(RELAYER, NODE, &Frame::Spread(Spread::Pull(vec![gone])));
    }
    assert_not_blamed(&net, Rule::PullUnknown, 150);
}

#[test]
fn whoever_passes_on_more_than_a_link_may_push_is_not_blamed() {
    let mut net = scene();
    let push = Frame::Spread(Spread::Push(envelope(&net, 0, net.now().unix))).to_bytes();
    for _ in 0..9_000 {
        net.send_bytes(RELAYER, NODE, push.clone());
    }
    // And says other things as well, as ever.
    for _ in 0..100 {
        net.send(RELAYER, NODE, &Frame::Spread(Spread::Announce(Vec::new())));
    }
    let broken = net.broken(NODE, RELAYER);
    assert_eq!(broken.iter().filter(|rule| **rule == Rule::LinkPushes).count(), 1_000);
    assert!(broken.iter().all(|rule| rule.penalty() == 0));
    assert!(net.is_linked(RELAYER, NODE));
}
