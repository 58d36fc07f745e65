//! The program `bellwether`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bellwether::cli::run()
}
