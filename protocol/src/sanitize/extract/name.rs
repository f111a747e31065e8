//! Names with dots in them: domains, files, paths, URLs without a scheme, and what only looks like one.

use core::net::Ipv4Addr;

use super::candidate::Place;
use crate::indicator::{Extension, Indicator, Kind, extension, has_known_suffix};

/// What a dotted word is.
pub(super) enum Name {
    Domain(Indicator),
    Url(Indicator),
    File(Indicator),
    /// Both are possible; the domain it would be.
    DomainOrFile(Indicator),
    App(Indicator),
    /// Worth telling a person about.
    Nothing(&'static str),
    /// Not even similar to an indicator.
    Ordinary,
}

const IN_RUNNING_TEXT: &str = "file name in running text: put it on a line of its own";
pub(super) const EVERYDAY_TYPE: &str = "file name of an everyday type";
const NOT_A_NAME: &str = "written like a detection name or the end of a sentence, not like a domain";
const PRODUCT: &str = "name of a product";
const SINGLE_LETTER: &str = "a single letter before the dot: most likely an abbreviation";

/// Products that are called like a domain.
const PRODUCTS: [&str; 9] = [
    "asp.net",
    "vb.net",
    "ado.net",
    "system.net",
    "system.io",
    "socket.io",
    "paint.net",
    "log4j.so",
    "telegram.bot",
];

/// Judges `word`, which has no blanks and no separators around it.
pub(super) fn name(word: &str, defanged: bool, place: Place) -> Name {
    if word.contains('\\') {
        return path(word, place);
    }
    if let Some((host, rest)) = word.split_once('/') {
        if is_detection_name(host, rest) {
            return Name::Ordinary;
        }
        return with_slash(word, host, rest, defanged, place);
    }
    let host = without_port(word);
    if !host.contains('.') {
        return Name::Ordinary;
    }
    let judged = domain(host, defanged, place);
    match judged {
        Name::Ordinary => file(word, place),
        judged => judged,
    }
}

fn without_port(word: &str) -> &str {
    match word.rsplit_once(':') {
        Some((host, port))
            if (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            host
        }
        _ => word,
    }
}

/// `host/path`, `folder/file` or a detection name such as `Win32/Korplug.TC`.
fn with_slash(word: &str, host: &str, rest: &str, defanged: bool, place: Place) -> Name {
    let host = without_port(host);
    if host.parse::<Ipv4Addr>().is_ok() {
        return Indicator::parse(Kind::Url, word).map_or(Name::Ordinary, Name::Url);
    }
    if host.contains('.') && !host.starts_with('.') {
        match domain(host, defanged, place) {
            Name::Domain(site) if rest.is_empty() => return Name::Domain(site),
            Name::Domain(_) => return Indicator::parse(Kind::Url, word).map_or(Name::Ordinary, Name::Url),
            Name::DomainOrFile(_) if place.is_by_itself() => {
                return Indicator::parse(Kind::Url, word).map_or(Name::Ordinary, Name::Url);
            }
            _ => {}
        }
    }
    path(word, place)
}

/// What anti-virus products call what they find: `Win32/Korplug.TC`, `JS/Kryptik.BIK`.
fn is_detection_name(platform: &str, family: &str) -> bool {
    const PLATFORMS: [&str; 24] = [
        "android",
        "bat",
        "doc",
        "efi",
        "html",
        "ios",
        "iphoneos",
        "java",
        "js",
        "linux",
        "lnk",
        "macos",
        "msil",
        "osx",
        "pdf",
        "php",
        "powershell",
        "python",
        "vba",
        "vbs",
        "w97m",
        "win32",
        "win64",
        "x97m",
    ];
    !family.contains('/') && PLATFORMS.iter().any(|known| platform.eq_ignore_ascii_case(known))
}

/// The last part of a path, if it is a file that tells something.
fn path(word: &str, place: Place) -> Name {
    let last = word.rsplit(['/', '\\']).next().unwrap_or_default();
    if last.is_empty() { Name::Ordinary } else { file(last, place) }
}

fn file(name: &str, place: Place) -> Name {
    match extension(name) {
        None => Name::Ordinary,
        Some(Extension::Everyday) => Name::Nothing(EVERYDAY_TYPE),
        Some(Extension::Telling) if place.is_by_itself() => {
            Indicator::parse(Kind::Filename, name).map_or(Name::Ordinary, Name::File)
        }
        Some(Extension::Telling) => Name::Nothing(IN_RUNNING_TEXT),
    }
}

/// A dotted word without slashes.
fn domain(name: &str, defanged: bool, place: Place) -> Name {
    let Ok(domain) = Indicator::parse(Kind::Domain, name) else { return Name::Ordinary };
    let normal = domain.value();
    let labels = normal.split('.').count();
    let is_known = has_known_suffix(normal);
    if defanged {
        let is_file = !is_known && extension(name).is_some();
        return if is_file { Name::Ordinary } else { Name::Domain(domain) };
    }
    if place.is_by_itself() && is_package(normal) && extension(name).is_none() {
        return Indicator::parse(Kind::App, name).map_or(Name::Ordinary, Name::App);
    }
    if !is_known {
        let is_internal = is_internal(normal) && (labels >= 3 || place.is_by_itself());
        return if is_internal { Name::Domain(domain) } else { Name::Ordinary };
    }
    let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let shouts = last.chars().any(char::is_uppercase);
    if shouts && name.chars().any(char::is_lowercase) {
        return if extension(name).is_some() { file(name, place) } else { Name::Nothing(NOT_A_NAME) };
    }
    // Nobody can register a name with an underscore; below a registered name it is common.
    if psl::domain(normal.as_bytes()).is_some_and(|registered| registered.as_bytes().contains(&b'_')) {
        return Name::Ordinary;
    }
    if PRODUCTS.contains(&normal) {
        return Name::Nothing(PRODUCT);
    }
    let first = normal.split('.').next().unwrap_or_default();
    if labels == 2 && first.len() == 1 && !place.is_by_itself() {
        return Name::Nothing(SINGLE_LETTER);
    }
    // `.com` is a file of the eighties and the domain of everybody.
    let is_also_file = extension(name).is_some() && last != "com" && last != "COM";
    let says_domain =
        matches!(first, "www" | "mail" | "ftp" | "smtp" | "ns1" | "ns2") || has_second_level(normal);
    if is_also_file && !says_domain {
        return if place.is_by_itself() { Name::DomainOrFile(domain) } else { file(name, place) };
    }
    Name::Domain(domain)
}

/// Whether a registry hands out names below a label of its own here, as in `example.com.pl`.
fn has_second_level(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.as_bytes().contains(&b'.'))
}

/// Whether `name` reads from the top-level domain down, like an Android package.
fn is_package(name: &str) -> bool {
    let mut labels = name.split('.');
    matches!(labels.next(), Some("com" | "org" | "net" | "io"))
        && labels.count() >= 2
        && !name.ends_with(".com")
        && !name.ends_with(".org")
        && !name.ends_with(".net")
}

/// Whether a name belongs to an internal network. The sanitizer drops it; it has to be seen for that.
pub(super) fn is_internal(name: &str) -> bool {
    ["local", "internal", "lan", "corp", "localdomain", "intranet", "home.arpa", "localhost"]
        .iter()
        .any(|known| name.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
}
