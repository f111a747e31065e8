//! Addresses that mean nothing, or something else, outside one network.
//!
//! Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and what was added since), the
//! multicast registries, and RFC 5398 for numbers of autonomous systems.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::rules::{
    CARRIER_SHARED, DOCUMENTATION, LINK_LOCAL, MULTICAST, PRIVATE_NETWORK, RESERVED, Rule, THIS_COMPUTER,
    TOO_WIDE,
};

const V4: [(Ipv4Addr, u8, Rule); 19] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, RESERVED),
    (Ipv4Addr::new(10, 0, 0, 0), 8, PRIVATE_NETWORK),
    (Ipv4Addr::new(100, 64, 0, 0), 10, CARRIER_SHARED),
    (Ipv4Addr::new(127, 0, 0, 0), 8, THIS_COMPUTER),
    (Ipv4Addr::new(169, 254, 0, 0), 16, LINK_LOCAL),
    (Ipv4Addr::new(172, 16, 0, 0), 12, PRIVATE_NETWORK),
    (Ipv4Addr::new(192, 0, 0, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 0, 2, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(192, 31, 196, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 52, 193, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 88, 99, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 168, 0, 0), 16, PRIVATE_NETWORK),
    (Ipv4Addr::new(192, 175, 48, 0), 24, RESERVED),
    (Ipv4Addr::new(198, 18, 0, 0), 15, RESERVED),
    (Ipv4Addr::new(198, 51, 100, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(203, 0, 113, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(224, 0, 0, 0), 4, MULTICAST),
    (Ipv4Addr::new(240, 0, 0, 0), 4, RESERVED),
    (Ipv4Addr::new(255, 255, 255, 255), 32, RESERVED),
];

const V6: [(Ipv6Addr, u8, Rule); 21] = [
    (Ipv6Addr::UNSPECIFIED, 128, RESERVED),
    (Ipv6Addr::LOCALHOST, 128, THIS_COMPUTER),
    // The old way to carry an IPv4 address (RFC 4291).
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0, 0), 96, RESERVED),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, RESERVED),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, PRIVATE_NETWORK),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 64, RESERVED),
    (Ipv6Addr::new(0x100, 0, 0, 1, 0, 0, 0, 0), 64, RESERVED),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, DOCUMENTATION),
    // Protocol assignments, but for Teredo (2001::/32), which a person may see in a log.
    (Ipv6Addr::new(0x2001, 1, 0, 0, 0, 0, 0, 0), 32, RESERVED),
    (Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, RESERVED),
    (Ipv6Addr::new(0x2001, 0x10, 0, 0, 0, 0, 0, 0), 28, RESERVED),
    (Ipv6Addr::new(0x2001, 0x20, 0, 0, 0, 0, 0, 0), 28, RESERVED),
    (Ipv6Addr::new(0x2001, 3, 0, 0, 0, 0, 0, 0), 32, RESERVED),
    (Ipv6Addr::new(0x2001, 4, 0x112, 0, 0, 0, 0, 0), 48, RESERVED),
    (Ipv6Addr::new(0x2001, 0x30, 0, 0, 0, 0, 0, 0), 28, RESERVED),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48, RESERVED),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, DOCUMENTATION),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, RESERVED),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, PRIVATE_NETWORK),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 9, LINK_LOCAL),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, MULTICAST),
];

/// The rule for an address, an IPv6 one that carries an IPv4 one included.
pub(super) fn address(address: IpAddr) -> Option<Rule> {
    match address {
        IpAddr::V4(v4) => block(IpAddr::V4(v4), 32),
        IpAddr::V6(v6) => {
            block(IpAddr::V6(v6), 128).or_else(|| carried(v6).and_then(|v4| block(v4.into(), 32)))
        }
    }
}

/// The rule for a block: that of the first registry entry that it overlaps, or that it is too wide.
pub(super) fn block(address: IpAddr, prefix: u8) -> Option<Rule> {
    match address {
        IpAddr::V4(v4) => {
            let meets = |(known, width, _): &&(Ipv4Addr, u8, Rule)| {
                let differing = (v4.to_bits() ^ known.to_bits()).leading_zeros();
                differing >= u32::from(prefix.min(*width))
            };
            let special = V4.iter().find(meets).map(|(_, _, rule)| *rule);
            // A /16 is what the largest single hosters announce; wider blocks are carriers and countries.
            special.or((prefix < 16).then_some(TOO_WIDE))
        }
        IpAddr::V6(v6) => {
            let meets = |(known, width, _): &&(Ipv6Addr, u8, Rule)| {
                let differing = (v6.to_bits() ^ known.to_bits()).leading_zeros();
                differing >= u32::from(prefix.min(*width))
            };
            let special = V6.iter().find(meets).map(|(_, _, rule)| *rule);
            // A /32 is what a registry hands to one provider.
            special.or((prefix < 32).then_some(TOO_WIDE))
        }
    }
}

/// The IPv4 address inside a NAT64 (RFC 6052) or 6to4 (RFC 3056) address.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, _, _, _, _, high, low] = address.segments();
    let from = |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0x64, 0xff9b) => Some(from(high, low)),
        (0x2002, _) => Some(from(b, address.segments()[2])),
        _ => None,
    }
}

/// The rule for the number of an autonomous system.
pub(super) fn autonomous_system(number: u32) -> Option<Rule> {
    match number {
        64_496..=64_511 | 65_536..=65_551 => Some(DOCUMENTATION),
        64_512..=65_534 | 4_200_000_000..=4_294_967_294 => Some(PRIVATE_NETWORK),
        0 | 23_456 | 65_535 | 65_552..=131_071 | u32::MAX => Some(RESERVED),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<u16> {
        address(text.parse().unwrap_or(IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9)))).map(|rule| rule.number)
    }

    #[test]
    fn the_registries_entries_are_recognised_at_their_edges() {
        for (text, rule) in [
            ("10.0.0.0", Some(102)),
            ("10.255.255.255", Some(102)),
            ("11.0.0.0", None),
            ("172.15.255.255", None),
            ("172.16.0.0", Some(102)),
            ("172.31.255.255", Some(102)),
            ("172.32.0.0", None),
            ("100.64.0.1", Some(104)),
            ("100.128.0.0", None),
            ("127.8.8.8", Some(101)),
            ("169.254.169.254", Some(103)),
            ("203.0.113.7", Some(105)),
            ("224.0.0.251", Some(106)),
            ("239.255.255.250", Some(106)),
            ("255.255.255.255", Some(107)),
            ("0.0.0.0", Some(107)),
            ("185.174.101.13", None),
            ("::1", Some(101)),
            ("fe80::1", Some(103)),
            ("fd12:3456::1", Some(102)),
            ("2001:db8::1", Some(105)),
            ("ff02::fb", Some(106)),
            ("2a00:1450:4001::200e", None),
            ("64:ff9b::a00:1", Some(102)),
            ("2002:c0a8:101::1", Some(102)),
            ("64:ff9b::b9ae:650d", None),
        ] {
            assert_eq!(of(text), rule, "{text}");
        }
    }

    #[test]
    fn a_block_that_only_touches_a_private_one_is_dropped() {
        let rule =
            |text: &str, prefix| block(text.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), prefix);
        assert_eq!(rule("192.168.7.0", 24), Some(PRIVATE_NETWORK));
        assert_eq!(rule("192.0.0.0", 8).map(|rule| rule.number), Some(107));
        assert_eq!(rule("185.0.0.0", 8), Some(TOO_WIDE));
        assert_eq!(rule("185.174.0.0", 16), None);
        assert_eq!(rule("2a00::", 16), Some(TOO_WIDE));
        assert_eq!(rule("2a00:1450::", 32), None);
    }
}
