//! Persons' names.
//!
//! Decides by the words around them: a greeting before, a title before, a closing before; and by the single words of the
//! names on the lists, where they are written with a capital letter.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::cut::Cut;
use super::word::{Word, words};
use crate::sanitize::own::OwnList;
use crate::sanitize::rules::PERSON_IN_TEXT;

/// Words that address somebody, in lower case; only at the beginning of a sentence and with a name right after them.
const GREETINGS: [&str; 39] = [
    "dear",
    "hi",
    "hello",
    "hey",
    "greetings",
    "morning",
    "afternoon",
    "evening",
    "hallo",
    "liebe",
    "lieber",
    "servus",
    "moin",
    "tag",
    "geehrte",
    "geehrter",
    "bonjour",
    "cher",
    "chère",
    "salut",
    "bonsoir",
    "estimado",
    "estimada",
    "querido",
    "querida",
    "hola",
    "ciao",
    "caro",
    "cara",
    "gentile",
    "beste",
    "geachte",
    "szanowny",
    "drogi",
    "droga",
    "prezado",
    "prezada",
    "olá",
    "kedves",
];

/// Words before a person's name wherever it stands, in lower case, without the dot.
const TITLES: [&str; 24] = [
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "herrn", "frau", "monsieur", "madame", "mme",
    "mlle", "señor", "señora", "sr", "sra", "signor", "signora", "pan", "pani", "meneer", "mevrouw",
];

/// Last words of what closes a letter, in lower case; a name follows on the same line or the next.
const CLOSINGS: [&str; 22] = [
    "regards",
    "sincerely",
    "faithfully",
    "cheers",
    "truly",
    "wishes",
    "signed",
    "gruß",
    "grüße",
    "grüßen",
    "gruss",
    "gruesse",
    "gruessen",
    "gez",
    "cordialement",
    "saludos",
    "atentamente",
    "saludo",
    "groeten",
    "groet",
    "pozdrawiam",
    "atenciosamente",
];

/// What a greeting can be followed by that is nobody's name, in lower case.
const EVERYBODY: [&str; 57] = [
    "all",
    "everyone",
    "everybody",
    "team",
    "customer",
    "customers",
    "client",
    "clients",
    "user",
    "users",
    "sir",
    "madam",
    "sirs",
    "friend",
    "friends",
    "colleague",
    "colleagues",
    "member",
    "members",
    "voter",
    "voters",
    "supporter",
    "supporters",
    "patriot",
    "patriots",
    "valued",
    "account",
    "holder",
    "owner",
    "admin",
    "administrator",
    "world",
    "kitty",
    "neighbor",
    "neighbour",
    "staff",
    "volunteer",
    "volunteers",
    "candidate",
    "damen",
    "herren",
    "und",
    "kunde",
    "kundin",
    "kunden",
    "freunde",
    "kolleginnen",
    "kollegen",
    "mitglied",
    "tous",
    "client(e)",
    "cliente",
    "clientes",
    "amigos",
    "there",
    "folks",
    "employee",
];

/// Parts of names that are everyday words when a sentence begins with them, in lower case, and words of organisations'
/// names.
const EVERYDAY: [&str; 92] = [
    "will",
    "may",
    "mark",
    "grace",
    "hope",
    "young",
    "long",
    "rich",
    "bill",
    "art",
    "rose",
    "april",
    "june",
    "august",
    "chase",
    "hunter",
    "frank",
    "sue",
    "pat",
    "rob",
    "dean",
    "king",
    "page",
    "case",
    "law",
    "west",
    "north",
    "south",
    "east",
    "green",
    "brown",
    "white",
    "black",
    "gray",
    "grey",
    "day",
    "little",
    "strong",
    "wise",
    "best",
    "price",
    "banks",
    "hill",
    "woods",
    "fields",
    "stone",
    "power",
    "powers",
    "max",
    "ray",
    "gene",
    "faith",
    "joy",
    "christian",
    "summer",
    "autumn",
    "winter",
    "sky",
    "star",
    "cook",
    "baker",
    "carter",
    "miller",
    "porter",
    "fisher",
    "sharp",
    "short",
    "small",
    "large",
    "good",
    "love",
    "nice",
    "new",
    "old",
    "van",
    "von",
    "der",
    "den",
    "del",
    "los",
    "las",
    "the",
    "and",
    "for",
    "with",
    "mac",
    "guy",
    "bush",
    "ford",
    "bush's",
    "trump",
    "cole",
];

/// Words that only organisations have in their names, in lower case.
const ORGANISATIONS: [&str; 42] = [
    "for",
    "of",
    "the",
    "committee",
    "campaign",
    "party",
    "team",
    "inc",
    "llc",
    "ltd",
    "gmbh",
    "verein",
    "office",
    "county",
    "state",
    "city",
    "friends",
    "people",
    "union",
    "association",
    "foundation",
    "group",
    "company",
    "institute",
    "university",
    "school",
    "church",
    "network",
    "fund",
    "pac",
    "council",
    "board",
    "department",
    "ministry",
    "partei",
    "bund",
    "action",
    "center",
    "centre",
    "news",
    "press",
    "und",
];

/// The most words of a name after a greeting.
const MOST_WORDS: usize = 4;

/// Small words inside names.
const PARTICLES: [&str; 20] = [
    "de", "la", "las", "los", "del", "da", "dos", "das", "di", "du", "le", "van", "von", "der", "den", "ten",
    "ter", "zu", "bin", "ibn",
];

/// Single words of the names on a list, in lower case.
#[derive(Default)]
pub(in crate::sanitize) struct Persons {
    words: BTreeSet<String>,
}

impl Persons {
    /// The words of every name of two to four words, none of them an organisation's, and of the first parts of mail
    /// addresses that are written as names (`anna.lee@`).
    pub(in crate::sanitize) fn new(list: &OwnList) -> Persons {
        let mut words = BTreeSet::new();
        for name in &list.names {
            let lower = name.to_lowercase();
            let is_address = lower.contains('@');
            let local = lower.split('@').next().unwrap_or_default();
            let is_between = |c: char| {
                if is_address { matches!(c, '.' | '_' | '-') } else { c.is_whitespace() || c == ',' }
            };
            let parts: Vec<&str> = local.split(is_between).filter(|part| !part.is_empty()).collect();
            let is_small = |part: &str| PARTICLES.contains(&part);
            let long = parts.iter().filter(|part| !is_small(part)).count();
            let is_person = (2..=4).contains(&long)
                && !parts
                    .iter()
                    .any(|part| ORGANISATIONS.contains(part) || part.contains(|c: char| c.is_ascii_digit()));
            if is_person {
                let long = parts.into_iter().filter(|part| !is_small(part) && is_long(part));
                words.extend(long.map(|part| part.trim_matches('.').to_string()));
            }
        }
        Persons { words }
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// Whether a word of a name says something by itself: three letters, or one of a script whose letters are syllables.
fn is_long(part: &str) -> bool {
    part.chars().count() >= 3
        || part
            .chars()
            .all(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'))
}

/// Names of persons.
pub(super) fn cuts(text: &str, lists: [&Persons; 2]) -> Vec<Cut> {
    let words = words(text);
    let mut cuts = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if word.text.len() > 64 {
            continue;
        }
        let lower = word.text.to_lowercase();
        let after = index.saturating_add(1);
        let is_reply = matches!(lower.as_str(), "re" | "fw" | "fwd" | "aw" | "wg")
            && text.get(word.range.end..).is_some_and(|tail| tail.starts_with(": "));
        if (is_reply || GREETINGS.contains(&lower.as_str()))
            && let Some(next) = words.get(after)
            && next.is_capitalised()
            && lists.iter().any(|list| list.has(&bare(&next.text.to_lowercase())))
            && ends_address(text, next)
        {
            // An everyday word too, such as `Grace`.
            cuts.push(Cut::out(next.range.clone(), PERSON_IN_TEXT));
        }
        if GREETINGS.contains(&lower.as_str()) && begins_sentence(text, word) {
            // `Dear Ms. Lee`: the title takes it from here.
            let names = names_from(text, &words, after);
            if names.last().is_some_and(|last| ends_address(text, last)) {
                cuts.extend(whole(names));
            }
        } else if TITLES.contains(&lower.as_str())
            && word.is_capitalised()
            && is_followed(text, word, &words, after)
        {
            cuts.extend(whole(names_from(text, &words, after)));
        } else if CLOSINGS.contains(&lower.as_str()) {
            let names = names_from_next_line(text, word, &words, after);
            if names.last().is_some_and(|last| ends_line(text, last)) {
                cuts.extend(whole(names));
            }
        }
        let is_listed = |word: &Word<'_>| {
            let lower = bare(&word.text.to_lowercase());
            word.is_capitalised() && lists.iter().any(|list| list.has(&lower))
        };
        let is_telling = |word: &Word<'_>| !EVERYDAY.contains(&word.text.to_lowercase().as_str());
        // An everyday word beside a family name, as in `Grace B. Okonkwo`, is somebody's too.
        let family = |next: &Word<'_>| is_listed(next) && is_telling(next);
        if is_listed(word) && (is_telling(word) || next_name(text, &words, index).is_some_and(family)) {
            cuts.push(Cut::out(word.range.clone(), PERSON_IN_TEXT));
        }
    }
    cuts
}

/// The word after a name, over an initial: of `Grace B. Okonkwo` the last.
fn next_name<'w, 't>(text: &str, words: &'w [Word<'t>], index: usize) -> Option<&'w Word<'t>> {
    let beside = |index: usize| {
        let (word, next) = (words.get(index)?, words.get(index.saturating_add(1))?);
        let gap = text.get(word.range.end..next.range.start)?;
        matches!(gap, " " | ". " | "  " | "\u{a0}").then_some((next, index.saturating_add(1)))
    };
    let (next, at) = beside(index)?;
    if next.text.chars().count() == 1 { beside(at).map(|(next, _)| next) } else { Some(next) }
}

/// Without the `'s` of a possessive.
fn bare(lower: &str) -> String {
    lower.trim_end_matches("'s").trim_end_matches("’s").to_string()
}

fn whole(names: &[Word<'_>]) -> Option<Cut> {
    let (first, last) = names.first().zip(names.last())?;
    Some(Cut::out(first.range.start..last.range.end, PERSON_IN_TEXT))
}

/// The capitalised words from `index` on that stand next to each other and are somebody's.
fn names_from<'w, 't>(text: &str, words: &'w [Word<'t>], index: usize) -> &'w [Word<'t>] {
    let rest = words.get(index..).unwrap_or_default();
    let mut count = 0_usize;
    let mut end = index.checked_sub(1).and_then(|before| words.get(before)).map(|word| word.range.end);
    for word in rest.iter().take(MOST_WORDS) {
        let gap = end.and_then(|end| text.get(end..word.range.start)).unwrap_or_default();
        let is_next = matches!(gap, " " | ". " | "  " | "\u{a0}");
        let lower = word.text.to_lowercase();
        let is_particle = PARTICLES.contains(&word.text);
        let is_nobody = EVERYBODY.contains(&lower.as_str()) || TITLES.contains(&lower.as_str());
        // After a name a dot ends the sentence, but for an initial.
        let is_initial = count == 0
            || gap != ". "
            || rest.get(count.saturating_sub(1)).is_some_and(|word| word.text.chars().count() == 1);
        if !is_next || !is_initial || is_nobody || !(word.is_capitalised() || is_particle) {
            break;
        }
        count = count.saturating_add(1);
        end = Some(word.range.end);
    }
    // `Dear Anna, la ...`: a small word at the end is no part of the name.
    let names = rest.get(..count).unwrap_or_default();
    let small = names.iter().rev().take_while(|word| PARTICLES.contains(&word.text)).count();
    names.get(..names.len().saturating_sub(small)).unwrap_or_default()
}

/// The same, where a comma, blanks and one line end may stand between.
fn names_from_next_line<'w, 't>(
    text: &str,
    closing: &Word<'_>,
    words: &'w [Word<'t>],
    index: usize,
) -> &'w [Word<'t>] {
    let Some(first) = words.get(index) else { return &[] };
    let gap = text.get(closing.range.end..first.range.start).unwrap_or_default();
    let is_near = gap.len() <= 8
        && !gap.is_empty()
        && gap.chars().all(|c| c.is_whitespace() || matches!(c, ',' | '.' | ':' | '!' | '-' | '–'));
    let lower = first.text.to_lowercase();
    if !is_near || lower == "by" || !first.is_capitalised() || EVERYBODY.contains(&lower.as_str()) {
        // `signed by Anna Lee`
        return if lower == "by" && is_near { names_from(text, words, index.saturating_add(1)) } else { &[] };
    }
    let more = names_from(text, words, index.saturating_add(1)).len();
    words.get(index..index.saturating_add(more).saturating_add(1)).unwrap_or_default()
}

/// Whether a title stands before a name: with a dot and a blank, or a blank.
fn is_followed(text: &str, title: &Word<'_>, words: &[Word<'_>], after: usize) -> bool {
    words.get(after).is_some_and(|next| {
        let gap = text.get(title.range.end..next.range.start).unwrap_or_default();
        // An antivirus vendor.
        matches!(gap, " " | ". ") && !next.text.eq_ignore_ascii_case("web")
    })
}

/// Whether nothing but blanks, a quote or the end of a sentence stands before a word; `Good morning` and `Sehr geehrte`
/// count with their first words.
fn begins_sentence(text: &str, word: &Word<'_>) -> bool {
    let head = text
        .get(..word.range.start)
        .unwrap_or_default()
        .trim_end_matches([' ', '\t', '"', '“', '„', '>', '*']);
    let head = ["Good", "Guten", "Sehr", "good", "sehr"]
        .iter()
        .find_map(|first| head.strip_suffix(first))
        .map_or(head, |head| head.trim_end_matches([' ', '\t', '"', '“', '„', '>', '*']));
    head.is_empty() || head.ends_with(['\n', '.', '!', '?', ':', ']', '-', '–', ')', ',', ';'])
}

/// Whether the sentence goes on after a greeting as after an address.
fn ends_address(text: &str, last: &Word<'_>) -> bool {
    let tail = text.get(last.range.end..).unwrap_or_default();
    let bare = tail.trim_start_matches([' ', '\t']);
    bare.is_empty()
        || bare.starts_with([',', '!', ':', ';', '\n', '\r', '-', '–', '—', '?'])
        || tail.starts_with('.')
}

fn ends_line(text: &str, last: &Word<'_>) -> bool {
    let tail = text.get(last.range.end..).unwrap_or_default().trim_start_matches([' ', '\t', '.', ',']);
    tail.is_empty() || tail.starts_with(['\n', '\r'])
}
