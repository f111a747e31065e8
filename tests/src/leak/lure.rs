//! URLs that were made for one recipient without naming anybody: codes, sessions, keys.

use super::exposed;
use super::needle::Needle;
use super::scene::Scene;

/// A URL of the attacker with a code in it.
pub(super) fn token_url(scene: &mut Scene) -> String {
    let attacker = scene.attacker.clone();
    let path = attacker.path.join("/");
    let base = format!("https://{}/{path}", attacker.host);
    if scene.random.percent(15) {
        let (sort, _, secret) = exposed::secret(&mut scene.random);
        if !secret.contains('!') && sort != "code" {
            let name = scene.random.word(&["key", "api_key", "token", "access_token", "auth", "session"]);
            scene.plant(sort, "plain", "URL: query value", vec![Needle::exact(secret.clone())]);
            scene.want_url(attacker.host, attacker.path);
            return format!("{base}?{name}={secret}");
        }
    }
    let (sort, token) = scene.token();
    let short = scene.random.mixed(7);
    // A short code in a path is as often the same for everybody.
    let way = if sort == "short mixed code" { scene.random.below(2) } else { scene.random.below(7) };
    match way {
        0 => {
            scene.plant(
                "code for one recipient",
                "GoPhish rid",
                "URL: query value",
                vec![Needle::exact(short.clone())],
            );
            scene.want_url(attacker.host, attacker.path);
            format!("{base}?rid={short}")
        }
        1 => {
            let name = scene.random.word(&["t", "id", "c", "key", "sid", "uid", "click_id"]);
            scene.plant(
                "code for one recipient",
                sort,
                "URL: query value",
                vec![Needle::exact(token.clone())],
            );
            scene.want_url(attacker.host, attacker.path);
            format!("{base}?{name}={token}")
        }
        2 => {
            scene.plant(
                "code for one recipient",
                sort,
                "URL: last path segment",
                vec![Needle::exact(token.clone())],
            );
            scene.want_url(attacker.host, attacker.path);
            format!("{base}/{token}")
        }
        3 => {
            scene.plant(
                "code for one recipient",
                sort,
                "URL: path segment",
                vec![Needle::exact(token.clone())],
            );
            scene.want_url(attacker.host, attacker.path.clone());
            format!("https://{}/{token}/{path}", scene.attacker.host)
        }
        4 => {
            let label = scene.random.string("abcdefghijklmnopqrstuvwxyz0123456789", 16) + "7q3x";
            scene.plant(
                "code for one recipient",
                "letters and digits",
                "URL: host label",
                vec![Needle::exact(label.clone())],
            );
            scene.want_url(attacker.domain.clone(), attacker.path);
            format!("https://{label}.{}/{path}", attacker.domain)
        }
        5 => {
            scene.plant(
                "code for one recipient",
                sort,
                "URL: whole query",
                vec![Needle::exact(token.clone())],
            );
            scene.want_url(attacker.host, attacker.path);
            format!("{base}?{token}")
        }
        _ => {
            scene.plant("code for one recipient", sort, "URL: fragment", vec![Needle::exact(token.clone())]);
            scene.want_url(attacker.host, attacker.path);
            format!("{base}#{token}")
        }
    }
}

/// A picture that nobody sees.
pub(super) fn pixel(scene: &mut Scene) -> String {
    let (sort, token) = scene.token();
    let host = format!("t.{}", scene.attacker.second);
    scene.plant("code for one recipient", sort, "tracking pixel", vec![Needle::exact(token.clone())]);
    let way = scene.random.below(4);
    match way {
        0 => format!("https://{host}/o/{token}.gif"),
        1 => format!("https://{host}/open.php?u={token}&amp;w=1"),
        2 => format!("https://{host}/px/{token}/1x1.png"),
        _ => format!(
            "https://{token}.{host}/p.gif",
            token = token.replace(['.', '_'], "-").chars().take(60).collect::<String>()
        ),
    }
}
