//! Use cases of the outbox.

use bellwether_jobs::{JobError, JobMeta};
use bellwether_kernel::{Clock, Cursor, Page, PageRequest, Problem, id::MailId};
use bellwether_store::Store;
use bellwether_web::Operator;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ConfigError, Error, MailConfig, Template, render, sql,
    transport::{Refused, Transport},
};

/// How long a mail stays in the outbox.
const LIFE: Duration = Duration::days(30);
/// The longest answer of a server that is kept, in characters.
const ERROR_MAX: usize = 500;

/// Sends mails, or keeps them. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    store: Store,
    clock: Clock,
    transport: Transport,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = MailStatus)]
pub enum Status {
    /// It waits to be sent.
    Pending,
    /// A server took it.
    Sent,
    /// It can't be sent; `last_error` says why.
    Failed,
    /// There is no server: it is kept to be read here.
    Kept,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Kept => "kept",
        }
    }
}

/// A mail in the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MailSummary {
    /// Id.
    pub id: MailId,
    /// The address.
    pub to: String,
    /// Its kind, e.g. `magic_link`.
    pub template: String,
    /// Subject.
    pub subject: String,
    /// What became of it.
    pub status: Status,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When a server took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// A mail with its content.
#[derive(Clone, Serialize, ToSchema)]
pub struct MailView {
    /// As in the list.
    #[serde(flatten)]
    pub summary: MailSummary,
    /// The HTML part; empty once it was sent or given up.
    pub html: String,
    /// The text part; empty once it was sent or given up.
    pub text: String,
}

impl Mailer {
    /// A mailer by configuration.
    pub fn new(store: Store, clock: Clock, config: &MailConfig) -> Result<Self, ConfigError> {
        Ok(Self { store, clock, transport: Transport::new(config)? })
    }

    /// Whether mails leave; otherwise they are kept.
    pub fn sends(&self) -> bool {
        matches!(self.transport, Transport::Smtp(_))
    }

    /// The mails of the outbox, newest first.
    pub async fn list(
        &self,
        _: Operator,
        status: Option<Status>,
        page: PageRequest,
    ) -> Result<Page<MailSummary>, Error> {
        let mut tx = self.store.service("an operator lists mails").await?;
        let rows = sql::list(tx.conn(), status, page).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |mail| Cursor { at: mail.created_at, id: mail.id.uuid() }))
    }

    /// One mail with its content.
    pub async fn get(&self, _: Operator, id: MailId) -> Result<MailView, Error> {
        let mut tx = self.store.service("an operator reads a mail").await?;
        let found = sql::get(tx.conn(), id).await?;
        tx.commit().await?;
        Ok(found.ok_or_else(|| Problem::not_found("mail"))?)
    }

    /// Sends a mail to see whether mail works, past the outbox. The problem says what the server said.
    pub async fn test(&self, id: MailId, to: &str) -> Result<(), Problem> {
        let Transport::Smtp(server) = &self.transport else {
            let detail = "No mail server is configured: set mail.smtp_url and mail.from.";
            return Err(Problem::new(bellwether_kernel::Kind::Conflict, "no_mail_server", detail));
        };
        let template = Template::AdminNotice {
            subject: "Mail works".into(),
            lines: vec!["This is the test mail that was asked for on the command line.".into()],
        };
        let rendered = render(&template).map_err(Error::from)?;
        let mail = sql::Outgoing {
            recipient: to.to_owned(),
            template: template.name().into(),
            subject: rendered.subject,
            html: rendered.html,
            text: rendered.text,
            expires_at: None,
            unsubscribe_url: None,
        };
        server.send(id, &mail, self.clock.now()).await.map_err(|refused| {
            let (Refused::Later(why) | Refused::Never(why)) = refused;
            Problem::new(bellwether_kernel::Kind::Upstream, "mail_refused", why)
        })
    }

    /// Tries to send a mail that waits.
    pub(crate) async fn deliver(&self, id: MailId, meta: JobMeta) -> Result<(), JobError> {
        let store = bellwether_store::Error::from;
        let mut tx = self.store.service("count an attempt at a mail").await?;
        let mail = sql::attempt(tx.conn(), id).await.map_err(store)?;
        let Transport::Smtp(server) = &self.transport else {
            if mail.is_some() {
                sql::keep(tx.conn(), id).await.map_err(store)?;
            }
            tx.commit().await?;
            if let Some(mail) = mail {
                tell(id, &mail);
            }
            return Ok(());
        };
        tx.commit().await?;
        let Some(mail) = mail else { return Ok(()) };
        let now = self.clock.now();
        if mail.expires_at.is_some_and(|end| end <= now) {
            let why = "its link expired before a server took it";
            tracing::warn!(mail = %id, template = mail.template, "a mail was not sent: {why}");
            return self.close(id, Status::Failed, Some(why)).await;
        }
        match server.send(id, &mail, now).await {
            Ok(()) => {
                tracing::info!(mail = %id, template = mail.template, "a mail was sent");
                self.close(id, Status::Sent, None).await
            }
            Err(Refused::Never(why)) => {
                let why = cut(&why);
                self.close(id, Status::Failed, Some(&why)).await?;
                Err(JobError::Fail(why))
            }
            Err(Refused::Later(why)) => {
                let why = cut(&why);
                if meta.is_last() {
                    self.close(id, Status::Failed, Some(&why)).await?;
                } else {
                    let mut tx = self.store.service("note why a mail did not leave").await?;
                    sql::note_error(tx.conn(), id, &why).await.map_err(store)?;
                    tx.commit().await?;
                }
                Err(JobError::Retry(why))
            }
        }
    }

    async fn close(&self, id: MailId, status: Status, error: Option<&str>) -> Result<(), JobError> {
        let mut tx = self.store.service("note what became of a mail").await?;
        sql::close(tx.conn(), id, status, error, self.clock.now())
            .await
            .map_err(bellwether_store::Error::from)?;
        Ok(tx.commit().await?)
    }

    /// Removes old mails; gives how many.
    pub async fn retain(&self) -> Result<u64, Error> {
        let mut tx = self.store.service("retention: mails").await?;
        let gone = sql::delete_old(tx.conn(), self.clock.now() - LIFE).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(ERROR_MAX).collect()
}

/// Only where there is no server: then the log is how people come by their links.
fn tell(id: MailId, mail: &sql::Outgoing) {
    let links: Vec<&str> = mail.text.lines().filter(|line| line.starts_with("http")).collect();
    tracing::info!(
        mail = %id,
        template = mail.template,
        to = mail.recipient,
        links = links.join(" "),
        "no mail server is configured: the mail is kept"
    );
}
