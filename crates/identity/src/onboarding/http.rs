//! Routes of onboarding.

use axum::Extension;
use bellwether_web::{Api, ApiError, BrandMember, IfMatch, Json, Versioned};
use utoipa_axum::routes;

use super::{OnboardingView, UpdateOnboarding};
use crate::Identity;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(get_onboarding, update_onboarding))
}

/// Read one's first steps in a brand.
///
/// What happened counts by itself: a draft that was made, somebody who was invited.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/onboarding", tag = "Onboarding",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = OnboardingView)))]
async fn get_onboarding(
    Extension(identity): Extension<Identity>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<OnboardingView>, ApiError> {
    // no ETag: what happens elsewhere changes the answer without a new version
    Ok(axum::Json(identity.onboarding(&access).await?))
}

/// Skip steps, mark them as done, put the checklist away.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/onboarding", tag = "Onboarding",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = UpdateOnboarding, responses((status = 200, body = OnboardingView)))]
async fn update_onboarding(
    Extension(identity): Extension<Identity>,
    BrandMember(access): BrandMember,
    IfMatch(version): IfMatch,
    Json(change): Json<UpdateOnboarding>,
) -> Result<Versioned<OnboardingView>, ApiError> {
    let view = identity.update_onboarding(&access, version, &change).await?;
    Ok(Versioned(view.version, view))
}
