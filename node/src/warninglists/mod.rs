//! The warninglists of a home: read from the public collection's files, compiled, and kept as one file.
//!
//! `warninglists.bin` is replaced as a whole, so an interrupted update leaves the lists that were there. A file that cannot
//! be read stops a publication: without the lists it would share what the person asked to be warned of.

mod list_file;
mod take_over;

use std::io::ErrorKind;

use rand_core::Rng;
use watchfire_protocol::sanitize::Warninglists;
use watchfire_protocol::sanitize::warninglist::{Compiler, MAX_FILE_BYTES};

pub use take_over::{Refusal, TakenOver, take_over};

use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{Home, files};
use crate::random;

const FILE: &str = "warninglists.bin";

/// The lists of a home; none when it has taken over none.
///
/// # Errors
/// When the file is there and is not what an update wrote.
pub fn load(home: &Home) -> Result<Warninglists> {
    let bytes = match files::read(&home.root().join(FILE), MAX_FILE_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Warninglists::none()),
        Err(error) => return Err(home.unreadable(FILE, &error)),
    };
    Warninglists::from_bytes(&bytes).map_err(|damaged| {
        Error::new(
            Exit::Failed,
            "warninglists-damaged",
            format!("{}: {damaged}; nothing is published without it", home.root().join(FILE).display()),
            "watchfire warninglists update DIR makes it anew, watchfire warninglists remove --all does without",
        )
    })
}

/// Changes the lists of a home in one step. `from_anew` forgets what was there, a damaged file included.
///
/// # Errors
/// When the home cannot be read or written; the lists that were there stay then.
pub fn change(
    home: &Home,
    from_anew: bool,
    change: impl FnOnce(&mut Compiler) -> Result<()>,
) -> Result<Warninglists> {
    let edit = home.lock_for_edit()?;
    let before = if from_anew { Warninglists::none() } else { load(home)? };
    let mut compiler = if before.lists().is_empty() {
        let mut key = [0; 32];
        random::generator()?.fill_bytes(&mut key);
        Compiler::new(key)
    } else {
        Compiler::with(before)
    };
    change(&mut compiler)?;
    let after = compiler.finish();
    home.write(FILE, &after.to_bytes(), &edit)?;
    Ok(after)
}
