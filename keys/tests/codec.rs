//! One value has one encoding, and reading costs no more than the input is worth.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use watchfire_keys::codec::{self, CodecError};
use watchfire_keys::{MemberId, PublicKey, Signature, SigningKey};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Sample {
    number: u64,
    signed: i32,
    text: String,
    #[serde(with = "codec::bytes")]
    raw: Vec<u8>,
    #[serde(with = "codec::bytes")]
    fixed: [u8; 5],
    #[serde(deserialize_with = "codec::list_at_most::<_, _, 4>")]
    few: Vec<u16>,
    choice: Choice,
    maybe: Option<Box<str>>,
    map: BTreeMap<String, u8>,
    set: BTreeSet<MemberId>,
    nested: Vec<Vec<String>>,
    pair: (bool, char),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Choice {
    Nothing,
    One(String),
    Two(u8, Vec<u32>),
    Named { id: MemberId, wrapped: Wrapped },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(Option<u64>);

fn choices() -> impl Strategy<Value = Choice> {
    prop_oneof![
        Just(Choice::Nothing),
        ".{0,8}".prop_map(Choice::One),
        (any::<u8>(), prop::collection::vec(any::<u32>(), 0..4)).prop_map(|(a, b)| Choice::Two(a, b)),
        (any::<[u8; 32]>(), any::<Option<u64>>())
            .prop_map(|(id, value)| Choice::Named { id: MemberId::from_bytes(id), wrapped: Wrapped(value) }),
    ]
}

fn samples() -> impl Strategy<Value = Sample> {
    let scalars = (any::<u64>(), any::<i32>(), ".{0,12}", any::<[u8; 5]>(), any::<(bool, char)>());
    let lists = (
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(any::<u16>(), 0..5),
        prop::collection::btree_map(".{0,4}", any::<u8>(), 0..4),
        prop::collection::btree_set(any::<[u8; 32]>().prop_map(MemberId::from_bytes), 0..4),
        prop::collection::vec(prop::collection::vec(".{0,3}", 0..3), 0..3),
    );
    let options = (choices(), prop::option::of(".{0,4}".prop_map(String::into_boxed_str)));
    (scalars, lists, options).prop_map(
        |((number, signed, text, fixed, pair), (raw, few, map, set, nested), (choice, maybe))| Sample {
            number,
            signed,
            text,
            raw,
            fixed,
            few,
            choice,
            maybe,
            map,
            set,
            nested,
            pair,
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_reads_back(sample in samples()) {
        prop_assert_eq!(codec::decode::<Sample>(&codec::encode(&sample), 1 << 20), Ok(sample));
    }

    #[test]
    fn whatever_reads_would_be_written_the_same(
        sample in samples(), at in any::<prop::sample::Index>(), mask in 1u8..,
    ) {
        let mut bytes = codec::encode(&sample);
        let at = at.index(bytes.len());
        bytes[at] ^= mask;
        if let Ok(other) = codec::decode::<Sample>(&bytes, 1 << 20) {
            prop_assert_ne!(&other, &sample);
            prop_assert_eq!(codec::encode(&other), bytes);
        }
    }

    #[test]
    fn a_value_that_is_cut_or_followed_is_refused(sample in samples(), at in any::<prop::sample::Index>()) {
        let mut bytes = codec::encode(&sample);
        let at = at.index(bytes.len());
        prop_assert_eq!(codec::decode::<Sample>(&bytes[..at], 1 << 20), Err(CodecError::Malformed));
        bytes.extend_from_slice(&[0, 0]);
        prop_assert_eq!(codec::decode::<Sample>(&bytes, 1 << 20), Err(CodecError::Trailing { bytes: 2 }));
    }

    #[test]
    fn made_up_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(sample) = codec::decode::<Sample>(&bytes, 400) {
            prop_assert_eq!(codec::encode(&sample), bytes);
        }
    }
}

#[test]
fn the_size_is_looked_at_first() {
    let bytes = codec::encode("twelve bytes");
    assert_eq!(codec::decode::<String>(&bytes, 12), Err(CodecError::TooLarge { bytes: 13, max_bytes: 12 }));
    assert_eq!(codec::decode::<String>(&bytes, 13).unwrap(), "twelve bytes");
}

#[test]
fn a_number_has_one_form() {
    // 251 says that two bytes follow; 7 fits into none.
    assert_eq!(codec::decode::<u64>(&[7], 9), Ok(7));
    assert_eq!(codec::decode::<u64>(&[251, 7, 0], 9), Err(CodecError::NotCanonical));
    assert_eq!(codec::decode::<u64>(&[253, 7, 0, 0, 0, 0, 0, 0, 0], 9), Err(CodecError::NotCanonical));
    assert_eq!(codec::decode::<u16>(&[252, 7, 0, 0, 0], 9), Err(CodecError::Malformed));
    assert_eq!(codec::decode::<bool>(&[2], 9), Err(CodecError::Malformed));
}

#[test]
fn a_set_has_one_order_and_no_repetition() {
    assert!(codec::decode::<BTreeSet<u8>>(&[2, 1, 2], 9).is_ok());
    assert_eq!(codec::decode::<BTreeSet<u8>>(&[2, 2, 1], 9), Err(CodecError::NotCanonical));
    assert_eq!(codec::decode::<BTreeSet<u8>>(&[2, 1, 1], 9), Err(CodecError::NotCanonical));
    assert_eq!(codec::decode::<BTreeMap<u8, u8>>(&[2, 1, 0, 1, 0], 9), Err(CodecError::NotCanonical));
}

#[test]
fn an_array_says_its_length_and_has_no_other() {
    let id = MemberId::from_bytes([7; 32]);
    let bytes = codec::encode(&id);
    assert_eq!(bytes, [&[32][..], &[7; 32]].concat());
    assert_eq!(codec::decode::<MemberId>(&bytes, 64), Ok(id));
    let short = [&[31][..], &[7; 31]].concat();
    assert_eq!(codec::decode::<MemberId>(&short, 64), Err(CodecError::Malformed));
}

#[test]
fn a_list_with_a_bound_stops_there() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Few(#[serde(deserialize_with = "codec::list_at_most::<_, _, 4>")] Vec<u16>);
    assert_eq!(codec::decode::<Few>(&[4, 1, 1, 1, 1], 9).unwrap().0, [1; 4]);
    assert!(codec::decode::<Few>(&[5, 1, 1, 1, 1, 1], 9).is_err());
}

#[test]
fn people_read_hex() {
    let key = SigningKey::from_seed(&[1; 32]);
    let (public, signature) = (key.public(), key.sign(watchfire_keys::labels::SIGN_RECORD, &[]));
    let json = serde_json::to_string(&(public, signature)).unwrap();
    assert!(json.contains(&format!("\"{public}\"")), "{json}");
    assert_eq!(serde_json::from_str::<(PublicKey, Signature)>(&json).unwrap(), (public, signature));
    assert!(serde_json::from_str::<MemberId>("\"00\"").is_err());
    assert!(serde_json::from_str::<MemberId>(&format!("\"{}\"", "0g".repeat(32))).is_err());
}

/// Counts what is asked for in one piece, at most, by this thread.
struct Counting;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(layout.size())));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_length_that_lies_allocates_next_to_nothing() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Large([u64; 16]);

    fn largest<T: Serialize + serde::de::DeserializeOwned>(bytes: &[u8]) -> usize {
        LARGEST.with(|largest| largest.set(0));
        assert!(codec::decode::<T>(bytes, 1 << 20).is_err());
        LARGEST.with(Cell::get)
    }
    for length in [1 << 16, 1 << 20, 1 << 30, 1 << 62, u64::MAX] {
        let bytes = codec::encode(&length);
        assert!(largest::<String>(&bytes) <= 64, "{length}");
        assert!(largest::<Box<str>>(&bytes) <= 64, "{length}");
        assert!(largest::<Option<String>>(&[&[1], &bytes[..]].concat()) <= 64, "{length}");
        assert!(largest::<watchfire_keys::SealingPublic>(&bytes) <= 64, "{length}");
        let bound = codec::MAX_RESERVED_ELEMENTS * size_of::<Large>();
        assert!(largest::<Vec<Large>>(&bytes) <= bound, "{length}");
        assert!(largest::<BTreeMap<u8, Vec<Large>>>(&[&[1, 1], &bytes[..]].concat()) <= bound, "{length}");
    }
}
