//! What other tools get to read.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod any_value;
mod csv;
mod stix;
mod text;

use watchfire::export::{ExportRow, Exported};
use watchfire::formats::{self, Parsed};
use watchfire_keys::time::UnixMillis;
use watchfire_protocol::indicator::{Indicator, Kind, Tlp};

/// 2024-05-01T09:00:00Z
const CREATED: UnixMillis = UnixMillis(1_714_554_000_000);

/// One indicator of every kind, with what is hard to write in some format.
fn every_kind() -> Vec<Indicator> {
    let value = |kind: Kind| match kind {
        Kind::Domain => "donate.example",
        Kind::Ipv4 => "203.0.113.9",
        Kind::Ipv6 => "2001:db8::9",
        Kind::Cidr => "203.0.113.0/25",
        Kind::Url => "https://donate.example/it's?a=1,2&b=%5C",
        Kind::Email => "pay@donate.example",
        Kind::Md5 => "0cc175b9c0f1b6a831c399e269772661",
        Kind::Sha1 => "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8",
        Kind::Sha256 => "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        Kind::Sha512 => {
            "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75"
        }
        Kind::Ssdeep => "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C",
        Kind::Tlsh => "T1B4F0A9F3E8C1D2B4A5968778695A4B3C2D1E0F1A2B3C4D5E6F708192A3B4C5D6E7F809",
        Kind::Filename => "=it's a \"name\", really.exe",
        Kind::Certificate => "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8",
        Kind::Ja3 => "e7d705a3286e19ea42f587b344ee6865",
        Kind::Ja4 => "t13d1516h2_8daaf6152771_b186095e22b6",
        Kind::Asn => "AS64500",
        Kind::UserAgent => "@kit/1.0 ('quoted\\')",
        Kind::Phone => "+12025550143",
        Kind::Account => "telegram:someone",
        Kind::Hashtag => "#donate",
        Kind::CryptoAddress => "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        Kind::App => "com.donate.pay",
        Kind::Cve => "CVE-2024-12345",
        Kind::StixPattern => "[process:name = 'it\\'s' AND process:command_line LIKE '%pay%']",
        Kind::Yara => "rule kit {\n  strings: $a = \"pay\"\n  condition: $a\n}",
        Kind::Sigma => {
            "title: Kit\nlogsource:\n  product: windows\ndetection:\n  selection:\n    Image: pay.exe\n  condition: selection"
        }
        Kind::Suricata => {
            "alert dns any any -> any any (msg:\"kit\"; dns.query; content:\"donate.example\"; sid:1; rev:1;)"
        }
    };
    Kind::ALL
        .into_iter()
        .map(|kind| Indicator::parse(kind, value(kind)).unwrap_or_else(|e| panic!("{kind}: {e}")))
        .collect()
}

fn rows(indicators: &[Indicator]) -> Vec<ExportRow<'_>> {
    let row = |(number, indicator): (usize, _)| ExportRow {
        indicator,
        state: ["reported", "corroborated", "disputed", "withdrawn", "expired"][number % 5],
        tlp: [Tlp::Clear, Tlp::Green, Tlp::Amber][number % 3],
        title: "=Donation \"pages\",\nand more",
        author: "A Campaign",
        side: "democratic",
        created: CREATED,
        valid_until: (number % 2 == 0).then_some(CREATED.saturating_add(86_400_000)),
        record: "5f".repeat(32),
    };
    indicators.iter().enumerate().map(row).collect()
}

/// The same rows, one of them for members only.
fn with_secret<'a>(rows: &[ExportRow<'a>], tlp: Tlp) -> Vec<ExportRow<'a>> {
    let mut rows = rows.to_vec();
    rows[0].tlp = tlp;
    rows
}

fn written<'a>(
    write: impl Fn(Vec<ExportRow<'a>>, &mut dyn std::io::Write) -> std::io::Result<Exported>,
    rows: Vec<ExportRow<'a>>,
) -> (Exported, String) {
    let mut out = Vec::new();
    let exported = write(rows, &mut out).unwrap();
    (exported, String::from_utf8(out).unwrap())
}

fn read_back(text: &str, name: &str) -> Parsed {
    formats::read(text.as_bytes(), Some(name), None).unwrap()
}

/// The indicators of a file in no order.
fn set(parsed: &Parsed) -> std::collections::BTreeSet<Indicator> {
    parsed.indicators.iter().map(|found| found.indicator.clone()).collect()
}
