//! What must not come twice doesn't, wherever a server or a worker dies; everything else comes in the end.

use bellwether_jobs::testing::{Report, assert_no_jobs_left, make_due};
use bellwether_kernel::id::MailId;
use bellwether_mail::{MailConfig, MailView, Status};
use chrono::{DateTime, Utc};

use crate::{
    outbox::Outbox,
    sink::{HANG_UP, SILENCE, Sink},
};

/// What is told of a mail of which nobody knows whether the server took it.
const UNANSWERED: &str = "Handed to the mail server; its answer was lost.";

/// Queues a mail of either kind.
async fn queue(outbox: &Outbox, once: bool) -> MailId {
    if once { outbox.queue_once("ada@example.org").await } else { outbox.queue("ada@example.org").await }
}

/// The jobs of a mail that ends: of one that comes at most once it is told what became of it.
fn jobs(once: bool) -> &'static [&'static str] {
    if once { &["mail.send", "mail.settle"] } else { &["mail.send"] }
}

async fn handed_at(outbox: &Outbox, id: MailId) -> Option<DateTime<Utc>> {
    sqlx::query_scalar("SELECT handed_at FROM operations.mails WHERE id = $1")
        .bind(id.uuid())
        .fetch_one(outbox.store().pool())
        .await
        .unwrap()
}

/// What a worker leaves that died right after it had committed that it hands the mail over.
async fn die_after_handing_over(outbox: &Outbox, id: MailId) {
    sqlx::query("UPDATE operations.mails SET attempts = 1, handed_at = $2 WHERE id = $1")
        .bind(id.uuid())
        .bind(outbox.clock.now())
        .execute(outbox.store().pool())
        .await
        .unwrap();
}

fn closed_unanswered(mail: &MailView) {
    assert_eq!(mail.summary.status, Status::Sent);
    assert_eq!(mail.summary.last_error.as_deref(), Some(UNANSWERED));
    assert_eq!((mail.html.as_str(), mail.text.as_str()), ("", ""), "its links would still work");
}

#[tokio::test]
async fn an_answer_that_is_lost_ends_a_mail_that_must_not_come_twice() {
    for (at_the_end, patience) in [(HANG_UP, 30), (SILENCE, 1), ("this is no answer", 30)] {
        let sink = Sink::start().await;
        let outbox = Outbox::new(MailConfig { end_timeout_seconds: patience, ..Outbox::config(&sink) }).await;
        sink.fail_next("after DATA", at_the_end);
        let id = queue(&outbox, true).await;
        let report = outbox.drain().await;
        assert_eq!(report.done, jobs(true), "{at_the_end}: {report:?}");
        assert_eq!(outbox.told(), [id]);
        closed_unanswered(&outbox.get(id).await);
        assert_eq!(outbox.get(id).await.summary.sent_at, Some(outbox.clock.now()));
        make_due(outbox.store()).await.unwrap();
        outbox.drain().await;
        let has_it = usize::from([HANG_UP, SILENCE].contains(&at_the_end));
        assert_eq!(sink.received().len(), has_it, "{at_the_end}");
        assert_no_jobs_left(outbox.store()).await;
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_lets_any_other_mail_be_sent_again_under_the_same_id() {
    for (at_the_end, patience) in [(HANG_UP, 30), (SILENCE, 1)] {
        let sink = Sink::start().await;
        let outbox = Outbox::new(MailConfig { end_timeout_seconds: patience, ..Outbox::config(&sink) }).await;
        sink.fail_next("after DATA", at_the_end);
        let id = queue(&outbox, false).await;
        assert_eq!(outbox.drain().await.again.len(), 1);
        let waiting = outbox.get(id).await.summary;
        assert_eq!((waiting.status, waiting.attempts), (Status::Pending, 1));
        assert_ne!(waiting.last_error, None);
        make_due(outbox.store()).await.unwrap();
        assert_eq!(outbox.drain().await.done, ["mail.send"]);
        let received = sink.received();
        let ids: Vec<_> = received.iter().map(|mail| mail.header("Message-ID").unwrap()).collect();
        assert_eq!(ids, vec![format!("<{id}@bell.example>"); 2], "receivers know it by its id");
        let sent = outbox.get(id).await.summary;
        assert_eq!((sent.status, sent.last_error), (Status::Sent, None));
    }
}

#[tokio::test]
async fn what_the_server_said_it_did_not_take_is_tried_again_whatever_it_is() {
    for once in [true, false] {
        for (at, answer) in [
            // it says so
            ("after DATA", "451 4.3.0 try later"),
            ("after DATA", "421 4.3.2 going down"),
            // it never had any of it
            ("DATA", "451 4.3.0 try later"),
            ("DATA", HANG_UP),
            ("RCPT", HANG_UP),
            ("connect", "421 4.3.2 going down"),
        ] {
            let sink = Sink::start().await;
            let outbox = Outbox::with(&sink).await;
            sink.fail_next(at, answer);
            let id = queue(&outbox, once).await;
            let report = outbox.drain().await;
            assert_eq!(report.again.len(), 1, "{at} {answer}: {report:?}");
            assert_eq!(outbox.get(id).await.summary.status, Status::Pending, "{at} {answer}");
            assert_eq!(handed_at(&outbox, id).await, None, "{at} {answer}");
            assert_eq!(outbox.told(), [], "{at} {answer}: nothing is known yet");
            make_due(outbox.store()).await.unwrap();
            assert_eq!(outbox.drain().await.done, jobs(once), "{at} {answer}");
            assert_eq!(outbox.told(), if once { vec![id] } else { vec![] }, "{at} {answer}");
            assert_eq!(sink.received().len(), 1, "{at} {answer}");
            let sent = outbox.get(id).await.summary;
            assert_eq!((sent.status, sent.last_error), (Status::Sent, None), "{at} {answer}");
        }
    }
}

#[tokio::test]
async fn what_the_server_refused_at_the_end_has_failed_and_was_not_handed_over() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    sink.fail_next("after DATA", "554 5.7.1 looks like spam");
    let id = queue(&outbox, true).await;
    let report = outbox.drain().await;
    assert_eq!((report.failed.len(), &report.done[..]), (1, &["mail.settle"][..]));
    assert_eq!(outbox.told(), [id]);
    let failed = outbox.get(id).await;
    assert_eq!((failed.summary.status, failed.summary.sent_at), (Status::Failed, None));
    assert!(failed.summary.last_error.unwrap().contains("554") && failed.text.is_empty());
    assert_eq!(handed_at(&outbox, id).await, None);
    assert!(sink.received().is_empty());
}

#[tokio::test]
async fn a_worker_that_died_while_it_handed_a_mail_over_does_not_let_it_come_twice() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    let id = queue(&outbox, true).await;
    die_after_handing_over(&outbox, id).await;
    let handed = outbox.clock.now();
    // nor is it taken for one that came too late, which would let another way have its turn
    outbox.clock.advance(chrono::Duration::hours(16));
    assert_eq!(outbox.drain().await.done, jobs(true));
    let closed = outbox.get(id).await;
    closed_unanswered(&closed);
    assert_eq!((closed.summary.sent_at, closed.summary.attempts), (Some(handed), 2));
    assert!(sink.received().is_empty() && sink.sessions() == 0);
    assert_no_jobs_left(outbox.store()).await;
}

#[tokio::test]
async fn a_worker_that_died_is_believed_also_where_the_server_was_taken_out_of_the_configuration() {
    let outbox = Outbox::new(MailConfig::default()).await;
    let id = queue(&outbox, true).await;
    die_after_handing_over(&outbox, id).await;
    outbox.drain().await;
    closed_unanswered(&outbox.get(id).await);
}

/// Takes the jobs along; something happens while a try is under way and the server has yet to say that the mail may come.
async fn drain_while(outbox: &Outbox, sink: &Sink, happens: impl Future<Output = ()>) -> Report {
    let gate = sink.close_gate();
    let (report, ()) = tokio::join!(outbox.drain(), async {
        sink.at_gate().await;
        happens.await;
        gate.notify_one();
    });
    report
}

#[tokio::test]
async fn of_two_tries_at_once_one_hands_the_mail_over() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    let id = queue(&outbox, true).await;
    // another worker, which took this one for dead, hands it over
    let report = drain_while(&outbox, &sink, die_after_handing_over(&outbox, id)).await;
    assert_eq!(report.again.len(), 1, "{report:?}");
    assert_eq!(handed_at(&outbox, id).await, Some(outbox.clock.now()), "it is the other's");
    assert_eq!(outbox.get(id).await.summary.status, Status::Pending);
    make_due(outbox.store()).await.unwrap();
    outbox.drain().await;
    closed_unanswered(&outbox.get(id).await);
    assert!(sink.received().is_empty());
}

async fn withdraw(outbox: &Outbox, id: MailId) -> bool {
    let mut tx = outbox.store().service("test").await.unwrap();
    let withdrawn = bellwether_mail::withdraw(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    withdrawn
}

#[tokio::test]
async fn what_is_withdrawn_is_not_handed_over_and_what_is_handed_over_is_not_withdrawn() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    let id = queue(&outbox, true).await;
    let report = drain_while(&outbox, &sink, async { assert!(withdraw(&outbox, id).await) }).await;
    assert_eq!(report.again.len(), 1, "{report:?}");
    make_due(outbox.store()).await.unwrap();
    assert_eq!(outbox.drain().await.done, ["mail.send"], "nothing is left to be done");
    let closed = outbox.get(id).await;
    assert_eq!((closed.summary.status, closed.text.as_str()), (Status::Failed, ""));
    assert!(sink.received().is_empty() && !withdraw(&outbox, id).await);

    let handed = queue(&outbox, true).await;
    die_after_handing_over(&outbox, handed).await;
    assert!(!withdraw(&outbox, handed).await, "the server may have it");
    outbox.drain().await;
    closed_unanswered(&outbox.get(handed).await);
    // nor is what somebody waits for
    let link = queue(&outbox, false).await;
    assert!(!withdraw(&outbox, link).await);
    outbox.drain().await;
    assert_eq!((sink.received().len(), outbox.get(link).await.summary.status), (1, Status::Sent));
    assert_no_jobs_left(outbox.store()).await;
}

#[tokio::test]
async fn what_is_known_of_an_address_is_what_came_of_the_latest_mail() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    let known = async || {
        let mut tx = outbox.store().service("test").await.unwrap();
        let known = bellwether_mail::last_to(&mut tx, "Ada@example.org").await.unwrap();
        tx.commit().await.unwrap();
        known
    };
    assert_eq!(known().await, bellwether_mail::Known::default());
    queue(&outbox, true).await;
    assert_eq!(known().await, bellwether_mail::Known::default(), "it waits");
    outbox.drain().await;
    let first = outbox.clock.now();
    assert_eq!((known().await.sent_at, known().await.trouble), (Some(first), None));
    outbox.clock.advance(chrono::Duration::minutes(1));
    sink.fail_next("RCPT", "550 5.1.1 no such user");
    queue(&outbox, true).await;
    outbox.drain().await;
    let refused = known().await;
    assert_eq!(refused.sent_at, Some(first));
    let trouble = refused.trouble.unwrap();
    let reply = trouble.reply.as_ref().unwrap();
    let told = (reply.code, reply.status.as_deref(), reply.text.as_str());
    assert_eq!(told, (550, Some("5.1.1"), "no such user"));
    assert_eq!(trouble.error, "550 5.1.1 no such user");
    let words = bellwether_mail::plainly(&trouble);
    assert_eq!(words, "The mail server refuses this address: 5.1.1 no such user.");
    outbox.clock.advance(chrono::Duration::minutes(1));
    queue(&outbox, true).await;
    outbox.drain().await;
    assert_eq!((known().await.sent_at, known().await.trouble), (Some(outbox.clock.now()), None));
    // one from before replies were kept
    sqlx::raw_sql(
        "UPDATE operations.mails SET status = 'failed', sent_at = NULL, handed_at = NULL,
                last_error = 'permanent error (550): 5.7.1 spam'",
    )
    .execute(outbox.store().pool())
    .await
    .unwrap();
    let words = known().await.trouble.as_ref().map(bellwether_mail::plainly);
    assert_eq!(words.as_deref(), Some("The mail server refuses this mail: 5.7.1 spam."));
}

#[tokio::test]
async fn a_try_that_fails_leaves_what_another_has_handed_over() {
    for (answer, of_last) in [("451 4.3.0 try later", "again"), ("554 5.7.1 no", "failed")] {
        let sink = Sink::start().await;
        let outbox = Outbox::with(&sink).await;
        let id = queue(&outbox, true).await;
        sink.fail_next("after the gate", answer);
        let report = drain_while(&outbox, &sink, die_after_handing_over(&outbox, id)).await;
        let counts = (report.again.len(), report.failed.len());
        assert_eq!(counts, if of_last == "again" { (1, 0) } else { (0, 1) }, "{report:?}");
        assert_ne!(handed_at(&outbox, id).await, None, "{answer}");
        assert_eq!(outbox.get(id).await.summary.status, Status::Pending, "{answer}");
        assert!(sink.received().is_empty());
    }
}

#[tokio::test]
async fn a_session_serves_one_mail_after_another() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    for once in [true, false, true] {
        queue(&outbox, once).await;
        assert_eq!(outbox.drain().await.done, jobs(once));
    }
    assert_eq!((sink.received().len(), sink.sessions()), (3, 1));
}

#[tokio::test]
async fn a_session_that_ended_while_it_waited_is_replaced_in_silence() {
    for (at, answer) in [
        ("rest", HANG_UP),
        ("MAIL", "421 4.4.2 too long without a word"),
        ("MAIL", "451 4.7.0 too many mails in this session"),
        ("DATA", HANG_UP),
    ] {
        let sink = Sink::start().await;
        let outbox = Outbox::with(&sink).await;
        if at == "rest" {
            sink.fail_next(at, answer);
        }
        queue(&outbox, true).await;
        outbox.drain().await;
        if at != "rest" {
            sink.fail_next(at, answer);
        }
        let id = queue(&outbox, true).await;
        assert_eq!(outbox.drain().await.done, jobs(true), "{at} {answer}");
        let sent = outbox.get(id).await.summary;
        assert_eq!((sent.status, sent.attempts, sent.last_error), (Status::Sent, 1, None), "{at} {answer}");
        assert_eq!((sink.received().len(), sink.sessions()), (2, 2), "{at} {answer}");
    }
}

#[tokio::test]
async fn what_is_for_the_demonstration_s_people_is_kept_and_never_handed_to_a_server() {
    let sink = Sink::start().await;
    let outbox = Outbox::with(&sink).await;
    sqlx::raw_sql(
        "INSERT INTO identity.users (id, email, name, demo) VALUES (uuidv7(), 'ines@unhurried.example', 'Ines', true),
           (uuidv7(), 'ada@example.org', 'Ada', false)",
    )
    .execute(outbox.store().pool())
    .await
    .unwrap();
    let kept =
        [outbox.queue("Ines@unhurried.example").await, outbox.queue_once("ines@unhurried.example").await];
    let sent = outbox.queue("ada@example.org").await;
    outbox.drain().await;
    for id in kept {
        let mail = outbox.get(id).await;
        assert_eq!((mail.summary.status, mail.summary.last_error), (Status::Kept, None));
        assert!(!mail.html.is_empty(), "it is there to be read");
    }
    assert_eq!(outbox.told(), [kept[1]]);
    assert_eq!(outbox.get(sent).await.summary.status, Status::Sent);
    let received = sink.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].header("To").as_deref(), Some("ada@example.org"));
}
