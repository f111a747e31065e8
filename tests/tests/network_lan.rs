//! Members on one local network, none of which knows where another is now: they find one another when they were told to
//! look there, and only then, whatever else is said on that network.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use watchfire_tests::cluster::{Node, approve, as_str, found};
use watchfire_tests::netns::{Host, LocalNetwork};
use watchfire_tests::wait::wait_until;

/// Two founders who met once at these hosts. Both are stopped, and will listen on other ports when they run again.
fn met_once(circle: &str, names: [&str; 2], hosts: [&Host; 2]) -> [Node; 2] {
    let mut smith = Node::init(names[0], "democratic");
    let mut jones = Node::init(names[1], "republican");
    found(circle, &[&smith, &jones]);
    hosts[0].run(&mut smith, &[]);
    hosts[1].run(&mut jones, &[hosts[0].dial(&peer(&smith))]);
    wait_until("the two to be linked members", || {
        [&smith, &jones].iter().all(|node| node.linked() == 1 && node.status()["epoch"].is_string())
    });
    smith.stop();
    jones.stop();
    [smith, jones]
}

fn peer(node: &Node) -> String {
    as_str(&node.daemon().ready()["peer"])
}

/// How many dials of this run of the node came to nothing.
fn failed_dials(node: &Node) -> usize {
    node.daemon().log().matches("a dial came to nothing").count()
}

#[test]
fn members_find_one_another_without_an_address_and_strangers_are_not_even_called() {
    let Some(mut network) = LocalNetwork::start() else { return };
    let hosts: [Host; 4] = std::array::from_fn(|_| network.host());
    let [mut smith, mut jones] =
        met_once("Ohio Watch", ["Smith for State", "Jones for Ohio"], [&hosts[0], &hosts[1]]);
    let [mut vendor, mut printer] = met_once("Vendors", ["Vendor", "Printer"], [&hosts[2], &hosts[3]]);

    // Left alone, they call where the other was, and nobody is there.
    hosts[0].run_anywhere(&mut smith, &[]);
    hosts[1].run_anywhere(&mut jones, &[]);
    wait_until("both to have called in vain", || failed_dials(&smith) > 0 && failed_dials(&jones) > 0);
    assert_eq!((smith.linked(), jones.linked()), (0, 0));
    smith.publish("North");

    for (host, node) in hosts.iter().zip([&mut smith, &mut jones, &mut vendor, &mut printer]) {
        host.run_anywhere(node, &["--lan"]);
        assert!(!node.notes("off-lan"));
    }
    wait_until("each to find its own", || {
        [&smith, &jones, &vendor, &printer].iter().all(|node| node.linked() == 1)
    });
    wait_until("what was published meanwhile to arrive", || jones.titles() == ["North"]);
    jones.publish("South");
    wait_until("an alert to go the other way", || smith.titles() == ["North", "South"]);

    let stranger = peer(&vendor);
    wait_until("the others' nodes to be heard, and passed over", || {
        let log = smith.daemon().log();
        log.lines().any(|line| line.contains(&stranger) && line.contains("no member's node"))
    });
    for node in [&smith, &jones, &vendor, &printer] {
        assert_eq!(node.turned_away(), 0);
    }
}

#[test]
fn a_newcomer_finds_the_node_that_its_ticket_names() {
    let Some(mut network) = LocalNetwork::start() else { return };
    let hosts: [Host; 3] = std::array::from_fn(|_| network.host());
    let [mut smith, mut jones] =
        met_once("Ohio Watch", ["Smith for State", "Jones for Ohio"], [&hosts[0], &hosts[1]]);
    hosts[0].run_anywhere(&mut smith, &["--lan"]);
    hosts[1].run_anywhere(&mut jones, &["--lan"]);
    wait_until("the two to find one another", || smith.linked() == 1 && jones.linked() == 1);
    let mut baker = Node::init("Baker for Senate", "republican");
    let proposed = smith.ok(&["circle", "invite", "--card", &baker.card()]);
    let ticket = smith.ok(&["circle", "ticket", &as_str(&proposed["act"])]);
    baker.ok(&["join", &as_str(&ticket["ticket"])]);
    approve(&jones, &as_str(&proposed["act"]));

    // Where the ticket says that they are, nobody is any more.
    for (host, node) in hosts.iter().zip([&mut smith, &mut jones]) {
        node.stop();
        host.run_anywhere(node, &["--lan"]);
    }
    hosts[2].run_anywhere(&mut baker, &["--lan"]);
    wait_until("the newcomer to be a member", || baker.status()["state"] == "member" && baker.linked() == 2);
}

#[test]
fn a_port_that_another_program_keeps_to_itself_is_told_and_stops_nothing() {
    let Some(mut network) = LocalNetwork::start() else { return };
    let hosts: [Host; 2] = std::array::from_fn(|_| network.host());
    let [mut smith, mut jones] =
        met_once("Ohio Watch", ["Smith for State", "Jones for Ohio"], [&hosts[0], &hosts[1]]);
    let taken = hosts[0].on_its_network(|| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 5353)).unwrap());
    hosts[1].run(&mut jones, &[]);
    hosts[0].run_anywhere(&mut smith, &["--lan", "--connect", &hosts[1].dial(&peer(&jones))]);
    wait_until("the trouble to be told", || smith.notes("off-lan"));
    wait_until("a link all the same", || smith.linked() == 1);
    smith.publish("North");
    wait_until("an alert to go its way", || jones.titles() == ["North"]);
    drop(taken);
}

/// A packet of multicast DNS that says, in 4 KiB, more than twelve thousand times where a peer is: every answer of it
/// brings all the addresses anew. In every other packet they are the same, which the library takes for one that is known.
fn bomb(round: u16) -> Vec<u8> {
    const ANSWERS: u8 = 150;
    const SERVICE: &[u8] = b"\x04_p2p\x04_udp\x05local\x00";
    let mut packet = vec![0, 0, 0x84, 0, 0, 0, 0, ANSWERS, 0, 0, 0, 1];
    let answer = |packet: &mut Vec<u8>, name: &[u8]| {
        packet.extend([0, 12, 0, 1, 0xff, 0xff, 0xff, 0xff]);
        packet.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
        packet.extend(name);
    };
    // The first answer spells both names out; what follows points at them.
    packet.extend(SERVICE);
    answer(&mut packet, b"\x01a\x00");
    let name = u8::try_from(packet.len() - 3).unwrap();
    for _ in 1..ANSWERS {
        packet.extend([0xc0, 12]);
        answer(&mut packet, &[0xc0, name]);
    }
    let mut texts = Vec::new();
    for number in 0.. {
        // The shortest peer id that there is, so that many fit.
        let text = match round % 2 {
            0 => "dnsaddr=/dns/a/p2p/11".to_owned(),
            _ => format!("dnsaddr=/dns/a/tcp/{}/p2p/11", number + 256 * (round % 128)),
        };
        if packet.len() + 12 + texts.len() + text.len() >= 4_096 {
            break;
        }
        texts.push(u8::try_from(text.len()).unwrap());
        texts.extend(text.as_bytes());
    }
    packet.extend([0xc0, name, 0, 16, 0, 1, 0xff, 0xff, 0xff, 0xff]);
    packet.extend(u16::try_from(texts.len()).unwrap().to_be_bytes());
    packet.extend(texts);
    packet
}

#[test]
fn who_floods_the_local_network_stops_nothing_and_fills_little() {
    let Some(mut network) = LocalNetwork::start() else { return };
    let hosts: [Host; 3] = std::array::from_fn(|_| network.host());
    let [mut smith, mut jones] =
        met_once("Ohio Watch", ["Smith for State", "Jones for Ohio"], [&hosts[0], &hosts[1]]);
    hosts[0].run_anywhere(&mut smith, &["--lan"]);
    hosts[1].run_anywhere(&mut jones, &["--lan"]);
    wait_until("the two to find one another", || smith.linked() == 1 && jones.linked() == 1);
    let before = smith.daemon().memory("VmHWM") >> 20;

    let enough = Arc::new(AtomicBool::new(false));
    let socket = hosts[2].on_its_network(|| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap());
    let over = Arc::clone(&enough);
    let flood = std::thread::spawn(move || {
        let mut round: u16 = 0;
        while !over.load(Ordering::Relaxed) {
            // A full queue loses some.
            let _ = socket.send_to(&bomb(round), (Ipv4Addr::new(224, 0, 0, 251), 5353));
            round = round.wrapping_add(1);
        }
        round
    });
    wait_until("the flood to be told", || smith.notes("off-lan") && jones.notes("off-lan"));
    smith.publish("North");
    wait_until("an alert to go its way", || jones.titles() == ["North"]);
    assert_eq!((smith.linked(), jones.linked()), (1, 1));
    enough.store(true, Ordering::Relaxed);
    let most = smith.daemon().memory("VmHWM") >> 20;
    let after = smith.daemon().memory("VmRSS") >> 20;
    println!("{} packets; {before} MiB before, {most} MiB at most, {after} MiB after", flood.join().unwrap());
    assert!(most < before + 512, "{before} MiB before, {most} MiB at most");
}
