//! NAT boxes as homes and offices have them, made of the kernel's own masquerade.

use std::net::Ipv4Addr;

use super::{ip, run};

/// How a box treats what comes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nat {
    /// Only from where the host inside has sent to lately; its port is kept where it can be. Two nodes behind such boxes
    /// meet when both send at once.
    Strict,
    /// As strict, and with another port for each that the host inside sends to: no two nodes behind such boxes ever meet.
    Symmetric,
}

/// Networks behind boxes all look the same, as they do in life.
const BOX_INSIDE: &str = "192.168.1.1/24";
const HOST_INSIDE: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 2);

/// The box drops what it was not asked for, instead of answering that nobody listens: an answer would tell, and an entry
/// for a packet that came too early would take the place of the one that the host inside is about to make.
const FILTER: &str = "
table ip filter {
    chain in { type filter hook input priority 0; iifname \"net0\" ct state != { established, related } drop; }
    chain through { type filter hook forward priority 0; iifname \"net0\" ct state != { established, related } drop; }
}
";

/// The rules of a box.
fn rules(kind: Nat) -> String {
    let ports = match kind {
        Nat::Strict => "",
        Nat::Symmetric => "fully-random",
    };
    let out = format!("type nat hook postrouting priority 100; oifname \"net0\" masquerade {ports};");
    format!("table ip nat {{\nchain out {{ {out} }}\n}}\n{FILTER}")
}

/// Whether this machine can make a box, tried in a namespace of its own.
pub(super) fn probe(namespace: &str) -> Result<(), String> {
    ip(&["netns", "add", namespace])?;
    load(namespace, &rules(Nat::Strict))?;
    ip(&["netns", "delete", namespace])?;
    Ok(())
}

/// Turns a host into a box, with a host behind it; that one's address.
pub(super) fn build(outside: &str, inside: &str, kind: Nat) -> Result<Ipv4Addr, String> {
    ip(&["netns", "add", inside])?;
    ip(&["-n", inside, "link", "set", "lo", "up"])?;
    ip(&["-n", outside, "link", "add", "lan0", "type", "veth", "peer", "name", "net0", "netns", inside])?;
    ip(&["-n", outside, "addr", "add", BOX_INSIDE, "dev", "lan0"])?;
    ip(&["-n", outside, "link", "set", "lan0", "up"])?;
    ip(&["-n", inside, "addr", "add", &format!("{HOST_INSIDE}/24"), "dev", "net0"])?;
    ip(&["-n", inside, "link", "set", "net0", "up"])?;
    ip(&["-n", inside, "route", "add", "default", "via", "192.168.1.1"])?;
    let forward = "echo 1 >/proc/sys/net/ipv4/ip_forward";
    ip(&["netns", "exec", outside, "sh", "-c", forward])?;
    load(outside, &rules(kind))?;
    Ok(HOST_INSIDE)
}

fn load(namespace: &str, rules: &str) -> Result<(), String> {
    run("ip", &["netns", "exec", namespace, "nft", rules]).map(drop)
}
