//! A report that names its readers, as one record sealed to them.

use alloc::vec::Vec;

use rand_core::CryptoRng;
use watchfire_keys::{ids::MemberId, sealing::SealingPublic, time::UnixMillis};

use super::{
    Author, ReportDraft, SplitError,
    split::{head_of, sign_one, sorted},
};
use crate::{
    crypto::Crypto,
    record::{Body, Inner, Named, Position, Setting, SignedRecord},
};

/// Seals a draft to its author and to those whom it names, and signs it. `sealing_of` gives the sealing key of a
/// member of the circle.
///
/// # Errors
///
/// [`SplitError::NeedsAudience`] when it names nobody, [`SplitError::NotAMember`] and [`SplitError::Named`].
pub fn sign_named<C: Crypto>(
    draft: ReportDraft,
    crypto: &C,
    author: Author<'_>,
    at: Position,
    created: UnixMillis,
    sealing_of: impl Fn(&MemberId) -> Option<SealingPublic>,
    rng: &mut impl CryptoRng,
) -> Result<SignedRecord, SplitError> {
    if draft.audience.is_empty() {
        return Err(SplitError::NeedsAudience);
    }
    // The author is a reader too: its other nodes, and its own after a restart, read it like everybody else's.
    let audience = sorted(draft.audience.iter().copied().chain([author.member]).collect());
    let (head, indicators) = head_of(draft);
    let mut report = head;
    report.indicators = indicators;
    let inner = Inner { audience, report };
    let setting = Setting {
        circle: author.circle,
        author: author.member,
        signer: author.key.public(),
        seq: at.seq,
        created,
    };
    inner.check(&setting).map_err(SplitError::Body)?;
    let mut readers = Vec::with_capacity(inner.audience.len());
    for member in &inner.audience {
        readers.push(sealing_of(member).ok_or(SplitError::NotAMember(*member))?);
    }
    let named = Named::seal(&inner, &readers, &setting, rng).map_err(SplitError::Named)?;
    Ok(sign_one(crypto, author, at, created, Body::Named(named)))
}
