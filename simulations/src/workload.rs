//! What is published: small reports that look like real ones, and who publishes them.

use rand_chacha::ChaCha12Rng;
use watchfire_protocol::indicator::{Indicator, Kind, Tlp};
use watchfire_protocol::publication::ReportDraft;
use watchfire_protocol::record::Severity;

use crate::draw;
use crate::node::NodeName;
use crate::seeds::{Factor, Seeds};

/// A source of reports, each different from all before it.
#[derive(Debug)]
pub struct Workload {
    rng: ChaCha12Rng,
    reports: u32,
}

impl Workload {
    /// The workload of a seed.
    #[must_use]
    pub fn new(seeds: Seeds) -> Self {
        Self { rng: seeds.stream(Factor::Workload), reports: 0 }
    }

    /// Another source, beside the workload of a seed: its reports are different from those of that one.
    #[must_use]
    pub fn of(number: u32) -> Self {
        Self { rng: Seeds::new(u64::from(number)).stream(Factor::Workload), reports: number }
    }

    /// A report of a phishing campaign with so many domains.
    ///
    /// # Panics
    /// Never: every domain is a plain one.
    pub fn report(&mut self, domains: u32) -> ReportDraft {
        self.reports = self.reports.wrapping_add(1);
        let number = self.reports;
        let indicators = (0..domains).map(|domain| {
            let value =
                format!("login-{number}-{domain}-{}.example.com", draw::below(&mut self.rng, 1_000_000));
            Indicator::parse(Kind::Domain, &value).expect("a plain domain")
        });
        ReportDraft {
            title: format!("Phishing wave {number}"),
            summary: "Sign-in pages that imitate the staff's mail.".into(),
            tlp: Tlp::Amber,
            severity: Severity::High,
            indicators: indicators.collect(),
            techniques: Vec::new(),
            playbook: "Block the domains and reset the passwords that were typed there.".into(),
            references: Vec::new(),
            valid_until: None,
            replaces: None,
            audience: Vec::new(),
        }
    }

    /// One of these nodes.
    ///
    /// # Panics
    /// If there is none.
    pub fn author(&mut self, among: &[NodeName]) -> NodeName {
        among[draw::index(&mut self.rng, among.len())]
    }
}
