//! The background node: one process for a home, one [`node`](self) for each circle, one control socket for all.

mod connect;
pub mod keep;
mod keys;
mod lan;
mod named;
mod nat;
mod node;
mod origin;
mod peer;
mod prune;
mod relays;
mod requests;
mod stall;

use std::sync::Arc;
use std::time::Duration;

use libp2p::Multiaddr;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use watchfire_keys::{CircleId, KeyName, Keys};

use self::node::{CircleNode, Parts, Question};
use crate::api::server;
use crate::control::{Answer, FailureDoc, Request, choose_circle};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{Home, lacks};
use crate::output::Output;
use crate::settings;

pub(crate) use self::origin::{drafts, open_ticket};
pub(crate) use self::prune::prune_store;
pub(crate) use self::requests::report;

/// Questions that wait for one circle's loop.
const QUEUED_QUESTIONS: usize = 64;
/// How long the loops may take to come to an end.
const STOPPING: Duration = Duration::from_secs(8);
/// How long another process may keep a store before the daemon gives up.
pub(crate) const STORE_PATIENCE: Duration = Duration::from_secs(10);

/// What `run` was told on the command line.
#[derive(Debug, Default)]
pub struct Options {
    /// Replaces the listen addresses of the settings.
    pub listen: Vec<Multiaddr>,
    /// Added to the addresses of the settings.
    pub connect: Vec<Multiaddr>,
    /// Be found on the local network, also where the settings do not say so.
    pub lan: bool,
}

/// The `ready` line.
#[derive(Debug, Serialize)]
pub struct Ready {
    event: &'static str,
    peer: String,
    listen: Vec<String>,
    circle: String,
}

impl std::fmt::Display for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ready {}", self.listen.join(" "))
    }
}

/// Runs until a signal comes or a store is damaged.
pub fn run(home: &Home, identity: &Keys, options: &Options, out: Output) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
    let runtime = runtime.map_err(|error| {
        Error::new(Exit::Failed, "runtime", format!("cannot start: {error}"), "watchfire run again")
    })?;
    let ended = runtime.block_on(serve(home, identity, options, out));
    runtime.shutdown_timeout(STOPPING);
    ended
}

async fn serve(home: &Home, identity: &Keys, options: &Options, out: Output) -> Result<()> {
    for needed in [KeyName::Daemon, KeyName::Sealing] {
        if !identity.has(needed) {
            return Err(lacks(needed));
        }
    }
    let lock = home.lock_for_daemon()?;
    let settings = settings::load(home)?;
    let card = home.card()?;
    let listen =
        if options.listen.is_empty() { addresses(&settings.network.listen)? } else { options.listen.clone() };
    let listen = if listen.is_empty() { addresses(DEFAULT_LISTEN)? } else { listen };
    let mut connect = addresses(&settings.network.connect)?;
    connect.extend(options.connect.iter().cloned());

    let circles = origin::circles(home, identity)?;
    if circles.is_empty() {
        return Err(Error::new(
            Exit::NotInitialised,
            "no-circle",
            "this home is in no circle",
            "watchfire join TICKET, or watchfire circle found --name NAME --card FILE",
        ));
    }
    let (stop, stopped) = watch::channel(false);
    let mut loops = JoinSet::new();
    let mut routes = Vec::new();
    for (index, circle) in circles.into_iter().enumerate() {
        // The given ports can be bound once; further circles take free ones.
        let listen = if index == 0 { listen.clone() } else { listen.iter().map(any_port).collect() };
        let origin::Found { home: circle_home, name, start, store, lost } = circle;
        let id = circle_home.id().to_string();
        let paired: Vec<&str> = settings
            .relays
            .iter()
            .filter(|relay| relay.circle == id)
            .map(|relay| relay.address.as_str())
            .collect();
        let relays = addresses(&paired)?;
        let parts = Parts {
            home: circle_home,
            identity,
            card: card.clone(),
            start,
            store,
            lost,
            listen,
            connect: connect.clone(),
            lan: options.lan || settings.network.lan,
            relays,
        };
        let node = CircleNode::start(parts).await?;
        let ready = Ready {
            event: "ready",
            peer: node.net.local_peer().to_string(),
            listen: node::texts(&node.net.listen_addresses()),
            circle: node.circle().to_string(),
        };
        let (ask, asked) = mpsc::channel(QUEUED_QUESTIONS);
        routes.push(Route { circle: node.circle(), name, ask, ready: Some(ready) });
        loops.spawn(node.run(asked, stopped.clone()));
    }
    let ready: Vec<Ready> = routes.iter_mut().filter_map(|route| route.ready.take()).collect();
    let listener = server::Listener::bind(home, &lock)?;
    let routes = Arc::new(routes);
    let socket = tokio::spawn(server::serve(listener, move |bytes| answer(Arc::clone(&routes), bytes)));
    // Whoever reads that it is ready may stop it at once.
    let told_to_stop = signal();
    if let Some(first) = ready.first() {
        out.document(first)?;
    }

    let ended = tokio::select! {
        () = told_to_stop => Ok(()),
        ended = loops.join_next() => match ended {
            Some(Ok(ended)) => ended,
            Some(Err(_)) => Err(Error::new(
                Exit::Failed,
                "internal",
                "Watchfire made a mistake of its own and the node stopped",
                "watchfire run again; if it happens again, report it with the lines above",
            )),
            None => Ok(()),
        },
    };
    let _ = stop.send(true);
    let rest = async {
        let mut ended = Ok(());
        while let Some(other) = loops.join_next().await {
            // A loop that could not write what it had to ends with an error, also when it is told to end.
            ended = ended.and(other.unwrap_or(Ok(())));
        }
        ended
    };
    let rest = tokio::time::timeout(STOPPING, rest).await.unwrap_or_else(|_| {
        tracing::warn!("a circle's loop did not end in time");
        Ok(())
    });
    // The socket's name is taken away before the lock is let go, after which it may be the next daemon's.
    socket.abort();
    let _ = socket.await;
    drop(lock);
    ended.and(rest)
}

/// Where a node listens unless it is told otherwise: QUIC and TCP on the same free port of all interfaces.
const DEFAULT_LISTEN: &[&str] =
    &["/ip4/0.0.0.0/udp/0/quic-v1", "/ip4/0.0.0.0/tcp/0", "/ip6/::/udp/0/quic-v1", "/ip6/::/tcp/0"];

/// A circle's loop, for the control socket.
struct Route {
    circle: CircleId,
    name: String,
    ask: mpsc::Sender<Question>,
    ready: Option<Ready>,
}

/// Answers one question from the control socket.
async fn answer(routes: Arc<Vec<Route>>, bytes: Vec<u8>) -> Vec<u8> {
    let answered = match serde_json::from_slice::<Request>(&bytes) {
        Ok(request) => route(&routes, request).await,
        Err(_) => Err(Error::new(
            Exit::Failed,
            "daemon-misunderstood",
            "the daemon does not understand this command",
            "start the daemon again with this same version of Watchfire",
        )),
    };
    let answer = answered.unwrap_or_else(|error| Answer::Failed(FailureDoc::from(&error)));
    // Plain structures of strings and numbers always serialise.
    serde_json::to_vec(&answer).unwrap_or_default()
}

async fn route(routes: &[Route], request: Request) -> Result<Answer> {
    let named: Vec<(CircleId, &str)> =
        routes.iter().map(|route| (route.circle, route.name.as_str())).collect();
    let index = choose_circle(&named, request.circle.as_deref())?;
    let gone = || Error::new(Exit::NoDaemon, "daemon-stopping", "the daemon is stopping", "watchfire run");
    let (answer, answered) = oneshot::channel();
    let question = Question { ask: request.ask, answer };
    let route = routes.get(index).ok_or_else(gone)?;
    route.ask.send(question).await.map_err(|_| gone())?;
    answered.await.map_err(|_| gone())
}

fn addresses<T: AsRef<str>>(texts: &[T]) -> Result<Vec<Multiaddr>> {
    let parse = |text: &T| {
        text.as_ref().parse().map_err(|_| {
            Error::usage(
                format!("{} is no multiaddress", text.as_ref()),
                "an address such as /ip4/192.0.2.1/udp/4001/quic-v1",
            )
        })
    };
    texts.iter().map(parse).collect()
}

/// The same address with a free port.
fn any_port(address: &Multiaddr) -> Multiaddr {
    use libp2p::multiaddr::Protocol;
    address
        .iter()
        .map(|part| match part {
            Protocol::Udp(_) => Protocol::Udp(0),
            Protocol::Tcp(_) => Protocol::Tcp(0),
            other => other,
        })
        .collect()
}

/// Ctrl-C or SIGTERM, from the call on and not only once it is waited for.
pub(crate) fn signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let [interrupted, terminated] = [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| {
        let handler = signal(kind);
        async {
            match handler {
                Ok(mut handler) => drop(handler.recv().await),
                // Without a handler the signal ends the process by itself.
                Err(_) => std::future::pending().await,
            }
        }
    });
    async {
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
        }
    }
}
