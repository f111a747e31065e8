//! A digest of who can read: equal digests, same readers with the same sealing keys.
//!
//! Two levels, so that one more reader among ten thousand costs a few hashes: each reader has a leaf, leaves lie in 256
//! buckets by the first byte of the member id, and the digest is over the buckets.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::hash::hash;
use watchfire_keys::ids::MemberId;
use watchfire_keys::labels::HASH_READERS;
use watchfire_keys::sealing::SealingPublic;

use super::roster::Entry;

/// What stands for one reader.
pub(super) fn leaf(member: &MemberId, sealing: &SealingPublic) -> [u8; 32] {
    hash(HASH_READERS, &[b"reader", member.as_bytes(), sealing.as_bytes()])
}

/// The buckets and the digest over them.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Readers {
    /// Only buckets that hold somebody, by number.
    buckets: BTreeMap<u8, [u8; 32]>,
    digest: [u8; 32],
}

impl Readers {
    pub(super) fn of(members: &BTreeMap<MemberId, Arc<Entry>>) -> Self {
        let mut readers = Self { buckets: BTreeMap::new(), digest: [0; 32] };
        for number in 0..=u8::MAX {
            readers.fill(number, members);
        }
        readers.sum();
        readers
    }

    /// Takes over that `member` was added to `members`, or changed there.
    pub(super) fn update(&mut self, member: &MemberId, members: &BTreeMap<MemberId, Arc<Entry>>) {
        let [number, ..] = *member.as_bytes();
        self.fill(number, members);
        self.sum();
    }

    pub(super) const fn digest(&self) -> [u8; 32] {
        self.digest
    }

    fn fill(&mut self, number: u8, members: &BTreeMap<MemberId, Arc<Entry>>) {
        let edge = |fill: u8| {
            let mut bytes = [fill; 32];
            bytes[0] = number;
            MemberId::from_bytes(bytes)
        };
        let mut leaves = Vec::new();
        for entry in members.range(edge(0)..=edge(u8::MAX)).map(|(_, entry)| entry) {
            leaves.extend_from_slice(&entry.reader);
        }
        if leaves.is_empty() {
            self.buckets.remove(&number);
        } else {
            self.buckets.insert(number, hash(HASH_READERS, &[b"bucket", &[number], &leaves]));
        }
    }

    fn sum(&mut self) {
        let mut all = Vec::with_capacity(self.buckets.len().saturating_mul(32));
        for bucket in self.buckets.values() {
            all.extend_from_slice(bucket);
        }
        self.digest = hash(HASH_READERS, &[b"readers", &all]);
    }
}

impl core::fmt::Debug for Readers {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Readers").field("buckets", &self.buckets.len()).finish_non_exhaustive()
    }
}
