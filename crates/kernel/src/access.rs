//! What someone may do: the role and the brands of a membership, already looked up.

use serde::{Deserialize, Serialize};

use crate::{
    Actor, Kind, Permission, Permissions, Problem,
    id::{ApiKeyId, BrandId, OrganizationId, UserId},
};

/// The role of a membership; a later one may all that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Writes drafts and reviews them.
    Member,
    /// Runs brands: their settings, sources, schedules.
    Manager,
    /// Runs the organization: its people and brands.
    Admin,
    /// May also transfer and delete it.
    Owner,
}

impl Role {
    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Reads what the database writes.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Member, Self::Manager, Self::Admin, Self::Owner].into_iter().find(|role| role.as_str() == text)
    }
}

/// The brands that a membership reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrandScope {
    /// Every brand of the organization.
    All,
    /// These only.
    Only(Vec<BrandId>),
}

impl BrandScope {
    /// Whether a brand is within.
    pub fn contains(&self, brand: BrandId) -> bool {
        match self {
            Self::All => true,
            Self::Only(brands) => brands.contains(&brand),
        }
    }
}

/// A person inside an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub user: UserId,
    /// Where.
    pub organization: OrganizationId,
    /// As what.
    pub role: Role,
    /// Which brands.
    pub brands: BrandScope,
    /// What they may do: the role's permissions with what was given and taken, cut to a key's scopes.
    pub permissions: Permissions,
    /// The API key that asks for them.
    pub key: Option<ApiKeyId>,
    /// The agency as whose member they are here: the organization is its client.
    pub agency: Option<OrganizationId>,
}

impl Access {
    /// Someone with a role and nothing special: no key, no agency, the role's own permissions.
    pub fn of_role(user: UserId, organization: OrganizationId, role: Role, brands: BrandScope) -> Self {
        let permissions = Permissions::of_role(role);
        Self { user, organization, role, brands, permissions, key: None, agency: None }
    }

    /// Who the events name.
    pub fn actor(&self) -> Actor {
        match self.key {
            Some(key) => Actor::ApiKey { id: key, user: self.user },
            None => Actor::User { id: self.user, agency: self.agency },
        }
    }

    /// Refuses with 403 what isn't permitted.
    pub fn allow(&self, permission: Permission) -> Result<(), Problem> {
        if self.permissions.contains(permission) {
            return Ok(());
        }
        let detail = if self.key.is_some() {
            format!(
                "This needs the scope {permission}, which the API key doesn't have. Make a key with that scope."
            )
        } else {
            format!(
                "This needs the permission {permission}, which the role {} doesn't hold here. Ask an owner or admin of \
                 the organization.",
                self.role.as_str()
            )
        };
        Err(Problem::new(Kind::Forbidden, "forbidden", detail))
    }

    /// Refuses with 403 when the role is lower than the one needed.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.role >= role {
            return Ok(());
        }
        Err(Problem::new(
            Kind::Forbidden,
            "forbidden",
            format!(
                "This needs the role {} or higher; you are {} here. Ask an owner or admin of the organization.",
                role.as_str(),
                self.role.as_str()
            ),
        ))
    }
}

/// A person inside a brand of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandAccess {
    /// The person inside the organization.
    pub access: Access,
    /// The brand.
    pub brand: BrandId,
}

impl std::ops::Deref for BrandAccess {
    type Target = Access;
    fn deref(&self) -> &Access {
        &self.access
    }
}
