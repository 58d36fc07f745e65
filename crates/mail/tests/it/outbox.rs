use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bellwether_jobs::{
    JobError, Worker,
    testing::{Report, assert_no_jobs_left, drain, jobs, make_due},
};
use bellwether_kernel::{Clock, PageRequest, Rng, id::MailId};
use bellwether_mail::{
    MailConfig, MailView, Mailer, NewMail, Retain, SendMail, Settle, Settles, Status, Template, forget,
    queue, queue_marketing,
};
use bellwether_store::Store;
use bellwether_testkit::TestDatabase;
use bellwether_web::{Caller, Operator};
use chrono::Duration;

use crate::sink::{SILENCE, Sink};

const UNSUBSCRIBE: &str = "https://bell.example/api/v1/unsubscribe/token";
const LINK: &str = "https://bell.example/sign-in/link#token=SECRET_TOKEN";

/// What is told to who wants to know what became of mails.
#[derive(Default)]
struct Told(Mutex<Vec<MailId>>);

#[async_trait]
impl Settles for Told {
    async fn settle(&self, mail: MailId) -> Result<(), JobError> {
        self.0.lock().unwrap().push(mail);
        Ok(())
    }
}

pub struct Outbox {
    told: Arc<Told>,
    database: TestDatabase,
    pub clock: Clock,
    rng: Rng,
    mailer: Mailer,
    worker: Worker,
}

impl Outbox {
    pub async fn new(config: MailConfig) -> Self {
        let database = bellwether_testkit::database().await;
        let clock = Clock::manual("2026-11-16T09:00:00Z".parse().unwrap());
        let mailer = Mailer::new(database.store().clone(), clock.clone(), &config).unwrap();
        let told = Arc::<Told>::default();
        let worker = Worker::builder(database.store().clone(), clock.clone())
            .register::<SendMail>(mailer.clone())
            .register::<Settle>(told.clone())
            .register::<Retain>(mailer.clone())
            .build()
            .unwrap();
        Self { told, database, clock, rng: Rng::seeded(1), mailer, worker }
    }

    pub async fn with(sink: &Sink) -> Self {
        Self::new(Self::config(sink)).await
    }

    pub fn config(sink: &Sink) -> MailConfig {
        MailConfig {
            smtp_url: Some(format!("smtp://{}", sink.address)),
            from: Some("Bellwether <no-reply@bell.example>".into()),
            timeout_seconds: 5,
            ..MailConfig::default()
        }
    }

    /// Queues a mail that must not come twice.
    pub async fn queue_once(&self, to: &str) -> MailId {
        let template = Template::Countdown {
            subject: "Two weeks to go".into(),
            preview: "It begins soon.".into(),
            why: "You asked for it.".into(),
            lines: vec!["It begins soon.".into()],
            link: "https://bell.example".into(),
            unsubscribe: UNSUBSCRIBE.into(),
        };
        let mail =
            NewMail { to: to.into(), template, expires_at: Some(self.clock.now() + Duration::hours(15)) };
        let mut tx = self.store().service("test").await.unwrap();
        let id = queue_marketing(&mut tx, &self.clock, &self.rng, mail, UNSUBSCRIBE).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub fn store(&self) -> &Store {
        self.database.store()
    }

    pub async fn queue(&self, to: &str) -> MailId {
        let mail = NewMail {
            to: to.into(),
            template: Template::MagicLink { link: LINK.into(), minutes: 15 },
            expires_at: Some(self.clock.now() + Duration::minutes(15)),
        };
        let mut tx = self.store().service("test").await.unwrap();
        let id = queue(&mut tx, &self.clock, &self.rng, mail).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn drain(&self) -> Report {
        drain(self.store(), &self.worker).await.unwrap()
    }

    /// The mails of which it was told what became of them, in order.
    pub fn told(&self) -> Vec<MailId> {
        self.told.0.lock().unwrap().clone()
    }

    fn operator(&self) -> Operator {
        Operator(Caller { user: bellwether_kernel::id::UserId::new(&self.clock, &self.rng), session: None })
    }

    pub async fn get(&self, id: MailId) -> MailView {
        self.mailer.get(self.operator(), id).await.unwrap()
    }
}

#[tokio::test]
async fn a_mail_is_sent_once_and_its_body_goes() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    let id = outbox.queue("ada@example.org").await;
    assert!(outbox.get(id).await.text.contains(LINK));
    assert_eq!(outbox.drain().await.done, ["mail.send"]);

    let [mail] = &sink.received()[..] else { panic!("not one mail") };
    assert_eq!(
        (mail.from.as_str(), &mail.to[..]),
        ("no-reply@bell.example", &["ada@example.org".to_owned()][..])
    );
    assert_eq!(mail.header("From").unwrap(), "Bellwether <no-reply@bell.example>");
    assert_eq!(mail.header("To").unwrap(), "ada@example.org");
    assert_eq!(mail.header("Subject").unwrap(), "Sign in to Bellwether");
    assert_eq!(mail.header("Message-ID").unwrap(), format!("<{id}@bell.example>"));
    assert_eq!(mail.header("Auto-Submitted").unwrap(), "auto-generated");
    assert_eq!(mail.header("Date").unwrap(), "Mon, 16 Nov 2026 09:00:00 +0000");
    assert!(mail.header("Content-Type").unwrap().starts_with("multipart/alternative"));
    let body = mail.body();
    let (text, html) = (body.find("text/plain").unwrap(), body.find("text/html").unwrap());
    assert!(text < html, "the richest part is the last (RFC 2046, 5.1.4)");
    assert!(body.lines().any(|line| line.trim_end() == LINK) && body.contains(&format!("href=\"{LINK}\"")));

    let sent = outbox.get(id).await;
    assert_eq!((sent.summary.status, sent.summary.attempts), (Status::Sent, 1));
    assert_eq!(sent.summary.sent_at, Some(outbox.clock.now()));
    assert_eq!((sent.html.as_str(), sent.text.as_str()), ("", ""));

    // the job runs a second time, as after a crash that forgot it had ended
    let mut tx = outbox.store().service("test").await.unwrap();
    bellwether_jobs::enqueue(&mut tx, &SendMail { mail: id }, bellwether_jobs::Options::default())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    outbox.drain().await;
    assert_eq!(sink.received().len(), 1);
    assert_no_jobs_left(outbox.store()).await;
}

#[tokio::test]
async fn marketing_says_in_its_headers_how_to_leave_and_other_mail_does_not() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    outbox.queue("ada@example.org").await;
    outbox.drain().await;
    // as long as a real one: it must not be broken over lines
    let url = format!("https://bell.example/api/v1/unsubscribe/{}", "gAAAAAB".repeat(24));
    let template = Template::Countdown {
        subject: "Two weeks to go".into(),
        preview: "It begins soon.".into(),
        why: "You asked for it.".into(),
        lines: vec!["It begins soon.".into()],
        link: "https://bell.example".into(),
        unsubscribe: url.clone(),
    };
    let mail = NewMail { to: "bob@example.org".into(), template, expires_at: None };
    let mut tx = outbox.store().service("test").await.unwrap();
    queue_marketing(&mut tx, &outbox.clock, &outbox.rng, mail, &url).await.unwrap();
    tx.commit().await.unwrap();
    outbox.drain().await;
    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].header("List-Unsubscribe"), None);
    assert_eq!(received[1].header("List-Unsubscribe").unwrap(), format!("<{url}>"));
    assert_eq!(received[1].header("List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_with_the_same_message_id() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    // greylisting, a full queue, a server that goes down, wrong credentials: at every step of a session
    let later = [
        ("connect", "421 4.3.2 going down"),
        ("MAIL", "451 4.3.0 try later"),
        ("RCPT", "450 4.2.1 greylisted"),
        ("after DATA", "452 4.3.1 no space"),
        ("MAIL", "530 5.7.0 authentication required"),
    ];
    for (at, line) in later {
        sink.fail_next(at, line);
    }
    let mail = NewMail { to: "ada@example.org".into(), template: Template::WaitlistJoined, expires_at: None };
    let mut tx = outbox.store().service("test").await.unwrap();
    let id = queue(&mut tx, &outbox.clock, &outbox.rng, mail).await.unwrap();
    tx.commit().await.unwrap();
    for (tries, (_, line)) in (1..).zip(later) {
        let report = outbox.drain().await;
        assert_eq!(report.again.len(), 1, "{report:?}");
        let waiting = outbox.get(id).await;
        assert_eq!((waiting.summary.status, waiting.summary.attempts), (Status::Pending, tries));
        let code = &line[..3];
        assert!(waiting.summary.last_error.unwrap().contains(code), "{line}");
        assert!(!waiting.text.is_empty());
        make_due(outbox.store()).await.unwrap();
    }
    assert_eq!(outbox.drain().await.done, ["mail.send"]);
    let [mail] = &sink.received()[..] else { panic!("not one mail") };
    assert_eq!(mail.header("Message-ID").unwrap(), format!("<{id}@bell.example>"));
    let sent = outbox.get(id).await;
    assert_eq!((sent.summary.status, sent.summary.last_error), (Status::Sent, None));
    assert_eq!(sink.sessions(), 6);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left_at_every_step() {
    const LONG: u64 = 86_400;
    // whichever limit were not kept, this test would not end
    for (at, connect, command) in
        [("connect", 1, LONG), ("EHLO", 1, LONG), ("MAIL", LONG, 1), ("RCPT", LONG, 1), ("DATA", LONG, 1)]
    {
        let sink = Sink::start().await;
        let outbox = Outbox::new(MailConfig {
            connect_timeout_seconds: connect,
            timeout_seconds: command,
            end_timeout_seconds: LONG,
            ..Outbox::config(&sink)
        })
        .await;
        sink.fail_next(at, SILENCE);
        let id = outbox.queue("ada@example.org").await;
        let report = outbox.drain().await;
        assert_eq!(report.again.len(), 1, "{at}: {report:?}");
        let waiting = outbox.get(id).await.summary;
        assert_eq!(waiting.status, Status::Pending, "{at}");
        let words = "The mail server can’t be reached: it did not answer in time.";
        assert_eq!(waiting.last_error.as_deref(), Some(words), "{at}");
        assert!(sink.received().is_empty(), "{at}");
    }
}

#[tokio::test]
async fn what_never_passes_is_given_up_at_once() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    for (at, line) in [
        ("RCPT", "550 5.1.1 no such mailbox"),
        ("MAIL", "553 5.1.8 not from you"),
        ("after DATA", "554 5.7.1 looks like spam"),
    ] {
        sink.fail_next(at, line);
        let id = outbox.queue("nobody@example.org").await;
        let report = outbox.drain().await;
        assert_eq!((report.failed.len(), report.again.len()), (1, 0), "{report:?}");
        let failed = outbox.get(id).await;
        assert_eq!((failed.summary.status, failed.summary.attempts), (Status::Failed, 1));
        assert!(failed.summary.last_error.unwrap().contains(&line[..3]));
        assert_eq!((failed.html.as_str(), failed.text.as_str()), ("", ""), "its link would still work");
    }
    // an address that no server could take
    let id = outbox.queue("a b@example.org").await;
    assert_eq!(outbox.drain().await.failed.len(), 1);
    assert_eq!(outbox.get(id).await.summary.status, Status::Failed);
    assert!(sink.received().is_empty());
    assert_eq!(jobs(outbox.store()).await.unwrap().iter().filter(|job| job.failed).count(), 4);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for_until_the_link_has_expired() {
    // a port that is taken and not listened on: one that was given back may be another test's by now
    let deaf = tokio::net::TcpSocket::new_v4().unwrap();
    deaf.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let outbox = Outbox::new(MailConfig {
        smtp_url: Some(format!("smtp://{}", deaf.local_addr().unwrap())),
        from: Some("no-reply@bell.example".into()),
        ..MailConfig::default()
    })
    .await;
    let id = outbox.queue("ada@example.org").await;
    assert_eq!(outbox.drain().await.again.len(), 1);
    let waits = outbox.get(id).await.summary;
    let error = waits.last_error.unwrap();
    assert!(
        error.starts_with("The mail server can’t be reached: ") && waits.status == Status::Pending,
        "{error}"
    );
    outbox.clock.advance(Duration::minutes(15));
    make_due(outbox.store()).await.unwrap();
    assert_eq!(outbox.drain().await.done, ["mail.send"]);
    let late = outbox.get(id).await;
    assert_eq!(late.summary.status, Status::Failed);
    assert!(late.summary.last_error.unwrap().contains("expired") && late.text.is_empty());
}

#[tokio::test]
async fn without_a_server_mails_are_kept_for_operators() {
    let outbox = Outbox::new(MailConfig::default()).await;
    assert!(!outbox.mailer.sends());
    let first = outbox.queue("ada@example.org").await;
    outbox.clock.advance(Duration::seconds(1));
    let second = outbox.queue("Bob@example.org").await;
    assert_eq!(outbox.drain().await.done, ["mail.send", "mail.send"]);
    let kept = outbox.get(first).await;
    assert_eq!(kept.summary.status, Status::Kept);
    assert!(kept.text.contains(LINK) && kept.html.contains(LINK));

    let list = async |status, after| {
        outbox.mailer.list(outbox.operator(), status, PageRequest { limit: 1, after }).await.unwrap()
    };
    let page = list(Some(Status::Kept), None).await;
    assert_eq!(page.items[0].id, second);
    let after = bellwether_kernel::Cursor::decode(&page.next_cursor.unwrap()).unwrap();
    let last = list(None, Some(after)).await;
    assert_eq!((last.items[0].id, last.next_cursor), (first, None));
    assert!(list(Some(Status::Sent), None).await.items.is_empty());

    // somebody is erased
    let mut tx = outbox.store().service("test").await.unwrap();
    assert_eq!(forget(&mut tx, "bob@example.org").await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert!(outbox.mailer.get(outbox.operator(), second).await.is_err());

    outbox.clock.advance(Duration::days(30) - Duration::seconds(2));
    assert_eq!(outbox.mailer.retain().await.unwrap(), 0);
    outbox.clock.advance(Duration::seconds(2));
    assert_eq!(outbox.mailer.retain().await.unwrap(), 1);
}

#[tokio::test]
async fn a_mail_whose_last_try_was_killed_does_not_wait_for_ever() {
    let outbox = Outbox::new(MailConfig::default()).await;
    let (broken, handed, young) = (
        outbox.queue("ada@example.org").await,
        outbox.queue_once("bob@example.org").await,
        outbox.queue("eve@example.org").await,
    );
    // as the tenth try leaves them when its worker dies
    for (mail, set) in [
        (broken, "attempts = 10"),
        (handed, "attempts = 10, handed_at = created_at + interval '1 second'"),
        (young, "attempts = 9"),
    ] {
        let sql = format!("UPDATE operations.mails SET {set} WHERE id = $1");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(mail.uuid()).execute(outbox.store().pool()).await.unwrap();
    }
    outbox.mailer.retain().await.unwrap();
    assert_eq!(outbox.get(broken).await.summary.status, Status::Pending, "its last try may still go on");
    outbox.clock.advance(Duration::days(1) + Duration::seconds(1));
    outbox.mailer.retain().await.unwrap();
    let told = async |mail| {
        let view = outbox.get(mail).await;
        assert_eq!(view.text.is_empty(), view.summary.status != Status::Pending, "no links stay behind");
        (view.summary.status, view.summary.last_error)
    };
    assert_eq!(told(broken).await, (Status::Failed, Some("The last try broke off.".to_owned())));
    let words = "Handed to the mail server; its answer was lost.";
    assert_eq!(told(handed).await, (Status::Sent, Some(words.to_owned())));
    assert_eq!(told(young).await, (Status::Pending, None));
}

#[tokio::test]
async fn a_mail_is_queued_with_its_cause_or_not_at_all_and_tenants_read_nothing() {
    let outbox = Outbox::new(MailConfig::default()).await;
    let organization = bellwether_kernel::id::OrganizationId::new(&outbox.clock, &outbox.rng);
    let scope = || bellwether_store::TenantScope::organization(organization);
    let mail = || NewMail {
        to: "ada@example.org".into(),
        template: Template::Invitation {
            organization: "Studio".into(),
            inviter: "Bob".into(),
            role: "a member".into(),
            link: LINK.into(),
        },
        expires_at: None,
    };
    let mut tx = outbox.store().tenant(scope()).await.unwrap();
    queue(&mut tx, &outbox.clock, &outbox.rng, mail()).await.unwrap();
    tx.rollback().await.unwrap();
    assert_no_jobs_left(outbox.store()).await;

    let mut tx = outbox.store().tenant(scope()).await.unwrap();
    let id = queue(&mut tx, &outbox.clock, &outbox.rng, mail()).await.unwrap();
    let read = sqlx::query("SELECT text FROM operations.mails").fetch_all(tx.conn()).await;
    assert!(read.unwrap_err().to_string().contains("permission denied"));
    drop(tx);
    assert!(outbox.mailer.get(outbox.operator(), id).await.is_err());
}

#[tokio::test]
async fn the_test_mail_says_what_the_server_said() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    let id = MailId::new(&outbox.clock, &outbox.rng);
    outbox.mailer.test(id, "ada@example.org").await.unwrap();
    assert_eq!(sink.received()[0].header("Subject").unwrap(), "Mail works");
    sink.fail_next("RCPT", "550 5.7.1 relaying denied");
    let problem = outbox.mailer.test(id, "ada@example.org").await.unwrap_err();
    assert_eq!(problem.code, "mail_refused");
    assert!(problem.detail.contains("relaying denied"), "{}", problem.detail);
}
