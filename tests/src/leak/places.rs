//! Where in a URL a secret stands, and what of the URL must still be there without it.

use super::attack::Attacker;
use super::disguise::{Fits, Worn};
use super::encode::percent;
use super::random::Random;

/// A place in a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Query,
    QueryAmongOthers,
    QueryKey,
    BareQuery,
    Segment,
    LastSegment,
    FileStem,
    MatrixParameter,
    Fragment,
    FragmentQuery,
    UserInfo,
    Password,
    Label,
    PartOfLabel,
    NestedUrl,
}

use Place::*;

/// All of them, in the order of the table.
pub(super) const ALL: [Place; 15] = [
    Query,
    QueryAmongOthers,
    QueryKey,
    BareQuery,
    Segment,
    LastSegment,
    FileStem,
    MatrixParameter,
    Fragment,
    FragmentQuery,
    UserInfo,
    Password,
    Label,
    PartOfLabel,
    NestedUrl,
];

/// A URL with a secret in it.
#[derive(Clone, Debug)]
pub(super) struct Laden {
    pub(super) url: String,
    /// The host, or the part of it that is the same for everybody.
    pub(super) host: String,
    /// Parts that are the same for everybody.
    pub(super) stable: Vec<String>,
}

impl Place {
    /// The name in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Query => "URL: query value",
            QueryAmongOthers => "URL: query value among others",
            QueryKey => "URL: query name",
            BareQuery => "URL: whole query",
            Segment => "URL: path segment",
            LastSegment => "URL: last path segment",
            FileStem => "URL: file name in the path",
            MatrixParameter => "URL: path parameter",
            Fragment => "URL: fragment",
            FragmentQuery => "URL: query in the fragment",
            UserInfo => "URL: user name",
            Password => "URL: password",
            Label => "URL: host label",
            PartOfLabel => "URL: part of a host label",
            NestedUrl => "URL: inside another URL",
        }
    }

    /// Puts a secret there, or the nearest place that can hold it.
    pub(super) fn load(self, random: &mut Random, attacker: &Attacker, worn: &Worn) -> Option<Laden> {
        let scheme = if random.percent(80) { "https" } else { "http" };
        let text = url_text(worn);
        let pair = worn.second.as_deref();
        if worn.fits == Fits::Text && matches!(self, Label | PartOfLabel) {
            return None;
        }
        let name = random.word(&[
            "e",
            "email",
            "id",
            "u",
            "user",
            "q",
            "data",
            "rid",
            "login_hint",
            "recipient",
            "x",
        ]);
        let path = attacker.path.join("/");
        let (host, domain) = (attacker.host.as_str(), attacker.domain.clone());
        let base = format!("{scheme}://{host}/{path}");
        let mut stable = attacker.path.clone();
        let mut stays = host.to_owned();
        let both = |joint: &str| pair.map_or(text.clone(), |second| format!("{text}{joint}{second}"));
        let url = match self {
            Query => format!("{base}?{name}={}", both("&d=")),
            QueryAmongOthers => {
                stable.push("lang=en".to_owned());
                format!("{base}?lang=en&{name}={}&v=2", both("&host="))
            }
            QueryKey => format!("{base}?{}=1", both("=1&")),
            BareQuery => format!("{base}?{}", both("&")),
            Segment => {
                stable = attacker.path.iter().skip(1).cloned().collect();
                let first = &attacker.path[0];
                format!("{scheme}://{host}/{first}/{}/{}", both("/"), stable.join("/"))
            }
            LastSegment => format!("{base}/{}", both("/")),
            FileStem => {
                stable.pop();
                let front = stable.iter().map(|part| format!("/{part}")).collect::<String>();
                format!(
                    "{scheme}://{host}{front}/{}.{}",
                    both("-"),
                    random.word(&["html", "php", "pdf", "aspx"])
                )
            }
            MatrixParameter => {
                stable.pop();
                format!("{base};{name}={}", both(";d="))
            }
            Fragment => format!("{base}#{}", both("/")),
            FragmentQuery => format!("{base}#/login?{name}={}", both("&d=")),
            UserInfo | Password => {
                let safe = if text.contains(['@', '/', ':', '?', '#', '=']) {
                    percent(&text, false, true)
                } else {
                    text
                };
                let before = if self == UserInfo { safe } else { format!("admin:{safe}") };
                format!("{scheme}://{before}@{host}/{path}")
            }
            Label | PartOfLabel => {
                let label = match (worn.fits, pair) {
                    (Fits::Label, None) => text,
                    (_, None) if host_safe(&text) => text,
                    (_, Some(second)) if host_safe(&text) => format!("{text}.{second}"),
                    _ => return None,
                };
                stays = domain.clone();
                if self == Label {
                    format!("{scheme}://{label}.{domain}/{path}")
                } else {
                    format!("{scheme}://{}-{label}.{domain}/{path}", random.word(&["login", "sso", "doc"]))
                }
            }
            NestedUrl => {
                let inner = format!("https://{}/r?{name}={}", attacker.second, both("&d="));
                stable.push(attacker.path[0].clone());
                format!("{base}?next={}", percent(&inner, false, true))
            }
        };
        if matches!(self, Label | PartOfLabel) {
            let longest = url.split("://").nth(1)?.split('/').next()?.split('.').map(str::len).max()?;
            if longest > 63 {
                return None;
            }
        }
        Some(Laden { url, host: stays, stable })
    }
}

/// What would break the URL is percent-encoded once more, as any program would do.
fn url_text(worn: &Worn) -> String {
    let hostile = |letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || !letter.is_ascii()
            || "\"<>#&\\{}[]()".contains(letter)
    };
    if worn.text.contains(hostile) { percent(&worn.text, false, true) } else { worn.text.clone() }
}

/// Whether a host name may begin with it.
fn host_safe(text: &str) -> bool {
    let label = |part: &str| {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !part.is_empty()
            && part.len() <= 60
            && part.bytes().all(fine)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.split('.').all(label) && text.len() < 150
}
