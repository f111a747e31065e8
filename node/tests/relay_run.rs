//! A relay on real sockets, with its home on a real disk, and members that are nothing but their relay links.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use watchfire::error::Error;
use watchfire::exit::Exit;
use watchfire::home::Home;
use watchfire::net::{
    self, LinkKind, Multiaddr, NetCommand, NetConfig, NetEvent, NetEvents, NetHandle, PeerId,
};
use watchfire::relay::{RelayConfig, RelayReport, run_relay};
use watchfire_keys::{CircleTag, EnvelopeId, EpochId, Moment, SigningKey, UnixMillis, hash, labels};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::envelope::{Received, layout};
use watchfire_protocol::relay::{
    Access, Client, ClientOutput, Gate, Now, PairingOrder, RelayFrame, RelayLimits,
};
use zeroize::Zeroizing;

const TAG: CircleTag = CircleTag::from_bytes([7; 16]);
const SOON: Duration = Duration::from_secs(20);

fn epoch() -> Access {
    Access { epoch: EpochId::from_bytes([1; 32]), gate: SigningKey::from_seed(&[101; 32]) }
}

fn envelope(content: u32, padded: usize) -> (EnvelopeId, Arc<[u8]>) {
    let Access { epoch, gate } = epoch();
    let ciphertext = padded + layout::AEAD_TAG_BYTES;
    let mut bytes = vec![1];
    bytes.extend_from_slice(TAG.as_bytes());
    bytes.extend_from_slice(epoch.as_bytes());
    bytes.extend_from_slice(&[0; layout::NONCE_BYTES]);
    bytes.extend_from_slice(&u32::try_from(ciphertext).unwrap().to_le_bytes());
    bytes.extend_from_slice(&content.to_le_bytes());
    bytes.resize(layout::HEAD_BYTES + ciphertext, 0);
    let id = hash(labels::HASH_ENVELOPE, &[&bytes]);
    bytes.extend_from_slice(gate.sign(labels::SIGN_GATE, &[&id]).as_bytes());
    (EnvelopeId::from_bytes(id), bytes.into())
}

/// A relay that runs in this process.
struct Relay {
    peer: PeerId,
    addresses: Vec<Multiaddr>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<RelayReport, Error>>,
}

impl Relay {
    async fn start(home: &Path) -> Self {
        Self::try_start(home).await.unwrap()
    }

    async fn try_start(home: &Path) -> Result<Self, Error> {
        let (stop, stopped) = oneshot::channel();
        let (tell, ready) = oneshot::channel();
        let config = RelayConfig {
            home: Home::at(home),
            listen: vec![
                "/ip4/127.0.0.1/udp/0/quic-v1".parse().unwrap(),
                "/ip4/127.0.0.1/tcp/0".parse().unwrap(),
            ],
            limits: RelayLimits::default(),
        };
        let running = tokio::spawn(async move {
            let on_ready = |ready: &watchfire::relay::RelayReady| {
                let _ = tell.send(ready.clone());
                Ok(())
            };
            run_relay(config, on_ready, async { drop(stopped.await) }).await
        });
        let Ok(ready) = ready.await else { return Err(running.await.unwrap().unwrap_err()) };
        let addresses = ready.listen.iter().map(|text| text.parse().unwrap()).collect();
        Ok(Self { peer: ready.peer.parse().unwrap(), addresses, stop, running })
    }

    async fn stop(self) -> RelayReport {
        self.stop.send(()).unwrap();
        self.running.await.unwrap().unwrap()
    }
}

/// A member that has a relay link and nothing else.
struct Member {
    net: NetHandle,
    events: NetEvents,
    client: Client<RealCrypto>,
    has: BTreeMap<EnvelopeId, usize>,
    told: Vec<ClientOutput>,
    started: Instant,
}

impl Member {
    async fn start(seed: u8, relay: &Relay) -> Self {
        let config = NetConfig::new(Zeroizing::new([seed; 32]), Vec::new(), LinkKind::Member);
        let (net, events) = net::spawn(config).await.unwrap();
        let mut client = Client::new(RealCrypto, relay.peer.to_bytes(), net.local_peer().to_bytes(), TAG);
        client.set_access(vec![epoch()]);
        let mut member =
            Self { net, events, client, has: BTreeMap::new(), told: Vec::new(), started: Instant::now() };
        member.connect(relay);
        member
    }

    fn connect(&mut self, relay: &Relay) {
        let addresses = relay.addresses.clone();
        self.net.send(NetCommand::Dial { peer: Some(relay.peer), addresses, kind: LinkKind::Relay });
    }

    fn pair(&mut self) {
        let Access { epoch, gate } = epoch();
        let order = PairingOrder {
            control: SigningKey::from_seed(&[1; 32]),
            gates: vec![Gate { epoch, key: gate.public() }],
            introduces: Vec::new(),
            withdraws: Vec::new(),
        };
        let now = self.now();
        self.client.set_pairing(Some(order), now);
    }

    fn now(&self) -> Now {
        let moment = Moment(u64::try_from(self.started.elapsed().as_millis()).unwrap());
        Now { moment, unix: UnixMillis(1_900_000_000_000).min(watchfire::clock::now()) }
    }

    fn offer(&mut self, (id, bytes): &(EnvelopeId, Arc<[u8]>)) {
        self.has.insert(*id, 0);
        self.client.offer(*id, bytes, true);
    }

    /// Lives until `done` says so.
    async fn until(&mut self, relay: PeerId, done: impl Fn(&Self) -> bool) {
        let live = async {
            loop {
                self.say(relay);
                if done(self) {
                    return;
                }
                let event = timeout(Duration::from_millis(50), self.events.recv()).await;
                let (now, has) = (self.now(), &self.has);
                match event {
                    Ok(Some(NetEvent::Up { .. })) => self.client.up(),
                    Ok(Some(NetEvent::Down { .. })) => self.client.down(),
                    Ok(Some(NetEvent::Frame { frame, .. })) => {
                        self.client.frame(&frame, now, |id| has.contains_key(id)).unwrap();
                    }
                    Ok(event) => panic!("{event:?}"),
                    Err(_) => self.client.tick(now, |id| has.contains_key(id)),
                }
            }
        };
        timeout(SOON, live).await.expect("in time");
    }

    fn say(&mut self, relay: PeerId) {
        while let Some(output) = self.client.poll_output() {
            match output {
                ClientOutput::Send(frame) => self.net.send(NetCommand::Send { peer: relay, frame }),
                ClientOutput::Envelope(bytes) => {
                    let id = Received::new(&bytes).decode(&RealCrypto).unwrap().id();
                    *self.has.entry(id).or_default() += 1;
                }
                told => self.told.push(told),
            }
        }
    }

    async fn subscribed(&mut self, relay: PeerId) {
        self.until(relay, |member| member.client.is_subscribed()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_was_away_gets_what_a_relay_kept_even_over_a_restart() {
    let scratch = tempfile::tempdir().unwrap();
    let home = scratch.path().join("relay");
    let relay = Relay::start(&home).await;
    let mut steward = Member::start(1, &relay).await;
    steward.pair();
    steward.subscribed(relay.peer).await;
    let mut present = Member::start(2, &relay).await;
    present.subscribed(relay.peer).await;

    let sent: Vec<_> =
        (0..100).map(|content| envelope(content, if content % 10 == 0 { 32 * 1024 } else { 512 })).collect();
    for envelope in &sent {
        steward.offer(envelope);
    }
    steward.say(relay.peer);
    present.until(relay.peer, |member| member.has.len() == 100).await;
    assert!(present.has.values().all(|times| *times == 1));

    let report = relay.stop().await;
    assert_eq!((report.envelopes, report.kept_envelopes, report.circles), (100, 100, 1));
    assert_eq!((report.forwarded, report.refused, report.links, report.opened), (100, 0, 2, 0));

    let relay = Relay::start(&home).await;
    let mut away = Member::start(3, &relay).await;
    away.until(relay.peer, |member| member.has.len() == 100).await;
    let report = relay.stop().await;
    assert_eq!((report.envelopes, report.forwarded, report.kept_envelopes), (0, 100, 100));
}

#[tokio::test]
async fn what_a_relay_keeps_on_disk_is_for_its_user_only_and_names_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let home = scratch.path().join("relay");
    let relay = Relay::start(&home).await;
    let mut steward = Member::start(1, &relay).await;
    steward.pair();
    steward.subscribed(relay.peer).await;
    steward.offer(&envelope(1, 512));
    steward.say(relay.peer);
    let log = home.join(format!("relay/envelopes/{TAG}/0.log"));
    steward.until(relay.peer, |_| std::fs::metadata(&log).is_ok_and(|file| file.len() > 0)).await;
    assert_eq!(relay.stop().await.kept_envelopes, 1);
    let circle = home.join(format!("relay/circles/{TAG}"));
    for path in [&log, &circle, &home.join("relay.key")] {
        assert_eq!(watchfire::home::files::mode(path).unwrap(), 0o600, "{}", path.display());
    }
    for folder in [&home, &home.join("relay"), &home.join("relay/envelopes")] {
        assert_eq!(watchfire::home::files::mode(folder).unwrap(), 0o700, "{}", folder.display());
    }
}

#[tokio::test]
async fn a_damaged_relay_folder_costs_what_is_damaged_and_not_the_relay() {
    let scratch = tempfile::tempdir().unwrap();
    let home = scratch.path().join("relay");
    let relay = Relay::start(&home).await;
    let peer = relay.peer;
    let mut steward = Member::start(1, &relay).await;
    steward.pair();
    steward.subscribed(relay.peer).await;
    relay.stop().await;
    let circle = home.join(format!("relay/circles/{TAG}"));
    std::fs::write(&circle, b"damaged").unwrap();
    let relay = Relay::start(&home).await;
    assert_eq!(relay.peer, peer);
    assert!(!circle.exists());
    let mut steward = Member::start(1, &relay).await;
    steward.pair();
    steward.subscribed(relay.peer).await;
    assert_eq!(relay.stop().await.circles, 1);
}

#[tokio::test]
async fn a_relay_needs_a_home_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("identity.key"), b"a member's").unwrap();
    let Err(refused) = Relay::try_start(scratch.path()).await else { panic!("in a member's home") };
    assert_eq!(refused.exit(), Exit::Usage);
    let home = scratch.path().join("relay");
    let relay = Relay::start(&home).await;
    let Err(second) = Relay::try_start(&home).await else { panic!("two in one home") };
    assert_eq!(second.code(), "already-running");
    relay.stop().await;
}

#[tokio::test]
async fn a_stranger_that_sends_junk_is_cut_off() {
    let scratch = tempfile::tempdir().unwrap();
    let relay = Relay::start(&scratch.path().join("relay")).await;
    let mut stranger = Member::start(9, &relay).await;
    stranger.until(relay.peer, |member| member.net.queued_bytes(&relay.peer).is_some()).await;
    for content in 0..10 {
        let frame = RelayFrame::Push(envelope(content, 512).1.to_vec()).to_bytes().into();
        stranger.net.send(NetCommand::Send { peer: relay.peer, frame });
    }
    stranger.until(relay.peer, |member| member.net.queued_bytes(&relay.peer).is_none()).await;
    let report = relay.stop().await;
    assert_eq!((report.envelopes, report.kept_envelopes, report.circles), (0, 0, 0));
    assert!(report.refused > 0);
}
