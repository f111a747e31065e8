//! The leak guard: the last look at what would leave.
//!
//! Decides one thing: does any outgoing text hold something of the member's own list or of what an input told about its
//! recipients, as it is or in an encoding? It changes nothing.
//!
//! It is another way of looking than the rules have, on purpose, so that a mistake there does not pass here too: the rules
//! undo encodings and read what comes out, the guard writes each forbidden string in the encodings that it knows and looks
//! for the bytes. It shares nothing with them but the list, and knows nothing of indicators. It is the narrower of the two:
//! what it stops the rules should have seen.
//!
//! | looked for | written |
//! | --- | --- |
//! | domains | as they are or defanged, where neither letter nor digit stands before or after; so `mail.campaign.org`, `campaign.org.evil.net` and `my-campaign.org` all count for `campaign.org`, and `supercampaign.org` does not |
//! | addresses | the same, and with `=` for the `@`; from twelve letters on also without anything between the letters |
//! | names, words | as a word or a row of words, whatever punctuation is between and whatever digits are around; two words in either order; from six letters on written as one |
//! | all of these from seven letters and digits on | backwards; in base64 and base64url at any offset and over line ends, in lower case, capitals, title case and as given, and in UTF-16; in hexadecimal, whatever punctuation is between |
//! | addresses, names, domains, local parts | as MD5, SHA-1, SHA-256 and SHA-512 in hexadecimal, and in base64 in any case |
//! | addresses | in base64 in any case, also backwards |
//! | telephone numbers | by their last digits, with blanks, hyphens and dots between |
//! | networks | by any IPv4 address in them |
//!
//! Everything is looked for in the text and once more with percent-escapes undone, however often they were escaped.

mod encode;
mod scan;
mod shelf;
mod strings;
mod views;

use core::fmt;

use super::own::OwnList;
use scan::leak_in;
use strings::Secrets;

/// Something of the lists in an outgoing text. What it is, is not repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Which of the outgoing texts, from 0.
    pub index: usize,
    /// How it is written there, such as `as it is` or `in base64`.
    pub form: &'static str,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outgoing text {} holds something of your own list, {}", self.index, self.form)
    }
}

impl core::error::Error for Leak {}

/// Looks through every text that would leave. A text that a person released, letter by letter, may leave whatever it holds.
///
/// Linear in the texts; takes about forty bytes for each encoding of each string of the lists.
///
/// # Errors
/// The first leak; nothing may be sent then.
pub fn guard<'t>(
    outgoing: impl IntoIterator<Item = &'t str>,
    lists: &[&OwnList],
    is_released: impl Fn(&str) -> bool,
) -> Result<(), Leak> {
    if lists.iter().all(|list| list.is_empty()) {
        return Ok(());
    }
    let secrets = Secrets::of(lists);
    let found = outgoing.into_iter().enumerate().find_map(|(index, text)| {
        let form = leak_in(&secrets, text)?;
        (!is_released(text)).then_some(Leak { index, form })
    });
    found.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    fn own() -> OwnList {
        OwnList {
            domains: vec!["Campaign.org".to_string(), "wähl-mich.de".to_string()],
            names: vec!["Anna  Maria Lee".to_string(), "x".to_string()],
            ..OwnList::default()
        }
    }

    #[test]
    fn whatever_holds_an_own_string_is_stopped() {
        for text in [
            "mail.CAMPAIGN.org",
            "campaign[.]org",
            "http://campaign.org.evil.net/",
            "my-campaign.org",
            "campaign%2Eorg",
            "c=Y2FtcGFpZ24ub3Jn",
            "63616d706169676e2e6f7267",
            "xn--whl-mich-0za.de",
            "WÄHL-MICH.DE",
            "anna-maria_lee@webmail.net",
            "AnnaMariaLee2026.docx",
            "for Anna, Maria Lee",
        ] {
            assert!(guard([text], &[&own()], |_| false).is_err(), "{text}");
        }
    }

    #[test]
    fn other_peoples_names_pass() {
        let texts = [
            "supercampaign.org",
            "campaign.organic",
            "campaign.com",
            "joanna maria lee",
            "x",
            "d=Y2FtcGFpZ24=",
        ];
        assert_eq!(guard(texts, &[&own()], |_| false), Ok(()));
        assert_eq!(guard(["campaign.org"], &[&OwnList::default()], |_| false), Ok(()));
        assert_eq!(guard(["campaign.org"], &[&own()], |text| text == "campaign.org"), Ok(()));
    }
}
