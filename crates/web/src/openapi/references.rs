//! References between the parts of the description.

use bellwether_kernel::id::{
    BrandId, EventId, GenerationId, OrganizationId, OutputId, PostId, SessionId, UserId, VersionId,
};
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{Components, OpenApi, RefOr, Schema},
};

/// References that lead nowhere, sorted. A parameter of a type that no body uses leaves one: mark it
/// `#[param(inline)]`. A client can't be generated from a description that has any.
pub fn dangling(document: &OpenApi) -> Vec<String> {
    let Ok(value) = serde_json::to_value(document) else { return Vec::new() };
    let mut found = Vec::new();
    collect(&value, &mut found);
    found.sort();
    found.dedup();
    found.retain(|reference| {
        reference.strip_prefix('#').is_none_or(|pointer| value.pointer(pointer).is_none())
    });
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                found.push(reference.clone());
            }
            fields.values().for_each(|field| collect(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Adds the ids that are named by parameters only: the generator collects the types of bodies alone. Without looking which are
/// missing: that would write the whole description out for a moment, some ten megabytes at each start.
pub(super) fn add_ids(document: &mut OpenApi) {
    document.components.get_or_insert_with(Components::new).schemas.extend(ids());
}

fn ids() -> [(String, RefOr<Schema>); 9] {
    fn one<T: ToSchema>() -> (String, RefOr<Schema>) {
        (T::name().into_owned(), T::schema())
    }
    [
        one::<UserId>(),
        one::<OrganizationId>(),
        one::<BrandId>(),
        one::<SessionId>(),
        one::<GenerationId>(),
        one::<OutputId>(),
        one::<PostId>(),
        one::<VersionId>(),
        one::<EventId>(),
    ]
}
