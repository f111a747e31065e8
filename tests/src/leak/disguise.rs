//! The disguises in which a person's address, or a part of it, travels.

use super::encode::{
    base32, base64, base64url, entities, hex, md5, percent, percent_times, reversed, rot13, sha1, sha256,
    utf16,
};
use super::member::Person;
use super::needle::Needle;
use super::random::Random;

/// How an address is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Disguise {
    Plain,
    Upper,
    MixedCase,
    PercentAt,
    PercentAll,
    PercentTwice,
    PercentMany,
    Base64,
    Base64Bare,
    Base64Url,
    Base64Offset,
    Base64Json,
    Base64Twice,
    Base64OfPercent,
    PercentOfBase64,
    Base64Lines,
    Base64Utf16,
    ReversedBase64,
    HexLower,
    HexUpper,
    HexOffset,
    HexOfBase64,
    HexSeparated,
    Reversed,
    Base64Reversed,
    Md5,
    Md5Upper,
    Sha1,
    Sha256,
    Md5Local,
    Sha1Local,
    Sha256Local,
    Md5OfUpper,
    Md5Base64,
    PlusTag,
    Verp,
    AtAsWord,
    Split,
    Entities,
    EntityAt,
    Defanged,
    LocalOnly,
    DomainOnly,
    NameDotted,
    NameJoined,
    Dashed,
    ZeroWidth,
    FullWidth,
    UnicodeEscapes,
    Rot13,
    Base32,
}

use Disguise::*;

/// All of them, in the order of the table.
pub(super) const ALL: [Disguise; 51] = [
    Plain,
    Upper,
    MixedCase,
    PercentAt,
    PercentAll,
    PercentTwice,
    PercentMany,
    Base64,
    Base64Bare,
    Base64Url,
    Base64Offset,
    Base64Json,
    Base64Twice,
    Base64OfPercent,
    PercentOfBase64,
    Base64Lines,
    Base64Utf16,
    ReversedBase64,
    HexLower,
    HexUpper,
    HexOffset,
    HexOfBase64,
    HexSeparated,
    Reversed,
    Base64Reversed,
    Md5,
    Md5Upper,
    Sha1,
    Sha256,
    Md5Local,
    Sha1Local,
    Sha256Local,
    Md5OfUpper,
    Md5Base64,
    PlusTag,
    Verp,
    AtAsWord,
    Split,
    Entities,
    EntityAt,
    Defanged,
    LocalOnly,
    DomainOnly,
    NameDotted,
    NameJoined,
    Dashed,
    ZeroWidth,
    FullWidth,
    UnicodeEscapes,
    Rot13,
    Base32,
];

/// Where a disguise can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fits {
    /// Only letters, digits and hyphens: a label of a host name too.
    Label,
    /// No blanks and nothing that ends a value in a URL.
    Url,
    /// Text.
    Text,
}

/// A disguised address.
#[derive(Clone, Debug)]
pub(super) struct Worn {
    pub(super) text: String,
    /// For [`Split`]: the second part.
    pub(super) second: Option<String>,
    pub(super) needles: Vec<Needle>,
    pub(super) fits: Fits,
}

impl Disguise {
    /// The name in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Plain => "plain",
            Upper => "upper case",
            MixedCase => "mixed case",
            PercentAt => "percent, signs only",
            PercentAll => "percent, every letter",
            PercentTwice => "percent twice",
            PercentMany => "percent three to six times",
            Base64 => "base64, padded",
            Base64Bare => "base64, unpadded",
            Base64Url => "base64url",
            Base64Offset => "base64 at any offset",
            Base64Json => "base64 of JSON or a query",
            Base64Twice => "base64 twice",
            Base64OfPercent => "base64 of percent",
            PercentOfBase64 => "percent of base64",
            Base64Lines => "base64 of several lines",
            Base64Utf16 => "base64 of UTF-16",
            ReversedBase64 => "base64, then reversed",
            HexLower => "hex, lower case",
            HexUpper => "hex, upper case",
            HexOffset => "hex at any offset",
            HexOfBase64 => "hex of base64",
            HexSeparated => "hex with separators",
            Reversed => "reversed",
            Base64Reversed => "reversed, then base64",
            Md5 => "MD5 of the address",
            Md5Upper => "MD5, upper case",
            Sha1 => "SHA-1 of the address",
            Sha256 => "SHA-256 of the address",
            Md5Local => "MD5 of the local part",
            Sha1Local => "SHA-1 of the local part",
            Sha256Local => "SHA-256 of the local part",
            Md5OfUpper => "hash of another spelling",
            Md5Base64 => "hash in base64",
            PlusTag => "plus-tag",
            Verp => "VERP (=)",
            AtAsWord => "at as a word",
            Split => "split over two parts",
            Entities => "HTML character references",
            EntityAt => "HTML reference of the @",
            Defanged => "defanged",
            LocalOnly => "local part alone",
            DomainOnly => "own domain alone",
            NameDotted => "name with a dot",
            NameJoined => "name without a gap",
            Dashed => "with dashes",
            ZeroWidth => "zero-width characters inside",
            FullWidth => "full-width letters",
            UnicodeEscapes => "escapes (\\u0061, \\x61)",
            Rot13 => "ROT13",
            Base32 => "base32",
        }
    }

    /// Whether the promise names it; the others are asked for on top.
    pub(super) fn is_promised(self) -> bool {
        !matches!(
            self,
            ZeroWidth | FullWidth | UnicodeEscapes | Rot13 | Base32 | Md5Base64 | Base64Utf16 | HexSeparated
        )
    }

    /// Writes the person's address. `known` when the person's domain is the member's or learned; a public provider's
    /// name alone tells nothing.
    pub(super) fn wear(self, random: &mut Random, person: &Person, known: bool) -> Option<Worn> {
        let address = person.address();
        let (local, domain) = (person.local.as_str(), person.domain.as_str());
        let noise = |random: &mut Random| {
            let length = random.within(0, 7);
            random.string("abcdefghijklmnopqrstuvwxyz0123456789;:=&", length)
        };
        let distinct = local.contains(['.', '_']) || local.len() >= 6;
        let mut fits = Fits::Url;
        let mut second = None;
        let text = match self {
            Plain => address.clone(),
            Upper => address.to_uppercase(),
            MixedCase => flip_case(random, &address),
            PercentAt => percent(&address, false, random.percent(60)),
            PercentAll => percent(&address, true, random.percent(60)),
            PercentTwice => percent_times(&address, 2),
            PercentMany => percent_times(&address, random.within(3, 6)),
            Base64 => base64(address.as_bytes(), true),
            Base64Bare => base64(address.as_bytes(), false),
            Base64Url => base64url(address.as_bytes(), random.percent(30)),
            Base64Offset => {
                let (before, after) = (noise(random), noise(random));
                base64url(format!("{before}{address}{after}").as_bytes(), false)
            }
            Base64Json => {
                let number = random.digits(6);
                let inner = match random.below(3) {
                    0 => format!("{{\"email\":\"{address}\",\"id\":{number}}}"),
                    1 => format!("uid={number}&mail={}&x=1", percent(&address, false, true)),
                    _ => format!("{number}|{address}|{domain}"),
                };
                base64(inner.as_bytes(), random.percent(50))
            }
            Base64Twice => base64(base64(address.as_bytes(), true).as_bytes(), random.percent(50)),
            Base64OfPercent => base64(percent(&address, false, true).as_bytes(), false),
            PercentOfBase64 => percent(&base64(address.as_bytes(), true), random.percent(30), true),
            Base64Lines => {
                let inner = format!("To: {address}\r\nSubject: {}\r\n", random.mixed(60));
                base64url(inner.as_bytes(), false)
            }
            Base64Utf16 => base64(&utf16(&address), true),
            ReversedBase64 => reversed(&base64(address.as_bytes(), false)),
            HexLower => hex(address.as_bytes(), false),
            HexUpper => hex(address.as_bytes(), true),
            HexOffset => {
                let length = random.within(1, 9);
                format!("{}{}", random.hex(length), hex(address.as_bytes(), false))
            }
            HexOfBase64 => hex(base64(address.as_bytes(), true).as_bytes(), false),
            HexSeparated => {
                let pairs: Vec<String> = address.bytes().map(|byte| format!("{byte:02x}")).collect();
                pairs.join(random.word(&["-", ":", "_"]))
            }
            Reversed => reversed(&address),
            Base64Reversed => base64(reversed(&address).as_bytes(), false),
            Md5 => hex(&md5(&address), false),
            Md5Upper => hex(&md5(&address), true),
            Sha1 => hex(&sha1(&address), random.percent(20)),
            Sha256 => hex(&sha256(&address), random.percent(20)),
            Md5Local => hex(&md5(local), false),
            Sha1Local => hex(&sha1(local), false),
            Sha256Local => hex(&sha256(local), false),
            Md5OfUpper => match random.below(3) {
                0 => hex(&md5(&address.to_uppercase()), false),
                1 => hex(&sha256(&format!("{address}\n")), false),
                _ if known => hex(&sha1(domain), false),
                _ => hex(&sha1(&address.to_uppercase()), false),
            },
            Md5Base64 => base64url(&md5(&address), false),
            PlusTag => format!("{local}+{}@{domain}", random.word(&["news", "q3", "invoice", "vip"])),
            Verp => format!("{local}={domain}"),
            AtAsWord => {
                format!("{local}{}{domain}", random.word(&["_at_", "-at-", ".at.", "(at)", "~", "%7C", "__"]))
            }
            Split => {
                second = Some(domain.to_owned());
                local.to_owned()
            }
            Entities => {
                fits = Fits::Text;
                entities(&address, random.below(4))
            }
            EntityAt => {
                fits = Fits::Text;
                format!("{local}{}{domain}", random.word(&["&#64;", "&#x40;", "&commat;", "&#0064;"]))
            }
            Defanged => {
                fits = Fits::Text;
                let dotted = domain.replace('.', random.word(&["[.]", "(.)", "[dot]", " dot "]));
                format!("{local}{}{dotted}", random.word(&["[at]", "[@]", " (at) ", " at ", "@"]))
            }
            LocalOnly if distinct => local.to_owned(),
            DomainOnly if known => domain.to_owned(),
            NameDotted => {
                let name = person.plain().to_lowercase().replace(['\'', '.'], "");
                name.replace(' ', random.word(&[".", "_", "-", "+", "%20"]))
            }
            NameJoined if person.plain().len() >= 8 => {
                person.plain().chars().filter(|letter| letter.is_alphanumeric()).collect()
            }
            Dashed if known || distinct => address.replace(['@', '.', '_'], "-"),
            ZeroWidth => {
                fits = Fits::Text;
                let mark = *random.pick(&['\u{200b}', '\u{200d}', '\u{2060}', '\u{ad}', '\u{feff}']);
                address.chars().flat_map(|letter| [letter, mark]).collect()
            }
            FullWidth => {
                fits = Fits::Text;
                let wide = |letter: char| char::from_u32(u32::from(letter) + 0xfee0).unwrap();
                address.chars().map(wide).collect()
            }
            UnicodeEscapes => {
                fits = Fits::Text;
                let unicode = random.percent(50);
                let one = |letter: char| match unicode {
                    true => format!("\\u{:04x}", u32::from(letter)),
                    false => format!("\\x{:02x}", u32::from(letter)),
                };
                address.chars().map(one).collect()
            }
            Rot13 => rot13(&address),
            Base32 => base32(address.as_bytes()),
            LocalOnly | DomainOnly | NameJoined | Dashed => return None,
        };
        if !text.is_ascii() && fits == Fits::Url {
            fits = Fits::Text;
        }
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && text.len() <= 60 {
            fits = Fits::Label;
        }
        let mut needles = person.needles();
        if known {
            needles.push(Needle::anywhere(domain));
        }
        if text.len() >= 6 {
            needles.push(if self == Split {
                Needle::anywhere(text.clone())
            } else {
                Needle::exact(text.clone())
            });
        }
        if fits == Fits::Label {
            needles.push(Needle::exact(text.to_lowercase()));
        }
        Some(Worn { text, second, needles, fits })
    }
}

fn flip_case(random: &mut Random, text: &str) -> String {
    let one = |letter: char| if random.percent(50) { letter.to_ascii_uppercase() } else { letter };
    text.chars().map(one).collect()
}
