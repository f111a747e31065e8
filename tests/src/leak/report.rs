//! Reports in prose with defanged indicators and references to benign pages.

use super::keyed::truths;
use super::member::spaced;
use super::needle::Needle;
use super::scene::Scene;

const BENIGN: [&str; 6] = [
    "https://attack.mitre.org/techniques/T1566/002/",
    "https://www.cisa.gov/topics/cybersecurity-best-practices",
    "https://www.microsoft.com/security/blog/",
    "https://en.wikipedia.org/wiki/Phishing",
    "https://www.virustotal.com/gui/home",
    "https://support.google.com/mail/answer/8253",
];

fn defanged(scene: &Scene, kind: &str, value: &str) -> String {
    if !scene.defangs {
        return value.to_owned();
    }
    match kind {
        "url" => value.replacen("http", "hxxp", 1).replacen('.', "[.]", 1),
        "domain" | "ipv4" => value.replace('.', "[.]"),
        "email" => value.replacen('@', "[@]", 1).replace('.', "[.]"),
        _ => value.to_owned(),
    }
}

/// A report with a heading, some sentences and a list.
pub(super) fn prose(scene: &mut Scene) -> Vec<u8> {
    let heading = if scene.random.percent(60) {
        scene.telling("report: heading")
    } else {
        "Invoice lures in July".to_owned()
    };
    let mut text = if scene.random.percent(50) {
        format!("# {heading}\n\n")
    } else {
        format!("{heading}\n{}\n\n", "=".repeat(heading.chars().count()))
    };
    let truths = truths(scene);
    for _ in 0..scene.random.within(1, 4) {
        let said = scene.telling("report: body");
        text.push_str(&format!("{said}.\n\n"));
    }
    let mut urls = vec![scene.laden_url()];
    scene.turn();
    if scene.random.percent(50) {
        urls.push(scene.token_url());
    }
    if scene.defangs {
        let shown: Vec<String> = urls.drain(..).map(|url| defanged(scene, "url", &url)).collect();
        text.push_str(&format!("The mail led to {}\n", shown.join("\nand for others to ")));
    }
    let member = scene.member.clone();
    let person = member.people[1].clone();
    if scene.random.percent(40) {
        let phone = spaced(&person.phone);
        scene.plant(
            "telephone",
            "spellings",
            "report: body",
            vec![Needle::anywhere(phone.clone()), Needle::anywhere(person.phone[3..].to_owned())],
        );
        scene.plant("recipient or staff address", "plain", "report: body", person.needles());
        text.push_str(&format!("\nContact: {} <{}>, {phone}\n", person.full(), person.address()));
    }
    if scene.random.percent(40) {
        scene.plant(
            "private address",
            "plain",
            "report: body",
            vec![Needle::anywhere(member.private.clone())],
        );
        scene.plant(
            "own public address",
            "plain",
            "report: body",
            vec![Needle::anywhere(member.public.clone())],
        );
        text.push_str(&format!("\nOur side: {} behind {}\n", member.private, member.public));
    }
    let reference = scene.random.word(&BENIGN);
    text.push_str(&format!("\nSee also {reference}\n\nIndicators of compromise\n\n"));
    // A link that anybody may click stands among the indicators, or it would be one to read.
    for url in urls {
        text.push_str(&format!("- {url}\n"));
    }
    for (kind, value) in &truths {
        let shown = defanged(scene, kind, value);
        text.push_str(&format!("- {shown}\n"));
    }
    text.into_bytes()
}
