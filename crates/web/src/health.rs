//! Whether the program lives, and whether it can serve.

use std::{collections::HashSet, time::Duration};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bellwether_store::MIGRATIONS;
use http::{StatusCode, header};
use serde::Serialize;

use crate::{Json, Web};

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// The answer of `/readyz`.
#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    reasons: Vec<String>,
}

/// `GET /healthz`: the process answers. Says nothing of the database, since a restart would not mend that.
pub(crate) async fn alive() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "alive\n").into_response()
}

/// `GET /readyz`: requests can be served; 503 with the reasons when not.
pub(crate) async fn ready(State(web): State<Web>) -> Response {
    let reasons = reasons(&web).await;
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = Readiness { ready: reasons.is_empty(), reasons };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Why requests can't be served; empty when they can.
pub async fn reasons(web: &Web) -> Vec<String> {
    if web.shutdown.is_cancelled() {
        return vec!["the server is shutting down".to_owned()];
    }
    match tokio::time::timeout(PATIENCE, pending(web)).await {
        Err(_) => vec![format!("the database did not answer within {} s", PATIENCE.as_secs())],
        Ok(Ok(reasons)) => reasons,
        Ok(Err(error)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "not ready: the database can't be asked"
            );
            vec!["the database can't be reached".to_owned()]
        }
    }
}

async fn pending(web: &Web) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = web.store.pool().acquire().await?;
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        return Ok(vec!["the database was never migrated; run `bellwether migrate`".to_owned()]);
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success")
        .fetch_all(&mut *connection)
        .await?;
    let applied: HashSet<i64> = applied.into_iter().collect();
    let missing: Vec<i64> =
        MIGRATIONS.iter().map(|one| one.version).filter(|one| !applied.contains(one)).collect();
    Ok(match missing.as_slice() {
        [] => Vec::new(),
        [first, ..] => vec![format!(
            "{} migrations are missing, from {first:04} on; run `bellwether migrate`",
            missing.len()
        )],
    })
}
