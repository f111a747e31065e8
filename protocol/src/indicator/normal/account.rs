//! Social accounts and hashtags.

use alloc::format;
use alloc::string::String;

use super::Reason;
use super::text::{composed, folded, is_deceptive, plain};

/// What people call a platform, and its one name here.
const ALIASES: [(&str, &str); 20] = [
    ("twitter", "x"),
    ("twitter.com", "x"),
    ("x.com", "x"),
    ("t.me", "telegram"),
    ("telegram.me", "telegram"),
    ("tg", "telegram"),
    ("fb", "facebook"),
    ("facebook.com", "facebook"),
    ("ig", "instagram"),
    ("instagram.com", "instagram"),
    ("yt", "youtube"),
    ("youtube.com", "youtube"),
    ("tiktok.com", "tiktok"),
    ("bsky", "bluesky"),
    ("bsky.app", "bluesky"),
    ("vk.com", "vk"),
    ("linkedin.com", "linkedin"),
    ("reddit.com", "reddit"),
    ("github.com", "github"),
    ("truth", "truthsocial"),
];

/// Platforms on which `Anna` and `anna` are one account.
const IGNORE_CASE: [&str; 20] = [
    "x",
    "telegram",
    "facebook",
    "instagram",
    "tiktok",
    "bluesky",
    "vk",
    "linkedin",
    "reddit",
    "github",
    "truthsocial",
    "mastodon",
    "threads",
    "gab",
    "gettr",
    "rumble",
    "twitch",
    "snapchat",
    "pinterest",
    "medium",
];

/// Whether `text` is the name of a platform that is known here.
pub(crate) fn is_platform(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    IGNORE_CASE.contains(&text.as_str()) || ALIASES.iter().any(|(alias, _)| *alias == text)
}

/// `platform:handle`. A platform that is not known keeps the handle's case.
pub(super) fn account(text: &str) -> Result<String, Reason> {
    let (platform, handle) =
        plain(text)?.split_once(':').ok_or("no platform: write it as platform:handle")?;
    let platform = platform.trim().to_ascii_lowercase();
    let platform =
        ALIASES.iter().find(|(alias, _)| *alias == platform).map_or(platform.as_str(), |(_, name)| name);
    let is_platform = (1..=32).contains(&platform.len())
        && platform
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte))
        && platform.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !is_platform {
        return Err("the platform is not a plain name");
    }
    let handle = handle.trim();
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let handle =
        if IGNORE_CASE.contains(&platform) { folded(handle)? } else { composed(handle).into_owned() };
    let is_handle = (1..=200).contains(&handle.chars().count())
        && !handle.chars().any(|c| c.is_whitespace() || is_deceptive(c) || matches!(c, '"' | '\'' | '`'))
        && !handle.starts_with(['@', '/']);
    if !is_handle {
        return Err("the handle is empty, too long or has blanks in it");
    }
    Ok(format!("{platform}:{handle}"))
}

/// `#tag`: letters, digits and underscores of any script, not digits alone.
pub(super) fn hashtag(text: &str) -> Result<String, Reason> {
    let text = plain(text)?;
    let tag = folded(text.strip_prefix(['#', '＃']).unwrap_or(text))?;
    if !(1..=139).contains(&tag.chars().count()) {
        return Err("not 1 to 139 characters");
    }
    // Not alphanumeric, yet letters of a tag: vowel signs and joiners of Indic and Persian scripts, emoji.
    let ends_a_tag =
        |c: char| c.is_whitespace() || is_deceptive(c) || (c.is_ascii_punctuation() && c != '_') || c == '＃';
    if tag.chars().any(ends_a_tag) {
        return Err("blanks or punctuation in it");
    }
    if tag.chars().all(|c| c.is_numeric() || c == '_') {
        return Err("a number, not a tag");
    }
    Ok(format!("#{tag}"))
}
