//! One link: the task that reads and writes its stream, and what the rest of the network shares with that task.
//!
//! Reading stops while the owner of the events has `max_unread_bytes` of this link to take; other links go on, and all
//! share one channel that serves its senders in the order in which they came, so a flooding peer waits in line like any other.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt,
    io::{BufReader, ReadHalf, WriteHalf},
};
use libp2p::{Multiaddr, PeerId, swarm::ConnectionId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::{
    config::Limits,
    frame::{self, MARK},
    message::{LinkKind, NetEvent},
    outbound::Outbound,
};

/// Bytes written at a time: several Yamux frames, and several QUIC datagrams.
const BATCH_BYTES: usize = 64 * 1024;

/// What a frame costs of its link's allowance beside its bytes, so that many tiny frames are bounded too.
const FRAME_COST: usize = 256;

/// No round trip takes so long.
const UNMEASURED: u32 = u32::MAX;

/// What happened on a link, or to the network; [`super::NetEvents`] turns it into a [`NetEvent`].
pub(super) enum Report {
    Up(Arc<Link>),
    Down(Arc<Link>),
    Frame {
        peer: PeerId,
        frame: Vec<u8>,
        /// The part of the link's allowance that this frame holds until it is taken.
        allowance: OwnedSemaphorePermit,
    },
    Other(NetEvent),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Stage {
    Open,
    /// Write what is queued, then end.
    Draining,
    /// End now.
    Cut,
    /// The task no longer uses the stream.
    Ended,
}

/// What the task, the handle and the actor share.
pub(super) struct Link {
    pub(super) peer: PeerId,
    pub(super) connection: ConnectionId,
    pub(super) dialed: bool,
    pub(super) kind: LinkKind,
    /// Where the other end is.
    pub(super) remote: Multiaddr,
    /// Whether it leads through a relay.
    pub(super) relayed: bool,
    limits: Arc<Limits>,
    outbound: Outbound,
    accepted: watch::Sender<bool>,
    /// Of the latest ping, in milliseconds; [`UNMEASURED`] before the first.
    round_trip_ms: AtomicU32,
    heard: AtomicBool,
    stage: watch::Sender<Stage>,
}

impl Link {
    pub(super) fn new(
        peer: PeerId,
        connection: ConnectionId,
        dialed: bool,
        kind: LinkKind,
        (remote, relayed): (Multiaddr, bool),
        limits: Arc<Limits>,
    ) -> Self {
        Self {
            peer,
            connection,
            dialed,
            kind,
            remote,
            relayed,
            outbound: Outbound::new(
                limits.max_queued_bytes,
                limits.max_queued_frames,
                limits.max_frame_bytes,
            ),
            limits,
            accepted: watch::Sender::new(false),
            round_trip_ms: AtomicU32::new(UNMEASURED),
            heard: AtomicBool::new(false),
            stage: watch::Sender::new(Stage::Open),
        }
    }

    /// Queues a frame. A queue that is full ends the link: the peer cannot keep up, and memory is bounded.
    pub(super) fn send(&self, frame: Arc<[u8]>) {
        if *self.stage.borrow() == Stage::Open && self.outbound.push(frame).is_err() {
            tracing::warn!(peer = %self.peer, "outbound queue full or frame out of bounds; closing the link");
            self.cut();
        }
    }

    /// Bytes that wait to be written.
    pub(super) fn queued_bytes(&self) -> usize {
        self.outbound.bytes()
    }

    pub(super) fn accept(&self) {
        self.accepted.send_replace(true);
    }

    /// A ping came back.
    pub(super) fn measured(&self, round_trip: Duration) {
        let ms = u32::try_from(round_trip.as_millis()).unwrap_or(UNMEASURED).min(UNMEASURED - 1);
        self.round_trip_ms.store(ms, Ordering::Relaxed);
    }

    /// How long the latest ping took there and back, once one did.
    pub(super) fn round_trip_ms(&self) -> Option<u32> {
        let ms = self.round_trip_ms.load(Ordering::Relaxed);
        (ms != UNMEASURED).then_some(ms)
    }

    /// Ends the link after what is queued was written.
    pub(super) fn drain(&self) {
        self.advance(Stage::Draining);
    }

    /// Ends the link now.
    pub(super) fn cut(&self) {
        self.outbound.clear();
        self.advance(Stage::Cut);
    }

    /// Returns when the task no longer uses the stream.
    pub(super) async fn ended(&self) {
        self.reached(Stage::Ended).await;
    }

    /// Whether a frame came since the last call.
    pub(super) fn take_heard(&self) -> bool {
        self.heard.swap(false, Ordering::AcqRel)
    }

    /// Returns when a frame of this length may be read. The first long frame of a member can be here before the link is
    /// accepted, as both ends make up their minds at once; a stranger's waits until the link's time is over.
    async fn may_read(&self, length: usize) {
        if length > self.limits.max_stranger_frame_bytes {
            // The sender lives in `self`, so waiting cannot fail.
            let _ = self.accepted.subscribe().wait_for(|accepted| *accepted).await;
        }
    }

    fn advance(&self, to: Stage) {
        self.stage.send_if_modified(|stage| {
            let forward = *stage < to;
            if forward {
                *stage = to;
            }
            forward
        });
    }

    async fn reached(&self, stage: Stage) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.stage.subscribe().wait_for(|now| *now >= stage).await;
    }
}

/// Runs a link to its end: announces it, carries frames, announces its end.
pub(super) async fn run<S>(link: Arc<Link>, stream: S, names: bool, reports: mpsc::Sender<Report>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if reports.send(Report::Up(Arc::clone(&link))).await.is_ok() {
        let (reader, mut writer) = stream.split();
        // Small: a frame's length and the many short frames come in one read; long frames pass it by.
        let mut reader = BufReader::with_capacity(4096, reader);
        let ended = tokio::select! {
            ended = read(&link, &mut reader, &reports) => ended,
            ended = write(&link, &mut writer, names) => ended,
            () = link.reached(Stage::Cut) => Ok(()),
            () = overdue(&link) => Err(io::ErrorKind::TimedOut.into()),
        };
        if let Err(error) = ended {
            tracing::debug!(peer = %link.peer, %error, "link ended");
        }
        if *link.stage.borrow() == Stage::Draining {
            let _ = tokio::time::timeout(link.limits.drain, discard(&mut reader)).await;
        }
    }
    link.outbound.clear();
    link.advance(Stage::Ended);
    let _ = reports.send(Report::Down(link)).await;
}

async fn read<S>(
    link: &Link,
    reader: &mut BufReader<ReadHalf<S>>,
    reports: &mpsc::Sender<Report>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let allowance = Arc::new(Semaphore::new(link.limits.max_unread_bytes));
    while let Some(length) = frame::read_length(reader, link.limits.max_frame_bytes).await? {
        link.may_read(length).await;
        let cost = length.saturating_add(FRAME_COST).min(link.limits.max_unread_bytes);
        let cost = u32::try_from(cost).map_err(io::Error::other)?;
        let held = Arc::clone(&allowance).acquire_many_owned(cost).await;
        let allowance = held.map_err(io::Error::other)?;
        let mut frame = vec![0; length];
        reader.read_exact(&mut frame).await?;
        link.heard.store(true, Ordering::Release);
        if *link.stage.borrow() != Stage::Open {
            continue;
        }
        let report = Report::Frame { peer: link.peer, frame, allowance };
        if reports.send(report).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn write<S>(link: &Link, writer: &mut WriteHalf<S>, names: bool) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut batch = Vec::new();
    if names {
        batch.extend_from_slice(&MARK);
        put(writer, &batch, link.limits.write_stall).await?;
    }
    loop {
        batch.clear();
        // Read before the queue is: whatever was queued before draining began is written.
        let draining = *link.stage.borrow() != Stage::Open;
        if link.outbound.take(&mut batch, BATCH_BYTES) {
            put(writer, &batch, link.limits.write_stall).await?;
        } else if draining {
            return tokio::time::timeout(link.limits.write_stall, writer.close()).await?;
        } else {
            // An idle link keeps no buffer of its largest batch.
            batch = Vec::new();
            tokio::select! {
                () = link.outbound.filled() => {}
                () = link.reached(Stage::Draining) => {}
            }
        }
    }
}

async fn put<W>(writer: &mut W, batch: &[u8], stall: Duration) -> io::Result<()>
where
    W: AsyncWrite + Unpin,
{
    tokio::time::timeout(stall, async {
        writer.write_all(batch).await?;
        writer.flush().await
    })
    .await?
}

/// Returns when draining took too long.
async fn overdue(link: &Link) {
    link.reached(Stage::Draining).await;
    tokio::time::sleep(link.limits.drain).await;
}

/// Reads until the other side has closed too: it has read everything then, and the connection may be closed.
async fn discard<R>(reader: &mut R)
where
    R: AsyncRead + Unpin,
{
    let mut scratch = [0; 4096];
    while matches!(reader.read(&mut scratch).await, Ok(1..)) {}
}
