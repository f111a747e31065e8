//! `key revoke`: ends a key for ever, and says which of its records stand.

use clap::Args;

use super::super::Context;
use super::{Done, in_every_circle, public_key};
use crate::control::{Answer, Ask, KeyAsk, Stands, ask};
use crate::error::Result;
use crate::exit::Exit;

/// End a key for ever: it was replaced, lost or stolen
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire key revoke publisher --last 5c1e07aa")]
pub(super) struct RevokeKey {
    /// The public key: its 64 digits, a file with them, or `publisher` or `steward` for this home's own
    key: String,
    /// The last report that was still yours: what the key signed after it is void everywhere [else all that is known
    /// here stands]
    #[arg(long, value_name = "RECORD", conflicts_with = "nothing_stands")]
    last: Option<String>,
    /// Nothing that the key ever signed stands
    #[arg(long)]
    nothing_stands: bool,
}

impl RevokeKey {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        let key = public_key(context, &self.key)?.to_string();
        let stands = match self.last {
            _ if self.nothing_stands => Stands::Nothing,
            Some(record) => Stands::UpTo(whole(context, record)?),
            None => Stands::Known,
        };
        let circles =
            in_every_circle(context, || KeyAsk::Revoke { key: key.clone(), stands: stands.clone() })?;
        context.out.document(&Done { key, circles })?;
        context.out.hint(
            "next, if this home signed with it: stop the node, watchfire key new, start it, watchfire key delegate",
        );
        Ok(Exit::Ok)
    }
}

/// The whole id of a record that a person names by the beginning of it, or by its title.
fn whole(context: &Context, record: String) -> Result<String> {
    if record.parse::<watchfire_keys::RecordId>().is_ok() {
        return Ok(record);
    }
    match ask(context, Ask::Show { record: record.clone() })? {
        // The daemon goes on to the last of its parts.
        Answer::Show(alert) => Ok(alert.record),
        _ => Ok(record),
    }
}
