//! References to what others have published outside the circle.

use alloc::string::String;

use serde::{Deserialize, Serialize};

/// A pointer to an outside source: a blog post, a vendor's report, a CVE page.
///
/// Two reports that name the same reference lean on the same outside source, and the view counts them once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// Who published it, at most [`MAX_SOURCE_CHARS`](crate::limits::MAX_SOURCE_CHARS) characters.
    pub source: String,
    /// Its address or external id, at most [`MAX_REFERENCE_CHARS`](crate::limits::MAX_REFERENCE_CHARS) characters; may
    /// be empty when the source is all that is known.
    pub address: String,
}
