//! `run`: the background node, in the foreground.

use clap::Args;
use libp2p::Multiaddr;

use super::Context;
use crate::daemon;
use crate::error::Result;
use crate::exit::Exit;

/// Run the node: receive, publish, catch up, until Ctrl-C
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire run --listen /ip4/0.0.0.0/udp/4001/quic-v1")]
pub(super) struct Run {
    /// Where to listen, instead of the settings' addresses; may be given several times
    #[arg(long, value_name = "MULTIADDR")]
    listen: Vec<Multiaddr>,
    /// A member's node to call; may be given several times
    #[arg(long, value_name = "MULTIADDR")]
    connect: Vec<Multiaddr>,
    /// Find members on the local network and be found there; tells everybody near that this node is here
    #[arg(long)]
    lan: bool,
}

impl Run {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        let identity = context.home.open_identity(&context.passphrase, context.out)?;
        let options = daemon::Options { listen: self.listen, connect: self.connect, lan: self.lan };
        daemon::run(&context.home, &identity, &options, context.out)?;
        Ok(Exit::Ok)
    }
}
