//! Planning and reading publications.

use bellwether_kernel::{
    Actor, BrandAccess, Cursor, Kind, Page, PageRequest, Permission, Problem, RequestContext, Timestamp,
    id::{BrandId, OrganizationId, PostId, UserId},
};
use bellwether_networks::{
    Content, Network, Severity, Target,
    publish::{Provider, pieces},
    validate,
};
use bellwether_store::TenantTx;
use bellwether_studio::posts::model::Action;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use utoipa::{IntoParams, ToSchema};

use super::{
    model::{Can, HeldReason, Source, State},
    sql::{self, announce},
};
use crate::{
    AttemptId, ConnectionId, Error, PublicationId, Publishing, error::internal, reviews, schedule::Plan, time,
};

/// Most accounts that one request plans a post for.
const MOST_ACCOUNTS: usize = 50;
/// A time so little in the past is taken for now: clocks differ, and so do typing and sending.
const JUST_NOW: Duration = Duration::seconds(90);

/// The account of a publication.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Id of the connection.
    pub id: ConnectionId,
    /// The network.
    #[schema(value_type = Network)]
    pub network: String,
    /// The way out.
    #[schema(value_type = Provider)]
    pub provider: String,
    /// As people read it.
    pub name: String,
    /// As people address it.
    pub handle: String,
    /// Its picture.
    pub avatar_url: Option<String>,
}

/// Where a first comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, strum::EnumString, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CommentState {
    /// The post is not out yet.
    Planned,
    /// Is sent as soon as may be.
    Due,
    /// Is being sent.
    Sending,
    /// Is there.
    Done,
    /// Is surely not there; a person decides.
    Failed,
    /// Nobody knows whether it is there; a person looks.
    Unclear,
}

/// What is said below a post. It is sent after the post's last piece, in attempts of its own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicationComment)]
pub struct FirstCommentView {
    /// What it says.
    pub text: String,
    /// Where it stands.
    #[schema(value_type = CommentState)]
    pub state: String,
    /// Why it stands there, in the network's own words or ours.
    pub words: Option<String>,
}

/// A post on one account.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationView {
    /// Id.
    pub id: PublicationId,
    /// The post.
    pub post_id: PostId,
    /// The account.
    pub connection: AccountView,
    /// Network and content type.
    #[schema(value_type = Target)]
    pub target: String,
    /// The network.
    #[schema(value_type = Network)]
    pub network: String,
    /// Where it stands.
    #[schema(value_type = State)]
    pub state: String,
    /// Why it is held.
    #[schema(value_type = Option<HeldReason>)]
    pub held_reason: Option<String>,
    /// Why it stands there, in the network's own words or ours.
    pub words: Option<String>,
    /// Its first words.
    pub title: String,
    /// What goes out, or went out.
    #[schema(value_type = Content)]
    pub content: Option<Box<RawValue>>,
    /// Whether that is a text of its own and not the post's.
    pub own_content: bool,
    /// When, on the wall clock.
    pub local_time: Option<String>,
    /// Where that clock hangs.
    pub zone: String,
    /// When, as an instant.
    pub due_at: Option<DateTime<Utc>>,
    /// How that came about.
    #[schema(value_type = Source)]
    pub source: String,
    /// When it went out.
    pub published_at: Option<DateTime<Utc>>,
    /// Where people see it.
    pub remote_url: Option<String>,
    /// Attempts so far.
    pub attempts: i32,
    /// How many pieces it has: more than one for a thread.
    pub pieces: i32,
    /// How many of them are out.
    pub pieces_done: i32,
    /// What did not work although it is out, such as an alternative text.
    pub warnings: Vec<String>,
    /// Its first comment, if it has one.
    pub first_comment: Option<FirstCommentView>,
    /// What was chosen of its network, by the names that the network's rules give; as it began once it did.
    #[schema(value_type = Object)]
    pub options: Box<RawValue>,
    /// What can be done with it.
    pub can: Vec<Can>,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// For `If-Match`.
    pub version: i32,
}

impl From<sql::PublicationRow> for PublicationView {
    fn from(row: sql::PublicationRow) -> Self {
        let can = State::parse(&row.state).map(|state| state.can().to_vec()).unwrap_or_default();
        Self {
            id: row.id,
            post_id: row.post_id,
            connection: AccountView {
                id: row.connection_id,
                network: row.connection_network,
                provider: row.provider,
                name: row.name,
                handle: row.handle,
                avatar_url: row.avatar_url,
            },
            target: row.target,
            network: row.network,
            state: row.state,
            held_reason: row.held_reason,
            words: row.words,
            title: row.title,
            content: row.content.map(|content| content.0),
            own_content: row.own_content,
            local_time: row.local_time.map(time::write_local),
            zone: row.time_zone,
            due_at: row.due_at,
            source: row.source,
            published_at: row.published_at,
            remote_url: row.remote_url,
            attempts: row.attempts,
            pieces: row.pieces,
            pieces_done: row.pieces_done,
            warnings: row.warnings,
            first_comment: row.first_comment.map(|text| FirstCommentView {
                text,
                state: row.comment_state.unwrap_or_else(|| <&str>::from(CommentState::Planned).to_owned()),
                words: row.comment_words,
            }),
            options: row.options.0,
            can,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// An entry of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptView {
    /// Id.
    pub id: AttemptId,
    /// From 1.
    pub number: i32,
    /// `send`, `reconcile` (the account was read), `person` (somebody said so) or `comment` (the first comment was sent).
    pub kind: String,
    /// Which piece, from 0.
    pub piece: i32,
    /// The worker that did it.
    pub worker: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it goes on.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it ended.
    pub outcome: Option<String>,
    /// The network's own words.
    pub words: Option<String>,
    /// The network's own code.
    pub code: Option<String>,
    /// The status of its answer.
    pub status: Option<i16>,
    /// What it published.
    pub remote_url: Option<String>,
}

/// A publication with its ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationDetail {
    /// The publication.
    #[serde(flatten)]
    pub publication: PublicationView,
    /// Its attempts, the newest first, at most 200.
    pub attempts_list: Vec<AttemptView>,
}

/// When something goes out; exactly one of them.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// At this time on the brand's wall clock, such as `2026-03-29T09:00`.
    #[serde(default)]
    pub at: Option<String>,
    /// At the next free time of the queue.
    #[serde(default)]
    pub queue: bool,
    /// Now.
    #[serde(default)]
    pub now: bool,
}

/// A post to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePublications {
    /// On these accounts of the post's network; 1 to 50.
    pub connection_ids: Vec<ConnectionId>,
    /// When. Without, it is planned without a time.
    #[serde(default)]
    pub when: When,
    /// A text of its own for these accounts. Needs `posts.review`: it goes out as it is.
    #[serde(default)]
    pub content: Option<Content>,
    /// Approves the post too, if it waits for review. Needs `posts.review`.
    #[serde(default)]
    pub approve: bool,
}

/// What of a publication changes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePublication {
    /// Another time on the brand's wall clock.
    #[serde(default)]
    pub local_time: Option<String>,
    /// A text of its own; null goes back to the post's. Needs `posts.review`.
    #[serde(default)]
    #[schema(value_type = Option<Content>)]
    pub content: bellwether_web::Patch<Content>,
}

/// Which publications a list shows; all that are set must hold.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Filter {
    /// Only these states, separated by commas.
    #[param(value_type = Option<String>)]
    pub state: Option<String>,
    /// Only this network.
    pub network: Option<Network>,
    /// Only this account.
    pub connection: Option<ConnectionId>,
    /// Only this post.
    pub post: Option<PostId>,
    /// `asc` for the earliest time first.
    #[param(value_type = Option<String>)]
    pub order: Option<String>,
}

/// The states that a filter names.
pub(crate) fn states(text: Option<&str>) -> Result<Option<Vec<String>>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let read = |word: &str| {
        State::parse(word.trim()).map(|state| state.as_str().to_owned()).ok_or_else(|| {
            let all: Vec<&str> = State::ALL.iter().map(|state| state.as_str()).collect();
            Problem::invalid(
                "state",
                "unknown_state",
                format!("`{word}` is no state. There are: {}.", all.join(", ")),
            )
        })
    };
    text.split(',').map(read).collect::<Result<_, _>>().map(Some)
}

pub(crate) fn title_of(content: &Content) -> String {
    let line = content.opening().split_whitespace().collect::<Vec<_>>().join(" ");
    let line = if line.is_empty() { content.plain() } else { line };
    match line.char_indices().nth(140) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line,
    }
}

pub(super) fn piece_count(target: Target, content: &Content) -> i32 {
    i32::try_from(pieces(target, content, &[]).len()).unwrap_or(i32::MAX)
}

/// A text of its own must keep the network's rules: nobody looks at it again before it goes out.
pub(crate) fn check_content(target: Target, content: &Content) -> Result<(), Problem> {
    if content.shape() != target.shape() {
        let message = format!("`{target}` takes content of the shape `{}`.", target.shape().as_str());
        return Err(Problem::invalid("content/shape", "wrong_shape", message));
    }
    let mut errors =
        validate(target, content).into_iter().filter(|issue| issue.severity == Severity::Error).peekable();
    if errors.peek().is_none() {
        return Ok(());
    }
    let mut problem = Problem::new(Kind::Invalid, "breaks_rules", "The text breaks the network's rules.");
    for issue in errors {
        problem = problem.at(format!("content/{}", issue.path), issue.code, issue.message);
    }
    Err(problem)
}

/// What the present state does not allow.
pub(super) fn wrong_state(state: State, what: &str) -> Error {
    let words = match state {
        State::Sending => {
            format!("It is being sent at this moment, so it can't be {what}. In a moment its end is known.")
        }
        State::Published => format!("It is out already, so it can't be {what}."),
        State::Unclear => {
            format!("Nobody knows yet whether it is out, so it can't be {what}. Find that out first.")
        }
        state => format!("It stands at `{}`, so it can't be {what}.", state.as_str()),
    };
    Problem::new(Kind::Conflict, "wrong_state", words).into()
}

/// A time that a person gave, with its instant.
pub(crate) fn chosen(
    path: &str,
    text: &str,
    plan: &Plan,
    now: Timestamp,
) -> Result<(NaiveDateTime, Timestamp), Error> {
    let local = time::parse_local(path, text)?;
    let due = time::instant(local, &plan.zone).ok_or_else(|| {
        Problem::invalid(path, "invalid_time", "There is no such time in the brand's zone.")
    })?;
    if due < now - JUST_NOW {
        let words =
            format!("This time has passed; it is {} in {}.", time::write_local(plan.now), plan.zone_name);
        return Err(Problem::invalid(path, "in_the_past", words).into());
    }
    Ok((local, due))
}

/// A publication to be.
pub(crate) struct Placing<'a> {
    pub(crate) of: (OrganizationId, BrandId),
    pub(crate) post: PostId,
    pub(crate) connection: ConnectionId,
    pub(crate) target: &'a str,
    pub(crate) network: &'a str,
    pub(crate) content: &'a Content,
    /// A text of its own.
    pub(crate) own: Option<&'a Value>,
    pub(crate) source: Source,
    pub(crate) local_time: Option<NaiveDateTime>,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) zone: &'a str,
    /// When and by whom, where it may go out.
    pub(crate) approved: Option<(Timestamp, Option<UserId>)>,
    pub(crate) created_by: UserId,
}

impl Publishing {
    /// Plans a post for accounts, or publishes it now.
    pub async fn create_publications(
        &self,
        access: &BrandAccess,
        post_id: PostId,
        input: CreatePublications,
        context: &RequestContext,
    ) -> Result<Vec<PublicationView>, Error> {
        access.allow(Permission::PostsPublish)?;
        let mut ids = input.connection_ids.clone();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() || ids.len() > MOST_ACCOUNTS {
            let words = format!("Name 1 to {MOST_ACCOUNTS} accounts.");
            return Err(Problem::invalid("connection_ids", "length", words).into());
        }
        let when = &input.when;
        if usize::from(when.at.is_some()) + usize::from(when.queue) + usize::from(when.now) > 1 {
            return Err(Problem::invalid("when", "ambiguous", "Give one of `at`, `queue` and `now`.").into());
        }
        if input.content.is_some() || input.approve {
            access.allow(Permission::PostsReview)?;
        }
        let mut tx = self.store.tenant(access).await?;
        let mut post = sql::hold_post(tx.conn(), access.brand, post_id).await?;
        // with the rest: a plan that is refused approves nothing
        if input.approve && post.as_ref().is_some_and(|post| !post.deleted && post.status == "pending") {
            let review = (post_id, None);
            self.studio.review_in(&mut tx, access, review, Action::Approve, None, context).await?;
            post = sql::hold_post(tx.conn(), access.brand, post_id).await?;
        }
        let post = post.filter(|post| !post.deleted).ok_or_else(|| Problem::not_found("post"))?;
        let target = Target::parse(&post.target).ok_or_else(|| internal("an unknown target"))?;
        let content: Content = match &input.content {
            Some(content) => {
                check_content(target, content)?;
                content.clone()
            }
            None => {
                serde_json::from_value(post.content.clone()).map_err(|error| internal(error.to_string()))?
            }
        };
        let own = input.content.as_ref().map(serde_json::to_value).transpose();
        let own: Option<Value> = own.map_err(|error| internal(error.to_string()))?;
        if let Some(own) = &own {
            self.stand_by(&mut tx, access, post_id, own).await?;
        }
        let text = own.as_ref().unwrap_or(&post.content);
        let of = (access.organization, access.brand, post_id);
        let missing = reviews::missing(tx.conn(), of, &post.network, text).await?;
        let approved = matches!(post.status.as_str(), "approved" | "published") && missing.is_none();
        if matches!(post.status.as_str(), "rejected" | "archived") {
            let words = format!("The post is {}. Open it again first.", post.status);
            return Err(Problem::new(Kind::Conflict, "wrong_status", words).into());
        }
        if when.now && !approved {
            let words = missing
                .as_deref()
                .map_or("The post waits for review. Approve it, then publish it.", reviews::lacks);
            return Err(Problem::new(Kind::Conflict, "not_approved", words).into());
        }
        if post.rule_errors > 0 && input.content.is_none() {
            let words =
                format!("The text breaks {} of its network's rules. Mend them first.", post.rule_errors);
            return Err(Problem::new(Kind::Invalid, "breaks_rules", &words)
                .at("post", "breaks_rules", words)
                .into());
        }
        let accounts = sql::accounts(tx.conn(), access.brand, &ids).await?;
        let plan = self.plan(&mut tx, access).await?;
        let now = self.clock.now();
        let mut made = Vec::new();
        for (at, id) in input.connection_ids.iter().enumerate() {
            let path = format!("connection_ids/{at}");
            if made.iter().any(|(_, account)| account == id) {
                continue;
            }
            let account = accounts.iter().find(|account| account.id == *id);
            let account = account.ok_or_else(|| {
                Problem::invalid(&path, "unknown_connection", "There is no such account; connect it first.")
            })?;
            check_account(account, &post.network, &path)?;
            let network = Network::parse(&account.network).unwrap_or(Network::Blog);
            let (source, local, due) = match when {
                When { at: Some(text), .. } => {
                    let (local, due) = chosen("when/at", text, &plan, now)?;
                    (Source::Exact, Some(local), Some(due))
                }
                When { queue: true, .. } => {
                    let local = self.next_free(&mut tx, &plan, network, *id).await?;
                    (Source::Queue, Some(local), time::instant(local, &plan.zone))
                }
                When { now: true, .. } => (Source::Now, Some(plan.now), Some(now)),
                When { .. } => (Source::Exact, None, None),
            };
            let placing = Placing {
                of: (access.organization, access.brand),
                post: post_id,
                connection: *id,
                target: &post.target,
                network: &account.network,
                content: &content,
                own: own.as_ref(),
                source,
                local_time: local,
                due_at: due,
                zone: &plan.zone_name,
                approved: approved.then_some((post.reviewed_at.unwrap_or(now), post.reviewed_by)),
                created_by: access.user,
            };
            let publication = self
                .place(&mut tx, &placing, (access.actor(), context))
                .await
                .map_err(|error| taken(error, &path, &account.name))?;
            made.push((publication, *id));
        }
        announce(&mut tx).await?;
        let mut views = Vec::with_capacity(made.len());
        for (publication, _) in made {
            views.push(read(&mut tx, access, publication).await?);
        }
        tx.commit().await?;
        Ok(views)
    }

    /// Writes a publication and tells of it.
    pub(crate) async fn place(
        &self,
        tx: &mut TenantTx,
        new: &Placing<'_>,
        (actor, context): (Actor, &RequestContext),
    ) -> Result<PublicationId, Error> {
        let state = match (new.approved, new.due_at) {
            (Some(_), Some(_)) => State::Scheduled,
            (Some(_), None) => State::Approved,
            (None, Some(_)) => State::InReview,
            (None, None) => State::Draft,
        };
        let id = PublicationId::new(&self.clock, &self.rng);
        let target = Target::parse(new.target).ok_or_else(|| internal("an unknown target"))?;
        let source: &str = new.source.into();
        let row = sql::NewRow {
            organization: new.of.0,
            id,
            brand: new.of.1,
            post: new.post,
            connection: new.connection,
            target: new.target,
            network: new.network,
            state: state.as_str(),
            content: new.own,
            title: &title_of(new.content),
            source,
            local_time: new.local_time,
            time_zone: new.zone,
            due_at: new.due_at,
            next_at: new.due_at.filter(|_| state == State::Scheduled),
            approved_at: new.approved.map(|(at, _)| at),
            approved_by: new.approved.and_then(|(_, by)| by),
            pieces: piece_count(target, new.content),
            created_by: new.created_by,
            now: self.clock.now(),
        };
        sql::insert(tx.conn(), &row).await?;
        let after = json!({
            "state": state.as_str(), "post_id": new.post, "connection_id": new.connection, "network": new.network,
            "due_at": new.due_at, "source": source,
        });
        let of = (new.of.0, Some(new.of.1));
        let subject = ("publication", id.uuid());
        self.record(tx, of, "publication.created", subject, (None, Some(after)), (actor, context)).await?;
        Ok(id)
    }

    /// A page of publications, by their time.
    pub async fn list_publications(
        &self,
        access: &BrandAccess,
        filter: &Filter,
        page: PageRequest,
    ) -> Result<Page<PublicationView>, Error> {
        access.allow(Permission::PostsRead)?;
        let ascending = match filter.order.as_deref() {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(_) => return Err(Problem::invalid("order", "unknown_order", "Give `asc` or `desc`.").into()),
        };
        let states = states(filter.state.as_deref())?;
        let wanted = sql::ListFilter {
            states: states.as_deref(),
            network: filter.network.map(Network::as_str),
            connection: filter.connection,
            post: filter.post,
            ascending,
            after: page.after.map(|cursor| (cursor.at, cursor.id)),
            limit: page.limit + 1,
            ..sql::ListFilter::default()
        };
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), access.brand, &wanted).await?;
        tx.end_reading();
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.at, id: row.id.uuid() })
            .map(PublicationView::from))
    }

    /// One publication with its ledger.
    pub async fn get_publication(
        &self,
        access: &BrandAccess,
        id: PublicationId,
    ) -> Result<PublicationDetail, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let publication = read(&mut tx, access, id).await?;
        let attempts = sql::attempts(tx.conn(), id).await?;
        tx.end_reading();
        let view = |row: sql::AttemptRow| AttemptView {
            id: row.id,
            number: row.number,
            kind: row.kind,
            piece: row.piece,
            worker: row.worker.map(|worker| worker.simple().to_string()[24..].to_owned()),
            started_at: row.started_at,
            finished_at: row.finished_at,
            outcome: row.outcome,
            words: row.error_message,
            code: row.code,
            status: row.http_status,
            remote_url: row.remote_url,
        };
        Ok(PublicationDetail { publication, attempts_list: attempts.into_iter().map(view).collect() })
    }
}

pub(super) async fn read(
    tx: &mut TenantTx,
    access: &BrandAccess,
    id: PublicationId,
) -> Result<PublicationView, Error> {
    let filter = sql::ListFilter { id: Some(id), limit: 1, ..sql::ListFilter::default() };
    let row = sql::list(tx.conn(), access.brand, &filter).await?.pop();
    Ok(row.ok_or_else(|| Problem::not_found("publication"))?.into())
}

fn check_account(account: &sql::AccountRow, network: &str, path: &str) -> Result<(), Error> {
    // what is tried out may be written for any network
    if account.network != network && account.network != Network::Sandbox.as_str() {
        let name = |network: &str| {
            Network::parse(network).map_or(network.to_owned(), |network| network.name().to_owned())
        };
        let words = format!(
            "{} is an account of {}; the post is written for {}.",
            account.name,
            name(&account.network),
            name(network)
        );
        return Err(Problem::invalid(path, "other_network", words).into());
    }
    if account.status != "active" {
        let words = format!("{} has to be connected again first.", account.name);
        return Err(Problem::invalid(path, "not_connected", words).into());
    }
    Ok(())
}

/// What the unique indexes say.
fn taken(error: Error, path: &str, account: &str) -> Error {
    let Error::Store(error) = error else { return error };
    match error.constraint() {
        Some("publications_once_idx") => {
            let words = format!("The post is planned for {account} or out there already.");
            Problem::new(Kind::Conflict, "already_planned", &words).at(path, "already_planned", words).into()
        }
        Some("publications_slot_idx") => {
            let words = "Somebody took this time of the queue a moment ago. Try again.";
            Problem::new(Kind::Conflict, "time_taken", words).at(path, "time_taken", words).into()
        }
        _ => error.into(),
    }
}
