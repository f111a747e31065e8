//! Each rule of the texts, and that innocent texts are left alone.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::indicator::{Indicator, Kind};
use crate::sanitize::{Decisions, OwnList, Warninglists};
use alloc::vec;

fn clean_beside(text: &str, kept: &[Kept]) -> CleanText {
    let own = OwnList {
        domains: vec!["campaign.org".to_string()],
        names: vec!["Anna Lee".to_string(), "Smith for Ohio".to_string()],
        ..OwnList::default()
    };
    let learned = OwnList { names: vec!["bob.day@volunteers.net".to_string()], ..OwnList::default() };
    let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
    Sanitizer::new(&own, &learned, &decisions, &warninglists).clean_text(text, kept)
}

fn clean(text: &str) -> CleanText {
    clean_beside(text, &[])
}

#[test]
fn own_domains_addresses_and_names_are_cut_out() {
    let clean = clean(
        "Phish at Anna  Lee <anna@campaign.org>, see (https://www.Campaign[.]org/x) and evil.net; signed: ANNA-LEE.",
    );
    assert_eq!(
        clean.text.as_deref(),
        Some("Phish at [removed] <[removed]>, see ([removed]) and evil.net; signed: [removed].")
    );
    assert_eq!(clean.changed.len(), 4);
    assert_eq!(clean.changed.first().map(|change| change.before.as_str()), Some("Anna  Lee"));
}

#[test]
fn what_cannot_be_cut_out_is_held() {
    let clean = clean("write to 97 110 110 97\n64 99 97 109 112 97 105 103 110\n46 111 114 103 please");
    assert_eq!(clean.text, None);
    assert_eq!(clean.changed.last().map(|change| change.rule), Some(307));
}

#[test]
fn each_rule_cuts_out_what_it_says_and_nothing_else() {
    let mut wrong = Vec::new();
    for (text, rule, after) in [
        // Names.
        ("Dear Peter Novak, your mailbox is full", 420, "Dear [removed], your mailbox is full"),
        ("Hi Peter!", 420, "Hi [removed]!"),
        ("Good morning Peter, see below", 420, "Good morning [removed], see below"),
        ("Liebe Frau Müller-Lang, Ihre Rechnung", 420, "Liebe Frau [removed], Ihre Rechnung"),
        ("Sehr geehrter Herr Dr. Novak,", 420, "Sehr geehrter Herr Dr. [removed],"),
        ("Bonjour Amélie, voici", 420, "Bonjour [removed], voici"),
        ("Estimado Juan: su factura", 420, "Estimado [removed]: su factura"),
        ("it went to Ms. Novak and others", 420, "it went to Ms. [removed] and others"),
        ("see below. Best regards, Peter Novak", 420, "see below. Best regards, [removed]"),
        ("Thanks\nKind regards\nPeter\nCFO", 420, "Thanks\nKind regards\n[removed]\nCFO"),
        ("a letter signed by Peter Novak", 420, "a letter signed by [removed]"),
        ("Urgent, Anna: call me", 420, "Urgent, [removed]: call me"),
        ("Lee's mailbox", 420, "[removed] mailbox"),
        // Addresses and numbers of telephones.
        ("write to peter.novak@webmail.net today", 421, "write to [removed] today"),
        ("write to peter[at]webmail[.]net today", 421, "write to [removed] today"),
        ("call +1 (614) 734-0142 now", 422, "call [removed] now"),
        ("call 614-734-0142 now", 422, "call [removed] now"),
        ("Tel. 030 7340142", 422, "Tel. [removed]"),
        // Secrets.
        ("password: hunter2 opens it", 423, "password: [removed] opens it"),
        ("use pwd=Sommer2026!", 423, "use pwd=[removed]"),
        ("Passwort lautet Sommer2026", 423, "Passwort lautet [removed]"),
        ("contraseña: abrete", 423, "contraseña: [removed]"),
        ("mot de passe : sesame", 423, "mot de passe : [removed]"),
        ("Your verification code is 483920", 423, "Your verification code is [removed]"),
        ("483920 is your login code", 423, "[removed] is your login code"),
        ("key AKIAQ7X3J9KZ2MQL8VN4 in it", 423, "key [removed] in it"),
        ("ghp_Qk3J9xZ2mQpL8vN4tR7wY1bC6dF0gH5jKaa", 423, "[removed]"),
        ("xoxb-2039485720-Qk3J9xZ2mQpL", 423, "[removed]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nand", 423, "[removed]\nand"),
        (
            "aws_secret_access_key = 3mkcqklrJ6mZVKgPjupD3SgLZEP0tvUIQQQVpfK4",
            423,
            "aws_secret_access_key = [removed]",
        ),
        ("curl/8.4 Cookie: session=fc0ed13d2df5adb7", 423, "curl/8.4 Cookie: [removed]"),
        ("AIzaHfOQlkgxZbpZLvuBVBQsmgwkyiEWoyqazWb", 423, "[removed]"),
        ("key AKIAJURSYXYEJUMBFECO", 423, "key [removed]"),
        ("api_key=88a8f72b7daa1d66ce406021406767bf", 423, "api_key=[removed]"),
        // Indicators.
        ("from 10.1.2.3 at night", 424, "from [removed] at night"),
        ("see https://evil.net/?rid=Xk29fLq now", 410, "see https://evil.net/?rid=removed now"),
        ("see hxxps://evil[.]net/?rid=Xk29fLq now", 410, "see https://evil.net/?rid=removed now"),
        ("seen by fieldops.internal first", 424, "seen by [removed] first"),
        ("seen by fieldops[.]lan, 172.22.37.193", 424, "seen by [removed], [removed]"),
        ("Message-ID: <x> and 172.22.37.193", 424, "Message-ID: <x> and [removed]"),
        // Numbers made for one.
        ("The tracking id was MvIkB2LwqJmua again", 425, "The tracking id was [removed] again"),
        ("Invoice 990172 is due", 425, "Invoice [removed] is due"),
        ("Ticket [INV-990172]", 425, "Ticket [[removed]]"),
        ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301 again", 425, "id [removed] again"),
        // The recipient, paths, hidden characters.
        ("for bob.day@volunteers.net", 426, "for [removed]"),
        (r"dropped in C:\Users\pnovak\AppData\x8.exe", 417, r"dropped in C:\Users\[removed]\AppData\x8.exe"),
        ("dropped in /home/pnovak/.cache", 417, "dropped in /home/[removed]/.cache"),
        (r"in \\[removed]\homes\pnovak\x.js", 417, r"in \\[removed]\homes\[removed]\x.js"),
        (r"over \\FILESRV01\share\x", 417, r"over \\[removed]\share\x"),
        ("on DESKTOP-4F2K9QX first", 417, "on [removed] first"),
        ("Lure to Mr. de la Cruz with a voicemail", 420, "Lure to Mr. [removed] with a voicemail"),
        ("Lure to Mrs al-Farsi today", 420, "Lure to Mrs [removed] today"),
        ("Lure to Dr. 山田 today", 420, "Lure to Dr. [removed] today"),
        ("Dear 민준, your invoice", 420, "Dear [removed], your invoice"),
        ("on Peters-MacBook-Pro first", 417, "on [removed] first"),
        ("pay\u{200b}pal\u{202e} login", 427, "paypal login"),
    ] {
        let cleaned = clean(text);
        let first = cleaned.changed.first().map(|change| change.rule);
        // What is clean stays as it is.
        let again = clean(after);
        if (cleaned.text.as_deref(), first, again.text.as_deref()) != (Some(after), Some(rule), Some(after)) {
            wrong.push((text, cleaned.text, first, again.text));
        }
    }
    assert_eq!(wrong, vec![]);
}

#[test]
fn innocent_texts_are_untouched() {
    let mut wrong = Vec::new();
    for text in [
        "Trump's Attack on Syria",
        "Operation Ghost - White Paper",
        "Linux malware strengthen links between Lazarus and the 3CX supply-chain attack",
        "Dear customer, your account will be closed",
        "Dear all, see below",
        "Hello World ransomware",
        "Will they click? May 2026 was bad.",
        "anna is a word, and lee is one too",
        "CVE-2021-44228 and KB5005565, MS17-010, APT28, UNC2452, T1566.001",
        "Password reset lures and password-protected archives",
        "The password is required",
        "Archive password: infected",
        "error code 404, exit code 1234",
        "Indicators: 123456 sha256, 12 url",
        "it hit 1500000 accounts and cost $990172",
        "seen 2026-05-17 12:30:00 and 20260517, version 10.0.19041.1",
        "Trojan.GenericKD.34567890 and Win32/Agent.990172",
        "imitates google.com and docs.google.com",
        "evil.net, 185.174.101.13 and https://evil.net/login.php",
        "5d41402abc4b2a76b9719d911017c592",
        r"C:\Users\Public\x8.exe and /home/user/x, C:\Windows\System32\x8.dll",
        "Dr. Web found it; an all-in-one-pc; a Mini-PC",
        "win-win situation, ip-based, desktop-first",
        "2019-2021, 10:30-11:45, 1.2.3.4, 100.200.300",
        "the team signed up; best regards from nobody",
        "سلام می\u{200c}خواهم 👩\u{200d}💻 ❤\u{fe0f}",
        "the end.Home and the session: it ended; version 10.1.2.3, WannaCryptor2026, EternalBlue, LockBitGreen",
        "Turla Crutch: Keeping the “back door” open",
    ] {
        let clean = clean(text);
        if (clean.text.as_deref(), clean.changed.len()) != (Some(text), 0) {
            wrong.push(clean);
        }
    }
    assert_eq!(wrong, vec![]);
}

#[test]
fn what_leaves_may_be_named() {
    let indicators = [
        (Kind::Email, "billing@evil.net"),
        (Kind::Phone, "+16147340142"),
        (Kind::Url, "https://evil.net/990172"),
    ];
    let kept: Vec<Kept> = indicators
        .iter()
        .map(|(kind, value)| Kept { indicator: Indicator::parse(*kind, value).unwrap(), number: 0 })
        .collect();
    let text = "billing@evil.net called from (614) 734-0142 about https://evil.net/990172";
    assert_eq!(clean_beside(text, &kept).changed, vec![]);
    assert_eq!(clean(text).changed.len(), 3);
}

#[test]
fn a_reference_keeps_its_address() {
    let (decisions, warninglists) = (Decisions::new(), Warninglists::none());
    let own = OwnList { domains: vec!["campaign.org".to_string()], ..OwnList::default() };
    let sanitizer = Sanitizer::new(&own, &OwnList::default(), &decisions, &warninglists);
    let reference = "https://www.joesecurity.org/blog/3660886847485093803";
    assert_eq!(sanitizer.clean_reference(reference, &[]).text.as_deref(), Some(reference));
    assert!(sanitizer.clean_reference(reference, &[]).changed.is_empty());
    assert_eq!(sanitizer.clean_reference("https://campaign.org/x", &[]).changed.len(), 1);
}
