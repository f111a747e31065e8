//! Tickets: what a newcomer needs to find the circle, and a member that lost its way to the others to find them again.

use watchfire_keys::{ActId, MemberId, SealingPublic};
use watchfire_protocol::circle::{ActLog, Contact, Ticket};
use watchfire_protocol::engine::{PeerName, Phase};

use super::CircleNode;
use crate::control::{begins, not_yet, waits};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::random;

/// Contacts in a ticket: enough that one of them is up, few enough for a short text.
const CONTACTS_A_TICKET: usize = 8;

/// Whom a ticket can be made for.
struct Holder<'a> {
    member: MemberId,
    /// The act that adds it; the founding for a founder.
    act: ActId,
    name: &'a str,
    sealing: &'a SealingPublic,
    is_member: bool,
}

impl CircleNode {
    /// A ticket for a member, or for somebody who was proposed as one.
    pub(super) fn ticket(&self, wanted: &str) -> Result<String> {
        let phase = self.engine.phase();
        let log = self.engine.log().filter(|log| log.is_founded() && phase != Phase::Removed);
        let holder = self.holder(log.ok_or_else(|| not_yet(phase))?, wanted)?;
        let contacts = self.engine.contacts().into_iter().filter(|contact| contact.member != holder.member);
        let contacts = contacts.take(CONTACTS_A_TICKET).map(|contact| Contact {
            member: contact.member,
            sealing: contact.sealing,
            peer: contact.peer.to_bytes(),
            addresses: contact.addresses,
        });
        let ticket = Ticket { circle: self.circle(), act: holder.act, contacts: contacts.collect() };
        ticket
            .seal(holder.sealing, &mut random::generator()?)
            .map_err(|error| Error::new(Exit::Failed, "ticket", error.to_string(), error.remedy()))
    }

    /// The one that is meant by a name, an id, or the beginning of the member's or the act's id.
    fn holder<'a>(&'a self, log: &'a ActLog, wanted: &str) -> Result<Holder<'a>> {
        let now = self.now().unix;
        let members = self.engine.roster().into_iter().flat_map(|roster| roster.members.values());
        let members = members.map(|entry| Holder {
            member: entry.member,
            act: entry.act,
            name: entry.name.as_str(),
            sealing: &entry.sealing,
            is_member: true,
        });
        let proposed = log.acts().filter(|(id, _)| log.act_state(id, now).is_some_and(waits));
        let proposed = proposed.filter_map(|(id, signed)| {
            let card = signed.act.body.card()?;
            let (member, name, sealing) = (card.member(), card.name.as_str(), &card.sealing);
            Some(Holder { member, act: *id, name, sealing, is_member: false })
        });
        let means = |holder: &Holder<'_>| {
            let ids = [holder.member.to_string(), holder.act.to_string()];
            holder.name == wanted || ids.iter().any(|id| begins(id, wanted))
        };
        let mut meant: Vec<Holder<'_>> = members.chain(proposed).filter(means).collect();
        // A member is proposed again where its role shall be another one, or twice by two stewards.
        meant.sort_by_key(|holder| (holder.member, !holder.is_member));
        meant.dedup_by_key(|holder| holder.member);
        match meant.len() {
            0 => Err(Error::new(
                Exit::Refused,
                "no-such-member",
                format!("nobody called {wanted} is a member or proposed as one"),
                "watchfire circle invite --card FILE, then the ticket",
            )),
            1 => Ok(meant.remove(0)),
            several => {
                let which = |holder: &Holder<'_>| {
                    let id = holder.member.to_string();
                    let standing = if holder.is_member { "a member" } else { "proposed" };
                    format!("{} ({standing})", id.get(..12).unwrap_or(&id))
                };
                let ids: Vec<String> = meant.iter().map(which).collect();
                Err(Error::usage(
                    format!("{several} are called {wanted}"),
                    format!("watchfire circle ticket with {}", ids.join(", or ")),
                ))
            }
        }
    }
}
