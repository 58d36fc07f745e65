//! The door of the web: who asks, and may they in.

use async_trait::async_trait;
use bellwether_kernel::{
    Access, Kind, Problem, RequestContext, Timestamp,
    id::{BrandId, OrganizationId, SessionId, UserId},
};
use bellwether_operations::security::{self, NewSecurityEvent, kind};
use bellwether_web::{Caller, Credentials, Entry, Gate};
use chrono::Duration;
use serde_json::json;

use crate::{Error, Identity, external, secrets, sessions};

/// A session's last use is noted at most this often, so that reading costs no write.
const TOUCH_EVERY: Duration = Duration::minutes(1);

/// Opens the doors of the web with what identity knows.
#[derive(Clone)]
pub struct IdentityGate(pub Identity);

#[async_trait]
impl Gate for IdentityGate {
    async fn authenticate(&self, credentials: &Credentials) -> Result<Option<Caller>, Problem> {
        if let Credentials::Key(key) = credentials {
            return self.caller_of_key(key).await;
        }
        let Some(token) = credentials.token() else { return Ok(None) };
        let identity = &self.0;
        self.admit(credentials).await?;
        let hash = secrets::token_hash(token);
        let now = identity.clock.now();
        let mut asking = identity.store.asking().await.map_err(unanswered)?;
        let found = sessions::authenticate(asking.conn(), &hash, now).await.map_err(unanswered)?;
        asking.done();
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
        if let Credentials::Key(key) = credentials {
            return self.enter_by_key(key, org, brand).await;
        }
        let unauthenticated =
            || Problem::new(Kind::Unauthenticated, "unauthenticated", "Sign in first, or send a valid key.");
        let token = credentials.token().ok_or_else(unauthenticated)?;
        let identity = &self.0;
        self.admit(credentials).await?;
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
        let mut asking = identity.store.asking().await.map_err(unanswered)?;
        let found =
            sessions::enter(asking.conn(), &hash, now, organization, wanted).await.map_err(unanswered)?;
        asking.done();
        let row = found.ok_or_else(unauthenticated)?;
        self.touch(row.session, row.last_seen_at, now);
        let access = row.entry.access(row.user)?.ok_or_else(|| Problem::not_found("organization"))?;
        if brand.is_some() && row.entry.brand.is_none() {
            return Err(Problem::not_found("brand"));
        }
        Ok(Entry { caller: caller(row.user, row.session), access, brand: row.entry.brand })
    }

    async fn is_operator(&self, caller: Caller) -> Result<bool, Problem> {
        // a key acts for a person inside an organization, never for the installation
        if caller.session.is_none() {
            return Ok(false);
        }
        Ok(self.0.is_operator(caller.user).await?)
    }

    fn denied(&self, access: &Access, problem: &Problem, endpoint: &str, context: &RequestContext) {
        let identity = &self.0;
        let detail =
            json!({ "endpoint": endpoint, "code": problem.code, "role": access.role, "key": access.key });
        let event = NewSecurityEvent::new(kind::ACCESS_DENIED, context)
            .user(access.user)
            .organization(access.organization)
            .detail(detail);
        // whoever tries in a loop is noted once an hour; the detail names the permission
        let key = format!("{} {:?} {} {}", access.user, access.key, access.organization, problem.detail);
        security::note_seldom_beside(&identity.store, &identity.clock, &identity.rng, event, &key);
    }
}

pub(crate) fn unanswered(error: sqlx::Error) -> Problem {
    Problem::from(Error::from(error))
}

fn caller(user: UserId, session: SessionId) -> Caller {
    Caller { user, session: Some(session) }
}

impl IdentityGate {
    /// An outside issuer's token has to hold on every use; after that it is a session like any other.
    async fn admit(&self, credentials: &Credentials) -> Result<(), Problem> {
        match credentials {
            Credentials::Bearer(token) if external::looks_like_one(token) => self.0.admit_token(token).await,
            _ => Ok(()),
        }
    }

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
