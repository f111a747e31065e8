//! Nothing of the member's own leaves, nothing that would break the Internet is shared, and every change has a reason.

#![allow(clippy::unwrap_used)]

use watchfire_protocol::indicator::{Indicator, Kind, guess};
use watchfire_protocol::sanitize::{
    Candidate, ChangeKind, CleanText, Decision, Decisions, Leak, OwnList, RULES, Sanitizer, Warninglists,
};

fn decide(indicators: impl IntoIterator<Item = Indicator>, own: &OwnList) -> Decision {
    let candidates = (0..).zip(indicators).map(|(number, indicator)| Candidate::stated(indicator, number));
    let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
    Sanitizer::new(own, &OwnList::default(), &decisions, &warninglists).decide(candidates)
}

fn clean_text(text: &str, own: &OwnList) -> CleanText {
    let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
    Sanitizer::new(own, &OwnList::default(), &decisions, &warninglists).clean_text(text, &[])
}

fn guard(outgoing: &[String], own: &OwnList) -> Result<(), Leak> {
    watchfire_protocol::sanitize::guard(outgoing.iter().map(String::as_str), &[own], |_| false)
}

fn kept(decision: &Decision) -> Vec<String> {
    decision.kept.iter().map(|kept| kept.indicator.value().to_owned()).collect()
}

fn own() -> OwnList {
    OwnList {
        domains: vec!["Campaign2026.org".into(), "wähl-mich.de".into()],
        names: vec!["Anna Maria Lee".into(), "anna.lee@webmail.net".into()],
        ..OwnList::default()
    }
}

/// Decides over one value; `(rule, what leaves)`.
fn one(kind: Kind, value: &str, own: &OwnList) -> (Option<u16>, Option<String>) {
    let decision = decide([Indicator::parse(kind, value).unwrap()], own);
    let rule = decision.changed.first().map(|change| change.rule);
    for change in &decision.changed {
        let known = RULES.iter().find(|rule| rule.number == change.rule).unwrap();
        assert_eq!((known.kind, known.reason), (change.kind, change.reason));
        assert_eq!(change.after.is_some(), change.kind == ChangeKind::Masked);
    }
    (rule, kept(&decision).first().cloned())
}

#[test]
fn each_rule_does_what_its_table_says() {
    for (kind, value, rule, after) in [
        (Kind::Domain, "evil.ru", None, Some("evil.ru")),
        (Kind::Ipv4, "185.174.101.13", None, Some("185.174.101.13")),
        (Kind::Ipv4, "127.0.0.1", Some(101), None),
        (Kind::Ipv4, "10.1.2.3", Some(102), None),
        (Kind::Ipv6, "fe80::1", Some(103), None),
        (Kind::Ipv4, "100.64.3.4", Some(104), None),
        (Kind::Ipv4, "192.0.2.1", Some(105), None),
        (Kind::Asn, "AS64500", Some(105), None),
        (Kind::Ipv6, "ff02::1", Some(106), None),
        (Kind::Ipv4, "255.255.255.255", Some(107), None),
        (Kind::Cidr, "10.1.0.0/16", Some(102), None),
        (Kind::Cidr, "185.0.0.0/8", Some(108), None),
        (Kind::Cidr, "185.174.101.0/24", None, Some("185.174.101.0/24")),
        (Kind::Domain, "mail.example.com", Some(105), None),
        (Kind::Domain, "printer.localhost", Some(201), None),
        (Kind::Domain, "dc01.corp.local", Some(202), None),
        (Kind::Email, "root@mailhost", Some(202), None),
        (Kind::Url, "http://intranet/x", Some(202), None),
        (Kind::Url, "http://192.168.1.1/setup.cgi", Some(102), None),
        (Kind::Url, "http://[::1]:8080/", Some(101), None),
        (Kind::Domain, "1.0.0.10.in-addr.arpa", Some(203), None),
        (Kind::Domain, "github.io", Some(204), None),
        (Kind::Domain, "evil.github.io", None, Some("evil.github.io")),
        (Kind::Domain, "campaign2026.org", Some(301), None),
        (Kind::Domain, "vpn.campaign2026.org", Some(301), None),
        (Kind::Domain, "xn--whl-mich-0za.de", Some(301), None),
        (Kind::Url, "https://www.campaign2026.org/donate", Some(302), None),
        (Kind::Email, "staff@mail.campaign2026.org", Some(303), None),
        (Kind::Email, "Anna.Lee@webmail.net", Some(303), None),
        (
            Kind::Url,
            "https://evil.ru/login?u=staff%40campaign2026.org&k=1",
            Some(304),
            Some("https://evil.ru/login?u=removed&k=1"),
        ),
        (
            Kind::Url,
            "https://evil.ru/c/c3RhZmZAY2FtcGFpZ24yMDI2Lm9yZw/x",
            Some(304),
            Some("https://evil.ru/c/removed/x"),
        ),
        (Kind::Url, "https://evil.ru/anna-maria-lee", Some(304), Some("https://evil.ru/removed")),
        (Kind::Domain, "campaign2026.org.evil.ru", Some(311), None),
        (Kind::Domain, "login-campaign2026.org", Some(311), None),
        (Kind::Domain, "campaign2026-org.ru", Some(311), None),
        (Kind::Filename, "Invoice Anna_Maria_Lee.docm", Some(310), Some("Invoice removed.docm")),
        (Kind::StixPattern, "[email-addr:value = 'x@campaign2026.org']", Some(305), None),
        (Kind::Url, "http://anna:secret@evil.ru/x", Some(401), Some("http://evil.ru/x")),
        (Kind::Url, "http://evil.ru/x?e=someone@gmail.com", Some(402), Some("http://evil.ru/x?e=removed")),
        (
            Kind::Url,
            "http://evil.ru/x?e=c29tZW9uZUBnbWFpbC5jb20%3D",
            Some(402),
            Some("http://evil.ru/x?e=removed"),
        ),
        (Kind::Md5, "d41d8cd98f00b204e9800998ecf8427e", Some(501), None),
        (Kind::Filename, "SVCHOST.EXE", Some(502), None),
        (Kind::Ipv4, "8.8.8.8", Some(503), None),
        (Kind::Domain, "www.google.com", Some(504), None),
        (Kind::Url, "https://google.com", Some(504), None),
        (Kind::Url, "https://docs.google.com/forms/d/1x", None, Some("https://docs.google.com/forms/d/1x")),
    ] {
        assert_eq!(one(kind, value, &own()), (rule, after.map(str::to_owned)), "{value}");
    }
}

#[test]
fn what_is_kept_is_kept_once_and_in_order() {
    let values = ["evil.ru", "10.0.0.1", "http://a:b@evil.club/", "http://evil.club/", "evil.ru", "evil.me"];
    let decision = decide(values.iter().filter_map(|value| guess(value)), &OwnList::default());
    assert_eq!(kept(&decision), ["evil.ru", "http://evil.club/", "evil.me"]);
    assert_eq!(decision.changed.len(), 2);
}

#[test]
fn an_empty_own_list_recognises_nothing_and_breaks_nothing() {
    let own = OwnList {
        domains: vec![String::new(), "  ".into()],
        names: vec![String::new(), "x".into(), "--".into()],
        ..OwnList::default()
    };
    assert_eq!(one(Kind::Domain, "evil.ru", &own), (None, Some("evil.ru".into())));
    assert_eq!(guard(&["anything at all".into()], &own), Ok(()));
}

#[test]
fn hashes_are_not_taken_for_names_in_disguise() {
    let own = OwnList {
        domains: vec!["ab.co".into()],
        names: vec!["Lee".into(), "Anna".into(), "Kim O".into()],
        ..OwnList::default()
    };
    // 20,000 digests of nothing in particular, from a linear congruential generator.
    let mut state = 1_u64;
    let digests = (0..20_000).map(|_| {
        let words: Vec<String> = (0..4)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                format!("{:016x}", state ^ (state >> 29))
            })
            .collect();
        Indicator::parse(Kind::Sha256, &words.concat()).unwrap()
    });
    assert_eq!(decide(digests, &own).changed, []);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    /// A text with an own string in it somewhere, written in one of many ways.
    fn disguised() -> impl Strategy<Value = String> {
        let own = prop_oneof![
            Just("campaign2026.org"),
            Just("CAMPAIGN2026.ORG"),
            Just("staff@campaign2026.org"),
            Just("Anna Maria Lee"),
            Just("anna.maria.lee"),
            Just("anna.lee@webmail.net"),
        ];
        (own, 0..6, "[a-z]{0,3}").prop_map(|(text, how, lead)| match how {
            0 => text.to_owned(),
            1 => text.replace('.', "[.]"),
            2 => text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
            3 => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            4 => base64(format!("{lead}:{text}:").as_bytes()),
            _ => text.replace('.', "%252E").replace(' ', "%20"),
        })
    }

    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for group in bytes.chunks(3) {
            let padded = [group[0], *group.get(1).unwrap_or(&0), *group.get(2).unwrap_or(&0)];
            let bits = u32::from_be_bytes([0, padded[0], padded[1], padded[2]]);
            for index in 0..=group.len() {
                text.push(char::from(DIGITS[(bits >> (18 - 6 * index)) as usize & 63]));
            }
        }
        text
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_kept_passes_the_guard(
            before in "[a-z0-9]{0,5}", secret in disguised(), after in "[a-z0-9]{0,5}", shape in 0..6,
        ) {
            let value = match shape {
                0 => format!("https://evil.ru/{before}/{secret}/{after}"),
                1 => format!("https://evil.ru/a?{before}={secret}&x={after}"),
                2 => format!("https://evil.ru/a?{secret}"),
                3 => format!("https://{secret}@evil.ru/"),
                4 => format!("{before}_{secret}.exe"),
                _ => secret,
            };
            for kind in [Kind::Url, Kind::Filename, Kind::Domain, Kind::Email, Kind::UserAgent] {
                if let Ok(indicator) = Indicator::parse(kind, &value) {
                    let decision = decide([indicator], &own());
                    prop_assert_eq!(guard(&kept(&decision), &own()), Ok(()));
                    // The path and query of a URL keep the text as it is; elsewhere the normal form may have lost it.
                    prop_assert!(kind != Kind::Url || shape > 3 || decision.changed.len() == 1, "{}", value);
                }
            }
        }

        #[test]
        fn a_cleaned_text_passes_the_guard(
            words in prop::collection::vec(prop_oneof!["[a-z,.:;()'\"]{0,9}", disguised()], 0..12), by in "[ \n/-]",
        ) {
            let clean = clean_text(&words.join(&by), &own());
            if let Some(text) = clean.text {
                prop_assert_eq!(guard(&[text], &own()), Ok(()));
            } else {
                prop_assert!(!clean.changed.is_empty());
            }
        }

        #[test]
        fn any_text_and_any_list_are_judged_without_panic(text in "\\PC{0,60}", domain in "\\PC{0,12}", name in "\\PC{0,12}") {
            let own = OwnList { domains: vec![domain], names: vec![name], ..OwnList::default() };
            let clean = clean_text(&text, &own);
            if let Some(text) = clean.text {
                prop_assert_eq!(guard(&[text], &own), Ok(()));
            }
            if let Some(indicator) = guess(&text) {
                prop_assert_eq!(guard(&kept(&decide([indicator], &own)), &own), Ok(()));
            }
        }
    }
}
