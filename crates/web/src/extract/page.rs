//! `limit` and `cursor` of a list.

use axum::extract::FromRequestParts;
use bellwether_kernel::{Cursor, PageRequest, Problem};
use http::request::Parts;
use serde::Deserialize;
use utoipa::{
    IntoParams,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

use super::{located, query};
use crate::ApiError;

/// Rows given when nothing is said.
const DEFAULT: i64 = 20;
/// Rows given at most.
const MOST: i64 = 100;

/// The page of a list that is asked for: `limit` (1 to 100, 20 when left out) and `cursor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageQuery(pub PageRequest);

#[derive(Deserialize)]
struct Raw {
    limit: Option<i64>,
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for PageQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let raw: Raw = query::parse(parts.uri.query().unwrap_or_default())?;
        let limit = raw.limit.unwrap_or(DEFAULT);
        if !(1..=MOST).contains(&limit) {
            let message = format!("Between 1 and {MOST}.");
            return Err(ApiError(Problem::invalid("limit", "out_of_range", message)));
        }
        let after = match raw.cursor.filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => {
                let read = Cursor::decode(&text);
                Some(read.map_err(|error| {
                    Problem::invalid("cursor", "invalid_cursor", located::sentence(&error.to_string()))
                })?)
            }
        };
        Ok(Self(PageRequest { limit, after }))
    }
}

impl IntoParams for PageQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MOST))
            .default(Some(DEFAULT.into()))
            .build();
        let cursor = ObjectBuilder::new().schema_type(Type::String).build();
        vec![
            parameter("limit", "Rows wanted at most.", limit.into()),
            parameter(
                "cursor",
                "`next_cursor` of the page before; left out for the first page.",
                cursor.into(),
            ),
        ]
    }
}

fn parameter(name: &str, description: &str, schema: utoipa::openapi::schema::Schema) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
