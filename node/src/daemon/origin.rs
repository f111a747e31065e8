//! Which circles a home is in, and how far each has come: founded, being founded, or joined by a ticket.

use std::sync::Arc;

use watchfire_keys::{CircleId, KeyName, Keys};
use watchfire_protocol::circle::{Draft, Ticket, TicketError};
use watchfire_protocol::engine::{Contact, PeerName};

use super::STORE_PATIENCE;
use super::keep::{self, RestoredKeys};
use super::node::Origin;
use super::peer::Peer;
use crate::clock;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::{CircleHome, Home, files, lacks};
use crate::store::{self, Store};

/// Bytes of a draft or ticket file, at most.
const MAX_FILE_BYTES: usize = 1024 * 1024;

/// A circle of this home, ready to start.
pub(super) struct Found {
    pub(super) home: CircleHome,
    /// Its name, or its id while the name is not known.
    pub(super) name: String,
    pub(super) start: Origin,
    pub(super) store: Arc<dyn Store>,
    /// Something that was kept once is missing, and no peer has brought it back yet.
    pub(super) lost: bool,
}

/// Every circle of this home.
pub(super) fn circles(home: &Home, identity: &Keys) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let restored = restored_keys(home, identity)?;
    let drafts = drafts(home)?;
    let mut ids: Vec<CircleId> = home.circles()?;
    ids.extend(drafts.iter().map(Draft::circle));
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let circle = home.circle(id);
        let opened = store::open(&circle, &identity.storage, clock::now(), STORE_PATIENCE)?;
        let store: Arc<dyn Store> = Arc::new(opened.store);
        let lost = keep::note_restored(&*store, restored)
            .and_then(|()| keep::note_loss(&*store, opened.lost_batches))
            .map_err(|error| error.describe(&circle.store_path()))?;
        let kept =
            keep::read(&*store, id, clock::now()).map_err(|error| error.describe(&circle.store_path()))?;
        let contacts = contacts(&circle, identity, kept.is_founded())?;
        let draft = drafts.iter().find(|draft| draft.circle() == id);
        let (name, start) = if kept.is_founded() {
            let name = kept.restored.log.charter().map(|charter| charter.name.to_string());
            (name, Some(Origin::Restored(Box::new(kept), contacts)))
        } else if !contacts.is_empty() {
            // Also for a founder: whoever made the ticket has the founding.
            (None, Some(Origin::Joining(contacts)))
        } else if let Some(draft) = draft {
            (Some(draft.charter().name.to_string()), Some(Origin::Founding(Box::new(draft.clone()))))
        } else {
            (None, None)
        };
        if let Some(start) = start {
            found.push(Found {
                home: circle,
                name: name.unwrap_or_else(|| id.to_string()),
                start,
                store,
                lost,
            });
        }
    }
    Ok(found)
}

fn restored_keys(home: &Home, identity: &Keys) -> Result<RestoredKeys> {
    let in_use = home.restored_publisher()?.filter(|restored| {
        identity.publisher.as_ref().is_some_and(|publisher| publisher.public() == *restored)
    });
    Ok(match in_use {
        Some(_) => RestoredKeys::InUse,
        None if home.is_restored()? => RestoredKeys::Replaced,
        None => RestoredKeys::No,
    })
}

/// The drafts in this home that can be read. One that cannot is named, and stops nothing else.
pub(crate) fn drafts(home: &Home) -> Result<Vec<Draft>> {
    let mut drafts = Vec::new();
    for path in home.drafts()? {
        let bytes = files::read(&path, MAX_FILE_BYTES).map_err(|error| home.unreadable("drafts", &error))?;
        match Draft::from_bytes(&bytes) {
            Ok((draft, _)) => drafts.push(draft),
            Err(error) => tracing::warn!(path = %path.display(), %error, "a draft cannot be read"),
        }
    }
    Ok(drafts)
}

/// Opens a ticket with the sealing key of today or one from before.
pub(crate) fn open_ticket(identity: &Keys, text: &str) -> Result<std::result::Result<Ticket, TicketError>> {
    let keys = identity.sealing.iter().chain(&identity.former_sealing);
    let opened = keys.map(|key| Ticket::open(key, text)).reduce(|first, next| first.or(next));
    opened.ok_or_else(|| lacks(KeyName::Sealing))
}

/// The members that a ticket names.
fn contacts(circle: &CircleHome, identity: &Keys, is_founded: bool) -> Result<Vec<Contact<Peer>>> {
    let path = circle.ticket_path();
    let bytes = match files::read(&path, MAX_FILE_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(circle.home().unreadable("ticket.txt", &error)),
    };
    let ticket = match open_ticket(identity, &String::from_utf8_lossy(&bytes))? {
        Ok(ticket) => ticket,
        // A ticket from before a change of the sealing key helped to join, and the store knows the members now.
        Err(_) if is_founded => return Ok(Vec::new()),
        Err(error) => {
            let text = format!("{}: {error}", path.display());
            return Err(Error::new(Exit::Failed, "ticket", text, error.remedy()));
        }
    };
    let contact = |contact: watchfire_protocol::circle::Contact| {
        Some(Contact {
            peer: Peer::from_bytes(&contact.peer)?,
            member: contact.member,
            sealing: contact.sealing,
            addresses: contact.addresses,
        })
    };
    Ok(ticket.contacts.into_iter().filter_map(contact).collect())
}
