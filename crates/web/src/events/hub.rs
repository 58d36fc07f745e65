//! One listener for the process, one channel for each organization that somebody looks at.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bellwether_kernel::id::{OrganizationId, UserId};
use bellwether_store::Store;
use serde::Deserialize;
use sqlx::postgres::{PgListener, PgNotification};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    sql,
    view::{Message, Whispered},
};
use crate::known::{self, Known};

/// The channel that the event log notifies on.
const CHANNEL: &str = "bellwether_events";
/// The channel of what is shown and not kept: progress of work under way.
const WHISPERS: &str = "bellwether_whispers";
/// Notifications read into one query at most.
const BATCH: usize = 200;
/// Pause before the listener is connected again.
const PAUSE: Duration = Duration::from_secs(1);

/// Hands events to the streams of this process. Cheap to clone.
#[derive(Clone)]
pub struct EventHub(Arc<Hub>);

struct Hub {
    buffer: usize,
    channels: Mutex<HashMap<OrganizationId, broadcast::Sender<Arc<Message>>>>,
    open: Mutex<HashMap<UserId, usize>>,
    listening: watch::Sender<bool>,
    known: Arc<Known>,
}

/// What a notification carries.
#[derive(Deserialize)]
struct Noted {
    o: OrganizationIdText,
    i: Uuid,
}

/// The organization as the database writes it: a bare UUID.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Hash)]
#[serde(transparent)]
struct OrganizationIdText(Uuid);

/// Holds one of a person's places; gives it back when dropped.
pub(crate) struct Place {
    hub: EventHub,
    user: UserId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.hub.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

impl EventHub {
    pub(crate) fn new(buffer: usize, known: Arc<Known>) -> Self {
        let (listening, _) = watch::channel(false);
        Self(Arc::new(Hub { buffer, channels: Mutex::default(), open: Mutex::default(), listening, known }))
    }

    /// Listens until told to stop; connects again when the connection breaks. [`crate::serve`] runs it; a router
    /// that is tested without a server needs it in a task.
    pub async fn run(self, store: Store, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => break,
                outcome = self.listen(&store) => {
                    if let Err(error) = outcome {
                        tracing::warn!(error = &error as &dyn std::error::Error, "the listener for events broke");
                    }
                    self.0.known.listen(false);
                    self.0.listening.send_replace(false);
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = tokio::time::sleep(PAUSE) => {}
                    }
                }
            }
        }
        self.0.known.listen(false);
        self.close_all();
    }

    /// Waits until events flow.
    pub async fn listening(&self) {
        let mut listening = self.0.listening.subscribe();
        // the sender lives as long as self does
        let _ = listening.wait_for(|yes| *yes).await;
    }

    async fn listen(&self, store: &Store) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(store.pool()).await?;
        listener.listen_all([CHANNEL, WHISPERS, known::CHANNEL]).await?;
        // what was written before we listened was not heard: whoever came meanwhile reads it from the log
        self.close_all();
        self.0.known.listen(true);
        self.0.listening.send_replace(true);
        loop {
            let Some(first) = listener.try_recv().await? else {
                // the connection broke, and with it went notifications; it is there again
                self.close_all();
                self.0.known.forget();
                continue;
            };
            let mut batch = vec![first];
            while batch.len() < BATCH {
                match listener.next_buffered() {
                    Some(next) => batch.push(next),
                    None => break,
                }
            }
            let all = batch.len();
            batch.retain(|notification| notification.channel() != known::CHANNEL);
            if batch.len() < all {
                self.0.known.forget();
            }
            if let Err(error) = self.hand_out(store, &batch).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "noted events can't be read");
                self.close_all();
            }
        }
    }

    async fn hand_out(&self, store: &Store, batch: &[PgNotification]) -> Result<(), bellwether_store::Error> {
        let mut wanted: HashMap<OrganizationId, Vec<Uuid>> = HashMap::new();
        {
            let channels = self.channels();
            for notification in batch {
                if notification.channel() == WHISPERS {
                    let Ok(whispered) = serde_json::from_str::<Whispered>(notification.payload()) else {
                        tracing::warn!("a notification on {WHISPERS} is none of ours");
                        continue;
                    };
                    if let Some(channel) = channels.get(&whispered.organization()) {
                        // nobody listens: nothing is lost
                        let _ = channel.send(Arc::new(Message::from(whispered)));
                    }
                    continue;
                }
                let Ok(noted) = serde_json::from_str::<Noted>(notification.payload()) else {
                    tracing::warn!("a notification on {CHANNEL} is none of ours");
                    continue;
                };
                let organization = OrganizationId::from(noted.o.0);
                if channels.contains_key(&organization) {
                    wanted.entry(organization).or_default().push(noted.i);
                }
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let mut tx = store.service("read noted events for open streams").await?;
        let mut found = Vec::with_capacity(wanted.len());
        for (organization, ids) in wanted {
            let rows = sql::find(&mut tx, organization, &ids).await?;
            found.push((organization, rows.into_iter().map(Message::from)));
        }
        tx.commit().await?;
        let mut channels = self.channels();
        for (organization, mut messages) in found {
            let Some(channel) = channels.get(&organization) else { continue };
            // nobody listens any more when sending fails; the channel is then of no use
            if messages.any(|message| channel.send(Arc::new(message)).is_err()) {
                channels.remove(&organization);
            }
        }
        Ok(())
    }

    /// Begins to hear the events of an organization.
    pub(crate) fn subscribe(&self, organization: OrganizationId) -> broadcast::Receiver<Arc<Message>> {
        self.channels().entry(organization).or_insert_with(|| broadcast::channel(self.0.buffer).0).subscribe()
    }

    /// Takes one of a person's places; none when all are taken.
    pub(crate) fn admit(&self, user: UserId, most: usize) -> Option<Place> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(user).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place { hub: self.clone(), user })
    }

    /// Ends every stream: clients resume from the log.
    fn close_all(&self) {
        self.channels().clear();
    }

    fn channels(&self) -> MutexGuard<'_, HashMap<OrganizationId, broadcast::Sender<Arc<Message>>>> {
        self.0.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use bellwether_kernel::{Clock, Rng};

    use super::*;

    #[test]
    fn a_person_has_so_many_places_and_gets_them_back() {
        let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
        let rng = Rng::seeded(1);
        let (hub, user, other) =
            (EventHub::new(1, Arc::default()), UserId::new(&clock, &rng), UserId::new(&clock, &rng));
        let first = hub.admit(user, 2);
        let second = hub.admit(user, 2);
        assert!(first.is_some() && second.is_some());
        assert!(hub.admit(user, 2).is_none());
        assert!(hub.admit(other, 2).is_some());
        drop(first);
        assert!(hub.admit(user, 2).is_some());
        drop(second);
        assert!(hub.0.open.lock().unwrap().is_empty());
    }
}
