//! Routes behind the links of the morning's mail: nobody need be signed in, the link is the key.

use std::fmt::Write as _;

use axum::{
    Extension,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use bellwether_kernel::{Kind, Problem};
use bellwether_web::{Api, ApiError, Class, Path, RequestContext, limit};
use serde::Deserialize;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{
    links::{Approval, ApprovalPage},
    score::network_name,
};
use crate::Delivery;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(show_approval))
        // what changes something without a session is limited by address
        .routes(routes!(approve_by_link).layer(limit(Class::Generate)))
        .routes(routes!(show_delivery, open_delivery))
        .routes(routes!(seen_delivery))
        .routes(routes!(show_morning_off))
        .routes(routes!(morning_off))
}

#[derive(Deserialize)]
struct TokenPath {
    token: String,
}

/// A transparent picture of one pixel.
const PIXEL: &[u8] = &[
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x21, 0xF9, 4, 1,
    0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
];

/// Ask whether to approve a draft.
///
/// A page with the draft and a button, for people who follow the link of a mail. Changes nothing: programs that look at
/// links come here too. What can't be approved any more is told in words.
#[utoipa::path(get, path = "/deliveries/approve/{token}", tag = "Deliveries", security(()),
    params(("token" = String, Path, description = "From the mail")),
    responses((status = 200, description = "A page", content_type = "text/html", body = String),
        (status = 404, description = "The link was not made here")))]
async fn show_approval(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    match delivery.look_at_approval(&path.token).await {
        Ok(found) => Ok(page(&found)),
        Err(error) => broken_link(&headers, error),
    }
}

/// Approve a draft by a link.
///
/// For the person to whom it was mailed, with what they may at this moment, for 48 hours, and only the text that was mailed.
/// A second time tells that it is approved. Where that is refused, browsers are led back to the page, which says why.
#[utoipa::path(post, path = "/deliveries/approve/{token}", tag = "Deliveries", security(()),
    params(("token" = String, Path, description = "From the mail")),
    responses((status = 200, description = "Approved, or it was already", content_type = "text/html", body = String),
        (status = 303, description = "To the page that says why not, for browsers"),
        (status = 403, description = "They may not, any more: `not_allowed`"),
        (status = 404, description = "The link was not made here: `link_unknown`"),
        (status = 409, description = "It was changed or decided since: `changed`; or the link is too old: `link_expired`")))]
async fn approve_by_link(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    RequestContext(context): RequestContext,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let done = match delivery.approve_by_link(&path.token, &context).await {
        Ok(done) => done,
        Err(error) => return broken_link(&headers, error),
    };
    let Some(problem) = refusal(&done.approval) else { return Ok(page(&done)) };
    if is_browser(&headers) {
        let back = format!("/api/v1/deliveries/approve/{}", path.token);
        return Ok(with_no_store(Redirect::to(&back).into_response()));
    }
    Err(problem.into())
}

/// Why it was not approved; none when it is.
fn refusal(approval: &Approval) -> Option<Problem> {
    match approval {
        Approval::Done | Approval::Already => None,
        Approval::Ready { .. } | Approval::Changed => {
            let words = "The draft was changed or decided since it was mailed. Look at it as it is now.";
            Some(Problem::new(Kind::Conflict, "changed", words))
        }
        Approval::Expired => {
            let words = "Such links work for 48 hours. Approve the draft in the app.";
            Some(Problem::new(Kind::Conflict, "link_expired", words))
        }
        Approval::Refused(words) => Some(Problem::new(Kind::Forbidden, "not_allowed", words)),
    }
}

/// Go on into the app.
///
/// A page that a browser sends on by itself, and that has a button where scripts don't run. Changes nothing and counts as
/// nothing: programs that look at links come here too.
#[utoipa::path(get, path = "/deliveries/open/{token}", tag = "Deliveries", security(()),
    params(("token" = String, Path, description = "From what was sent")),
    responses((status = 200, description = "A page", content_type = "text/html", body = String),
        (status = 404, description = "The link was not made here")))]
async fn show_delivery(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Err(error) = delivery.check_open(&path.token) {
        return broken_link(&headers, error);
    }
    // the script sends the form once a person sees the page
    let inside = "<form method=\"post\" id=\"open\"><button>Open Bellwether</button></form><script src=\"/open.js\"></script>";
    Ok(html("Bellwether", inside))
}

/// Follow a link of a delivery into the app.
///
/// Leads to the draft, the trend, or to all that wait, and notes that a person looked at the delivery.
#[utoipa::path(post, path = "/deliveries/open/{token}", tag = "Deliveries", security(()),
    params(("token" = String, Path, description = "From what was sent")),
    responses((status = 303, description = "To the app"), (status = 404, description = "The link was not made here")))]
async fn open_delivery(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    match delivery.follow(&path.token).await {
        Ok(to) => Ok(with_no_store(Redirect::to(&to).into_response())),
        Err(error) => broken_link(&headers, error),
    }
}

/// Tell that a delivery was opened.
///
/// A picture of one transparent pixel in the mail. People may have mails without it, and so may an installation.
#[utoipa::path(get, path = "/deliveries/seen/{token}", tag = "Deliveries", security(()),
    params(("token" = String, Path, description = "From the mail")),
    responses((status = 200, description = "A picture", content_type = "image/gif", body = Vec<u8>),
        (status = 404, description = "The link was not made here")))]
async fn seen_delivery(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    method: Method,
) -> Result<Response, ApiError> {
    // who only asks for the headers (`HEAD` comes here too) shows nobody a picture
    if method == Method::GET {
        delivery.note_seen(&path.token).await?;
    } else {
        delivery.check_seen(&path.token).map_err(crate::Error::from)?;
    }
    // programs that show mails are another site
    let elsewhere = (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    Ok(with_no_store(([(header::CONTENT_TYPE, "image/gif"), elsewhere], PIXEL).into_response()))
}

/// Ask whether to end the morning's mail.
///
/// A page with a button. Changes nothing.
#[utoipa::path(get, path = "/deliveries/unsubscribe/{token}", tag = "Deliveries", security(()),
    params(("token" = String, Path, description = "From the mail")),
    responses((status = 200, description = "A page", content_type = "text/html", body = String),
        (status = 404, description = "The link was not made here")))]
async fn show_morning_off(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Err(error) = delivery.check_morning_off(&path.token) {
        return broken_link(&headers, error);
    }
    let inside = "<p>Get no more drafts in the morning, alerts, reminders and reports by mail?</p>\
                  <form method=\"post\"><button>Unsubscribe</button></form>";
    Ok(html("Unsubscribe", inside))
}

/// End the morning's mail.
///
/// At once and as often as it is asked; other mails stay, and the settings bring it back. Mail programs ask it by themselves
/// (RFC 8058); what they send along is not looked at.
#[utoipa::path(post, path = "/deliveries/unsubscribe/{token}", tag = "Deliveries", security(()),
    params(("token" = String, Path, description = "From the mail")),
    responses((status = 200, description = "Done", content_type = "text/html", body = String),
        (status = 404, description = "The link was not made here")))]
async fn morning_off(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Err(error) = delivery.morning_off(&path.token).await {
        return broken_link(&headers, error);
    }
    let inside = "<p>You get no more drafts in the morning, alerts, reminders and reports by mail. Your settings bring \
                  them back.</p>";
    Ok(html("You are unsubscribed", inside))
}

fn is_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// A link that a mail program cut, or that nobody made: a person is told on a page, a program as everywhere.
pub(crate) fn broken_link(headers: &HeaderMap, error: impl Into<Problem>) -> Result<Response, ApiError> {
    let problem = error.into();
    if problem.code != "link_unknown" || !is_browser(headers) {
        return Err(problem.into());
    }
    let inside = "<p>It was not made here, or a part of it is missing: some mail programs break long links. Follow it \
                  from the mail once more, or copy all of it.</p><p><a href=\"/\">Open Bellwether</a></p>";
    let mut response = html("This link does not work", inside);
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}

fn page(page: &ApprovalPage) -> Response {
    let (title, mut inside) = match &page.approval {
        Approval::Ready { network, text } => {
            let network = network_name(network);
            let text: String = text.lines().map(escaped).collect::<Vec<_>>().join("<br>");
            // without an action the form goes to the page's own address
            let form = "<form method=\"post\"><button>Approve</button></form>";
            (
                "Approve this draft?",
                format!("<p>For {}:</p><blockquote>{text}</blockquote>{form}", escaped(network)),
            )
        }
        Approval::Done => ("Approved", "<p>The draft is approved.</p>".to_owned()),
        Approval::Already => ("Approved", "<p>The draft is approved already.</p>".to_owned()),
        Approval::Changed => {
            let words =
                "<p>The draft was changed or decided since it was mailed. Look at it as it is now.</p>";
            ("The draft was changed", words.to_owned())
        }
        Approval::Expired => {
            let words = "<p>Such links work for 48 hours. Approve the draft in Bellwether.</p>";
            ("The link has expired", words.to_owned())
        }
        Approval::Refused(words) => ("It can’t be approved", format!("<p>{}</p>", escaped(words))),
    };
    if let Some(href) = &page.href {
        let _ = write!(inside, "<p><a href=\"{}\">Open it in Bellwether</a></p>", escaped(href));
    }
    html(title, &inside)
}

pub(crate) fn html(title: &str, inside: &str) -> Response {
    let page = Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><link rel=\"stylesheet\" \
         href=\"/page.css\"><title>{title}</title></head><body><main>\
         <h1>{title}</h1>{inside}</main></body></html>"
    ));
    with_no_store(page.into_response())
}

/// The address is a key: nobody keeps it.
fn with_no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}
