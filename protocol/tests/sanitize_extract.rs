//! What a person pastes is read as they mean it: indicators are found, and what only looks like one is named and left.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::time::Instant;

use watchfire_protocol::indicator::Kind;
use watchfire_protocol::sanitize::{Extraction, MAX_TEXT_BYTES, extract};

/// `kind value` of everything found, in the order of the text.
fn found(text: &str) -> Vec<String> {
    extract(text).found.iter().map(|it| format!("{} {}", it.indicator.kind(), it.indicator.value())).collect()
}

fn skipped(extraction: &Extraction) -> Vec<(&str, &str)> {
    extraction.skipped.iter().map(|it| (it.what.as_str(), it.reason)).collect()
}

#[track_caller]
fn assert_found(text: &str, expected: &[&str]) {
    assert_eq!(found(text), expected, "in {text:?}; passed over: {:?}", skipped(&extract(text)));
}

#[test]
fn what_only_looks_like_a_domain_is_none() {
    assert_found(
        "The dropper rqz-loader.exe (armsvc.exe in later builds) is Win32/Adware.DNSBirthday.A, also Win32/Korplug.TC, \
         MSIL/KryptoCibule.A and Trojan.Agent.TK. See misp-kryptocibule.json; version 1.1.0 of 1.0.3-68c0c5 was built \
         with systemTime->wMonth, os.name(), $this.app, Environment.SpecialFolder.Startup, ASP.NET and socket.io on \
         2021.11.29. It ended.In the morning, e.g. at 10.30, i.e. not late, it ran setup.py, run.sh, x.pl, lib.rs, a.zip, \
         b.mov, libc.so, Foo.pm, index.js, readme.md and c.ps from std::io::net.",
        &[],
    );
}

#[test]
fn indicators_in_prose_are_found() {
    assert_found(
        "On Monday mails from billing@evil-invoices.ru led to hxxps://evil[.]site/login.php?id=7, then to evil.club and \
         sub.evil.co.uk (185.174.101[.]13, 45.76.106.146:8443, 91.219.236.0/24, 2a00:1450:4001:81b::200e). \
         Files: 33fc441d4decb897440cbc7bde869484, DAE7E7C4EEC2AC0DC7963C44A5A4F47D930C5508. They used CVE-2017-11882 from \
         AS64297; pay to bc1q8rmdq7k3yfpupadvvkd430vdjwva72hua0gst4.",
        &[
            "url https://evil.site/login.php?id=7",
            "ipv4 185.174.101.13",
            "ipv4 45.76.106.146",
            "cidr 91.219.236.0/24",
            "ipv6 2a00:1450:4001:81b::200e",
            "md5 33fc441d4decb897440cbc7bde869484",
            "sha1 dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508",
            "cve CVE-2017-11882",
            "asn AS64297",
            "crypto-address bc1q8rmdq7k3yfpupadvvkd430vdjwva72hua0gst4",
        ],
    );
    // Without anything defanged, plain names in the same place are meant.
    assert_found(
        "Mails from billing@evil-invoices.ru led to https://evil.site/login, then to evil.club and evil.com/gate.php.",
        &[
            "email billing@evil-invoices.ru",
            "url https://evil.site/login",
            "domain evil.club",
            "url http://evil.com/gate.php",
        ],
    );
}

#[test]
fn defanged_forms_are_read_in_running_text() {
    assert_found(
        "c2: evil[.]ru, evil(.)club evil{.}site evil [dot] info and evil(dot)biz; anna [at] evil[.]ru, \
         hxxp[:]//evil[.]ru/x. fxp://evil[.]ru/y h**ps://evil[.]ru/z evil\\.ru again. Dots are written as [.] in this text, \
         and (at) too.",
        &[
            "domain evil.ru",
            "domain evil.club",
            "domain evil.site",
            "domain evil.info",
            "domain evil.biz",
            "email anna@evil.ru",
            "url http://evil.ru/x",
            "url ftp://evil.ru/y",
            "url https://evil.ru/z",
        ],
    );
    assert_found("anna at evil dot com\n\nevil DOT ru", &["email anna@evil.com", "domain evil.ru"]);
    assert_found("secret[.]bazar and loader[.]exe", &["domain secret.bazar"]);
}

#[test]
fn spans_lead_to_the_original_text() {
    let text = "see “evil[.]ru” | `++hxxp://évil[.]ru/a++`,\r\nх evil [dot] club.";
    let spans: Vec<&str> = extract(text).found.iter().map(|it| &text[it.span.clone()]).collect();
    assert_eq!(spans, ["evil[.]ru", "hxxp://évil[.]ru/a", "evil [dot] club"]);
}

#[test]
fn names_that_are_domain_and_file_are_judged_by_their_place() {
    assert_found("we saw payload.zip and update.sh there", &[]);
    assert_found(
        "we saw www.evil.sh and evil.com.pl there, and https://update.sh/x",
        &["domain www.evil.sh", "domain evil.com.pl", "url https://update.sh/x"],
    );
    assert_found("we saw payload[.]zip there", &["domain payload.zip"]);
    assert_found(
        "|evil.ru |update.sh|
|evil.me |evil.club|

It runs `update.sh`, `lib.rs`.",
        &["domain evil.ru", "domain update.sh", "domain evil.me", "domain evil.club", "filename update.sh"],
    );
    assert_found("https://update.sh/x", &["url https://update.sh/x"]);
    assert_found(
        "evil.ru\nupdate.sh\nallegr0.pl\n",
        &["domain evil.ru", "domain update.sh", "domain allegr0.pl"],
    );
    assert_found(
        "sharp.exe\nslmgr.vbs\nupdate.sh\npayload.zip\n",
        &["filename sharp.exe", "filename slmgr.vbs", "filename update.sh", "filename payload.zip"],
    );
    assert_found("| `run.sh` | a script |", &["filename run.sh"]);
    assert_found("payload.zip", &["domain payload.zip"]);
}

#[test]
fn file_names_are_taken_where_they_stand_by_themselves() {
    assert_found(
        "C:\\Users\\anna\\AppData\\Local Settings\\evil loader.exe\n%TEMP%\\b.dll\n/tmp/.x/c.sh\n\n\
         | Adobe Stock Photos CS3.exe | 33fc441d4decb897440cbc7bde869484 |\n\nIt drops `d.lnk` next to settings.cfg.",
        &[
            "filename evil loader.exe",
            "filename b.dll",
            "filename c.sh",
            "filename Adobe Stock Photos CS3.exe",
            "md5 33fc441d4decb897440cbc7bde869484",
            "filename d.lnk",
        ],
    );
    assert_found("| The dropper that installs evil.exe | x |", &[]);
}

#[test]
fn lists_and_rows_of_any_kind_are_read() {
    assert_found(
        "- evil.ru\n* `evil.club`\n1. evil.site\n2) evil.info\n• evil.biz\n> evil.pro\n\"evil.live\"\n<evil.me>\nevil.work,\n\
         evil.win;evil.top,evil.icu\n\"14-tracking.com\",\"191.101.31.25\"\nDomain: evil.fun\nC2 = evil.pw\nsha1: \
         dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508\n|evil.cc|1.1.1.7|",
        &[
            "domain evil.ru",
            "domain evil.club",
            "domain evil.site",
            "domain evil.info",
            "domain evil.biz",
            "domain evil.pro",
            "domain evil.live",
            "domain evil.me",
            "domain evil.work",
            "domain evil.win",
            "domain evil.top",
            "domain evil.icu",
            "domain 14-tracking.com",
            "ipv4 191.101.31.25",
            "domain evil.fun",
            "domain evil.pw",
            "sha1 dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508",
            "domain evil.cc",
            "ipv4 1.1.1.7",
        ],
    );
}

#[test]
fn what_only_counts_by_itself_is_found_there() {
    assert_found(
        "telegram:EvilAnna\n+1 (202) 555-0143\n`+12025550144`\ncom.evil.spy\n`Mozilla/5.0 (X11; Evil) Bot/1.0`\n\
         call +1 202 555 0145 or see telegram:evilben, com.evil.spy2",
        &[
            "account telegram:evilanna",
            "phone +12025550143",
            "phone +12025550144",
            "app com.evil.spy",
            "user-agent Mozilla/5.0 (X11; Evil) Bot/1.0",
        ],
    );
}

#[test]
fn labels_tell_hashes_apart() {
    assert_found(
        "JA3: e7d705a3286e19ea42f587b344ee6865\nimphash c7269d59926fa4252270f407e4dab043\n\
         thumbprint dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508\ncommit 19bf019fc0bf44828378f008332430a080871274\n\
         ja4 t13d1516h2_8daaf6152771_b186095e22b6\nversion 3.2.0.1 at 3.2.0.2",
        &[
            "ja3 e7d705a3286e19ea42f587b344ee6865",
            "certificate dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508",
            "ja4 t13d1516h2_8daaf6152771_b186095e22b6",
            "ipv4 3.2.0.2",
        ],
    );
}

#[test]
fn a_list_of_urls_keeps_every_url() {
    let text =
        "https://www.welivesecurity.com/2020/x/\nhttps://github.com/evil/repo/raw/a.ps1\nhttp://evil.ru/a\n";
    assert_eq!(found(text).len(), 3);
}

#[test]
fn a_note_keeps_its_links_but_those_to_research() {
    assert_found(
        "Seen by https://www.welivesecurity.com/x too: https://evil.site/login drops \
         dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508.",
        &["url https://evil.site/login", "sha1 dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508"],
    );
}

#[test]
fn pasted_html_gives_its_links() {
    assert_found(
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"https://evil.site/?a=1&amp;b=2\">https://bank.net/</a>",
        &["url https://evil.site/?a=1&b=2", "url https://bank.net/"],
    );
}

#[test]
fn a_pasted_phishing_mail_keeps_its_link() {
    let text = "From: IT Support <it-support@evil-mail.ru>\nTo: anna@campaign.org,\n\tben@campaign.org\n\
        Received: from mx.campaign.org (10.0.0.7) by mail.campaign.org\nSubject: Your password\n\nDear Anna,\n\n\
        your password expires today. Sign in at https://evil.site/login?u=7 to keep it.\n\n\
        Your help desk\nhttps://evil.site/help\n";
    let extraction = extract(text);
    assert_eq!(
        found(text),
        ["email it-support@evil-mail.ru", "url https://evil.site/login?u=7", "url https://evil.site/help"]
    );
    assert!(skipped(&extraction).contains(&("ben@campaign.org", "recipient in a mail header")));
    assert!(skipped(&extraction).iter().any(|(what, _)| *what == "10.0.0.7"));
}

#[test]
fn a_report_s_references_are_passed_over_and_named() {
    let text = "= Evil Bear\n\n// Anna Lee <lee@lab.net>\n\nThe post is at https://lab.net/2023/evil-bear/, the data at\n\
        https://data.lab.net/evil-bear.\nSee https://x.lab.net/a[our talk] or [this](https://y.lab.net/b), write to \
        ioc@lab.net.\n\n== C2\n\n- `evil.ru`\n- http://evil.ru/gate\n\n== Files\n\n\
        |===\n|33fc441d4decb897440cbc7bde869484 |https://evil.site/a |seen by https://z.lab.net/c first\n|===\n\n\
        Source: https://w.lab.net/d\n\n== References\n\n* https://v.lab.net/e\n* https://www.welivesecurity.com/x\n";
    assert_eq!(
        found(text),
        [
            "domain evil.ru",
            "url http://evil.ru/gate",
            "md5 33fc441d4decb897440cbc7bde869484",
            "url https://evil.site/a"
        ]
    );
    let extraction = extract(text);
    for reference in [
        "lee@lab.net",
        "https://lab.net/2023/evil-bear/",
        "https://data.lab.net/evil-bear",
        "https://x.lab.net/a",
        "https://y.lab.net/b",
        "ioc@lab.net",
        "https://z.lab.net/c",
        "https://w.lab.net/d",
        "https://v.lab.net/e",
        "https://www.welivesecurity.com/x",
    ] {
        assert!(extraction.skipped.iter().any(|it| it.what == reference && it.count == 1), "{reference}");
    }
}

#[test]
fn a_text_that_defangs_means_what_it_defangs() {
    let text = "We wrote about it on lab.net and https://lab.net/post. Block evil[.]ru and hxxp://evil[.]club/a.\n\n\
        https://evil.site/list-item\n";
    assert_found(text, &["domain evil.ru", "url http://evil.club/a", "url https://evil.site/list-item"]);
}

#[test]
fn headings_and_forwarded_mails_are_read() {
    assert_found(
        "# evil[.]ru\n\n## hxxp://evil[.]club/a ##\n",
        &["domain evil.ru", "url http://evil.club/a"],
    );
    assert_found(
        "--------\nFrom: it@evil.ru\nTo: anna@campaign.net\n> *Cc:* ben@campaign.net\n\nhttps://evil.site/a\n",
        &["email it@evil.ru", "url https://evil.site/a"],
    );
}

#[test]
fn source_code_is_no_list_of_domains() {
    let text = "evil[.]ru uses:\n\n[source, c]\n----\nfoo.app = socket.link; domain += \".ru\"; // evil.me\nconnect(\"hxxp://evil[.]club/a\");\n\
        ----\n\n```js\nwindow.name = data.rs\n```\n\n```\nevil.site\n```\n";
    assert_found(text, &["domain evil.ru", "url http://evil.club/a", "domain evil.site"]);
}

#[test]
fn armoured_keys_are_left_out() {
    let text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nevil.ru\n-----BEGIN PGP SIGNATURE-----\nVersion: 1\n\n\
        dae7e7c4eec2ac0dc7963c44a5a4f47d930c5508\n=ab12\n-----END PGP SIGNATURE-----\nevil.club";
    assert_found(text, &["domain evil.ru", "domain evil.club"]);
    assert_found(
        "-----BEGIN PUBLIC KEY-----\nMIICIjAN\nthen evil.me\nevil.club",
        &["domain evil.me", "domain evil.club"],
    );
}

#[test]
fn what_is_inside_a_house_is_seen_so_that_it_can_be_dropped() {
    assert_found(
        "dc01.corp.local\n10.0.0.7\nhttp://intranet/x\nanna@mail.house.internal",
        &[
            "domain dc01.corp.local",
            "ipv4 10.0.0.7",
            "url http://intranet/x",
            "email anna@mail.house.internal",
        ],
    );
}

#[test]
fn each_indicator_is_found_once() {
    assert_found("evil.ru EVIL[.]RU evil.ru.\nevil.ru", &["domain evil.ru"]);
}

#[test]
fn a_text_above_the_bound_is_passed_over_as_a_whole() {
    let extraction = extract(&"evil.ru\n".repeat(MAX_TEXT_BYTES / 8 + 1));
    assert!(extraction.found.is_empty());
    assert_eq!(extraction.skipped.len(), 1);
}

/// Work per byte must not grow with the length, whatever the text is made of.
#[test]
fn hostile_texts_are_read_in_linear_time() {
    let short = 8 * 1024;
    for unit in [
        "a",
        ".",
        "a.",
        "[",
        "[.]",
        "http://",
        "a://",
        "://",
        "http://a[",
        "](http://a",
        "`",
        "|",
        "a.ru ",
        "a.ru|",
        "a@",
        "@a.ru ",
        "link:a[",
        "(",
        "((a)",
        "\"a.ru",
        "magnet:",
        "+1 ",
        " dot ",
        "a at ",
        "%",
        "\\",
        "1:",
        "f:",
        "::",
        "CVE-",
        "----\n",
        "a\n",
        "To: a@b.ru\n",
        "-----BEGIN \n",
        "xn--a.",
        "ß.",
        "\u{301}",
        "++",
        "* ",
        "a,",
        "http://a,http://a",
        "0x",
        "1",
        "evil.ru/",
        "x/y.exe ",
        "[dot]",
        " [dot] ",
        "\u{200b}",
    ] {
        let seconds = |bytes: usize| {
            let text = unit.repeat(bytes / unit.len());
            let start = Instant::now();
            let extraction = extract(&text);
            assert!(extraction.skipped.len() <= 2001 && extraction.found.len() <= 100_000);
            start.elapsed().as_secs_f64()
        };
        // Eight times the text takes quadratic work 64 times as long. The margin and the tries are for a busy machine.
        let is_linear = || seconds(short * 8) < seconds(short).max(0.004) * 40.0;
        assert!((0..3).any(|_| is_linear()), "{unit:?}");
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn fragment() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::sample::select(vec![
                "hxxp://evil[.]ru/a",
                "https://lab.net/post",
                "evil[.]ru",
                "evil.club",
                "anna[at]evil.ru",
                "\n",
                "\n\n",
                "== Title\n",
                "|===\n",
                "|",
                "`",
                "----\n",
                "[source]\n",
                "* ",
                "- ",
                " ",
                " the quick brown fox ",
                "run.sh",
                "a.exe",
                "1.2.3.4",
                "// ",
                "To: ",
                "Source: ",
                "[words]",
                "](",
                "[",
                "(",
                ")",
                "\"",
                "<",
                ">",
                "++",
                "33fc441d4decb897440cbc7bde869484",
                "CVE-2020-1234",
                "::",
                "\u{200b}",
                "é",
                " dot ",
                "\\",
                "/",
                "@",
                ",",
                ";",
                "+1 202 555 0143",
                "```\n",
                "-----BEGIN X\n",
            ])
            .prop_map(str::to_owned),
            "\\PC{0,6}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_without_panic_and_its_spans_hold(parts in prop::collection::vec(fragment(), 0..40)) {
            let text: String = parts.concat();
            let extraction = extract(&text);
            let mut seen = std::collections::BTreeSet::new();
            for it in &extraction.found {
                prop_assert!(text.get(it.span.clone()).is_some_and(|slice| !slice.is_empty()), "{:?}", text);
                prop_assert!(seen.insert(it.indicator.clone()));
            }
            prop_assert!(extraction.skipped.iter().all(|it| it.count > 0 && !it.reason.is_empty()));
        }

        #[test]
        fn no_url_is_lost_without_a_word(
            before in prop::collection::vec(fragment(), 0..12),
            after in prop::collection::vec(fragment(), 0..12),
        ) {
            let text = format!("{}\n\nhxxp://ev1l[.]ru/a https://l4b.net/b\n\n{}", before.concat(), after.concat());
            let extraction = extract(&text);
            for url in ["http://ev1l.ru/a", "https://l4b.net/b"] {
                let is_found = extraction.found.iter().any(|it| it.indicator.value() == url);
                let is_named = extraction.skipped.iter().any(|it| it.what == url);
                prop_assert!(is_found || is_named, "{} in {:?}", url, text);
            }
        }
    }
}

/// Real lists and reports; the folder is not part of the repository.
#[test]
fn real_reports_yield_what_a_person_counts() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder =
        std::env::var_os("WATCHFIRE_DATA").map_or_else(|| root.join("shared/data"), Into::into).join("text");
    if !folder.is_dir() {
        eprintln!("skipped: no folder {}", folder.display());
        return;
    }
    for (file, expected) in [
        ("amnesty-2019-03-06_egypt_oauth_domains.txt", &[(Kind::Domain, 34)][..]),
        ("amnesty-2019-03-06_egypt_oauth_emails.txt", &[(Kind::Email, 5)]),
        ("amnesty-2020-06-15_india_domains.txt", &[(Kind::Domain, 3)]),
        ("amnesty-2020-06-15_india_sha256.txt", &[(Kind::Sha256, 12)]),
        ("amnesty-2021-02-24_vietnam_indicators_ips.txt", &[(Kind::Ipv4, 6)]),
        ("eset-..adoc", &[]),
        ("eset-blacklotus.adoc", &[(Kind::Url, 8), (Kind::Sha1, 31)]),
        (
            "eset-dnsbirthday.adoc",
            &[(Kind::Domain, 1), (Kind::Ipv4, 4), (Kind::Sha1, 13), (Kind::Ssdeep, 3), (Kind::Filename, 2)],
        ),
        ("eset-gamarue.adoc", &[(Kind::Sha1, 4)]),
        ("eset-hotpage.adoc", &[(Kind::Ipv4, 3), (Kind::Sha1, 4)]),
        (
            "eset-kryptocibule.adoc",
            &[
                (Kind::Domain, 67),
                (Kind::Ipv4, 1),
                (Kind::Sha1, 32),
                (Kind::Filename, 15),
                (Kind::UserAgent, 1),
                (Kind::CryptoAddress, 13),
            ],
        ),
        (
            "eset-mustang_panda.adoc",
            &[(Kind::Domain, 4), (Kind::Ipv4, 13), (Kind::Sha1, 28), (Kind::Filename, 21)],
        ),
        ("eset-potao.adoc", &[(Kind::Domain, 6), (Kind::Ipv4, 38), (Kind::Sha1, 91)]),
        ("eset-ramsay.adoc", &[(Kind::Sha1, 17), (Kind::Filename, 14), (Kind::Cve, 1)]),
        (
            "eset-swc-candiru.adoc",
            &[(Kind::Domain, 64), (Kind::Ipv4, 29), (Kind::Url, 3), (Kind::Sha1, 3), (Kind::Filename, 3)],
        ),
        (
            "eset-winter_vivern.adoc",
            &[(Kind::Domain, 1), (Kind::Ipv4, 1), (Kind::Email, 1), (Kind::Sha1, 2), (Kind::Filename, 1)],
        ),
    ] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        for it in extract(&text).found {
            *counts.entry(it.indicator.kind()).or_default() += 1;
        }
        assert_eq!(counts, expected.iter().copied().collect(), "{file}");
    }
}

#[test]
fn addresses_between_words_and_hashes_that_open_something_are_told_apart() {
    let text = "Forwarded to us by peter@volunteerhub.org yesterday, see also ann@volunteerhub.org\n\nsender: bill@evil.net\n\n* \
                list@evil.net\n\nmail from x@evil[.]net and ann@volunteerhub.org too\n\nFrom: Accounts \
                <accounts@evil.net>\n\nann@volunteerhub.org\n";
    let found = extract(text).found;
    let in_prose: Vec<&str> = found.iter().filter(|it| it.in_prose).map(|it| it.indicator.value()).collect();
    // In a text that defangs, an address that is not defanged is a contact.
    assert_eq!(in_prose, Vec::<&str>::new());
    let found = extract(&text.replace("[.]", ".")).found;
    let in_prose: Vec<&str> = found.iter().filter(|it| it.in_prose).map(|it| it.indicator.value()).collect();
    assert_eq!(in_prose, ["peter@volunteerhub.org", "x@evil.net"]);
    let hash = "88a8f72b7daa1d66ce406021406767bf";
    for (text, count) in [
        (format!("api_key={hash}"), 0),
        (format!("Cookie: session={hash}"), 0),
        (format!("\"token\": \"{hash}\""), 0),
        (format!("md5={hash}"), 1),
        (format!("the key file {hash}"), 1),
    ] {
        assert_eq!(extract(&text).found.len(), count, "{text}");
    }
}
