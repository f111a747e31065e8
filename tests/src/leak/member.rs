//! The member whose data must not leave: its people, domain, machines, networks, telephones and words.

use watchfire_protocol::sanitize::OwnList;

use super::names::{AIMS, CANDIDATES, OWN_ENDINGS, PEOPLE, PLACES, PUBLIC_MAIL};
use super::needle::Needle;
use super::random::Random;

/// Somebody of the member's staff.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) plain_given: &'static str,
    pub(super) plain_family: &'static str,
    /// Before the `@`, lower case.
    pub(super) local: String,
    pub(super) domain: String,
    /// National number, `419 555 0134` style, digits only.
    pub(super) phone: String,
}

/// A campaign.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) domain: String,
    /// The first label of the domain.
    pub(super) label: String,
    pub(super) people: Vec<Person>,
    pub(super) machine: String,
    pub(super) server: String,
    /// Hosts of the inside, without a public suffix.
    pub(super) inside: String,
    pub(super) private: String,
    /// An address of the member's own public block.
    pub(super) public: String,
    pub(super) network: String,
    pub(super) place: &'static str,
    /// Whether anything of it stands on the member's own list.
    pub(super) listed: bool,
}

impl Person {
    /// As it is written at home: family name first where the name is Chinese, Korean or Japanese.
    pub(super) fn full(&self) -> String {
        let eastern = self.family.chars().all(|letter| u32::from(letter) >= 0x3000);
        if eastern {
            format!("{}{}", self.family, self.given)
        } else {
            format!("{} {}", self.given, self.family)
        }
    }

    /// Whether the name is in another script than the address.
    pub(super) fn is_foreign(&self) -> bool {
        self.family.chars().all(|letter| u32::from(letter) >= 0x370)
    }

    pub(super) fn plain(&self) -> String {
        format!("{} {}", self.plain_given, self.plain_family)
    }

    pub(super) fn address(&self) -> String {
        format!("{}@{}", self.local, self.domain)
    }

    /// What must not be found of this person in any reading.
    pub(super) fn needles(&self) -> Vec<Needle> {
        let mut needles = vec![
            Needle::anywhere(self.full()),
            Needle::anywhere(self.plain()),
            Needle::anywhere(format!("{}, {}", self.family, self.given)),
        ];
        for joint in [".", "_", "-", "+", "%20"] {
            needles.push(Needle::anywhere(squeezed(&format!(
                "{}{joint}{}",
                self.plain_given, self.plain_family
            ))));
        }
        if self.local.contains(['.', '_']) || self.local.len() >= 6 {
            needles.push(Needle::anywhere(self.local.clone()));
        }
        needles.push(Needle::anywhere(self.address()));
        needles
    }
}

/// Without blanks and apostrophes, as in an address.
fn squeezed(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '\'')
        .collect::<String>()
        .to_lowercase()
}

fn person(random: &mut Random, domain: &str, number: usize) -> Person {
    let (given, family, plain_given, plain_family) = PEOPLE[number];
    let (first, last) = (squeezed(plain_given), squeezed(plain_family).replace('.', ""));
    let initial: String = first.chars().take(1).collect();
    let local = match random.below(9) {
        0..=2 => format!("{first}.{last}"),
        3 => format!("{first}_{last}"),
        4 => format!("{initial}{last}"),
        5 => format!("{initial}.{last}"),
        6 => format!("{last}.{first}"),
        7 => format!("{first}.{last}{}", random.within(2, 99)),
        _ => format!("{first}{last}"),
    };
    // 555-01xx is set aside for fiction, and dropped for that; these look like any other.
    let phone = format!(
        "{}{}{}",
        random.pick(&["419", "614", "216", "740"]),
        random.within(223, 554),
        random.digits(4)
    );
    Person { given, family, plain_given, plain_family, local, domain: domain.to_owned(), phone }
}

/// A campaign of three to six people; `listed` when its own list is filled.
pub(super) fn member(random: &mut Random, listed: bool) -> Member {
    let label = format!("{}{}", random.word(&CANDIDATES), random.word(&AIMS));
    let at_a_provider = !listed && random.percent(35);
    let domain = format!("{label}.{}", random.word(&OWN_ENDINGS));
    let of_mail = if at_a_provider { random.word(&PUBLIC_MAIL).to_owned() } else { domain.clone() };
    let mut numbers: Vec<usize> = (0..PEOPLE.len()).collect();
    random.shuffle(&mut numbers);
    if !listed {
        numbers.retain(|number| PEOPLE[*number].1.chars().any(|letter| u32::from(letter) < 0x370));
    }
    let count = random.within(3, 6);
    let people = numbers.iter().take(count).map(|number| person(random, &of_mail, *number)).collect();
    let block = [45, 83, random.within(16, 120)];
    let joined = |last: usize| format!("{}.{}.{}.{last}", block[0], block[1], block[2]);
    let private = match random.below(3) {
        0 => format!("10.{}.{}.{}", random.within(1, 200), random.within(1, 200), random.within(2, 250)),
        1 => format!("192.168.{}.{}", random.within(2, 200), random.within(2, 250)),
        _ => format!("172.{}.{}.{}", random.within(16, 31), random.within(1, 200), random.within(2, 250)),
    };
    let inside_ending = random.word(&["local", "lan", "internal", "corp", "home.arpa"]);
    Member {
        people,
        machine: format!(
            "{}-{}-{:03}",
            random.word(&["HQ", "FIELD", "COMMS"]),
            random.word(&["LAPTOP", "MACBOOK", "DESK"]),
            random.within(7, 480)
        ),
        server: format!(
            "{}{}",
            random.word(&["filesrv", "dbnode", "printq", "intranet"]),
            random.within(1, 40)
        ),
        inside: format!("{}.{inside_ending}", random.word(&["warroom", "gotv-files", "fieldops", "donordb"])),
        private,
        public: joined(random.within(3, 250)),
        network: format!("{}/24", joined(0)),
        place: random.word(&PLACES),
        domain,
        label,
        listed,
    }
}

impl Member {
    /// The list in the member's home.
    pub(super) fn own(&self) -> OwnList {
        if !self.listed {
            return OwnList::default();
        }
        let mut names: Vec<String> = self.people.iter().map(Person::full).collect();
        // Nobody can tell from one script how a name is written in another.
        names.extend(self.people.iter().filter(|person| person.is_foreign()).map(Person::plain));
        names.extend(self.people.iter().map(Person::address));
        OwnList {
            domains: vec![self.domain.clone()],
            names,
            words: vec![self.place.to_owned(), self.machine.clone(), self.server.clone()],
            phones: self.people.iter().map(|person| spaced(&person.phone)).collect(),
            networks: vec![self.network.clone()],
        }
    }
}

/// `(419) 238-0134`
pub(super) fn spaced(phone: &str) -> String {
    format!("({}) {}-{}", &phone[..3], &phone[3..6], &phone[6..])
}
