//! Secrets that are nobody's name: keys, passwords, sessions, and codes made for one recipient.

use super::encode::{base64url, hex};
use super::random::Random;

/// A code that was made for one recipient.
pub(super) fn token(random: &mut Random) -> (&'static str, String) {
    match random.below(9) {
        0 => ("UUID", random.uuid()),
        1 => ("32 hex digits", random.hex(32)),
        2 => ("64 hex digits", random.hex(64)),
        3 => ("16 hex digits", random.hex(16)),
        4 => ("mixed letters and digits", {
            let length = random.within(12, 40);
            random.mixed(length)
        }),
        5 => ("base64url", base64url(&random.bytes(24), false)),
        6 => ("JWT", jwt(random)),
        7 => ("base64url of JSON", {
            let inner = format!("{{\"id\":\"{}\",\"c\":{}}}", random.hex(10), random.digits(4));
            base64url(inner.as_bytes(), false)
        }),
        _ => ("short mixed code", random.mixed(9)),
    }
}

/// A JSON web token.
pub(super) fn jwt(random: &mut Random) -> String {
    let head = base64url(b"{\"alg\":\"HS256\",\"typ\":\"JWT\"}", false);
    let claims = format!("{{\"sub\":\"{}\",\"iat\":17{}}}", random.digits(9), random.digits(8));
    format!("{head}.{}.{}", base64url(claims.as_bytes(), false), base64url(&random.bytes(32), false))
}

/// A key, a password or a session: its sort, the words around it, and itself.
pub(super) fn secret(random: &mut Random) -> (&'static str, String, String) {
    let capital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    match random.below(12) {
        0 => ("AWS key id", "key ".into(), format!("AKIA{}", random.string(capital, 16))),
        1 => ("AWS secret key", "aws_secret_access_key = ".into(), random.mixed(40)),
        2 => ("GitHub token", "token ".into(), format!("ghp_{}", random.string(letters, 36))),
        3 => ("GitHub fine-grained token", "".into(), {
            let (front, back) = (random.string(letters, 22), random.string(letters, 59));
            format!("github_pat_{front}_{back}")
        }),
        4 => ("Slack token", "with ".into(), {
            let (a, b, c) = (random.digits(11), random.digits(12), random.mixed(24));
            format!("xoxb-{a}-{b}-{c}")
        }),
        5 => ("JWT", "Authorization: Bearer ".into(), jwt(random)),
        6 => (
            "password",
            random.word(&["password: ", "Password is ", "pwd=", "passphrase: ", "PW: "]).into(),
            {
                let (word, number) = (random.mixed(7), random.within(10, 99));
                format!("{word}!{number}")
            },
        ),
        7 => ("Google API key", "".into(), format!("AIza{}", random.string(letters, 35))),
        8 => ("Stripe key", "".into(), format!("sk_live_{}", random.string(letters, 24))),
        9 => ("session", "Cookie: session=".into(), hex(&random.bytes(24), false)),
        10 => (
            "code",
            random.word(&["verification code ", "one-time code: ", "your login code is "]).into(),
            random.digits(6),
        ),
        _ => ("API key", "api_key=".into(), random.hex(32)),
    }
}
