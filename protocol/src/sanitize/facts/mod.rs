//! The built-in facts: which names and addresses are everybody's, strangers', a campaign's tools or a public body's.
//!
//! Says what a host *is*, never what becomes of it (that is `judge::harm`). Each set is a text file beside this one, whose
//! comments name the sources; the compiler turns it into a table. They are a small selection of our own: whoever wants
//! more takes over the public warninglists.

mod table;

use crate::indicator::is_public_suffix;
use table::Table;

static RESOLVERS: Table<256> = Table::of(include_str!("resolvers.txt"));
static MAIL_PROVIDERS: Table<512> = Table::of(include_str!("mail-providers.txt"));
static MAIL_SERVICES: Table<512> = Table::of(include_str!("mail-services.txt"));
static SHORTENERS: Table<256> = Table::of(include_str!("shorteners.txt"));
static SHARED_HOSTS: Table<1024> = Table::of(include_str!("shared-hosts.txt"));
static SHARED_NAMES: Table<256> = Table::of(include_str!("shared-names.txt"));
static CLOUDS: Table<256> = Table::of(include_str!("clouds.txt"));
static TOP_SITES: Table<512> = Table::of(include_str!("top-sites.txt"));
static BANKS: Table<512> = Table::of(include_str!("banks.txt"));
static WRITERS: Table<128> = Table::of(include_str!("writers.txt"));
static CAMPAIGN_PLATFORMS: Table<256> = Table::of(include_str!("campaign-platforms.txt"));
static PUBLIC_BODIES: Table<256> = Table::of(include_str!("public-bodies.txt"));
static EVERYDAY_FILES: Table<256> = Table::of(include_str!("everyday-files.txt"));
static IMITATED: Table<256> = Table::of(include_str!("imitated.txt"));
static REDIRECTORS: Table<128> = Table::of(include_str!("redirectors.txt"));

/// What a host is, by the closest entry above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A public DNS resolver.
    Resolver,
    /// A site that nearly everybody uses, a bank, or what mails borrow logos from.
    TopSite,
    /// Where anybody has a mailbox.
    MailProvider,
    /// What many send their mail through.
    MailService,
    /// Hosts strangers' pages and files, told apart by their paths.
    SharedHost,
    /// Gives each stranger a name below its own; this is its own name.
    SharedName,
    /// A link shortener.
    Shortener,
    /// A cloud or content network; this is its own name.
    Cloud,
    /// What campaigns run on.
    CampaignPlatform,
    /// A party, an election office or another public body.
    PublicBody,
}

/// What `host`, in normal form, is. `None` for whoever is not known, a customer's name below a shared service included.
pub(super) fn role(host: &str) -> Option<Role> {
    let mut rest = Some(host);
    while let Some(name) = rest {
        let is_whole = name == host || host.strip_prefix("www.") == Some(name);
        if let Some(role) = role_of_entry(name) {
            // Below these each name is a customer's own.
            let has_customers = gives_names(role) || is_public_suffix(name);
            let belongs_to_customer = has_customers && !is_whole && role != Role::PublicBody;
            return (!belongs_to_customer).then_some(role);
        }
        if !is_whole && name.contains('.') && is_public_suffix(name) {
            return is_under(&PUBLIC_BODIES, name).then_some(Role::PublicBody);
        }
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    None
}

/// Whether each name right below one with this role is a customer's.
fn gives_names(role: Role) -> bool {
    matches!(role, Role::SharedName | Role::Cloud | Role::MailProvider)
}

/// Whether each name below `name` is a customer's, by these facts alone.
pub(super) fn has_customers(name: &str) -> bool {
    role_of_entry(name).is_some_and(gives_names)
}

fn role_of_entry(name: &str) -> Option<Role> {
    let hash = table::hash(name);
    let is_government = name == "gov" || name == "mil";
    if SHARED_HOSTS.has_hashed(name, hash) {
        Some(Role::SharedHost)
    } else if SHARED_NAMES.has_hashed(name, hash) {
        Some(Role::SharedName)
    } else if SHORTENERS.has_hashed(name, hash) {
        Some(Role::Shortener)
    } else if CAMPAIGN_PLATFORMS.has_hashed(name, hash) {
        Some(Role::CampaignPlatform)
    } else if PUBLIC_BODIES.has_hashed(name, hash) || is_government {
        Some(Role::PublicBody)
    } else if CLOUDS.has_hashed(name, hash) {
        Some(Role::Cloud)
    } else if TOP_SITES.has_hashed(name, hash) || BANKS.has_hashed(name, hash) {
        Some(Role::TopSite)
    } else if MAIL_PROVIDERS.has_hashed(name, hash) {
        Some(Role::MailProvider)
    } else if MAIL_SERVICES.has_hashed(name, hash) {
        Some(Role::MailService)
    } else if RESOLVERS.has_hashed(name, hash) {
        Some(Role::Resolver)
    } else {
        None
    }
}

/// The names that phishing imitates most.
pub(super) fn imitated() -> impl Iterator<Item = &'static str> {
    IMITATED.entries()
}

/// Whether `name`, in lower case, is a file name that everybody has.
pub(super) fn is_everyday_file(name: &str) -> bool {
    EVERYDAY_FILES.has(name)
}

/// Whether `name` is that of one rented machine. Amazon gives them names that the Public Suffix List takes for services.
pub(super) fn is_rented_machine(name: &str) -> bool {
    name.starts_with("ec2-") && name.ends_with(".amazonaws.com")
}

/// Whether `address`, in normal form, is a public resolver's.
pub(super) fn is_resolver(address: &str) -> bool {
    RESOLVERS.has(address)
}

/// Whether the path alone tells one stranger's page on `host` from another's, so that it is never masked as a token:
/// hosts of files and pages (a store of files that has the customer in its path, too), and link shorteners.
pub(super) fn hosts_strangers(host: &str) -> bool {
    matches!(role(host), Some(Role::SharedHost | Role::Shortener))
        || has_writers(host)
        || is_public_suffix(host)
}

/// Whether strangers write under names of their own on `host`, a well-known site.
pub(super) fn has_writers(host: &str) -> bool {
    is_under(&WRITERS, host)
}

/// Whether anybody can have a mailbox at `domain`.
pub fn is_mail_provider(domain: &str) -> bool {
    MAIL_PROVIDERS.has(domain)
}

/// Whether `host`, a mail server's name, is that of a service or provider that many send through.
pub fn is_mail_service(host: &str) -> bool {
    is_under(&MAIL_SERVICES, host) || is_under(&MAIL_PROVIDERS, host)
}

/// Whether a page only passes on to where a stranger wants: `host` in normal form, `path` with its `/`.
pub(super) fn is_redirector(host: &str, path: &str) -> bool {
    // The longest entry has three segments.
    const SEGMENTS: usize = 4;
    let mut rest = Some(host);
    while let Some(name) = rest {
        let found = path.match_indices('/').take(SEGMENTS).any(|(at, _)| {
            let as_folder = path.get(..=at).unwrap_or_default();
            let next = path.get(at.saturating_add(1)..).unwrap_or_default();
            let length = next.find(['/', ';']).unwrap_or(next.len());
            let as_page = path.get(..at.saturating_add(1).saturating_add(length)).unwrap_or_default();
            REDIRECTORS.has(&alloc::format!("{name}{as_folder}"))
                || REDIRECTORS.has(&alloc::format!("{name}{as_page}"))
        });
        if found {
            return true;
        }
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    false
}

/// Whether `host` or a name above it is an entry.
fn is_under<const SLOTS: usize>(table: &Table<SLOTS>, host: &str) -> bool {
    let mut rest = Some(host);
    while let Some(name) = rest {
        if table.has(name) {
            return true;
        }
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator::{Indicator, Kind};

    #[test]
    fn every_entry_is_in_normal_form() {
        let names = MAIL_PROVIDERS
            .entries()
            .chain(MAIL_SERVICES.entries())
            .chain(SHORTENERS.entries())
            .chain(SHARED_HOSTS.entries())
            .chain(SHARED_NAMES.entries())
            .chain(CLOUDS.entries())
            .chain(TOP_SITES.entries())
            .chain(BANKS.entries())
            .chain(WRITERS.entries())
            .chain(CAMPAIGN_PLATFORMS.entries())
            .chain(PUBLIC_BODIES.entries());
        for name in names {
            let normal = Indicator::parse(Kind::Domain, name);
            assert!(normal.is_ok_and(|normal| normal.value() == name) || is_public_suffix(name), "{name}");
        }
        for entry in RESOLVERS.entries() {
            let kinds = [Kind::Ipv4, Kind::Ipv6, Kind::Domain];
            let is_normal =
                |kind: &Kind| Indicator::parse(*kind, entry).is_ok_and(|normal| normal.value() == entry);
            assert!(kinds.iter().any(is_normal), "{entry}");
        }
        for entry in REDIRECTORS.entries() {
            assert!(entry.contains('/') && entry.matches('/').count() <= 3, "{entry}");
        }
    }

    #[test]
    fn the_sets_do_not_contradict_one_another() {
        for name in WRITERS.entries() {
            assert!(TOP_SITES.has(name) || BANKS.has(name), "{name}");
        }
        for name in SHARED_NAMES.entries() {
            assert!(!SHARED_HOSTS.has(name) && !CLOUDS.has(name), "{name}");
        }
    }

    #[test]
    fn a_host_is_what_its_closest_entry_says() {
        for (host, expected) in [
            ("google.com", Some(Role::TopSite)),
            ("www.google.com", Some(Role::TopSite)),
            ("accounts.google.com", Some(Role::TopSite)),
            ("docs.google.com", Some(Role::SharedHost)),
            ("evil.sharepoint.com", Some(Role::SharedHost)),
            ("wordpress.com", Some(Role::SharedName)),
            ("www.wordpress.com", Some(Role::SharedName)),
            ("evil.wordpress.com", None),
            ("evil.github.io", None),
            ("evil.blogspot.com", None),
            ("evil.s3.amazonaws.com", None),
            ("d111111abcdef8.cloudfront.net", None),
            ("cloudfront.net", Some(Role::Cloud)),
            ("bit.ly", Some(Role::Shortener)),
            ("secure.actblue.com", Some(Role::CampaignPlatform)),
            ("actblue.com.evil.ru", None),
            ("notactblue.com", None),
            ("cloudflare-ipfs.com", Some(Role::SharedHost)),
            ("evil.cf-ipfs.com", None),
            ("www.gov.uk", Some(Role::PublicBody)),
            ("tax.service.gov.uk", Some(Role::PublicBody)),
            ("sos.state.oh.us", None),
            ("www.ohiosos.gov", Some(Role::PublicBody)),
            ("mail.house.gov", Some(Role::PublicBody)),
            ("evil.gov.co", None),
            ("secure.chase.com", Some(Role::TopSite)),
            ("gmail.com", Some(Role::TopSite)),
            ("login.yahoo.com", Some(Role::TopSite)),
            ("comcast.net", Some(Role::MailProvider)),
            ("c-73-1-2-3.hsd1.pa.comcast.net", None),
            ("o1.ptr.sendgrid.net", Some(Role::MailService)),
            ("dns.google", Some(Role::Resolver)),
            ("ohio-invoices.net", None),
        ] {
            assert_eq!(role(host), expected, "{host}");
        }
    }

    #[test]
    fn where_the_path_is_the_indicator() {
        for (host, expected) in [
            ("docs.google.com", true),
            ("x.sharepoint.com", true),
            ("s3.us-east-2.amazonaws.com", true),
            ("cloudflare-ipfs.com", true),
            ("raw.githubusercontent.com", true),
            ("bit.ly", true),
            ("www.youtube.com", true),
            ("evil.github.io", false),
            ("google.com", false),
            ("ohio-invoices.net", false),
        ] {
            assert_eq!(hosts_strangers(host), expected, "{host}");
        }
        assert!(is_mail_provider("gmail.com") && !is_mail_provider("mail.gmail.com"));
        assert!(
            is_mail_service("mail-ed1-f41.google.com") && is_mail_service("a8-50.smtp-out.amazonses.com")
        );
        assert!(!is_mail_service("mail.ohio-invoices.net"));
    }

    #[test]
    fn a_page_that_passes_on_is_told_by_its_path() {
        for (host, path, expected) in [
            ("www.google.com", "/url", true),
            ("www.google.com", "/amp/s/evil.ru/x", true),
            ("www.google.com", "/urls", false),
            ("google.com", "/maps", false),
            ("login.microsoftonline.com", "/common/oauth2/v2.0/authorize", true),
            ("login.microsoftonline.com", "/0-0/oauth2", false),
            ("ad.doubleclick.net", "/ddm/clk/1;2;https://evil.ru", true),
            ("evil.ru", "/url", false),
        ] {
            assert_eq!(is_redirector(host, path), expected, "{host}{path}");
        }
    }
}
