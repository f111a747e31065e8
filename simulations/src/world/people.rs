//! What people at the nodes ask for, and newcomers.

use watchfire_keys::card::Card;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::{Identity, PublicKey, SigningKey};
use watchfire_keys::ids::{ActId, EpochId, RecordId};
use watchfire_protocol::circle::{ActBody, Decision, Role};
use watchfire_protocol::engine::{Contact, Input, OwnAct, Refusal, Request};
use watchfire_protocol::limits::DAY_MS;
use watchfire_protocol::publication::ReportDraft;
use watchfire_protocol::record::SignedRecord;

use super::World;
use crate::circle;
use crate::disk::Disk;
use crate::node::{Node, NodeName, Person};
use crate::seeds::Factor;
use crate::trace::Happening;

/// For how long a key is delegated: a year.
const DELEGATED_MS: u64 = 365 * DAY_MS;

/// What an engine said to a request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Published { records: Vec<RecordId>, waiting: bool },
    Acted(ActId),
    Dealt(EpochId),
    Refused(Refusal),
}

/// A publication that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Its records, the head first.
    pub records: Vec<RecordId>,
    /// Whether they wait for an epoch to be sealed under.
    pub waiting: bool,
}

impl World {
    /// Publishes a report at a node.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn publish(&mut self, node: NodeName, draft: ReportDraft) -> Result<Publication, Refusal> {
        self.publication(node, Request::Publish(Box::new(draft)))
    }

    /// Proposes a member at a steward's node.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn invite(&mut self, steward: NodeName, card: &Card, role: Role) -> Result<ActId, Refusal> {
        self.propose(steward, ActBody::Add { card: Box::new(card.clone()), role })
    }

    /// Proposes any act at a steward's node.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn propose(&mut self, steward: NodeName, body: ActBody) -> Result<ActId, Refusal> {
        self.act(steward, Request::Propose { body: Box::new(body), reason: "simulated".into() })
    }

    /// Proposes that a node's member goes.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the steward's node is off.
    pub fn remove(&mut self, steward: NodeName, member: NodeName) -> Result<ActId, Refusal> {
        let member = self.person(member).member();
        self.propose(steward, ActBody::Remove { member, cuts: Vec::new() })
    }

    /// Signs one of a node's member's own acts.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn own(&mut self, node: NodeName, act: OwnAct) -> Result<ActId, Refusal> {
        let sealing = match &act {
            OwnAct::RotateSealing(key) => Some((**key).clone()),
            _ => None,
        };
        let signed = self.act(node, Request::Own(act))?;
        if let (Some(key), Some(person)) = (sealing, &mut self.nodes[node.index()].person) {
            // As the node's key file would have it: the next life of the engine begins with these keys.
            let former = std::mem::replace(&mut person.identity.sealing, key);
            person.former_sealing.push(former);
        }
        Ok(signed)
    }

    /// Lets a key publish for a node's member: another one, or the one that it has for longer. It is the one that the
    /// node works with from its next start on.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn delegate_publisher(&mut self, node: NodeName, key: SigningKey) -> Result<ActId, Refusal> {
        let signed = self.delegate(node, key.public(), Scopes::PUBLISH)?;
        if let Some(person) = &mut self.nodes[node.index()].person {
            person.identity.publisher = key;
        }
        Ok(signed)
    }

    /// Proposes a steward for the side of a founder with the recovery key on that one's card.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn seat(
        &mut self,
        node: NodeName,
        founder: NodeName,
        card: &Card,
        removes: Option<NodeName>,
    ) -> Result<ActId, Refusal> {
        let Person { identity, card: founder, .. } = self.person(founder);
        let request = Request::Seat {
            side: founder.side.clone(),
            recovery: Box::new(identity.recovery.clone()),
            card: Box::new(card.clone()),
            removes: removes.map(|steward| self.person(steward).member()),
            reason: "simulated".into(),
        };
        self.act(node, request)
    }

    /// Deals a new epoch at a steward's node.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn rotate(&mut self, steward: NodeName) -> Result<EpochId, Refusal> {
        match self.ask(steward, Request::Rotate) {
            Answer::Dealt(epoch) => Ok(epoch),
            Answer::Refused(refusal) => Err(refusal),
            answer => unreachable!("{answer:?} is no epoch"),
        }
    }

    /// Has a node send records that another machine of its member signed.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn submit(&mut self, node: NodeName, records: Vec<SignedRecord>) -> Result<Publication, Refusal> {
        self.publication(node, Request::Submit(records))
    }

    /// Approves or refuses a proposal at a steward's node.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn decide(&mut self, steward: NodeName, act: ActId, decision: Decision) -> Result<ActId, Refusal> {
        self.act(steward, Request::Decide { act, decision, anyway: false })
    }

    /// The same with everything that a decision can say.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn ask_to_decide(&mut self, steward: NodeName, decide: Request) -> Result<ActId, Refusal> {
        self.act(steward, decide)
    }

    fn act(&mut self, node: NodeName, request: Request) -> Result<ActId, Refusal> {
        match self.ask(node, request) {
            Answer::Acted(act) => Ok(act),
            Answer::Refused(refusal) => Err(refusal),
            answer => unreachable!("{answer:?} is no act"),
        }
    }

    fn publication(&mut self, node: NodeName, request: Request) -> Result<Publication, Refusal> {
        match self.ask(node, request) {
            Answer::Published { records, waiting } => Ok(Publication { records, waiting }),
            Answer::Refused(refusal) => Err(refusal),
            answer => unreachable!("{answer:?} is no publication"),
        }
    }

    fn ask(&mut self, node: NodeName, request: Request) -> Answer {
        self.asked += 1;
        let token = self.asked;
        self.trace.note_number(self.now, Happening::Requested, node, node, 0, &token.to_le_bytes());
        self.handle(node, Input::Request { token, request });
        self.answers.remove(&token).expect("an engine that is on answers a request at once")
    }

    /// A person with keys and a card of the given side, and a node that is off and knows nothing.
    ///
    /// # Panics
    /// If `side` cannot stand on a card.
    pub fn newcomer(&mut self, side: &str) -> NodeName {
        let index = u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes");
        let person = circle::person(self.seeds, index, side, circle::founded());
        self.add(Node::new(Some(person), Disk::new(self.circle)))
    }

    /// The person of a node under new keys, organisation key and all, with a node that is off and knows nothing.
    ///
    /// # Panics
    /// Never: the name and the side stand on a card already.
    pub fn anew(&mut self, node: NodeName) -> NodeName {
        let Card { name, side, .. } = self.person(node).card.clone();
        let anew = self.newcomer(side.as_str());
        if let Some(person) = &mut self.nodes[anew.index()].person {
            person.card = Card::sign(&person.identity, name, side, circle::founded());
        }
        anew
    }

    /// A second node of a node's member, off and knowing nothing. It has the member's keys, but for a daemon and a publisher
    /// key of its own, which the first one delegates.
    ///
    /// # Panics
    /// If the first one is off, or its engine refuses.
    pub fn second_node(&mut self, of: NodeName) -> NodeName {
        let index = u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes");
        let fresh = Identity::generate(&mut self.seeds.stream(Factor::Identity(index)));
        let mut person = self.person(of).clone();
        for (key, scope) in [(&fresh.daemon, Scopes::DAEMON), (&fresh.publisher, Scopes::PUBLISH)] {
            self.delegate(of, key.public(), scope).expect("the organisation's key is here");
        }
        person.identity.daemon = fresh.daemon.clone();
        person.identity.publisher = fresh.publisher.clone();
        self.add(Node::new(Some(person), Disk::new(self.circle)))
    }

    /// Has a node's member let another key sign for it.
    ///
    /// # Errors
    /// The engine's refusal.
    ///
    /// # Panics
    /// If the node is off.
    pub fn delegate(&mut self, node: NodeName, key: PublicKey, scope: Scopes) -> Result<ActId, Refusal> {
        let from = self.clock(node);
        let until = from.saturating_add(DELEGATED_MS);
        let organisation = &self.person(node).identity.organisation;
        let delegation = Delegation::sign(organisation, key, scope, from, until);
        self.own(node, OwnAct::Delegate(Box::new(delegation)))
    }

    /// A node that is no member's and has no engine: a test dials and sends in its name, and looks at what it gets.
    pub fn stranger(&mut self) -> NodeName {
        let mut node = Node::new(None, Disk::new(self.circle));
        node.honest = false;
        node.tapped = true;
        self.add(node)
    }

    /// Switches a newcomer's node on with the contacts of its ticket.
    ///
    /// # Panics
    /// If the node is on already.
    pub fn join(&mut self, node: NodeName, contacts: Vec<Contact<NodeName>>) {
        self.nodes[node.index()].contacts = contacts;
        self.start(node);
    }

    /// Whose node it is.
    ///
    /// # Panics
    /// If it is a stranger's.
    #[must_use]
    pub fn person(&self, node: NodeName) -> &Person {
        self.nodes[node.index()].person.as_ref().expect("a member's node")
    }
}
