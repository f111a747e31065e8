//! What the end of a name says: a file, or a domain?
//!
//! Decides by two word lists; a name alone cannot tell `invoice.zip` the file from `invoice.zip` the domain, so the
//! caller looks at where it stands.

/// How much the name of a file with some extension tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extension {
    /// Programs, scripts, archives, images and documents: what attackers hand out.
    Telling,
    /// Data, pages, sources and settings: too common to be looked for. C++'s `cc` is left out, which is far more often
    /// the top-level domain.
    Everyday,
}

/// Sorted.
const TELLING: [&str; 99] = [
    "7z",
    "ace",
    "apk",
    "appx",
    "arj",
    "bat",
    "bin",
    "bz2",
    "cab",
    "chm",
    "cmd",
    "com",
    "cpl",
    "crx",
    "deb",
    "dll",
    "dmg",
    "doc",
    "docm",
    "docx",
    "dot",
    "dotm",
    "drv",
    "dylib",
    "elf",
    "eml",
    "exe",
    "gz",
    "hta",
    "img",
    "inf",
    "ipa",
    "iqy",
    "iso",
    "jar",
    "jnlp",
    "js",
    "jse",
    "ko",
    "lnk",
    "lzh",
    "macho",
    "mht",
    "mov",
    "msc",
    "msg",
    "msi",
    "msix",
    "msp",
    "ocx",
    "odt",
    "one",
    "pdf",
    "pif",
    "pkg",
    "pl",
    "ppam",
    "pps",
    "ppsx",
    "ppt",
    "pptm",
    "pptx",
    "ps",
    "ps1",
    "ps1xml",
    "psm1",
    "pub",
    "py",
    "pyc",
    "rar",
    "reg",
    "rpm",
    "rtf",
    "scf",
    "scr",
    "sct",
    "settingcontent-ms",
    "sh",
    "slk",
    "so",
    "svg",
    "swf",
    "sys",
    "tar",
    "tgz",
    "url",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "wsf",
    "wsh",
    "xlam",
    "xll",
    "xls",
    "xlsm",
    "xlsx",
    "xz",
    "zip",
];

/// Sorted.
const EVERYDAY: [&str; 65] = [
    "asp",
    "aspx",
    "bak",
    "bmp",
    "c",
    "cer",
    "cfg",
    "class",
    "conf",
    "cpp",
    "crt",
    "cs",
    "css",
    "csv",
    "dat",
    "db",
    "der",
    "go",
    "h",
    "hpp",
    "htm",
    "html",
    "ico",
    "ini",
    "java",
    "jpeg",
    "jpg",
    "json",
    "jsp",
    "key",
    "log",
    "lua",
    "md",
    "md5",
    "mp3",
    "mp4",
    "pcap",
    "pem",
    "php",
    "plist",
    "pm",
    "png",
    "properties",
    "rb",
    "rs",
    "rst",
    "rules",
    "sha1",
    "sha256",
    "sql",
    "sqlite",
    "swift",
    "tmp",
    "toml",
    "ts",
    "tsv",
    "ttf",
    "txt",
    "wav",
    "xml",
    "yaml",
    "yar",
    "yara",
    "yml",
    "zsh",
];

/// What the extension of `name` says; `None` when it has none that is known, or nothing before it.
pub(crate) fn extension(name: &str) -> Option<Extension> {
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() || extension.len() > 17 || !extension.is_ascii() {
        return None;
    }
    let extension = extension.to_ascii_lowercase();
    let is_in = |list: &[&str]| list.binary_search(&extension.as_str()).is_ok();
    if is_in(&TELLING) {
        Some(Extension::Telling)
    } else if is_in(&EVERYDAY) {
        Some(Extension::Everyday)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        assert!(TELLING.is_sorted() && EVERYDAY.is_sorted());
        assert!(TELLING.iter().all(|word| !EVERYDAY.contains(word)));
        assert_eq!(extension("rqz-loader.EXE"), Some(Extension::Telling));
        assert_eq!(extension("misp.event.json"), Some(Extension::Everyday));
        assert_eq!(extension(".exe"), None);
        assert_eq!(extension("evil.ru"), None);
    }
}
