//! One delivery: chosen and written outside of any transaction, its send made in the one that notes it.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, BrandAccess, Kind, Permission, Problem, RequestContext, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_publishing::time;
use bellwether_store::ServiceTx;
use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::{
    compose::{self, Links},
    links::{APPROVE_FOR, Goal},
    sql,
};
use crate::{
    Delivery, DeliveryId, Error, SendId,
    preferences::{model::of_today, sql as preferences},
    sends::{NewSend, PreparedMail},
    ways::Way,
};

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
        let ways = wants.ways();
        if ways.is_empty() {
            return self.settle(place, "skipped", "You turned the morning's delivery off meanwhile.").await;
        }
        let zone = time::zone_or_utc(&person.time_zone);
        let brand = self.brand_name(&access).await?;
        let found = self.find_morning(&access, &wants, owned.date, now).await?;
        if let Some(reason) = found.skipped {
            return self.settle(place, "skipped", reason).await;
        }
        if !person.demo && !self.vault.is_ready() {
            let words = "Its links need `[secrets] keys`, which the operator has not set.";
            return self.settle(place, "failed", words).await;
        }
        let posts: Vec<Uuid> = found.drafts.iter().map(|chosen| chosen.draft.id.uuid()).collect();
        let reasons: Vec<_> = found.drafts.iter().map(|chosen| &chosen.pick.reasons).collect();
        let reasons = json!(reasons);
        let trends: Vec<Uuid> = found.trends.iter().map(|trend| trend.id.uuid()).collect();
        // nobody reads what the demo gets: its delivery is there to be looked at
        let written = if person.demo {
            None
        } else {
            let expires = now + APPROVE_FOR;
            let unsubscribe = self.morning_off_url(owned.user)?;
            let links = Links {
                approve: &|draft| self.approve_url(organization, id, (draft.id, draft.version), expires),
                open: &|draft| self.open_url(organization, id, Some(Goal::Post(draft.id))),
                trend: &|trend| self.open_url(organization, id, Some(Goal::Trend(trend.id))),
                all: self.open_url(organization, id, found.drafts.is_empty().then_some(Goal::Trends))?,
                seen: (self.config.track_opens && wants.open_tracking_enabled)
                    .then(|| self.seen_url(organization, id))
                    .transpose()?,
                unsubscribe: unsubscribe.clone(),
            };
            let may_approve = access.allow(Permission::PostsReview).is_ok();
            let about = (brand.as_str(), owned.date);
            let clock = (&zone, now);
            let mail = if ways.contains(&Way::Email) {
                let template = compose::mail(&found, about, clock, may_approve, &links)?;
                let rendered = bellwether_mail::render(&template).map_err(bellwether_mail::Error::from)?;
                Some(PreparedMail::of(template.name(), rendered, unsubscribe))
            } else {
                None
            };
            Some((compose::message(&found, about, clock, may_approve, &links)?, mail))
        };

        let mut tx = self.store.service("hand over a delivery").await?;
        // another worker may have been faster
        if sql::lock(tx.conn(), organization, id).await?.is_none_or(|owned| !owned.waits()) {
            return Ok(());
        }
        let brought = (&posts[..], &reasons, &trends[..]);
        sql::hand_over(tx.conn(), (organization, id), brought, written.is_none(), now).await?;
        if let Some((message, mail)) = written {
            let new = NewSend {
                id: SendId::new(&self.clock, &self.rng),
                organization,
                brand: owned.brand,
                user: owned.user,
                kind: "morning",
                occasion: &id.to_string(),
                delivery: Some(id),
                ways: &ways,
                message,
                mail,
                path: "/".to_owned(),
                due_at: now,
                // one that comes a day late is wrong; of a late time an hour is left all the same, since it was chosen
                expires_at: of_today(&zone, now, Duration::hours(1)),
            };
            self.put_send(&mut tx, &new, &person.email).await?;
        } else {
            self.record(&mut tx, place, "delivery.delivered", None).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Closes a delivery whose send is settled, in the transaction that settles it.
    pub(crate) async fn end_morning(
        &self,
        tx: &mut ServiceTx,
        (organization, brand, id): (OrganizationId, BrandId, DeliveryId),
        (came, channel, words): (bool, Option<&str>, Option<&str>),
        now: Timestamp,
    ) -> Result<(), Error> {
        let status = if came { "delivered" } else { "failed" };
        if sql::close(tx.conn(), (organization, id), (status, channel), words, now).await? {
            let kind = if came { "delivery.delivered" } else { "delivery.failed" };
            self.record(tx, (organization, brand, id), kind, words).await?;
        }
        Ok(())
    }

    /// Says of a delivery that is on its way what it waits for.
    pub(crate) async fn note_waiting(
        &self,
        tx: &mut ServiceTx,
        (organization, id): (OrganizationId, DeliveryId),
        words: &str,
    ) -> Result<(), Error> {
        Ok(sql::note_waiting(tx.conn(), (organization, id), words).await?)
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
        let now = self.clock.now();
        if sql::close(tx.conn(), (organization, id), (status, None), Some(words), now).await? {
            let kind = if status == "skipped" { "delivery.skipped" } else { "delivery.failed" };
            self.record(&mut tx, (organization, brand, id), kind, Some(words)).await?;
        }
        Ok(tx.commit().await?)
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
    pub(crate) async fn href(
        &self,
        user: UserId,
        (organization, brand): (OrganizationId, BrandId),
        goal: Option<Goal>,
    ) -> Result<Option<String>, Error> {
        let me = match self.identity.me(user).await.map_err(Problem::from) {
            Ok(me) => me,
            Err(problem) if problem.kind == Kind::NotFound => return Ok(None),
            Err(problem) => return Err(problem.into()),
        };
        let place = me.organizations.iter().find(|of| of.id == organization).and_then(|of| {
            of.brands.iter().find(|of| of.id == brand).map(|brand| format!("/{}/{}", of.slug, brand.slug))
        });
        let end = match goal {
            None => "/library?status=pending".to_owned(),
            Some(Goal::Post(post)) => format!("/library?post={post}"),
            Some(Goal::Trend(trend)) => format!("/trends?trend={trend}"),
            Some(Goal::Trends) => "/trends".to_owned(),
        };
        Ok(place.map(|place| format!("{}{place}{end}", self.public_url)))
    }
}
