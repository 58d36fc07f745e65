//! Use cases of recurrences.

use bellwether_kernel::{
    Actor, BrandAccess, Kind, Permission, Problem, RequestContext,
    id::{BrandId, OrganizationId, PostId},
};
use bellwether_networks::{Content, Network};
use bellwether_store::{TenantScope, TenantTx};
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{jobs::Repeat, rule::Rule, sql};
use crate::{
    ConnectionId, Error, PublicationId, Publishing, RecurrenceId,
    error::internal,
    publications::{Placing, announce, model::Source, sql as publications},
    reviews,
    schedule::Plan,
    time,
};

/// How far ahead times are made.
const AHEAD: Duration = Duration::days(7);
/// Most posts that take turns.
const MOST_POSTS: usize = 500;
/// Networks that take the same text for a mistake.
const REFUSE_DOUBLES: [Network; 2] = [Network::X, Network::Linkedin];

/// What goes out again and again.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecurrenceView {
    /// Id.
    pub id: RecurrenceId,
    /// As the team calls it.
    pub name: String,
    /// `repetition` by a rule, or `rotation` at the times of the queue.
    pub kind: String,
    /// On which account.
    pub connection_id: ConnectionId,
    /// The network.
    #[schema(value_type = Network)]
    pub network: String,
    /// The posts that take turns.
    pub post_ids: Vec<PostId>,
    /// The rule of a repetition, by RFC 5545.
    pub rule: Option<String>,
    /// Its first time, on the brand's wall clock.
    pub first_time: Option<String>,
    /// How many days a post rests between two times.
    pub rest_days: i32,
    /// `active`, `paused`, `stopped`, or `ended` by its rule.
    pub status: String,
    /// Why the last time was left out.
    pub words: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Changes with every change.
    pub version: i32,
}

impl From<sql::RecurrenceRow> for RecurrenceView {
    fn from(row: sql::RecurrenceRow) -> Self {
        let first = row.first();
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            connection_id: row.connection_id,
            network: row.network,
            post_ids: row.posts.into_iter().map(PostId::from).collect(),
            rule: row.rule,
            first_time: first,
            rest_days: row.rest_days,
            status: row.status,
            words: row.words,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// A time of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Occurrence {
    /// On the brand's wall clock.
    pub local_time: String,
    /// What goes out then.
    pub publication_id: Option<PublicationId>,
    /// Where that stands.
    pub state: Option<String>,
    /// Why nothing goes out.
    pub words: Option<String>,
}

/// A recurrence with its times.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecurrenceDetail {
    /// The recurrence.
    #[serde(flatten)]
    pub recurrence: RecurrenceView,
    /// The latest first, at most 200.
    pub occurrences: Vec<Occurrence>,
}

/// Something to repeat: with a rule a repetition, without a rotation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRecurrence {
    /// As the team calls it, 1 to 120 characters.
    pub name: String,
    /// On which account.
    pub connection_id: ConnectionId,
    /// 1 to 500 posts of its network; they take turns.
    pub post_ids: Vec<PostId>,
    /// `FREQ=DAILY`, `WEEKLY` or `MONTHLY` with `INTERVAL`, `BYDAY`, `BYMONTHDAY`, `COUNT` or `UNTIL`, by RFC 5545.
    #[serde(default)]
    pub rule: Option<String>,
    /// The first time of a rule, on the brand's wall clock.
    #[serde(default)]
    pub first_time: Option<String>,
    /// How many days a post rests between two times, 0 to 3650; 30 is usual for a rotation.
    #[serde(default)]
    pub rest_days: Option<i32>,
}

impl Publishing {
    /// A brand's recurrences, the newest first.
    pub async fn list_recurrences(&self, access: &BrandAccess) -> Result<Vec<RecurrenceView>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), access.brand, None).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(RecurrenceView::from).collect())
    }

    /// One with its times.
    pub async fn get_recurrence(
        &self,
        access: &BrandAccess,
        id: RecurrenceId,
    ) -> Result<RecurrenceDetail, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let row = sql::list(tx.conn(), access.brand, Some(id)).await?.pop();
        let row = row.ok_or_else(|| Problem::not_found("recurrence"))?;
        let times = sql::occurrences(tx.conn(), id).await?;
        tx.commit().await?;
        let view = |row: sql::OccurrenceRow| Occurrence {
            local_time: time::write_local(row.local_time),
            publication_id: row.publication_id,
            state: row.state,
            words: row.words,
        };
        Ok(RecurrenceDetail { recurrence: row.into(), occurrences: times.into_iter().map(view).collect() })
    }

    /// Begins one; its first times are made at once.
    pub async fn create_recurrence(
        &self,
        access: &BrandAccess,
        input: &CreateRecurrence,
        context: &RequestContext,
    ) -> Result<RecurrenceDetail, Error> {
        access.allow(Permission::PostsPublish)?;
        let first = check(input)?;
        let mut tx = self.store.tenant(access).await?;
        let accounts = publications::accounts(tx.conn(), access.brand, &[input.connection_id]).await?;
        let account = accounts.into_iter().next().ok_or_else(|| {
            let words = "There is no such account; connect it first.";
            Problem::invalid("connection_id", "unknown_connection", words)
        })?;
        check_posts(&mut tx, access.brand, &account.network, &input.post_ids).await?;
        let row = sql::RecurrenceRow {
            id: RecurrenceId::new(&self.clock, &self.rng),
            brand_id: access.brand,
            connection_id: input.connection_id,
            network: account.network,
            name: input.name.trim().to_owned(),
            kind: if first.is_some() { "repetition" } else { "rotation" }.to_owned(),
            rule: input.rule.clone(),
            first_day: first.map(|first| first.date()),
            first_time: first.map(|first| first.time()),
            rest_days: input.rest_days.unwrap_or(if first.is_some() { 0 } else { 30 }),
            status: "active".to_owned(),
            words: None,
            posts: input.post_ids.iter().map(|id| id.uuid()).collect(),
            created_by: access.user,
            version: 1,
            created_at: self.clock.now(),
        };
        sql::insert(tx.conn(), access.organization, &row).await?;
        let after = json!({ "name": row.name, "kind": row.kind, "rule": row.rule, "posts": row.posts.len() });
        self.tell_recurrence(&mut tx, access, row.id, "recurrence.created", after, context).await?;
        tx.commit().await?;
        self.repeat(access.organization, access.brand, row.id).await?;
        self.get_recurrence(access, row.id).await
    }

    pub(super) async fn tell_recurrence(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        id: RecurrenceId,
        kind: &'static str,
        after: serde_json::Value,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let of = (access.organization, Some(access.brand));
        let who = (access.actor(), context);
        self.record(tx, of, kind, ("recurrence", id.uuid()), (None, Some(after)), who).await
    }

    /// Pauses, resumes or stops one. What it has planned is taken back; resumed it is planned anew.
    pub async fn set_recurrence(
        &self,
        access: &BrandAccess,
        id: RecurrenceId,
        status: &'static str,
        context: &RequestContext,
    ) -> Result<RecurrenceDetail, Error> {
        access.allow(Permission::PostsPublish)?;
        let mut tx = self.store.tenant(access).await?;
        let before = sql::lock(tx.conn(), access.brand, id).await?;
        let before = before.ok_or_else(|| Problem::not_found("recurrence"))?;
        // what a rule that has ended planned last can still be taken back
        if matches!(before.as_str(), "stopped" | "ended") && status != "stopped" {
            let words = "It is over. Make a new one.";
            return Err(Problem::new(Kind::Conflict, "wrong_status", words).into());
        }
        if before != status {
            sql::set_status(tx.conn(), id, status, None).await?;
            if status != "active" {
                let words = format!("Its recurrence was {status}.");
                self.take_back(&mut tx, access, id, &words, context).await?;
            }
            let kind = match status {
                "paused" => "recurrence.paused",
                "stopped" => "recurrence.stopped",
                _ => "recurrence.resumed",
            };
            let after = json!({ "status": status });
            self.tell_recurrence(&mut tx, access, id, kind, after, context).await?;
        }
        tx.commit().await?;
        self.repeat(access.organization, access.brand, id).await?;
        self.get_recurrence(access, id).await
    }

    /// Makes the times of the days ahead, where it goes on.
    pub(super) async fn repeat(
        &self,
        organization: OrganizationId,
        brand: BrandId,
        id: RecurrenceId,
    ) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        if sql::lock(tx.conn(), brand, id).await?.as_deref() != Some("active") {
            return Ok(());
        }
        let Some(row) = sql::list(tx.conn(), brand, Some(id)).await?.pop() else { return Ok(()) };
        let plan = self.plan_of(&mut tx, brand).await?;
        let now = self.clock.now();
        let to = plan.now + AHEAD;
        let mut said = None;
        if let (Some(rule), Some(day), Some(at)) = (&row.rule, row.first_day, row.first_time) {
            let rule = Rule::parse(rule)?;
            // what the clock has passed is left out: no burst after the machine was off
            let (times, more) = rule.between(day.and_time(at), Some(plan.now), to);
            for time in times {
                self.make_time(&mut tx, &row, &plan, time, &mut said).await?;
            }
            if !more {
                sql::set_status(tx.conn(), id, "ended", None).await?;
            }
        } else if !sql::has_open(tx.conn(), id).await? {
            let network = Network::parse(&row.network).ok_or_else(|| internal("an unknown network"))?;
            match self.next_free(&mut tx, &plan, network, row.connection_id).await {
                // not long before: what is added to the queue meanwhile goes first
                Ok(time) if time <= to => self.make_time(&mut tx, &row, &plan, time, &mut said).await?,
                Ok(_) => {}
                Err(Error::Problem(problem)) if problem.code == "no_free_time" => said = Some(problem.detail),
                Err(error) => return Err(error),
            }
        }
        sql::set_made(tx.conn(), id, now, said.as_deref()).await?;
        announce(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Makes one time, once.
    async fn make_time(
        &self,
        tx: &mut TenantTx,
        row: &sql::RecurrenceRow,
        plan: &Plan,
        at: NaiveDateTime,
        said: &mut Option<String>,
    ) -> Result<(), Error> {
        let organization = tx.organization();
        let of = (organization, row.brand_id, row.id);
        let rests = |last: Option<NaiveDateTime>| {
            last.is_some_and(|last| at - last < Duration::days(row.rest_days.into()))
        };
        let network = Network::parse(&row.network);
        let refuses = network.is_some_and(|network| REFUSE_DOUBLES.contains(&network));
        let all = sql::candidates(tx.conn(), row.id, row.connection_id, at).await?;
        let rested = all.iter().filter(|post| !rests(post.last_at));
        let Some(next) = rested.clone().find(|post| !refuses || !post.repeats) else {
            let words = if rested.count() > 0 {
                let name = network.map_or("The network", Network::name);
                format!("{name} refuses the same text twice within a month. Add a variation of the post.")
            } else if all.is_empty() {
                "None of its posts may go out.".to_owned()
            } else {
                "All of its posts rest.".to_owned()
            };
            // a time of the queue stays free for others; a repetition's own time is told as left out
            if row.rule.is_some() {
                sql::take(tx.conn(), of, at, Some(&words), self.clock.now()).await?;
            }
            *said = Some(words);
            return Ok(());
        };
        if !sql::take(tx.conn(), of, at, None, self.clock.now()).await? {
            return Ok(());
        }
        let content: Content =
            serde_json::from_value(next.content.clone()).map_err(|error| internal(error.to_string()))?;
        let whole = (organization, row.brand_id, next.post);
        let missing = reviews::missing(tx.conn(), whole, &row.network, &next.content).await?;
        let approved = matches!(next.status.as_str(), "approved" | "published") && missing.is_none();
        let placing = Placing {
            of: (organization, row.brand_id),
            post: next.post,
            connection: row.connection_id,
            target: &next.target,
            network: &row.network,
            content: &content,
            own: None,
            source: Source::Recurrence,
            local_time: Some(at),
            due_at: time::instant(at, &plan.zone),
            zone: &plan.zone_name,
            approved: approved.then_some((next.reviewed_at.unwrap_or(self.clock.now()), next.reviewed_by)),
            created_by: row.created_by,
        };
        let actor = Actor::Worker { job: <Repeat as bellwether_jobs::Job>::NAME.to_owned() };
        let made = self.place(tx, &placing, (actor, &RequestContext::default())).await?;
        Ok(sql::fill(tx.conn(), row.id, at, made).await?)
    }
}

/// Whether they can take turns: of the brand, and written for the network.
pub(super) async fn check_posts(
    tx: &mut TenantTx,
    brand: BrandId,
    network: &str,
    posts: &[PostId],
) -> Result<(), Error> {
    for (at, post) in posts.iter().enumerate() {
        let path = format!("post_ids/{at}");
        let found = publications::hold_post(tx.conn(), brand, *post).await?;
        let found = found.filter(|post| !post.deleted);
        let found =
            found.ok_or_else(|| Problem::invalid(&path, "unknown_post", "The brand has no such post."))?;
        // the sandbox takes what is written for any network
        if found.network != network && network != Network::Sandbox.as_str() {
            let words = "This post is written for another network than the account's.";
            return Err(Problem::invalid(&path, "other_network", words).into());
        }
    }
    Ok(())
}

/// Whether it can be; gives the first time of a repetition.
pub(super) fn check(input: &CreateRecurrence) -> Result<Option<NaiveDateTime>, Problem> {
    let name = input.name.trim().chars().count();
    if name == 0 || name > 120 {
        return Err(Problem::invalid("name", "length", "Give a name of 1 to 120 characters."));
    }
    if input.post_ids.is_empty() || input.post_ids.len() > MOST_POSTS {
        return Err(Problem::invalid("post_ids", "length", format!("Name 1 to {MOST_POSTS} posts.")));
    }
    if let Some(at) =
        (1..input.post_ids.len()).find(|at| input.post_ids[..*at].contains(&input.post_ids[*at]))
    {
        return Err(Problem::invalid(format!("post_ids/{at}"), "repeated", "This post is named twice."));
    }
    if input.rest_days.is_some_and(|days| !(0..=3_650).contains(&days)) {
        return Err(Problem::invalid("rest_days", "out_of_range", "Give 0 to 3650 days."));
    }
    match (&input.rule, &input.first_time) {
        (None, None) => Ok(None),
        (Some(rule), Some(first)) => {
            Rule::parse(rule)?;
            time::parse_local("first_time", first).map(Some)
        }
        (Some(_), None) => Err(Problem::invalid("first_time", "required", "Give the first time too.")),
        (None, Some(_)) => Err(Problem::invalid("rule", "required", "Give a rule such as FREQ=WEEKLY.")),
    }
}
