//! Every form in the table of this folder, written by encoders of the tests' own.

#![allow(clippy::unwrap_used)]

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::sanitize::guard;
use crate::sanitize::own::OwnList;

fn list() -> OwnList {
    OwnList {
        domains: vec!["campaign.org".into(), "wähl-mich.de".into(), "smith2028.net".into()],
        names: vec![
            "Anna Maria Lee".into(),
            "Zoë Müller".into(),
            "anna.lee@webmail.net".into(),
            "The Office <info@webmail.net>".into(),
            "王小芳".into(),
        ],
        words: vec!["Lakeview".into()],
        phones: vec!["+1 (202) 555-0143".into()],
        networks: vec!["185.174.101.0/24".into()],
    }
}

fn forbidden() -> Forbidden {
    Forbidden::new(&[&list()])
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648 with padding, bit by bit.
pub(super) fn base64(bytes: &[u8]) -> String {
    digits(bytes, 6, ALPHABET, 4)
}

fn base32(bytes: &[u8]) -> String {
    digits(bytes, 5, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 8)
}

fn digits(bytes: &[u8], width: usize, alphabet: &[u8], group: usize) -> String {
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| (byte >> bit) & 1)).collect();
    let mut text: String = bits
        .chunks(width)
        .map(|chunk| {
            let value = (0..width).fold(0, |value, at| value * 2 + usize::from(*chunk.get(at).unwrap_or(&0)));
            char::from(alphabet[value])
        })
        .collect();
    while !text.len().is_multiple_of(group) {
        text.push('=');
    }
    text
}

fn each(text: &str, show: impl Fn(u8) -> String, by: &str) -> String {
    text.bytes().map(show).collect::<Vec<_>>().join(by)
}

fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

fn rot13(text: &str) -> String {
    let turn = |c: char| match c {
        'a'..='m' | 'A'..='M' => char::from_u32(c as u32 + 13).unwrap(),
        'n'..='z' | 'N'..='Z' => char::from_u32(c as u32 - 13).unwrap(),
        c => c,
    };
    text.chars().map(turn).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Every encoding of a text, by a name for the message of a test that fails.
pub(super) fn encodings(text: &str) -> Vec<(&'static str, String)> {
    let b64 = base64(text.as_bytes());
    let hex = each(text, |b| format!("{b:02x}"), "");
    let percent = each(text, |b| format!("%{b:02X}"), "");
    let url = b64.replace('+', "-").replace('/', "_").trim_end_matches('=').to_string();
    let json = format!("{{\"id\":7,\"email\":\"{text}\",\"t\":1}}");
    let mut wrapped =
        base64(format!("lorem ipsum dolor sit amet consectetur adipiscing {text} elit sed do").as_bytes());
    wrapped.insert_str(38, "\r\n");
    wrapped.insert_str(76, "\r\n");
    vec![
        ("plain", text.to_string()),
        ("capitals", text.to_uppercase()),
        ("percent", percent.clone()),
        ("percent, small", percent.to_lowercase()),
        ("percent twice", percent.replace('%', "%25")),
        ("percent five times", percent.replace('%', "%2525252525")),
        ("decimal entities", each(text, |b| format!("&#{b};"), "")),
        ("hexadecimal entities", each(text, |b| format!("&#x{b:X};"), "")),
        ("quoted-printable", each(text, |b| format!("={b:02X}"), "")),
        ("u escapes", each(text, |b| format!("\\u{b:04x}"), "")),
        ("x escapes", each(text, |b| format!("\\x{b:02x}"), "")),
        ("base64", b64.clone()),
        ("base64, one before", base64(format!(":{text}:").as_bytes())),
        ("base64, two before", base64(format!("::{text}").as_bytes())),
        ("base64, glued", format!("xyz{url}")),
        ("base64, glued by two", format!("ab{url}cd")),
        ("base64url", url.clone()),
        ("base64, percent padding", b64.replace('=', "%3D").replace('+', "%2B").replace('/', "%2F")),
        ("base64, JSON", base64(json.as_bytes())),
        ("base64, wrapped", wrapped),
        ("base64, capitals", base64(text.to_uppercase().as_bytes())),
        ("base64, UTF-16", base64(&utf16(text))),
        ("base64 of base64", base64(b64.as_bytes())),
        ("base64 of base64 of base64", base64(base64(b64.as_bytes()).as_bytes())),
        ("base64 of percent", base64(percent.as_bytes())),
        ("base64 of hexadecimal", base64(hex.as_bytes())),
        ("percent of base64", each(&b64, |b| format!("%{b:02x}"), "")),
        ("hexadecimal of base64", each(&b64, |b| format!("{b:02x}"), "")),
        ("hexadecimal", hex.clone()),
        ("hexadecimal, capitals", hex.to_uppercase()),
        ("hexadecimal, glued", format!("f{hex}0")),
        ("hexadecimal, 0x", format!("0x{hex}")),
        ("hexadecimal, 0x each", each(text, |b| format!("0x{b:02x}"), ",")),
        ("hexadecimal, colons", each(text, |b| format!("{b:02x}"), ":")),
        ("hexadecimal, hyphens", each(text, |b| format!("{b:02X}"), "-")),
        ("hexadecimal, blanks", each(text, |b| format!("{b:02x}"), " ")),
        ("decimal", each(text, |b| format!("{b}"), "-")),
        ("decimal, commas", each(text, |b| format!("{b}"), ", ")),
        ("base32", base32(text.as_bytes())),
        ("base32, small, no padding", base32(text.as_bytes()).to_lowercase().replace('=', "")),
        ("base32, glued", format!("abc{}", base32(text.as_bytes()).to_lowercase())),
        ("reversed", reversed(text)),
        ("reversed base64", reversed(&b64)),
        ("base64 of reversed", base64(reversed(text).as_bytes())),
        ("rot13", rot13(text)),
        ("base64 of rot13", base64(rot13(text).as_bytes())),
    ]
}

#[test]
fn a_string_is_found_in_every_encoding_and_place() {
    let forbidden = forbidden();
    for secret in [
        "staff@campaign.org",
        "www.campaign.org",
        "anna.lee@webmail.net",
        "Anna Maria Lee",
        "anna-lee",
        "Smith2028",
        "+1 202-555-0143",
    ] {
        for (name, text) in encodings(secret) {
            // Telephone numbers are no letters: reversed and rotated they are themselves or nothing.
            if secret.starts_with('+') && (name.contains("revers") || name.contains("rot13")) {
                continue;
            }
            for place in
                [text.clone(), format!("https://evil.net/c?x=1&d={text}&k=2"), format!("see {text} there")]
            {
                assert!(forbidden.form_in(&place).is_some(), "{secret}, {name}: {place}");
                assert!(forbidden.form_in_part(&place).is_some(), "{secret}, {name}: {place}");
            }
        }
    }
}

#[test]
fn a_string_is_found_in_every_spelling() {
    let forbidden = forbidden();
    for text in [
        "anna[.]lee[@]webmail[.]net",
        "anna.lee[at]webmail[dot]net",
        "anna.lee (at) webmail (dot) net",
        "anna.lee at webmail dot net",
        "anna.lee_at_webmail.net",
        "anna_lee_at_webmail_dot_net",
        "anna.leeATwebmailDOTnet",
        "anna.lee+news@webmail.net",
        "anna.lee%2Bnews%40webmail.net",
        "annalee@webmail.net",
        "a.n.n.a.l.e.e@webmail.net",
        "bounce-anna.lee=webmail.net@mailer.net",
        "anna.lee%webmail.net",
        "anna.lee-webmail.net",
        "annaleewebmailnet",
        "idannaleewebmailnetx",
        "webmail.net/anna.lee",
        "ａｎｎａ.ｌｅｅ＠ｗｅｂｍａｉｌ．ｎｅｔ",
        "an\u{ad}na.l\u{200b}ee@webmail.net",
        "аnnа.lее@webmail.net",
        "ánna.lee@webmail.net",
        "hxxps://www[.]campaign[.]org/x",
        "campaign [.] org",
        "campaign dot org",
        "campaign\\.org",
        "campaign.org.evil.net",
        "my-campaign.org",
        "campaign-org.net",
        "campaignorg",
        "x@campaign.org",
        "anna_lee=campaign.org",
        "org.campaign.donate",
        "WÄHL-MICH.DE",
        "xn--whl-mich-0za.de",
        "Lee, Anna Maria",
        "Lee, Anna",
        "LEE ANNA",
        "anna.maria.lee",
        "lee_anna",
        "AnnaLee.docx",
        "TeamAnnaLeeInvoice",
        "anna m. lee",
        "A N N A   L E E",
        "ZOE MUELLER",
        "Zoe Muller",
        "zo%C3%AB m%FCller",
        "请王小芳看",
        "the Lakeview office",
        "LAKEVIEW-2.pdf",
        "smith2028/login",
        "tel:2025550143",
        "+1.202.555.0143",
        "(202) 555 0143",
        "0012025550143",
        "185.174.101.7",
        "ip:185.174.101.7",
        "C:%5Cannalee%5Cx",
        "http://185[.]174[.]101[.]7:8080/",
    ] {
        assert!(forbidden.form_in(text).is_some(), "{text}");
    }
}

#[test]
fn digests_are_found() {
    use sha2::Digest as _;
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let forbidden = forbidden();
    for text in [
        "anna.lee@webmail.net",
        "ANNA.LEE@WEBMAIL.NET",
        "anna.lee@webmail.net\n",
        "anna.lee",
        "campaign.org",
        "Anna Maria Lee",
        "anna maria lee",
        "annamarialee",
    ] {
        let digests: [Vec<u8>; 4] = [
            md5::Md5::digest(text).to_vec(),
            sha1::Sha1::digest(text).to_vec(),
            sha2::Sha256::digest(text).to_vec(),
            sha2::Sha512::digest(text).to_vec(),
        ];
        for digest in digests {
            for written in [
                hex(&digest),
                hex(&digest).to_uppercase(),
                format!("https://evil.net/u/{}/x", hex(&digest)),
                format!("id{}", hex(&digest)),
                hex(&digest).get(..16).unwrap().to_string(),
                base64(&digest),
                format!("?h={}", base64(&digest).replace('+', "-").replace('/', "_").replace('=', "")),
                base64(hex(&digest).as_bytes()),
            ] {
                assert!(forbidden.form_in(&written).is_some(), "{text:?}: {written}");
            }
        }
    }
    assert_eq!(forbidden.form_in("d41d8cd98f00b204e9800998ecf8427e"), None);
    assert_eq!(forbidden.form_in(&hex(&sha2::Sha256::digest("info"))), None);
}

#[test]
fn what_is_alike_but_other_passes() {
    let forbidden = forbidden();
    for text in [
        "supercampaign.org",
        "campaign.organic",
        "campaign.com",
        "Our campaign. Org charts are here",
        "the campaign org",
        "/campaign/org/",
        "Joanna Lee wrote",
        "anna lees",
        "lee",
        "anna",
        "bruce.info@webmail.net",
        "webmail.net",
        "info@other.net",
        "lakeviews",
        "eel ann",
        "2025550144",
        "120255501430",
        "185.174.102.7",
        "1185.174.101.7",
        "d=Y2FtcGFpZ24=",
    ] {
        assert_eq!(forbidden.form_in(text), None, "{text}");
    }
    assert_eq!(Forbidden::new(&[]).form_in("campaign.org"), None);
}

#[test]
fn whole_tokens_are_local_parts_and_short_names() {
    let forbidden = forbidden();
    for token in [
        "anna.lee",
        "Anna_Lee",
        "lee.anna",
        "annalee",
        "a.lee",
        "alee",
        "lee-a",
        "anna.l",
        "YW5uYS5sZWU",
        "616e6e612e6c6565",
        "YS5sZWU=",
        "616c6565",
    ] {
        assert!(forbidden.token_is(token), "{token}");
    }
    for token in ["info", "anna", "lee", "sleep", "aleeb", "x.anna.lee.y", "webmail", ""] {
        assert!(!forbidden.token_is(token), "{token}");
    }
    assert!(forbidden.form_in_part("Invoice_a.lee_2026.pdf").is_some());
    assert!(forbidden.form_in_part("u:anna.lee;x").is_some());
    assert_eq!(forbidden.form_in("a.lee"), None);
    assert!(forbidden.form_in_handle("voteannalee2026").is_some());
}

#[test]
fn ranges_name_what_is_to_be_cut() {
    let forbidden = forbidden();
    for (text, cut) in [
        ("Hi Anna  Lee, see www.Campaign[.]org/x!", vec!["Anna  Lee", "www.Campaign[.]org/x"]),
        ("write to anna at campaign dot org please", vec!["anna at campaign dot org"]),
        ("Müller: Zoë Müller (staff@campaign.org)", vec!["Müller: Zoë Müller", "staff@campaign.org"]),
        ("token c3RhZmZAY2FtcGFpZ24ub3Jn here", vec!["c3RhZmZAY2FtcGFpZ24ub3Jn"]),
        ("ok\ncodes 97-110 110-97, 32-108-101-101 x\nok", vec!["codes 97-110 110-97, 32-108-101-101 x"]),
        ("call +1 202 555 0143 now", vec!["1 202 555 0143"]),
        ("from 185.174.101[.]9 on", vec!["185.174.101[.]9"]),
        ("nothing here", vec![]),
    ] {
        let ranges = forbidden.ranges_in(text);
        let found: Vec<&str> = ranges.into_iter().map(|range| text.get(range).unwrap()).collect();
        if text.starts_with("call") {
            assert!(found.len() == 1 && found[0].ends_with("0143"), "{found:?}");
        } else {
            assert_eq!(found, cut, "{text}");
        }
    }
}

#[test]
fn two_words_are_found_in_either_order() {
    let own = OwnList { words: vec!["Garden Hall".into()], ..OwnList::default() };
    let forbidden = Forbidden::new(&[&own]);
    for text in ["at Garden-Hall", "the hall, garden side", "hallgarden.example"] {
        assert!(forbidden.form_in(text).is_some(), "{text}");
    }
    assert!(forbidden.form_in("a hall in the garden").is_none());
}

#[test]
fn strings_split_over_parts_are_put_together() {
    let forbidden = forbidden();
    for (parts, holding) in [
        (vec!["x", "anna.lee", "webmail.net", "y"], vec![1, 2]),
        (vec!["x", "anna.lee", "other.net"], vec![1]),
        (vec!["campaign", "q"], vec![]),
        (vec!["7", "anna", "lee", "z"], vec![1, 2]),
        (vec!["login", "YW5uYS5s", "ZWVAd2VibWFpbC5uZXQ"], vec![1, 2]),
        (vec!["login", "YW5uYS4=", "bGVl", "d2VibWFpbC5uZXQ="], vec![1, 2, 3]),
        (vec!["616e6e61", "2e6c6565", "9"], vec![0, 1]),
        (vec!["Lee", "Anna", "7"], vec![0, 1]),
        (vec!["an", "id", "na"], vec![]),
        (vec![], vec![]),
    ] {
        let found = forbidden.parts_holding(&parts);
        assert_eq!(found, holding.into_iter().collect::<BTreeSet<usize>>(), "{parts:?}");
    }
}

#[test]
fn random_digits_and_names_are_not_taken_for_strings_in_disguise() {
    // A thousand people, and nothing of theirs in 6,000 values; Knuth's linear congruential generator.
    let mut state = 3_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut letters = |digits: &[u8], length: usize| -> String {
        (0..length).map(|_| char::from(digits[next(digits.len())])).collect()
    };
    let consonants = b"bcdfghklmnprstvw";
    let mut name = |syllables: usize| -> String {
        (0..syllables).map(|_| letters(consonants, 1) + &letters(b"aeiou", 1)).collect()
    };
    let people: Vec<(String, String)> = (0..1000).map(|n| (name(2), name(2 + n % 2))).collect();
    let names = people.iter().map(|(first, last)| format!("{first} {last}"));
    let addresses = people.iter().map(|(first, last)| format!("{first}.{last}@webmail.net"));
    let own = OwnList { names: names.chain(addresses).collect(), ..OwnList::default() };
    let forbidden = Forbidden::new(&[&own]);
    let base64url = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut wrong = Vec::new();
    for _ in 0..1_000 {
        for value in [
            letters(b"0123456789abcdef", 64),
            letters(b"0123456789abcdef", 32),
            letters(base64url, 43),
            letters(b"abcdefghijklmnopqrstuvwxyz", 16) + ".net",
            letters(b"abcdefghijklmnopqrstuvwxyz234567", 26) + ".net",
            format!(
                "https://x.net/{}?q={}&n={}",
                letters(base64url, 11),
                letters(base64url, 22),
                letters(b"0123456789", 12)
            ),
        ] {
            if forbidden.form_in(&value).is_some() || forbidden.form_in_part(&value).is_some() {
                wrong.push(value);
            }
        }
    }
    assert!(wrong.len() <= 2, "{wrong:?}");
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    /// Something forbidden or nearly so, in one encoding or two.
    fn piece() -> impl Strategy<Value = String> {
        let secrets = prop_oneof![
            Just("anna.lee@webmail.net"),
            Just("Anna Maria Lee"),
            Just("anna-lee"),
            Just("LEE, ANNA"),
            Just("campaign.org"),
            Just("www.campaign.org"),
            Just("supercampaign.org"),
            Just("smith2028"),
            Just("wähl-mich.de"),
            Just("Zoë Müller"),
            Just("202.555.0143"),
            Just("185.174.101.9"),
            Just("Lakeview"),
            Just("anna.lee"),
            Just("lee"),
            Just("nancy"),
        ];
        let twice = (secrets, any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_usize..3);
        twice.prop_map(|(secret, first, second, depth)| {
            let mut text = secret.to_string();
            for index in [first, second].into_iter().take(depth) {
                let all = encodings(&text);
                text = all[index.index(all.len())].1.clone();
            }
            text
        })
    }

    fn text() -> impl Strategy<Value = String> {
        let rubble = "[a-zA-Z0-9%=&./:@<>\\\\_+ -]{0,8}";
        prop::collection::vec(prop_oneof![piece(), rubble.prop_map(String::from)], 0..5)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_the_guard_stops_the_rules_have_seen(text in text()) {
            let form = forbidden().form_in(&text);
            prop_assert!(form.is_some() || guard([text.as_str()], &[&list()], |_| false).is_ok(), "{text:?}");
        }

        #[test]
        fn any_text_and_any_list_are_read_without_panic(
            text in "\\PC{0,40}", words in prop::collection::vec("\\PC{0,12}", 5), parts in prop::collection::vec("[a-zA-Z0-9.=%-]{0,9}", 0..9),
        ) {
            let own = OwnList {
                domains: vec![words[0].clone()],
                names: vec![words[1].clone()],
                words: vec![words[2].clone()],
                phones: vec![words[3].clone()],
                networks: vec![words[4].clone()],
            };
            let forbidden = Forbidden::new(&[&own, &list()]);
            let whole = words.concat();
            for text in [&text, &whole] {
                for range in forbidden.ranges_in(text) {
                    prop_assert!(text.get(range).is_some());
                }
                let form = forbidden.form_in(text);
                prop_assert!(form.is_some() || guard([text.as_str()], &[&own, &list()], |_| false).is_ok());
                forbidden.token_is(text);
            }
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            prop_assert!(forbidden.parts_holding(&parts).iter().all(|index| *index < parts.len()));
        }
    }
}
