//! Routes of one's own ways, and those that Telegram and WhatsApp call.

use axum::{
    Extension,
    body::Bytes,
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode},
};
use bellwether_web::{Api, ApiError, Caller, Class, Json, Path, Query, limit};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{
    ChannelView, ConfirmCode, LinkTelegram, NewSubscription, PushKey, SetApproveLinks, SetSlack, TelegramLink,
};
use crate::{Delivery, PushSubscriptionId, ways::Way};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_channels))
        .routes(routes!(get_push_key))
        .routes(routes!(subscribe_push).layer(limit(Class::Generate)))
        .routes(routes!(unsubscribe_push))
        // each of these calls somebody outside
        .routes(routes!(set_slack, remove_slack).layer(limit(Class::Generate)))
        .routes(routes!(link_telegram, remove_telegram).layer(limit(Class::Generate)))
        .routes(routes!(remove_whatsapp))
        .routes(routes!(confirm_whatsapp).layer(limit(Class::Auth)))
        .routes(routes!(test_channel).layer(limit(Class::Generate)))
        .routes(routes!(set_approve_links))
        .routes(routes!(hear_telegram))
        .routes(routes!(verify_whatsapp, hear_whatsapp).layer(DefaultBodyLimit::max(LONGEST)))
}

/// The longest webhook of Meta, as it says itself.
const LONGEST: usize = 3 * 1024 * 1024;

/// Every way to the signed-in person.
#[derive(Serialize, ToSchema)]
#[schema(as = DeliveryChannels)]
struct Channels {
    items: Vec<ChannelView>,
}

#[derive(Deserialize)]
struct SubscriptionPath {
    subscription: PushSubscriptionId,
}

#[derive(Deserialize)]
struct KindPath {
    channel: Way,
}

/// List the ways to oneself.
///
/// One of each kind, of browsers each; those that are not set up are `off`. `configured` says whether the operator has done
/// their part. Which of them brings what, and in which order, is said in the notification preferences.
#[utoipa::path(get, path = "/me/channels", tag = "Notifications", responses((status = 200, body = Channels)))]
async fn list_channels(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
) -> Result<axum::Json<Channels>, ApiError> {
    Ok(axum::Json(Channels { items: delivery.list_channels(caller.user).await? }))
}

/// Get the key that a browser subscribes with.
///
/// For `PushManager.subscribe` as `applicationServerKey`. It stays the same as long as the installation does.
#[utoipa::path(get, path = "/me/push/key", tag = "Notifications", responses((status = 200, body = PushKey)))]
async fn get_push_key(
    Extension(delivery): Extension<Delivery>,
    _: Caller,
) -> Result<axum::Json<PushKey>, ApiError> {
    Ok(axum::Json(delivery.push_key().await?))
}

/// Subscribe a browser.
///
/// As its `PushSubscription` says. A browser that is known is kept anew, for whoever is signed in there now. At most 20 of
/// one person; the longest unused is forgotten first.
#[utoipa::path(post, path = "/me/push/subscriptions", tag = "Notifications", request_body = NewSubscription,
    responses((status = 201, body = ChannelView)))]
async fn subscribe_push(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Json(new): Json<NewSubscription>,
) -> Result<(StatusCode, axum::Json<ChannelView>), ApiError> {
    Ok((StatusCode::CREATED, axum::Json(delivery.subscribe_push(caller.user, &new).await?)))
}

/// Forget a browser.
#[utoipa::path(delete, path = "/me/push/subscriptions/{subscription}", tag = "Notifications",
    params(("subscription" = String, Path, description = "As the list of ways names it: `push_…`")), responses((status = 204)))]
async fn unsubscribe_push(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Path(path): Path<SubscriptionPath>,
) -> Result<StatusCode, ApiError> {
    delivery.unsubscribe_push(caller.user, path.subscription).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set Slack up.
///
/// By an incoming webhook. It is kept when it took a first message; what it answered otherwise is told. What comes there has no
/// links that approve unless one wants them: a channel has many readers.
#[utoipa::path(put, path = "/me/channels/slack", tag = "Notifications", request_body = SetSlack,
    responses((status = 200, body = ChannelView),
        (status = 422, description = "No such webhook, or it refused: `refused`"),
        (status = 503, description = "It takes nothing at the moment: `not_reached`")))]
async fn set_slack(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Json(new): Json<SetSlack>,
) -> Result<axum::Json<ChannelView>, ApiError> {
    Ok(axum::Json(delivery.set_slack(caller.user, &new).await?))
}

/// Take Slack away.
#[utoipa::path(delete, path = "/me/channels/slack", tag = "Notifications", responses((status = 204)))]
async fn remove_slack(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    delivery.remove_channel(caller.user, Way::Slack).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Link a chat of Telegram.
///
/// Without a body's fields: gives a link into the installation's bot, good for 30 minutes; the chat in which it is followed is
/// the way. With `bot_token` and `chat_id`: a bot of one's own, kept when it could write there.
#[utoipa::path(post, path = "/me/channels/telegram", tag = "Notifications", request_body = LinkTelegram,
    responses((status = 200, body = TelegramLink),
        (status = 409, description = "The operator has set no bot up: `not_configured`"),
        (status = 422, description = "Telegram refused: `refused`")))]
async fn link_telegram(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Json(new): Json<LinkTelegram>,
) -> Result<axum::Json<TelegramLink>, ApiError> {
    Ok(axum::Json(delivery.link_telegram(caller.user, &new).await?))
}

/// Take Telegram away.
#[utoipa::path(delete, path = "/me/channels/telegram", tag = "Notifications", responses((status = 204)))]
async fn remove_telegram(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    delivery.remove_channel(caller.user, Way::Telegram).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take WhatsApp away.
///
/// The number is forgotten.
#[utoipa::path(delete, path = "/me/channels/whatsapp", tag = "Notifications", responses((status = 204)))]
async fn remove_whatsapp(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    delivery.remove_channel(caller.user, Way::Whatsapp).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirm one's number on WhatsApp.
///
/// By the code that was sent there when the number was given in the preferences: good for ten minutes and five tries. A trial
/// of the way sends a new one.
#[utoipa::path(post, path = "/me/channels/whatsapp/confirm", tag = "Notifications", request_body = ConfirmCode,
    responses((status = 200, body = ChannelView),
        (status = 409, description = "No code was sent: `no_code`; or it is good no more: `code_expired`"),
        (status = 422, description = "Another one was sent: `wrong_code`")))]
async fn confirm_whatsapp(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Json(given): Json<ConfirmCode>,
) -> Result<axum::Json<ChannelView>, ApiError> {
    Ok(axum::Json(delivery.confirm_whatsapp(caller.user, &given).await?))
}

/// Try a way.
///
/// Sends a trial at once and gives the ways as they stand after it: a refusal is in the way's `reason`. A number that is not
/// confirmed gets a new code instead, at most five a day.
#[utoipa::path(post, path = "/me/channels/{channel}/test", tag = "Notifications", params(("channel" = Way, Path)),
    responses((status = 200, body = Channels),
        (status = 409, description = "It is not confirmed: `unconfirmed`; or there were codes enough: `too_many_codes`")))]
async fn test_channel(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Path(path): Path<KindPath>,
) -> Result<axum::Json<Channels>, ApiError> {
    Ok(axum::Json(Channels { items: delivery.test_channel(caller.user, path.channel).await? }))
}

/// Choose whether what comes by a way has links that approve.
///
/// For Slack and Telegram. A link that approves does so in one's own name for whoever follows it, without signing in; without
/// such links there are those into the app.
#[utoipa::path(put, path = "/me/channels/{channel}/approve-links", tag = "Notifications", params(("channel" = Way, Path)),
    request_body = SetApproveLinks, responses((status = 200, body = ChannelView),
        (status = 404, description = "It is not set up"),
        (status = 409, description = "Nobody can choose for this way: `no_choice`")))]
async fn set_approve_links(
    Extension(delivery): Extension<Delivery>,
    caller: Caller,
    Path(path): Path<KindPath>,
    Json(new): Json<SetApproveLinks>,
) -> Result<axum::Json<ChannelView>, ApiError> {
    Ok(axum::Json(delivery.set_approve_links(caller.user, path.channel, &new).await?))
}

/// Hear what was written to the bot.
///
/// For Telegram, where the operator has registered it as the bot's webhook: it proves itself by
/// `X-Telegram-Bot-Api-Secret-Token`. Nobody else finds anything here.
#[utoipa::path(post, path = "/deliveries/telegram", tag = "Deliveries", security(()), request_body = Value,
    responses((status = 204, description = "Heard"), (status = 404, description = "Without the secret")))]
async fn hear_telegram(
    Extension(delivery): Extension<Delivery>,
    headers: HeaderMap,
    Json(told): Json<Value>,
) -> Result<StatusCode, ApiError> {
    let secret = headers.get("x-telegram-bot-api-secret-token").and_then(|secret| secret.to_str().ok());
    delivery.hear_telegram(secret, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What Meta asks before it tells anything.
#[derive(Deserialize)]
struct Handshake {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    verify_token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

/// Show Meta that the webhook is ours.
///
/// For Meta, when the operator registers this address for the field `messages`: repeats the challenge where the word is that of
/// the configuration.
#[utoipa::path(get, path = "/deliveries/whatsapp", tag = "Deliveries", security(()),
    params(("hub.mode" = Option<String>, Query, description = "`subscribe`"),
        ("hub.verify_token" = Option<String>, Query, description = "The word of the configuration"),
        ("hub.challenge" = Option<String>, Query, description = "What is to be repeated")),
    responses((status = 200, description = "The challenge", content_type = "text/plain", body = String),
        (status = 403, description = "Another word: `verify_token_refused`"),
        (status = 404, description = "The operator has not set the webhook up"),
        (status = 422, description = "Another mode, or nothing to repeat")))]
async fn verify_whatsapp(
    Extension(delivery): Extension<Delivery>,
    Query(asked): Query<Handshake>,
) -> Result<String, ApiError> {
    let Handshake { mode, verify_token, challenge } = asked;
    Ok(delivery.answer_handshake(mode.as_deref(), verify_token.as_deref(), challenge.as_deref())?)
}

/// Hear what became of messages on WhatsApp.
///
/// For Meta: it proves itself by `X-Hub-Signature-256`. What is on the telephone has come, what was read there is opened, and
/// what failed goes to the person's next way. The same twice, and in whatever order, is the same.
#[utoipa::path(post, path = "/deliveries/whatsapp", tag = "Deliveries", security(()), request_body = Value,
    responses((status = 200, description = "Heard"), (status = 400, description = "No signature, or no JSON"),
        (status = 401, description = "The signature does not hold: `signature_refused`"),
        (status = 404, description = "The operator has not set the webhook up")))]
async fn hear_whatsapp(
    Extension(delivery): Extension<Delivery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let signature = headers.get("x-hub-signature-256").and_then(|signature| signature.to_str().ok());
    delivery.hear_whatsapp(signature, &body).await?;
    Ok(StatusCode::OK)
}
