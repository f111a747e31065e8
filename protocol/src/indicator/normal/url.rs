//! URLs.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::net::Ipv4Addr;

use ::url::{Host, Url};

use super::Reason;
use super::domain::{domain, host_name};
use super::text::is_deceptive;
use crate::indicator::refang;

/// The schemes that lead to a host. The first six have the WHATWG standard's special parsing.
const SCHEMES: [&str; 20] = [
    "http",
    "https",
    "ftp",
    "ws",
    "wss",
    "ftps",
    "sftp",
    "ssh",
    "telnet",
    "tcp",
    "udp",
    "smb",
    "ldap",
    "ldaps",
    "rtsp",
    "irc",
    "ircs",
    "stratum+tcp",
    "stratum+ssl",
    "rdp",
];

/// The normal form that the parent's table describes.
pub(super) fn url(text: &str) -> Result<String, Reason> {
    let mut url = once(text)?;
    // What a fragment or an escape hid may be punctuation at the end, which goes as well; twice is enough but for
    // values made to be odd.
    for _ in 0..4 {
        let next = once(&url)?;
        if next == url {
            return Ok(url);
        }
        url = next;
    }
    Err("it has no settled spelling")
}

fn once(text: &str) -> Result<String, Reason> {
    let text = refang(text);
    if text.chars().any(is_deceptive) {
        return Err("it holds control or text-direction characters");
    }
    let text = with_scheme(text)?;
    let mut url = Url::parse(&text).map_err(|_| "the host or the port is not valid")?;
    if !SCHEMES.contains(&url.scheme()) {
        return Err("its scheme leads to no host that is known here");
    }
    let host = match url.host().ok_or("no host in it")? {
        Host::Domain(name) => one_host(name)?,
        Host::Ipv4(address) => format!("{address}"),
        Host::Ipv6(address) => format!("[{address}]"),
    };
    url.set_host(Some(&host)).map_err(|_| "its host is not valid")?;
    url.set_fragment(None);
    if url.query() == Some("") {
        url.set_query(None);
    }
    if url.path().is_empty() {
        url.set_path("/");
    }
    Ok(plain_escapes(url.as_str()))
}

/// `http://` before a value that starts with a host instead of a scheme, such as `evil.example/gate.php`.
fn with_scheme(text: Cow<'_, str>) -> Result<Cow<'_, str>, Reason> {
    if text.contains("://") && text.find("://") < text.find(['/', '?', '#']).map(|at| at.saturating_add(1)) {
        return Ok(text);
    }
    let authority = text.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    let is_host = host.parse::<Ipv4Addr>().is_ok() || (!host.contains('@') && domain(host).is_ok());
    if is_host {
        Ok(Cow::Owned(format!("http://{text}")))
    } else {
        Err("neither a scheme nor a host in front")
    }
}

/// The host of a scheme that the standard leaves as it was written.
fn one_host(name: &str) -> Result<String, Reason> {
    if let Ok(address) = name.parse::<Ipv4Addr>() {
        return Ok(format!("{address}"));
    }
    if name.starts_with(['.', '*']) {
        return Err("its host is a wildcard");
    }
    host_name(name)
}

/// Percent-escapes in upper case, and none where a plain character will do (RFC 3986, 6.2.2).
fn plain_escapes(url: &str) -> String {
    let mut plain = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('%') {
        plain.push_str(before);
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok().map(|byte| (digits, byte)))
        {
            Some((digits, byte)) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                    plain.push(char::from(byte));
                } else {
                    plain.push('%');
                    plain.push_str(&digits.to_ascii_uppercase());
                }
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                plain.push('%');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}
