//! The services that wrap links, and where each puts the link.

use super::Parts;

/// Where a wrapper holds its target. The first that can be read counts.
pub(super) enum Target {
    /// A query parameter, percent-encoded.
    Percent(&'static str),
    /// A query parameter in base64.
    Base64(&'static str),
    /// A query parameter in base64 after two characters.
    BingBase64(&'static str),
    /// A query parameter that names the host only.
    Domain(&'static str),
    /// The last segment of the path.
    LastSegment,
    /// All that follows this in the URL, perhaps without a scheme.
    AfterPath(&'static str),
    /// Check Point's second form: `/___URL___.SIGNATURE`.
    CheckPoint,
    /// The segment of the path that begins so.
    PathParameter(&'static str),
    /// The whole query.
    WholeQuery,
    /// See `proofpoint`.
    ProofpointV2,
    /// See `proofpoint`.
    ProofpointV3,
    /// The host is the target's, in Google Translate's spelling.
    TranslatedHost,
}

use Target::{
    AfterPath, Base64, BingBase64, CheckPoint, Domain, LastSegment, PathParameter, Percent, ProofpointV2,
    ProofpointV3, TranslatedHost, WholeQuery,
};

/// A service that wraps links.
pub(super) struct Service {
    /// Its name, for people.
    pub(super) name: &'static str,
    /// A gateway's link holds whose mail it was; a redirector is a page of the web.
    pub(super) is_gateway: bool,
    /// Its hosts: a name, or `.name` for all under it too, or `name.*` for any ending of its own.
    hosts: &'static [&'static str],
    /// How its paths begin; one is enough. Empty for all.
    paths: &'static [&'static str],
    pub(super) targets: &'static [Target],
}

/// The service whose wrapper this is.
pub(super) fn of(parts: &Parts<'_>) -> Option<&'static Service> {
    SERVICES.iter().find(|service| {
        service.hosts.iter().any(|known| is_host(parts.host, known))
            && (service.paths.is_empty() || service.paths.iter().any(|path| parts.path.starts_with(path)))
    })
}

fn is_host(host: &str, known: &str) -> bool {
    if let Some(stem) = known.strip_suffix(".*") {
        // `www.google.de`, `www.google.co.uk`: one or two short labels.
        return host.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.')).is_some_and(|ending| {
            ending.split('.').count() <= 2 && ending.split('.').all(|label| (2..=3).contains(&label.len()))
        });
    }
    match known.strip_prefix('.') {
        Some(name) => host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        None => host == known,
    }
}

const fn gateway(
    name: &'static str,
    hosts: &'static [&'static str],
    paths: &'static [&'static str],
    targets: &'static [Target],
) -> Service {
    Service { name, is_gateway: true, hosts, paths, targets }
}

const fn redirector(
    name: &'static str,
    hosts: &'static [&'static str],
    paths: &'static [&'static str],
    targets: &'static [Target],
) -> Service {
    Service { name, is_gateway: false, hosts, paths, targets }
}

const SERVICES: &[Service] = &[
    gateway("Proofpoint", &["urldefense.proofpoint.com"], &["/v1/"], &[Percent("u")]),
    gateway("Proofpoint", &["urldefense.proofpoint.com"], &["/v2/"], &[ProofpointV2]),
    gateway(
        "Proofpoint",
        &[".urldefense.com", ".urldefense.us", "urldefense.proofpoint.com"],
        &[],
        &[ProofpointV3],
    ),
    gateway(
        "Microsoft SafeLinks",
        &[
            ".safelinks.protection.outlook.com",
            ".safelinks.protection.partner.outlook.cn",
            ".safelinks.o365.us",
        ],
        &[],
        &[Percent("url")],
    ),
    gateway(
        "Microsoft SafeLinks",
        &["statics.teams.cdn.office.net", "statics.teams.microsoft.com"],
        &["/evergreen-assets/safelinks/"],
        &[Percent("url")],
    ),
    gateway("Mimecast", &[".mimecast.com"], &["/s/"], &[Domain("domain")]),
    gateway("Mimecast", &[".mimecastprotect.com", ".mimecast-offshore.com"], &[], &[Domain("domain")]),
    gateway("Barracuda", &[".cudasvc.com"], &[], &[Percent("a")]),
    gateway("Trend Micro", &[".trendmicro.com"], &["/wis/clicktime/"], &[Percent("url")]),
    gateway("Cisco", &["secure-web.cisco.com"], &[], &[LastSegment]),
    gateway("Symantec", &["clicktime.symantec.com", ".clicktime.symantec.com"], &[], &[Percent("u")]),
    gateway("PostOffice", &["clicktime.cloud.postoffice.net"], &[], &[Percent("u")]),
    gateway("Sophos", &[".protection.sophos.com"], &[], &[Base64("u"), Domain("d")]),
    gateway("Trellix", &[".fireeye.com", ".trellix.com"], &["/url", "/v1/url", "/v2/url"], &[Percent("u")]),
    gateway(
        "Check Point",
        &[".url-protection.com", ".avanan.click", "protect.checkpoint.com"],
        &[],
        &[Percent("o"), CheckPoint],
    ),
    gateway("TitanHQ", &["linklock.titanhq.com"], &[], &[Percent("url")]),
    gateway("Libraesva", &[".urlsand.esvalabs.com", ".urlsand.com"], &[], &[Percent("u")]),
    gateway("EdgePilot", &["link.edgepilot.com"], &[], &[Percent("u")]),
    gateway("Inky", &[".inky.com"], &["/link"], &[Domain("domain")]),
    gateway(
        "Hornetsecurity",
        &[".hornetsecurity.com", ".antispameurope.com"],
        &[],
        &[Percent("url"), Base64("d")],
    ),
    gateway("Vade", &["url.emailprotection.link", "url.serverdata.net"], &[], &[]),
    gateway("Darktrace", &[".antigena.com"], &["/l/"], &[]),
    redirector("Google", &["google.*", "www.google.*"], &["/url"], &[Percent("q"), Percent("url")]),
    redirector("Google", &["google.*", "www.google.*"], &["/amp/s/"], &[AfterPath("/amp/s/")]),
    redirector("Google", &["google.*", "www.google.*"], &["/amp/"], &[AfterPath("/amp/")]),
    redirector("Google", &["www.google.*"], &["/travel/clk"], &[Percent("pcurl")]),
    redirector("Google", &["translate.google.*"], &["/translate"], &[Percent("u")]),
    redirector("Google", &[".translate.goog"], &[], &[TranslatedHost]),
    redirector("Google", &[".googleadservices.com", ".doubleclick.net"], &[], &[Percent("adurl")]),
    redirector(
        "YouTube",
        &[".youtube.com"],
        &["/redirect", "/attribution_link"],
        &[Percent("q"), Percent("u")],
    ),
    redirector("Bing", &[".bing.com"], &["/ck/"], &[BingBase64("u"), Percent("u")]),
    redirector(
        "Facebook",
        &[
            "l.facebook.com",
            "lm.facebook.com",
            "www.facebook.com",
            "l.instagram.com",
            "l.wl.co",
            "l.messenger.com",
        ],
        &[],
        &[Percent("u")],
    ),
    redirector("LinkedIn", &[".linkedin.com"], &["/safety/go", "/redir/"], &[Percent("url")]),
    redirector("Slack", &["slack-redir.net", "slack-redir.com"], &["/link"], &[Percent("url")]),
    redirector("Reddit", &["out.reddit.com"], &[], &[Percent("url")]),
    redirector("VK", &["vk.com", "www.vk.com", "m.vk.com", "away.vk.com"], &["/away"], &[Percent("to")]),
    redirector("Steam", &["steamcommunity.com"], &["/linkfilter"], &[Percent("url"), Percent("u")]),
    redirector("DuckDuckGo", &["duckduckgo.com", "www.duckduckgo.com"], &["/l/"], &[Percent("uddg")]),
    redirector("Yahoo", &["r.search.yahoo.com"], &[], &[PathParameter("/RU=")]),
    redirector("Tumblr", &["t.umblr.com"], &["/redirect"], &[Percent("z")]),
    redirector("TikTok", &["www.tiktok.com"], &["/link/v2"], &[Percent("target")]),
    redirector("Telegram", &["t.me"], &["/iv"], &[Percent("url")]),
    redirector("Medium", &["medium.com"], &["/r/"], &[Percent("url")]),
    redirector("SoundCloud", &["exit.sc", "gate.sc"], &[], &[Percent("url")]),
    redirector("href.li", &["href.li", "nullrefer.com", "anon.to", "dereferer.me"], &[], &[WholeQuery]),
];
