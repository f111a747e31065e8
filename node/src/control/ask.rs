//! One client, two back ends: the running daemon, or the store itself when no daemon runs.

use watchfire_keys::Keys;
use watchfire_protocol::circle::Keyring;
use watchfire_protocol::engine::Phase;

use super::opened::{OpenCircle, open_circle};
use super::{Answer, Ask, Facts, FailureDoc, Request};
use crate::api::client;
use crate::cli::Context;
use crate::clock;
use crate::error::{Error, Result};

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
    let OpenCircle { id, store, kept, .. } =
        &open_circle(context, identity, &drafts, request.circle.as_deref())?;
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
