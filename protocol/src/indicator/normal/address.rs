//! IP addresses and blocks of them.

use alloc::format;
use alloc::string::{String, ToString};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Reason;
use crate::indicator::{Kind, refang};

/// An address or block, asked for as `kind`; see [`crate::indicator::Indicator::parse`] for what becomes narrower.
pub(super) fn address(kind: Kind, text: &str) -> Result<(Kind, String), Reason> {
    let text = refang(text);
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None if kind == Kind::Cidr => return Err("no prefix length, as in 192.0.2.0/24"),
        None => (text.as_ref(), None),
    };
    let address: IpAddr = address.parse().map_err(|_| "not an IP address")?;
    let width = match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    };
    let prefix = prefix.map_or(Ok(width), |digits| prefix_length(digits, width))?;
    let (address, prefix) = unmapped(address, prefix);
    match (kind, address) {
        (Kind::Ipv6, IpAddr::V4(v4)) if v4.to_string() == text => return Err("an IPv4 address"),
        (Kind::Ipv4, IpAddr::V6(_)) => return Err("an IPv6 address"),
        _ => {}
    }
    let masked = masked(address, prefix);
    match masked {
        IpAddr::V4(v4) if prefix == 32 => Ok((Kind::Ipv4, v4.to_string())),
        IpAddr::V6(v6) if prefix == 128 => Ok((Kind::Ipv6, v6.to_string())),
        _ if kind != Kind::Cidr => Err("a block of addresses"),
        block => Ok((Kind::Cidr, format!("{block}/{prefix}"))),
    }
}

fn prefix_length(digits: &str, width: u8) -> Result<u8, Reason> {
    let is_number =
        !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let prefix: u8 = if is_number { digits.parse().unwrap_or(u8::MAX) } else { u8::MAX };
    match prefix {
        0 => Err("the whole Internet"),
        prefix if prefix <= width => Ok(prefix),
        _ => Err("its prefix length is not a number that fits the address"),
    }
}

/// The IPv4 address or block that an IPv6 one in `::ffff:0:0/96` stands for.
fn unmapped(address: IpAddr, prefix: u8) -> (IpAddr, u8) {
    match address {
        IpAddr::V6(v6) if prefix > 96 => match v6.to_ipv4_mapped() {
            Some(v4) => (IpAddr::V4(v4), prefix.saturating_sub(96)),
            None => (address, prefix),
        },
        _ => (address, prefix),
    }
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}
