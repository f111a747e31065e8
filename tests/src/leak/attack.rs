//! What is worth sharing: the attacker's hosts, addresses, files and wallets, and their URLs.

use super::encode;
use super::names::{BAD_ENDINGS, BAITS, LURES};
use super::random::Random;

/// An attacker's things; every one of them should leave.
#[derive(Clone, Debug)]
pub(super) struct Attacker {
    /// A registered domain.
    pub(super) domain: String,
    /// The host of its pages.
    pub(super) host: String,
    /// Another registered domain of the same attacker.
    pub(super) second: String,
    pub(super) ip: String,
    pub(super) second_ip: String,
    pub(super) sender: String,
    /// The parts of a path that are the same for everybody.
    pub(super) path: Vec<String>,
    pub(super) payload: String,
    pub(super) sha256: String,
    pub(super) sha1: String,
    pub(super) md5: String,
    pub(super) wallet: String,
}

fn domain(random: &mut Random) -> String {
    let (lure, bait, ending) = (random.word(&LURES), random.word(&BAITS), random.word(&BAD_ENDINGS));
    match random.below(4) {
        0 => format!("{lure}-{bait}.{ending}"),
        1 => format!("{lure}{bait}{}.{ending}", random.within(2, 99)),
        2 => format!("{bait}-{lure}-{}.{ending}", random.word(&LURES)),
        _ => format!("{lure}-{bait}-{}.{ending}", random.within(2, 999)),
    }
}

fn ip(random: &mut Random) -> String {
    // Blocks of hosters that no rule sets aside.
    let start =
        random.word(&["185.174.101", "91.243.44", "193.42.33", "194.26.135", "5.188.86", "45.143.201"]);
    format!("{start}.{}", random.within(2, 250))
}

/// A fresh attacker.
pub(super) fn attacker(random: &mut Random) -> Attacker {
    let (domain, second) = (domain(random), domain(random));
    let host = match random.below(3) {
        0 => domain.clone(),
        1 => format!("www.{domain}"),
        _ => format!("{}.{domain}", random.word(&["login", "mail", "files", "pay", "go"])),
    };
    let folders = ["wp-content", "view", "shared", "auth", "session", "app", "web", "doc", "portal", "m"];
    let pages =
        ["index.php", "login.html", "open", "signin.php", "review", "document.html", "check.php", "start"];
    let mut path: Vec<String> = (0..random.within(0, 2)).map(|_| random.word(&folders).to_owned()).collect();
    path.push(random.word(&pages).to_owned());
    let names = ["Invoice", "Remittance", "Statement", "Voicemail", "Agreement", "Scan", "Purchase-Order"];
    let endings = ["html", "pdf.exe", "js", "iso", "lnk", "xlsm", "zip", "docm"];
    let payload = format!("{}_{}.{}", random.word(&names), random.within(100, 9999), random.word(&endings));
    let ethereum = format!("0x{}", random.hex(40));
    Attacker {
        sender: format!("{}@{second}", random.word(&["accounts", "no-reply", "office", "alerts", "j.doe"])),
        ip: ip(random),
        second_ip: ip(random),
        payload,
        sha256: random.hex(64),
        sha1: encode::hex(&random.bytes(20), false),
        md5: random.hex(32),
        wallet: ethereum,
        domain,
        second,
        host,
        path,
    }
}

impl Attacker {
    /// `https://host/path`, the same for everybody.
    pub(super) fn page(&self) -> String {
        format!("https://{}/{}", self.host, self.path.join("/"))
    }
}
