//! The relay's one loop: network and clock in, network and disk out.

use std::{sync::Arc, time::Instant};

use libp2p::PeerId;
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use watchfire_keys::Moment;
use watchfire_protocol::{
    crypto::RealCrypto,
    relay::{Now, RelayFrame, RelayLimits, Server, ServerInput, ServerOutput},
};

use super::{keep::Shelves, report::RelayReport};
use crate::{
    clock,
    error::Result,
    home::Home,
    net::{self, NetCommand, NetEvent, NetEvents, NetHandle},
    random,
};

/// The relay's state machine with its clock.
pub(super) struct Relay {
    server: Server<RealCrypto, PeerId>,
    started: Instant,
    random: ChaCha20Rng,
    most_links: usize,
}

/// Reads back what the relay kept when it last ran.
pub(super) fn restore(home: &Home, peer: PeerId, limits: RelayLimits) -> Result<(Relay, Shelves)> {
    let started = Instant::now();
    let now = Now { moment: Moment(0), unix: clock::now() };
    let mut server = Server::new(RealCrypto, peer.to_bytes(), limits, now);
    let shelves = Shelves::open(home, &mut server)?;
    let relay = Relay { server, started, random: random::generator()?, most_links: 0 };
    Ok((relay, shelves))
}

/// Runs until `shutdown` resolves or the network ends.
pub(super) async fn drive(
    relay: &mut Relay,
    mut shelves: Shelves,
    net: &NetHandle,
    mut events: NetEvents,
    shutdown: impl Future<Output = ()>,
) -> Result<RelayReport> {
    tokio::pin!(shutdown);
    loop {
        relay.carry_out(&mut shelves, net);
        let due = relay.due();
        tokio::select! {
            () = &mut shutdown => break,
            event = events.recv() => match event {
                Some(event) => relay.happened(event, net),
                None => break,
            },
            () = sleep_until(due) => relay.handle(ServerInput::Tick),
        }
    }
    shelves.flush();
    Ok(relay.report())
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

impl Relay {
    fn now(&self) -> Now {
        let elapsed = self.started.elapsed().as_millis();
        Now { moment: Moment(u64::try_from(elapsed).unwrap_or(u64::MAX)), unix: clock::now() }
    }

    fn due(&self) -> Option<Instant> {
        let deadline = self.server.deadline()?;
        self.started.checked_add(std::time::Duration::from_millis(deadline.0))
    }

    fn handle(&mut self, input: ServerInput<PeerId>) {
        let now = self.now();
        self.server.handle(input, now);
        self.most_links = self.most_links.max(self.server.links());
    }

    fn happened(&mut self, event: NetEvent, net: &NetHandle) {
        match event {
            NetEvent::Up { peer, .. } => {
                let mut challenge = [0; 32];
                self.random.fill_bytes(&mut challenge);
                let network = net.remote_address(&peer).map(|address| net::network(&address));
                let network = network.unwrap_or_default();
                self.handle(ServerInput::Up { peer, name: peer.to_bytes(), network, challenge });
            }
            NetEvent::Down { peer } => self.handle(ServerInput::Down { peer }),
            NetEvent::Frame { peer, frame } => self.handle(ServerInput::Frame { peer, bytes: frame }),
            // A relay dials nobody, and its addresses were printed when it was ready.
            NetEvent::DialFailed { .. } | NetEvent::Reserved { .. } | NetEvent::Listening(_) => {}
        }
    }

    fn carry_out(&mut self, shelves: &mut Shelves, net: &NetHandle) {
        while let Some(output) = self.server.poll_output() {
            match output {
                ServerOutput::Send { peer, frame } => net.send(NetCommand::Send { peer, frame }),
                ServerOutput::SendKept { peer, tag, id } => {
                    if let Some(envelope) = shelves.get(&tag, &id) {
                        let frame: Arc<[u8]> = RelayFrame::Push(envelope).to_bytes().into();
                        net.send(NetCommand::Send { peer, frame });
                    }
                }
                ServerOutput::Accept { peer } => {
                    net.send(NetCommand::Accept { peer });
                    // No stranger is told: whoever is accepted has proven to belong to a paired circle.
                    let seen = net.remote_address(&peer).map(|address| address.to_vec());
                    if let Some(frame) = seen.and_then(RelayFrame::seen) {
                        net.send(NetCommand::Send { peer, frame: frame.to_bytes().into() });
                    }
                }
                ServerOutput::Disconnect { peer } => net.send(NetCommand::Disconnect { peer }),
                ServerOutput::Keep { tag, id, since, bytes } => shelves.keep(tag, id, since, &bytes),
                ServerOutput::Drop { tag, ids } => shelves.drop_envelopes(&tag, &ids),
                ServerOutput::SaveCircle { tag, state } => shelves.save_circle(&tag, &state),
                ServerOutput::DropCircle { tag } => shelves.drop_circle(&tag),
                ServerOutput::Broke { peer, rule } => {
                    tracing::debug!(%peer, rule = rule.label(), "a link broke a rule");
                }
            }
        }
    }

    fn report(&self) -> RelayReport {
        let totals = self.server.totals();
        let (kept_envelopes, kept_bytes) = self.server.kept();
        RelayReport {
            envelopes: totals.envelopes,
            bytes: totals.bytes,
            forwarded: totals.forwarded,
            refused: totals.refused,
            links: self.most_links,
            circles: self.server.circles(),
            kept_envelopes,
            kept_bytes,
            opened: 0,
        }
    }
}
