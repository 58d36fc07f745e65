//! The keys with which stored secrets are sealed: from the configuration, else from a file in the data folder.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use bellwether_kernel::Rng;
use bellwether_vault::Vault;

use crate::config::Config;

fn file(config: &Config) -> PathBuf {
    config.data.dir.join("secret-keys")
}

/// Puts the keys of the file into a configuration that names none; a file that isn't there is none.
pub fn read(config: &mut Config) -> Result<()> {
    if !config.secrets.keys.is_empty() {
        return Ok(());
    }
    let file = file(config);
    match fs::read_to_string(&file) {
        Ok(text) => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            config.secrets.keys = lines.map(str::to_owned).collect();
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("can't read {}", file.display())),
    }
}

/// The same, and makes the file when it isn't there: for `up`, where one process is all there is.
pub fn read_or_make(config: &mut Config, rng: &Rng) -> Result<()> {
    read(config)?;
    if !config.secrets.keys.is_empty() {
        return Ok(());
    }
    let file = file(config);
    fs::create_dir_all(&config.data.dir)?;
    let key = Vault::new_key(rng);
    let text = format!(
        "# Keys that seal stored secrets (second factors, tokens of connected accounts). Keep a copy with your backups:\n\
         # without it they can't be read again. The first line seals, all of them open.\n{key}\n"
    );
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file) {
        Ok(mut made) => {
            made.write_all(text.as_bytes())?;
            made.sync_all()?;
        }
        // another process was first
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("can't make {}", file.display())),
    }
    read(config)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_first_start_makes_a_key_that_later_ones_read() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.data.dir = dir.path().join("data");
        read(&mut config).unwrap();
        assert!(config.secrets.keys.is_empty());
        read_or_make(&mut config, &Rng::seeded(1)).unwrap();
        let key = config.secrets.keys.clone();
        assert_eq!(key.len(), 1);
        let mode = fs::metadata(file(&config)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        config.secrets.keys.clear();
        read_or_make(&mut config, &Rng::seeded(2)).unwrap();
        assert_eq!(config.secrets.keys, key);
        assert!(!format!("{config:?}").contains(&key[0]));
    }
}
