//! The one error that reaches a person or a script: what went wrong, what to try, and the exit code.
//!
//! Every part of this crate that talks to people turns its failures into this type where the remedy is known, which is
//! where it happened. It never carries secrets.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::exit::Exit;

/// A failure with its remedy. Printed as two lines, or as one JSON document with `--json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    code: Cow<'static, str>,
    text: String,
    remedy: String,
    exit: Exit,
}

/// The result of everything that a person can be told about.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error with its machine name (`lower-case-words`, a promise to scripts), one sentence without a full stop for
    /// people, and what to try.
    pub fn new(
        exit: Exit,
        code: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { code: code.into(), text: shown(&text.into()), remedy: shown(&remedy.into()), exit }
    }

    /// The command line is wrong: exit code 2.
    pub fn usage(text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", text, remedy)
    }

    /// The machine name, stable across versions.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What went wrong, on one line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What to try, on one line, without the leading `try: `.
    pub fn remedy(&self) -> &str {
        &self.remedy
    }

    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The JSON document of `--json`, without a line end.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Document<'a> {
            schema: u32,
            error: Body<'a>,
        }
        #[derive(Serialize)]
        struct Body<'a> {
            code: &'a str,
            text: &'a str,
            r#try: &'a str,
        }
        let body = Body { code: &self.code, text: &self.text, r#try: &self.remedy };
        // Strings and one number always serialise; the fallback keeps the promise of a document in any case.
        serde_json::to_string(&Document { schema: 1, error: body })
            .unwrap_or_else(|_| r#"{"schema":1,"error":{"code":"failed","text":"","try":""}}"#.to_owned())
    }
}

/// The two lines that a person reads.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\ntry: {}", self.text, self.remedy)
    }
}

impl std::error::Error for Error {}

/// The most characters of a text or a remedy: what a person typed may be in it, and that may be a whole file.
const MAX_CHARS: usize = 400;

/// One line, cut where nobody reads on.
fn shown(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// File names, titles and peers' answers end up in errors: keeps them on one line and keeps them from moving the
/// cursor, recolouring the terminal or turning the reading direction around.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            '\n' | '\r' | '\t' => line.push(' '),
            hidden if is_hidden(hidden) => line.extend(hidden.escape_unicode()),
            plain => line.push(plain),
        }
    }
    line
}

/// Control characters, and the invisible ones that change how the rest of a line is shown.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{Error, one_line};
    use crate::exit::Exit;

    #[test]
    fn an_error_is_two_lines_whatever_its_text_holds() {
        let error = Error::new(Exit::Failed, "sample", "first\nsecond\u{1b}[2J", "look\r\nthere\u{202e}");
        assert_eq!(error.to_string(), "error: first second\\u{1b}[2J\ntry: look  there\\u{202e}");
    }

    #[test]
    fn the_json_is_one_document_with_its_schema_first() {
        let error = Error::usage("say \"which\"", "watchfire --help");
        assert_eq!(
            error.to_json(),
            r#"{"schema":1,"error":{"code":"usage","text":"say \"which\"","try":"watchfire --help"}}"#
        );
    }

    #[test]
    fn plain_text_of_any_language_stays_as_it_is() {
        assert_eq!(one_line("Straße, 東京, café"), "Straße, 東京, café");
    }
}
