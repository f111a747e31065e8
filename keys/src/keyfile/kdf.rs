//! From a passphrase to a key: Argon2id (RFC 9106), and how much it may cost.

use super::KeyFileError;
use crate::hash::derive;
use crate::labels::DERIVE_KEYFILE;
use alloc::vec::Vec;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

/// What deriving the key costs whoever opens the file, and whoever guesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Default for KdfParams {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl KdfParams {
    /// 64 MiB, three passes, one lane: RFC 9106's second recommendation with the parallelism taken away, as
    /// one thread does the work here. About a tenth of a second on a small machine.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// The least Argon2 can do. For tests, which derive many keys; it protects nothing.
    pub const WEAKEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// Most memory a file may ask for: 1 GiB. More would let a planted file bring a small machine down.
    pub const MAX_MEMORY_KIB: u32 = 1024 * 1024;
    /// Most passes a file may ask for.
    pub const MAX_PASSES: u32 = 16;
    /// Most lanes a file may ask for.
    pub const MAX_LANES: u32 = 4;

    /// These costs, if Argon2 can do them and they are within the bounds above: memory in KiB from 8 per
    /// lane, passes and lanes from 1.
    #[must_use]
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Option<Self> {
        let lanes_fit = lanes >= 1 && lanes <= Self::MAX_LANES;
        let passes_fit = passes >= 1 && passes <= Self::MAX_PASSES;
        // The product is small when the lanes fit; saturating only so that it can be written at all.
        let memory_fits = memory_kib >= lanes.saturating_mul(8) && memory_kib <= Self::MAX_MEMORY_KIB;
        if lanes_fit && passes_fit && memory_fits { Some(Self { memory_kib, passes, lanes }) } else { None }
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes, which could be filled in parallel.
    #[must_use]
    pub const fn lanes(self) -> u32 {
        self.lanes
    }

    /// The file's key from a passphrase and the file's salt.
    pub(super) fn key(self, passphrase: &[u8], salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| KeyFileError::Damaged)?;
        // Memory of our own: asked for without aborting when there is none, and wiped afterwards.
        let mut memory = Zeroizing::new(Vec::new());
        memory.try_reserve_exact(params.block_count()).map_err(|_| KeyFileError::OutOfMemory)?;
        memory.resize(params.block_count(), Block::new());
        let mut stretched = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(passphrase, salt, stretched.as_mut_slice(), memory.as_mut_slice())
            .map_err(|_| KeyFileError::Damaged)?;
        Ok(derive(DERIVE_KEYFILE, &stretched, &[salt]))
    }
}

/// The key of a file without a passphrase: known to whoever has the file, and good against damage only.
pub(super) fn open_key(salt: &[u8; 16]) -> Zeroizing<[u8; 32]> {
    derive(DERIVE_KEYFILE, &[0; 32], &[b"no passphrase", salt])
}
