//! Warninglists match as MISP's own tools do, whatever a list holds, and what is on one stays home with the list's name.

#![allow(clippy::unwrap_used)]

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::warninglist::{Compiler, Damaged, MAX_LISTS, Refused, Source};
use watchfire_protocol::sanitize::{
    Candidate, Decisions, Origin, OwnList, Sanitizer, Verdict, Warninglists, received_notes,
};

const KEY: [u8; 32] = [7; 32];

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn list(name: &str, kind: &str, attributes: &[&str], entries: &[&str]) -> Warninglists {
    let mut compiler = Compiler::new(KEY);
    add(&mut compiler, name, kind, attributes, entries);
    compiler.finish()
}

fn add(compiler: &mut Compiler, name: &str, kind: &str, attributes: &[&str], entries: &[&str]) {
    let (attributes, entries) = (texts(attributes), texts(entries));
    let source =
        Source { name, version: 3, kind, attributes: &attributes, entries: &entries, ..Source::default() };
    compiler.add(&source).unwrap();
}

fn indicator(kind: Kind, value: &str) -> Indicator {
    Indicator::parse(kind, value).unwrap()
}

fn is_hit(lists: &Warninglists, kind: Kind, value: &str) -> bool {
    !lists.hits(&indicator(kind, value)).is_empty()
}

#[test]
fn each_type_matches_as_misp_does() {
    type Values = &'static [(Kind, &'static str, bool)];
    let cases: [(&str, &[&str], Values); 5] = [
        (
            "string",
            &["update.lan-party.net", "D41D8CD98F00B204E9800998ECF8427E"],
            &[
                (Kind::Domain, "update.lan-party.net", true),
                (Kind::Domain, "x.update.lan-party.net", false),
                (Kind::Domain, "lan-party.net", false),
                (Kind::Md5, "d41d8cd98f00b204e9800998ecf8427e", true),
            ],
        ),
        (
            "substring",
            &["@Mailbox.lan-party.net", "sandbox."],
            &[
                (Kind::Email, "a@mailbox.lan-party.net", true),
                (Kind::Email, "a@lan-party.net", false),
                (Kind::Url, "https://my.sandbox.net/x", true),
            ],
        ),
        (
            "hostname",
            &[".lan-party.net", "b\u{fc}cher.de"],
            &[
                (Kind::Domain, "lan-party.net", true),
                (Kind::Domain, "a.b.lan-party.net", true),
                (Kind::Domain, "notlan-party.net", false),
                (Kind::Domain, "lan-party.net.evil.ru", false),
                (Kind::Url, "https://www.lan-party.net:8443/a?b", true),
                (Kind::Url, "https://evil.ru/lan-party.net", false),
                (Kind::Domain, "xn--bcher-kva.de", true),
            ],
        ),
        (
            "cidr",
            &["185.174.0.0/16", "185.175.1.1", "2a00:1450::/32"],
            &[
                (Kind::Ipv4, "185.174.101.13", true),
                (Kind::Ipv4, "185.175.1.1", true),
                (Kind::Ipv4, "185.175.1.2", false),
                (Kind::Ipv4, "185.173.255.255", false),
                (Kind::Cidr, "185.174.101.0/24", true),
                (Kind::Cidr, "185.174.0.0/15", false),
                (Kind::Ipv6, "2a00:1450:4001::200e", true),
                (Kind::Ipv6, "2a01::1", false),
                (Kind::Domain, "lan-party.net", false),
            ],
        ),
        (
            "regex",
            &["/^(abuse|noc)@.*$/i"],
            &[(Kind::Email, "abuse@lan-party.net", true), (Kind::Email, "anna@lan-party.net", false)],
        ),
    ];
    for (kind, entries, values) in cases {
        let lists = list("A list", kind, &[], entries);
        let again = Warninglists::from_bytes(&lists.to_bytes()).unwrap();
        for (value_kind, value, expected) in values {
            assert_eq!(is_hit(&lists, *value_kind, value), *expected, "{kind} {value}");
            assert_eq!(is_hit(&again, *value_kind, value), *expected, "{kind} {value} from bytes");
        }
    }
}

#[test]
fn only_the_kinds_that_a_list_is_about_are_compared() {
    let lists = list("A list", "hostname", &["url", "domain|ip"], &["lan-party.net"]);
    assert!(
        is_hit(&lists, Kind::Url, "http://lan-party.net/") && is_hit(&lists, Kind::Domain, "lan-party.net")
    );
    let lists = list("A list", "string", &["md5", "filename|sha1"], &["lan-party.net"]);
    assert!(!is_hit(&lists, Kind::Domain, "lan-party.net"));
}

#[test]
fn a_bad_entry_is_counted_and_named_and_spoils_nothing() {
    let long = "a".repeat(5000);
    for (kind, bad) in [
        ("hostname", vec!["com", ".", ""]),
        ("cidr", vec!["0.0.0.0/0", "10.0.0.1/8", "::/0", "1.2.3.4/33", "1.2.3.4/-1", "a/8", "300.1.1.1"]),
        ("substring", vec!["", "de", long.as_str()]),
        ("regex", vec!["/(?=a)/", "/.*/", "/(/", "/((a{900}){900}){900}/"]),
        ("string", vec!["", long.as_str()]),
    ] {
        let mut compiler = Compiler::new(KEY);
        let good = match kind {
            "cidr" => "185.174.101.13",
            "regex" => "/^evil/",
            _ => "evil-things.net",
        };
        let entries: Vec<String> = texts(&bad).into_iter().chain([good.to_owned()]).collect();
        let source = Source { name: "A list", kind, entries: &entries, ..Source::default() };
        let added = compiler.add(&source).unwrap();
        assert_eq!((added.entries, added.bad), (1, u32::try_from(bad.len()).unwrap()), "{kind}");
        assert_eq!(added.examples.len(), bad.len().min(5), "{kind}");
        assert_eq!(compiler.finish().lists()[0].bad, added.bad);
    }
}

#[test]
fn too_much_is_refused_and_what_was_there_stays() {
    let mut compiler = Compiler::new(KEY);
    let refused = |compiler: &mut Compiler, name: &str, kind: &str| {
        compiler.add(&Source { name, kind, ..Source::default() }).unwrap_err()
    };
    assert_eq!(refused(&mut compiler, "A", "xpath"), Refused::Kind("xpath".into()));
    assert_eq!(refused(&mut compiler, " ", "string"), Refused::NoName);
    for number in 0..MAX_LISTS {
        add(&mut compiler, &format!("List {number}"), "string", &[], &["evil.ru"]);
    }
    assert_eq!(refused(&mut compiler, "One more", "string"), Refused::TooManyLists);
    add(&mut compiler, "List 7", "string", &[], &["evil.club"]);
    let entries = vec!["evil.me".to_owned(); 5_000_000];
    let source = Source { name: "Huge", kind: "string", entries: &entries, ..Source::default() };
    assert!(matches!(compiler.add(&source), Err(Refused::TooManyEntries)));
    let lists = compiler.finish();
    assert_eq!(lists.lists().len(), MAX_LISTS);
    assert_eq!(lists.hits(&indicator(Kind::Domain, "evil.ru")).len(), MAX_LISTS - 1);
    assert_eq!(lists.hits(&indicator(Kind::Domain, "evil.club")).len(), 1);
}

#[test]
fn a_list_is_replaced_and_removed_without_a_trace() {
    let mut compiler = Compiler::new(KEY);
    add(&mut compiler, "Names", "hostname", &[], &["lan-party.net"]);
    add(&mut compiler, "Blocks", "cidr", &[], &["185.174.0.0/16", "2a00::/16"]);
    add(&mut compiler, "Parts", "substring", &[], &["sandbox."]);
    add(&mut compiler, "Patterns", "regex", &[], &["/^abuse@/"]);
    let all = compiler.finish();
    let mut compiler = Compiler::with(all.clone());
    assert!(compiler.remove("Names") && !compiler.remove("Names"));
    add(&mut compiler, "Parts", "substring", &[], &["other."]);
    let fewer = compiler.finish();
    for (kind, value, before, after) in [
        (Kind::Domain, "www.lan-party.net", true, false),
        (Kind::Ipv4, "185.174.101.13", true, true),
        (Kind::Ipv6, "2a00:1450::1", true, true),
        (Kind::Domain, "my.sandbox.net", true, false),
        (Kind::Domain, "my.other.net", false, true),
        (Kind::Email, "abuse@evil.ru", true, true),
    ] {
        assert_eq!(is_hit(&all, kind, value), before, "{value}");
        assert_eq!(is_hit(&fewer, kind, value), after, "{value}");
    }
    let names: Vec<&str> = fewer.lists().iter().map(|list| list.name.as_str()).collect();
    assert_eq!(names, ["Blocks", "Patterns", "Parts"]);
    let hits = fewer.hits(&indicator(Kind::Email, "abuse@evil.ru"));
    assert_eq!(hits[0].list.name, "Patterns");
}

#[test]
fn bytes_that_are_damaged_anywhere_are_no_lists() {
    let mut compiler = Compiler::new(KEY);
    add(&mut compiler, "Names", "hostname", &[], &["lan-party.net", "evil.ru"]);
    add(&mut compiler, "Blocks", "cidr", &[], &["185.174.0.0/16"]);
    let bytes = compiler.finish().to_bytes();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(Warninglists::from_bytes(&damaged).is_err(), "{at}");
        assert!(Warninglists::from_bytes(&bytes[..at]).is_err(), "{at}");
    }
    assert_eq!(Warninglists::from_bytes(b"something else").unwrap_err(), Damaged::Foreign);
    let longer = [bytes.as_slice(), b"x"].concat();
    assert_eq!(Warninglists::from_bytes(&longer).unwrap_err(), Damaged::Changed);
}

fn decide(lists: &Warninglists, kind: Kind, value: &str, origin: Origin) -> Option<(u16, Option<String>)> {
    let (own, decisions) = (OwnList::default(), Decisions::new());
    let candidate = Candidate { indicator: indicator(kind, value), origin, number: 0 };
    let decision = Sanitizer::new(&own, &own, &decisions, lists).decide([candidate]);
    decision.changed.first().map(|change| (change.rule, change.detail.clone()))
}

#[test]
fn what_is_on_a_list_stays_home_with_the_lists_name() {
    let mut compiler = Compiler::new(KEY);
    add(&mut compiler, "Known banks", "hostname", &[], &["ohio-bank.net", "weebly.com"]);
    add(
        &mut compiler,
        "List of known dynamic DNS domains",
        "hostname",
        &[],
        &["ohio-dyn.net", "ohio-dyn.org"],
    );
    add(&mut compiler, "List of known Amazon AWS addresses", "cidr", &[], &["185.176.0.0/16"]);
    add(&mut compiler, "Top sites", "hostname", &[], &["ohio-dyn.net"]);
    add(&mut compiler, "List of known shared addresses", "cidr", &[], &["185.174.0.0/16"]);
    add(&mut compiler, "List of RFC 1918 blocks, as somebody sees them", "cidr", &[], &["185.175.0.0/16"]);
    let lists = compiler.finish();
    let (stated, mail) = (Origin::Stated, Origin::MailLink);
    for (kind, value, origin, expected) in [
        (Kind::Domain, "ohio-bank.net", stated, Some((513, "Known banks"))),
        (Kind::Url, "https://ohio-bank.net/", stated, Some((513, "Known banks"))),
        (Kind::Domain, "evil.ohio-bank.net", stated, Some((514, "Known banks"))),
        (Kind::Url, "https://ohio-bank.net/wp-content/evil.php", stated, None),
        (Kind::Url, "https://ohio-bank.net/logo.png", mail, Some((514, "Known banks"))),
        (Kind::Domain, "evil.weebly.com", stated, None),
        (Kind::Url, "https://evil.weebly.com/login", mail, None),
        (Kind::Domain, "ohio-dyn.net", stated, Some((513, "Top sites"))),
        (Kind::Domain, "ohio-dyn.org", stated, Some((514, "List of known dynamic DNS domains"))),
        (Kind::Ipv4, "185.176.101.13", stated, None),
        (Kind::Domain, "evil.ohio-dyn.net", stated, None),
        (Kind::Ipv4, "185.174.101.13", stated, Some((514, "List of known shared addresses"))),
        (Kind::Ipv4, "185.175.101.13", stated, Some((513, "List of RFC 1918 blocks, as somebody sees them"))),
        (Kind::Domain, "ohio-invoices.net", stated, None),
    ] {
        let expected = expected.map(|(rule, name)| (rule, Some(name.to_owned())));
        assert_eq!(decide(&lists, kind, value, origin), expected, "{value}");
    }
    let held = indicator(Kind::Domain, "ohio-dyn.org");
    let mut decisions = Decisions::new();
    decisions.remember(held.clone(), Verdict::Share);
    let own = OwnList::default();
    let sanitizer = Sanitizer::new(&own, &own, &decisions, &lists);
    assert_eq!(sanitizer.decide([Candidate::stated(held, 0)]).kept.len(), 1);
}

#[test]
fn a_reader_is_told_the_lists() {
    let lists = list("Known banks", "hostname", &[], &["ohio-bank.net"]);
    let note = |kind, value| {
        let notes = received_notes(&indicator(kind, value), &lists);
        notes.first().map(|note| (note.rule, note.text.clone()))
    };
    assert_eq!(
        note(Kind::Domain, "ohio-bank.net"),
        Some((Some(513), "on the warninglist \"Known banks\"".into()))
    );
    assert!(note(Kind::Url, "https://a.ohio-bank.net/x").unwrap().1.starts_with("under a name on"));
    assert_eq!(note(Kind::Domain, "ohio-invoices.net"), None);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_list_is_taken_or_refused_and_read_back(
            kind in prop_oneof!["string", "substring", "hostname", "cidr", "regex", "\\PC{0,5}"],
            name in "\\PC{0,300}",
            entries in prop::collection::vec(prop_oneof!["\\PC{0,20}", "[0-9a-f.:/]{0,20}", "[/(a|b)*+?\\[\\]{}1-9]{0,20}"], 0..20),
            value in "[a-z0-9.]{1,20}",
        ) {
            let mut compiler = Compiler::new(KEY);
            let source = Source { name: &name, kind: &kind, entries: &entries, ..Source::default() };
            if let Ok(added) = compiler.add(&source) {
                prop_assert_eq!(usize::try_from(added.entries + added.bad).unwrap(), entries.len());
            }
            let lists = compiler.finish();
            let again = Warninglists::from_bytes(&lists.to_bytes()).unwrap();
            prop_assert_eq!(again.lists(), lists.lists());
            for kind in Kind::ALL {
                if let Ok(value) = Indicator::parse(kind, &value) {
                    prop_assert_eq!(again.hits(&value), lists.hits(&value));
                }
            }
        }
    }
}
