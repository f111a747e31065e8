//! Frames as bytes.

use proptest::prelude::*;
use watchfire_keys::Signature;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::relay::{
    About, Answer, MAX_IDS, MAX_SEEN_BYTES, Pairing, RelayFrame, ServerInput, Subscription,
};
use watchfire_protocol::rules::Rule;

use crate::world::{RELAY, TAG, World, epoch, key, small};

fn samples() -> Vec<RelayFrame> {
    let world = World::new();
    let proof = Signature::from_bytes([3; 64]);
    vec![
        RelayFrame::Challenge([7; 32]),
        RelayFrame::Pair(Pairing::sign(&RealCrypto, world.body(1, &[1, 2]), RELAY, &key(1))),
        RelayFrame::Subscribe(Subscription { tag: TAG, epoch: epoch(1).epoch, proof }),
        RelayFrame::Answer { tag: TAG, about: About::Deposit(epoch(1).epoch), answer: Answer::Lapsed },
        RelayFrame::Announce { tag: TAG, ids: vec![small(1).0, small(2).0] },
        RelayFrame::Pull { tag: TAG, ids: vec![small(1).0] },
        RelayFrame::Push(small(1).1.to_vec()),
        RelayFrame::Seen(vec![4, 198, 18, 0, 1, 145, 2, 15, 161, 205, 3]),
    ]
}

#[test]
fn every_frame_reads_as_it_was_written() {
    for frame in samples() {
        assert_eq!(RelayFrame::from_bytes(&frame.to_bytes()), Ok(frame));
    }
}

#[test]
fn a_list_beyond_its_bound_and_a_frame_beyond_its_size_are_refused() {
    let ids = vec![small(1).0; MAX_IDS + 1];
    let long = RelayFrame::Announce { tag: TAG, ids }.to_bytes();
    assert_eq!(RelayFrame::from_bytes(&long), Err(Rule::FrameMalformed));
    let huge = RelayFrame::Push(vec![0; 128 * 1024]).to_bytes();
    assert_eq!(RelayFrame::from_bytes(&huge), Err(Rule::FrameTooLarge));
}

#[test]
fn an_address_is_no_longer_than_addresses_are() {
    assert!(RelayFrame::seen(vec![0; MAX_SEEN_BYTES]).is_some());
    assert!(RelayFrame::seen(vec![0; MAX_SEEN_BYTES + 1]).is_none());
    let mut world = World::paired(2);
    let now = world.now();
    let mut hear = |bytes: usize| {
        let frame = RelayFrame::Seen(vec![0; bytes]).to_bytes();
        world.members.get_mut(&2).unwrap().client.frame(&frame, now, |_| false)
    };
    assert_eq!(hear(MAX_SEEN_BYTES), Ok(()));
    assert_eq!(hear(MAX_SEEN_BYTES + 1), Err(Rule::FrameMalformed));
}

#[test]
fn a_frame_that_is_cut_anywhere_is_refused() {
    for frame in samples() {
        let bytes = frame.to_bytes();
        for length in 0..bytes.len() {
            assert_eq!(RelayFrame::from_bytes(&bytes[..length]), Err(Rule::FrameMalformed));
        }
    }
}

proptest! {
    #[test]
    fn no_byte_makes_relay_or_member_fail(which in 0..8_usize, at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = samples()[which].to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let mut world = World::paired(2);
        let now = world.now();
        let _ = world.members.get_mut(&2).unwrap().client.frame(&bytes, now, |_| false);
        // From here on a link that is played by hand: no member would have sent this.
        world.members.remove(&1);
        world.handle(ServerInput::Frame { peer: 1, bytes });
        world.pass(2000);
    }

    #[test]
    fn no_bytes_at_all_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut world = World::paired(1);
        world.members.remove(&1);
        world.handle(ServerInput::Frame { peer: 1, bytes });
        world.pass(1000);
    }
}
