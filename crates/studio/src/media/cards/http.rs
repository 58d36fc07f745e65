//! Routes of cards.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::id::PostId;
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, Path, RequestContext, Versioned};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{CardStyle, CreateCard, CreateCarousel, DrawnCards, UpdateCardStyle};
use crate::{Studio, posts::PostView};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(get_card_style, put_card_style))
        .routes(routes!(create_card))
        .routes(routes!(create_carousel))
}

/// Path of one post.
#[derive(Deserialize, IntoParams)]
struct PostPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the post.
    post: PostId,
}

/// Read how cards look.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/card-style", tag = "Media",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = CardStyle)))]
async fn get_card_style(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
) -> Result<Versioned<CardStyle>, ApiError> {
    Ok(versioned(studio.get_card_style(&access).await?))
}

/// Set how cards look.
///
/// `If-Match: "0"` the first time. Needs `brand.update`. Cards that were drawn stay as they are.
#[utoipa::path(put, path = "/organizations/{org}/brands/{brand}/card-style", tag = "Media",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), IfMatch),
    request_body = UpdateCardStyle,
    responses((status = 200, body = CardStyle), (status = 412, description = "Changed meanwhile"),
        (status = 422, description = "No colour, letters that can't be read, or no such picture")))]
async fn put_card_style(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdateCardStyle>,
) -> Result<Versioned<CardStyle>, ApiError> {
    Ok(versioned(studio.put_card_style(&access, version, input, &context).await?))
}

/// Draw a card.
///
/// Words become a PNG of the library, in the brand's colours and with its logo. Letters are as large as fits. 422
/// `too_long` when even the smallest don't fit; `no_glyphs` names letters that cards can't show: their fonts write Latin,
/// Greek and Cyrillic. Emoji are left out and named in the answer.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/media/cards", tag = "Media",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateCard,
    responses((status = 201, body = DrawnCards), (status = 409, description = "The library is full"),
        (status = 422, description = "Can't be drawn")))]
async fn create_card(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateCard>,
) -> Result<(StatusCode, axum::Json<DrawnCards>), ApiError> {
    Ok((StatusCode::CREATED, axum::Json(studio.create_card(&access, input, &context).await?)))
}

/// Draw a post's slides.
///
/// The slides of a carousel become pictures or one PDF, and stand in the post in place of the files before. The post is
/// changed by that: approved, it waits for review again. 409 `not_a_carousel` for other posts.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/posts/{post}/cards", tag = "Media", params(PostPath, IfMatch),
    request_body = CreateCarousel,
    responses((status = 200, body = PostView), (status = 409, description = "Not a carousel, or the library is full"),
        (status = 412, description = "Changed meanwhile"), (status = 422, description = "Can't be drawn")))]
async fn create_carousel(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<PostPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(input): Json<CreateCarousel>,
) -> Result<Versioned<PostView>, ApiError> {
    let view = studio.create_carousel(&access, path.post, version, &input, &context).await?;
    Ok(Versioned(view.version, view))
}

fn versioned(style: CardStyle) -> Versioned<CardStyle> {
    Versioned(style.version, style)
}
