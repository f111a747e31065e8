//! Where a candidate stood, which decides as much as what it is.

use crate::indicator::Indicator;

/// Where a candidate stood in what the person gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Stated as an indicator: an object, an attribute or a table's cell.
    #[default]
    Stated,
    /// Written in a text: a report, a list, a pasted message.
    Text,
    /// In the visible text of a mail.
    MailBody,
    /// The target of a mail's link or form.
    MailLink,
    /// A picture, style sheet or the like that a mail loads.
    MailResource,
    /// A picture that nobody can see: it tells the sender who has opened the mail.
    TrackingPixel,
    /// Whom a mail says it is from: `From`, `Sender`, `Reply-To`, `Return-Path`.
    Sender,
    /// To whom a mail went: `To`, `Cc`, `Bcc`, `Delivered-To` and their like.
    Recipient,
    /// The server that handed a mail over to the reporter's side.
    Handover,
    /// What the reporter's own servers wrote into a mail's header.
    ReporterSide,
    /// `Message-ID`, `In-Reply-To`, `References`, `Content-ID`.
    MessageId,
    /// The name or the hash of an attached file.
    Attachment,
    /// Between the words of a text or a mail, written as people write it who do not warn of it.
    Prose,
}

/// Something that may be shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub indicator: Indicator,
    /// Where it stood.
    pub origin: Origin,
    /// The caller's own number for it; comes back with what was decided.
    pub number: u32,
}

impl Candidate {
    /// A candidate that was stated as an indicator.
    pub fn stated(indicator: Indicator, number: u32) -> Candidate {
        Candidate { indicator, origin: Origin::Stated, number }
    }
}
