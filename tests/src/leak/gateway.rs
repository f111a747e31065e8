//! Links as the gateways of mail providers rewrite them: each holds whose mail it was.

use super::encode::{base64url, percent};
use super::needle::Needle;
use super::scene::Scene;

/// A link behind one of the gateways. What the gateway adds is planted; the link inside should be found.
pub(super) fn wrapped(scene: &mut Scene) -> String {
    let attacker = scene.attacker.clone();
    let link = attacker.page();
    let address = scene.victim.address();
    scene.want_url(attacker.host.clone(), attacker.path.clone());
    let code = scene.random.mixed(43);
    let needles = |code: &str| vec![Needle::exact(code), Needle::anywhere(address.clone())];
    match scene.random.below(6) {
        0 => {
            scene.plant("gateway's code", "Microsoft SafeLinks", "link of a gateway", needles(&code));
            let data =
                format!("05|02|{address}|{}|{}|0|0|6385|Unknown|", scene.random.hex(32), scene.random.uuid());
            format!(
                "https://nam0{}.safelinks.protection.outlook.com/?url={}&data={}&sdata={code}%3D&reserved=0",
                scene.random.within(1, 9),
                percent(&link, false, true),
                percent(&data, false, true)
            )
        }
        1 => {
            scene.plant("gateway's code", "Proofpoint v2", "link of a gateway", needles(&code));
            let inner: String = percent(&link, false, true)
                .replace('-', "-2D")
                .replace('_', "-5F")
                .replace("%2F", "_")
                .replace('%', "-");
            let other = base64url(&scene.random.bytes(32), false);
            format!(
                "https://urldefense.proofpoint.com/v2/url?u={inner}&d=DwMFaQ&c={code}&r={other}&m={code}&s={code}&e="
            )
        }
        2 => {
            scene.plant("gateway's code", "Proofpoint v3", "link of a gateway", needles(&code));
            format!("https://urldefense.com/v3/__{link}__;!!{}!{code}$", scene.random.mixed(12))
        }
        3 => {
            scene.plant("gateway's code", "Google", "link of a gateway", needles(&code));
            format!(
                "https://www.google.com/url?q={}&source=gmail&ust=17{}&usg={code}",
                percent(&link, false, true),
                scene.random.digits(14)
            )
        }
        4 => {
            scene.plant("gateway's code", "Barracuda", "link of a gateway", needles(&code));
            format!(
                "https://linkprotect.cudasvc.com/url?a={}&c=E,1,{code}&typo=1",
                percent(&link, false, false)
            )
        }
        _ => {
            scene.plant("gateway's code", "Cisco", "link of a gateway", needles(&code));
            format!("https://secure-web.cisco.com/1{code}/{}", percent(&link, false, true))
        }
    }
}

/// A link that only the gateway can resolve; nothing of it is worth sharing.
pub(super) fn opaque(scene: &mut Scene) -> String {
    let code = scene.random.mixed(22);
    scene.plant("gateway's code", "Mimecast", "link of a gateway", vec![Needle::exact(code.clone())]);
    format!("https://protect-us.mimecast.com/s/{code}?domain={}", scene.attacker.host)
}
