//! Headers that servers write: the attacker's, the one at the border, and those of the reporter's side.

use super::needle::Needle;
use super::scene::Scene;

/// `Received` and what else servers add, the newest on top.
pub(super) fn chain(scene: &mut Scene) -> String {
    let (victim, member, attacker) = (scene.victim.clone(), scene.member.clone(), scene.attacker.clone());
    let date = "Tue, 14 Jul 2026 09:2";
    let mut lines = Vec::new();
    let mx = if scene.known { format!("mx1.{}", member.domain) } else { "mx.google.com".to_owned() };
    let queue = scene.random.mixed(12);
    if scene.known {
        let inner = format!("{}.{}", member.server, member.domain);
        lines.push(format!(
            "Received: from {mx} ({mx} [{}])\r\n\tby {inner} (Postfix) with ESMTP id {queue}\r\n\tfor <{}>; {date}1:07 +0000",
            member.private,
            victim.address()
        ));
        if scene.random.percent(50) {
            lines.push(format!(
                "Received: from {} ([{}]) by {} ([{}]) with mapi id 15.20; {date}1:05 +0000",
                member.inside, member.private, inner, member.public
            ));
            lines.push(format!("X-MS-Exchange-Organization-AuthSource: {}", member.inside));
        }
        scene.plant(
            "own host",
            "plain",
            "header: Received",
            vec![Needle::anywhere(inner), Needle::anywhere(mx.clone())],
        );
        scene.plant(
            "private address",
            "plain",
            "header: Received",
            vec![Needle::anywhere(member.private.clone())],
        );
        scene.plant(
            "internal host",
            "plain",
            "header: Received",
            vec![Needle::anywhere(member.inside.clone())],
        );
        scene.plant(
            "own public address",
            "plain",
            "header: Received",
            vec![Needle::anywhere(member.public.clone())],
        );
    }
    let helo = format!("mta{}.{}", scene.random.within(1, 9), attacker.second);
    let by = if scene.known { format!("{mx} ({mx} [{}])", member.public) } else { mx.clone() };
    let border = match scene.random.below(3) {
        0 => format!(
            "Received: from {helo} ({helo} [{}])\r\n\tby {by} with ESMTPS id {queue}\r\n\tfor <{}>; {date}0:58 +0000",
            attacker.ip,
            victim.address()
        ),
        1 => format!(
            "Received: from {helo} ([{}] helo={helo})\r\n\tby {mx} with esmtps (TLS1.3) (Exim 4.96)\r\n\tid 1{queue}-0001Ab for {}; {date}0:58 +0000",
            attacker.ip,
            victim.address()
        ),
        _ => format!(
            "Received: from {helo} (unknown [{}]) by {mx} (Postfix) with ESMTP id {queue} for <{}>; {date}0:58 +0000",
            attacker.ip,
            victim.address()
        ),
    };
    lines.push(border);
    lines.push(format!(
        "Authentication-Results: {mx};\r\n\tspf=pass (sender IP is {}) smtp.mailfrom={}; dkim=none",
        attacker.ip, attacker.second
    ));
    if scene.random.percent(40) {
        lines.push(format!(
            "Received-SPF: pass ({mx}: domain of {} designates {} as permitted sender) client-ip={};",
            attacker.sender, attacker.ip, attacker.ip
        ));
    }
    if scene.random.percent(40) {
        lines.push(format!(
            "Received: from WIN-{} ([192.168.7.22]) by {helo} with SMTP; {date}0:50 +0000",
            scene.random.mixed(8).to_uppercase()
        ));
    }
    scene.want("ipv4", attacker.ip);
    lines.join("\r\n")
}

/// The number of the mail and of those that it answers.
pub(super) fn numbers(scene: &mut Scene) -> String {
    let own = format!("{}@{}", scene.random.mixed(24), scene.attacker.second);
    let mut lines = vec![format!("Message-ID: <{own}>")];
    scene.plant("message id", "plain", "header: Message-ID", vec![Needle::anywhere(own)]);
    if scene.random.percent(35) && scene.known {
        let answered = format!("{}@{}", scene.random.mixed(24), scene.member.domain);
        lines.push(format!("In-Reply-To: <{answered}>\r\nReferences: <{answered}>"));
        scene.plant("message id", "plain", "header: References", vec![Needle::anywhere(answered)]);
    }
    lines.join("\r\n")
}
