//! Tickets: what a newcomer needs to find the circle.

use watchfire_keys::{ActId, Card};
use watchfire_protocol::circle::{Contact, Ticket};
use watchfire_protocol::engine::PeerName;

use super::CircleNode;
use crate::control::not_yet;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::random;

/// Contacts in a ticket: enough that one of them is up, few enough for a short text.
const CONTACTS_A_TICKET: usize = 8;

impl CircleNode {
    /// A ticket for a member that was invited or added.
    pub(super) fn ticket(&self, wanted: &str) -> Result<String> {
        let log =
            self.engine.log().filter(|log| log.is_founded()).ok_or_else(|| not_yet(self.engine.phase()))?;
        let mut meant: Vec<(ActId, &Card)> = log
            .acts()
            .filter_map(|(id, signed)| Some((*id, signed.act.body.card()?)))
            .filter(|(id, card)| {
                let lower = wanted.to_ascii_lowercase();
                let begins = |id: String| wanted.len() >= 4 && id.starts_with(&lower);
                card.name.as_str() == wanted || begins(card.member().to_string()) || begins(id.to_string())
            })
            .collect();
        meant.dedup_by_key(|(_, card)| card.member());
        let (act, card) = match meant[..] {
            [one] => one,
            [] => {
                return Err(Error::new(
                    Exit::Refused,
                    "no-such-member",
                    format!("nobody called {wanted} was invited"),
                    "watchfire circle invite --card FILE, then the ticket",
                ));
            }
            _ => {
                return Err(Error::usage(
                    format!("{} members are called {wanted}", meant.len()),
                    "the member's id: watchfire circle show",
                ));
            }
        };
        let contacts = self.engine.contacts().into_iter().take(CONTACTS_A_TICKET);
        let contacts = contacts.map(|contact| Contact {
            member: contact.member,
            sealing: contact.sealing,
            peer: contact.peer.to_bytes(),
            addresses: contact.addresses,
        });
        let ticket = Ticket { circle: self.circle(), act, contacts: contacts.collect() };
        ticket
            .seal(card, &mut random::generator()?)
            .map_err(|error| Error::new(Exit::Failed, "ticket", error.to_string(), error.remedy()))
    }
}
