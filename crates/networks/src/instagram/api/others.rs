//! What others post: business discovery for accounts, hashtag search for hashtags.
//!
//! Both are asked with the token of the person who connected, as the pages about them say; the account's own token is that
//! of its page. Business discovery finds accounts of businesses and creators only.

use serde_json::{Value, json};

use crate::{
    facebook::graph::{self, GRAPH},
    http,
    publish::{Ask, Counts, Cx, Effect, Fault, FaultKind, Heard, Other, Request, Whom},
};

/// What is read of each post.
const FIELDS: &str = "id,caption,permalink,timestamp,media_type,like_count,comments_count";
/// Pages of a hashtag, of fifty posts each; Instagram gives those of the last day only.
const PAGES: usize = 2;

pub(super) async fn posts_of(cx: &Cx<'_>, ask: Ask<'_>) -> Result<Heard, Fault> {
    match ask.whom {
        Whom::Account(name) => {
            of_account(cx, name).await.map_err(|fault| in_words(fault, &format!("@{name}")))
        }
        Whom::Hashtag(tag) => {
            of_hashtag(cx, tag, ask.memory).await.map_err(|fault| in_words(fault, &format!("#{tag}")))
        }
    }
}

/// A request by the person who connected.
fn get(cx: &Cx<'_>, path: &str) -> Request {
    let token = cx.account.refresh_token.as_ref().unwrap_or(&cx.account.token);
    Request::get(format!("{GRAPH}/{path}")).header("authorization", graph::bearer(token))
}

async fn of_account(cx: &Cx<'_>, name: &str) -> Result<Heard, Fault> {
    // the name stands within an expression: nothing but a name may
    if !(1..=30).contains(&name.len())
        || !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
    {
        return Err(Fault::rejected(format!("Instagram has no account @{name}.")).code("no_account"));
    }
    let fields = format!("business_discovery.username({name}){{username,name,media.limit(50){{{FIELDS}}}}}");
    let request = get(cx, &http::segment(&cx.account.id)).query([("fields", fields.as_str())]);
    let value = graph::send(cx, request).await?;
    let username = http::text(&value, "/business_discovery/username").unwrap_or_else(|| name.to_owned());
    let author = match http::text(&value, "/business_discovery/name") {
        Some(called) => format!("{called} (@{username})"),
        None => format!("@{username}"),
    };
    let posts = http::list(&value, "/business_discovery/media/data");
    Ok(Heard {
        name: http::text(&value, "/business_discovery/name").or(Some(username)),
        id: None,
        posts: posts.iter().filter_map(|media| other(media, Some(&author))).collect(),
        memory: Value::Null,
    })
}

async fn of_hashtag(cx: &Cx<'_>, tag: &str, memory: &Value) -> Result<Heard, Fault> {
    // of thirty hashtags that may be looked up in a week none is looked up twice
    let id = if let Some(id) = http::text(memory, "/hashtag") {
        id
    } else {
        let request = get(cx, "ig_hashtag_search").query([("user_id", cx.account.id.as_str()), ("q", tag)]);
        http::need(&graph::send(cx, request).await?, "/data/0/id", Effect::Reads)?
    };
    let mut request = get(cx, &format!("{}/recent_media", http::segment(&id))).query([
        ("user_id", cx.account.id.as_str()),
        ("fields", FIELDS),
        ("limit", "50"),
    ]);
    let mut posts = Vec::new();
    for page in 1..=PAGES {
        let value = graph::send(cx, request).await?;
        // who posted it Instagram does not tell
        posts.extend(http::list(&value, "/data").iter().filter_map(|media| other(media, None)));
        let Some(next) = graph::next_page(&value, GRAPH).filter(|_| page < PAGES) else { break };
        let token = cx.account.refresh_token.as_ref().unwrap_or(&cx.account.token);
        request = Request::get(next).header("authorization", graph::bearer(token));
    }
    posts.sort_by_key(|post: &Other| std::cmp::Reverse(post.at));
    Ok(Heard { posts, memory: json!({ "hashtag": id }), ..Heard::default() })
}

fn other(media: &Value, author: Option<&str>) -> Option<Other> {
    let mut counts = Counts::new();
    for (name, pointer) in [("comments", "/comments_count"), ("likes", "/like_count")] {
        // likes are left out where the owner hides them
        if let Some(number) = http::number(media, pointer).and_then(|number| i64::try_from(number).ok()) {
            counts.insert(name.to_owned(), number);
        }
    }
    Some(Other {
        id: http::text(media, "/id")?,
        url: http::text(media, "/permalink")?,
        author: author.map(str::to_owned),
        title: None,
        text: http::text(media, "/caption").unwrap_or_default(),
        at: http::time(media.get("timestamp")?.as_str()?)?,
        // its address is good for some days only
        picture_url: None,
        counts,
    })
}

/// Instagram speaks to programmers; whoever added the source is none.
fn in_words(fault: Fault, whom: &str) -> Fault {
    let code = fault.code.clone().unwrap_or_default();
    let (number, subcode) = code.split_once('/').unwrap_or((&code, ""));
    let permission = matches!(number.parse::<i64>(), Ok(10 | 200..=299));
    let (kind, words) = match (fault.kind, number, subcode) {
        (_, "110", _) | (_, _, "2207013") => (
            FaultKind::Rejected,
            format!(
                "Instagram shows no program an account {whom}: there is none, or it is private or personal. Only \
                 accounts of businesses and creators can be read."
            ),
        ),
        (_, "24", _) => (FaultKind::Rejected, format!("Instagram knows no hashtag {whom}, or does not show it.")),
        (_, "18", _) => (
            FaultKind::RateLimited,
            "Instagram lets an account follow thirty hashtags within seven days; these are used up.".to_owned(),
        ),
        (FaultKind::RateLimited, ..) => {
            (FaultKind::RateLimited, "Instagram lets nothing more be read for the moment.".to_owned())
        }
        _ if permission && fault.words.contains("reviewed and approved") => (
            FaultKind::Setup,
            "Instagram has not yet allowed this installation to read hashtags: whoever runs it asks Meta for “Instagram \
             Public Content Access”."
                .to_owned(),
        ),
        _ if permission => (
            FaultKind::Setup,
            format!(
                "Instagram was not allowed to show {whom}: it needs instagram_basic, instagram_manage_insights and \
                 pages_read_engagement. Connect the account again under Connections, and leave them all switched on."
            ),
        ),
        _ => return fault,
    };
    let retry_after = if number == "18" { Some(http::DAY) } else { fault.retry_after };
    Fault { kind, words, retry_after, ..fault }
}
