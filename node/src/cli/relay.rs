//! `relay`: an untrusted forwarder, and pairing a circle with one.

use std::fmt;

use clap::{Args, Subcommand};
use libp2p::Multiaddr;
use serde::Serialize;
use watchfire_protocol::relay::RelayLimits;

use super::Context;
use crate::control::{Answer, Ask, ask};
use crate::daemon;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::relay::{DEFAULT_LISTEN, RelayConfig, run_relay};

/// Run a relay, or pair your circle with one
#[derive(Debug, Args)]
pub(super) struct RelayCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Run(RunRelay),
    Pair(Pair),
}

/// Run an untrusted forwarder: it carries and keeps envelopes that it cannot open. It needs a home of its own
#[derive(Debug, Args)]
#[command(
    after_help = "Example: watchfire --home relay-home relay run --listen /ip4/0.0.0.0/udp/4001/quic-v1"
)]
struct RunRelay {
    /// Where to listen; may be given several times
    #[arg(long, value_name = "MULTIADDR")]
    listen: Vec<Multiaddr>,
}

/// Let a relay carry your circle's envelopes; a steward does that
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire relay pair /ip4/192.0.2.7/udp/4001/quic-v1/p2p/12D3KooW...")]
struct Pair {
    /// The whole address that `relay run` printed
    address: String,
}

#[derive(Debug, Serialize)]
struct Paired {
    relay: String,
}

impl RelayCommand {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        match self.action {
            Action::Run(action) => action.run(context),
            Action::Pair(action) => action.run(context),
        }
    }
}

impl RunRelay {
    fn run(self, context: &Context) -> Result<Exit> {
        let defaults = || DEFAULT_LISTEN.iter().filter_map(|text| text.parse().ok()).collect();
        let listen = if self.listen.is_empty() { defaults() } else { self.listen };
        context.home.prepare()?;
        let config = RelayConfig { home: context.home.clone(), listen, limits: RelayLimits::default() };
        let out = context.out;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
                Error::new(
                    Exit::Failed,
                    "runtime",
                    format!("cannot start: {error}"),
                    "watchfire relay run again",
                )
            })?;
        let running = async { run_relay(config, |ready| out.document(ready), daemon::signal()).await };
        let report = runtime.block_on(running)?;
        out.document(&report)?;
        Ok(Exit::Ok)
    }
}

impl Pair {
    fn run(self, context: &Context) -> Result<Exit> {
        if let Answer::Paired { relay } = ask(context, Ask::PairRelay { address: self.address })? {
            context.out.document(&Paired { relay })?;
        }
        Ok(Exit::Ok)
    }
}

impl fmt::Display for Paired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "paired with {}", self.relay)?;
        write!(
            f,
            "The other members find it by themselves. It sees sizes and times, never contents or names."
        )
    }
}
