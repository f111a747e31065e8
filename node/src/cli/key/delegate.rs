//! `key delegate`: lets a key on another machine sign for the organisation.

use clap::Args;
use watchfire_keys::card::DELEGATION_LEAD_MS;
use watchfire_keys::{Delegation, KeyName, UnixMillis, codec};

use super::super::{Context, duration};
use super::{Done, Scope, in_every_circle, public_key};
use crate::clock;
use crate::control::{KeyAsk, hex};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::home::lacks;

/// Let another key sign for this organisation
#[derive(Debug, Args)]
#[command(after_help = "Example: watchfire key delegate --scope publish --key laptop.key --until 90d")]
pub(super) struct DelegateKey {
    /// What it may sign
    #[arg(long)]
    scope: Scope,
    /// The public key: a file with its 64 digits, the digits, or `publisher` or `steward` for this home's own
    #[arg(long, value_name = "FILE")]
    key: String,
    /// Until when: a date such as 2027-03-01, a time in RFC 3339, or a span such as 90d
    #[arg(long, value_name = "DATE")]
    until: String,
}

impl DelegateKey {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        context.home.require_initialised()?;
        let now = clock::now();
        let until = date(&self.until, now).filter(|until| *until > now).ok_or_else(|| {
            Error::usage(format!("{} is no time to come", self.until), "--until 2027-03-01, or --until 90d")
        })?;
        let key = public_key(context, &self.key)?;
        let keys = context.home.open_identity(&context.passphrase, context.out)?;
        let organisation = keys.organisation.as_ref().ok_or_else(|| lacks(KeyName::Organisation))?;
        // A machine whose clock is behind can sign at once, as with the keys on a card.
        let from = now.saturating_sub(DELEGATION_LEAD_MS);
        let delegation = Delegation::sign(organisation, key, self.scope.scopes(), from, until);
        let encoded = hex(&codec::encode(&delegation));
        let circles = in_every_circle(context, || KeyAsk::Delegate { delegation: encoded.clone() })?;
        context.out.document(&Done { key: key.to_string(), circles })?;
        Ok(Exit::Ok)
    }
}

/// The time that a person means.
fn date(text: &str, now: UnixMillis) -> Option<UnixMillis> {
    let span = || duration::parse(text).ok().map(|span| now.saturating_add(span));
    let day = || clock::read_rfc3339(&format!("{text}T00:00:00Z"));
    clock::read_rfc3339(text).or_else(span).or_else(day)
}

#[cfg(test)]
mod tests {
    use watchfire_keys::UnixMillis;

    use super::date;

    #[test]
    fn a_date_a_time_and_a_span_are_understood() {
        let now = UnixMillis(1_790_000_000_000);
        assert_eq!(date("2d", now), Some(UnixMillis(now.0 + 172_800_000)));
        assert_eq!(date("2027-03-01", now), date("2027-03-01T00:00:00Z", now));
        assert!(date("2027-03-01", now) > Some(now));
        for wrong in ["", "soon", "2027-13-01", "01.03.2027", "90"] {
            assert_eq!(date(wrong, now), None, "{wrong}");
        }
    }
}
