//! One delivery: chosen and written outside of any transaction, handed to the outbox in the one that notes it.

use std::collections::HashMap;

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, BrandAccess, Kind, Permission, Problem, RequestContext, Timestamp,
    id::{BrandId, MailId, OrganizationId, PostId, UserId},
};
use bellwether_mail::{NewMail, Status};
use bellwether_store::ServiceTx;
use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::{
    compose::{self, Links},
    links::APPROVE_FOR,
    sql,
};
use crate::{Delivery, DeliveryId, Error, preferences::sql as preferences};

/// Mails in one look.
const AT_ONCE: i64 = 500;

impl Delivery {
    /// Writes a delivery and hands it over. As often as it is asked: what was handed over once is not again.
    pub(super) async fn deliver(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("read a delivery that is due").await?;
        let Some(owned) = sql::find(tx.conn(), organization, id).await?.filter(sql::Owned::waits) else {
            return Ok(());
        };
        let place = (organization, owned.brand, id);
        let person = self.identity.addressees(&mut tx, &[owned.user]).await?.pop();
        let access = self.identity.brand_access(&mut tx, owned.user, organization, owned.brand).await?;
        let wants = preferences::find(tx.conn(), owned.user).await?.unwrap_or_default();
        tx.commit().await?;
        let may_read = |access: &BrandAccess| access.allow(Permission::PostsRead).is_ok();
        let (Some(person), Some(access)) = (person, access.filter(may_read)) else {
            return self.settle(place, "skipped", "You don't reach this brand's drafts any more.").await;
        };
        if !wants.email_enabled || !wants.morning_mail_enabled {
            return self.settle(place, "skipped", "You turned the morning's mail off meanwhile.").await;
        }
        let brand = self.brand_name(&access).await?;
        let found = self.find_morning(&access, &wants, owned.date, now).await?;
        if let Some(reason) = found.skipped {
            return self.settle(place, "skipped", reason).await;
        }
        if !person.demo && !self.vault.is_ready() {
            let words = "The links of the mail need `[secrets] keys`, which the operator has not set.";
            return self.settle(place, "failed", words).await;
        }
        let posts: Vec<Uuid> = found.drafts.iter().map(|chosen| chosen.draft.id.uuid()).collect();
        let reasons: Vec<_> = found.drafts.iter().map(|chosen| &chosen.pick.reasons).collect();
        let reasons = json!(reasons);
        let template = if person.demo {
            None
        } else {
            let expires = now + APPROVE_FOR;
            let unsubscribe = self.morning_off_url(owned.user)?;
            let links = Links {
                approve: &|draft| self.approve_url(organization, id, (draft.id, draft.version), expires),
                open: &|draft| self.open_url(organization, id, Some(draft.id)),
                all: self.open_url(organization, id, None)?,
                seen: (self.config.track_opens && wants.open_tracking_enabled)
                    .then(|| self.seen_url(organization, id))
                    .transpose()?,
                unsubscribe: unsubscribe.clone(),
            };
            let may_approve = access.allow(Permission::PostsReview).is_ok();
            Some((compose::mail(&found, (&brand, owned.date), may_approve, &links)?, unsubscribe))
        };

        let mut tx = self.store.service("hand over a delivery").await?;
        // another worker may have been faster
        if sql::lock(tx.conn(), organization, id).await?.is_none_or(|owned| !owned.waits()) {
            return Ok(());
        }
        let mail = match template {
            Some((template, unsubscribe)) => {
                // a morning's mail that comes a day late is wrong
                let mail =
                    NewMail { to: person.email, template, expires_at: Some(now + Duration::hours(15)) };
                Some(
                    bellwether_mail::queue_marketing(&mut tx, &self.clock, &self.rng, mail, &unsubscribe)
                        .await?,
                )
            }
            // nobody reads the demo's mail: its delivery is there to be looked at
            None => None,
        };
        sql::hand_over(tx.conn(), (organization, id), (&posts, &reasons), mail, now).await?;
        if mail.is_none() {
            self.record(&mut tx, place, "delivery.delivered", None).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Says of a delivery that it failed for good.
    pub(super) async fn give_up(
        &self,
        organization: OrganizationId,
        id: DeliveryId,
        error: &Error,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("find a delivery that failed").await?;
        let owned = sql::find(tx.conn(), organization, id).await?.filter(sql::Owned::waits);
        tx.commit().await?;
        let Some(owned) = owned else { return Ok(()) };
        tracing::error!(delivery = %id, %error, "a delivery could not be written");
        // what went wrong inside is in the log; people are told only what is meant for them
        let words = match error {
            Error::Problem(problem) => problem.detail.clone(),
            _ => "It could not be written.".to_owned(),
        };
        self.settle((organization, owned.brand, id), "failed", &words).await
    }

    async fn settle(
        &self,
        (organization, brand, id): (OrganizationId, BrandId, DeliveryId),
        status: &'static str,
        words: &str,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("close a delivery").await?;
        if sql::close(tx.conn(), (organization, id), status, Some(words), self.clock.now()).await? {
            let kind = if status == "skipped" { "delivery.skipped" } else { "delivery.failed" };
            self.record(&mut tx, (organization, brand, id), kind, Some(words)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Closes deliveries whose mail has left, or never will.
    pub(super) async fn close_mailed(&self) -> Result<(), Error> {
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.store.service("see whether the morning's mails went out").await?;
            let rows = sql::mailed(tx.conn(), after, AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.mail.uuid();
            let mails: Vec<MailId> = rows.iter().map(|row| row.mail).collect();
            let outcomes: HashMap<_, _> = bellwether_mail::outcomes(&mut tx, &mails)
                .await?
                .into_iter()
                .map(|outcome| (outcome.mail, outcome))
                .collect();
            for row in rows {
                let (status, words) = match outcomes.get(&row.mail) {
                    Some(outcome) if outcome.status == Status::Pending => continue,
                    // without a server mails are kept for operators to read: handed over all the same
                    Some(outcome) if matches!(outcome.status, Status::Sent | Status::Kept) => {
                        ("delivered", None)
                    }
                    Some(outcome) => {
                        let why = outcome.error.as_deref().unwrap_or("The mail server refused it.");
                        ("failed", Some(why.to_owned()))
                    }
                    None => ("failed", Some("Its mail is not in the outbox any more.".to_owned())),
                };
                let key = (row.organization, row.id);
                if sql::close(tx.conn(), key, status, words.as_deref(), self.clock.now()).await? {
                    let kind = if status == "delivered" { "delivery.delivered" } else { "delivery.failed" };
                    let place = (row.organization, row.brand, row.id);
                    self.record(&mut tx, place, kind, words.as_deref()).await?;
                }
            }
            tx.commit().await?;
        }
    }

    pub(super) async fn record(
        &self,
        tx: &mut ServiceTx,
        (organization, brand, id): (OrganizationId, BrandId, DeliveryId),
        kind: &'static str,
        words: Option<&str>,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization,
            brand: Some(brand),
            kind,
            subject: ("delivery", id.uuid()),
            actor: Actor::Worker { job: "delivery.deliver".into() },
            before: Some(json!({ "status": "pending" })),
            after: Some(json!({ "status": kind.trim_start_matches("delivery.") })),
            data: words.map(|words| json!({ "reason": words })),
            context: RequestContext::default(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }

    /// Where a draft, or all that wait, is seen in the app; none for who reaches the brand no more.
    pub(super) async fn href(
        &self,
        user: UserId,
        (organization, brand): (OrganizationId, BrandId),
        post: Option<PostId>,
    ) -> Result<Option<String>, Error> {
        let me = match self.identity.me(user).await.map_err(Problem::from) {
            Ok(me) => me,
            Err(problem) if problem.kind == Kind::NotFound => return Ok(None),
            Err(problem) => return Err(problem.into()),
        };
        let place = me.organizations.iter().find(|of| of.id == organization).and_then(|of| {
            of.brands
                .iter()
                .find(|of| of.id == brand)
                .map(|brand| format!("/{}/{}/library", of.slug, brand.slug))
        });
        let end = post.map_or_else(|| "?status=pending".to_owned(), |post| format!("?post={post}"));
        Ok(place.map(|place| format!("{}{place}{end}", self.public_url)))
    }
}
