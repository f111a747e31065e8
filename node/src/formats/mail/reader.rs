//! Reads mail after mail and hands what is found to the collector.

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::Origin;

use super::detect;
use super::forward::{self, Quoted};
use super::header::Header;
use super::learned::Learned;
use super::mime::{Mail, Nature, Part};
use super::people::People;
use super::route::{self, Route};
use crate::formats::collect::{Collector, NOT_ITS_TYPE};
use crate::formats::{Format, FormatError, Parsed};

/// Mails of a mailbox.
const MAX_MAILS: usize = 1000;

/// Mails in mails.
const MAX_MAIL_LEVELS: usize = 5;

/// Senders of one mail that are named one by one.
const MAX_PEOPLE_SHOWN: usize = 50;

pub(super) const TOO_MANY: &str = "more than is read of one mail";
const REPORTER_LINES: &str = "written into the mail's header by the receiving side's own servers";
const SENDER_LINES: &str = "a line of the header below the handover: the sender's word only";
const SERVICE: &str = "a server of a mail service that many send through";
const FORWARDER: &str = "written by who handed the mail on";

/// What is kept while mails are read.
pub(super) struct Reader {
    pub(super) collector: Collector,
    pub(super) learned: Learned,
    /// Bytes of text that may still be read.
    pub(super) text_left: usize,
    /// Links whose words name another site.
    pub(super) mismatches: u32,
    forwarded: u32,
}

/// One mail's place in what is read.
pub(super) struct Context {
    /// What is said before each place: `mail 3, `.
    pub(super) prefix: String,
    pub(super) level: usize,
    /// Only what stands after the mark of a forward counts.
    pub(super) is_forward: bool,
    /// How many attachments came before.
    pub(super) attachments: u32,
    /// Names and addresses of the senders, in lower case: who answers stands among the recipients of what they answer to.
    pub(super) senders: Vec<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Parsed, FormatError> {
    let mut reader = Reader {
        collector: Collector::new(Format::Mail),
        learned: Learned::default(),
        text_left: super::body::MAX_ALL_TEXT_BYTES,
        mismatches: 0,
        forwarded: 0,
    };
    // Very old programs end lines by a carriage return alone.
    let repaired: Vec<u8>;
    let head = bytes.get(..4096).unwrap_or(bytes);
    let bytes = if head.contains(&b'\r') && !head.contains(&b'\n') {
        repaired = bytes.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect();
        repaired.as_slice()
    } else {
        bytes
    };
    let mails = detect::split(bytes, MAX_MAILS);
    let count = mails.mails.len();
    for (number, mail) in (1_u32..).zip(mails.mails) {
        let prefix = if count > 1 { format!("mail {number}, ") } else { String::new() };
        reader.mail(mail, prefix, 0)?;
    }
    if mails.unread > 0 {
        reader.collector.skip_many("mails", mails.unread, TOO_MANY);
    }
    Ok(reader.finish())
}

impl Reader {
    fn finish(self) -> Parsed {
        let Reader { mut collector, learned, mismatches, forwarded, .. } = self;
        collector.learned = learned.into_list();
        let mut parsed = collector.finish();
        if forwarded > 0 {
            parsed.notes.push(
                "a forwarded mail: who forwarded it was taken for one of your people, and only the mail inside was read"
                    .to_owned(),
            );
        }
        if mismatches > 0 {
            let links =
                if mismatches == 1 { "1 link shows".to_owned() } else { format!("{mismatches} links show") };
            parsed.notes.push(format!("{links} the address of another site than the one that it opens"));
        }
        parsed
    }

    pub(super) fn mail(&mut self, bytes: &[u8], prefix: String, level: usize) -> Result<(), FormatError> {
        let mail = Mail::read(bytes);
        if mail.unread > 0 {
            self.collector.skip_many("parts", mail.unread, TOO_MANY);
        }
        let subject = mail.header.first("subject").map(|field| field.text()).unwrap_or_default();
        let people = self.people(&mail.header)?;
        let inner: Vec<&Part<'_>> = mail.parts.iter().filter(|part| part.nature() == Nature::Mail).collect();
        if level < MAX_MAIL_LEVELS && !inner.is_empty() && self.is_handed_on(&subject, &people, &inner) {
            self.forwarded += 1;
            self.learn_forwarder(&people);
            let others = mail.parts.len() - inner.len();
            self.collector.skip_many("parts", u32::try_from(others).unwrap_or(u32::MAX), FORWARDER);
            for part in inner {
                self.mail(&part.bytes(), format!("{prefix}the forwarded mail, "), level + 1)?;
            }
            return Ok(());
        }
        let quoted = self.first_quoted(&mail);
        let is_forward =
            quoted.as_ref().is_some_and(|quoted| quoted.is_forwarded || forward::says_forwarded(&subject));
        let mut title = subject;
        if is_forward {
            self.forwarded += 1;
            self.learn_forwarder(&people);
            title = quoted.and_then(|quoted| quoted.subject).unwrap_or(title);
        } else {
            let route = route::read(&mail.header, &self.learned);
            if forward::says_forwarded(&title) && route.handover.is_none() {
                // Handed on, perhaps, by a program whose marks are not known here, and by no stranger's server: who did it
                // may be one of us. The domain is left alone, because attackers write `Fwd:` too.
                people.senders.iter().for_each(|(_, person)| self.learned.person(person, false));
            }
            self.senders(&people, &prefix)?;
            self.route(&mail.header, &route, &prefix)?;
            self.unsubscribe(&mail.header, &prefix)?;
        }
        self.title(&title);
        let senders = if is_forward { Vec::new() } else { people.sender_words() };
        let mut context = Context { prefix, level, is_forward, attachments: 0, senders };
        for part in &mail.parts {
            self.part(part, &mut context)?;
        }
        self.learned.check()
    }

    /// Learns the recipients, and shows them as what stays home.
    fn people(&mut self, header: &Header<'_>) -> Result<People, FormatError> {
        let mut people = People::of(header)?;
        let route = route::read(header, &self.learned);
        people.add_envelope(&route);
        people.learn(&mut self.learned);
        // Once more with the recipients known, whose own servers are told from strangers by it.
        let route = route::read(header, &self.learned);
        people.learn_route(&route, &mut self.learned);
        self.learned.check()?;
        Ok(people)
    }

    fn learn_forwarder(&mut self, people: &People) {
        for (_, person) in people.senders.iter().chain(&people.recipients) {
            self.learned.person(person, true);
        }
    }

    /// Whether a mail that holds a mail was written by who received that one.
    fn is_handed_on(&self, subject: &str, people: &People, inner: &[&Part<'_>]) -> bool {
        if forward::says_forwarded(subject) {
            return true;
        }
        // One of the people that were written to, here or inside, is who sends.
        let from = people.senders.iter().find(|(field, _)| field == "from");
        let Some(from) = from.and_then(|(_, person)| person.address.clone()) else { return false };
        let mut theirs = Learned::default();
        people.learn(&mut theirs);
        for part in inner {
            let bytes = part.bytes();
            let (header, _) = Header::split(&bytes);
            if let Ok(people) = People::of(&header) {
                people.learn(&mut theirs);
            }
        }
        let host = from.rsplit_once('@').map_or("", |(_, host)| host).to_lowercase();
        let is_known = theirs.into_list().names.contains(&from.to_lowercase());
        is_known || self.learned.has_host(&host)
    }

    /// The first mail that is quoted in the first text that quotes one.
    fn first_quoted(&self, mail: &Mail<'_>) -> Option<Quoted> {
        mail.parts
            .iter()
            .filter(|part| !part.is_attachment())
            .take(20)
            .find_map(|part| self.quoted_in(part).into_iter().next())
    }

    fn senders(&mut self, people: &People, prefix: &str) -> Result<(), FormatError> {
        for (origin, list) in [(Origin::Recipient, &people.recipients), (Origin::Sender, &people.senders)] {
            self.collector.origin = origin;
            for (field, person) in list.iter().take(MAX_PEOPLE_SHOWN) {
                let Some(address) = &person.address else { continue };
                self.collector.attributes(1);
                match Indicator::parse(Kind::Email, address) {
                    Ok(email) => {
                        self.collector.keep(email, || format!("{prefix}header {}", shown_name(field)))?;
                    }
                    Err(_) => self.collector.skip("addresses in the header", NOT_ITS_TYPE),
                }
            }
            let more = u32::try_from(list.len().saturating_sub(MAX_PEOPLE_SHOWN)).unwrap_or(u32::MAX);
            if more > 0 {
                self.collector.skip_many("addresses in the header", more, TOO_MANY);
            }
        }
        Ok(())
    }

    /// The server that handed the mail over; one line for all that the receiving side wrote, one for the mail's number.
    fn route(&mut self, header: &Header<'_>, route: &Route, prefix: &str) -> Result<(), FormatError> {
        let place = || format!("{prefix}header Received");
        let own = route.hosts.iter().find_map(|host| Indicator::parse(Kind::Domain, host).ok());
        let mut lines = route.reporter_lines;
        if let Some(host) = own {
            self.collector.origin = Origin::ReporterSide;
            self.collector.attributes(1);
            self.collector.keep(host, place)?;
            lines = lines.saturating_sub(1);
        }
        if lines > 0 {
            self.collector.attributes(lines);
            self.collector.skip_many("lines of the header", lines, REPORTER_LINES);
        }
        if route.sender_lines > 0 {
            self.collector.attributes(route.sender_lines);
            self.collector.skip_many("lines of the header", route.sender_lines, SENDER_LINES);
        }
        if let Some(address) = route.handover {
            let kind = if address.is_ipv4() { Kind::Ipv4 } else { Kind::Ipv6 };
            if let Ok(indicator) = Indicator::parse(kind, &address.to_string()) {
                self.collector.origin = Origin::Handover;
                self.collector.attributes(1);
                self.collector.keep(indicator, place)?;
            }
        } else if route.is_service {
            self.collector.attributes(1);
            self.collector.skip("the server that handed the mail over", SERVICE);
        }
        if let Some(field) = header.first("message-id") {
            let raw = field.raw_text();
            self.collector.attributes(1);
            self.collector.origin = Origin::MessageId;
            match Indicator::parse(Kind::Email, raw.trim_matches(['<', '>'])) {
                Ok(id) => self.collector.keep(id, || format!("{prefix}header Message-ID"))?,
                Err(_) => self.collector.skip("Message-ID", "the number of one message"),
            }
        }
        Ok(())
    }

    /// Where the sender wants who is tired of him to click.
    fn unsubscribe(&mut self, header: &Header<'_>, prefix: &str) -> Result<(), FormatError> {
        for field in header.all("list-unsubscribe").take(5) {
            let text = field.raw_text();
            for target in
                text.split(['<', '>', ',']).map(str::trim).filter(|target| target.starts_with("http"))
            {
                self.collector.origin = Origin::MailLink;
                self.collector.attributes(1);
                match Indicator::parse(Kind::Url, target) {
                    Ok(url) => {
                        self.collector.keep(url, || format!("{prefix}header List-Unsubscribe"))?;
                    }
                    Err(_) => self.collector.skip("links", NOT_ITS_TYPE),
                }
            }
        }
        Ok(())
    }

    /// The first mail's subject is the title.
    fn title(&mut self, subject: &str) {
        let subject = forward::plain_subject(subject);
        if self.collector.title.is_none() && !subject.is_empty() {
            self.collector.title = Some(subject.to_owned());
        }
    }

    /// A mail inside a mail.
    pub(super) fn inner_mail(&mut self, part: &Part<'_>, context: &Context) -> Result<(), FormatError> {
        if context.level >= MAX_MAIL_LEVELS {
            self.collector.skip("mails in mails", TOO_MANY);
            return Ok(());
        }
        self.mail(&part.bytes(), format!("{}a mail in the mail, ", context.prefix), context.level + 1)
    }
}

/// `reply-to` as people know it: `Reply-To`.
fn shown_name(field: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    crate::formats::collect::plain_name(&field.split('-').map(word).collect::<Vec<_>>().join("-"))
}
