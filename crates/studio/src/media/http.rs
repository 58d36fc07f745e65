//! Routes of the media library.

use axum::{
    Extension,
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use bellwether_kernel::{Page, Permission, Problem};
use bellwether_networks::rules::MediaKind;
use bellwether_web::{
    Api, ApiError, BrandMember, IfMatch, Json, PageQuery, Path, Query, RequestContext, Versioned,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    MediaId, UploadId,
    model::Label,
    serve::Sent,
    service::{FolderView, LabelChange, MediaFilter, MediaUse, MediaView, NetworkFit, TakenMedia},
    uploads::UploadView,
};
use crate::Studio;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_media, upload_media))
        .routes(routes!(list_folders))
        .routes(routes!(get_media, update_media, delete_media))
        .routes(routes!(restore_media))
        .routes(routes!(get_media_file))
        .routes(routes!(get_media_thumbnail))
        .routes(routes!(get_media_fit))
        .routes(routes!(get_media_uses))
        .routes(routes!(create_upload))
        .routes(routes!(get_upload, put_upload_part, cancel_upload))
        .routes(routes!(finish_upload))
}

/// Path of one file.
#[derive(Deserialize, IntoParams)]
struct MediaPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the file.
    media: MediaId,
}

/// Path of one upload.
#[derive(Deserialize, IntoParams)]
struct UploadPath {
    /// Slug or id of the organization.
    #[expect(dead_code, reason = "read by the gate")]
    org: String,
    /// Slug or id of the brand.
    #[expect(dead_code, reason = "read by the gate")]
    brand: String,
    /// Id of the upload.
    upload: UploadId,
}

/// What the list can be narrowed to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MediaQuery {
    /// Only of this kind.
    kind: Option<MediaKind>,
    /// Only in this folder, those below it left out; empty is the top.
    folder: Option<String>,
    /// Only with this tag.
    tag: Option<String>,
    /// Only with these words in name, folder, alternative text or tags; the last may be unfinished.
    q: Option<String>,
    /// `true`: only those that a post shows; `false`: only those that none does.
    used: Option<bool>,
    /// `true`: those that were deleted and can be restored.
    deleted: Option<bool>,
}

/// What people say of a file that they upload in one request.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LabelQuery {
    /// Its name, 1 to 200 characters.
    name: String,
    /// Its folder.
    folder: Option<String>,
    /// What it shows, for those who can't see it.
    alt_text: Option<String>,
    /// Words to find it by, with commas between them.
    tags: Option<String>,
}

/// Whether a file is saved or shown.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FileQuery {
    /// `true`: browsers save it under its name.
    download: Option<bool>,
}

/// A file that will come in parts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateUpload {
    /// Its name, 1 to 200 characters.
    name: String,
    /// Its size in bytes, at most 1 GB.
    bytes: u64,
    /// Its media type as the client believes it; what it is, its bytes say.
    #[serde(default)]
    content_type: Option<String>,
    /// Its folder: up to 8 names with slashes between them.
    #[serde(default)]
    folder: String,
    /// What it shows, for those who can't see it.
    #[serde(default)]
    alt_text: String,
    /// Words to find it by, up to 20.
    #[serde(default)]
    tags: Vec<String>,
}

/// A change of a file's label; absent fields stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateMedia {
    /// Name, 1 to 200 characters.
    #[serde(default)]
    name: Option<String>,
    /// Folder: up to 8 names with slashes between them; empty is the top.
    #[serde(default)]
    folder: Option<String>,
    /// What it shows, up to 2,000 characters.
    #[serde(default)]
    alt_text: Option<String>,
    /// Up to 20 tags.
    #[serde(default)]
    tags: Option<Vec<String>>,
}

/// The folders of the library.
#[derive(Serialize, ToSchema)]
struct Folders {
    /// In the order of the alphabet.
    items: Vec<FolderView>,
}

/// What networks say of a file.
#[derive(Serialize, ToSchema)]
struct Fits {
    /// One for each network.
    items: Vec<NetworkFit>,
}

/// The posts that show a file.
#[derive(Serialize, ToSchema)]
struct Uses {
    /// The newest first.
    items: Vec<MediaUse>,
}

fn versioned(view: MediaView) -> Versioned<MediaView> {
    Versioned(view.version, view)
}

fn taken(taken: TakenMedia) -> (StatusCode, axum::Json<TakenMedia>) {
    (if taken.duplicate { StatusCode::OK } else { StatusCode::CREATED }, axum::Json(taken))
}

fn with_offset(view: UploadView) -> Response {
    let (received, bytes) = (view.received, view.bytes);
    let mut response = axum::Json(view).into_response();
    for (name, value) in [("upload-offset", received), ("upload-length", bytes)] {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    response
}

/// List files.
///
/// The newest first.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/media", tag = "Media",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        MediaQuery, PageQuery),
    responses((status = 200, body = Page<MediaView>)))]
async fn list_media(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Query(query): Query<MediaQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<MediaView>>, ApiError> {
    let filter = MediaFilter {
        kind: query.kind,
        folder: query.folder,
        tag: query.tag,
        query: query.q,
        used: query.used,
        deleted: query.deleted.unwrap_or_default(),
    };
    Ok(axum::Json(studio.list_media(&access, &filter, page).await?))
}

/// Upload a small file.
///
/// The body is the file, at most 16 MiB; larger ones come by `media-uploads`. Taken are JPEG, PNG, WebP and GIF pictures,
/// MP4 and MOV videos, and PDFs: by their bytes, whatever the name says. Pictures are written anew without what they say
/// of place and camera; coordinates in videos are made empty. 200 when the brand has the same file already.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/media", tag = "Media",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"),
        LabelQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = TakenMedia), (status = 200, body = TakenMedia),
        (status = 409, description = "The library is full"), (status = 413, description = "Too large"),
        (status = 415, description = "Another kind of file"), (status = 422, description = "Can't be read")))]
async fn upload_media(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    RequestContext(context): RequestContext,
    Query(query): Query<LabelQuery>,
    request: Request,
) -> Result<(StatusCode, axum::Json<TakenMedia>), ApiError> {
    let tags = query.tags.as_deref().unwrap_or_default().split(',').map(str::trim);
    let label = Label {
        name: query.name,
        folder: query.folder.unwrap_or_default(),
        alt_text: query.alt_text.unwrap_or_default(),
        tags: tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
    };
    Ok(taken(studio.upload_media(&access, label, request.into_body(), &context).await?))
}

/// List folders.
///
/// Those that have files.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/media-folders", tag = "Media",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    responses((status = 200, body = Folders)))]
async fn list_folders(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
) -> Result<axum::Json<Folders>, ApiError> {
    Ok(axum::Json(Folders { items: studio.list_folders(&access).await? }))
}

/// Read a file's label.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/media/{media}", tag = "Media", params(MediaPath),
    responses((status = 200, body = MediaView)))]
async fn get_media(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<MediaPath>,
) -> Result<Versioned<MediaView>, ApiError> {
    Ok(versioned(studio.get_media(&access, path.media).await?))
}

/// Change a file's label.
#[utoipa::path(patch, path = "/organizations/{org}/brands/{brand}/media/{media}", tag = "Media", params(MediaPath),
    request_body = UpdateMedia, responses((status = 200, body = MediaView), (status = 412, description = "Changed meanwhile")))]
async fn update_media(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<MediaPath>,
    IfMatch(version): IfMatch,
    RequestContext(context): RequestContext,
    Json(input): Json<UpdateMedia>,
) -> Result<Versioned<MediaView>, ApiError> {
    let change =
        LabelChange { name: input.name, folder: input.folder, alt_text: input.alt_text, tags: input.tags };
    Ok(versioned(studio.update_media(&access, path.media, version, change, &context).await?))
}

/// Delete a file.
///
/// It can be restored for 14 days. 409 while a post that shows it is planned to go out.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/media/{media}", tag = "Media", params(MediaPath),
    responses((status = 204), (status = 409, description = "A planned post shows it")))]
async fn delete_media(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<MediaPath>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    studio.delete_media(&access, path.media, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restore a deleted file.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/media/{media}/restore", tag = "Media",
    params(MediaPath), responses((status = 200, body = MediaView)))]
async fn restore_media(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<MediaPath>,
    RequestContext(context): RequestContext,
) -> Result<Versioned<MediaView>, ApiError> {
    Ok(versioned(studio.restore_media(&access, path.media, &context).await?))
}

/// A file.
///
/// One range of bytes can be asked for.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/media/{media}/file", tag = "Media",
    params(MediaPath, FileQuery),
    responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 206, description = "The part that was asked for", content_type = "application/octet-stream",
            body = Vec<u8>)))]
async fn get_media_file(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<MediaPath>,
    Query(query): Query<FileQuery>,
    asked: HeaderMap,
) -> Result<Response, ApiError> {
    access.allow(Permission::PostsRead)?;
    let row = studio.media_row(&access, path.media).await?;
    let sent = Sent {
        key: &row.object_key,
        content_type: &row.content_type,
        bytes: row.facts().bytes,
        name: Some(&row.name),
        download: query.download.unwrap_or_default(),
    };
    Ok(studio.send(&sent, &asked).await?)
}

/// A small picture of a file.
///
/// At most 480 pixels a side. 404 for videos and documents, which have none.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/media/{media}/thumbnail", tag = "Media",
    params(MediaPath),
    responses((status = 200, description = "JPEG or WebP", content_type = "image/jpeg", body = Vec<u8>)))]
async fn get_media_thumbnail(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<MediaPath>,
) -> Result<Response, ApiError> {
    access.allow(Permission::PostsRead)?;
    let row = studio.media_row(&access, path.media).await?;
    let (key, content_type) =
        row.thumbnail_key.zip(row.thumbnail_type).ok_or_else(|| Problem::not_found("thumbnail"))?;
    Ok(studio.send_small(&key, &content_type).await?)
}

/// What networks say of a file.
///
/// Whether each takes it, what is made of it for that, and what only you can mend.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/media/{media}/fit", tag = "Media", params(MediaPath),
    responses((status = 200, body = Fits)))]
async fn get_media_fit(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<MediaPath>,
) -> Result<axum::Json<Fits>, ApiError> {
    Ok(axum::Json(Fits { items: studio.fit_media(&access, path.media).await? }))
}

/// List the posts that show a file.
///
/// The newest 100.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/media/{media}/posts", tag = "Media",
    params(MediaPath), responses((status = 200, body = Uses)))]
async fn get_media_uses(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<MediaPath>,
) -> Result<axum::Json<Uses>, ApiError> {
    Ok(axum::Json(Uses { items: studio.media_uses(&access, path.media).await? }))
}

/// Begin an upload.
///
/// Then `PUT` its parts one after the other, and finish it. It is kept for 24 hours after its last part.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/media-uploads", tag = "Media",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id")),
    request_body = CreateUpload,
    responses((status = 201, body = UploadView), (status = 409, description = "The library is full"),
        (status = 413, description = "Too large")))]
async fn create_upload(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Json(input): Json<CreateUpload>,
) -> Result<(StatusCode, Response), ApiError> {
    // said early: what can only be refused needs no upload
    let refused = input.content_type.as_deref().is_some_and(|content_type| {
        !["image/", "video/", "application/pdf", "application/octet-stream"]
            .iter()
            .any(|taken| content_type.starts_with(taken))
            || content_type.starts_with("image/svg")
    });
    if refused {
        let message = "Send a JPEG, PNG, WebP or GIF picture, an MP4 or MOV video, or a PDF.";
        let problem = Problem::invalid("content_type", "unsupported_media_type", message);
        return Err(Problem { kind: bellwether_kernel::Kind::UnsupportedMedia, ..problem }.into());
    }
    let label = Label { name: input.name, folder: input.folder, alt_text: input.alt_text, tags: input.tags };
    let view = studio.create_upload(&access, label, input.bytes).await?;
    Ok((StatusCode::CREATED, with_offset(view)))
}

/// How far an upload is.
///
/// `received`, and the header `Upload-Offset`, say where the next part begins. `HEAD` gives the headers alone.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/media-uploads/{upload}", tag = "Media",
    params(UploadPath), responses((status = 200, body = UploadView)))]
async fn get_upload(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<UploadPath>,
) -> Result<Response, ApiError> {
    Ok(with_offset(studio.get_upload(&access, path.upload).await?))
}

/// Send a part.
///
/// The body is the bytes from the offset on, at most 16 MiB. Say where they begin by `Content-Range: bytes
/// 0-1048575/5000000` or `Upload-Offset: 0`. Of a part that breaks off, what arrived is kept: ask how far the upload is
/// and go on there. 409 `offset_mismatch` says where to go on, too.
#[utoipa::path(put, path = "/organizations/{org}/brands/{brand}/media-uploads/{upload}", tag = "Media",
    params(UploadPath, ("Content-Range" = Option<String>, Header, description = "`bytes <first>-<last>/<size>`"),
        ("Upload-Offset" = Option<u64>, Header, description = "Where the part begins, instead of `Content-Range`")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = UploadView), (status = 409, description = "Another offset is next"),
        (status = 413, description = "More than was announced, or than a part may have")))]
async fn put_upload_part(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<UploadPath>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ApiError> {
    access.allow(Permission::PostsWrite)?;
    let offset = offset(&headers)?;
    let body: Body = request.into_body();
    Ok(with_offset(studio.put_part(&access, path.upload, offset, body).await?))
}

/// Cancel an upload.
#[utoipa::path(delete, path = "/organizations/{org}/brands/{brand}/media-uploads/{upload}", tag = "Media",
    params(UploadPath), responses((status = 204)))]
async fn cancel_upload(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<UploadPath>,
) -> Result<StatusCode, ApiError> {
    studio.cancel_upload(&access, path.upload).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finish an upload.
///
/// Its parts are put together, checked by their bytes and taken into the library. Asked again it answers the same. 200
/// when the brand has the same file already; 409 `finishing` while a large file is still worked on.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/media-uploads/{upload}/finish", tag = "Media",
    params(UploadPath),
    responses((status = 201, body = TakenMedia), (status = 200, body = TakenMedia),
        (status = 409, description = "Parts are missing, or it is worked on"),
        (status = 413, description = "Too large for its kind"), (status = 415, description = "Another kind of file"),
        (status = 422, description = "Can't be read")))]
async fn finish_upload(
    Extension(studio): Extension<Studio>,
    BrandMember(access): BrandMember,
    Path(path): Path<UploadPath>,
    RequestContext(context): RequestContext,
) -> Result<(StatusCode, axum::Json<TakenMedia>), ApiError> {
    Ok(taken(studio.finish_upload(&access, path.upload, &context).await?))
}

/// Where a part begins.
fn offset(headers: &HeaderMap) -> Result<u64, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let read = match (text("content-range"), text("upload-offset")) {
        (Some(range), _) => range.strip_prefix("bytes ").and_then(|range| range.split('-').next()),
        (None, offset) => offset,
    };
    read.and_then(|offset| offset.trim().parse().ok()).ok_or_else(|| {
        let message =
            "Say where the part begins: `Content-Range: bytes 0-1048575/5000000` or `Upload-Offset: 0`.";
        Problem::invalid("content-range", "missing_field", message)
    })
}
