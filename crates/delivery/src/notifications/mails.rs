//! Notices by mail: what came within a few minutes in one, outside of quiet hours, and nothing that was read meanwhile.

use bellwether_identity::people::model::Me;
use bellwether_kernel::{Kind, Problem, Timestamp, id::UserId};
use bellwether_mail::{NewMail, Template};
use bellwether_publishing::time;
use uuid::Uuid;

use super::{
    service::{NotificationView, reach, view},
    sql,
};
use crate::{
    Delivery, Error,
    preferences::{
        model::{channels, quiet_until},
        sql as preferences,
    },
};

/// People in one look.
const AT_ONCE: i64 = 500;
/// Notices that a mail shows; of the others it says how many.
const SHOWN: usize = 20;

impl Delivery {
    /// Mails what is due. Tells to how many a mail went.
    pub(super) async fn mail_notices(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("find who has notices to be mailed").await?;
        let due = sql::due(tx.conn(), now, AT_ONCE).await?;
        tx.commit().await?;
        let mut mailed = 0;
        for user in due {
            // those of others don't wait for what can't be mailed to one
            match self.mail_to(user, now).await {
                Ok(sent) => mailed += usize::from(sent),
                Err(error) => {
                    tracing::error!(%user, %error, "notices could not be mailed: tried again in a minute");
                }
            }
        }
        Ok(mailed)
    }

    async fn mail_to(&self, user: UserId, now: Timestamp) -> Result<bool, Error> {
        // who is deleted reaches nothing any more: their notices wait no longer
        let me = match self.identity.me(user).await.map_err(Problem::from) {
            Ok(me) => Some(me),
            Err(problem) if problem.kind == Kind::NotFound => None,
            Err(problem) => return Err(problem.into()),
        };
        let mut tx = self.store.service("mail notices").await?;
        let rows = sql::lock_waiting(tx.conn(), user).await?;
        let address = self.identity.addressees(&mut tx, &[user]).await?.pop();
        let wants = preferences::lock(tx.conn(), user).await?.unwrap_or_default();
        let chosen: Vec<_> = preferences::kinds(tx.conn(), &[user])
            .await?
            .into_iter()
            .map(|(_, kind, channels)| (kind, channels))
            .collect();
        let (mut shown, mut sent, mut dropped): (Vec<NotificationView>, Vec<Uuid>, Vec<Uuid>) =
            Default::default();
        // nobody reads the demo's mail
        if let (Some(me), Some(address)) = (&me, address.as_ref().filter(|address| !address.demo)) {
            let zone = time::zone_or_utc(&address.time_zone);
            if let Some(until) = quiet_until(wants.quiet_from.zip(wants.quiet_to), &zone, now) {
                sql::put_off(tx.conn(), user, until).await?;
                tx.commit().await?;
                return Ok(false);
            }
            let reach = reach(me);
            for row in &rows {
                let reached = reach.organizations.contains(&row.organization.uuid())
                    && row.brand.is_none_or(|brand| reach.brands.contains(&brand.uuid()));
                let wanted = |notice: &NotificationView| channels(&chosen, notice.kind).mail;
                let notice = view(me, row).filter(wanted);
                match notice.filter(|_| reached && wants.email_enabled && row.read_at.is_none()) {
                    Some(notice) => {
                        sent.push(row.id.uuid());
                        shown.push(notice);
                    }
                    None => dropped.push(row.id.uuid()),
                }
            }
        } else {
            dropped.extend(rows.iter().map(|row| row.id.uuid()));
        }
        sql::settle(tx.conn(), user, &dropped, None).await?;
        if let (Some(address), false) = (address, shown.is_empty()) {
            let template = self.template(&shown, me.as_ref());
            let mail = NewMail { to: address.email, template, expires_at: None };
            let mail = bellwether_mail::queue(&mut tx, &self.clock, &self.rng, mail).await?;
            bellwether_mail::mark_reader(&mut tx, mail, user).await?;
            sql::settle(tx.conn(), user, &sent, Some(now)).await?;
        }
        tx.commit().await?;
        Ok(!shown.is_empty())
    }

    fn template(&self, notices: &[NotificationView], me: Option<&Me>) -> Template {
        let address = |href: Option<&str>| format!("{}{}", self.public_url, href.unwrap_or("/"));
        let first = notices.first();
        let subject = match (notices.len(), first) {
            (1, Some(only)) => only.title.clone(),
            (count, _) => format!("{count} things happened in Bellwether"),
        };
        let mut lines = Vec::new();
        for notice in notices.iter().take(SHOWN) {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(notice.title.clone());
            if !notice.detail.is_empty() {
                lines.push(notice.detail.clone());
            }
            if notices.len() > 1 && notice.href.is_some() {
                lines.push(address(notice.href.as_deref()));
            }
        }
        if notices.len() > SHOWN {
            lines.push(String::new());
            lines.push(format!("And {} more.", notices.len() - SHOWN));
        }
        // of several each has its own; of one the button leads to it
        let link = first.filter(|_| notices.len() == 1).and_then(|only| only.href.as_deref());
        // one's own settings are reached from any brand
        let settings = me.and_then(|me| {
            let place = me.organizations.iter().find_map(|of| Some((&of.slug, &of.brands.first()?.slug)));
            place.map(|(organization, brand)| format!("/{organization}/{brand}/settings/notifications"))
        });
        Template::Notices { subject, lines, link: address(link), settings: address(settings.as_deref()) }
    }
}
