//! Mails in the shapes in which phishing comes: where the recipient hides in each, and what is the attacker's.

use watchfire::formats::Parsed;

use super::{assert_nobody_is_named, found, read};

fn has(parsed: &Parsed, line: &str) {
    let found = found(parsed);
    assert!(found.iter().any(|each| each == line), "{line} is missing in {found:#?}");
}

/// As Microsoft's servers deliver it.
const MICROSOFT: &str = "\
Received: from DM4PR19MB5929.namprd19.prod.outlook.com (::1) by
 MN0PR19MB6312.namprd19.prod.outlook.com with HTTPS; Wed, 2 Aug 2028 20:09:22 +0000
Received: from relay.ballot-help.net (185.174.101.13) by
 BN1NAM02FT046.mail.protection.outlook.com (10.13.3.181) with Microsoft SMTP
 Server id 15.20.6631.47 via Frontend Transport; Wed, 2 Aug 2028 20:09:19 +0000
";

#[test]
fn a_subject_that_speaks_to_the_recipient() {
    for subject in [
        "Someone tried to log in to your account, user ID : anna.lee@smith2028.org",
        "#anna.lee: your seat",
        "=?utf-8?Q?Anna_Lee=2C_invoice_4417?=",
        "Anna, a document was shared with you",
        "ANNA.LEE@SMITH2028.ORG mailbox is full",
        "=?iso-2022-jp?B?GyRCJCpDTiRpJDsbKEI=?= anna.lee@smith2028.org",
    ] {
        let mail = format!(
            "{MICROSOFT}From: \"Help\" <>\nReply-To: desk@ballot-help.net\nTo: Anna Lee <anna.lee@smith2028.org>\nSubject: {subject}\n\nhttps://www.ballot-help.net/login\n"
        );
        has(&read(mail.as_bytes()), "Handover ipv4 185.174.101.13");
        assert_nobody_is_named(
            mail.as_bytes(),
            &["desk@ballot-help.net", "https://www.ballot-help.net/login"],
        );
    }
}

#[test]
fn a_link_made_for_the_recipient() {
    for link in [
        "https://www.ballot-help.net/?e=anna.lee@smith2028.org",
        "https://www.ballot-help.net/anna.lee%40smith2028.org/in",
        "https://www.ballot-help.net/in#anna.lee@smith2028.org",
        "https://www.ballot-help.net/in?u=anna.lee&d=smith2028.org",
        "https://www.ballot-help.net/in/YW5uYS5sZWVAc21pdGgyMDI4Lm9yZw",
        "https://www.ballot-help.net/in?x=ZDYW5uYS5sZWVAc21pdGgyMDI4Lm9yZw==",
        "https://www.ballot-help.net/in?x=616E6E612E6C656540736D697468323032382E6F7267",
        "https://www.google.com/url?q=https%3A%2F%2Fwww.ballot-help.net%2Fin%3Fe%3Danna.lee%2540smith2028.org&amp;sa=D",
        "https://anna.lee:x@www.ballot-help.net/in",
        "https://www.ballot-help.net/smith2028.org/login",
    ] {
        let mail = format!(
            "{MICROSOFT}From: Help <help@ballot-help.net>\nTo: Anna Lee <anna.lee@smith2028.org>\nSubject: Your ballot\nContent-Type: text/html\n\n<p>Dear Anna,<br><a href=\"{link}\">https://smith2028.org/vote</a>"
        );
        assert_nobody_is_named(mail.as_bytes(), &["help@ballot-help.net", "www.ballot-help.net"]);
    }
}

#[test]
fn a_mail_that_seems_to_come_from_the_recipient_itself() {
    let mail = format!(
        "{MICROSOFT}Authentication-Results: spf=fail smtp.mailfrom=smith2028.org; dmarc=fail header.from=smith2028.org\nFrom: anna.lee@smith2028.org\nTo: anna.lee@smith2028.org\nSubject: I have your files\n\nPay to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 or see https://www.ballot-help.net/pay\n"
    );
    assert_nobody_is_named(mail.as_bytes(), &["www.ballot-help.net", "185.174.101.13"]);
}

#[test]
fn an_answer_in_a_stolen_thread() {
    let mail = format!(
        "{MICROSOFT}From: Dana Roe <dana@ohio-print-shop.net>\nTo: Bob Miller <bob.miller@smith2028.org>\nCc: \"Lee, Anna\" <anna.lee@smith2028.org>\nSubject: RE: yard signs\n\nHi Bob,\n\nsee https://files.ballot-help.net/x.zip\n\n-----Original Message-----\nFrom: Carla Diaz <carla.diaz@smith2028.org>\nSent: Monday\nTo: Dana Roe; Bob Miller <bob.miller@smith2028.org>\nSubject: yard signs\n\nDana, call me: +1 614 734 2211\n"
    );
    let parsed = read(mail.as_bytes());
    assert_eq!(parsed.title.as_deref(), Some("yard signs"));
    has(&parsed, "Sender email dana@ohio-print-shop.net");
    assert_nobody_is_named(
        mail.as_bytes(),
        &["https://files.ballot-help.net/x.zip", "dana@ohio-print-shop.net"],
    );
}

#[test]
fn a_forward_whose_marks_nobody_knows_does_not_name_who_forwarded_it() {
    let mail = "Received: from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41]) by mx.google.com with SMTPS id x; Mon\nFrom: Carla Diaz <carla.diaz@gmail.com>\nTo: desk@other-victim.org\nSubject: FW: Your ballot\n\nlook: https://www.ballot-help.net/in\n";
    assert_nobody_is_named(mail.as_bytes(), &["https://www.ballot-help.net/in"]);
    let feigned = format!(
        "{MICROSOFT}From: Help <help@ballot-help.net>\nTo: anna.lee@smith2028.org\nSubject: Fw: Your ballot\n\nhttps://www.ballot-help.net/in\n"
    );
    assert_nobody_is_named(feigned.as_bytes(), &["https://www.ballot-help.net/in", "help@ballot-help.net"]);
}

#[test]
fn an_invitation() {
    let mail = format!(
        "{MICROSOFT}From: Help <help@ballot-help.net>\nTo: anna.lee@smith2028.org\nSubject: Meeting\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/calendar; charset=utf-8; method=REQUEST; name=\"Seat-4417.ics\"\n\nBEGIN:VEVENT\nATTENDEE;CN=Carla Diaz;RSVP=TRUE:mailto:carla.diaz@other-victim.org\nORGANIZER;CN=Help:mailto:help@ballot-help.net\nDESCRIPTION:Join at https://meet.ballot-help.net/j\\nnow\nEND:VEVENT\n--b--\n"
    );
    let parsed = read(mail.as_bytes());
    assert!(parsed.learned.names.contains(&"carla.diaz@other-victim.org".to_owned()), "{:?}", parsed.learned);
    assert_nobody_is_named(mail.as_bytes(), &["https://meet.ballot-help.net/j", "seat-4417.ics"]);
}

#[test]
fn a_table_without_letter_size_hides_nothing() {
    let mail = "From: Help <help@ballot-help.net>\nTo: anna.lee@smith2028.org\nContent-Type: text/html\n\n<td style=\"font-size:0px\"><img src=\"https://cdn.ballot-help.net/logo.png\" width=\"200\"><p style=\"font-size:13px\">https://www.ballot-help.net/in</p></td>";
    let parsed = read(mail.as_bytes());
    has(&parsed, "MailResource url https://cdn.ballot-help.net/logo.png");
    has(&parsed, "MailBody url https://www.ballot-help.net/in");
}

#[test]
fn characters_that_people_do_not_see() {
    // UTF-16 in base64, a shifted charset, and a word cut by what shows nothing.
    let text: Vec<u8> = "Dear Anna Lee,\r\nhttps://www.ballot-help.net/in\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encoded: String = text
        .chunks(3)
        .flat_map(|group| {
            let bits = group.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte))
                << (8 * (3 - group.len()));
            (0..=group.len())
                .map(move |at| char::from(digits[usize::try_from((bits >> (18 - 6 * at)) & 63).unwrap()]))
        })
        .collect();
    let mail = format!(
        "From: Help <help@ballot-help.net>\nTo: =?utf-7?Q?Anna_Lee?= <anna.lee@smith2028.org>\nSubject: x\u{202e}y\nContent-Type: text/plain; charset=\"utf-16le\"\nContent-Transfer-Encoding: BASE64\n\n{encoded}"
    );
    has(&read(mail.as_bytes()), "MailBody url https://www.ballot-help.net/in");
    assert_nobody_is_named(mail.as_bytes(), &["https://www.ballot-help.net/in"]);
}
