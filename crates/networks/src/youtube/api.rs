//! Publishing videos and Shorts to YouTube.
//!
//! Written from: YouTube Data API v3 reference `videos`, `channels`, `playlistItems`, `commentThreads`, "Resumable
//! Uploads", "Errors" (developers.google.com/youtube/v3) and Google's discovery document.
//!
//! A video appears with the last of its bytes. Everything before that is sent while preparing; the publishing call sends
//! the rest, after asking the session whether an earlier try got through. Posts on a channel's page can't be made by any
//! program: the Data API does not have them.

mod others;
mod upload;

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::google;
use crate::{
    Network, Target, http,
    publish::{
        Abilities, AccountMetrics, App, Ask, Before, Cx, Effect, Fault, FaultKind, FoundAccount, Grant,
        Heard, Media, Method, Oauth, Piece, Posted, Progress, Provider, Publisher, Recent, Request, Scope,
        Seen,
    },
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from the YouTube Data API v3 pages and Google's discovery \
                          document, and against recorded answers; not against the live network.";

const API: &str = "https://www.googleapis.com/youtube/v3";
const PAGES: usize = 5;

/// YouTube.
#[derive(Debug, Default)]
pub struct Youtube;

const SCOPES: &[Scope] = &[
    Scope { name: "https://www.googleapis.com/auth/youtube.upload", words: "Upload videos to your channel." },
    Scope {
        name: "https://www.googleapis.com/auth/youtube.force-ssl",
        words: "See your channel and its videos, change and delete videos, add a first comment.",
    },
];

#[async_trait]
impl Publisher for Youtube {
    fn provider(&self) -> Provider {
        Provider::Youtube
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            delete: true,
            edit: true,
            read_back: true,
            first_comment: true,
            reads_accounts: true,
            ..Abilities::PLAIN
        }
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
        let query = [("part", "snippet,contentDetails"), ("mine", "true"), ("maxResults", "50")];
        let value = get(cx, "channels", &query).await?;
        Ok(http::list(&value, "/items").iter().filter_map(found).collect())
    }

    async fn revoke(&self, cx: &Cx<'_>) -> Result<(), Fault> {
        let token = cx.account.refresh_token.as_ref().unwrap_or(&cx.account.token);
        let request = Request::new(Method::Post, "https://oauth2.googleapis.com/revoke", Effect::Prepares)
            .form([("token", token.expose_secret())]);
        match http::call(cx, request, google::judge).await {
            // revoked already
            Err(fault) if fault.status == Some(400) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        if piece.target == Target::YoutubeCommunity {
            return Err(Fault::unsupported("posts on a channel's page to programs: publish it by hand"));
        }
        let video = video(piece)?;
        upload::begin(cx, piece, video).await
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        _before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let video = video(piece)?;
        let value = upload::end(cx, video, prepared).await?;
        let id = http::need(&value, "/id", Effect::Publishes)?;
        Ok(Posted { url: Some(address(piece.target, &id)), id, reference: Value::Null, processing: true })
    }

    async fn progress(&self, cx: &Cx<'_>, posted: &Posted) -> Result<Progress, Fault> {
        let value = get(cx, "videos", &[("part", "status,processingDetails"), ("id", &posted.id)]).await?;
        let Some(video) = http::list(&value, "/items").first() else {
            return Ok(Progress::Refused("YouTube does not have this video any more.".into()));
        };
        let said = |pointer: &str| http::text(video, pointer);
        Ok(match said("/status/uploadStatus").as_deref() {
            Some("processed") => Progress::Live(Posted { processing: false, ..posted.clone() }),
            Some("failed") => Progress::Refused(said("/status/failureReason").map_or_else(
                || "The upload failed.".into(),
                |reason| format!("The upload failed: {reason}"),
            )),
            Some("rejected") => Progress::Refused(said("/status/rejectionReason").map_or_else(
                || "YouTube rejected the video.".into(),
                |reason| format!("YouTube rejected the video: {reason}"),
            )),
            Some("deleted") => Progress::Refused("The video was deleted.".into()),
            _ => {
                let left =
                    http::number(video, "/processingDetails/processingProgress/timeLeftMs").unwrap_or(30_000);
                Progress::Working(Duration::from_millis(left.clamp(15_000, 600_000)))
            }
        })
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        if let Some(comment) = piece.first_comment.as_deref().filter(|comment| !comment.is_empty()) {
            let request = Request::new(Method::Post, format!("{API}/commentThreads"), Effect::Publishes)
                .query([("part", "snippet")])
                .bearer(cx.account)
                .json(json!({"snippet": {
                    "videoId": posted.id,
                    "topLevelComment": {"snippet": {"textOriginal": comment}},
                }}));
            http::call(cx, request, google::judge).await?;
        }
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        let uploads = uploads(cx).await?;
        let mut posts = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..PAGES {
            let mut query = vec![("part", "snippet"), ("playlistId", uploads.as_str()), ("maxResults", "50")];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let value = get(cx, "playlistItems", &query).await?;
            let page: Vec<Seen> = http::list(&value, "/items").iter().filter_map(seen).collect();
            let passed = page.last().is_some_and(|last| last.at < since);
            posts.extend(page);
            token = http::text(&value, "/nextPageToken");
            if passed || token.is_none() {
                return Ok(Recent { posts, whole: true });
            }
        }
        Ok(Recent { posts, whole: false })
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let request = Request::new(Method::Delete, format!("{API}/videos"), Effect::Prepares)
            .query([("id", posted.id.as_str())])
            .bearer(cx.account);
        match http::call(cx, request, google::judge).await {
            Err(fault) if fault.status == Some(404) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn edit(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<Posted, Fault> {
        // an update replaces the whole part: what is not ours is sent back as it was
        let value = get(cx, "videos", &[("part", "snippet"), ("id", &posted.id)]).await?;
        let video = http::list(&value, "/items")
            .first()
            .ok_or_else(|| Fault::rejected("YouTube does not have this video any more."))?;
        let mut snippet = upload::snippet(piece);
        for kept in ["categoryId", "defaultLanguage", "defaultAudioLanguage"] {
            if let Some(value) = video.pointer(&format!("/snippet/{kept}")) {
                snippet[kept] = value.clone();
            }
        }
        let request = Request::new(Method::Put, format!("{API}/videos"), Effect::Prepares)
            .query([("part", "snippet")])
            .bearer(cx.account)
            .json(json!({"id": posted.id, "snippet": snippet}));
        http::call(cx, request, google::judge).await?;
        Ok(posted.clone())
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let value = get(cx, "channels", &[("part", "statistics"), ("id", &cx.account.id)]).await?;
        let statistic = |name: &str| http::number(&value, &format!("/items/0/statistics/{name}"));
        let views = statistic("viewCount").and_then(|views| i64::try_from(views).ok());
        Ok(AccountMetrics {
            followers: statistic("subscriberCount"),
            posts: statistic("videoCount"),
            other: views.map(|views| ("viewCount".to_owned(), views)).into_iter().collect(),
            ..Default::default()
        })
    }

    async fn posts_of(&self, cx: &Cx<'_>, ask: Ask<'_>) -> Result<Heard, Fault> {
        others::posts_of(cx, ask).await
    }
}

fn video(piece: &Piece) -> Result<&Media, Fault> {
    http::lone_video(piece)?.ok_or_else(|| Fault::rejected("YouTube publishes nothing without a video."))
}

async fn get(cx: &Cx<'_>, path: &str, query: &[(&str, &str)]) -> Result<Value, Fault> {
    let request = Request::get(format!("{API}/{path}")).query(query.iter().copied()).bearer(cx.account);
    http::call_json(cx, request, google::judge).await
}

fn address(target: Target, id: &str) -> String {
    if target == Target::YoutubeShortScript {
        format!("https://www.youtube.com/shorts/{id}")
    } else {
        format!("https://www.youtube.com/watch?v={id}")
    }
}

fn found(channel: &Value) -> Option<FoundAccount> {
    let id = http::text(channel, "/id")?;
    let name = http::text(channel, "/snippet/title").unwrap_or_else(|| id.clone());
    Some(FoundAccount {
        network: Network::Youtube,
        handle: http::text(channel, "/snippet/customUrl")
            .map_or_else(|| name.clone(), |handle| handle.trim_start_matches('@').to_owned()),
        name,
        avatar_url: http::text(channel, "/snippet/thumbnails/default/url"),
        server: None,
        token: None,
        settings: json!({"uploads": http::text(channel, "/contentDetails/relatedPlaylists/uploads")}),
        id,
    })
}

/// The playlist of everything that the channel uploaded, the newest first.
async fn uploads(cx: &Cx<'_>) -> Result<String, Fault> {
    if let Some(known) = cx.account.setting("uploads") {
        return Ok(known.to_owned());
    }
    let value = get(cx, "channels", &[("part", "contentDetails"), ("id", &cx.account.id)]).await?;
    http::text(&value, "/items/0/contentDetails/relatedPlaylists/uploads")
        .ok_or_else(|| Fault::new(FaultKind::Revoked, "YouTube does not have this channel any more."))
}

fn seen(item: &Value) -> Option<Seen> {
    let id = http::text(item, "/snippet/resourceId/videoId")?;
    Some(Seen {
        posted: Posted {
            url: Some(format!("https://www.youtube.com/watch?v={id}")),
            id,
            reference: Value::Null,
            processing: false,
        },
        text: http::text(item, "/snippet/title").unwrap_or_default(),
        media: Some(1),
        at: http::time(item.pointer("/snippet/publishedAt")?.as_str()?)?,
        answers: None,
        counts: crate::publish::Counts::new(),
    })
}
