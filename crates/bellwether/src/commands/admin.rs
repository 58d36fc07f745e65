//! `bellwether admin`.

use std::io::{Read as _, Write as _};

use anyhow::{Context as _, Result, bail};
use bellwether_identity::people::model::{OrganizationType, SignUp};
use bellwether_kernel::{Clock, RequestContext, Rng, id::OrganizationId};
use bellwether_vault::Resealed;
use clap::{Subcommand, ValueEnum};

use super::database::Database;
use crate::{cli::End, config::Config, wiring::App};

/// What an operator does.
#[derive(Subcommand)]
pub enum AdminCommand {
    /// People
    #[command(subcommand)]
    User(UserCommand),
    /// Mail
    #[command(subcommand)]
    Mail(MailCommand),
    /// Keys of stored secrets
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Put an organization on a plan, without payment
    Plan {
        /// Id of the organization (org_…)
        organization: OrganizationId,
        /// free, pro or business
        plan: String,
    },
}

/// What an operator does with people.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Make an account with an organization of its own; the password is read from standard input
    Create {
        /// E-mail address
        email: String,
        /// Name of the person
        #[arg(long)]
        name: String,
        /// Name of the organization and its first brand; the person's name when absent
        #[arg(long)]
        organization: Option<String>,
        /// Kind of the organization
        #[arg(long, value_enum, default_value = "creator")]
        kind: KindArg,
        /// IANA time zone
        #[arg(long, default_value = "UTC")]
        time_zone: String,
    },
    /// Print a one-time sign-in link, good for 30 minutes
    Link {
        /// E-mail address
        email: String,
    },
    /// Let a person run the installation: they see its admin area
    Operator {
        /// E-mail address
        email: String,
        /// From now on
        #[arg(long, required_unless_present = "off")]
        on: bool,
        /// Not any more
        #[arg(long, conflicts_with = "on")]
        off: bool,
    },
    /// Turn a person's authenticator app off and end their sessions, when phone and recovery codes are lost
    ResetSecondFactor {
        /// E-mail address
        email: String,
    },
    /// Keep a person out: their sessions end, and they can't sign in until `resume`
    Suspend {
        /// E-mail address
        email: String,
    },
    /// Let a suspended person in again
    Resume {
        /// E-mail address
        email: String,
    },
    /// Set a password, read from standard input, and end the person's sessions
    Password {
        /// E-mail address
        email: String,
    },
}

/// What an operator does with mail.
#[derive(Subcommand)]
pub enum MailCommand {
    /// Send a mail at once, to see whether the configured server takes it
    Test {
        /// E-mail address
        email: String,
    },
}

/// What an operator does with keys of stored secrets.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Seal every stored secret with the first of `secrets.keys`, so that the others can be taken out
    ///
    /// While everything runs; may be interrupted and repeated. Exit code 3 when a secret was sealed with a key that is
    /// not in the list.
    Rotate,
}

/// Kinds of organizations.
#[derive(Clone, Copy, ValueEnum)]
pub enum KindArg {
    Creator,
    Business,
    Agency,
}

pub async fn run(config: Config, command: AdminCommand) -> Result<End> {
    let secret = match &command {
        AdminCommand::User(UserCommand::Create { .. } | UserCommand::Password { .. }) => Some(password()?),
        _ => None,
    };
    let database = Database::open(&config).await?;
    let done = act(&database, &config, command, secret).await;
    database.close().await;
    done
}

async fn act(
    database: &Database,
    config: &Config,
    command: AdminCommand,
    secret: Option<String>,
) -> Result<End> {
    database.migrate().await?;
    let url = config.public_url(config.server.port)?;
    let mut config = config.clone();
    crate::secret_keys::read(&mut config)?;
    let app = App::new(database.store.clone(), Clock::system(), Rng::system(), config, url)?;
    let mut out = std::io::stdout();
    match command {
        AdminCommand::User(UserCommand::Create { email, name, organization, kind, time_zone }) => {
            let input = SignUp {
                email: email.clone(),
                password: secret.unwrap_or_default(),
                organization_name: organization.unwrap_or_else(|| name.clone()),
                name,
                organization_type: match kind {
                    KindArg::Creator => OrganizationType::Creator,
                    KindArg::Business => OrganizationType::Business,
                    KindArg::Agency => OrganizationType::Agency,
                },
                time_zone: Some(time_zone),
                token: None,
            };
            let made = app
                .identity
                .create_account(input, false, &RequestContext::default())
                .await
                .map_err(problem)?;
            for organization in made.me.organizations {
                writeln!(out, "{email}  {}  {}", organization.id, organization.slug)?;
            }
        }
        AdminCommand::User(UserCommand::Link { email }) => {
            writeln!(out, "{}", app.identity.create_link(&email).await.map_err(problem)?)?;
        }
        AdminCommand::User(UserCommand::Password { email }) => {
            app.identity.set_password(&email, secret.unwrap_or_default()).await.map_err(problem)?;
            writeln!(out, "The password is set and all sessions are ended.")?;
        }
        AdminCommand::User(UserCommand::Operator { email, on, off: _ }) => {
            app.identity.set_operator(&email, on).await.map_err(problem)?;
            writeln!(out, "{email} {} this installation.", if on { "runs" } else { "no longer runs" })?;
        }
        AdminCommand::Mail(MailCommand::Test { email }) => {
            let id = bellwether_kernel::id::MailId::new(&app.clock, app.rng());
            app.mailer.test(id, &email).await?;
            writeln!(out, "The server took a mail to {email}.")?;
        }
        AdminCommand::User(UserCommand::ResetSecondFactor { email }) => {
            app.identity.operator_removes_factors(&email).await.map_err(problem)?;
            writeln!(out, "The second factor is off and all sessions are ended.")?;
        }
        AdminCommand::User(UserCommand::Suspend { email }) => {
            app.identity.suspend_user(&email, true).await.map_err(problem)?;
            writeln!(out, "{email} is suspended and all sessions are ended.")?;
        }
        AdminCommand::User(UserCommand::Resume { email }) => {
            app.identity.suspend_user(&email, false).await.map_err(problem)?;
            writeln!(out, "{email} can sign in again.")?;
        }
        AdminCommand::Keys(KeysCommand::Rotate) => return rotate(&app, &mut out).await,
        AdminCommand::Plan { organization, plan } => {
            let plan = app.billing.set_plan(organization, &plan, "bellwether admin plan").await;
            let plan = plan.map_err(|error| anyhow::Error::new(bellwether_kernel::Problem::from(error)))?;
            writeln!(out, "{organization} is on {}.", plan.name)?;
        }
    }
    Ok(End::Done)
}

/// Each kind of secret, one after the other; what is done stays done when a later one fails.
pub async fn rotate(app: &App, out: &mut impl std::io::Write) -> Result<End> {
    let outside =
        |error: bellwether_publishing::Error| anyhow::Error::new(bellwether_kernel::Problem::from(error));
    let mut unreadable = 0;
    let mut tell = |what: &str, done: Resealed| {
        unreadable += done.unreadable;
        let Resealed { seen, sealed, unreadable } = done;
        writeln!(out, "{what:<24} {seen:>8} seen {sealed:>8} sealed anew {unreadable:>8} unreadable")
    };
    tell("authenticator apps", app.identity.reseal_factors().await.map_err(problem)?)?;
    tell("signing API keys", app.identity.reseal_keys().await.map_err(problem)?)?;
    tell("connected accounts", app.publishing.reseal_connections().await.map_err(outside)?)?;
    tell("applications", app.publishing.reseal_apps().await.map_err(outside)?)?;
    let told = |error| anyhow::Error::new(bellwether_kernel::Problem::from(error));
    tell(
        "ways to people",
        app.delivery.reseal_channels().await.map_err(|error: bellwether_delivery::Error| told(error))?,
    )?;
    if unreadable > 0 {
        writeln!(
            out,
            "{unreadable} were sealed with a key that is not in secrets.keys. Put it at the end and repeat."
        )?;
        return Ok(End::Partly);
    }
    writeln!(
        out,
        "Keep the old keys for six hours more: sign-ins, consents and addresses of files use them until then. Links to \
         unsubscribe in marketing mails that are out open with the key of their day: keep it for as long as they are to work."
    )?;
    Ok(End::Done)
}

fn problem(error: bellwether_identity::Error) -> anyhow::Error {
    anyhow::Error::new(bellwether_kernel::Problem::from(error))
}

fn password() -> Result<String> {
    crate::cli::tell("Password (one line on standard input):");
    let mut text = String::new();
    std::io::stdin().take(1024).read_to_string(&mut text).context("no password on standard input")?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        bail!("no password on standard input");
    }
    Ok(line)
}
