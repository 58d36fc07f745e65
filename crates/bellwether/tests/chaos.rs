//! Publishing while everything breaks: workers are killed, the database is restarted, networks lie, people change their
//! minds. The networks are the sandbox and a strict fake of Bluesky's protocol whose tokens end every eight seconds. At the
//! end each post is out exactly once or not at all, and the ledger says which.
//!
//! `BELLWETHER_CHAOS_ROUNDS` sets the rounds (50; `make chaos` runs 500), `BELLWETHER_CHAOS_SEED` the seed, which is
//! printed.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail the test; the counts are the point"
)]

#[path = "rig/pds.rs"]
mod pds;
mod rig;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bellwether_kernel::{RequestContext, Rng, id::PostId};
use bellwether_publishing::{
    ConnectionId, PublicationId,
    connections::CreateConnection,
    publications::{CreatePublications, UpdatePublication},
    schedule::{Pause, PauseScope},
    time,
};
use bellwether_studio::posts::model::Action;
use pds::Pds;
use rig::{Rig, Worker};
use serde_json::json;
use sqlx::Row as _;

/// Workers at once.
const WORKERS: usize = 3;
/// Posts of one round, and how many of them go to the fake. In 500 rounds the sandbox's account gets about 2,000 pieces this way,
/// which is as far as its list is read back; of more than that nobody can tell, and a person is asked.
const POSTS: usize = 5;
const ON_BLUESKY: usize = 2;
/// The longest wait for everything to settle at the end.
const PATIENCE: Duration = Duration::from_mins(5);

/// In thousandths of all calls: one in six ends in some trouble.
fn trouble() -> Vec<(&'static str, String)> {
    let of = |name, value: u32| (name, value.to_string());
    vec![
        of("BELLWETHER_PUBLISHING__LEASE_SECONDS", 2),
        of("BELLWETHER_PUBLISHING__SANDBOX__TAKEN_THEN_SILENT", 50),
        of("BELLWETHER_PUBLISHING__SANDBOX__TAKEN_THEN_BROKEN", 30),
        of("BELLWETHER_PUBLISHING__SANDBOX__SILENT", 30),
        of("BELLWETHER_PUBLISHING__SANDBOX__DOWN", 20),
        of("BELLWETHER_PUBLISHING__SANDBOX__TOO_MANY", 10),
        of("BELLWETHER_PUBLISHING__SANDBOX__REFUSED", 20),
        of("BELLWETHER_PUBLISHING__SANDBOX__SLOW_MS", 150),
        ("BELLWETHER_FETCH__ALLOW_PRIVATE", "[\"127.0.0.0/8\"]".to_owned()),
    ]
}

#[derive(Default)]
struct Tally(BTreeMap<&'static str, usize>);

impl Tally {
    fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_post_is_out_once_or_not_at_all() {
    let number =
        |name: &str, usual: u64| std::env::var(name).ok().map_or(usual, |text| text.parse().unwrap());
    let rounds = number("BELLWETHER_CHAOS_ROUNDS", 50);
    let seed = number("BELLWETHER_CHAOS_SEED", u64::from(std::process::id()));
    println!("chaos: {rounds} rounds, seed {seed}");
    let dice = Rng::seeded(seed);
    let mut rig = Rig::start(|config| {
        config.publishing.lease_seconds = 2;
        config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let pds = Pds::start(seed).await;
    let mut bluesky = Vec::new();
    for number in 0..pds::ACCOUNTS {
        bluesky.push(connect(&rig, &pds, number).await);
    }
    let mut workers: Vec<Worker> = (0..WORKERS).map(|_| rig.worker(&trouble())).collect();
    let mut tally = Tally::default();
    let mut all: Vec<(PublicationId, PostId)> = Vec::new();
    for round in 0..rounds {
        if round % 10 == 0 {
            println!("chaos: round {round}");
        }
        plan(&rig, &bluesky, &dice, &mut all, &mut tally).await;
        for _ in 0..4 {
            meddle(&rig, &dice, &all, &mut tally).await;
        }
        if dice.below(3) == 0 {
            let victim = usize::try_from(dice.below(WORKERS as u64)).unwrap();
            workers.swap_remove(victim).kill();
            workers.push(rig.worker(&trouble()));
            tally.count("workers killed");
        }
        if dice.below(15) == 0 {
            rig.restart_database(dice.below(2) == 0).await;
            tally.count("database restarted");
        }
        for worker in &mut workers {
            if worker.ended() {
                // as whoever runs it would
                *worker = rig.worker(&trouble());
            }
        }
        // the rounds are random in time as well
        tokio::time::sleep(Duration::from_millis(dice.below(400))).await;
    }
    println!("chaos: settling");
    pds.calm();
    settle(&rig, &mut workers).await;
    let faults = check(&rig, &pds, &all, &mut tally).await;
    println!("chaos: {:?}", tally.0);
    println!("chaos: Bluesky: {:?}", pds.tally());
    drop(workers);
    rig.stop().await;
    assert!(faults.is_empty(), "seed {seed}:\n{}", faults.join("\n"));
    assert!(pds.records().len() > all.len() / 8, "hardly anything went to Bluesky");
    assert!(tally.0["published"] > all.len() / 3, "hardly anything went out: {:?}", tally.0);
}

/// An account on the fake, by its app password.
async fn connect(rig: &Rig, pds: &Pds, number: usize) -> ConnectionId {
    let handle = pds::handle_of(&format!("did:plc:chaos{number}"));
    let input: CreateConnection = serde_json::from_value(json!({
        "provider": "bluesky",
        "fields": { "identifier": handle, "app_password": pds::PASSWORD, "server": pds.url },
    }))
    .unwrap();
    let connected = rig.app.publishing.connect(&rig.access, input, &RequestContext::default()).await.unwrap();
    connected[0].id
}

async fn plan(
    rig: &Rig,
    bluesky: &[ConnectionId],
    dice: &Rng,
    all: &mut Vec<(PublicationId, PostId)>,
    tally: &mut Tally,
) {
    let on_sandbox = rig.posts(POSTS - ON_BLUESKY, 5).await.into_iter().map(|post| (post, rig.connection));
    let posts = rig.posts_for(("bluesky.post", "bluesky.thread"), ON_BLUESKY, 2).await;
    for (post, connection) in on_sandbox.chain(posts.into_iter().map(|post| {
        let account = usize::try_from(dice.below(bluesky.len() as u64)).unwrap();
        (post, bluesky[account])
    })) {
        let when = match dice.below(3) {
            0 => {
                let zone = time::zone("Europe/Berlin").unwrap();
                let soon =
                    rig.app.clock.now() + chrono::Duration::milliseconds(1_000 + dice.below(3_000) as i64);
                json!({ "at": time::write_local(time::local(soon, &zone).unwrap()) })
            }
            _ => json!({ "now": true }),
        };
        let input: CreatePublications =
            serde_json::from_value(json!({ "connection_ids": [connection], "when": when })).unwrap();
        let planned = rig
            .app
            .publishing
            .create_publications(&rig.access, post, input, &RequestContext::default())
            .await;
        match planned {
            Ok(planned) => all.push((planned[0].id, post)),
            Err(_) => tally.count("not planned"),
        }
    }
}

/// Somebody changes their mind about something planned lately; whether they were in time is not ours to know here.
async fn meddle(rig: &Rig, dice: &Rng, all: &[(PublicationId, PostId)], tally: &mut Tally) {
    let lately = all.len().saturating_sub(24);
    let Some((id, post)) =
        all.get(lately + usize::try_from(dice.below((all.len() - lately) as u64)).unwrap())
    else {
        return;
    };
    let (publishing, access, context) = (&rig.app.publishing, &rig.access, RequestContext::default());
    match dice.below(8) {
        0 | 1 => {
            if publishing.cancel_publication(access, *id, &context).await.is_ok() {
                tally.count("cancelled in time");
            }
        }
        2 => {
            let Ok(detail) = publishing.get_publication(access, *id).await else { return };
            let zone = time::zone("Europe/Berlin").unwrap();
            let soon = rig.app.clock.now() + chrono::Duration::seconds(1);
            let local = time::write_local(time::local(soon, &zone).unwrap());
            let change: UpdatePublication = serde_json::from_value(json!({ "local_time": local })).unwrap();
            let version = detail.publication.version;
            if publishing.update_publication(access, *id, version, change, &context).await.is_ok() {
                tally.count("moved in time");
            }
        }
        3 => {
            if publishing.publish_now(access, *id, &context).await.is_ok() {
                tally.count("hurried");
            }
        }
        4 => {
            if rig.app.studio.delete_post(access, *post, &context).await.is_ok() {
                tally.count("posts deleted");
            }
        }
        5 => {
            let (studio, reason) = (&rig.app.studio, None);
            if studio.review_post(access, *post, Action::Reopen, reason.clone(), &context).await.is_ok() {
                tally.count("approval taken back");
                let _ = studio.review_post(access, *post, Action::Approve, reason, &context).await;
            }
        }
        6 => {
            if publishing.retry_publication(access, *id, &context).await.is_ok() {
                tally.count("retried");
            }
        }
        _ => {
            let pause = Pause { scope: PauseScope::Brand, network: None, reason: "Chaos".to_owned() };
            if publishing.pause(access, pause, &context).await.is_ok() {
                tally.count("paused");
                tokio::time::sleep(Duration::from_millis(dice.below(200))).await;
            }
            resume(rig).await;
        }
    }
}

/// Until it works: the database may be away.
async fn resume(rig: &Rig) {
    let publishing = &rig.app.publishing;
    while publishing.resume(&rig.access, PauseScope::Brand, None, &RequestContext::default()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until nothing is on its way any more.
async fn settle(rig: &Rig, workers: &mut [Worker]) {
    resume(rig).await;
    // who said 429 and not until when is left alone for a quarter of an hour, which passes here at once
    sqlx::query("UPDATE publishing.connections SET blocked_until = NULL WHERE blocked_until > now() + interval '30 seconds'")
        .execute(rig.store.pool())
        .await
        .unwrap();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM publishing.publications WHERE state IN ('scheduled', 'sending')
                OR state = 'unclear' AND next_at IS NOT NULL",
        )
        .fetch_one(rig.store.pool())
        .await
        .unwrap();
        if open == 0 {
            return;
        }
        if tokio::time::Instant::now() > deadline {
            let left: Vec<String> = sqlx::query_scalar(
                "SELECT concat_ws(', ', p.id, p.network, p.state, p.words, 'next ' || p.next_at, 'blocked ' || c.blocked_until,
                        'renewed until ' || c.refresh_lease_until, c.status, p.failures || ' failures', 'now ' || now())
                   FROM publishing.publications p JOIN publishing.connections c ON c.id = p.connection_id
                  WHERE p.state IN ('scheduled', 'sending') OR p.state = 'unclear' AND p.next_at IS NOT NULL",
            )
            .fetch_all(rig.store.pool())
            .await
            .unwrap();
            panic!("{open} publications did not settle:\n{}", left.join("\n"));
        }
        for worker in workers.iter_mut() {
            if worker.ended() {
                *worker = rig.worker(&trouble());
            }
        }
        // as whoever sees them on the board: "Look again" and "Publish now", rather than wait for minutes of backing off
        let waiting = sqlx::query(
            "SELECT id, state FROM publishing.publications
             WHERE state IN ('scheduled', 'unclear') AND next_at > now() + interval '10 seconds'",
        );
        for row in waiting.fetch_all(rig.store.pool()).await.unwrap() {
            let (id, publishing) = (PublicationId::from(row.get::<uuid::Uuid, _>("id")), &rig.app.publishing);
            // what a worker takes up in this moment says so
            let _ = match row.get("state") {
                "unclear" => publishing.reconcile_publication(&rig.access, id).await,
                _ => publishing.publish_now(&rig.access, id, &RequestContext::default()).await,
            };
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn check(rig: &Rig, pds: &Pds, all: &[(PublicationId, PostId)], tally: &mut Tally) -> Vec<String> {
    let pool = rig.store.pool();
    let mut faults = Vec::new();
    // what is on the network, by the post that its text names
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut remote = BTreeSet::new();
    let of_sandbox =
        sqlx::query("SELECT id, body FROM publishing.sandbox_posts").fetch_all(pool).await.unwrap();
    let of_sandbox = of_sandbox.iter().map(|row| {
        let id = bellwether_publishing::SandboxPostId::from(row.get::<uuid::Uuid, _>("id")).to_string();
        (id, row.get::<String, _>("body"))
    });
    let of_bluesky = pds.records().into_iter().map(|record| (record.uri, record.text));
    for (id, body) in of_sandbox.chain(of_bluesky) {
        let (part, post) = body.split_once(" of ").unwrap();
        let post = post.split_once(',').unwrap().0;
        out.entry(post.to_owned()).or_default().push(part.to_owned());
        remote.insert(id);
    }
    let planned: BTreeSet<PublicationId> = all.iter().map(|(id, _)| *id).collect();
    let rows = sqlx::query(
        "SELECT p.id, p.post_id, p.state, p.pieces, p.posted, p.approved_at IS NOT NULL AS approved,
                (SELECT count(*) FROM publishing.attempts a WHERE a.organization_id = p.organization_id
                   AND a.publication_id = p.id AND a.finished_at IS NULL) AS open,
                (SELECT count(*) FROM publishing.attempts a WHERE a.organization_id = p.organization_id
                   AND a.publication_id = p.id AND a.outcome IN ('published', 'found')) AS proofs
         FROM publishing.publications p",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let there: BTreeSet<PublicationId> =
        rows.iter().map(|row| PublicationId::from(row.get::<uuid::Uuid, _>("id"))).collect();
    for lost in planned.difference(&there) {
        faults.push(format!("{lost} was planned and is lost"));
    }
    for row in &rows {
        let id = PublicationId::from(row.get::<uuid::Uuid, _>("id"));
        let post = PostId::from(row.get::<uuid::Uuid, _>("post_id")).to_string();
        let (state, pieces): (&str, i32) = (row.get("state"), row.get("pieces"));
        let posted: serde_json::Value = row.get("posted");
        let posted = posted.as_array().unwrap();
        let mut parts = out.remove(&post).unwrap_or_default();
        parts.sort();
        let mut once = parts.clone();
        once.dedup();
        if once != parts {
            faults.push(format!("{id} ({state}) is out twice: {parts:?}"));
        }
        if posted.len() != parts.len() {
            faults.push(format!(
                "{id} ({state}): the ledger has {} pieces, the network {parts:?}",
                posted.len()
            ));
        }
        if posted.iter().any(|piece| !remote.contains(piece["id"].as_str().unwrap())) {
            faults.push(format!("{id} ({state}) names a post that is not on the network"));
        }
        match state {
            "published" => {
                tally.count("published");
                if parts.len() != usize::try_from(pieces).unwrap() || !row.get::<bool, _>("approved") {
                    faults.push(format!("{id} counts as published with {parts:?} of {pieces}"));
                }
            }
            "cancelled" => tally.count("cancelled"),
            "failed" => tally.count("failed"),
            "held" => tally.count("held"),
            "in_review" => tally.count("in review"),
            other => faults.push(format!("{id} ended as {other}")),
        }
        // only what of a thread was out before it stopped may be there
        if pieces == 1 && state != "published" && !parts.is_empty() {
            faults.push(format!("{id} is {state} and out"));
        }
        if row.get::<i64, _>("open") > 0 {
            faults.push(format!("{id} ({state}) has an attempt without an end"));
        }
        if row.get::<i64, _>("proofs") != i64::try_from(posted.len()).unwrap() {
            faults.push(format!(
                "{id} ({state}): the ledger does not tell how its {} pieces came out",
                posted.len()
            ));
        }
    }
    for (post, parts) in out {
        faults.push(format!("{post} is out as {parts:?} and was never planned"));
    }
    let outcomes =
        sqlx::query("SELECT outcome, count(*) AS count FROM publishing.attempts GROUP BY 1 ORDER BY 1")
            .fetch_all(pool)
            .await
            .unwrap();
    let outcomes: Vec<String> = outcomes
        .iter()
        .map(|row| {
            format!("{} {}", row.get::<Option<String>, _>(0).unwrap_or_default(), row.get::<i64, _>(1))
        })
        .collect();
    println!("chaos: {} planned; attempts: {}", all.len(), outcomes.join(", "));
    faults
}
