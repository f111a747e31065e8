//! `publish --offline`: signs on a machine that has a publisher key and no node; the file goes to one that has.

use std::path::Path;

use serde::{Deserialize, Serialize};
use watchfire_keys::{CircleId, KeyName};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::publication::{Author, split};

use super::super::Context;
use crate::clock;
use crate::control::{PublishDoc, PublishedDoc, hex};
use crate::daemon::report;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{SignedChains, files, lacks};

/// Records that were signed and not sent.
#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct SignedFile {
    schema: u32,
    /// The circle that they are for.
    pub(in crate::cli) circle: CircleId,
    /// Each in hexadecimal, in the order of the chain.
    pub(in crate::cli) records: Vec<String>,
}

impl SignedFile {
    const SCHEMA: u32 = 1;

    /// Whether this version wrote it.
    pub(in crate::cli) const fn is_known(&self) -> bool {
        self.schema == Self::SCHEMA
    }
}

/// The circle that the records are for. A machine without a node knows no circle by its name.
pub(super) fn circle(context: &Context) -> Result<CircleId> {
    context.circle.as_deref().and_then(|circle| circle.parse().ok()).ok_or_else(|| {
        Error::usage(
            "a report that is signed offline needs the whole id of its circle",
            "--circle ID, as watchfire circle show prints it where the node is",
        )
    })
}

/// Signs reports into a file. Nothing leaves this machine.
pub(super) fn sign(
    context: &Context,
    circle: CircleId,
    reports: impl Iterator<Item = PublishDoc>,
    out: &Path,
) -> Result<Vec<PublishedDoc>> {
    let home = &context.home;
    let member = home.card()?.member();
    let keys = home.open_identity(&context.passphrase, context.out)?;
    let key = keys.publisher.as_ref().ok_or_else(|| lacks(KeyName::Publisher))?;
    let author = Author { circle, member, key };
    let signer = key.public();
    let edit = home.lock_for_edit()?;
    let mut chains = SignedChains::load(home)?;
    if home.restored_publisher()? == Some(signer) {
        return Err(Error::new(
            Exit::Refused,
            "restored",
            "this home's publisher key came from a backup: what it signed before is not known here, and to sign in its place would contradict it",
            "watchfire key new --scope publish, and have the new key delegated",
        ));
    }
    let (mut records, mut published) = (Vec::new(), Vec::new());
    for document in reports {
        let now = clock::now();
        let plan = split(report(document, Vec::new())?, now).map_err(|error| {
            Error::new(Exit::Refused, "refused", error.to_string(), "shorten it, or sign it in several parts")
        })?;
        let next = chains.next(&circle, &signer);
        let signed = next.and_then(|next| plan.sign(&RealCrypto, author, next, now)).ok_or_else(|| {
            Error::new(
                Exit::Failed,
                "chain-full",
                "this key has signed all that one can",
                "watchfire key new",
            )
        })?;
        let mut ids = Vec::with_capacity(signed.len());
        for record in &signed {
            let id = record.id(&RealCrypto);
            chains.note(circle, signer, record.record().seq, id);
            ids.push(id.to_string());
            records.push(hex(&record.to_bytes()));
        }
        let record = ids.first().cloned().unwrap_or_default();
        published.push(PublishedDoc { record, records: ids, waiting: false });
    }
    let file = SignedFile { schema: SignedFile::SCHEMA, circle, records };
    let bytes = serde_json::to_vec(&file)
        .map_err(|error| Error::new(Exit::Failed, "not-written", error.to_string(), "the same again"))?;
    // First the file: if the note of the chain's end is lost, the same places are signed again and the daemon that
    // they are submitted to takes the first of them only.
    let whole = std::path::absolute(out).unwrap_or_else(|_| out.to_path_buf());
    files::create_elsewhere(&whole, &bytes).map_err(|error| {
        Error::new(
            Exit::Failed,
            "not-written",
            format!("cannot write {}: {error}", out.display()),
            "another name for the file: none is replaced",
        )
    })?;
    chains.store(home, &edit)?;
    Ok(published)
}
