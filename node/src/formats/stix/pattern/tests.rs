#![allow(clippy::unwrap_used)]

use watchfire_protocol::indicator::Kind;

use super::{Leaf, parse, split};
use crate::formats::values::Wanted;

fn leaves(text: &str) -> Vec<Leaf> {
    split(&parse(text).unwrap())
}

fn value(kind: Kind, property: &str, value: &str) -> Leaf {
    Leaf::Value { wanted: Wanted::Kind(kind), property: property.to_owned(), value: value.to_owned() }
}

fn kept(text: &str) -> Leaf {
    Leaf::Pattern(text.to_owned())
}

#[test]
fn a_property_with_a_type_of_ours_is_a_plain_value() {
    let plain = [
        ("[domain-name:value='a.example']", value(Kind::Domain, "domain-name:value", "a.example")),
        ("[ipv4-addr:value = '198.51.100.0/24']", value(Kind::Cidr, "ipv4-addr:value", "198.51.100.0/24")),
        (
            "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
            value(Kind::Cidr, "ipv4-addr:value", "198.51.100.0/24"),
        ),
        ("[file:hashes.MD5 = 'aa']", value(Kind::Md5, "file:hashes.MD5", "aa")),
        ("[file:hashes.'SHA-256' = 'aa']", value(Kind::Sha256, "file:hashes.SHA-256", "aa")),
        ("[file:hashes.SHA-256 = 'aa']", value(Kind::Sha256, "file:hashes.SHA-256", "aa")),
        ("[file:name = 'it\\'s a \\\\ name']", value(Kind::Filename, "file:name", "it's a \\ name")),
        ("[autonomous-system:number = 64500]", value(Kind::Asn, "autonomous-system:number", "64500")),
        (
            "[email-message:from_ref.value = 'a@b.example']",
            value(Kind::Email, "email-message:from_ref.value", "a@b.example"),
        ),
    ];
    for (text, leaf) in plain {
        assert_eq!(leaves(text), [leaf], "{text}");
    }
}

#[test]
fn or_and_in_split_and_the_rest_stays_a_pattern() {
    let text = "[domain-name:value IN ('a.example', 'b.example') OR process:name = 'x'] OR [url:value = 'u']";
    assert_eq!(
        leaves(text),
        [
            value(Kind::Domain, "domain-name:value", "a.example"),
            value(Kind::Domain, "domain-name:value", "b.example"),
            kept("[process:name = 'x']"),
            value(Kind::Url, "url:value", "u"),
        ]
    );
}

#[test]
fn what_says_more_than_a_value_is_kept_whole() {
    for text in [
        "[process:name='roleaboutd']",
        "[domain-name:value LIKE '%.example']",
        "[domain-name:value NOT = 'a.example']",
        "[domain-name:value != 'a.example']",
        "[domain-name:value = 'a.example' AND url:value = 'u']",
        "[domain-name:value = 'a.example'] AND [url:value = 'u']",
        "[domain-name:value = 'a.example'] FOLLOWEDBY [url:value = 'u'] WITHIN 300 SECONDS",
        "[domain-name:value = 'a.example'] REPEATS 5 TIMES",
        "([url:value = 'a'] AND [url:value = 'b']) START t'2024-01-01T00:00:00Z' STOP t'2024-02-01T00:00:00.5Z'",
        "[windows-registry-key:values[*].data MATCHES '^x\\\\.y$']",
        "[EXISTS file:name]",
        "[ipv4-addr:value ISSUPERSET '198.51.100.0/24']",
    ] {
        let parsed = parse(text).unwrap();
        assert!(parsed.strict, "{text}");
        assert_eq!(split(&parsed), [kept(text)], "{text}");
    }
}

#[test]
fn a_file_named_by_hashes_is_each_of_its_hashes() {
    let text = "[file:hashes.MD5 = 'aa' AND file:hashes.'SHA-1' = 'bb' AND file:name = 'x.exe']";
    assert_eq!(
        leaves(text),
        [value(Kind::Md5, "file:hashes.MD5", "aa"), value(Kind::Sha1, "file:hashes.SHA-1", "bb")]
    );
    let whole = "[file:name = 'x.exe' AND file:size = 12]";
    assert_eq!(leaves(whole), [kept(whole)]);
}

#[test]
fn a_reference_with_its_type_spelt_out_is_its_value() {
    let text =
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.7']";
    let property = "network-traffic:dst_ref.value".to_owned();
    assert_eq!(
        leaves(text),
        [Leaf::Value { wanted: Wanted::Network, property, value: "198.51.100.7".to_owned() }]
    );
}

#[test]
fn an_account_with_its_platform_is_one_value() {
    let text = "[user-account:account_type = 'x' AND user-account:account_login = 'someone']";
    let wanted = Wanted::Account("x".to_owned());
    let property = "user-account:account_login".to_owned();
    assert_eq!(leaves(text), [Leaf::Value { wanted, property, value: "someone".to_owned() }]);
}

#[test]
fn a_recipient_of_a_mail_is_never_handed_on() {
    let text = "[email-message:to_refs[*].value = 'staff@campaign.example' AND email-message:subject = 'Hi']";
    assert_eq!(leaves(text), [Leaf::Recipient]);
}

#[test]
fn what_is_no_pattern_is_refused() {
    for text in [
        "",
        "[]",
        "domain-name:value = 'x'",
        "[domain-name:value = 'x'",
        "[domain-name:value = 'x]",
        "[domain-name:value = x]",
        "[domain-name:value 'x']",
        "[domain-name:value = 'x'] AND",
        "[domain-name:value IN ()]",
        "[domain-name:value = 'x'] WITHIN SECONDS",
        "[domain-name:value = 'x'] REPEATS 0 TIMES",
        "[domain-name:value = 'x'] START '2024' STOP '2025'",
        "[domain-name:value = 'x'] trailing",
        "[a:b = h'abc']",
        "[a:b = t'2024-01-01']",
        "[file:hashes.\"SHA-1\" = 'aa']",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    assert!(parse(&"(".repeat(100_000)).is_err());
    assert!(parse(&format!("{}a:b = 1{}", "[(".repeat(40), ")]".repeat(40))).is_err());
}

#[test]
fn what_is_meant_but_not_allowed_is_not_strict() {
    for text in ["[file:hashes.SHA-256 = 'aa']", "[file:name = 'C:\\Temp\\x']"] {
        assert!(!parse(text).unwrap().strict, "{text}");
    }
    assert_eq!(leaves("[file:name = 'C:\\Temp\\x']"), [value(Kind::Filename, "file:name", "C:\\Temp\\x")]);
}

#[test]
fn every_part_that_is_kept_is_a_pattern_by_itself() {
    let text =
        "[(a:b = 1 AND c:d = 2) OR e:f IN (h'00', b'AAAA', true)] OR ([g:h < 3.5] FOLLOWEDBY [i:j = -1])";
    let parts = leaves(text);
    assert_eq!(parts.len(), 3);
    for part in parts {
        let Leaf::Pattern(part) = part else { panic!("a plain value") };
        assert!(parse(&part).unwrap().strict, "{part}");
    }
}
