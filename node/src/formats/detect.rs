//! Whether a text means to be JSON. Decided by its first characters, not by whether it can be read: a STIX file that
//! was cut short has to be refused as such, and must not be mined as prose.

/// True for what begins like an object or a list of objects or strings.
pub(super) fn looks_like_json(text: &str) -> bool {
    let text = text.trim_start();
    let after = |open: char| text.strip_prefix(open).map(str::trim_start);
    if let Some(inside) = after('{') {
        return inside.is_empty() || inside.starts_with(['"', '}']);
    }
    match after('[') {
        // `[.]com` and `[1] see below` are prose.
        Some(inside) => inside.is_empty() || inside.starts_with(['{', '"', ']', '[']),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_characters_tell_json_from_prose() {
        for json in ["{\"a\":1", "\n [ {", "[]", "{", "[\"a.com\"]"] {
            assert!(looks_like_json(json), "{json}");
        }
        for prose in ["[1] see below", "evil[.]com", "[.]com", "{campaign} of May", "a,b"] {
            assert!(!looks_like_json(prose), "{prose}");
        }
    }
}
