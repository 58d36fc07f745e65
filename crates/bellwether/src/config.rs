//! Configuration: defaults in the code, then `bellwether.toml`, then `BELLWETHER_<SECTION>__<KEY>`, then flags.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use bellwether_delivery::DeliveryConfig;
use bellwether_identity::{
    clerk::ClerkConfig,
    external::{JwtIssuer, OidcProvider},
    intake::SignUpMode,
    sign_ups::Confirm,
};
use bellwether_mail::MailConfig;
use bellwether_models::ModelsConfig;
use bellwether_networks::publish::Provider;
use bellwether_publishing::sandbox::Faults;
use bellwether_studio::MediaConfig;
use figment::{
    Figment, Profile, Provider as _,
    providers::{Env, Format as _, Serialized, Toml},
    value::{Dict, Value},
};
use serde::{Deserialize, Serialize};
use url::Url;

/// Everything that an operator decides. `docs/operator-guide.md` explains each key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The web server.
    pub server: ServerConfig,
    /// The database and files.
    pub data: DataConfig,
    /// Who may come in.
    pub identity: IdentitySection,
    /// The same as earlier versions wrote it.
    pub sign_up: SignUpConfig,
    /// Keys with which stored secrets are sealed.
    pub secrets: SecretsConfig,
    /// How people sign in.
    pub sign_in: SignInConfig,
    /// Plans and caps.
    pub billing: BillingConfig,
    /// Language models.
    pub models: ModelsConfig,
    /// Mail to people.
    pub mail: MailConfig,
    /// What people are told.
    pub delivery: DeliveryConfig,
    /// Background work.
    pub worker: WorkerConfig,
    /// Outgoing requests.
    pub fetch: FetchConfig,
    /// Our applications at networks, by their name: `[networks.x]`.
    pub networks: BTreeMap<Provider, NetworkApp>,
    /// Publishing.
    pub publishing: PublishingConfig,
    /// Where files of the media library are kept.
    pub media: MediaConfig,
    /// The demonstration.
    pub demo: DemoConfig,
    /// The log.
    pub log: LogConfig,
}

/// Our application at a network.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkApp {
    /// Its id there.
    pub client_id: String,
    /// Its secret there.
    pub client_secret: String,
}

impl std::fmt::Debug for NetworkApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NetworkApp({})", self.client_id)
    }
}

/// Publishing.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PublishingConfig {
    /// How long a worker without a sign of life is believed to be sending, in seconds, 2 to 3600. What it was sending is
    /// looked into after.
    pub lease_seconds: u32,
    /// How often the sandbox network misbehaves, for trying out what happens then.
    pub sandbox: Faults,
}

impl Default for PublishingConfig {
    fn default() -> Self {
        Self { lease_seconds: 90, sandbox: Faults::default() }
    }
}

/// The web server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where people reach the app, when that is not `http://host:port`.
    pub public_url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is believed, e.g. `["10.0.0.0/8"]`.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Bearer token that opens `/metrics` to others than this machine.
    pub metrics_token: Option<String>,
    /// Whether requests are limited by person and address. Off only where something in front does it, or to measure.
    pub rate_limits: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 4400,
            public_url: None,
            trusted_proxies: Vec::new(),
            metrics_token: None,
            rate_limits: true,
        }
    }
}

/// The database and files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// Folder of the embedded database and of files.
    pub dir: PathBuf,
    /// A PostgreSQL of your own instead of the embedded one. `DATABASE_URL` sets it too.
    pub database_url: Option<String>,
    /// Folder of PostgreSQL's programs, when it is not at a usual place.
    pub postgres_dir: Option<PathBuf>,
    /// Connections to the database at most.
    pub max_connections: u32,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self { dir: "./data".into(), database_url: None, postgres_dir: None, max_connections: 20 }
    }
}

/// Who may come in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentitySection {
    /// `open`, `invite`, `application` or `waitlist`; open when absent.
    pub sign_up: Option<SignUpMode>,
    /// Whether an account is made only after its address was confirmed by a mailed link: `auto` (where `mail.smtp_url` is
    /// set), `always` or `never`.
    pub confirm_sign_up: Confirm,
    /// OpenID providers with which people sign in.
    pub oidc: Vec<OidcProvider>,
    /// Issuers whose tokens are taken in place of an API key.
    pub jwt: Vec<JwtIssuer>,
    /// Clerk's webhooks.
    pub clerk: ClerkConfig,
}

/// Who may come in, as earlier versions wrote it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignUpConfig {
    /// `false` is `identity.sign_up = "invite"`, when that isn't set.
    pub open: bool,
}

impl Default for SignUpConfig {
    fn default() -> Self {
        Self { open: true }
    }
}

/// Keys with which stored secrets are sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecretsConfig {
    /// The ring, the newest first: it seals, all of them open. Without any, the file `secret-keys` of the data folder
    /// is read, which `bellwether up` makes.
    pub keys: Vec<String>,
}

impl std::fmt::Debug for SecretsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretsConfig({} keys)", self.keys.len())
    }
}

/// How people sign in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInConfig {
    /// A file of passwords known from breaches, which are refused: one password a line, or sorted lines that begin with
    /// a SHA-1.
    pub breached_passwords: Option<PathBuf>,
}

/// Plans and caps.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BillingConfig {
    /// Plan of organizations without a subscription: free, pro or business.
    pub default_plan: String,
    /// What each organization may spend on language models in a month, in US dollars; none is no limit.
    pub monthly_ai_cap_usd: Option<f64>,
}

impl Default for BillingConfig {
    fn default() -> Self {
        Self { default_plan: "free".into(), monthly_ai_cap_usd: Some(25.0) }
    }
}

/// Background work.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerConfig {
    /// Jobs at once, without the sending of mails and looks at sources.
    pub concurrency: usize,
    /// Mails sent at once: a mail server may take minutes to answer, and holds up nothing but mail by it.
    pub mail_concurrency: usize,
    /// Organizations whose sources are looked at at once as they are due, and looks at once that somebody asked for: a host
    /// may never answer, and holds up nothing but looks by it.
    pub source_concurrency: usize,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self { concurrency: 8, mail_concurrency: 8, source_concurrency: 8 }
    }
}

/// Outgoing requests.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchConfig {
    /// Private networks that pages may be read from all the same, e.g. `["192.168.10.0/24"]` for an intranet.
    pub allow_private: Vec<ipnet::IpNet>,
    /// Milliseconds between two pages of one website; a site's robots.txt may ask for more.
    pub pause_ms: u64,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self { allow_private: Vec::new(), pause_ms: 1_000 }
    }
}

/// The demonstration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DemoConfig {
    /// Whether `bellwether up` makes the demo organization when it is not there.
    pub enabled: bool,
}

impl Default for DemoConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// The log, on standard error.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// What is logged, in the form of `RUST_LOG`, e.g. `info` or `warn,bellwether_studio=debug`.
    pub filter: String,
    /// Lines for people, or JSON for machines.
    pub json: bool,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            filter: "warn,bellwether=info,bellwether_web::edge=warn,rustls_platform_verifier=off".into(),
            json: false,
        }
    }
}

/// Flags that overrule file and environment.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--host`.
    pub host: Option<IpAddr>,
    /// `--port`.
    pub port: Option<u16>,
    /// `--no-demo`.
    pub no_demo: bool,
}

/// The configuration in force, with the knowledge of where each value came from.
pub struct Loaded {
    /// The values.
    pub config: Config,
    figment: Figment,
}

impl Loaded {
    /// Reads defaults, file (`path`, or `bellwether.toml` when it is there), environment and flags.
    pub fn read(path: Option<&Path>, flags: &Overrides) -> Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        match path {
            Some(path) => {
                anyhow::ensure!(path.is_file(), "the configuration file {} is not there", path.display());
                figment = figment.merge(Toml::file_exact(path));
            }
            None if Path::new("bellwether.toml").is_file() => {
                figment = figment.merge(Toml::file_exact("bellwether.toml"));
            }
            None => {}
        }
        if let Ok(url) = std::env::var("DATABASE_URL") {
            figment = figment.merge(Serialized::default("data.database_url", url));
        }
        // other variables of ours have no double underscore (BELLWETHER_POSTGRES_DIR, BELLWETHER_CACHE)
        let env = Env::prefixed("BELLWETHER_").filter(|key| key.as_str().contains("__")).split("__");
        figment = figment.merge(env);
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                figment = std::mem::take(&mut figment).merge(Serialized::default(key, value));
            }
        };
        set("data.dir", flags.data.as_ref().map(|dir| Value::from(dir.display().to_string())));
        set("server.host", flags.host.map(|host| Value::from(host.to_string())));
        set("server.port", flags.port.map(Value::from));
        set("demo.enabled", flags.no_demo.then(|| Value::from(false)));
        let config: Config = figment.extract().context("the configuration can't be read")?;
        Ok(Self { config, figment })
    }

    /// Every value with its origin, secrets masked: one line each.
    pub fn explain(&self) -> Result<Vec<(String, String, String)>> {
        let profile = Profile::Default;
        let data = self.figment.data()?;
        let mut lines = Vec::new();
        if let Some(dict) = data.get(&profile) {
            self.walk(dict, "", &mut lines);
        }
        Ok(lines)
    }

    fn walk(&self, dict: &Dict, prefix: &str, lines: &mut Vec<(String, String, String)>) {
        for (key, value) in dict {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            if let Value::Dict(_, inner) = value
                && !inner.is_empty()
            {
                self.walk(inner, &path, lines);
                continue;
            }
            let origin = self.figment.get_metadata(value.tag()).map_or("default", |metadata| {
                if metadata.name.contains("TOML") {
                    "bellwether.toml"
                } else if metadata.name.contains("environment") {
                    "environment"
                } else if metadata.name.contains("Config") {
                    "default"
                } else {
                    "flag or DATABASE_URL"
                }
            });
            lines.push((path.clone(), shown(&path, value), origin.to_owned()));
        }
    }
}

fn shown(path: &str, value: &Value) -> String {
    let secret = is_secret(path);
    match value {
        Value::Empty(..) => "—".to_owned(),
        _ if secret => "••••••".to_owned(),
        Value::String(_, text) if path.ends_with("database_url") || path.ends_with("smtp_url") => {
            masked_url(text)
        }
        Value::String(_, text) => text.clone(),
        other => {
            let mut json = serde_json::to_value(other).unwrap_or_default();
            mask(&mut json);
            json.to_string()
        }
    }
}

fn is_secret(name: &str) -> bool {
    ["token", "api_key", "password", "secret", "secrets", "secrets.keys", "secret_access_key"]
        .iter()
        .any(|word| name.ends_with(word))
}

/// Masks the secrets of what stands in a list.
fn mask(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(items) => items.iter_mut().for_each(mask),
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if is_secret(name) && !field.is_null() {
                    *field = "••••••".into();
                } else {
                    mask(field);
                }
            }
        }
        _ => {}
    }
}

/// A URL without its password.
fn masked_url(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return "••••••".to_owned() };
    if url.password().is_some() && url.set_password(Some("••••••")).is_err() {
        return "••••••".to_owned();
    }
    url.to_string()
}

impl Config {
    /// Who may sign up.
    pub fn sign_up_mode(&self) -> SignUpMode {
        let earlier = if self.sign_up.open { SignUpMode::Open } else { SignUpMode::Invite };
        self.identity.sign_up.unwrap_or(earlier)
    }

    /// Whether accounts are made only after their address was confirmed.
    pub fn confirms_sign_up(&self) -> bool {
        self.identity.confirm_sign_up.first(self.mail.smtp_url.is_some())
    }

    /// Where people reach the app that listens on a port.
    pub fn public_url(&self, port: u16) -> Result<Url> {
        if let Some(url) = &self.server.public_url {
            return Ok(url.clone());
        }
        let host = match self.server.host {
            host if host.is_unspecified() => "127.0.0.1".to_owned(),
            IpAddr::V6(host) => format!("[{host}]"),
            IpAddr::V4(host) => host.to_string(),
        };
        Ok(Url::parse(&format!("http://{host}:{port}"))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        let shown = masked_url("postgres://ada:secret@db.example.org/bellwether");
        assert!(!shown.contains("secret") && shown.contains("db.example.org"), "{shown}");
    }

    #[test]
    fn addresses_are_confirmed_where_mail_leaves() {
        let config = |confirm_sign_up, smtp: bool| {
            let mut config = Config::default();
            config.identity.confirm_sign_up = confirm_sign_up;
            config.mail.smtp_url = smtp.then(|| "smtp://localhost".to_owned());
            config.confirms_sign_up()
        };
        assert!(!config(Confirm::Auto, false) && config(Confirm::Auto, true));
        assert!(config(Confirm::Always, false) && !config(Confirm::Never, true));
    }

    #[test]
    fn a_file_overrules_defaults_and_unknown_keys_are_refused() {
        let dir = std::env::temp_dir().join(format!("bellwether-config-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let file = dir.join("bellwether.toml");
        std::fs::write(&file, "[server]\nport = 9000\n").unwrap();
        let flags = Overrides { data: Some("/srv/data".into()), ..Overrides::default() };
        let loaded = Loaded::read(Some(&file), &flags).unwrap();
        assert_eq!(loaded.config.server.port, 9000);
        assert_eq!(loaded.config.data.dir, PathBuf::from("/srv/data"));
        let lines = loaded.explain().unwrap();
        let port = lines.iter().find(|line| line.0 == "server.port").unwrap();
        assert_eq!((port.1.as_str(), port.2.as_str()), ("9000", "bellwether.toml"));
        std::fs::write(&file, "[server]\nprot = 9000\n").unwrap();
        let error = format!("{:#}", Loaded::read(Some(&file), &flags).err().unwrap());
        assert!(error.contains("prot"), "{error}");
        std::fs::remove_dir_all(dir).unwrap();
    }
}
