//! What a channel uploads: `channels.list`, `playlistItems.list`, `videos.list`, at one unit of quota each.

use serde_json::{Value, json};

use super::get;
use crate::{
    http,
    publish::{Ask, Counts, Cx, Effect, Fault, FaultKind, Heard, Other, Whom},
};

pub(super) async fn posts_of(cx: &Cx<'_>, ask: Ask<'_>) -> Result<Heard, Fault> {
    match ask.whom {
        Whom::Account(channel) => of_channel(cx, channel, ask.memory).await.map_err(about_the_other),
        Whom::Hashtag(_) => Err(Fault::unsupported("what is posted with a hashtag")),
    }
}

/// A channel by its id, its handle with `@`, or `user/` and its old name.
async fn of_channel(cx: &Cx<'_>, channel: &str, memory: &Value) -> Result<Heard, Fault> {
    let known = |name: &str| http::text(memory, name);
    let remembered = known("/id").zip(known("/name")).zip(known("/uploads"));
    let ((id, name), uploads) = if let Some(remembered) = remembered {
        remembered
    } else {
        let by = match channel.strip_prefix("user/") {
            Some(name) => ("forUsername", name),
            None if channel.starts_with('@') => ("forHandle", channel),
            None => ("id", channel),
        };
        let value = get(cx, "channels", &[("part", "snippet,contentDetails"), by]).await?;
        let found = http::list(&value, "/items").first().ok_or_else(|| {
            Fault::rejected(format!("YouTube has no channel {channel}.")).code("no_account")
        })?;
        let name = http::text(found, "/snippet/title").unwrap_or_else(|| channel.to_owned());
        let uploads = http::need(found, "/contentDetails/relatedPlaylists/uploads", Effect::Reads)?;
        ((http::need(found, "/id", Effect::Reads)?, name), uploads)
    };
    let query = [("part", "contentDetails"), ("playlistId", uploads.as_str()), ("maxResults", "50")];
    let ids: Vec<String> = match get(cx, "playlistItems", &query).await {
        Ok(value) => http::list(&value, "/items")
            .iter()
            .filter_map(|item| http::text(item, "/contentDetails/videoId"))
            .collect(),
        // a channel that never uploaded anything has no such list
        Err(fault) if fault.code.as_deref() == Some("playlistNotFound") => Vec::new(),
        Err(fault) => return Err(fault),
    };
    let mut posts = Vec::new();
    if !ids.is_empty() {
        let query = [("part", "snippet,statistics"), ("id", &*ids.join(","))];
        let value = get(cx, "videos", &query).await?;
        posts.extend(http::list(&value, "/items").iter().filter_map(other));
    }
    posts.sort_by_key(|post: &Other| std::cmp::Reverse(post.at));
    let memory = json!({ "id": id, "name": name, "uploads": uploads });
    Ok(Heard { name: Some(name), id: Some(id), posts, memory })
}

fn other(video: &Value) -> Option<Other> {
    let id = http::text(video, "/id")?;
    let mut counts = Counts::new();
    // likes and comments are left out where the owner hides them
    for (name, pointer) in [
        ("comments", "/statistics/commentCount"),
        ("views", "/statistics/viewCount"),
        ("likes", "/statistics/likeCount"),
    ] {
        if let Some(number) = http::number(video, pointer).and_then(|number| i64::try_from(number).ok()) {
            counts.insert(name.to_owned(), number);
        }
    }
    Some(Other {
        url: format!("https://www.youtube.com/watch?v={id}"),
        author: http::text(video, "/snippet/channelTitle"),
        title: http::text(video, "/snippet/title"),
        text: http::text(video, "/snippet/description").unwrap_or_default(),
        at: http::time(video.pointer("/snippet/publishedAt")?.as_str()?)?,
        picture_url: ["high", "medium", "default"]
            .iter()
            .find_map(|size| http::text(video, &format!("/snippet/thumbnails/{size}/url"))),
        id,
        counts,
    })
}

/// Some reasons are told in the same words of the account that reads and of the channel that is read.
fn about_the_other(fault: Fault) -> Fault {
    match fault.code.as_deref().unwrap_or_default() {
        "channelClosed" | "channelSuspended" => fault.means(FaultKind::Rejected),
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
        | "insufficientPermissions"
        | "forbidden"
        | "PERMISSION_DENIED"
        | "channelForbidden"
        | "playlistItemsNotAccessible" => fault.means(FaultKind::Setup),
        _ => fault,
    }
}
