//! A member with several nodes: each is a neighbour like any other, and two with one key are told apart from that.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use std::collections::BTreeSet;

use circle_support::{DAY, DAY_MS, person, rng};
use engine_support::{Name, Net, circle, founders_draft, keys, report};
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::{PublicKey, SigningKey};
use watchfire_keys::ids::MemberId;
use watchfire_keys::sealing::SealingKey;
use watchfire_protocol::circle::ActBody;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{
    Change, Input, MemberKeys, Output, OwnAct, Refusal, Request, Standing, Start,
};
use watchfire_protocol::presence::{Presence, SignedPresence};
use watchfire_protocol::wire::Frame;

const FIRST: Name = Name(0);
const OTHER: Name = Name(1);
const THIRD: Name = Name(2);
/// The second node of the first one's member.
const SECOND: Name = Name(20);

fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut rng(seed))
}

/// What the second home holds: a backup of the first, and keys of its own for the node and for what it publishes.
fn second_home() -> MemberKeys {
    MemberKeys { daemon: key(900), publisher: Some(key(901)), ..keys(person(0)) }
}

fn own(net: &mut Net, at: Name, act: OwnAct) {
    net.input(at, Input::Request { token: 3, request: Request::Own(act) });
    let refused = |(_, output): &(Name, Output<Name>)| matches!(output, Output::Refused { token: 3, .. });
    assert!(!net.done.iter().any(refused));
}

fn delegate(net: &mut Net, at: Name, key: PublicKey, scope: Scopes) {
    let organisation = &person(at.0 as usize).identity.organisation;
    let delegation = Delegation::sign(organisation, key, scope, DAY, DAY.saturating_add(90 * DAY_MS));
    own(net, at, OwnAct::Delegate(Box::new(delegation)));
}

/// Three founders, the keys of a second node of the first one delegated, and that node on, knowing the draft.
fn scene() -> Net {
    let mut net = Net::founded(&[0, 1, 2]);
    let home = second_home();
    delegate(&mut net, FIRST, home.daemon.public(), Scopes::DAEMON);
    delegate(&mut net, FIRST, home.publisher.as_ref().unwrap().public(), Scopes::PUBLISH);
    net.run(1_000);
    net.start_with(SECOND, home, Start::Founding(founders_draft()), Vec::new());
    net
}

fn publish(net: &mut Net, at: Name, title: &str) -> Result<(), Refusal> {
    net.input(at, Input::Request { token: 7, request: Request::Publish(Box::new(report(title))) });
    let answer = net.done.iter().rev().find_map(|(of, output)| match output {
        Output::Published { token: 7, .. } if *of == at => Some(Ok(())),
        Output::Refused { token: 7, refusal } if *of == at => Some(Err(refusal.clone())),
        _ => None,
    });
    answer.unwrap()
}

fn authors(net: &Net, at: Name) -> Vec<MemberId> {
    let of = |(name, output): &(Name, Output<Name>)| match output {
        Output::Deliver(delivered) if *name == at => Some(delivered.opened.record().record().author),
        _ => None,
    };
    net.done.iter().filter_map(of).collect()
}

#[test]
fn records_acts_and_secrets_pass_between_the_nodes_of_one_member() {
    let mut net = scene();
    net.link(SECOND, FIRST);
    net.run(2_000);
    assert!(net.engine(SECOND).greeted_links().iter().any(|link| link.member == person(0).member));
    assert_eq!(net.engine(SECOND).roster(), net.engine(FIRST).roster());
    assert_eq!(net.engine(SECOND).epoch(), net.engine(OTHER).epoch());
    for other in [OTHER, THIRD] {
        net.unlink(SECOND, other);
    }
    publish(&mut net, OTHER, "From another member").unwrap();
    net.run(1_000);
    publish(&mut net, FIRST, "From the first").unwrap();
    net.run(2_000);
    assert_eq!(authors(&net, SECOND), [person(1).member, person(0).member]);
    publish(&mut net, SECOND, "From the second").unwrap();
    net.run(2_000);
    assert_eq!(authors(&net, FIRST), [person(1).member, person(0).member, person(0).member]);
    assert_eq!(authors(&net, THIRD).len(), 3);
    assert!(!net.engine(FIRST).has_twin() && !net.engine(SECOND).has_twin());
    for (by, peer) in [(OTHER, FIRST), (FIRST, SECOND), (SECOND, FIRST)] {
        assert!(net.broken(by, peer).iter().all(|rule| rule.penalty() == 0), "{by:?} blames {peer:?}");
    }
}

#[test]
fn every_node_of_a_member_is_known_and_linked_to() {
    let mut net = scene();
    net.link(SECOND, OTHER);
    net.run(10_000);
    let nodes = |net: &Net, at: Name| -> BTreeSet<Vec<u8>> {
        net.engine(at).presences(&person(0).member).map(|presence| presence.peer.clone()).collect()
    };
    assert_eq!(nodes(&net, THIRD), BTreeSet::from([FIRST.bytes(), SECOND.bytes()]));
    // Of its own member a node knows the others.
    assert_eq!(nodes(&net, SECOND), BTreeSet::from([FIRST.bytes()]));
    for other in [FIRST, OTHER, THIRD] {
        assert!(net.is_linked(SECOND, other), "to {other:?}");
    }
    // The first one goes; nothing is lost with it.
    for other in [OTHER, THIRD, SECOND] {
        net.unlink(FIRST, other);
    }
    net.engines.remove(&FIRST);
    publish(&mut net, OTHER, "While the first is off").unwrap();
    net.run(1_000);
    publish(&mut net, SECOND, "By the one that is left").unwrap();
    net.run(2_000);
    assert_eq!(authors(&net, SECOND), [person(1).member, person(0).member]);
    assert_eq!(authors(&net, THIRD), [person(1).member, person(0).member]);
}

#[test]
fn a_member_with_many_keys_takes_no_more_room_than_four_nodes() {
    let mut net = Net::founded(&[0, 1, 2]);
    let keys: Vec<SigningKey> = (0..10).map(|n| key(950 + n)).collect();
    for key in &keys {
        delegate(&mut net, THIRD, key.public(), Scopes::DAEMON);
    }
    net.run(2_000);
    let mut said = Vec::new();
    for (n, key) in (0..).zip(&keys) {
        net.run(2_000);
        let presence = Presence {
            circle: circle(),
            member: person(2).member,
            signer: key.public(),
            peer: Name(100 + n).bytes(),
            addresses: vec!["/memory/99".into()],
            relays: Vec::new(),
            created: net.now().unix,
        };
        said.push(presence.clone());
        let frame = Frame::Presence(SignedPresence::sign(&RealCrypto, presence, key)).to_bytes();
        net.input(FIRST, Input::Frame { peer: THIRD, bytes: frame });
    }
    let known: Vec<Presence> = net.engine(FIRST).presences(&person(2).member).cloned().collect();
    said.reverse();
    assert_eq!(known, said[..4]);
    let erased = net.done.iter().filter(|(of, output)| {
        *of == FIRST && matches!(output, Output::Persist(Change::ErasePresence { .. }))
    });
    assert_eq!(erased.count(), 7, "the eleven that were told, less four");
    // One that was silent for longer than all of these is passed over.
    let late = said.last().unwrap().clone();
    let frame = Frame::Presence(SignedPresence::sign(&RealCrypto, late, &keys[0])).to_bytes();
    net.input(FIRST, Input::Frame { peer: THIRD, bytes: frame });
    assert_eq!(net.engine(FIRST).presences(&person(2).member).cloned().collect::<Vec<_>>(), known);
}

#[test]
fn two_nodes_with_one_key_are_noticed_by_both_and_publish_nothing() {
    let mut net = Net::founded(&[0, 1]);
    net.run(120_000);
    assert!(!net.engine(FIRST).has_twin());
    net.start(SECOND, person(0), Start::Founding(founders_draft()), Vec::new());
    net.link(SECOND, OTHER);
    net.run(5_000);
    for node in [FIRST, SECOND] {
        assert!(net.engine(node).has_twin(), "{node:?}");
        assert_eq!(publish(&mut net, node, "A fork"), Err(Refusal::TwoNodes));
    }
    assert!(!net.engine(OTHER).has_twin());
    // It stays so while both are there, without a flood of presences.
    let sent = net.sent[&OTHER];
    net.run(600_000);
    assert!(net.engine(FIRST).has_twin() && net.engine(SECOND).has_twin());
    assert!(net.sent[&OTHER] - sent < 200_000, "{}", net.sent[&OTHER] - sent);
    net.unlink(SECOND, OTHER);
    net.unlink(SECOND, FIRST);
    net.engines.remove(&SECOND);
    net.run(61_000);
    assert_eq!(publish(&mut net, FIRST, "Alone again"), Ok(()));
}

#[test]
fn the_machine_that_was_replaced_is_no_second_node() {
    let mut net = Net::founded(&[0, 1]);
    net.run(60_000);
    net.unlink(FIRST, OTHER);
    net.engines.remove(&FIRST);
    net.run(60_000);
    net.start(SECOND, person(0), Start::Founding(founders_draft()), Vec::new());
    net.link(SECOND, OTHER);
    net.run(5_000);
    assert!(!net.engine(SECOND).has_twin());
    assert_eq!(publish(&mut net, SECOND, "From the new machine"), Ok(()));
    net.run(1_000);
    assert_eq!(authors(&net, OTHER), [person(0).member]);
}

#[test]
fn a_node_whose_key_was_ended_is_let_go_and_forgotten() {
    let mut net = scene();
    for other in [FIRST, OTHER, THIRD] {
        net.link(SECOND, other);
    }
    net.run(5_000);
    let key = second_home().daemon.public();
    own(&mut net, FIRST, OwnAct::Revoke { key, stands: Standing::Known });
    net.run(2_000);
    for other in [FIRST, OTHER, THIRD] {
        assert!(net.engine(other).greeted_links().iter().all(|link| link.peer != SECOND), "{other:?}");
        assert!(net.engine(other).presences(&person(0).member).all(|presence| presence.signer != key));
    }
    assert!(!net.engine(SECOND).holds_daemon_key(), "it is told why");
    assert!(net.engine(FIRST).holds_daemon_key());
}

#[test]
fn the_nodes_of_a_steward_deal_once_a_turn() {
    let mut net = scene();
    for other in [FIRST, OTHER, THIRD] {
        net.link(SECOND, other);
    }
    net.run(5_000);
    // A member's new sealing key needs a new epoch; whose turn it is, the history decides.
    for seed in 0..8 {
        let sealing = SealingKey::generate(&mut rng(800 + seed));
        own(&mut net, OTHER, OwnAct::RotateSealing(Box::new(sealing)));
        net.run(10_000);
    }
    let engine = net.engine(THIRD);
    let rotations =
        engine.log().unwrap().acts().filter(|(_, act)| matches!(act.act.body, ActBody::Rotate { .. }));
    assert_eq!(rotations.count(), 8);
    let dealt = engine.keyring().headers().filter(|(_, header)| header.dealer == person(0).member);
    assert!(dealt.count() > 0, "it was the turn of the member with two nodes at least once");
    assert_eq!(engine.equivocations(), []);
    assert!(engine.can_seal());
}

#[test]
fn a_publisher_key_signs_nothing_before_it_is_delegated() {
    let mut net = Net::founded(&[0, 1]);
    let home = MemberKeys { daemon: key(900), ..keys(person(0)) };
    delegate(&mut net, FIRST, home.daemon.public(), Scopes::DAEMON);
    let publisher = key(901);
    let home = MemberKeys { publisher: Some(publisher.clone()), ..home };
    net.start_with(SECOND, home, Start::Founding(founders_draft()), Vec::new());
    net.link(SECOND, FIRST);
    net.run(2_000);
    assert_eq!(publish(&mut net, SECOND, "Too soon"), Err(Refusal::KeyNotDelegated));
    delegate(&mut net, FIRST, publisher.public(), Scopes::PUBLISH);
    net.run(2_000);
    assert_eq!(publish(&mut net, SECOND, "In time"), Ok(()));
    net.run(2_000);
    assert_eq!(net.engine(OTHER).record_count(), 1);
}

#[test]
fn a_node_brings_the_act_that_delegates_its_key_itself() {
    let mut net = Net::founded(&[0, 1]);
    net.unlink(FIRST, OTHER);
    let away = net.engines.remove(&OTHER).unwrap();
    let home = second_home();
    delegate(&mut net, FIRST, home.daemon.public(), Scopes::DAEMON);
    delegate(&mut net, FIRST, home.publisher.as_ref().unwrap().public(), Scopes::PUBLISH);
    net.start_with(SECOND, home, Start::Founding(founders_draft()), Vec::new());
    net.link(SECOND, FIRST);
    net.run(2_000);
    net.unlink(SECOND, FIRST);
    net.engines.remove(&FIRST);
    // Nobody else can tell the other one, which was away.
    net.engines.insert(OTHER, away);
    net.link(SECOND, OTHER);
    net.run(5_000);
    assert_eq!(net.engine(OTHER).greeted_links().len(), 1);
    publish(&mut net, SECOND, "From the only one that is on").unwrap();
    net.run(2_000);
    assert_eq!(authors(&net, OTHER), [person(0).member]);
}

#[test]
fn a_home_that_lacks_its_members_new_sealing_key_blames_nobody_for_it() {
    let mut net = scene();
    for other in [FIRST, OTHER, THIRD] {
        net.link(SECOND, other);
    }
    net.run(5_000);
    assert!(net.engine(SECOND).holds_sealing_key());
    own(&mut net, FIRST, OwnAct::RotateSealing(Box::new(SealingKey::generate(&mut rng(800)))));
    net.run(20_000);
    assert!(net.engine(FIRST).holds_sealing_key() && !net.engine(SECOND).holds_sealing_key());
    for other in [FIRST, OTHER, THIRD] {
        assert!(net.broken(SECOND, other).iter().all(|rule| rule.penalty() == 0), "{other:?}");
        assert!(net.is_linked(SECOND, other));
    }
    assert_eq!(net.engine(FIRST).epoch(), net.engine(OTHER).epoch());
}
