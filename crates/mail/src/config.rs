//! What the operator says about mail.

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

/// The section `[mail]` of the configuration.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfig {
    /// The server: `smtps://user:password@host` (TLS from the start), `smtp://…?tls=required` (STARTTLS), or `smtp://…`
    /// (no TLS, for this machine only when there is a password). None: mails are kept for operators to read.
    pub smtp_url: Option<String>,
    /// Whom the mails come from, e.g. `Bellwether <no-reply@example.org>`. Needed with a server.
    pub from: Option<String>,
    /// Where answers go, when not to `from`.
    pub reply_to: Option<String>,
    /// A PEM file with the certificate of an authority of your own, beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// How long it may take until the server has greeted: the connection, encryption from the start, and its first words. A
    /// third of it for each address of its name, so that a dead one leaves time for the next.
    pub connect_timeout_seconds: u64,
    /// How long the server may take to answer a command.
    pub timeout_seconds: u64,
    /// How long it may take to get a mail and to say that it has it. RFC 5321 (4.5.3.2.6) asks for ten minutes: who hangs up
    /// before doesn't know whether the mail has left.
    pub end_timeout_seconds: u64,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            smtp_url: None,
            from: None,
            reply_to: None,
            ca_file: None,
            connect_timeout_seconds: 30,
            timeout_seconds: 60,
            end_timeout_seconds: 600,
        }
    }
}

// by hand: the URL holds a password
impl fmt::Debug for MailConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailConfig")
            .field("smtp_url", &self.smtp_url.as_ref().map(|_| "…"))
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// Why the section `[mail]` can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The URL is none, or of another kind.
    #[error(
        "mail.smtp_url is not usable: {0}. Write smtps://user:password@host, smtp://user:password@host?tls=required, or \
         smtp://localhost"
    )]
    Url(String),
    /// A password would go over the network in the clear.
    #[error(
        "mail.smtp_url would send the password to {0} unencrypted. Use smtps://, or smtp:// with ?tls=required"
    )]
    Unencrypted(String),
    /// A server without a sender.
    #[error("mail.from is needed with mail.smtp_url, e.g. \"Bellwether <no-reply@example.org>\"")]
    NoSender,
    /// An address that can't be read.
    #[error("mail.{key} is no address: {fault}. Write e.g. \"Bellwether <no-reply@example.org>\"")]
    Address {
        /// Which key.
        key: &'static str,
        /// What is wrong.
        fault: String,
    },
    /// The file with the certificate.
    #[error("mail.ca_file {}: {fault}", path.display())]
    Authority {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        fault: String,
    },
}
