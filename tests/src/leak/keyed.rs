//! Indicators stated one by one, as tables, STIX and MISP hold them: true ones, and ones that tell on somebody.

use super::disguise::Fits;
use super::exposed;
use super::needle::Needle;
use super::scene::Scene;

/// A stated indicator: its type in our words, and its value.
pub(super) type Item = (&'static str, String);

/// True indicators and planted ones, mixed.
pub(super) fn items(scene: &mut Scene) -> Vec<Item> {
    let mut items = truths(scene);
    let url = scene.laden_url();
    items.push(("url", url));
    for _ in 0..scene.random.within(1, 4) {
        scene.turn();
        if let Some(item) = planted(scene) {
            items.push(item);
        }
    }
    scene.random.shuffle(&mut items);
    items
}

/// What is worth sharing.
pub(super) fn truths(scene: &mut Scene) -> Vec<Item> {
    let attacker = scene.attacker.clone();
    let mut all: Vec<Item> = vec![
        ("domain", attacker.domain.clone()),
        ("domain", attacker.second.clone()),
        ("ipv4", attacker.ip.clone()),
        ("ipv4", attacker.second_ip.clone()),
        ("sha256", attacker.sha256.clone()),
        ("sha1", attacker.sha1.clone()),
        ("md5", attacker.md5.clone()),
        ("filename", attacker.payload.clone()),
        ("email", attacker.sender.clone()),
        ("url", attacker.page()),
        ("crypto-address", attacker.wallet.clone()),
    ];
    scene.random.shuffle(&mut all);
    all.truncate(scene.random.within(3, 11));
    for (kind, value) in &all {
        scene.want(kind, value.clone());
    }
    all
}

/// One indicator that holds something of the member.
fn planted(scene: &mut Scene) -> Option<Item> {
    let member = scene.member.clone();
    let at = scene.random.below(member.people.len());
    let person = member.people[at].clone();
    Some(match scene.random.below(15) {
        0 => ("url", scene.token_url()),
        1 => ("url", scene.laden_url()),
        2 => {
            let needles = person.needles();
            scene.plant("recipient or staff address", "plain", "indicator: email", needles);
            ("email", person.address())
        }
        3 => {
            let host = scene.random.word(&["", "vpn.", "mail.", "donate."]).to_owned() + &member.domain;
            scene.plant("own domain", "plain", "indicator: domain", vec![Needle::anywhere(member.domain)]);
            ("domain", host)
        }
        4 => {
            scene.plant(
                "own public address",
                "plain",
                "indicator: ipv4",
                vec![Needle::anywhere(member.public.clone())],
            );
            ("ipv4", member.public)
        }
        5 => {
            scene.plant(
                "private address",
                "plain",
                "indicator: ipv4",
                vec![Needle::anywhere(member.private.clone())],
            );
            ("ipv4", member.private)
        }
        6 => {
            scene.plant(
                "internal host",
                "plain",
                "indicator: domain",
                vec![Needle::anywhere(member.inside.clone())],
            );
            ("domain", member.inside)
        }
        7 => {
            let way = scene.random.below(3);
            let (how, name) = match way {
                0 => ("full name", person.full()),
                1 => ("name with a dot", person.plain().replace(' ', ".")),
                _ => ("name with a dash", person.plain().replace(' ', "_")),
            };
            let mut needles = person.needles();
            needles.push(Needle::anywhere(name.clone()));
            scene.plant("person's name", how, "indicator: filename", needles);
            ("filename", format!("Voicemail {name}.html"))
        }
        8 => ("filename", scene.path("indicator: filename")),
        9 => {
            scene.plant(
                "place, project or machine",
                "plain",
                "indicator: user agent",
                vec![Needle::anywhere(member.machine.clone())],
            );
            ("user-agent", format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) sync/2.1 {}", member.machine))
        }
        10 => rule(scene)?,
        11 => {
            let phone = format!("+1{}", person.phone);
            scene.plant("telephone", "plain", "indicator: phone", vec![Needle::anywhere(person.phone)]);
            ("phone", phone)
        }
        12 => {
            let label = member.label.clone();
            let look = scene.random.word(&["login-", "secure-", "my", ""]);
            let tail = scene.random.word(&["-login", "-portal", "-mail", "mail"]);
            scene.plant(
                "own name in an attacker's domain",
                "lookalike",
                "indicator: domain",
                vec![Needle::anywhere(label.clone())],
            );
            ("domain", format!("{look}{label}{tail}.net"))
        }
        13 => {
            let (sort, before, value) = exposed::secret(&mut scene.random);
            if value.contains('!') || sort == "code" {
                return None;
            }
            scene.plant(sort, "plain", "indicator: user agent", vec![Needle::exact(value.clone())]);
            ("user-agent", format!("curl/8.4 {before}{value}"))
        }
        _ => {
            scene.plant(
                "own domain",
                "a label of another",
                "indicator: domain",
                vec![Needle::anywhere(member.domain.clone())],
            );
            ("domain", format!("{}.{}", member.domain, scene.attacker.second))
        }
    })
}

/// A rule for a detector with the disguised victim in it.
fn rule(scene: &mut Scene) -> Option<Item> {
    let (disguise, worn) = scene.worn();
    if worn.fits == Fits::Text || worn.text.contains(['"', '\'', '\\']) {
        return None;
    }
    let text = worn.text.clone();
    let (place, item) = match scene.random.below(3) {
        0 => (
            "indicator: yara",
            (
                "yara",
                format!(
                    "rule lure_mail {{\n  strings:\n    $a = \"{text}\" nocase\n  condition:\n    $a\n}}"
                ),
            ),
        ),
        1 => (
            "indicator: stix-pattern",
            (
                "stix-pattern",
                format!("[process:command_line LIKE '%{text}%' AND process:cwd = 'C:\\\\Temp']"),
            ),
        ),
        _ => (
            "indicator: suricata",
            (
                "suricata",
                format!(
                    "alert http $HOME_NET any -> any any (msg:\"lure\"; http.uri; content:\"{text}\"; sid:1000021; rev:1;)"
                ),
            ),
        ),
    };
    scene.plant_worn(disguise, &worn, place);
    Some(item)
}
