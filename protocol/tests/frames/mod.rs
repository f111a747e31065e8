//! One of each frame, always the same.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]
#![allow(unreachable_pub, reason = "a module of tests")]

use watchfire_keys::ids::{CircleId, EnvelopeId, EpochId, RecordId};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::circle::Grant;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::gossip::Announced;
use watchfire_protocol::greeting::{Hello, PROOFS, Welcome};
use watchfire_protocol::presence::{Presence, SignedPresence};
use watchfire_protocol::reconcile::{Ask, Content, Fingerprint, Message, Prefix, Range, RecordSet, Symbols};
use watchfire_protocol::wire::{Catchup, Epochs, Founding, Frame, Item, Membership, Spread};

use crate::circle_support::{DAY, person};

fn message() -> Message {
    let id = |n| RecordId::from_bytes([n; 32]);
    let range = |from, to, content| Range { from: id(from), to, content };
    let print = Fingerprint { count: 300, sum: 0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10 };
    let ranges = vec![
        range(0, Some(id(1)), Content::Fingerprint(print)),
        range(1, Some(id(3)), Content::All(vec![id(1), id(2)])),
        range(3, None, Content::Lacking(vec![id(4)])),
    ];
    Message { session: 70_000, from_initiator: true, ranges }
}

fn print(count: u32) -> Fingerprint {
    Fingerprint { count, sum: 0x1112_1314_1516_1718_191a_1b1c_1d1e_1f20 }
}

fn ask() -> Ask {
    Ask {
        session: 70_001,
        salt: Some([33; 16]),
        mine: print(1_000_000),
        of: Some(print(999)),
        from: 300,
        count: 4096,
    }
}

/// Two symbols of a set of three, as it would send them.
fn symbols() -> Symbols {
    let mut set = RecordSet::new(&CircleId::from_bytes([0xc1; 32]));
    for n in 0..3 {
        set.insert(RecordId::from_bytes([n; 32]));
    }
    Ask { of: None, from: 0, count: 2, ..ask() }.answer(&mut set).unwrap()
}

fn presence() -> SignedPresence {
    let presence = Presence {
        circle: CircleId::from_bytes([0xc1; 32]),
        member: person(2).member,
        signer: person(2).identity.daemon.public(),
        peer: vec![0, 0, 0, 2],
        addresses: vec!["/ip4/192.0.2.7/udp/4001/quic-v1".into()],
        relays: vec!["/dns4/relay.example.org/tcp/443".into()],
        created: UnixMillis(DAY.0 + 1),
    };
    SignedPresence::sign(&RealCrypto, presence, &person(2).identity.daemon)
}

/// Each frame under the name of its vector.
pub fn one_of_each() -> Vec<(&'static str, Frame)> {
    let hello = Hello { nonce: [1; 32], proofs: [[2; 32]; PROOFS], sealed: vec![3; 5] };
    let welcome = Welcome { nonce: [4; 32], proof: [5; 32], introduction: vec![6; 7] };
    let announced = Announced { id: EnvelopeId::from_bytes([8; 32]), bytes: 70_000 };
    let grant = Grant { epoch: EpochId::from_bytes([9; 32]), sealed: vec![10; 11] };
    vec![
        ("frame_hello", Frame::Hello(hello)),
        ("frame_welcome", Frame::Welcome(welcome)),
        ("frame_introduce", Frame::Introduce(vec![12; 13])),
        ("frame_founding_draft", Frame::Founding(Founding::Draft(vec![14; 15]))),
        ("frame_summary", Frame::Membership(Membership::Summary([16; 32]))),
        ("frame_same", Frame::Membership(Membership::Same([17; 32]))),
        ("frame_have", Frame::Membership(Membership::Have { ids: vec![[18; 32], [19; 32]], last: true })),
        ("frame_items", Frame::Membership(Membership::Items(vec![Item(vec![20; 21]), Item(vec![22])]))),
        ("frame_ask", Frame::Epochs(Epochs::Ask(vec![EpochId::from_bytes([23; 32])]))),
        ("frame_grant", Frame::Epochs(Epochs::Grant(grant))),
        ("frame_push", Frame::Spread(Spread::Push(vec![24; 25]))),
        ("frame_announce", Frame::Spread(Spread::Announce(vec![announced]))),
        ("frame_pull", Frame::Spread(Spread::Pull(vec![EnvelopeId::from_bytes([26; 32])]))),
        ("frame_eager", Frame::Spread(Spread::Eager(true))),
        ("frame_reconcile", Frame::Catchup(Catchup::Message(message()))),
        ("frame_want", Frame::Catchup(Catchup::Want(vec![RecordId::from_bytes([27; 32])]))),
        ("frame_record", Frame::Catchup(Catchup::Record(vec![28; 29]))),
        ("frame_ask_symbols", Frame::Catchup(Catchup::Ask(ask()))),
        ("frame_symbols", Frame::Catchup(Catchup::Symbols(symbols()))),
        ("frame_offer", Frame::Catchup(Catchup::Offer { records: vec![Prefix([30; 16])], last: true })),
        ("frame_fetch", Frame::Catchup(Catchup::Fetch(vec![Prefix([31; 16]), Prefix([32; 16])]))),
        ("frame_presence", Frame::Presence(presence())),
    ]
}
