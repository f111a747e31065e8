//! What a peer can fill is bounded, and one peer's flood is not another's drought.

use std::time::{Duration, Instant};

use watchfire::net::{Limits, NetEvent};

use crate::support::{Node, QUIC, TCP, pair};

/// A node that sends larger frames than it would take.
fn generous() -> Limits {
    Limits { max_frame_bytes: 1024 * 1024, max_unread_bytes: 2 * 1024 * 1024, ..Limits::default() }
}

#[tokio::test]
async fn a_frame_beyond_the_bound_closes_the_link() {
    for listen in [QUIC, TCP] {
        let mut a = Node::with(1, &[], watchfire::net::LinkKind::Member, generous()).await;
        let mut b = Node::start(2, &[listen]).await;
        a.dial(&b);
        a.up(b.peer()).await;
        b.up(a.peer()).await;
        b.accept(a.peer());
        a.send(b.peer(), vec![1; 129 * 1024]);
        assert_eq!(b.frame().await.len(), 129 * 1024);
        a.send(b.peer(), vec![1; 129 * 1024 + 1]);
        b.down(a.peer()).await;
        a.down(b.peer()).await;
    }
}

#[tokio::test]
async fn a_frame_that_may_not_be_sent_closes_the_link_too() {
    let (mut a, mut b) = pair(QUIC, Limits::default()).await;
    a.send(b.peer(), Vec::new());
    a.down(b.peer()).await;
    b.down(a.peer()).await;
}

#[tokio::test]
async fn a_reader_that_stops_fills_a_bounded_queue_and_then_loses_the_link() {
    for listen in [QUIC, TCP] {
        let limits = Limits { max_queued_bytes: 1024 * 1024, ..Limits::default() };
        let (mut a, b) = pair(listen, limits).await;
        let mut sent = 0_usize;
        let begin = Instant::now();
        while let Some(queued) = a.handle.queued_bytes(&b.peer()) {
            assert!(queued <= 1024 * 1024);
            a.send(b.peer(), vec![3; 32 * 1024]);
            sent += 32 * 1024;
            tokio::time::sleep(Duration::from_millis(2)).await;
            if let Some(event) = a.events.try_recv() {
                assert_eq!(event, NetEvent::Down { peer: b.peer() });
                break;
            }
            assert!(begin.elapsed() < Duration::from_secs(60));
        }
        // The queue, the allowance of the reader, and the windows and socket buffers in between.
        assert!(sent < 24 * 1024 * 1024, "{listen}: {sent}");
        assert!(sent > 1024 * 1024, "{listen}: {sent}");
    }
}

/// One link's allowance is 256 KiB, and each frame of the flood costs 1256 of it.
const ALLOWANCE: usize = 220;

#[tokio::test]
async fn a_flood_does_not_keep_another_peers_frame_waiting() {
    let mut reader = Node::start(1, &[QUIC]).await;
    let mut flood = Node::start(2, &[]).await;
    let mut quiet = Node::start(3, &[]).await;
    for node in [&mut flood, &mut quiet] {
        node.dial(&reader);
        node.up(reader.peer()).await;
        reader.up(node.peer()).await;
        reader.accept(node.peer());
    }
    let flooding = tokio::spawn({
        let to = reader.peer();
        let handle = flood.handle.clone();
        async move {
            while let Some(queued) = handle.queued_bytes(&to) {
                if queued < 4 * 1024 * 1024 {
                    flood.send(to, vec![0; 1000]);
                } else {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                tokio::task::yield_now().await;
            }
        }
    });
    // When it counts, the frame is there before anything is read. A busy machine may bring it later, while the flood gets a
    // second allowance already: then it is tried again.
    let mut fewest = usize::MAX;
    for _ in 0..10 {
        // The flood fills whatever it can, and the frame arrives.
        tokio::time::sleep(Duration::from_millis(500)).await;
        quiet.send(reader.peer(), *b"short");
        while quiet.handle.queued_bytes(&reader.peer()).expect("a link") > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut before = 0;
        loop {
            match reader.next().await {
                NetEvent::Frame { peer, .. } if peer == quiet.peer() => break,
                NetEvent::Frame { .. } => before += 1,
                other => panic!("{other:?}"),
            }
        }
        fewest = fewest.min(before);
        if fewest <= ALLOWANCE {
            break;
        }
    }
    assert!(fewest <= ALLOWANCE, "at least {fewest} frames of the flood came first");
    reader.handle.shutdown().await;
    drop(reader);
    flooding.abort();
}
