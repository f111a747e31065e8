//! From what a page writes as a target to what a click would open.

use watchfire_protocol::indicator::{Indicator, Kind};
use watchfire_protocol::sanitize::registrable_domain;

/// What a target is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A web address.
    Url(Indicator),
    /// Where mails or calls go to.
    Contacts(Vec<Indicator>),
    /// Of no use, for this reason.
    Nothing(&'static str),
}

const INSIDE: &str = "a picture or page inside the mail itself";
const RELATIVE: &str = "leads to a place inside the mail";
const SCHEME: &str = "opens no web page";
const BROKEN: &str = "a link that no program can open";

/// The longest target that is read. `data:` links are longer, and are not read.
const MAX_TARGET_BYTES: usize = 8192;

/// Reads a target as a mail program or browser does: white space inside is ignored, backslashes are slashes.
pub(super) fn resolve(target: &str, base: Option<&str>) -> Target {
    if target.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:")) {
        return Target::Nothing(INSIDE);
    }
    if target.len() > MAX_TARGET_BYTES {
        return Target::Nothing(BROKEN);
    }
    let target: String = target.trim().chars().filter(|c| !matches!(c, '\t' | '\r' | '\n' | '\0')).collect();
    let target = target.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if target.is_empty() || target.starts_with('#') {
        return Target::Nothing(RELATIVE);
    }
    match scheme(target) {
        Some(("http" | "https" | "ftp", scheme, rest)) => url(&format!("{scheme}://{}", with_slashes(rest))),
        Some(("mailto", _, rest)) => contacts(rest),
        Some(("tel" | "callto" | "sms", _, rest)) => {
            let number = rest.split(['?', ';']).next().unwrap_or_default().trim_start_matches('/');
            Indicator::parse(Kind::Phone, number)
                .map_or(Target::Nothing(BROKEN), |phone| Target::Contacts(vec![phone]))
        }
        Some(("cid" | "mid" | "data" | "blob" | "about", ..)) => Target::Nothing(INSIDE),
        Some(_) => Target::Nothing(SCHEME),
        None => relative(target, base),
    }
}

/// The scheme in lower case (as one of those known here), the scheme again, and what follows its colon.
fn scheme(target: &str) -> Option<(&'static str, &'static str, &str)> {
    const KNOWN: [&str; 12] =
        ["http", "https", "ftp", "mailto", "tel", "callto", "sms", "cid", "mid", "data", "blob", "about"];
    let (name, rest) = target.split_once(':')?;
    let is_scheme = name.len() <= 32
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    // `host.net:8080/x` is no scheme.
    if !is_scheme || (name.contains('.') && rest.starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let known = KNOWN.iter().find(|known| name.eq_ignore_ascii_case(known)).copied();
    Some(known.map_or(("", "", rest), |known| (known, known, rest)))
}

/// What follows `https:`, without the slashes of either kind before the host.
fn with_slashes(rest: &str) -> String {
    let rest = rest.trim_start_matches(['/', '\\']);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (before, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    format!("{}{after}", before.replace('\\', "/"))
}

fn url(text: &str) -> Target {
    Indicator::parse(Kind::Url, text).map_or(Target::Nothing(BROKEN), Target::Url)
}

fn relative(target: &str, base: Option<&str>) -> Target {
    if let Some(rest) = target.strip_prefix("//").or_else(|| target.strip_prefix("\\\\")) {
        return url(&format!("https://{}", with_slashes(rest)));
    }
    let base = base.and_then(|base| match resolve(base, None) {
        Target::Url(base) => Some(base),
        _ => None,
    });
    let Some(base) = base else {
        // Mail programs open a bare `www.` too.
        let is_host = target.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www."));
        return if is_host { url(&format!("http://{target}")) } else { Target::Nothing(RELATIVE) };
    };
    let base = base.value();
    let host_end = base.find("://").and_then(|at| base.get(at + 3..)?.find('/').map(|end| at + 3 + end));
    let origin = base.get(..host_end.unwrap_or(base.len())).unwrap_or(base);
    if target.starts_with(['/', '\\']) {
        return url(&format!("{origin}{target}"));
    }
    let path = base.split('?').next().unwrap_or(base);
    let folder = path.get(origin.len()..).and_then(|path| path.rfind('/').and_then(|at| path.get(..at)));
    url(&format!("{origin}{}/{target}", folder.unwrap_or_default()))
}

/// Everybody to whom a `mailto:` writes.
fn contacts(rest: &str) -> Target {
    let (to, query) = rest.split_once('?').unwrap_or((rest, ""));
    let others = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        ["to", "cc", "bcc"].iter().any(|known| key.eq_ignore_ascii_case(known)).then_some(value)
    });
    let all = std::iter::once(to).chain(others).flat_map(|list| list.split([',', ';']));
    let found: Vec<Indicator> = all
        .filter_map(|address| Indicator::parse(Kind::Email, &percent_decoded(address)).ok())
        .take(50)
        .collect();
    if found.is_empty() { Target::Nothing(BROKEN) } else { Target::Contacts(found) }
}

/// Percent-escapes undone once.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((first, rest)) = bytes.split_first() {
        let digit =
            |at: usize| char::from(*rest.get(at)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high << 4) | low);
                bytes = rest.get(2..).unwrap_or_default();
            }
            _ => {
                decoded.push(*first);
                bytes = rest;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Whether the words of a link name another site than the link opens.
pub(super) fn is_mismatch(shown: &str, target: &Indicator) -> bool {
    let host_of = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
        registrable_domain(host).unwrap_or(host).to_owned()
    };
    // A file's name and a sentence's end are no sites.
    let Ok(shown) = Indicator::parse(Kind::Url, shown) else { return false };
    let shown = host_of(shown.value());
    registrable_domain(&shown).is_some() && shown != host_of(target.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(target: &str, base: Option<&str>) -> Option<String> {
        match resolve(target, base) {
            Target::Url(url) => Some(url.value().to_owned()),
            Target::Contacts(all) => all.first().map(|first| first.value().to_owned()),
            Target::Nothing(_) => None,
        }
    }

    #[test]
    fn targets_are_read_as_a_browser_does() {
        for (target, expected) in [
            (" https://ohio-invoices.net/a\n b ", "https://ohio-invoices.net/a%20b"),
            ("HTTPS:\\\\ohio-invoices.net\\a?x=\\", "https://ohio-invoices.net/a?x=\\"),
            ("https:ohio-invoices.net", "https://ohio-invoices.net/"),
            ("https:////ohio-invoices.net/a", "https://ohio-invoices.net/a"),
            ("//ohio-invoices.net/a", "https://ohio-invoices.net/a"),
            ("www.ohio-invoices.net/a", "http://www.ohio-invoices.net/a"),
            ("mailto:Pay%40ohio-invoices.net?cc=x", "pay@ohio-invoices.net"),
            ("tel:+1-614-555-2368", "+16145552368"),
        ] {
            assert_eq!(opened(target, None).as_deref(), Some(expected), "{target}");
        }
        for target in
            ["#top", "cid:logo@1", "data:text/html;base64,AAAA", "javascript:alert(1)", "x.html", ""]
        {
            assert_eq!(opened(target, None), None, "{target}");
        }
    }

    #[test]
    fn relative_targets_follow_the_base() {
        let base = Some("https://ohio-invoices.net/a/b?c=d");
        for (target, expected) in [
            ("x", "https://ohio-invoices.net/a/x"),
            ("/x", "https://ohio-invoices.net/x"),
            ("../x?y", "https://ohio-invoices.net/x?y"),
        ] {
            assert_eq!(opened(target, base).as_deref(), Some(expected));
        }
    }

    #[test]
    fn words_that_name_another_site_are_noticed() {
        let target = Indicator::parse(Kind::Url, "https://evil-bank.net/login");
        assert!(target.is_ok_and(|target| {
            is_mismatch("https://www.bank.com/login", &target)
                && is_mismatch("bank.com", &target)
                && !is_mismatch("www.evil-bank.net", &target)
                && !is_mismatch("1.5", &target)
        }));
    }
}
