//! Mails to a member: whole, in a folder, forwarded, and copied out of a mail program.

use super::disguise::Fits;
use super::encode::{entities, hex};
use super::member::Person;
use super::mime::{Attached, Content, body, header_text, mailbox};
use super::needle::Needle;
use super::scene::Scene;
use super::{gateway, lure, received};

/// One mail.
pub(super) fn mail(scene: &mut Scene) -> Vec<u8> {
    let whole = whole(scene);
    if !scene.random.percent(12) {
        return whole.into_bytes();
    }
    // Sent on by a colleague, the mail itself attached.
    let colleague = scene.member.people[1].clone();
    let note = Content {
        plain: Some("see attached, is this real?".to_owned()),
        nested: Some(whole),
        ..Content::default()
    };
    let random = &mut scene.random;
    let from = mailbox(random, &colleague.full(), &colleague.address());
    let to = mailbox(random, "Security", &format!("security@{}", colleague.domain));
    let content = body(random, &note);
    if scene.known {
        plant_person(scene, &colleague, "header: From of the forwarder");
    }
    format!("From: {from}\r\nTo: {to}\r\nSubject: Fwd: is this real?\r\nMIME-Version: 1.0\r\n{content}")
        .into_bytes()
}

/// A folder of mails to the same person.
pub(super) fn mbox(scene: &mut Scene) -> Vec<u8> {
    let count = scene.random.within(1, 4);
    let mut folder = String::new();
    for _ in 0..count {
        let one = whole(scene).replace("\r\n", "\n").replace("\nFrom ", "\n>From ");
        folder.push_str(&format!("From {} Tue Jul 14 09:20:58 2026\n{one}\n", scene.attacker.sender));
        scene.attacker = super::attack::attacker(&mut scene.random);
        scene.turn();
    }
    folder.into_bytes()
}

fn plant_person(scene: &mut Scene, person: &Person, place: &'static str) {
    scene.plant("recipient or staff address", "plain", place, person.needles());
}

fn whole(scene: &mut Scene) -> String {
    let chain = received::chain(scene);
    let numbers = received::numbers(scene);
    let (from, back) = senders(scene);
    let to = recipients(scene);
    let subject = if scene.random.percent(45) {
        scene.telling("header: Subject")
    } else {
        "Your document is ready".to_owned()
    };
    let subject = header_text(&mut scene.random, &subject);
    let content = content(scene);
    let content = body(&mut scene.random, &content);
    let delivered = match scene.random.below(3) {
        0 => format!("Delivered-To: {}\r\n", scene.victim.address()),
        1 => format!("X-Original-To: {0}\r\nDelivered-To: {0}\r\n", scene.victim.address()),
        _ => String::new(),
    };
    format!(
        "{delivered}Return-Path: <{back}>\r\n{chain}\r\n{numbers}\r\nDate: Tue, 14 Jul 2026 09:20:49 +0000\r\nFrom: {from}\r\n{to}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n{content}"
    )
}

/// `From`, perhaps with a name of the member's staff; and `Return-Path`, perhaps with the recipient in it.
fn senders(scene: &mut Scene) -> (String, String) {
    let attacker = scene.attacker.clone();
    let sender = scene.want("email", attacker.sender.clone());
    let name = if scene.random.percent(25) && scene.listed() {
        let person = scene.member.people[2].clone();
        scene.plant("person's name", "full name", "header: From, name", person.needles());
        person.full()
    } else {
        scene.random.word(&["DocuSign Team", "Accounts", "IT Service Desk", "Parcel Office"]).to_owned()
    };
    let from = mailbox(&mut scene.random, &name, &sender);
    if !scene.random.percent(35) {
        return (from, sender);
    }
    let (disguise, worn) = scene.worn();
    let fits = worn.fits != Fits::Text && worn.second.is_none() && worn.text.len() <= 60;
    let safe = worn.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.=+%".contains(&byte));
    let back = if fits && safe {
        scene.plant_worn(disguise, &worn, "header: Return-Path");
        format!("bounce-{}@{}", worn.text, attacker.second)
    } else {
        let text = format!("{}={}", scene.victim.local, scene.victim.domain);
        let mut needles = scene.victim.needles();
        if !scene.named {
            needles.retain(|needle| needle.text.contains('@'));
        }
        needles.push(Needle::anywhere(text.clone()));
        scene.plant("recipient or staff address", "VERP (=)", "header: Return-Path", needles);
        format!("{}{text}@{}", scene.random.word(&["bounces+1234-", "b+", "prvs=77-", ""]), attacker.second)
    };
    scene.want_at(attacker.second);
    (from, back)
}

fn recipients(scene: &mut Scene) -> String {
    let victim = scene.victim.clone();
    plant_person_named(scene, "header: To");
    let one = |scene: &mut Scene, person: &Person, named: bool| {
        if named { mailbox(&mut scene.random, &person.full(), &person.address()) } else { person.address() }
    };
    let named = scene.named;
    let first = one(scene, &victim, named);
    let colleague = scene.member.people[1].clone();
    match scene.random.below(if named { 5 } else { 2 }) {
        0 | 1 => format!("To: {first}"),
        2 => {
            let other = one(scene, &colleague, true);
            plant_person(scene, &colleague, "header: Cc");
            format!("To: {first}\r\nCc: {other}")
        }
        3 => {
            let others: Vec<Person> = scene.member.people[1..].to_vec();
            let list: Vec<String> = others.iter().map(|person| one(scene, person, true)).collect();
            for person in &others {
                plant_person(scene, person, "header: To");
            }
            format!("To: {first},\r\n {}", list.join(",\r\n "))
        }
        _ => {
            let list = one(scene, &colleague, true);
            plant_person(scene, &colleague, "header: To");
            format!("To: Team:{first},\r\n {list};")
        }
    }
}

fn plant_person_named(scene: &mut Scene, place: &'static str) {
    let mut needles = scene.victim.needles();
    if !scene.named {
        needles.retain(|needle| needle.text.contains('@'));
    }
    scene.plant("recipient or staff address", "plain", place, needles);
}

fn link(scene: &mut Scene) -> String {
    match scene.random.below(10) {
        0..=4 => {
            let url = scene.laden_url();
            scene.turn();
            url
        }
        5 | 6 => scene.token_url(),
        7 => gateway::wrapped(scene),
        8 if scene.known => gateway::opaque(scene),
        _ => {
            let page = scene.attacker.page();
            scene.want("url", page)
        }
    }
}

fn content(scene: &mut Scene) -> Content {
    let greeting = if scene.named { format!("Dear {},", scene.victim.full()) } else { "Hello,".to_owned() };
    let mut content = Content::default();
    let shape = scene.random.below(4);
    let first = link(scene);
    if shape != 1 {
        let mut plain = format!("{greeting}\n\nyour document is ready: {first}\n\nRegards\n");
        if scene.random.percent(30) && scene.listed() {
            let said = scene.telling("body");
            plain.push_str(&format!("> {said}\n"));
        }
        content.plain = Some(plain);
    }
    if shape != 2 {
        content.html = Some(html(scene, &greeting, &first, shape != 1));
    }
    if scene.random.percent(45) {
        content.attached.push(attachment(scene));
    }
    content
}

/// A page; its link is another one only where the plain text has the first.
fn html(scene: &mut Scene, greeting: &str, first: &str, with_plain: bool) -> String {
    let second = if with_plain && scene.random.percent(40) { link(scene) } else { first.to_owned() };
    let href = match scene.random.below(4) {
        0 => second.replace('&', "&amp;"),
        1 => entities(&second, scene.random.below(4)),
        _ => second.replace('&', "&amp;").replace('"', "%22"),
    };
    let hidden = if scene.random.percent(50) {
        let source = lure::pixel(scene);
        let style = scene.random.word(&[
            "width=\"1\" height=\"1\"",
            "style=\"display:none\"",
            "height=1 width=1 border=0",
            "style=\"width:1px;height:1px;opacity:0\"",
        ]);
        format!("<img src=\"{source}\" {style}>")
    } else {
        String::new()
    };
    let form = if scene.random.percent(15) {
        let action = link(scene).replace('&', "&amp;").replace('"', "%22");
        format!("<form method=post action=\"{action}\"><input name=p type=password></form>")
    } else {
        String::new()
    };
    format!(
        "<html><head><title>Document</title></head><body>\n<p>{greeting}</p>\n<p>your document is <a href=\"{href}\">ready</a>.</p>{form}\n{hidden}</body></html>\n"
    )
}

fn attachment(scene: &mut Scene) -> Attached {
    let length = scene.random.within(40, 400);
    let content = scene.random.bytes(length);
    scene.want("sha256", hex(&super::encode::sha256_of(&content), false));
    let payload = scene.attacker.payload.clone();
    let (stem, ending) = payload.split_once('.').unwrap();
    let name = match scene.random.below(4) {
        0 if scene.named => {
            let victim = scene.victim.clone();
            let way = scene.random.below(4);
            let (how, name) = match way {
                0 => ("full name", victim.full()),
                1 => ("name with a dot", victim.plain().replace(' ', ".")),
                2 => ("name without a gap", victim.plain().replace(' ', "")),
                _ => ("name with a dash", victim.plain().replace(' ', "_")),
            };
            let mut needles = victim.needles();
            needles.push(Needle::anywhere(name.clone()));
            scene.plant("person's name", how, "attachment's name", needles);
            format!("{stem}_{name}.{ending}")
        }
        1 => {
            let (disguise, worn) = scene.worn();
            let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=+@%".contains(&byte);
            if worn.second.is_none() && worn.text.bytes().all(safe) && worn.text.len() < 120 {
                scene.plant_worn(disguise, &worn, "attachment's name");
                format!("{}-{stem}.{ending}", worn.text)
            } else {
                scene.want("filename", payload)
            }
        }
        _ => scene.want("filename", payload),
    };
    Attached { name, kind: "application/octet-stream", content }
}

/// A mail as a mail program shows it, copied as text.
pub(super) fn pasted(scene: &mut Scene) -> Vec<u8> {
    let victim = scene.victim.clone();
    let sender = scene.attacker.sender.clone();
    scene.want("email", sender.clone());
    plant_person_named(scene, "pasted header");
    let subject =
        if scene.random.percent(50) { scene.telling("pasted subject") } else { "Invoice overdue".to_owned() };
    let first = link(scene);
    let second = if scene.random.percent(50) { link(scene) } else { String::new() };
    let head = format!(
        "From: Accounts <{sender}>\nSent: Tuesday, July 14, 2026 9:20 AM\nTo: {} <{}>\nSubject: {subject}\n",
        victim.full(),
        victim.address()
    );
    let (before, after) = match scene.random.below(3) {
        0 => ("---------- Forwarded message ---------\n".to_owned(), String::new()),
        1 => ("-----Original Message-----\n".to_owned(), String::new()),
        _ => {
            let colleague = scene.member.people[1].clone();
            plant_person(scene, &colleague, "pasted signature");
            (
                "can somebody look at this?\n\n".to_owned(),
                format!("\n-- \n{}\n{}\n", colleague.full(), colleague.address()),
            )
        }
    };
    let note = scene.telling("pasted body");
    format!(
        "{before}{head}\nDear {},\n\nyour invoice is overdue, see {first}\n{second}\n\n{note}\n{after}",
        victim.full()
    )
    .into_bytes()
}
