//! What Clerk sends, of which only what is used is read.

use serde::Deserialize;

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
