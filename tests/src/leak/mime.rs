//! Mails as bytes: headers, parts, transfer encodings, attachments.

use super::encode::{base64_lines, encoded_word, percent, quoted_printable};
use super::random::Random;

/// An attached file.
#[derive(Clone, Debug)]
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) content: Vec<u8>,
}

/// What a mail holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) plain: Option<String>,
    pub(super) html: Option<String>,
    pub(super) attached: Vec<Attached>,
    /// A whole mail inside.
    pub(super) nested: Option<String>,
}

/// A header's text, encoded where it must be and sometimes where it need not.
pub(super) fn header_text(random: &mut Random, text: &str) -> String {
    if text.is_ascii() && random.percent(75) {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let words: Vec<String> = letters
        .chunks(12)
        .map(|chunk| encoded_word(&chunk.iter().collect::<String>(), random.percent(40)))
        .collect();
    words.join("\r\n ")
}

/// `"Anna Lee" <anna@...>`
pub(super) fn mailbox(random: &mut Random, name: &str, address: &str) -> String {
    match (name.is_ascii(), random.below(3)) {
        (true, 0) => format!("{} <{address}>", name.replace(['.', ','], "")),
        (true, _) => format!("\"{name}\" <{address}>"),
        (false, _) => format!("{} <{address}>", encoded_word(name, random.percent(40))),
    }
}

fn text_part(random: &mut Random, kind: &str, text: &str) -> String {
    match random.below(3) {
        0 => format!(
            "Content-Type: {kind}; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
            quoted_printable(text)
        ),
        1 => format!(
            "Content-Type: {kind}; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            base64_lines(text.as_bytes())
        ),
        _ => format!(
            "Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
            text.replace('\n', "\r\n")
        ),
    }
}

fn attached_part(random: &mut Random, file: &Attached) -> String {
    let name = if file.name.is_ascii() && random.percent(70) {
        format!("filename=\"{}\"", file.name)
    } else if random.percent(50) {
        format!("filename*=UTF-8''{}", percent(&file.name, false, true))
    } else {
        format!("filename=\"{}\"", encoded_word(&file.name, false))
    };
    format!(
        "Content-Type: {}\r\nContent-Disposition: attachment; {name}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        file.kind,
        base64_lines(&file.content)
    )
}

fn multipart(random: &mut Random, kind: &str, parts: &[String]) -> String {
    let edge = format!("=_{}", random.mixed(20));
    let body: String = parts.iter().map(|part| format!("--{edge}\r\n{part}\r\n")).collect();
    format!("Content-Type: multipart/{kind}; boundary=\"{edge}\"\r\n\r\n{body}--{edge}--\r\n")
}

/// The headers of the content, an empty line, and the content.
pub(super) fn body(random: &mut Random, content: &Content) -> String {
    let mut texts = Vec::new();
    if let Some(plain) = &content.plain {
        texts.push(text_part(random, "text/plain", plain));
    }
    if let Some(html) = &content.html {
        texts.push(text_part(random, "text/html", html));
    }
    let text = match texts.as_slice() {
        [one] => one.clone(),
        _ => multipart(random, "alternative", &texts),
    };
    if content.attached.is_empty() && content.nested.is_none() {
        return text;
    }
    let mut parts = vec![text];
    for file in &content.attached {
        parts.push(attached_part(random, file));
    }
    if let Some(nested) = &content.nested {
        parts.push(format!("Content-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\n{nested}"));
    }
    multipart(random, "mixed", &parts)
}
