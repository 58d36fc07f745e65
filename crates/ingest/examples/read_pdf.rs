//! A program that is nothing but the reader of PDFs, as a child: `cargo run --example read_pdf < a.pdf`. The binary
//! `bellwether` calls the same function of itself; the tests use this one.

use std::process::ExitCode;

fn main() -> ExitCode {
    bellwether_ingest::read::child()
}
