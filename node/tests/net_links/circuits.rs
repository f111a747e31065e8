//! Circuits: a relay carries them for those that it has accepted, within bounds, and for nobody else.

use watchfire::net::{self, Limits, LinkKind, NetCommand, NetEvent};

use crate::support::{Node, QUIC};

/// Bytes that a circuit of these tests carries.
const BYTES: u64 = 512 * 1024;

async fn relay() -> Node {
    let limits = Limits { max_circuit_bytes: BYTES, ..Limits::default() };
    Node::with(1, &[QUIC], LinkKind::Relay, limits).await
}

/// A member's node with a link to the relay, which has not accepted it.
async fn guest(seed: u8, relay: &mut Node) -> Node {
    let mut guest = Node::start(seed, &[]).await;
    let (peer, addresses) = (Some(relay.peer()), relay.addresses());
    guest.handle.send(NetCommand::Dial { peer, addresses, kind: LinkKind::Relay });
    guest.up(relay.peer()).await;
    relay.up(guest.peer()).await;
    guest
}

/// Asks for a place at the relay; whether it was given.
async fn reserve(guest: &mut Node, relay: &Node) -> bool {
    let address = relay.addresses()[0].clone();
    guest.handle.send(NetCommand::Reserve { relay: relay.peer(), address });
    match guest.next().await {
        NetEvent::Reserved { relay: at, stands } if at == relay.peer() => stands,
        other => panic!("expected an answer to a reservation, got {other:?}"),
    }
}

/// Calls a node through the relay; whether the link came up.
async fn call(caller: &mut Node, callee: &Node, relay: &Node) -> Result<(), String> {
    caller.dial_at(Some(callee.peer()), vec![net::through(&relay.addresses()[0], relay.peer())]);
    match caller.next().await {
        NetEvent::Up { peer, dialed: true, .. } if peer == callee.peer() => Ok(()),
        NetEvent::DialFailed { error, .. } => Err(error),
        other => panic!("expected a link or none, got {other:?}"),
    }
}

#[tokio::test]
async fn only_those_whom_the_relay_accepted_are_called_or_call_through_it() {
    let mut relay = relay().await;
    let mut callee = guest(2, &mut relay).await;
    assert!(!reserve(&mut callee, &relay).await, "a stranger has a place at the relay");
    relay.accept(callee.peer());
    // The order and the next question take different ways.
    while !reserve(&mut callee, &relay).await {}

    let mut caller = Node::start(3, &[]).await;
    let error = call(&mut caller, &callee, &relay).await.unwrap_err();
    assert!(error.contains("no link to the relay"), "{error}");
    let mut caller = guest(4, &mut relay).await;
    call(&mut caller, &callee, &relay).await.unwrap_err();
    relay.accept(caller.peer());
    while call(&mut caller, &callee, &relay).await.is_err() {}
    assert!(!callee.up(caller.peer()).await);
    assert!(caller.handle.is_relayed(&callee.peer()) && callee.handle.is_relayed(&caller.peer()));
    assert!(!caller.handle.is_relayed(&relay.peer()));
}

#[tokio::test]
async fn a_circuit_carries_frames_both_ways_and_ends_at_its_bound() {
    let mut relay = relay().await;
    let (mut callee, mut caller) = (guest(2, &mut relay).await, guest(3, &mut relay).await);
    relay.accept(callee.peer());
    relay.accept(caller.peer());
    while !reserve(&mut callee, &relay).await {}
    while call(&mut caller, &callee, &relay).await.is_err() {}
    callee.up(caller.peer()).await;
    callee.accept(caller.peer());
    caller.accept(callee.peer());
    caller.send(callee.peer(), *b"hello");
    assert_eq!(callee.frame().await, b"hello");
    callee.send(caller.peer(), *b"and back");
    assert_eq!(caller.frame().await, b"and back");

    let frame = vec![7; 100 * 1024];
    let most = usize::try_from(BYTES).unwrap() / frame.len();
    for _ in 0..=most {
        caller.send(callee.peer(), frame.clone());
    }
    let mut carried = 0;
    loop {
        match callee.next().await {
            NetEvent::Frame { .. } => carried += 1,
            NetEvent::Down { peer } if peer == caller.peer() => break,
            other => panic!("expected frames and an end, got {other:?}"),
        }
    }
    assert!(carried <= most, "{carried}");
    // The links to the relay stay.
    assert!(callee.handle.remote_address(&relay.peer()).is_some());
}
