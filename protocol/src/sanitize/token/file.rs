//! What the end of a path segment says about its randomness.

use crate::indicator::{Extension, extension};

/// How a path segment ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sanitize) enum Tail<'a> {
    /// No known file.
    None,
    /// A page or a picture, which servers make up for anybody: its ending, with the dot.
    Page(&'a str),
    /// A file that lies on a server, the same for everybody: a program, script, archive, document, style sheet.
    File,
}

/// Pages and pictures. Sorted.
const PAGES: [&str; 12] =
    ["bmp", "gif", "htm", "html", "ico", "jpeg", "jpg", "json", "png", "shtml", "svg", "webp"];

/// Endings of files that are no name of a domain's end and stand in no other list. Sorted.
const FILES: [&str; 14] = [
    "ashx", "asmx", "cfm", "cgi", "do", "jspx", "map", "mjs", "php3", "php5", "php7", "phtml", "woff",
    "woff2",
];

/// How `segment` ends.
pub(in crate::sanitize) fn file_tail(segment: &str) -> Tail<'_> {
    let Some((stem, ending)) = segment.rsplit_once('.') else { return Tail::None };
    if stem.is_empty() || ending.len() > 17 {
        return Tail::None;
    }
    let lower = ending.to_ascii_lowercase();
    if PAGES.binary_search(&lower.as_str()).is_ok() {
        return Tail::Page(segment.get(stem.len()..).unwrap_or_default());
    }
    let is_file = FILES.binary_search(&lower.as_str()).is_ok()
        || matches!(extension(segment), Some(Extension::Telling | Extension::Everyday));
    if is_file { Tail::File } else { Tail::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_and_scripts_are_files_and_pages_are_pages() {
        assert!(PAGES.is_sorted() && FILES.is_sorted());
        for name in ["x8d7f2.exe", "7a6f.zip", "8f3a9c2d.php", "q1w2e3.js", "main.8f3a9c2d.css", "x8d7f2.cgi"]
        {
            assert_eq!(file_tail(name), Tail::File, "{name}");
        }
        assert_eq!(file_tail("8f3a9c2d.html"), Tail::Page(".html"));
        assert_eq!(file_tail("open.gif"), Tail::Page(".gif"));
        assert_eq!(file_tail("a.b.Xk29fLq"), Tail::None);
        assert_eq!(file_tail(".exe"), Tail::None);
    }
}
