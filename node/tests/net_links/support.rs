//! A node that is nothing but a network.

use std::{sync::Arc, time::Duration};

use tokio::sync::oneshot;
use tokio::time::timeout;
use watchfire::net::{
    self, Limits, LinkKind, Multiaddr, NetCommand, NetConfig, NetEvent, NetEvents, NetHandle, PeerId,
};
use zeroize::Zeroizing;

// Another package's, for which it is public.
#[allow(unreachable_pub)]
#[path = "../../../tests/src/ports.rs"]
mod ports;

pub(crate) use ports::free_port;

pub(crate) const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";
pub(crate) const TCP: &str = "/ip4/127.0.0.1/tcp/0";
/// Long enough for a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(60);

pub(crate) struct Node {
    pub(crate) handle: NetHandle,
    pub(crate) events: NetEvents,
}

impl Node {
    pub(crate) async fn start(seed: u8, listen: &[&str]) -> Self {
        Self::with(seed, listen, LinkKind::Member, Limits::default()).await
    }

    pub(crate) async fn with(seed: u8, listen: &[&str], serve: LinkKind, limits: Limits) -> Self {
        let listen = listen.iter().map(|text| text.parse().unwrap()).collect();
        let mut config = NetConfig::new(Zeroizing::new([seed; 32]), listen, serve);
        config.limits = limits;
        let (handle, events) = net::spawn(config).await.unwrap();
        Self { handle, events }
    }

    pub(crate) fn peer(&self) -> PeerId {
        self.handle.local_peer()
    }

    pub(crate) fn addresses(&self) -> Vec<Multiaddr> {
        self.handle.listen_addresses()
    }

    pub(crate) fn dial(&self, other: &Self) {
        self.dial_at(Some(other.peer()), other.addresses());
    }

    pub(crate) fn dial_at(&self, peer: Option<PeerId>, addresses: Vec<Multiaddr>) {
        self.handle.send(NetCommand::Dial { peer, addresses, kind: LinkKind::Member });
    }

    pub(crate) fn send(&self, peer: PeerId, frame: impl Into<Arc<[u8]>>) {
        let frame = frame.into();
        self.handle.send(NetCommand::Send { peer, frame });
    }

    pub(crate) fn accept(&self, peer: PeerId) {
        self.handle.send(NetCommand::Accept { peer });
    }

    pub(crate) async fn next(&mut self) -> NetEvent {
        timeout(SOON, self.events.recv()).await.expect("an event in time").expect("a running network")
    }

    pub(crate) async fn up(&mut self, with: PeerId) -> bool {
        match self.next().await {
            NetEvent::Up { peer, dialed, .. } if peer == with => dialed,
            other => panic!("expected a link, got {other:?}"),
        }
    }

    pub(crate) async fn down(&mut self, with: PeerId) {
        assert_eq!(self.next().await, NetEvent::Down { peer: with });
    }

    pub(crate) async fn frame(&mut self) -> Vec<u8> {
        match self.next().await {
            NetEvent::Frame { frame, .. } => frame,
            other => panic!("expected a frame, got {other:?}"),
        }
    }

    pub(crate) async fn dial_error(&mut self) -> String {
        match self.next().await {
            NetEvent::DialFailed { error, .. } => error,
            other => panic!("expected a failed dial, got {other:?}"),
        }
    }

    /// Asserts that nothing happens for a while.
    pub(crate) async fn quiet(&mut self, time: Duration) {
        if let Ok(event) = timeout(time, self.events.recv()).await {
            panic!("expected nothing, got {event:?}");
        }
    }
}

/// Two nodes with an accepted link, the first of which dialed.
pub(crate) async fn pair(listen: &str, limits: Limits) -> (Node, Node) {
    let mut a = Node::with(1, &[listen], LinkKind::Member, limits.clone()).await;
    let mut b = Node::with(2, &[listen], LinkKind::Member, limits).await;
    a.dial(&b);
    assert!(a.up(b.peer()).await);
    assert!(!b.up(a.peer()).await);
    a.accept(b.peer());
    b.accept(a.peer());
    (a, b)
}

/// A node with this seed is linked to the host, and dies without a word: its sockets stay open and silent, as those of a
/// machine without power.
pub(crate) async fn dies_silently(seed: u8, host: &mut Node) {
    let (peer, addresses) = (host.peer(), host.addresses());
    let (linked, seen) = oneshot::channel::<()>();
    let dying = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let node = runtime.block_on(async {
            let mut node = Node::start(seed, &[]).await;
            node.dial_at(Some(peer), addresses);
            node.up(peer).await;
            // The other end of the link may need another packet of this one.
            seen.await.unwrap();
            node
        });
        // Nothing polls it any more.
        std::mem::forget((node, runtime));
    });
    let dead = net::peer_id(&[seed; 32]);
    host.up(dead).await;
    host.accept(dead);
    linked.send(()).unwrap();
    tokio::task::spawn_blocking(move || dying.join().unwrap()).await.unwrap();
}
