//! What a stranger, an impostor and somebody whom the roster does not know learn from a member's node: nothing.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use circle_support::{person, propose};
use engine_support::{Name, Net, circle, hello};
use watchfire_keys::codec;
use watchfire_keys::labels;
use watchfire_protocol::circle::{Item as CircleItem, Role};
use watchfire_protocol::crypto::{Crypto, RealCrypto};
use watchfire_protocol::engine::Output;
use watchfire_protocol::greeting::{
    Caller, Hello, Introduction, MAX_HELLO_BYTES, Opening, PROOFS, SharedSecret, Transcript,
};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::{Frame, Item, Membership, Spread};

const NODE: Name = Name(0);
const STRANGER: Name = Name(9);
const OTHER: Name = Name(10);

/// A node of a founded circle, with a link from a stranger.
fn scene() -> Net {
    let mut net = Net::founded(&[0]);
    net.link(STRANGER, NODE);
    net
}

/// The node said nothing to the stranger and let it go, by the rule.
fn assert_told_nothing(net: &mut Net, stranger: Name, rule: Rule) {
    net.settle();
    assert_eq!(net.heard_by(stranger), [], "not one frame");
    assert_eq!(net.broken(NODE, stranger), [rule]);
    assert!(!net.is_linked(stranger, NODE));
    let accepted = |(name, output): &(Name, Output<Name>)| {
        *name == NODE && matches!(output, Output::Accept { peer } if *peer == stranger)
    };
    assert!(!net.done.iter().any(accepted));
}

fn call(secret: [u8; 32], from: Name, to: Name) -> (Caller, Hello) {
    let secrets = vec![SharedSecret(secret)];
    Caller::call(&RealCrypto, &from.bytes(), &to.bytes(), [1; 32], secrets, [[7; 32]; PROOFS])
}

#[test]
fn a_stranger_is_told_nothing() {
    let random = Hello { nonce: [1; 32], proofs: [[2; 32]; PROOFS], sealed: vec![3; 1500] };
    let mut net = scene();
    net.send(STRANGER, NODE, &Frame::Hello(random));
    assert_told_nothing(&mut net, STRANGER, Rule::GreetingFailed);

    let mut net = scene();
    net.send(STRANGER, NODE, &Frame::Hello(call([5; 32], STRANGER, NODE).1));
    assert_told_nothing(&mut net, STRANGER, Rule::GreetingFailed);

    let mut net = scene();
    net.send_bytes(STRANGER, NODE, vec![0xff; 300]);
    assert_told_nothing(&mut net, STRANGER, Rule::FrameMalformed);

    let mut net = scene();
    net.run(10_000);
    assert_eq!(net.heard_by(STRANGER), []);
    assert!(!net.is_linked(STRANGER, NODE), "silence does not hold a link for ever");
}

/// A hello to the node from somebody who knows its card.
fn opening(of: usize, circle: watchfire_keys::ids::CircleId, from: Name) -> Hello {
    let (_, mut hello) = call([5; 32], from, NODE);
    let transcript = Transcript::opening(&RealCrypto, &from.bytes(), &NODE.bytes(), &hello.nonce);
    let who = person(of);
    let introduction =
        Introduction::sign(&RealCrypto, &circle, who.member, &who.identity.daemon, &transcript, true);
    let opening = codec::encode(&Opening { circle, secret: [5; 32], introduction });
    let aad = [from.bytes(), NODE.bytes()].concat();
    let to = &person(0).card.sealing;
    hello.sealed =
        RealCrypto.seal_to(to, labels::SEAL_GREETING, &aad, &opening, &mut circle_support::rng(3)).unwrap();
    hello
}

#[test]
fn an_opening_by_nobody_of_the_roster_or_for_another_circle_is_told_nothing() {
    let mut net = scene();
    net.send(STRANGER, NODE, &Frame::Hello(opening(7, circle(), STRANGER)));
    assert_told_nothing(&mut net, STRANGER, Rule::GreetingFailed);

    let mut net = scene();
    let other = watchfire_keys::ids::CircleId::from_bytes([9; 32]);
    net.send(STRANGER, NODE, &Frame::Hello(opening(1, other, STRANGER)));
    assert_told_nothing(&mut net, STRANGER, Rule::GreetingFailed);
}

#[test]
fn a_hello_replayed_on_another_link_is_worth_nothing() {
    let mut net = scene();
    let (_, of_another) = hello(OTHER, NODE, 1);
    net.send(STRANGER, NODE, &Frame::Hello(of_another));
    assert_told_nothing(&mut net, STRANGER, Rule::GreetingFailed);

    let mut net = scene();
    let (_, to_another) = hello(STRANGER, OTHER, 1);
    net.send(STRANGER, NODE, &Frame::Hello(to_another));
    assert_told_nothing(&mut net, STRANGER, Rule::GreetingFailed);

    let mut net = scene();
    net.send(STRANGER, NODE, &Frame::Hello(opening(1, circle(), OTHER)));
    assert_told_nothing(&mut net, STRANGER, Rule::GreetingFailed);

    // A member's opening on its own link, in the same words, is answered: only the link differs.
    let mut net = scene();
    net.send(STRANGER, NODE, &Frame::Hello(opening(1, circle(), STRANGER)));
    net.settle();
    assert!(matches!(net.heard_by(STRANGER)[0], Frame::Welcome(_)));
}

#[test]
fn names_travel_only_after_both_have_proved() {
    // Called by the node, a stranger gets one hello that names nobody.
    let mut net = Net::founded(&[0]);
    net.link(NODE, STRANGER);
    net.run(10_000);
    let [Frame::Hello(hello)] = &net.heard_by(STRANGER)[..] else { panic!("one hello") };
    assert!(hello.sealed.is_empty());
    let name = person(0).member;
    let names = |bytes: &[u8]| bytes.windows(32).any(|part| part == name.as_bytes());
    assert!(net.heard.iter().all(|(_, _, bytes)| !names(bytes)));

    // A member that has proved the secret gets the name under the link's key, and nothing else before it gave its own.
    let mut net = scene();
    let (caller, hello) = engine_support::hello(STRANGER, NODE, 1);
    net.send(STRANGER, NODE, &Frame::Hello(hello));
    net.run(1_000);
    let [Frame::Welcome(welcome)] = &net.heard_by(STRANGER)[..] else { panic!("one welcome") };
    assert!(net.heard.iter().all(|(_, _, bytes)| !names(bytes)));
    let (introduction, ..) = caller.welcomed(&RealCrypto, &circle(), welcome).unwrap();
    assert_eq!(introduction.member, name);
}

#[test]
fn what_comes_before_the_greeting_ends_the_link() {
    let early = [
        Frame::Membership(Membership::Summary([0; 32])),
        Frame::Spread(Spread::Pull(Vec::new())),
        Frame::Introduce(vec![1; 100]),
    ];
    for frame in early {
        let mut net = scene();
        net.send(STRANGER, NODE, &frame);
        assert_told_nothing(&mut net, STRANGER, Rule::FrameBeforeGreeting);
    }
    let mut net = scene();
    net.send_bytes(STRANGER, NODE, vec![0; MAX_HELLO_BYTES + 1]);
    assert_told_nothing(&mut net, STRANGER, Rule::FrameTooLarge);
}

#[test]
fn a_key_that_is_not_the_members_does_not_speak_for_it() {
    let mut net = Net::founded(&[0]);
    net.greet_as(STRANGER, NODE, person(1), person(7));
    // The act that delegates the key might be on its way: it can show it, and is given a list of ids as one whom the
    // roster does not know.
    net.run(5_000);
    let heard = net.heard_by(STRANGER);
    assert!(matches!(heard[0], Frame::Welcome(_)));
    assert!(heard[1..].iter().all(|frame| matches!(frame, Frame::Membership(Membership::Have { .. }))));
    assert_eq!(net.engine(NODE).greeted_links(), []);
    net.run(20_000);
    assert!(!net.is_linked(STRANGER, NODE));
    assert_eq!(net.engine(NODE).greeted_links(), []);
}

#[test]
fn whom_the_roster_does_not_know_gets_nothing_but_a_list_of_ids() {
    let mut net = Net::founded(&[0]);
    net.greet(STRANGER, NODE, person(7));
    for frame in [
        Frame::Membership(Membership::Summary([0; 32])),
        Frame::Membership(Membership::Have { ids: Vec::new(), last: true }),
        Frame::Spread(Spread::Eager(true)),
        Frame::Catchup(watchfire_protocol::wire::Catchup::Want(Vec::new())),
    ] {
        net.send(STRANGER, NODE, &frame);
    }
    // It may show acts; even one that counts is not answered.
    let log = net.engine(NODE).log().unwrap().clone();
    let act = propose(&log, person(1), person(8).add(Role::Publisher), net.now().unix);
    let item = Item(CircleItem::from(act).to_bytes());
    net.send(STRANGER, NODE, &Frame::Membership(Membership::Items(vec![item])));
    net.run(5_000);
    assert_eq!(net.engine(NODE).pending().len(), 1, "the act was taken");
    let heard = net.heard_by(STRANGER);
    assert!(matches!(heard[0], Frame::Welcome(_)));
    assert!(heard[1..].iter().all(|frame| matches!(frame, Frame::Membership(Membership::Have { .. }))));
    net.run(20_000);
    assert!(!net.is_linked(STRANGER, NODE), "and not for long");
}

#[test]
fn a_name_claimed_before_its_bearer_was_admitted_is_worth_nothing() {
    let mut net = Net::founded(&[0, 1]);
    // The newcomer is invited; somebody who holds the draft claims its name with another key, and waits.
    net.greet_as(STRANGER, NODE, person(3), person(7));
    let log = net.engine(NODE).log().unwrap().clone();
    let mut whole = log.clone();
    let now = net.now().unix;
    circle_support::add(&mut whole, person(0), &[person(1), person(2)], person(3).add(Role::Publisher), now);
    let items = whole.items().filter(|item| !log.contains(&item.id())).map(|item| Item(item.to_bytes()));
    net.send(STRANGER, NODE, &Frame::Membership(Membership::Items(items.collect())));
    net.settle();
    assert!(net.engine(NODE).roster().unwrap().is_member(&person(3).member));
    assert!(!net.is_linked(STRANGER, NODE));
    assert_eq!(net.broken(NODE, STRANGER), [Rule::GreetingFailed]);
    // Its bearer is let in.
    net.greet(OTHER, NODE, person(3));
    assert!(net.is_linked(OTHER, NODE));
    assert!(net.engine(NODE).greeted_links().iter().any(|link| link.member == person(3).member));
}
