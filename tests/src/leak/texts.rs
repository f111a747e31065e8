//! Sentences of people who report something: titles, summaries, subjects, notes, each with something in it that must
//! not leave.

use super::encode;
use super::exposed;
use super::member::{Person, spaced};
use super::names::PEOPLE;
use super::needle::Needle;
use super::scene::Scene;

/// A sentence with one secret.
pub(super) fn telling(scene: &mut Scene, place: &'static str) -> String {
    let named = scene.named;
    loop {
        let told = match scene.random.below(14) {
            0 | 1 if named => name(scene, place),
            2 => part_of_name(scene, place),
            3 | 4 => address(scene, place),
            5 if scene.listed() => telephone(scene, place),
            6 if scene.listed() => word(scene, place),
            7 => inside(scene, place),
            8 => secret(scene, place),
            9 => code(scene, place),
            10 => {
                let path = scene.path(place);
                Some(format!("It was opened from {path} on the same day"))
            }
            11 => other_people(scene, place),
            12 if scene.known => domain(scene, place),
            13 => identifier(scene, place),
            _ => None,
        };
        if let Some(told) = told {
            return told;
        }
    }
}

fn frame(scene: &mut Scene, slot: &str) -> String {
    let before = scene.random.word(&[
        "Phishing against ",
        "Fake invoice sent to ",
        "Mail that reached ",
        "Lure, opened by ",
        "Reported by ",
        "A link that asked for the password of ",
        "Second wave, first seen at ",
    ]);
    let after = scene.random.word(&[
        "",
        "",
        " this morning",
        " (please share)",
        ", link not opened",
        ": credential page",
    ]);
    format!("{before}{slot}{after}")
}

/// A full name in one of its spellings.
fn name(scene: &mut Scene, place: &'static str) -> Option<String> {
    let everyone = if scene.listed() { scene.member.people.len() } else { 1 };
    let at = scene.random.below(everyone);
    let person: Person = scene.member.people[at].clone();
    let full = person.full();
    let (way, written) = match scene.random.below(12) {
        0..=2 => ("full name", full),
        3 => ("name, upper case", full.to_uppercase()),
        4 => ("name, lower case", full.to_lowercase()),
        5 => ("name without accents", person.plain()),
        6 => ("family name first", format!("{}, {}", person.family, person.given)),
        7 => ("name, possessive", format!("{full}'s laptop")),
        8 => (
            "name over two blanks",
            full.replace(' ', if scene.random.percent(50) { "  " } else { "\u{a0}" }),
        ),
        9 => ("name with a dot", person.plain().to_lowercase().replace(' ', ".")),
        10 => ("name without a gap", full.split(' ').collect()),
        _ => ("name, decomposed accents", decomposed(&full)),
    };
    let mut needles = person.needles();
    needles.push(Needle::anywhere(written.trim_end_matches("'s laptop")));
    scene.plant("person's name", way, place, needles);
    Some(frame(scene, &written))
}

/// Letters with their accents behind them, for the accents that the names here have.
fn decomposed(name: &str) -> String {
    let pairs = [
        ('é', "e\u{301}"),
        ('í', "i\u{301}"),
        ('ó', "o\u{301}"),
        ('á', "a\u{301}"),
        ('ü', "u\u{308}"),
        ('ë', "e\u{308}"),
        ('è', "e\u{300}"),
        ('š', "s\u{30c}"),
        ('ř', "r\u{30c}"),
        ('ç', "c\u{327}"),
        ('Ç', "C\u{327}"),
        ('Ż', "Z\u{307}"),
        ('ú', "u\u{301}"),
    ];
    name.chars().fold(String::new(), |mut made, letter| {
        match pairs.iter().find(|(whole, _)| *whole == letter) {
            Some((_, parts)) => made.push_str(parts),
            None => made.push(letter),
        }
        made
    })
}

/// A given or family name with the words that people put around it.
fn part_of_name(scene: &mut Scene, place: &'static str) -> Option<String> {
    // A name that is written without a gap has no parts that a stranger could tell.
    if !scene.named || !scene.victim.full().contains(' ') {
        return None;
    }
    let person = scene.victim.clone();
    let (given, family) = (person.given, person.family);
    let initial: String = given.chars().take(1).collect();
    let (way, text, needle) = match scene.random.below(6) {
        0 => ("Dear given name", format!("Dear {given}, your invoice is overdue"), given),
        1 => ("Hi given name", format!("Hi {given}! Please review the document"), given),
        2 => (
            "Ms family name",
            format!("Lure to {} {family} with a voicemail", scene.random.word(&["Ms.", "Mr.", "Mrs", "Dr."])),
            family,
        ),
        3 => {
            ("initial and family name", format!("Fake login page sent to {initial}. {family} today"), family)
        }
        4 => ("Re: given name", format!("Re: {given} - signature needed"), given),
        _ => (
            "name, middle initial",
            format!("Voicemail for {given} {}. {family}", scene.random.word(&["B", "K", "T"])),
            family,
        ),
    };
    scene.plant("part of a name", way, place, vec![Needle::word(needle)]);
    Some(text)
}

/// The victim's address, disguised.
fn address(scene: &mut Scene, place: &'static str) -> Option<String> {
    let (disguise, worn) = scene.worn();
    let slot = match &worn.second {
        Some(second) => format!("{} at {second}", worn.text),
        None => worn.text.clone(),
    };
    scene.plant_worn(disguise, &worn, place);
    scene.turn();
    Some(frame(scene, &slot))
}

/// A telephone number of the member, in one of its spellings.
fn telephone(scene: &mut Scene, place: &'static str) -> Option<String> {
    let at = scene.random.below(scene.member.people.len());
    let phone = scene.member.people[at].phone.clone();
    let (a, b, c) = (&phone[..3], &phone[3..6], &phone[6..]);
    let written = match scene.random.below(9) {
        0 => spaced(&phone),
        1 => format!("{a}-{b}-{c}"),
        2 => format!("+1{phone}"),
        3 => format!("+1 {a} {b} {c}"),
        4 => format!("{a}.{b}.{c}"),
        5 => format!("1-{a}-{b}-{c}"),
        6 => phone.clone(),
        7 => format!("tel:+1-{a}-{b}-{c}"),
        _ => format!("001 {a} {b}{c}"),
    };
    scene.plant(
        "telephone",
        "spellings",
        place,
        vec![Needle::anywhere(written.clone()), Needle::anywhere(c_of(&phone))],
    );
    Some(format!("They called {written} and asked for a transfer"))
}

fn c_of(phone: &str) -> String {
    phone[3..].to_owned()
}

/// A word of the member's list: a place, a project, a machine.
fn word(scene: &mut Scene, place: &'static str) -> Option<String> {
    let member = &scene.member;
    let words = [member.place.to_owned(), member.machine.clone(), member.server.clone()];
    let plain = scene.random.pick(&words).clone();
    let (way, written) = match scene.random.below(4) {
        0 | 1 => ("plain", plain),
        2 => ("upper case", plain.to_uppercase()),
        _ => ("lower case", plain.to_lowercase()),
    };
    scene.plant("place, project or machine", way, place, vec![Needle::word(written.clone())]);
    Some(format!("Seen first in the {written} mailbox"))
}

/// Something of the inside: a host, an address.
fn inside(scene: &mut Scene, place: &'static str) -> Option<String> {
    let member = scene.member.clone();
    let (what, value) = match scene.random.below(if member.listed { 4 } else { 2 }) {
        0 => ("private address", member.private),
        1 => ("internal host", member.inside),
        2 => ("own public address", member.public),
        _ => ("own host", format!("{}.{}", member.server, member.domain)),
    };
    let (way, written) = match scene.random.below(3) {
        0 if scene.may_defang() => ("defanged", value.replace('.', "[.]")),
        _ => ("plain", value.clone()),
    };
    scene.plant(what, way, place, vec![Needle::anywhere(value), Needle::anywhere(written.clone())]);
    Some(format!("Connections to it from {written} in the proxy log"))
}

/// A key or a password.
fn secret(scene: &mut Scene, place: &'static str) -> Option<String> {
    let (sort, before, value) = exposed::secret(&mut scene.random);
    scene.plant(sort, "plain", place, vec![Needle::exact(value.clone())]);
    let start = scene.random.word(&["They got in with ", "The page collected ", "Found in the script: "]);
    Some(format!("{start}{before}{value}"))
}

/// A code made for one recipient.
fn code(scene: &mut Scene, place: &'static str) -> Option<String> {
    let (sort, token) = scene.token();
    if sort == "short mixed code" || sort == "64 hex digits" || sort == "32 hex digits" {
        return None;
    }
    scene.plant("code for one recipient", sort, place, vec![Needle::exact(token.clone())]);
    Some(format!("The tracking id was {token} in all of them"))
}

/// Addresses of people who are on no list.
fn other_people(scene: &mut Scene, place: &'static str) -> Option<String> {
    // In a report, an address in the text is as likely the attacker's.
    if place.starts_with("report") {
        return None;
    }
    let (_, _, given, family) = PEOPLE[scene.random.below(PEOPLE.len())];
    let word = |name: &str| name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
    let provider = scene.random.word(&["gmail.com", "countyboard.us", "volunteerhub.org", "yahoo.com"]);
    let address = format!("{}.{}{}@{provider}", word(given), word(family), scene.random.within(2, 99));
    scene.plant("address on no list", "plain", place, vec![Needle::anywhere(address.clone())]);
    Some(format!("Forwarded to us by {address} yesterday"))
}

/// The member's domain.
fn domain(scene: &mut Scene, place: &'static str) -> Option<String> {
    let domain = scene.member.domain.clone();
    let (way, written) = match scene.random.below(7) {
        0 => ("plain", domain.clone()),
        1 => ("upper case", domain.to_uppercase()),
        2 if scene.may_defang() => ("defanged", domain.replace('.', "[.]")),
        3 => ("a page", format!("https://www.{domain}/volunteer")),
        4 => ("percent, every letter", encode::percent(&domain, true, true)),
        5 => ("reversed", encode::reversed(&domain)),
        _ => ("a name under it", format!("vpn.{domain}")),
    };
    scene.plant("own domain", way, place, vec![Needle::anywhere(domain), Needle::anywhere(written.clone())]);
    Some(format!("Copy of the login page of {written} with another address"))
}

/// The number of a mail.
fn identifier(scene: &mut Scene, place: &'static str) -> Option<String> {
    if !scene.known {
        return None;
    }
    let id = format!("{}@{}", scene.random.mixed(22), scene.member.domain);
    scene.plant("message id", "plain", place, vec![Needle::anywhere(id.clone())]);
    Some(format!("Message-ID: <{id}>"))
}
