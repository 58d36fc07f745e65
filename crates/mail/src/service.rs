//! Use cases of the outbox.

use std::sync::Arc;

use bellwether_jobs::{Job as _, JobError, JobMeta, Options, enqueue};
use bellwether_kernel::{Clock, Cursor, Page, PageRequest, Problem, Timestamp, id::MailId};
use bellwether_store::{ServiceTx, Store};
use bellwether_web::Operator;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ConfigError, Error, MailConfig, Rests, SendMail, Settle, Template, Trouble, render,
    session::Refused,
    sql,
    transport::{Smtp, Transport},
};

/// How long a mail stays in the outbox.
const LIFE: Duration = Duration::days(30);
/// After so long all tries are over.
const TRIED: Duration = Duration::days(1);
/// Whoever queues a mail asks for quiet hours too: a first try so soon after need not ask again.
const FRESH: Duration = Duration::minutes(1);
/// Mails in one look.
const AT_ONCE: i64 = 5_000;
/// The longest answer of a server that is kept, in characters.
const ERROR_MAX: usize = 500;
/// What is known of a mail that must not come twice and of which nobody heard whether the server took it.
const UNANSWERED: &str = "Handed to the mail server; its answer was lost.";

/// Sends mails, or keeps them. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    store: Store,
    clock: Clock,
    transport: Transport,
    rests: Option<Arc<dyn Rests>>,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = MailStatus)]
pub enum Status {
    /// It waits to be sent.
    Pending,
    /// A server took it, or may have: then `last_error` says so.
    Sent,
    /// It can't be sent; `last_error` says why.
    Failed,
    /// There is no server, or it is the demonstration's, whose addresses are made up: it is kept to be read here.
    Kept,
    /// It was taken back before a server had it; `last_error` says why.
    Withdrawn,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Kept => "kept",
            Self::Withdrawn => "withdrawn",
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
    /// Why the last try failed; of a mail that was sent, what is not known of it.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When a server took it, or got it.
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
        Ok(Self { store, clock, transport: Transport::new(config)?, rests: None })
    }

    /// The same mailer, which keeps the quiet hours of its readers.
    #[must_use]
    pub fn minding(self, rests: Arc<dyn Rests>) -> Self {
        Self { rests: Some(rests), ..self }
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
            once: false,
            handed_at: None,
            demo: false,
        };
        let offered = server.offer(id, &mail, self.clock.now()).await;
        let sent = match offered {
            Ok(offered) => offered.write().await,
            Err(refused) => Err(refused),
        };
        sent.map_err(|refused| {
            let (Refused::Later(why) | Refused::Never(why) | Refused::Unclear(why)) = refused;
            Problem::new(bellwether_kernel::Kind::Upstream, "mail_refused", why.error)
        })
    }

    /// Tries to send a mail that waits.
    pub(crate) async fn deliver(&self, id: MailId, meta: JobMeta) -> Result<(), JobError> {
        let store = bellwether_store::Error::from;
        if self.rests(id, meta).await? {
            return Ok(());
        }
        let mut tx = self.store.service("count an attempt at a mail").await?;
        let Some(mail) = sql::attempt(tx.conn(), id).await.map_err(store)? else { return Ok(()) };
        if let Some(handed_at) = mail.handed_at {
            tx.commit().await?;
            let why = "the try that handed it over did not say what came of it";
            return self.close_unanswered(id, &mail, handed_at, why).await;
        }
        let server = match &self.transport {
            Transport::Smtp(server) if !mail.demo => server,
            transport => {
                sql::keep(tx.conn(), id).await.map_err(store)?;
                finish(tx, id, mail.once).await?;
                match transport {
                    Transport::Keep => tell(id, &mail),
                    Transport::Smtp(_) => {
                        tracing::info!(mail = %id, template = mail.template, "a mail of the demonstration is kept");
                    }
                }
                return Ok(());
            }
        };
        tx.commit().await?;
        if mail.expires_at.is_some_and(|end| end <= self.clock.now()) {
            let why = if mail.once {
                "its time was over before a server took it"
            } else {
                "its link expired before a server took it"
            };
            tracing::warn!(mail = %id, template = mail.template, "a mail was not sent: {why}");
            let why = Trouble { error: why.to_owned(), reply: None };
            return self.close_failed(id, &why, None).await;
        }
        self.send(server, id, &mail, meta).await
    }

    /// Puts a mail off to the end of its reader's quiet hours, if they have any now. That is no try; past its time it is closed.
    async fn rests(&self, id: MailId, meta: JobMeta) -> Result<bool, JobError> {
        // what is kept here disturbs nobody
        let Some(rests) = self.rests.as_ref().filter(|_| self.sends()) else { return Ok(false) };
        let store = bellwether_store::Error::from;
        let now = self.clock.now();
        let queued_until = if meta.attempt > 1 { now } else { now - FRESH };
        let mut tx = self.store.service("see whose quiet hours a mail keeps").await?;
        let found = sql::reader(tx.conn(), id, now, queued_until).await.map_err(store)?;
        tx.commit().await?;
        let Some((reader, expires_at)) = found else { return Ok(false) };
        let Some(until) = rests.rests_until(reader).await? else { return Ok(false) };
        let at = expires_at.map_or(until, |end| end.min(until));
        let mut tx = self.store.service("put a mail off to the end of quiet hours").await?;
        sql::rest(tx.conn(), id, at).await.map_err(store)?;
        tx.commit().await?;
        tracing::debug!(mail = %id, until = %at, "a mail waits for the end of quiet hours");
        Ok(true)
    }

    /// Sends what has rested long enough; gives how many.
    pub(crate) async fn wake(&self) -> Result<usize, Error> {
        let mut tx = self.store.service("send what waited for the end of quiet hours").await?;
        let woken = sql::wake(tx.conn(), self.clock.now(), AT_ONCE).await?;
        for mail in &woken {
            enqueue(&mut tx, &SendMail { mail: *mail }, Options::default()).await?;
        }
        tx.commit().await?;
        Ok(woken.len())
    }

    async fn send(
        &self,
        server: &Smtp,
        id: MailId,
        mail: &sql::Outgoing,
        meta: JobMeta,
    ) -> Result<(), JobError> {
        let mut handed_at = None;
        let sent = match server.offer(id, mail, self.clock.now()).await {
            Ok(offered) => {
                if mail.once {
                    handed_at = Some(self.hand_over(id).await?);
                }
                offered.write().await
            }
            Err(refused) => Err(refused),
        };
        match (sent, handed_at) {
            (Ok(()), _) => {
                tracing::info!(mail = %id, template = mail.template, "a mail was sent");
                self.close_sent(id, None, self.clock.now()).await
            }
            (Err(Refused::Unclear(why)), Some(at)) => self.close_unanswered(id, mail, at, &why.error).await,
            (Err(Refused::Never(why)), _) => {
                let why = cut(why);
                self.close_failed(id, &why, handed_at).await?;
                Err(JobError::Fail(why.error))
            }
            (Err(Refused::Later(why) | Refused::Unclear(why)), _) => {
                let why = cut(why);
                if meta.is_last() {
                    self.close_failed(id, &why, handed_at).await?;
                } else {
                    let mut tx = self.store.service("note why a mail did not leave").await?;
                    sql::note_error(tx.conn(), id, &why, handed_at)
                        .await
                        .map_err(bellwether_store::Error::from)?;
                    tx.commit().await?;
                }
                Err(JobError::Retry(why.error))
            }
        }
    }

    /// Commits that a mail is handed over, before it is. From here on nobody but this try sends it.
    async fn hand_over(&self, id: MailId) -> Result<Timestamp, JobError> {
        let now = self.clock.now();
        let mut tx = self.store.service("note that a mail is handed over").await?;
        let mine = sql::hand_over(tx.conn(), id, now).await.map_err(bellwether_store::Error::from)?;
        tx.commit().await?;
        // a worker that was taken for dead: what comes of its try is seen by the next
        mine.then_some(now).ok_or_else(|| JobError::Retry("another try is handing it over".into()))
    }

    async fn close_unanswered(
        &self,
        id: MailId,
        mail: &sql::Outgoing,
        handed_at: Timestamp,
        why: &str,
    ) -> Result<(), JobError> {
        tracing::warn!(mail = %id, template = mail.template, why, "a mail may have left, and is not sent again");
        self.close_sent(id, Some(UNANSWERED), handed_at).await
    }

    async fn close_sent(&self, id: MailId, note: Option<&str>, at: Timestamp) -> Result<(), JobError> {
        let mut tx = self.store.service("note that a mail has left").await?;
        let told = sql::close_sent(tx.conn(), id, note, at).await;
        finish(tx, id, told.map_err(bellwether_store::Error::from)?).await
    }

    async fn close_failed(
        &self,
        id: MailId,
        why: &Trouble,
        handed_at: Option<Timestamp>,
    ) -> Result<(), JobError> {
        let mut tx = self.store.service("note that a mail will not leave").await?;
        let told = sql::close_failed(tx.conn(), id, why, handed_at).await;
        finish(tx, id, told.map_err(bellwether_store::Error::from)?).await
    }

    /// Removes old mails; gives how many.
    pub async fn retain(&self) -> Result<u64, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("retention: mails").await?;
        let notes = ("The last try broke off.", UNANSWERED);
        let closed = sql::close_forgotten(tx.conn(), SendMail::MAX_ATTEMPTS, now - TRIED, notes).await?;
        if closed > 0 {
            tracing::warn!(closed, "mails whose last try was killed are closed");
        }
        let gone = sql::delete_old(tx.conn(), now - LIFE).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

/// Commits what became of a mail, with the job that tells it.
async fn finish(mut tx: ServiceTx, id: MailId, told: bool) -> Result<(), JobError> {
    if told {
        enqueue(&mut tx, &Settle { mail: id }, Options::default()).await?;
    }
    Ok(tx.commit().await?)
}

fn cut(why: Trouble) -> Trouble {
    let error = why.error.chars().filter(|c| !c.is_control()).take(ERROR_MAX).collect();
    Trouble { error, ..why }
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
