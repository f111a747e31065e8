//! Forms that programs give to what they number: each is recognised by its outline alone.

/// 8-4-4-4-12 hexadecimal digits (RFC 9562), in braces or not.
pub(super) fn is_uuid(part: &str) -> bool {
    let part = part.trim_start_matches('{').trim_end_matches('}');
    part.len() == 36
        && part.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// 26 digits of Crockford's base 32 that begin with a time (`01HZX...`). Any case.
pub(super) fn is_ulid(part: &str) -> bool {
    let crockford = |byte: u8| {
        byte.is_ascii_digit()
            || (byte.is_ascii_alphabetic() && !matches!(byte.to_ascii_lowercase(), b'i' | b'l' | b'o' | b'u'))
    };
    part.len() == 26 && part.starts_with(|c: char| ('0'..='7').contains(&c)) && part.bytes().all(crockford)
}

/// Three parts of base64url with dots between, the first one an encoded `{"` (RFC 7519); the last one may be missing.
pub(super) fn is_json_web_token(part: &str) -> bool {
    let base64url =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte));
    let mut pieces = part.split('.');
    let (Some(header), Some(body)) = (pieces.next(), pieces.next()) else { return false };
    header.starts_with("eyJ")
        && header.len() >= 12
        && body.len() >= 8
        && part.split('.').take(6).all(base64url)
}

/// Base64 of an object in JSON, a web token's first part included: it says something about somebody.
pub(in crate::sanitize) fn is_spelled_json(part: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+/=.".contains(&byte);
    part.len() >= 16 && part.starts_with("eyJ") && part.bytes().all(is_base64)
}

/// A content identifier of IPFS: the content itself in another spelling, the same for everybody.
pub(super) fn is_content_identifier(part: &str) -> bool {
    let base58 = |byte: u8| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l');
    let base32 = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
    let base36 = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (part.len() == 46 && part.starts_with("Qm") && part.bytes().all(base58))
        || (part.len() == 59 && part.starts_with("baf") && part.bytes().all(base32))
        || (part.len() == 62 && part.starts_with("k51") && part.bytes().all(base36))
}

/// Digits that are a date or a time: `20260517`, `202605`, `20260517123000`, `2026`.
pub(in crate::sanitize) fn is_date(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|two| two.parse::<u16>().ok());
    let within =
        |value: Option<u16>, low: u16, high: u16| value.is_some_and(|value| (low..=high).contains(&value));
    let year_first = |length: usize| {
        within(number(0, 4), 1990, 2049)
            && (length < 6 || within(number(4, 6), 1, 12))
            && (length < 8 || within(number(6, 8), 1, 31))
    };
    let year_last =
        || within(number(4, 8), 1990, 2049) && within(number(0, 2), 1, 31) && within(number(2, 4), 1, 31);
    match digits.len() {
        4 | 6 => year_first(digits.len()),
        8 => year_first(8) || year_last(),
        12 | 14 => year_first(8) && within(number(8, 10), 0, 23) && within(number(10, 12), 0, 59),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outline_is_recognised() {
        assert!(
            is_uuid("3f2504e0-4f89-11d3-9a0c-0305e82c3301")
                && !is_uuid("3f2504e0-4f89-11d3-9a0c-0305e82c330")
        );
        assert!(is_ulid("01HZX3J8Q6ZP5D2N7K9V4M1R0T") && !is_ulid("01HZX3J8Q6ZP5D2N7K9V4M1R0"));
        assert!(is_json_web_token("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP"));
        assert!(!is_json_web_token("style.min.css"));
        assert!(is_spelled_json("eyJpZCI6ImU5Y2Y2Mzc2YTciLCJjIjo4MTcyfQ") && !is_spelled_json("eyJ"));
        assert!(is_content_identifier("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"));
        assert!(is_content_identifier("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"));
        for date in ["2026", "202605", "20260517", "17052026", "20260517123000"] {
            assert!(is_date(date), "{date}");
        }
        for number in ["48213", "990172", "202613", "20269917", "1699999999"] {
            assert!(!is_date(number), "{number}");
        }
    }
}
