//! The door of the web: who asks, and may they in.

use async_trait::async_trait;
use bellwether_kernel::{
    Access, BrandScope, Kind, Problem, Role, Timestamp,
    id::{BrandId, OrganizationId, SessionId, UserId},
};
use bellwether_web::{Caller, Credentials, Entry, Gate};
use chrono::Duration;

use crate::{Error, Identity, secrets, sessions};

/// A session's last use is noted at most this often, so that reading costs no write.
const TOUCH_EVERY: Duration = Duration::minutes(1);

/// Opens the doors of the web with what identity knows.
#[derive(Clone)]
pub struct IdentityGate(pub Identity);

#[async_trait]
impl Gate for IdentityGate {
    async fn authenticate(&self, credentials: &Credentials) -> Result<Option<Caller>, Problem> {
        let Some(token) = credentials.token() else { return Ok(None) };
        let identity = &self.0;
        let hash = secrets::token_hash(token);
        let now = identity.clock.now();
        let found = sessions::authenticate(identity.store.pool(), &hash, now)
            .await
            .map_err(|e| Problem::from(Error::from(e)))?;
        let Some(row) = found else { return Ok(None) };
        self.touch(row.session, row.last_seen_at, now);
        Ok(Some(caller(row.user, row.session)))
    }

    async fn enter(
        &self,
        credentials: &Credentials,
        org: &str,
        brand: Option<&str>,
    ) -> Result<Entry, Problem> {
        let unauthenticated =
            || Problem::new(Kind::Unauthenticated, "unauthenticated", "Sign in first, or send a valid key.");
        let token = credentials.token().ok_or_else(unauthenticated)?;
        let identity = &self.0;
        let now = identity.clock.now();
        let organization = match org.parse::<OrganizationId>() {
            Ok(id) => (None, Some(id)),
            Err(_) => (Some(org), None),
        };
        let wanted = match brand.map(|brand| (brand, brand.parse::<BrandId>())) {
            None => (None, None),
            Some((_, Ok(id))) => (None, Some(id)),
            Some((slug, Err(_))) => (Some(slug), None),
        };
        let hash = secrets::token_hash(token);
        let row = sessions::enter(identity.store.pool(), &hash, now, organization, wanted)
            .await
            .map_err(|e| Problem::from(Error::from(e)))?
            .ok_or_else(unauthenticated)?;
        self.touch(row.session, row.last_seen_at, now);
        let organization = row.organization.ok_or_else(|| Problem::not_found("organization"))?;
        if brand.is_some() && row.brand.is_none() {
            return Err(Problem::not_found("brand"));
        }
        let role = |text: Option<&str>| text.and_then(Role::parse);
        let (of_all, of_brand) = (role(row.organization_role.as_deref()), role(row.brand_role.as_deref()));
        let brands = match (of_all, row.brands) {
            (None, Some(brands)) => BrandScope::Only(brands.into_iter().map(BrandId::from).collect()),
            _ => BrandScope::All,
        };
        let role = of_all.max(of_brand).unwrap_or(Role::Member);
        let access = Access::of_role(row.user, organization, role, brands);
        Ok(Entry { caller: caller(row.user, row.session), access, brand: row.brand })
    }

    async fn is_operator(&self, caller: Caller) -> Result<bool, Problem> {
        // a key acts for a person inside an organization, never for the installation
        if caller.session.is_none() {
            return Ok(false);
        }
        Ok(self.0.is_operator(caller.user).await?)
    }
}

fn caller(user: UserId, session: SessionId) -> Caller {
    Caller { user, session: Some(session) }
}

impl IdentityGate {
    /// Notes the use of a session beside the request, never in its way.
    fn touch(&self, session: SessionId, last_seen_at: Timestamp, now: Timestamp) {
        if now - last_seen_at < TOUCH_EVERY {
            return;
        }
        let store = self.0.store.clone();
        tokio::spawn(async move {
            let noted = async {
                let mut tx = store.service("note the use of a session").await?;
                sessions::touch(&mut tx, session, now).await.map_err(bellwether_store::Error::from)?;
                tx.commit().await
            };
            if let Err(error) = noted.await {
                tracing::warn!(%error, %session, "could not note the use of a session");
            }
        });
    }
}
