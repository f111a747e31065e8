//! A header binds its dealer to one secret, and says how long it may be used.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NOW, deal, header, identity, secret};
use watchfire_keys::epoch::window::{MAX_AHEAD_MS, can_seal, is_live};
use watchfire_keys::epoch::{MAX_FRONTIER, MAX_HEADER_BYTES};
use watchfire_keys::labels::{SIGN_GATE, SIGN_HEADER};
use watchfire_keys::{
    ActId, CircleId, Deal, EpochSecret, Header, HeaderError, Signature, SigningKey, UnixMillis, circle_tag,
};

fn acts(number: u8) -> Vec<ActId> {
    (0..number).map(|index| ActId::from_bytes([index; 32])).collect()
}

fn signed_again(mut header: Header, signer: &SigningKey) -> Header {
    let bytes = header.to_bytes();
    header.signature = signer.sign(SIGN_HEADER, &[&bytes[..bytes.len() - 65]]);
    header
}

#[test]
fn only_the_dealt_secret_is_accepted() {
    let header = header();
    assert_eq!(header.verify_signature(), Ok(()));
    assert!(header.accepts(&secret()));
    assert!(!header.accepts(&EpochSecret::from_bytes(&[0; 32])));
    // A dealer cannot commit to one secret and publish the gate key of another.
    let other_gate = Header { gate: EpochSecret::from_bytes(&[0; 32]).gate().public(), ..header.clone() };
    assert!(!other_gate.accepts(&secret()));
    let other_commitment = Header { commitment: [0; 32], ..header };
    assert!(!other_commitment.accepts(&secret()));
}

#[test]
fn the_gate_of_the_header_verifies_what_holders_of_the_secret_sign() {
    let signature = secret().gate().sign(SIGN_GATE, &[b"envelope"]);
    assert_eq!(header().gate.verify(SIGN_GATE, &[b"envelope"], &signature), Ok(()));
}

#[test]
fn the_keys_of_an_epoch_have_nothing_in_common() {
    let secret = secret();
    let keys = [
        *secret.as_bytes(),
        secret.commitment(),
        *secret.content_key(),
        *secret.gate().seed(),
        *secret.nonce_key(),
        *secret.greeting_key(),
    ];
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(key), "{index}");
    }
}

#[test]
fn an_epoch_id_covers_everything_but_the_signature() {
    let header = header();
    let unsigned = Header { signature: Signature::from_bytes([0; 64]), ..header.clone() };
    assert_eq!(unsigned.id(), header.id());
    for other in [
        Deal { circle: CircleId::from_bytes([0; 32]), ..deal() },
        Deal { frontier: acts(1), ..deal() },
        Deal { readers: [0; 32], ..deal() },
        Deal { created: NOW.saturating_sub(1), ..deal() },
        Deal { seal_until: UnixMillis::MAX, ..deal() },
        Deal { turn: 2, ..deal() },
        Deal { dealer: SigningKey::from_seed(&[0; 32]).public().member(), ..deal() },
    ] {
        assert_ne!(Header::deal(other, &secret(), &identity().steward).unwrap().id(), header.id());
    }
    assert_ne!(Header::deal(deal(), &secret(), &identity().publisher).unwrap().id(), header.id());
    assert_ne!(
        Header::deal(deal(), &EpochSecret::from_bytes(&[0; 32]), &identity().steward).unwrap().id(),
        header.id()
    );
}

#[test]
fn the_order_in_which_a_frontier_is_given_does_not_matter() {
    let mut reversed = deal();
    reversed.frontier.reverse();
    reversed.frontier.push(reversed.frontier[0]);
    let dealt = Header::deal(reversed, &secret(), &identity().steward).unwrap();
    assert_eq!(dealt, header());
    assert!(dealt.frontier.is_sorted());
}

#[test]
fn a_frontier_has_one_to_sixty_four_acts_in_order() {
    let dealt = |acts| Header::deal(Deal { frontier: acts, ..deal() }, &secret(), &identity().steward);
    assert_eq!(dealt(acts(0)), Err(HeaderError::Frontier));
    assert_eq!(dealt(acts(65)), Err(HeaderError::Frontier));
    let widest = dealt(acts(64)).unwrap();
    assert_eq!(widest.frontier.len(), MAX_FRONTIER);
    assert!(widest.to_bytes().len() <= MAX_HEADER_BYTES);
    assert_eq!(Header::from_bytes(&widest.to_bytes()), Ok(widest.clone()));
    for frontier in [vec![], acts(65), vec![acts(2)[1], acts(2)[0]], vec![acts(1)[0]; 2]] {
        let header = signed_again(Header { frontier, ..widest.clone() }, &identity().steward);
        assert_eq!(header.verify_signature(), Err(HeaderError::Frontier));
        assert!(Header::from_bytes(&header.to_bytes()).is_err());
    }
}

#[test]
fn an_epoch_ends_after_it_begins() {
    let dealt = Header::deal(Deal { seal_until: NOW, ..deal() }, &secret(), &identity().steward);
    assert_eq!(dealt, Err(HeaderError::Dates));
}

#[test]
fn a_header_of_a_newer_version_says_so() {
    let mut bytes = header().to_bytes();
    bytes[0] = 2;
    assert_eq!(Header::from_bytes(&bytes), Err(HeaderError::TooNew(2)));
    assert_eq!(Header { version: 2, ..header() }.verify_signature(), Err(HeaderError::TooNew(2)));
    assert!(Header { version: 0, ..header() }.verify_signature().is_err());
}

#[test]
fn another_signer_did_not_sign_it() {
    let claimed = Header { signer: identity().publisher.public(), ..header() };
    assert_eq!(claimed.verify_signature(), Err(HeaderError::BadSignature));
}

#[test]
fn sealing_ends_when_the_header_says_and_reading_when_the_retention_does() {
    const RETENTION_MS: u64 = 1000;
    let header = header();
    let end = header.seal_until;
    for (now, sealing, live) in [
        (UnixMillis(0), false, false),
        (NOW.saturating_sub(MAX_AHEAD_MS + 1), false, false),
        (NOW.saturating_sub(MAX_AHEAD_MS), true, true),
        (NOW, true, true),
        (end.saturating_sub(1), true, true),
        (end, false, true),
        (end.saturating_add(RETENTION_MS - 1), false, true),
        (end.saturating_add(RETENTION_MS), false, false),
        (UnixMillis::MAX, false, false),
    ] {
        assert_eq!(can_seal(&header, now), sealing, "{now:?}");
        assert_eq!(is_live(&header, now, RETENTION_MS), live, "{now:?}");
    }
}

#[test]
fn a_circle_has_one_tag_and_another_circle_another() {
    let (one, other) = (CircleId::from_bytes([1; 32]), CircleId::from_bytes([2; 32]));
    assert_eq!(circle_tag(&one), circle_tag(&one));
    assert_ne!(circle_tag(&one), circle_tag(&other));
    assert_ne!(circle_tag(&one).as_bytes(), &one.as_bytes()[..16]);
}
