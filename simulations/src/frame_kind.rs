//! What a frame is, told from its first bytes.
//!
//! A world passes millions of frames and decoding each one a second time would cost as much as the engines do. The codec
//! writes an enum as the number of its variant, so one or two bytes suffice; a test holds this against real frames.

/// The kind of a frame, as statistics count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FrameKind {
    /// Hello, welcome or introduction.
    Greeting,
    /// A founding draft.
    Founding,
    /// Acts, approvals and headers.
    Membership,
    /// Epoch secrets.
    Epochs,
    /// A whole envelope.
    Push,
    /// Ids of envelopes that the sender has.
    Announce,
    /// A request for envelopes.
    Pull,
    /// A request to push or not to.
    Eager,
    /// A step of reconciliation.
    Reconcile,
    /// A request for records found missing.
    Want,
    /// A record found missing.
    Record,
    /// Where a node is.
    Presence,
    /// Not a frame of this version.
    Other,
}

impl FrameKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Greeting,
        Self::Founding,
        Self::Membership,
        Self::Epochs,
        Self::Push,
        Self::Announce,
        Self::Pull,
        Self::Eager,
        Self::Reconcile,
        Self::Want,
        Self::Record,
        Self::Presence,
        Self::Other,
    ];

    /// The kind of the frame that begins with these bytes.
    #[must_use]
    pub fn of(frame: &[u8]) -> Self {
        match frame {
            [0..=2, ..] => Self::Greeting,
            [3, ..] => Self::Founding,
            [4, ..] => Self::Membership,
            [5, ..] => Self::Epochs,
            [6, 0, ..] => Self::Push,
            [6, 1, ..] => Self::Announce,
            [6, 2, ..] => Self::Pull,
            [6, 3, ..] => Self::Eager,
            [7, 0 | 3..=5, ..] => Self::Reconcile,
            [7, 1 | 6, ..] => Self::Want,
            [7, 2, ..] => Self::Record,
            [8, ..] => Self::Presence,
            _ => Self::Other,
        }
    }

    /// Whether the frame tells its receiver of records: what a silent neighbour holds back.
    #[must_use]
    pub const fn tells_of_records(self) -> bool {
        matches!(self, Self::Push | Self::Announce | Self::Reconcile | Self::Record)
    }

    /// The name in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Founding => "founding",
            Self::Membership => "membership",
            Self::Epochs => "epochs",
            Self::Push => "push",
            Self::Announce => "announce",
            Self::Pull => "pull",
            Self::Eager => "eager",
            Self::Reconcile => "reconcile",
            Self::Want => "want",
            Self::Record => "record",
            Self::Presence => "presence",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use watchfire_keys::ids::{EnvelopeId, RecordId};
    use watchfire_protocol::gossip::Announced;
    use watchfire_protocol::reconcile::Message;
    use watchfire_protocol::wire::{Catchup, Epochs, Founding, Frame, Membership, Spread};

    use super::*;

    #[test]
    fn the_first_bytes_tell_the_kind() {
        let id = EnvelopeId::from_bytes([9; 32]);
        let message = Message { session: 1, from_initiator: true, ranges: Vec::new() };
        let frames = [
            (Frame::Introduce(vec![1]), FrameKind::Greeting),
            (Frame::Founding(Founding::Draft(vec![1])), FrameKind::Founding),
            (Frame::Membership(Membership::Summary([1; 32])), FrameKind::Membership),
            (Frame::Membership(Membership::Items(Vec::new())), FrameKind::Membership),
            (Frame::Epochs(Epochs::Ask(Vec::new())), FrameKind::Epochs),
            (Frame::Spread(Spread::Push(vec![1])), FrameKind::Push),
            (Frame::Spread(Spread::Announce(vec![Announced { id, bytes: 7 }])), FrameKind::Announce),
            (Frame::Spread(Spread::Pull(vec![id])), FrameKind::Pull),
            (Frame::Spread(Spread::Eager(true)), FrameKind::Eager),
            (Frame::Catchup(Catchup::Message(message)), FrameKind::Reconcile),
            (Frame::Catchup(Catchup::Want(vec![RecordId::from_bytes([2; 32])])), FrameKind::Want),
            (Frame::Catchup(Catchup::Record(vec![1])), FrameKind::Record),
            (Frame::Catchup(Catchup::Offer { records: Vec::new(), last: true }), FrameKind::Reconcile),
            (Frame::Catchup(Catchup::Fetch(Vec::new())), FrameKind::Want),
        ];
        for (frame, kind) in frames {
            assert_eq!(FrameKind::of(&frame.to_bytes()), kind, "{frame:?}");
        }
        assert_eq!(FrameKind::of(&[]), FrameKind::Other);
    }
}
