//! Why a network does not start.

use std::fmt;

use libp2p::Multiaddr;

/// The network could not be started.
#[derive(Debug)]
pub enum NetError {
    /// An address cannot be listened on.
    Listen {
        /// Which.
        address: Multiaddr,
        /// What the operating system said.
        reason: String,
    },
    /// The transports could not be built.
    Setup(String),
}

impl NetError {
    /// What to try.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Listen { .. } => {
                "choose a free port (0 takes any) of an address that this machine has: --listen /ip4/0.0.0.0/udp/0/quic-v1"
            }
            Self::Setup(_) => {
                "look for the cause in the text above; the network stack of this machine may be restricted"
            }
        }
    }
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, reason } => write!(f, "cannot listen on {address}: {reason}"),
            Self::Setup(reason) => write!(f, "cannot start the network: {reason}"),
        }
    }
}

impl std::error::Error for NetError {}
