//! What a hostile member or a stranger sends is answered by the rule's verdict, counted, and harms nobody else.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use watchfire_keys::epoch::{Deal, EpochSecret, Header};
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{ActId, CircleId, RecordId};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::envelope::{self, EpochKeys};
use watchfire_protocol::record::{Body, Record, SignedRecord, Withdrawal};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::{Frame, Spread};
use watchfire_simulations::frame_kind::FrameKind;
use watchfire_simulations::{NodeName, Workload, World};

const SECOND: Duration = Duration::from_secs(1);
const HOUR_MS: u64 = 60 * 60 * 1000;

/// A world with a hostile member, a neighbour that it is linked to, and another member.
struct Scene {
    world: World,
    hostile: NodeName,
    neighbour: NodeName,
    other: NodeName,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let mut world = World::builder().seed(seed).members(10).build();
        world.run_for(20 * SECOND);
        let hostile = NodeName(9);
        world.distrust(hostile);
        let linked = |node: &NodeName| *node != hostile && world.is_linked(hostile, *node);
        let neighbour = world.nodes().find(linked).unwrap();
        let other = world.nodes().find(|node| *node != hostile && *node != neighbour).unwrap();
        Self { world, hostile, neighbour, other }
    }

    fn keys(&self) -> EpochKeys {
        self.world.epoch_keys(self.hostile).unwrap()
    }

    /// A small record that says it is by `author`, made an hour from now if it is from the future.
    fn record(&self, author: NodeName, signer: &SigningKey, ahead_ms: u64) -> Record {
        let taken_back = RecordId::from_bytes([7; 32]);
        Record {
            version: watchfire_protocol::record::VERSION,
            circle: self.world.circle(),
            author: self.world.person(author).member(),
            signer: signer.public(),
            seq: 0,
            prev: None,
            created: self.world.clock(self.hostile).saturating_add(ahead_ms),
            body: Body::Withdrawal(Withdrawal { record: taken_back, reason: "a mistake".into() }),
        }
    }

    fn seal(&self, keys: &EpochKeys, record: Record, key: &SigningKey) -> Vec<u8> {
        envelope::seal(&RealCrypto, keys, &SignedRecord::sign(&RealCrypto, record, key)).unwrap()
    }

    fn push(&mut self, envelope: Vec<u8>) {
        let frame = Frame::Spread(Spread::Push(envelope)).to_bytes();
        assert!(self.world.send(self.hostile, self.neighbour, frame.into()));
        self.world.run_for(Duration::from_millis(100));
    }

    fn broken(&self, rule: Rule) -> u64 {
        self.world.statistics().broken_by(self.hostile, rule)
    }

    /// An honest publication still reaches everybody, nobody was shown anything that no one published, and nobody else
    /// was blamed.
    fn assert_others_unharmed(mut self, blamed: &[Rule]) {
        let report = Workload::new(self.world.seeds()).report(2);
        self.world.publish(self.other, report).unwrap();
        assert!(self.world.run_until(30 * SECOND, World::is_settled), "{:?}", self.world.broken_promises());
        self.world.assert_promises();
        for node in self.world.nodes().filter(|node| *node != self.hostile) {
            for rule in blamed {
                assert_eq!(self.world.statistics().broken_by(node, *rule), 0, "{node:?} {}", rule.label());
            }
        }
    }
}

#[test]
fn a_record_in_anothers_name_is_refused() {
    let mut scene = Scene::new(51);
    let victim = scene.other;
    let own = scene.world.person(scene.hostile).identity.publisher.clone();
    let theirs = scene.world.person(victim).identity.publisher.clone();
    let keys = scene.keys();
    // It names the victim's key and is signed by another.
    let forged = scene.seal(&keys, scene.record(victim, &theirs, 0), &own);
    scene.push(forged);
    assert_eq!(scene.broken(Rule::RecordSignature), 1);
    // It names a key that does not speak for the victim.
    let forged = scene.seal(&keys, scene.record(victim, &own, 0), &own);
    scene.push(forged);
    assert_eq!(scene.broken(Rule::RecordSigner), 1);
    scene.assert_others_unharmed(&[Rule::RecordSignature, Rule::RecordSigner]);
}

#[test]
fn a_record_from_the_future_is_ignored() {
    let mut scene = Scene::new(52);
    let own = scene.world.person(scene.hostile).identity.publisher.clone();
    let envelope = scene.seal(&scene.keys(), scene.record(scene.hostile, &own, HOUR_MS), &own);
    scene.push(envelope);
    assert_eq!(scene.broken(Rule::RecordFuture), 1);
    assert!(scene.world.is_linked(scene.neighbour, scene.hostile), "a wrong clock is no crime");
    scene.assert_others_unharmed(&[Rule::RecordFuture]);
}

/// An epoch that no steward dealt.
fn invented_epoch(scene: &Scene, circle: CircleId) -> EpochKeys {
    let person = scene.world.person(scene.hostile);
    let now = scene.world.clock(scene.hostile);
    let secret = EpochSecret::from_bytes(&[3; 32]);
    let deal = Deal {
        circle,
        frontier: vec![ActId::from_bytes(*circle.as_bytes())],
        readers: [0; 32],
        created: now,
        seal_until: now.saturating_add(HOUR_MS),
        turn: 0,
        dealer: person.member(),
    };
    let header = Header::deal(deal, &secret, &person.identity.steward).unwrap();
    EpochKeys::new(&header, &secret).unwrap()
}

#[test]
fn an_envelope_of_another_circle_is_refused() {
    let mut scene = Scene::new(53);
    let own = scene.world.person(scene.hostile).identity.publisher.clone();
    let circle = CircleId::from_bytes([5; 32]);
    let keys = invented_epoch(&scene, circle);
    let record = Record { circle, ..scene.record(scene.hostile, &own, 0) };
    let envelope = scene.seal(&keys, record, &own);
    scene.push(envelope);
    assert_eq!(scene.broken(Rule::EnvelopeWrongCircle), 1);
    scene.assert_others_unharmed(&[Rule::EnvelopeWrongCircle]);
}

#[test]
fn an_envelope_of_an_epoch_that_nobody_dealt_waits_and_is_never_shown() {
    let mut scene = Scene::new(54);
    let own = scene.world.person(scene.hostile).identity.publisher.clone();
    let keys = invented_epoch(&scene, scene.world.circle());
    let envelope = scene.seal(&keys, scene.record(scene.hostile, &own, 0), &own);
    scene.push(envelope);
    assert_eq!(scene.broken(Rule::EnvelopeUnknownEpoch), 1);
    scene.assert_others_unharmed(&[]);
}

#[test]
fn a_gate_signature_that_does_not_hold_is_refused() {
    let mut scene = Scene::new(55);
    let own = scene.world.person(scene.hostile).identity.publisher.clone();
    let mut envelope = scene.seal(&scene.keys(), scene.record(scene.hostile, &own, 0), &own);
    *envelope.last_mut().unwrap() ^= 1;
    scene.push(envelope);
    assert_eq!(scene.broken(Rule::EnvelopeGate), 1);
    scene.assert_others_unharmed(&[Rule::EnvelopeGate]);
}

#[test]
fn a_replay_is_counted_and_shown_to_nobody() {
    let mut scene = Scene::new(56);
    let own = scene.world.person(scene.hostile).identity.publisher.clone();
    let record = scene.record(scene.hostile, &own, 0);
    let signed = SignedRecord::sign(&RealCrypto, record.clone(), &own);
    let envelope = scene.seal(&scene.keys(), record, &own);
    let id = signed.id(&RealCrypto);
    for _ in 0..50 {
        scene.push(envelope.clone());
    }
    assert!(scene.broken(Rule::EnvelopeSeen) >= 49);
    scene.world.run_for(5 * SECOND);
    let honest: Vec<NodeName> = scene.world.nodes().filter(|node| *node != scene.hostile).collect();
    for node in honest {
        assert_eq!(scene.world.deliveries(node)[&id].times, 1);
    }
}

#[test]
fn garbage_ends_the_link() {
    let mut scene = Scene::new(57);
    for length in [1usize, 300] {
        scene.world.send(scene.hostile, scene.neighbour, vec![0xff; length].into());
        scene.world.run_for(Duration::from_millis(100));
    }
    assert_eq!(scene.broken(Rule::FrameMalformed), 2);
    assert!(!scene.world.is_linked(scene.neighbour, scene.hostile));
    scene.assert_others_unharmed(&[Rule::FrameMalformed]);
}

#[test]
fn a_flood_ends_the_link_and_the_flooder_stays_away() {
    let mut scene = Scene::new(58);
    let frame: std::sync::Arc<[u8]> = Frame::Spread(Spread::Announce(Vec::new())).to_bytes().into();
    for _ in 0..12_000 {
        scene.world.send(scene.hostile, scene.neighbour, frame.clone());
    }
    scene.world.run_for(SECOND);
    assert!(scene.broken(Rule::LinkBudget) >= 1);
    assert!(!scene.world.is_linked(scene.neighbour, scene.hostile));
    let flooder = scene.world.person(scene.hostile).member();
    let away = |scene: &Scene| scene.world.engine(scene.neighbour).unwrap().kept_away().next();
    assert!(matches!(away(&scene), Some((member, Rule::LinkBudget, _)) if member == flooder));
    scene.world.run_for(60 * SECOND);
    assert!(!scene.world.is_linked(scene.neighbour, scene.hostile));
    assert!(away(&scene).is_some());
    scene.assert_others_unharmed(&[Rule::LinkBudget]);
}

#[test]
fn a_stranger_learns_nothing() {
    let mut scene = Scene::new(59);
    let stranger = scene.world.stranger();
    scene.world.dial(stranger, scene.neighbour);
    scene.world.run_for(Duration::from_millis(100));
    assert!(scene.world.is_linked(stranger, scene.neighbour));
    let hello = Frame::Hello(watchfire_protocol::greeting::Hello {
        nonce: [1; 32],
        proofs: [[2; 32]; watchfire_protocol::greeting::PROOFS],
        sealed: Vec::new(),
    });
    scene.world.send(stranger, scene.neighbour, hello.to_bytes().into());
    scene.world.run_for(60 * SECOND);
    assert_eq!(scene.world.received(stranger), &[], "not one byte");
    assert!(!scene.world.is_linked(stranger, scene.neighbour));
    assert_eq!(scene.world.statistics().broken_by(stranger, Rule::GreetingFailed), 1);
    scene.assert_others_unharmed(&[]);
}

#[test]
fn a_stranger_that_says_nothing_is_let_go() {
    let mut scene = Scene::new(60);
    let stranger = scene.world.stranger();
    scene.world.dial(stranger, scene.neighbour);
    scene.world.run_for(20 * SECOND);
    assert_eq!(scene.world.received(stranger), &[]);
    assert!(!scene.world.is_linked(stranger, scene.neighbour));
}

#[test]
fn a_stranger_that_is_called_gets_nothing_but_a_hello() {
    let mut scene = Scene::new(61);
    let stranger = scene.world.stranger();
    // It sits at an address that a member's node had once.
    scene.world.dial(scene.neighbour, stranger);
    scene.world.run_for(20 * SECOND);
    let kinds: Vec<FrameKind> =
        scene.world.received(stranger).iter().map(|(_, frame)| FrameKind::of(frame)).collect();
    assert_eq!(kinds, [FrameKind::Greeting]);
    assert!(!scene.world.is_linked(stranger, scene.neighbour));
}
