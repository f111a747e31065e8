//! Records for named readers: signing one, and reading one that came.
//!
//! Such a record is checked, kept, reconciled and handed on like every other by everybody; only what happens to its
//! content is decided here. Nothing that this node sends depends on whether it is a reader.

use alloc::sync::Arc;
use alloc::vec::Vec;

use watchfire_keys::ids::{MemberId, RecordId};

use super::output::{Change, Output, Refusal};
use super::{Engine, PeerName};
use crate::crypto::Crypto;
use crate::gossip::Bucket;
use crate::publication::{Author, ReportDraft, sign_named};
use crate::record::{Body, Inner, Position, Record, Setting, SignedRecord};

/// What one record for named readers takes out of its author's budget, which fills by one a second: trying 32 slots
/// costs as much as a hundred signature checks.
const NAMED_COST: u64 = 10;
/// Records for named readers that an author may have spread at once. Reconciliation carries the rest, at its own pace.
const NAMED_BURST: u64 = 32;

impl<C: Crypto, P: PeerName> Engine<C, P> {
    /// Seals a draft to its readers, who are members now, and signs it.
    pub(super) fn sign_for_readers(
        &mut self,
        draft: ReportDraft,
        author: Author<'_>,
        next: Position,
    ) -> Result<SignedRecord, Refusal> {
        let roster = self.roster.as_ref().ok_or(Refusal::NotMember)?;
        let sealing_of = |member: &MemberId| roster.member(member).map(|entry| entry.sealing.clone());
        sign_named(draft, &self.crypto, author, next, self.now.unix, sealing_of, &mut self.rng)
            .map_err(Refusal::Report)
    }

    /// Whether the author has not had more of these spread than it may. Asked when its signature has held.
    pub(super) fn within_named_budget(&mut self, record: &Record) -> bool {
        if !matches!(record.body, Body::Named(_)) {
            return true;
        }
        let now = self.now.moment;
        // Authors are members of the roster, so their number is bounded.
        let full = || Bucket::full(NAMED_BURST.saturating_mul(NAMED_COST), 1, now);
        self.named_authors.entry(record.author).or_insert_with(full).take(NAMED_COST, now)
    }

    /// What an admitted record says to this member, kept beside it: after a change of its sealing key the record itself
    /// would not open any more.
    pub(super) fn read_named(&mut self, id: RecordId, record: &Record) -> Option<Arc<Inner>> {
        let Body::Named(named) = &record.body else { return None };
        let keys: Vec<_> = self.keys.sealing_keys().collect();
        let inner = named.open(&keys, &Setting::of(record))?;
        self.out(Output::Persist(Change::Named { id, bytes: inner.to_bytes().into() }));
        Some(Arc::new(inner))
    }
}
