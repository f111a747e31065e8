//! Mails and mailboxes as people save them: what an attacker sent is found, whom he sent it to does not leave.

#![allow(clippy::unwrap_used)]

mod hostile;
mod shapes;

use watchfire::formats::{self, Format, FormatError, Parsed};
use watchfire::sanitizing::{Policy, Sanitized, Wish, sanitize};
use watchfire_protocol::sanitize::{Origin, OwnList};

const INVOICE: &[u8] = include_bytes!("../fixtures/mail/invoice.eml");
const INLINE: &[u8] = include_bytes!("../fixtures/mail/forwarded-inline.eml");
const ATTACHED: &[u8] = include_bytes!("../fixtures/mail/forwarded-attached.eml");
const MAILBOX: &[u8] = include_bytes!("../fixtures/mail/box.mbox");

fn read(bytes: &[u8]) -> Parsed {
    let parsed = formats::read(bytes, None, None).unwrap();
    assert_eq!(parsed.format, Format::Mail);
    let skipped: u32 = parsed.skipped.iter().map(|skipped| skipped.count).sum();
    let found = u32::try_from(parsed.indicators.len()).unwrap();
    assert_eq!(parsed.values, found + parsed.repeated + skipped);
    parsed
}

/// `origin type value`, one a line.
fn found(parsed: &Parsed) -> Vec<String> {
    let line = |found: &formats::Found| {
        format!("{:?} {} {}", found.origin, found.indicator.kind(), found.indicator.value())
    };
    parsed.indicators.iter().map(line).collect()
}

/// The own list of the member to whom the mails of this test went.
fn own() -> OwnList {
    OwnList {
        domains: vec!["smith2028.org".to_owned()],
        names: vec!["Anna Lee".to_owned(), "Bob Miller".to_owned()],
        ..OwnList::default()
    }
}

fn clean(bytes: &[u8], own: OwnList) -> Sanitized {
    let policy = Policy { own, ..Policy::default() };
    sanitize(bytes, &Wish::default(), &policy).unwrap()
}

/// Everything that would leave, in lower case.
fn leaving(sanitized: &Sanitized) -> String {
    let outgoing =
        sanitized.outcome.as_ref().unwrap_or_else(|error| panic!("{error}\n{:#?}", sanitized.changed));
    let texts: Vec<&str> = outgoing.texts(&sanitized.kept).collect();
    texts.join("\n").to_lowercase()
}

/// With the member's own list and without any: nobody to whom the mail went is named.
fn assert_nobody_is_named(bytes: &[u8], kept: &[&str]) {
    for own in [own(), OwnList::default()] {
        let sanitized = clean(bytes, own);
        let text = leaving(&sanitized);
        for secret in [
            "anna",
            "smith2028",
            "bob",
            "miller",
            "carla",
            "diaz",
            "yw5uys5szwva",
            "616e6e612e6c6565",
            "outlook.com",
            "intranet",
        ] {
            assert!(!text.contains(secret), "{secret} in\n{text}");
        }
        for host in kept {
            assert!(text.contains(host), "{host} is missing in\n{text}\n{:#?}", sanitized.changed);
        }
    }
}

#[test]
fn every_part_of_a_mail_is_read_and_knows_where_it_stood() {
    let parsed = read(INVOICE);
    let found = found(&parsed);
    for line in [
        "Recipient email anna.lee@smith2028.org",
        "Sender email billing@ohio-invoices.net",
        "Sender email pay.7@ohio-invoices.net",
        "Handover ipv4 185.174.101.13",
        "MessageId email 0bcdb0f2-645d@relay.ohio-invoices.net",
        "MailBody url https://pay.ohio-invoices.net/4417?e=anna.lee%40smith2028.org",
        "Prose email ohio.billing.desk@gmail.com",
        "MailLink url https://login.ohio-invoices.net/owa/?u=YW5uYS5sZWVAc21pdGgyMDI4Lm9yZw==",
        "MailLink url https://collect.ohio-invoices.net/post.php",
        "TrackingPixel url https://t.ohio-invoices.net/o.gif?id=616e6e612e6c656540736d697468323032382e6f7267",
        "Attachment filename Invoice-4417.html",
        "Attachment filename anna.lee-4417.zip",
        "MailLink url https://form.ohio-invoices.net/p",
        "MailLink url https://hidden.ohio-invoices.net/gate.php",
        "MailLink url https://deep.ohio-invoices.net/k",
    ] {
        assert!(found.iter().any(|each| each == line), "{line} is missing in {found:#?}");
    }
    let hashes = found.iter().filter(|line| line.starts_with("Attachment sha256")).count();
    assert_eq!(hashes, 2);
    // The words of the link, the sender's own servers, the picture in the text, the Microsoft servers but one.
    for never in ["outlook.office.com", "147.78.103.9", "logo.png", "2603:"] {
        assert!(!found.iter().any(|line| line.contains(never)), "{never} in {found:#?}");
    }
    assert_eq!(parsed.notes, ["1 link shows the address of another site than the one that it opens"]);
    assert_eq!(parsed.summary, None);
}

#[test]
fn what_a_mail_tells_of_its_recipient_is_learned() {
    let learned = read(INVOICE).learned;
    assert!(learned.domains.contains(&"smith2028.org".to_owned()), "{learned:?}");
    assert!(learned.names.contains(&"anna.lee@smith2028.org".to_owned()), "{learned:?}");
    assert!(learned.names.contains(&"Anna Lee".to_owned()), "{learned:?}");
    assert!(!learned.domains.iter().any(|domain| domain.contains("ohio")), "{learned:?}");
}

#[test]
fn a_mail_made_out_to_one_person_leaves_without_her() {
    assert_nobody_is_named(
        INVOICE,
        &[
            "billing@ohio-invoices.net",
            "185.174.101.13",
            "https://pay.ohio-invoices.net/4417",
            "https://login.ohio-invoices.net/owa/",
            "https://collect.ohio-invoices.net/post.php",
            "https://files.ohio-invoices.net/doc",
            "invoice-4417.html",
            "https://deep.ohio-invoices.net/k",
        ],
    );
    let sanitized = clean(INVOICE, OwnList::default());
    let rules: Vec<u16> = sanitized.changed.iter().map(|change| change.rule).collect();
    for rule in [403, 408, 413, 414, 416] {
        assert_eq!(rules.iter().filter(|each| **each == rule).count(), 1, "{rule} in {rules:?}");
    }
}

#[test]
fn who_forwards_a_mail_is_a_reporter() {
    let parsed = read(INLINE);
    assert_eq!(parsed.title.as_deref(), Some("Your parcel is waiting"));
    let found = found(&parsed);
    assert_eq!(
        found,
        [
            "Sender email desk@parcel-ohio.watchfire-sample.net",
            "MailBody url https://parcel-ohio.watchfire-sample.net/fee",
            "MailLink url https://click.parcel-ohio.watchfire-sample.net/go",
        ]
    );
    assert_nobody_is_named(
        INLINE,
        &[
            "https://parcel-ohio.watchfire-sample.net/fee",
            "https://click.parcel-ohio.watchfire-sample.net/go",
        ],
    );
}

#[test]
fn of_an_attached_mail_only_the_inner_one_is_read() {
    let parsed = read(ATTACHED);
    assert_eq!(parsed.title.as_deref(), Some("Confirm your registration"));
    let found = found(&parsed);
    assert!(found.iter().any(|line| line == "Handover ipv4 185.174.101.44"), "{found:#?}");
    assert!(found.iter().any(|line| line == "Sender email help@ballot-help.net"), "{found:#?}");
    assert!(!found.iter().any(|line| line.starts_with("Sender") && line.contains("smith2028")), "{found:#?}");
    assert_nobody_is_named(
        ATTACHED,
        &["help@ballot-help.net", "https://www.ballot-help.net/confirm", "185.174.101.44"],
    );
}

#[test]
fn each_mail_of_a_mailbox_has_recipients_of_its_own() {
    let parsed = read(MAILBOX);
    assert_eq!(parsed.title.as_deref(), Some("One"));
    let second = parsed.indicators.iter().find(|found| found.indicator.value().contains("two.")).unwrap();
    assert_eq!(
        (second.place.to_string().as_str(), second.origin),
        ("mail 2, the text part", Origin::MailBody)
    );
    assert_nobody_is_named(MAILBOX, &["https://one.ohio-invoices.net/a", "https://two.ohio-invoices.net/b"]);
}

#[test]
fn a_pasted_mail_is_a_mail_and_a_pasted_body_is_a_text() {
    let pasted = "From: Billing <b@ohio-invoices.net>\nSent: Monday, 7 August\nTo: Lee, Anna <anna.lee@smith2028.org>\nSubject: Pay\n\nhttps://pay.ohio-invoices.net/x\n";
    let parsed = formats::read(pasted.as_bytes(), Some("note.txt"), None).unwrap();
    assert_eq!(parsed.format, Format::Mail);
    assert_nobody_is_named(pasted.as_bytes(), &["b@ohio-invoices.net", "https://pay.ohio-invoices.net/x"]);
    let wide: Vec<u8> = pasted.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(formats::read(&[vec![0xff, 0xfe], wide].concat(), None, None).unwrap().format, Format::Mail);
    let body = formats::read(b"Dear Anna,\n\npay at https://pay.ohio-invoices.net/x\n", None, None).unwrap();
    assert_eq!(body.format, Format::Text);
    assert_eq!("mail".parse::<Format>().unwrap(), Format::Mail);
}

#[test]
fn too_many_recipients_are_refused_and_not_forgotten() {
    let to: Vec<String> = (0..3000).map(|number| format!("p{number}@smith2028.org")).collect();
    let mail = format!("From: a@ohio-invoices.net\nTo: {}\nSubject: x\n\ny\n", to.join(",\n "));
    assert!(matches!(
        formats::read(mail.as_bytes(), None, None),
        Err(FormatError::TooMany { what: "recipients", .. })
    ));
}
