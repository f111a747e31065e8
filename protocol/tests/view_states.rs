//! What the shared view says of an observable, and which alerts it lists.

#![allow(clippy::unwrap_used)]

mod record_support;

use record_support::*;
use watchfire_keys::{MemberId, RecordId, Side, UnixMillis};
use watchfire_protocol::{
    crypto::RealCrypto,
    indicator::{Indicator, Kind},
    limits::DAY_MS,
    publication::ReportDraft,
    record::{
        Acknowledgement, Body, CountBucket, Dispute, Position, Record, Reference, Report, Severity, Sighting,
        SightingKind, SignedRecord, Withdrawal,
    },
    view::{AlertSummary, Corroboration, Ending, Members, Observable, State, View, lifetime_ms},
};

fn at(ms: u64) -> UnixMillis {
    NOW.saturating_add(ms)
}

/// A statement of a member some time after now.
fn statement(number: u8, after_ms: u64, body: Body) -> SignedRecord {
    sign(Record {
        author: member(number),
        signer: publisher(number).public(),
        created: at(after_ms),
        ..record(body)
    })
}

fn said(number: u8, indicators: Vec<Indicator>) -> SignedRecord {
    statement(number, 0, Body::Report(report(indicators)))
}

fn citing(number: u8, source: &str, address: &str) -> SignedRecord {
    let references = vec![Reference { source: source.into(), address: address.into() }];
    statement(number, 0, Body::Report(Report { references, ..report(vec![evil()]) }))
}

fn dispute(number: u8, after_ms: u64) -> SignedRecord {
    let reason = "It is our own donation page.".into();
    statement(number, after_ms, Body::Dispute(Dispute { indicator: evil(), reason }))
}

fn withdraw(number: u8, record: RecordId) -> SignedRecord {
    statement(number, 5, Body::Withdrawal(Withdrawal { record, reason: "A mistake.".into() }))
}

fn sight(number: u8, kind: SightingKind, day: u32) -> SignedRecord {
    statement(number, 0, Body::Sighting(Sighting { indicator: evil(), kind, count: CountBucket::One, day }))
}

fn id(record: &SignedRecord) -> RecordId {
    record.id(&RealCrypto)
}

fn evil() -> Indicator {
    domain("evil.example.com")
}

fn view(records: &[SignedRecord]) -> View {
    view_with(Corroboration::default(), records)
}

fn view_with(rule: Corroboration, records: &[SignedRecord]) -> View {
    let mut view = View::new(rule);
    for record in records {
        assert!(view.insert(&RealCrypto, &stored(record), NOW));
    }
    view
}

fn seen_at(view: &View, indicator: &Indicator, now: UnixMillis) -> Option<Observable> {
    let sides = Sides::new();
    view.observable(&RealCrypto, indicator, now, &sides)
}

fn state_at(records: &[SignedRecord], now: UnixMillis) -> Option<State> {
    seen_at(&view(records), &evil(), now).map(|observable| observable.state)
}

fn state(records: &[SignedRecord]) -> Option<State> {
    state_at(records, NOW)
}

fn alerts(view: &View) -> Vec<AlertSummary> {
    let sides = Sides::new();
    view.alerts(&sides)
}

#[test]
fn what_nobody_reported_is_unknown() {
    assert_eq!(state(&[]), None);
    assert_eq!(state(&[said(1, vec![domain("other.example.com")])]), None);
    assert_eq!(state(&[dispute(1, 0)]), None, "a dispute is no report");
    assert_eq!(state(&[sight(1, SightingKind::Seen, 0)]), None, "a hit in a log is no verdict");
}

#[test]
fn one_member_reports_and_two_of_two_sides_corroborate() {
    assert_eq!(state(&[said(1, vec![evil()])]), Some(State::Reported));
    assert_eq!(state(&[said(1, vec![evil()]), said(2, vec![evil()])]), Some(State::Reported), "one side");
    assert_eq!(state(&[said(1, vec![evil()]), said(5, vec![evil()])]), Some(State::Corroborated));
}

#[test]
fn a_member_that_repeats_itself_counts_once() {
    let often: Vec<_> = (0..5).map(|ms| statement(1, ms, Body::Report(report(vec![evil()])))).collect();
    let found = seen_at(&view(&often), &evil(), NOW).unwrap();
    assert_eq!((found.state, found.members, found.reports.len()), (State::Reported, 1, 5));
    assert_eq!(found.sides.len(), 1);
}

/// Member 2 is member 1 under another organisation key.
struct BoundAnew(Sides);

impl Members for BoundAnew {
    fn side_of(&self, member: &MemberId) -> Option<&Side> {
        self.0.side_of(member)
    }

    fn canonical(&self, of: &MemberId) -> MemberId {
        if *of == member(1) { member(2) } else { *of }
    }
}

#[test]
fn an_organisation_that_was_bound_anew_does_not_bear_itself_out() {
    let rule = Corroboration { members: 2, sides: 1 };
    let days =
        [sight(1, SightingKind::Seen, 7), sight(2, SightingKind::Seen, 7), sight(2, SightingKind::Seen, 8)];
    let both = [&[said(1, vec![evil()]), said(2, vec![evil()])][..], &days].concat();
    let found = |records: &[SignedRecord], members: &BoundAnew| {
        view_with(rule, records).observable(&RealCrypto, &evil(), NOW, members).unwrap()
    };
    let bound = BoundAnew(Sides::new());
    let as_one = found(&both, &bound);
    assert_eq!((as_one.state, as_one.members, as_one.sightings), (State::Reported, 1, 2));
    let as_two = seen_at(&view_with(rule, &both), &evil(), NOW).unwrap();
    assert_eq!((as_two.state, as_two.members, as_two.sightings), (State::Corroborated, 2, 3));
    let third = [&both[..], &[said(3, vec![evil()])]].concat();
    assert_eq!(found(&third, &bound).state, State::Corroborated);
    // It can take back what it said under its former key; nobody else can.
    let before = said(1, vec![evil()]);
    for (by, state) in [(2, State::Withdrawn), (1, State::Withdrawn), (3, State::Reported)] {
        assert_eq!(found(&[before.clone(), withdraw(by, id(&before))], &bound).state, state);
    }
}

#[test]
fn a_head_and_its_parts_are_one_report() {
    let mut records = publication(1, draft([domains(1_000), vec![evil()]].concat()), Position::FIRST);
    let of_part = statement(1, 0, part(id(&records[0]), 0, vec![evil()]));
    records.push(of_part);
    let found = seen_at(&view(&records), &evil(), NOW).unwrap();
    assert_eq!((found.reports.len(), found.members), (1, 1));
}

#[test]
fn who_is_not_on_the_roster_counts_for_nothing() {
    assert_eq!(state(&[said(100, vec![evil()])]), None);
    assert_eq!(state(&[said(1, vec![evil()]), said(100, vec![evil()])]), Some(State::Reported));
    assert_eq!(alerts(&view(&[said(100, vec![evil()])])), []);
}

#[test]
fn a_charter_may_ask_for_more_members_and_sides() {
    let rule = Corroboration { members: 3, sides: 3 };
    let three_sides = [said(1, vec![evil()]), said(5, vec![evil()]), said(9, vec![evil()])];
    let found = |records: &[SignedRecord]| seen_at(&view_with(rule, records), &evil(), NOW).unwrap().state;
    assert_eq!(found(&three_sides[..2]), State::Reported);
    assert_eq!(found(&three_sides), State::Corroborated);
}

#[test]
fn the_same_outside_source_corroborates_nothing() {
    let same = [
        citing(1, "Labs", "https://labs.example.org/x"),
        citing(5, "labs.", "http://www.Labs.example.org/x/"),
    ];
    assert_eq!(state(&same), Some(State::Reported));
    let different =
        [citing(1, "Labs", "https://labs.example.org/x"), citing(5, "Labs", "https://labs.example.org/y")];
    assert_eq!(state(&different), Some(State::Corroborated));
    let by_name = [citing(1, "Labs", ""), citing(5, "LABS", "")];
    assert_eq!(state(&by_name), Some(State::Reported));
}

#[test]
fn reports_expire_as_the_author_said_or_with_their_type() {
    let day = |days: u64| at(days * DAY_MS);
    let said = [said(1, vec![evil()])];
    assert_eq!(lifetime_ms(Kind::Domain), 90 * DAY_MS);
    assert_eq!(state_at(&said, day(89)), Some(State::Reported));
    assert_eq!(state_at(&said, day(90)), Some(State::Expired));

    let until = Report { valid_until: Some(day(2)), ..report(vec![evil()]) };
    let until = [statement(1, 0, Body::Report(until))];
    assert_eq!(state_at(&until, day(1)), Some(State::Reported));
    assert_eq!(state_at(&until, day(2)), Some(State::Expired));
    assert_eq!(seen_at(&view(&until), &evil(), day(3)).unwrap().expires, day(2));
}

#[test]
fn an_expired_report_no_longer_corroborates() {
    let short = Report { valid_until: Some(at(DAY_MS)), ..report(vec![evil()]) };
    let records = [said(1, vec![evil()]), statement(5, 0, Body::Report(short))];
    assert_eq!(state(&records), Some(State::Corroborated));
    assert_eq!(state_at(&records, at(DAY_MS)), Some(State::Reported));
}

#[test]
fn only_the_author_takes_a_report_back() {
    let mine = said(1, vec![evil()]);
    assert_eq!(state(&[mine.clone(), withdraw(1, id(&mine))]), Some(State::Withdrawn));
    assert_eq!(state(&[mine.clone(), withdraw(5, id(&mine))]), Some(State::Reported));
    let theirs = said(5, vec![evil()]);
    assert_eq!(state(&[mine.clone(), theirs, withdraw(1, id(&mine))]), Some(State::Reported));
}

#[test]
fn a_replaced_report_counts_no_longer() {
    let first = said(1, vec![evil(), domain("mistake.example.com")]);
    let better = Report { replaces: Some(id(&first)), ..report(vec![evil()]) };
    let second = statement(1, 5, Body::Report(better.clone()));
    let both = view(&[first.clone(), second.clone()]);
    assert_eq!(seen_at(&both, &evil(), NOW).unwrap().reports, [id(&second)]);
    let mistake = seen_at(&both, &domain("mistake.example.com"), NOW).unwrap();
    assert_eq!(mistake.state, State::Withdrawn);
    let by_another = statement(5, 5, Body::Report(better));
    let found = seen_at(&view(&[first, by_another]), &domain("mistake.example.com"), NOW).unwrap();
    assert_eq!(found.state, State::Reported, "nobody replaces another's report");
}

#[test]
fn a_dispute_suspends_for_a_day_and_longer_when_another_side_seconds_it() {
    let reported = [said(1, vec![evil()]), said(5, vec![evil()])];
    let with = |more: &[SignedRecord], now| state_at(&[&reported[..], more].concat(), now);
    let hours = |hours: u64| at(hours * 60 * 60 * 1000);
    assert_eq!(with(&[dispute(2, 0)], hours(23)), Some(State::Disputed));
    assert_eq!(with(&[dispute(2, 0)], hours(24)), Some(State::Corroborated));
    assert_eq!(with(&[dispute(2, 0), dispute(6, 1)], hours(48)), Some(State::Disputed));
    assert_eq!(with(&[dispute(2, 0), dispute(3, 1)], hours(48)), Some(State::Corroborated), "the same side");
    let objection = dispute(2, 0);
    let taken_back = withdraw(2, id(&objection));
    assert_eq!(with(&[objection, taken_back], hours(1)), Some(State::Corroborated));
    assert_eq!(with(&[dispute(100, 0)], hours(1)), Some(State::Corroborated), "a stranger");
}

#[test]
fn sightings_are_counted_by_member_and_day() {
    let records = [
        said(1, vec![evil()]),
        sight(2, SightingKind::Seen, 10),
        sight(2, SightingKind::Seen, 11),
        sight(5, SightingKind::Seen, 10),
        statement(2, 7, sight(2, SightingKind::Seen, 10).into_record().body),
        sight(3, SightingKind::FalsePositive, 10),
        sight(4, SightingKind::Expired, 10),
        sight(100, SightingKind::Seen, 10),
    ];
    let found = seen_at(&view(&records), &evil(), NOW).unwrap();
    assert_eq!((found.sightings, found.false_positives), (3, 1));
    assert_eq!(found.state, State::Reported);
}

#[test]
fn confidence_fades_and_a_sighting_renews_it() {
    let reported = [said(1, vec![evil()])];
    let confidence = |records: &[SignedRecord], days: u64| {
        seen_at(&view(records), &evil(), at(days * DAY_MS)).unwrap().confidence
    };
    assert_eq!(confidence(&reported, 0), 50);
    assert!(confidence(&reported, 40) < 20);
    let fresh = statement(
        5,
        30 * DAY_MS,
        Body::Sighting(Sighting {
            indicator: evil(),
            kind: SightingKind::Seen,
            count: CountBucket::Few,
            day: Sighting::day_of(at(30 * DAY_MS)),
        }),
    );
    let renewed = [reported[0].clone(), fresh];
    assert!(confidence(&renewed, 40) > confidence(&reported, 40));
    assert_eq!(confidence(&reported, 90), 0);
}

#[test]
fn only_what_is_corroborated_may_stand_on_a_block_list() {
    let found = |records: &[SignedRecord]| seen_at(&view(records), &evil(), NOW).unwrap().is_enforceable();
    let both = [said(1, vec![evil()]), said(5, vec![evil()])];
    assert!(!found(&both[..1]));
    assert!(found(&both));
    assert!(!found(&[both[0].clone(), both[1].clone(), dispute(2, 0)]));
}

#[test]
fn alerts_are_listed_newest_first_with_what_a_reader_asks_for() {
    let older = said(1, vec![evil()]);
    let newer = statement(
        5,
        1_000,
        Body::Report(Report {
            title: "A second wave".into(),
            severity: Severity::Flash,
            ..report(vec![Indicator::parse(Kind::Ipv4, "192.0.2.7").unwrap()])
        }),
    );
    let listed = alerts(&view(&[older.clone(), newer.clone()]));
    assert_eq!(listed.iter().map(|alert| alert.record).collect::<Vec<_>>(), [id(&newer), id(&older)]);
    let alert = &listed[0];
    assert_eq!((alert.title.as_str(), alert.side.as_str()), ("A second wave", "republican"));
    assert_eq!((alert.author, alert.severity, alert.created), (member(5), Severity::Flash, at(1_000)));
    assert_eq!((alert.received, alert.indicators, alert.complete), (NOW, 1, true));
    assert_eq!(alert.expires, at(1_000 + lifetime_ms(Kind::Ipv4)));
    assert!(alert.is_current(at(2_000)));
    assert!(!alert.is_current(alert.expires));
}

#[test]
fn an_alert_shows_whether_its_parts_are_here() {
    let records = publication(1, draft(domains(2_000)), Position::FIRST);
    let incomplete = alerts(&view(&[records[0].clone(), records[2].clone()])).remove(0);
    assert!(!incomplete.complete);
    assert_eq!(incomplete.records, [id(&records[0]), id(&records[2])]);
    assert_eq!(incomplete.indicators, 1_024);
    let complete = alerts(&view(&records)).remove(0);
    assert!(complete.complete);
    assert_eq!(complete.records, records.iter().map(id).collect::<Vec<_>>());
    assert_eq!(complete.indicators, 2_000);
}

#[test]
fn an_alert_is_found_by_its_parts_too() {
    let records = publication(1, draft(domains(1_000)), Position::FIRST);
    let view = view(&[&records[..], &[said(5, vec![evil()]), dispute(1, 0)]].concat());
    let sides = Sides::new();
    let find = |id: &RecordId| view.alert(id, &sides).map(|alert| alert.record);
    assert_eq!(find(&id(&records[1])), Some(id(&records[0])));
    assert_eq!(find(&id(&dispute(1, 0))), None);
    assert_eq!(find(&RecordId::from_bytes([0; 32])), None);
}

#[test]
fn what_was_ended_stays_listed_with_its_end() {
    let mine = said(1, vec![evil()]);
    let end = withdraw(1, id(&mine));
    let alert = alerts(&view(&[mine, end.clone()])).remove(0);
    assert_eq!(alert.ending, Some(Ending::Withdrawn(id(&end))));
    assert!(!alert.is_current(NOW));
}

#[test]
fn a_part_that_does_not_belong_adds_nothing() {
    let mut plan: ReportDraft = draft(domains(1_000));
    plan.title = "Large".into();
    let records = publication(1, plan, Position::FIRST);
    let head = id(&records[0]);
    let honest = alerts(&view(&records)).remove(0);
    for hostile in [
        statement(5, 0, part(head, 0, vec![evil()])),
        statement(1, 0, part(head, 1, vec![evil()])),
        sign(Record { signer: publisher(2).public(), ..record(part(head, 0, vec![evil()])) }),
    ] {
        let view = view(&[&records[..], &[hostile]].concat());
        assert_eq!(seen_at(&view, &evil(), NOW), None);
        assert_eq!(alerts(&view).remove(0), honest);
    }
}

#[test]
fn a_part_counts_only_once_its_head_is_here() {
    let records = publication(1, draft([domains(1_000), vec![evil()]].concat()), Position::FIRST);
    let holder = records
        .iter()
        .position(
            |record| matches!(&record.record().body, Body::Part(part) if part.indicators.contains(&evil())),
        )
        .unwrap();
    assert_eq!(state(&records[holder..=holder]), None);
    assert_eq!(state(&[records[holder].clone(), records[0].clone()]), Some(State::Reported));
}

#[test]
fn a_masked_url_is_found_by_those_it_stands_for() {
    let url = |text: &str| Indicator::parse(Kind::Url, text).unwrap();
    let masked = url("https://evil.net/l?rid=removed");
    let records = [
        said(1, vec![masked.clone(), url("https://evil.net/other?rid=removed")]),
        said(
            2,
            vec![masked.clone(), url("https://evil.net.co/l?rid=removed"), url("https://evil.net/l?rid=Xk")],
        ),
    ];
    let mut view = view(&records);
    assert_eq!(view.masked_for(&url("https://evil.net/l?rid=Xk29fLq")), vec![masked.clone()]);
    assert_eq!(view.masked_for(&url("https://evil.net/m?rid=Xk29fLq")), vec![]);
    assert_eq!(view.masked_for(&masked), vec![]);
    assert_eq!(seen_at(&view, &masked, at(10)).unwrap().members, 2);
    view.retain(|kept| *kept == id(&records[1]));
    assert_eq!(view.masked_for(&url("https://evil.net/l?rid=Xk29fLq")), vec![masked]);
    view.retain(|_| false);
    assert_eq!(view.masked_for(&url("https://evil.net/l?rid=Xk29fLq")), vec![]);
}

#[test]
fn what_is_forgotten_is_as_if_it_had_never_been() {
    let records = publication(1, draft(domains(1_200)), Position::FIRST);
    let (mine, theirs) = (said(1, vec![evil()]), said(5, vec![evil()]));
    let end = withdraw(1, id(&mine));
    let mut all = view(&[&records[..], &[mine.clone(), theirs.clone(), end.clone()]].concat());
    all.retain(|record| *record != id(&end) && *record != id(&records[1]));
    let rest: Vec<_> = [&records[..1], &records[2..], &[mine.clone(), theirs.clone()]].concat();
    let fresh = view(&rest);
    assert_eq!(alerts(&all), alerts(&fresh));
    assert_eq!((all.records(), all.observables()), (fresh.records(), fresh.observables()));
    for indicator in [domains(1_200), vec![evil()]].concat() {
        assert_eq!(seen_at(&all, &indicator, NOW), seen_at(&fresh, &indicator, NOW));
    }
    assert!(all.insert(&RealCrypto, &stored(&end), NOW), "it may come again");
    assert_eq!(seen_at(&all, &evil(), NOW).unwrap().reports, [id(&theirs)]);
}

#[test]
fn acknowledgements_and_unknown_bodies_say_nothing_about_observables() {
    let mine = said(1, vec![evil()]);
    let acknowledged = statement(5, 0, Body::Acknowledgement(Acknowledgement { record: id(&mine) }));
    let view = view(&[mine.clone(), acknowledged.clone()]);
    assert!(view.contains(&id(&acknowledged)));
    assert_eq!(seen_at(&view, &evil(), NOW).unwrap().state, State::Reported);
    assert_eq!(alerts(&view).len(), 1);
}
