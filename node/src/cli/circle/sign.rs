//! `circle sign`: signs a draft in place and keeps a copy in this home.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use watchfire_keys::KeyName;
use watchfire_protocol::circle::{Draft, DraftError};

use super::{Context, draft_fault, missing};
use crate::cli::input;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{files, lacks};

/// The largest draft: 64 founders' cards are a fifth of it.
const MAX_DRAFT_FILE_BYTES: usize = 1024 * 1024;

/// Sign a founding draft, in place
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire circle sign ohio-watch.draft")]
pub(super) struct Sign {
    /// The draft that another founder sent you
    draft: PathBuf,
}

/// Where the draft stands now.
#[derive(Debug, Serialize)]
struct Signed {
    circle: String,
    name: String,
    draft: PathBuf,
    kept: PathBuf,
    missing: Vec<String>,
}

impl Sign {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let own = context.home.card()?;
        let bytes = input::read(&self.draft, MAX_DRAFT_FILE_BYTES, Exit::Refused)?;
        let (mut draft, read) = Draft::from_bytes(&bytes).map_err(|fault| draft_fault(&fault))?;
        if read.dropped > 0 && draft.signatures().is_empty() {
            // The drafter has signed what it wrote: a draft under which no signature holds is another one.
            return Err(draft_fault(&DraftError::Damaged));
        }
        if read.dropped > 0 {
            context
                .out
                .warn(&format!("{} signatures in the file do not hold and were left out", read.dropped));
        }
        let (circle, name) = (draft.circle(), draft.charter().name.to_string());
        let identity = context.home.open_identity(&context.passphrase, context.out)?;
        let steward = identity.steward.as_ref().ok_or_else(|| lacks(KeyName::Steward))?;
        draft.sign(own.member(), steward).map_err(|fault| draft_fault(&fault))?;

        let edit = context.home.lock_for_edit()?;
        let kept = context.home.draft_path(&name, &circle);
        if let Ok(bytes) = files::read(&kept, MAX_DRAFT_FILE_BYTES)
            && let Ok((copy, _)) = Draft::from_bytes(&bytes)
        {
            // Another circle under the same file name cannot be: the name holds the beginning of the id.
            let _ = draft.merge(&copy);
        }
        let bytes = draft.to_bytes();
        let kept = context.home.keep_draft(&name, &circle, &bytes, &edit)?;
        let given = std::path::absolute(&self.draft).unwrap_or(self.draft);
        if given.as_os_str() != "-" && given != kept {
            files::replace_elsewhere(&given, &bytes).map_err(|error| {
                Error::new(
                    Exit::Failed,
                    "draft-not-written",
                    format!("signed, but {} cannot be written: {error}", given.display()),
                    format!("send {} instead", kept.display()),
                )
            })?;
        }
        context.out.document(&Signed {
            circle: circle.to_string(),
            name,
            draft: given,
            kept,
            missing: missing(&draft),
        })?;
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "signed: {} ({})", self.name, self.draft.display())?;
        if self.missing.is_empty() {
            write!(f, "Everybody has signed. next: watchfire run")
        } else {
            writeln!(f, "yet to sign: {}", self.missing.join(", "))?;
            write!(
                f,
                "next: send the draft on, or just `watchfire run`: running nodes exchange their signatures"
            )
        }
    }
}
