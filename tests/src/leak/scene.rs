//! What happens in one case: who was aimed at by whom, and what was planted on the way.

use super::attack::{Attacker, attacker};
use super::case::{Case, Family, Plant, Wanted};
use super::disguise::{self, Disguise, Worn};
use super::exposed;
use super::lure;
use super::member::{Member, Person, member};
use super::needle::Needle;
use super::places::{self, Laden, Place};
use super::random::Random;
use super::texts;

/// A case in the making.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) random: Random,
    pub(super) member: Member,
    pub(super) attacker: Attacker,
    /// To whom it went.
    pub(super) victim: Person,
    /// Whether the victim's domain is an organisation's, and so tells who it is.
    pub(super) known: bool,
    /// Whether the input gives the victim's name beside the address.
    pub(super) named: bool,
    /// Whether the input is one whose author writes indicators so that nobody clicks on them.
    pub(super) defangs: bool,
    /// Whether what is written now is typed by the person.
    typed: bool,
    disguise: Disguise,
    place: Place,
    plants: Vec<Plant>,
    wanted: Vec<Wanted>,
}

impl Scene {
    pub(super) fn new(mut random: Random, family: Family, number: u64) -> Self {
        let listed = family != Family::MailUnlisted;
        let member = member(&mut random, listed);
        let mut attacker = attacker(&mut random);
        if family == Family::Prose && attacker.payload.ends_with(".html") {
            // In prose a name like this is as often a page as a file, and is left alone.
            attacker.payload = attacker.payload.replace(".html", ".js");
        }
        let victim = member.people[0].clone();
        let known = victim.domain == member.domain;
        let number = usize::try_from(number).unwrap();
        let disguise = disguise::ALL[number % disguise::ALL.len()];
        let place = places::ALL[number / disguise::ALL.len() % places::ALL.len()];
        let named = listed || random.percent(80);
        let defangs = family == Family::Prose && random.percent(60);
        Self {
            random,
            member,
            attacker,
            victim,
            known,
            named,
            defangs,
            typed: false,
            disguise,
            place,
            plants: Vec::new(),
            wanted: Vec::new(),
        }
    }

    /// Remembers something that must not leave; the last needle is as it is written.
    pub(super) fn plant(
        &mut self,
        secret: &'static str,
        disguise: &'static str,
        place: &'static str,
        needles: Vec<Needle>,
    ) {
        let written = needles.last().map(|needle| needle.text.clone()).unwrap_or_default();
        self.plants.push(Plant { secret, disguise, place, promised: true, written, needles });
    }

    /// Remembers something that should leave.
    pub(super) fn want(&mut self, kind: &'static str, value: impl Into<String>) -> String {
        let value = value.into();
        let wanted = Wanted::Value(kind, value.clone());
        if !self.wanted.contains(&wanted) {
            self.wanted.push(wanted);
        }
        value
    }

    /// Remembers a URL that should leave without a part.
    pub(super) fn want_url(&mut self, host: impl Into<String>, stable: Vec<String>) {
        self.wanted.push(Wanted::Url { host: host.into(), stable });
    }

    /// Remembers a domain from which something came.
    pub(super) fn want_at(&mut self, domain: impl Into<String>) {
        self.wanted.push(Wanted::At(domain.into()));
    }

    /// The victim's address in the disguise that is this case's turn; another where that cannot be.
    pub(super) fn worn(&mut self) -> (Disguise, Worn) {
        let victim = self.victim.clone();
        let mut disguise = self.disguise;
        loop {
            let by_name = matches!(disguise, Disguise::NameDotted | Disguise::NameJoined);
            let odd_here = disguise == Disguise::Defanged && !self.defangs && !self.typed;
            if (self.named || !by_name)
                && !odd_here
                && let Some(worn) = disguise.wear(&mut self.random, &victim, self.known)
            {
                return (disguise, worn);
            }
            disguise = *self.random.pick(&disguise::ALL);
        }
    }

    /// Another disguise for the next time.
    pub(super) fn turn(&mut self) {
        self.disguise = *self.random.pick(&disguise::ALL);
        self.place = *self.random.pick(&places::ALL);
    }

    /// Remembers the disguised victim.
    pub(super) fn plant_worn(&mut self, disguise: Disguise, worn: &Worn, place: &'static str) {
        let mut needles = worn.needles.clone();
        if !self.named {
            // Nothing tells the program what this person is called.
            needles.retain(|needle| {
                needle.text.contains('@')
                    || needle.text.contains(&self.victim.local)
                    || worn.text == needle.text
            });
        }
        self.plants.push(Plant {
            secret: "recipient or staff address",
            disguise: disguise.name(),
            place,
            // Character references belong to HTML; no program writes them into a URL.
            promised: disguise.is_promised()
                && !(place.starts_with("URL") && matches!(disguise, Disguise::Entities | Disguise::EntityAt)),
            written: worn.text.clone(),
            needles,
        });
    }

    /// An attacker's URL that holds the victim.
    pub(super) fn laden_url(&mut self) -> String {
        loop {
            let (disguise, worn) = self.worn();
            if let Some(Laden { url, host, stable }) =
                self.place.load(&mut self.random, &self.attacker, &worn)
            {
                self.plant_worn(disguise, &worn, self.place.name());
                self.want_url(host, stable);
                return url;
            }
            self.place = *self.random.pick(&places::ALL);
        }
    }

    /// The same as a link to read, which need not leave.
    pub(super) fn laden_link(&mut self) -> String {
        let wanted = self.wanted.len();
        let url = self.laden_url();
        self.wanted.truncate(wanted);
        url
    }

    /// An attacker's URL with a code for one recipient, a key or a session.
    pub(super) fn token_url(&mut self) -> String {
        lure::token_url(self)
    }

    /// A sentence that holds something that must not leave.
    pub(super) fn telling(&mut self, place: &'static str) -> String {
        texts::telling(self, place)
    }

    /// The path of a downloaded file on the victim's computer.
    pub(super) fn path(&mut self, place: &'static str) -> String {
        let user = match self.random.below(3) {
            0 => self.victim.local.clone(),
            1 => self.victim.plain().replace([' ', '\''], "").to_lowercase(),
            _ => format!("{}.{}", self.victim.plain_given, self.victim.plain_family).replace([' ', '\''], ""),
        };
        let payload = self.attacker.payload.clone();
        let (path, folder) = match self.random.below(5) {
            0 => (format!("C:\\Users\\{user}\\Downloads\\{payload}"), format!("Users\\{user}")),
            1 => (format!("/Users/{user}/Downloads/{payload}"), format!("/Users/{user}")),
            2 => (format!("/home/{user}/{payload}"), format!("/home/{user}")),
            3 => (
                format!("C:\\Documents and Settings\\{user}\\Desktop\\{payload}"),
                format!("Settings\\{user}"),
            ),
            _ => (format!("\\\\{}\\homes\\{user}\\{payload}", self.member.server), format!("homes\\{user}")),
        };
        self.plant("user name in a path", "plain", place, vec![Needle::anywhere(folder)]);
        path
    }

    /// A code for one recipient.
    pub(super) fn token(&mut self) -> (&'static str, String) {
        exposed::token(&mut self.random)
    }

    /// Whether somebody may write `[.]` here.
    pub(super) fn may_defang(&self) -> bool {
        self.defangs || self.typed
    }

    /// Whether names, words and telephones are known to the program.
    pub(super) fn listed(&self) -> bool {
        self.member.listed
    }

    pub(super) fn finish(mut self, number: u64, family: Family, name: &'static str, bytes: Vec<u8>) -> Case {
        self.typed = true;
        let mut title = None;
        let mut summary = None;
        if self.random.percent(25) {
            title = Some(self.telling("typed title"));
        }
        if self.random.percent(35) {
            let lines: Vec<String> =
                (0..self.random.within(1, 4)).map(|_| self.telling("typed summary")).collect();
            summary = Some(lines.join(if self.random.percent(50) { "\n" } else { " " }));
        }
        let own = self.member.own();
        Case { number, family, name, bytes, own, title, summary, plants: self.plants, wanted: self.wanted }
    }
}
