//! The member's side of one relay: subscribes, keeps the gates paired, offers envelopes and fetches what is missing.
//!
//! Decides when to subscribe and under which epoch, and what is worth pulling. Never judges an envelope: what comes out as
//! [`ClientOutput::Envelope`] is as untrusted as whatever any link brings. A relay may be slow, wrong or silent; nothing
//! here waits for it, and everything it can fill is bounded.

mod access;
mod offered;

use alloc::{collections::VecDeque, sync::Arc, vec::Vec};

use watchfire_keys::{CircleTag, EnvelopeId, EpochId, Moment, PublicKey, SigningKey, UnixMillis};

use self::{access::Trial, offered::Offered};
use super::{
    Now,
    exchange::{Exchange, Need},
    frame::{About, Answer, Gate, Pairing, PairingBody, RelayFrame},
    limits::{MAX_GATES, MAX_SEEN_BYTES, MAX_WANTED_OF_RELAY},
};
use crate::{crypto::Crypto, rules::Rule};

/// How long to wait before the newest epoch is tried again at a relay that did not know it.
const RETRY_MS: u64 = 5_000;

/// An epoch that lives, with its gate key.
#[derive(Clone, Debug)]
pub struct Access {
    /// The epoch.
    pub epoch: EpochId,
    /// Its gate key, secret.
    pub gate: SigningKey,
}

/// What a steward's node keeps telling the relay.
#[derive(Clone, Debug)]
pub struct PairingOrder {
    /// The steward's control key for this relay.
    pub control: SigningKey,
    /// All gates that live, one or more.
    pub gates: Vec<Gate>,
    /// Control keys of other stewards.
    pub introduces: Vec<PublicKey>,
    /// Control keys that must not count any longer.
    pub withdraws: Vec<PublicKey>,
}

/// Something to be done or known, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientOutput {
    /// Send this to the relay.
    Send(Arc<[u8]>),
    /// An envelope came, unchecked.
    Envelope(Vec<u8>),
    /// The relay sends the circle's envelopes from now on.
    Subscribed,
    /// The relay does not, for now: `Unpaired` and `UnknownGate` say that a steward has to pair it.
    NotSubscribed(Answer),
    /// What became of the pairing.
    Paired(Answer),
    /// Where the relay sees this node, as it says.
    Seen(Vec<u8>),
}

/// The member's side of one relay.
pub struct Client<C> {
    crypto: C,
    relay: Vec<u8>,
    me: Vec<u8>,
    tag: CircleTag,
    access: Vec<Access>,
    pairing: Option<PairingOrder>,
    last_issued: UnixMillis,
    /// While the link is up; the challenge comes first.
    link: Option<Option<[u8; 32]>>,
    trial: Trial,
    offered: Offered,
    exchange: Exchange,
    outputs: VecDeque<ClientOutput>,
}

impl<C: Crypto> Client<C> {
    /// A client of the relay with peer id `relay`, on a node with peer id `me`, for the circle with this tag.
    pub fn new(crypto: C, relay: Vec<u8>, me: Vec<u8>, tag: CircleTag) -> Self {
        Self {
            crypto,
            relay,
            me,
            tag,
            access: Vec::new(),
            pairing: None,
            last_issued: UnixMillis(0),
            link: None,
            trial: Trial::default(),
            offered: Offered::default(),
            exchange: Exchange::new(MAX_WANTED_OF_RELAY),
            outputs: VecDeque::new(),
        }
    }

    /// The epochs that live, newest first. Subscribes anew when the newest one changed.
    pub fn set_access(&mut self, mut access: Vec<Access>) {
        access.truncate(MAX_GATES);
        let newest = |access: &[Access]| access.first().map(|newest| newest.epoch);
        let changed = newest(&access) != newest(&self.access);
        self.access = access;
        if changed {
            self.try_from_newest();
        }
    }

    /// What this steward's node tells the relay from now on, at once and on every new link; `None` for members that are
    /// no stewards or did not pair this relay.
    pub fn set_pairing(&mut self, pairing: Option<PairingOrder>, now: Now) {
        self.pairing = pairing;
        if matches!(self.link, Some(Some(_))) {
            self.pair(now);
        }
    }

    /// The link to the relay is up.
    pub fn up(&mut self) {
        self.down();
        self.link = Some(None);
    }

    /// The link is gone.
    pub fn down(&mut self) {
        self.link = None;
        self.trial = Trial::default();
        self.exchange.clear();
    }

    /// Whether the relay sends this circle's envelopes.
    pub fn is_subscribed(&self) -> bool {
        self.trial.subscribed().is_some()
    }

    /// Takes a frame of the relay. `have` says whether this node has an envelope already.
    ///
    /// # Errors
    ///
    /// The rule that the relay broke.
    pub fn frame(&mut self, bytes: &[u8], now: Now, have: impl Fn(&EnvelopeId) -> bool) -> Result<(), Rule> {
        match RelayFrame::from_bytes(bytes)? {
            RelayFrame::Challenge(challenge) => {
                let Some(place) = self.link.as_mut().filter(|known| known.is_none()) else {
                    return Err(Rule::FrameMalformed);
                };
                *place = Some(challenge);
                self.pair(now);
                self.try_from_newest();
            }
            RelayFrame::Answer { tag, about, answer } => self.answered(tag, about, answer, now.moment)?,
            RelayFrame::Announce { tag, ids } => {
                self.check_tag(&tag)?;
                self.offered.relay_has(&ids);
                self.exchange.announced(ids, now.moment, |id| Need::unless(have(id)));
            }
            RelayFrame::Pull { tag, ids } => {
                self.check_tag(&tag)?;
                for envelope in ids.iter().filter_map(|id| self.offered.get(id)) {
                    let frame = RelayFrame::Push(envelope.to_vec());
                    self.outputs.push_back(ClientOutput::Send(frame.to_bytes().into()));
                }
                self.offered.relay_has(&ids);
            }
            RelayFrame::Push(envelope) => {
                let decoded = crate::envelope::Received::new(&envelope).decode(&self.crypto)?;
                self.check_tag(&decoded.tag())?;
                let id = decoded.id();
                self.offered.relay_has(&[id]);
                self.exchange.arrived(&id);
                self.outputs.push_back(ClientOutput::Envelope(envelope));
            }
            RelayFrame::Seen(address) if address.len() <= MAX_SEEN_BYTES => {
                self.outputs.push_back(ClientOutput::Seen(address));
            }
            RelayFrame::Pair(_) | RelayFrame::Subscribe(_) | RelayFrame::Seen(_) => {
                return Err(Rule::FrameMalformed);
            }
        }
        Ok(())
    }

    /// This node has an envelope that others of the circle may lack: its own, or one that came from a member. Own ones are
    /// handed over at once, others by their id, as the relay may have them from somebody else.
    pub fn offer(&mut self, id: EnvelopeId, envelope: &Arc<[u8]>, own: bool) {
        if self.offered.add(id, envelope) {
            return;
        }
        if self.is_subscribed() {
            if own {
                self.offered.relay_has(&[id]);
                let frame = RelayFrame::Push(envelope.to_vec());
                self.outputs.push_back(ClientOutput::Send(frame.to_bytes().into()));
            } else {
                self.offered.announce(id);
            }
        }
    }

    /// The deadline has come.
    pub fn tick(&mut self, now: Now, have: impl Fn(&EnvelopeId) -> bool) {
        if self.trial.is_due(now.moment) {
            self.pair(now);
            self.try_from_newest();
        }
        if self.is_subscribed()
            && let Some((ids, _)) = self.exchange.pull(now.moment, |id| Need::unless(have(id)))
        {
            let frame = RelayFrame::Pull { tag: self.tag, ids };
            self.outputs.push_back(ClientOutput::Send(frame.to_bytes().into()));
        }
    }

    /// When to call [`Client::tick`].
    pub fn deadline(&self) -> Option<Moment> {
        let pull = if self.is_subscribed() { self.exchange.deadline() } else { None };
        [self.trial.deadline(), pull].into_iter().flatten().min()
    }

    /// The next thing to be done or known.
    pub fn poll_output(&mut self) -> Option<ClientOutput> {
        if let Some(output) = self.outputs.pop_front() {
            return Some(output);
        }
        let ids = self.offered.announcement()?;
        let frame = RelayFrame::Announce { tag: self.tag, ids };
        Some(ClientOutput::Send(frame.to_bytes().into()))
    }

    fn check_tag(&self, tag: &CircleTag) -> Result<(), Rule> {
        if *tag == self.tag { Ok(()) } else { Err(Rule::EnvelopeWrongCircle) }
    }

    fn answered(&mut self, tag: CircleTag, about: About, answer: Answer, now: Moment) -> Result<(), Rule> {
        self.check_tag(&tag)?;
        match about {
            About::Pairing => {
                self.outputs.push_back(ClientOutput::Paired(answer));
                if answer == Answer::Done {
                    self.try_from_newest();
                }
            }
            About::Subscription(epoch) => self.subscription_answered(epoch, answer, now),
            // The envelope stays offered, and is announced again after the next subscription.
            About::Deposit(_) => {}
        }
        Ok(())
    }

    fn pair(&mut self, now: Now) {
        let Some(order) = &self.pairing else { return };
        // Of two in the same millisecond the relay would take the second for a repetition.
        self.last_issued = now.unix.max(self.last_issued.saturating_add(1));
        let body = PairingBody {
            tag: self.tag,
            control: order.control.public(),
            gates: order.gates.clone(),
            introduces: order.introduces.clone(),
            withdraws: order.withdraws.clone(),
            issued: self.last_issued,
        };
        let pairing = Pairing::sign(&self.crypto, body, &self.relay, &order.control);
        self.outputs.push_back(ClientOutput::Send(RelayFrame::Pair(pairing).to_bytes().into()));
    }
}
