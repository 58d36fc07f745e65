//! What somebody reads of their own deliveries, and the look ahead.

use bellwether_identity::people::Addressee;
use bellwether_kernel::{
    BrandAccess, Cursor, Kind, Page, PageRequest, Permission, Problem, RequestContext, Timestamp,
};
use bellwether_mail::{NewMail, Template};
use bellwether_publishing::time;
use bellwether_studio::posts::Waiting;
use bellwether_trends::trends::MorningTrend;
use chrono::{Duration, NaiveDate};

use super::{
    ChannelPreview, DeliveryView, PreviewView,
    compose::{self, Found, Links},
    links::APPROVE_FOR,
    model::Wish,
    plan::SWALLOWED,
    sql,
};
use crate::{
    Delivery, DeliveryId, Error,
    channels::sql as connected,
    preferences::{model::quiet_until, sql as preferences},
    ways::{Message, Way},
};

/// What stands above a trial.
const TRIAL: &str =
    "This is a trial: its buttons do nothing but open Bellwether, and nothing is approved by them.";

/// The morning to come.
struct Ahead {
    date: Option<NaiveDate>,
    due_at: Option<Timestamp>,
    person: Addressee,
    found: Found,
    /// None when nothing is worth sending.
    template: Option<Template>,
    message: Option<Message>,
    ways: Vec<Way>,
}

impl Delivery {
    /// Somebody's own deliveries of a brand, the newest first.
    pub async fn list_deliveries(
        &self,
        access: &BrandAccess,
        page: PageRequest,
    ) -> Result<Page<DeliveryView>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), access.brand, access.user, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
    }

    /// The next delivery as it would be now. Keeps and sends nothing.
    pub async fn preview_delivery(&self, access: &BrandAccess) -> Result<PreviewView, Error> {
        let ahead = self.look_ahead(access).await?;
        let rendered = ahead.template.as_ref().map(bellwether_mail::render).transpose();
        let rendered = rendered.map_err(bellwether_mail::Error::from)?;
        let (subject, html, text) = match rendered {
            Some(mail) => (Some(mail.subject), Some(mail.html), Some(mail.text)),
            None => (None, None, None),
        };
        let mut tx = self.store.service("somebody looks at the ways of their next delivery").await?;
        let rows = connected::list(tx.conn(), access.user).await?;
        tx.commit().await?;
        let approves = |way: Way| self.approves(way, rows.iter().find(|row| row.kind == way.as_str()));
        let mut channels = Vec::new();
        for way in ahead.ways {
            let preview = match (way, &subject, &text, &ahead.message) {
                (Way::Email, Some(subject), Some(text), _) => (subject.clone(), text.clone()),
                // no more fits on a screen, or into a template
                (Way::Push | Way::Whatsapp, _, _, Some(message)) => {
                    (message.title.clone(), message.body.clone())
                }
                (Way::Slack | Way::Telegram, _, _, Some(message)) if approves(way) => {
                    (message.title.clone(), message.plain())
                }
                (Way::Slack | Way::Telegram, _, _, Some(message)) => {
                    (message.title.clone(), message.clone().without_approvals().plain())
                }
                _ => continue,
            };
            channels.push(ChannelPreview { channel: way, title: preview.0, text: preview.1 });
        }
        Ok(PreviewView {
            date: ahead.date,
            due_at: ahead.due_at,
            skipped: ahead.found.skipped.map(str::to_owned),
            drafts: ahead.found.drafts.iter().map(super::compose::Chosen::view).collect(),
            trend_ids: ahead.found.trends.iter().map(|trend| trend.id).collect(),
            channels,
            subject,
            html,
            text,
        })
    }

    /// Sends the look ahead to the one who asks by one of their ways, as a trial: it counts as no delivery.
    pub async fn send_preview(&self, access: &BrandAccess, way: Way) -> Result<(), Error> {
        let ahead = self.look_ahead(access).await?;
        if ahead.person.demo {
            let words = "Nobody reads what the demo gets. Make an account of your own to get it.";
            return Err(Problem::new(Kind::Conflict, "demo", words).into());
        }
        let (Some(mut template), Some(mut message)) = (ahead.template, ahead.message) else {
            let words = ahead.found.skipped.unwrap_or("There is nothing to send.");
            return Err(Problem::new(Kind::Conflict, "nothing_to_send", words).into());
        };
        // it looks like the real one otherwise
        message.title = format!("Trial: {}", message.title);
        message.body = format!("{TRIAL} {}", message.body);
        if let Template::Morning { subject, intro, .. } = &mut template {
            *subject = format!("Trial: {subject}");
            *intro = format!("{TRIAL} {intro}");
        }
        if way != Way::Email {
            return self.try_way(access.user, way, &message).await;
        }
        let expires_at = Some(self.clock.now() + Duration::hours(1));
        let mut tx = self.store.service("somebody mails themselves the look ahead").await?;
        let mail = NewMail { to: ahead.person.email, template, expires_at };
        bellwether_mail::queue(&mut tx, &self.clock, &self.rng, mail).await?;
        Ok(tx.commit().await?)
    }

    async fn look_ahead(&self, access: &BrandAccess) -> Result<Ahead, Error> {
        access.allow(Permission::PostsRead)?;
        let now = self.clock.now();
        let mut tx = self.store.service("somebody looks at their next delivery").await?;
        let person = self.identity.addressees(&mut tx, &[access.user]).await?.pop();
        let wants = preferences::find(tx.conn(), access.user).await?.unwrap_or_default();
        let (planned, last) = sql::dates(tx.conn(), access.user).await?;
        tx.commit().await?;
        let person = person.ok_or_else(|| Problem::not_found("person"))?;
        let zone = time::zone_or_utc(&person.time_zone);
        let today = time::local(now, &zone).map_or(now.date_naive(), |local| local.date());
        // today's may be due already and be held by quiet hours
        let planned = planned.map(|date| date.max(today));
        let next = Wish::of(&wants).and_then(|wish| wish.again(&zone, now, planned, last));
        let date = next.map_or(today, |(date, _)| date);
        let quiet = |at| quiet_until(wants.quiet_from.zip(wants.quiet_to), &zone, at);
        let until = next.and_then(|(_, at)| quiet(at));
        let swallowed =
            until.is_some_and(|until| time::local(until, &zone).is_none_or(|local| local.date() != date));
        let due_at = until.or(next.map(|(_, at)| at)).filter(|_| !swallowed);
        let at = due_at.or(next.map(|(_, at)| at)).unwrap_or(now);
        let mut found = self.find_morning(access, &wants, date, at).await?;
        if swallowed {
            found.skipped = Some(SWALLOWED);
        }
        let name = self.brand_name(access).await?;
        let place = (access.organization, access.brand);
        let all = self.href(access.user, place, None).await?;
        let all = all.unwrap_or_else(|| format!("{}/", self.public_url));
        let base = all.split('?').next().unwrap_or(&all).to_owned();
        let brand = base.trim_end_matches("library");
        // a look ahead is not the delivery: its links open the drafts and do nothing else
        let open = |draft: &Waiting| -> Result<String, Error> { Ok(format!("{base}?post={}", draft.id)) };
        let trend =
            |trend: &MorningTrend| -> Result<String, Error> { Ok(format!("{brand}{}", trend.url_path)) };
        let all = if found.drafts.is_empty() { format!("{brand}trends") } else { all };
        let links = Links {
            approve: &open,
            open: &open,
            trend: &trend,
            unsubscribe: format!("{}/", self.public_url),
            seen: None,
            all,
        };
        let may_approve = access.allow(Permission::PostsReview).is_ok();
        let (template, message) = match found.skipped {
            Some(_) => (None, None),
            None => (
                Some(compose::mail(&found, (&name, date), (&zone, at), may_approve, &links)?),
                Some(compose::message(&found, (&name, date), (&zone, at), may_approve, &links)?),
            ),
        };
        let ways = wants.ways();
        let date = next.map(|(date, _)| date);
        Ok(Ahead { date, due_at, person, found, template, message, ways })
    }

    /// Brings a delivery of a date as of an instant that is over, for the demo: the same way as the minute's look does. There
    /// is one of a date, however often it is asked.
    pub async fn bring(&self, access: &BrandAccess, date: NaiveDate, at: Timestamp) -> Result<(), Error> {
        let mut tx = self.store.service("the demo's deliveries").await?;
        let new = sql::NewDelivery {
            organization: access.organization,
            id: DeliveryId::new(&self.clock, &self.rng),
            brand: access.brand,
            user: access.user,
            date,
            skipped: None,
            now: at,
        };
        let id = new.id;
        let begun = self.begin(&mut tx, &[new]).await?;
        tx.commit().await?;
        if begun.contains(&id) { self.deliver(access.organization, id, at).await } else { Ok(()) }
    }

    /// Does with a delivery what its person would do in the morning, for the demo: opens it, follows a link into the app, and
    /// approves its best draft, by the links that a mail would have. Nothing when it was opened before.
    pub async fn read_morning(&self, access: &BrandAccess, date: NaiveDate) -> Result<(), Error> {
        if !self.vault.is_ready() {
            return Ok(());
        }
        let recent = PageRequest { limit: 10, after: None };
        let found = self.list_deliveries(access, recent).await?.items.into_iter();
        // the one that came first, if there are several
        let found =
            found.rev().find(|one| one.date == date && one.status == "delivered" && one.opened_at.is_none());
        let Some(found) = found else { return Ok(()) };
        let key = access.organization;
        let token = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
        self.note_seen(&token(&self.seen_url(key, found.id)?)).await?;
        self.follow(&token(&self.open_url(key, found.id, None)?)).await?;
        let Some(post) = found.post_ids.first().copied() else { return Ok(()) };
        let version = self.studio.get_post(access, post).await?.version;
        let url = self.approve_url(key, found.id, (post, version), self.clock.now() + APPROVE_FOR)?;
        self.approve_by_link(&token(&url), &RequestContext::default()).await?;
        Ok(())
    }
}
