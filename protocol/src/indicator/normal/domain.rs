//! DNS names in their one ASCII form, and what the Public Suffix List says about them.

use alloc::string::String;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::Reason;
use crate::indicator::refang;

/// A domain that somebody can have registered.
pub(super) fn domain(text: &str) -> Result<String, Reason> {
    let name = host_name(&refang(text))?;
    let Some((_, last)) = name.rsplit_once('.') else {
        return Err("one label alone");
    };
    let is_alphabetic = last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_alphabetic && !last.starts_with("xn--") {
        return Err("its last label is no top-level domain");
    }
    if is_icann_suffix(&name) {
        return Err("a whole public suffix, under which everybody registers");
    }
    Ok(name)
}

/// Any DNS name, also of one label: UTS 46 (RFC 5891 lengths, hyphens anywhere, underscores allowed) in lower case.
pub(crate) fn host_name(text: &str) -> Result<String, Reason> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let name = name.strip_prefix('.').unwrap_or(name);
    let name = name.strip_suffix(['.', '。', '．', '｡']).unwrap_or(name);
    // A label of 63 ASCII bytes is at most 63 characters of 4 bytes; longer input cannot become a name.
    if name.len() > 1024 {
        return Err("longer than a DNS name can be");
    }
    let ascii = Uts46::new()
        .to_ascii(name.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::Verify)
        .map_err(|_| "no DNS name: a label is empty, too long or not allowed by UTS 46")?;
    let is_plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.');
    if !ascii.bytes().all(is_plain) {
        return Err("characters that no DNS name has");
    }
    let last = ascii.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("it ends in a number, like an address");
    }
    Ok(ascii.into_owned())
}

/// Whether the last labels of a normal name stand in the Public Suffix List.
pub(crate) fn has_known_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// Whether the whole name is a public suffix: of a registry, or of a service that hands out subdomains.
pub(crate) fn is_public_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix == name)
}

/// Whether the whole name is a registry's public suffix, such as `co.uk`.
pub(crate) fn is_icann_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes())
        .is_some_and(|suffix| suffix.typ() == Some(psl::Type::Icann) && suffix == name)
}

/// The name that somebody registered, of which `name` is a part: `ohio.co.uk` of `www.ohio.co.uk`, `ohio.web.app` of
/// `www.ohio.web.app`. `None` for a public suffix, an unknown one, and an address.
pub(crate) fn registered_name(name: &str) -> Option<&str> {
    let registered = psl::domain(name.as_bytes()).filter(|registered| registered.suffix().is_known())?;
    name.get(name.len().checked_sub(registered.as_bytes().len())?..)
}

/// Whether `name` stands under the suffix of a service that hands out subdomains, such as `web.app`.
pub(crate) fn is_under_service(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.typ() == Some(psl::Type::Private))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_list_is_read_in_ascii() {
        assert!(has_known_suffix("xn--e1afmkfd.xn--p1ai"));
        assert!(has_known_suffix("abc.onion"));
        assert!(!has_known_suffix("rqz-loader.exe"));
        assert!(is_icann_suffix("co.uk") && is_icann_suffix("com"));
        assert!(is_public_suffix("zapto.org") && !is_icann_suffix("zapto.org"));
        assert!(!is_public_suffix("example.zapto.org"));
        assert_eq!(registered_name("a.b.ohio.co.uk"), Some("ohio.co.uk"));
        assert_eq!(registered_name("a.ohio.web.app"), Some("ohio.web.app"));
        assert_eq!((registered_name("co.uk"), registered_name("185.174.101.13")), (None, None));
        assert!(is_under_service("ohio.web.app") && !is_under_service("ohio.co.uk"));
    }
}
