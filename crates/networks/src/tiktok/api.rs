//! Publishing videos and pictures to TikTok, directly or into the inbox of its app.
//!
//! Written from: TikTok for Developers "Content Posting API" (Direct Post, Upload, Photo, Query Creator Info, Get Post
//! Status, Media Transfer Guide), "Manage User Access Tokens", "Display API" (user info, video list)
//! (developers.tiktok.com/doc).
//!
//! A video appears with the last of its bytes: the rest is sent while preparing, and the publishing call sends the last
//! chunk, after asking whether an earlier try got through. Pictures are fetched by TikTok; there the call that names them
//! publishes. The option `mode: "inbox"` leaves a video in the app's inbox, where a person finishes it.

mod error;
mod upload;

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    Network, http,
    publish::{
        Abilities, AccountMetrics, App, Before, Cx, Effect, Fault, FaultKind, FoundAccount, Grant, Method,
        Oauth, Piece, Posted, Progress, Provider, Publisher, Recent, Request, Scope, Seen,
    },
    rules::MediaKind,
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from TikTok's Content Posting API v2 and Display API v2 pages; not \
                          against the live network.";

const API: &str = "https://open.tiktokapis.com/v2";
const PAGES: usize = 5;

/// TikTok.
#[derive(Debug, Default)]
pub struct Tiktok;

const SCOPES: &[Scope] = &[
    Scope { name: "user.info.basic", words: "See your name and picture." },
    Scope { name: "user.info.profile", words: "See your user name." },
    Scope { name: "user.info.stats", words: "Read your account's numbers." },
    Scope { name: "video.publish", words: "Publish videos and pictures." },
    Scope { name: "video.upload", words: "Send videos to your inbox in the app." },
    Scope { name: "video.list", words: "Read your public videos back, so that nothing is posted twice." },
];

#[async_trait]
impl Publisher for Tiktok {
    fn provider(&self) -> Provider {
        Provider::Tiktok
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities { read_back: true, ..Abilities::PLAIN }
    }

    fn oauth(&self, app: &App, _server: Option<&str>) -> Option<Oauth> {
        let names: Vec<&str> = SCOPES.iter().map(|scope| scope.name).collect();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_key", &app.client_id)
            .append_pair("response_type", "code")
            .append_pair("scope", &names.join(","))
            .finish();
        // TikTok writes its PKCE challenge in hexadecimal, unlike everybody; websites need none
        Some(Oauth {
            authorize_url: format!("https://www.tiktok.com/v2/auth/authorize/?{query}"),
            pkce: false,
            scopes: SCOPES.to_vec(),
            separator: ',',
        })
    }

    async fn exchange(&self, cx: &Cx<'_>, code: &str, _: &str, redirect: &str) -> Result<Grant, Fault> {
        let app = http::app(cx)?;
        let form = [
            ("client_key", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
            ("code", code),
            ("grant_type", "authorization_code"),
            ("redirect_uri", redirect),
        ];
        http::grant(
            &error::send(cx, post("oauth/token/", Effect::Prepares).form(form)).await?,
            cx.now,
            &[','],
        )
    }

    async fn refresh(&self, cx: &Cx<'_>) -> Result<Grant, Fault> {
        let app = http::app(cx)?;
        let form = [
            ("client_key", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
            ("grant_type", "refresh_token"),
            ("refresh_token", http::refresh_token(cx)?),
        ];
        let sent = error::send(cx, post("oauth/token/", Effect::Prepares).form(form)).await;
        http::grant(&sent.map_err(http::while_refreshing)?, cx.now, &[','])
    }

    async fn revoke(&self, cx: &Cx<'_>) -> Result<(), Fault> {
        let app = http::app(cx)?;
        let form = [
            ("client_key", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
            ("token", cx.account.token.expose_secret()),
        ];
        http::call(cx, post("oauth/revoke/", Effect::Prepares).form(form), error::judge).await.map(|_| ())
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let value = user(cx, "open_id,avatar_url,display_name,username").await?;
        let id = http::need(&value, "/data/user/open_id", Effect::Reads)?;
        let handle = http::text(&value, "/data/user/username").unwrap_or_else(|| id.clone());
        Ok(vec![FoundAccount {
            network: Network::Tiktok,
            name: http::text(&value, "/data/user/display_name").unwrap_or_else(|| handle.clone()),
            handle,
            avatar_url: http::text(&value, "/data/user/avatar_url"),
            server: None,
            token: None,
            settings: Value::Null,
            id,
        }])
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        if inbox(piece) {
            let video = upload::video(piece)?;
            return upload::begin(cx, "post/publish/inbox/video/init/", json!({}), video).await;
        }
        let info = post("post/publish/creator_info/query/", Effect::Reads).bearer(cx.account).json(json!({}));
        let creator = error::send(cx, info).await?;
        let privacy = privacy(piece, &creator)?;
        if piece.media.iter().any(|media| media.kind == MediaKind::Video) {
            let video = upload::video(piece)?;
            let longest = http::number(&creator, "/data/max_video_post_duration_sec");
            if let (Some(seconds), Some(longest)) = (video.seconds, longest)
                && seconds > longest as f64
            {
                let words = format!(
                    "This account may publish videos of {longest} seconds; this one has {seconds:.0}."
                );
                return Err(Fault::rejected(words));
            }
            let body = json!({"post_info": post_info(piece, &privacy, &creator)});
            let mut prepared = upload::begin(cx, "post/publish/video/init/", body, video).await?;
            prepared["public"] = json!(privacy == "PUBLIC_TO_EVERYONE");
            return Ok(prepared);
        }
        Ok(json!({"privacy": privacy, "comment_disabled": creator.pointer("/data/comment_disabled")}))
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        _before: Before<'_>,
    ) -> Result<Posted, Fault> {
        if prepared.get("publish_id").is_some() {
            return upload::end(cx, upload::video(piece)?, prepared).await;
        }
        let privacy = http::text(prepared, "/privacy").ok_or_else(|| {
            Fault::new(FaultKind::Transient, "Nothing was prepared.").code(http::PREPARE_AGAIN)
        })?;
        let mut pictures = Vec::new();
        for media in &piece.media {
            pictures.push(http::public_url(media)?);
        }
        if pictures.is_empty() {
            return Err(Fault::rejected("TikTok publishes nothing without a video or pictures."));
        }
        let mut info = json!({
            // pictures have a title of 90 characters; the caption is the description
            "title": piece.title.as_deref().unwrap_or_default(),
            "description": piece.text,
            "privacy_level": privacy,
            "disable_comment": switched(piece, "disable_comment") || prepared["comment_disabled"] == json!(true),
            "auto_add_music": switched(piece, "auto_add_music"),
        });
        commercial(piece, &mut info);
        let request = post("post/publish/content/init/", Effect::Publishes).bearer(cx.account).json(json!({
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": info,
            "source_info": {"source": "PULL_FROM_URL", "photo_images": pictures, "photo_cover_index": 0},
        }));
        let value = error::send(cx, request).await?;
        Ok(Posted {
            id: http::need(&value, "/data/publish_id", Effect::Publishes)?,
            url: None,
            reference: json!({"public": privacy == "PUBLIC_TO_EVERYONE"}),
            processing: true,
        })
    }

    async fn progress(&self, cx: &Cx<'_>, posted: &Posted) -> Result<Progress, Fault> {
        let value = upload::status(cx, &posted.id).await?;
        Ok(match value.pointer("/data/status").and_then(Value::as_str) {
            Some("PUBLISH_COMPLETE") => {
                let ids = ["/data/publicaly_available_post_id/0", "/data/publicly_available_post_id/0"];
                match ids.iter().find_map(|pointer| http::text(&value, pointer)) {
                    Some(id) => Progress::Live(Posted {
                        url: Some(format!("https://www.tiktok.com/@{}/video/{id}", cx.account.handle)),
                        id,
                        reference: posted.reference.clone(),
                        processing: false,
                    }),
                    // moderation: readers do not see it yet
                    None if posted.reference["public"] == json!(true) => {
                        Progress::Working(Duration::from_mins(2))
                    }
                    None => Progress::Live(Posted { processing: false, ..posted.clone() }),
                }
            }
            Some("SEND_TO_USER_INBOX") => {
                cx.warn("It waits in the inbox of TikTok's app: a person has to finish it there.");
                Progress::Live(Posted { processing: false, ..posted.clone() })
            }
            Some("FAILED") => Progress::Refused(error::failure(&value)),
            _ => Progress::Working(Duration::from_secs(20)),
        })
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        let mut posts = Vec::new();
        let mut cursor: Option<u64> = None;
        for _ in 0..PAGES {
            let mut body = json!({"max_count": 20});
            if let Some(cursor) = cursor {
                body["cursor"] = json!(cursor);
            }
            let request = post("video/list/", Effect::Reads)
                .query([("fields", "id,title,video_description,create_time,share_url")])
                .bearer(cx.account)
                .json(body);
            let value = error::send(cx, request).await?;
            let page: Vec<Seen> = http::list(&value, "/data/videos").iter().filter_map(seen).collect();
            let passed = page.last().is_some_and(|last| last.at < since);
            posts.extend(page);
            cursor = http::number(&value, "/data/cursor");
            if passed
                || value.pointer("/data/has_more").and_then(Value::as_bool) != Some(true)
                || cursor.is_none()
            {
                break;
            }
        }
        // only public videos that passed moderation are listed: that one is missing proves nothing
        Ok(Recent { posts, whole: false })
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let value = user(cx, "follower_count,following_count,likes_count,video_count").await?;
        let count = |name: &str| http::number(&value, &format!("/data/user/{name}"));
        let likes = count("likes_count").and_then(|likes| i64::try_from(likes).ok());
        Ok(AccountMetrics {
            followers: count("follower_count"),
            following: count("following_count"),
            posts: count("video_count"),
            other: likes.map(|likes| ("likes_count".to_owned(), likes)).into_iter().collect(),
        })
    }
}

fn post(path: &str, effect: Effect) -> Request {
    Request::new(Method::Post, format!("{API}/{path}"), effect)
}

async fn user(cx: &Cx<'_>, fields: &str) -> Result<Value, Fault> {
    error::send(cx, Request::get(format!("{API}/user/info/")).query([("fields", fields)]).bearer(cx.account))
        .await
}

fn inbox(piece: &Piece) -> bool {
    piece.option("mode") == Some("inbox")
}

fn switched(piece: &Piece, option: &str) -> bool {
    piece.options.get(option).and_then(Value::as_bool) == Some(true)
}

/// Who may see it: as chosen, or everybody, if the account allows that.
fn privacy(piece: &Piece, creator: &Value) -> Result<String, Fault> {
    let wanted = piece.option("privacy").unwrap_or("PUBLIC_TO_EVERYONE");
    let allowed: Vec<&str> =
        http::list(creator, "/data/privacy_level_options").iter().filter_map(Value::as_str).collect();
    if allowed.is_empty() || allowed.contains(&wanted) {
        return Ok(wanted.to_owned());
    }
    let words = format!("The account does not allow {wanted}; it allows {}.", allowed.join(", "));
    Err(Fault::rejected(words).code("privacy_level_option_mismatch"))
}

fn post_info(piece: &Piece, privacy: &str, creator: &Value) -> Value {
    // what the account has switched off stays off
    let off = |option: &str, setting: &str| {
        switched(piece, option)
            || creator.pointer(&format!("/data/{setting}")).and_then(Value::as_bool) == Some(true)
    };
    let mut info = json!({
        "title": piece.text,
        "privacy_level": privacy,
        "disable_comment": off("disable_comment", "comment_disabled"),
        "disable_duet": off("disable_duet", "duet_disabled"),
        "disable_stitch": off("disable_stitch", "stitch_disabled"),
    });
    if let Some(at) = piece.options.get("cover_ms").and_then(Value::as_u64) {
        info["video_cover_timestamp_ms"] = json!(at);
    }
    if switched(piece, "is_aigc") {
        info["is_aigc"] = json!(true);
    }
    commercial(piece, &mut info);
    info
}

fn commercial(piece: &Piece, info: &mut Value) {
    for option in ["brand_content_toggle", "brand_organic_toggle"] {
        if let Some(on) = piece.options.get(option).and_then(Value::as_bool) {
            info[option] = json!(on);
        }
    }
}

fn seen(video: &Value) -> Option<Seen> {
    let at = i64::try_from(http::number(video, "/create_time")?).ok()?;
    Some(Seen {
        posted: Posted {
            id: http::text(video, "/id")?,
            url: http::text(video, "/share_url"),
            reference: Value::Null,
            processing: false,
        },
        text: http::text(video, "/video_description")
            .or_else(|| http::text(video, "/title"))
            .unwrap_or_default(),
        media: None,
        at: chrono::DateTime::from_timestamp(at, 0)?,
        answers: None,
        counts: crate::publish::Counts::new(),
    })
}
