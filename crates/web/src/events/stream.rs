//! `GET /organizations/{org}/events`.

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use bellwether_kernel::{Access, Kind, Permission, Problem, id::EventId, id::uuid_v7_floor};
use chrono::DateTime;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    sql,
    view::{EventView, Message},
};
use crate::{Api, ApiError, Credentials, Member, Query, Web};

/// Messages that wait for a slow connection before the channel's own buffer fills.
const OUTBOX: usize = 16;
/// What a browser is told to wait before it resumes.
const RETRY: Duration = Duration::from_secs(2);
/// How long a client may take nothing.
const STALLED: Duration = Duration::from_secs(30);

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(stream_events))
}

#[derive(Debug, Deserialize)]
struct Resume {
    after: Option<String>,
}

/// Follow what happens.
///
/// A stream of server-sent events: the name is the event's kind, the data its JSON, the id what to resume by
/// (`Last-Event-ID`, which browsers send by themselves, or `after`). A resumed stream begins a few seconds early, so
/// drop ids that you know. `stream.open` comes first; `stream.reset` says that too much happened meanwhile, so load
/// afresh. `generation.output_progress` comes without an id: it tells how far a draft is, and is not kept. The stream
/// ends when the session ends, when the server restarts or when you read too slowly: resume then.
#[utoipa::path(get, path = "/organizations/{org}/events", tag = "Events",
    params(("org" = String, Path, description = "Slug or id"),
        ("after" = Option<EventId>, Query, description = "Resume after this event, for clients that can't send the header."),
        ("Last-Event-ID" = Option<EventId>, Header, description = "Resume after this event.")),
    responses((status = 200, description = "The stream", body = EventView, content_type = "text/event-stream")))]
async fn stream_events(
    State(web): State<Web>,
    Member(access): Member,
    Query(resume): Query<Resume>,
    credentials: Credentials,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let last = last_seen(&headers, resume.after.as_deref())?;
    let most = web.config.stream.per_user;
    let place = web.events.admit(access.user, most).ok_or_else(|| {
        let detail = format!("You have {most} streams of events open, the most there may be. Close one.");
        Problem::new(Kind::RateLimited, "too_many_streams", detail).retry_after(10)
    })?;
    // first hear, then read the log: what happens in between comes by both ways and is dropped once
    let heard = web.events.subscribe(access.organization);
    let backlog = match last {
        Some(last) => replay(&web, &access, last).await?,
        None => Backlog::Fresh,
    };
    let (outbox, inbox) = mpsc::channel(OUTBOX);
    let follower = Follower {
        credentials,
        running: web.metrics.stream(),
        place,
        web: web.clone(),
        access,
        outbox,
        known: HashSet::new(),
    };
    tokio::spawn(follower.run(heard, backlog));
    let keep_alive = KeepAlive::new().interval(web.config.stream.heartbeat);
    let mut response = Sse::new(ReceiverStream::new(inbox)).keep_alive(keep_alive).into_response();
    // proxies of the nginx family would hold events back otherwise
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn last_seen(headers: &HeaderMap, after: Option<&str>) -> Result<Option<EventId>, Problem> {
    let header = headers.get("last-event-id").map(|value| ("Last-Event-ID", value.to_str().unwrap_or("?")));
    let given = header.or(after.map(|text| ("after", text))).filter(|(_, text)| !text.is_empty());
    let Some((place, text)) = given else { return Ok(None) };
    let id = text
        .parse()
        .map_err(|_| Problem::invalid(place, "invalid_id", "Not an id of an event that you got."))?;
    Ok(Some(id))
}

/// Events since shortly before the last seen one.
async fn replay(web: &Web, access: &Access, last: EventId) -> Result<Backlog, Problem> {
    let most = web.config.stream.replay;
    let mut tx = web.store.tenant(access).await?;
    let since = earlier(last.uuid(), web.config.stream.overlap);
    let found = sql::list_after(&mut tx, since, most + 1).await.map_err(bellwether_store::Error::from)?;
    tx.commit().await?;
    let few = i64::try_from(found.len()).is_ok_and(|count| count <= most);
    Ok(if few { Backlog::Missed(found.into_iter().map(Message::from).collect()) } else { Backlog::TooMuch })
}

/// The smallest UUIDv7 of the time of an id, less a while.
fn earlier(id: Uuid, by: Duration) -> Uuid {
    let millis = (id.as_u128() >> 80).saturating_sub(by.as_millis());
    i64::try_from(millis).ok().and_then(DateTime::from_timestamp_millis).map_or(Uuid::nil(), uuid_v7_floor)
}

/// What a client missed.
enum Backlog {
    /// It comes for the first time.
    Fresh,
    /// This, oldest first.
    Missed(Vec<Message>),
    /// More than is replayed.
    TooMuch,
}

/// One open stream.
struct Follower {
    web: Web,
    access: Access,
    credentials: Credentials,
    outbox: mpsc::Sender<Result<Event, Infallible>>,
    /// Ids sent from the log, which are heard once more.
    known: HashSet<EventId>,
    #[expect(dead_code, reason = "held for as long as the stream is open")]
    place: super::hub::Place,
    #[expect(dead_code, reason = "held for as long as the stream is open")]
    running: crate::metrics::Running,
}

/// The client is gone.
struct Gone;

impl Follower {
    async fn run(mut self, heard: broadcast::Receiver<Arc<Message>>, backlog: Backlog) {
        let shutdown = self.web.shutdown.clone();
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = self.follow(heard, backlog) => {}
        }
    }

    async fn follow(
        &mut self,
        mut heard: broadcast::Receiver<Arc<Message>>,
        backlog: Backlog,
    ) -> Result<(), Gone> {
        self.open(backlog).await?;
        let every = self.web.config.stream.recheck;
        let mut recheck = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
        let outbox = self.outbox.clone();
        loop {
            tokio::select! {
                () = outbox.closed() => return Err(Gone),
                _ = recheck.tick() => {
                    if !self.may_go_on().await {
                        return Ok(());
                    }
                }
                message = heard.recv() => match message {
                    Ok(message) if !message.id.is_some_and(|id| self.known.remove(&id)) => {
                        // before it is told: it may tell that this very listener has no business here any more
                        if moves_doors(&message.kind) && !self.may_go_on().await {
                            return Ok(());
                        }
                        self.send(&message).await?;
                    }
                    Ok(_) => {}
                    // too slow, or the listener broke: the client resumes from the log
                    Err(_) => return Ok(()),
                }
            }
        }
    }

    /// The first words: where to resume from when nothing happens, and what happened meanwhile.
    async fn open(&mut self, backlog: Backlog) -> Result<(), Gone> {
        let start = EventId::from(uuid_v7_floor(self.web.clock.now()));
        let resumed = matches!(backlog, Backlog::Missed(_));
        let event =
            Event::default().event("stream.open").retry(RETRY).data(format!("{{\"resumed\":{resumed}}}"));
        // a resumed stream keeps the client's own place until the replay moves it
        self.put(if matches!(backlog, Backlog::Fresh) { event.id(start.to_string()) } else { event }).await?;
        match backlog {
            Backlog::Fresh => {}
            Backlog::TooMuch => {
                self.put(Event::default().event("stream.reset").id(start.to_string()).data("{}")).await?;
            }
            Backlog::Missed(messages) => {
                for message in messages {
                    self.send(&message).await?;
                    self.known.extend(message.id);
                }
            }
        }
        Ok(())
    }

    async fn send(&self, message: &Message) -> Result<(), Gone> {
        if !visible(&self.access, message) {
            return Ok(());
        }
        let event = Event::default().event(&message.kind).data(&message.json);
        // without an id the client's place to resume from stays where it is
        self.put(match message.id {
            Some(id) => event.id(id.to_string()),
            None => event,
        })
        .await
    }

    /// A client that takes nothing for long is as good as gone; its place is free for another stream.
    async fn put(&self, event: Event) -> Result<(), Gone> {
        match tokio::time::timeout(STALLED, self.outbox.send(Ok(event))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        }
    }

    /// Asks the door again: the session may have ended, the membership may reach less. A door that can't answer
    /// leaves things as they are: without a database no events come either.
    async fn may_go_on(&mut self) -> bool {
        let organization = self.access.organization.to_string();
        match self.web.gate.enter(&self.credentials, &organization, None).await {
            Ok(entry) => {
                self.access = entry.access;
                true
            }
            Err(problem) => matches!(problem.kind, Kind::Unavailable | Kind::Internal),
        }
    }
}

/// Whether somebody may reach less, or more, since this happened.
fn moves_doors(kind: &str) -> bool {
    matches!(
        kind.split('.').next(),
        Some("membership" | "api_key" | "agency_client" | "organization" | "brand" | "security")
    )
}

/// An event of no brand concerns the whole organization; one of posts, only those who may read posts.
fn visible(access: &Access, message: &Message) -> bool {
    message.brand.is_none_or(|brand| access.brands.contains(brand))
        && Permission::to_hear(&message.kind).is_none_or(|permission| access.permissions.contains(permission))
}
