//! `circle log --verify`: reads every act, approval and header that is in use from the disk again, checks it as if a
//! stranger had sent it, and compares what follows from them with what this node goes by.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use watchfire_keys::{ActId, hash, labels};
use watchfire_protocol::circle::{ActLog, Item, ItemId, Keyring};
use watchfire_protocol::rules::Rule;

use super::Facts;
use super::facts::unreadable;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::store::Table;

/// What was verified.
pub(super) struct Verified {
    /// How many items.
    pub(super) items: u64,
    /// Names the roster that follows from them: two nodes that show the same text have the same members.
    pub(super) roster: String,
}

impl Facts<'_> {
    pub(super) fn verify(&self, log: &ActLog) -> Result<Verified> {
        let mut fresh = ActLog::new(self.circle);
        let mut acts = self.kept(Table::Acts)?;
        let mut items = acts.len();
        for id in log.ids() {
            let item = acts.remove(&id).ok_or_else(|| lost(&id))?;
            fresh.insert(item, self.now).map_err(|rule| broken(&id, rule))?;
        }
        // What is kept beside those waits for something, or was passed over when it was read.
        for (id, item) in acts {
            fresh.insert(item, self.now).map_err(|rule| broken(&id, rule))?;
        }
        let mut keyring = Keyring::new(self.circle, self.card.member());
        let mut headers = self.kept(Table::Headers)?;
        for (epoch, _) in self.keyring.headers() {
            let id = *epoch.as_bytes();
            let Some(Item::Header(header)) = headers.remove(&id) else { return Err(lost(&id)) };
            keyring.insert_header(header, &fresh, self.now).map_err(|rule| broken(&id, rule))?;
            items = items.saturating_add(1);
        }
        let roster = fresh.roster().map(|roster| &**roster).filter(|roster| self.roster == Some(roster));
        let Some(roster) = roster else {
            return Err(failed("the members that follow from the acts on disk are not those in use"));
        };
        let named: Vec<u8> = roster.frontier.iter().flat_map(|act| *act.as_bytes()).collect();
        let items = u64::try_from(items).unwrap_or(u64::MAX);
        Ok(Verified { items, roster: ActId::from_bytes(hash(labels::HASH_FRONTIER, &[&named])).to_string() })
    }

    /// The items that the disk has, each under its own id.
    fn kept(&self, table: Table) -> Result<BTreeMap<ItemId, Item>> {
        let mut items = BTreeMap::new();
        let mut strange = false;
        let damaged = self.store.damaged_values();
        let scanned = self.store.scan(table, &[], &mut |key, value| {
            match (ItemId::try_from(key), Item::from_bytes(value)) {
                (Ok(id), Ok(item)) if item.id() == id => {
                    items.insert(id, item);
                }
                _ => strange = true,
            }
            ControlFlow::Continue(())
        });
        scanned.map_err(|error| unreadable(&error))?;
        if strange || self.store.damaged_values() > damaged {
            return Err(failed("an entry on the disk is damaged"));
        }
        Ok(items)
    }
}

fn broken(id: &ItemId, rule: Rule) -> Error {
    failed(&format!("{} does not hold: {rule}", short(id)))
}

fn lost(id: &ItemId) -> Error {
    failed(&format!("{} is in use and not on the disk", short(id)))
}

fn short(id: &ItemId) -> String {
    let text = ActId::from_bytes(*id).to_string();
    text.get(..12).unwrap_or(&text).to_owned()
}

fn failed(text: &str) -> Error {
    Error::new(
        Exit::Failed,
        "log-broken",
        text,
        "stop the daemon, move the circle's store away, and run again: every member has the acts",
    )
}
