//! What people at the nodes ask for, and newcomers.

use watchfire_keys::card::Card;
use watchfire_keys::delegation::{Delegation, Scopes};
use watchfire_keys::identity::{Identity, PublicKey};
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

    /// A second node of a node's member, off and knowing nothing. It has the member's keys, but for a daemon and a publisher
    /// key of its own, which the first one delegates.
    ///
    /// # Panics
    /// If the first one is off.
    pub fn second_node(&mut self, of: NodeName) -> NodeName {
        let index = u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes");
        let fresh = Identity::generate(&mut self.seeds.stream(Factor::Identity(index)));
        let mut person = self.person(of).clone();
        for (key, scope) in [(&fresh.daemon, Scopes::DAEMON), (&fresh.publisher, Scopes::PUBLISH)] {
            self.delegate(of, key.public(), scope);
        }
        person.identity.daemon = fresh.daemon.clone();
        person.identity.publisher = fresh.publisher.clone();
        self.add(Node::new(Some(person), Disk::new(self.circle)))
    }

    /// Has a node's member let another key sign for it for 90 days.
    ///
    /// # Panics
    /// If the node is off, or its engine refuses.
    pub fn delegate(&mut self, node: NodeName, key: PublicKey, scope: Scopes) -> ActId {
        let organisation = &self.person(node).identity.organisation;
        let now = self.clock(node);
        let delegation = Delegation::sign(organisation, key, scope, now, now.saturating_add(90 * DAY_MS));
        self.own(node, OwnAct::Delegate(Box::new(delegation))).expect("the organisation's key is here")
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
