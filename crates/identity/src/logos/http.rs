//! Routes of logos.

use axum::{Extension, body::Bytes, http::StatusCode, response::Response};
use bellwether_web::{Api, ApiError, Caller, Member, Path, RequestContext};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::LogoUrl;
use crate::{Identity, ids::LogoId, profile::picture_response};

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(put_logo, delete_logo)).routes(routes!(get_logo))
}

/// A logo that was taken.
#[derive(Serialize, ToSchema)]
struct TakenLogo {
    /// Where it is now.
    #[schema(value_type = String)]
    logo_url: LogoUrl,
}

/// Change an organization's logo.
///
/// The body is a PNG, JPEG, WebP or GIF file of at most 5 MB and 50 megapixels. It is cut square, made small and
/// written anew; nothing of the file besides the pixels is kept. Needs `organization.update`.
#[utoipa::path(put, path = "/organizations/{org}/logo", tag = "Organizations",
    params(("org" = String, Path, description = "Slug or id")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TakenLogo), (status = 413, description = "Too large a file or picture"),
        (status = 415, description = "Another kind of file"), (status = 422, description = "Can't be read")))]
async fn put_logo(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    RequestContext(context): RequestContext,
    body: Bytes,
) -> Result<axum::Json<TakenLogo>, ApiError> {
    let logo_url = identity.put_logo(&access, body.to_vec(), &context).await?;
    Ok(axum::Json(TakenLogo { logo_url }))
}

/// Remove an organization's logo.
///
/// Needs `organization.update`.
#[utoipa::path(delete, path = "/organizations/{org}/logo", tag = "Organizations",
    params(("org" = String, Path, description = "Slug or id")), responses((status = 204)))]
async fn delete_logo(
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.delete_logo(&access, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An organization's logo.
#[utoipa::path(get, path = "/logos/{logo}", tag = "Organizations", params(("logo" = inline(LogoId), Path)),
    responses((status = 200, description = "PNG or JPEG, at most 256 by 256 pixels", content_type = "image/jpeg",
        body = Vec<u8>)))]
async fn get_logo(
    Extension(identity): Extension<Identity>,
    _: Caller,
    Path(logo): Path<LogoId>,
) -> Result<Response, ApiError> {
    let (content_type, content) = identity.get_logo(logo).await?;
    Ok(picture_response(&content_type, content))
}
