//! What others post: `GET /2/users/by/username/{username}`, `GET /2/users/{id}/tweets`, `GET /2/tweets/search/recent`.
//!
//! X counts each post that it gives, and most plans pay for them: so few are asked for the first time, and later those
//! only that are newer than the newest that was given.

use bellwether_kernel::Timestamp;
use chrono::{SecondsFormat, TimeDelta};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Data, ask, fault::call};
use crate::{
    http,
    publish::{Ask, Cx, Effect, Fault, FaultKind, Heard, Method, Other, Response, Whom, html::unescape},
};

/// Posts of a page.
const PAGE: &str = "50";
/// Pages of what is new since the last time; the first time there is one.
const PAGES: usize = 2;
/// How far back the search of X goes, with a margin for clocks that differ.
const SEARCHED: TimeDelta = TimeDelta::hours(7 * 24 - 1);

/// How fields are asked for, in X's words of 2026 and in the older ones: see `read`. Who wrote a post comes with the
/// expansion of its author.
const FIELDS: [(&str, &str); 2] = [
    ("post.fields", "created_at,note_post,public_metrics"),
    ("tweet.fields", "created_at,note_tweet,public_metrics"),
];

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    data: Vec<Post>,
    #[serde(default)]
    includes: Includes,
    #[serde(default)]
    meta: Meta,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    /// Missing when the answer is an error dressed as a success.
    result_count: Option<u32>,
    newest_id: Option<String>,
    next_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Includes {
    #[serde(default)]
    users: Vec<Author>,
}

#[derive(Debug, Clone, Deserialize)]
struct Author {
    id: String,
    name: String,
    username: String,
}

#[derive(Debug, Deserialize)]
struct Post {
    id: String,
    text: String,
    author_id: Option<String>,
    created_at: Option<Timestamp>,
    #[serde(rename = "note_post", alias = "note_tweet")]
    note: Option<Note>,
    #[serde(default)]
    public_metrics: Metrics,
}

/// The whole of a long post.
#[derive(Debug, Deserialize)]
struct Note {
    text: String,
}

#[derive(Debug, Default, Deserialize)]
struct Metrics {
    #[serde(rename = "reply_count")]
    comments: Option<i64>,
    #[serde(rename = "impression_count")]
    views: Option<i64>,
    #[serde(rename = "like_count")]
    likes: Option<i64>,
    #[serde(rename = "repost_count", alias = "retweet_count")]
    reposts: Option<i64>,
}

pub(super) async fn posts_of(cx: &Cx<'_>, ask: Ask<'_>) -> Result<Heard, Fault> {
    let read = match ask.whom {
        Whom::Account(handle) => of_account(cx, handle, ask).await,
        Whom::Hashtag(tag) => of_hashtag(cx, tag, ask).await,
    };
    read.map_err(in_words)
}

/// Whom a source listens to, as it was found the first time: looking an account up costs as much as a post.
fn remembered(memory: &Value, handle: &str) -> Option<Author> {
    let author = Author {
        id: http::text(memory, "/id")?,
        name: http::text(memory, "/name")?,
        username: http::text(memory, "/username")?,
    };
    author.username.eq_ignore_ascii_case(handle).then_some(author)
}

async fn of_account(cx: &Cx<'_>, handle: &str, question: Ask<'_>) -> Result<Heard, Fault> {
    let handle = handle.trim_start_matches('@');
    // the description's own pattern; anything else X refuses with words for programmers
    if !(1..=15).contains(&handle.len()) || !handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(absent(handle));
    }
    let known = remembered(question.memory, handle);
    let newest = known.as_ref().and_then(|_| http::text(question.memory, "/newest"));
    let author = match known {
        Some(author) => author,
        None => look_up(cx, handle).await?,
    };
    let path = format!("/2/users/{}/tweets", author.id);
    let mut query = vec![("max_results", PAGE.to_owned()), ("exclude", "replies,retweets".to_owned())];
    let from = newest.is_some() || question.since.is_some();
    match (&newest, question.since) {
        (Some(id), _) => query.push(("since_id", id.clone())),
        (None, Some(since)) => query.push(("start_time", spelled(since))),
        (None, None) => {}
    }
    let found = pages(cx, &path, "pagination_token", &query, from, handle).await?;
    let newest = found.newest.or(newest);
    Ok(Heard {
        name: Some(author.name.clone()),
        id: None,
        memory: json!({
            "id": author.id, "name": author.name, "username": author.username, "newest": newest,
        }),
        posts: found.posts.into_iter().filter_map(|post| other(post, Some(&author))).collect(),
    })
}

async fn look_up(cx: &Cx<'_>, handle: &str) -> Result<Author, Fault> {
    let response =
        call(cx, ask(cx, Method::Get, &format!("/2/users/by/username/{handle}"), Effect::Reads)).await?;
    response.read::<Data<Author>>(Effect::Reads).map(|found| found.data).map_err(|_| {
        // an account that is not there is a success without data
        unreadable(cx, &response, handle)
    })
}

async fn of_hashtag(cx: &Cx<'_>, tag: &str, question: Ask<'_>) -> Result<Heard, Fault> {
    let tag = tag.trim_start_matches('#');
    if tag.is_empty() || !tag.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err(Fault::rejected(format!("X knows no hashtag “#{tag}”.")).code("no_hashtag"));
    }
    let newest = http::text(question.memory, "/newest");
    let recent = question.since.filter(|since| cx.now - *since < SEARCHED);
    let mut query = vec![
        ("query", format!("#{tag} -is:retweet")),
        ("max_results", PAGE.to_owned()),
        ("expansions", "author_id".to_owned()),
        ("user.fields", "name,username".to_owned()),
    ];
    let from = recent.is_some();
    match (&newest, recent) {
        // an id from before what is searched is refused
        (Some(id), Some(_)) => query.push(("since_id", id.clone())),
        (None, Some(since)) => query.push(("start_time", spelled(since))),
        (_, None) => {}
    }
    let found = pages(cx, "/2/tweets/search/recent", "next_token", &query, from, tag).await?;
    let author = |post: &Post| {
        found.authors.iter().find(|author| Some(author.id.as_str()) == post.author_id.as_deref()).cloned()
    };
    Ok(Heard {
        name: None,
        id: None,
        memory: json!({ "newest": found.newest.or(newest) }),
        posts: found
            .posts
            .into_iter()
            .filter_map(|post| {
                let author = author(&post);
                other(post, author.as_ref())
            })
            .collect(),
    })
}

/// What the pages of an answer have in all.
#[derive(Default)]
struct Found {
    posts: Vec<Post>,
    authors: Vec<Author>,
    newest: Option<String>,
}

async fn pages(
    cx: &Cx<'_>,
    path: &str,
    next: &'static str,
    query: &[(&'static str, String)],
    from: bool,
    whom: &str,
) -> Result<Found, Fault> {
    let mut found = Found::default();
    let mut token: Option<String> = None;
    let mut dialect = 0;
    for _ in 0..if from { PAGES } else { 1 } {
        let mut query: Vec<(&str, &str)> =
            query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.extend(token.as_deref().map(|token| (next, token)));
        let page = match page(cx, path, &query, dialect, whom).await {
            Err(fault) if fault.status == Some(400) && dialect == 0 => {
                dialect = 1;
                page(cx, path, &query, dialect, whom).await?
            }
            other => other?,
        };
        found.newest = found.newest.or(page.meta.newest_id);
        found.posts.extend(page.data);
        found.authors.extend(page.includes.users);
        token = page.meta.next_token;
        if token.is_none() {
            break;
        }
    }
    Ok(found)
}

async fn page(
    cx: &Cx<'_>,
    path: &str,
    query: &[(&str, &str)],
    dialect: usize,
    whom: &str,
) -> Result<Page, Fault> {
    let request = ask(cx, Method::Get, path, Effect::Reads)
        .query(query.iter().copied().chain(std::iter::once(FIELDS[dialect])));
    let response = call(cx, request).await?;
    let page: Page = response.read(Effect::Reads)?;
    if page.meta.result_count.is_none() {
        return Err(unreadable(cx, &response, whom));
    }
    Ok(page)
}

/// Why a success has no data: its `errors` say so.
fn unreadable(cx: &Cx<'_>, response: &Response, whom: &str) -> Fault {
    let body = response.value().unwrap_or_default();
    let text = |path: &str| http::text(&body, path).unwrap_or_default();
    let problem = text("/errors/0/type");
    let problem = problem.rsplit('/').next().unwrap_or_default();
    if text("/errors/0/detail").to_lowercase().contains("suspended") {
        return Fault::rejected(format!("X has suspended the account @{whom}.")).code("suspended");
    }
    match problem {
        "resource-not-found" => absent(whom),
        "not-authorized-for-resource" => {
            let words = format!(
                "The posts of @{whom} are protected: X shows them only to those that it follows back."
            );
            Fault::rejected(words).code("protected")
        }
        _ => {
            let fault = Fault::of_response(response, Effect::Reads, cx.now);
            cx.without_secrets(fault.means(FaultKind::Transient))
        }
    }
}

fn absent(handle: &str) -> Fault {
    Fault::rejected(format!("X has no account @{handle}.")).code("no_account")
}

fn spelled(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn other(post: Post, author: Option<&Author>) -> Option<Other> {
    let text = post.note.map_or(post.text, |note| note.text);
    let numbers = [
        ("comments", post.public_metrics.comments),
        ("views", post.public_metrics.views),
        ("likes", post.public_metrics.likes),
        ("reposts", post.public_metrics.reposts),
    ];
    Some(Other {
        url: match author {
            Some(author) => format!("https://x.com/{}/status/{}", author.username, post.id),
            None => format!("https://x.com/i/web/status/{}", post.id),
        },
        id: post.id,
        author: author.map(|author| format!("{} (@{})", author.name, author.username)),
        title: None,
        text: unescape(&text),
        at: post.created_at?,
        picture_url: None,
        counts: numbers.into_iter().filter_map(|(name, number)| Some((name.to_owned(), number?))).collect(),
    })
}

/// X speaks to programmers; whoever added the source is none.
fn in_words(fault: Fault) -> Fault {
    let code = fault.code.as_deref().unwrap_or_default();
    // an application without a plan is told so by a problem of its own, or by a bare refusal
    let beyond_plan = fault.status == Some(403)
        && (fault.kind == FaultKind::Setup || fault.words.contains("not permitted to access this feature"));
    let (kind, words) = match (fault.kind, fault.status) {
        (FaultKind::RateLimited, _) if code == "usage-capped" => {
            (FaultKind::RateLimited, "The posts that this installation may read of X in a month are used up.")
        }
        (FaultKind::RateLimited, _) => {
            (FaultKind::RateLimited, "X lets nothing more be read for the moment.")
        }
        (FaultKind::Setup, Some(402)) => (
            FaultKind::Setup,
            "This installation's credits at X are used up. Whoever runs it can buy more there.",
        ),
        _ if beyond_plan => (
            FaultKind::Setup,
            "Reading what others post is not in this installation's plan at X. Whoever runs it can choose another one \
             there.",
        ),
        _ => return fault,
    };
    Fault { kind, words: words.to_owned(), ..fault }
}
