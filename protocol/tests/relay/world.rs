//! One relay, some members, links without delay, and a clock that the test turns.

use std::collections::BTreeMap;
use std::sync::Arc;

use watchfire_keys::{
    CircleTag, EnvelopeId, EpochId, Moment, PublicKey, SigningKey, UnixMillis, hash, labels,
};
use watchfire_protocol::crypto::RealCrypto;
use watchfire_protocol::envelope::{Received, layout};
use watchfire_protocol::relay::{
    Access, Client, ClientOutput, Gate, Now, Pairing, PairingBody, PairingOrder, RelayFrame, RelayLimits,
    Server, ServerInput, ServerOutput,
};
use watchfire_protocol::rules::Rule;

pub(crate) const RELAY: &[u8] = b"the relay's peer id";
pub(crate) const TAG: CircleTag = CircleTag::from_bytes([7; 16]);
pub(crate) const START: UnixMillis = UnixMillis(1_900_000_000_000);

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// Epoch `number` of a circle: its id, and its gate key.
pub(crate) fn epoch(number: u8) -> Access {
    Access { epoch: EpochId::from_bytes([number; 32]), gate: key(100 + number) }
}

pub(crate) fn gate(number: u8) -> Gate {
    Gate { epoch: epoch(number).epoch, key: epoch(number).gate.public() }
}

/// An envelope of this epoch in the right form; nobody could open it, and the relay does not care.
pub(crate) fn envelope(tag: CircleTag, number: u8, content: u32, padded: usize) -> (EnvelopeId, Arc<[u8]>) {
    let Access { epoch, gate } = epoch(number);
    let mut bytes = vec![1];
    bytes.extend_from_slice(tag.as_bytes());
    bytes.extend_from_slice(epoch.as_bytes());
    bytes.extend_from_slice(&[0; layout::NONCE_BYTES]);
    let ciphertext = padded + layout::AEAD_TAG_BYTES;
    bytes.extend_from_slice(&u32::try_from(ciphertext).unwrap().to_le_bytes());
    bytes.extend_from_slice(&content.to_le_bytes());
    bytes.resize(layout::HEAD_BYTES + ciphertext, 0);
    let id = hash(labels::HASH_ENVELOPE, &[&bytes]);
    bytes.extend_from_slice(gate.sign(labels::SIGN_GATE, &[&id]).as_bytes());
    (EnvelopeId::from_bytes(id), bytes.into())
}

pub(crate) fn small(content: u32) -> (EnvelopeId, Arc<[u8]>) {
    envelope(TAG, 1, content, 512)
}

pub(crate) fn large(content: u32) -> (EnvelopeId, Arc<[u8]>) {
    envelope(TAG, 1, content, 32 * 1024)
}

pub(crate) struct Member {
    pub(crate) client: Client<RealCrypto>,
    pub(crate) has: BTreeMap<EnvelopeId, usize>,
    pub(crate) told: Vec<ClientOutput>,
}

pub(crate) struct World {
    pub(crate) server: Server<RealCrypto, u8>,
    pub(crate) members: BTreeMap<u8, Member>,
    pub(crate) moment: Moment,
    pub(crate) unix: UnixMillis,
    pub(crate) kept: BTreeMap<EnvelopeId, Arc<[u8]>>,
    pub(crate) circles: BTreeMap<CircleTag, Vec<u8>>,
    pub(crate) broken: Vec<(u8, Rule)>,
    pub(crate) accepted: Vec<u8>,
    pub(crate) closed: Vec<u8>,
    /// What the server sent to links that are no [`Member`]: they are played by hand.
    pub(crate) by_hand: Vec<(u8, RelayFrame)>,
    pub(crate) bytes_sent: usize,
    challenges: u8,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(RelayLimits::default())
    }

    pub(crate) fn with(limits: RelayLimits) -> Self {
        let now = Now { moment: Moment(0), unix: START };
        Self {
            server: Server::new(RealCrypto, RELAY.to_vec(), limits, now),
            members: BTreeMap::new(),
            moment: now.moment,
            unix: now.unix,
            kept: BTreeMap::new(),
            circles: BTreeMap::new(),
            broken: Vec::new(),
            accepted: Vec::new(),
            closed: Vec::new(),
            by_hand: Vec::new(),
            bytes_sent: 0,
            challenges: 0,
        }
    }

    /// A world in which control key 1 has paired epoch 1 and members 1 to `members` are subscribed.
    pub(crate) fn paired(members: u8) -> Self {
        let mut world = Self::new();
        world.steward(1, 1, &[1]);
        for name in 2..=members {
            world.member(name, &[1]);
        }
        world
    }

    pub(crate) fn now(&self) -> Now {
        Now { moment: self.moment, unix: self.unix }
    }

    /// A member with a link, who knows these epochs, newest first.
    pub(crate) fn member(&mut self, name: u8, epochs: &[u8]) {
        let client = Client::new(RealCrypto, RELAY.to_vec(), vec![name], TAG);
        self.members.insert(name, Member { client, has: BTreeMap::new(), told: Vec::new() });
        self.knows(name, epochs);
        self.connect(name);
    }

    /// A member that pairs the relay.
    pub(crate) fn steward(&mut self, name: u8, control: u8, epochs: &[u8]) {
        self.member(name, epochs);
        self.pairs(name, control, epochs, &[]);
    }

    pub(crate) fn knows(&mut self, name: u8, epochs: &[u8]) {
        let access = epochs.iter().map(|number| epoch(*number)).collect();
        self.members.get_mut(&name).unwrap().client.set_access(access);
        self.settle();
    }

    pub(crate) fn pairs(&mut self, name: u8, control: u8, epochs: &[u8], introduces: &[PublicKey]) {
        let order = PairingOrder {
            control: key(control),
            gates: epochs.iter().map(|number| gate(*number)).collect(),
            introduces: introduces.to_vec(),
            withdraws: Vec::new(),
        };
        let now = self.now();
        self.members.get_mut(&name).unwrap().client.set_pairing(Some(order), now);
        self.settle();
    }

    pub(crate) fn connect(&mut self, name: u8) {
        if let Some(member) = self.members.get_mut(&name) {
            member.client.up();
        }
        self.challenges += 1;
        let up = ServerInput::Up {
            peer: name,
            name: vec![name],
            network: vec![name],
            challenge: [self.challenges; 32],
        };
        self.handle(up);
    }

    pub(crate) fn disconnect(&mut self, name: u8) {
        self.handle(ServerInput::Down { peer: name });
        if let Some(member) = self.members.get_mut(&name) {
            member.client.down();
        }
    }

    pub(crate) fn offer(&mut self, name: u8, (id, bytes): &(EnvelopeId, Arc<[u8]>), own: bool) {
        let member = self.members.get_mut(&name).unwrap();
        member.has.insert(*id, 0);
        member.client.offer(*id, bytes, own);
        self.settle();
    }

    pub(crate) fn handle(&mut self, input: ServerInput<u8>) {
        self.server.handle(input, self.now());
        self.settle();
    }

    /// A frame from a link that is played by hand.
    pub(crate) fn send(&mut self, peer: u8, frame: &RelayFrame) {
        self.handle(ServerInput::Frame { peer, bytes: frame.to_bytes() });
    }

    pub(crate) fn pair_by_hand(&mut self, peer: u8, body: PairingBody, relay: &[u8], control: &SigningKey) {
        let pairing = Pairing::sign(&RealCrypto, body, relay, control);
        self.send(peer, &RelayFrame::Pair(pairing));
    }

    pub(crate) fn body(&self, control: u8, epochs: &[u8]) -> PairingBody {
        PairingBody {
            tag: TAG,
            control: key(control).public(),
            gates: epochs.iter().map(|number| gate(*number)).collect(),
            introduces: Vec::new(),
            withdraws: Vec::new(),
            issued: self.unix,
        }
    }

    /// Lets time pass, a second at a time.
    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.moment.saturating_add(ms);
        while self.moment < end {
            let step = (end.0 - self.moment.0).min(1000);
            self.moment = self.moment.saturating_add(step);
            self.unix = self.unix.saturating_add(step);
            let now = self.now();
            for member in self.members.values_mut() {
                if member.client.deadline().is_some_and(|due| due <= now.moment) {
                    let has = &member.has;
                    member.client.tick(now, |id| has.contains_key(id));
                }
            }
            if self.server.deadline().is_some_and(|due| due <= now.moment) {
                self.server.handle(ServerInput::Tick, now);
            }
            self.settle();
        }
    }

    /// Carries everything until nobody has anything to say.
    pub(crate) fn settle(&mut self) {
        loop {
            let mut quiet = true;
            while let Some(output) = self.server.poll_output() {
                quiet = false;
                self.carry_out(output);
            }
            let names: Vec<u8> = self.members.keys().copied().collect();
            for name in names {
                while let Some(output) = self.members.get_mut(&name).unwrap().client.poll_output() {
                    quiet = false;
                    self.carry_out_of(name, output);
                }
            }
            if quiet {
                return;
            }
        }
    }

    fn carry_out(&mut self, output: ServerOutput<u8>) {
        match output {
            ServerOutput::Send { peer, frame } => self.arrive(peer, &frame),
            ServerOutput::SendKept { peer, id, .. } => {
                let frame = RelayFrame::Push(self.kept[&id].to_vec()).to_bytes();
                self.arrive(peer, &frame);
            }
            ServerOutput::Accept { peer } => self.accepted.push(peer),
            ServerOutput::Disconnect { peer } => self.closed.push(peer),
            ServerOutput::Keep { id, bytes, .. } => assert!(self.kept.insert(id, bytes).is_none()),
            ServerOutput::Drop { ids, .. } => {
                ids.iter().for_each(|id| assert!(self.kept.remove(id).is_some()))
            }
            ServerOutput::SaveCircle { tag, state } => drop(self.circles.insert(tag, state)),
            ServerOutput::DropCircle { tag } => drop(self.circles.remove(&tag)),
            ServerOutput::Broke { peer, rule } => self.broken.push((peer, rule)),
        }
    }

    fn carry_out_of(&mut self, name: u8, output: ClientOutput) {
        match output {
            ClientOutput::Send(frame) => {
                let input = ServerInput::Frame { peer: name, bytes: frame.to_vec() };
                self.server.handle(input, self.now());
            }
            ClientOutput::Envelope(bytes) => {
                let id = Received::new(&bytes).decode(&RealCrypto).unwrap().id();
                *self.members.get_mut(&name).unwrap().has.entry(id).or_default() += 1;
            }
            told => self.members.get_mut(&name).unwrap().told.push(told),
        }
    }

    fn arrive(&mut self, peer: u8, frame: &[u8]) {
        self.bytes_sent += frame.len();
        let now = self.now();
        match self.members.get_mut(&peer) {
            Some(member) => {
                let has = &member.has;
                member.client.frame(frame, now, |id| has.contains_key(id)).unwrap();
            }
            None => self.by_hand.push((peer, RelayFrame::from_bytes(frame).unwrap())),
        }
    }

    pub(crate) fn has(&self, name: u8, envelope: &(EnvelopeId, Arc<[u8]>)) -> bool {
        self.members[&name].has.contains_key(&envelope.0)
    }

    /// How many times an envelope came to a member over the relay.
    pub(crate) fn times(&self, name: u8, envelope: &(EnvelopeId, Arc<[u8]>)) -> usize {
        self.members[&name].has.get(&envelope.0).copied().unwrap_or(0)
    }
}
