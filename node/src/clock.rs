//! Civil time: where it is read, and how it is written for people and scripts.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::macros::format_description;
use watchfire_keys::UnixMillis;

/// The last moment that has a four-digit year: 9999-12-31T23:59:59.999Z.
const LAST: u64 = 253_402_300_799_999;

/// What the machine's clock says.
pub fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// RFC 3339 in UTC with milliseconds, such as `2028-10-01T07:30:00.000Z`. Times come from strangers: one after the year
/// 9999 is shown as its last moment.
pub fn rfc3339(time: UnixMillis) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    moment(time).format(form).unwrap_or_default()
}

/// The time that an RFC 3339 text names; none before 1970.
pub fn read_rfc3339(text: &str) -> Option<UnixMillis> {
    let time = OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    u64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok().map(UnixMillis)
}

/// The same for a file's name, sortable and without colons: `20281001T073000Z`.
pub fn file_stamp(time: UnixMillis) -> String {
    let form = format_description!("[year][month][day]T[hour][minute][second]Z");
    moment(time).format(form).unwrap_or_default()
}

fn moment(time: UnixMillis) -> OffsetDateTime {
    let nanoseconds = i128::from(time.0.min(LAST)).saturating_mul(1_000_000);
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use watchfire_keys::UnixMillis;

    use super::{file_stamp, now, read_rfc3339, rfc3339};

    #[test]
    fn times_are_rfc_3339_in_utc() {
        assert_eq!(rfc3339(UnixMillis(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(UnixMillis(1_854_000_000_123)), "2028-10-01T08:00:00.123Z");
        assert_eq!(read_rfc3339("2028-10-01T08:00:00.123Z"), Some(UnixMillis(1_854_000_000_123)));
        assert_eq!(file_stamp(UnixMillis(1_854_000_000_123)), "20281001T080000Z");
    }

    #[test]
    fn a_time_beyond_the_calendar_is_shown_as_its_end() {
        assert_eq!(rfc3339(UnixMillis::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_clock_is_past_the_year_2020() {
        assert!(now() > UnixMillis(1_577_836_800_000));
    }
}
