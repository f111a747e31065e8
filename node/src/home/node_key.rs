//! The network key of a node: its identity towards libp2p in one circle (or as a relay), and nothing else.
//!
//! A member's is sealed with a key from its identity, as it would tell which peer of a circle this machine was. A relay
//! has no identity to seal with: its file is only guarded by its mode, and the seal then shows damage alone.

use std::io::ErrorKind;
use std::path::Path;

use rand_core::Rng;
use watchfire_keys::labels::DERIVE_STORE_VALUE;
use watchfire_keys::{Keys, aead, derive};
use zeroize::Zeroizing;

use super::{CircleHome, Home, files};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::random;

/// How a network key file begins; the digit is its version.
const MAGIC: &[u8] = b"WATCHFIRE NODE KEY 1\n";
/// Magic, nonce, and the sealed 32 bytes.
const SIZE: usize = MAGIC.len() + aead::NONCE_SIZE + 32 + aead::OVERHEAD;

/// The seed of an Ed25519 network key.
pub type NodeKey = Zeroizing<[u8; 32]>;

impl CircleHome {
    /// This node's network key in this circle, made on first use.
    pub fn node_key(&self, identity: &Keys) -> Result<NodeKey> {
        let key = derive(DERIVE_STORE_VALUE, &identity.storage, &[b"node key", self.id().as_bytes()]);
        self.prepare()?;
        load_or_make(&self.node_key_path(), &key, self.home())
    }
}

impl Home {
    /// The network key of a relay, which has this home to itself, made on first use.
    pub fn relay_key(&self) -> Result<NodeKey> {
        let key = derive(DERIVE_STORE_VALUE, &[0; 32], &[b"relay key"]);
        self.prepare()?;
        load_or_make(&self.root().join("relay.key"), &key, self)
    }
}

fn load_or_make(path: &Path, key: &[u8; 32], home: &Home) -> Result<NodeKey> {
    match files::read(path, SIZE) {
        Ok(bytes) => {
            open(&bytes, key).ok_or_else(|| shut(path, "it is damaged, or belongs to another identity"))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => make(path, key, home),
        Err(error) => Err(shut(path, &error.to_string())),
    }
}

fn open(bytes: &[u8], key: &[u8; 32]) -> Option<NodeKey> {
    let (nonce, sealed) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
    let opened = aead::open(key, nonce, MAGIC, sealed).ok()?;
    let mut seed = Zeroizing::new([0; 32]);
    if opened.len() != seed.len() {
        return None;
    }
    seed.copy_from_slice(&opened);
    Some(seed)
}

/// Two processes may get here at once: the first file stands, and the other process takes it.
fn make(path: &Path, key: &[u8; 32], home: &Home) -> Result<NodeKey> {
    let mut generator = random::generator()?;
    let mut seed = Zeroizing::new([0; 32]);
    generator.fill_bytes(seed.as_mut_slice());
    let mut nonce = [0; aead::NONCE_SIZE];
    generator.fill_bytes(&mut nonce);
    let mut file = Vec::with_capacity(SIZE);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&nonce);
    file.extend_from_slice(&aead::seal(key, &nonce, MAGIC, seed.as_slice()));
    match files::create(path, &file) {
        Ok(()) => Ok(seed),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => load_or_make(path, key, home),
        Err(error) => Err(home.unwritable("node.key", &error)),
    }
}

fn shut(path: &Path, fault: &str) -> Error {
    Error::new(
        Exit::KeyFile,
        "node-key-unreadable",
        format!("cannot use {}: {fault}", path.display()),
        "restore it from a backup, or move it away: the node then gets a new address in the network, and nothing else is lost",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use watchfire_keys::{CircleId, Identity, Keys};

    use super::super::{Home, files};
    use crate::exit::Exit;

    #[test]
    fn the_network_key_stays_the_same_is_private_and_differs_by_circle() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let identity = Keys::from(&Identity::generate(&mut ChaCha20Rng::from_seed([1; 32])));
        let (one, other) =
            (home.circle(CircleId::from_bytes([1; 32])), home.circle(CircleId::from_bytes([2; 32])));
        let key = one.node_key(&identity).unwrap();
        assert_eq!(one.node_key(&identity).unwrap(), key);
        assert_ne!(other.node_key(&identity).unwrap(), key);
        assert_eq!(files::mode(&one.node_key_path()).unwrap(), 0o600);
        assert_eq!(home.circles().unwrap(), [one.id(), other.id()]);
        let bytes = std::fs::read(one.node_key_path()).unwrap();
        assert!(!bytes.windows(32).any(|window| window == key.as_slice()));
    }

    #[test]
    fn a_damaged_or_foreign_network_key_stops_and_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let identity = Keys::from(&Identity::generate(&mut ChaCha20Rng::from_seed([1; 32])));
        let circle = home.circle(CircleId::from_bytes([1; 32]));
        circle.node_key(&identity).unwrap();
        let whole = std::fs::read(circle.node_key_path()).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            std::fs::write(circle.node_key_path(), &flipped).unwrap();
            assert_eq!(circle.node_key(&identity).unwrap_err().exit(), Exit::KeyFile);
            std::fs::write(circle.node_key_path(), &whole[..at]).unwrap();
            assert_eq!(circle.node_key(&identity).unwrap_err().exit(), Exit::KeyFile);
            assert_eq!(std::fs::read(circle.node_key_path()).unwrap(), &whole[..at]);
        }
        std::fs::write(circle.node_key_path(), &whole).unwrap();
        let stranger = Keys::from(&Identity::generate(&mut ChaCha20Rng::from_seed([2; 32])));
        assert_eq!(circle.node_key(&stranger).unwrap_err().exit(), Exit::KeyFile);
    }

    #[test]
    fn a_relay_keeps_its_network_key() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(&folder.path().join("relay"));
        assert_eq!(home.relay_key().unwrap(), home.relay_key().unwrap());
    }
}
