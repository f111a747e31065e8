//! Links that a mail gateway or a redirector wrapped around another link.
//!
//! Decides what stood in the wrapper, from the text of the link alone: nothing is ever looked up or opened. A wrapper
//! holds whose mail it was (Proofpoint's `r=`, SafeLinks' `data=`), and it is not what the attacker sent; what he sent
//! is inside. Wrappers in wrappers are opened up to [`MAX_LAYERS`] deep.
//!
//! Sources of the forms: Proofpoint's published decoder of URL Defense v1 to v3; for the others the vendors' own pages
//! about their rewritten links, and the parameters of public redirect pages.

mod decode;
mod proofpoint;
mod services;

use alloc::string::String;

use self::services::{Service, Target};
use crate::indicator::{Indicator, Kind};

/// How many wrappers may lie around a link.
pub const MAX_LAYERS: usize = 3;

/// What a URL is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwrapped {
    /// No wrapper is known in it.
    Plain,
    /// It was wrapped around this URL, or around this domain where the wrapper tells no more.
    Inside(Indicator),
    /// A wrapper that only this service can open.
    Opaque(&'static str),
}

/// What stands inside a URL in its normal form.
pub fn unwrap(url: &str) -> Unwrapped {
    let mut found = Unwrapped::Plain;
    let mut current = String::from(url);
    for _ in 0..MAX_LAYERS {
        let Some(parts) = Parts::of(&current) else { break };
        let Some(service) = services::of(&parts) else { break };
        match inside(&parts, service) {
            Some(indicator) if indicator.kind() == Kind::Url => {
                current = String::from(indicator.value());
                found = Unwrapped::Inside(indicator);
            }
            Some(domain) => return Unwrapped::Inside(domain),
            // A redirector without a target is a page like any other; a gateway's link is somebody's mail.
            None if service.is_gateway => return Unwrapped::Opaque(service.name),
            None => break,
        }
    }
    // A gateway below the last layer that is opened may hold whose mail it was: it does not leave.
    match Parts::of(&current).and_then(|parts| services::of(&parts)) {
        Some(service) if service.is_gateway => Unwrapped::Opaque(service.name),
        _ => found,
    }
}

/// The parts of a URL that tell its service.
struct Parts<'a> {
    /// The whole URL.
    url: &'a str,
    host: &'a str,
    /// From the first `/` on, without the query.
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Parts<'a>> {
        let (_, rest) = url.split_once("://")?;
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, _) = before.split_once('/').unwrap_or((before, ""));
        let path = before.get(authority.len()..).unwrap_or_default();
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
        Some(Parts { url, host, path, query })
    }

    /// The value of the first parameter of this name, as it is written.
    fn parameter(&self, name: &str) -> Option<&'a str> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

fn inside(parts: &Parts<'_>, service: &Service) -> Option<Indicator> {
    service.targets.iter().find_map(|target| match target {
        Target::Percent(name) => decode::url(&decode::percent(parts.parameter(name)?)),
        Target::Base64(name) => decode::url(&decode::base64(&decode::percent(parts.parameter(name)?))?),
        // Bing writes `a1` before the base64.
        Target::BingBase64(name) => decode::url(&decode::base64(parts.parameter(name)?.get(2..)?)?),
        Target::Domain(name) => decode::host(&decode::percent(parts.parameter(name)?)),
        Target::LastSegment => decode::url(&decode::percent(parts.path.rsplit('/').next()?)),
        Target::AfterPath(prefix) => decode::url_or_host(parts.url.split_once(prefix)?.1),
        Target::CheckPoint => {
            let (_, rest) = parts.url.split_once("/___")?;
            let (wrapped, _) = rest.split_once("___.").or_else(|| rest.split_once("___"))?;
            // It writes `*2F` for `%2F`.
            decode::url(&decode::with_two_slashes(wrapped.replace('*', "%")))
        }
        Target::PathParameter(name) => {
            let (_, rest) = parts.path.split_once(name)?;
            decode::url(&decode::percent(rest.split('/').next()?))
        }
        Target::WholeQuery => decode::url(&decode::percent(parts.query)),
        Target::ProofpointV2 => decode::url(&proofpoint::version_two(parts.parameter("u")?)),
        Target::ProofpointV3 => decode::url(&proofpoint::version_three(parts.url)?),
        Target::TranslatedHost => {
            let label = parts.host.strip_suffix(".translate.goog")?;
            // A dash stands for a dot, two for a dash.
            let host = label.replace("--", "\u{0}").replace('-', ".").replace('\u{0}', "-");
            decode::url(&alloc::format!("https://{host}{}", parts.path))
        }
    })
}

#[cfg(test)]
mod tests;
