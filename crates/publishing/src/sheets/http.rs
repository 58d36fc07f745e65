//! Routes of tables.

use std::convert::Infallible;

use axum::{
    Extension,
    body::Bytes,
    extract::DefaultBodyLimit,
    http::header,
    response::{IntoResponse as _, Response},
};
use bellwether_networks::Network;
use bellwether_web::{Api, ApiError, BrandMember, Class, Query, RequestContext, limit};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{Exported, ImportReport, Mode};
use crate::{ConnectionId, Publishing};

/// Longest file, in bytes.
const LONGEST: usize = 5 * 1024 * 1024;

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(
            routes!(import_publications)
                .layer::<_, Infallible>(limit(Class::Generate))
                .layer(DefaultBodyLimit::max(LONGEST)),
        )
        .routes(routes!(export_publications))
}

/// How a file is taken.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Only tells what would become of it.
    #[serde(default)]
    dry_run: bool,
    /// Where some rows are faulty: `all` rows or none, which is usual, or those that are `valid`.
    #[serde(default)]
    #[param(inline)]
    mode: Mode,
    /// Approves the posts too. Needs `posts.review`.
    #[serde(default)]
    approve: bool,
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// The first day in the brand's zone.
    from: NaiveDate,
    /// The last day, included; at most a year later.
    to: NaiveDate,
    /// Of this network only.
    #[serde(default)]
    network: Option<Network>,
    /// On this account only.
    #[serde(default)]
    connection: Option<ConnectionId>,
    /// In these states only, separated by commas; all but `cancelled` when absent.
    #[serde(default)]
    state: Option<String>,
}

/// Import publications from a table.
///
/// The body is a CSV file of at most 5 MB and 1,000 rows: UTF-8 or UTF-16, with commas, semicolons or tabs. Its first row
/// names the columns: `text` (or `part 1`, `part 2` … of a thread), `target`, `connection` (an account's handle), `local_time`
/// (`2026-03-29 09:00` in the brand's zone, or `queue`), `title`. Each row becomes a draft, and a publication where it names
/// an account or a time. Every fault is told with its row, column and how to mend it. Needs `posts.publish`.
#[utoipa::path(post, path = "/organizations/{org}/brands/{brand}/publications/import", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), ImportQuery),
    request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, body = ImportReport), (status = 413, description = "Too large a file"),
        (status = 422, description = "No table")))]
async fn import_publications(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Query(query): Query<ImportQuery>,
    RequestContext(context): RequestContext,
    body: Bytes,
) -> Result<axum::Json<ImportReport>, ApiError> {
    let how = (query.dry_run, query.mode, query.approve);
    Ok(axum::Json(publishing.import_sheet(&access, &body, how, &context).await?))
}

/// Export publications as a table.
///
/// What is planned and out on some days, as a CSV file that the import reads back. Cells that a spreadsheet would take for
/// formulas begin with an apostrophe.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/publications/export", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), ExportQuery),
    responses((status = 200, description = "A CSV file, UTF-8", content_type = "text/csv", body = String)))]
async fn export_publications(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    Query(query): Query<ExportQuery>,
) -> Result<Response, ApiError> {
    let wanted = Exported {
        from: query.from,
        to: query.to,
        network: query.network,
        connection: query.connection,
        state: query.state.as_deref(),
    };
    let file = publishing.export_sheet(&access, &wanted).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"publications.csv\""),
    ];
    Ok((headers, file).into_response())
}
