//! Handing on: what a member's own tools get to read.
//!
//! Decides how rows become a file in each format, and that nothing marked TLP:AMBER+STRICT or TLP:RED goes into any: what
//! other tools do with a file is out of our hands. Which rows there are, and in which state, the caller decides.
//! Everything here is a function of the rows alone: same rows, same bytes.

mod csv;
pub mod stix;
mod text;

pub use csv::csv;
pub use stix::stix;
pub use text::text;

use watchfire_keys::time::UnixMillis;
use watchfire_protocol::indicator::{Indicator, Tlp};

/// One indicator in one alert.
#[derive(Debug, Clone)]
pub struct ExportRow<'a> {
    /// What was reported.
    pub indicator: &'a Indicator,
    /// Its state in the shared view: `reported`, `corroborated`, `disputed`, `withdrawn` or `expired`.
    pub state: &'a str,
    /// The alert's marking.
    pub tlp: Tlp,
    /// The alert's title.
    pub title: &'a str,
    /// The name of the member that published it.
    pub author: &'a str,
    /// That member's side.
    pub side: &'a str,
    /// When it was published.
    pub created: UnixMillis,
    /// Until when it holds, if its author said so.
    pub valid_until: Option<UnixMillis>,
    /// The id of the alert's record.
    pub record: String,
}

/// What became of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Written.
    pub written: u64,
    /// Left out because of their marking.
    pub withheld: u64,
    /// Left out because the format cannot hold such an indicator.
    pub unfit: u64,
}

/// True for what may go into a file. TLP:AMBER+STRICT is for the circle's members themselves and TLP:RED for the named
/// readers; a file that renews itself for other tools is neither.
pub fn may_leave(tlp: Tlp) -> bool {
    tlp <= Tlp::Amber
}
