//! Services on which strangers have pages: there the random part of the path is the page.

/// Services that hand out paths, and link shorteners. A name stands for itself and the names under it. Sorted.
const SHARED: [&str; 103] = [
    "1drv.ms",
    "4shared.com",
    "a2a.to",
    "adf.ly",
    "app.box.com",
    "archive.org",
    "backblazeb2.com",
    "bit.do",
    "bit.ly",
    "bitbucket.org",
    "buff.ly",
    "calendly.com",
    "canva.com",
    "catbox.moe",
    "cdn.discordapp.com",
    "clck.ru",
    "cloudflare-ipfs.com",
    "cutt.ly",
    "cuturl.app",
    "discord.com",
    "discord.gg",
    "disk.yandex.ru",
    "docs.google.com",
    "docsend.com",
    "docusign.net",
    "drive.google.com",
    "dropbox.com",
    "dropboxusercontent.com",
    "dweb.link",
    "evernote.com",
    "facebook.com",
    "figma.com",
    "files.fm",
    "firebasestorage.googleapis.com",
    "forms.gle",
    "forms.office.com",
    "gist.github.com",
    "gist.githubusercontent.com",
    "github.com",
    "gitlab.com",
    "gofile.io",
    "goo.gl",
    "goo.su",
    "ibb.co",
    "icloud.com",
    "imgbb.com",
    "imgur.com",
    "instagram.com",
    "ipfs.io",
    "is.gd",
    "jotform.com",
    "linkedin.com",
    "linktr.ee",
    "lnkd.in",
    "mediafire.com",
    "mega.nz",
    "nftstorage.link",
    "notion.site",
    "notion.so",
    "od.lk",
    "onedrive.live.com",
    "opendrive.com",
    "ow.ly",
    "pastebin.com",
    "pcloud.com",
    "pinterest.com",
    "qr.ae",
    "raw.githubusercontent.com",
    "rb.gy",
    "rebrand.ly",
    "reddit.com",
    "rentry.co",
    "s.id",
    "script.google.com",
    "sendspace.com",
    "sharepoint.com",
    "shorturl.at",
    "sites.google.com",
    "slack.com",
    "storage.googleapis.com",
    "surl.li",
    "surveymonkey.com",
    "t.co",
    "t.ly",
    "t.me",
    "telegra.ph",
    "tiktok.com",
    "tiny.cc",
    "tinyurl.com",
    "transfer.sh",
    "trello.com",
    "twitter.com",
    "typeform.com",
    "v.gd",
    "vk.com",
    "wa.me",
    "we.tl",
    "wetransfer.com",
    "workspace.google.com",
    "x.com",
    "yadi.sk",
    "youtu.be",
    "youtube.com",
];

/// Whether strangers have pages on `host`, so that what looks random in its paths names a page.
pub(in crate::sanitize) fn is_shared_host(host: &str) -> bool {
    let mut rest = Some(host);
    while let Some(name) = rest.filter(|name| name.contains('.')) {
        if SHARED.binary_search(&name).is_ok() {
            return true;
        }
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_strangers_are_known_by_their_host() {
        assert!(SHARED.is_sorted());
        for host in ["docs.google.com", "bit.ly", "t.me", "ohio.sharepoint.com", "x.com", "www.dropbox.com"] {
            assert!(is_shared_host(host), "{host}");
        }
        for host in ["google.com", "notbit.ly", "ohio-invoices.net", "com"] {
            assert!(!is_shared_host(host), "{host}");
        }
    }
}
