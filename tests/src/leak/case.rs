//! One case: an input as a volunteer has it, what in it must not leave, and what should.

use watchfire_protocol::sanitize::OwnList;

use super::needle::Needle;
use super::random::Random;
use super::scene::Scene;
use super::{mail, misp, report, stix, table};

/// What the input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// A mail to somebody on the own list.
    Mail,
    /// A mail to somebody on no list: the own list is empty.
    MailUnlisted,
    /// A folder of mails.
    Mbox,
    /// A mail copied out of a mail program.
    Pasted,
    /// A report in prose.
    Prose,
    /// A table.
    Csv,
    /// A STIX 2.1 bundle.
    Stix,
    /// A MISP event.
    Misp,
}

impl Family {
    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Family::Mail => "mail",
            Family::MailUnlisted => "mail, own list empty",
            Family::Mbox => "mbox",
            Family::Pasted => "pasted mail",
            Family::Prose => "report in prose",
            Family::Csv => "CSV",
            Family::Stix => "STIX",
            Family::Misp => "MISP",
        }
    }

    fn of(random: &mut Random) -> Family {
        match random.below(100) {
            0..=29 => Family::Mail,
            30..=44 => Family::MailUnlisted,
            45..=48 => Family::Mbox,
            49..=56 => Family::Pasted,
            57..=70 => Family::Prose,
            71..=79 => Family::Csv,
            80..=89 => Family::Stix,
            _ => Family::Misp,
        }
    }
}

/// Something that was planted and must not leave.
#[derive(Clone, Debug)]
pub struct Plant {
    /// What it is.
    pub secret: &'static str,
    /// How it is written.
    pub disguise: &'static str,
    /// Where it stands.
    pub place: &'static str,
    /// Whether the product promises to find it written that way.
    pub promised: bool,
    /// As it is written there; empty when it is written in several ways.
    pub written: String,
    /// The strings that tell it.
    pub needles: Vec<Needle>,
}

/// Something that is worth sharing and should leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// An indicator of this type and value.
    Value(&'static str, String),
    /// A URL that still has its host and the parts that are the same for everybody.
    Url {
        /// The host, or its end.
        host: String,
        /// What stands in the URL.
        stable: Vec<String>,
    },
    /// An address or name at this domain: the part before it was made for one recipient.
    At(String),
}

impl Wanted {
    /// The row in the table.
    pub fn name(&self) -> &'static str {
        match self {
            Wanted::Value(kind, _) => kind,
            Wanted::Url { .. } => "url with a part for one recipient",
            Wanted::At(_) => "sender's domain",
        }
    }
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its number.
    pub number: u64,
    /// What it is.
    pub family: Family,
    /// The file's name.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// The member's own list.
    pub own: OwnList,
    /// A title that the person typed.
    pub title: Option<String>,
    /// A summary that the person typed.
    pub summary: Option<String>,
    /// What must not leave.
    pub plants: Vec<Plant>,
    /// What should leave.
    pub wanted: Vec<Wanted>,
}

/// The case of this number.
pub fn case(seed: u64, number: u64) -> Case {
    let mut random = Random::of(seed, number);
    let family = Family::of(&mut random);
    let mut scene = Scene::new(random, family, number);
    let (name, bytes) = match family {
        Family::Mail | Family::MailUnlisted => ("suspicious.eml", mail::mail(&mut scene)),
        Family::Mbox => ("suspicious.mbox", mail::mbox(&mut scene)),
        Family::Pasted => ("pasted.txt", mail::pasted(&mut scene)),
        Family::Prose => ("report.txt", report::prose(&mut scene)),
        Family::Csv => ("indicators.csv", table::csv(&mut scene)),
        Family::Stix => ("bundle.json", stix::bundle(&mut scene)),
        Family::Misp => ("event.json", misp::event(&mut scene)),
    };
    scene.finish(number, family, name, bytes)
}
