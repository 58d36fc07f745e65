//! The event log: written with the change, read by whom it concerns, heard by who subscribed.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bellwether_jobs::{
    Job, JobError, JobMeta, Worker,
    events::{self, EventRef, Heard, Listener, NewEvent, Subscriptions},
    testing::{assert_no_jobs_left, drain, jobs},
};
use bellwether_kernel::{
    Actor, BrandScope, Clock, RequestContext, Rng,
    id::{BrandId, EventId, OrganizationId, UserId},
};
use bellwether_store::{Store, TenantScope};
use bellwether_testkit::database;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Executor as _;
use uuid::Uuid;

struct World {
    clock: Clock,
    rng: Rng,
    organization: OrganizationId,
    user: UserId,
}

impl World {
    fn new() -> Self {
        let clock = Clock::manual("2026-05-15T12:00:00Z".parse().unwrap());
        let rng = Rng::seeded(1);
        Self { organization: OrganizationId::new(&clock, &rng), user: UserId::new(&clock, &rng), clock, rng }
    }

    fn scope(&self) -> TenantScope {
        TenantScope::organization(self.organization)
    }

    fn event(&self, kind: &'static str) -> NewEvent {
        NewEvent {
            organization: self.organization,
            brand: None,
            kind,
            subject: ("post", Uuid::from_u128(7)),
            actor: Actor::User { id: self.user, agency: None },
            before: None,
            after: Some(json!({ "status": "published" })),
            data: None,
            context: RequestContext::default(),
        }
    }

    async fn record(&self, store: &Store, event: NewEvent) -> EventId {
        self.clock.advance(chrono::Duration::milliseconds(5));
        let mut tx = store.tenant(self.scope()).await.unwrap();
        let id = events::record(&mut tx, &self.clock, &self.rng, event).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

#[tokio::test]
async fn what_is_recorded_is_read_back_by_its_tenant_only() {
    let database = database().await;
    let (store, world) = (database.store(), World::new());
    let context = RequestContext {
        request_id: Some("r".repeat(300)),
        ip_address: Some("2001:db8::1".parse().unwrap()),
        user_agent: Some("ü".repeat(2000)),
        correlation_id: Some(Uuid::from_u128(9)),
    };
    let event = NewEvent {
        before: Some(json!({ "status": "approved" })),
        data: Some(json!({ "network": "x" })),
        context,
        ..world.event("post.published")
    };
    let id = world.record(store, event).await;
    let mut tx = store.tenant(world.scope()).await.unwrap();
    let read = events::find(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((read.kind.as_str(), read.subject_type.as_str()), ("post.published", "post"));
    assert_eq!(read.created_at, world.clock.now());
    assert_eq!(read.actor, json!({ "type": "user", "id": world.user.to_string() }));
    assert_eq!((read.before, read.data), (Some(json!({ "status": "approved" })), json!({ "network": "x" })));
    assert_eq!(read.correlation_id, Some(Uuid::from_u128(9)));
    assert_eq!(read.request_id.map(|id| id.len()), Some(200), "what a client sends is cut, not refused");
    let kept: (Option<UserId>, String) =
        sqlx::query_as("SELECT actor_user_id, host(ip_address) FROM operations.events")
            .fetch_one(tx.conn())
            .await
            .unwrap();
    assert_eq!(kept, (Some(world.user), "2001:db8::1".to_owned()));
    drop(tx);

    let other = TenantScope::organization(OrganizationId::new(&world.clock, &world.rng));
    let mut tx = store.tenant(&other).await.unwrap();
    assert_eq!(events::find(&mut tx, id).await.unwrap(), None);
    assert!(events::read(&mut tx, None, 10).await.unwrap().is_empty());
    // nor can another tenant write into this one's log
    let error =
        events::record(&mut tx, &world.clock, &world.rng, world.event("post.published")).await.unwrap_err();
    assert!(error.to_string().contains("row-level security"), "{error}");
}

#[tokio::test]
async fn reading_goes_on_after_an_event_across_months() {
    let database = database().await;
    let (store, world) = (database.store(), World::new());
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(world.record(store, world.event("post.updated")).await);
        world.clock.advance(chrono::Duration::days(20));
    }
    let mut tx = store.tenant(world.scope()).await.unwrap();
    let page = |events: Vec<events::Event>| events.into_iter().map(|event| event.id).collect::<Vec<_>>();
    assert_eq!(page(events::read(&mut tx, None, 2).await.unwrap()), ids[..2]);
    assert_eq!(page(events::read(&mut tx, Some(ids[1]), 10).await.unwrap()), ids[2..]);
    assert!(events::read(&mut tx, Some(ids[4]), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn members_of_a_brand_read_its_events_and_the_organization_s() {
    let database = database().await;
    let (store, world) = (database.store(), World::new());
    let (mine, other) = (BrandId::new(&world.clock, &world.rng), BrandId::new(&world.clock, &world.rng));
    for brand in [None, Some(mine), Some(other)] {
        world.record(store, NewEvent { brand, ..world.event("post.updated") }).await;
    }
    let scope = TenantScope { brands: BrandScope::Only(vec![mine]), ..world.scope() };
    let mut tx = store.tenant(&scope).await.unwrap();
    let brands: Vec<_> =
        events::read(&mut tx, None, 10).await.unwrap().iter().map(|event| event.brand_id).collect();
    assert_eq!(brands, [None, Some(mine)]);
}

#[tokio::test]
async fn what_happened_can_t_be_changed() {
    let database = database().await;
    let (store, world) = (database.store(), World::new());
    world.record(store, world.event("post.updated")).await;
    for sql in [
        "UPDATE operations.events SET kind = 'post.other'",
        "DELETE FROM operations.events",
        "TRUNCATE operations.events",
    ] {
        let mut tx = store.tenant(world.scope()).await.unwrap();
        let error = tx.conn().execute(sql).await.unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{error}");
        let mut tx = store.service("tamper with the log").await.unwrap();
        let error = tx.conn().execute(sql).await.unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{error}");
    }
    for kind in ["published", "Post.published", "post.", ""] {
        let mut tx = store.tenant(world.scope()).await.unwrap();
        let event = NewEvent { kind, ..world.event("x.y") };
        let error = events::record(&mut tx, &world.clock, &world.rng, event).await.unwrap_err();
        assert_eq!(error.constraint(), Some("events_kind_check"));
    }
}

/// Hears of events and keeps what it heard.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Hear(EventRef);

impl Job for Hear {
    const NAME: &'static str = "test.hear";
    type Context = (Store, Arc<Mutex<Vec<String>>>);

    async fn run(self, (store, heard): Self::Context, _: JobMeta) -> Result<(), JobError> {
        let mut tx = store.tenant(TenantScope::organization(self.0.organization_id)).await?;
        let event = events::find(&mut tx, self.0.event_id).await?;
        heard.lock().unwrap().push(event.ok_or_else(|| JobError::Fail("no such event".into()))?.kind);
        Ok(())
    }
}

#[tokio::test]
async fn subscribers_hear_of_what_was_committed_once_each() {
    let database = database().await;
    let world = World::new();
    let subscriptions = Subscriptions::new().on("post.published", Hear::NAME).on("post.*", Hear::NAME);
    let store = database.store().clone().with_subscriptions(subscriptions);
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let worker = Worker::builder(store.clone(), world.clock.clone())
        .register::<Hear>((store.clone(), Arc::clone(&heard)))
        .build()
        .unwrap();

    let mut tx = store.tenant(world.scope()).await.unwrap();
    events::record(&mut tx, &world.clock, &world.rng, world.event("post.published")).await.unwrap();
    tx.rollback().await.unwrap();
    assert_no_jobs_left(&store).await;

    world.record(&store, world.event("post.published")).await;
    world.record(&store, world.event("brand.created")).await;
    let mut tx = store.service("an event of the system").await.unwrap();
    let event = NewEvent { actor: Actor::System { reason: "test".into() }, ..world.event("post.archived") };
    events::record(&mut tx, &world.clock, &world.rng, event).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(jobs(&store).await.unwrap().len(), 2);
    assert!(drain(&store, &worker).await.unwrap().failed.is_empty());
    heard.lock().unwrap().sort();
    assert_eq!(*heard.lock().unwrap(), ["post.archived", "post.published"]);
    assert_no_jobs_left(&store).await;
}

#[tokio::test]
async fn a_listener_hears_of_commits_and_says_when_it_may_have_missed_some() {
    let database = database().await;
    let (store, world) = (database.store(), World::new());
    let listener = Listener::start(store).await.unwrap();
    let mut ear = listener.subscribe();
    let mut hear = async || tokio::time::timeout(Duration::from_secs(30), ear.recv()).await.unwrap().unwrap();

    let mut tx = store.tenant(world.scope()).await.unwrap();
    events::record(&mut tx, &world.clock, &world.rng, world.event("post.lost")).await.unwrap();
    tx.rollback().await.unwrap();
    let id = world.record(store, world.event("post.published")).await;
    let event = EventRef { organization_id: world.organization, event_id: id };
    assert_eq!(hear().await, Heard::Event(event), "what was rolled back is not heard of");

    store
        .pool()
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    assert_eq!(hear().await, Heard::Gap);
    let id = world.record(store, world.event("post.published")).await;
    assert_eq!(hear().await, Heard::Event(EventRef { organization_id: world.organization, event_id: id }));
}
