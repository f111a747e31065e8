//! Takes away what a test made, whichever way it ends.
//!
//! A shell waits for the end of a pipe that only the test process holds: it is closed by an orderly end, by a panic, by
//! Ctrl-C and by a power-cut of a kill alike. Should that shell be killed too, the next test finds namespaces that name a
//! process that is no more, and sweeps them.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::ip;

/// All namespaces of these tests begin so.
const FAMILY: &str = "watchfire-test-";

/// Kills what runs in the namespaces that begin with `$1`, and deletes them. Signals of the terminal go to the whole
/// group, so this one ignores them.
const CLEAN: &str = r#"
trap "" INT TERM HUP
cat >/dev/null
for namespace in $(ip netns list | cut -d" " -f1); do
    case "$namespace" in
    "$1"*)
        for process in $(ip netns pids "$namespace"); do kill -9 "$process"; done
        ip netns delete "$namespace"
        ;;
    esac
done
"#;

/// The shell that waits, and the name that its namespaces begin with.
#[derive(Debug)]
pub(super) struct Keeper {
    prefix: String,
    shell: Child,
}

impl Keeper {
    pub(super) fn start(serial: u32) -> Result<Self, String> {
        let prefix = format!("{FAMILY}{}-{serial}-", std::process::id());
        let shell = cleaner(&prefix, Stdio::piped())?;
        Ok(Self { prefix, shell })
    }

    /// A namespace's whole name.
    pub(super) fn namespace(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Cleans up now.
    pub(super) fn clean(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn cleaner(prefix: &str, input: Stdio) -> Result<Child, String> {
    let mut command = Command::new("sh");
    command.args(["-c", CLEAN, "cleaner", prefix]).stdin(input).stdout(Stdio::null()).stderr(Stdio::null());
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    command.spawn().map_err(|error| format!("sh: {error}"))
}

/// Removes what tests left behind whose process is no more.
pub(super) fn sweep() -> Result<(), String> {
    for line in ip(&["netns", "list"])?.lines() {
        let Some(rest) = line.strip_prefix(FAMILY) else { continue };
        let Some((process, _)) = rest.split_once('-') else { continue };
        if !Path::new("/proc").join(process).exists() {
            let mut shell = cleaner(&format!("{FAMILY}{process}-"), Stdio::null())?;
            let _ = shell.wait();
        }
    }
    Ok(())
}
