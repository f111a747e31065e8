//! Labels of a host name that look made for one recipient.
//!
//! Decides for the labels *below* the name that somebody registered. That name itself is never touched: a random one is
//! what malware computes, and what a block list needs.

use super::shape::{Likeness, is_called, likeness};
use crate::indicator::{is_under_service, registered_name};

/// Words in the names that providers give to every machine and customer (`static.88-99-1-2.clients.net`,
/// `vps-3f2a1b.vps.net`): the random label is the machine, and its parent is the provider.
const PROVIDER_WORDS: [&str; 31] = [
    "adsl",
    "broadband",
    "cable",
    "client",
    "clients",
    "cloud",
    "compute",
    "cpe",
    "customer",
    "customers",
    "dedicated",
    "dhcp",
    "dsl",
    "dyn",
    "dynamic",
    "ec2",
    "fiber",
    "ftth",
    "host",
    "hosting",
    "instance",
    "ip",
    "node",
    "pool",
    "ppp",
    "pppoe",
    "ptr",
    "srv",
    "static",
    "vm",
    "vps",
];

/// Which labels of `host`, counted from the left, look made for one recipient, with how much they do.
pub(in crate::sanitize) fn token_labels(host: &str) -> impl Iterator<Item = (usize, Likeness)> + '_ {
    let below = labels_below(host);
    below.split('.').enumerate().filter_map(|(index, label)| {
        let likeness = label_likeness(label);
        (likeness > Likeness::None).then_some((index, likeness))
    })
}

/// Which labels of the host of a tracking pixel are no names.
pub(in crate::sanitize) fn uncalled_labels(host: &str) -> impl Iterator<Item = usize> + '_ {
    let labels = labels_below(host).split('.').enumerate();
    labels.filter(|(_, label)| !label.starts_with("xn--") && !is_called(label)).map(|(index, _)| index)
}

/// The labels below the registered name, without the dot between; nothing when it is a name of a provider's machine, or
/// under a suffix that is a service's own: there the labels are the stranger's page.
pub(in crate::sanitize) fn labels_below(host: &str) -> &str {
    // A name of two labels has nothing below what was registered.
    if host.bytes().filter(|byte| *byte == b'.').count() < 2 {
        return "";
    }
    let Some(registered) = registered_name(host).filter(|_| !is_under_service(host)) else { return "" };
    let below = host.strip_suffix(registered).unwrap_or_default().trim_end_matches('.');
    let mut words = host.split(['.', '-']).map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    if words.any(|word| PROVIDER_WORDS.binary_search(&word).is_ok()) { "" } else { below }
}

fn label_likeness(label: &str) -> Likeness {
    // Only digits: a machine's or a customer's number, and half of an address as often.
    let has_letters = label.bytes().any(|byte| byte.is_ascii_alphabetic());
    // Another alphabet in ASCII looks random.
    if !has_letters || label.starts_with("xn--") {
        return Likeness::None;
    }
    // Case is lost in names, and base32 of an address has no outline: long labels of many digits are taken for it.
    let digits = label.bytes().filter(u8::is_ascii_digit).count();
    let is_base32 =
        label.len() >= 24 && digits >= 2 && label.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_base32 { Likeness::Certain } else { likeness(label) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn labels(host: &str) -> Vec<(usize, Likeness)> {
        token_labels(host).collect()
    }

    #[test]
    fn only_random_labels_below_the_registered_name_are_taken() {
        assert!(PROVIDER_WORDS.is_sorted());
        assert_eq!(labels("x8d7f2k9.login.ohio-invoices.net"), [(0, Likeness::Likely)]);
        assert_eq!(
            labels("a.3f2504e0-4f89-11d3-9a0c-0305e82c3301.ohio-invoices.co.uk"),
            [(1, Likeness::Certain)]
        );
        assert_eq!(
            labels("mfrggzdfmztwq2lknnwg23tpobyxe43uov3ho6dz.ohio-invoices.net"),
            [(0, Likeness::Certain)]
        );
        for host in [
            "ohio-invoices.net",
            "x8d7f2k9q1.net",
            "login.microsoft365.ohio-invoices.net",
            "x8d7f2k9q1.web.app",
            "x8d7f2k9q1.site.pages.dev",
            "vps-3f2a1b7c.vps.ovh.net",
            "static.88-99-1-2.clients.your-server.de",
            "expyuzz4wqqyqhjn3x7q2d4c.onion",
            "mail2.ohio-invoices.net",
            "xn--e1afmkfd1.ohio-invoices.net",
            "20260517.ohio-invoices.net",
            "185.174.101.13",
        ] {
            assert_eq!(labels(host), [], "{host}");
        }
    }
}
