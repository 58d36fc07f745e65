//! What a morning brings, and its mail.

use std::fmt::Write as _;

use bellwether_kernel::{BrandAccess, Permission, Problem, Timestamp};
use bellwether_mail::{MorningDraft, MorningTrend as MailTrend, SeenMark, Template};
use bellwether_publishing::time;
use bellwether_studio::posts::{Waiting, WaitingFilter};
use bellwether_trends::trends::MorningTrend;
use chrono::{Days, Duration, DurationRound as _, NaiveDate};
use jiff::tz::TimeZone;

use super::{
    DraftView,
    score::{self, Candidate, Pick, Pillar},
    sql,
};
use crate::{
    Delivery, Error,
    preferences::sql::PreferencesRow,
    ways::{Link, Message, Part, message::cut},
};

/// The newest drafts that are looked at: what is older than so many others is not fresh.
const LOOKED_AT: i64 = 200;
/// Days in which a draft that a morning has brought is no news.
const REMEMBERED: u64 = 14;
/// Characters of a draft that the mail shows; the rest is in the app.
const SHOWN: usize = 700;
/// Trends of one morning.
const TRENDS: i64 = 3;
/// Trends that are looked through for those that no earlier morning has told, where there is no draft.
const TRENDS_LOOKED_AT: i64 = 30;
/// Days in which a trend that a morning has told is no news.
const TOLD: u64 = 30;
/// Characters of a draft in a chat, and of its beginning on a screen.
const IN_CHAT: usize = 280;
const ON_SCREEN: usize = 90;

/// A draft that was chosen, with why.
pub(super) struct Chosen {
    pub(super) draft: Waiting,
    pub(super) pillar: Option<String>,
    pub(super) pick: Pick,
}

/// What a morning brings.
pub(super) struct Found {
    /// The best first. None where only trends are worth telling.
    pub(super) drafts: Vec<Chosen>,
    /// Trends that concern the brand, the best first. Without a draft beside them only those that are news.
    pub(super) trends: Vec<MorningTrend>,
    /// Why nothing of it is worth sending.
    pub(super) skipped: Option<&'static str>,
}

/// Where the links of a mail lead.
pub(super) struct Links<'a> {
    pub(super) approve: &'a (dyn Fn(&Waiting) -> Result<String, Error> + Sync),
    pub(super) open: &'a (dyn Fn(&Waiting) -> Result<String, Error> + Sync),
    pub(super) trend: &'a (dyn Fn(&MorningTrend) -> Result<String, Error> + Sync),
    pub(super) all: String,
    pub(super) unsubscribe: String,
    pub(super) seen: Option<String>,
}

impl Delivery {
    /// Chooses what a date brings to somebody in a brand.
    pub(super) async fn find_morning(
        &self,
        access: &BrandAccess,
        wants: &PreferencesRow,
        date: NaiveDate,
        now: Timestamp,
    ) -> Result<Found, Error> {
        let filter =
            WaitingFilter { networks: &wants.networks, formats: &wants.content_formats, most: LOOKED_AT };
        let mut waiting = self.studio.waiting_posts(access, filter).await?;
        // who may not read the brand's profile is told nothing of it
        let pillars: Vec<Pillar> = if access.allow(Permission::BrandRead).is_ok() {
            let found = self.brands.list_pillars(access).await?;
            let pillar = |view: bellwether_brand::pillars::PillarView| Pillar {
                name: view.pillar.name,
                subtopics: view.pillar.subtopics,
            };
            found.into_iter().map(pillar).collect()
        } else {
            Vec::new()
        };
        let posts: Vec<_> = waiting.iter().map(|draft| draft.id).collect();
        // who may not read the brand is told nothing of its trends either
        let (of_posts, trends) = if access.allow(Permission::BrandRead).is_ok() {
            let of_posts = self.trends.of_posts(access, &posts).await?;
            (of_posts, self.trends.morning_trends(access, TRENDS).await?)
        } else {
            (Vec::new(), Vec::new())
        };
        let mut tx = self.store.service("read what earlier mornings brought").await?;
        let whose = (access.organization, access.brand, access.user);
        let since = date.checked_sub_days(Days::new(REMEMBERED)).unwrap_or(date);
        let brought = sql::brought(tx.conn(), whose, (since, date)).await?;
        tx.commit().await?;
        let candidate = |draft: &Waiting| Candidate {
            id: draft.id,
            network: draft.network.clone(),
            content_type: draft.content_type.clone(),
            source: draft.generation,
            voice: draft.voice_confidence,
            liked: draft.liked,
            edited: draft.edited,
            created_at: draft.created_at,
            pillar: score::pillar_of(&draft.text, &pillars).map(str::to_owned),
            trend: of_posts.iter().find(|of| of.post == draft.id).map(|of| (of.name.clone(), of.peak_likely)),
            seen: brought.iter().find(|(_, posts)| posts.contains(&draft.id.uuid())).map(|(date, _)| *date),
        };
        let candidates: Vec<Candidate> = waiting.iter().map(candidate).collect();
        let most = usize::try_from(wants.max_drafts).unwrap_or(1);
        let picks = score::choose(&candidates, most, now, brought.first().map(|(date, _)| *date));
        let skipped = match &picks[..] {
            [] if self.filters_hide(access, wants).await? => {
                Some("Drafts wait, but none of the networks and forms you chose.")
            }
            [] => Some("No drafts wait that could be approved as they are."),
            all if all.iter().all(|pick| pick.again) => Some("Nothing new waits since the last delivery."),
            _ => None,
        };
        if skipped.is_some() && wants.trend_alerts_enabled {
            let news = self.trends_alone(access, date, now).await?;
            if !news.is_empty() {
                return Ok(Found { drafts: Vec::new(), trends: news, skipped: None });
            }
        }
        let mut drafts = Vec::with_capacity(picks.len());
        for pick in picks {
            let Some(at) = waiting.iter().position(|draft| draft.id == pick.id) else { continue };
            let pillar = candidates.iter().find(|of| of.id == pick.id).and_then(|of| of.pillar.clone());
            drafts.push(Chosen { draft: waiting.swap_remove(at), pillar, pick });
        }
        Ok(Found { drafts, trends, skipped })
    }

    /// Whether drafts wait of networks or forms that somebody does not want.
    async fn filters_hide(&self, access: &BrandAccess, wants: &PreferencesRow) -> Result<bool, Error> {
        if wants.networks.is_empty() && wants.content_formats.is_empty() {
            return Ok(false);
        }
        let any = WaitingFilter { networks: &[], formats: &[], most: 1 };
        Ok(!self.studio.waiting_posts(access, any).await?.is_empty())
    }

    /// The trends that are worth a delivery without any draft: beside drafts one may be told every morning, alone it has to
    /// be news, to go up and to concern the brand.
    async fn trends_alone(
        &self,
        access: &BrandAccess,
        date: NaiveDate,
        now: Timestamp,
    ) -> Result<Vec<MorningTrend>, Error> {
        if access.allow(Permission::BrandRead).is_err() {
            return Ok(Vec::new());
        }
        let found = self.trends.morning_trends(access, TRENDS_LOOKED_AT).await?;
        let since = date.checked_sub_days(Days::new(TOLD)).unwrap_or(date);
        let whose = (access.organization, access.brand, access.user);
        let mut tx = self.store.service("read which trends mornings have told").await?;
        let told = sql::told_trends(tx.conn(), whose, (since, date)).await?;
        tx.commit().await?;
        let news = |trend: &MorningTrend| trend.stands_alone(now) && !told.contains(&trend.id.uuid());
        let most = usize::try_from(TRENDS).unwrap_or_default();
        Ok(found.into_iter().filter(news).take(most).collect())
    }

    /// The brand's name, which whoever reads its drafts may know.
    pub(super) async fn brand_name(&self, access: &BrandAccess) -> Result<String, Error> {
        let mut tx = self.store.tenant(access).await?;
        let brand = self.brands.get_in(&mut tx, access.brand).await?;
        tx.commit().await?;
        Ok(brand.ok_or_else(|| Problem::not_found("brand"))?.name)
    }
}

impl Chosen {
    pub(super) fn view(&self) -> DraftView {
        DraftView {
            post_id: self.draft.id,
            network: self.draft.network.clone(),
            content_type: self.draft.content_type.clone(),
            text: self.draft.text.clone(),
            pillar: self.pillar.clone(),
            score: self.pick.score,
            reasons: self.pick.reasons.clone(),
        }
    }
}

/// What stands above the drafts, in whatever way.
struct Head {
    subject: String,
    intro: String,
}

impl Head {
    fn of(found: &Found, brand: &str) -> Self {
        if found.drafts.is_empty() {
            return Self::of_trends(found, brand);
        }
        let subject = match found.drafts.len() {
            1 => format!("{brand}: a draft for today"),
            count => format!("{brand}: {count} drafts for today"),
        };
        let counted =
            score::networks(found.drafts.iter().map(|chosen| score::network_name(&chosen.draft.network)));
        let mut intro = String::new();
        for (at, (network, of)) in counted.into_iter().enumerate() {
            let _ = write!(intro, "{}{of} for {network}", if at == 0 { "" } else { ", " });
        }
        let intro = match &found.drafts[..] {
            [one] => format!(
                "The best draft that waits for you is for {}.",
                score::network_name(&one.draft.network)
            ),
            _ => format!("The best of what waits for you: {intro}."),
        };
        Self { subject, intro }
    }

    fn of_trends(found: &Found, brand: &str) -> Self {
        let (subject, what) = match found.trends.len() {
            1 => (format!("{brand}: a trend for today"), "a trend is rising".to_owned()),
            count => (format!("{brand}: {count} trends for today"), format!("{count} trends are rising")),
        };
        Self { subject, intro: format!("No new drafts wait for you, but {what} that may be worth one.") }
    }
}

impl Found {
    /// What the link below all of it leads to: the drafts that wait, or the trends where no draft is there.
    fn all(&self) -> &'static str {
        if self.drafts.is_empty() { "See all trends" } else { "See all that wait" }
    }
}

/// The names of trends as one says them: “A”, “B” and “C”.
fn named(trends: &[MorningTrend]) -> String {
    let mut names: Vec<String> = trends.iter().map(|trend| format!("“{}”", trend.name)).collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
}

/// A sentence or two for where no more fits.
fn short(found: &Found, intro: &str) -> String {
    let Some(first) = found.drafts.first() else {
        // that no draft waits needs no room on a screen
        return match &found.trends[..] {
            [one] => format!("“{}” is rising. {}", one.name, one.summary).trim_end().to_owned(),
            all => format!("{} are rising.", named(all)),
        };
    };
    let mut body = format!("{intro} “{}”", cut(&one_line(&first.draft.text), ON_SCREEN));
    if let Some(trend) = found.trends.first() {
        let _ = write!(body, " Trend: {}.", trend.name);
    }
    body
}

impl Chosen {
    fn place(&self) -> String {
        let draft = &self.draft;
        format!("{}, {}", score::network_name(&draft.network), draft.content_type.replace('_', " "))
    }

    fn why(&self) -> String {
        let mut why = self.pick.reasons.join(" · ");
        if let Some(first) = why.get(..1).map(str::to_uppercase) {
            why.replace_range(..1, &first);
        }
        why
    }
}

/// The half hour next to it: “about” promises no more, and 01:55 is not about one. Zones may lie half an hour apart.
pub(crate) fn to_the_half_hour(at: Timestamp) -> Timestamp {
    at.duration_round(Duration::minutes(30)).unwrap_or(at)
}

/// When a trend is likely at its height, or was, on the reader's clock: “Likely at its height today, about 17:30.” Other days
/// as `day` writes them.
pub(crate) fn height(peak: Timestamp, zone: &TimeZone, now: Timestamp, day: &str) -> Option<String> {
    let local = time::local(to_the_half_hour(peak), zone)?;
    let today = time::local(now, zone).is_some_and(|now| now.date() == local.date());
    let day = if today { "today".to_owned() } else { local.format(day).to_string() };
    let what = if peak > now { "Likely at its height" } else { "It was at its height" };
    Some(format!("{what} {day}, about {}.", local.format("%H:%M")))
}

/// Why a trend is one, and when it is likely at its height, on the reader's clock.
fn about(trend: &MorningTrend, (zone, now): Clock<'_>) -> Vec<String> {
    let peak = height(trend.peak_likely, zone, now, "%A, %-d %B");
    let relevance = trend.relevance.map(|share| format!("It concerns you by {:.0} %.", share * 100.0));
    std::iter::once(trend.summary.clone())
        .chain(peak)
        .chain(relevance)
        .filter(|line| !line.is_empty())
        .collect()
}

/// The reader's zone, and when they read.
pub(super) type Clock<'a> = (&'a TimeZone, Timestamp);

/// The same morning for the ways other than mail.
pub(super) fn message(
    found: &Found,
    (brand, date): (&str, NaiveDate),
    clock: Clock<'_>,
    may_approve: bool,
    links: &Links<'_>,
) -> Result<Message, Error> {
    let Head { subject, intro } = Head::of(found, brand);
    let link = |label: &str, url: String| Link { label: label.to_owned(), url, approves: false };
    let mut parts = Vec::new();
    for chosen in &found.drafts {
        let draft = &chosen.draft;
        let mut own = Vec::new();
        if may_approve {
            own.push(Link { approves: true, ..link("Approve", (links.approve)(draft)?) });
        }
        own.push(link("Open", (links.open)(draft)?));
        let text = cut(draft.text.trim(), IN_CHAT);
        parts.push(Part { text: format!("{}\n{text}\n{}", chosen.place(), chosen.why()), links: own });
    }
    for trend in &found.trends {
        let text = format!("Trend: {}\n{}", trend.name, about(trend, clock).join(" "));
        parts.push(Part { text, links: vec![link("See the trend", (links.trend)(trend)?)] });
    }
    let body = short(found, &intro);
    // one of a brand and date replaces itself on a screen
    let tag = format!("morning {brand} {date}");
    Ok(Message { title: subject, body, parts, link: link(found.all(), links.all.clone()), tag })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The mail of a morning; with buttons to approve for who may.
pub(super) fn mail(
    found: &Found,
    (brand, date): (&str, NaiveDate),
    clock: Clock<'_>,
    may_approve: bool,
    links: &Links<'_>,
) -> Result<Template, Error> {
    let draft = |chosen: &Chosen| -> Result<MorningDraft, Error> {
        let draft = &chosen.draft;
        Ok(MorningDraft {
            place: chosen.place(),
            lines: lines(&draft.text),
            why: chosen.why(),
            approve: if may_approve { (links.approve)(draft)? } else { String::new() },
            open: (links.open)(draft)?,
        })
    };
    let drafts = found.drafts.iter().map(draft).collect::<Result<Vec<_>, _>>()?;
    let Head { subject, intro } = Head::of(found, brand);
    let trend = |trend: &MorningTrend| -> Result<MailTrend, Error> {
        let name = trend.name.clone();
        Ok(MailTrend { name, lines: about(trend, clock), open: (links.trend)(trend)? })
    };
    let trends = found.trends.iter().map(trend).collect::<Result<Vec<_>, _>>()?;
    let (approvable, readable) = if may_approve { (drafts, Vec::new()) } else { (Vec::new(), drafts) };
    Ok(Template::Morning {
        subject,
        title: format!("{brand}, {}", date.format("%A, %-d %B")),
        intro,
        approvable,
        readable,
        trends,
        all: found.all().to_owned(),
        link: links.all.clone(),
        unsubscribe: links.unsubscribe.clone(),
        seen: links.seen.iter().map(|address| SeenMark { address: address.clone() }).collect(),
    })
}

/// The beginning of a text, line by line; cut between words.
fn lines(text: &str) -> Vec<String> {
    let text = text.trim();
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        if let Some(at) = shown.rfind(char::is_whitespace).filter(|at| *at > SHOWN / 2) {
            shown.truncate(at);
        }
        shown.truncate(shown.trim_end().len());
        shown.push_str(" …");
    }
    shown.lines().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_height_of_a_trend_is_said_as_of_now() {
        let said = |peak: &str, now: &str| {
            let berlin = TimeZone::get("Europe/Berlin").unwrap();
            height(peak.parse().unwrap(), &berlin, now.parse().unwrap(), "%A, %-d %B").unwrap()
        };
        let peak = "2026-11-16T16:22:00Z";
        assert_eq!(said(peak, "2026-11-16T08:00:00Z"), "Likely at its height today, about 17:30.");
        let ahead = "Likely at its height Monday, 16 November, about 17:30.";
        assert_eq!(said(peak, "2026-11-15T22:59:00Z"), ahead);
        assert_eq!(said(peak, "2026-11-16T16:22:00Z"), "It was at its height today, about 17:30.");
        let over = "It was at its height Monday, 16 November, about 17:30.";
        assert_eq!(said(peak, "2026-11-17T08:00:00Z"), over);
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        assert_eq!(lines(" One.\n\nTwo. "), ["One.", "", "Two."]);
        let long = "word ".repeat(400);
        let shown = lines(&long);
        assert_eq!(shown.len(), 1);
        assert!(shown[0].ends_with("word …") && shown[0].chars().count() <= SHOWN + 2);
    }
}
