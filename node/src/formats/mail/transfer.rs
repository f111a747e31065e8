//! Undoes base64 and quoted-printable as mail programs do: whatever cannot be read is passed over, nothing is an error.
//! Attackers break the encodings on purpose, and the reader of the mail saw what is left.

/// Base64: everything outside its alphabet is passed over, and a padded end may be followed by more.
pub(super) fn base64(encoded: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(encoded.len() / 4 * 3);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for byte in encoded {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                (buffer, bits) = (0, 0);
                continue;
            }
            _ => continue,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            decoded.push(u8::try_from((buffer >> bits) & 0xff).unwrap_or_default());
            buffer &= (1 << bits) - 1;
        }
    }
    decoded
}

/// Quoted-printable: an `=` that begins no escape stays as it is.
pub(super) fn quoted_printable(encoded: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            decoded.push(*first);
            continue;
        }
        let hex = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match after {
            [high, low, tail @ ..] if hex(high).is_some() && hex(low).is_some() => {
                decoded.push((hex(high).unwrap_or_default() << 4) | hex(low).unwrap_or_default());
                rest = tail;
            }
            _ => match after_soft_break(after) {
                Some(tail) => rest = tail,
                None => decoded.push(b'='),
            },
        }
    }
    decoded
}

/// What follows a soft line break, which may have blanks before its end.
fn after_soft_break(after: &[u8]) -> Option<&[u8]> {
    let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).take(80).count();
    match after.get(blanks..)? {
        [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..] => Some(tail),
        [] => Some(&[]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_encodings_give_what_a_mail_program_shows() {
        assert_eq!(base64(b"aHR0\r\ncHM6 Ly9h*\n"), b"https://a");
        assert_eq!(base64(b"YQ==Yg=="), b"ab");
        assert_eq!(quoted_printable(b"a=3D1=\r\nb=\nc=ZZ=20= \n="), b"a=1bc=ZZ ");
        assert_eq!(quoted_printable(b"=e2=82=ac"), "\u{20ac}".as_bytes());
    }
}
