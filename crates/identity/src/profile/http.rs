//! Routes of profiles. Name, handle, bio, locale and zone are changed with the rest of `/me`.

use axum::{
    Extension,
    body::Bytes,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bellwether_kernel::id::AvatarId;
use bellwether_web::{Api, ApiError, Caller, Path};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::Identity;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(put_avatar, delete_avatar)).routes(routes!(get_avatar))
}

/// A picture that was taken.
#[derive(Serialize, ToSchema)]
struct TakenAvatar {
    /// Where it is now.
    avatar_url: String,
}

/// Change one's picture.
///
/// The body is a PNG, JPEG, WebP or GIF file of at most 5 MB and 50 megapixels. It is cut square, made small and
/// written anew; nothing of the file besides the pixels is kept.
#[utoipa::path(put, path = "/me/avatar", tag = "Identity",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TakenAvatar), (status = 413, description = "Too large a file or picture"),
        (status = 415, description = "Another kind of file"), (status = 422, description = "Can't be read")))]
async fn put_avatar(
    Extension(identity): Extension<Identity>,
    caller: Caller,
    body: Bytes,
) -> Result<axum::Json<TakenAvatar>, ApiError> {
    let id = identity.put_avatar(caller.user, body.to_vec()).await?;
    Ok(axum::Json(TakenAvatar { avatar_url: url(id) }))
}

/// Remove one's picture.
#[utoipa::path(delete, path = "/me/avatar", tag = "Identity", responses((status = 204)))]
async fn delete_avatar(
    Extension(identity): Extension<Identity>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    identity.delete_avatar(caller.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A person's picture.
#[utoipa::path(get, path = "/avatars/{avatar}", tag = "Identity", params(("avatar" = inline(AvatarId), Path)),
    responses((status = 200, description = "PNG or JPEG, at most 256 by 256 pixels", content_type = "image/jpeg",
        body = Vec<u8>)))]
async fn get_avatar(
    Extension(identity): Extension<Identity>,
    _: Caller,
    Path(avatar): Path<AvatarId>,
) -> Result<Response, ApiError> {
    let picture = identity.get_avatar(avatar).await?;
    Ok(picture_response(&picture.content_type, picture.content))
}

/// A picture of ours as an answer.
pub fn picture_response(content_type: &str, content: Vec<u8>) -> Response {
    let kind = if content_type == "image/png" { "image/png" } else { "image/jpeg" };
    let mut response = content.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        // another picture has another id
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"avatar\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Where a picture is.
pub(crate) fn url(id: AvatarId) -> String {
    format!("/api/v1/avatars/{id}")
}
