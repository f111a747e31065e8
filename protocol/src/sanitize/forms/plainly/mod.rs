//! The walk through all readings written plainly, for tests: the quick one must find the same.

#![allow(clippy::unwrap_used)]

mod decode;
mod readings;

use alloc::format;
use alloc::string::{String, ToString};

use proptest::prelude::*;
use readings::{Reader, read};

use super::automaton::Mode;
use super::tests::encodings;
use super::{Forbidden, Form, fold, respell, unescape};
use crate::sanitize::own::OwnList;

/// Searches every reading without a glance before.
struct Search<'a> {
    forbidden: &'a Forbidden,
    mode: Mode,
}

impl Reader for Search<'_> {
    fn text(&mut self, _form: Form, shortest: usize, text: &str) -> bool {
        let mut found = false;
        let mode = self.mode.in_reading(shortest);
        self.forbidden.automaton.search(&fold::folded(text), shortest, mode, |_, _| {
            found = true;
            true
        });
        found || !self.forbidden.networks.all(text).is_empty()
    }

    fn digest(&mut self, window: u64) -> bool {
        self.forbidden.digests.holds(window)
    }
}

fn form(forbidden: &Forbidden, text: &str, mode: Mode) -> Option<Form> {
    if mode == Mode::Token && forbidden.short_token_is(text) {
        return Some(Form::Base64);
    }
    read(text, if mode == Mode::Token { 4 } else { 8 }, &mut Search { forbidden, mode })
}

fn lists() -> [Forbidden; 2] {
    let full = OwnList {
        domains: ["smith2028.org", "janeforohio.com", "lee.org", "wähl-mich.de"].map(String::from).to_vec(),
        names: ["Anna Lee", "anna.lee@smith2028.org", "Zoë Müller", "bo.an@web.de", "李雷"]
            .map(String::from)
            .to_vec(),
        words: ["Lakeview"].map(String::from).to_vec(),
        phones: ["+1 202 555 0143"].map(String::from).to_vec(),
        networks: ["185.174.101.0/24", "2a02:6b8::/32"].map(String::from).to_vec(),
    };
    let short = OwnList { names: ["Anna Lee", "bob"].map(String::from).to_vec(), ..OwnList::default() };
    [Forbidden::new(&[&full]), Forbidden::new(&[&short])]
}

/// What is planted: of the lists, cut, encoded up to three times, or rubble.
fn planted() -> impl Strategy<Value = String> {
    let secrets = [
        "smith2028.org",
        "mail.lee.org",
        "anna.lee@smith2028.org",
        "Anna Lee",
        "zoe-muller",
        "a.lee",
        "bob",
        "李雷",
        "lakeview",
        "2025550143",
        "185.174.101.9",
        "2a02:6b8::1",
        "anna at smith2028 dot org",
        "evil.net",
        "8f3a9c2d71",
    ];
    let choice = any::<prop::sample::Index>;
    (prop::sample::select(secrets.to_vec()), prop::collection::vec(choice(), 0..3), 0_usize..4).prop_map(
        |(secret, ways, cut)| {
            let mut text = secret.to_string();
            for way in ways {
                let all = encodings(&text);
                text = all[way.index(all.len())].1.clone();
            }
            // Sometimes a character is missing in front.
            text.chars().skip(usize::from(cut == 3)).collect()
        },
    )
}

fn rubble() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9.-]{0,24}",
        "[0-9a-f]{16,64}",
        "[A-Za-z0-9_-]{8,40}",
        "[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
        "[a-zA-Z0-9%=&./:@<>\\\\_+ -]{0,12}",
        "\\PC{0,6}",
    ]
}

fn value() -> impl Strategy<Value = String> {
    let piece = || prop_oneof![2 => rubble(), 1 => planted()];
    prop::collection::vec(piece(), 1..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_quick_walk_finds_what_the_plain_one_finds(text in value()) {
        for forbidden in lists() {
            prop_assert_eq!(forbidden.form_in(&text), form(&forbidden, &text, Mode::Text), "{}", text);
            prop_assert_eq!(forbidden.form_in_part(&text), form(&forbidden, &text, Mode::Token), "{}", text);
            prop_assert_eq!(forbidden.form_in_handle(&text), form(&forbidden, &text, Mode::Glued), "{}", text);
        }
    }
}

#[test]
fn every_encoding_in_every_place_is_found_alike() {
    let all = lists();
    for secret in ["smith2028.org", "Anna Lee", "bob", "185.174.101.9", "evil.net"] {
        for (name, once) in encodings(secret) {
            let surrounded =
                [once.clone(), format!("x7-{once}"), format!("a/{once}.html"), format!("{once}zz")];
            for (text, forbidden) in
                surrounded.iter().flat_map(|text| all.iter().map(move |list| (text, list)))
            {
                for mode in [Mode::Text, Mode::Token] {
                    let quick = if mode == Mode::Text {
                        forbidden.form_in(text)
                    } else {
                        forbidden.form_in_part(text)
                    };
                    assert_eq!(quick, form(forbidden, text, mode), "{name}: {text}");
                }
            }
        }
    }
}
