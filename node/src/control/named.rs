//! Reports for named readers, as their readers see them. They stand in no shared view and enter no export.

use watchfire_keys::{MemberId, UnixMillis};
use watchfire_protocol::circle::Roster;
use watchfire_protocol::limits::DAY_MS;
use watchfire_protocol::record::Report;
use watchfire_protocol::view::lifetime_ms;

use super::alerts::names;
use super::facts::unreadable;
use super::{AlertDoc, Facts, IndicatorDoc, not_yet};
use crate::clock::rfc3339;
use crate::daemon::keep::{self, KeptNamed};
use crate::error::{Error, Result};
use crate::exit::Exit;

/// How long a report without indicators counts when its author has not said so, as in the shared view.
const TEXT_ONLY_MS: u64 = 90 * DAY_MS;

/// A report for named readers, this member among them.
pub(super) struct Named(KeptNamed);

impl Named {
    pub(super) fn id(&self) -> watchfire_keys::RecordId {
        self.0.id
    }

    pub(super) fn report(&self) -> &Report {
        &self.0.inner.report
    }

    pub(super) fn created(&self) -> UnixMillis {
        self.0.record.record().created
    }

    fn expires(&self) -> UnixMillis {
        let lifetime = self.report().indicators.iter().map(|indicator| lifetime_ms(indicator.kind())).max();
        let until = || self.created().saturating_add(lifetime.unwrap_or(TEXT_ONLY_MS));
        self.report().valid_until.unwrap_or_else(until)
    }

    pub(super) fn is_current(&self, now: UnixMillis) -> bool {
        now < self.expires()
    }
}

impl Facts<'_> {
    /// Every report that names this member as a reader, newest first.
    pub(super) fn named(&self) -> Result<Vec<Named>> {
        let mut named: Vec<Named> =
            keep::named(self.store).map_err(|error| unreadable(&error))?.into_iter().map(Named).collect();
        named.sort_by_key(|named| (std::cmp::Reverse(named.created()), named.id()));
        // One that an author has replaced does not count any more.
        let replaced: Vec<_> = named
            .iter()
            .filter_map(|named| Some((named.0.record.record().author, named.report().replaces?)))
            .collect();
        named.retain(|named| !replaced.contains(&(named.0.record.record().author, named.id())));
        Ok(named)
    }

    /// The one that a person means, if one of these is meant.
    pub(super) fn show_named(&self, wanted: &str) -> Result<Option<AlertDoc>> {
        let all = self.named()?;
        let by_id: Vec<&Named> = all.iter().filter(|named| names(&named.id(), wanted)).collect();
        let found = if by_id.is_empty() {
            all.iter().filter(|named| named.report().title == wanted).collect()
        } else {
            by_id
        };
        match found[..] {
            [] => Ok(None),
            [one] => Ok(Some(self.named_doc(one))),
            _ => Err(Error::usage(
                format!("{} alerts are called {wanted}", found.len()),
                "more characters of the id: watchfire alerts lists them",
            )),
        }
    }

    pub(super) fn named_doc(&self, named: &Named) -> AlertDoc {
        let (record, report) = (named.0.record.record(), named.report());
        let own = record.author == self.card.member();
        AlertDoc {
            record: named.id().to_string(),
            title: report.title.clone(),
            summary: report.summary.clone(),
            author: self.name_of(&record.author),
            side: self.side_of(&record.author).map(ToString::to_string).unwrap_or_default(),
            tlp: report.tlp.as_str().to_owned(),
            severity: report.severity.as_str().to_owned(),
            created: rfc3339(record.created),
            received: (!own).then(|| rfc3339(named.0.received)),
            expires: Some(rfc3339(named.expires())),
            complete: true,
            techniques: report.techniques.iter().map(ToString::to_string).collect(),
            references: report.references.iter().map(|reference| reference.address.clone()).collect(),
            indicators: report.indicators.iter().map(IndicatorDoc::from).collect(),
            readers: named.0.inner.audience.iter().map(|member| self.name_of(member)).collect(),
        }
    }
}

/// The members that a person means, each by an id, the beginning of one, or its exact name.
///
/// # Errors
/// When one of them is nobody of the circle, or several.
pub fn members_named(roster: Option<&Roster>, wanted: &[String]) -> Result<Vec<MemberId>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let roster = roster.ok_or_else(|| not_yet(watchfire_protocol::engine::Phase::Waiting))?;
    wanted.iter().map(|wanted| member_named(roster, wanted)).collect()
}

fn member_named(roster: &Roster, wanted: &str) -> Result<MemberId> {
    let lower = wanted.to_ascii_lowercase();
    let exact: Vec<MemberId> = roster
        .members
        .values()
        .filter(|entry| entry.name.as_str() == wanted)
        .map(|entry| entry.member)
        .collect();
    let meant = if exact.is_empty() && wanted.len() >= 4 {
        let begins = |member: &MemberId| member.to_string().starts_with(&lower);
        roster.members.values().map(|entry| entry.member).filter(begins).collect()
    } else {
        exact
    };
    match meant[..] {
        [one] => Ok(one),
        [] => Err(Error::new(
            Exit::Refused,
            "no-such-member",
            format!("no member of the circle is called {wanted}"),
            "watchfire circle show lists the members with their ids",
        )),
        _ => Err(Error::usage(
            format!("{} members are called {wanted}", meant.len()),
            "more characters of the id: watchfire circle show",
        )),
    }
}
