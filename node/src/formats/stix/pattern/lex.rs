//! The words of a pattern. Decides where each begins and ends and resolves escapes; knows no grammar.

use std::ops::Range;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name or a keyword.
    Word(String),
    /// `'...'`, escapes resolved.
    Text(String),
    /// `t'...'`, `h'...'` or `b'...'`, resolved, with its letter.
    Tagged(char, String),
    /// A whole or a real number, as written.
    Number(String),
    /// `=`, `==`, `!=`, `<>`, `<`, `<=`, `>`, `>=`.
    Compare(&'static str),
    /// `[ ] ( ) , : . *`
    Sign(char),
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// False once something was met that people write and mean but that the grammar does not allow.
    pub(super) strict: bool,
}

/// The text is not a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAPattern;

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Lexer { text, at: 0, strict: true }
    }

    /// The next token and its place; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(Token, Range<usize>)>, NotAPattern> {
        self.skip_space()?;
        let start = self.at;
        let Some(first) = self.peek() else { return Ok(None) };
        let token = match first {
            '\'' => Token::Text(self.quoted()?),
            't' | 'h' | 'b' if self.rest().as_bytes().get(1) == Some(&b'\'') => {
                self.at += 1;
                Token::Tagged(first, self.tagged(first)?)
            }
            'a'..='z' | 'A'..='Z' | '_' => Token::Word(self.word()),
            '0'..='9' | '+' | '-' => Token::Number(self.number()?),
            '[' | ']' | '(' | ')' | ',' | ':' | '.' | '*' => {
                self.at += 1;
                Token::Sign(first)
            }
            _ => Token::Compare(self.compare()?),
        };
        Ok(Some((token, start..self.at)))
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_space(&mut self) -> Result<(), NotAPattern> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                self.at += 2 + comment.find("*/").ok_or(NotAPattern)? + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("").to_owned()
    }

    fn number(&mut self) -> Result<String, NotAPattern> {
        let rest = self.rest();
        let unsigned = rest.trim_start_matches(['+', '-']);
        let sign = rest.len() - unsigned.len();
        let digits = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
        let fraction = match unsigned.get(digits..).and_then(|tail| tail.strip_prefix('.')) {
            Some(tail) => 1 + tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len()),
            None => 0,
        };
        if sign > 1 || digits == 0 || fraction == 1 {
            return Err(NotAPattern);
        }
        let end = sign + digits + fraction;
        self.at += end;
        Ok(rest.get(..end).unwrap_or("").to_owned())
    }

    fn quoted(&mut self) -> Result<String, NotAPattern> {
        self.at += 1;
        let mut value = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                '\'' => {
                    self.at += offset + 1;
                    return Ok(value);
                }
                '\\' => match chars.next().ok_or(NotAPattern)?.1 {
                    escaped @ ('\\' | '\'') => value.push(escaped),
                    // `'C:\Windows'`, a path that nobody escaped.
                    other => {
                        self.strict = false;
                        value.extend(['\\', other]);
                    }
                },
                _ => value.push(c),
            }
        }
        Err(NotAPattern)
    }

    fn tagged(&mut self, tag: char) -> Result<String, NotAPattern> {
        let value = self.quoted()?;
        let held = match tag {
            't' => is_timestamp(&value),
            'h' => value.len() % 2 == 0 && value.bytes().all(|b| b.is_ascii_hexdigit()),
            _ => {
                value.len() % 4 == 0
                    && value
                        .trim_end_matches('=')
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b))
            }
        };
        if held { Ok(value) } else { Err(NotAPattern) }
    }

    fn compare(&mut self) -> Result<&'static str, NotAPattern> {
        let known = ["==", "!=", "<>", "<=", ">=", "=", "<", ">"];
        let found = known.into_iter().find(|sign| self.rest().starts_with(sign)).ok_or(NotAPattern)?;
        self.at += found.len();
        Ok(found)
    }
}

/// `2024-01-31T10:00:00Z`, with an optional fraction.
pub(super) fn is_timestamp(value: &str) -> bool {
    let shape = b"0000-00-00T00:00:00";
    let bytes = value.as_bytes();
    let Some((head, tail)) = bytes.split_at_checked(shape.len()) else { return false };
    let head_held = head.iter().zip(shape).all(|(b, s)| if *s == b'0' { b.is_ascii_digit() } else { b == s });
    let fraction = match tail.strip_suffix(b"Z") {
        Some(b"") => return head_held,
        Some(fraction) => fraction,
        None => return false,
    };
    head_held
        && fraction.strip_prefix(b".").is_some_and(|f| !f.is_empty() && f.iter().all(u8::is_ascii_digit))
}
