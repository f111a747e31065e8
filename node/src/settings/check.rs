//! Whether the values of the settings can be used at all, so that a mistake shows at once and not at the first publication.

use libp2p::Multiaddr;

use super::Settings;

/// The first value that cannot be used, in words.
pub(super) fn check(settings: &Settings) -> Result<(), String> {
    let relays = settings.relays.iter().map(|relay| &relay.address);
    for address in settings.network.listen.iter().chain(&settings.network.connect).chain(relays) {
        if let Err(fault) = address.parse::<Multiaddr>() {
            return Err(format!("`{address}` is no multiaddress ({fault})"));
        }
    }
    Ok(())
}
