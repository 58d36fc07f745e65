//! Use cases of sources.

use bellwether_ingest::parse_url;
use bellwether_jobs::events;
use bellwether_kernel::{
    BrandAccess, Cursor, Kind as ProblemKind, Page, PageRequest, Permission, Problem, RequestContext,
    id::BrandId, text,
};
use bellwether_store::TenantTx;
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    CreateSource, Frequency, Kind, SourceView, State, UpdateSource,
    accounts::REST,
    jobs::CheckSource,
    model,
    opml::{self, Outline},
    place::{self, Place},
    sql::{self, NewSource, Update, Wanted},
};
use crate::{Error, SourceId, Trends};

/// Seconds between two looks that somebody asks for.
const PATIENCE: i64 = 60;
/// Minutes after which a look that was begun when the source was added is taken for lost.
const FIRST_LOOK: i64 = 15;
/// Bytes of a file of sources.
const LARGEST: usize = 5_000_000;
/// Sources that could not be added which are told.
const TOLD: usize = 200;

/// A file of sources.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SourceImport)]
pub struct Import {
    /// The whole file, at most 5 MB.
    pub opml: String,
}

/// What became of a file's sources.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SourceImportResult)]
pub struct Imported {
    /// How many were added.
    pub added: usize,
    /// How many were there before.
    pub known: usize,
    /// Which could not be added, at most 200 of them.
    pub refused: Vec<Refused>,
    /// How many more could not be added than are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untold: Option<usize>,
    /// What to know of the file where not all of it could be read, or no source stands in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A source of a file that could not be added.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RefusedSource)]
pub struct Refused {
    /// As the file calls it.
    pub title: String,
    /// Its address as the file has it.
    pub url: String,
    /// Why.
    pub why: String,
}

async fn get(tx: &mut TenantTx, brand: BrandId, id: SourceId) -> Result<SourceView, Error> {
    let wanted = Wanted { id: Some(id), ..Wanted::default() };
    let found = sql::find(tx.conn(), brand, wanted, None, 1).await?.pop();
    Ok(found.ok_or_else(|| Problem::not_found("source"))?)
}

fn full() -> Problem {
    let detail =
        format!("A brand has at most {} sources. Remove one that is not needed any more.", model::MOST);
    Problem::new(ProblemKind::Conflict, "too_many", detail)
}

/// What somebody gave, read.
pub(super) struct New {
    pub(super) kind: Kind,
    pub(super) place: Place,
    pub(super) name: Option<String>,
    priority: i32,
    frequency: Frequency,
}

impl New {
    fn of(input: &CreateSource) -> Result<Self, Problem> {
        let url = parse_url(&input.url).map_err(|error| at("url", &error))?;
        let feed = input.feed_url.as_deref().map(str::trim).filter(|feed| !feed.is_empty());
        let feed = feed.map(|feed| parse_url(feed).map_err(|error| at("feed_url", &error))).transpose()?;
        for (path, url) in [("url", Some(&url)), ("feed_url", feed.as_ref())] {
            let Some(url) = url else { continue };
            if url.as_str().len() > 2_000 {
                return Err(Problem::invalid(path, "too_long", "Use at most 2,000 characters."));
            }
            if !url.username().is_empty() || url.password().is_some() {
                let message = "Addresses with a user name or password are not read.";
                return Err(Problem::invalid(path, "invalid_url", message));
            }
        }
        let place = place::place(input.kind, &url, feed.as_ref())?;
        let name = input.name.as_deref().map(model::check_name).transpose()?;
        let priority = input.priority.map_or(Ok(5), model::check_priority)?;
        Ok(Self { kind: input.kind, place, name, priority, frequency: input.frequency.unwrap_or_default() })
    }

    pub(super) fn of_outline(outline: &Outline) -> Result<Self, Problem> {
        let address = outline.feed_url.as_deref().or(outline.url.as_deref()).unwrap_or_default();
        let url = parse_url(address).map_err(|error| at("url", &error))?;
        let guessed = place::kind_of(&url);
        let kind = outline.kind.unwrap_or(guessed);
        let page = outline.url.clone().filter(|page| parse_url(page).is_ok());
        let mut input = CreateSource {
            kind,
            url: if kind == Kind::Feed {
                page.unwrap_or_else(|| address.to_owned())
            } else {
                address.to_owned()
            },
            feed_url: outline.feed_url.clone().filter(|_| kind != Kind::Page),
            name: Some(outline.title.clone()).filter(|title| !text::one_line(title).is_empty()),
            priority: outline.priority,
            frequency: outline.frequency,
        };
        // an address of a network that is none of its channels is read as any other feed
        Self::of(&input).or_else(|problem| {
            if kind == Kind::Feed || outline.feed_url.is_none() {
                return Err(problem);
            }
            input.kind = Kind::Feed;
            Self::of(&input)
        })
    }

    fn state(&self) -> State {
        if self.kind.unsupported().is_some() { State::Unsupported } else { State::New }
    }
}

fn at(path: &str, error: &bellwether_ingest::FetchError) -> Problem {
    Problem::invalid(path, error.code(), error.to_string())
}

impl Trends {
    /// A brand's sources, the oldest first.
    pub async fn list_sources(
        &self,
        access: &BrandAccess,
        kind: Option<Kind>,
        state: Option<State>,
        q: Option<&str>,
        page: PageRequest,
    ) -> Result<Page<SourceView>, Error> {
        access.allow(Permission::BrandRead)?;
        let pattern = q.map(str::trim).filter(|q| !q.is_empty()).map(|q| {
            let plain = q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{plain}%")
        });
        let wanted = Wanted {
            id: None,
            kind: kind.map(Kind::as_str),
            state: state.map(State::as_str),
            pattern: pattern.as_deref(),
        };
        let mut tx = self.store.tenant(access).await?;
        let found = sql::find(tx.conn(), access.brand, wanted, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(found, page.limit, |view| Cursor { at: view.created_at, id: view.id.uuid() }))
    }

    /// One source.
    pub async fn get_source(&self, access: &BrandAccess, id: SourceId) -> Result<SourceView, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = get(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Adds a source and has it looked at; the brand's managers may.
    pub async fn create_source(
        &self,
        access: &BrandAccess,
        input: CreateSource,
        context: &RequestContext,
    ) -> Result<SourceView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let new = New::of(&input)?;
        let mut tx = self.store.tenant(access).await?;
        let first_look = self.clock.now() + Duration::minutes(FIRST_LOOK);
        let Some(id) = self.insert(&mut tx, access, &new, Some(first_look)).await? else {
            return Err(already_known(&mut tx, access.brand, &new.place).await?.into());
        };
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("source", id.uuid()), (None, Some(json!(view))));
        self.record_in(&mut tx, access, "source.created", subject, change, context).await?;
        if view.state != State::Unsupported {
            CheckSource::enqueue(&mut tx, access.organization, id).await?;
        }
        tx.commit().await?;
        Ok(view)
    }

    /// Puts a source in; none when the brand has it.
    async fn insert(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        new: &New,
        next: Option<bellwether_kernel::Timestamp>,
    ) -> Result<Option<SourceId>, Error> {
        let mut identifiers = vec![new.place.identifier.clone()];
        identifiers.extend(new.place.feed_url.clone().filter(|_| new.kind != Kind::Page));
        let known = sql::known(tx.conn(), access.brand, &identifiers).await?;
        if known.iter().any(|there| {
            there.identifier == new.place.identifier
                || new.kind != Kind::Page && there.feed_url == new.place.feed_url
        }) {
            return Ok(None);
        }
        if sql::count(tx.conn(), access.brand).await? >= model::MOST {
            return Err(full().into());
        }
        let id = SourceId::new(&self.clock, &self.rng);
        let state = new.state();
        let metadata = if new.name.is_some() { json!({ "named": true }) } else { json!({}) };
        let name: String = new.name.as_deref().unwrap_or(&new.place.name).chars().take(200).collect();
        let row = NewSource {
            key: (access.organization, access.brand, id),
            kind: new.kind,
            place: &new.place,
            name: if name.is_empty() { new.place.identifier.get(..100).unwrap_or("Source") } else { &name },
            priority: new.priority,
            frequency: new.frequency,
            metadata: &metadata,
            state,
            next_check_at: next.filter(|_| state != State::Unsupported),
            created_by: Some(access.user),
            now: self.clock.now(),
        };
        Ok(sql::insert(tx.conn(), &row).await?.then_some(id))
    }

    /// Changes a source; the brand's managers may.
    pub async fn update_source(
        &self,
        access: &BrandAccess,
        id: SourceId,
        version: i32,
        change: UpdateSource,
        context: &RequestContext,
    ) -> Result<SourceView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let name = change.name.as_deref().map(model::check_name).transpose()?;
        let priority = change.priority.map(model::check_priority).transpose()?;
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?;
        let frequency = change.frequency.filter(|frequency| *frequency != before.frequency);
        let every = match frequency {
            Some(frequency) => {
                let dates = sql::dates(tx.conn(), id, now - Duration::days(60)).await?;
                let rest = before.read_through.is_some().then_some(REST);
                Some(model::every_minutes(frequency, &dates, rest, now))
            }
            None => None,
        };
        let woken = change.active == Some(true) && !before.active;
        let next = match (woken, every) {
            (true, _) => Some(now),
            // counted from the last look
            (false, Some(every)) => {
                let from = before.health.last_checked_at.unwrap_or(now);
                Some((from + Duration::minutes(every.into())).max(now))
            }
            (false, None) => None,
        };
        let update = Update {
            name: name.as_deref(),
            priority,
            active: change.active,
            frequency: frequency.map(Frequency::as_str),
            every_minutes: every,
            next_check_at: next,
        };
        if !sql::update(tx.conn(), id, version, &update).await? {
            return Err(Error::Stale);
        }
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("source", id.uuid()), (Some(json!(before)), Some(json!(view))));
        self.record_in(&mut tx, access, "source.updated", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes a source with what only it said; the brand's managers may.
    pub async fn delete_source(
        &self,
        access: &BrandAccess,
        id: SourceId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?;
        if !sql::delete(tx.conn(), access.brand, id).await? {
            return Err(Problem::not_found("source").into());
        }
        bellwether_jobs::cancel(&mut tx, &CheckSource::key(id)).await?;
        let (subject, change) = (("source", id.uuid()), (Some(json!(before)), None));
        self.record_in(&mut tx, access, "source.deleted", subject, change, context).await?;
        Ok(tx.commit().await?)
    }

    /// Has a source looked at now; the brand's managers may.
    pub async fn ask_check(&self, access: &BrandAccess, id: SourceId) -> Result<SourceView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let view = get(&mut tx, access.brand, id).await?;
        if let Some(why) = view.kind.unsupported() {
            return Err(Problem::new(ProblemKind::Conflict, "unsupported", why).into());
        }
        if !view.active {
            let detail = "The source is paused. Let it go on first.";
            return Err(Problem::new(ProblemKind::Conflict, "paused", detail).into());
        }
        if view.health.next_check_at.is_none() {
            let detail = "This source of the demonstration is not read from anywhere.";
            return Err(Problem::new(ProblemKind::Conflict, "demo", detail).into());
        }
        let since = view.health.last_checked_at.map_or(PATIENCE, |last| (now - last).num_seconds());
        if since < PATIENCE {
            let detail = "It was looked at less than a minute ago. Wait a moment.";
            let problem = Problem::new(ProblemKind::RateLimited, "looked_at_just_now", detail);
            return Err(problem.retry_after((PATIENCE - since).unsigned_abs()).into());
        }
        CheckSource::enqueue(&mut tx, access.organization, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Adds the sources of an OPML file; they are looked at in their turn. The brand's managers may.
    pub async fn import_sources(
        &self,
        access: &BrandAccess,
        text: &str,
        context: &RequestContext,
    ) -> Result<Imported, Error> {
        access.allow(Permission::BrandUpdate)?;
        if text.len() > LARGEST {
            return Err(Problem::invalid("opml", "too_long", "Use a file of at most 5 MB.").into());
        }
        let list = opml::read(text).ok_or_else(|| {
            Problem::invalid("opml", "not_opml", "This is no OPML file: it has no opml element with a body.")
        })?;
        let mut imported = Imported { note: list.note(), ..Imported::default() };
        let mut refused = Vec::new();
        let mut told = Vec::new();
        let mut no_room = 0_usize;
        let mut tx = self.store.tenant(access).await?;
        for outline in list.outlines {
            let now = self.clock.now();
            let refuse = |problem: &Problem| {
                let first = problem.errors.first().map(|fault| fault.message.clone());
                Refused {
                    title: outline.title.clone(),
                    url: outline.feed_url.clone().or_else(|| outline.url.clone()).unwrap_or_default(),
                    why: first.unwrap_or_else(|| problem.detail.clone()),
                }
            };
            let new = match New::of_outline(&outline) {
                Ok(new) => new,
                Err(problem) => {
                    refused.push(refuse(&problem));
                    continue;
                }
            };
            match self.insert(&mut tx, access, &new, Some(now)).await {
                Ok(Some(id)) => {
                    imported.added += 1;
                    told.push(events::NewEvent {
                        organization: access.organization,
                        brand: Some(access.brand),
                        kind: "source.created",
                        subject: ("source", id.uuid()),
                        actor: access.actor(),
                        before: None,
                        after: Some(json!({
                            "kind": new.kind, "url": new.place.url, "feed_url": new.place.feed_url,
                            "identifier": new.place.identifier,
                        })),
                        data: Some(json!({ "imported": true })),
                        context: context.clone(),
                    });
                }
                Ok(None) => imported.known += 1,
                // the others there is no room for are counted, not named one by one
                Err(Error::Problem(problem)) if problem.code == "too_many" => {
                    if no_room == 0 {
                        refused.push(refuse(&problem));
                    }
                    no_room += 1;
                }
                Err(Error::Problem(problem)) => refused.push(refuse(&problem)),
                Err(error) => return Err(error),
            }
        }
        events::record_all(&mut tx, &self.clock, &self.rng, told).await?;
        tx.commit().await?;
        let untold = refused.len().saturating_sub(TOLD) + no_room.saturating_sub(1) + list.more;
        imported.untold = Some(untold).filter(|untold| *untold > 0);
        refused.truncate(TOLD);
        imported.refused = refused;
        Ok(imported)
    }

    /// A brand's sources as an OPML file.
    pub async fn export_sources(&self, access: &BrandAccess) -> Result<String, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let found = sql::find(tx.conn(), access.brand, Wanted::default(), None, model::MOST).await?;
        tx.commit().await?;
        Ok(opml::write(&found))
    }

    /// Adds a source of the demonstration: nobody ever fetches it, what it says is [given](Self::look_at_demo_source).
    pub async fn add_demo_source(
        &self,
        access: &BrandAccess,
        input: CreateSource,
        context: &RequestContext,
    ) -> Result<SourceView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let new = New::of(&input)?;
        let mut tx = self.store.tenant(access).await?;
        let Some(id) = self.insert(&mut tx, access, &new, None).await? else {
            return Err(already_known(&mut tx, access.brand, &new.place).await?.into());
        };
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("source", id.uuid()), (None, Some(json!(view))));
        self.record_in(&mut tx, access, "source.created", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }
}

/// The refusal that names the source that is there.
async fn already_known(tx: &mut TenantTx, brand: BrandId, place: &Place) -> Result<Problem, Error> {
    let mut identifiers = vec![place.identifier.clone()];
    identifiers.extend(place.feed_url.clone());
    let there = sql::known(tx.conn(), brand, &identifiers).await?;
    // the very same address before one that only has the same feed
    let there = there.into_iter().max_by_key(|there| there.identifier == place.identifier);
    let (id, name) =
        there.map_or_else(|| (String::new(), String::new()), |there| (there.id.to_string(), there.name));
    let detail = format!("The brand has this source already: “{name}” ({id}).");
    let message = format!("It is “{name}” among your sources.");
    Ok(Problem::new(ProblemKind::Conflict, "already_known", detail).at("url", "already_known", message))
}
