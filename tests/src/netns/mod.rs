//! Machines of their own on one real computer: network namespaces, joined by an Internet that delays, loses and is cut.
//!
//! Each [`Host`] is a namespace whose only way out is a TUN device. What it sends is read by a thread of the test
//! ([`wire`]), held for as long as a far line would hold it, lost with a given chance, and written to the device of the
//! host that it is for. So the kernel's own network stacks and the real program take part, and no queueing discipline of
//! the kernel is needed. A host may stand behind a NAT box ([`nat`]): a namespace of its own with the kernel's masquerade.
//!
//! Hosts of a [local network](LocalNetwork) stand at one switch instead.
//!
//! Nothing leaves the computer: no namespace has a way to anything but this wire. Whatever way the test ends, its
//! namespaces and what runs in them go with it ([`keeper`]).

mod keeper;
mod lan;
mod nat;
mod tun;
mod wire;

use std::fmt;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use self::keeper::Keeper;
pub use self::lan::LocalNetwork;
pub use self::nat::Nat;
use self::wire::Wire;
pub use self::wire::{Counts, Line};
use crate::client::Home;
use crate::cluster::Node;
use crate::daemon::Daemon;

/// The port on which every host listens.
const PORT: u16 = 4001;

/// Counts the networks of this process.
static NETWORKS: AtomicU32 = AtomicU32::new(0);

/// Hosts and the wire between them.
#[derive(Debug)]
pub struct Network {
    // Ended before the namespaces are removed.
    wire: Wire,
    keeper: Keeper,
    hosts: u8,
}

/// A machine of its own.
#[derive(Clone, Debug)]
pub struct Host {
    namespace: String,
    /// Its number on the wire; of a host behind a NAT box, the box's.
    port: usize,
    /// Its own address.
    address: Ipv4Addr,
    /// The address under which others see it.
    seen_as: Ipv4Addr,
}

impl Network {
    /// A network without hosts, whose losses and jitter follow from the seed. `None`, with the reason on standard error,
    /// on a machine that does not allow it.
    ///
    /// # Panics
    ///
    /// Instead of giving `None` where `CI` is `true`: there, what cannot be tested is a failure.
    pub fn start(seed: u64, line: Line) -> Option<Self> {
        here(Self::try_start(seed, line))
    }

    fn try_start(seed: u64, line: Line) -> Result<Self, String> {
        keeper::sweep()?;
        let keeper = Keeper::start(serial())?;
        let mut network = Self { wire: Wire::start(seed, line), keeper, hosts: 0 };
        // One namespace with everything that a host needs shows whether this machine has it all.
        network.host_or_reason()?;
        nat::probe(&network.keeper.namespace("probe"))?;
        Ok(network)
    }

    /// A host with a public address.
    pub fn host(&mut self) -> Host {
        self.host_or_reason().unwrap()
    }

    fn host_or_reason(&mut self) -> Result<Host, String> {
        self.hosts += 1;
        let namespace = self.keeper.namespace(&format!("host{}", self.hosts));
        // 198.18.0.0/15 is set aside for tests of networks (RFC 2544).
        let address = Ipv4Addr::new(198, 18, 0, self.hosts);
        ip(&["netns", "add", &namespace])?;
        ip(&["-n", &namespace, "link", "set", "lo", "up"])?;
        let (device, name) = tun::open().map_err(|error| format!("/dev/net/tun: {error}"))?;
        ip(&["link", "set", &name, "netns", &namespace])?;
        ip(&["-n", &namespace, "link", "set", &name, "name", "net0"])?;
        ip(&["-n", &namespace, "addr", "add", &format!("{address}/32"), "dev", "net0"])?;
        ip(&["-n", &namespace, "link", "set", "net0", "up"])?;
        ip(&["-n", &namespace, "route", "add", "default", "dev", "net0"])?;
        let port = self.wire.plug(device, address);
        Ok(Host { namespace, port, address, seen_as: address })
    }

    /// A host behind a NAT box of its own.
    pub fn behind(&mut self, kind: Nat) -> Host {
        let outside = self.host();
        let namespace = format!("{}-lan", outside.namespace);
        let address = nat::build(&outside.namespace, &namespace, kind).unwrap();
        Host { namespace, address, ..outside }
    }

    /// What all lines are like from now on.
    pub fn line(&self, line: Line) {
        self.wire.rules().line = line;
    }

    /// Cuts the lines between these hosts and all others.
    pub fn cut_off(&self, hosts: &[&Host]) {
        self.wire.rules().apart = hosts.iter().map(|host| host.port).collect();
    }

    /// Undoes [`Network::cut_off`].
    pub fn heal(&self) {
        self.wire.rules().apart.clear();
    }

    /// The host's line is dead for this long, alive for as long, and so on.
    pub fn flap(&self, host: &Host, every: Duration) {
        self.wire.rules().flap(host.port, every);
    }

    /// The host's line stays alive.
    pub fn steady(&self, host: &Host) {
        self.wire.rules().flaps.remove(&host.port);
    }

    /// What became of the packets so far.
    pub fn counts(&self) -> Counts {
        self.wire.rules().counts
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.wire.stop();
        self.keeper.clean();
    }
}

impl Host {
    /// The address under which others see it.
    pub fn seen_as(&self) -> Ipv4Addr {
        self.seen_as
    }

    /// What `--listen` takes on this host.
    pub fn listen() -> [String; 4] {
        let [udp, tcp] = [format!("/ip4/0.0.0.0/udp/{PORT}/quic-v1"), format!("/ip4/0.0.0.0/tcp/{PORT}")];
        ["--listen".into(), udp, "--listen".into(), tcp]
    }

    /// Where others reach the node with this peer id here.
    pub fn dial(&self, peer: &str) -> String {
        format!("/ip4/{}/udp/{PORT}/quic-v1/p2p/{peer}", self.seen_as)
    }

    /// Starts a command that stays and prints a `ready` line, on this host.
    pub fn serve(&self, home: &Home, arguments: &[String]) -> Daemon {
        let mut command = home.command_under(&["ip", "netns", "exec", &self.namespace]);
        command.arg("--json").args(arguments).args(Self::listen());
        Daemon::start(home, command)
    }

    /// Starts a member's daemon on this host, on ports that are free, with all that happens in its log.
    pub fn run_anywhere(&self, node: &mut Node, arguments: &[&str]) {
        node.start_as(|home| {
            let mut command = home.command_under(&["ip", "netns", "exec", &self.namespace]);
            command.env("WATCHFIRE_LOG", "watchfire=debug").args(["--json", "run"]).args(arguments);
            Daemon::start(home, command)
        });
    }

    /// Starts a member's daemon on this host, calling these addresses.
    pub fn run(&self, node: &mut Node, connect: &[String]) {
        let mut arguments = vec!["run".to_owned()];
        for address in connect {
            arguments.extend(["--connect".to_owned(), address.clone()]);
        }
        node.start_as(|home| self.serve(home, &arguments));
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address, self.namespace)
    }
}

/// The network, or nothing and the reason on standard error where this machine does not allow it.
fn here<T>(started: Result<T, String>) -> Option<T> {
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    match started {
        Err(reason) if !ci => {
            eprintln!("skipped: no network namespaces here: {reason}");
            None
        }
        started => Some(started.unwrap_or_else(|reason| panic!("no network namespaces: {reason}"))),
    }
}

/// A number for one more network of this process.
fn serial() -> u32 {
    NETWORKS.fetch_add(1, Ordering::Relaxed)
}

/// Runs `ip`; what it said when it failed.
fn ip(arguments: &[&str]) -> Result<String, String> {
    run("ip", arguments)
}

/// Runs a tool; what it said when it failed.
fn run(tool: &str, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(tool);
    // Debian keeps them where only root looks.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin")).args(arguments).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("{tool}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{tool} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
}
