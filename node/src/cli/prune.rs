//! `prune`: gives up what is over, and gives its room back to the disk.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::control::{PrunedDoc, prune};
use crate::error::Result;
use crate::exit::Exit;

/// Erase records that the circle keeps no longer, and give their room back to the disk
#[derive(Debug, Args)]
#[command(
    after_help = "The daemon does this by itself when it is worth it; what is kept is for the circle to say: watchfire circle rules\nExample: watchfire prune --dry-run"
)]
pub(super) struct Prune {
    /// Only say what would go
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Serialize)]
struct Pruned {
    #[serde(flatten)]
    pruned: PrunedDoc,
}

impl Prune {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.out.document(&Pruned { pruned: prune(context, self.dry_run)? })?;
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Pruned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PrunedDoc { dry_run, records, bytes_before, bytes_after } = self.pruned;
        let (before, after) = (size(bytes_before), size(bytes_after));
        if dry_run {
            write!(
                f,
                "{records} records would be erased; the store has {before} and would have about {after}"
            )
        } else {
            write!(f, "{records} records were erased; the store had {before} and has {after}")
        }
    }
}

/// Bytes as a person reads them.
fn size(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{} MB", bytes.div_ceil(1024 * 1024)),
    }
}
