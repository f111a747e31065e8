//! What many depend on is not shared as a thing to block, and what hides behind it is.

#![allow(clippy::unwrap_used)]

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::{
    Candidate, Decisions, Origin, OwnList, RULES, Sanitizer, Verdict, Warninglists,
};

fn rule(kind: Kind, value: &str, origin: Origin) -> Option<u16> {
    let candidate = Candidate { indicator: Indicator::parse(kind, value).unwrap(), origin, number: 0 };
    let (own, decisions, warninglists) = (OwnList::default(), Decisions::new(), Warninglists::none());
    let decision = Sanitizer::new(&own, &own, &decisions, &warninglists).decide([candidate]);
    let rule = decision.changed.first().map(|change| change.rule);
    assert_eq!(rule.is_none(), decision.kept.len() == 1, "{value}");
    rule
}

#[test]
fn a_name_that_many_depend_on_is_not_shared_as_a_thing_to_block() {
    for (value, expected) in [
        ("dns.google", Some(503)),
        ("google.com", Some(504)),
        ("www.google.com", Some(504)),
        ("accounts.google.com", Some(504)),
        ("fonts.googleapis.com", Some(504)),
        ("paypal.com", Some(504)),
        ("secure.bankofamerica.com", Some(504)),
        ("gmail.com", Some(504)),
        ("comcast.net", Some(505)),
        ("sendgrid.net", Some(516)),
        ("o1.ptr6980.sendgrid.net", Some(516)),
        ("docs.google.com", Some(506)),
        ("dropbox.com", Some(506)),
        ("company.sharepoint.com", Some(506)),
        ("bit.ly", Some(507)),
        ("www.tinyurl.com", Some(507)),
        ("amazonaws.com", Some(508)),
        ("cloudfront.net", Some(508)),
        ("secure.actblue.com", Some(509)),
        ("winred.com", Some(509)),
        ("gop.com", Some(510)),
        ("my.democrats.org", Some(510)),
        ("www.ohiosos.gov", Some(510)),
        ("www.army.mil", Some(510)),
        ("weebly.com", Some(204)),
        ("github.io", Some(204)),
        ("duckdns.org", Some(204)),
        // A customer's name below a shared service, and names that only look like known ones.
        ("evil.weebly.com", None),
        ("evil.imgbb.com", None),
        ("evil.github.io", None),
        ("evil.duckdns.org", None),
        ("d111111abcdef8.cloudfront.net", None),
        ("evil-bucket.s3.amazonaws.com", None),
        ("ec2-52-14-3-2.compute-1.amazonaws.com", None),
        ("evil.azurewebsites.net", None),
        ("c-73-1-2-3.hsd1.pa.comcast.net", None),
        ("paypal.com.evil.ru", None),
        ("secure-actblue.com", None),
        ("ohiosos-gov.com", None),
        ("mod.gov.ua", None),
    ] {
        assert_eq!(rule(Kind::Domain, value, Origin::Stated), expected, "{value}");
        assert_eq!(rule(Kind::Domain, value, Origin::MailLink), expected, "{value}");
    }
}

#[test]
fn a_page_is_judged_apart_from_its_host() {
    for (value, in_report, in_mail) in [
        ("https://docs.google.com/forms/d/e/1FAIpQLSd/viewform", None, None),
        ("https://docs.google.com/", Some(506), Some(506)),
        ("https://company.sharepoint.com/:b:/g/EaBcD", None, None),
        ("https://bit.ly/3xYzAbC", None, None),
        ("https://bit.ly/", Some(507), Some(507)),
        ("https://evil.weebly.com/", None, None),
        ("https://medium.com/@evil/lure", None, None),
        ("https://s3.us-east-2.amazonaws.com/evil/index.html", None, None),
        ("https://u123.ct.sendgrid.net/ls/click?upn=abc", None, None),
        ("https://www.paypal.com/signin", Some(517), Some(512)),
        ("https://www.chase.com/images/logo.png", Some(517), Some(512)),
        ("https://fonts.googleapis.com/css?family=Roboto", Some(517), Some(512)),
        ("https://www.google.com/url?q=https://evil.ru/", None, None),
        ("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=0f5b", None, None),
        ("https://login.microsoftonline.com/", Some(504), Some(504)),
        ("https://twitter.com/evil/status/1", None, Some(512)),
        ("https://www.youtube.com/watch?v=abc", None, Some(512)),
        ("https://secure.actblue.com/donate/real-or-not", Some(511), Some(511)),
        ("https://www.gop.com/contact/", Some(510), Some(510)),
        ("https://www.usa.gov/voter-registration", Some(510), Some(510)),
        ("https://dns.google/resolve?name=evil.ru", Some(503), Some(503)),
        ("https://8.8.8.8/x", Some(503), Some(503)),
        ("https://ohio-invoices.net/paypal.com/signin", None, None),
        ("https://www.paypal.com@ohio-invoices.net/", None, None),
    ] {
        for (origin, expected) in [
            (Origin::Stated, in_report),
            (Origin::Text, in_report),
            (Origin::MailLink, in_mail),
            (Origin::MailBody, in_mail),
            (Origin::MailResource, in_mail),
        ] {
            let indicator = Indicator::parse(Kind::Url, value).unwrap();
            let candidate = Candidate { indicator, origin, number: 0 };
            let (own, decisions, warninglists) = (OwnList::default(), Decisions::new(), Warninglists::none());
            let decision = Sanitizer::new(&own, &own, &decisions, &warninglists).decide([candidate]);
            // Masks for single recipients and wrapped links are other rules' business.
            let by_harm =
                decision.changed.iter().map(|change| change.rule).find(|rule| matches!(rule, 204 | 500..));
            assert_eq!(by_harm, expected, "{value} {origin:?}");
        }
    }
}

#[test]
fn a_sender_at_a_well_known_site_was_borrowed() {
    for (value, expected) in [
        ("service@paypal.com", Some(515)),
        ("security@accounts.google.com", Some(515)),
        ("drive-shares-noreply@docs.google.com", Some(515)),
        ("info@actblue.com", Some(515)),
        ("clerk@county.gov", Some(515)),
        ("bounces@em123.sendgrid.net", Some(515)),
        ("someone1987@gmail.com", None),
        ("someone1987@outlook.com", None),
        ("billing@ohio-invoices.net", None),
        ("billing@evil.onmicrosoft.com", None),
        ("service@paypal.com.ohio-invoices.net", None),
    ] {
        assert_eq!(rule(Kind::Email, value, Origin::Sender), expected, "{value}");
        assert_eq!(rule(Kind::Email, value, Origin::Stated), expected, "{value}");
    }
}

#[test]
fn addresses_and_files_that_everybody_has_stay_home() {
    for (kind, value, expected) in [
        (Kind::Ipv4, "1.1.1.1", Some(503)),
        (Kind::Ipv4, "9.9.9.9", Some(503)),
        (Kind::Ipv6, "2606:4700:4700::1111", Some(503)),
        (Kind::Ipv4, "77.88.8.8", Some(503)),
        (Kind::Ipv4, "77.88.8.9", None),
        (Kind::Filename, "Image001.png", Some(502)),
        (Kind::Filename, "WINMAIL.DAT", Some(502)),
        (Kind::Filename, "invoice_7781.html", None),
        (Kind::Sha1, "da39a3ee5e6b4b0d3255bfef95601890afd80709", Some(501)),
    ] {
        assert_eq!(rule(kind, value, Origin::Stated), expected, "{value}");
    }
}

#[test]
fn a_person_can_share_what_is_held_and_not_what_is_dropped() {
    for (value, may) in [("docs.google.com", true), ("github.io", true), ("google.com", false)] {
        let indicator = Indicator::parse(Kind::Domain, value).unwrap();
        let mut decisions = Decisions::new();
        decisions.remember(indicator.clone(), Verdict::Share);
        let (own, warninglists) = (OwnList::default(), Warninglists::none());
        let sanitizer = Sanitizer::new(&own, &own, &decisions, &warninglists);
        assert_eq!(sanitizer.decide([Candidate::stated(indicator, 0)]).kept.len() == 1, may, "{value}");
    }
    assert!(RULES.iter().any(|rule| rule.number == 506));
}
