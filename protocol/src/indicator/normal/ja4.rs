//! JA4 fingerprints of a TLS client.

use alloc::string::String;

use super::Reason;
use super::text::plain;

/// `a_b_c` as FoxIO's JA4 describes it: protocol, TLS version, SNI, two counts, two characters of ALPN; then two
/// truncated SHA-256. Lower case.
pub(super) fn ja4(text: &str) -> Result<String, Reason> {
    let value = plain(text)?.to_ascii_lowercase();
    let mut parts = value.split('_');
    let (Some(head), Some(ciphers), Some(extensions), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("not three parts with _ between them");
    };
    let is_digest = |part: &str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_head(head.as_bytes()) || !is_digest(ciphers) || !is_digest(extensions) {
        return Err("not of the shape t13d1516h2_8daaf6152771_b186095e22b6");
    }
    Ok(value)
}

fn is_head(head: &[u8]) -> bool {
    let &[protocol, v1, v2, sni, c1, c2, e1, e2, a1, a2] = head else { return false };
    let versions: [&[u8; 2]; 10] = [b"13", b"12", b"11", b"10", b"s3", b"s2", b"d1", b"d2", b"d3", b"00"];
    matches!(protocol, b't' | b'q' | b'd')
        && versions.contains(&&[v1, v2])
        && matches!(sni, b'd' | b'i')
        && [c1, c2, e1, e2].iter().all(u8::is_ascii_digit)
        && [a1, a2].iter().all(u8::is_ascii_alphanumeric)
}
