//! Posts: `/rest/posts`.

use bellwether_kernel::Timestamp;
use chrono::DateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ask, fault::call, little, media};
use crate::{
    Network,
    publish::{Cx, Effect, Fault, Media, Method, Piece, Posted, Recent, Seen},
    rules::MediaKind,
};

/// Most pages that are read, and how many posts each has.
const PAGES: usize = 5;
const PAGE: usize = 100;
/// The longest title of a document that is taken from the text.
const TITLE: usize = 100;

pub(super) fn posted(urn: &str) -> Posted {
    Posted {
        id: urn.to_owned(),
        url: Some(format!("https://www.linkedin.com/feed/update/{urn}/")),
        reference: Value::Null,
        processing: false,
    }
}

/// Uploads, and how the post names them.
pub(super) async fn prepare(cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
    let reshared =
        match &piece.quote_url {
            None => None,
            Some(url) => Some(post_urn(url).ok_or_else(|| {
                Fault::rejected(format!("“{url}” is not the address of a post on LinkedIn."))
            })?),
        };
    let pictures = piece.media.iter().filter(|file| is_picture(file)).count();
    if pictures != piece.media.len() && piece.media.len() > 1 {
        return Err(Fault::rejected("LinkedIn takes pictures, or one video, or one document."));
    }
    let mut media = Vec::new();
    for file in &piece.media {
        let mut named = json!({ "id": media::upload(cx, file).await? });
        if is_picture(file) && !file.alt_text.is_empty() {
            named["altText"] = json!(file.alt_text);
        }
        // a document has to have a title; a video may
        match (&piece.title, file.kind) {
            (Some(title), MediaKind::Document | MediaKind::Video) => named["title"] = json!(title),
            (None, MediaKind::Document) => named["title"] = json!(first_line(&piece.text)),
            _ => {}
        }
        media.push(named);
    }
    let content = match media.len() {
        0 => article(piece),
        1 => media.pop().map(|media| json!({ "media": media })),
        _ => Some(json!({ "multiImage": { "images": media } })),
    };
    Ok(json!({ "content": content, "reshared": reshared }))
}

fn is_picture(file: &Media) -> bool {
    matches!(file.kind, MediaKind::Image | MediaKind::Gif)
}

fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("Document");
    line.chars().take(TITLE).collect()
}

/// The card of a link: LinkedIn makes none by itself, and one needs a title.
fn article(piece: &Piece) -> Option<Value> {
    let title = piece.title.as_ref()?;
    let range = crate::urls(Network::Linkedin, &piece.text).into_iter().next()?;
    let link = &piece.text[range];
    let source = if link.contains("://") { link.to_owned() } else { format!("https://{link}") };
    let mut article = json!({ "source": source, "title": title });
    if let Some(description) = &piece.description {
        article["description"] = json!(description);
    }
    Some(json!({ "article": article }))
}

/// The URN in a post's address.
fn post_urn(address: &str) -> Option<String> {
    ["urn:li:share:", "urn:li:ugcPost:"].iter().find_map(|kind| {
        let id = &address[address.find(kind)? + kind.len()..];
        let id = &id[..id.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(id.len())];
        (!id.is_empty()).then(|| format!("{kind}{id}"))
    })
}

/// What is sent.
pub(super) fn of(cx: &Cx<'_>, piece: &Piece, prepared: &Value) -> Value {
    let mut post = json!({
        "author": cx.account.id,
        "commentary": little::escape(&piece.text),
        "visibility": piece.option("visibility").unwrap_or("PUBLIC"),
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": false,
    });
    if let Some(content) = prepared.get("content").filter(|content| !content.is_null()) {
        post["content"] = content.clone();
    }
    if let Some(parent) = prepared.get("reshared").and_then(Value::as_str) {
        post["reshareContext"] = json!({ "parent": parent });
    }
    post
}

/// A post as it is kept.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    id: String,
    #[serde(default)]
    commentary: String,
    published_at: Option<i64>,
    created_at: Option<i64>,
    #[serde(default)]
    content: Value,
}

impl Kept {
    fn at(&self) -> Option<Timestamp> {
        DateTime::from_timestamp_millis(self.published_at.or(self.created_at)?)
    }

    fn seen(&self) -> Option<Seen> {
        let images = self.content.pointer("/multiImage/images").and_then(Value::as_array);
        let single = usize::from(self.content.get("media").is_some());
        Some(Seen {
            posted: posted(&self.id),
            text: little::plain(&self.commentary),
            media: Some(images.map_or(single, Vec::len)),
            at: self.at()?,
            answers: None,
            counts: crate::publish::Counts::new(),
        })
    }
}

/// An organization's posts, newest first.
pub(super) async fn recent(cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
    #[derive(Deserialize)]
    struct Page {
        elements: Vec<Kept>,
    }
    let mut posts = Vec::new();
    let mut whole = false;
    for page in 0..PAGES {
        let (start, count) = ((page * PAGE).to_string(), PAGE.to_string());
        let request = ask(cx, Method::Get, "/rest/posts", Effect::Reads)
            .query([
                ("q", "author"),
                ("author", cx.account.id.as_str()),
                ("start", start.as_str()),
                ("count", count.as_str()),
                ("sortBy", "CREATED"),
            ])
            .header("x-restli-method", "FINDER");
        let page: Page = call(cx, request).await?.read(Effect::Reads)?;
        // posts can be left out of a page, so only an empty one is the end
        whole = page.elements.is_empty()
            || page.elements.last().and_then(Kept::at).is_some_and(|oldest| oldest < since);
        posts.extend(page.elements.iter().filter_map(Kept::seen).filter(|seen| seen.at >= since));
        if whole {
            break;
        }
    }
    posts.sort_by_key(|seen| std::cmp::Reverse(seen.at));
    Ok(Recent { posts, whole })
}
