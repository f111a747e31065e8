//! Every way in which a text can be read.
//!
//! Decides how deep encodings are undone and how much is read in all. What a reading holds is decided by who reads it.

use alloc::string::String;
use alloc::vec::Vec;

use super::Form;
use super::decode::{self, Sink};
use super::respell::respelled;
use super::unescape::{unescaped, unmarked, unquoted};

/// How many encodings inside one another are undone, escapes not counted.
const MAX_DEPTH: u8 = 3;

/// How many times a text is escaped, quoted or turned round before that ends too.
const MAX_STEPS: u8 = 6;

/// What may be read in all: this much, and this many times the text.
const READ_BYTES: usize = 256 * 1024;
const READ_TIMES: usize = 32;

/// The shortest stretch of decoded bytes that is taken for text.
const MIN_STRETCH: usize = 5;

/// The shortest string that is looked for in a text that is read backwards or rotated.
const MIN_TURNED: usize = 7;

/// Someone who reads.
pub(in crate::sanitize::forms) trait Reader {
    /// One reading. Strings under `shortest` bytes stand in it by chance. Returns whether to stop.
    fn text(&mut self, form: Form, shortest: usize, text: &str) -> bool;
    /// Eight bytes that may be the beginning of a digest. Returns whether to stop.
    fn digest(&mut self, _window: u64) -> bool {
        false
    }
}

/// Has `reader` read `text` in every form; the form at which it stopped. Base64 is undone from `shortest_run` digits on.
pub(in crate::sanitize::forms) fn read(
    text: &str,
    shortest_run: usize,
    reader: &mut dyn Reader,
) -> Option<Form> {
    let budget = text.len().saturating_mul(READ_TIMES).saturating_add(READ_BYTES);
    let mut walk = Walk { reader, budget, shortest_run, digits: Vec::new(), turned: String::new() };
    walk.node(text, Node { form: Form::Plain, shortest: 0, depth: 0, steps: 0, is_turned: false })
}

#[derive(Clone, Copy)]
struct Node {
    form: Form,
    shortest: usize,
    depth: u8,
    steps: u8,
    /// It was turned round already.
    is_turned: bool,
}

impl Node {
    /// A reading of this one. The outermost encoding names the form.
    fn child(self, form: Form, shortest: usize) -> Node {
        let form = if matches!(self.form, Form::Plain | Form::Escaped) { form } else { self.form };
        Node { form, shortest: self.shortest.max(shortest), steps: self.steps.saturating_add(1), ..self }
    }
}

struct Walk<'r> {
    reader: &'r mut dyn Reader,
    budget: usize,
    shortest_run: usize,
    /// Scratch.
    digits: Vec<u8>,
    turned: String,
}

impl Walk<'_> {
    fn node(&mut self, text: &str, node: Node) -> Option<Form> {
        let Some(budget) = self.budget.checked_sub(text.len()) else { return Some(Form::Unread) };
        self.budget = budget;
        if self.reader.text(node.form, node.shortest, text) {
            return Some(node.form);
        }
        if let Some(respelled) = respelled(text)
            && self.reader.text(node.form, node.shortest, &respelled)
        {
            return Some(node.form);
        }
        if let Some(form) = self.rotated(text, node) {
            return Some(form);
        }
        if node.depth < MAX_DEPTH
            && let Some(form) = self.decoded(text, node)
        {
            return Some(form);
        }
        if node.steps >= MAX_STEPS {
            return None;
        }
        if !node.is_turned
            && let Some(form) = self.reversed(text, node)
        {
            return Some(form);
        }
        [unescaped, unmarked, unquoted].into_iter().find_map(|undo| {
            let plain = undo(text)?;
            self.node(&plain, node.child(Form::Escaped, 0))
        })
    }

    fn rotated(&mut self, text: &str, node: Node) -> Option<Form> {
        let node = node.child(Form::Rotated, MIN_TURNED);
        let mut turned = core::mem::take(&mut self.turned);
        turned.clear();
        turned.extend(text.chars().map(rot13));
        let stop = self.reader.text(node.form, node.shortest, &turned);
        self.turned = turned;
        stop.then_some(node.form)
    }

    fn reversed(&mut self, text: &str, node: Node) -> Option<Form> {
        let mut turned = core::mem::take(&mut self.turned);
        turned.clear();
        turned.extend(text.chars().rev());
        let child = Node { is_turned: true, ..node.child(Form::Reversed, MIN_TURNED) };
        let found = self.node(&turned, child);
        if self.turned.capacity() < turned.capacity() {
            self.turned = turned;
        }
        found
    }

    fn decoded(&mut self, text: &str, node: Node) -> Option<Form> {
        let bytes = text.as_bytes();
        let mut digits = core::mem::take(&mut self.digits);
        let shortest = self.shortest_run;
        let mut texts: Vec<(Form, String)> = Vec::new();
        let mut found = None;
        for form in [Form::Base64, Form::Hexadecimal, Form::Base32, Form::Decimal] {
            let mut stretches = Stretches {
                reader: &mut *self.reader,
                form,
                texts: &mut texts,
                stretch: Vec::new(),
                due: 0,
                window: 0,
                length: 0,
            };
            let stopped = match form {
                Form::Base64 => decode::base64(bytes, shortest, &mut digits, &mut stretches),
                Form::Hexadecimal => {
                    decode::hexadecimal(bytes, shortest.max(10), &mut digits, &mut stretches)
                }
                Form::Base32 => decode::base32(bytes, &mut digits, &mut stretches),
                _ => decode::decimal(bytes, &mut digits, &mut stretches),
            };
            if stopped {
                found = Some(Form::Digest);
                break;
            }
        }
        self.digits = digits;
        if found.is_some() {
            return found;
        }
        let depth = node.depth.saturating_add(1);
        texts.into_iter().find_map(|(form, text)| {
            // A text that was turned round once may be turned again once it is decoded.
            let child = Node { depth, is_turned: false, ..node.child(form, MIN_STRETCH) };
            self.node(&text, child)
        })
    }
}

fn rot13(character: char) -> char {
    let turn = |base: u8| {
        let offset = u8::try_from(character).unwrap_or(base).wrapping_sub(base);
        char::from(base.wrapping_add((offset.wrapping_add(13)) % 26))
    };
    match character {
        'a'..='z' => turn(b'a'),
        'A'..='Z' => turn(b'A'),
        other => other,
    }
}

/// The printable stretches of decoded bytes, UTF-8 or, its zeros left out, UTF-16.
struct Stretches<'r, 't> {
    reader: &'r mut dyn Reader,
    form: Form,
    texts: &'t mut Vec<(Form, String)>,
    stretch: Vec<u8>,
    /// How many more bytes the character needs that has begun.
    due: usize,
    /// The last eight bytes, and how many there were.
    window: u64,
    length: usize,
}

impl Stretches<'_, '_> {
    fn flush(&mut self) {
        self.due = 0;
        if self.stretch.len() >= MIN_STRETCH {
            for chunk in self.stretch.utf8_chunks().filter(|chunk| chunk.valid().len() >= MIN_STRETCH) {
                self.texts.push((self.form, String::from(chunk.valid())));
            }
        }
        self.stretch.clear();
    }
}

impl Sink for Stretches<'_, '_> {
    fn byte(&mut self, byte: u8) -> bool {
        self.window = (self.window << 8) | u64::from(byte);
        self.length = self.length.saturating_add(1);
        if self.length >= 8 && self.reader.digest(self.window) {
            return true;
        }
        match byte {
            0 => {}
            0x80..=0xbf if self.due > 0 => {
                self.due = self.due.saturating_sub(1);
                self.stretch.push(byte);
            }
            _ => {
                let due = match byte {
                    b' '..=b'~' | b'\t' | b'\r' | b'\n' => Some(0),
                    0xc3..=0xdf => Some(1),
                    0xe0..=0xef => Some(2),
                    0xf0..=0xf4 => Some(3),
                    _ => None,
                };
                if self.due > 0 || due.is_none() {
                    self.flush();
                }
                if let Some(due) = due {
                    self.due = due;
                    self.stretch.push(byte);
                }
            }
        }
        false
    }

    fn end(&mut self) -> bool {
        self.flush();
        (self.window, self.length) = (0, 0);
        false
    }

    fn window(&mut self, window: u64) -> bool {
        self.reader.digest(window)
    }
}
