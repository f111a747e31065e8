//! Every kind of indicator has one normal form: spelled differently and meaning the same, it is the same.

#![allow(clippy::unwrap_used)]

use watchfire_protocol::indicator::{Indicator, Kind, guess, refang};

/// Spellings on the left, the one value on the right.
const SAME: &[(Kind, &[&str], &str)] = &[
    (
        Kind::Domain,
        &[
            "evil.ru",
            "EVIL.RU.",
            "evil[.]ru",
            "*.evil.ru",
            ".evil.ru",
            "`evil(dot)ru`",
            "evil。ru",
            "<evil.ru>,",
        ],
        "evil.ru",
    ),
    (Kind::Domain, &["пример.рф", "ПРИМЕР[.]РФ", "xn--e1afmkfd.xn--p1ai"], "xn--e1afmkfd.xn--p1ai"),
    (Kind::Domain, &["bücher.example", "bu\u{308}cher.example", "BÜCHER.example"], "xn--bcher-kva.example"),
    (Kind::Domain, &["_dmarc.Evil.net", "_dmarc.evil[.]net"], "_dmarc.evil.net"),
    (Kind::Domain, &["r3---sn.evil.net"], "r3---sn.evil.net"),
    (Kind::Domain, &["abc.onion"], "abc.onion"),
    (Kind::Domain, &["dc01.corp.local"], "dc01.corp.local"),
    (
        Kind::Ipv4,
        &["185.174.101.13", "185[.]174[.]101[.]13", " 185.174.101[.]13/32", "185.174.101.13."],
        "185.174.101.13",
    ),
    (
        Kind::Ipv6,
        &["2A00:1450:4001:0::200E", "2a00:1450:4001:0:0:0:0:200e", "[2a00:1450:4001::200e]"],
        "2a00:1450:4001::200e",
    ),
    (Kind::Ipv6, &["2a00[:]1450::1", "2a00:1450::1/128"], "2a00:1450::1"),
    (Kind::Cidr, &["185.174.101.13/24", "185.174.101[.]0/24"], "185.174.101.0/24"),
    (Kind::Cidr, &["2a00:1450:4001::200e/32", "2A00:1450::/32"], "2a00:1450::/32"),
    (
        Kind::Url,
        &[
            "http://evil.ru/a/b?q=1",
            "hxxp://EVIL[.]ru/a/b?q=1",
            "hXXp[:]//evil.ru:80/a/./c/../b?q=1#anna@campaign.org",
            "<http://evil.ru/%61/b?q=1>.",
            "evil[.]ru/a/b?q=1",
            "http://evil.ru./a/b?q=1",
        ],
        "http://evil.ru/a/b?q=1",
    ),
    (Kind::Url, &["https://evil.ru", "HTTPS://EVIL.RU:443/?", "hxxps[://]evil[.]ru[/]"], "https://evil.ru/"),
    (Kind::Url, &["http://evil.ru/A%2fb%7e", "http://evil.ru/A%2Fb~"], "http://evil.ru/A%2Fb~"),
    (Kind::Url, &["https://пример.рф/x"], "https://xn--e1afmkfd.xn--p1ai/x"),
    (Kind::Url, &["http://0xb9.0xae.0x65.13/", "http://185.174.101.13"], "http://185.174.101.13/"),
    (Kind::Url, &["http://[2A00:1450::1]:8080"], "http://[2a00:1450::1]:8080/"),
    (Kind::Url, &["http://anna:secret@evil.ru/"], "http://anna:secret@evil.ru/"),
    (
        Kind::Url,
        &["stratum+tcp://POOL.evil.ru:3333", "stratum+tcp://pool.evil.ru:3333/"],
        "stratum+tcp://pool.evil.ru:3333/",
    ),
    (
        Kind::Url,
        &["185.174.101.13/gate.php", "185.174.101[.]13:80/gate.php"],
        "http://185.174.101.13/gate.php",
    ),
    (
        Kind::Email,
        &[
            "Anna@Evil.ru",
            "anna[at]evil[.]ru",
            "mailto:anna@evil.ru?subject=x",
            "\"Anna\" <anna@evil.ru>",
            "anna(at)evil dot ru",
        ],
        "anna@evil.ru",
    ),
    (Kind::Email, &["root@mailhost"], "root@mailhost"),
    (Kind::Email, &["почта@пример.рф"], "почта@xn--e1afmkfd.xn--p1ai"),
    (
        Kind::Md5,
        &["33FC441D4DECB897440CBC7BDE869484", "`33fc441d4decb897440cbc7bde869484`"],
        "33fc441d4decb897440cbc7bde869484",
    ),
    (Kind::Sha1, &["DAE7E7C4EEC2AC0DC7963C44A5A4F47D930C5508"], "dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508"),
    (
        Kind::Ssdeep,
        &[
            "49152:l4+VwASOwGtlqKPb8KHh+3:jCTiVGV+q2mHB,\"BRController.exe\"",
            "49152:l4+VwASOwGtlqKPb8KHh+3:jCTiVGV+q2mHB",
        ],
        "49152:l4+VwASOwGtlqKPb8KHh+3:jCTiVGV+q2mHB",
    ),
    (
        Kind::Tlsh,
        &[
            "6ff02bef718027b0160b4391212923ed7f1a463d563b1549b86cf62973b197ad2731f8",
            "t16FF02BEF718027B0160B4391212923ED7F1A463D563B1549B86CF62973B197AD2731F8",
        ],
        "T16FF02BEF718027B0160B4391212923ED7F1A463D563B1549B86CF62973B197AD2731F8",
    ),
    (
        Kind::Filename,
        &[
            "evil.exe",
            r"C:\Users\Anna\evil.exe",
            "/tmp/evil.exe",
            "evil[.]exe",
            "evil.exe. ",
            r#""%TEMP%\evil.exe""#,
        ],
        "evil.exe",
    ),
    (Kind::Filename, &["cafe\u{301}.doc", "café.doc"], "café.doc"),
    (
        Kind::Certificate,
        &[
            "DA:E7:E7:C4:EE:C2:AC:0D:C7:96:3C:44:A5:A4:F4:7D:93:0C:55:08",
            "dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508",
            "da e7 e7 c4 ee c2 ac 0d c7 96 3c 44 a5 a4 f4 7d 93 0c 55 08",
        ],
        "dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508",
    ),
    (Kind::Ja3, &["E7D705A3286E19EA42F587B344EE6865"], "e7d705a3286e19ea42f587b344ee6865"),
    (Kind::Ja4, &["T13D1516H2_8DAAF6152771_B186095E22B6"], "t13d1516h2_8daaf6152771_b186095e22b6"),
    (Kind::Asn, &["AS64297", "as 64297", "64297", "ASN64297", "AS064297", "AS0.64297"], "AS64297"),
    (Kind::Asn, &["1.10", "AS65546"], "AS65546"),
    (
        Kind::UserAgent,
        &["Mozilla/5.0 (X)", " `Mozilla/5.0 (X)` ", "User-Agent: Mozilla/5.0 (X)"],
        "Mozilla/5.0 (X)",
    ),
    (Kind::Phone, &["+1 (202) 555-0143", "tel:+1-202-555-0143", "0012025550143"], "+12025550143"),
    (Kind::Phone, &["+44 (0)20 7946 0000", "+442079460000"], "+442079460000"),
    (Kind::Account, &["Twitter:@EvilAnna", "x:evilanna", "x.com:EVILANNA"], "x:evilanna"),
    (Kind::Account, &["Discord:Anna"], "discord:Anna"),
    (Kind::Hashtag, &["#StopTheVote", "stopthevote", "＃ＳｔｏｐＴｈｅＶｏｔｅ"], "#stopthevote"),
    (
        Kind::CryptoAddress,
        &["bitcoin:1B8QtVGktfjBfNptp1Ay1DVt5C47rq3yWY?amount=1"],
        "1B8QtVGktfjBfNptp1Ay1DVt5C47rq3yWY",
    ),
    (
        Kind::CryptoAddress,
        &["BC1Q8RMDQ7K3YFPUPADVVKD430VDJWVA72HUA0GST4", "bc1q8rmdq7k3yfpupadvvkd430vdjwva72hua0gst4"],
        "bc1q8rmdq7k3yfpupadvvkd430vdjwva72hua0gst4",
    ),
    (
        Kind::CryptoAddress,
        &[
            "bitcoincash:qph3s8p27pfg2lxgpzqmdel25tsmlryatyhxwzx3x5",
            "qph3s8p27pfg2lxgpzqmdel25tsmlryatyhxwzx3x5",
        ],
        "qph3s8p27pfg2lxgpzqmdel25tsmlryatyhxwzx3x5",
    ),
    (
        Kind::CryptoAddress,
        &["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"],
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    ),
    (Kind::CryptoAddress, &["XdSrfZRP3gGEbtUpK8o9RV9S7LiGfDmTju"], "XdSrfZRP3gGEbtUpK8o9RV9S7LiGfDmTju"),
    (Kind::CryptoAddress, &["LTzrJENnVYYRp8hMgUenoZuzEFLyaPzGQB"], "LTzrJENnVYYRp8hMgUenoZuzEFLyaPzGQB"),
    (
        Kind::CryptoAddress,
        &["46h7prr8CobGASRYKx36a7FNpQefBua6m7zHjLchodtjdahrZYmCiCuDK7g4CYiDnFBawFsDffMpFinwRYLMwd7QVV891GB"],
        "46h7prr8CobGASRYKx36a7FNpQefBua6m7zHjLchodtjdahrZYmCiCuDK7g4CYiDnFBawFsDffMpFinwRYLMwd7QVV891GB",
    ),
    (Kind::CryptoAddress, &["rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"], "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
    (Kind::App, &["com.evil.Spy", "`com.evil.Spy`"], "com.evil.Spy"),
    (Kind::Cve, &["cve-2017-11882", "CVE-2017-11882"], "CVE-2017-11882"),
    (Kind::StixPattern, &["[file:name = 'a]b']\r\n", " [file:name = 'a]b'] "], "[file:name = 'a]b']"),
    (
        Kind::Yara,
        &["rule a {\r\n condition: true\r\n}\r\n", "rule a {\r condition: true\r}"],
        "rule a {\n condition: true\n}",
    ),
    (
        Kind::Sigma,
        &["title: a\r\nlogsource:\r\n  product: windows\r\ndetection:\r\n  condition: x\r\n"],
        "title: a\nlogsource:\n  product: windows\ndetection:\n  condition: x",
    ),
    (
        Kind::Suricata,
        &["alert dns any any -> any any (msg:\"x\"; sid:1;) \n"],
        "alert dns any any -> any any (msg:\"x\"; sid:1;)",
    ),
];

#[test]
fn equal_things_are_equal() {
    for (kind, spellings, normal) in SAME.iter() {
        for spelling in *spellings {
            let indicator = Indicator::parse(*kind, spelling).unwrap_or_else(|e| panic!("{spelling}: {e}"));
            assert_eq!(indicator.value(), *normal, "{spelling}");
            assert_eq!(indicator.kind(), *kind, "{spelling}");
            assert_eq!(Indicator::parse(*kind, normal).unwrap(), indicator, "{spelling}");
        }
    }
}

#[test]
fn one_observable_has_one_kind() {
    let of = |kind, text| {
        let indicator = Indicator::parse(kind, text).unwrap();
        (indicator.kind(), indicator.value().to_owned())
    };
    assert_eq!(of(Kind::Cidr, "185.174.101.13/32"), (Kind::Ipv4, "185.174.101.13".to_owned()));
    assert_eq!(of(Kind::Cidr, "2a00:1450::1/128"), (Kind::Ipv6, "2a00:1450::1".to_owned()));
    assert_eq!(of(Kind::Ipv6, "::ffff:185.174.101.13"), (Kind::Ipv4, "185.174.101.13".to_owned()));
    assert_eq!(of(Kind::Cidr, "::ffff:185.174.101.13/120"), (Kind::Cidr, "185.174.101.0/24".to_owned()));
}

#[test]
fn a_url_inside_a_url_is_one_url() {
    let url = Indicator::parse(Kind::Url, "evil.ru/?u=https://a.net/b").unwrap();
    assert_eq!(url.value(), "http://evil.ru/?u=https://a.net/b");
}

#[test]
fn what_is_none_of_a_kind_is_refused() {
    let long_label = format!("{}.ru", "a".repeat(64));
    let long_url = format!("http://evil.ru/{}", "a".repeat(5000));
    let long_rule = format!("rule a {{ condition: true }}{}", " x".repeat(20_000));
    for (kind, text) in [
        (Kind::Domain, ""),
        (Kind::Domain, "  \"\" "),
        (Kind::Domain, "localhost"),
        (Kind::Domain, "com"),
        (Kind::Domain, "co.uk"),
        (Kind::Domain, "185.174.101.13"),
        (Kind::Domain, "1.2.3"),
        (Kind::Domain, "evil..ru"),
        (Kind::Domain, "evil.ru/x"),
        (Kind::Domain, "evil ru"),
        (Kind::Domain, "evil.r"),
        (Kind::Domain, "a@evil.ru"),
        (Kind::Domain, &long_label),
        (Kind::Domain, "xn--\u{fe}.ru"),
        (Kind::Ipv4, "185.174.101.013"),
        (Kind::Ipv4, "185.174.101"),
        (Kind::Ipv4, "185.174.101.256"),
        (Kind::Ipv4, "2a00:1450::1"),
        (Kind::Ipv4, "185.174.101.0/24"),
        (Kind::Ipv6, "185.174.101.13"),
        (Kind::Ipv6, "2a00:1450::1::2"),
        (Kind::Ipv6, "fe80::1%eth0"),
        (Kind::Cidr, "185.174.101.13"),
        (Kind::Cidr, "185.174.101.0/33"),
        (Kind::Cidr, "0.0.0.0/0"),
        (Kind::Cidr, "185.174.101.0/+8"),
        (Kind::Url, "http://"),
        (Kind::Url, "javascript:alert(1)"),
        (Kind::Url, "file:///etc/passwd"),
        (Kind::Url, "/scripts/m/query.php?id="),
        (Kind::Url, "http://evil.ru:99999/"),
        (Kind::Url, "http://ev\u{202e}il.ru/"),
        (Kind::Url, &long_url),
        (Kind::Email, "anna"),
        (Kind::Email, "@evil.ru"),
        (Kind::Email, "anna@"),
        (Kind::Email, "an na@evil.ru"),
        (Kind::Email, "anna..lee@evil.ru"),
        (Kind::Md5, "33fc441d4decb897440cbc7bde86948"),
        (Kind::Sha256, "33fc441d4decb897440cbc7bde869484"),
        (Kind::Sha1, "zae7e7c4eec2ac0dc7963c44a5a4f47d930c5508"),
        (Kind::Ssdeep, "49153:abc:def"),
        (Kind::Ssdeep, "3:abc"),
        (Kind::Tlsh, "T1abc"),
        (Kind::Filename, "/tmp/"),
        (Kind::Filename, ".."),
        (Kind::Filename, "invoice\u{202e}fdp.exe"),
        (Kind::Filename, "a\u{0}b.exe"),
        (Kind::Certificate, "33fc441d4decb897440cbc7bde869484"),
        (Kind::Ja4, "t13d1516h2_8daaf6152771"),
        (Kind::Asn, "AS0"),
        (Kind::Asn, "AS4294967296"),
        (Kind::Phone, "202 555 0143"),
        (Kind::Phone, "+1234"),
        (Kind::Phone, "+1234567890123456"),
        (Kind::Account, "evilanna"),
        (Kind::Account, "x:"),
        (Kind::Hashtag, "#123"),
        (Kind::Hashtag, "#a b"),
        (Kind::CryptoAddress, "1B8QtVGktfjBfNptp1Ay1DVt5C47rq3yWZ"),
        (Kind::CryptoAddress, "bc1q8rmdq7k3yfpupadvvkd430vdjwva72hua0gst5"),
        (Kind::CryptoAddress, "qph3s8p27pfg2lxgpzqmdel25tsmlryatyhxwzx3x6"),
        (Kind::CryptoAddress, "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        (Kind::App, "spy"),
        (Kind::Cve, "CVE-17-1"),
        (Kind::StixPattern, "[file:name = 'a'"),
        (Kind::StixPattern, "file"),
        (Kind::Yara, "not a rule"),
        (Kind::Yara, &long_rule),
        (Kind::Sigma, "title: a"),
        (Kind::Suricata, "alert everybody"),
    ] {
        assert!(Indicator::parse(kind, text).is_err(), "{kind} {text}");
    }
}

#[test]
fn a_value_alone_is_recognised_by_its_shape() {
    for (text, kind) in [
        ("evil[.]ru", Kind::Domain),
        ("run.sh", Kind::Domain),
        ("loader.exe", Kind::Filename),
        ("Adobe Stock Photos CS3.exe", Kind::Filename),
        ("185.174.101[.]13", Kind::Ipv4),
        ("2a00:1450::1", Kind::Ipv6),
        ("185.174.101.0/24", Kind::Cidr),
        ("hxxps://evil[.]ru/a", Kind::Url),
        ("evil[.]ru/a", Kind::Url),
        ("anna@evil.ru", Kind::Email),
        ("33fc441d4decb897440cbc7bde869484", Kind::Md5),
        ("dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508", Kind::Sha1),
        ("da:e7:e7:c4:ee:c2:ac:0d:c7:96:3c:44:a5:a4:f4:7d:93:0c:55:08", Kind::Certificate),
        ("49152:l4+VwASOwGtlqKPb8KHh+3:jCTiVGV+q2mHB", Kind::Ssdeep),
        ("t13d1516h2_8daaf6152771_b186095e22b6", Kind::Ja4),
        ("AS64297", Kind::Asn),
        ("Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:47.0) Gecko/20100101 Firefox/47.0", Kind::UserAgent),
        ("+1 202 555 0143", Kind::Phone),
        ("telegram:evilanna", Kind::Account),
        ("#stopthevote", Kind::Hashtag),
        ("1B8QtVGktfjBfNptp1Ay1DVt5C47rq3yWY", Kind::CryptoAddress),
        ("com.evil.spy", Kind::App),
        ("cve-2017-11882", Kind::Cve),
        ("[domain-name:value = 'evil.ru']", Kind::StixPattern),
        ("rule a { condition: true }", Kind::Yara),
        ("alert dns any any -> any any (sid:1;)", Kind::Suricata),
        ("title: x\nlogsource:\n a: b\ndetection:\n c: d", Kind::Sigma),
    ] {
        assert_eq!(guess(text).map(|indicator| indicator.kind()), Some(kind), "{text}");
    }
    for text in ["", "hello", "...", "::", "a/b", "@", "#", "+", "1.2.3"] {
        assert_eq!(guess(text), None, "{text}");
    }
}

#[test]
fn only_a_normal_form_is_read_back() {
    let indicator = Indicator::parse(Kind::Domain, "evil.ru").unwrap();
    let json = serde_json::to_string(&indicator).unwrap();
    assert_eq!(json, r#"{"kind":"domain","value":"evil.ru"}"#);
    assert_eq!(serde_json::from_str::<Indicator>(&json).unwrap(), indicator);
    for forged in [
        r#"{"kind":"domain","value":"EVIL.ru"}"#,
        r#"{"kind":"domain","value":"evil.ru."}"#,
        r#"{"kind":"cidr","value":"185.174.101.13/32"}"#,
        r#"{"kind":"domain","value":""}"#,
        r#"{"kind":"nonsense","value":"evil.ru"}"#,
    ] {
        assert!(serde_json::from_str::<Indicator>(forged).is_err(), "{forged}");
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn any_kind() -> impl Strategy<Value = Kind> {
        proptest::sample::select(Kind::ALL.to_vec())
    }

    /// A spelling from the table with a few of its characters replaced, cut or doubled.
    fn near_miss() -> impl Strategy<Value = String> {
        let spellings: Vec<String> = SAME
            .iter()
            .flat_map(|(_, texts, normal)| texts.iter().chain([normal]))
            .map(|s| (*s).to_owned())
            .collect();
        let edit = (any::<prop::sample::Index>(), "[\\PC]|[\\[\\].%/:@#?+*`<>()\\\\ ]", 0_u8..3);
        (proptest::sample::select(spellings), prop::collection::vec(edit, 0..4)).prop_map(|(text, edits)| {
            let mut characters: Vec<char> = text.chars().collect();
            for (index, with, how) in edits {
                let at = index.index(characters.len() + 1);
                match how {
                    0 => characters.truncate(at),
                    1 => drop(characters.splice(at..at, with.chars())),
                    _ if at < characters.len() => characters[at] = with.chars().next().unwrap_or('.'),
                    _ => {}
                }
            }
            characters.into_iter().collect()
        })
    }

    fn check(kind: Kind, text: &str) {
        if let Ok(indicator) = Indicator::parse(kind, text) {
            assert!(indicator.value().len() <= indicator.kind().max_bytes());
            let again = Indicator::parse(indicator.kind(), indicator.value());
            assert_eq!(again.as_ref(), Ok(&indicator), "{kind} {text:?}");
            // Read back from bytes, as from a peer.
            let json = serde_json::to_string(&indicator).unwrap();
            assert_eq!(serde_json::from_str::<Indicator>(&json).unwrap(), indicator);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_normal_form_of_a_normal_form_is_itself(kind in any_kind(), text in near_miss()) {
            check(kind, &text);
        }

        #[test]
        fn no_text_at_all_makes_it_panic(kind in any_kind(), text in ".{0,64}") {
            check(kind, &text);
        }

        #[test]
        fn no_text_of_a_urls_characters_makes_it_panic(text in "(hxxps?|ws|ssh)://[a-zA-Z0-9.%@:/?#=&\\[\\]\\\\~^|{}ß ]{0,40}") {
            check(Kind::Url, &text);
        }

        #[test]
        fn refanging_twice_is_refanging_once(text in prop_oneof![near_miss(), "[a.\\[\\](){}dotDOT@at:/\\\\ `+*<>hxp\u{200b}]{0,40}"]) {
            let once = refang(&text).into_owned();
            prop_assert_eq!(refang(&once).into_owned(), once.clone(), "{:?}", text);
        }

        #[test]
        fn a_guess_is_its_own_guess(text in near_miss()) {
            if let Some(indicator) = guess(&text) {
                check(indicator.kind(), indicator.value());
            }
        }

        #[test]
        fn bytes_from_a_peer_are_an_indicator_or_an_error(kind in any_kind(), text in near_miss()) {
            let json = format!(r#"{{"kind":"{kind}","value":{}}}"#, serde_json::to_string(&text).unwrap());
            if let Ok(indicator) = serde_json::from_str::<Indicator>(&json) {
                prop_assert_eq!(indicator.value(), text);
            }
        }
    }
}
