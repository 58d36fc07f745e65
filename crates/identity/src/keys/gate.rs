//! Keys at the door: found, verified, counted, and let in as far as their maker would be.

use bellwether_kernel::{
    Access, BrandScope, Kind, Permissions, Problem, RequestContext, Role,
    id::{ApiKeyId, BrandId, OrganizationId, UserId},
};
use bellwether_operations::{
    admission::{self, NewSignature},
    security::{self, NewSecurityEvent, SecurityKind, kind},
};
use bellwether_store::ServiceTx;
use bellwether_web::{
    Caller, Entry,
    keys::{KeyUse, Shown},
    limits::Decision,
};
use chrono::Duration;
use serde_json::json;

use super::{
    model::{is_whole, place_of, scopes_of, window},
    service::BUCKET,
    signing, sql,
};
use crate::{
    Error, Identity,
    gate::{IdentityGate, unanswered},
    secrets,
};

/// A key's last use is noted at most this often.
const TOUCH_EVERY: Duration = Duration::minutes(1);

fn unauthenticated() -> Problem {
    Problem::new(Kind::Unauthenticated, "unauthenticated", "Sign in first, or send a valid key.")
}

impl IdentityGate {
    /// Whose key it is. Counts the request.
    pub(crate) async fn caller_of_key(&self, key: &KeyUse) -> Result<Option<Caller>, Problem> {
        match self.admitted(key).await {
            Ok(row) => Ok(Some(Caller { user: row.user, session: None })),
            // no such key: nobody asks
            Err(problem) if problem.code == "unauthenticated" => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// Lets a key into its organization. Counts the request.
    pub(crate) async fn enter_by_key(
        &self,
        key: &KeyUse,
        org: &str,
        brand: Option<&str>,
    ) -> Result<Entry, Problem> {
        let row = self.admitted(key).await?;
        let own = row.organization.to_string();
        let found = self.of_person(row.user, org, brand).await?;
        let Some((access, reached)) = found else {
            // another organization than its own, or its maker is no longer in it
            if self.of_person(row.user, &own, None).await?.is_none() {
                return Err(self.refused(
                    key,
                    &row,
                    "maker_gone",
                    "key_stopped",
                    "Whoever made this key no longer belongs to the organization. Make a new one.",
                ));
            }
            return Err(Problem::not_found("organization"));
        };
        if access.organization != row.organization {
            return Err(Problem::not_found("organization"));
        }
        let brands = match row.brand {
            None => access.brands,
            Some(only) if access.brands.contains(only) => BrandScope::Only(vec![only]),
            Some(_) => BrandScope::Only(Vec::new()),
        };
        let reached = match (brand, reached) {
            (None, _) => None,
            (Some(_), Some(reached)) if brands.contains(reached) => Some(reached),
            (Some(_), _) => return Err(Problem::not_found("brand")),
        };
        let mut permissions = access.permissions.common(scopes_of(&row.scopes));
        if reached.is_none() && brands != BrandScope::All {
            // in the organization's own rooms, whoever reaches single brands is a member
            permissions = permissions.common(Permissions::of_role(Role::Member));
        }
        let access = Access { brands, permissions, key: Some(row.id), ..access };
        Ok(Entry { caller: Caller { user: row.user, session: None }, access, brand: reached })
    }

    /// The key, good and within its limit.
    async fn admitted(&self, key: &KeyUse) -> Result<sql::Shown, Problem> {
        let row = self.recognised(key).await?;
        key.admit(self.admission(key, &row)).await?;
        Ok(row)
    }

    async fn recognised(&self, key: &KeyUse) -> Result<sql::Shown, Problem> {
        let identity = &self.0;
        let place = key.context.ip_address.map(place_of);
        // what can't be a key costs no connection
        let (hash, id) = match &key.shown {
            Shown::Token(token) if is_whole(token) => (Some(secrets::token_hash(token)), None),
            Shown::Token(_) => return Err(unauthenticated()),
            Shown::Signed(signed) => {
                (None, Some(signed.key.parse::<ApiKeyId>().map_err(|_| unauthenticated())?))
            }
        };
        let mut asking = identity.store.asking().await.map_err(unanswered)?;
        let found =
            sql::enter(asking.conn(), hash.as_deref(), id, place.as_deref()).await.map_err(unanswered)?;
        asking.done();
        let row = found.ok_or_else(unauthenticated)?;
        match &key.shown {
            Shown::Token(_) if row.signed => {
                let detail = "This key signs its requests and must not travel with them. It has travelled now: revoke it \
                              and make a new one.";
                return Err(self.refused(key, &row, "sent_unsigned", "signature_required", detail));
            }
            Shown::Signed(signed) if !key.was_admitted() => {
                let secret = identity.signing_secret(&row)?.ok_or_else(unauthenticated)?;
                if let Err(refusal) = signing::verify(signed, &secret, identity.clock.now()) {
                    self.note(key, &row, kind::SIGNATURE_REFUSED, refusal.as_str());
                    return Err(refusal.problem(identity.clock.now()));
                }
            }
            Shown::Token(_) | Shown::Signed(_) => {}
        }
        if row.revoked_at.is_some() {
            let detail = "This key was revoked. Make a new one.";
            return Err(self.refused(key, &row, "revoked", "key_revoked", detail));
        }
        if row.maker_suspended {
            let detail =
                "The account of whoever made this key is suspended. Ask the operator of this Bellwether.";
            return Err(self.refused(key, &row, "maker_suspended", "key_stopped", detail));
        }
        if row.expires_at.is_some_and(|end| end <= identity.clock.now()) {
            let detail = "This key has expired. Make a new one, or move its end.";
            return Err(self.refused(key, &row, "expired", "key_expired", detail));
        }
        Ok(row)
    }

    /// Lets a request in once: a signed one that comes again is refused, and each is counted.
    async fn admission(&self, key: &KeyUse, row: &sql::Shown) -> Result<Decision, Problem> {
        let identity = &self.0;
        let now = identity.clock.now();
        if let Shown::Signed(signed) = &key.shown {
            let secret = identity.signing_secret(row)?.ok_or_else(unauthenticated)?;
            let (signature, until) =
                signing::verify(signed, &secret, now).map_err(|refusal| refusal.problem(now))?;
            let new = NewSignature {
                key: row.id,
                user: row.user,
                nonce: &signed.nonce,
                signature: &signature,
                endpoint: &key.endpoint,
                received_at: now,
                expires_at: until,
            };
            if !admission::accept_signature(&identity.store, &new).await? {
                self.note(key, row, kind::REPLAY_REFUSED, "nonce");
                let detail =
                    "A request with this nonce was let in before. Sign each request with a nonce of its own.";
                return Err(Problem::new(Kind::Unauthenticated, "request_replayed", detail));
            }
        }
        let limit = u32::try_from(row.hourly_limit).unwrap_or(1);
        let (hour, left) = window(now);
        let id = row.id.to_string();
        let count = admission::take_rate(&identity.store, &id, BUCKET, hour, limit).await?;
        if count == limit {
            // the last one that is let in, so that it is noted once
            self.note(key, row, kind::KEY_LIMITED, "hourly_limit");
        }
        let allowed = count <= limit;
        if allowed {
            self.touch_key(key, row);
        }
        let retry_after = if allowed { 0 } else { left };
        Ok(Decision { allowed, limit, remaining: limit.saturating_sub(count), reset: left, retry_after })
    }

    fn refused(
        &self,
        key: &KeyUse,
        row: &sql::Shown,
        why: &'static str,
        code: &'static str,
        detail: &str,
    ) -> Problem {
        self.note(key, row, kind::KEY_REFUSED, why);
        Problem::new(Kind::Unauthenticated, code, detail)
    }

    /// Into the security log, beside the request.
    fn note(&self, key: &KeyUse, row: &sql::Shown, what: SecurityKind, why: &'static str) {
        let identity = &self.0;
        let detail = json!({ "key": row.id, "name": row.name, "endpoint": key.endpoint, "why": why });
        let event = NewSecurityEvent::new(what, &key.context)
            .user(row.user)
            .organization(row.organization)
            .detail(detail);
        // a program that goes on with a dead key is noted once an hour
        let seldom = format!("{} {why}", row.id);
        security::note_seldom_beside(&identity.store, &identity.clock, &identity.rng, event, &seldom);
    }

    /// Notes the use of a key beside the request, and a place that it was never used from.
    fn touch_key(&self, key: &KeyUse, row: &sql::Shown) {
        let now = self.0.clock.now();
        let recent = row.last_used_at.is_some_and(|at| now - at < TOUCH_EVERY);
        if recent && row.place_known {
            return;
        }
        let (identity, context, id, name) = (self.0.clone(), key.context.clone(), row.id, row.name.clone());
        let (user, organization, known) = (row.user, row.organization, row.place_known);
        tokio::spawn(async move {
            let noted = async {
                let mut tx = identity.store.service("note the use of an API key").await?;
                sql::touch(tx.conn(), id, context.ip_address.map(|ip| ip.to_string()), now).await?;
                let place = context.ip_address.map(place_of).filter(|_| !known);
                if let Some(place) = place
                    && sql::learn_place(tx.conn(), id, &place).await? == Some(true)
                {
                    let event = NewSecurityEvent::new(kind::KEY_NEW_PLACE, &context)
                        .user(user)
                        .organization(organization)
                        .detail(json!({ "key": id, "name": name, "place": place }));
                    security::note(&mut tx, &identity.clock, &identity.rng, event).await?;
                    identity.mail_new_place(&mut tx, user, &name, &place, &context).await?;
                }
                tx.commit().await?;
                Ok::<_, Error>(())
            };
            if let Err(error) = noted.await {
                tracing::warn!(%error, key = %id, "could not note the use of an API key");
            }
        });
    }
}

impl Identity {
    /// Writes to a key's maker that it was used from a place not seen before.
    async fn mail_new_place(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        key: &str,
        place: &str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let what =
            format!("Your API key \u{201c}{key}\u{201d} was used from a network not seen before, {place}.");
        self.write_to(tx, user, what, context).await
    }

    /// The key of the signatures; none for a key that doesn't sign.
    fn signing_secret(&self, row: &sql::Shown) -> Result<Option<Vec<u8>>, Problem> {
        let (Some(sealed), Some(version)) = (&row.signing_secret, row.encryption_version) else {
            return Ok(None);
        };
        Ok(Some(self.config.vault.open(sealed, version)?))
    }
}

/// What somebody finds behind the door: what they may do there and, when one was asked for, the brand.
pub(crate) type Reached = (Access, Option<BrandId>);

impl IdentityGate {
    /// What a person finds behind the door of an organization and a brand (slug or id each).
    async fn of_person(
        &self,
        user: UserId,
        org: &str,
        brand: Option<&str>,
    ) -> Result<Option<Reached>, Problem> {
        let organization = match org.parse::<OrganizationId>() {
            Ok(id) => (None, Some(id)),
            Err(_) => (Some(org), None),
        };
        let wanted = match brand.map(|brand| (brand, brand.parse::<BrandId>())) {
            None => (None, None),
            Some((_, Ok(id))) => (None, Some(id)),
            Some((slug, Err(_))) => (Some(slug), None),
        };
        let mut tx = self.0.store.service("what may the maker of a key").await?;
        let row = sql::entry(tx.conn(), user, self.0.clock.now(), organization, wanted)
            .await
            .map_err(|error| Problem::from(Error::from(error)))?;
        tx.commit().await?;
        Ok(row.access(user)?.map(|access| (access, row.brand)))
    }
}
