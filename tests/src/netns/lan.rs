//! A local network: machines at one switch, with nothing beyond it. Everybody hears what is sent to all.

use std::fs::File;
use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::keeper::{self, Keeper};
use super::{Host, here, ip, serial};

/// The machines and the switch between them.
#[derive(Debug)]
pub struct LocalNetwork {
    keeper: Keeper,
    /// The namespace that the switch stands in.
    switch: String,
    hosts: u8,
}

impl LocalNetwork {
    /// A network without hosts. `None`, with the reason on standard error, on a machine that does not allow it.
    ///
    /// # Panics
    ///
    /// Instead of giving `None` where `CI` is `true`: there, what cannot be tested is a failure.
    pub fn start() -> Option<Self> {
        here(Self::try_start())
    }

    fn try_start() -> Result<Self, String> {
        keeper::sweep()?;
        let keeper = Keeper::start(serial())?;
        let switch = keeper.namespace("switch");
        ip(&["netns", "add", &switch])?;
        ip(&["-n", &switch, "link", "add", "switch0", "type", "bridge"])?;
        ip(&["-n", &switch, "link", "set", "switch0", "up"])?;
        Ok(Self { keeper, switch, hosts: 0 })
    }

    /// Another machine at the switch.
    pub fn host(&mut self) -> Host {
        self.hosts += 1;
        let namespace = self.keeper.namespace(&format!("at-switch{}", self.hosts));
        let plug = format!("plug{}", self.hosts);
        let address = Ipv4Addr::new(192, 168, 77, self.hosts);
        let build = || {
            ip(&["netns", "add", &namespace])?;
            ip(&["-n", &namespace, "link", "set", "lo", "up"])?;
            let cable = ["type", "veth", "peer", "name", "net0", "netns", &namespace];
            ip(&[&["-n", &self.switch, "link", "add", &plug][..], &cable].concat())?;
            ip(&["-n", &self.switch, "link", "set", &plug, "master", "switch0", "up"])?;
            ip(&["-n", &namespace, "addr", "add", &format!("{address}/24"), "dev", "net0"])?;
            ip(&["-n", &namespace, "link", "set", "net0", "up"])?;
            // What is sent to all goes out here.
            ip(&["-n", &namespace, "route", "add", "224.0.0.0/4", "dev", "net0"])
        };
        build().unwrap();
        Host { namespace, port: 0, address, seen_as: address }
    }
}

impl Drop for LocalNetwork {
    fn drop(&mut self) {
        self.keeper.clean();
    }
}

impl Host {
    /// Does this on the host's network: sockets that it opens are there.
    pub fn on_its_network<T: Send + 'static>(&self, act: impl FnOnce() -> T + Send + 'static) -> T {
        let path = Path::new("/run/netns").join(&self.namespace);
        // A thread of its own has a network of its own.
        let there = std::thread::spawn(move || {
            let namespace = File::open(path).unwrap();
            let network = Some(LinkNameSpaceType::Network);
            move_into_link_name_space(namespace.as_fd(), network).unwrap();
            act()
        });
        there.join().unwrap()
    }
}
