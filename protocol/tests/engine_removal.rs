//! What a node tells and takes from those who are members no more: that they are, and nothing after it.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use std::collections::BTreeSet;
use std::sync::Arc;

use circle_support::{DAY, forged, person};
use engine_support::{Name, Net, circle, hello, report};
use rand_core::SeedableRng;
use watchfire_keys::ids::ActId;
use watchfire_keys::sealing::SealingKey;
use watchfire_keys::{codec, labels};
use watchfire_protocol::circle::{ActBody, Decision, Item as CircleItem, Role};
use watchfire_protocol::crypto::{Crypto, RealCrypto};
use watchfire_protocol::engine::{
    Change, Contact, Event, Input, Output, OwnAct, Phase, Refusal, Request, Standing, Start,
};
use watchfire_protocol::greeting::{Introduction, Opening, PROOFS, Transcript};
use watchfire_protocol::limits::MAX_IDLE_ACTS;
use watchfire_protocol::presence::{Presence, SignedPresence};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::{Frame, Item, Membership};

/// Founder of the democratic side, who goes in most of these tests.
const GONE: Name = Name(0);
const NODE: Name = Name(1);
const OTHER: Name = Name(2);
/// A second democratic steward.
const SECOND: Name = Name(3);
const STRANGER: Name = Name(9);

fn ask(net: &mut Net, at: Name, request: Request) {
    net.input(at, Input::Request { token: 7, request });
}

fn acted(net: &Net) -> ActId {
    let act = net.done.iter().rev().find_map(|(_, output)| match output {
        Output::Acted { token: 7, act } => Some(*act),
        _ => None,
    });
    act.unwrap()
}

fn decide(net: &mut Net, by: &[Name], act: ActId) {
    for steward in by {
        net.run(500);
        ask(net, *steward, Request::Decide { act, decision: Decision::Approve, anyway: false });
    }
    net.run(3_000);
}

fn refusal(net: &Net) -> Option<Refusal> {
    net.done.iter().rev().find_map(|(_, output)| match output {
        Output::Refused { token: 7, refusal } => Some(refusal.clone()),
        _ => None,
    })
}

/// A founded circle with two democratic stewards.
fn scene() -> Net {
    let mut net = Net::founded(&[0, 1, 2]);
    let body = Box::new(person(3).add(Role::Steward));
    ask(&mut net, NODE, Request::Propose { body, reason: String::new() });
    let act = acted(&net);
    decide(&mut net, &[GONE, OTHER], act);
    let contact = Contact {
        peer: NODE,
        member: person(1).member,
        sealing: person(1).card.sealing.clone(),
        addresses: vec!["/memory/2".into()],
    };
    net.start(SECOND, person(3), Start::Joining(circle()), vec![contact]);
    net.run(20_000);
    assert_eq!(net.engine(SECOND).phase(), Phase::Member);
    net
}

fn propose_removal(net: &mut Net) -> ActId {
    let body = Box::new(ActBody::Remove { member: person(0).member, cuts: Vec::new() });
    ask(net, SECOND, Request::Propose { body, reason: "its node was stolen".into() });
    acted(net)
}

fn remove(net: &mut Net) {
    let act = propose_removal(net);
    decide(net, &[NODE, OTHER], act);
    assert!(!net.engine(NODE).roster().unwrap().is_member(&person(0).member));
}

#[test]
fn whoever_is_taken_out_is_told_so_and_stops() {
    let mut net = scene();
    let old = net.engine(GONE).epoch().unwrap();
    remove(&mut net);
    assert_eq!(net.engine(GONE).phase(), Phase::Removed);
    let told = |(name, output): &(Name, Output<Name>)| {
        *name == GONE && matches!(output, Output::Event(Event::Removed))
    };
    assert_eq!(net.done.iter().filter(|done| told(done)).count(), 1);
    for other in [NODE, OTHER, SECOND] {
        assert!(!net.is_linked(GONE, other));
        let epoch = net.engine(other).epoch().unwrap();
        assert!(epoch != old && net.engine(GONE).keyring().header(&epoch).is_none());
    }
    // It knows who decided, and nothing that came after.
    let sent = net.sent[&GONE];
    let body = Box::new(person(4).add(Role::Publisher));
    ask(&mut net, NODE, Request::Propose { body, reason: String::new() });
    let act = acted(&net);
    net.run(60_000);
    assert!(net.engine(GONE).log().unwrap().act(&act).is_none());
    assert_eq!(net.sent[&GONE], sent, "and it calls nobody");
    ask(&mut net, GONE, Request::Publish(Box::new(report("Still here"))));
    assert_eq!(refusal(&net), Some(Refusal::Removed));
}

#[test]
fn acts_that_came_with_the_removal_but_after_it_are_not_told_to_the_removed() {
    // A half that knows the removal and a newcomer of after it meets one that still has a link to the removed.
    let mut net = scene();
    let mut whole = net.engine(NODE).log().unwrap().clone();
    let now = net.now().unix;
    let removal = ActBody::Remove { member: person(0).member, cuts: Vec::new() };
    let removal = circle_support::add(&mut whole, person(3), &[person(1), person(2)], removal, now);
    let later = person(4).add(Role::Publisher);
    let later = circle_support::add(&mut whole, person(3), &[person(1), person(2)], later, now);
    let here = net.engine(NODE).log().unwrap().clone();
    let items = whole.items().filter(|item| !here.contains(&item.id())).map(|item| Item(item.to_bytes()));
    let items = Membership::Items(items.collect());
    net.greet(STRANGER, NODE, person(2));
    net.send(STRANGER, NODE, &Frame::Membership(items));
    net.run(3_000);
    assert!(net.engine(NODE).roster().unwrap().is_member(&person(4).member));
    assert_eq!(net.engine(GONE).phase(), Phase::Removed);
    let log = net.engine(GONE).log().unwrap();
    assert!(log.act(&removal).is_some() && log.act(&later).is_none());
}

/// Greets with nothing but the founding and is told nothing.
fn greets_in_vain(net: &mut Net) {
    net.link(STRANGER, NODE);
    let (_, hello) = hello(STRANGER, NODE, 1);
    net.send(STRANGER, NODE, &Frame::Hello(hello));
    net.run(20_000);
    assert_eq!(net.heard_by(STRANGER), [], "not one frame");
    assert_eq!(net.broken(NODE, STRANGER), [Rule::GreetingFailed]);
}

#[test]
fn a_removed_founder_that_greets_with_the_draft_is_told_nothing() {
    let mut net = scene();
    remove(&mut net);
    greets_in_vain(&mut net);
    assert!(!net.is_linked(STRANGER, NODE));
}

#[test]
fn every_member_had_the_founding_and_none_that_went_is_answered_by_it() {
    let mut net = scene();
    let body = Box::new(ActBody::Remove { member: person(3).member, cuts: Vec::new() });
    ask(&mut net, NODE, Request::Propose { body, reason: String::new() });
    let act = acted(&net);
    decide(&mut net, &[GONE, OTHER], act);
    assert_eq!(net.engine(SECOND).phase(), Phase::Removed);
    greets_in_vain(&mut net);
}

#[test]
fn one_that_waits_for_its_act_under_the_name_of_a_former_member_is_let_go() {
    let mut net = Net::founded(&[1, 2]);
    // Before the removal: somebody proves the draft in the name of whom the roster does not have yet.
    net.greet(STRANGER, NODE, person(3));
    assert!(net.is_linked(STRANGER, NODE));
    let mut whole = net.engine(NODE).log().unwrap().clone();
    let now = net.now().unix;
    let add = person(3).add(Role::Publisher);
    circle_support::add(&mut whole, person(0), &[person(1), person(2)], add, now);
    let removal = ActBody::Remove { member: person(3).member, cuts: Vec::new() };
    circle_support::add(&mut whole, person(0), &[person(1), person(2)], removal, now);
    let here = net.engine(NODE).log().unwrap().clone();
    let items = whole.items().filter(|item| !here.contains(&item.id())).map(|item| Item(item.to_bytes()));
    net.send(STRANGER, NODE, &Frame::Membership(Membership::Items(items.collect())));
    net.settle();
    assert!(!net.is_linked(STRANGER, NODE));
    assert_eq!(net.broken(NODE, STRANGER), [Rule::GreetingFailed]);
}

#[test]
fn presences_of_the_removed_are_forgotten_and_taken_no_more() {
    let mut net = scene();
    let member = person(0).member;
    assert!(net.engine(NODE).presences(&member).next().is_some());
    remove(&mut net);
    assert!(net.engine(NODE).presences(&member).next().is_none());
    assert!(net.engine(NODE).contacts().iter().all(|contact| contact.member != member));
    // A member that does not know of the removal passes one on: it is not taken, and costs that member nothing.
    net.run(1_000);
    let presence = Presence {
        circle: circle(),
        member,
        signer: person(0).identity.daemon.public(),
        peer: GONE.bytes(),
        addresses: vec!["/memory/1".into()],
        relays: Vec::new(),
        created: net.now().unix,
    };
    let signed = SignedPresence::sign(&RealCrypto, presence, &person(0).identity.daemon);
    let frame = Frame::Presence(signed).to_bytes();
    net.input(NODE, Input::Frame { peer: OTHER, bytes: frame });
    assert!(net.engine(NODE).presences(&member).next().is_none());
    assert_eq!(net.broken(NODE, OTHER).last(), Some(&Rule::PresenceStale));
    assert_eq!(Rule::PresenceStale.penalty(), 0);
}

#[test]
fn the_secret_of_an_epoch_that_it_read_is_not_handed_to_the_removed() {
    let mut net = scene();
    let old = net.engine(NODE).epoch().unwrap();
    remove(&mut net);
    let engine = net.engine(NODE);
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
    let log = engine.log().unwrap();
    let grant = |member, rng: &mut _| engine.keyring().grant(&RealCrypto, &old, &member, log, rng);
    assert_eq!(grant(person(0).member, &mut rng), Err(Rule::GrantNotReader));
    assert!(grant(person(2).member, &mut rng).is_ok());
    assert!(engine.open_gates().iter().all(|(epoch, _)| *epoch != old), "nor do relays hear of its gate");
}

#[test]
fn a_secret_follows_its_header_to_whoever_asked_too_early() {
    let mut net = scene();
    ask(&mut net, NODE, Request::Rotate);
    let before = net.now().moment;
    let dealt = net.done.iter().rev().find_map(|(_, output)| match output {
        Output::Dealt { token: 7, epoch } => Some(*epoch),
        _ => None,
    });
    let dealt = dealt.unwrap();
    net.settle();
    assert_eq!(net.now().moment, before, "no time passes");
    for node in [GONE, NODE, OTHER, SECOND] {
        assert_eq!(net.engine(node).epoch(), Some(dealt));
    }
    // As often as that, a person has to wait.
    for _ in 0..20 {
        ask(&mut net, NODE, Request::Rotate);
    }
    assert_eq!(refusal(&net), Some(Refusal::TooSoon));
}

#[test]
fn a_member_that_leaves_tells_the_others_before_it_goes() {
    let mut net = scene();
    ask(&mut net, GONE, Request::Own(OwnAct::Leave));
    net.run(3_000);
    assert_eq!(net.engine(GONE).phase(), Phase::Removed);
    assert!(net.engine(GONE).greeted_links().is_empty());
    for other in [NODE, OTHER, SECOND] {
        assert!(!net.engine(other).roster().unwrap().is_member(&person(0).member));
        assert!(net.engine(other).can_seal());
    }
    // Where nobody would hear of it, nobody leaves.
    let mut alone = Net::founded(&[0]);
    ask(&mut alone, GONE, Request::Own(OwnAct::Leave));
    assert_eq!(refusal(&alone), Some(Refusal::Alone));
}

#[test]
fn one_whose_leave_was_lost_tells_whoever_calls_it() {
    let mut net = scene();
    for other in [NODE, OTHER, SECOND] {
        net.unlink(GONE, other);
    }
    // The one end that it is told to is none that passes it on.
    net.greet(STRANGER, GONE, person(2));
    ask(&mut net, GONE, Request::Own(OwnAct::Leave));
    assert_eq!(net.engine(GONE).phase(), Phase::Removed);
    assert!(net.engine(NODE).roster().unwrap().is_member(&person(0).member));
    net.run(60_000);
    for other in [NODE, OTHER, SECOND] {
        assert!(!net.engine(other).roster().unwrap().is_member(&person(0).member));
        assert!(!net.is_linked(GONE, other));
    }
}

#[test]
fn what_was_sealed_to_the_sealing_key_before_this_one_is_still_opened() {
    let mut net = scene();
    let old = net.engine(GONE).epoch().unwrap();
    let key = SealingKey::from_seed(&[9; 32]);
    ask(&mut net, GONE, Request::Own(OwnAct::RotateSealing(Box::new(key.clone()))));
    net.run(5_000);
    let epoch = net.engine(GONE).epoch().unwrap();
    assert_ne!(epoch, old, "other readers' keys, another epoch");
    for node in [NODE, OTHER, SECOND] {
        assert_eq!(net.engine(node).epoch(), Some(epoch));
        let roster = net.engine(node).roster().unwrap();
        assert_eq!(roster.member(&person(0).member).unwrap().sealing, key.public());
    }
    // Somebody who has only the card calls.
    net.link(STRANGER, GONE);
    let opening = opening_to_the_card();
    net.send(STRANGER, GONE, &opening);
    net.settle();
    assert!(matches!(net.heard_by(STRANGER)[..], [Frame::Welcome(_), ..]));
}

/// A hello of person 2's from a node that knows of person 0 what is on its card.
fn opening_to_the_card() -> Frame {
    let (_, mut hello) = hello(STRANGER, GONE, 5);
    hello.proofs = [[3; 32]; PROOFS];
    let transcript = Transcript::opening(&RealCrypto, &STRANGER.bytes(), &GONE.bytes(), &hello.nonce);
    let daemon = &person(2).identity.daemon;
    let introduction =
        Introduction::sign(&RealCrypto, &circle(), person(2).member, daemon, &transcript, true);
    let opening = codec::encode(&Opening { circle: circle(), secret: [5; 32], introduction });
    let aad = [STRANGER.bytes(), GONE.bytes()].concat();
    let to = &person(0).card.sealing;
    let mut rng = circle_support::rng(3);
    hello.sealed = RealCrypto.seal_to(to, labels::SEAL_GREETING, &aad, &opening, &mut rng).unwrap();
    Frame::Hello(hello)
}

#[test]
fn a_key_that_is_revoked_publishes_nothing_more_and_what_it_said_stays() {
    let mut net = scene();
    ask(&mut net, GONE, Request::Publish(Box::new(report("Before"))));
    net.run(2_000);
    let key = person(0).identity.publisher.public();
    ask(&mut net, GONE, Request::Own(OwnAct::Revoke { key, stands: Standing::Known }));
    net.run(2_000);
    ask(&mut net, GONE, Request::Publish(Box::new(report("After"))));
    assert_eq!(refusal(&net), Some(Refusal::KeyEnded));
    let voids = net.done.iter().filter(|(_, output)| matches!(output, Output::Void(_))).count();
    assert_eq!((voids, net.engine(NODE).record_count()), (0, 1));
}

#[test]
fn two_epochs_for_one_turn_are_told_to_a_person_once() {
    let mut net = scene();
    let engine = net.engine(OTHER);
    let roster = engine.roster().unwrap().clone();
    let turn = engine.keyring().next(engine.log().unwrap(), net.now().unix).unwrap().turn;
    let key = &person(2).identity.steward;
    let now = net.now().unix;
    let headers: Vec<Item> = (0..2)
        .map(|seed| {
            let mut rng = circle_support::rng(seed);
            let (header, _) = engine.keyring().deal(&roster, turn, key, now, &mut rng).unwrap();
            Item(CircleItem::from(header).to_bytes())
        })
        .collect();
    net.greet(STRANGER, NODE, person(2));
    net.send(STRANGER, NODE, &Frame::Membership(Membership::Items(headers)));
    net.run(5_000);
    assert_eq!(net.engine(NODE).equivocations().len(), 1);
    let told = |(name, output): &&(Name, Output<Name>)| {
        *name == NODE && matches!(output, Output::Event(Event::Equivocation))
    };
    assert_eq!(net.done.iter().filter(told).count(), 1);
}

#[test]
fn a_key_whose_records_ended_with_a_demotion_signs_nothing_for_a_publisher_again() {
    let mut net = scene();
    ask(&mut net, SECOND, Request::Publish(Box::new(report("Before"))));
    net.run(2_000);
    for (role, expected) in [(Role::Observer, Refusal::Role), (Role::Publisher, Refusal::KeyEnded)] {
        let body = Box::new(ActBody::SetRole { member: person(3).member, role, cuts: Vec::new() });
        ask(&mut net, NODE, Request::Propose { body, reason: String::new() });
        let act = acted(&net);
        decide(&mut net, &[GONE, OTHER], act);
        assert_eq!(net.engine(SECOND).roster().unwrap().member(&person(3).member).unwrap().role, role);
        ask(&mut net, SECOND, Request::Publish(Box::new(report("After"))));
        assert_eq!(refusal(&net), Some(expected));
    }
    net.run(2_000);
    assert_eq!((net.engine(SECOND).record_count(), net.engine(NODE).record_count()), (1, 1));
}

#[test]
fn a_member_that_signs_against_itself_fills_no_log_uses_up_no_steward_and_can_be_removed() {
    let mut net = scene();
    net.greet(STRANGER, NODE, person(0));
    let log = net.engine(NODE).log().unwrap().clone();
    let key = &person(0).identity.organisation;
    let act = |n: u8| {
        let body = ActBody::Rotate { number: 1, sealing: SealingKey::from_seed(&[n; 32]).public() };
        forged(&log, person(0), key, log.heads().copied().collect(), body, DAY)
    };
    let mut acts: Vec<_> = (0..200).map(act).collect();
    acts.sort_by_key(|act| std::cmp::Reverse(act.id()));
    for act in acts {
        let item = Item(CircleItem::Act(Arc::new(act)).to_bytes());
        net.send(STRANGER, NODE, &Frame::Membership(Membership::Items(vec![item])));
        net.run(200);
    }
    let persisted = |change: fn(&Change) -> usize| -> usize {
        let of_node = net.done.iter().filter(|(name, _)| *name == NODE);
        let changes = of_node.filter_map(|(_, output)| match output {
            Output::Persist(change) => Some(change),
            _ => None,
        });
        changes.map(change).sum()
    };
    let headers = persisted(|change| usize::from(matches!(change, Change::Item(CircleItem::Header(_)))));
    // Four stewards, and each may deal 32 at once.
    assert!(headers < 4 * 34, "{headers}");
    let erased = persisted(|change| match change {
        Change::EraseItems(items) => items.len(),
        _ => 0,
    });
    assert!(erased > 50, "{erased} of them are erased on the disk, too");
    for node in [NODE, OTHER, SECOND] {
        let engine = net.engine(node);
        let links: BTreeSet<Name> = engine.greeted_links().iter().map(|link| link.peer).collect();
        assert!(
            [NODE, OTHER, SECOND].iter().all(|other| *other == node || links.contains(other)),
            "{links:?}"
        );
        // Those that an epoch stands on stay.
        assert!(engine.log().unwrap().acts().count() < headers + MAX_IDLE_ACTS + 10);
    }
    // What the sides agree on is dealt for at once.
    remove(&mut net);
    for node in [NODE, OTHER, SECOND] {
        assert!(net.engine(node).can_seal());
    }
}
