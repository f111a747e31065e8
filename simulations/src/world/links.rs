//! Links between two nodes: dialling, frames on their way, and the end of a link.
//!
//! There is at most one link between two nodes. Where both dial, the first attempt stands for both, as transports that
//! keep one of two connections do. Whatever one end sends, the closing of the link included, arrives in that order.

use std::sync::Arc;

use watchfire_protocol::engine::{Input, LinkKind};

use super::{Event, World};
use crate::frame_kind::FrameKind;
use crate::node::NodeName;
use crate::time::Time;
use crate::trace::Happening;

/// Two nodes that were linked once, or tried to be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pair {
    /// Counts the links between the two.
    link: u32,
    /// Who is dialling that link.
    dialling: Option<NodeName>,
    /// Which link each end holds, the lower name's end first.
    open: [Option<u32>; 2],
    /// Until when the way towards each end is busy.
    clear: [Time; 2],
}

fn key(a: NodeName, b: NodeName) -> (NodeName, NodeName) {
    (a.min(b), a.max(b))
}

/// Which place in a [`Pair`] is `end`'s.
fn place(end: NodeName, other: NodeName) -> usize {
    usize::from(end > other)
}

impl World {
    /// Whether `node` holds a link to `other`.
    #[must_use]
    pub fn is_linked(&self, node: NodeName, other: NodeName) -> bool {
        self.pairs.get(&key(node, other)).is_some_and(|pair| pair.open[place(node, other)].is_some())
    }

    pub(super) fn pairs_of(&self, node: NodeName) -> Vec<NodeName> {
        let others = self.pairs.keys().filter(|(a, b)| *a == node || *b == node);
        others.map(|(a, b)| if *a == node { *b } else { *a }).collect()
    }

    /// Lets `dialer` dial `callee`. Engines do this by themselves; a test does it for a node without an engine.
    pub fn dial(&mut self, dialer: NodeName, callee: NodeName) {
        let reachable = dialer != callee && callee.index() < self.nodes.len();
        if !reachable || self.is_linked(dialer, callee) {
            return;
        }
        let now = self.now;
        let pair = self.pairs.entry(key(dialer, callee)).or_default();
        if pair.dialling.is_some() {
            return;
        }
        pair.link += 1;
        pair.dialling = Some(dialer);
        let at = self.weather.arrival(now, &mut pair.clear[place(callee, dialer)]);
        // Both ends learn of the link at once, so nothing may be under way in either direction.
        let at = at.max(pair.clear[place(dialer, callee)]);
        pair.clear = [at; 2];
        let link = pair.link;
        self.queue.push(at, Event::Dialled { dialer, callee, link });
    }

    pub(super) fn dialled(&mut self, dialer: NodeName, callee: NodeName, link: u32) {
        let cut = self.is_cut(dialer, callee);
        let callee_on = self.is_on(callee);
        let Some(pair) = self.pairs.get_mut(&key(dialer, callee)) else { return };
        if pair.link != link || pair.dialling != Some(dialer) {
            return;
        }
        pair.dialling = None;
        if cut || !callee_on {
            self.trace.note(self.now, Happening::DialFailed, dialer, callee, &[]);
            self.handle(dialer, Input::DialFailed { peer: callee });
            return;
        }
        pair.open = [Some(link); 2];
        self.trace.note(self.now, Happening::Up, dialer, callee, &[]);
        self.handle(callee, Input::PeerUp { peer: dialer, kind: LinkKind::Member, dialed: false });
        self.handle(dialer, Input::PeerUp { peer: callee, kind: LinkKind::Member, dialed: true });
    }

    /// Puts a frame on the way. Engines do this by themselves; a test does it in the name of a node that breaks rules.
    /// Returns whether there was a link to put it on.
    pub fn send(&mut self, from: NodeName, to: NodeName, frame: Arc<[u8]>) -> bool {
        let now = self.now;
        let kind = FrameKind::of(&frame);
        let silent = (self.is_silent(from, to) && kind.tells_of_records())
            || (self.withholds(from, to) && kind == FrameKind::Membership);
        let Some(pair) = self.pairs.get_mut(&key(from, to)) else { return false };
        let Some(link) = pair.open[place(from, to)] else { return false };
        self.statistics.sent(&frame);
        if silent {
            self.statistics.swallowed += 1;
            self.trace.note(now, Happening::Swallowed, from, to, &frame);
            return true;
        }
        if self.weather.loses() {
            self.statistics.lost += 1;
            self.trace.note(now, Happening::Lost, from, to, &frame);
            return true;
        }
        let clear = &mut pair.clear[place(to, from)];
        if self.weather.doubles() {
            self.trace.note(now, Happening::Doubled, from, to, &frame);
            let at = self.weather.arrival(now, clear);
            self.queue.push(at, Event::Frame { from, to, link, frame: Arc::clone(&frame) });
        }
        let at = self.weather.arrival(now, clear);
        self.queue.push(at, Event::Frame { from, to, link, frame });
        true
    }

    pub(super) fn arrived(&mut self, from: NodeName, to: NodeName, link: u32, frame: &[u8]) {
        let open =
            self.pairs.get(&key(from, to)).is_some_and(|pair| pair.open[place(to, from)] == Some(link));
        if !open {
            return;
        }
        if self.is_cut(from, to) {
            self.statistics.lost += 1;
            self.trace.note(self.now, Happening::Lost, from, to, frame);
            return;
        }
        self.trace.note(self.now, Happening::Arrived, from, to, frame);
        self.statistics.arrived += 1;
        let node = &mut self.nodes[to.index()];
        if node.tapped {
            node.received.push((from, frame.to_vec()));
        }
        self.handle(to, Input::Frame { peer: from, bytes: frame.to_vec() });
    }

    /// Closes `from`'s end of its link to `to`; the other end learns of it as of a frame.
    pub fn hang_up(&mut self, from: NodeName, to: NodeName) {
        let now = self.now;
        let Some(pair) = self.pairs.get_mut(&key(from, to)) else { return };
        let Some(link) = pair.open[place(from, to)].take() else { return };
        let at = self.weather.arrival(now, &mut pair.clear[place(to, from)]);
        self.trace.note(now, Happening::Down, to, from, &[]);
        self.queue.push(at, Event::Closed { from, to, link });
    }

    pub(super) fn closed(&mut self, from: NodeName, to: NodeName, link: u32) {
        let Some(pair) = self.pairs.get_mut(&key(from, to)) else { return };
        let end = &mut pair.open[place(to, from)];
        if *end != Some(link) {
            return;
        }
        *end = None;
        self.trace.note(self.now, Happening::Down, from, to, &[]);
        self.handle(to, Input::PeerDown { peer: from });
    }

    /// Closes every link of a node that is switched off, and ends its attempts.
    pub(super) fn close_all(&mut self, node: NodeName) {
        for other in self.pairs_of(node) {
            self.hang_up(node, other);
            if let Some(pair) = self.pairs.get_mut(&key(node, other)) {
                pair.dialling = pair.dialling.filter(|dialer| *dialer != node);
            }
        }
    }

    /// Gives every link between two parts of a cut world the time that a transport waits.
    pub(super) fn expire_links(&mut self) {
        let at = self.now.after(self.weather.patience());
        let across: Vec<_> = self.pairs.iter().filter(|((a, b), _)| self.is_cut(*a, *b)).collect();
        for (ends, pair) in across {
            for link in pair.open.iter().flatten() {
                self.queue.push(at, Event::Expired { ends: *ends, link: *link, cut: self.cuts });
            }
        }
    }

    pub(super) fn expired(&mut self, ends: (NodeName, NodeName), link: u32, cut: u32) {
        if cut == self.cuts {
            self.closed(ends.0, ends.1, link);
            self.closed(ends.1, ends.0, link);
        }
    }
}
