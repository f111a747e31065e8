//! The parts of a mail, one by one: what is shown, what is attached, what is neither.

use sha2::{Digest, Sha256};

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::Origin;

use super::body::learn_line;
use super::mime::{Nature, Part};
use super::reader::{Context, Reader};
use crate::formats::FormatError;
use crate::formats::collect::NOT_ITS_TYPE;

const IN_TEXT: &str = "a picture that belongs to the text";
const SIGNATURE: &str = "a signature or a delivery report";

impl Reader {
    pub(super) fn part(&mut self, part: &Part<'_>, context: &mut Context) -> Result<(), FormatError> {
        let nature = part.nature();
        if nature == Nature::Mail {
            return self.inner_mail(part, context);
        }
        let bytes = part.bytes();
        if nature == Nature::DeliveryReport {
            // It names to whom the mail could not be delivered.
            let text = self.bounded_text(part, &bytes);
            text.lines()
                .take(1000)
                .for_each(|line| learn_line(&mut self.learned, line, true, &context.senders));
            self.collector.skip("parts", SIGNATURE);
            return Ok(());
        }
        let prefix = &context.prefix;
        let place = if part.is_attachment() {
            context.attachments += 1;
            format!("{prefix}attachment {}", context.attachments)
        } else {
            let kind = if nature == Nature::Html { "HTML" } else { "text" };
            format!("{prefix}the {kind} part")
        };
        if part.is_attachment() {
            self.file(part, &bytes, &place)?;
        }
        match nature {
            Nature::Text => {
                let text = self.bounded_text(part, &bytes);
                self.text(&text, &place, context)
            }
            Nature::Html => {
                let text = self.bounded_text(part, &bytes);
                let level = usize::from(part.is_attachment());
                self.page(&text, &place, context, level)
            }
            Nature::Calendar => {
                let text = self.bounded_text(part, &bytes);
                let invitation = self.invitation(&text);
                self.text(&invitation, &place, context)
            }
            Nature::Signature => {
                self.collector.skip("parts", SIGNATURE);
                Ok(())
            }
            Nature::Image if !part.is_attachment() => {
                self.collector.skip("pictures", IN_TEXT);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The name and the hash of an attached file.
    fn file(&mut self, part: &Part<'_>, bytes: &[u8], place: &str) -> Result<(), FormatError> {
        self.collector.origin = Origin::Attachment;
        if let Some(name) = part.name() {
            self.collector.attributes(1);
            match Indicator::parse(Kind::Filename, &name) {
                Ok(file) => self.collector.keep(file, || place.to_owned())?,
                Err(_) => self.collector.skip("names of attachments", NOT_ITS_TYPE),
            }
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.collector.attributes(1);
        match Indicator::parse(Kind::Sha256, &hash) {
            Ok(indicator) => self.collector.keep(indicator, || place.to_owned()),
            Err(_) => Ok(()),
        }
    }

    /// An invitation without those invited, who are learned.
    fn invitation(&mut self, text: &str) -> String {
        let unfolded = text.replace("\r\n ", "").replace("\n ", "").replace("\r\n\t", "").replace("\n\t", "");
        let mut rest = String::with_capacity(unfolded.len());
        for line in unfolded.lines() {
            let upper = line.get(..8).map(str::to_ascii_uppercase).unwrap_or_default();
            if upper == "ATTENDEE" {
                let name = line.split(';').find_map(|part| part.strip_prefix("CN="));
                let name = name.map(|name| name.split(':').next().unwrap_or(name).trim_matches('"'));
                name.into_iter().for_each(|name| self.learned.name(name));
                let address = line.rsplit(':').next().unwrap_or_default();
                learn_line(&mut self.learned, address, true, &[]);
            } else {
                // Escaped line ends and commas, RFC 5545.
                rest.push_str(
                    &line.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";"),
                );
                rest.push('\n');
            }
        }
        rest
    }
}
