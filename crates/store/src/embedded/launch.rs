//! Running PostgreSQL's programs as the ordinary user.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

use super::{EmbeddedError, user::Account};

/// `setpriv` of util-linux, which every Debian has: it ties a child's life to its parent's without unsafe code here.
static SETPRIV: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let path = ["/usr/bin/setpriv", "/bin/setpriv"].iter().map(PathBuf::from).find(|path| path.is_file())?;
    // the one of busybox does not know the option
    let help = Command::new(&path).arg("--help").output().ok()?;
    String::from_utf8_lossy(&help.stdout).contains("--pdeathsig").then_some(path)
});

/// A command that runs as the account, with nothing of our environment that changes what PostgreSQL does.
pub(super) fn command(program: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    tidy(&mut command);
    command
}

/// The same, but it gets SIGINT (a fast shutdown for PostgreSQL) when the thread that started it ends, however it ends.
pub(super) fn tied_command(program: &Path, account: Option<&Account>) -> Command {
    let Some(setpriv) = SETPRIV.as_ref() else {
        tracing::warn!(
            "setpriv is missing: PostgreSQL would stay when this process is killed; the next start reports it"
        );
        return command(program, account);
    };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "INT", "--no-new-privs"]);
    if let Some(account) = account {
        // by setpriv, not by us: becoming another user clears what was tied before
        command.arg("--reuid").arg(account.uid.to_string()).arg("--regid").arg(account.gid.to_string());
        command.arg("--clear-groups");
    }
    command.arg("--").arg(program);
    tidy(&mut command);
    command
}

fn tidy(command: &mut Command) {
    command.current_dir("/");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") || name.to_string_lossy().starts_with("LC_") {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C").env("TZ", "UTC");
    // Ctrl-C in a terminal goes to the whole group; the server is stopped by us, after the requests are done
    command.process_group(0);
}

/// Runs a program to its end.
pub(super) fn run(command: &mut Command) -> Result<(), EmbeddedError> {
    feed(command, "")
}

/// Runs a program to its end with something to read.
pub(super) fn feed(command: &mut Command, text: &str) -> Result<(), EmbeddedError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut spoken = || -> std::io::Result<Output> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(text.as_bytes())?;
        }
        child.wait_with_output()
    };
    let output = spoken()
        .map_err(|error| EmbeddedError::Program { program: program.clone(), reason: error.to_string() })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(EmbeddedError::Program { program, reason: format!("{}: {}", output.status, said.trim()) })
}

/// The end of a log.
pub(super) fn tail(log: &Path) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(4096)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines: Vec<&str> = text.lines().rev().take(15).collect();
        Ok(lines.into_iter().rev().collect::<Vec<_>>().join("\n"))
    };
    read().unwrap_or_else(|error| format!("(it can't be read: {error})"))
}
