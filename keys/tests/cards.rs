//! A card says who a member is and which keys speak for it, and nobody else can say it.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NOW, card, identity};
use watchfire_keys::card::{DELEGATION_LEAD_MS, DELEGATION_MS, MAX_CARD_BYTES, MAX_DELEGATIONS};
use watchfire_keys::delegation::DelegationError;
use watchfire_keys::labels::SIGN_CARD;
use watchfire_keys::{
    Card, CardError, Delegation, Fingerprint, Identity, Name, PublicKey, Scopes, Side, SigningKey,
    UnixMillis, codec,
};

/// Signs a changed card again, as its owner could, by way of the bytes that are signed.
fn signed_again(mut card: Card, organisation: &SigningKey) -> Card {
    let bytes = card.to_bytes();
    let unsigned = &bytes[..bytes.len() - 65];
    card.signature = organisation.sign(SIGN_CARD, &[unsigned]);
    card
}

fn key(seed: u8) -> PublicKey {
    SigningKey::from_seed(&[seed; 32]).public()
}

#[test]
fn a_card_names_a_key_for_everything_its_member_does() {
    let (card, identity) = (card(), identity());
    assert_eq!(card.verify(), Ok(()));
    assert_eq!(card.member(), identity.member());
    for (scope, key) in [
        (Scopes::PUBLISH, &identity.publisher),
        (Scopes::STEWARD, &identity.steward),
        (Scopes::DAEMON, &identity.daemon),
    ] {
        assert_eq!(card.key_for(scope, NOW), Some(key.public()));
        assert!(card.allows(&key.public(), scope, NOW));
    }
    assert!(!card.allows(&identity.publisher.public(), Scopes::STEWARD, NOW));
    assert!(!card.allows(&identity.organisation.public(), Scopes::PUBLISH, NOW));
    assert_eq!(card.key_for(Scopes::PUBLISH | Scopes::STEWARD, NOW), None);
}

#[test]
fn a_delegation_holds_for_two_years_and_from_a_day_before() {
    let card = card();
    let (from, until) = (NOW.saturating_sub(DELEGATION_LEAD_MS), NOW.saturating_add(DELEGATION_MS));
    for (at, holds) in [
        (from.saturating_sub(1), false),
        (from, true),
        (until.saturating_sub(1), true),
        (until, false),
        (UnixMillis::MAX, false),
    ] {
        assert_eq!(card.key_for(Scopes::PUBLISH, at).is_some(), holds, "{at:?}");
    }
}

#[test]
fn a_card_made_at_either_end_of_time_is_a_card() {
    for now in [UnixMillis(0), UnixMillis(u64::MAX - 1), UnixMillis::MAX] {
        let card = Card::sign(&identity(), Name::parse("A").unwrap(), Side::parse("a").unwrap(), now);
        assert_eq!(Card::from_bytes(&card.to_bytes()), Ok(card));
    }
}

#[test]
fn a_card_carries_no_key_twice() {
    let identity = identity();
    let cards = [
        Identity { recovery: identity.organisation.clone(), ..identity.clone() },
        Identity { publisher: identity.organisation.clone(), ..identity.clone() },
        Identity { steward: identity.publisher.clone(), ..identity.clone() },
        Identity { daemon: identity.recovery.clone(), ..identity.clone() },
    ];
    for identity in cards {
        let card = Card::sign(&identity, Name::parse("A").unwrap(), Side::parse("a").unwrap(), NOW);
        assert_eq!(card.verify(), Err(CardError::DuplicateKey));
    }
}

#[test]
fn a_card_with_a_weak_key_is_refused_though_its_owner_signed_it() {
    let weak: PublicKey = serde_json::from_str(&format!("\"01{}\"", "00".repeat(31))).unwrap();
    let organisation = identity().organisation;
    let recovery = signed_again(Card { recovery: weak, ..card() }, &organisation);
    assert_eq!(recovery.verify(), Err(CardError::BadKey));
    let mut delegated = card();
    delegated.delegations[0] = Delegation::sign(&organisation, weak, Scopes::PUBLISH, NOW, UnixMillis::MAX);
    assert_eq!(delegated.delegations[0].verify(&organisation.public()), Err(DelegationError::BadKey));
    assert_eq!(signed_again(delegated, &organisation).verify(), Err(CardError::BadKey));
    // Coefficients of the ML-KEM half that are not below its modulus.
    let sealing = serde_json::from_str(&format!("\"{}\"", "ff".repeat(1216))).unwrap();
    assert_eq!(signed_again(Card { sealing, ..card() }, &organisation).verify(), Err(CardError::BadKey));
    let mut bytes = card().to_bytes();
    let at = bytes.windows(32).position(|window| window == organisation.public().as_bytes()).unwrap();
    bytes[at..at + 32].copy_from_slice(weak.as_bytes());
    assert_eq!(Card::from_bytes(&bytes), Err(CardError::BadKey));
}

#[test]
fn a_delegation_by_another_organisation_is_refused() {
    let organisation = identity().organisation;
    let other = SigningKey::from_seed(&[99; 32]);
    let foreign = Delegation::sign(&other, key(2), Scopes::PUBLISH, NOW, UnixMillis::MAX);
    assert_eq!(foreign.verify(&other.public()), Ok(()));
    assert_eq!(foreign.verify(&organisation.public()), Err(DelegationError::OtherMember));
    let renamed = Delegation { member: identity().member(), ..foreign };
    assert_eq!(renamed.verify(&organisation.public()), Err(DelegationError::BadSignature));
    let mut card = card();
    card.delegations[0] = renamed;
    let card = signed_again(card, &organisation);
    assert_eq!(card.verify(), Err(CardError::Delegation(DelegationError::BadSignature)));
}

#[test]
fn a_delegation_that_says_nothing_is_refused() {
    let organisation = identity().organisation;
    let nothing = Scopes::from_bits(0).unwrap();
    let empty = Delegation::sign(&organisation, key(2), nothing, NOW, UnixMillis::MAX);
    assert_eq!(empty.verify(&organisation.public()), Err(DelegationError::Empty));
    let over = Delegation::sign(&organisation, key(2), Scopes::PUBLISH, NOW, NOW);
    assert_eq!(over.verify(&organisation.public()), Err(DelegationError::Empty));
    assert!(!empty.allows(nothing, NOW));
}

#[test]
fn a_scope_of_a_newer_version_is_refused() {
    assert_eq!(Scopes::from_bits(8), None);
    assert!(codec::decode::<Scopes>(&[8], 1).is_err());
    assert_eq!(codec::decode::<Scopes>(&[5], 1).unwrap(), Scopes::PUBLISH | Scopes::DAEMON);
    assert_eq!((Scopes::PUBLISH | Scopes::DAEMON).to_string(), "publish,daemon");
}

#[test]
fn the_largest_card_fits_and_one_delegation_more_does_not_read() {
    let organisation = identity().organisation;
    let mut largest = Card {
        name: Name::parse(&"\u{1F525}".repeat(Name::MAX_CHARS)).unwrap(),
        side: Side::parse(&"a".repeat(Side::MAX_BYTES)).unwrap(),
        created: UnixMillis::MAX,
        ..card()
    };
    let far = UnixMillis(u64::MAX - 1);
    largest.delegations = (0..MAX_DELEGATIONS)
        .map(|index| key(100 + u8::try_from(index).unwrap()))
        .map(|key| Delegation::sign(&organisation, key, Scopes::PUBLISH, far, UnixMillis::MAX))
        .collect();
    let largest = signed_again(largest, &organisation);
    assert!(largest.to_bytes().len() <= MAX_CARD_BYTES, "{}", largest.to_bytes().len());
    assert_eq!(Card::from_text(&largest.to_text()).as_ref(), Ok(&largest));

    let mut more = card();
    more.delegations = (0..=MAX_DELEGATIONS)
        .map(|index| key(100 + u8::try_from(index).unwrap()))
        .map(|key| Delegation::sign(&organisation, key, Scopes::PUBLISH, UnixMillis(1), UnixMillis(2)))
        .collect();
    let more = signed_again(more, &organisation);
    assert_eq!(more.verify(), Err(CardError::TooManyDelegations));
    assert_eq!(Card::from_bytes(&more.to_bytes()), Err(CardError::Encoding(codec::CodecError::Malformed)));
}

#[test]
fn a_card_of_a_newer_version_says_so() {
    let mut bytes = card().to_bytes();
    bytes[0] = 2;
    assert_eq!(Card::from_bytes(&bytes), Err(CardError::TooNew(2)));
    assert_eq!(Card::from_bytes(&[2, 255, 255]), Err(CardError::TooNew(2)));
    assert_eq!(
        signed_again(Card { version: 2, ..card() }, &identity().organisation).verify(),
        Err(CardError::TooNew(2))
    );
    bytes[0] = 0;
    assert!(Card::from_bytes(&bytes).is_err());
}

#[test]
fn the_fingerprint_can_be_read_out_and_typed() {
    let fingerprint = card().fingerprint();
    let words = fingerprint.to_string();
    assert_eq!(words.split(' ').count(), Fingerprint::WORDS);
    assert!(fingerprint.words().eq(words.split(' ')));
    assert_eq!(words.parse(), Ok(fingerprint));
    let typed = format!("  {}\n", words.to_uppercase().replace(' ', "   "));
    assert_eq!(typed.parse(), Ok(fingerprint));
    assert!("abandon".parse::<Fingerprint>().is_err());
    assert!(["zoo"; 12].join(" ").parse::<Fingerprint>().is_err());
    assert!(["zoo "; 1000].concat().parse::<Fingerprint>().is_err());
    let other = SigningKey::from_seed(&[99; 32]).public();
    assert_ne!(Fingerprint::of(&other), fingerprint);
}
