//! The calendar, and what a day asks for.

use std::collections::BTreeMap;

use bellwether_kernel::{BrandAccess, Permission, Problem, Timestamp, id::PostId};
use bellwether_networks::{Network, Target};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    PublicationView,
    model::{HeldReason, State},
    service::states,
    sql,
};
use crate::{
    ConnectionId, Error, PublicationId, Publishing,
    connections::ConnectionView,
    error::internal,
    schedule::{PauseView, pauses},
    time,
};

/// Most days at once, and most cards.
const MOST_DAYS: i64 = 62;
const MOST_ITEMS: i64 = 10_000;

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CalendarDays {
    /// The first day in the brand's zone.
    pub from: NaiveDate,
    /// The day after the last; at most 62 days later.
    pub to: NaiveDate,
    /// Only these states, separated by commas; all but the cancelled ones when absent.
    #[serde(default)]
    pub state: Option<String>,
    /// Only this network.
    #[serde(default)]
    pub network: Option<Network>,
    /// Only this account.
    #[serde(default)]
    pub connection: Option<ConnectionId>,
}

/// A card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarItem {
    /// Id.
    pub id: PublicationId,
    /// The post.
    pub post_id: PostId,
    /// The account.
    pub connection_id: ConnectionId,
    /// The network.
    #[schema(value_type = Network)]
    pub network: String,
    /// Network and content type.
    #[schema(value_type = Target)]
    pub target: String,
    /// Where it stands.
    #[schema(value_type = State)]
    pub state: String,
    /// Why it is held.
    #[schema(value_type = Option<HeldReason>)]
    pub held_reason: Option<String>,
    /// Why it stands there.
    pub words: Option<String>,
    /// Its first words.
    pub title: String,
    /// When, on the wall clock of the brand's zone.
    pub local_time: String,
    /// When, as an instant.
    pub due_at: DateTime<Utc>,
    /// Where people see it.
    pub remote_url: Option<String>,
    /// For `If-Match`.
    pub version: i32,
}

/// A free time of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeTime {
    /// On the wall clock.
    pub local_time: String,
    /// For one network only.
    #[schema(value_type = Option<Network>)]
    pub network: Option<String>,
}

/// Some days.
#[derive(Debug, Serialize, ToSchema)]
pub struct Calendar {
    /// The brand's zone.
    pub zone: String,
    /// What is planned or out, in order.
    pub items: Vec<CalendarItem>,
    /// Whether there is more than a calendar shows (10,000).
    pub truncated: bool,
    /// Free times of the queue from now on.
    pub slots: Vec<FreeTime>,
    /// The brand's accounts.
    pub connections: Vec<ConnectionView>,
}

/// What a day asks for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishingSummary)]
pub struct Summary {
    /// The brand's zone.
    pub zone: String,
    /// What somebody has to decide on: unclear, failed, held, and planned but not approved in time. At most 20.
    pub needs_you: Vec<PublicationView>,
    /// What goes out today, or did. At most 50.
    pub today: Vec<PublicationView>,
    /// What came of yesterday.
    pub yesterday: Yesterday,
    /// How many stand where.
    pub counts: BTreeMap<String, i64>,
    /// What is paused.
    pub paused: Vec<PauseView>,
}

/// What came of yesterday.
#[derive(Debug, Serialize, ToSchema)]
pub struct Yesterday {
    /// Went out.
    pub published: i64,
    /// Did not.
    pub failed: i64,
}

impl Publishing {
    /// What is planned and out on some days.
    pub async fn calendar(&self, access: &BrandAccess, wanted: &CalendarDays) -> Result<Calendar, Error> {
        access.allow(Permission::PostsRead)?;
        let days = (wanted.to - wanted.from).num_days();
        if !(1..=MOST_DAYS).contains(&days) {
            let words = format!("Give a day after `from`, at most {MOST_DAYS} days later.");
            return Err(Problem::invalid("to", "out_of_range", words).into());
        }
        let states = states(wanted.state.as_deref())?;
        let mut tx = self.store.tenant(access).await?;
        let (name, zone) = self.zone_of(&mut tx, access.brand).await?;
        let midnight = |date: NaiveDate| {
            time::instant(date.and_time(NaiveTime::MIN), &zone)
                .ok_or_else(|| Problem::invalid("from", "out_of_range", "Give dates between 2000 and 2100."))
        };
        let between = (midnight(wanted.from)?, midnight(wanted.to)?);
        let filter = (wanted.network.map(Network::as_str), wanted.connection, states.as_deref());
        let mut rows = sql::calendar(tx.conn(), access.brand, between, filter, MOST_ITEMS + 1).await?;
        let now =
            time::local(self.clock.now(), &zone).ok_or_else(|| internal("the local time can't be told"))?;
        let from = wanted.from.and_time(NaiveTime::MIN);
        let ahead = (from, u64::try_from(days).unwrap_or(0));
        let slots = self.free_times(&mut tx, access.brand, ahead, now).await?;
        tx.end_reading();
        let truncated = i64::try_from(rows.len()).is_ok_and(|rows| rows > MOST_ITEMS);
        rows.truncate(usize::try_from(MOST_ITEMS).unwrap_or(usize::MAX));
        let item = |row: sql::CalendarRow| CalendarItem {
            local_time: time::local(row.due_at, &zone).map(time::write_local).unwrap_or_default(),
            id: row.id,
            post_id: row.post_id,
            connection_id: row.connection_id,
            network: row.network,
            target: row.target,
            state: row.state,
            held_reason: row.held_reason,
            words: row.words,
            title: row.title,
            due_at: row.due_at,
            remote_url: row.remote_url,
            version: row.version,
        };
        let slots = slots
            .into_iter()
            .filter(|(_, network)| match (network, wanted.network) {
                (Some(only), Some(wanted)) => only == wanted.as_str(),
                _ => true,
            })
            .map(|(at, network)| FreeTime { local_time: time::write_local(at), network });
        Ok(Calendar {
            items: rows.into_iter().map(item).collect(),
            truncated,
            slots: slots.collect(),
            connections: self.list_connections_for_posts(access).await?,
            zone: name,
        })
    }

    /// What the day asks for.
    pub async fn summary(&self, access: &BrandAccess) -> Result<Summary, Error> {
        access.allow(Permission::PostsRead)?;
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let (name, zone) = self.zone_of(&mut tx, access.brand).await?;
        let today = time::local(now, &zone).ok_or_else(|| internal("the local time can't be told"))?.date();
        let midnight = |date: Option<NaiveDate>| -> Result<Timestamp, Error> {
            date.and_then(|date| time::instant(date.and_time(NaiveTime::MIN), &zone))
                .ok_or_else(|| internal("midnight can't be told"))
        };
        let (yesterday, tomorrow) =
            (today.checked_sub_days(Days::new(1)), today.checked_add_days(Days::new(1)));
        let (begin, end) = (midnight(Some(today))?, midnight(tomorrow)?);
        let list = |states: &'static [State]| {
            states.iter().map(|state| state.as_str().to_owned()).collect::<Vec<_>>()
        };
        let troubled = list(&[State::Unclear, State::Failed, State::Held]);
        let filter = sql::ListFilter { states: Some(&troubled), limit: 20, ..sql::ListFilter::default() };
        let mut needs_you = sql::list(tx.conn(), access.brand, &filter).await?;
        // planned for a time that comes within the hour or has passed, and nobody has approved it
        let waiting = list(&[State::InReview]);
        let soon = now + chrono::Duration::hours(1);
        let long_ago = now - chrono::Duration::days(30);
        let filter = sql::ListFilter {
            states: Some(&waiting),
            between: Some((long_ago, soon)),
            limit: 20,
            ..sql::ListFilter::default()
        };
        needs_you.extend(sql::list(tx.conn(), access.brand, &filter).await?);
        needs_you.truncate(20);
        let going = list(&[State::InReview, State::Scheduled, State::Sending, State::Published]);
        let filter = sql::ListFilter {
            states: Some(&going),
            between: Some((begin, end)),
            ascending: true,
            limit: 50,
            ..sql::ListFilter::default()
        };
        let today = sql::list(tx.conn(), access.brand, &filter).await?;
        let (published, failed) =
            sql::count_between(tx.conn(), access.brand, (midnight(yesterday)?, begin)).await?;
        let counts = sql::count_states(tx.conn(), access.brand).await?;
        let paused = pauses(&mut tx, access.brand).await?;
        tx.commit().await?;
        Ok(Summary {
            zone: name,
            needs_you: needs_you.into_iter().map(PublicationView::from).collect(),
            today: today.into_iter().map(PublicationView::from).collect(),
            yesterday: Yesterday { published, failed },
            counts: counts.into_iter().collect(),
            paused,
        })
    }
}
