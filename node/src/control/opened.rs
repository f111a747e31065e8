//! The circles of a home whose daemon does not run.

use std::time::Duration;

use watchfire_keys::{CircleId, Keys};
use watchfire_protocol::circle::Draft;

use super::choose_circle;
use crate::cli::Context;
use crate::clock;
use crate::daemon::keep::{self, Kept};
use crate::error::{Error, Result};
use crate::store::{self, DiskStore};

/// How long a daemon that is just stopping may hold a store.
const STORE_PATIENCE: Duration = Duration::from_secs(3);

/// One circle, its store open.
pub(super) struct OpenCircle {
    pub(super) id: CircleId,
    pub(super) store: DiskStore,
    pub(super) kept: Kept,
    /// See [`store::Opened::lost_batches`]; whoever writes to the store has to note it first.
    pub(super) lost_batches: u64,
}

/// Opens every circle of the home, and gives the one that is meant.
pub(super) fn open_circle(
    context: &Context,
    identity: &Keys,
    drafts: &[Draft],
    named: Option<&str>,
) -> Result<OpenCircle> {
    let home = &context.home;
    let mut ids = home.circles()?;
    ids.extend(drafts.iter().map(Draft::circle));
    ids.sort_unstable();
    ids.dedup();
    let mut circles = Vec::new();
    for id in ids {
        let circle = home.circle(id);
        let opened = store::open(&circle, &identity.storage, clock::now(), STORE_PATIENCE)?;
        let kept = keep::read(&opened.store, id, clock::now())
            .map_err(|error| error.describe(&circle.store_path()))?;
        circles.push(OpenCircle { id, store: opened.store, kept, lost_batches: opened.lost_batches });
    }
    let name = |circle: &OpenCircle| {
        let charter = circle.kept.restored.log.charter().map(|charter| charter.name.to_string());
        let drafted = drafts.iter().find(|draft| draft.circle() == circle.id);
        charter
            .or(drafted.map(|draft| draft.charter().name.to_string()))
            .unwrap_or_else(|| circle.id.to_string())
    };
    let names: Vec<String> = circles.iter().map(name).collect();
    let choice: Vec<_> =
        circles.iter().zip(&names).map(|(circle, name)| (circle.id, name.as_str())).collect();
    let index = choose_circle(&choice, named)?;
    circles.into_iter().nth(index).ok_or_else(|| Error::usage("no such circle", "watchfire status"))
}
