//! Hearing of events as they are committed, by any process.

use std::time::Duration;

use bellwether_kernel::id::{EventId, OrganizationId};
use bellwether_store::{Error, Store};
use serde::Deserialize;
use sqlx::postgres::PgListener;
use tokio::{sync::broadcast, task::JoinHandle};
use uuid::Uuid;

use super::EventRef;

const CHANNEL: &str = "bellwether_events";
/// What a slow receiver may lag behind before it misses some and must read the log.
const BUFFER: usize = 1024;

/// What a listener hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// An event was committed.
    Event(EventRef),
    /// The connection was lost for a moment: what was committed meanwhile is in the log only.
    Gap,
}

/// One connection of this process that hears of all events and passes them on. Ends when it is dropped.
#[derive(Debug)]
pub struct Listener {
    heard: broadcast::Sender<Heard>,
    task: JoinHandle<()>,
}

#[derive(Deserialize)]
struct Notice {
    o: Uuid,
    i: Uuid,
}

impl Listener {
    /// Listens from now on.
    pub async fn start(store: &Store) -> Result<Self, Error> {
        let mut listener = PgListener::connect_with(store.pool()).await?;
        listener.listen(CHANNEL).await?;
        let (heard, _) = broadcast::channel(BUFFER);
        let sender = heard.clone();
        let task = tokio::spawn(async move {
            loop {
                // nobody listening to us is no error
                match listener.try_recv().await {
                    Ok(Some(notice)) => match serde_json::from_str(notice.payload()) {
                        Ok(Notice { o, i }) => {
                            let event = EventRef {
                                organization_id: OrganizationId::from(o),
                                event_id: EventId::from(i),
                            };
                            let _ = sender.send(Heard::Event(event));
                        }
                        Err(error) => tracing::warn!(%error, "a notice of an event can't be read"),
                    },
                    // connected again
                    Ok(None) => {
                        let _ = sender.send(Heard::Gap);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "can't listen for events; trying again");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            }
        });
        Ok(Self { heard, task })
    }

    /// Everything heard from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Heard> {
        self.heard.subscribe()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}
