//! A report for named readers is read by them alone, in its place alone, and tells the rest of the circle nothing.

#![allow(clippy::unwrap_used)]

mod record_support;

use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;
use record_support::*;
use watchfire_keys::{SealingKey, audience::AudienceError, codec};
use watchfire_protocol::{
    crypto::RealCrypto,
    indicator::Tlp,
    limits::{MAX_BODY_BYTES, MAX_NAMED_READERS, MAX_RECORD_BYTES},
    record::{Body, BodyError, Inner, Named, NamedError, Problem, Record, Report, Setting, SignedRecord},
    rules::Rule,
    view::{Corroboration, View},
};

fn rng() -> ChaCha12Rng {
    ChaCha12Rng::from_seed([9; 32])
}

fn red() -> Report {
    Report { tlp: Tlp::Red, title: "Quiet warning".into(), ..report(domains(3)) }
}

/// The record of member 1 for members 2 and 5.
fn signed() -> SignedRecord {
    sign(record(named(&[2, 5], red())))
}

fn body(record: &Record) -> &Named {
    match &record.body {
        Body::Named(named) => named,
        other => panic!("not named: {other:?}"),
    }
}

fn read(record: &Record, reader: &SealingKey) -> Option<Inner> {
    body(record).open(&[reader], &Setting::of(record))
}

/// An inner statement of member 1 for so many members, itself the first.
fn inner(audience: u8, report: Report) -> (Inner, Vec<watchfire_keys::SealingPublic>) {
    let audience: Vec<u8> = (1..=audience).collect();
    let readers = audience.iter().map(|number| sealing(*number).public()).collect();
    (Inner { audience: audience.into_iter().map(member).collect(), report }, readers)
}

fn setting() -> Setting {
    Setting::of(&record(Body::Report(red())))
}

fn seal(inner: &Inner, readers: &[watchfire_keys::SealingPublic]) -> Result<Named, NamedError> {
    Named::seal(inner, readers, &setting(), &mut rng())
}

#[test]
fn every_member_admits_it_and_the_named_ones_read_it() {
    let opened = opened(&signed());
    let record = opened.record().record();
    for number in [1, 2, 5] {
        let inner = read(record, &sealing(number)).unwrap();
        assert_eq!(inner.report, red());
        assert_eq!(inner.audience, [1, 2, 5].map(member));
    }
    for number in [3, 4, 6, 9] {
        assert!(read(record, &sealing(number)).is_none());
    }
}

#[test]
fn neither_readers_nor_words_stand_anywhere_in_the_clear() {
    let bytes = signed().to_bytes();
    let in_it = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
    assert!(in_it(member(1).as_bytes()), "the author stands there");
    for number in [2, 5] {
        assert!(!in_it(member(number).as_bytes()));
        let public = sealing(number).public();
        assert!(!in_it(&public.as_bytes()[..32]) && !in_it(&public.as_bytes()[1184..]));
    }
    for word in ["Quiet", "warning", "example"] {
        assert!(!in_it(word.as_bytes()));
    }
}

#[test]
fn records_for_different_readers_look_alike() {
    let sizes: Vec<_> = [&[2][..], &[5], &[2, 3, 4, 5, 6, 7, 8]]
        .map(|readers| sign(record(named(readers, red()))).to_bytes().len())
        .into();
    assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
    assert_eq!(body(signed().record()).slot_count(), 8);
    let (inner, readers) = inner(9, red());
    assert_eq!(seal(&inner, &readers).unwrap().slot_count(), 16);
}

#[test]
fn moved_to_any_other_record_it_opens_for_nobody() {
    let original = signed().into_record();
    let moved: [fn(&mut Record); 5] = [
        |record| record.circle = watchfire_keys::CircleId::from_bytes([9; 32]),
        |record| record.author = member(3),
        |record| record.signer = publisher(3).public(),
        |record| record.seq = 1,
        |record| record.created = NOW.saturating_add(1),
    ];
    for change in moved {
        let mut elsewhere = original.clone();
        change(&mut elsewhere);
        assert!(read(&elsewhere, &sealing(2)).is_none());
    }
    assert!(read(&original, &sealing(2)).is_some());
}

#[test]
fn the_signature_covers_slots_and_content() {
    let bytes = signed().to_bytes();
    for at in [400, 5_000, 9_300, bytes.len() - 400] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let admitted = admit(&Forge::around(&changed).bytes());
        assert!(matches!(admitted, Err(Rule::RecordSignature | Rule::RecordMalformed)), "{at}: {admitted:?}");
    }
}

#[test]
fn slots_of_another_form_are_refused_before_anybody_tries_them() {
    // Seven slots, signed by the author.
    let good = named(&[2], red());
    let bytes = good.to_bytes();
    let slot = 3 + watchfire_keys::audience::SLOT_SIZE;
    let bad = [&[7], &bytes[1..1 + 7 * slot], &bytes[1 + 8 * slot..]].concat();
    let envelope = Forge::around(&Handmade::with(good.tag(), bad).bytes()).bytes();
    assert_eq!(admit(&envelope), Err(Rule::RecordNamed));
    // Thirty-three of them do not even read.
    let too_many: Vec<u8> = [33].into_iter().chain(bytes[1..].iter().copied()).collect();
    let envelope = Forge::around(&Handmade::with(good.tag(), too_many).bytes()).bytes();
    assert_eq!(admit(&envelope), Err(Rule::RecordBody));
}

#[test]
fn a_reader_believes_nothing_that_breaks_a_limit_inside() {
    // What a hostile author could seal: the codec's bytes under the right keys, without the check before.
    let (good, readers) = inner(2, red());
    let open = |inner: &Inner| {
        let place = codec::encode(&setting());
        let sealed = watchfire_keys::audience::Sealed::seal(&readers, &place, &inner.to_bytes(), &mut rng());
        let named: Named = codec::decode(&codec::encode(&sealed.unwrap()), MAX_BODY_BYTES).unwrap();
        named.open(&[&sealing(2)], &setting())
    };
    assert!(open(&good).is_some());
    let without_author = Inner { audience: vec![member(2)], report: red() };
    let twice = Inner { audience: vec![member(1), member(1), member(2)], report: red() };
    let untitled = Inner { report: Report { title: String::new(), ..red() }, ..good.clone() };
    let in_parts = Inner { report: Report { parts: 1, ..red() }, ..good.clone() };
    for bad in [without_author, twice, untitled, in_parts] {
        assert!(open(&bad).is_none());
        assert!(matches!(seal(&bad, &readers), Err(NamedError::Body(_) | NamedError::Audience(_))));
    }
}

#[test]
fn the_author_is_told_what_does_not_fit() {
    let (alone, readers) = inner(1, red());
    assert!(seal(&alone, &readers).is_ok());
    let (many, _) = inner(33, red());
    let too_many = BodyError { field: "audience", problem: Problem::TooMany(MAX_NAMED_READERS) };
    assert_eq!(seal(&many, &[]), Err(NamedError::Body(too_many)));
    let (three, readers) = inner(3, red());
    let missing = NamedError::Audience(AudienceError::Readers(2));
    assert_eq!(seal(&three, &readers[..2]), Err(missing));
    let large = Report { indicators: sorted(512, 100), ..red() };
    let (large, readers) = inner(20, large);
    let error = seal(&large, &readers).unwrap_err();
    assert!(matches!(error, NamedError::TooLarge { bytes } if bytes > MAX_BODY_BYTES));
    assert!(error.to_string().contains("fewer readers"));
}

#[test]
fn thirty_two_readers_still_leave_room_for_a_report() {
    // A record, an envelope and a frame hold it.
    let full = Report { parts: 0, indicators: sorted(512, 20), ..full_report() };
    let (inner, readers) = inner(32, full);
    let named = seal(&inner, &readers).unwrap();
    assert_eq!(named.slot_count(), 32);
    let signed = sign(record(Body::Named(named)));
    assert!(signed.to_bytes().len() <= MAX_RECORD_BYTES);
    assert_eq!(read(opened(&signed).record().record(), &sealing(32)).unwrap(), inner);
}

#[test]
fn it_never_touches_the_shared_view() {
    let mut view = View::new(Corroboration::default());
    let with_readers = opened(&signed());
    assert!(view.insert(&RealCrypto, &with_readers, NOW));
    let sides = Sides::new();
    assert!(view.alerts(&sides).is_empty());
    let seen = view.observable(&RealCrypto, &domain("d0.example.com"), NOW, &sides);
    assert!(seen.is_none());
}

#[test]
fn nothing_of_what_it_says_prints() {
    let record = signed().into_record();
    let inner = read(&record, &sealing(2)).unwrap();
    let printed = format!("{record:?} {inner:?}");
    assert!(!printed.contains("Quiet") && !printed.contains("example") && printed.contains("Inner(***)"));
}

/// So many domains of about this length, in order.
fn sorted(count: usize, length: usize) -> Vec<watchfire_protocol::indicator::Indicator> {
    let label = "a".repeat(length.saturating_sub(12).min(60));
    let mut domains: Vec<_> =
        (0..count).map(|number| domain(&format!("{label}.d{number}.example"))).collect();
    domains.sort();
    domains
}
