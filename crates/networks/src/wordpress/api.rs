//! Publishing articles to a WordPress site with an application password.
//!
//! Written from: WordPress REST API Handbook "Posts", "Media", "Tags", "Users", "Authentication" (application passwords),
//! "Global Parameters" (developer.wordpress.org/rest-api).
//!
//! An article is first kept as a draft under a slug that carries a mark of its publication, and the publishing call only
//! changes the draft's status: sending it twice makes one post, and a draft of an earlier try is found again by its slug.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bellwether_kernel::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    Network,
    blog::html,
    http::{self, PREPARE_AGAIN},
    publish::{
        Abilities, AccountMetrics, Before, Cx, Effect, Fault, FaultKind, Field, FoundAccount, Grant, Media,
        Method, Piece, Posted, Provider, Publisher, Recent, Request, Response, Seen, normalised,
    },
    rules::MediaKind,
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from the WordPress REST API Handbook (wp/v2, WordPress 6.x); not \
                          against a live site.";

const PAGES: u32 = 5;

/// A WordPress site.
#[derive(Debug, Default)]
pub struct Wordpress;

#[async_trait]
impl Publisher for Wordpress {
    fn provider(&self) -> Provider {
        Provider::Wordpress
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            delete: true,
            edit: true,
            read_back: true,
            idempotent: true,
            at_once: 2,
            ..Abilities::PLAIN
        }
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field {
                name: "site",
                label: "Address of the site",
                secret: false,
                required: true,
                example: "https://blog.example.com",
                help: "Where readers read it.",
            },
            Field {
                name: "username",
                label: "User name",
                secret: false,
                required: true,
                example: "ada",
                help: "A user who may publish posts: an author, editor or administrator.",
            },
            Field {
                name: "password",
                label: "Application password",
                secret: true,
                required: true,
                example: "abcd EFGH 1234 ijkl MNOP 6789",
                help: "In WordPress under Users, Profile, Application Passwords. Not the password you sign in with.",
            },
        ]
    }

    async fn sign_in(&self, cx: &Cx<'_>) -> Result<(Grant, Vec<FoundAccount>), Fault> {
        let password = cx
            .account
            .secret("password")
            .ok_or_else(|| Fault::rejected("The application password is missing."))?
            .to_owned();
        let accounts = self.accounts(cx).await?;
        let grant =
            Grant { token: password.into(), refresh_token: None, expires_at: None, scopes: Vec::new() };
        Ok((grant, accounts))
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let site = site(cx)?;
        let request = get(cx, "users/me")?.query([("context", "edit")]);
        let me = http::call_json(cx, request, judge).await?;
        if me.pointer("/capabilities/publish_posts").and_then(Value::as_bool) == Some(false) {
            return Err(Fault::new(FaultKind::NeedsConsent, "This user may not publish posts on the site."));
        }
        let id = http::need(&me, "/id", Effect::Reads)?;
        let host = http::host(&site);
        Ok(vec![FoundAccount {
            network: Network::Blog,
            id: format!("{host}/{id}"),
            name: http::text(&me, "/name").unwrap_or_else(|| host.clone()),
            handle: host,
            avatar_url: http::text(&me, "/avatar_urls/96"),
            server: Some(site.clone()),
            token: None,
            settings: json!({"site": site, "username": cx.account.setting("username"), "author": id}),
        }])
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        let slug = html::slug(title(piece), cx.key);
        let request = get(cx, "posts")?.query([("slug", &*slug), ("status", "any"), ("context", "edit")]);
        let found = http::call_json(cx, request, judge).await?;
        if let Some(post) = found.as_array().and_then(|posts| posts.first()) {
            return prepared(post);
        }
        let mut body = fields(piece);
        body["slug"] = json!(slug);
        body["status"] = json!("draft");
        let tags = tags(cx, piece).await?;
        if !tags.is_empty() {
            body["tags"] = json!(tags);
        }
        let mut pictures = String::new();
        for (index, media) in piece.media.iter().enumerate() {
            let uploaded = upload(cx, media).await?;
            if index == 0 && media.kind == MediaKind::Image {
                body["featured_media"] = uploaded["id"].clone();
            } else {
                pictures.push_str(&figure(media, &http::need(&uploaded, "/source_url", Effect::Prepares)?));
            }
        }
        if !pictures.is_empty() {
            body["content"] = json!(format!("{}{pictures}", html::html(&piece.text)));
        }
        let request = post(cx, "posts", Effect::Prepares)?.json(body);
        prepared(&http::call_json(cx, request, judge).await?)
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        _piece: &Piece,
        prepared: &Value,
        _before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let id = http::text(prepared, "/id").ok_or_else(|| {
            Fault::new(FaultKind::Transient, "There is no draft to publish.").code(PREPARE_AGAIN)
        })?;
        if prepared["live"] == json!(true) {
            let url = http::text(prepared, "/link");
            return Ok(Posted { id, url, reference: Value::Null, processing: false });
        }
        let request = post(cx, &format!("posts/{}", http::segment(&id)), Effect::Publishes)?
            .json(json!({"status": "publish"}));
        let value = http::call_json(cx, request, judge).await.map_err(|fault| {
            // somebody deleted the draft meanwhile: nothing is out
            if fault.status == Some(404) {
                fault.means(FaultKind::Transient).code(PREPARE_AGAIN)
            } else {
                fault
            }
        })?;
        let posted = posted(&value).ok_or_else(|| {
            Fault::new(FaultKind::Unclear, "The site's answer could not be read as a post.")
        })?;
        match value.get("status").and_then(Value::as_str) {
            Some("pending") => {
                Err(Fault::rejected("The site keeps the article for review: this user may not publish."))
            }
            _ => Ok(posted),
        }
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        // sites compare with their own local time, which may be most of a day behind or ahead
        let after = (since - chrono::Duration::days(1)).format("%Y-%m-%dT%H:%M:%S").to_string();
        let mut posts = Vec::new();
        for page in 1..=PAGES {
            let number = page.to_string();
            let mut query = vec![
                ("context", "edit"),
                ("status", "publish"),
                ("orderby", "date"),
                ("order", "desc"),
                ("per_page", "50"),
                ("page", number.as_str()),
                // sites keep their own time; a day more is read, and left out again below
                ("modified_after", after.as_str()),
            ];
            query.extend(cx.account.setting("author").map(|author| ("author", author)));
            let response = http::call(cx, get(cx, "posts")?.query(query), judge).await?;
            let value = http::value(&response, Effect::Reads)?;
            posts.extend(value.as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(seen));
            let pages =
                response.header("x-wp-totalpages").and_then(|text| text.parse::<u32>().ok()).unwrap_or(1);
            if page >= pages {
                return Ok(Recent { posts, whole: true });
            }
        }
        Ok(Recent { posts, whole: false })
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let url = format!("{}/posts/{}", api(cx)?, http::segment(&posted.id));
        let request = signed(cx, Request::new(Method::Delete, url, Effect::Prepares))?;
        match http::call(cx, request, judge).await {
            Err(fault) if matches!(fault.status, Some(404 | 410)) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn edit(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<Posted, Fault> {
        let path = format!("posts/{}", http::segment(&posted.id));
        let request = post(cx, &path, Effect::Prepares)?.json(fields(piece));
        let value = http::call_json(cx, request, judge).await?;
        Ok(self::posted(&value).unwrap_or_else(|| posted.clone()))
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let request = get(cx, "posts")?.query([("status", "publish"), ("per_page", "1"), ("_fields", "id")]);
        let response = http::call(cx, request, judge).await?;
        let posts = response.header("x-wp-total").and_then(|text| text.parse().ok());
        Ok(AccountMetrics { posts, ..Default::default() })
    }

    fn normalise(&self, text: &str) -> String {
        normalised(&html::words(text))
    }
}

fn site(cx: &Cx<'_>) -> Result<String, Fault> {
    let typed = cx.account.setting("site").or(cx.account.server.as_deref());
    http::site(typed.ok_or_else(|| Fault::rejected("The address of the site is missing."))?)
}

fn api(cx: &Cx<'_>) -> Result<String, Fault> {
    Ok(format!("{}/wp-json/wp/v2", site(cx)?))
}

fn signed(cx: &Cx<'_>, request: Request) -> Result<Request, Fault> {
    let user = cx.account.setting("username").ok_or_else(|| Fault::rejected("The user name is missing."))?;
    let password = cx.account.secret("password").unwrap_or_else(|| cx.account.token.expose_secret());
    let value = STANDARD.encode(format!("{user}:{password}"));
    Ok(request.header("authorization", format!("Basic {value}")))
}

fn get(cx: &Cx<'_>, path: &str) -> Result<Request, Fault> {
    signed(cx, Request::get(format!("{}/{path}", api(cx)?)))
}

fn post(cx: &Cx<'_>, path: &str, effect: Effect) -> Result<Request, Fault> {
    signed(cx, Request::new(Method::Post, format!("{}/{path}", api(cx)?), effect))
}

fn title(piece: &Piece) -> &str {
    piece.title.as_deref().unwrap_or_default()
}

fn fields(piece: &Piece) -> Value {
    let mut body = json!({"title": title(piece), "content": html::html(&piece.text)});
    if let Some(excerpt) = piece.description.as_deref().filter(|excerpt| !excerpt.is_empty()) {
        body["excerpt"] = json!(excerpt);
    }
    body
}

fn figure(media: &Media, address: &str) -> String {
    let (address, alt) = (html::escaped(address), html::escaped(&media.alt_text));
    match media.kind {
        MediaKind::Video => format!("<figure><video controls src=\"{address}\"></video></figure>\n"),
        _ => format!("<figure><img src=\"{address}\" alt=\"{alt}\"></figure>\n"),
    }
}

/// The ids of the piece's tags; those that the site does not know are made.
async fn tags(cx: &Cx<'_>, piece: &Piece) -> Result<Vec<u64>, Fault> {
    let mut ids = Vec::new();
    for tag in &piece.tags {
        let request = get(cx, "tags")?.query([("search", tag.as_str()), ("per_page", "100")]);
        let found = http::call_json(cx, request, judge).await?;
        let known = found.as_array().map_or(&[][..], Vec::as_slice).iter().find(|known| {
            http::text(known, "/name")
                .is_some_and(|name| html::unescaped(&name).to_lowercase() == tag.to_lowercase())
        });
        if let Some(id) = known.and_then(|known| http::number(known, "/id")) {
            ids.push(id);
            continue;
        }
        let request = post(cx, "tags", Effect::Prepares)?.json(json!({"name": tag}));
        match http::call_json(cx, request, judge).await {
            Ok(made) => ids.extend(http::number(&made, "/id")),
            // an author may write, but not make tags
            Err(fault) if matches!(fault.kind, FaultKind::NeedsConsent | FaultKind::Rejected) => {
                cx.warn(format!("The tag “{tag}” was left out: {fault}"));
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(ids)
}

async fn upload(cx: &Cx<'_>, media: &Media) -> Result<Value, Fault> {
    let ending = media.content_type.rsplit('/').next().unwrap_or("bin").replace("jpeg", "jpg");
    let name: String = media.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let request = post(cx, "media", Effect::Prepares)?
        .header("content-disposition", format!("attachment; filename=\"{name}.{ending}\""))
        .bytes(media.content_type.clone(), media.read_all().await?)
        .within(std::time::Duration::from_mins(2));
    let uploaded = http::call_json(cx, request, judge).await?;
    let id = http::need(&uploaded, "/id", Effect::Prepares)?;
    if !media.alt_text.is_empty() {
        let request =
            post(cx, &format!("media/{id}"), Effect::Prepares)?.json(json!({"alt_text": media.alt_text}));
        if let Err(fault) = http::call(cx, request, judge).await {
            cx.warn(format!("An alternative text was not added: {fault}"));
        }
    }
    Ok(uploaded)
}

fn prepared(post: &Value) -> Result<Value, Fault> {
    let id = http::need(post, "/id", Effect::Prepares)?;
    if post.get("status").and_then(Value::as_str) == Some("publish") {
        return Ok(json!({"id": id, "live": true, "link": post.get("link")}));
    }
    Ok(json!({"id": id}))
}

fn posted(post: &Value) -> Option<Posted> {
    Some(Posted {
        id: http::text(post, "/id")?,
        url: http::text(post, "/link"),
        reference: Value::Null,
        processing: false,
    })
}

fn seen(post: &Value) -> Option<Seen> {
    let at = http::text(post, "/date_gmt")?;
    Some(Seen {
        posted: posted(post)?,
        text: http::text(post, "/content/raw")
            .or_else(|| http::text(post, "/content/rendered"))
            .unwrap_or_default(),
        // pictures that belong to the text and those that were attached look alike
        media: None,
        at: http::time(&format!("{}Z", at.trim_end_matches('Z')))?,
        answers: None,
        counts: crate::publish::Counts::new(),
    })
}

/// What a refusal means: `{"code": "rest_…", "message": "…", "data": {"status": 401}}`.
fn judge(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    let value = response.value();
    let code = value.as_ref().and_then(|value| http::text(value, "/code"));
    let words = fault.words.clone();
    if (300..400).contains(&response.status) {
        let to = response.header("location").map(http::host).unwrap_or_default();
        return Fault::rejected(format!(
            "The site sends elsewhere ({to}): connect it by the address that it sends to."
        ))
        .status(response.status);
    }
    fault.kind = match (response.status, code.as_deref()) {
        (404, None | Some("rest_no_route")) => {
            fault.words =
                "There is no WordPress REST API at this address. Permalinks must not be “plain”.".into();
            FaultKind::Rejected
        }
        (_, Some("application_passwords_disabled" | "application_passwords_disabled_for_user")) => {
            FaultKind::NeedsConsent
        }
        // wrong, or revoked in the user's profile; or the user may not
        (401 | 403, _) => FaultKind::NeedsConsent,
        _ => fault.kind,
    };
    if code.is_none() && response.status == 403 {
        // no WordPress answer: a firewall before it
        fault.kind = FaultKind::Rejected;
        fault.words = format!("The site's firewall refuses us. {words}");
    }
    fault.code = code;
    fault
}
