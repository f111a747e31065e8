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
        // One that its author has replaced or taken back does not count any more, for the author neither.
        let replaced: Vec<_> = named
            .iter()
            .filter_map(|named| Some((named.0.record.record().author, named.report().replaces?)))
            .collect();
        named.retain(|named| {
            let author = named.0.record.record().author;
            let ended = self.view.ending(&named.id(), &author, &self.roster);
            ended.is_none() && !replaced.contains(&(author, named.id()))
        });
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use watchfire_keys::{Card, CircleId, EnvelopeId, EpochId, Identity, Name, RecordId, Side, UnixMillis};
    use watchfire_protocol::circle::Keyring;
    use watchfire_protocol::crypto::RealCrypto;
    use watchfire_protocol::engine::{Change, Phase};
    use watchfire_protocol::indicator::Tlp;
    use watchfire_protocol::publication::{Author, ReportDraft, sign_named};
    use watchfire_protocol::record::{
        Body, Position, Record, Setting, Severity, SignedRecord, VERSION, Withdrawal,
    };

    use super::super::{AlertFilter, Facts};
    use crate::daemon::keep;
    use crate::exit::Exit;
    use crate::store::{Batch, MemoryStore, Store};

    const CIRCLE: CircleId = CircleId::from_bytes([7; 32]);
    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn identity(seed: u8) -> Identity {
        Identity::generate(&mut ChaCha20Rng::from_seed([seed; 32]))
    }

    fn named(author: &Identity, reader: &Identity) -> SignedRecord {
        let draft = ReportDraft {
            title: "Quiet".into(),
            summary: String::new(),
            tlp: Tlp::Red,
            severity: Severity::High,
            indicators: Vec::new(),
            techniques: Vec::new(),
            playbook: String::new(),
            references: Vec::new(),
            valid_until: None,
            replaces: None,
            audience: vec![reader.member()],
        };
        let signer = Author { circle: CIRCLE, member: author.member(), key: &author.publisher };
        let both = [author, reader];
        let sealing =
            |member: &_| both.iter().find(|one| one.member() == *member).map(|one| one.sealing.public());
        let mut random = ChaCha20Rng::from_seed([9; 32]);
        sign_named(draft, &RealCrypto, signer, Position::FIRST, NOW, sealing, &mut random).unwrap()
    }

    fn withdrawal(by: &Identity, of: RecordId) -> SignedRecord {
        let record = Record {
            version: VERSION,
            circle: CIRCLE,
            author: by.member(),
            signer: by.publisher.public(),
            seq: 1,
            prev: Some(of),
            created: NOW,
            body: Body::Withdrawal(Withdrawal { record: of, reason: "A mistake.".into() }),
        };
        SignedRecord::sign(&RealCrypto, record, &by.publisher)
    }

    fn keep_record(store: &dyn Store, record: &SignedRecord) -> RecordId {
        let id = record.id(&RealCrypto);
        let mut batch = Batch::new();
        let change = Change::Record {
            id,
            epoch: Some(EpochId::from_bytes([1; 32])),
            envelope: Some(EnvelopeId::from_bytes(*id.as_bytes())),
            bytes: record.to_bytes().into(),
            received: NOW,
        };
        keep::add(&mut batch, &change);
        store.apply(batch).unwrap();
        id
    }

    /// How many alerts this member is shown, and whether it can look at the one that is called so.
    fn shown(store: &dyn Store, to: &Identity) -> (usize, Result<String, Exit>) {
        let card = Card::sign(to, Name::parse("Smith").unwrap(), Side::parse("democratic").unwrap(), NOW);
        let kept = keep::read(store, CIRCLE, NOW).unwrap();
        let facts = Facts {
            card: &card,
            circle: CIRCLE,
            phase: Phase::Member,
            draft: None,
            roster: None,
            log: None,
            keyring: &Keyring::new(CIRCLE, to.member()),
            epoch: None,
            view: &kept.view,
            store,
            waiting: 0,
            now: NOW,
            live: None,
        };
        let shown = facts.show("Quiet").map(|alert| alert.title).map_err(|error| error.exit());
        (facts.alerts(&AlertFilter::default()).unwrap().len(), shown)
    }

    #[test]
    fn what_its_author_took_back_is_shown_neither_to_its_readers_nor_to_the_author() {
        let (author, reader, other) = (identity(1), identity(2), identity(3));
        let signed = named(&author, &reader);
        let store = MemoryStore::new();
        let id = keep_record(&store, &signed);
        let Body::Named(sealed) = &signed.record().body else { panic!("a named record") };
        let inner = sealed.open(&[&reader.sealing], &Setting::of(signed.record())).unwrap();
        let mut batch = Batch::new();
        keep::add(&mut batch, &Change::Named { id, bytes: inner.to_bytes().into() });
        store.apply(batch).unwrap();
        for one in [&author, &reader] {
            assert_eq!(shown(&store, one), (1, Ok("Quiet".to_owned())));
        }
        // Nobody else can take it back.
        keep_record(&store, &withdrawal(&other, id));
        assert_eq!(shown(&store, &reader).0, 1);
        keep_record(&store, &withdrawal(&author, id));
        for one in [&author, &reader] {
            assert_eq!(shown(&store, one), (0, Err(Exit::NothingFound)));
        }
    }
}
