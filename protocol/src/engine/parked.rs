//! Envelopes that wait for their epoch's secret.
//!
//! Decides nothing but who has to make room: what waits is bounded as a whole and for each link, so that one that sends
//! envelopes of epochs that nobody knows pushes out its own and not those of the others.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// As many bytes as this may wait.
const MAX_BYTES: usize = 1024 * 1024;
/// As many of them may come from one link, or from all relays together.
const MAX_BYTES_A_LINK: usize = MAX_BYTES / 4;

/// Envelopes, each with the link that brought it.
#[derive(Debug)]
pub(super) struct Parked<P> {
    waiting: VecDeque<(Option<P>, Vec<u8>)>,
    bytes: usize,
}

impl<P> Default for Parked<P> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), bytes: 0 }
    }
}

impl<P: PartialEq> Parked<P> {
    pub(super) fn push(&mut self, from: Option<P>, envelope: Vec<u8>) {
        // By their bytes, not by their id: a copy with a gate that does not hold must not stand in for the real one.
        if self.waiting.iter().any(|(_, other)| *other == envelope) {
            return;
        }
        let of_link = self.waiting.iter().filter(|(other, _)| *other == from).map(|(_, bytes)| bytes.len());
        let mut of_link = of_link.sum::<usize>() + envelope.len();
        while of_link > MAX_BYTES_A_LINK {
            let Some(oldest) = self.waiting.iter().position(|(other, _)| *other == from) else { break };
            of_link -= self.remove(oldest);
        }
        self.bytes += envelope.len();
        self.waiting.push_back((from, envelope));
        while self.bytes > MAX_BYTES {
            if self.remove(0) == 0 {
                break;
            }
        }
    }

    /// Bytes of all that waits.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn take(&mut self) -> VecDeque<(Option<P>, Vec<u8>)> {
        self.bytes = 0;
        core::mem::take(&mut self.waiting)
    }

    fn remove(&mut self, index: usize) -> usize {
        let bytes = self.waiting.remove(index).map_or(0, |(_, envelope)| envelope.len());
        self.bytes -= bytes;
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_link_that_parks_without_end_pushes_out_its_own() {
        let mut parked = Parked::default();
        parked.push(Some(1), vec![1; 60_000]);
        for n in 0..1000u32 {
            parked.push(Some(2), [&n.to_le_bytes()[..], &[2; 10_000]].concat());
            assert!(parked.bytes <= MAX_BYTES);
        }
        let kept = parked.take();
        assert_eq!(kept.iter().filter(|(from, _)| *from == Some(1)).count(), 1);
        assert!(kept.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() <= MAX_BYTES_A_LINK + 60_000);
    }

    #[test]
    fn all_links_together_are_bounded_too() {
        let mut parked = Parked::default();
        for n in 0..1000u32 {
            parked.push(Some(n), [&n.to_le_bytes()[..], &[2; 10_000]].concat());
        }
        assert!(parked.bytes <= MAX_BYTES);
        assert_eq!(parked.waiting.iter().map(|(_, bytes)| bytes.len()).sum::<usize>(), parked.bytes);
    }

    #[test]
    fn the_same_bytes_wait_once() {
        let mut parked = Parked::default();
        for n in 0..9 {
            parked.push(Some(n), vec![7; 700]);
        }
        assert_eq!(parked.take().len(), 1);
    }
}
