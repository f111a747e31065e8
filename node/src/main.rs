//! The `watchfire` program: parse, run, print, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    watchfire::cli::main(std::env::args_os()).into()
}
