//! A typed list: one domain, name, mail address, telephone number or block of addresses a line.

use super::{Basket, Gathered, Unusable, count};
use crate::settings::{own_domain, own_name, own_network, own_phone};

/// Every line, or the first that cannot be used. `#` begins a comment.
pub(super) fn read(text: &str) -> Result<Gathered, Unusable> {
    let mut basket = Basket::default();
    for (index, line) in text.lines().enumerate() {
        let text = line.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            continue;
        }
        let unusable = |fault: String| Unusable { line: index + 1, text: text.to_owned(), fault };
        let is_domain = text.contains('.') && !text.contains(|c: char| c == '@' || c.is_whitespace());
        if own_network(text).is_ok() {
            basket.network(text);
        } else if own_phone(text).is_ok() {
            basket.phone(text);
        } else if is_domain {
            basket.put(0, Ok(own_domain(text).map_err(unusable)?));
        } else {
            basket.put(1, Ok(own_name(text).map_err(unusable)?));
        }
    }
    let list = basket.list;
    let others = list.phones.len() + list.networks.len();
    let mut understood = format!(
        "a typed list: {}, {}",
        count(list.domains.len(), "domain", "domains"),
        count(list.names.len(), "name or address", "names and addresses")
    );
    if others > 0 {
        understood.push_str(&format!(", {}", count(others, "number or network", "numbers and networks")));
    }
    Ok(Gathered { list, understood, ..Gathered::default() })
}
