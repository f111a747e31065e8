//! Whether the values of the settings can be used at all, so that a mistake shows at once and not at the first publication.

use libp2p::Multiaddr;

use super::{Settings, own_domain, own_name};

/// The first value that cannot be used, in words.
pub(super) fn check(settings: &Settings) -> Result<(), String> {
    let relays = settings.relays.iter().map(|relay| &relay.address);
    for address in settings.network.listen.iter().chain(&settings.network.connect).chain(relays) {
        if let Err(fault) = address.parse::<Multiaddr>() {
            return Err(format!("`{address}` is no multiaddress ({fault})"));
        }
    }
    for domain in &settings.sanitizer.own_domains {
        own_domain(domain).map_err(|fault| format!("in own_domains `{domain}` {fault}"))?;
    }
    for name in &settings.sanitizer.own_names {
        own_name(name).map_err(|fault| format!("in own_names `{name}` {fault}"))?;
    }
    Ok(())
}
