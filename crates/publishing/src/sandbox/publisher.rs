//! The sandbox as a way out.

use std::time::Duration;

use async_trait::async_trait;
use bellwether_kernel::{
    Clock, Rng, Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::publish::{
    Abilities, Before, Cx, Fault, FaultKind, FoundAccount, Piece, Posted, Provider, Publisher, Recent, Seen,
};
use bellwether_store::{Store, TenantScope, TenantTx};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::sql;
use crate::{ConnectionId, SandboxPostId};

/// Most posts that are read back; more within the time and the list is not whole.
const MOST_READ: i64 = 2_000;

/// How often the sandbox misbehaves, each in thousandths of all calls that publish. For trying out what happens then; all
/// zero by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Takes the post and never answers.
    pub taken_then_silent: u32,
    /// Takes the post and answers with an error of its own.
    pub taken_then_broken: u32,
    /// Does not take the post and never answers.
    pub silent: u32,
    /// Answers that it is down.
    pub down: u32,
    /// Answers that it was too many.
    pub too_many: u32,
    /// Refuses the text.
    pub refused: u32,
    /// Refuses the first comment.
    pub comment_refused: u32,
    /// Answers to a first comment that it is down.
    pub comment_down: u32,
    /// Takes the first comment and never answers.
    pub comment_taken_then_silent: u32,
    /// Takes its time: up to so many milliseconds for each call.
    pub slow_ms: u64,
}

/// The sandbox network.
pub struct Sandbox {
    store: Store,
    clock: Clock,
    rng: Rng,
    faults: Faults,
}

impl Sandbox {
    /// On the database of the installation.
    pub fn new(store: Store, clock: Clock, rng: Rng, faults: Faults) -> Self {
        Self { store, clock, rng, faults }
    }

    async fn open(&self, cx: &Cx<'_>) -> Result<(TenantTx, Owner), Fault> {
        let owner = Owner::of(&cx.account.settings)?;
        let tx = self.store.tenant(TenantScope::organization(owner.organization)).await.map_err(down)?;
        Ok((tx, owner))
    }

    fn strikes(&self, thousandths: u32) -> bool {
        thousandths > 0 && self.rng.below(1_000) < u64::from(thousandths)
    }
}

struct Owner {
    organization: OrganizationId,
    brand: BrandId,
    connection: ConnectionId,
}

impl Owner {
    fn of(settings: &Value) -> Result<Self, Fault> {
        let read = |name: &str| {
            let text = settings.get(name).and_then(Value::as_str);
            text.and_then(|text| text.parse::<Uuid>().ok())
                .ok_or_else(|| Fault::new(FaultKind::Setup, format!("The sandbox account has no {name}.")))
        };
        Ok(Self {
            organization: read("organization")?.into(),
            brand: read("brand")?.into(),
            connection: read("connection")?.into(),
        })
    }
}

fn down(error: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Transient, format!("The sandbox is not there: {error}"))
}

fn posted(id: SandboxPostId) -> Posted {
    Posted { id: id.to_string(), url: None, reference: Value::Null, processing: false }
}

/// What was chosen, as it is kept.
fn chosen(piece: &Piece) -> Value {
    if piece.options.is_object() { piece.options.clone() } else { Value::Object(serde_json::Map::new()) }
}

fn id_of(posted: &Posted) -> Result<SandboxPostId, Fault> {
    posted.id.parse().map_err(|_| Fault::rejected("The sandbox has no such post."))
}

#[async_trait]
impl Publisher for Sandbox {
    fn provider(&self) -> Provider {
        Provider::Sandbox
    }

    fn tested(&self) -> &'static str {
        "It is our own: what is tested is the real thing."
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            delete: true,
            read_back: true,
            threads: true,
            first_comment: true,
            at_once: 1_024,
            ..Abilities::PLAIN
        }
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        Ok(vec![super::account(&cx.account.handle, &cx.account.id)])
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        _prepared: &Value,
        before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let faults = self.faults;
        if faults.slow_ms > 0 {
            cx.wire.wait(Duration::from_millis(self.rng.below(faults.slow_ms))).await;
        }
        if self.strikes(faults.down) {
            return Err(Fault::new(FaultKind::Transient, "The sandbox is down for a moment.").status(503));
        }
        if self.strikes(faults.too_many) {
            return Err(Fault::new(FaultKind::RateLimited, "Too many posts.")
                .status(429)
                .retry_after(Duration::from_secs(1)));
        }
        if self.strikes(faults.refused) {
            return Err(Fault::rejected("The sandbox does not like this text.").status(422));
        }
        if self.strikes(faults.silent) {
            return Err(Fault::new(FaultKind::Unclear, "The sandbox did not answer."));
        }
        let answers = before.previous.map(id_of).transpose()?;
        let (mut tx, owner) = self.open(cx).await?;
        let id = SandboxPostId::new(&self.clock, &self.rng);
        let media = i32::try_from(piece.media.len()).unwrap_or(i32::MAX);
        let of = (owner.organization, owner.brand, owner.connection);
        sql::insert(
            tx.conn(),
            of,
            id,
            (&piece.text, media),
            (answers.map(SandboxPostId::uuid), None),
            &chosen(piece),
            self.clock.now(),
        )
        .await
        .map_err(down)?;
        // like any network: when this breaks off, nobody knows
        tx.commit().await.map_err(|error| Fault::new(FaultKind::Unclear, error.to_string()))?;
        if self.strikes(faults.taken_then_silent) {
            return Err(Fault::new(FaultKind::Unclear, "The sandbox did not answer."));
        }
        if self.strikes(faults.taken_then_broken) {
            return Err(Fault::new(FaultKind::Unclear, "The sandbox answered with status 500.").status(500));
        }
        Ok(posted(id))
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        let Some(comment) = &piece.first_comment else { return Ok(()) };
        let faults = self.faults;
        if self.strikes(faults.comment_down) {
            return Err(Fault::new(FaultKind::Transient, "The sandbox is down for a moment.").status(503));
        }
        if self.strikes(faults.comment_refused) {
            return Err(Fault::rejected("The sandbox does not like this comment.").status(422));
        }
        let below = id_of(posted)?;
        let (mut tx, owner) = self.open(cx).await?;
        let id = SandboxPostId::new(&self.clock, &self.rng);
        let of = (owner.organization, owner.brand, owner.connection);
        let none = Value::Object(serde_json::Map::new());
        sql::insert(tx.conn(), of, id, (comment, 0), (None, Some(below.uuid())), &none, self.clock.now())
            .await
            .map_err(down)?;
        tx.commit().await.map_err(|error| Fault::new(FaultKind::Unclear, error.to_string()))?;
        if self.strikes(faults.comment_taken_then_silent) {
            return Err(Fault::new(FaultKind::Unclear, "The sandbox did not answer."));
        }
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        let (mut tx, owner) = self.open(cx).await?;
        let rows = sql::recent(tx.conn(), owner.connection, since, MOST_READ).await.map_err(down)?;
        tx.commit().await.map_err(down)?;
        let whole = i64::try_from(rows.len()).is_ok_and(|rows| rows < MOST_READ);
        let seen = |row: sql::SeenRow| Seen {
            posted: posted(row.id),
            text: row.body,
            media: usize::try_from(row.media).ok(),
            at: row.created_at,
            answers: row.answers.map(|id| id.to_string()),
            counts: bellwether_networks::publish::Counts::new(),
        };
        Ok(Recent { posts: rows.into_iter().map(seen).collect(), whole })
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let id = id_of(posted)?;
        let (mut tx, owner) = self.open(cx).await?;
        sql::delete(tx.conn(), owner.connection, id).await.map_err(down)?;
        tx.commit().await.map_err(down)
    }
}
