//! ATT&CK and DISARM technique ids (`T1566`, `T1566.002`). Decides the shape only; knows no list of techniques.

use std::collections::BTreeSet;

/// More than any matrix has tactics to fill in one report.
const MAX_TECHNIQUES: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Techniques(BTreeSet<String>);

impl Techniques {
    /// Takes every id that stands in the text as a word of its own.
    pub(super) fn take_from(&mut self, text: &str) {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
        for word in words.map(|word| word.trim_matches('.')) {
            if is_technique(word) && self.0.len() < MAX_TECHNIQUES {
                self.0.insert(word.to_owned());
            }
        }
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.0.into_iter().collect()
    }
}

fn is_technique(word: &str) -> bool {
    let (main, sub) = word.split_once('.').map_or((word, None), |(main, sub)| (main, Some(sub)));
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    main.strip_prefix('T').is_some_and(|number| digits(number, 4)) && sub.is_none_or(|sub| digits(sub, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_as_words_of_their_own() {
        let mut techniques = Techniques::default();
        techniques.take_from(
            "misp-galaxy:mitre-attack-pattern=\"Launch Daemon - T1543.004\", T1193. XT1000 T12345",
        );
        assert_eq!(techniques.into_list(), ["T1193", "T1543.004"]);
    }
}
