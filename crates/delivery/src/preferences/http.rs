//! Routes of preferences, and the way out of marketing.

use axum::{Extension, http::HeaderMap, response::Response};
use bellwether_web::{Api, ApiError, Caller, Json, Path};
use serde::Deserialize;
use utoipa_axum::routes;

use super::{PreferencesView, UpdatePreferences};
use crate::{
    Delivery,
    daily::public_http::{broken_link, html},
};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(get_notification_preferences, update_notification_preferences))
        .routes(routes!(show_unsubscribe, unsubscribe))
}

#[derive(Deserialize)]
struct TokenPath {
    token: String,
}

/// Read how one wants to be told.
#[utoipa::path(get, path = "/me/notification-preferences", tag = "Notifications",
    responses((status = 200, body = PreferencesView)))]
async fn get_notification_preferences(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
) -> Result<axum::Json<PreferencesView>, ApiError> {
    Ok(axum::Json(delivery.preferences(caller.user).await?))
}

/// Change how one wants to be told.
///
/// Fields that are absent stay. Kinds, quiet hours and marketing take effect at once, for mails that wait too. The ways of the
/// morning in their order are those of alerts, reminders and reports as well. A new number on WhatsApp gets a code.
#[utoipa::path(patch, path = "/me/notification-preferences", tag = "Notifications",
    request_body = UpdatePreferences, responses((status = 200, body = PreferencesView)))]
async fn update_notification_preferences(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Json(change): Json<UpdatePreferences>,
) -> Result<axum::Json<PreferencesView>, ApiError> {
    Ok(axum::Json(delivery.update_preferences(caller.user, &change).await?))
}

/// Ask whether to unsubscribe.
///
/// A page with a button, for people who follow the link of a mail. Changes nothing: programs that look at links come here
/// too.
#[utoipa::path(get, path = "/unsubscribe/{token}", tag = "Notifications", security(()),
    params(("token" = String, Path, description = "From the mail")),
    responses((status = 200, description = "A page", content_type = "text/html", body = String),
        (status = 404, description = "The link was not made here")))]
async fn show_unsubscribe(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Err(error) = delivery.check_unsubscribe(&path.token) {
        return broken_link(&headers, error);
    }
    // without an action the form goes to the page's own address
    Ok(html(
        "Unsubscribe",
        "<p>Get no more news of Bellwether at this address?</p><form method=\"post\"><button>Unsubscribe</button></form>",
    ))
}

/// Unsubscribe.
///
/// Ends news by mail for the address that the link was sent to, at once and as often as it is asked. Mail programs ask it
/// by themselves (RFC 8058); what they send along is not looked at.
#[utoipa::path(post, path = "/unsubscribe/{token}", tag = "Notifications", security(()),
    params(("token" = String, Path, description = "From the mail")),
    responses((status = 200, description = "Done", content_type = "text/html", body = String),
        (status = 404, description = "The link was not made here")))]
async fn unsubscribe(
    Extension(delivery): Extension<Delivery>,
    Path(path): Path<TokenPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Err(error) = delivery.unsubscribe(&path.token).await {
        return broken_link(&headers, error);
    }
    Ok(html("Unsubscribed", "<p>You get no more news of Bellwether at this address.</p>"))
}
