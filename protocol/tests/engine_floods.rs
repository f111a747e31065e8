//! What a member can make a node do, and make it hold, is bounded, and calling again is no fresh start.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;

use std::collections::BTreeMap;

use circle_support::{DAY, HOUR, own, person, rng};
use engine_support::{Name, Net, circle, report};
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::epoch::{Deal, EpochSecret, Header};
use watchfire_keys::identity::SigningKey;
use watchfire_keys::ids::{ActId, EnvelopeId, EpochId, RecordId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::{ActBody, Item, Keyring};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::engine::{Change, Input, Loaded, Output, Request};
use watchfire_protocol::envelope::seal;
use watchfire_protocol::gossip::Announced;
use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::presence::{Presence, SignedPresence};
use watchfire_protocol::publication::ReportDraft;
use watchfire_protocol::reconcile::{Content, Message, Prefix, Range};
use watchfire_protocol::record::{Body, Position, Record, SignedRecord, VERSION, Withdrawal};
use watchfire_protocol::rules::Rule;
use watchfire_protocol::wire::{self, Catchup, Epochs, Frame, Membership, Spread};

const NODE: Name = Name(0);
const HOSTILE: Name = Name(2);
const AGAIN: Name = Name(12);

fn scene() -> Net {
    let mut net = Net::founded(&[0, 1]);
    net.greet(HOSTILE, NODE, person(2));
    net
}

fn id(n: u32) -> [u8; 32] {
    let mut id = [0xee; 32];
    id[..4].copy_from_slice(&n.to_be_bytes());
    id
}

#[test]
fn a_flood_ends_the_link_and_the_member_stays_away_under_any_name() {
    let mut net = scene();
    let frame = Frame::Spread(Spread::Announce(Vec::new())).to_bytes();
    for _ in 0..8_100 {
        net.send_bytes(HOSTILE, NODE, frame.clone());
    }
    assert!(!net.is_linked(HOSTILE, NODE));
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::LinkBudget; 20]);
    net.link(HOSTILE, NODE);
    assert!(!net.is_linked(HOSTILE, NODE), "not under the same name");
    net.greet(AGAIN, NODE, person(2));
    assert!(!net.is_linked(AGAIN, NODE), "nor under another one");
    net.run(11 * 60_000);
    net.greet(AGAIN, NODE, person(2));
    assert!(net.is_linked(AGAIN, NODE), "nor for ever");
}

#[test]
fn calling_again_brings_back_neither_budget_nor_good_name() {
    let mut net = scene();
    let frame = Frame::Spread(Spread::Announce(Vec::new())).to_bytes();
    for _ in 0..7_900 {
        net.send_bytes(HOSTILE, NODE, frame.clone());
    }
    net.send_bytes(HOSTILE, NODE, vec![0xff; 10]);
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::FrameMalformed]);
    net.unlink(HOSTILE, NODE);
    net.greet(AGAIN, NODE, person(2));
    assert!(net.is_linked(AGAIN, NODE));
    for _ in 0..110 {
        net.send_bytes(AGAIN, NODE, frame.clone());
    }
    assert!(net.broken(NODE, AGAIN).contains(&Rule::LinkBudget), "the budget goes on where it ended");
    net.send_bytes(AGAIN, NODE, vec![0xff; 10]);
    assert!(!net.is_linked(AGAIN, NODE), "and so does the penalty");
}

#[test]
fn links_that_end_in_any_order_bring_back_neither_budget_nor_good_name() {
    let mut net = scene();
    net.greet(AGAIN, NODE, person(2));
    let frame = Frame::Spread(Spread::Announce(Vec::new())).to_bytes();
    for _ in 0..7_900 {
        net.send_bytes(HOSTILE, NODE, frame.clone());
    }
    // The one that did no harm ends last.
    net.unlink(HOSTILE, NODE);
    net.unlink(AGAIN, NODE);
    for other in [Name(13), Name(14)] {
        net.greet(other, NODE, person(2));
    }
    for other in [Name(13), Name(14)] {
        for _ in 0..105 {
            net.send_bytes(other, NODE, frame.clone());
        }
        assert!(net.broken(NODE, other).contains(&Rule::LinkBudget), "{other:?}");
    }
}

#[test]
fn penalties_add_up_over_all_links_of_a_member() {
    let others = [AGAIN, Name(13)];
    let mut net = scene();
    for other in others {
        net.greet(other, NODE, person(2));
    }
    net.send_bytes(HOSTILE, NODE, vec![0xff; 10]);
    assert!(net.is_linked(HOSTILE, NODE), "once is forgiven");
    net.send_bytes(AGAIN, NODE, vec![0xff; 10]);
    for link in [HOSTILE, AGAIN, Name(13)] {
        assert!(!net.is_linked(link, NODE), "{link:?}");
    }
    net.greet(Name(14), NODE, person(2));
    assert!(!net.is_linked(Name(14), NODE));
    // And over those that are gone.
    let mut net = scene();
    for other in others {
        net.greet(other, NODE, person(2));
    }
    net.send_bytes(HOSTILE, NODE, vec![0xff; 10]);
    net.unlink(HOSTILE, NODE);
    net.unlink(AGAIN, NODE);
    net.send_bytes(Name(13), NODE, vec![0xff; 10]);
    assert!(!net.is_linked(Name(13), NODE));
}

/// A header that says it is the steward's of person 2.
fn header(frontier: Vec<ActId>, created: UnixMillis, signer: &SigningKey) -> Header {
    let deal = Deal {
        circle: circle(),
        frontier,
        readers: [0; 32],
        created,
        seal_until: created.saturating_add(1),
        turn: 0,
        dealer: person(2).member,
    };
    Header::deal(deal, &EpochSecret::from_bytes(&[9; 32]), signer).unwrap()
}

fn items(items: &[Item]) -> Frame {
    let items = items.iter().map(|item| wire::Item(item.to_bytes()));
    Frame::Membership(Membership::Items(items.collect()))
}

#[test]
fn every_item_of_a_frame_is_paid_for() {
    let mut net = scene();
    let frontier = net.engine(NODE).roster().unwrap().frontier.clone();
    let forged = (0..50).map(|n| {
        let mut header = header(frontier.clone(), UnixMillis(n), &person(2).identity.steward);
        header.turn = 1;
        wire::Item(Item::from(header).to_bytes())
    });
    // What costs nothing does not hide what went before it.
    let unknown = wire::Item(vec![0xee; 10]);
    let frame = Frame::Membership(Membership::Items(forged.chain([unknown]).collect()));
    net.send(HOSTILE, NODE, &frame);
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::HeaderSignature; 2]);
    assert!(!net.is_linked(HOSTILE, NODE));
}

#[test]
fn the_history_is_walked_within_a_budget() {
    let mut net = scene();
    let (before, now) = (net.engine(NODE).log().unwrap().clone(), net.now().unix);
    let mut after = before.clone();
    let daemon = SigningKey::generate(&mut rng(70));
    let organisation = &person(2).identity.organisation;
    let until = now.saturating_add(HOUR);
    let delegation = Delegation::sign(organisation, daemon.public(), Scopes::DAEMON, DAY, until);
    own(&mut after, person(2), ActBody::Delegate { number: 1, delegation }, now);
    net.send(HOSTILE, NODE, &items(&after.items().collect::<Vec<_>>()));
    let long_ago = before.roster().unwrap().frontier.clone();
    assert_ne!(net.engine(NODE).roster().unwrap().frontier, long_ago);
    // Epochs that are over, which costs nobody anything, at a frontier of long ago, signed by anybody.
    let over: Vec<Item> =
        (0..2_200).map(|n| header(long_ago.clone(), UnixMillis(n), &daemon).into()).collect();
    for part in over.chunks(200) {
        net.send(HOSTILE, NODE, &items(part));
    }
    assert!(net.is_linked(HOSTILE, NODE));
    let keyring = Keyring::new(circle(), person(2).member);
    let turn = keyring.next(&before, now).unwrap().turn;
    let steward = &person(2).identity.steward;
    let (good, _) = keyring.deal(before.roster().unwrap(), turn, steward, now, &mut rng(71)).unwrap();
    let id = good.id();
    let good = items(&[good.into()]);
    net.send(HOSTILE, NODE, &good);
    assert!(net.engine(NODE).keyring().header(&id).is_none(), "the budget is used up");
    net.run(1_000);
    net.send(HOSTILE, NODE, &good);
    assert!(net.engine(NODE).keyring().header(&id).is_some(), "nothing is lost by that");
}

#[test]
fn one_member_has_a_few_links_and_no_more() {
    let mut net = scene();
    for n in 20..30 {
        net.greet(Name(n), NODE, person(2));
    }
    let of_hostile = net.engine(NODE).greeted_links();
    let of_hostile = of_hostile.iter().filter(|link| link.member == person(2).member);
    assert_eq!(of_hostile.map(|link| link.peer).collect::<Vec<_>>(), [Name(27), Name(28), Name(29)]);
    assert!(net.is_linked(NODE, Name(1)), "others are not touched");
}

/// Bytes the node sends while `frame` comes `times` times.
fn answered(net: &mut Net, frame: &Frame, times: usize) -> usize {
    let before = net.sent[&NODE];
    for _ in 0..times {
        net.send(HOSTILE, NODE, frame);
    }
    net.settle();
    net.sent[&NODE] - before
}

#[test]
fn a_few_bytes_do_not_fetch_the_history_again_and_again() {
    for frame in [
        Membership::Summary([0; 32]),
        Membership::Have { ids: Vec::new(), last: true },
        Membership::Have { ids: vec![[7; 32]], last: true },
    ] {
        let mut net = scene();
        net.run(2_000);
        let frame = Frame::Membership(frame);
        let once = answered(&mut net, &frame, 1);
        assert!(once > 0);
        assert!(answered(&mut net, &frame, 500) <= once, "the rest has to wait");
        let before = net.heard_by(HOSTILE).len();
        net.run(3_000);
        let later = &net.heard_by(HOSTILE)[before..];
        let list = |frame: &Frame| matches!(frame, Frame::Membership(Membership::Have { .. }));
        assert!(later.iter().any(list), "but is not forgotten");
    }
}

#[test]
fn secrets_are_handed_out_within_a_budget() {
    let mut net = scene();
    let epoch = net.engine(NODE).epoch().unwrap();
    let unknown: Vec<EpochId> = (0..15).map(|n| EpochId::from_bytes(id(n))).collect();
    let ask = Frame::Epochs(Epochs::Ask([vec![epoch], unknown].concat()));
    net.run(1_000);
    let once = answered(&mut net, &ask, 1);
    assert!(once > 1_000, "a grant");
    assert_eq!(answered(&mut net, &ask, 20), 0, "the same one is not sealed again at once");
    assert_eq!(answered(&mut net, &ask, 20), 0);
    assert!(net.broken(NODE, HOSTILE).contains(&Rule::LinkBudget));
}

#[test]
fn presences_do_not_flood_the_circle() {
    let mut net = scene();
    let before = net.sent[&NODE];
    for n in 0..1_000 {
        let presence = Presence {
            circle: circle(),
            member: person(2).member,
            signer: person(2).identity.daemon.public(),
            peer: HOSTILE.bytes(),
            addresses: Vec::new(),
            relays: Vec::new(),
            created: net.now().unix.saturating_add(n),
        };
        let said = SignedPresence::sign(&RealCrypto, presence, &person(2).identity.daemon);
        net.send(HOSTILE, NODE, &Frame::Presence(said));
    }
    assert!(net.sent[&NODE] - before < 20 * 400, "passed on {} bytes", net.sent[&NODE] - before);
    assert!(net.broken(NODE, HOSTILE).iter().all(|rule| *rule == Rule::PresenceBudget));
    assert!(net.is_linked(HOSTILE, NODE), "whoever passes it on is not to blame");
}

#[test]
fn announcing_what_does_not_exist_leaves_room_for_what_does() {
    let mut net = scene();
    for batch in 0..40 {
        let lies =
            (0..1024).map(|n| Announced { id: EnvelopeId::from_bytes(id(batch * 1024 + n)), bytes: 600 });
        net.send(HOSTILE, NODE, &Frame::Spread(Spread::Announce(lies.collect())));
    }
    let honest = Name(1);
    net.unlink(NODE, honest);
    net.engines.remove(&honest);
    net.greet(honest, NODE, person(1));
    let real = EnvelopeId::from_bytes([1; 32]);
    let announced = Announced { id: real, bytes: 60_000 };
    net.send(honest, NODE, &Frame::Spread(Spread::Announce(vec![announced])));
    net.settle();
    let pulls = |frame: &Frame| matches!(frame, Frame::Spread(Spread::Pull(ids)) if ids.contains(&real));
    assert!(net.heard_by(honest).iter().any(pulls));
}

/// Says that the sender has these and the receiver does not.
fn offer(session: u32, ids: Vec<RecordId>) -> Frame {
    let from = RecordId::from_bytes([0; 32]);
    let ranges = vec![Range { from, to: None, content: Content::Lacking(ids) }];
    Frame::Catchup(Catchup::Message(Message { session, from_initiator: true, ranges }))
}

fn asked(net: &Net, of: Name, id: RecordId) -> usize {
    let of_id = |frame: &Frame| matches!(frame, Frame::Catchup(Catchup::Fetch(records)) if records.contains(&Prefix::of(&id)));
    net.heard_by(of).iter().filter(|frame| of_id(frame)).count()
}

#[test]
fn offering_a_record_and_not_bringing_it_does_not_hold_it_back() {
    let mut net = scene();
    let honest = Name(1);
    net.unlink(NODE, honest);
    net.engines.remove(&honest);
    net.greet(honest, NODE, person(1));
    let wanted = RecordId::from_bytes(id(1));
    net.send(HOSTILE, NODE, &offer(1, vec![wanted]));
    net.settle();
    assert_eq!(asked(&net, HOSTILE, wanted), 1);
    // The honest one says once that it has it. The hostile one says so again and again, before and after.
    net.send(honest, NODE, &offer(1, vec![wanted]));
    for session in 2..60 {
        net.send(HOSTILE, NODE, &offer(session, vec![wanted]));
        net.run(100);
    }
    assert_eq!(asked(&net, honest, wanted), 1, "it has its turn");
}

#[test]
fn owing_records_is_no_licence_to_send_anything() {
    let mut net = scene();
    net.send(HOSTILE, NODE, &offer(1, (0..256).map(|n| RecordId::from_bytes(id(n))).collect()));
    net.settle();
    assert_eq!(asked(&net, HOSTILE, RecordId::from_bytes(id(0))), 1);
    let frame = Frame::Spread(Spread::Announce(Vec::new())).to_bytes();
    for _ in 0..8_100 {
        net.send_bytes(HOSTILE, NODE, frame.clone());
    }
    assert!(!net.is_linked(HOSTILE, NODE));
}

/// Records of fifty kilobytes and more that the node published, as its store has them.
fn large_records(net: &mut Net) -> BTreeMap<RecordId, Loaded> {
    let long = "x".repeat(60);
    let domain = |n: u32| Indicator::parse(Kind::Domain, &format!("n{n}.{long}.{long}.example")).unwrap();
    let indicators = (0..64 * 512).map(domain).collect();
    let draft = ReportDraft { indicators, ..report("Phishing") };
    net.input(NODE, Input::Request { token: 1, request: Request::Publish(Box::new(draft)) });
    let kept = net.done.iter().filter_map(|(by, output)| match output {
        Output::Persist(Change::Record { id, epoch, bytes, .. }) if *by == NODE && bytes.len() > 50_000 => {
            Some((*id, Loaded { id: *id, epoch: *epoch, bytes: bytes.to_vec() }))
        }
        _ => None,
    });
    kept.collect()
}

/// Has the node take in `frames` before anything is carried out, as one that waits for its disk does: how many records
/// it sends in all, and how many bytes at a time wait to be sent.
fn served_at_once(net: &mut Net, records: &BTreeMap<RecordId, Loaded>, frames: &[Frame]) -> (usize, usize) {
    let now = net.now();
    let engine = net.engines.get_mut(&NODE).unwrap();
    for frame in frames {
        engine.handle(Input::Frame { peer: HOSTILE, bytes: frame.to_bytes() }, now);
    }
    let (mut sent, mut most) = (0, 0);
    loop {
        let outputs: Vec<Output<Name>> = std::iter::from_fn(|| engine.poll()).collect();
        let mut waiting = 0;
        for output in &outputs {
            match output {
                Output::Send { frame, .. } => waiting += frame.len(),
                Output::Load { peer, records: ids } => {
                    let records: Vec<Loaded> = ids.iter().map(|id| records[id].clone()).collect();
                    sent += records.len();
                    engine.handle(Input::Loaded { peer: *peer, records }, now);
                }
                _ => {}
            }
        }
        most = most.max(waiting);
        if outputs.is_empty() {
            return (sent, most);
        }
    }
}

#[test]
fn what_a_link_asks_for_does_not_pile_up() {
    let mut net = scene();
    net.settle();
    let records = large_records(&mut net);
    let named: Vec<Prefix> = records.keys().take(64).map(Prefix::of).collect();
    assert!(named.len() >= 60);
    let frames = vec![Frame::Catchup(Catchup::Fetch(named.clone())); 24];
    let (sent, most) = served_at_once(&mut net, &records, &frames);
    assert_eq!(sent, 24 * named.len(), "what is within its share it gets");
    assert!(most < 5 * 1024 * 1024, "{most} bytes wait to be sent");
    let frames = vec![Frame::Catchup(Catchup::Fetch(vec![named[0]; 64])); 10];
    assert_eq!(served_at_once(&mut net, &records, &frames).0, 10, "a record named many times is wanted once");
}

#[test]
fn large_records_take_more_of_a_links_share() {
    let mut net = scene();
    net.settle();
    let records = large_records(&mut net);
    let named: Vec<Prefix> = records.keys().take(64).map(Prefix::of).collect();
    let mut sent = 0;
    for _ in 0..16 {
        let frames = vec![Frame::Catchup(Catchup::Fetch(named.clone())); 16];
        sent += served_at_once(&mut net, &records, &frames).0;
    }
    assert!((1_000..4_000).contains(&sent), "{sent} records of more than fifty kilobytes at once");
}

/// Own records of the hostile member, sealed.
fn records(net: &Net, count: u64) -> Vec<Vec<u8>> {
    let engine = net.engine(NODE);
    let keys = engine.keyring().keys(&engine.epoch().unwrap()).unwrap();
    let key = &person(2).identity.publisher;
    let mut at = Position::FIRST;
    let mut envelopes = Vec::new();
    for seq in 0..count {
        let record = Record {
            version: VERSION,
            circle: circle(),
            author: person(2).member,
            signer: key.public(),
            seq: at.seq,
            prev: at.prev,
            created: net.now().unix,
            body: Body::Withdrawal(Withdrawal { record: RecordId::from_bytes([1; 32]), reason: "x".into() }),
        };
        let signed = SignedRecord::sign(&RealCrypto, record, key);
        at = Position { seq: seq + 1, prev: Some(signed.id(&RealCrypto)) };
        envelopes.push(seal(&RealCrypto, keys, &signed).unwrap());
    }
    envelopes
}

#[test]
fn owing_a_record_is_no_licence_to_have_known_ones_opened() {
    let mut net = scene();
    let envelope = records(&net, 1).remove(0);
    net.send(HOSTILE, NODE, &Frame::Spread(Spread::Push(envelope.clone())));
    let frame = Frame::Catchup(Catchup::Record(envelope)).to_bytes();
    let mut sent = 0;
    while net.is_linked(HOSTILE, NODE) && sent < 9_000 {
        if sent % 1_000 == 0 {
            // It owes what does not exist all the time.
            net.send(HOSTILE, NODE, &offer(sent + 1, vec![RecordId::from_bytes(id(sent))]));
        }
        net.send_bytes(HOSTILE, NODE, frame.clone());
        sent += 1;
    }
    assert!(!net.is_linked(HOSTILE, NODE), "what it says again is charged to its link");
    let opened = net.broken(NODE, HOSTILE).iter().filter(|rule| **rule == Rule::EnvelopeSeen).count();
    assert!((7_000..8_100).contains(&opened));
    assert!(net.broken(NODE, HOSTILE).contains(&Rule::LinkBudget));
}

#[test]
fn an_authors_budget_holds_whatever_its_records_are_called() {
    let mut net = scene();
    for (n, envelope) in records(&net, 2_020).into_iter().enumerate() {
        // Half of them claim to have been asked for.
        let frame = if n % 2 == 0 {
            Frame::Spread(Spread::Push(envelope))
        } else {
            Frame::Catchup(Catchup::Record(envelope))
        };
        net.send(HOSTILE, NODE, &frame);
    }
    assert_eq!(net.engine(NODE).record_count(), 2_000);
    assert_eq!(net.broken(NODE, HOSTILE), [Rule::RecordAuthorBudget; 20]);
    // Nobody else's is touched.
    net.input(NODE, Input::Request { token: 1, request: Request::Publish(Box::new(report("Phishing"))) });
    assert_eq!(net.engine(NODE).record_count(), 2_001);
}
