//! The swarm: QUIC v1, and TCP with Noise and Yamux, with bounds on what an unread connection can hold.

use std::{io::ErrorKind, net::TcpListener, sync::Arc, time::Duration};

use libp2p::{
    Multiaddr, PeerId, Swarm, SwarmBuilder,
    dns::{ResolverConfig, ResolverOpts},
    identity::Keypair,
    noise, ping, quic, tcp, yamux,
};
use zeroize::Zeroizing;

use super::{
    address,
    behaviour::{Behaviour, Links},
    circuits::{self, Guests, OnRelays},
    config::Limits,
    error::NetError,
    message::LinkKind,
};

/// A link, a ping in each direction, and those that are being replaced. Yamux lets each hold 256 KiB unread.
const STREAMS: u16 = 8;
/// Circuits besides: a whole QUIC connection holds no more than [`QUIC_CONNECTION_BYTES`], however many streams it has.
const QUIC_STREAMS: u32 = 24;
/// Unread bytes of one QUIC stream, and of one connection: more than a round trip around the earth at 5 MB/s.
const QUIC_STREAM_BYTES: u32 = 1024 * 1024;
const QUIC_CONNECTION_BYTES: u32 = 2 * 1024 * 1024;
/// Several answers may be missed within the 20 s after which a peer counts as dead.
const PING_INTERVAL: Duration = Duration::from_secs(4);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection without a stream.
const IDLE: Duration = Duration::from_secs(10);

/// The peer id that belongs to a node's seed.
pub fn peer_id(node_seed: &[u8; 32]) -> PeerId {
    keypair(node_seed).public().to_peer_id()
}

fn keypair(node_seed: &[u8; 32]) -> Keypair {
    let mut seed = Zeroizing::new(*node_seed);
    Keypair::ed25519_from_bytes(&mut seed[..]).expect("any 32 bytes are an Ed25519 seed")
}

/// Builds the swarm; opens no socket yet.
pub(super) fn build(
    node_seed: &[u8; 32],
    serve: LinkKind,
    limits: &Arc<Limits>,
) -> Result<Swarm<Behaviour>, NetError> {
    let keys = keypair(node_seed);
    match build_with(keys.clone(), serve, limits, None) {
        // No readable resolver configuration: addresses with names cannot be dialed then, and all others can. Asking some
        // public resolver instead would tell it whom this node talks to.
        Err(error) => {
            tracing::warn!(%error, "no name resolution");
            let nobody = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
            build_with(keys, serve, limits, Some(nobody))
        }
        built => built,
    }
}

fn build_with(
    keys: Keypair,
    serve: LinkKind,
    limits: &Arc<Limits>,
    resolver: Option<ResolverConfig>,
) -> Result<Swarm<Behaviour>, NetError> {
    let mut multiplexer = yamux::Config::default();
    multiplexer.set_max_num_streams(usize::from(STREAMS));
    let silence = u32::try_from(limits.silence.as_millis()).unwrap_or(u32::MAX);
    let through_relay = {
        let multiplexer = multiplexer.clone();
        move || multiplexer.clone()
    };
    let builder = SwarmBuilder::with_existing_identity(keys.clone())
        .with_tokio()
        .with_tcp(tcp::Config::new().nodelay(true), noise::Config::new, move || multiplexer.clone())
        .map_err(setup)?
        .with_quic_config(|mut config: quic::Config| {
            config.max_concurrent_stream_limit = QUIC_STREAMS;
            config.max_stream_data = QUIC_STREAM_BYTES;
            config.max_connection_data = QUIC_CONNECTION_BYTES;
            config.max_idle_timeout = silence;
            config.keep_alive_interval = PING_INTERVAL;
            config
        });
    let guests = Guests::default();
    let me = keys.public().to_peer_id();
    let carries = (serve == LinkKind::Relay).then(|| circuits::server(me, limits, &guests));
    let behaviour = |on_relays| Behaviour {
        links: Links::new(serve, Arc::clone(limits), guests),
        on_relays: OnRelays::new(on_relays),
        carries: carries.into(),
        ping: ping::Behaviour::new(
            ping::Config::new().with_interval(PING_INTERVAL).with_timeout(PING_TIMEOUT),
        ),
    };
    let tune = |config: libp2p::swarm::Config| {
        config
            .with_idle_connection_timeout(IDLE)
            .with_max_negotiating_inbound_streams(usize::from(STREAMS))
            .with_smart_dial()
    };
    Ok(match resolver {
        None => builder
            .with_dns()
            .map_err(setup)?
            .with_relay_client(noise::Config::new, through_relay)
            .map_err(setup)?
            .with_behaviour(|_, on_relays| behaviour(on_relays))
            .map_err(setup)?
            .with_swarm_config(tune)
            .build(),
        Some(resolver) => builder
            .with_dns_config(resolver, ResolverOpts::default())
            .with_relay_client(noise::Config::new, through_relay)
            .map_err(setup)?
            .with_behaviour(|_, on_relays| behaviour(on_relays))
            .map_err(setup)?
            .with_swarm_config(tune)
            .build(),
    })
}

/// Fails when another socket listens on this TCP address already: libp2p sets SO_REUSEPORT, and would silently share it.
pub(super) fn check_free(listen: &Multiaddr) -> Result<(), NetError> {
    let Some((ip, port)) = address::tcp(listen) else {
        return Ok(());
    };
    match TcpListener::bind((ip, port)) {
        Err(error) if port != 0 && error.kind() == ErrorKind::AddrInUse => {
            Err(NetError::Listen { address: listen.clone(), reason: error.to_string() })
        }
        _ => Ok(()),
    }
}

fn setup(error: impl std::fmt::Display) -> NetError {
    NetError::Setup(error.to_string())
}
