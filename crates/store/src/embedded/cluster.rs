//! The data folder: made once, and the lock file that a running server leaves in it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, test_kill_process};

use super::{
    EmbeddedError, Install, MAJOR, NAME,
    launch::{command, feed, run},
    user::Account,
};

/// Makes the data folder unless it is there. An interrupted attempt leaves nothing that looks finished.
pub(super) fn ensure(
    dir: &Path,
    install: &Install,
    account: Option<&Account>,
    durable: bool,
) -> Result<(), EmbeddedError> {
    if let Ok(found) = fs::read_to_string(dir.join("PG_VERSION")) {
        let found = found.trim();
        return if found == MAJOR {
            Ok(())
        } else {
            Err(EmbeddedError::Version { dir: dir.to_path_buf(), found: found.to_owned() })
        };
    }
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let fresh = dir.with_file_name(name);
    let prepared = || -> std::io::Result<()> {
        match fs::remove_dir_all(&fresh) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::create_dir_all(&fresh)?;
        account.map_or(Ok(()), |account| account.own(&fresh))
    };
    prepared().map_err(|source| EmbeddedError::Prepare { path: fresh.clone(), source })?;

    tracing::info!(dir = %dir.display(), "making the data folder of PostgreSQL");
    let mut initdb = command(&install.program("initdb"), account);
    initdb.arg("--pgdata").arg(&fresh).args(["--username", NAME, "--encoding", "UTF8"]);
    initdb.args(["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]);
    // the socket's folder is closed to everybody else, so who gets to it is who we trust
    initdb.args(["--auth", "trust", "--data-checksums", "--no-instructions"]);
    if !durable {
        initdb.arg("--no-sync");
    }
    run(&mut initdb)?;
    // the main database, while nobody can see a folder without it yet
    let mut single = command(&install.program("postgres"), account);
    single.args(["--single", "-D"]).arg(&fresh).args(["-c", "fsync=on", "postgres"]);
    feed(&mut single, &format!("CREATE DATABASE {NAME}\n"))?;
    // an empty folder may have been made for us
    let _ = fs::remove_dir(dir);
    fs::rename(&fresh, dir).map_err(|source| EmbeddedError::Prepare { path: dir.to_path_buf(), source })
}

/// What a server writes about itself into its data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lock {
    pub pid: i32,
    pub socket_dir: Option<PathBuf>,
    status: String,
}

impl Lock {
    pub fn read(dir: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(dir.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        // pid, folder, start time, port, socket folder, address, shared memory, status
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        let socket_dir = lines.nth(3).map(str::trim).filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let status = lines.nth(2).unwrap_or_default().trim().to_owned();
        Some(Self { pid, socket_dir, status })
    }

    pub fn is_ready(&self) -> bool {
        self.status == "ready"
    }

    /// Whether its process is there, and is a server: after a crash another program may have got the number.
    pub fn is_alive(&self) -> bool {
        let Some(pid) = Pid::from_raw(self.pid) else { return false };
        let there = match test_kill_process(pid) {
            Ok(()) => true,
            Err(error) => error == rustix::io::Errno::PERM,
        };
        let name =
            fs::read_to_string(format!("/proc/{}/comm", self.pid)).unwrap_or_else(|_| "postgres".to_owned());
        there && name.trim() == "postgres"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_is_read_as_far_as_it_is_written() {
        let text = "123\n/data\n1700000000\n5432\n/run/x\n\n  123 456\nready   \n";
        let lock = Lock::parse(text).unwrap();
        assert_eq!((lock.pid, lock.socket_dir.as_deref()), (123, Some(Path::new("/run/x"))));
        assert!(lock.is_ready());
        let early = Lock::parse("123\n/data\n").unwrap();
        assert_eq!(early.socket_dir, None);
        assert!(!early.is_ready());
        assert_eq!(Lock::parse(""), None);
    }
}
