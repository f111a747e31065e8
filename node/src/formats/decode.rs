//! From the bytes of a file to text. Decides the encoding (UTF-8, UTF-16 by its byte order mark or its zeros) and
//! refuses what is no text; never guesses at older 8-bit encodings.

use std::borrow::Cow;

use super::{FormatError, MAX_FILE_BYTES};

/// A file as text.
pub(super) struct Decoded<'b> {
    pub(super) text: Cow<'b, str>,
    /// The offset of the first byte that was no UTF-8 and was replaced.
    pub(super) damaged_at: Option<usize>,
}

const SAVE_AS_TEXT: &str = "open it and save or copy its content as plain text";
const UNPACK: &str = "unpack it first";

/// The beginnings of files that people take for text.
const KNOWN_BINARIES: [(&[u8], &str, &str); 7] = [
    (b"%PDF-", "a PDF document", SAVE_AS_TEXT),
    (
        b"PK\x03\x04",
        "a zip archive or an office document",
        "unpack it first, or save the document as plain text",
    ),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old office document or an Outlook message", SAVE_AS_TEXT),
    (b"\x89PNG", "a picture", "type the indicators into a text file"),
    (b"\xff\xd8\xff", "a picture", "type the indicators into a text file"),
];

/// Size first, then what it is, then its text.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, FormatError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(FormatError::TooLarge { bytes: bytes.len(), max: MAX_FILE_BYTES });
    }
    for (magic, what, remedy) in KNOWN_BINARIES {
        if bytes.starts_with(magic) {
            return Err(FormatError::Binary { what, remedy });
        }
    }
    let decoded = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => utf16(bytes, u16::from_le_bytes),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => utf16(bytes, u16::from_be_bytes),
        _ => utf8(bytes),
    };
    if decoded.text.trim().is_empty() {
        return Err(FormatError::Empty);
    }
    if decoded.text.contains('\0') {
        return Err(FormatError::Binary { what: "a binary file", remedy: SAVE_AS_TEXT });
    }
    Ok(decoded)
}

fn utf8(bytes: &[u8]) -> Decoded<'_> {
    let damaged_at = std::str::from_utf8(bytes).err().map(|error| error.valid_up_to());
    Decoded { text: String::from_utf8_lossy(bytes), damaged_at }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded<'static> {
    let mut damaged_at = (bytes.len() % 2 == 1).then(|| bytes.len().saturating_sub(1));
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        _ => 0,
    });
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(units) {
        text.push(decoded.unwrap_or_else(|_| {
            damaged_at.get_or_insert(text.len());
            char::REPLACEMENT_CHARACTER
        }));
    }
    Decoded { text: Cow::Owned(text), damaged_at }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn utf16_of_either_order_is_read_with_and_without_its_mark() {
        let little: Vec<u8> = "a.b\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "a.b\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [vec![0xff, 0xfe], little.clone()].concat();
        for bytes in [little, big, marked] {
            assert_eq!(decode(&bytes).unwrap().text, "a.b\r\n");
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        let error = |bytes: &[u8]| decode(bytes).err().unwrap();
        assert!(matches!(error(b"%PDF-1.7\n"), FormatError::Binary { what: "a PDF document", .. }));
        assert!(matches!(error(b"\x7fELF\0\0\0\x01\x02"), FormatError::Binary { .. }));
        assert_eq!(error(b" \r\n"), FormatError::Empty);
        assert_eq!(error(b"\xef\xbb\xbf"), FormatError::Empty);
        assert!(matches!(error(&vec![b'a'; MAX_FILE_BYTES + 1]), FormatError::TooLarge { .. }));
    }

    #[test]
    fn a_wrong_byte_is_replaced_and_its_place_known() {
        let decoded = decode(b"caf\xe9 evil.com").unwrap();
        assert_eq!((decoded.damaged_at, decoded.text.as_ref()), (Some(3), "caf\u{fffd} evil.com"));
    }
}
