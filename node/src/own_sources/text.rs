//! From a file's bytes to text. Office programs still write UTF-16 and one-byte letters.

/// The text, or `None` when it is none.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(_) => one_byte_table(bytes)?,
        },
    };
    (!text.contains('\0')).then_some(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        _ => 0,
    });
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

/// A table whose letters have one byte each, as Western office programs write them (ISO 8859-1). Only a table: its
/// first line has delimiters.
fn one_byte_table(bytes: &[u8]) -> Option<String> {
    let first = bytes.split(|byte| *byte == b'\n').next()?;
    let is_table = [b',', b';', b'\t'].iter().any(|delimiter| first.contains(delimiter));
    let is_text = !bytes.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n'));
    (is_table && is_text).then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn what_office_programs_write_is_read() {
        assert_eq!(decode("\u{feff}Zoë".as_bytes()).as_deref(), Some("Zoë"));
        assert_eq!(decode(b"\xff\xfea\0\xeb\0").as_deref(), Some("aë"));
        assert_eq!(decode(b"Name;Mail\r\nZo\xeb;x").as_deref(), Some("Name;Mail\r\nZoë;x"));
        assert_eq!(decode(b"caf\xe9\n"), None);
        assert_eq!(decode(b"a,\xe9\0"), None);
    }
}
