//! Changing a recurrence: what it has planned is taken back and planned anew by what it says now.

use bellwether_kernel::{BrandAccess, Kind, Permission, Problem, RequestContext, id::PostId};
use bellwether_store::TenantTx;
use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    CreateRecurrence, RecurrenceDetail,
    service::{check, check_posts},
    sql,
};
use crate::{Error, Publishing, RecurrenceId};

/// What is to change of a recurrence; what is absent stays. Account and kind stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRecurrence {
    /// As the team calls it, 1 to 120 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// 1 to 500 posts of its network; they take turns.
    #[serde(default)]
    pub post_ids: Option<Vec<PostId>>,
    /// Of a repetition: another rule, by RFC 5545.
    #[serde(default)]
    pub rule: Option<String>,
    /// Of a repetition: the first time of its rule, on the brand's wall clock.
    #[serde(default)]
    pub first_time: Option<String>,
    /// How many days a post rests between two times, 0 to 3650.
    #[serde(default)]
    pub rest_days: Option<i32>,
}

impl Publishing {
    /// Changes one. One whose rule had come to its end goes on if its new rule does.
    pub async fn update_recurrence(
        &self,
        access: &BrandAccess,
        id: RecurrenceId,
        version: i32,
        change: &UpdateRecurrence,
        context: &RequestContext,
    ) -> Result<RecurrenceDetail, Error> {
        access.allow(Permission::PostsPublish)?;
        let mut tx = self.store.tenant(access).await?;
        let status = sql::lock(tx.conn(), access.brand, id).await?;
        let status = status.ok_or_else(|| Problem::not_found("recurrence"))?;
        let before = sql::list(tx.conn(), access.brand, Some(id)).await?.pop();
        let before = before.ok_or_else(|| Problem::not_found("recurrence"))?;
        if before.version != version {
            return Err(Error::Stale);
        }
        if status == "stopped" {
            let words = "It was ended. Make a new one.";
            return Err(Problem::new(Kind::Conflict, "wrong_status", words).into());
        }
        for (path, given) in [("rule", change.rule.is_some()), ("first_time", change.first_time.is_some())] {
            if given && before.kind == "rotation" {
                let words = "A rotation goes by the times of the queue and has no times of its own.";
                return Err(Problem::invalid(path, "not_supported", words).into());
            }
        }
        let after = changed(&before, change);
        let first = check(&after)?;
        if change.post_ids.is_some() {
            check_posts(&mut tx, access.brand, &before.network, &after.post_ids).await?;
        }
        // what says the same as before takes nothing back: what is planned may have been given its own text since
        let replans = differs(&before, &after, first);
        let revives = status == "ended" && replans;
        let row = sql::Changed {
            name: after.name.trim(),
            rule: after.rule.as_deref(),
            first,
            rest_days: after.rest_days.unwrap_or(before.rest_days),
            status: if revives { "active" } else { &status },
            posts: &after.post_ids.iter().map(|post| post.uuid()).collect::<Vec<_>>(),
        };
        sql::update(tx.conn(), id, &row).await?;
        if replans {
            self.take_back(&mut tx, access, id, "Its recurrence was changed.", context).await?;
            let now = self.plan_of(&mut tx, access.brand).await?.now;
            sql::forget_left_out(tx.conn(), id, now).await?;
        }
        let told =
            json!({ "name": row.name, "kind": before.kind, "rule": row.rule, "posts": row.posts.len() });
        self.tell_recurrence(&mut tx, access, id, "recurrence.updated", told, context).await?;
        tx.commit().await?;
        self.repeat(access.organization, access.brand, id).await?;
        self.get_recurrence(access, id).await
    }

    /// Takes back what it has planned and is not out.
    pub(super) async fn take_back(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        id: RecurrenceId,
        words: &str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        for publication in sql::take_back(tx.conn(), id, words).await? {
            let of = (access.organization, Some(access.brand));
            let after = json!({ "state": "cancelled", "words": words });
            let subject = ("publication", publication.uuid());
            let who = (access.actor(), context);
            self.record(tx, of, "publication.cancelled", subject, (None, Some(after)), who).await?;
        }
        Ok(())
    }
}

/// Whether other times or other posts come of it.
fn differs(before: &sql::RecurrenceRow, after: &CreateRecurrence, first: Option<NaiveDateTime>) -> bool {
    !after.post_ids.iter().map(|post| post.uuid()).eq(before.posts.iter().copied())
        || after.rule != before.rule
        || first != before.first_day.zip(before.first_time).map(|(day, at)| day.and_time(at))
        || after.rest_days != Some(before.rest_days)
}

/// As if it were made with what it says then, so that one check holds for both.
fn changed(before: &sql::RecurrenceRow, change: &UpdateRecurrence) -> CreateRecurrence {
    CreateRecurrence {
        name: change.name.clone().unwrap_or_else(|| before.name.clone()),
        connection_id: before.connection_id,
        post_ids: change
            .post_ids
            .clone()
            .unwrap_or_else(|| before.posts.iter().copied().map(PostId::from).collect()),
        rule: change.rule.clone().or_else(|| before.rule.clone()),
        first_time: change.first_time.clone().or_else(|| before.first()),
        rest_days: change.rest_days.or(Some(before.rest_days)),
    }
}
