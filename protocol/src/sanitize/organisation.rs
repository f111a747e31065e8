//! Whose a host is, as far as its name alone tells.
//!
//! Where anybody gets an address, the domain says nothing about who somebody is, and the address is a person.

use super::facts::is_mail_provider;

/// The part of a host's name that somebody registered: `ohio-invoices.net` of `www.ohio-invoices.net`. `None` for a
/// public suffix and for a name that ends in none.
pub fn registrable_domain(host: &str) -> Option<&str> {
    psl::domain_str(host).filter(|domain| domain.len() <= host.len())
}

/// Whether anybody can have an address at this domain, given in its normal form.
pub fn is_public_mail(domain: &str) -> bool {
    // `yahoo.co.uk`, `hotmail.fr`, `gmx.ch`, `outlook.es`: one name under many endings.
    let stem = domain.split('.').next().unwrap_or_default();
    is_mail_provider(domain) || (MANY_ENDINGS.contains(&stem) && registrable_domain(domain) == Some(domain))
}

const MANY_ENDINGS: [&str; 12] = [
    "gmail",
    "googlemail",
    "hotmail",
    "outlook",
    "live",
    "msn",
    "yahoo",
    "ymail",
    "gmx",
    "aol",
    "yandex",
    "proton",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_of_mail_for_everybody_are_known() {
        for domain in ["gmail.com", "yahoo.co.uk", "gmx.ch", "icloud.com", "hotmail.fr"] {
            assert!(is_public_mail(domain), "{domain}");
        }
        for domain in ["smith2028.org", "gmail.smith2028.org", "yahoo-invoices.net", "live.ohio-invoices.net"]
        {
            assert!(!is_public_mail(domain), "{domain}");
        }
        assert_eq!(registrable_domain("a.b.ohio-invoices.net"), Some("ohio-invoices.net"));
        assert_eq!(registrable_domain("net"), None);
    }
}
