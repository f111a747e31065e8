//! The bytes of each frame and of a greeting, frozen: a change here is a new version of what nodes say to one another.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

mod circle_support;
mod frames;
mod record_support;

use circle_support::person;
use record_support::{assert_frozen, frozen};
use watchfire_keys::ids::CircleId;
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::greeting::{
    Called, Caller, Introduction, PROOFS, SharedSecret, Transcript, seal_introduction,
};
use watchfire_protocol::wire::Frame;

#[test]
fn every_frame_has_the_bytes_it_always_had() {
    for (name, frame) in frames::one_of_each() {
        let file = format!("{name}.hex");
        assert_frozen(&file, &frame.to_bytes());
        assert_eq!(Frame::from_bytes(&frozen(&file)), Ok(frame), "{name}");
    }
}

#[test]
fn a_greeting_has_the_bytes_it_always_had() {
    let circle = CircleId::from_bytes([0xc1; 32]);
    let (caller_name, callee_name) = (b"caller".as_slice(), b"callee".as_slice());
    let secret = || SharedSecret([0x5e; 32]);
    let introduce = |n: usize, transcript: &Transcript, by_caller| {
        let who = person(n);
        let daemon = &who.identity.daemon;
        Introduction::sign(&RealCrypto, &circle, who.member, daemon, transcript, by_caller)
    };

    let filler = [[0xf1; 32]; PROOFS];
    let (caller, hello) =
        Caller::call(&RealCrypto, caller_name, callee_name, [1; 32], vec![secret()], filler);
    assert_frozen("greeting_hello.hex", &Frame::Hello(hello.clone()).to_bytes());

    let secrets = [SharedSecret([0; 32]), secret()];
    let found = Called::recognise(&RealCrypto, caller_name, callee_name, &hello, &secrets);
    assert_eq!(found, Some(1));
    let (called, welcome) =
        Called::answer(&RealCrypto, caller_name, callee_name, &hello, &secret(), [2; 32], |transcript| {
            introduce(1, transcript, false)
        });
    assert_frozen("greeting_welcome.hex", &Frame::Welcome(welcome.clone()).to_bytes());

    let (callee, transcript, key) = caller.welcomed(&RealCrypto, &circle, &welcome).unwrap();
    assert_eq!(callee.member, person(1).member);
    let sealed = seal_introduction(&RealCrypto, &key, false, &introduce(0, &transcript, true));
    assert_frozen("greeting_introduce.hex", &Frame::Introduce(sealed.clone()).to_bytes());
    assert_eq!(called.introduced(&RealCrypto, &circle, &sealed).unwrap().member, person(0).member);
}

#[test]
fn an_introduction_is_good_for_its_direction_its_link_and_its_circle_only() {
    let circle = CircleId::from_bytes([0xc1; 32]);
    let who = person(0);
    let transcript = Transcript::opening(&RealCrypto, b"caller", b"callee", &[1; 32]);
    let daemon = &who.identity.daemon;
    let introduction = Introduction::sign(&RealCrypto, &circle, who.member, daemon, &transcript, true);
    assert!(introduction.holds(&RealCrypto, &circle, &transcript, true));
    assert!(!introduction.holds(&RealCrypto, &circle, &transcript, false));
    let turned = Transcript::opening(&RealCrypto, b"callee", b"caller", &[1; 32]);
    assert!(!introduction.holds(&RealCrypto, &circle, &turned, true));
    assert!(!introduction.holds(&RealCrypto, &CircleId::from_bytes([1; 32]), &transcript, true));
}
