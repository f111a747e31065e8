//! Links that were wrapped on the way: what was wrapped is judged in the place of the wrapper.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Change, Sanitizer};
use crate::indicator::Kind;
use crate::sanitize::gateway::{Unwrapped, unwrap};
use crate::sanitize::origin::Candidate;
use crate::sanitize::rules::{GATEWAY_LINK, GATEWAY_OPAQUE};

impl Sanitizer<'_> {
    /// The candidate without its wrapper; `None` for a wrapper that nobody else can open.
    pub(super) fn without_gateway(
        &self,
        candidate: Candidate,
        changed: &mut Vec<Change>,
    ) -> Option<Candidate> {
        if candidate.indicator.kind() != Kind::Url {
            return Some(candidate);
        }
        match unwrap(candidate.indicator.value()) {
            Unwrapped::Plain => Some(candidate),
            Unwrapped::Inside(indicator) => {
                let after = Some(indicator.value().to_string());
                changed.push(Change::of(&candidate, GATEWAY_LINK, after));
                Some(Candidate { indicator, ..candidate })
            }
            Unwrapped::Opaque(name) => {
                let detail = Some(name.to_string());
                changed.push(Change { detail, ..Change::of(&candidate, GATEWAY_OPAQUE, None) });
                None
            }
        }
    }
}
