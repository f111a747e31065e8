//! `circle found`: drafts the charter of a new circle and signs it for this member.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use rand_core::Rng;
use serde::Serialize;
use watchfire_keys::{Card, KeyName, Name};
use watchfire_protocol::circle::{Charter, Draft};

use super::{Context, MAX_CARD_FILE_BYTES, draft_fault, missing};
use crate::cli::input;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::lacks;
use crate::{clock, random};

/// Draft a new circle with the founders' cards; your own card is implied
#[derive(Debug, Args)]
#[command(
    after_help = "Example: watchfire circle found --name \"Ohio Watch\" --card jones.card --card board.card"
)]
pub(super) struct Found {
    /// What the circle is called
    #[arg(long)]
    name: Name,
    /// The card of another founder; founders are stewards, and there is at least one of each side
    #[arg(long, value_name = "FILE", required = true)]
    card: Vec<PathBuf>,
}

/// What was drafted.
#[derive(Debug, Serialize)]
struct Founded {
    circle: String,
    name: String,
    draft: PathBuf,
    sides: Vec<String>,
    founders: Vec<Founder>,
    missing: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Founder {
    name: String,
    side: String,
    fingerprint: String,
}

impl Found {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let own = context.home.card()?;
        let mut founders = vec![own.clone()];
        for path in &self.card {
            let text = input::read_text(path, MAX_CARD_FILE_BYTES, Exit::Refused)?;
            let card = Card::from_text(&text).map_err(|fault| {
                Error::new(Exit::Refused, "card", format!("{}: {fault}", input::name(path)), fault.remedy())
            })?;
            if card.member() != own.member() {
                founders.push(card);
            }
        }
        let identity = context.home.open_identity(&context.passphrase, context.out)?;
        let steward = identity.steward.as_ref().ok_or_else(|| lacks(KeyName::Steward))?;
        let mut nonce = [0; 32];
        random::generator()?.fill_bytes(&mut nonce);
        let charter = Charter::new(self.name, founders, nonce, clock::now())
            .map_err(|fault| Error::new(Exit::Refused, "charter", fault.to_string(), fault.remedy()))?;
        let mut draft = Draft::new(charter);
        draft.sign(own.member(), steward).map_err(|fault| draft_fault(&fault))?;
        let (circle, charter) = (draft.circle(), draft.charter());
        let edit = context.home.lock_for_edit()?;
        let path = context.home.keep_draft(charter.name.as_str(), &circle, &draft.to_bytes(), &edit)?;
        context.out.document(&Founded {
            circle: circle.to_string(),
            name: charter.name.to_string(),
            draft: path,
            sides: charter.sides.iter().map(ToString::to_string).collect(),
            founders: charter
                .founders
                .iter()
                .map(|card| Founder {
                    name: card.name.to_string(),
                    side: card.side.to_string(),
                    fingerprint: card.fingerprint().to_string(),
                })
                .collect(),
            missing: missing(&draft),
        })?;
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Founded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} is drafted, with the sides {}.", self.name, self.sides.join(", "))?;
        for founder in &self.founders {
            writeln!(f, "  {} ({}): {}", founder.name, founder.side, founder.fingerprint)?;
        }
        writeln!(f, "Compare these words with each founder by voice.")?;
        writeln!(f, "draft: {}", self.draft.display())?;
        if self.missing.is_empty() {
            return write!(f, "Everybody has signed. next: watchfire run");
        }
        writeln!(f, "yet to sign: {}", self.missing.join(", "))?;
        write!(
            f,
            "next: send the draft to them; each runs `watchfire circle sign DRAFT`. Then everybody: watchfire run"
        )
    }
}
