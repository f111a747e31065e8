//! The leak guard: the last look at what would leave.
//!
//! Decides one thing: does any outgoing text hold something of the member's own list, as it is or in a simple encoding?
//! It knows nothing of indicators and rules, so that a mistake there does not pass here too. It changes nothing.

use core::fmt;

use super::forms::{Forbidden, Form};
use super::own::OwnList;

/// Something of the own list in an outgoing text. What it is, is not repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Which of the outgoing texts, from 0.
    pub index: usize,
    /// How it is written there: `as it is`, `percent-encoded`, `in base64` or `in hexadecimal`.
    pub form: &'static str,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outgoing text {} holds something of your own list, {}", self.index, self.form)
    }
}

impl core::error::Error for Leak {}

/// Looks through every text that would leave.
///
/// A domain is found where no letter or digit stands directly before or after it, so `mail.campaign.org`,
/// `campaign.org.evil.net` and `my-campaign.org` all count for `campaign.org`. A name is found as a word or row of words,
/// whatever punctuation or digits stand between or around them. Inside base64 and hexadecimal only strings of five
/// characters and more are looked for: shorter ones stand in any heap of hashes by chance.
///
/// A text that a person released, letter by letter, may leave whatever it holds.
///
/// # Errors
/// The first leak; nothing may be sent then.
pub fn guard<'t>(
    outgoing: impl IntoIterator<Item = &'t str>,
    lists: &[&OwnList],
    is_released: impl Fn(&str) -> bool,
) -> Result<(), Leak> {
    let forbidden = Forbidden::new(lists);
    let mut outgoing = outgoing.into_iter().enumerate().filter(|(_, text)| !is_released(text));
    match outgoing.find_map(|(index, text)| Some((index, forbidden.form_in(text)?))) {
        None => Ok(()),
        Some((index, form)) => {
            let form = if form == Form::Plain { "as it is" } else { "encoded" };
            Err(Leak { index, form })
        }
    }
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
