//! A STIX 2.1 bundle that `stix2-validator` accepts.
//!
//! Decides the objects: an identity for each author, the markings that are used (TLP 2.0 as OASIS published it), an
//! indicator for each row, a vulnerability for each CVE. Ids are UUIDv5, so that the same alert is the same object in every
//! export and on every node.

mod object;
mod pattern;

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::Value;
use uuid::Uuid;
use watchfire_keys::time::UnixMillis;

use super::{ExportRow, Exported, may_leave};

/// The namespace of our UUIDv5 ids: UUIDv5 of the DNS namespace and `watchfire`. Never changes.
const NAMESPACE: Uuid = Uuid::from_u128(0x5474_4894_8bac_53f1_a732_6491_5eb9_6409);

/// Writes one bundle, each object on a line.
///
/// # Errors
/// When `out` fails.
pub fn stix<'a>(rows: impl IntoIterator<Item = ExportRow<'a>>, out: &mut dyn Write) -> io::Result<Exported> {
    let mut exported = Exported::default();
    let mut bundle = Bundle { out, written: BTreeSet::new() };
    bundle.out.write_all(b"{\"type\":\"bundle\"")?;
    for row in rows {
        if !may_leave(row.tlp) {
            exported.withheld += 1;
            continue;
        }
        let author = object::identity(row.author, row.side);
        let Some(indicator) = object::indicator(&row, &author) else {
            exported.unfit += 1;
            continue;
        };
        bundle.object(&author)?;
        bundle.object(&object::marking(row.tlp))?;
        bundle.object(&indicator)?;
        exported.written += 1;
    }
    bundle.finish()?;
    Ok(exported)
}

struct Bundle<'o> {
    out: &'o mut dyn Write,
    /// The ids of the objects written so far.
    written: BTreeSet<String>,
}

impl Bundle<'_> {
    fn object(&mut self, object: &Value) -> io::Result<()> {
        let id = object::id(object);
        if self.written.contains(id) {
            return Ok(());
        }
        self.out.write_all(if self.written.is_empty() { b",\"objects\":[\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *self.out, object)?;
        self.written.insert(id.to_owned());
        Ok(())
    }

    /// The bundle's own id comes last: it is made of the ids of what is in it.
    fn finish(self) -> io::Result<()> {
        if !self.written.is_empty() {
            self.out.write_all(b"\n]")?;
        }
        let ids: Vec<&str> = self.written.iter().map(String::as_str).collect();
        writeln!(self.out, ",\"id\":\"bundle--{}\"}}", uuid("bundle", &ids))?;
        self.out.flush()
    }
}

/// A deterministic id from parts that may hold anything.
fn uuid(kind: &str, parts: &[&str]) -> Uuid {
    let mut name = kind.to_owned();
    for part in parts {
        name.push_str(&format!("\n{}:{part}", part.len()));
    }
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// RFC 3339 in UTC with milliseconds. Times after the year 9999 have no such form and become its last moment.
pub(super) fn timestamp(moment: UnixMillis) -> String {
    const LAST: i64 = 253_402_300_799_999;
    let millis = i64::try_from(moment.0).map_or(LAST, |millis| millis.min(LAST));
    let time =
        time::OffsetDateTime::from_unix_timestamp(millis / 1000).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        millis % 1000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_never_overflow() {
        assert_eq!(timestamp(UnixMillis(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(UnixMillis(1_709_210_096_007)), "2024-02-29T12:34:56.007Z");
        assert_eq!(timestamp(UnixMillis(u64::MAX)), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_namespace_is_what_it_says() {
        assert_eq!(NAMESPACE, Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"watchfire"));
    }

    #[test]
    fn ids_do_not_run_together() {
        assert_ne!(uuid("a", &["b", "c"]), uuid("a", &["bc", ""]));
    }
}
