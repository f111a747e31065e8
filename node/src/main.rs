//! The `watchfire` program: parse, run, print, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    watchfire::exit::Exit::Ok.into()
}
