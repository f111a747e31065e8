//! Carrying out what an engine wants done.

use watchfire_protocol::engine::{Change, Delivered, Input, Output};

use super::World;
use super::people::Answer;
use crate::node::{Delivery, NodeName};
use crate::trace::Happening;

impl World {
    /// Carries out everything that a node's engine has asked for, in its order.
    pub(super) fn drain(&mut self, name: NodeName) {
        while let Some(output) = self.poll(name) {
            self.carry_out(name, output);
        }
    }

    fn poll(&mut self, name: NodeName) -> Option<Output<NodeName>> {
        self.nodes[name.index()].engine.as_mut()?.poll()
    }

    fn carry_out(&mut self, name: NodeName, output: Output<NodeName>) {
        match output {
            Output::Send { peer, frame } => {
                self.send(name, peer, frame);
            }
            Output::Connect { peer, .. } => self.dial(name, peer),
            Output::Disconnect { peer } => self.hang_up(name, peer),
            // Strangers are limited by the transport of a real node; here every link is as good.
            Output::Accept { .. } => {}
            // This world has no relays.
            Output::Carry { .. } => {}
            Output::Persist(change) => self.persist(name, change),
            Output::Deliver(delivered) => self.deliver(name, &delivered),
            Output::Load { peer, records } => {
                let records = self.nodes[name.index()].disk.load(&records);
                // No node waits for its disk in this world.
                let node = &mut self.nodes[name.index()];
                let now = node.now(self.now);
                if let Some(engine) = &mut node.engine {
                    engine.handle(Input::Loaded { peer, records }, now);
                }
            }
            Output::Cut(signers) => {
                let records = self.nodes[name.index()].disk.of_signers(&signers);
                let node = &mut self.nodes[name.index()];
                let now = node.now(self.now);
                if let Some(engine) = &mut node.engine {
                    engine.handle(Input::CutFound { records }, now);
                }
            }
            Output::Void(records) => {
                let node = &mut self.nodes[name.index()];
                node.deliveries.retain(|id, _| !records.contains(id));
                node.void.extend(records);
            }
            Output::Penalise { peer, rule } => {
                let number = u32::from(rule.number());
                self.trace.note_number(self.now, Happening::Penalised, peer, name, number, &[]);
                *self.statistics.penalties.entry((name, peer, rule)).or_default() += 1;
            }
            Output::Event(event) => self.nodes[name.index()].events.push((self.now, event)),
            Output::Published { token, records, waiting } => {
                self.answers.insert(token, Answer::Published { records, waiting });
            }
            Output::Acted { token, act } => {
                self.answers.insert(token, Answer::Acted(act));
            }
            Output::Dealt { token, epoch } => {
                self.answers.insert(token, Answer::Dealt(epoch));
            }
            Output::Refused { token, refusal } => {
                self.answers.insert(token, Answer::Refused(refusal));
            }
        }
    }

    fn persist(&mut self, name: NodeName, change: Change) {
        let item;
        let content: &[u8] = match &change {
            Change::Item(written) => {
                item = written.id();
                &item
            }
            Change::Secret { epoch, .. } => epoch.as_bytes(),
            Change::Record { id, .. } | Change::Named { id, .. } => id.as_bytes(),
            Change::Presence { bytes, .. } | Change::Draft(bytes) => bytes,
            Change::Heard => b"heard",
            Change::EraseEpochs(_)
            | Change::EraseItems(_)
            | Change::EraseRecords(_)
            | Change::ChainStart { .. }
            | Change::ErasePresence { .. } => b"erased",
        };
        self.trace.note(self.now, Happening::Persisted, name, name, content);
        self.nodes[name.index()].disk.apply(change);
    }

    fn deliver(&mut self, name: NodeName, delivered: &Delivered) {
        let id = delivered.opened.id();
        self.trace.note(self.now, Happening::Delivered, name, name, id.as_bytes());
        if delivered.own {
            self.published.entry(id).or_insert((name, self.now));
            let engine = self.nodes[name.index()].engine.as_ref();
            let former =
                engine.and_then(|engine| engine.roster()).map(|roster| roster.former.keys().copied());
            self.shut_out.entry(delivered.opened.epoch()).or_default().extend(former.into_iter().flatten());
        }
        let named = delivered.named.is_some();
        let fresh = Delivery { at: self.now, own: delivered.own, times: 0, named };
        self.nodes[name.index()].deliveries.entry(id).or_insert(fresh).times += 1;
    }
}
