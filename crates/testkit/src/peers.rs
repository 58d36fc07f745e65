//! Programs of others that tests talk to: a real server is asked what a fake can only believe. Each is a folder of
//! `crates/testkit/peers`, with its versions pinned, and is installed by `scripts/peers.sh` below `target/peers`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test without its peer can only stop, or say that it is skipped"
)]

use std::{
    io::{BufRead as _, BufReader, Lines, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// Where a peer is installed. Where it can't be had the test is skipped and says so; in CI, where nobody reads that, it
/// fails.
///
/// # Panics
/// In CI, when it can't be had.
pub fn home(peer: &str) -> Option<PathBuf> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/peers.sh");
    let output = Command::new(script).arg(peer).stderr(Stdio::piped()).output().unwrap();
    if output.status.success() {
        return Some(PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()));
    }
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(std::env::var_os("CI").is_none(), "{peer} can't be had: {why}");
    println!("SKIPPED: {peer} can't be had: {why}");
    None
}

/// A peer that runs: it ends with the value.
pub struct Peer {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    /// Starts a program. What it writes to standard error goes where the test's own goes.
    ///
    /// # Panics
    /// When it can't be started.
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the peer starts");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { stdin: child.stdin.take(), child, lines }
    }

    /// What stands after `words` in the next line that has them: how a peer says that it is ready. Other lines are its
    /// log.
    ///
    /// # Panics
    /// When it ends first.
    pub fn said(&mut self, words: &str) -> String {
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        }
        panic!("the peer ended before it said “{words}”");
    }

    /// Tells it something, in a line.
    ///
    /// # Panics
    /// When it does not listen any more.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
