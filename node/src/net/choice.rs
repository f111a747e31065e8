//! Which of several streams with one peer is the link. A state machine without sockets, so that every race can be tested.
//!
//! Both nodes may dial at once, and a node that restarted dials while the other still holds the old link. The node with
//! the smaller peer id **names** the link by a mark; the other follows. Each node closes the surplus connections that it
//! dialed itself, once it has a link. So a stream from the follower that stays open beside a named link says that the
//! follower lost that link: after [`PATIENCE`] the namer gives up the old one and names the new one.

use std::time::{Duration, Instant};

use libp2p::swarm::ConnectionId;

/// How long a follower's surplus stream may stay before the named link is held for dead: many round trips, little for a person.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<S> {
    /// This stream is the link from now on.
    Start(ConnectionId, S),
    /// Wait on this stream for the other side's mark.
    AwaitMark(ConnectionId, S),
    /// The connection is surplus.
    Close(ConnectionId),
    /// End this link; another waits for its end.
    End(ConnectionId),
}

/// The state for one peer.
pub(super) struct Choice<S> {
    names: bool,
    link: Option<ConnectionId>,
    next: Option<Next<S>>,
}

struct Next<S> {
    connection: ConnectionId,
    stream: S,
    since: Instant,
}

impl<S> Choice<S> {
    /// `names`: whether this node has the smaller peer id.
    pub(super) fn new(names: bool) -> Self {
        Self { names, link: None, next: None }
    }

    /// Whether this node names the link.
    pub(super) fn names(&self) -> bool {
        self.names
    }

    /// The connection of the link, until it has ended.
    pub(super) fn link(&self) -> Option<ConnectionId> {
        self.link
    }

    /// Whether there is no link and none waits.
    pub(super) fn is_empty(&self) -> bool {
        self.link.is_none() && self.next.is_none()
    }

    /// A stream was opened on `connection`.
    pub(super) fn opened(
        &mut self,
        connection: ConnectionId,
        dialed: bool,
        stream: S,
        now: Instant,
    ) -> Vec<Step<S>> {
        match (self.link, self.names) {
            (Some(_), _) if dialed => vec![Step::Close(connection)],
            (_, false) => vec![Step::AwaitMark(connection, stream)],
            (None, true) => self.start(connection, stream),
            (Some(_), true) => self.line_up(connection, stream, now),
        }
    }

    /// A stream was opened on `connection`, and it is better than the link: the namer changes over at once, whoever dialed.
    pub(super) fn better(&mut self, connection: ConnectionId, stream: S, now: Instant) -> Vec<Step<S>> {
        match (self.link, self.names) {
            (Some(_), true) => self.marked(connection, stream, now),
            _ => self.opened(connection, false, stream, now),
        }
    }

    /// The other side's mark came on `connection`.
    pub(super) fn marked(&mut self, connection: ConnectionId, stream: S, now: Instant) -> Vec<Step<S>> {
        match self.link {
            None => self.start(connection, stream),
            Some(old) => {
                let mut steps = self.line_up(connection, stream, now);
                steps.push(Step::End(old));
                steps
            }
        }
    }

    /// The link on `connection` has ended, and its end was announced.
    pub(super) fn ended(&mut self, connection: ConnectionId) -> Vec<Step<S>> {
        if self.link != Some(connection) {
            return Vec::new();
        }
        self.link = None;
        match self.next.take() {
            Some(next) => self.start(next.connection, next.stream),
            None => Vec::new(),
        }
    }

    /// `connection` is gone.
    pub(super) fn closed(&mut self, connection: ConnectionId) {
        self.next.take_if(|next| next.connection == connection);
    }

    /// Time went on.
    pub(super) fn tick(&mut self, now: Instant) -> Vec<Step<S>> {
        match (&self.next, self.link) {
            (Some(next), Some(old)) if now.saturating_duration_since(next.since) >= PATIENCE => {
                vec![Step::End(old)]
            }
            _ => Vec::new(),
        }
    }

    fn start(&mut self, connection: ConnectionId, stream: S) -> Vec<Step<S>> {
        self.link = Some(connection);
        vec![Step::Start(connection, stream)]
    }

    fn line_up(&mut self, connection: ConnectionId, stream: S, since: Instant) -> Vec<Step<S>> {
        let newest = Next { connection, stream, since };
        let surplus = self.next.replace(newest);
        surplus.map(|older| Step::Close(older.connection)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: bool = true;
    const THEIRS: bool = false;

    fn id(number: usize) -> ConnectionId {
        ConnectionId::new_unchecked(number)
    }

    #[test]
    fn two_dials_at_once_end_in_the_same_link_whatever_opens_first() {
        let now = Instant::now();
        // Connection 1 is dialed by the namer, 2 by the follower.
        for namer_first in [1, 2] {
            let mut namer = Choice::new(true);
            let mut follower = Choice::new(false);
            let other = 3 - namer_first;
            assert_eq!(
                namer.opened(id(namer_first), namer_first == 1, (), now),
                [Step::Start(id(namer_first), ())]
            );
            assert_eq!(follower.opened(id(other), other == 2, (), now), [Step::AwaitMark(id(other), ())]);
            assert_eq!(
                follower.opened(id(namer_first), namer_first == 2, (), now),
                [Step::AwaitMark(id(namer_first), ())]
            );
            assert_eq!(follower.marked(id(namer_first), (), now), [Step::Start(id(namer_first), ())]);
            // The namer closes its own surplus at once, and leaves the follower's to the follower.
            let surplus = namer.opened(id(other), other == 1, (), now);
            assert_eq!(surplus.is_empty(), other == 2);
            namer.closed(id(other));
            assert!(namer.tick(now + PATIENCE).is_empty());
            assert_eq!(namer.link(), follower.link());
        }
    }

    #[test]
    fn a_follower_that_lost_the_link_gets_a_new_one_after_a_short_wait() {
        let now = Instant::now();
        let mut namer = Choice::new(true);
        namer.opened(id(1), OURS, (), now);
        assert_eq!(namer.opened(id(2), THEIRS, (), now), []);
        assert_eq!(namer.opened(id(3), THEIRS, (), now), [Step::Close(id(2))]);
        assert_eq!(namer.tick(now), []);
        assert_eq!(namer.tick(now + PATIENCE), [Step::End(id(1))]);
        assert_eq!(namer.ended(id(1)), [Step::Start(id(3), ())]);
        assert_eq!(namer.ended(id(1)), []);
        assert_eq!(namer.link(), Some(id(3)));
    }

    #[test]
    fn a_better_connection_takes_the_links_place_whoever_dialed_it() {
        let now = Instant::now();
        let (mut namer, mut follower) = (Choice::new(true), Choice::new(false));
        namer.opened(id(1), OURS, (), now);
        follower.marked(id(1), (), now);
        // Both dialed, and both connections came up.
        assert_eq!(follower.better(id(3), (), now), [Step::AwaitMark(id(3), ())]);
        assert_eq!(namer.better(id(2), (), now), [Step::End(id(1))]);
        assert_eq!(namer.better(id(3), (), now), [Step::Close(id(2)), Step::End(id(1))]);
        assert_eq!(namer.ended(id(1)), [Step::Start(id(3), ())]);
        assert_eq!(follower.marked(id(3), (), now), [Step::End(id(1))]);
        assert_eq!(follower.ended(id(1)), [Step::Start(id(3), ())]);
        assert_eq!(namer.link(), follower.link());
    }

    #[test]
    fn a_namer_that_lost_the_link_is_followed_at_once() {
        let now = Instant::now();
        let mut follower = Choice::new(false);
        follower.marked(id(1), (), now);
        assert_eq!(follower.opened(id(2), THEIRS, (), now), [Step::AwaitMark(id(2), ())]);
        assert_eq!(follower.marked(id(2), (), now), [Step::End(id(1))]);
        assert_eq!(follower.ended(id(1)), [Step::Start(id(2), ())]);
        assert_eq!(follower.ended(id(2)), []);
        assert!(follower.is_empty());
    }
}
