//! What a page shows and where it leads: its visible text, its links, and what it loads.
//!
//! Reads the page as a browser's tokenizer does (WHATWG), in one pass; builds no tree, runs no script, loads nothing.
//! Decides what is a link, a resource or a hidden picture; never whether it is harmful.

use std::collections::BTreeMap;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{HtmlString, Token, Tokenizer};

use super::css;

/// Links and resources of one page beyond this are counted only.
const MAX_LINKS: usize = 120_000;

/// Open elements that are kept in mind, to know what is hidden.
const MAX_OPEN: usize = 256;

/// Scripts' text beyond this is not read.
const MAX_SCRIPT_BYTES: usize = 2 * 1024 * 1024;

/// How something was linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It can be clicked, sent or is opened by itself.
    Link,
    /// The page loads it.
    Resource,
    /// A picture that nobody can see.
    Pixel,
}

/// Something that a page names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// As it is written, character references decoded.
    pub(super) target: String,
    pub(super) used: Use,
    /// Where it stands in the page's visible text.
    pub(super) at: usize,
    /// The words of a link that look like an address of their own, where they do.
    pub(super) shown: Option<String>,
}

/// A page as it is read.
#[derive(Default)]
pub(super) struct Page {
    /// The visible text; blocks are lines. Words of links that look like addresses are left out: the target counts.
    pub(super) text: String,
    pub(super) links: Vec<Link>,
    /// What `<base href>` says.
    pub(super) base: Option<String>,
    /// The text of its scripts.
    pub(super) scripts: String,
    /// Links beyond the bound.
    pub(super) unread: u32,
}

/// Reads a page.
pub(super) fn read(html: &str) -> Page {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => reader.start(&tag.name, &tag.attributes, tag.self_closing),
            Token::EndTag(tag) => reader.end(&tag.name),
            Token::String(text) => reader.words(&String::from_utf8_lossy(&text)),
            // Old Outlook shows what stands in its conditional comments.
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reader.close_link();
    reader.page
}

#[derive(Default)]
struct Reader {
    page: Page,
    /// Open elements and whether each hides what is in it.
    open: Vec<(Vec<u8>, bool)>,
    hidden: usize,
    /// The link that is open: its number and where its words begin.
    link: Option<(usize, usize)>,
}

type Attributes<S> = BTreeMap<HtmlString, S>;

impl Reader {
    fn start<S>(&mut self, name: &[u8], attributes: &Attributes<S>, is_closed: bool)
    where
        S: std::ops::Deref<Target = HtmlString>,
    {
        let value = |key: &str| {
            attributes.get(key.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
        };
        let style = value("style").unwrap_or_default();
        let hides = attributes.contains_key(&b"hidden"[..]) || css::hides(&style);
        let is_link = matches!(name, b"a" | b"area");
        for key in ["href", "xlink:href"] {
            let Some(target) = value(key) else { continue };
            match name {
                b"a" => {
                    self.close_link();
                    self.link = Some((self.page.links.len(), self.page.text.len()));
                    self.add(target, Use::Link);
                }
                b"area" => self.add(target, Use::Link),
                b"base" => {
                    self.page.base.get_or_insert(target);
                }
                _ => self.add(target, Use::Resource),
            }
        }
        for key in ["action", "formaction", "ping"] {
            if let Some(target) = value(key).filter(|_| key != "ping" || is_link) {
                self.add(target, Use::Link);
            }
        }
        if name == b"meta"
            && value("http-equiv").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("refresh"))
            && let Some(target) = value("content").as_deref().and_then(refresh_target)
        {
            self.add(target.to_owned(), Use::Link);
        }
        let is_tiny = |side: &str| {
            value(side)
                .and_then(|size| size.trim().trim_end_matches("px").parse::<f32>().ok())
                .is_some_and(|size| size <= 2.0)
        };
        let is_picture = name == b"img"
            || (name == b"input" && value("type").is_some_and(|kind| kind.eq_ignore_ascii_case("image")));
        let is_unseen =
            hides || self.hidden > 0 || is_tiny("width") || is_tiny("height") || css::is_tiny(&style);
        let used = if is_picture && is_unseen { Use::Pixel } else { Use::Resource };
        for key in ["src", "background", "data", "poster", "lowsrc"] {
            if let Some(target) = value(key) {
                // A frame shows a page of its own.
                let is_frame = matches!(name, b"iframe" | b"frame") && key == "src";
                self.add(target, if is_frame { Use::Link } else { used });
            }
        }
        for key in ["srcset", "imagesrcset"] {
            for target in
                value(key).unwrap_or_default().split(',').filter_map(|each| each.split_whitespace().next())
            {
                self.add(target.to_owned(), used);
            }
        }
        for target in css::urls(&style) {
            self.add(target.to_owned(), Use::Resource);
        }
        if is_block(name) {
            self.line();
        }
        if !is_closed && !is_void(name) && self.open.len() < MAX_OPEN {
            self.hidden += usize::from(hides);
            self.open.push((name.to_vec(), hides));
        }
    }

    fn end(&mut self, name: &[u8]) {
        if name == b"a" {
            self.close_link();
        }
        if is_block(name) {
            self.line();
        }
        // What was opened inside and never closed ends with it.
        if let Some(at) = self.open.iter().rposition(|(open, _)| open == name) {
            for (_, hides) in self.open.drain(at..) {
                self.hidden -= usize::from(hides);
            }
        }
    }

    fn words(&mut self, words: &str) {
        match self.open.last().map(|(name, _)| name.as_slice()) {
            Some(b"style") => {
                let targets: Vec<String> = css::urls(words).map(str::to_owned).collect();
                for target in targets {
                    self.add(target, Use::Resource);
                }
            }
            Some(b"script") => {
                if self.page.scripts.len() + words.len() <= MAX_SCRIPT_BYTES {
                    self.page.scripts.push_str(words);
                    self.page.scripts.push('\n');
                }
            }
            Some(b"title" | b"noembed" | b"template") => {}
            _ if self.hidden > 0 => {}
            _ => {
                for word in words.split_inclusive(char::is_whitespace) {
                    let bare = word.trim_end();
                    self.page.text.push_str(bare);
                    if bare.len() < word.len() && !self.page.text.ends_with([' ', '\n']) {
                        self.page.text.push(' ');
                    }
                }
            }
        }
    }

    fn line(&mut self) {
        if !self.page.text.is_empty() && !self.page.text.ends_with('\n') {
            self.page.text.push('\n');
        }
    }

    fn add(&mut self, target: String, used: Use) {
        if target.trim().is_empty() {
            return;
        }
        if self.page.links.len() >= MAX_LINKS {
            self.page.unread = self.page.unread.saturating_add(1);
            return;
        }
        let at = self.page.text.len();
        self.page.links.push(Link { target, used, at, shown: None });
    }

    /// Ends a link: words that look like an address leave the text.
    fn close_link(&mut self) {
        let Some((number, start)) = self.link.take() else { return };
        let words = self.page.text.get(start..).unwrap_or_default().trim();
        let is_address = words.len() <= 2048
            && !words.contains(char::is_whitespace)
            && !words.contains('@')
            && words.trim_matches('.').contains('.');
        if is_address && let Some(link) = self.page.links.get_mut(number) {
            link.shown = Some(words.to_owned());
            self.page.text.truncate(start);
            self.page.text.push(' ');
        }
    }
}

/// `0; url=https://...` of a refresh.
fn refresh_target(content: &str) -> Option<&str> {
    let (_, rest) = content.split_once([';', ','])?;
    let rest = rest.trim_start();
    let target = match rest.get(..3) {
        Some(head) if head.eq_ignore_ascii_case("url") => rest.get(3..)?.trim_start().strip_prefix('=')?,
        _ => rest,
    };
    let target = target.trim().trim_matches(['\'', '"']);
    (!target.is_empty()).then_some(target)
}

fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"br"
            | b"tr"
            | b"li"
            | b"ul"
            | b"ol"
            | b"table"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"blockquote"
            | b"pre"
            | b"hr"
            | b"td"
            | b"th"
            | b"center"
            | b"section"
            | b"article"
            | b"header"
            | b"footer"
            | b"form"
            | b"body"
            | b"dd"
            | b"dt"
    )
}

fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"param"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn targets(html: &str, used: Use) -> Vec<String> {
        read(html).links.into_iter().filter(|link| link.used == used).map(|link| link.target).collect()
    }

    #[test]
    fn everything_that_leads_somewhere_is_a_link() {
        let html = "<a href=/1>x</a><area href='2'><form action=\"3\"><button formaction=4></form>\
            <meta http-equiv=Refresh content=\"0; URL='5'\"><iframe src=6></iframe><svg><a xlink:href=7></a></svg>\
            <a href=\"?a=1&amp;b=2\">y</a><div onclick=\"location='no'\" data-href=no>";
        assert_eq!(targets(html, Use::Link), ["/1", "2", "3", "4", "5", "6", "7", "?a=1&b=2"]);
    }

    #[test]
    fn hidden_pictures_are_told_from_others() {
        let html = "<img src=1 width=1 height=1><img src=2 style='display: none'><img src=3 width=600>\
            <div style=\"opacity:0\"><img src=4></div><img src=5 hidden><img src=6 style='width:1px'>\
            <td background=7><div style=\"background:url( '8' )\"><style>a{b:url(9)}</style><img srcset='10 1x, 11 2x'>";
        assert_eq!(targets(html, Use::Pixel), ["1", "2", "4", "5", "6"]);
        assert_eq!(targets(html, Use::Resource), ["3", "7", "8", "9", "10", "11"]);
    }

    #[test]
    fn the_words_of_a_link_that_look_like_an_address_are_no_text() {
        let page = read(
            "<p>Go to <a href=http://evil.net/x>https://www.bank.com/login</a> now</p><p>or <a href=y>here</a>",
        );
        assert_eq!(page.text, "Go to  now\nor here");
        assert_eq!(page.links.first().unwrap().shown.as_deref(), Some("https://www.bank.com/login"));
    }

    #[test]
    fn hidden_words_and_scripts_are_no_text() {
        let page = read(
            "<p>a<span style='display:none'>b<script>c</script></span></p><script>var d='https://e.net'</script>f",
        );
        assert_eq!(page.text, "a\nf");
        assert!(page.scripts.contains("https://e.net"));
    }
}
