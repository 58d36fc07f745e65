//! The networks' rules, for the composer: one description, the one that the server validates by.

use axum::Extension;
use bellwether_kernel::Problem;
use bellwether_networks::{Content, Issue, PathCount, Rules, Target};
use bellwether_web::{Api, ApiError, Caller, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{Studio, posts::model::Checks};

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_networks)).routes(routes!(check_content)).routes(routes!(list_models))
}

/// Every network with its content types and rules.
#[derive(Serialize, ToSchema)]
struct Networks {
    /// In the order in which people see them.
    networks: Vec<&'static Rules>,
}

/// A text to be held against a network's rules.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckContent {
    /// For what.
    target: Target,
    /// The text.
    content: Content,
}

/// What the rules say.
#[derive(Serialize, ToSchema)]
struct CheckResult {
    /// Whether it may go out.
    valid: bool,
    /// Used and allowed length per text.
    counts: Vec<PathCount>,
    /// What is wrong or could be better.
    issues: Vec<Issue>,
}

/// A model that can be asked for.
#[derive(Serialize, ToSchema)]
struct ModelView {
    /// What `model` takes.
    name: String,
    /// The provider's name for it.
    model: String,
    /// Whether its cost will be known.
    price_known: bool,
}

/// The models that can be asked for.
#[derive(Serialize, ToSchema)]
struct ModelList {
    /// In the order in which they are asked; the built-in writer last.
    items: Vec<ModelView>,
}

/// List networks.
///
/// Their content types and rules. No sign-in needed: it is public knowledge.
#[utoipa::path(get, path = "/networks", tag = "Networks", security(()), responses((status = 200, body = Networks)))]
async fn list_networks() -> axum::Json<Networks> {
    axum::Json(Networks { networks: bellwether_networks::rules::all().collect() })
}

/// Check a text.
///
/// Counts and validates it as the network does. Nothing is stored.
#[utoipa::path(post, path = "/networks/check", tag = "Networks", request_body = CheckContent,
    responses((status = 200, body = CheckResult)))]
async fn check_content(
    _: Caller,
    Json(input): Json<CheckContent>,
) -> Result<axum::Json<CheckResult>, ApiError> {
    let wanted = input.target.shape();
    if input.content.shape() != wanted {
        let message =
            format!("`{}` takes content of the shape `{}`.", input.target.as_str(), wanted.as_str());
        return Err(Problem::invalid("content/shape", "wrong_shape", message).into());
    }
    let checks = Checks::of(input.target, &input.content);
    Ok(axum::Json(CheckResult { valid: checks.errors() == 0, counts: checks.counts, issues: checks.issues }))
}

/// List models.
///
/// Those that drafts can be asked of, in the order in which they are asked.
#[utoipa::path(get, path = "/models", tag = "Networks", responses((status = 200, body = ModelList)))]
async fn list_models(Extension(studio): Extension<Studio>, _: Caller) -> axum::Json<ModelList> {
    let view = |info: bellwether_models::ModelInfo| ModelView {
        name: info.name,
        model: info.model,
        price_known: info.price_known,
    };
    let writes =
        |info: &bellwether_models::ModelInfo| info.purposes.contains(&bellwether_models::Purpose::Write);
    axum::Json(ModelList {
        items: studio.writing.models().list().into_iter().filter(writes).map(view).collect(),
    })
}
