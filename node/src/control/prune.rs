//! `prune`: by the daemon, or on the store when none runs.

use std::time::Duration;

use super::opened::open_circle;
use super::{Answer, Ask, PrunedDoc, Request};
use crate::api::client;
use crate::cli::Context;
use crate::daemon;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// How long it may take to write a store of many gigabytes anew.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// Gives up what is over and has the disk get its room back, or says what that would come to.
pub fn prune(context: &Context, dry_run: bool) -> Result<PrunedDoc> {
    context.home.require_initialised()?;
    if client::is_running(&context.home) {
        let request = Request { circle: context.circle.clone(), ask: Ask::Prune { dry_run } };
        return match client::call_within(&context.home, &request, PATIENCE)? {
            Answer::Pruned(document) => Ok(document),
            Answer::Failed(failure) => Err(failure.into()),
            _ => Err(Error::new(
                Exit::Failed,
                "daemon-misunderstood",
                "the daemon does not understand this command",
                "start the daemon again with this same version of Watchfire",
            )),
        };
    }
    let identity = context.home.open_identity(&context.passphrase, context.out)?;
    let drafts = daemon::drafts(&context.home)?;
    let circle = open_circle(context, &identity, &drafts, context.circle.as_deref())?;
    let home = context.home.circle(circle.id);
    let card = context.home.card()?;
    let (store, lost) = (&circle.store, circle.lost_batches);
    daemon::prune_store(&home, store, lost, circle.kept.restored, &identity, &card, dry_run)
}
