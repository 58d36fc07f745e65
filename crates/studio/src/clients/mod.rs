//! An agency's overview: all its clients with what waits there. It stands here because identity, which knows the
//! clients, is below the posts.

mod sql;

use axum::Extension;
use bellwether_identity::{Identity, agencies::ClientView};
use bellwether_kernel::{Access, Page, PageRequest, Permission, Problem, id::OrganizationId};
use bellwether_web::{Api, ApiError, Member, PageQuery, Query};
use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{Error, Studio};

/// How a client's posts stand.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ClientHealth {
    /// Drafts that wait for review.
    pub waiting: i64,
    /// Posts written this month (UTC).
    pub posts_this_month: i64,
    /// When something was last written or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_activity_at: Option<DateTime<Utc>>,
}

/// A client in its agency's overview.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientOverview {
    /// The client.
    #[serde(flatten)]
    pub client: ClientView,
    /// How its posts stand; absent while the agency doesn't get in or may not read posts there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<ClientHealth>,
}

impl Studio {
    /// The clients of an agency with their health, the newest first. Three statements, whatever their number.
    pub async fn client_overview(
        &self,
        identity: &Identity,
        access: &Access,
        all: bool,
        page: PageRequest,
    ) -> Result<Page<ClientOverview>, Error> {
        let clients = identity.list_clients(access, all, page).await.map_err(Problem::from)?;
        // what the agency may see there is what its people could see by going there
        let open = |client: &ClientView| {
            client.link.in_force
                && client.link.permissions.contains(&Permission::PostsRead)
                && access.permissions.contains(Permission::PostsRead)
                && access.agency.is_none()
        };
        let (organizations, brands): (Vec<_>, Vec<_>) = clients
            .items
            .iter()
            .filter(|client| open(client))
            .filter_map(|client| {
                let brand = client.link.brand_id.map(bellwether_kernel::id::BrandId::uuid);
                Some((client.link.client.id?.uuid(), brand))
            })
            .unzip();
        let today = self.clock.now().date_naive();
        let month = today.with_day(1).unwrap_or(today).and_time(chrono::NaiveTime::MIN).and_utc();
        let mut tx = self.store.service("an agency looks at the health of its clients").await?;
        let mut found = sql::health(tx.conn(), &organizations, &brands, month).await?;
        tx.commit().await?;
        Ok(clients.map(|client| {
            let id = client.link.client.id;
            let health = if open(&client) {
                let at = found.iter().position(|(organization, _)| Some(*organization) == id);
                Some(at.map(|at| found.swap_remove(at).1).unwrap_or_default())
            } else {
                None
            };
            ClientOverview { client, health }
        }))
    }

    /// The routes that need identity beside this context.
    pub fn client_routes(&self, identity: &Identity) -> Api {
        Api::new()
            .routes(routes!(list_clients))
            .layer(Extension(self.clone()))
            .layer(Extension(identity.clone()))
    }
}

pub(crate) type Health = (OrganizationId, ClientHealth);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Also those that have ended.
    #[serde(default)]
    all: bool,
}

/// List clients.
///
/// All of an agency's, with what waits at each.
#[utoipa::path(get, path = "/organizations/{org}/clients", tag = "Agencies",
    params(("org" = String, Path, description = "Slug or id"), ListQuery, PageQuery),
    responses((status = 200, body = Page<ClientOverview>)))]
async fn list_clients(
    Extension(studio): Extension<Studio>,
    Extension(identity): Extension<Identity>,
    Member(access): Member,
    Query(query): Query<ListQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<ClientOverview>>, ApiError> {
    Ok(axum::Json(studio.client_overview(&identity, &access, query.all, page).await?))
}
