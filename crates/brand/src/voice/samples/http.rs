//! Routes of samples.

use axum::{Extension, extract::Multipart, http::StatusCode};
use bellwether_kernel::{Kind, Page, Permission, Problem};
use bellwether_networks::Network;
use bellwether_web::{
    Api, ApiError, BrandMember, Class, IfMatch, Json, PageQuery, Path, Query, RequestContext, Versioned,
    limit,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{Filter, NewSamples, SampleKind, SampleView, SamplesImported, UpdateSample};
use crate::{Brands, ids::VoiceSampleId, voice::import::SampleFile};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_samples, add_samples))
        .routes(routes!(import_samples).layer(limit(Class::Generate)))
        .routes(routes!(add_samples_of_posts))
        .routes(routes!(update_sample, delete_sample))
}

/// Path of one sample.
#[derive(Deserialize, IntoParams)]
struct SamplePath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the sample.
    sample: VoiceSampleId,
}

/// A form with a file of samples.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form")]
struct ImportForm {
    /// CSV, JSON, Markdown or plain text, an archive of X or an export of LinkedIn; up to 15 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Whose texts they are.
    kind: SampleKind,
    /// Where they were published, when the file does not say it.
    network: Option<Network>,
}

/// List samples.
///
/// The texts of posts, which came by hand or by decisions on drafts, are left out for who doesn't hold `posts.read`.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/voice/samples", tag = "Voice",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        Filter, PageQuery), responses((status = 200, body = Page<SampleView>)))]
async fn list_samples(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Query(filter): Query<Filter>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<SampleView>>, ApiError> {
    Ok(axum::Json(brands.list_voice_samples(&access, &filter, page).await?))
}

/// Paste samples.
///
/// A text that the brand has already is not added again, whatever its case, spaces and punctuation. What can't be taken
/// is named with its reason; the rest is kept. Needs `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/voice/samples", tag = "Voice",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = NewSamples,
    responses((status = 201, body = SamplesImported), (status = 409, description = "There are 5,000 already")))]
async fn add_samples(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Json(input): Json<NewSamples>,
) -> Result<(StatusCode, axum::Json<SamplesImported>), ApiError> {
    Ok((StatusCode::CREATED, axum::Json(brands.add_voice_samples(&access, input, &context).await?)))
}

/// Import samples from a file.
///
/// Reads CSV (with a column `text`), JSON (an array of texts or of objects with `text`), the archive of X or its
/// `tweets.js` (an archive has pictures too: send `tweets.js` alone when it is large), LinkedIn's export or its `Shares.csv`,
/// Markdown, and plain text whose pieces are parted by lines of `---`. What can't be taken is named with its place; the
/// rest is kept. Needs `brand.update`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/voice/samples/import", tag = "Voice",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 201, body = SamplesImported), (status = 409, description = "There are 5,000 already"),
        (status = 413, description = "The file is larger than 15 MB"),
        (status = 422, description = "Nothing in the file can be read")))]
async fn import_samples(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, axum::Json<SamplesImported>), ApiError> {
    // before a large file is read for somebody who may not keep it; the service asks again
    access.allow(Permission::BrandUpdate)?;
    let form = form.map_err(|_| {
        let detail = "Send a form (multipart/form-data) with the fields `file` and `kind`.";
        Problem::new(Kind::UnsupportedMedia, "not_multipart", detail)
    })?;
    let file = read_form(form).await?;
    Ok((StatusCode::CREATED, axum::Json(brands.import_voice_samples(&access, file, &context).await?)))
}

async fn read_form(mut form: Multipart) -> Result<SampleFile, Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Problem::new(
                Kind::TooLarge,
                "too_large",
                "The file is larger than 15 MB; give its parts.",
            );
        }
        Problem::new(Kind::Malformed, "malformed_form", "The form breaks off or can't be read.")
    };
    let (mut name, mut bytes, mut kind, mut network) = (None, None, None, None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "file" => {
                let media = field.content_type().map(str::to_owned);
                name = field.file_name().map(str::to_owned).or(media);
                bytes = Some(field.bytes().await.map_err(broken)?);
            }
            "kind" => kind = Some(word(&field.text().await.map_err(broken)?, "kind", "`own` or `other`")?),
            "network" => {
                let text = field.text().await.map_err(broken)?;
                if !text.is_empty() {
                    network = Some(word(&text, "network", "a network's word, such as `x`")?);
                }
            }
            _ => {}
        }
    }
    let missing = |path: &str| Problem::invalid(path, "missing", "The form needs it.");
    Ok(SampleFile {
        name: name.unwrap_or_default(),
        bytes: bytes.ok_or_else(|| missing("file"))?.into(),
        kind: kind.ok_or_else(|| missing("kind"))?,
        network,
    })
}

fn word<T: std::str::FromStr>(text: &str, path: &str, wanted: &str) -> Result<T, Problem> {
    let fault = |_| Problem::invalid(path, "unknown", format!("Give {wanted}."));
    text.trim().parse().map_err(fault)
}

/// Take samples from posts.
///
/// The texts of the brand's approved and published posts, at most 5,000. Needs `brand.update` and `posts.read`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/voice/samples/from-posts", tag = "Voice",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 201, body = SamplesImported), (status = 409, description = "There are no such posts")))]
async fn add_samples_of_posts(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
) -> Result<(StatusCode, axum::Json<SamplesImported>), ApiError> {
    Ok((StatusCode::CREATED, axum::Json(brands.add_voice_samples_of_posts(&access, &context).await?)))
}

/// Take a sample for trainings, or leave it out.
///
/// Needs `brand.update` and `If-Match` with the version read; of the text of a post, `posts.read` too.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/voice/samples/{sample}", tag = "Voice",
    params(SamplePath), request_body = UpdateSample, responses((status = 200, body = SampleView)))]
async fn update_sample(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<SamplePath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(change): Json<UpdateSample>,
) -> Result<Versioned<SampleView>, ApiError> {
    let view = brands.update_voice_sample(&access, path.sample, version, change, &context).await?;
    Ok(Versioned(view.version, view))
}

/// Delete a sample.
///
/// Versions that learned from it no longer quote it, but still speak with what they learned: train a new one, or delete
/// them. Needs `brand.update`; of the text of a post, `posts.read` too.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/voice/samples/{sample}", tag = "Voice",
    params(SamplePath), responses((status = 204)))]
async fn delete_sample(
    Extension(brands): Extension<Brands>,
    BrandMember(access): BrandMember,
    Path(path): Path<SamplePath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    brands.delete_voice_sample(&access, path.sample, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}
