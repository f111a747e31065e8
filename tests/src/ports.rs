//! Ports that stay free until somebody binds them.
//!
//! A port that the system picked is free again once its socket is closed, and the system may give it to the next that asks
//! for any. These lie below the range that systems pick from, so only another caller of this function could take one.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};

const FIRST: u32 = 20_000;
const PORTS: u32 = 12_000;
/// How far apart the first ports of two neighbouring processes are.
const STRIDE: u32 = 31;

/// A port of this machine that nobody has, over UDP and over TCP.
///
/// # Panics
///
/// When there is none.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id() % PORTS * STRIDE;
    for _ in 0..PORTS {
        let port = FIRST + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % PORTS;
        let port = u16::try_from(port).expect("the range ends below 65,536");
        let place = (Ipv4Addr::UNSPECIFIED, port);
        if UdpSocket::bind(place).is_ok() && TcpListener::bind(place).is_ok() {
            return port;
        }
    }
    panic!("no free port from {FIRST} on");
}
