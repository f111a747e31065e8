//! From the bytes of a part to text. What the mail says about its charset is often wrong or missing: bytes that are
//! UTF-8 are read as such, whatever they say they are, unless they are pure ASCII in a charset that shifts.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// The text of a part.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    let text = match charset {
        // These are ASCII on the outside.
        Some(name) if is_shifting(name) => declared(bytes, name),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => match charset {
                Some(name) => declared(bytes, name),
                None => guessed(bytes).into_owned(),
            },
        },
    };
    // A NUL is shown by no mail program, and hides a word from whoever compares.
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

/// Text of unknown charset: UTF-8, else as Western Europe's.
pub(super) fn guessed(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => match charset_decoder(b"windows-1252") {
            Some(decoder) => Cow::Owned(decoder(bytes)),
            None => String::from_utf8_lossy(bytes),
        },
    }
}

fn declared(bytes: &[u8], name: &str) -> String {
    match charset_decoder(name.trim_matches(['"', '\'', ' ']).as_bytes()) {
        Some(decoder) => decoder(bytes),
        None => guessed(bytes).into_owned(),
    }
}

fn is_shifting(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["iso-2022", "iso_2022", "hz-gb", "utf-7", "utf7", "utf-16", "utf16", "ucs-2"]
        .iter()
        .any(|known| name.starts_with(known))
}
