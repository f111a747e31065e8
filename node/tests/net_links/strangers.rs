//! Those who have not proven anything: little room, little time.

use std::time::{Duration, Instant};

use watchfire::net::{Limits, LinkKind, NetEvent};

use crate::support::{Node, QUIC, SOON, TCP, dies_silently};

fn impatient() -> Limits {
    Limits { stranger_time: Duration::from_secs(4), max_strangers: 3, ..Limits::default() }
}

#[tokio::test]
async fn a_stranger_that_is_not_accepted_is_cut_off() {
    for listen in [QUIC, TCP] {
        let mut host = Node::with(1, &[listen], LinkKind::Member, impatient()).await;
        let mut stranger = Node::start(2, &[]).await;
        stranger.dial(&host);
        stranger.up(host.peer()).await;
        host.up(stranger.peer()).await;
        let begin = Instant::now();
        stranger.send(host.peer(), *b"let me in");
        assert_eq!(host.frame().await, b"let me in");
        host.down(stranger.peer()).await;
        stranger.down(host.peer()).await;
        assert!(begin.elapsed() < SOON);
    }
}

#[tokio::test]
async fn an_accepted_peer_stays() {
    let mut host = Node::with(1, &[QUIC], LinkKind::Member, impatient()).await;
    let mut member = Node::start(2, &[]).await;
    member.dial(&host);
    member.up(host.peer()).await;
    host.up(member.peer()).await;
    host.accept(member.peer());
    host.quiet(Duration::from_secs(6)).await;
}

#[tokio::test]
async fn a_stranger_sends_short_frames_only() {
    let mut host = Node::start(1, &[QUIC]).await;
    let mut stranger = Node::start(2, &[]).await;
    stranger.dial(&host);
    stranger.up(host.peer()).await;
    host.up(stranger.peer()).await;
    stranger.send(host.peer(), vec![1; 16 * 1024]);
    assert_eq!(host.frame().await.len(), 16 * 1024);
    stranger.send(host.peer(), vec![1; 16 * 1024 + 1]);
    host.down(stranger.peer()).await;
}

#[tokio::test]
async fn a_members_first_long_frame_may_come_before_it_is_accepted() {
    let mut host = Node::start(1, &[QUIC]).await;
    let mut member = Node::start(2, &[]).await;
    member.dial(&host);
    member.up(host.peer()).await;
    host.up(member.peer()).await;
    member.send(host.peer(), *b"my name");
    member.send(host.peer(), vec![1; 64 * 1024]);
    assert_eq!(host.frame().await, b"my name");
    // It lies there by now, or comes in a moment; nothing of it is read before.
    host.quiet(Duration::from_millis(300)).await;
    host.accept(member.peer());
    assert_eq!(host.frame().await.len(), 64 * 1024);
}

#[tokio::test]
async fn strangers_have_a_bounded_number_of_places_and_members_free_theirs() {
    let limits = Limits { stranger_time: SOON * 10, ..impatient() };
    let mut host = Node::with(1, &[QUIC], LinkKind::Member, limits).await;
    let mut strangers = Vec::new();
    for seed in 2..5 {
        let mut stranger = Node::start(seed, &[]).await;
        stranger.dial(&host);
        stranger.up(host.peer()).await;
        host.up(stranger.peer()).await;
        strangers.push(stranger);
    }
    let mut late = Node::start(5, &[]).await;
    late.dial(&host);
    let refusal = late.next().await;
    assert!(matches!(refusal, NetEvent::DialFailed { .. }), "{refusal:?}");
    host.accept(strangers[0].peer());
    // Its place is free in a moment.
    let begin = Instant::now();
    loop {
        late.dial(&host);
        match late.next().await {
            NetEvent::DialFailed { .. } => assert!(begin.elapsed() < SOON, "no place became free"),
            event => {
                assert!(matches!(event, NetEvent::Up { peer, .. } if peer == host.peer()), "{event:?}");
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    host.up(late.peer()).await;
}

#[tokio::test]
async fn a_peer_that_falls_silent_is_given_up() {
    for listen in [QUIC, TCP] {
        let limits = Limits { silence: Duration::from_secs(6), ..Limits::default() };
        let mut host = Node::with(1, &[listen], LinkKind::Member, limits).await;
        dies_silently(2, &mut host).await;
        host.down(watchfire::net::peer_id(&[2; 32])).await;
    }
}
