//! The exit codes that scripts rely on: one for each state a person may want to act on.
//!
//! The numbers are a promise. They are never reused for another meaning.

/// How the program ended, as its parent process sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All done.
    Ok = 0,
    /// `check` and `scan`: nothing was found.
    NothingFound = 1,
    /// The command line is wrong, or an answer is missing that nobody is there to give.
    Usage = 2,
    /// The command needs the daemon, and it is not running.
    NoDaemon = 3,
    /// This home has no identity yet, or is in no circle.
    NotInitialised = 4,
    /// The key file is locked, damaged or unreadable.
    KeyFile = 5,
    /// Waiting for an approval, or for founders to sign.
    Waiting = 6,
    /// `status` and `doctor`: something is wrong with this node, or it was removed from its circle.
    Unhealthy = 7,
    /// A rule refused: the sanitizer, or a check of what was given.
    Refused = 8,
    /// Held for a person to look at.
    Held = 9,
    /// Anything else that failed.
    Failed = 10,
}

impl Exit {
    /// The exit with this number.
    pub fn from_code(code: u8) -> Option<Self> {
        let all = [
            Self::Ok,
            Self::NothingFound,
            Self::Usage,
            Self::NoDaemon,
            Self::NotInitialised,
            Self::KeyFile,
            Self::Waiting,
            Self::Unhealthy,
            Self::Refused,
            Self::Held,
            Self::Failed,
        ];
        all.into_iter().find(|exit| exit.code() == code)
    }

    /// The number that the parent process gets.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_numbers_are_the_documented_ones() {
        let all = [
            Exit::Ok,
            Exit::NothingFound,
            Exit::Usage,
            Exit::NoDaemon,
            Exit::NotInitialised,
            Exit::KeyFile,
            Exit::Waiting,
            Exit::Unhealthy,
            Exit::Refused,
            Exit::Held,
            Exit::Failed,
        ];
        assert!(all.iter().enumerate().all(|(number, exit)| usize::from(exit.code()) == number));
    }
}
