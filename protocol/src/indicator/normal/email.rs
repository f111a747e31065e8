//! E-mail addresses.

use alloc::format;
use alloc::string::String;

use super::Reason;
use super::domain::{domain, host_name};
use super::text::{folded, is_deceptive};
use crate::indicator::refang;

/// `local@domain` in lower case. `mailto:`, a name in front of `<...>` and what follows `?` go; a quoted local part is
/// refused (RFC 5321 asks hosts to avoid them, and they would hide blanks and a second `@`).
pub(super) fn email(text: &str) -> Result<String, Reason> {
    let text = match (text.rfind('<'), text.rfind('>')) {
        (Some(start), Some(end)) if start < end => text.get(start.saturating_add(1)..end).unwrap_or_default(),
        _ => text,
    };
    let text = refang(text);
    let address = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => {
            text.get(7..).and_then(|rest| rest.split('?').next()).unwrap_or_default()
        }
        _ => text.as_ref(),
    };
    let Some((local, host)) = address.rsplit_once('@') else {
        return Err("no @ in it");
    };
    let local = folded(local)?;
    if local.is_empty() || local.len() > 64 {
        return Err("nothing, or more than 64 bytes, before the @");
    }
    let is_allowed = |c: char| match c {
        'a'..='z' | '0'..='9' => true,
        c if c.is_ascii() => ".!#$%&'*+/=?^_`{|}~-".contains(c),
        c => c.is_alphanumeric() && !is_deceptive(c),
    };
    if !local.chars().all(is_allowed) {
        return Err("a character before the @ that no address has unquoted");
    }
    if local.starts_with(['.', '\'', '`', '*', '{', '+']) || local.ends_with('.') || local.contains("..") {
        return Err("a dot or quote in the wrong place before the @");
    }
    if host.starts_with(['.', '*']) {
        return Err("no host after the @");
    }
    // An address inside a house (`root@mailhost`) is an address too; the sanitizer drops it.
    let host = domain(host).or_else(|reason| match host_name(host) {
        Ok(name) if !name.contains('.') => Ok(name),
        _ => Err(reason),
    })?;
    Ok(format!("{local}@{host}"))
}
