//! Every way in which a text can be read.
//!
//! Decides how deep encodings are undone and how much is read in all. What a reading holds is decided by who reads it.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::Form;
use super::decode::{self, Scratch, Sink};
use super::respell::respelled;
use super::stretches::stretches;
use super::unescape::{unescaped, unmarked, unquoted};

/// How many encodings inside one another are undone, escapes not counted.
const MAX_DEPTH: u8 = 3;

/// How many times a text is escaped, quoted or turned round before that ends too.
const MAX_STEPS: u8 = 6;

/// What may be read in all: this much, and this many times the text.
const READ_BYTES: usize = 256 * 1024;
const READ_TIMES: usize = 32;

/// The shortest stretch of decoded bytes that is taken for text.
pub(super) const MIN_STRETCH: usize = 5;

/// The shortest string that is looked for in a text that is read backwards or rotated.
const MIN_TURNED: usize = 7;

/// Someone who reads.
pub(super) trait Reader {
    /// One reading. Strings under `shortest` bytes stand in it by chance. Returns whether to stop.
    fn text(&mut self, form: Form, shortest: usize, text: &str) -> bool;
    /// Whether the text in rot13 can hold something, as far as a glance tells.
    fn may_hold_rotated(&self, _shortest: usize, _text: &str) -> bool {
        true
    }
    /// Eight bytes that may be the beginning of a digest. Returns whether to stop.
    fn digest(&mut self, _window: u64) -> bool {
        false
    }
    /// Ten base64 digits without case that may be one. Returns whether to stop.
    fn caseless_digest(&mut self, _window: u64) -> bool {
        false
    }
}

/// Has `reader` read `text` in every form; the form at which it stopped. Base64 is undone from `shortest_run` digits on.
pub(super) fn read(text: &str, shortest_run: usize, reader: &mut impl Reader) -> Option<Form> {
    let budget = text.len().saturating_mul(READ_TIMES).saturating_add(READ_BYTES);
    let mut walk = Walk {
        reader,
        budget,
        shortest_run,
        scratch: Scratch::default(),
        texts: Default::default(),
        turned: String::new(),
    };
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

struct Walk<'r, R> {
    reader: &'r mut R,
    budget: usize,
    shortest_run: usize,
    /// What is used again.
    scratch: Scratch,
    turned: String,
    /// The texts that were decoded at each depth. Those of one depth are read before others are decoded there.
    texts: [Texts; MAX_DEPTH as usize],
}

/// Texts with their forms, one behind the other.
#[derive(Default)]
struct Texts {
    all: String,
    each: Vec<(Form, Range<usize>)>,
}

impl<R: Reader> Walk<'_, R> {
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
        if !text.bytes().any(|byte| matches!(byte, b'%' | b'&' | b'\\' | b'=')) {
            return None;
        }
        [unescaped, unmarked, unquoted].into_iter().find_map(|undo| {
            let plain = undo(text)?;
            self.node(&plain, node.child(Form::Escaped, 0))
        })
    }

    fn rotated(&mut self, text: &str, node: Node) -> Option<Form> {
        let node = node.child(Form::Rotated, MIN_TURNED);
        if !self.reader.may_hold_rotated(node.shortest, text) {
            return None;
        }
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
        let place = usize::from(node.depth);
        let mut texts = core::mem::take(self.texts.get_mut(place)?);
        let found = self.decode(text, &mut texts).then_some(Form::Digest).or_else(|| {
            let depth = node.depth.saturating_add(1);
            texts.each.iter().find_map(|(form, range)| {
                // A text that was turned round once may be turned again once it is decoded.
                let child = Node { depth, is_turned: false, ..node.child(*form, MIN_STRETCH) };
                self.node(texts.all.get(range.clone()).unwrap_or_default(), child)
            })
        });
        if let Some(place) = self.texts.get_mut(place) {
            *place = texts;
        }
        found
    }

    /// Fills `texts` with what `text` says once an encoding is undone; true when there is a digest in it.
    fn decode(&mut self, text: &str, texts: &mut Texts) -> bool {
        let bytes = text.as_bytes();
        texts.all.clear();
        texts.each.clear();
        let scratch = &mut self.scratch;
        let shortest = self.shortest_run;
        let mut stretches = Stretches { reader: &mut *self.reader, form: Form::Base64, texts };
        if decode::base64(bytes, shortest, scratch, &mut stretches) {
            return true;
        }
        if decode::caseless_base64(bytes, scratch, &mut stretches) {
            return true;
        }
        stretches.form = Form::Hexadecimal;
        if decode::hexadecimal(bytes, shortest.max(10), scratch, &mut stretches) {
            return true;
        }
        stretches.form = Form::Base32;
        if decode::base32(bytes, scratch, &mut stretches) {
            return true;
        }
        stretches.form = Form::Decimal;
        decode::decimal(bytes, scratch, &mut stretches)
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
struct Stretches<'r, 't, R> {
    reader: &'r mut R,
    form: Form,
    texts: &'t mut Texts,
}

impl<R: Reader> Sink for Stretches<'_, '_, R> {
    fn run(&mut self, bytes: &[u8]) -> bool {
        let mut window = 0_u64;
        for (index, byte) in bytes.iter().enumerate() {
            window = (window << 8) | u64::from(*byte);
            if index >= 7 && self.reader.digest(window) {
                return true;
            }
        }
        let Texts { all, each } = &mut *self.texts;
        stretches(bytes, |stretch| {
            for chunk in stretch.utf8_chunks().filter(|chunk| chunk.valid().len() >= MIN_STRETCH) {
                let start = all.len();
                all.push_str(chunk.valid());
                each.push((self.form, start..all.len()));
            }
        });
        false
    }

    fn window(&mut self, window: u64) -> bool {
        self.reader.digest(window)
    }

    fn caseless(&mut self, window: u64) -> bool {
        self.reader.caseless_digest(window)
    }
}
