//! Files made to stall or to fill the memory end in time, within bounds, and with a clear outcome: the real program on
//! real files.

#![allow(clippy::unwrap_used)]

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use watchfire_tests::client::Home;

/// A build without optimisation on a busy machine; a release build takes a tenth.
const IN_TIME: Duration = Duration::from_secs(120);
/// The most memory that any of them may take.
const MEMORY: u64 = 600_000_000;

/// Publishes without sending, and gives the exit code and the document.
fn publish(home: &Home, name: &str, content: impl AsRef<[u8]>) -> (i32, Value) {
    let path = home.file(name, content);
    let mut command = home.command();
    command.args(["--json", "publish", "--dry-run", "--yes", &path]);
    let out = home.folder().join("out.json");
    command.stdout(std::fs::File::create(&out).unwrap()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("");
        peak = peak.max(line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) * 1024);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > IN_TIME {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{name}: still running after {IN_TIME:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let code = status.code().unwrap_or_else(|| panic!("{name}: ended by a signal: {status}"));
    assert!(peak < MEMORY, "{name}: {} MB", peak / 1_000_000);
    assert!([0, 8, 9].contains(&code), "{name}: exit code {code}");
    let document = std::fs::read_to_string(&out).unwrap();
    let document: Value =
        serde_json::from_str(&document).unwrap_or_else(|error| panic!("{name}: {error}: {document}"));
    assert_eq!(document["schema"], 1, "{name}");
    (code, document)
}

fn home() -> Home {
    let home = Home::init("Smith 2028", "blue");
    home.ok(&["sanitizer", "own", "--domain", "smith2028.org", "--name", "Anna Lee"]);
    home
}

/// Whether this indicator would leave.
fn kept(document: &Value, value: &str) -> bool {
    document["kept"].as_array().is_some_and(|kept| kept.iter().any(|one| one["value"] == value))
}

/// Whether nothing of the member's own stands in what would leave.
fn tells_nothing(document: &Value) {
    let outgoing = document["outgoing"].to_string().to_lowercase();
    assert!(!outgoing.contains("smith2028") && !outgoing.contains("anna.lee"), "{outgoing:.300}");
}

const HEAD: &str = "Received: from mta1.ohio-invoices.net (mta1.ohio-invoices.net [185.174.101.13]) by mx1.smith2028.org for <anna.lee@smith2028.org>\r\n\
                    From: Accounts <billing@ohio-invoices.net>\r\nTo: Anna Lee <anna.lee@smith2028.org>\r\nSubject: Invoice\r\nMIME-Version: 1.0\r\n";

fn mail(body: &str) -> String {
    format!("{HEAD}{body}")
}

#[test]
fn a_mail_of_50_mb_ends_in_time() {
    let home = home();
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let mut body = String::from(
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee https://pay.ohio-invoices.net/view/open\r\n--b\r\nContent-Type: application/zip; name=invoice.zip\r\nContent-Disposition: attachment; filename=invoice.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    );
    body.push_str(&line.repeat(50_000_000 / line.len()));
    body.push_str("--b--\r\n");
    let (code, document) = publish(&home, "large.eml", mail(&body));
    if code == 0 {
        assert!(kept(&document, "https://pay.ohio-invoices.net/view/open"));
    }
    tells_nothing(&document);
}

#[test]
fn ten_thousand_nested_parts_end_in_time() {
    let home = home();
    let mut body = String::new();
    for depth in 0..10_000 {
        body.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{depth}\"\r\n\r\n--b{depth}\r\n"));
    }
    body.push_str("Content-Type: text/plain\r\n\r\nhttps://pay.ohio-invoices.net/deep\r\n");
    tells_nothing(&publish(&home, "nested.eml", mail(&body)).1);
    let forwarded = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
    tells_nothing(&publish(&home, "forwarded.eml", mail(&forwarded)).1);
    let mut wide = String::from("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    for part in 0..10_000 {
        wide.push_str(&format!(
            "--b\r\nContent-Type: text/plain\r\n\r\nhttps://p{part}.ohio-invoices.net/x\r\n"
        ));
    }
    tells_nothing(&publish(&home, "wide.eml", mail(&wide)).1);
}

#[test]
fn pages_built_to_stall_a_parser_end_in_time() {
    let home = home();
    let page = |html: &str| mail(&format!("Content-Type: text/html; charset=utf-8\r\n\r\n{html}"));
    let many = 1_000_000;
    let cases = [
        ("unclosed.eml", "<div>".repeat(many)),
        ("unclosed-links.eml", "<a href=\"https://x.ohio-invoices.net/\">".repeat(20_000)),
        (
            "attributes.eml",
            format!("<img {}>", (0..100_000).map(|at| format!("a{at}=b ")).collect::<String>()),
        ),
        ("entities.eml", format!("<p>{}</p>", "&#x61;&amp;".repeat(300_000))),
        ("half-entities.eml", "&#x6".repeat(500_000)),
        ("open-tags.eml", "<".repeat(many)),
        ("comment.eml", "<!--".repeat(300_000)),
        ("tables.eml", "<table><tr><td>".repeat(100_000)),
        ("formatting.eml", "<b><i><a><p>".repeat(50_000)),
        ("quotes.eml", format!("<a href=\"{}", "https://x.ohio-invoices.net/'\"".repeat(50_000))),
    ];
    for (name, html) in cases {
        tells_nothing(&publish(&home, name, page(&html)).1);
    }
}

#[test]
fn broken_mails_have_a_clear_outcome() {
    let home = home();
    let cases: [(&str, Vec<u8>); 7] = [
        ("boundary.eml", mail("Content-Type: multipart/mixed\r\n\r\n--b\r\nhttps://pay.ohio-invoices.net/x\r\n").into()),
        ("charset.eml", [mail("Content-Type: text/plain; charset=klingon-8\r\n\r\n").as_bytes(), b"https://pay.ohio-invoices.net/\xe9\xff\r\n"].concat()),
        ("utf16.eml", mail("Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\naAB0AHQAcABzADoALwAvAA==\r\n").into()),
        ("nul.eml", [mail("\r\nbefore ").as_bytes(), b"\0\0 https://pay.ohio-invoices.net/nul \0 after\r\n"].concat()),
        ("bidi.eml", mail("Content-Type: text/plain; charset=utf-8\r\n\r\nhttps://pay.ohio-invoices.net/\u{202e}gpj.exe and \u{2066}invoice\u{2069}\r\n").into()),
        ("base64.eml", mail("Content-Transfer-Encoding: base64\r\n\r\n!!!! not base64 at all ====\r\n").into()),
        ("header.eml", mail(&format!("X-Long: {}\r\n\r\nhttps://pay.ohio-invoices.net/x", "a".repeat(3_000_000))).into()),
    ];
    for (name, content) in cases {
        tells_nothing(&publish(&home, name, content).1);
    }
}

#[test]
fn an_archive_that_would_blow_up_is_never_unpacked() {
    let home = home();
    // A zip whose only entry claims 4 GB.
    let mut zip =
        b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\x10\0\0\0\xff\xff\xff\xff\x08\0\0\0bomb.bin".to_vec();
    zip.extend([0; 64]);
    let (code, _) = publish(&home, "bomb.zip", &zip);
    assert_eq!(code, 8, "an archive is no text");
}

#[test]
fn a_table_with_a_million_columns_ends_in_time() {
    let home = home();
    let head = vec!["domain"; 1_000_000].join(",");
    let row = vec!["pay.ohio-invoices.net"; 1_000_000].join(",");
    tells_nothing(&publish(&home, "wide.csv", format!("{head}\n{row}\n{row}\n")).1);
    let quoted = format!("domain,comment\npay.ohio-invoices.net,\"{}\n", "x\"\"".repeat(1_000_000));
    tells_nothing(&publish(&home, "quoted.csv", quoted).1);
}

#[test]
fn deeply_nested_json_ends_in_time() {
    let home = home();
    let lists = "[".repeat(1_000_000);
    tells_nothing(&publish(&home, "lists.json", &lists).1);
    let objects = format!("{}1{}", "{\"objects\":[{\"a\":".repeat(200_000), "}]}".repeat(200_000));
    tells_nothing(&publish(&home, "objects.json", objects).1);
    let pattern =
        format!("{}url:value = 'https://pay.ohio-invoices.net/'{}", "(".repeat(100_000), ")".repeat(100_000));
    let bundle = watchfire_tests::samples::stix(
        "Lure",
        &[&format!("[{pattern}]"), "[domain-name:value = 'pay.ohio-invoices.net']"],
    );
    tells_nothing(&publish(&home, "pattern.json", bundle).1);
}

#[test]
fn texts_built_to_stall_the_extractor_end_in_time() {
    let home = home();
    let cases = [
        ("dots.txt", "a.".repeat(2_000_000)),
        ("ats.txt", "a@".repeat(1_000_000)),
        ("percent.txt", format!("https://pay.ohio-invoices.net/?e={}40", "%25".repeat(500_000))),
        ("base64.txt", format!("https://pay.ohio-invoices.net/?e={}", "QUJDRA".repeat(300_000))),
        ("brackets.txt", "hxxp://a[.]".repeat(300_000)),
        ("hex.txt", "61".repeat(2_000_000)),
        ("bidi.txt", "\u{202e}\u{2066}".repeat(500_000)),
        ("digits.txt", "4192387134 ".repeat(300_000)),
        ("line.txt", "https://".repeat(500_000)),
    ];
    for (name, text) in cases {
        tells_nothing(&publish(&home, name, text).1);
    }
}
