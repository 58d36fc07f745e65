//! What Clerk sends, of which only what is used is read.

use bellwether_kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// Above this a number of time counts milliseconds: as seconds it would lie in the year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Whom or what an event tells of: `user:…`, `organization:…` or `membership:{organization}:{user}`.
pub(crate) fn subject(event_type: &str, payload: &Value) -> Option<String> {
    let data = &payload["data"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match event_type.split_once('.')?.0 {
        "user" => Some(format!("user:{}", text(&data["id"])?)),
        "organization" => Some(format!("organization:{}", text(&data["id"])?)),
        "organizationMembership" => {
            let organization = text(&data["organization"]["id"])?;
            Some(format!("membership:{organization}:{}", text(&data["public_user_data"]["user_id"])?))
        }
        _ => None,
    }
}

/// When Clerk says that it happened: the envelope's `timestamp`, else the object's `updated_at`. Both count milliseconds
/// in what Clerk sends; its own OpenAPI description has an example in seconds, so either is read.
pub(crate) fn said_at(payload: &Value) -> Option<Timestamp> {
    let number = payload["timestamp"].as_i64().or_else(|| payload["data"]["updated_at"].as_i64())?;
    let milliseconds = if number < MILLISECONDS_FROM { number.checked_mul(1000)? } else { number };
    chrono::DateTime::from_timestamp_millis(milliseconds)
}

/// The envelope.
#[derive(Deserialize)]
pub(crate) struct Envelope<T> {
    pub(crate) data: T,
}

#[derive(Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) first_name: Option<String>,
    #[serde(default)]
    pub(crate) last_name: Option<String>,
    #[serde(default)]
    pub(crate) username: Option<String>,
    #[serde(default)]
    pub(crate) email_addresses: Vec<EmailAddress>,
    #[serde(default)]
    pub(crate) primary_email_address_id: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct EmailAddress {
    #[serde(default)]
    pub(crate) id: String,
    #[serde(rename = "email_address")]
    pub(crate) address: String,
    #[serde(default)]
    pub(crate) verification: Option<Verification>,
}

#[derive(Deserialize)]
pub(crate) struct Verification {
    #[serde(default)]
    pub(crate) status: String,
}

/// Of what was deleted only the id is told.
#[derive(Deserialize)]
pub(crate) struct Deleted {
    pub(crate) id: String,
}

#[derive(Deserialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) created_by: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Membership {
    #[serde(default)]
    pub(crate) role: String,
    pub(crate) organization: Organization,
    pub(crate) public_user_data: PublicUserData,
}

#[derive(Deserialize)]
pub(crate) struct PublicUserData {
    pub(crate) user_id: String,
}

impl User {
    /// The address that the person calls their own, and whether Clerk has seen that it is.
    pub(crate) fn email(&self) -> Option<(&str, bool)> {
        let primary = self
            .email_addresses
            .iter()
            .find(|email| Some(&email.id) == self.primary_email_address_id.as_ref());
        let email = primary.or_else(|| self.email_addresses.first())?;
        let verified =
            email.verification.as_ref().is_some_and(|verification| verification.status == "verified");
        Some((email.address.trim(), verified))
    }

    pub(crate) fn name(&self) -> Option<String> {
        let names = [self.first_name.as_deref(), self.last_name.as_deref()];
        let name = names
            .into_iter()
            .flatten()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let name = if name.is_empty() { self.username.clone().unwrap_or_default() } else { name };
        let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
        (!name.trim().is_empty()).then_some(name)
    }
}
