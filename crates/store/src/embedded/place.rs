//! Folders: where the data can be, where the socket can be.

use std::{
    env, fs,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{EmbeddedError, user::Account};

/// Where data go that root wants kept under a folder closed to others, such as `/root`.
const SHARED: &str = "/var/lib/bellwether";
/// A socket's path must fit into 107 bytes; this is what the server appends to the folder, lock file included.
const SOCKET_NAME: usize = "/.s.PGSQL.5432.lock".len();
const SOCKET_LIMIT: usize = 107;

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn fingerprint(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    bellwether_kernel::hex(&digest[..6])
}

/// Where the data are, without making anything.
pub(super) fn settled(wanted: &Path, account: Option<&Account>) -> PathBuf {
    let wanted = absolute(wanted);
    if let Ok(real) = wanted.canonicalize() {
        return real;
    }
    match account {
        Some(account) if account.closed_above(&wanted).is_some() => elsewhere(&wanted),
        _ => wanted,
    }
}

fn elsewhere(wanted: &Path) -> PathBuf {
    Path::new(SHARED).join(format!("data-{}", fingerprint(wanted)))
}

/// Settles where the data are. Root's folder may be closed to the user that the server runs as: then they lie in
/// a shared place, and a link at the wanted one says so.
pub(super) fn settle(wanted: &Path, account: Option<&Account>) -> Result<PathBuf, EmbeddedError> {
    let wanted = absolute(wanted);
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| EmbeddedError::Prepare { path, source }
    };
    if let Some(parent) = wanted.parent() {
        fs::create_dir_all(parent).map_err(failed(parent))?;
    }
    let place = settled(&wanted, account);
    if place != wanted && fs::symlink_metadata(&wanted).is_err() {
        let parent = Path::new(SHARED);
        fs::create_dir_all(parent).map_err(failed(parent))?;
        fs::set_permissions(parent, fs::Permissions::from_mode(0o755)).map_err(failed(parent))?;
        std::os::unix::fs::symlink(&place, &wanted).map_err(failed(&wanted))?;
        tracing::info!(
            wanted = %wanted.display(),
            place = %place.display(),
            "the data lie elsewhere: PostgreSQL runs as an ordinary user, who can't reach the folder asked for"
        );
    }
    if let Some(account) = account
        && let Some(closed) = account.closed_above(&place)
    {
        let reason = format!(
            "the user {} (PostgreSQL does not run as root) can't pass {}; choose another data folder, or open that one \
             with chmod o+x",
            account.name,
            closed.display()
        );
        return Err(EmbeddedError::Prepare { path: place, source: std::io::Error::other(reason) });
    }
    Ok(place)
}

/// The folder of the socket: the data folder, or a short one when that would be too long a path.
pub(super) fn socket_dir(data_dir: &Path, account: Option<&Account>) -> Result<PathBuf, EmbeddedError> {
    if data_dir.as_os_str().len() + SOCKET_NAME <= SOCKET_LIMIT {
        return Ok(data_dir.to_path_buf());
    }
    let base = env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|dir| account.is_none() && dir.is_dir() && dir.as_os_str().len() < 40)
        .unwrap_or_else(|| PathBuf::from("/tmp"));
    let dir = base.join(format!("bellwether-{}", fingerprint(data_dir)));
    let uid = account.map_or_else(|| rustix::process::geteuid().as_raw(), |account| account.uid);
    prepare_private(&dir, account, uid)
        .map_err(|source| EmbeddedError::Prepare { path: dir.clone(), source })?;
    Ok(dir)
}

/// Makes a folder for one user only; in a place open to all, somebody else's folder of that name is refused.
fn prepare_private(dir: &Path, account: Option<&Account>, uid: u32) -> std::io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {
            if let Some(account) = account {
                account.own(dir)?;
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let data = fs::symlink_metadata(dir)?;
    if data.is_dir() && data.uid() == uid && data.permissions().mode().trailing_zeros() >= 6 {
        Ok(())
    } else {
        Err(std::io::Error::other("it is there already and belongs to somebody else, or others can enter it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_data_folder_gets_a_short_socket() {
        let base = tempfile::tempdir().unwrap();
        let deep = base.path().join("x".repeat(120));
        let dir = socket_dir(&deep, None).unwrap();
        assert!(dir.as_os_str().len() + SOCKET_NAME <= SOCKET_LIMIT);
        assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(socket_dir(&deep, None).unwrap(), dir, "the same data find the same socket");
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(socket_dir(&deep, None).is_err(), "a folder that others can enter is refused");
        fs::remove_dir(&dir).unwrap();

        let short = base.path().join("data");
        assert_eq!(socket_dir(&short, None).unwrap(), short);
    }
}
