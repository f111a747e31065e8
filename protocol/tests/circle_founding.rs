//! Founding a circle: what a sound charter is, and whose signatures make it one.
#![allow(clippy::unwrap_used)]

mod circle_support;

use circle_support::*;
use proptest::prelude::*;
use watchfire_keys::card::{Card, MAX_CARD_BYTES};
use watchfire_keys::delegation::Delegation;
use watchfire_keys::identity::Signature;
use watchfire_keys::name::Name;
use watchfire_protocol::circle::{
    ActLog, Charter, CharterError, Draft, DraftError, Inserted, Item, Merged, Role,
};
use watchfire_protocol::limits::{MAX_DRAFT_BYTES, MAX_FRAME_BYTES};
use watchfire_protocol::rules::Rule;

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

#[test]
fn a_circle_is_founded_when_every_founder_has_signed() {
    let (a, b, c) = (person(0), person(1), person(2));
    let mut draft = Draft::new(charter(&[a, b, c]));
    assert!(!draft.is_complete());
    draft.sign(a.member, &a.identity.steward).unwrap();
    assert_eq!(draft.missing().len(), 2);
    let circle = draft.circle();
    let mut log = ActLog::new(circle);
    assert_eq!(put(&mut log, draft.clone(), DAY), Err(Rule::FoundingSignature));
    assert!(!log.is_founded());

    draft.sign(b.member, &b.identity.steward).unwrap();
    draft.sign(c.member, &c.identity.steward).unwrap();
    draft.sign(c.member, &c.identity.steward).unwrap();
    assert!(draft.is_complete() && draft.missing().is_empty());
    assert_eq!(draft.circle(), circle, "signatures are no part of the id");
    match put(&mut log, draft.clone(), DAY).unwrap() {
        Inserted::Fresh { admitted, roster_changed } => {
            assert_eq!(admitted, [*circle.as_bytes()]);
            assert!(roster_changed);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(put(&mut log, draft, DAY), Ok(Inserted::Known));
    let roster = log.roster().unwrap();
    assert_eq!(roster.members.len(), 3);
    assert!(roster.stewards().count() == 3 && roster.readers().count() == 3);
    assert_eq!(roster.frontier, [log.root()]);
    assert_eq!(roster.member(&a.member).unwrap().role, Role::Steward);
}

#[test]
fn founders_sign_copies_and_the_signatures_come_together() {
    let (a, b, c) = (person(0), person(1), person(2));
    let base = Draft::new(charter(&[c, a, b]));
    let copies: Vec<Draft> = [a, b, c]
        .iter()
        .map(|founder| {
            let mut copy = base.clone();
            copy.sign(founder.member, &founder.identity.steward).unwrap();
            copy
        })
        .collect();
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let mut merged = base.clone();
        for at in order {
            assert_eq!(merged.merge(&copies[at]), Ok(Merged { taken: 1, dropped: 0 }));
            assert_eq!(merged.merge(&copies[at]), Ok(Merged::default()));
        }
        assert_eq!(merged, draft(&[a, b, c]));
    }
    // One signature at a time, as peers exchange them.
    let mut one = base.clone();
    let signature = *copies[0].signatures().get(&a.member).unwrap();
    assert_eq!(one.insert(a.member, signature), Ok(true));
    assert_eq!(one.insert(a.member, signature), Ok(false));
    assert_eq!(one.insert(b.member, signature), Err(Rule::FoundingSignature));
    assert_eq!(one.insert(person(3).member, signature), Err(Rule::FoundingNotAFounder));
    assert_eq!(one.missing().len(), 2);
}

#[test]
fn nobody_signs_for_another_or_with_another_key() {
    let (a, b) = (person(0), person(2));
    let mut draft = Draft::new(charter(&[a, b]));
    assert_eq!(draft.sign(a.member, &b.identity.steward), Err(DraftError::NotItsKey));
    assert_eq!(draft.sign(a.member, &a.identity.publisher), Err(DraftError::NotItsKey));
    assert_eq!(draft.sign(person(4).member, &person(4).identity.steward), Err(DraftError::NotAFounder));
    let mut other = Draft::new(charter(&[a, b, person(1)]));
    other.sign(a.member, &a.identity.steward).unwrap();
    assert_eq!(draft.merge(&other), Err(DraftError::OtherCircle));
    // A signature for another circle is worth nothing in this one.
    let moved = *other.signatures().get(&a.member).unwrap();
    assert_eq!(draft.insert(a.member, moved), Err(Rule::FoundingSignature));
    assert!(draft.signatures().is_empty());
}

#[test]
fn a_bad_signature_in_a_file_is_dropped_and_counted() {
    let (a, b) = (person(0), person(2));
    let draft = draft(&[a, b]);
    let mut bytes = draft.to_bytes();
    // The last 64 bytes are the signature of the founder with the higher id.
    let last = bytes.len() - 1;
    bytes[last - 10] ^= 1;
    let (read, merged) = Draft::from_bytes(&bytes).unwrap();
    assert_eq!(merged, Merged { taken: 1, dropped: 1 });
    assert_eq!(read.missing().len(), 1);
    assert_eq!(Draft::from_bytes(&draft.to_bytes()), Ok((draft, Merged { taken: 2, dropped: 0 })));
}

#[test]
fn files_that_are_no_drafts_are_told_apart() {
    let bytes = draft(&[person(0), person(2)]).to_bytes();
    assert_eq!(Draft::from_bytes(b""), Err(DraftError::NotADraft));
    assert_eq!(Draft::from_bytes(b"-----BEGIN WATCHFIRE CARD-----"), Err(DraftError::NotADraft));
    assert_eq!(Draft::from_bytes(&bytes[..16]), Err(DraftError::Damaged));
    assert_eq!(Draft::from_bytes(&bytes[..bytes.len() - 1]), Err(DraftError::Damaged));
    let longer: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    assert_eq!(Draft::from_bytes(&longer), Err(DraftError::Damaged));
    let mut newer = bytes.clone();
    newer[16] = 2;
    assert_eq!(Draft::from_bytes(&newer), Err(DraftError::TooNew { version: 2 }));
    assert_eq!(Draft::from_bytes(&vec![0; 200_000]), Err(DraftError::TooLarge));
    for error in [DraftError::NotADraft, DraftError::Damaged, DraftError::Charter(CharterError::Rules)] {
        assert!(!error.to_string().is_empty() && !error.remedy().is_empty());
    }
}

#[test]
fn a_charter_needs_distinct_members_of_each_side() {
    let (a, b) = (person(0), person(2));
    let found = |cards: &[&Card]| {
        let cards = cards.iter().map(|card| (*card).clone()).collect();
        Charter::new(name("Swing state"), cards, [7; 32], DAY)
    };
    assert_eq!(found(&[]), Err(CharterError::Sides));
    assert_eq!(found(&[&a.card, &a.card]), Err(CharterError::Duplicate { name: name("Campaign 0") }));
    // One member under two names; two members under one name.
    assert!(matches!(found(&[&a.card, &a.card("Other", "democratic")]), Err(CharterError::Duplicate { .. })));
    assert!(matches!(
        found(&[&a.card, &b.card("CAMPAIGN 0", "republican")]),
        Err(CharterError::Duplicate { .. })
    ));
    let mut unsigned = b.card.clone();
    unsigned.name = name("Somebody");
    assert_eq!(found(&[&a.card, &unsigned]), Err(CharterError::Card { name: name("Somebody") }));

    let charter = charter(&[a, b]);
    let mut sideless = charter.clone();
    sideless.sides.push("third".parse().unwrap());
    assert_eq!(sideless.check(), Err(CharterError::EmptySide { side: "third".parse().unwrap() }));
    let mut unknown = charter.clone();
    unknown.sides.pop();
    assert!(matches!(unknown.check(), Err(CharterError::UnknownSide { .. })));
    let mut unsorted = charter.clone();
    unsorted.founders.reverse();
    assert_eq!(unsorted.check(), Err(CharterError::Unsorted));
    let mut doubled = charter.clone();
    doubled.sides.insert(0, doubled.sides[0].clone());
    assert_eq!(doubled.check(), Err(CharterError::Sides));
    let mut recovery = charter.clone();
    *recovery.recovery.values_mut().next().unwrap() = person(1).card.recovery;
    assert_eq!(recovery.check(), Err(CharterError::Recovery));
    let mut newer = charter.clone();
    newer.version = 2;
    assert_eq!(newer.check(), Err(CharterError::TooNew { version: 2 }));
    let mut late = charter.clone();
    late.created = after(3 * 365 * DAY_MS);
    assert!(matches!(late.check(), Err(CharterError::NoStewardKey { .. })));
    assert_eq!(charter.check(), Ok(()));
}

#[test]
fn the_first_founder_named_of_a_side_gives_its_recovery_key() {
    for order in [[0, 3, 2], [3, 0, 2]] {
        let founders: Vec<&Person> = order.iter().map(|n| person(*n)).collect();
        let charter = charter(&founders);
        let side = &person(0).card.side;
        assert_eq!(charter.recovery[side], founders[0].card.recovery);
    }
}

#[test]
fn rules_stay_within_their_bounds() {
    let sound = charter(&[person(0), person(3), person(2)]);
    let spoil = |change: &dyn Fn(&mut Charter)| {
        let mut charter = sound.clone();
        change(&mut charter);
        charter.check()
    };
    assert_eq!(spoil(&|_| ()), Ok(()));
    let changes: [&dyn Fn(&mut Charter); 9] = [
        &|c| c.rules.retention_ms = u64::MAX,
        &|c| c.rules.retention_ms = 0,
        &|c| c.rules.history_ms = c.rules.retention_ms + 1,
        &|c| c.rules.seal_ms = 0,
        &|c| c.rules.seal_ms = u64::MAX,
        &|c| c.rules.corroboration.sides = 3,
        // One side would decide alone.
        &|c| c.rules.consent.sides = 1,
        &|c| c.rules.consent.sides = 3,
        // The republican side has one founder.
        &|c| c.rules.consent.stewards = 2,
    ];
    for change in changes {
        assert_eq!(spoil(change), Err(CharterError::Rules));
    }
}

#[test]
fn two_stewards_of_each_side_where_the_charter_asks_for_two() {
    let (d1, d2, r1, r2) = (person(0), person(3), person(2), person(5));
    let mut charter = charter(&[d1, d2, r1, r2]);
    charter.rules.consent.stewards = 2;
    let mut draft = Draft::new(charter);
    for founder in [d1, d2, r1, r2] {
        draft.sign(founder.member, &founder.identity.steward).unwrap();
    }
    let mut log = ActLog::new(draft.circle());
    put(&mut log, draft, DAY).unwrap();
    let newcomer = person(6);
    add(&mut log, d1, &[r1, r2], newcomer.add(Role::Publisher), DAY);
    assert!(!log.roster().unwrap().is_member(&newcomer.member));
    let act = log.pending(DAY)[0].act;
    assert_eq!(log.missing_sides(&act).unwrap(), std::slice::from_ref(&d1.card.side));
    let approval = decide(&log, d2, &act, watchfire_protocol::circle::Decision::Approve, DAY);
    put(&mut log, approval, DAY).unwrap();
    assert!(log.roster().unwrap().is_member(&newcomer.member));
}

#[test]
fn the_greeting_key_of_founders_needs_the_draft() {
    let draft = draft(&[person(0), person(2)]);
    let mut charter = draft.charter().clone();
    charter.nonce = [8; 32];
    assert_ne!(*Draft::new(charter).greeting_key(), *draft.greeting_key());
    assert_eq!(*Draft::new(draft.charter().clone()).greeting_key(), *draft.greeting_key());
}

#[test]
fn sixty_four_founders_with_ordinary_cards_fit_into_a_frame() {
    let people: Vec<Person> = (0..64)
        .map(|n| {
            let name = format!("{n:064}");
            Person::new(5_000 + n, &name, SIDES[n as usize % 3])
        })
        .collect();
    let founders: Vec<&Person> = people.iter().collect();
    let draft = draft(&founders);
    let bytes = Item::from(draft).to_bytes();
    assert!(bytes.len() <= MAX_DRAFT_BYTES, "{}", bytes.len());
    assert!(bytes.len() + 1024 < MAX_FRAME_BYTES);
    let log = founded(&founders);
    assert_eq!(log.roster().unwrap().members.len(), 64);
}

#[test]
fn cards_too_large_for_one_founding_are_refused() {
    let people: Vec<Person> =
        (0..48).map(|n| Person::new(6_000 + n, &format!("Founder {n}"), SIDES[n as usize % 3])).collect();
    let cards = people
        .iter()
        .enumerate()
        .map(|(at, person)| {
            // Thirteen more machines each.
            let mut card = person.card.clone();
            for machine in 0..13_u64 {
                let seed = [at as u64, machine].map(u64::to_le_bytes).concat();
                let mut key = [9; 32];
                key[..16].copy_from_slice(&seed);
                let key = watchfire_keys::identity::SigningKey::from_seed(&key);
                let first = &card.delegations[0];
                let delegation = Delegation::sign(
                    &person.identity.organisation,
                    key.public(),
                    first.scopes,
                    first.from,
                    first.until,
                );
                card.delegations.push(delegation);
            }
            assert!(card.to_bytes().len() <= MAX_CARD_BYTES);
            card
        })
        .collect();
    let refused = Charter::new(name("Too many keys"), cards, [1; 32], DAY);
    assert!(matches!(refused, Err(CharterError::TooLarge { .. })));
}

#[test]
fn a_founding_of_another_circle_is_refused() {
    let draft = draft(&[person(0), person(2)]);
    let mut log = ActLog::new(watchfire_keys::ids::CircleId::from_bytes([1; 32]));
    assert_eq!(put(&mut log, draft, DAY), Err(Rule::FoundingWrongCircle));
}

#[test]
fn a_signature_of_nobody_in_the_founding_is_refused() {
    let (a, b, stranger) = (person(0), person(2), person(4));
    let draft = draft(&[a, b]);
    let mut signatures = draft.signatures().clone();
    signatures.remove(&a.member);
    signatures.insert(stranger.member, Signature::from_bytes([0; 64]));
    let bytes = watchfire_keys::codec::encode(&(draft.charter(), &signatures));
    let item = Item::from_bytes(&[&[1_u8], bytes.as_slice()].concat()).unwrap();
    let mut log = ActLog::new(draft.circle());
    let refused = log.insert(item, DAY);
    assert!(matches!(refused, Err(Rule::FoundingNotAFounder | Rule::FoundingSignature)), "{refused:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_flipped_draft_is_an_error_or_lacks_a_signature(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let draft = draft(&[person(0), person(2)]);
        let mut bytes = draft.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        match Draft::from_bytes(&bytes) {
            Err(_) => {}
            Ok((read, merged)) => {
                prop_assert_ne!(&read, &draft);
                prop_assert!(merged.dropped > 0);
            }
        }
    }

    #[test]
    fn a_cut_draft_is_an_error(at in any::<prop::sample::Index>()) {
        let bytes = draft(&[person(0), person(2)]).to_bytes();
        prop_assert!(Draft::from_bytes(&bytes[..at.index(bytes.len())]).is_err());
    }
}
