//! The stream of events: what happens reaches whoever may see it, once or more, never less.

use std::{collections::VecDeque, time::Duration};

use axum::{body::BodyDataStream, http::HeaderMap};
use bellwether_kernel::{
    BrandScope, Role,
    id::{BrandId, EventId, OrganizationId, PostId, UserId},
};
use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::app::App;

/// Long enough for any machine; never reached when things work.
const PATIENCE: Duration = Duration::from_secs(20);
const EVENTS: &str = "/api/v1/organizations/acme/events";

/// What a browser's `EventSource` makes of a block of the stream.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    id: String,
    event: String,
    data: String,
    comment: bool,
}

struct Stream {
    body: BodyDataStream,
    text: String,
    blocks: VecDeque<Seen>,
    headers: HeaderMap,
}

impl Stream {
    async fn open(app: &App, token: &str, last: Option<&str>) -> Self {
        let call = app.get(EVENTS).by(token).header("accept-encoding", "br");
        let call = match last {
            Some(last) => call.header("last-event-id", last),
            None => call,
        };
        let (parts, body) = call.raw().await.into_parts();
        assert_eq!(parts.status, 200);
        let body = body.into_data_stream();
        Self { body, text: String::new(), blocks: VecDeque::new(), headers: parts.headers }
    }

    /// The next block; none at the end of the stream.
    async fn any(&mut self) -> Option<Seen> {
        loop {
            if let Some(block) = self.blocks.pop_front() {
                return Some(block);
            }
            let chunk =
                tokio::time::timeout(PATIENCE, self.body.next()).await.expect("something comes")?.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                self.blocks.push_back(read(&block));
            }
        }
    }

    /// The next event, past heartbeats.
    async fn next(&mut self) -> Option<Seen> {
        loop {
            match self.any().await {
                Some(seen) if seen.comment => {}
                other => return other,
            }
        }
    }

    async fn opened(&mut self) -> Seen {
        let first = self.next().await.unwrap();
        assert_eq!(first.event, "stream.open");
        first
    }
}

fn read(block: &str) -> Seen {
    let mut seen = Seen::default();
    for line in block.lines() {
        match line.split_once(": ").or_else(|| line.split_once(':')) {
            Some(("", _)) => seen.comment = true,
            Some(("id", value)) => seen.id = value.into(),
            Some(("event", value)) => seen.event = value.into(),
            Some(("data", value)) => seen.data.push_str(value),
            _ => {}
        }
    }
    seen
}

async fn listening(app: &App) {
    tokio::spawn(app.web.events.clone().run(app.web.store.clone(), app.web.shutdown.clone()));
    tokio::time::timeout(PATIENCE, app.web.events.listening()).await.unwrap();
}

async fn happen(
    app: &App,
    organization: OrganizationId,
    brand: Option<BrandId>,
    kind: &str,
    id: EventId,
) -> PostId {
    let post = PostId::new(&app.clock, &app.rng);
    let mut tx = app.web.store.service("an event of a test").await.unwrap();
    sqlx::query(
        "INSERT INTO operations.events
           (organization_id, id, brand_id, created_at, kind, subject_type, subject_id, actor_type, actor_user_id, actor, data)
         VALUES ($1, $2, $3, $4, $5, 'post', $6, 'user', $7, $8, $9)",
    )
    .bind(organization)
    .bind(id)
    .bind(brand)
    .bind(app.clock.now())
    .bind(kind)
    .bind(post)
    .bind(app.owner)
    .bind(json!({"type": "user", "id": app.owner}))
    .bind(json!({"status": "approved", "text": "two\nlines"}))
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
    post
}

/// An event of `acme`, now.
async fn happens(app: &App, brand: Option<BrandId>, kind: &str) -> EventId {
    app.clock.advance(chrono::Duration::milliseconds(1));
    let id = EventId::new(&app.clock, &app.rng);
    happen(app, app.door.organization, brand, kind, id).await;
    id
}

#[tokio::test]
async fn what_happens_reaches_the_browser() {
    let app = App::new().await;
    listening(&app).await;
    let mut stream = Stream::open(&app, "owner", None).await;
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert!(!stream.headers.contains_key("content-encoding"), "a compressed stream would be held back");
    let open = stream.opened().await;
    assert_eq!(open.data, r#"{"resumed":false}"#);
    open.id.parse::<EventId>().unwrap();
    let id = EventId::new(&app.clock, &app.rng);
    let post = happen(&app, app.door.organization, Some(app.door.bell), "post.approved", id).await;
    let seen = stream.next().await.unwrap();
    assert_eq!((seen.id.as_str(), seen.event.as_str()), (id.to_string().as_str(), "post.approved"));
    let expected = json!({
        "id": id, "kind": "post.approved", "brand_id": app.door.bell,
        "subject": {"type": "post", "id": post},
        "actor": {"type": "user", "id": app.owner},
        "data": {"status": "approved", "text": "two\nlines"},
        "created_at": app.clock.now(),
    });
    assert_eq!(serde_json::from_str::<Value>(&seen.data).unwrap(), expected);
}

#[tokio::test]
async fn a_stream_shows_what_its_reader_may_see() {
    let app = App::new().await;
    listening(&app).await;
    let drummer = UserId::new(&app.clock, &app.rng);
    app.door.let_in("drummer", drummer, Some((Role::Member, BrandScope::Only(vec![app.door.drum]))));
    let mut stream = Stream::open(&app, "drummer", None).await;
    stream.opened().await;
    let other = OrganizationId::new(&app.clock, &app.rng);
    happen(&app, other, None, "post.created", EventId::new(&app.clock, &app.rng)).await;
    happens(&app, Some(app.door.bell), "post.created").await;
    let of_all = happens(&app, None, "organization.updated").await;
    let of_drum = happens(&app, Some(app.door.drum), "post.updated").await;
    assert_eq!(stream.next().await.unwrap().id, of_all.to_string());
    assert_eq!(stream.next().await.unwrap().id, of_drum.to_string());
    // the same from the log
    let mut again = Stream::open(&app, "drummer", Some(&of_all.to_string())).await;
    again.opened().await;
    assert_eq!(again.next().await.unwrap().id, of_all.to_string());
    assert_eq!(again.next().await.unwrap().id, of_drum.to_string());
}

#[tokio::test]
async fn a_resumed_stream_misses_nothing_not_even_what_committed_late() {
    let app = App::new().await;
    listening(&app).await;
    let early = EventId::new(&app.clock, &app.rng);
    app.clock.advance(chrono::Duration::seconds(2));
    let last = happens(&app, None, "post.created").await;
    // its id was made before the last one that the client saw, but its transaction committed after
    happen(&app, app.door.organization, None, "post.updated", early).await;
    let after = happens(&app, None, "post.approved").await;
    for by_query in [false, true] {
        let mut stream = if by_query {
            let response = app.get(&format!("{EVENTS}?after={last}")).by("owner").raw().await;
            let (parts, body) = response.into_parts();
            let body = body.into_data_stream();
            Stream { body, text: String::new(), blocks: VecDeque::new(), headers: parts.headers }
        } else {
            Stream::open(&app, "owner", Some(&last.to_string())).await
        };
        assert_eq!(stream.opened().await.data, r#"{"resumed":true}"#);
        for id in [early, last, after] {
            assert_eq!(stream.next().await.unwrap().id, id.to_string());
        }
        let live = happens(&app, None, "post.rejected").await;
        let seen = stream.next().await.unwrap();
        assert_eq!((seen.id, seen.event.as_str()), (live.to_string(), "post.rejected"));
        // so that the second time round the log ends where the first did
        forget(&app, live).await;
    }
}

async fn forget(app: &App, id: EventId) {
    sqlx::query("DELETE FROM operations.events WHERE id = $1")
        .bind(id)
        .execute(app.web.store.pool())
        .await
        .unwrap();
}

#[tokio::test]
async fn who_was_away_too_long_is_told_to_load_afresh() {
    let app = App::with(|config| config.stream.replay = 2).await;
    listening(&app).await;
    let first = happens(&app, None, "post.created").await;
    for _ in 0..2 {
        happens(&app, None, "post.updated").await;
    }
    let mut stream = Stream::open(&app, "owner", Some(&first.to_string())).await;
    assert_eq!(stream.opened().await.data, r#"{"resumed":false}"#);
    let reset = stream.next().await.unwrap();
    assert_eq!(reset.event, "stream.reset");
    assert!(reset.id.parse::<EventId>().unwrap() > first);
    let live = happens(&app, None, "post.approved").await;
    // an event of before may be heard late, so it may come as well
    while stream.next().await.unwrap().id != live.to_string() {}
}

#[tokio::test]
async fn a_place_to_resume_from_that_is_none_is_refused() {
    let app = App::new().await;
    let header = app.get(EVENTS).by("owner").header("last-event-id", "17").send().await;
    assert_eq!(header.problem(422, "invalid")["errors"][0]["path"], "Last-Event-ID");
    let query = app.get(&format!("{EVENTS}?after=x")).by("owner").send().await;
    assert_eq!(query.problem(422, "invalid")["errors"][0]["path"], "after");
    app.get(EVENTS).send().await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn silence_is_broken_by_a_heartbeat() {
    let app = App::with(|config| config.stream.heartbeat = Duration::from_millis(20)).await;
    listening(&app).await;
    let mut stream = Stream::open(&app, "owner", None).await;
    stream.opened().await;
    assert!(stream.any().await.unwrap().comment);
    assert!(stream.any().await.unwrap().comment);
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let app = App::with(|config| config.stream.recheck = Duration::from_millis(20)).await;
    listening(&app).await;
    let mut stream = Stream::open(&app, "owner", None).await;
    stream.opened().await;
    app.door.end("owner");
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn who_is_shut_out_hears_nothing_more_from_that_moment() {
    // nobody looks at the door by itself in this test
    let app = App::with(|config| config.stream.recheck = Duration::from_hours(1)).await;
    listening(&app).await;
    for kind in ["membership.removed", "api_key.revoked", "agency_client.ended", "organization.deleted"] {
        let bob = UserId::new(&app.clock, &app.rng);
        app.door.let_in("bob", bob, Some((Role::Member, BrandScope::All)));
        let mut stream = Stream::open(&app, "bob", None).await;
        stream.opened().await;
        app.door.end("bob");
        happens(&app, None, kind).await;
        assert_eq!(stream.next().await, None, "{kind}");
    }
}

#[tokio::test]
async fn what_a_reader_may_not_read_is_not_told_either() {
    let app = App::new().await;
    listening(&app).await;
    let none = UserId::new(&app.clock, &app.rng);
    app.door.let_in("none", none, Some((Role::Member, BrandScope::All)));
    let mut stream = Stream::open(&app, "none", None).await;
    stream.opened().await;
    // of owners and admins, and of a kind that nobody has thought of
    for kind in ["api_key.created", "security.changed", "subscription.plan_changed", "thing.never_heard_of"] {
        happens(&app, None, kind).await;
    }
    let heard = happens(&app, Some(app.door.bell), "voice_sample.created").await;
    assert_eq!(stream.next().await.unwrap().id, heard.to_string());
}

#[tokio::test]
async fn a_person_has_so_many_streams() {
    let app = App::with(|config| config.stream.per_user = 1).await;
    listening(&app).await;
    let mut stream = Stream::open(&app, "owner", None).await;
    stream.opened().await;
    app.get(EVENTS).by("owner").send().await.problem(429, "too_many_streams");
    drop(stream);
    // the place is free again as soon as the server has seen that the client is gone
    tokio::time::timeout(PATIENCE, async {
        while app.get(EVENTS).by("owner").raw().await.status() != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_reader_that_falls_behind_is_closed_and_resumes_from_the_log() {
    let app = App::with(|config| config.stream.buffer = 4).await;
    listening(&app).await;
    let mut stream = Stream::open(&app, "owner", None).await;
    let open = stream.opened().await;
    let mut ids = Vec::new();
    for _ in 0..60 {
        ids.push(happens(&app, None, "post.updated").await.to_string());
    }
    let mut seen = Vec::new();
    let mut last = open.id;
    while seen.len() < ids.len() {
        match stream.next().await {
            Some(event) if event.event == "post.updated" => {
                last.clone_from(&event.id);
                if !seen.contains(&event.id) {
                    seen.push(event.id);
                }
            }
            Some(_) => {}
            None => stream = Stream::open(&app, "owner", Some(&last)).await,
        }
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn when_the_listener_loses_its_connection_streams_end_and_resume() {
    let app = App::new().await;
    listening(&app).await;
    let mut stream = Stream::open(&app, "owner", None).await;
    let open = stream.opened().await;
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()",
    )
    .execute(app.web.store.pool())
    .await
    .unwrap();
    let missed = happens(&app, None, "post.created").await;
    // either the stream ended, or the event was heard by the listener's new connection
    if let Some(event) = stream.next().await {
        assert_eq!(event.id, missed.to_string());
        return;
    }
    let mut again = Stream::open(&app, "owner", Some(&open.id)).await;
    again.opened().await;
    assert_eq!(again.next().await.unwrap().id, missed.to_string());
}

#[tokio::test]
async fn streams_end_at_once_when_the_server_stops() {
    let app = App::new().await;
    listening(&app).await;
    let mut stream = Stream::open(&app, "owner", None).await;
    stream.opened().await;
    app.web.shutdown.cancel();
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn what_is_told_in_passing_has_no_id_and_is_not_told_again() {
    let app = App::new().await;
    listening(&app).await;
    let mut stream = Stream::open(&app, "owner", None).await;
    let open = stream.opened().await;
    let output = bellwether_kernel::id::OutputId::new(&app.clock, &app.rng);
    let told = json!({
        "o": app.door.organization.uuid(), "b": app.door.bell.uuid(), "k": "generation.output_progress",
        "t": "output", "s": output.uuid(), "d": { "characters": 5, "text": "Three" },
    });
    let mut tx = app.web.store.service("a word in passing of a test").await.unwrap();
    for told in [told.to_string(), "not ours".to_owned(), told.to_string()] {
        sqlx::query("SELECT pg_notify('bellwether_whispers', $1)")
            .bind(told)
            .execute(tx.conn())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let seen = stream.next().await.unwrap();
    assert_eq!((seen.event.as_str(), seen.id.as_str()), ("generation.output_progress", ""));
    let data: Value = serde_json::from_str(&seen.data).unwrap();
    assert_eq!(data["subject"]["id"], output.to_string());
    assert_eq!(data["data"]["text"], "Three");

    drop(stream);
    let mut again = Stream::open(&app, "owner", Some(&open.id)).await;
    again.opened().await;
    happens(&app, None, "organization.updated").await;
    assert_eq!(again.next().await.unwrap().event, "organization.updated");
}
