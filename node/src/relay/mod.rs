//! The untrusted forwarder: `relay run`.
//!
//! Carries the frames of [`watchfire_protocol::relay::Server`] over the network, and keeps what that decides to keep in
//! the relay's own home. Never opens, never looks into an envelope beyond its outside, and has no member's keys:
//!
//! ```text
//! relay.key                   the network key
//! relay/circles/TAG           a circle's control keys and gates
//! relay/envelopes/TAG/N.log   envelopes as they came, oldest file first
//! ```

mod drive;
mod keep;
mod report;

use libp2p::Multiaddr;
use watchfire_protocol::relay::RelayLimits;

use crate::{
    error::{Error, Result},
    exit::Exit,
    home::Home,
    net::{self, LinkKind, NetConfig},
};

pub use report::{RelayReady, RelayReport};

/// Where a relay listens unless it is told otherwise.
pub const DEFAULT_LISTEN: &[&str] =
    &["/ip4/0.0.0.0/udp/0/quic-v1", "/ip4/0.0.0.0/tcp/0", "/ip6/::/udp/0/quic-v1", "/ip6/::/tcp/0"];

/// How a relay is run.
#[derive(Clone, Debug)]
pub struct RelayConfig {
    /// The relay's own home. One with a member's identity in it is refused.
    pub home: Home,
    /// Where to listen.
    pub listen: Vec<Multiaddr>,
    /// What circles and links may fill.
    pub limits: RelayLimits,
}

/// Runs a relay until `shutdown` resolves. `on_ready` is called once, when members can reach it; if it fails, the relay stops.
///
/// # Errors
///
/// When the home belongs to a member or to a running relay, cannot be read or written, or an address cannot be bound.
pub async fn run_relay(
    config: RelayConfig,
    on_ready: impl FnOnce(&RelayReady) -> Result<()>,
    shutdown: impl Future<Output = ()>,
) -> Result<RelayReport> {
    let RelayConfig { home, listen, limits } = config;
    if home.is_initialised()? {
        return Err(Error::new(
            Exit::Usage,
            "home-of-a-member",
            format!(
                "{} is a member's home, and a relay must not be near a member's keys",
                home.root().display()
            ),
            "watchfire --home ANOTHER-FOLDER relay run",
        ));
    }
    let seed = home.relay_key()?;
    let _lock = home.lock_for_daemon()?;
    let (mut server, shelves) = drive::restore(&home, net::peer_id(&seed), limits)?;
    let net_config = NetConfig::new(seed, listen, LinkKind::Relay);
    let (handle, events) = net::spawn(net_config).await.map_err(|error| {
        let remedy = error.remedy();
        Error::new(Exit::Failed, "cannot-listen", error.to_string(), remedy)
    })?;
    let addresses = handle.listen_addresses();
    let ready = on_ready(&RelayReady::new(handle.local_peer(), &addresses));
    let ended = match ready {
        Ok(()) => drive::drive(&mut server, shelves, &handle, events, shutdown).await,
        Err(error) => Err(error),
    };
    handle.shutdown().await;
    ended
}
