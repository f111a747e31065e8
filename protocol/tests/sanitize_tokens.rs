//! What looks made for one recipient is masked, and what everybody gets is left.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::collections::BTreeSet;

mod sanitize_support;

use sanitize_support::{data, files, texts};
use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::{
    Candidate, Decision, Decisions, Origin, OwnList, Sanitizer, Warninglists, extract,
};

fn own() -> OwnList {
    OwnList { names: vec!["Anna Lee".into()], domains: vec!["smith2028.org".into()], ..OwnList::default() }
}

fn learned() -> OwnList {
    OwnList { names: vec!["bob.day@volunteers.net".into()], ..OwnList::default() }
}

fn decide(kind: Kind, value: &str, origin: Origin) -> Decision {
    let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
    let indicator = Indicator::parse(kind, value).unwrap();
    Sanitizer::new(&own(), &learned(), &decisions, &warninglists).decide([Candidate {
        indicator,
        origin,
        number: 0,
    }])
}

/// `(rule, what leaves)`.
fn one(kind: Kind, value: &str, origin: Origin) -> (Option<u16>, Option<String>) {
    let decision = decide(kind, value, origin);
    let rule = decision.changed.first().map(|change| change.rule);
    (rule, decision.kept.first().map(|kept| kept.indicator.value().to_owned()))
}

#[test]
fn parts_of_a_mails_links_that_look_made_for_one_recipient_are_masked() {
    for (url, rule, after) in [
        ("https://evil.net/?rid=Xk29fLq", 410, "https://evil.net/?rid=removed"),
        ("https://evil.net/login?rid=XkqfLqZ", 410, "https://evil.net/login?rid=removed"),
        ("https://evil.net/track?q=a8Fh3Kd9&page=2", 410, "https://evil.net/track?q=removed&page=2"),
        (
            "https://evil.net/l/3f2504e0-4f89-11d3-9a0c-0305e82c3301/login.html",
            410,
            "https://evil.net/l/removed/login.html",
        ),
        ("https://evil.net/u/990172/go", 410, "https://evil.net/u/removed/go"),
        ("https://evil.net/view/8f3a9c2d71.html", 410, "https://evil.net/view/removed.html"),
        ("https://evil.net/c?8f3a9c2d71ab", 410, "https://evil.net/c?removed"),
        ("https://evil.net/c?MTIzNDU2Nzg5MDEyMzQ1Ng==", 410, "https://evil.net/c?removed"),
        ("https://evil.net/c?user=admin", 410, "https://evil.net/c?user=removed"),
        ("https://evil.net/c?id=48213&lang=en", 410, "https://evil.net/c?id=removed&lang=en"),
        ("https://evil.net/ls/click?upn=u001.Qk3J9xZ2mQpL8vN4", 410, "https://evil.net/ls/click?upn=removed"),
        (
            "https://evil.list-manage.net/track/click?u=5ae21f9b8c7d&id=9d3b1e77a2&e=4f0c2a91be",
            410,
            "https://evil.list-manage.net/track/click?u=removed&id=removed&e=removed",
        ),
        ("https://evil.net/a;jsessionid=8F3A9C2D71/b", 418, "https://evil.net/a;jsessionid=removed/b"),
        ("https://evil.net/a?token=hunter2&x=1", 418, "https://evil.net/a?token=removed&x=1"),
        ("https://evil.net/a?password=summer", 418, "https://evil.net/a?password=removed"),
        ("https://x8d7f2k9.evil.net/a", 411, "https://removed.evil.net/a"),
        (
            "https://evil.net/r?u=https%3A%2F%2Fbad.net%2F990172%3Frid%3DXk29fLq",
            410,
            "https://evil.net/r?u=https%3A%2F%2Fbad.net%2Fremoved%3Frid%3Dremoved",
        ),
        ("https://evil.net/r?u=https://bad.net/990172", 410, "https://evil.net/r?u=https://bad.net/removed"),
        (
            "https://evil.net/r?u=https%3A%2F%2Fbad.net%2Fanna-lee",
            304,
            "https://evil.net/r?u=https%3A%2F%2Fbad.net%2Fremoved",
        ),
        ("https://evil.net/r?u=https%3A%2F%2Fsmith2028.org%2Fx", 304, "https://evil.net/r?u=removed"),
        ("https://evil.net/Invoice_Anna_Lee.pdf", 304, "https://evil.net/removed.pdf"),
        (
            "https://evil.net/x?e=bob.day%40volunteers.net&rid=Xk29fLq",
            404,
            "https://evil.net/x?e=removed&rid=removed",
        ),
        (
            "https://evil.net/x?a=bob.day%40volun&b=teers.net&c=1",
            404,
            "https://evil.net/x?a=removed&b=removed&c=1",
        ),
        ("https://evil.net/x?e=somebody@gmail.com", 402, "https://evil.net/x?e=removed"),
        (
            "https://docs.google.com/forms/d/e/1FAIpQLSf3Kd9xZ2/viewform?emailAddress=bob",
            410,
            "https://docs.google.com/forms/d/e/1FAIpQLSf3Kd9xZ2/viewform?emailAddress=removed",
        ),
    ] {
        assert_eq!(one(Kind::Url, url, Origin::MailLink), (Some(rule), Some(after.to_owned())), "{url}");
        // Masking again changes nothing.
        assert_eq!(one(Kind::Url, after, Origin::MailLink), (None, Some(after.to_owned())), "{after}");
    }
}

#[test]
fn what_everybody_gets_is_left() {
    for url in [
        "https://evil.net/account-verification/index.php",
        "https://evil.net/wp-content/plugins/x8d7f2.php",
        "https://evil.net/wp-includes/js/jquery-3.6.0.min.js",
        "https://evil.net/assets/main.8f3a9c2d.css",
        "https://evil.net/download/x8d7f2.exe",
        "https://evil.net/7a6f9911.zip",
        "https://evil.net/2026/05/17/update?lang=en-US&page=12",
        "https://evil.net/v2.10.3/setup?t=1&id=5",
        "https://evil.net:8080/gate.php?c=login&type=office365",
        "https://x8d7f2k9q1zz.net/login",
        "https://x8d7f2k9q1zz.web.app/login",
        "https://docs.google.com/forms/d/e/1FAIpQLSf3Kd9xZ2mQpL8vN4tR7wY/viewform?usp=sf_link",
        "https://drive.google.com/uc?id=1Qk3J9xZ2mQpL8vN4tR7wY&export=download",
        "https://forms.gle/Xk29fLqW8d",
        "https://bit.ly/3Xk29fL",
        "https://t.me/x8d7f2",
        "https://firebasestorage.googleapis.com/v0/b/ohio/o/a.html?alt=media&token=3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "https://ipfs.example.net.evil.net/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
        "http://expyuzz4wqqyqhjn3x7q2d4cexpyuzz4wqqyqhjn3x7q2d4c.onion/login",
        "http://185.174.101.13/gate.php",
    ] {
        let url = Indicator::parse(Kind::Url, url).unwrap();
        assert_eq!(one(Kind::Url, url.value(), Origin::MailLink), (None, Some(url.value().to_owned())));
    }
}

#[test]
fn of_a_stated_url_only_what_nobody_made_up_is_masked() {
    for url in [
        "https://evil.net/x8d7f2k9/8f3a9c2d71ab/gate",
        "https://evil.net/gate?id=48213&user=admin&v=8f3a9c2d",
        "https://x8d7f2k9.evil.net/",
        "https://evil.net/login/office365/8f3a9c2d.php",
    ] {
        assert_eq!(one(Kind::Url, url, Origin::Stated), (None, Some(url.to_owned())), "{url}");
    }
    for (url, rule, after) in [
        ("https://evil.net/a?rid=Xk29fLq", 410, "https://evil.net/a?rid=removed"),
        ("https://evil.net/a?v=3f2504e0-4f89-11d3-9a0c-0305e82c3301", 410, "https://evil.net/a?v=removed"),
        ("https://evil.net/a?token=8f3a9c2d71", 418, "https://evil.net/a?token=removed"),
        ("https://evil.net/a/somebody@gmail.com", 402, "https://evil.net/a/removed"),
        ("https://evil.net/a?rid=xqLViAb", 410, "https://evil.net/a?rid=removed"),
        ("https://evil.net/a.php?c=Li1PeEAmp", 410, "https://evil.net/a.php?c=removed"),
        ("https://evil.net/a?HxoFRwiLfpEuPW6GxSVFx", 410, "https://evil.net/a?removed"),
        ("https://evil.net/3f2504e0-4f89-11d3-9a0c-0305e82c3301/a", 410, "https://evil.net/removed/a"),
        ("https://evil.net/a/8f3a9c2d71ab44c0", 410, "https://evil.net/a/removed"),
        ("https://evil.net/J_oHbbuYd4vIVKTFFYv0MxMB39482AVZ", 410, "https://evil.net/removed"),
        ("https://evil.net/a?v=AKIADDBHRIYBBLWXNTEH", 418, "https://evil.net/a?v=removed"),
        ("https://evil.net/eyJpZCI6ImU5Y2Y2Mzc2YTciLCJjIjo4MTcyfQ/a", 410, "https://evil.net/removed/a"),
        ("https://w898wgaotm34xwsx7q3x.evil.net/a", 411, "https://removed.evil.net/a"),
    ] {
        assert_eq!(one(Kind::Url, url, Origin::Stated), (Some(rule), Some(after.to_owned())), "{url}");
    }
}

#[test]
fn of_a_tracking_pixel_only_its_place_is_left() {
    for (pixel, after) in [
        (
            "https://evil.net/open/8f3a9c2d.gif?x=1&day=monday",
            "https://evil.net/open/removed.gif?x=removed&day=removed",
        ),
        ("https://evil.net/px/nDFixhuW/1x1.png", "https://evil.net/px/removed/1x1.png"),
    ] {
        assert_eq!(one(Kind::Url, pixel, Origin::TrackingPixel), (Some(412), Some(after.to_owned())));
    }
    let (pixel, after) = ("https://jgzviog2x.t.evil.net/p.gif", "https://removed.t.evil.net/p.gif");
    assert_eq!(one(Kind::Url, pixel, Origin::TrackingPixel), (Some(411), Some(after.to_owned())));
}

#[test]
fn every_rule_that_was_met_is_named() {
    let decision =
        decide(Kind::Url, "https://a:b@evil.net/990172?e=x@gmail.com&sid=Xk29fLq", Origin::MailLink);
    let change = &decision.changed[0];
    assert_eq!(change.rule, 401);
    let detail = change.detail.as_deref().unwrap();
    assert!(["402", "410", "418"].iter().all(|rule| detail.contains(rule)), "{detail}");
    assert_eq!(change.after.as_deref(), Some("https://evil.net/removed?e=removed&sid=removed"));
}

#[test]
fn names_keep_what_everybody_gets() {
    for (kind, value, origin, rule, after) in [
        (Kind::Domain, "x8d7f2k9.login.evil.net", Origin::MailBody, Some(411), Some("login.evil.net")),
        (Kind::Domain, "x8d7f2k9.login.evil.net", Origin::Stated, None, Some("x8d7f2k9.login.evil.net")),
        (
            Kind::Domain,
            "mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dz.evil.net",
            Origin::Stated,
            Some(411),
            Some("evil.net"),
        ),
        (Kind::Domain, "x8d7f2k9.google.com", Origin::MailBody, Some(504), None),
        (Kind::Domain, "x8d7f2k9.web.app", Origin::MailBody, None, Some("x8d7f2k9.web.app")),
        (Kind::Filename, "Invoice_Anna_Lee.pdf", Origin::Attachment, Some(310), Some("Invoice_removed.pdf")),
        (
            Kind::Filename,
            "To bob.day@volunteers.net.zip",
            Origin::Attachment,
            Some(406),
            Some("To removed.zip"),
        ),
        (Kind::Filename, "x8d7f2.exe", Origin::Attachment, None, Some("x8d7f2.exe")),
        (
            Kind::Email,
            "bounce-123-anna.lee=smith2028.org@evil.net",
            Origin::Sender,
            Some(407),
            Some("evil.net"),
        ),
        (Kind::Email, "bounces+990172-8f3a@evil.net", Origin::Sender, Some(407), Some("evil.net")),
        (Kind::Email, "billing@evil.net", Origin::Sender, None, Some("billing@evil.net")),
        (Kind::Email, "annalee.press@gmail.com", Origin::Sender, Some(305), None),
    ] {
        assert_eq!(one(kind, value, origin), (rule, after.map(str::to_owned)), "{value}");
    }
}

#[test]
fn research_data_keeps_its_urls() {
    let Some(data) = data() else { return };
    let (mut urls, mut names) = (BTreeSet::new(), BTreeSet::new());
    let mut read = |text: &str, origin: Origin| {
        for found in extract(text).found {
            match found.indicator.kind() {
                Kind::Url => urls.insert((found.indicator.value().to_owned(), origin)),
                Kind::Domain => names.insert((found.indicator.value().to_owned(), origin)),
                _ => false,
            };
        }
    };
    for folder in ["misp-eset", "stix-amnesty"] {
        for file in files(&data.join(folder)) {
            let Ok(json) = serde_json::from_slice(&std::fs::read(&file).unwrap()) else { continue };
            let mut values = Vec::new();
            texts(&json, &["value", "pattern"], &mut values);
            values.iter().for_each(|value| read(value, Origin::Stated));
        }
    }
    for file in files(&data.join("text")) {
        read(&String::from_utf8_lossy(&std::fs::read(&file).unwrap()), Origin::Text);
    }
    let masked = |kind: Kind, values: &BTreeSet<(String, Origin)>, worst: Option<Origin>| {
        let mut count = 0;
        for (value, origin) in values {
            for change in decide(kind, value, worst.unwrap_or(*origin)).changed {
                if let Some(after) = change.after {
                    eprintln!("rule {}: {} -> {after}", change.rule, change.before);
                    count += 1;
                }
            }
        }
        eprintln!("{count} of {} {kind}s masked, taken as {worst:?}", values.len());
        count
    };
    // As the research states them: nothing is lost.
    assert_eq!(masked(Kind::Url, &urls, None) + masked(Kind::Domain, &names, None), 0);
    // Were each of them the link of a mail: a few, most of them pages on a service that is not known here.
    let bold = masked(Kind::Url, &urls, Some(Origin::MailLink));
    assert!(bold * 7 <= urls.len(), "{bold} of {}", urls.len());
    assert!(masked(Kind::Domain, &names, Some(Origin::MailLink)) * 100 <= names.len());
}

mod properties {
    use super::*;
    use proptest::prelude::*;
    use watchfire_protocol::sanitize::{guard, stable};

    fn part() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z0-9]{0,12}",
            "[a-f0-9]{8,40}",
            "[0-9]{1,12}",
            "[a-zA-Z0-9_.~;:@!$'()*+,=-]{0,16}",
            "(%[0-9A-F][0-9A-F]){1,4}",
            Just("anna-lee".to_owned()),
            Just("bob.day@volunteers.net".to_owned()),
            Just("bob.day%40volunteers.net".to_owned()),
            Just("index.php".to_owned()),
            Just("removed".to_owned()),
            Just("https%3A%2F%2Fbad.net%2F990172%3Frid%3DXk29fLq%23x".to_owned()),
            Just("http://bad.net/x;s=8F3A9C2D71".to_owned()),
        ]
    }

    fn origin() -> impl Strategy<Value = Origin> {
        prop_oneof![
            Just(Origin::Stated),
            Just(Origin::Text),
            Just(Origin::MailLink),
            Just(Origin::TrackingPixel)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_masked_url_matches_the_one_it_came_from_and_stays_as_it_is(
            host in prop_oneof![
                Just("evil.net".to_owned()), Just("x8d7f2k9.evil.net".to_owned()), Just("docs.google.com".to_owned()),
                "[a-z0-9]{1,20}\\.evil\\.co\\.uk", Just("185.174.101.13".to_owned()), Just("[2a00:1450::1]".to_owned()),
            ],
            user in prop_oneof![Just(""), Just("a:b@")],
            segments in prop::collection::vec(part(), 0..4),
            parameters in prop::collection::vec((part(), part()), 0..4),
            bare in prop::option::of(part()),
            origin in origin(),
        ) {
            let mut query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            query.extend(bare);
            let text = format!("https://{user}{host}/{}?{}", segments.join("/"), query.join("&"));
            let Ok(url) = Indicator::parse(Kind::Url, &text) else { return Ok(()) };
            let decision = decide(Kind::Url, url.value(), origin);
            let Some(kept) = decision.kept.first() else { return Ok(()) };
            let masked = &kept.indicator;
            prop_assert!(stable::matches(masked, &url), "{} {}", masked.value(), url.value());
            let again = decide(Kind::Url, masked.value(), origin);
            prop_assert_eq!(again.kept.first().map(|kept| kept.indicator.value()), Some(masked.value()), "{}", url.value());
            prop_assert_eq!(guard([masked.value()], &[&own(), &learned()], |_| false), Ok(()));
        }

        #[test]
        fn names_that_are_masked_stay_as_they_are(
            stem in prop_oneof!["[ -~]{1,30}", "[a-z_]{0,5}[ _.-]Anna[ _.-]Lee[ _.-][a-z]{0,5}"],
            ending in prop_oneof![Just(".pdf"), Just(".exe"), Just(".tar.gz"), Just("")],
        ) {
            if let Ok(file) = Indicator::parse(Kind::Filename, &format!("{stem}{ending}")) {
                let decision = decide(Kind::Filename, file.value(), Origin::Attachment);
                if let Some(kept) = decision.kept.first() {
                    prop_assert_eq!(guard([kept.indicator.value()], &[&own(), &learned()], |_| false), Ok(()));
                    prop_assert_eq!(decide(Kind::Filename, kept.indicator.value(), Origin::Attachment).changed, vec![]);
                }
            }
        }
    }
}
