//! The grammar of STIX patterning 2.1 (2.0's `START '...'` too). Decides whether a text is a pattern and how it
//! hangs together, with a bounded depth and length; knows nothing of indicator types.

use std::ops::Range;

use super::lex::{Lexer, NotAPattern, Token, is_timestamp};
use super::{Comparison, Join, Literal, Observation, Operator, Path, Test};

/// The longest pattern that is read. Feeds put a thousand hashes into one `IN`; nothing needs more.
pub(crate) const MAX_PATTERN_BYTES: usize = 256 * 1024;

/// How deep brackets may be nested; patterns in the field have two or three.
const MAX_DEPTH: u32 = 32;

/// A pattern that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern<'t> {
    /// The text it was read from.
    pub text: &'t str,
    /// What it says.
    pub root: Observation,
    /// False when it is clear what is meant, but the grammar does not allow it (a bare `hashes.SHA-256`, a
    /// backslash that is not escaped): its plain values can be used, the pattern itself cannot be handed on.
    pub strict: bool,
}

/// Reads a whole pattern.
pub(crate) fn parse(text: &str) -> Result<Pattern<'_>, NotAPattern> {
    if text.len() > MAX_PATTERN_BYTES {
        return Err(NotAPattern);
    }
    let mut lexer = Lexer::new(text);
    let next = lexer.next()?;
    let mut parser = Parser { lexer, next, end: 0 };
    let root = parser.followed(MAX_DEPTH)?;
    match parser.next {
        None => Ok(Pattern { text, root, strict: parser.lexer.strict }),
        Some(_) => Err(NotAPattern),
    }
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    next: Option<(Token, Range<usize>)>,
    /// Where the last taken token ended.
    end: usize,
}

impl Parser<'_> {
    fn take(&mut self) -> Result<Token, NotAPattern> {
        let following = self.lexer.next()?;
        let (token, place) = std::mem::replace(&mut self.next, following).ok_or(NotAPattern)?;
        self.end = place.end;
        Ok(token)
    }

    fn start(&self) -> usize {
        self.next.as_ref().map_or(self.end, |(_, place)| place.start)
    }

    fn sees(&self, sign: char) -> bool {
        matches!(&self.next, Some((Token::Sign(seen), _)) if *seen == sign)
    }

    fn sees_word(&self, word: &str) -> bool {
        matches!(&self.next, Some((Token::Word(seen), _)) if seen == word)
    }

    fn taken(&mut self, word: &str) -> Result<bool, NotAPattern> {
        let seen = self.sees_word(word);
        if seen {
            self.take()?;
        }
        Ok(seen)
    }

    fn expect(&mut self, sign: char) -> Result<(), NotAPattern> {
        if self.take()? == Token::Sign(sign) { Ok(()) } else { Err(NotAPattern) }
    }

    fn followed(&mut self, depth: u32) -> Result<Observation, NotAPattern> {
        self.joined("FOLLOWEDBY", Join::FollowedBy, depth, |parser, depth| {
            parser.joined("OR", Join::Or, depth, |parser, depth| {
                parser.joined("AND", Join::And, depth, Self::observation)
            })
        })
    }

    fn joined(
        &mut self,
        word: &str,
        join: Join,
        depth: u32,
        one: impl Fn(&mut Self, u32) -> Result<Observation, NotAPattern>,
    ) -> Result<Observation, NotAPattern> {
        let start = self.start();
        let first = one(self, depth)?;
        if !self.sees_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.taken(word)? {
            parts.push(one(self, depth)?);
        }
        Ok(Observation::Joined(join, parts, start..self.end))
    }

    fn observation(&mut self, depth: u32) -> Result<Observation, NotAPattern> {
        let depth = depth.checked_sub(1).ok_or(NotAPattern)?;
        let start = self.start();
        let inner = if self.sees('(') {
            self.take()?;
            let inner = self.followed(depth)?;
            self.expect(')')?;
            inner
        } else {
            self.expect('[')?;
            let test = self.any_of(depth)?;
            self.expect(']')?;
            Observation::Test(test, start..self.end)
        };
        let mut qualified = false;
        while self.qualifier()? {
            qualified = true;
        }
        Ok(if qualified { Observation::Qualified(Box::new(inner), start..self.end) } else { inner })
    }

    fn qualifier(&mut self) -> Result<bool, NotAPattern> {
        if self.taken("START")? {
            self.time()?;
            if !self.taken("STOP")? {
                return Err(NotAPattern);
            }
            self.time()?;
        } else if self.taken("WITHIN")? {
            self.positive(true)?;
            if !self.taken("SECONDS")? {
                return Err(NotAPattern);
            }
        } else if self.taken("REPEATS")? {
            self.positive(false)?;
            if !self.taken("TIMES")? {
                return Err(NotAPattern);
            }
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn time(&mut self) -> Result<(), NotAPattern> {
        match self.take()? {
            Token::Tagged('t', _) => Ok(()),
            Token::Text(time) if is_timestamp(&time) => Ok(()),
            _ => Err(NotAPattern),
        }
    }

    fn positive(&mut self, real: bool) -> Result<(), NotAPattern> {
        match self.take()? {
            Token::Number(number)
                if !number.starts_with('-')
                    && number.contains(|c| matches!(c, '1'..='9'))
                    && (real || !number.contains('.')) =>
            {
                Ok(())
            }
            _ => Err(NotAPattern),
        }
    }

    fn any_of(&mut self, depth: u32) -> Result<Comparison, NotAPattern> {
        let start = self.start();
        let first = self.all_of(depth)?;
        if !self.sees_word("OR") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.taken("OR")? {
            parts.push(self.all_of(depth)?);
        }
        Ok(Comparison::Or(parts, start..self.end))
    }

    fn all_of(&mut self, depth: u32) -> Result<Comparison, NotAPattern> {
        let start = self.start();
        let first = self.comparison(depth)?;
        if !self.sees_word("AND") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.taken("AND")? {
            parts.push(self.comparison(depth)?);
        }
        Ok(Comparison::And(parts, start..self.end))
    }

    fn comparison(&mut self, depth: u32) -> Result<Comparison, NotAPattern> {
        let depth = depth.checked_sub(1).ok_or(NotAPattern)?;
        if self.sees('(') {
            self.take()?;
            let inner = self.any_of(depth)?;
            self.expect(')')?;
            return Ok(inner);
        }
        let start = self.start();
        let exists = self.taken("EXISTS")?;
        let path = self.path()?;
        let test = if exists {
            Test { path, negated: false, operator: Operator::Other, values: Vec::new() }
        } else {
            let negated = self.taken("NOT")?;
            let (operator, values) = self.compared()?;
            Test { path, negated, operator, values }
        };
        Ok(Comparison::Test(test, start..self.end))
    }

    fn compared(&mut self) -> Result<(Operator, Vec<Literal>), NotAPattern> {
        match self.take()? {
            Token::Compare("=" | "==") => Ok((Operator::Equal, vec![self.literal()?])),
            Token::Compare(_) => Ok((Operator::Other, vec![self.literal()?])),
            Token::Word(word) => match word.as_str() {
                "IN" => Ok((Operator::In, self.set()?)),
                "LIKE" | "MATCHES" => Ok((Operator::Other, vec![self.string()?])),
                "ISSUBSET" => Ok((Operator::IsSubset, vec![self.string()?])),
                "ISSUPERSET" => Ok((Operator::IsSuperset, vec![self.string()?])),
                _ => Err(NotAPattern),
            },
            _ => Err(NotAPattern),
        }
    }

    fn set(&mut self) -> Result<Vec<Literal>, NotAPattern> {
        self.expect('(')?;
        let mut values = vec![self.literal()?];
        while self.sees(',') {
            self.take()?;
            values.push(self.literal()?);
        }
        self.expect(')')?;
        Ok(values)
    }

    fn string(&mut self) -> Result<Literal, NotAPattern> {
        match self.literal()? {
            text @ Literal::Text(_) => Ok(text),
            Literal::Number(_) | Literal::Other(_) => Err(NotAPattern),
        }
    }

    fn literal(&mut self) -> Result<Literal, NotAPattern> {
        Ok(match self.take()? {
            Token::Text(text) => Literal::Text(text),
            Token::Number(number) => Literal::Number(number),
            Token::Tagged(_, text) => Literal::Other(text),
            Token::Word(word) if word == "true" || word == "false" => Literal::Other(word),
            Token::Word(_) | Token::Compare(_) | Token::Sign(_) => return Err(NotAPattern),
        })
    }

    fn path(&mut self) -> Result<Path, NotAPattern> {
        let Token::Word(object) = self.take()? else { return Err(NotAPattern) };
        self.expect(':')?;
        let mut steps = vec![self.step()?];
        loop {
            if self.sees('.') {
                self.take()?;
                steps.push(self.step()?);
            } else if self.sees('[') {
                self.take()?;
                steps.push(match self.take()? {
                    Token::Sign('*') => "[*]".to_owned(),
                    Token::Number(index) if !index.contains('.') => format!("[{index}]"),
                    _ => return Err(NotAPattern),
                });
                self.expect(']')?;
            } else {
                return Ok(Path { object, steps });
            }
        }
    }

    fn step(&mut self) -> Result<String, NotAPattern> {
        match self.take()? {
            Token::Word(name) => {
                // A name with a hyphen has to be quoted, but feeds write `hashes.SHA-256` bare and mean it.
                self.lexer.strict &= !name.contains('-');
                Ok(name)
            }
            Token::Text(name) => Ok(name),
            _ => Err(NotAPattern),
        }
    }
}
