//! Routes of pictures.

use axum::{Extension, body::Bytes, http::StatusCode, response::Response};
use bellwether_identity::profile::picture_response;
use bellwether_web::{Api, ApiError, BrandMember, Caller, Path, RequestContext};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::AvatarUrl;
use crate::{Brands, ids::PictureId};

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(put_picture, delete_picture)).routes(routes!(get_picture))
}

/// A brand's picture that was taken.
#[derive(Serialize, ToSchema)]
struct TakenPicture {
    /// Where it is now.
    #[schema(value_type = String)]
    avatar_url: AvatarUrl,
}

/// Change a brand's picture.
///
/// The body is a PNG, JPEG, WebP or GIF file of at most 5 MB and 50 megapixels. It is cut square, made small and
/// written anew; nothing of the file besides the pixels is kept. Needs `brand.update`.
#[utoipa::path(put, path = "/organizations/{org}/brands/{brand}/picture", tag = "Brands",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TakenPicture), (status = 413, description = "Too large a file or picture"),
        (status = 415, description = "Another kind of file"), (status = 422, description = "Can't be read")))]
async fn put_picture(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    body: Bytes,
) -> Result<axum::Json<TakenPicture>, ApiError> {
    let avatar_url = brands.put_picture(&access, body.to_vec(), &context).await?;
    Ok(axum::Json(TakenPicture { avatar_url }))
}

/// Remove a brand's picture.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/picture", tag = "Brands",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 204)))]
async fn delete_picture(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete_picture(&access, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A brand's picture.
#[utoipa::path(get, path = "/brand-pictures/{picture}", tag = "Brands",
    params(("picture" = inline(PictureId), Path)),
    responses((status = 200, description = "PNG or JPEG, at most 256 by 256 pixels", content_type = "image/jpeg",
        body = Vec<u8>)))]
async fn get_picture(
    Extension(brands): Extension<Brands>,
    _: Caller,
    Path(picture): Path<PictureId>,
) -> Result<Response, ApiError> {
    let found = brands.get_picture(picture).await?;
    Ok(picture_response(&found.content_type, found.content))
}
