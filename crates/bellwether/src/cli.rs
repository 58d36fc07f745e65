//! The command line.

use std::{io::Write as _, net::IpAddr, path::PathBuf, process::ExitCode};

use anyhow::Result;
use bellwether_kernel::{Kind, Problem};
use clap::{Args, Parser, Subcommand};

use crate::{
    commands::{admin, config, openapi, psql, repurpose, serve, trends, voice},
    config::{Loaded, LogConfig, Overrides},
};

/// The content engine: any text, file or page becomes drafts for every network.
#[derive(Parser)]
#[command(
    name = "bellwether",
    version,
    after_help = "Start here:  bellwether up            everything in one process, with a demo and a sign-in link\n\
                  No server:   bellwether repurpose article.md --for x,linkedin\n\n\
                  Configuration: defaults, then bellwether.toml, then BELLWETHER_<SECTION>__<KEY>, then flags;\n\
                  `bellwether config` prints what is in force and where it came from.\n\
                  Exit codes: 0 done · 1 failed · 2 wrong use or input · 3 done in part"
)]
struct Cli {
    /// Configuration file; bellwether.toml in this folder when absent
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything: database, migrations, demo, web server and worker
    ///
    /// Uses the embedded PostgreSQL in the data folder unless a database URL is configured. Prints a one-time sign-in
    /// link for the demo. Stops cleanly on Ctrl-C.
    Up(ServeArgs),
    /// Serve the browser app and the API; jobs are left to `work`
    Serve(ServeArgs),
    /// Run background jobs only
    Work(DataArgs),
    /// Bring the database to this version's schema and end
    Migrate(DataArgs),
    /// Turn files, pages or standard input into drafts, without a server or database
    Repurpose(repurpose::RepurposeArgs),
    /// Find what rises in feeds, without a server or database
    Trends(trends::TrendsArgs),
    /// Learn how somebody writes and hear whether they wrote a text, without a server or database
    Voice {
        #[command(subcommand)]
        command: voice::VoiceCommand,
    },
    /// Print the configuration in force and where each value came from
    Config {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a new key for `secrets.keys`
    NewKey,
    /// Open a PostgreSQL shell on the database
    Psql {
        #[command(flatten)]
        data: DataArgs,
        /// Handed on to psql, e.g. -c 'select 1'
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Print the API's description (OpenAPI 3.1, JSON)
    Openapi,
    /// Read a PDF from standard input: the child process in which files of strangers are read
    #[command(hide = true)]
    ReadPdf,
    /// Print the page of the networks' rules (Markdown)
    #[command(hide = true)]
    Networks,
    /// Print the page of the permissions (Markdown)
    #[command(hide = true)]
    Permissions,
    /// Operate an installation: people, links, plans
    Admin {
        #[command(flatten)]
        data: DataArgs,
        #[command(subcommand)]
        command: admin::AdminCommand,
    },
}

/// Where the data are.
#[derive(Args, Clone, Default)]
pub struct DataArgs {
    /// Folder of the embedded database and of files [data.dir]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// How to serve.
#[derive(Args, Clone, Default)]
pub struct ServeArgs {
    /// Where the data are
    #[command(flatten)]
    pub data: DataArgs,
    /// Address to listen on [server.host]
    #[arg(long)]
    pub host: Option<IpAddr>,
    /// Port to listen on; 0 takes a free one [server.port]
    #[arg(long)]
    pub port: Option<u16>,
    /// Make no demo organization [demo.enabled]
    #[arg(long)]
    pub no_demo: bool,
}

impl ServeArgs {
    fn overrides(&self) -> Overrides {
        Overrides { host: self.host, port: self.port, no_demo: self.no_demo, ..overrides(&self.data) }
    }
}

fn overrides(data: &DataArgs) -> Overrides {
    Overrides { data: data.data.clone(), ..Overrides::default() }
}

/// How a command ended when it did not fail.
pub enum End {
    /// All of it.
    Done,
    /// Some of it; what is missing was said.
    Partly,
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::ReadPdf) {
        return bellwether_ingest::read::child();
    }
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tell("another TLS provider was installed before ours");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tell(&format!("error: {error}"));
            return ExitCode::from(1);
        }
    };
    let ended = runtime.block_on(dispatch(cli));
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match ended {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Partly) => ExitCode::from(3),
        Err(error) => {
            let problem = error.downcast_ref::<Problem>();
            // what is wrong where says it all: that something is need not be said
            match problem.map(|problem| problem.errors.as_slice()) {
                Some([]) | None => tell(&format!("error: {error:#}")),
                Some(faults) => {
                    for fault in faults {
                        tell(&format!("error: {}: {}", fault.path, fault.message));
                    }
                }
            }
            let input = problem.is_some_and(|problem| {
                !matches!(problem.kind, Kind::Internal | Kind::Unavailable | Kind::Upstream)
            });
            ExitCode::from(if input { 2 } else { 1 })
        }
    }
}

async fn dispatch(cli: Cli) -> Result<End> {
    let read = |overrides: &Overrides| Loaded::read(cli.config.as_deref(), overrides);
    match cli.command {
        Command::Up(args) => {
            let config = logged(read(&args.overrides())?);
            serve::up(config).await
        }
        Command::Serve(args) => {
            let config = logged(read(&args.overrides())?);
            serve::serve(config).await
        }
        Command::Work(data) => {
            let config = logged(read(&overrides(&data))?);
            serve::work(config).await
        }
        Command::Migrate(data) => {
            let config = logged(read(&overrides(&data))?);
            serve::migrate(config).await
        }
        Command::Repurpose(args) => {
            let loaded = read(&Overrides::default())?;
            log(&LogConfig { filter: "warn".into(), json: false });
            repurpose::run(&loaded.config, args).await
        }
        Command::Trends(args) => {
            let loaded = read(&Overrides::default())?;
            log(&LogConfig { filter: "error".into(), json: false });
            trends::run(&loaded.config, args).await
        }
        Command::Voice { command } => voice::run(command),
        Command::Config { json } => config::run(&read(&Overrides::default())?, json),
        Command::NewKey => {
            writeln!(
                std::io::stdout(),
                "{}",
                bellwether_vault::Vault::new_key(&bellwether_kernel::Rng::system())
            )?;
            Ok(End::Done)
        }
        Command::Psql { data, args } => psql::run(&read(&overrides(&data))?.config, &args),
        Command::Openapi => openapi::run(),
        // answered before there is a runtime
        Command::ReadPdf => Ok(End::Done),
        Command::Networks => {
            write!(std::io::stdout(), "{}", bellwether_networks::documentation())?;
            Ok(End::Done)
        }
        Command::Permissions => {
            write!(std::io::stdout(), "{}", bellwether_identity::permissions::documentation())?;
            Ok(End::Done)
        }
        Command::Admin { data, command } => {
            let config = logged(read(&overrides(&data))?);
            admin::run(config, command).await
        }
    }
}

fn logged(loaded: Loaded) -> crate::config::Config {
    log(&loaded.config.log);
    loaded.config
}

/// Starts the log on standard error; `RUST_LOG` overrules the configured filter.
fn log(config: &LogConfig) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(&config.filter));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if config.json { builder.json().try_init() } else { builder.compact().try_init() };
    if started.is_err() {
        tell("the log was started before");
    }
}

/// A line on standard error.
pub fn tell(line: &str) {
    // nobody is left to tell when standard error is closed
    let _ = writeln!(std::io::stderr(), "{line}");
}
