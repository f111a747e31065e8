//! Proofpoint URL Defense, whose decoder the vendor publishes.

use alloc::string::String;

use super::decode;

/// Version 2: `-` stands for `%`, `_` for `/`.
pub(super) fn version_two(value: &str) -> String {
    let value: String = value
        .chars()
        .map(|character| match character {
            '-' => '%',
            '_' => '/',
            other => other,
        })
        .collect();
    decode::percent(&value)
}

/// Version 3: `/v3/__URL__;KEY!`, where each `*` in the URL stands for the next character of KEY in base64, and `**`
/// with a letter for as many as the letter says.
pub(super) fn version_three(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("/v3/__")?;
    let (wrapped, key) = rest.rsplit_once("__;")?;
    let key = key.split('!').next().unwrap_or_default();
    let replaced = decode::base64(key).unwrap_or_default();
    let mut replaced = replaced.chars();
    // Some gateways and mail programs percent-encode the wrapper once more.
    let wrapped = decode::percent(wrapped);
    let mut original = String::with_capacity(wrapped.len());
    let mut characters = wrapped.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '*' {
            original.push(character);
            continue;
        }
        if characters.peek() == Some(&'*') {
            characters.next();
            let length = characters.next().and_then(run_length)?;
            original.extend(replaced.by_ref().take(length));
        } else {
            original.extend(replaced.next());
        }
    }
    Some(decode::with_two_slashes(original))
}

/// `A` is two, `B` three, and so on through base64's URL alphabet.
fn run_length(letter: char) -> Option<usize> {
    let letters = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']);
    letters.zip(2_usize..).find_map(|(known, length)| (known == letter).then_some(length))
}
