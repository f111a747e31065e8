//! One client, two back ends: the running daemon, or the store itself when no daemon runs.

use std::time::Duration;

use watchfire_keys::Keys;
use watchfire_protocol::circle::Keyring;
use watchfire_protocol::engine::Phase;

use super::{Answer, Ask, Facts, FailureDoc, Request, choose_circle};
use crate::api::client;
use crate::cli::Context;
use crate::clock;
use crate::daemon::keep;
use crate::error::{Error, Result};
use crate::store;

/// How long a daemon that is just stopping may hold a store.
const STORE_PATIENCE: Duration = Duration::from_secs(3);

/// Asks the daemon; a reading question that finds none is answered from the store. A refusal is an error.
pub fn ask(context: &Context, ask: Ask) -> Result<Answer> {
    context.home.require_initialised()?;
    let request = Request { circle: context.circle.clone(), ask };
    let answer = if client::is_running(&context.home) || !request.ask.is_reading() {
        client::call(&context.home, &request)?
    } else {
        let identity = context.home.open_identity(&context.passphrase, context.out)?;
        from_store(context, &identity, &request)?
    };
    match answer {
        Answer::Failed(failure) => Err(failure.into()),
        answer => Ok(answer),
    }
}

fn from_store(context: &Context, identity: &Keys, request: &Request) -> Result<Answer> {
    let home = &context.home;
    let now = clock::now();
    let card = home.card()?;
    let drafts = crate::daemon::drafts(home)?;
    let mut ids = home.circles()?;
    ids.extend(drafts.iter().map(|draft| draft.circle()));
    ids.sort_unstable();
    ids.dedup();
    let mut circles = Vec::new();
    for id in ids {
        let circle = home.circle(id);
        let opened = store::open(&circle, &identity.storage, now, STORE_PATIENCE)?;
        let kept =
            keep::read(&opened.store, id, now).map_err(|error| error.describe(&circle.store_path()))?;
        circles.push((id, opened.store, kept));
    }
    let names: Vec<String> = circles
        .iter()
        .map(|(id, _, kept)| {
            let charter = kept.restored.log.charter().map(|charter| charter.name.to_string());
            let drafted = drafts.iter().find(|draft| draft.circle() == *id);
            charter
                .or(drafted.map(|draft| draft.charter().name.to_string()))
                .unwrap_or_else(|| id.to_string())
        })
        .collect();
    let named: Vec<_> = circles.iter().zip(&names).map(|((id, ..), name)| (*id, name.as_str())).collect();
    let index = choose_circle(&named, request.circle.as_deref())?;
    let Some((id, store, kept)) = circles.get(index) else {
        return Err(Error::usage("no such circle", "watchfire status"));
    };
    let restored = &kept.restored;
    let roster = restored.log.roster();
    let draft = drafts.iter().find(|draft| draft.circle() == *id).filter(|_| roster.is_none());
    let phase = match roster {
        Some(roster) if roster.is_member(&card.member()) => Phase::Member,
        Some(roster) if roster.former.contains_key(&card.member()) => Phase::Removed,
        None if draft.is_some() => Phase::Founding,
        _ => Phase::Waiting,
    };
    let mut keyring = Keyring::new(*id, card.member());
    for header in &restored.headers {
        let _ = keyring.insert_header(header.clone(), &restored.log, now);
    }
    for (epoch, secret) in &restored.secrets {
        let _ = keyring.insert_secret(*epoch, secret.clone());
    }
    let facts = Facts {
        card: &card,
        circle: *id,
        phase,
        draft,
        roster: roster.map(|roster| &**roster),
        log: Some(&restored.log),
        keyring: &keyring,
        epoch: roster.and_then(|roster| keyring.sealing(roster, now)).map(|keys| *keys.epoch()),
        view: &kept.view,
        store,
        waiting: restored.records.iter().filter(|record| record.epoch.is_none()).count(),
        now,
        live: None,
    };
    // Only reading questions come here, and each of them has an answer.
    Ok(facts.answer(&request.ask).unwrap_or_else(|| {
        Answer::Failed(FailureDoc::from(&Error::usage("this needs the daemon", "watchfire run")))
    }))
}
