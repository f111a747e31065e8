//! Which folder is the home: `--home`, else `WATCHFIRE_HOME`, else the platform's place for a program's data.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The environment variable that names the home.
pub const HOME_VARIABLE: &str = "WATCHFIRE_HOME";

/// The absolute path of the home that `flag` and the environment ask for. Touches no file.
pub fn locate(flag: Option<&Path>, environment: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let variable = |name| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let chosen = flag
        .map(Path::to_path_buf)
        .or_else(|| variable(HOME_VARIABLE))
        .or_else(|| platform_folder(variable("HOME"), variable("XDG_DATA_HOME")));
    let chosen = chosen.filter(|path| !path.as_os_str().is_empty()).ok_or_else(|| {
        Error::usage("no home folder was given and the platform names none", "watchfire --home DIR ...")
    })?;
    std::path::absolute(&chosen).map_err(|error| {
        Error::usage(format!("{} is no usable path: {error}", chosen.display()), "watchfire --home DIR ...")
    })
}

/// `~/Library/Application Support/Watchfire` on macOS.
#[cfg(target_os = "macos")]
fn platform_folder(user: Option<PathBuf>, _data: Option<PathBuf>) -> Option<PathBuf> {
    user.map(|home| home.join("Library/Application Support/Watchfire"))
}

/// `$XDG_DATA_HOME/watchfire`, by default `~/.local/share/watchfire` (XDG Base Directory Specification 0.8; a relative
/// `XDG_DATA_HOME` is to be ignored).
#[cfg(not(target_os = "macos"))]
fn platform_folder(user: Option<PathBuf>, data: Option<PathBuf>) -> Option<PathBuf> {
    data.filter(|path| path.is_absolute())
        .or_else(|| user.map(|home| home.join(".local/share")))
        .map(|data| data.join("watchfire"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    use super::locate;

    fn environment(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    }

    #[test]
    fn the_flag_wins_over_the_variable_and_that_over_the_platform() {
        let both = environment(&[("WATCHFIRE_HOME", "/variable"), ("HOME", "/user")]);
        assert_eq!(locate(Some(Path::new("/flag")), &both).unwrap(), PathBuf::from("/flag"));
        assert_eq!(locate(None, &both).unwrap(), PathBuf::from("/variable"));
    }

    #[test]
    fn a_relative_home_becomes_absolute() {
        assert!(locate(Some(Path::new("here")), environment(&[])).unwrap().is_absolute());
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn the_platform_folder_follows_the_xdg_rules() {
        let empty = environment(&[("WATCHFIRE_HOME", ""), ("HOME", "/user"), ("XDG_DATA_HOME", "relative")]);
        assert_eq!(locate(None, empty).unwrap(), PathBuf::from("/user/.local/share/watchfire"));
        let data = environment(&[("HOME", "/user"), ("XDG_DATA_HOME", "/data")]);
        assert_eq!(locate(None, data).unwrap(), PathBuf::from("/data/watchfire"));
    }

    #[test]
    fn without_any_hint_the_error_names_the_flag() {
        let error = locate(None, environment(&[])).unwrap_err();
        assert!(error.remedy().contains("--home"));
    }
}
