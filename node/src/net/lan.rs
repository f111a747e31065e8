//! Being found on the local network, by multicast DNS: off unless the owner of the node asks for it.
//!
//! What is said there is this node's peer id and where it listens, to everybody who is near. What is heard is a stranger's
//! claim: who dials an address finds out whether the peer is there, as the handshake proves it.
//!
//! Anybody near can send what they like, and libp2p's part keeps all of it for as long as it was told to. So it runs in a
//! thread and a runtime of its own, which have so much processor time and no more, and passes on so many addresses and no
//! more. When either is used up, all of it is dropped, sockets too, and begun anew a minute later, or later still if that
//! happens again and again. It is begun anew every
//! few minutes in any case: what is still there is then heard again, and what is not heard again can be forgotten.

use std::{
    future::poll_fn,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddrV4},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId,
    core::transport::ListenerId,
    mdns,
    swarm::{ExpiredListenAddr, FromSwarm, NetworkBehaviour, NewListenAddr, ToSwarm},
};
use rustix::{
    net::{AddressFamily, SocketType, bind, ipproto, socket, sockopt},
    time::{ClockId, clock_gettime},
};
use tokio::{
    runtime::Builder,
    sync::{mpsc, watch},
    time::{MissedTickBehavior, interval, sleep},
};

use super::address;

/// How long a session lasts. Whoever says nothing for two of them is not there any more.
pub const SESSION: Duration = Duration::from_secs(5 * 60);
/// How long nothing is listened to after a session that could not begin, or that cost too much.
const PAUSE: Duration = Duration::from_secs(60);
/// The same after several in a row that cost too much: doubled each time, up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(8 * 60);
/// Addresses passed on in one session. A local network with a hundred nodes has fewer.
const MAX_HEARD: usize = 512;
/// Addresses that wait for the owner; beyond, they are dropped, and heard again in the next session.
const WAITING: usize = 64;
/// Processor time that a session may take at once, and of each second besides.
const BURST: Duration = Duration::from_millis(300);
const SHARE: f64 = 0.02;
/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The port of multicast DNS.
const PORT: u16 = 5353;

/// This node's ear and mouth on the local network; gone when it is dropped.
pub struct Lan {
    heard: mpsc::Receiver<(PeerId, Multiaddr)>,
    said: watch::Sender<Vec<Multiaddr>>,
    fault: Arc<Mutex<Option<String>>>,
}

impl Lan {
    /// Says from now on that this peer is here, at those of the addresses that belong to each network, and listens.
    pub fn start(me: PeerId, addresses: Vec<Multiaddr>) -> Self {
        let (hear, heard) = mpsc::channel(WAITING);
        let (said, saying) = watch::channel(addresses);
        let fault = Arc::default();
        let ear = Ear { me, hear, said: saying, fault: Arc::clone(&fault) };
        let started = std::thread::Builder::new().name("lan".into()).spawn(move || ear.run());
        let lan = Self { heard, said, fault };
        if let Err(error) = started {
            *lan.fault() = Some(format!("no thread for it: {error}"));
        }
        lan
    }

    /// This node listens at these addresses now.
    pub fn say(&self, addresses: Vec<Multiaddr>) {
        // Without a thread, nobody is told.
        let _ = self.said.send(addresses);
    }

    /// The next address that somebody claims for a peer, without the peer at its end. Never ends by itself.
    pub async fn heard(&mut self) -> (PeerId, Multiaddr) {
        match self.heard.recv().await {
            Some(heard) => heard,
            None => std::future::pending().await,
        }
    }

    /// Why nothing can be said or heard at present.
    pub fn trouble(&self) -> Option<String> {
        self.fault().clone()
    }

    fn fault(&self) -> MutexGuard<'_, Option<String>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a session came to its end.
enum Ended {
    /// Its time was over.
    Over,
    /// It could not begin.
    Failed(String),
    /// It cost too much.
    Flooded,
    /// The owner is gone.
    Closed,
}

struct Ear {
    me: PeerId,
    hear: mpsc::Sender<(PeerId, Multiaddr)>,
    said: watch::Receiver<Vec<Multiaddr>>,
    fault: Arc<Mutex<Option<String>>>,
}

impl Ear {
    fn run(mut self) {
        let mut pause = Duration::ZERO;
        loop {
            // With the runtime go the library's tasks, their sockets and all that they keep. After each of their turns,
            // it is looked at what they cost.
            let runtime = Builder::new_current_thread().enable_all().event_interval(1).build();
            let ended = match runtime {
                Ok(runtime) => runtime.block_on(self.session(pause)),
                Err(error) => {
                    self.note(Some(error.to_string()));
                    return;
                }
            };
            pause = match ended {
                Ended::Closed => return,
                Ended::Over => Duration::ZERO,
                Ended::Failed(reason) => {
                    tracing::warn!(reason, "the local network is not listened to for a while");
                    self.note(Some(reason));
                    PAUSE
                }
                Ended::Flooded => {
                    tracing::warn!("somebody floods the local network; it is not listened to for a while");
                    self.note(Some("somebody there sends too much".into()));
                    (2 * pause).clamp(PAUSE, LONGEST_PAUSE)
                }
            };
        }
    }

    fn note(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    async fn session(&mut self, pause: Duration) -> Ended {
        tokio::select! {
            () = sleep(pause) => {}
            () = self.closed() => return Ended::Closed,
        }
        if let Err(error) = self.can_join() {
            return Ended::Failed(format!("cannot take part in multicast DNS: {error}"));
        }
        let mut mdns = match mdns::tokio::Behaviour::new(mdns::Config::default(), self.me) {
            Ok(mdns) => mdns,
            Err(error) => return Ended::Failed(format!("cannot watch the network's interfaces: {error}")),
        };
        self.note(None);
        let listener = ListenerId::next();
        let mut told = Vec::new();
        self.tell(&mut mdns, listener, &mut told);
        let before = processor_time();
        let mut heard: usize = 0;
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let begun = tokio::time::Instant::now();
        while begun.elapsed() < SESSION {
            tokio::select! {
                event = poll_fn(|context| mdns.poll(context)) => {
                    if let ToSwarm::GenerateEvent(mdns::Event::Discovered(claims)) = event {
                        heard = heard.saturating_add(claims.len());
                        for (peer, address) in claims {
                            // Whoever takes these has enough to do, or is gone.
                            let _ = self.hear.try_send((peer, address::split_peer(&address).0));
                        }
                    }
                }
                changed = self.said.changed() => match changed {
                    Ok(()) => self.tell(&mut mdns, listener, &mut told),
                    Err(_) => return Ended::Closed,
                },
                _ = ticks.tick() => {}
            }
            let may_take = BURST + begun.elapsed().mul_f64(SHARE);
            if heard > MAX_HEARD || processor_time().saturating_sub(before) > may_take {
                return Ended::Flooded;
            }
        }
        Ended::Over
    }

    /// Returns when the owner is gone.
    async fn closed(&self) {
        let mut said = self.said.clone();
        while said.changed().await.is_ok() {}
    }

    /// Tells the library what this node listens on, as a swarm would.
    fn tell(
        &mut self,
        mdns: &mut mdns::tokio::Behaviour,
        listener_id: ListenerId,
        told: &mut Vec<Multiaddr>,
    ) {
        for addr in &*told {
            mdns.on_swarm_event(FromSwarm::ExpiredListenAddr(ExpiredListenAddr { listener_id, addr }));
        }
        *told = self.said.borrow_and_update().iter().map(|full| address::split_peer(full).0).collect();
        for addr in &*told {
            mdns.on_swarm_event(FromSwarm::NewListenAddr(NewListenAddr { listener_id, addr }));
        }
    }

    /// Whether some network can be joined: the library only writes into its log that it could not.
    fn can_join(&self) -> io::Result<()> {
        let said = self.said.borrow();
        let own = said.iter().filter_map(address::ip).filter_map(|ip| match ip {
            IpAddr::V4(ip) if !ip.is_loopback() => Some(ip),
            _ => None,
        });
        let mut outcome = Ok(());
        for ip in own {
            outcome = join(ip);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }
}

/// Joins as the library does, and leaves again.
fn join(interface: Ipv4Addr) -> io::Result<()> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, Some(ipproto::UDP))?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    sockopt::set_socket_reuseport(&socket, true)?;
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, PORT))?;
    sockopt::set_ip_add_membership(&socket, &mdns::IPV4_MDNS_MULTICAST_ADDRESS, &interface)?;
    Ok(())
}

/// What this thread has used so far.
fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}
