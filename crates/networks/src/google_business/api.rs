//! Publishing posts of a place of business with the Google Business Profile APIs.
//!
//! Written from: Business Profile APIs "Create posts on Google", reference v4 `accounts.locations.localPosts`, Account
//! Management v1 `accounts.list`, Business Information v1 `accounts.locations.list` (developers.google.com/my-business) and
//! Google's discovery documents.
//!
//! An account is a location, named `accounts/1/locations/2`. Google fetches pictures itself and checks a post after it
//! was made. Nothing is revoked when a location is disconnected: Google takes back the whole consent, and with it the
//! person's other locations.

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use serde_json::{Value, json};

use crate::{
    Network, http,
    options::time_of,
    publish::{
        Abilities, App, Before, Cx, Effect, Fault, FaultKind, FoundAccount, Grant, Method, Oauth, Piece,
        Posted, Progress, Provider, Publisher, Recent, Request, Scope, Seen,
    },
    rules::MediaKind,
    youtube::google,
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from the Business Profile API pages (localPosts v4, Account \
                          Management v1, Business Information v1); not against the live network.";

const POSTS: &str = "https://mybusiness.googleapis.com/v4";
const ACCOUNTS: &str = "https://mybusinessaccountmanagement.googleapis.com/v1";
const LOCATIONS: &str = "https://mybusinessbusinessinformation.googleapis.com/v1";
const PAGES: usize = 5;

/// Google Business Profile.
#[derive(Debug, Default)]
pub struct GoogleBusiness;

const SCOPES: &[Scope] = &[Scope {
    name: "https://www.googleapis.com/auth/business.manage",
    words: "See your places of business and publish, change and delete their posts.",
}];

#[async_trait]
impl Publisher for GoogleBusiness {
    fn provider(&self) -> Provider {
        Provider::GoogleBusiness
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities { delete: true, edit: true, read_back: true, ..Abilities::PLAIN }
    }

    fn oauth(&self, app: &App, _server: Option<&str>) -> Option<Oauth> {
        Some(google::oauth(app, SCOPES.to_vec()))
    }

    async fn exchange(
        &self,
        cx: &Cx<'_>,
        code: &str,
        verifier: &str,
        redirect: &str,
    ) -> Result<Grant, Fault> {
        google::exchange(cx, code, verifier, redirect).await
    }

    async fn refresh(&self, cx: &Cx<'_>) -> Result<Grant, Fault> {
        google::refresh(cx).await
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let mut found = Vec::new();
        for account in all(cx, &format!("{ACCOUNTS}/accounts"), &[("pageSize", "20")], "/accounts").await? {
            let Some(name) = http::text(&account, "/name").filter(|name| is_name(name)) else { continue };
            let query = [("readMask", "name,title,storefrontAddress,metadata"), ("pageSize", "100")];
            let locations = all(cx, &format!("{LOCATIONS}/{name}/locations"), &query, "/locations").await?;
            found.extend(locations.iter().filter_map(|location| self::found(&name, location)));
        }
        Ok(found)
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        _prepared: &Value,
        _before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let body = local_post(piece)?;
        let url = format!("{POSTS}/{}/localPosts", location(cx)?);
        let request = Request::new(Method::Post, url, Effect::Publishes).bearer(cx.account).json(body);
        let value = http::call_json(cx, request, google::judge).await?;
        let mut posted = posted(&value)
            .ok_or_else(|| Fault::new(FaultKind::Unclear, "Google's answer could not be read as a post."))?;
        posted.processing = value.get("state").and_then(Value::as_str) != Some("LIVE");
        Ok(posted)
    }

    async fn progress(&self, cx: &Cx<'_>, posted: &Posted) -> Result<Progress, Fault> {
        let request = Request::get(post_url(&posted.id)?).bearer(cx.account);
        let value = match http::call_json(cx, request, google::judge).await {
            Err(fault) if fault.status == Some(404) => {
                return Ok(Progress::Refused("Google does not have this post any more.".into()));
            }
            other => other?,
        };
        Ok(match value.get("state").and_then(Value::as_str) {
            Some("LIVE") => Progress::Live(Posted {
                url: http::text(&value, "/searchUrl").or_else(|| posted.url.clone()),
                processing: false,
                ..posted.clone()
            }),
            Some("REJECTED") => Progress::Refused(
                "Google rejected the post: it breaks the rules for posts of businesses.".into(),
            ),
            _ => Progress::Working(Duration::from_mins(1)),
        })
    }

    async fn recent(&self, cx: &Cx<'_>, _since: Timestamp) -> Result<Recent, Fault> {
        // the page does not promise an order: only the whole list proves that something is absent
        let mut posts = Vec::new();
        let mut token: Option<String> = None;
        let url = format!("{POSTS}/{}/localPosts", location(cx)?);
        for _ in 0..PAGES {
            let mut query = vec![("pageSize", "100")];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let request = Request::get(&url).query(query).bearer(cx.account);
            let value = http::call_json(cx, request, google::judge).await?;
            posts.extend(http::list(&value, "/localPosts").iter().filter_map(seen));
            token = http::text(&value, "/nextPageToken");
            if token.is_none() {
                break;
            }
        }
        posts.sort_by_key(|seen: &Seen| std::cmp::Reverse(seen.at));
        Ok(Recent { posts, whole: token.is_none() })
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let request =
            Request::new(Method::Delete, post_url(&posted.id)?, Effect::Prepares).bearer(cx.account);
        match http::call(cx, request, google::judge).await {
            Err(fault) if fault.status == Some(404) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn edit(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<Posted, Fault> {
        let mut body = local_post(piece)?;
        let mut mask = vec!["summary"];
        for part in ["callToAction", "event", "offer"] {
            if body.get(part).is_some() {
                mask.push(part);
            }
        }
        if let Some(body) = body.as_object_mut() {
            body.retain(|name, _| mask.contains(&name.as_str()));
        }
        let request = Request::new(Method::Patch, post_url(&posted.id)?, Effect::Prepares)
            .query([("updateMask", mask.join(",").as_str())])
            .bearer(cx.account)
            .json(body);
        http::call(cx, request, google::judge).await?;
        Ok(posted.clone())
    }
}

/// Everything that a list has, page after page.
async fn all(cx: &Cx<'_>, url: &str, query: &[(&str, &str)], pointer: &str) -> Result<Vec<Value>, Fault> {
    let mut found = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..20 {
        let mut query = query.to_vec();
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let request = Request::get(url).query(query).bearer(cx.account);
        let value = http::call_json(cx, request, google::judge).await?;
        found.extend_from_slice(http::list(&value, pointer));
        token = http::text(&value, "/nextPageToken");
        if token.is_none() {
            break;
        }
    }
    Ok(found)
}

/// A resource's name is a path: `accounts/1/locations/2`.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_'))
}

fn location<'a>(cx: &Cx<'a>) -> Result<&'a str, Fault> {
    let name = cx.account.id.as_str();
    if is_name(name) { Ok(name) } else { Err(Fault::rejected("This is not the name of a location.")) }
}

fn post_url(name: &str) -> Result<String, Fault> {
    if is_name(name) {
        Ok(format!("{POSTS}/{name}"))
    } else {
        Err(Fault::rejected("This is not the name of a post."))
    }
}

fn found(account: &str, location: &Value) -> Option<FoundAccount> {
    let name = http::text(location, "/name").filter(|name| is_name(name))?;
    let title = http::text(location, "/title").unwrap_or_else(|| name.clone());
    let street = http::text(location, "/storefrontAddress/addressLines/0");
    let town = http::text(location, "/storefrontAddress/locality");
    let place: Vec<String> = street.into_iter().chain(town).collect();
    Some(FoundAccount {
        network: Network::GoogleBusiness,
        id: format!("{account}/{name}"),
        // a business with several places has one name
        name: if place.is_empty() { title.clone() } else { format!("{title}, {}", place.join(", ")) },
        handle: title,
        avatar_url: None,
        server: None,
        token: None,
        settings: json!({"maps_url": http::text(location, "/metadata/mapsUri")}),
    })
}

/// The post as the reference describes it, of the text and the options.
fn local_post(piece: &Piece) -> Result<Value, Fault> {
    let topic = piece.option("topic").unwrap_or("STANDARD");
    let mut post = json!({
        "languageCode": piece.option("language").unwrap_or("en"),
        "summary": piece.text,
        "topicType": topic.to_uppercase(),
    });
    if let Some(action) = piece.option("action") {
        let action = action.to_uppercase();
        let mut button = json!({"actionType": action});
        // a call takes the number of the profile
        if action != "CALL" {
            let to =
                piece.option("action_url").ok_or_else(|| Fault::rejected("The button leads nowhere."))?;
            button["url"] = json!(to);
        }
        post["callToAction"] = button;
    }
    if topic != "STANDARD" {
        let schedule = interval(piece).ok_or_else(|| Fault::rejected("It has no beginning and end."))?;
        post["event"] =
            json!({"title": piece.option("event_title").unwrap_or_default(), "schedule": schedule});
    }
    if topic == "OFFER" {
        let mut offer = json!({});
        for (name, option) in
            [("couponCode", "coupon_code"), ("redeemOnlineUrl", "redeem_url"), ("termsConditions", "terms")]
        {
            if let Some(value) = piece.option(option) {
                offer[name] = json!(value);
            }
        }
        post["offer"] = offer;
    }
    let mut media = Vec::new();
    for picture in &piece.media {
        let format = if picture.kind == MediaKind::Video { "VIDEO" } else { "PHOTO" };
        media.push(json!({"mediaFormat": format, "sourceUrl": http::public_url(picture)?}));
    }
    if !media.is_empty() {
        post["media"] = json!(media);
    }
    Ok(post)
}

/// A `TimeInterval`: days and times on the clock of the place.
fn interval(piece: &Piece) -> Option<Value> {
    let at = |name: &str| piece.options.get(name).and_then(time_of);
    let (starts, ends) = (at("starts")?, at("ends")?);
    let day = |at: NaiveDateTime| json!({"year": at.year(), "month": at.month(), "day": at.day()});
    let time = |at: NaiveDateTime| json!({"hours": at.hour(), "minutes": at.minute()});
    Some(
        json!({"startDate": day(starts), "startTime": time(starts), "endDate": day(ends), "endTime": time(ends)}),
    )
}

fn posted(post: &Value) -> Option<Posted> {
    Some(Posted {
        id: http::text(post, "/name").filter(|name| is_name(name))?,
        url: http::text(post, "/searchUrl"),
        reference: Value::Null,
        processing: false,
    })
}

fn seen(post: &Value) -> Option<Seen> {
    Some(Seen {
        posted: posted(post)?,
        text: http::text(post, "/summary").unwrap_or_default(),
        media: Some(http::list(post, "/media").len()),
        at: http::time(post.get("createTime")?.as_str()?)?,
        answers: None,
        counts: crate::publish::Counts::new(),
    })
}
