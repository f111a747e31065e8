//! One connection's part in opening the link's stream: the dialer opens exactly one, the listener takes exactly one.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use libp2p::{
    Stream, StreamProtocol,
    core::upgrade::{InboundUpgrade, OutboundUpgrade, UpgradeInfo},
    swarm::{
        ConnectionHandler, ConnectionHandlerEvent, StreamUpgradeError, SubstreamProtocol,
        handler::{ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound},
    },
};

/// What became of the stream.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is open, and nothing was sent on it yet.
    Opened(Stream),
    /// The other side does not take it.
    Refused(&'static str),
}

/// Offers one protocol, or none.
#[derive(Debug, Clone)]
pub(super) struct Offer(Option<StreamProtocol>);

impl UpgradeInfo for Offer {
    type Info = StreamProtocol;
    type InfoIter = std::option::IntoIter<StreamProtocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0.clone().into_iter()
    }
}

impl InboundUpgrade<Stream> for Offer {
    type Output = Stream;
    type Error = Infallible;
    type Future = Ready<Result<Stream, Infallible>>;

    fn upgrade_inbound(self, stream: Stream, _: StreamProtocol) -> Self::Future {
        ready(Ok(stream))
    }
}

impl OutboundUpgrade<Stream> for Offer {
    type Output = Stream;
    type Error = Infallible;
    type Future = Ready<Result<Stream, Infallible>>;

    fn upgrade_outbound(self, stream: Stream, _: StreamProtocol) -> Self::Future {
        ready(Ok(stream))
    }
}

/// The handler of one connection.
pub(super) struct Handler {
    takes: Option<StreamProtocol>,
    opens: Option<StreamProtocol>,
    outcomes: VecDeque<Outcome>,
}

impl Handler {
    /// For a connection that the other side dialed.
    pub(super) fn listener(protocol: StreamProtocol) -> Self {
        Self { takes: Some(protocol), opens: None, outcomes: VecDeque::new() }
    }

    /// For a connection that this node dialed.
    pub(super) fn dialer(protocol: StreamProtocol) -> Self {
        Self { takes: None, opens: Some(protocol), outcomes: VecDeque::new() }
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Infallible;
    type ToBehaviour = Outcome;
    type InboundProtocol = Offer;
    type OutboundProtocol = Offer;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = ();

    fn listen_protocol(&self) -> SubstreamProtocol<Offer> {
        SubstreamProtocol::new(Offer(self.takes.clone()), ())
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<Offer, (), Outcome>> {
        if let Some(outcome) = self.outcomes.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(outcome));
        }
        if let Some(protocol) = self.opens.take() {
            return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest {
                protocol: SubstreamProtocol::new(Offer(Some(protocol)), ()),
            });
        }
        Poll::Pending
    }

    fn on_behaviour_event(&mut self, event: Infallible) {
        match event {}
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<'_, Offer, Offer>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol: stream, .. }) => {
                // A second one may have been agreed on before the offer was withdrawn; it is dropped, and so reset.
                let first = self.takes.take();
                self.outcomes.extend(first.map(|_| Outcome::Opened(stream)));
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound {
                protocol: stream, ..
            }) => self.outcomes.push_back(Outcome::Opened(stream)),
            ConnectionEvent::DialUpgradeError(DialUpgradeError { error, .. }) => {
                let reason = match error {
                    StreamUpgradeError::NegotiationFailed => "the node there does not take this kind of link",
                    StreamUpgradeError::Timeout => "the node there did not answer in time",
                    StreamUpgradeError::Io(_) => "the connection broke",
                    StreamUpgradeError::Apply(never) => match never {},
                };
                self.outcomes.push_back(Outcome::Refused(reason));
            }
            _ => {}
        }
    }
}
