//! Mails made to stall, to fill the memory or to break a parser: a clear outcome in bounded time, never a panic.

#![allow(clippy::print_stderr)]

use std::time::{Duration, Instant};

use watchfire::formats::{self, Format, FormatError, Parsed};
use watchfire::sanitizing::{Policy, Wish, sanitize};

use super::{ATTACHED, INLINE, INVOICE, MAILBOX};

/// Far above what any of these takes, far below what anything above linear would take; the tests run unoptimised.
const PATIENCE: Duration = Duration::from_secs(60);

fn timed(what: &str, mail: &[u8]) -> Result<Parsed, FormatError> {
    let start = Instant::now();
    let parsed = formats::read(mail, None, Some(Format::Mail));
    let took = start.elapsed();
    eprintln!("{what}: {} bytes in {took:?}", mail.len());
    assert!(took < PATIENCE, "{what} took {took:?}");
    parsed
}

fn html(body: &str) -> Vec<u8> {
    format!("From: a@ohio-invoices.net\nTo: anna.lee@smith2028.org\nContent-Type: text/html\n\n{body}")
        .into_bytes()
}

#[test]
fn ten_thousand_parts_in_parts() {
    let mut multipart = b"From: a@ohio-invoices.net\n".to_vec();
    let mut messages = multipart.clone();
    for level in 0..10_000 {
        multipart.extend_from_slice(
            format!("Content-Type: multipart/mixed; boundary=\"b{level}\"\n\n--b{level}\n").as_bytes(),
        );
        messages.extend_from_slice(b"Content-Type: message/rfc822\n\nFrom: a@ohio-invoices.net\n");
    }
    for mail in [multipart, messages] {
        let parsed = timed("nested", &mail).unwrap();
        assert!(parsed.skipped.iter().any(|skipped| skipped.reason == "more than is read of one mail"));
    }
}

#[test]
fn parts_without_end_and_boundaries_that_never_come() {
    let mut mail = b"From: a@ohio-invoices.net\nContent-Type: multipart/mixed; boundary=a\n\n".to_vec();
    for number in 0..50_000 {
        mail.extend_from_slice(
            format!("--a\nContent-Type: multipart/mixed; boundary=x{number}\n\nhi\n").as_bytes(),
        );
    }
    assert!(timed("missing boundaries", &mail).is_ok());
    let same = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n".repeat(50_000);
    assert!(timed("one boundary again and again", &same).is_ok());
}

#[test]
fn headers_of_ten_megabytes() {
    let fold = " x=?utf-8?Q?=41?=,".repeat(100);
    let long = format!("From: a@ohio-invoices.net\nSubject: {}\n\nx", format!("{fold}\n").repeat(5_000));
    assert!(timed("one long field", long.as_bytes()).is_ok());
    let many = format!("From: a@ohio-invoices.net\n{}\n\nx", "Received: from a by b\n".repeat(500_000));
    assert!(matches!(timed("many fields", many.as_bytes()), Err(FormatError::TooMany { .. })));
    let odd = format!("From: {}\nTo: b\n\nx", "=?a".repeat(3_000_000));
    assert!(timed("no encoded words", odd.as_bytes()).is_ok());
    let quoted =
        format!("From: {}\nContent-Type: {}\n\nx", "\"(".repeat(2_000_000), "a/b;".repeat(1_000_000));
    assert!(timed("open quotes", quoted.as_bytes()).is_ok());
}

#[test]
fn a_million_recipients_are_refused_at_once() {
    let to = "p@smith2028.org,\n ".repeat(1_000_000);
    let mail = format!("From: a@ohio-invoices.net\nTo: {to}\n\nx");
    assert!(matches!(timed("recipients", mail.as_bytes()), Err(FormatError::TooMany { .. })));
    let fields = "To: p@smith2028.org\n".repeat(1_000_000);
    let mail = format!("From: a@ohio-invoices.net\n{fields}\nx");
    assert!(matches!(timed("fields of recipients", mail.as_bytes()), Err(FormatError::TooMany { .. })));
}

#[test]
fn a_hundred_thousand_links() {
    let links: String =
        (0..100_000).map(|number| format!("<a href=\"https://ohio-invoices.net/{number}\">x</a>")).collect();
    let parsed = timed("links", &html(&links)).unwrap();
    assert_eq!(parsed.indicators.len(), 100_002);
}

#[test]
fn pages_built_to_stall() {
    for (what, page) in [
        ("open tags", "<div><a href=x><b style=display:none>".repeat(10_000)),
        ("attributes", format!("<a {}>", (0..30_000).map(|n| format!("a{n}=b ")).collect::<String>())),
        ("no end of a tag", format!("<a href=\"{}", "x".repeat(1_666_666))),
        ("comments", "<!--".repeat(125_000)),
        ("references", "&amp".repeat(200_000)),
        ("styles", format!("<style>{}", "url(".repeat(500_000))),
        ("imports", format!("<style>{}", "@import ".repeat(300_000))),
        ("style attributes", format!("<p style=\"{}\">", "width:1;".repeat(500_000))),
        ("scripts", format!("<script>{}", "http://".repeat(300_000))),
        ("strings", format!("<script>{}", "'".repeat(500_000))),
        ("pages in scripts", format!("<script>a=\"{}\"", "PHNjcmlwdD4i".repeat(50_000))),
        ("srcset", format!("<img srcset=\"{}\">", "a 1x,".repeat(125_000))),
        ("sets of links", "<a href=//a.b>a.b".repeat(16_666)),
        ("at signs", "a@".repeat(333_333)),
        ("headers in text", "From: a\nTo: b\n".repeat(33_333)),
        ("greetings", "Dear Anna Lee,\n".repeat(33_333)),
        ("bidi", "\u{202e}\u{2066}gro.8202htims\u{200b}".repeat(100_000)),
    ] {
        assert!(timed(what, &html(&page)).is_ok(), "{what}");
    }
}

#[test]
fn a_mail_of_fifty_megabytes() {
    let attached = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\n".repeat(700_000);
    let mail = format!(
        "From: a@ohio-invoices.net\nTo: anna.lee@smith2028.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhttps://ohio-invoices.net/x\n--b\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n{attached}--b--\n"
    );
    let parsed = timed("attachment", mail.as_bytes()).unwrap();
    assert_eq!(parsed.indicators.len(), 5);
    let text = format!(
        "From: a@ohio-invoices.net\n\n{}",
        "words and words and https://ohio-invoices.net/x\n".repeat(1_000_000)
    );
    let parsed = timed("text", text.as_bytes()).unwrap();
    assert!(parsed.skipped.iter().any(|skipped| skipped.what == "text"));
    let large = vec![b'a'; formats::MAX_MAIL_BYTES + 1];
    assert!(matches!(formats::read(&large, None, Some(Format::Mail)), Err(FormatError::TooLarge { .. })));
}

#[test]
fn a_mail_of_a_hundred_kilobytes_is_quick() {
    let row = "<tr><td style=\"padding:4px\"><a href=\"https://ohio-invoices.net/a?b=1\">Read more</a> about the invoice</td></tr>\n";
    let mail = html(&format!("<table>{}</table>", row.repeat(900)));
    assert!(mail.len() > 95_000);
    let start = Instant::now();
    sanitize(&mail, &Wish::default(), &Policy::default()).unwrap();
    eprintln!("100 kB: {:?}", start.elapsed());
}

#[test]
fn every_cut_and_every_wrong_byte_gives_a_mail_or_an_error() {
    for mail in [INVOICE, INLINE, ATTACHED, MAILBOX] {
        for cut in (0..mail.len()).step_by(7) {
            let _ = formats::read(mail.get(..cut).unwrap(), None, Some(Format::Mail));
        }
        for at in (0..mail.len()).step_by(11) {
            for byte in [0, b'\n', b'=', b'"', 0xff] {
                let mut mail = mail.to_vec();
                *mail.get_mut(at).unwrap() = byte;
                let _ = formats::read(&mail, None, Some(Format::Mail));
            }
        }
    }
}
