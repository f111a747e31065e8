//! Frames that are flipped at any byte or cut at any length, on a greeted link: an error or a rule, never a panic, and
//! never more than was bounded.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod engine_support;
mod frames;

use circle_support::person;
use engine_support::{Name, Net};
use proptest::prelude::*;
use watchfire_protocol::engine::{Input, Output};

const NODE: Name = Name(0);
const HOSTILE: Name = Name(2);
/// What one damaged frame may make a node send: its items, a list of them and a few small frames.
const MAX_ANSWER: usize = 64 * 1024;

/// A node with an open link to a hostile member.
fn scene() -> Net {
    let mut net = Net::founded(&[0]);
    net.greet(HOSTILE, NODE, person(2));
    net.settle();
    net
}

fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let frames: Vec<Vec<u8>> = frames::one_of_each().into_iter().map(|(_, frame)| frame.to_bytes()).collect();
    (proptest::sample::select(frames), any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..=255)
        .prop_map(|(mut frame, at, length, flip)| {
            let at = at.index(frame.len());
            frame[at] ^= flip;
            // Half of them are cut as well.
            if flip % 2 == 0 {
                frame.truncate(length.index(frame.len() + 1));
            }
            frame
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_sequence_of_damaged_frames_is_survived(frames in prop::collection::vec(damaged(), 1..60)) {
        let mut net = scene();
        for bytes in frames {
            let before = net.sent[&NODE];
            net.send_bytes(HOSTILE, NODE, bytes);
            prop_assert!(net.sent[&NODE] - before <= MAX_ANSWER);
            net.run(25);
        }
        // Nothing of it was taken for a record, and the node still works.
        prop_assert_eq!(net.delivered(NODE), 0);
        let report = Box::new(engine_support::report("Phishing"));
        let request = watchfire_protocol::engine::Request::Publish(report);
        net.input(NODE, Input::Request { token: 1, request });
        prop_assert_eq!(net.delivered(NODE), 1);
    }

    #[test]
    fn any_damaged_frame_before_the_greeting_ends_the_link_without_a_word(frame in damaged()) {
        let mut net = Net::founded(&[0]);
        let stranger = Name(9);
        net.link(stranger, NODE);
        net.send_bytes(stranger, NODE, frame);
        net.run(10_000);
        prop_assert_eq!(net.heard_by(stranger), []);
        prop_assert!(!net.is_linked(stranger, NODE));
        let penalised = net.done.iter().any(|(_, done)| matches!(done, Output::Penalise { peer, .. } if *peer == stranger));
        prop_assert!(penalised);
    }
}

#[test]
fn every_frame_cut_at_every_length_is_an_error() {
    for (name, frame) in frames::one_of_each() {
        let bytes = frame.to_bytes();
        for length in 0..bytes.len() {
            let cut = watchfire_protocol::wire::Frame::from_bytes(&bytes[..length]);
            assert!(cut.is_err(), "{name} cut to {length}");
        }
    }
}
