//! What is sealed to a few readers opens for each of them, in its place, and tells everybody else nothing but a size.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Counting, assert_frozen, flipped, vectors};
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;
use watchfire_keys::audience::{AudienceError, MAX_READERS, SLOT_COUNTS, SLOT_SIZE, Sealed};
use watchfire_keys::labels::SEAL_AUDIENCE;
use watchfire_keys::{SealingKey, SealingPublic, codec, sealing};

const PLACE: &[u8] = b"circle, author, signer, 7, noon";
const TEXT: &[u8] = b"for three pairs of eyes";
const LARGEST: usize = 64 * 1024;

fn rng() -> ChaCha12Rng {
    ChaCha12Rng::from_seed([7; 32])
}

fn key(number: u8) -> SealingKey {
    SealingKey::from_seed(&[number; 32])
}

fn publics(count: u8) -> Vec<SealingPublic> {
    (1..=count).map(|number| key(number).public()).collect()
}

fn sealed(readers: u8) -> Sealed {
    Sealed::seal(&publics(readers), PLACE, TEXT, &mut rng()).unwrap()
}

fn read(bytes: &[u8]) -> Option<Sealed> {
    codec::decode::<Sealed>(bytes, LARGEST).ok().filter(Sealed::is_sound)
}

#[test]
fn every_reader_opens_it_and_nobody_else() {
    for readers in [1, 3, 8, 9, 32] {
        let sealed = sealed(readers);
        for number in [1, readers.div_ceil(2), readers] {
            assert_eq!(
                sealed.open(&[&key(number)], PLACE).unwrap().as_slice(),
                TEXT,
                "{number} of {readers}"
            );
        }
        assert!(sealed.open(&[&key(readers + 1)], PLACE).is_none());
        assert!(sealed.open(&[], PLACE).is_none());
    }
}

#[test]
fn an_earlier_sealing_key_still_opens_what_was_sealed_to_it() {
    assert_eq!(sealed(2).open(&[&key(99), &key(2)], PLACE).unwrap().as_slice(), TEXT);
}

#[test]
fn the_number_of_slots_tells_8_16_or_32_and_no_more() {
    for (readers, slots) in [(1, 8), (2, 8), (8, 8), (9, 16), (16, 16), (17, 32), (32, 32)] {
        let sealed = sealed(readers);
        assert_eq!(sealed.slot_count(), slots);
        assert!(SLOT_COUNTS.contains(&slots));
        // All sizes follow from the number of slots and the step of the content.
        assert_eq!(
            codec::encode(&sealed).len(),
            codec::encode(&self::sealed(u8::try_from(slots).unwrap())).len()
        );
    }
}

#[test]
fn no_readers_and_too_many_are_refused() {
    let seal = |readers: &[SealingPublic]| Sealed::seal(readers, PLACE, TEXT, &mut rng());
    assert_eq!(seal(&[]).unwrap_err(), AudienceError::Readers(0));
    let too_many = vec![key(1).public(); MAX_READERS + 1];
    assert_eq!(seal(&too_many).unwrap_err(), AudienceError::Readers(33));
}

#[test]
fn it_opens_in_no_other_place() {
    let sealed = sealed(3);
    for place in [b"".as_slice(), b"circle, author, signer, 8, noon", &PLACE[1..], &PLACE[..PLACE.len() - 1]]
    {
        assert!(sealed.open(&[&key(1)], place).is_none());
    }
}

#[test]
fn slots_that_were_moved_to_another_content_do_not_open_it() {
    // Both are sealed to the same reader for the same place; their slots change places.
    let mut rng = rng();
    let [one, other] = [TEXT, b"something else"].map(|text| {
        let sealed = Sealed::seal(&publics(3), PLACE, text, &mut rng).unwrap();
        codec::encode(&sealed)
    });
    let slots = 1 + 8 * (3 + SLOT_SIZE);
    let moved = read(&[&one[..slots], &other[slots..]].concat()).unwrap();
    assert!(moved.open(&[&key(1)], PLACE).is_none());
    // And with the commitment that belongs to them.
    let moved = read(&[&one[..slots + 33], &other[slots + 33..]].concat()).unwrap();
    assert!(moved.open(&[&key(1)], PLACE).is_none());
    assert!(read(&one).unwrap().open(&[&key(1)], PLACE).is_some());
}

#[test]
fn a_change_of_any_byte_is_refused_or_opens_for_nobody() {
    let bytes = codec::encode(&sealed(1));
    // Each field, the edges of the first slots, and a walk over everything.
    let near = (0..40).chain(1160..1190).chain(9360..9420).chain((0..bytes.len()).step_by(397));
    for at in near.filter(|at| *at < bytes.len()) {
        let Some(changed) = read(&flipped(&bytes, at, 1)) else { continue };
        assert!(changed.open(&[&key(1)], PLACE).is_none(), "byte {at}");
    }
}

#[test]
fn other_numbers_and_orders_of_slots_are_refused() {
    let bytes = codec::encode(&sealed(3));
    let slot = 3 + SLOT_SIZE;
    let (slots, rest) = bytes[1..].split_at(8 * slot);
    let with = |count: u8, slots: &[u8]| read(&[&[count], slots, rest].concat());
    assert!(with(8, slots).is_some());
    assert!(with(7, &slots[..7 * slot]).is_none(), "a slot less");
    assert!(with(9, &[slots, &[0xfb, 0x90, 4], &[255; SLOT_SIZE]].concat()).is_none(), "a slot more");
    assert!(
        with(8, &[&slots[slot..2 * slot], &slots[..slot], &slots[2 * slot..]].concat()).is_none(),
        "order"
    );
    assert!(with(8, &[&slots[..slot], &slots[..slot], &slots[2 * slot..]].concat()).is_none(), "one twice");
    assert!(with(33, &[slots, slots, slots, slots, &slots[..slot]].concat()).is_none(), "33 slots");
}

#[test]
fn content_is_measured_in_steps_and_never_empty() {
    let bytes = codec::encode(&sealed(3));
    let content = 1 + 8 * (3 + SLOT_SIZE) + 33;
    let with = |length: u16, content_bytes: &[u8]| {
        let [low, high] = length.to_le_bytes();
        read(&[&bytes[..content], &[0xfb, low, high], content_bytes].concat())
    };
    assert!(with(1040, &bytes[content + 3..]).is_some());
    assert!(with(1039, &bytes[content + 3..bytes.len() - 1]).is_none());
    assert!(read(&[&bytes[..content], &[16], &[0; 16]].concat()).is_none(), "empty");
    assert!(read(&[&bytes[..content], &[0]].concat()).is_none(), "not even a tag");
}

#[test]
fn a_slot_with_another_key_than_the_one_committed_to_opens_nothing() {
    // What an author would make who wants to tell one reader something else: a slot that opens, with another key.
    let bytes = codec::encode(&sealed(1));
    let slot = 3 + SLOT_SIZE;
    let (slots, rest) = bytes[1..].split_at(8 * slot);
    let bound = [&rest[1..33], PLACE].concat();
    let forged = sealing::seal(&key(2).public(), SEAL_AUDIENCE, &bound, &[9; 32], &mut rng()).unwrap();
    let forged = [&slots[..3], &forged].concat();
    let mut slots: Vec<&[u8]> = slots.chunks(slot).skip(1).chain([forged.as_slice()]).collect();
    slots.sort_unstable();
    let forged = read(&[&[8], slots.concat().as_slice(), rest].concat()).unwrap();
    assert!(forged.open(&[&key(2)], PLACE).is_none());
}

#[test]
fn nothing_of_it_prints() {
    let printed = format!("{:?}", sealed(2));
    assert_eq!(printed, "Sealed { slots: 8, .. }");
}

#[test]
fn what_was_sealed_to_an_audience_opens_for_ever() {
    let sealed = Sealed::seal(&publics(2), PLACE, TEXT, &mut Counting(0)).unwrap();
    assert_frozen("audience.txt", &[("two readers", hex::encode(codec::encode(&sealed)))]);
    let frozen = hex::decode(&vectors("audience.txt")["two readers"]).unwrap();
    let frozen = read(&frozen).unwrap();
    for number in [1, 2] {
        assert_eq!(frozen.open(&[&key(number)], PLACE).unwrap().as_slice(), TEXT);
    }
}
