//! The queue of frames that wait to be written on one link. Bounded in frames and bytes; never waits, never drops silently.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::frame;

/// The queue is full, or the frame is no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused;

/// Frames in the order in which they were sent.
pub(super) struct Outbound {
    queue: Mutex<Queue>,
    filled: Notify,
    max_bytes: usize,
    max_frames: usize,
    max_frame_bytes: usize,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Arc<[u8]>>,
    bytes: usize,
}

impl Outbound {
    pub(super) fn new(max_bytes: usize, max_frames: usize, max_frame_bytes: usize) -> Self {
        Self { queue: Mutex::default(), filled: Notify::new(), max_bytes, max_frames, max_frame_bytes }
    }

    /// Adds a frame at the end.
    pub(super) fn push(&self, frame: Arc<[u8]>) -> Result<(), Refused> {
        let mut queue = self.lock();
        let bytes = queue.bytes.saturating_add(frame.len());
        if frame.is_empty()
            || frame.len() > self.max_frame_bytes
            || bytes > self.max_bytes
            || queue.frames.len() >= self.max_frames
        {
            return Err(Refused);
        }
        queue.bytes = bytes;
        queue.frames.push_back(frame);
        drop(queue);
        self.filled.notify_one();
        Ok(())
    }

    /// Bytes that wait.
    pub(super) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Forgets everything that waits.
    pub(super) fn clear(&self) {
        *self.lock() = Queue::default();
    }

    /// Moves frames, with their lengths, into `batch` until it has about `enough` bytes. Returns whether it moved any.
    pub(super) fn take(&self, batch: &mut Vec<u8>, enough: usize) -> bool {
        let mut queue = self.lock();
        let mut moved = false;
        while batch.len() < enough {
            let Some(next) = queue.frames.pop_front() else {
                break;
            };
            queue.bytes = queue.bytes.saturating_sub(next.len());
            moved |= frame::append(batch, &next);
        }
        moved
    }

    /// Returns when a frame was added since the last call, or at once if one was before it.
    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: usize) -> Arc<[u8]> {
        vec![7; bytes].into()
    }

    #[test]
    fn neither_bytes_nor_frames_exceed_their_bound() {
        let outbound = Outbound::new(10, 3, 8);
        assert_eq!(outbound.push(frame(0)), Err(Refused));
        assert_eq!(outbound.push(frame(9)), Err(Refused));
        assert_eq!(outbound.push(frame(8)), Ok(()));
        assert_eq!(outbound.push(frame(3)), Err(Refused));
        assert_eq!(outbound.push(frame(1)), Ok(()));
        assert_eq!(outbound.push(frame(1)), Ok(()));
        assert_eq!(outbound.push(frame(1)), Err(Refused));
        assert_eq!(outbound.bytes(), 10);
    }

    #[test]
    fn a_batch_takes_frames_in_order_and_frees_their_room() {
        let outbound = Outbound::new(10, 8, 8);
        for bytes in [1, 2, 3] {
            assert_eq!(outbound.push(frame(bytes)), Ok(()));
        }
        let mut batch = Vec::new();
        assert!(outbound.take(&mut batch, 6));
        assert_eq!(batch, [0, 0, 0, 1, 7, 0, 0, 0, 2, 7, 7]);
        assert_eq!(outbound.bytes(), 3);
        batch.clear();
        assert!(outbound.take(&mut batch, 100));
        assert!(!outbound.take(&mut batch, 100));
        assert_eq!(outbound.bytes(), 0);
    }
}
