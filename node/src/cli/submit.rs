//! `submit`: sends what another machine of this member has signed.

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::publish::SignedFile;
use super::{Context, input};
use crate::control::{Answer, Ask, ask};
use crate::error::{Error, Result};
use crate::exit::Exit;

/// The largest publication in hexadecimal.
const MAX_FILE_BYTES: usize = 40 * 1024 * 1024;

/// Hexadecimal digits in one request; with the smallest records still fewer than an engine takes at once.
const MAX_BATCH_BYTES: usize = 512 * 1024;

/// Send reports that another machine of yours signed with publish --offline
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire submit report.signed")]
pub(super) struct Submit {
    /// The file that `publish --offline` wrote (`-`: standard input)
    file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Submitted {
    record: String,
    records: Vec<String>,
    waiting: bool,
}

impl Submit {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        let bytes = input::read(&self.file, MAX_FILE_BYTES, Exit::Refused)?;
        let file: Option<SignedFile> = serde_json::from_slice(&bytes).ok();
        let file = file.filter(SignedFile::is_known).ok_or_else(|| {
            Error::new(
                Exit::Refused,
                "no-signed-records",
                format!("{} holds no signed records", input::name(&self.file)),
                "the file that watchfire publish --offline wrote",
            )
        })?;
        let within = Context { circle: Some(file.circle.to_string()), ..context.clone() };
        let (mut records, mut waiting) = (Vec::new(), false);
        // In the order of the chain; what is there already is passed over, so a broken submission can be repeated.
        for records_at_once in batches(file.records) {
            match ask(&within, Ask::Submit { records: records_at_once })? {
                Answer::Published(published) => {
                    records.extend(published.records);
                    waiting |= published.waiting;
                }
                _ => return Ok(Exit::Failed),
            }
        }
        let record = records.first().cloned().unwrap_or_default();
        context.out.document(&Submitted { record, records, waiting })?;
        Ok(Exit::Ok)
    }
}

/// Runs of records that the daemon takes at once.
fn batches(records: Vec<String>) -> Vec<Vec<String>> {
    let mut batches: Vec<Vec<String>> = vec![Vec::new()];
    let mut bytes = 0_usize;
    for record in records {
        bytes += record.len();
        if bytes > MAX_BATCH_BYTES {
            bytes = record.len();
            batches.push(Vec::new());
        }
        if let Some(batch) = batches.last_mut() {
            batch.push(record);
        }
    }
    batches
}

impl fmt::Display for Submitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let brief = self.record.get(..12).unwrap_or(&self.record);
        match self.records.len() {
            1 => write!(f, "on its way: {brief}"),
            count => write!(f, "on their way: {count} records, the first of them {brief}"),
        }
    }
}
