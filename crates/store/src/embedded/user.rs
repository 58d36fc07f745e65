//! The ordinary user that the server runs as when the program was started by root, and the places that it can reach.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use super::EmbeddedError;

/// An account of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

/// Accounts that fit, best first. `nobody` is there on every system, but shared with other programs.
const FITTING: [&str; 3] = ["bellwether", "postgres", "nobody"];

/// Whom to become, or none to stay who we are. PostgreSQL refuses to run as root. Data that are already there keep
/// their owner.
pub(super) fn drop_to(wanted: Option<&str>, data_dir: &Path) -> Result<Option<Account>, EmbeddedError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = accounts(&fs::read_to_string("/etc/passwd").unwrap_or_default());
    let owner = fs::metadata(data_dir).ok().map(|data| data.uid()).filter(|uid| *uid != 0);
    choose(&accounts, wanted, owner).map(Some)
}

fn choose(accounts: &[Account], wanted: Option<&str>, owner: Option<u32>) -> Result<Account, EmbeddedError> {
    let named = |name: &str| accounts.iter().find(|account| account.name == name && account.uid != 0);
    if let Some(name) = wanted {
        return named(name).cloned().ok_or_else(|| EmbeddedError::User(name.to_owned()));
    }
    if let Some(uid) = owner {
        return accounts
            .iter()
            .find(|account| account.uid == uid)
            .cloned()
            .ok_or_else(|| EmbeddedError::User(format!("with the id {uid}, who owns the data")));
    }
    FITTING
        .iter()
        .find_map(|name| named(name).cloned())
        .ok_or_else(|| EmbeddedError::User(format!("called {}", FITTING.join(" or "))))
}

fn accounts(passwd: &str) -> Vec<Account> {
    passwd
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?.to_owned();
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            Some(Account { name, uid, gid })
        })
        .collect()
}

impl Account {
    fn may_enter(&self, directory: &Path) -> bool {
        let Ok(data) = fs::metadata(directory) else { return true };
        let mode = data.permissions().mode();
        let bit = if data.uid() == self.uid {
            0o100
        } else if data.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        mode & bit != 0
    }

    /// The first folder above `path` that the account can't pass.
    pub fn closed_above(&self, path: &Path) -> Option<PathBuf> {
        path.ancestors().skip(1).find(|above| !self.may_enter(above)).map(Path::to_path_buf)
    }

    /// Gives it a folder with everything in it.
    pub fn own(&self, path: &Path) -> std::io::Result<()> {
        if fs::symlink_metadata(path)?.is_dir() {
            for entry in fs::read_dir(path)? {
                self.own(&entry?.path())?;
            }
        }
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n\
                          postgres:x:101:104::/:/bin/false\nodd line\nana:x:1000:1000::/home/ana:/bin/sh\n";

    #[test]
    fn the_best_fitting_account_is_taken() {
        let accounts = accounts(PASSWD);
        let name = |wanted, owner| choose(&accounts, wanted, owner).map(|account| account.name);
        assert_eq!(name(None, None).unwrap(), "postgres");
        assert_eq!(name(None, Some(1000)).unwrap(), "ana", "data keep their owner");
        assert_eq!(name(Some("nobody"), Some(1000)).unwrap(), "nobody");
        assert!(name(Some("root"), None).is_err(), "root can't run it");
        assert!(name(Some("eve"), None).unwrap_err().to_string().contains("eve"));
        assert!(name(None, Some(7)).unwrap_err().to_string().contains("id 7"));
    }

    #[test]
    fn a_closed_folder_on_the_way_is_found() {
        let base = tempfile::tempdir().unwrap();
        fs::set_permissions(base.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let closed = base.path().join("closed");
        fs::create_dir(&closed).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
        let stranger = Account { name: "x".into(), uid: 54_321, gid: 54_321 };
        assert_eq!(stranger.closed_above(&closed.join("data")), Some(closed));
        assert_eq!(stranger.closed_above(&base.path().join("data")), None);
    }
}
