//! Who is told of what: an event becomes a notice with those whom it concerns.

use bellwether_identity::people::Reaching;
use bellwether_jobs::events::Event;
use bellwether_kernel::{
    Actor, Permission, Role,
    id::{BrandId, GenerationId, PostId, UserId},
};
use bellwether_publishing::{ConnectionId, PublicationId, publications};
use bellwether_store::TenantTx;
use bellwether_studio::posts;
use bellwether_trends::{SourceId, sources};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, Facts, Kind};

/// The events that are heard.
pub const HEARD: &[&str] = &[
    "publication.created",
    "publication.failed",
    "publication.unclear",
    "publication.held",
    "publication.comment_failed",
    "publication.comment_unclear",
    "connection.trouble",
    "source.given_up",
    "post.approved",
    "post.rejected",
    "review.changes_requested",
    "review.asked",
    "generation.completed",
    "generation.failed",
    "membership.added",
    "invitation.accepted",
    // told to each in their own words: crate::alerts
    "trend.rising",
];

/// Whom it concerns, among those who reach the brand or the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Everybody who may do something there, of this role or a higher one.
    Holding(Permission, Role),
    /// Who asked for it or made it.
    Person(UserId),
}

/// A notice before it is somebody's.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) kind: Kind,
    pub(crate) brand: Option<BrandId>,
    pub(crate) subject: (&'static str, Uuid),
    pub(crate) facts: Facts,
    pub(crate) whom: Whom,
    /// Who is not told: who did it themselves, and who is told of the same in another way.
    pub(crate) except: Vec<UserId>,
    /// The key of once.
    pub(crate) occasion: String,
}

impl Told {
    /// Who of those who reach the place is told.
    pub(super) fn recipients(&self, reaching: &[Reaching]) -> Vec<UserId> {
        let concerns = |person: &&Reaching| match &self.whom {
            Whom::Holding(permission, role) => {
                person.permissions.contains(*permission) && person.role >= *role
            }
            Whom::Person(user) => person.user == *user,
        };
        let told = reaching.iter().filter(concerns).map(|person| person.user);
        told.filter(|user| !self.except.contains(user)).collect()
    }
}

/// The person behind an act, if one is.
pub(super) fn actor_of(event: &Event) -> (Option<UserId>, Option<String>) {
    match serde_json::from_value(event.actor.clone()) {
        Ok(Actor::User { id, .. }) => (Some(id), None),
        Ok(Actor::ApiKey { user, .. }) => (Some(user), None),
        Ok(Actor::Guest { name, .. }) => (None, Some(name)),
        _ => (None, None),
    }
}

fn read<T: DeserializeOwned>(value: Option<&Value>, field: &str) -> Option<T> {
    serde_json::from_value(value?.get(field)?.clone()).ok()
}

/// What an event is told as; none when it concerns nobody (any more).
pub(super) async fn of_event(tx: &mut TenantTx, event: &Event) -> Result<Option<Told>, Error> {
    let id = event.subject_id;
    match event.kind.as_str() {
        "publication.created" | "publication.failed" | "publication.unclear" | "publication.held" => {
            of_publication(tx, event, PublicationId::from(id)).await
        }
        "publication.comment_failed" | "publication.comment_unclear" => {
            of_comment(tx, event, PublicationId::from(id)).await
        }
        "connection.trouble" => of_connection(tx, event, ConnectionId::from(id)).await,
        "source.given_up" => of_source(tx, event, SourceId::from(id)).await,
        "review.asked" => of_asked(tx, event, PostId::from(id)).await,
        "post.approved" | "post.rejected" | "review.changes_requested" => {
            of_post(tx, event, PostId::from(id)).await
        }
        "generation.completed" | "generation.failed" => {
            of_generation(tx, event, GenerationId::from(id)).await
        }
        "membership.added" => Ok(Some(of_member(event))),
        "invitation.accepted" => Ok(of_invitation(event)),
        _ => Ok(None),
    }
}

fn told(event: &Event, kind: Kind, subject: (&'static str, Uuid), whom: Whom, facts: Facts) -> Told {
    Told {
        kind,
        brand: event.brand_id,
        subject,
        facts,
        whom,
        except: Vec::new(),
        occasion: event.id.to_string(),
    }
}

async fn of_publication(tx: &mut TenantTx, event: &Event, id: PublicationId) -> Result<Option<Told>, Error> {
    let Some(brand) = event.brand_id else { return Ok(None) };
    let Some(about) = publications::about_publication(tx, id).await? else { return Ok(None) };
    let (kind, state) = match event.kind.as_str() {
        "publication.failed" => (Kind::PublicationFailed, "failed"),
        "publication.unclear" => (Kind::PublicationUnclear, "unclear"),
        "publication.held" => (Kind::PublicationHeld, "held"),
        _ => (Kind::ReviewRequested, "in_review"),
    };
    // it has gone on since, or whoever paused it knows
    if about.state != state || about.held_reason.as_deref() == Some("paused") {
        return Ok(None);
    }
    // the program looks by itself first; who is asked is asked once for one sending
    let asks = event.after.as_ref().and_then(|after| after.get("asks_since")?.as_str().map(str::to_owned));
    if kind == Kind::PublicationUnclear && asks.is_none() {
        return Ok(None);
    }
    let facts = Facts {
        title: Some(about.title),
        network: Some(about.network.clone()),
        account: Some(about.account),
        words: about.words,
        ..Facts::default()
    };
    if kind != Kind::ReviewRequested {
        let whom = Whom::Holding(Permission::PostsPublish, Role::Member);
        let mut told = told(event, kind, ("publication", id.uuid()), whom, facts);
        if let Some(since) = asks {
            told.occasion = format!("{id} unclear {since}");
        }
        return Ok(Some(told));
    }
    let lowest = publications::lowest_approver(tx, brand, &about.network).await?.unwrap_or(Role::Member);
    let whom = Whom::Holding(Permission::PostsReview, lowest);
    // planned on several accounts it is still one text to read
    let facts = Facts { account: None, ..facts };
    let mut told = told(event, kind, ("post", about.post.uuid()), whom, facts);
    told.occasion = format!("{} {}", about.post, about.text.as_deref().unwrap_or_default());
    Ok(Some(told))
}

async fn of_comment(tx: &mut TenantTx, event: &Event, id: PublicationId) -> Result<Option<Told>, Error> {
    let Some(about) = publications::about_publication(tx, id).await? else { return Ok(None) };
    let stands = event.kind.strip_prefix("publication.comment_");
    // somebody has said since whether it is there, or it was sent again
    if about.comment_state.as_deref() != stands {
        return Ok(None);
    }
    let facts = Facts {
        title: Some(about.title),
        network: Some(about.network),
        account: Some(about.account),
        words: about.comment_words,
        ..Facts::default()
    };
    let whom = Whom::Holding(Permission::PostsPublish, Role::Member);
    Ok(Some(told(event, Kind::CommentTrouble, ("publication", id.uuid()), whom, facts)))
}

async fn of_connection(tx: &mut TenantTx, event: &Event, id: ConnectionId) -> Result<Option<Told>, Error> {
    let Some(about) = publications::about_connection(tx, id).await? else { return Ok(None) };
    if about.status == "active" {
        return Ok(None);
    }
    let facts = Facts {
        network: Some(about.network),
        account: Some(about.handle),
        words: about.trouble,
        ..Facts::default()
    };
    let whom = Whom::Holding(Permission::ConnectionsManage, Role::Member);
    Ok(Some(told(event, Kind::ConnectionTrouble, ("connection", id.uuid()), whom, facts)))
}

async fn of_source(tx: &mut TenantTx, event: &Event, id: SourceId) -> Result<Option<Told>, Error> {
    let Some(about) = sources::about_source(tx, id).await? else { return Ok(None) };
    // what never could be read was seen by whoever added it; a list of a hundred others would ring for each dead one
    if about.state != sources::State::Resting || about.last_success_at.is_none() {
        return Ok(None);
    }
    let facts = Facts { title: Some(about.name), words: about.words, ..Facts::default() };
    let whom = Whom::Holding(Permission::BrandUpdate, Role::Member);
    Ok(Some(told(event, Kind::SourceTrouble, ("source", id.uuid()), whom, facts)))
}

async fn of_post(tx: &mut TenantTx, event: &Event, id: PostId) -> Result<Option<Told>, Error> {
    let Some(about) = posts::about_post(tx, id).await? else { return Ok(None) };
    let Some(maker) = about.created_by else { return Ok(None) };
    let (kind, words) = match event.kind.as_str() {
        "post.approved" => (Kind::PostApproved, None),
        "post.rejected" => (
            Kind::ChangesRequested,
            read(event.after.as_ref(), "reason").or_else(|| read(Some(&event.data), "reason")),
        ),
        _ => (Kind::ChangesRequested, read(event.after.as_ref(), "words")),
    };
    let facts = Facts { title: Some(about.title), network: Some(about.network), words, ..Facts::default() };
    Ok(Some(told(event, kind, ("post", id.uuid()), Whom::Person(maker), facts)))
}

async fn of_asked(tx: &mut TenantTx, event: &Event, id: PostId) -> Result<Option<Told>, Error> {
    let Some(asked) = read(Some(&event.data), "user_id") else { return Ok(None) };
    let Some(about) = posts::about_post(tx, id).await? else { return Ok(None) };
    let words = read::<String>(Some(&event.data), "words").filter(|words| !words.is_empty());
    let facts = Facts { title: Some(about.title), network: Some(about.network), words, ..Facts::default() };
    Ok(Some(told(event, Kind::ReviewRequested, ("post", id.uuid()), Whom::Person(asked), facts)))
}

async fn of_generation(tx: &mut TenantTx, event: &Event, id: GenerationId) -> Result<Option<Told>, Error> {
    let kind = match event.kind.as_str() {
        "generation.failed" => Kind::GenerationFailed,
        _ if event.data["status"] == "partial" => Kind::GenerationPartial,
        _ => return Ok(None),
    };
    let Some(about) = posts::about_generation(tx, id).await? else { return Ok(None) };
    let Some(maker) = about.created_by else { return Ok(None) };
    let facts = Facts { title: Some(about.title), ..Facts::default() };
    Ok(Some(told(event, kind, ("generation", id.uuid()), Whom::Person(maker), facts)))
}

fn of_member(event: &Event) -> Told {
    let joined = UserId::from(event.subject_id);
    let whom = Whom::Holding(Permission::MembersManage, Role::Member);
    let mut told = told(event, Kind::MemberJoined, ("user", joined.uuid()), whom, Facts::default());
    told.except.push(joined);
    // who invited them is told that the invitation was accepted
    told.except.extend(read::<UserId>(Some(&event.data), "invited_by"));
    told
}

fn of_invitation(event: &Event) -> Option<Told> {
    let inviter = read::<UserId>(Some(&event.data), "invited_by")?;
    let (joined, _) = actor_of(event);
    let subject = ("user", joined?.uuid());
    Some(told(event, Kind::InvitationAccepted, subject, Whom::Person(inviter), Facts::default()))
}

#[cfg(test)]
mod tests {
    use bellwether_kernel::Permissions;

    use super::*;

    fn person(id: u128, role: Role) -> Reaching {
        let user = UserId::from(Uuid::from_u128(id));
        Reaching { user, role, permissions: Permissions::of_role(role) }
    }

    #[test]
    fn whom_it_concerns() {
        let all = [person(1, Role::Member), person(2, Role::Manager), person(3, Role::Owner)];
        let mut told = Told {
            kind: Kind::PublicationFailed,
            brand: None,
            subject: ("publication", Uuid::nil()),
            facts: Facts::default(),
            whom: Whom::Holding(Permission::PostsReview, Role::Manager),
            except: vec![all[2].user],
            occasion: "x".into(),
        };
        assert_eq!(
            told.recipients(&all),
            [all[1].user],
            "the role is high enough, and the actor is left out"
        );
        told.whom = Whom::Person(all[0].user);
        assert_eq!(told.recipients(&all), [all[0].user]);
        assert!(told.recipients(&all[1..]).is_empty(), "who does not reach it any more is not told");
    }
}
