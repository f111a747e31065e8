//! Which act or key a person means by what it typed.

use watchfire_keys::ActId;
use watchfire_protocol::circle::ActState;

use super::{Facts, not_yet};
use crate::error::{Error, Result};
use crate::exit::Exit;

/// The shortest beginning of an id that names something.
const SHORTEST: usize = 4;

/// Whether `wanted` is the id or the beginning of it.
pub fn begins(id: &str, wanted: &str) -> bool {
    wanted.len() >= SHORTEST && id.starts_with(&wanted.to_ascii_lowercase())
}

impl Facts<'_> {
    /// The proposal that a person means: by id, by the beginning of one, or by the name of whom it is about.
    ///
    /// # Errors
    /// When none is meant, or several.
    pub fn proposal_named(&self, wanted: &str) -> Result<ActId> {
        let log = self.log.ok_or_else(|| not_yet(self.phase))?;
        let meant: Vec<ActId> = log
            .acts()
            .filter(|(id, signed)| {
                let name = self.subject(&signed.act).name;
                (!name.is_empty() && name == wanted) || begins(&id.to_string(), wanted)
            })
            .map(|(id, _)| *id)
            .filter(|id| log.act_state(id, self.now).is_some_and(waits))
            .collect();
        match meant[..] {
            [act] => Ok(act),
            [] => {
                // It may be one that is in force or over: the engine says what is wrong with it.
                let known = wanted.parse::<ActId>().ok().filter(|act| log.act(act).is_some());
                known.ok_or_else(|| {
                    Error::new(
                        Exit::Refused,
                        "no-such-proposal",
                        format!("no proposal that waits is called {wanted}"),
                        "watchfire circle pending",
                    )
                })
            }
            _ => Err(Error::usage(
                format!("{} proposals are called {wanted}", meant.len()),
                "more characters of the id: watchfire circle pending",
            )),
        }
    }
}

/// Whether a decision can still count.
pub fn waits(state: ActState) -> bool {
    matches!(state, ActState::Open | ActState::Refused | ActState::Blocked | ActState::Voided)
}
