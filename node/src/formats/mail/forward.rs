//! Mails in the text of a mail: what somebody handed on, or answered to.
//!
//! Decides where such a mail begins and whom its few header lines name. Whether the whole is a report by one of our own
//! people is decided by the subject and the marks together (`is_forward`).

/// A mail in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Quoted {
    /// Where its mark or header begins in the text.
    pub(super) start: usize,
    /// Where its header ends.
    pub(super) end: usize,
    /// Said to be handed on rather than answered to.
    pub(super) is_forwarded: bool,
    pub(super) from: String,
    /// `To`, `Cc` and their like.
    pub(super) recipients: Vec<String>,
    pub(super) subject: Option<String>,
}

/// Such mails in one text beyond this are not told apart; the first ones matter.
const MAX_QUOTED: usize = 50;

/// Lines of a header in a text.
const MAX_HEADER_LINES: usize = 14;

/// A line longer than this is no header's.
const MAX_LINE_BYTES: usize = 2000;

const FORWARD_PREFIXES: &[&str] = &[
    "fwd",
    "fw",
    "wg",
    "tr",
    "rv",
    "i",
    "enc",
    "doorst",
    "vs",
    "vb",
    "videresendt",
    "pd",
    "forwarded",
    "weitergeleitet",
];
const ANSWER_PREFIXES: &[&str] = &["re", "aw", "antw", "sv", "r", "res", "odp", "rép"];

const FROM: &[&str] = &["from", "von", "de", "da", "van", "från", "fra"];
const TO: &[&str] = &[
    "to",
    "cc",
    "bcc",
    "an",
    "kopie",
    "à",
    "a",
    "para",
    "aan",
    "till",
    "til",
    "cci",
    "kopi",
    "envelope-to",
    "delivered-to",
];
const SUBJECT: &[&str] =
    &["subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "ämne"];
const DATE: &[&str] = &[
    "date",
    "sent",
    "datum",
    "gesendet",
    "envoyé",
    "enviado",
    "fecha",
    "data",
    "inviato",
    "verzonden",
    "skickat",
    "sendt",
    "reply-to",
];

const FORWARD_MARKS: &[&str] = &[
    "forwarded message",
    "begin forwarded",
    "weitergeleitete nachricht",
    "message transféré",
    "message transfere",
    "mensaje reenviado",
    "messaggio inoltrato",
    "mensagem encaminhada",
    "doorgestuurd bericht",
    "vidarebefordrat",
];

/// The subject without its `Re:`, `Fwd:` and the marks that receiving servers put before it.
pub(super) fn plain_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    for _ in 0..12 {
        let without = without_mark(rest)
            .or_else(|| without_prefix(rest, FORWARD_PREFIXES))
            .or_else(|| without_prefix(rest, ANSWER_PREFIXES));
        match without {
            Some(next) if !next.is_empty() => rest = next,
            _ => break,
        }
    }
    rest
}

/// Whether a subject says that the mail was handed on.
pub(super) fn says_forwarded(subject: &str) -> bool {
    let mut rest = subject.trim();
    for _ in 0..6 {
        if without_prefix(rest, FORWARD_PREFIXES).is_some() {
            return true;
        }
        match without_mark(rest).or_else(|| without_prefix(rest, ANSWER_PREFIXES)) {
            Some(next) => rest = next,
            None => return false,
        }
    }
    false
}

/// `Fwd: `, `WG: `, `Re[2]: `.
fn without_prefix<'s>(subject: &'s str, prefixes: &[&str]) -> Option<&'s str> {
    let (prefix, rest) = subject.split_once(':')?;
    let prefix = prefix.split(['[', '(']).next().unwrap_or_default().trim().to_lowercase();
    prefixes.contains(&prefix.as_str()).then(|| rest.trim_start())
}

/// `[EXTERNAL]`, `*****SPAM*****`, `{Spam?}`.
fn without_mark(subject: &str) -> Option<&str> {
    let close = match subject.chars().next()? {
        '[' => ']',
        '{' => '}',
        '(' => ')',
        '<' => '>',
        '*' => {
            let rest = subject.trim_start_matches('*');
            let (mark, rest) = rest.split_once('*')?;
            return is_receivers_mark(mark).then(|| rest.trim_start_matches(['*', ' ', ':']));
        }
        _ => {
            let (mark, rest) = subject.split_once(':')?;
            return is_receivers_mark(mark).then(|| rest.trim_start());
        }
    };
    let (mark, rest) = subject.get(1..)?.split_once(close)?;
    is_receivers_mark(mark).then(|| rest.trim_start_matches([' ', ':', '-']))
}

fn is_receivers_mark(mark: &str) -> bool {
    let mark = mark.trim().to_lowercase();
    let first = mark.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
    mark.len() <= 40
        && matches!(
            first,
            "external"
                | "ext"
                | "extern"
                | "externe"
                | "spam"
                | "suspected"
                | "bulk"
                | "phish"
                | "phishing"
                | "caution"
                | "marketing"
                | "possible"
                | "probable"
        )
        && mark.split_whitespace().count() <= 3
}

/// The mails that stand in a text, in their order.
pub(super) fn quoted(text: &str) -> Vec<Quoted> {
    let mut found: Vec<Quoted> = Vec::new();
    let mut lines = text
        .split_inclusive('\n')
        .scan(0_usize, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        })
        .peekable();
    // A mark stands one to three lines above its header.
    let mut mark: Option<(usize, u32, bool)> = None;
    while let Some((start, line)) = lines.next() {
        if found.len() >= MAX_QUOTED {
            break;
        }
        let bare = bare(line);
        if bare.is_empty() {
            continue;
        }
        if let Some(is_forward) = mark_of(bare) {
            mark = Some((start, 0, is_forward));
            continue;
        }
        mark = mark
            .map(|(at, lines, is_forward)| (at, lines + 1, is_forward))
            .filter(|(_, lines, _)| *lines <= 2);
        let Some((name, value)) = labelled(bare) else { continue };
        if !FROM.contains(&name.as_str()) || value.is_empty() {
            continue;
        }
        let mut mail = Quoted {
            start: mark.map_or(start, |(at, ..)| at),
            end: start + line.len(),
            is_forwarded: mark.is_some_and(|(_, _, is_forward)| is_forward),
            from: value.to_owned(),
            ..Quoted::default()
        };
        let mut known = 0;
        let mut in_recipients = false;
        let mut taken = 0;
        while let Some((start, line)) = lines.peek().copied() {
            taken += 1;
            let bare = self::bare(line);
            let label = labelled(bare);
            let is_new = label.as_ref().is_some_and(|(name, _)| FROM.contains(&name.as_str()));
            if taken > MAX_HEADER_LINES || (bare.is_empty() && known > 0) || is_new {
                break;
            }
            match label {
                Some((name, value)) if TO.contains(&name.as_str()) => {
                    mail.recipients.push(value.to_owned());
                    (known, in_recipients) = (known + 1, true);
                }
                Some((name, value)) if SUBJECT.contains(&name.as_str()) => {
                    mail.subject = Some(value.to_owned());
                    (known, in_recipients) = (known + 1, false);
                }
                Some((name, _)) if DATE.contains(&name.as_str()) => {
                    (known, in_recipients) = (known + 1, false);
                }
                _ if bare.is_empty() => {}
                // A long list of recipients goes on.
                _ if in_recipients && bare.contains('@') => mail.recipients.push(bare.to_owned()),
                _ => break,
            }
            mail.end = start + line.len();
            lines.next();
        }
        if known >= 2 || (known >= 1 && mark.is_some()) {
            found.push(mail);
            mark = None;
        }
    }
    found
}

/// A line without the signs of quoting and emphasis around it.
fn bare(line: &str) -> &str {
    let line = line.get(..line.floor_char_boundary(MAX_LINE_BYTES)).unwrap_or(line);
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '*' | '|' | '\u{feff}' | '\u{a0}'))
}

/// Whether a line announces a mail, and whether one that was handed on.
fn mark_of(bare: &str) -> Option<bool> {
    if bare.len() > 200 {
        return None;
    }
    let lower = bare.to_lowercase();
    if FORWARD_MARKS.iter().any(|mark| lower.contains(mark))
        && (lower.starts_with('-') || lower.starts_with("begin") || bare.ends_with(':'))
    {
        return Some(true);
    }
    let is_ruled = lower.starts_with("---") || lower.starts_with("___");
    (is_ruled
        && ["original", "ursprüngliche", "origine", "originale"].iter().any(|word| lower.contains(word)))
    .then_some(false)
}

/// `*From:* value`, also in Outlook's `From : value`.
fn labelled(bare: &str) -> Option<(String, &str)> {
    let colon = bare.char_indices().take(20).find(|(_, c)| matches!(c, ':' | '：'))?;
    let name = bare.get(..colon.0)?.trim_matches(['*', '_', ' ', '\u{a0}']).to_lowercase();
    let value = bare.get(colon.0 + colon.1.len_utf8()..)?.trim_matches(['*', '_', ' ', '\u{a0}']);
    (!name.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn prefixes_and_marks_are_taken_off_subjects() {
        assert_eq!(plain_subject("Fwd: [EXTERNAL] Re: AW: Your invoice: 7"), "Your invoice: 7");
        assert_eq!(plain_subject("*****SPAM***** [Action Required] Sign in"), "[Action Required] Sign in");
        assert_eq!(plain_subject("Re:"), "Re:");
        assert!(says_forwarded("[EXT] WG: Rechnung") && !says_forwarded("Re: Rechnung"));
    }

    #[test]
    fn forwards_of_the_usual_programs_are_found() {
        for text in [
            "see below\n\n---------- Forwarded message ---------\nFrom: Billing <b@ohio-invoices.net>\nDate: Mon\nSubject: Pay\nTo: <anna.lee@smith2028.org>\n\nPay here",
            "\n-----Original Message-----\nFrom: Billing [mailto:b@ohio-invoices.net]\nSent: Monday\nTo: Lee, Anna; Bob\nSubject: Pay\n\nPay",
            "Begin forwarded message:\n\n> From: Billing <b@ohio-invoices.net>\n> Subject: Pay\n> Date: Mon\n> To: anna.lee@smith2028.org\n>\n> Pay",
            "FYI\n\n*Von:* Billing <b@ohio-invoices.net>\n*Gesendet:* Montag\n*An:* Anna\n*Betreff:* Pay\n\nPay",
        ] {
            let quoted = quoted(text);
            let mail = quoted.first().unwrap();
            assert!(mail.from.contains("b@ohio-invoices.net"), "{text}");
            assert_eq!(mail.recipients.len(), 1, "{text}");
            assert_eq!(mail.subject.as_deref(), Some("Pay"));
            assert!(text.get(mail.end..).unwrap().contains("Pay"));
        }
        assert!(quoted("From: the start\nwe go on\nTo: the end\n").is_empty());
    }
}
