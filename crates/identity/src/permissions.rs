//! The table of permissions, for whoever asks what a role or a key's scope means.

use bellwether_kernel::{Permission, Role};
use bellwether_web::Api;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_permissions))
}

/// One thing that may be allowed.
#[derive(Serialize, ToSchema)]
struct PermissionView {
    /// The word that custom permissions and the scopes of API keys use.
    permission: Permission,
    /// What it allows.
    about: &'static str,
    /// The lowest role that holds it without being given it.
    from_role: Role,
}

/// All permissions.
#[derive(Serialize, ToSchema)]
struct PermissionList {
    /// In the order of the table.
    items: Vec<PermissionView>,
}

/// List permissions.
///
/// What may be allowed, and the lowest role that holds it. No sign-in needed: it is public knowledge.
#[utoipa::path(get, path = "/permissions", tag = "Members", security(()),
    responses((status = 200, body = PermissionList)))]
async fn list_permissions() -> axum::Json<PermissionList> {
    let view = |permission: Permission| PermissionView {
        permission,
        about: permission.about().trim(),
        from_role: permission.from_role(),
    };
    axum::Json(PermissionList { items: Permission::ALL.iter().copied().map(view).collect() })
}

/// The page `docs/permissions.md`.
pub fn documentation() -> String {
    use std::fmt::Write as _;

    let roles = [Role::Member, Role::Manager, Role::Admin, Role::Owner];
    let mut page = String::from(
        "# Permissions\n\n\
         Generated from the code by `make generated`: change `crates/kernel/src/permission.rs` instead.\n\n\
         A role holds what its column marks. A member can be given single permissions beside their role and have \
         single ones taken away; an owner always holds all. Nobody gives what they don't hold, and nobody changes \
         somebody who may more than they. The scopes of an API key are the same words: a key may what is both among \
         its scopes and permitted to the person who made it. Somebody who comes for an agency may what they may \
         there and the client lets the agency.\n\n\
         | permission | allows | member | manager | admin | owner |\n\
         |---|---|---|---|---|---|\n",
    );
    for permission in Permission::ALL {
        let marks: Vec<&str> =
            roles.iter().map(|role| if *role >= permission.from_role() { "✓" } else { "" }).collect();
        // writing to a String can't fail
        let _ = writeln!(page, "| `{permission}` | {} | {} |", permission.about().trim(), marks.join(" | "));
    }
    page
}
