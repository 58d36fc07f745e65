//! What can be permitted, and what each role holds. The one table of permissions: the docs page, the API's scopes
//! and the matrix in the browser are made of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Role;

macro_rules! permissions {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal from $role:ident),+ $(,)?) => {
        /// One thing that may be allowed. Reads `area.verb`; API keys name the same words as their scopes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name),+
        }

        impl Permission {
            /// All, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As the database, the API and the docs write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What it allows, in a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }

            /// The lowest role that holds it without being given it.
            pub const fn from_role(self) -> Role {
                match self { $(Self::$name => Role::$role),+ }
            }
        }
    };
}

permissions! {
    /// Read drafts, generations and their history.
    PostsRead = "posts.read" from Member,
    /// Write drafts: generate, edit, give feedback, delete.
    PostsWrite = "posts.write" from Member,
    /// Approve and reject drafts.
    PostsReview = "posts.review" from Member,
    /// Schedule, publish and cancel.
    PostsPublish = "posts.publish" from Manager,
    /// See a brand's profile, voice and settings.
    BrandRead = "brand.read" from Member,
    /// Change a brand's profile, voice and settings.
    BrandUpdate = "brand.update" from Manager,
    /// Connect, refresh and disconnect accounts of networks.
    ConnectionsManage = "connections.manage" from Manager,
    /// See who belongs to the organization.
    MembersRead = "members.read" from Member,
    /// Invite and remove people, change their roles and permissions.
    MembersManage = "members.manage" from Admin,
    /// Make and delete brands.
    BrandsManage = "brands.manage" from Manager,
    /// Change the organization's name, address and settings.
    OrganizationUpdate = "organization.update" from Admin,
    /// Make and revoke API keys.
    ApiKeysManage = "api_keys.manage" from Admin,
    /// See usage, plan and invoices.
    BillingRead = "billing.read" from Admin,
    /// Change the plan and how it is paid.
    BillingManage = "billing.manage" from Owner,
    /// Link and unlink agencies and clients.
    AgencyManage = "agency.manage" from Admin,
    /// Read the organization's security log.
    SecurityRead = "security.read" from Owner,
    /// Transfer the organization to somebody else, delete it, bring it back.
    OrganizationDelete = "organization.delete" from Owner,
}

impl Permission {
    /// Reads what the database and the API write.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.as_str() == text)
    }

    /// What it takes to hear of an event, by its kind: what it takes to read what it tells of. None: everybody of the
    /// organization may. A kind that is not known here is for those who may see everything, rather than for everybody.
    pub fn to_hear(kind: &str) -> Option<Self> {
        match kind.split('.').next().unwrap_or_default() {
            "post" | "generation" | "output" | "publication" | "publishing" | "schedule" | "recurrence"
            | "review" | "review_link" | "approval_rule" | "calendar_feed" | "media" | "card_style"
            | "delivery" => Some(Self::PostsRead),
            "brand" | "connection" | "pillar" | "hook" | "offer" | "audience" | "knowledge" | "place"
            | "website" | "voice_sample" | "voice_model" | "source" | "smart_feed" | "trend" => {
                Some(Self::BrandRead)
            }
            "membership" | "invitation" | "agency_client" => Some(Self::MembersRead),
            "api_key" => Some(Self::ApiKeysManage),
            "subscription" => Some(Self::BillingRead),
            // the latter names whom it is for, and nothing of what it tells
            "organization" | "notification" => None,
            _ => Some(Self::SecurityRead),
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u8
    }
}

// by hand: the derive doesn't see a rename that a macro writes, and would tell the variants' names instead of the words
impl utoipa::PartialSchema for Permission {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some(
                "One thing that may be allowed. Reads `area.verb`; API keys name the same words as their scopes.",
            ))
            .enum_values(Some(Self::ALL.iter().map(|permission| permission.as_str())))
            .into()
    }
}

impl utoipa::ToSchema for Permission {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("Permission")
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// None.
    pub const NONE: Self = Self(0);

    /// What a role holds by itself.
    pub fn of_role(role: Role) -> Self {
        Permission::ALL.iter().copied().filter(|permission| role >= permission.from_role()).collect()
    }

    /// Whether it is among them.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether all of `other` are among them: nobody may give what they don't hold.
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without the others.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in both: e.g. a key's scopes and what its maker may.
    #[must_use]
    pub const fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Each, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::as_str)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_role_holds_all_of_a_lower_one() {
        let sets = [Role::Member, Role::Manager, Role::Admin, Role::Owner].map(Permissions::of_role);
        for pair in sets.windows(2) {
            assert!(pair[1].covers(pair[0]) && pair[0] != pair[1]);
        }
        assert_eq!(sets[3].iter().count(), Permission::ALL.len());
    }

    #[test]
    fn every_permission_reads_back_and_explains_itself() {
        for permission in Permission::ALL.iter().copied() {
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
            assert!(permission.as_str().contains('.') && permission.about().trim().ends_with('.'));
        }
        assert!(Permission::ALL.len() <= 64, "the set is held in 64 bits");
    }
}
