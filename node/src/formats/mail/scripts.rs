//! Web addresses in the scripts of a page, also in the strings that a script decodes before it uses them.
//!
//! Runs nothing: undoes base64 and percent-escapes of quoted strings once, which is how attached pages hide their form.

use super::links::percent_decoded;
use super::transfer;

/// Decoded strings of one page.
const MAX_STRINGS: usize = 40;

/// Addresses of one page.
const MAX_ADDRESSES: usize = 20_000;

/// A shorter string hides no page.
const MIN_STRING_BYTES: usize = 20;

/// Every web address written in `text`.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("://").take(MAX_ADDRESSES).filter_map(|(at, _)| {
        let head = text.get(..at)?;
        let start = ["https", "http"].iter().find(|scheme| {
            head.get(head.len().saturating_sub(scheme.len())..)
                .is_some_and(|tail| tail.eq_ignore_ascii_case(scheme))
        })?;
        let start = at - start.len();
        let rest = text.get(start..)?;
        let is_end = |c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '"' | '\'' | '`' | '<' | '>' | '\\' | '(' | ')' | '{' | '}' | '[' | ']' | ';' | ',' | '|'
                )
        };
        let end = rest
            .char_indices()
            .take(4096)
            .find(|(_, c)| is_end(*c))
            .map_or(rest.len().min(4096), |(end, _)| end);
        // A scheme alone is put together with a host at run time.
        rest.get(..end).filter(|url| url.len() > start.abs_diff(at) + 3)
    })
}

/// The scripts' text with `\/` undone, and what its longer strings decode to.
pub(super) fn decoded(script: &str) -> (String, Vec<String>) {
    let plain = script.replace("\\/", "/");
    let mut found = Vec::new();
    let mut rest = plain.as_str();
    while found.len() < MAX_STRINGS {
        let Some(open) = rest.find(['"', '\'', '`']) else { break };
        let quote = rest.get(open..).and_then(|rest| rest.chars().next()).unwrap_or('"');
        let Some(after) = rest.get(open + 1..) else { break };
        let Some(end) = after.find(quote) else { break };
        let string = after.get(..end).unwrap_or_default();
        if string.len() >= MIN_STRING_BYTES {
            found.extend(decode(string));
        }
        rest = after.get(end + 1..).unwrap_or_default();
    }
    (plain, found)
}

fn decode(string: &str) -> Option<String> {
    if string.matches('%').take(6).count() > 5 {
        return Some(percent_decoded(string));
    }
    let is_base64 = string
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_'));
    if !is_base64 {
        return None;
    }
    let text = String::from_utf8(transfer::base64(string.as_bytes())).ok()?;
    (text.contains("://") || text.contains('<')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_plain_and_encoded() {
        let script = r#"var a='https:\/\/ohio-invoices.net\/x?y=1'; b = atob("aHR0cHM6Ly9vaGlvLWludm9pY2VzLm5ldC9wYXk="); c="http://"+d"#;
        let (plain, decoded) = decoded(script);
        assert_eq!(addresses(&plain).collect::<Vec<_>>(), ["https://ohio-invoices.net/x?y=1"]);
        assert_eq!(decoded, ["https://ohio-invoices.net/pay"]);
    }
}
