//! A record has one encoding and one id, and a body of a newer version passes through unharmed.

#![allow(clippy::unwrap_used)]

mod record_support;

use proptest::prelude::*;
use record_support::*;
use watchfire_keys::{RecordId, Scopes};
use watchfire_protocol::{
    crypto::RealCrypto,
    indicator::{Indicator, Kind},
    record::{
        Acknowledgement, Body, Claimed, CountBucket, Dispute, Sighting, SightingKind, SignedRecord, Unknown,
        Withdrawal,
    },
    rules::Rule,
};

fn every_body() -> Vec<(&'static str, Body)> {
    let earlier = RecordId::from_bytes([0x0e; 32]);
    let indicator = domain("login.example.com");
    vec![
        ("report", Body::Report(full_report())),
        ("part", part(earlier, 1, domains(3))),
        (
            "sighting",
            Body::Sighting(Sighting {
                indicator: indicator.clone(),
                kind: SightingKind::Seen,
                count: CountBucket::Few,
                day: Sighting::day_of(NOW),
            }),
        ),
        ("dispute", Body::Dispute(Dispute { indicator, reason: "It is our own donation page.".into() })),
        ("withdrawal", Body::Withdrawal(Withdrawal { record: earlier, reason: "Wrong list.".into() })),
        ("acknowledgement", Body::Acknowledgement(Acknowledgement { record: earlier })),
        ("named", named(&[2, 5], report(domains(3)))),
        ("unknown", Body::Unknown(Unknown::new(4711, b"of a newer version".to_vec()).unwrap())),
    ]
}

#[test]
fn the_encoding_of_every_body_is_frozen() {
    for (name, body) in every_body() {
        let signed = sign(record(body));
        assert_frozen(&format!("record_{name}.hex"), &signed.to_bytes());
        assert_frozen(&format!("record_{name}_id.hex"), signed.id(&RealCrypto).as_bytes());
    }
}

#[test]
fn frozen_records_are_still_read_and_their_signatures_hold() {
    for (name, body) in every_body() {
        let bytes = frozen(&format!("record_{name}.hex"));
        let claimed = Claimed::new(&RealCrypto, &circle(), &bytes).unwrap();
        let authentic = claimed.parse().unwrap().verify(&RealCrypto).unwrap();
        assert_eq!(authentic.id().as_bytes()[..], frozen(&format!("record_{name}_id.hex"))[..]);
        assert_eq!(authentic.read().unwrap().record().body, body);
    }
}

#[test]
fn a_record_reads_back_to_the_same_bytes_and_id() {
    for (_, body) in every_body() {
        let signed = sign(record(body));
        let back = SignedRecord::from_bytes(&signed.to_bytes()).unwrap();
        assert_eq!(back, signed);
        assert_eq!(back.id(&RealCrypto), signed.id(&RealCrypto));
    }
}

#[test]
fn the_handmade_encoding_is_the_real_one() {
    for (_, body) in every_body() {
        assert_eq!(Handmade::of(&body).bytes(), sign(record(body)).to_bytes());
    }
}

#[test]
fn the_id_leaves_out_the_signature_and_names_the_circle() {
    let signed = sign(record(Body::Report(full_report())));
    let mut resigned = signed.to_bytes();
    *resigned.last_mut().unwrap() ^= 1;
    assert_eq!(SignedRecord::from_bytes(&resigned).unwrap().id(&RealCrypto), signed.id(&RealCrypto));
    let mut elsewhere = record(Body::Report(full_report()));
    elsewhere.circle = watchfire_keys::CircleId::from_bytes([9; 32]);
    assert_ne!(sign(elsewhere).id(&RealCrypto), signed.id(&RealCrypto));
}

#[test]
fn only_acknowledgements_are_for_daemon_keys() {
    for (name, body) in every_body() {
        let expected = if name == "acknowledgement" { Scopes::DAEMON } else { Scopes::PUBLISH };
        assert_eq!(body.scope(), expected, "{name}");
    }
}

#[test]
fn a_body_of_a_newer_version_is_kept_byte_for_byte() {
    for tag in [0, 8, 250, 251, u16::MAX] {
        let bytes: Vec<u8> = (0..=255).collect();
        let envelope = Forge::around(&Handmade::with(tag, bytes.clone()).bytes()).bytes();
        let opened = admit(&envelope).unwrap();
        let Body::Unknown(unknown) = &opened.record().record().body else { panic!("{tag} became known") };
        assert_eq!((unknown.tag(), unknown.bytes()), (tag, &bytes[..]));
        let resealed =
            watchfire_protocol::envelope::seal(&RealCrypto, &epoch_keys(), opened.record()).unwrap();
        assert_eq!(resealed, envelope);
    }
}

#[test]
fn an_unknown_body_cannot_pose_as_a_known_one() {
    assert!((1..=7).all(|tag| Unknown::new(tag, Vec::new()).is_none()));
}

#[test]
fn other_encodings_of_the_same_values_are_refused() {
    let handmade = Handmade::of(&Body::Report(full_report()));
    let canonical = handmade.canonical();
    let read = |canonical: &[u8]| {
        let bytes = handmade.sign(canonical);
        Claimed::new(&RealCrypto, &circle(), &bytes).and_then(Claimed::parse).map(|_| ())
    };
    assert_eq!(read(&canonical), Ok(()));
    assert_eq!(read(&[&canonical[..], &[0]].concat()), Err(Rule::RecordMalformed), "a byte too many");
    // The circle's length prefix, 32, in three bytes instead of one.
    let long = [&canonical[..1], &[251, 32, 0], &canonical[2..]].concat();
    assert_eq!(read(&long), Err(Rule::RecordMalformed), "a longer number than needed");
}

#[test]
fn an_indicator_that_is_not_in_its_normal_form_is_refused() {
    let good = Body::Report(report(vec![Indicator::parse(Kind::Domain, "login.example.com").unwrap()]));
    let mut bytes = good.to_bytes();
    let at = bytes.windows(5).position(|window| window == b"login").unwrap();
    bytes[at] = b'L';
    let envelope = Forge::around(&Handmade::with(good.tag(), bytes).bytes()).bytes();
    assert_eq!(admit(&envelope), Err(Rule::RecordBody));
}

#[test]
fn a_record_cut_anywhere_or_changed_anywhere_is_refused() {
    let bytes = sign(record(Body::Report(full_report()))).to_bytes();
    let read = |bytes: &[u8]| {
        let claimed = Claimed::new(&RealCrypto, &circle(), bytes)?;
        claimed.parse()?.verify(&RealCrypto)?.read()
    };
    assert!(read(&bytes).is_ok());
    for length in 0..bytes.len() {
        assert_eq!(read(&bytes[..length]), Err(Rule::RecordMalformed), "cut at {length}");
    }
    for at in 0..bytes.len() {
        for bit in [0x01, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            let rule = read(&changed).unwrap_err();
            let expected = match at {
                0 => &[Rule::RecordVersion][..],
                _ => &[
                    Rule::RecordMalformed,
                    Rule::RecordWrongCircle,
                    Rule::RecordChain,
                    Rule::RecordSignature,
                ],
            };
            assert!(expected.contains(&rule), "byte {at}: {rule:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// What a hostile author signs is refused by a rule, or is a record that keeps every limit; it never panics.
    #[test]
    fn any_signed_body_is_refused_or_sound(tag in 0..9_u16, body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bytes = Handmade::with(tag, body).bytes();
        check_any(&bytes)?;
    }

    #[test]
    fn any_change_to_a_signed_body_is_refused_or_sound(
        which in 0..8_usize,
        at in any::<prop::sample::Index>(),
        change in 1..=255_u8,
        cut in any::<bool>(),
    ) {
        let (_, body) = every_body().swap_remove(which);
        let mut handmade = Handmade::of(&body);
        let at = at.index(handmade.body.len());
        if cut {
            handmade.body.truncate(at);
        } else {
            handmade.body[at] ^= change;
        }
        check_any(&handmade.bytes())?;
    }

    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let claimed = Claimed::new(&RealCrypto, &circle(), &bytes);
        prop_assert!(claimed.and_then(Claimed::parse).is_err());
        prop_assert!(SignedRecord::from_bytes(&bytes).is_err());
    }
}

fn check_any(bytes: &[u8]) -> Result<(), TestCaseError> {
    let authentic = Claimed::new(&RealCrypto, &circle(), bytes)
        .and_then(Claimed::parse)
        .and_then(|parsed| parsed.verify(&RealCrypto))
        .map_err(|rule| TestCaseError::fail(format!("the outside is sound: {rule}")))?;
    match authentic.read() {
        Ok(signed) => {
            prop_assert_eq!(signed.to_bytes(), bytes);
            prop_assert!(signed.record().body.check(NOW).is_ok());
        }
        Err(rule) => {
            prop_assert!(matches!(rule, Rule::RecordBody | Rule::RecordAudience | Rule::RecordNamed))
        }
    }
    Ok(())
}
