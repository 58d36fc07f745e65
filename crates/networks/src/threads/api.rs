//! Publishing to Threads.
//!
//! Written from: Threads API "Posts", "Reply Management", "Long-Lived Access Tokens", "Troubleshooting" (container
//! status, publishing quota), "Insights" (developers.facebook.com/docs/threads) and Meta's own request collection.
//!
//! Threads fetches media itself. A reply names what it answers when its container is made, and that is known only when
//! it is its turn: containers of replies are made in `publish`, right before the one call that publishes.

mod container;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::{
    Network,
    facebook::graph,
    http,
    publish::{
        Abilities, AccountMetrics, App, Before, Cx, Effect, Fault, FaultKind, FoundAccount, Grant, Method,
        Oauth, Piece, Posted, Provider, Publisher, Recent, Request, Scope, Seen,
    },
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from the Threads API v1.0 pages and Meta's request collection; \
                          not against the live network.";

const API: &str = "https://graph.threads.net/v1.0";
const PAGES: usize = 5;

/// Threads.
#[derive(Debug, Default)]
pub struct Threads;

const SCOPES: &[Scope] = &[
    Scope { name: "threads_basic", words: "See your profile and your posts." },
    Scope { name: "threads_content_publish", words: "Publish posts." },
    Scope { name: "threads_manage_replies", words: "Answer your own posts, which makes a thread." },
    Scope { name: "threads_read_replies", words: "Read your replies back, so that nothing is posted twice." },
    Scope { name: "threads_manage_insights", words: "Read your account's numbers." },
    Scope { name: "threads_delete", words: "Delete your posts." },
];

#[async_trait]
impl Publisher for Threads {
    fn provider(&self) -> Provider {
        Provider::Threads
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities { delete: true, read_back: true, threads: true, first_comment: true, ..Abilities::PLAIN }
    }

    fn oauth(&self, app: &App, _server: Option<&str>) -> Option<Oauth> {
        let names: Vec<&str> = SCOPES.iter().map(|scope| scope.name).collect();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &app.client_id)
            .append_pair("response_type", "code")
            .append_pair("scope", &names.join(","))
            .finish();
        Some(Oauth {
            authorize_url: format!("https://threads.net/oauth/authorize?{query}"),
            pkce: false,
            scopes: SCOPES.to_vec(),
            separator: ',',
        })
    }

    async fn exchange(&self, cx: &Cx<'_>, code: &str, _: &str, redirect: &str) -> Result<Grant, Fault> {
        let app = http::app(cx)?;
        let secret = app.client_secret.expose_secret();
        let request =
            Request::new(Method::Post, "https://graph.threads.net/oauth/access_token", Effect::Prepares)
                .form([
                    ("client_id", app.client_id.as_str()),
                    ("client_secret", secret),
                    ("grant_type", "authorization_code"),
                    ("redirect_uri", redirect),
                    ("code", code),
                ]);
        let short = http::need(&graph::send(cx, request).await?, "/access_token", Effect::Prepares)?;
        let request = Request::get("https://graph.threads.net/access_token").query([
            ("grant_type", "th_exchange_token"),
            ("client_secret", secret),
            ("access_token", &short),
        ]);
        long(cx, request).await
    }

    async fn refresh(&self, cx: &Cx<'_>) -> Result<Grant, Fault> {
        // the token renews itself: at least a day old, and before it has run out
        let request = Request::get("https://graph.threads.net/refresh_access_token")
            .query([("grant_type", "th_refresh_token"), ("access_token", cx.account.token.expose_secret())]);
        long(cx, request).await.map_err(http::while_refreshing)
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let value = get(cx, "me", &[("fields", "id,username,name,threads_profile_picture_url")]).await?;
        let handle = http::need(&value, "/username", Effect::Reads)?;
        Ok(vec![FoundAccount {
            network: Network::Threads,
            id: http::need(&value, "/id", Effect::Reads)?,
            name: http::text(&value, "/name").unwrap_or_else(|| handle.clone()),
            handle,
            avatar_url: http::text(&value, "/threads_profile_picture_url"),
            server: None,
            token: None,
            settings: Value::Null,
        }])
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        container::quota(cx, piece.position > 0).await?;
        if piece.position > 0 {
            return Ok(Value::Null);
        }
        Ok(json!({"creation_id": container::make(cx, piece, None).await?}))
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let container = match http::text(prepared, "/creation_id") {
            Some(container) => {
                container::still_good(cx, &container).await?;
                container
            }
            None => container::make(cx, piece, before.previous.map(|posted| posted.id.as_str())).await?,
        };
        let path = format!("{}/threads_publish", http::segment(&cx.account.id));
        let value = post(cx, &path, Effect::Publishes, &[("creation_id", &container)]).await?;
        let id = http::need(&value, "/id", Effect::Publishes)?;
        // the post is out; that its address can't be had is no fault
        let read = get(cx, &http::segment(&id), &[("fields", "permalink")]).await;
        let url = read.ok().and_then(|value| http::text(&value, "/permalink"));
        Ok(Posted { id, url, reference: Value::Null, processing: false })
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        if let Some(comment) = piece.first_comment.as_deref().filter(|comment| !comment.is_empty()) {
            let reply =
                Piece { text: comment.to_owned(), media: Vec::new(), options: Value::Null, ..piece.clone() };
            let published = async {
                let container = container::make(cx, &reply, Some(&posted.id)).await?;
                let path = format!("{}/threads_publish", http::segment(&cx.account.id));
                post(cx, &path, Effect::Publishes, &[("creation_id", &container)]).await
            };
            published.await?;
        }
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        let fields = "id,text,permalink,timestamp,media_type,children{id}";
        let mut all = read(cx, "threads", fields, since).await?;
        let replies = read(cx, "replies", &format!("{fields},replied_to"), since).await?;
        all.whole &= replies.whole;
        for reply in replies.posts {
            // what a reply answers is told by one list only
            all.posts.retain(|seen| seen.posted.id != reply.posted.id);
            all.posts.push(reply);
        }
        all.posts.sort_by_key(|seen| std::cmp::Reverse(seen.at));
        Ok(all)
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let url = format!("{API}/{}", http::segment(&posted.id));
        let request = Request::new(Method::Delete, url, Effect::Prepares)
            .query([("access_token", cx.account.token.expose_secret())]);
        match graph::send(cx, request).await {
            Err(fault) if matches!(fault.code.as_deref(), Some("100/33" | "24" | "803")) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let path = format!("{}/threads_insights", http::segment(&cx.account.id));
        let metrics = [("metric", "followers_count,views,likes,replies,reposts,quotes")];
        let value = get(cx, &path, &metrics).await?;
        let mut found = AccountMetrics::default();
        for metric in http::list(&value, "/data") {
            let Some(name) = http::text(metric, "/name") else { continue };
            let total = metric.pointer("/total_value/value").and_then(Value::as_i64).or_else(|| {
                http::list(metric, "/values").iter().map(|point| point.get("value")?.as_i64()).sum()
            });
            match total {
                Some(total) if name == "followers_count" => found.followers = u64::try_from(total).ok(),
                Some(total) => drop(found.other.insert(name, total)),
                None => {}
            }
        }
        Ok(found)
    }
}

async fn long(cx: &Cx<'_>, request: Request) -> Result<Grant, Fault> {
    let mut grant = http::grant(&graph::send(cx, request).await?, cx.now, &[','])?;
    grant.refresh_token = None::<SecretString>;
    Ok(grant)
}

async fn get(cx: &Cx<'_>, path: &str, query: &[(&str, &str)]) -> Result<Value, Fault> {
    let token = [("access_token", cx.account.token.expose_secret())];
    let query = query.iter().copied().chain(token);
    graph::send(cx, Request::get(format!("{API}/{path}")).query(query)).await
}

async fn post(cx: &Cx<'_>, path: &str, effect: Effect, form: &[(&str, &str)]) -> Result<Value, Fault> {
    let token = [("access_token", cx.account.token.expose_secret())];
    let form = form.iter().copied().chain(token);
    graph::send(cx, Request::new(Method::Post, format!("{API}/{path}"), effect).form(form)).await
}

async fn read(cx: &Cx<'_>, edge: &str, fields: &str, since: Timestamp) -> Result<Recent, Fault> {
    let path = format!("{}/{edge}", http::segment(&cx.account.id));
    let mut value = get(cx, &path, &[("fields", fields), ("limit", "100")]).await?;
    let mut posts = Vec::new();
    for page in 1..=PAGES {
        let seen: Vec<Seen> = http::list(&value, "/data").iter().filter_map(seen).collect();
        let passed = seen.last().is_some_and(|last| last.at < since);
        posts.extend(seen);
        let Some(next) = graph::next_page(&value, API).filter(|_| !passed) else {
            return Ok(Recent { posts, whole: true });
        };
        if page < PAGES {
            let token = [("access_token", cx.account.token.expose_secret())];
            value = graph::send(cx, Request::get(next).query(token)).await?;
        }
    }
    Ok(Recent { posts, whole: false })
}

fn seen(post: &Value) -> Option<Seen> {
    let media = match post.get("media_type").and_then(Value::as_str) {
        Some("TEXT_POST" | "REPOST_FACADE" | "TEXT") => Some(0),
        Some("CAROUSEL_ALBUM") => Some(http::list(post, "/children/data").len()).filter(|count| *count > 0),
        Some("IMAGE" | "VIDEO") => Some(1),
        _ => None,
    };
    Some(Seen {
        posted: Posted {
            id: http::text(post, "/id")?,
            url: http::text(post, "/permalink"),
            reference: Value::Null,
            processing: false,
        },
        text: http::text(post, "/text").unwrap_or_default(),
        media,
        at: http::time(post.get("timestamp")?.as_str()?)?,
        answers: http::text(post, "/replied_to/id"),
        counts: crate::publish::Counts::new(),
    })
}

/// An earlier try went through.
fn out_already() -> Fault {
    Fault::new(FaultKind::Unclear, "An earlier try has published this already.")
}
