//! `bellwether psql`.

use std::{os::unix::process::CommandExt as _, process::Command};

use anyhow::{Context as _, Result, bail};
use bellwether_store::embedded::{self, NAME};

use super::database::embedded_options;
use crate::{cli::End, config::Config};

pub fn run(config: &Config, args: &[String]) -> Result<End> {
    let mut command = if let Some(url) = &config.data.database_url {
        let mut command = Command::new("psql");
        command.arg(url);
        command
    } else {
        let options = embedded_options(config);
        let Some(address) = embedded::running(&options)? else {
            bail!(
                "no server runs on the data in {}: start `bellwether up` first, or name another folder with --data",
                config.data.dir.display()
            );
        };
        address.psql(NAME)
    };
    let error = command.args(args).exec();
    Err(error).context("psql could not be started")
}
