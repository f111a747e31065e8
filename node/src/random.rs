//! Where random numbers come from: the operating system seeds a generator, and nothing else ever does.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroize;

use crate::error::{Error, Result};
use crate::exit::Exit;

/// A cryptographic generator with a fresh seed of the operating system.
pub fn generator() -> Result<ChaCha20Rng> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        Error::new(
            Exit::Failed,
            "no-randomness",
            format!("the system gives no random numbers: {error}"),
            "the same command on a machine whose random device works",
        )
    })?;
    let generator = ChaCha20Rng::from_seed(seed);
    seed.zeroize();
    Ok(generator)
}
