//! Whether the values of the settings can be used at all, so that a mistake shows at once and not at the first publication.

use libp2p::Multiaddr;

use super::{Settings, own_domain, own_name, own_network, own_phone, own_word};

/// The first value that cannot be used, in words.
pub(super) fn check(settings: &Settings) -> Result<(), String> {
    let relays = settings.relays.iter().map(|relay| &relay.address);
    for address in settings.network.listen.iter().chain(&settings.network.connect).chain(relays) {
        if let Err(fault) = address.parse::<Multiaddr>() {
            return Err(format!("`{address}` is no multiaddress ({fault})"));
        }
    }
    let own = &settings.sanitizer;
    own_values("own_domains", &own.own_domains, own_domain)?;
    own_values("own_names", &own.own_names, own_name)?;
    own_values("own_words", &own.own_words, own_word)?;
    own_values("own_phones", &own.own_phones, own_phone)?;
    own_values("own_networks", &own.own_networks, own_network)
}

fn own_values(
    list: &str,
    values: &[String],
    normal: fn(&str) -> Result<String, String>,
) -> Result<(), String> {
    let fault = |value: &String| normal(value).err().map(|fault| format!("in {list} `{value}` {fault}"));
    values.iter().find_map(fault).map_or(Ok(()), Err)
}
