//! The compact lists as bytes: what lies in the member's home.
//!
//! `WFWLIST` and the version, a BLAKE3 hash of the rest, the length of the head (`u32`), the head (everything small, in the
//! encoding of records), then hashes, their lists, and the cuts of the address spaces as plain little-endian numbers.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use watchfire_keys::codec;

use super::Warninglists;
use super::blocks::Blocks;
use super::compile::{MAX_ENTRIES, MAX_LISTS};
use super::info::ListInfo;
use super::names::Names;
use super::patterns::Patterns;

/// The last byte is the version of this form.
const MAGIC: &[u8; 8] = b"WFWLIST\x01";
const MAX_HEAD_BYTES: usize = 16 * 1024 * 1024;
/// Above the largest file that [`Warninglists::to_bytes`] can make.
pub const MAX_FILE_BYTES: usize = 256 * 1024 * 1024;

/// Why bytes are no lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damaged {
    /// They are something else, or of a later version.
    Foreign,
    /// They were changed, or cut off.
    Changed,
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Damaged::Foreign => "no warninglists of this version",
            Damaged::Changed => "damaged: it is not as it was written",
        })
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    key: [u8; 32],
    lists: Vec<ListInfo>,
    substrings: Vec<(String, u16)>,
    regexes: Vec<(String, u16)>,
    v4_table: Vec<Vec<u16>>,
    v6_table: Vec<Vec<u16>>,
    names: u64,
    v4_cuts: u64,
    v6_cuts: u64,
}

impl Warninglists {
    /// As bytes that [`Warninglists::from_bytes`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let head = codec::encode(&Head {
            key: self.key,
            lists: self.lists.clone(),
            substrings: self.patterns.substrings.clone(),
            regexes: self.patterns.regexes.clone(),
            v4_table: self.v4.table.clone(),
            v6_table: self.v6.table.clone(),
            names: count(self.names.hashes.len()),
            v4_cuts: count(self.v4.starts.len()),
            v6_cuts: count(self.v6.starts.len()),
        });
        let size = head.len().saturating_add(self.names.hashes.len().saturating_mul(10)).saturating_add(4096);
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[0; 32]);
        bytes.extend_from_slice(&u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(&head);
        self.names.hashes.iter().for_each(|hash| bytes.extend_from_slice(&hash.to_le_bytes()));
        let numbers = self.names.lists.iter().chain(&self.v4.sets).chain(&self.v6.sets);
        numbers.for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        self.v4.starts.iter().for_each(|start| bytes.extend_from_slice(&start.to_bits().to_le_bytes()));
        self.v6.starts.iter().for_each(|start| bytes.extend_from_slice(&start.to_bits().to_le_bytes()));
        let hash = blake3::hash(bytes.get(40..).unwrap_or_default());
        if let Some(place) = bytes.get_mut(8..40) {
            place.copy_from_slice(hash.as_bytes());
        }
        bytes
    }

    /// The lists again.
    ///
    /// # Errors
    /// When the bytes are not exactly what [`Warninglists::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8]) -> Result<Warninglists, Damaged> {
        if bytes.len() > MAX_FILE_BYTES || bytes.get(..8) != Some(MAGIC.as_slice()) {
            return Err(Damaged::Foreign);
        }
        let (hash, rest) =
            bytes.get(8..).and_then(|rest| rest.split_at_checked(32)).ok_or(Damaged::Changed)?;
        if blake3::hash(rest).as_bytes().as_slice() != hash {
            return Err(Damaged::Changed);
        }
        read(rest).ok_or(Damaged::Changed)
    }
}

fn read(bytes: &[u8]) -> Option<Warninglists> {
    let mut rest = bytes;
    let mut take = |count: u64, size: usize| -> Option<&[u8]> {
        let length = usize::try_from(count).ok()?.checked_mul(size)?;
        let (taken, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(taken)
    };
    let length = u32::from_le_bytes(take(1, 4)?.try_into().ok()?);
    let head: Head = codec::decode(take(u64::from(length), 1)?, MAX_HEAD_BYTES).ok()?;
    let hashes = numbers(take(head.names, 8)?, u64::from_le_bytes);
    let lists = numbers(take(head.names, 2)?, u16::from_le_bytes);
    let v4_sets = numbers(take(head.v4_cuts, 2)?, u16::from_le_bytes);
    let v6_sets = numbers(take(head.v6_cuts, 2)?, u16::from_le_bytes);
    let v4_starts = numbers(take(head.v4_cuts, 4)?, |bytes| Ipv4Addr::from_bits(u32::from_le_bytes(bytes)));
    let v6_starts = numbers(take(head.v6_cuts, 16)?, |bytes| Ipv6Addr::from_bits(u128::from_le_bytes(bytes)));
    let known = u16::try_from(head.lists.len()).ok()?;
    let tables = head.v4_table.iter().chain(&head.v6_table).flatten();
    let patterns = head.substrings.iter().chain(&head.regexes).map(|(_, list)| list);
    let fits = head.lists.len() <= MAX_LISTS
        && hashes.len() <= MAX_ENTRIES
        && lists.iter().chain(tables).chain(patterns).all(|list| *list < known);
    if !fits || !rest.is_empty() {
        return None;
    }
    Some(Warninglists {
        key: head.key,
        lists: head.lists,
        names: Names::new(hashes, lists)?,
        v4: Blocks::checked(v4_starts, v4_sets, head.v4_table)?,
        v6: Blocks::checked(v6_starts, v6_sets, head.v6_table)?,
        patterns: Patterns::new(head.substrings, head.regexes)?,
    })
}

fn numbers<const SIZE: usize, T>(bytes: &[u8], number: impl Fn([u8; SIZE]) -> T) -> Vec<T> {
    bytes.as_chunks::<SIZE>().0.iter().map(|bytes| number(*bytes)).collect()
}
