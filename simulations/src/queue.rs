//! What happens next: events by time, and among those of one time in the order in which they were put in.
//!
//! That second rule is what makes a run repeatable; a heap alone promises nothing about ties.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::time::Time;

/// Events in a stable order.
#[derive(Debug)]
pub struct Queue<E> {
    heap: BinaryHeap<Entry<E>>,
    inserted: u64,
}

#[derive(Debug)]
struct Entry<E> {
    at: Time,
    number: u64,
    event: E,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), inserted: 0 }
    }
}

impl<E> Queue<E> {
    /// Puts in an event that happens at `at`.
    pub fn push(&mut self, at: Time, event: E) {
        self.inserted += 1;
        self.heap.push(Entry { at, number: self.inserted, event });
    }

    /// When the next event happens.
    #[must_use]
    pub fn next_at(&self) -> Option<Time> {
        self.heap.peek().map(|entry| entry.at)
    }

    /// Takes out the next event.
    pub fn pop(&mut self) -> Option<(Time, E)> {
        self.heap.pop().map(|entry| (entry.at, entry.event))
    }

    /// How many events wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest first; the earliest is the greatest here.
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<E> Eq for Entry<E> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_time_come_out_in_the_order_they_went_in() {
        let mut queue = Queue::default();
        for number in 0..100u64 {
            queue.push(Time::from_micros(number % 3), number);
        }
        let order: Vec<(Time, u64)> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order.len(), 100);
        assert!(order.is_sorted());
        assert!(queue.is_empty());
    }
}
