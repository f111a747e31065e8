//! The texts and pages of a mail.
//!
//! Decides which of their words count: of a forwarded mail only what stands after the mark of the forward, of a page
//! its links before its words. Reads a bounded amount of text; what lies beyond is counted.

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::{Origin, extract};

use super::forward::{self, Quoted};
use super::html::{self, Page, Use};
use super::learned::{Learned, is_anybody};
use super::links::{self, Target};
use super::mime::{Nature, Part};
use super::reader::{Context, Reader, TOO_MANY};
use super::{addresses_in, scripts};
use crate::formats::FormatError;

/// Text of one part.
const MAX_TEXT_BYTES: usize = 6 * 1024 * 1024;

/// Text of all parts together.
pub(super) const MAX_ALL_TEXT_BYTES: usize = 12 * 1024 * 1024;

/// Pages that scripts hide in pages.
const MAX_PAGE_LEVELS: usize = 3;

const OTHER_SITE: &str = "shown as the words of a link: where the link leads counts";
const FORWARDER: &str = "written by who handed the mail on";
const IN_HEADER: &str = "an address in the header of a quoted mail";

/// A greeting stands in the first lines.
const GREETING_LINES: usize = 12;

const GREETINGS: &[&str] = &[
    "dear",
    "hi",
    "hello",
    "hey",
    "good morning",
    "good afternoon",
    "good evening",
    "good day",
    "greetings",
    "attn",
    "attention",
    "hallo",
    "liebe",
    "lieber",
    "sehr geehrte",
    "sehr geehrter",
    "guten tag",
    "guten morgen",
    "bonjour",
    "cher",
    "chère",
    "hola",
    "estimado",
    "estimada",
    "querido",
    "querida",
    "caro",
    "cara",
    "ciao",
    "gentile",
    "prezado",
    "prezada",
    "olá",
    "beste",
    "geachte",
    "hej",
    "kära",
];

const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "prof", "herr", "herrn", "frau", "sir", "madame", "monsieur", "señor",
    "señora",
];

impl Reader {
    /// The mails that a part quotes.
    pub(super) fn quoted_in(&self, part: &Part<'_>) -> Vec<Quoted> {
        let bytes = part.bytes();
        match part.nature() {
            Nature::Text => forward::quoted(&part.text(&bytes, MAX_TEXT_BYTES).0),
            Nature::Html => forward::quoted(&html::read(&part.text(&bytes, MAX_TEXT_BYTES).0).text),
            _ => Vec::new(),
        }
    }

    /// The text of a part within the bounds.
    pub(super) fn bounded_text(&mut self, part: &Part<'_>, bytes: &[u8]) -> String {
        let max_bytes = MAX_TEXT_BYTES.min(self.text_left);
        let (text, is_cut) = part.text(bytes, max_bytes);
        self.text_left = self.text_left.saturating_sub(bytes.len().min(max_bytes));
        if is_cut {
            self.collector.skip("text", TOO_MANY);
        }
        text
    }

    /// A text that is shown as the mail's own.
    pub(super) fn text(&mut self, text: &str, place: &str, context: &Context) -> Result<(), FormatError> {
        let quoted = forward::quoted(text);
        self.greetings(text);
        let start = self.quoted(&quoted, place, context)?;
        if context.is_forward && quoted.is_empty() {
            self.collector.skip("text", FORWARDER);
            return Ok(());
        }
        self.words(text.get(start..).unwrap_or_default(), place)
    }

    /// A page: of the mail itself, or attached to it.
    pub(super) fn page(
        &mut self,
        html: &str,
        place: &str,
        context: &Context,
        level: usize,
    ) -> Result<(), FormatError> {
        let page = html::read(html);
        self.greetings(&page.text);
        let quoted = if level == 0 { forward::quoted(&page.text) } else { Vec::new() };
        let start = self.quoted(&quoted, place, context)?;
        if page.unread > 0 {
            self.collector.skip_many("links", page.unread, TOO_MANY);
        }
        self.links(&page, &quoted, start, place)?;
        self.scripts(&page.scripts, place, context, level)?;
        if context.is_forward && quoted.is_empty() && level == 0 {
            self.collector.skip("text", FORWARDER);
            return Ok(());
        }
        self.words(page.text.get(start..).unwrap_or_default(), place)
    }

    /// Learns whom quoted mails name, offers who sent the forwarded one, and says where what counts begins.
    fn quoted(&mut self, quoted: &[Quoted], place: &str, context: &Context) -> Result<usize, FormatError> {
        let mut start = 0;
        for (number, mail) in quoted.iter().enumerate() {
            for line in &mail.recipients {
                learn_line(&mut self.learned, line, true, &context.senders);
            }
            let is_evidence = context.is_forward && number == 0;
            if !is_evidence {
                // It may be the attacker's own earlier mail: its domain is not taken for the reporter's.
                learn_line(&mut self.learned, &mail.from, false, &context.senders);
                continue;
            }
            start = mail.end;
            self.collector.origin = Origin::Sender;
            for address in addresses_in(&mail.from) {
                if let Ok(email) = Indicator::parse(Kind::Email, address.trim_start_matches("mailto:")) {
                    self.collector.attributes(1);
                    self.collector.keep(email, || format!("{place}, the forwarded mail's sender"))?;
                }
            }
        }
        Ok(start)
    }

    fn links(
        &mut self,
        page: &Page,
        quoted: &[Quoted],
        start: usize,
        place: &str,
    ) -> Result<(), FormatError> {
        for link in &page.links {
            self.collector.attributes(1);
            if link.at < start && start > 0 {
                self.collector.skip("links", FORWARDER);
                continue;
            }
            let in_header = quoted.iter().any(|mail| (mail.start..mail.end).contains(&link.at));
            let (origin, what) = match link.used {
                Use::Link => (Origin::MailLink, "link"),
                Use::Resource => (Origin::MailResource, "resource"),
                Use::Pixel => (Origin::TrackingPixel, "hidden picture"),
            };
            self.collector.origin = origin;
            match links::resolve(&link.target, page.base.as_deref()) {
                Target::Url(url) => {
                    if let Some(shown) = &link.shown
                        && links::is_mismatch(shown, &url)
                    {
                        self.mismatches = self.mismatches.saturating_add(1);
                        self.collector.skip("words of links", OTHER_SITE);
                    }
                    self.collector.keep(url, || format!("{what} in {place}"))?;
                }
                Target::Contacts(_) if in_header => self.collector.skip("links", IN_HEADER),
                Target::Contacts(contacts) => {
                    for contact in contacts {
                        self.collector.keep(contact, || format!("{what} in {place}"))?;
                    }
                }
                Target::Nothing(reason) => self.collector.skip("links", reason),
            }
        }
        Ok(())
    }

    fn scripts(
        &mut self,
        script: &str,
        place: &str,
        context: &Context,
        level: usize,
    ) -> Result<(), FormatError> {
        if script.trim().is_empty() {
            return Ok(());
        }
        let (plain, decoded) = scripts::decoded(script);
        for text in std::iter::once(&plain).chain(&decoded) {
            for address in scripts::addresses(text) {
                self.collector.attributes(1);
                self.collector.origin = Origin::MailLink;
                match Indicator::parse(Kind::Url, address) {
                    Ok(url) if !is_namespace(&url) => {
                        self.collector.keep(url, || format!("script in {place}"))?;
                    }
                    _ => self.collector.skip("links in scripts", "no link"),
                }
            }
        }
        if level < MAX_PAGE_LEVELS {
            for page in decoded.iter().filter(|text| text.contains('<')) {
                self.page(page, place, context, level + 1)?;
            }
        }
        Ok(())
    }

    /// Everything in visible words that looks like an indicator.
    fn words(&mut self, text: &str, place: &str) -> Result<(), FormatError> {
        let extraction = extract(text);
        for found in extraction.found {
            self.collector.attributes(1);
            self.collector.origin = if found.in_prose { Origin::Prose } else { Origin::MailBody };
            self.collector.keep(found.indicator, || place.to_owned())?;
        }
        for skipped in extraction.skipped {
            self.collector.attributes(skipped.count);
            self.collector.skip_many("in the text", skipped.count, skipped.reason);
        }
        Ok(())
    }

    /// Learns whom a text greets.
    fn greetings(&mut self, text: &str) {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(GREETING_LINES);
        for line in lines {
            if let Some(name) = greeted(line) {
                let words: Vec<&str> = name.split_whitespace().collect();
                words.iter().for_each(|word| self.learned.word(word));
                if words.len() > 1 {
                    self.learned.name(&name);
                }
            }
        }
    }
}

/// Whom a line greets, if it begins with a greeting and goes on with one to four words that can be a name.
fn greeted(line: &str) -> Option<String> {
    let line = line.get(..line.floor_char_boundary(120)).unwrap_or(line);
    let lower = line.to_lowercase();
    let greeting = GREETINGS
        .iter()
        .filter(|greeting| {
            lower.strip_prefix(**greeting).is_some_and(|rest| rest.starts_with([' ', ',', ':']))
        })
        .max_by_key(|greeting| greeting.len())?;
    let rest = line.get(greeting.len()..)?.trim_start_matches([' ', ',', ':']);
    let ends =
        [rest.find([',', '!', ':', ';', '?', '(']), rest.find(" -"), rest.find(" –"), sentence_end(rest)];
    let end = ends.into_iter().flatten().min().unwrap_or(rest.len());
    let words: Vec<&str> = rest
        .get(..end)?
        .split_whitespace()
        .filter(|word| !TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str()))
        .collect();
    let is_name = (1..=4).contains(&words.len())
        && words.iter().all(|word| {
            let mut letters = word.trim_end_matches('.').chars();
            letters.all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '’')) && !is_anybody(word)
        });
    is_name.then(|| words.join(" "))
}

/// The first full stop that ends a sentence and not a title.
fn sentence_end(text: &str) -> Option<usize> {
    text.match_indices(". ").map(|(at, _)| at).find(|at| {
        let word =
            text.get(..*at).and_then(|before| before.split_whitespace().next_back()).unwrap_or_default();
        !TITLES.contains(&word.to_lowercase().as_str())
    })
}

/// Learns everybody in a line of a quoted header, `Lee, Anna <anna.lee@smith2028.org>; Bob`, but the senders of the mail.
pub(super) fn learn_line(learned: &mut Learned, line: &str, is_domain_theirs: bool, senders: &[String]) {
    let is_sender = |word: &str| senders.contains(&word.to_lowercase());
    for address in addresses_in(line).filter(|address| !is_sender(address)) {
        learned.address(address, is_domain_theirs);
    }
    let names =
        line.split([';', '<', '>', '[', ']', '(', ')']).map(|part| part.trim_matches([' ', '"', '\'', ',']));
    for part in names.filter(|part| !part.is_empty() && !part.contains('@') && part.len() <= 100) {
        // `Lee, Anna` is one, `Anna Lee, Bob Miller` are two.
        let pieces: Vec<&str> = part.split(',').map(str::trim).filter(|piece| !piece.is_empty()).collect();
        if pieces.len() > 1 && pieces.iter().all(|piece| piece.contains(' ')) {
            pieces.into_iter().filter(|piece| !is_sender(piece)).for_each(|piece| learned.name(piece));
        } else if !is_sender(part) {
            learned.name(part);
        }
    }
}

/// Names of markup languages look like links and are none.
fn is_namespace(url: &Indicator) -> bool {
    [
        "http://www.w3.org/",
        "https://www.w3.org/",
        "http://schemas.microsoft.com/",
        "http://schemas.openxmlformats.org/",
        "http://ns.adobe.com/",
    ]
    .iter()
    .any(|known| url.value().starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_line_greets_is_found() {
        for (line, expected) in [
            ("Dear Anna Lee,", Some("Anna Lee")),
            ("Hi Anna!", Some("Anna")),
            ("Sehr geehrte Frau Dr. Lee,", Some("Lee")),
            ("Good morning, Anna - please", Some("Anna")),
            ("Dear Customer,", None),
            ("Hi there", None),
            ("Dear valued member of the bank, we", None),
            ("Hidden costs", None),
            ("Dear ohio-invoices.net,", None),
        ] {
            assert_eq!(greeted(line).as_deref(), expected, "{line}");
        }
    }
}
