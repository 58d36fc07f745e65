//! Use cases of outside identities.

use bellwether_kernel::{
    Kind, Problem, RequestContext,
    id::{UserId, uuid_v7},
};
use bellwether_operations::security::{self, NewSecurityEvent, kind};
use bellwether_web::Caller;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Outside, Provider,
    oidc::{Claims, FlowSecret, OidcFault},
    person, sql,
};
use crate::{
    Error, Identity,
    factors::{FirstStep, Step},
    ids::ExternalIdentityId,
    secrets,
    sessions::NewSession,
};

/// How long somebody may take at the provider.
pub(crate) const LIFE: Duration = Duration::minutes(10);

/// A way in by an outside service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProviderView {
    /// In addresses.
    pub id: String,
    /// On the button.
    pub name: String,
}

/// An outside identity as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExternalIdentityView {
    /// Id.
    pub id: ExternalIdentityId,
    /// Which service.
    pub provider: String,
    /// The address there, when it was linked.
    pub email: Option<String>,
    /// The name there, when it was linked.
    pub name: Option<String>,
    /// Since when it is linked.
    pub created_at: DateTime<Utc>,
    /// When it was last used to sign in.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A sign-in that begins.
pub(crate) struct Begun {
    /// Where the browser goes.
    pub(crate) url: String,
    /// What it keeps in a cookie: who comes back must be who left.
    pub(crate) browser: String,
}

/// What the provider sent the browser back with.
pub(crate) struct Back<'a> {
    pub(crate) state: &'a str,
    pub(crate) code: Option<&'a str>,
    pub(crate) issuer: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
    pub(crate) browser: Option<&'a str>,
    /// Who is signed in there by now, if anybody.
    pub(crate) caller: Option<Caller>,
}

/// What came of it.
pub(crate) enum Done {
    SignedIn(Step),
    /// With the new token of the session that asked for it.
    Linked(NewSession),
}

fn over() -> Error {
    let detail = "This sign-in was finished before, took too long or began in another browser. Start again.";
    Problem::new(Kind::Conflict, "flow_over", detail).into()
}

fn of_fault(provider: &str, fault: OidcFault) -> Error {
    match fault {
        OidcFault::Unavailable(why) => {
            tracing::warn!(provider, why, "an identity provider does not answer as it should");
            let detail =
                "The identity provider can't be reached or does not answer as it should. Try again later.";
            Problem::new(Kind::Upstream, "provider_unavailable", detail).into()
        }
        OidcFault::Refused(why) => {
            tracing::warn!(provider, why, "an identity provider refused the code");
            let detail = "The identity provider did not accept the sign-in. Start again.";
            Problem::new(Kind::Unauthenticated, "provider_refused", detail).into()
        }
        OidcFault::Token(refused) => {
            tracing::warn!(provider, %refused, "an identity provider's token does not hold");
            Problem::new(Kind::Unauthenticated, "token_refused", refused.to_string()).into()
        }
    }
}

/// A page of ours; anything else would make us send people elsewhere.
fn own_page(path: Option<&str>) -> Result<&str, Problem> {
    let path = path.unwrap_or("/");
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\0', '\r', '\n', '\t'])
        && path.len() <= 500;
    if own {
        Ok(path)
    } else {
        Err(Problem::invalid("return_to", "foreign", "Give a path of this app, such as /today."))
    }
}

impl Identity {
    /// The services with which people sign in.
    pub fn providers(&self) -> Vec<ProviderView> {
        let view = |provider: &Provider| ProviderView {
            id: provider.config.id.clone(),
            name: provider.config.name.clone(),
        };
        self.config.externals.providers.iter().map(view).collect()
    }

    fn provider(&self, id: &str) -> Result<&Provider, Error> {
        let found = self.config.externals.providers.iter().find(|provider| provider.config.id == id);
        found.ok_or_else(|| Problem::not_found("identity provider").into())
    }

    /// Where the provider sends people back to: what the operator registers there.
    fn redirect(&self, provider: &str) -> String {
        format!("{}/api/v1/auth/external/{provider}/callback", self.config.public_url)
    }

    /// Begins to sign in, or to link when somebody is signed in already.
    pub(crate) async fn begin_external(
        &self,
        provider: &str,
        user: Option<UserId>,
        return_to: Option<&str>,
    ) -> Result<Begun, Error> {
        let provider = self.provider(provider)?;
        let return_to = own_page(return_to)?;
        let (state, browser) = (self.rng.token(), self.rng.token());
        let secret = FlowSecret { nonce: self.rng.token(), verifier: self.rng.token() };
        let id = provider.config.id.as_str();
        let url = provider
            .authorization_url(&self.redirect(id), &state, &secret)
            .await
            .map_err(|fault| of_fault(id, fault))?;
        let plain = serde_json::to_vec(&secret).map_err(|error| internal(&error))?;
        let sealed = self.config.vault.seal(&plain).map_err(Problem::from)?;
        let now = self.clock.now();
        let new = sql::NewFlow {
            id: uuid_v7(&self.clock, &self.rng),
            provider: id,
            state_hash: &secrets::token_hash(&state),
            browser_hash: &secrets::token_hash(&browser),
            secret: &sealed.text,
            encryption_version: sealed.version,
            user,
            return_to,
            now,
            expires_at: now + LIFE,
        };
        let mut tx = self.store.service("sign in: go to a provider").await?;
        sql::insert_flow(tx.conn(), &new).await?;
        tx.commit().await?;
        Ok(Begun { url: url.into(), browser })
    }

    /// Finishes what [`Self::begin_external`] began; also gives the page to go on with.
    pub(crate) async fn finish_external(
        &self,
        provider: &str,
        back: &Back<'_>,
        context: &RequestContext,
    ) -> Result<(Done, String), Error> {
        let provider = self.provider(provider)?;
        let id = provider.config.id.as_str();
        let mut tx = self.store.service("sign in: back from a provider").await?;
        let flow = sql::take_flow(tx.conn(), &secrets::token_hash(back.state)).await?;
        tx.commit().await?;
        let browser = back.browser.map(secrets::token_hash);
        let flow = flow
            .filter(|flow| flow.provider == id && flow.expires_at > self.clock.now())
            .filter(|flow| browser.as_deref() == Some(flow.browser_hash.as_slice()))
            .ok_or_else(over)?;
        // the cookie of the flow outlives the session: who finishes must still be the one who began
        let linking = match flow.user {
            None => None,
            Some(user) => {
                let own = back.caller.filter(|caller| caller.user == user && caller.session.is_some());
                Some(own.ok_or_else(over)?)
            }
        };
        if back.issuer.is_some_and(|issuer| !provider.is_own(issuer)) {
            return Err(of_fault(id, OidcFault::Token(super::Refused::Issuer)));
        }
        let code = match (back.error, back.code) {
            (None, Some(code)) => code,
            (error, _) => {
                let why = error.unwrap_or("no code").chars().take(100).collect();
                return Err(of_fault(id, OidcFault::Refused(why)));
            }
        };
        let plain = self.config.vault.open(&flow.secret, flow.encryption_version).map_err(Problem::from)?;
        let secret: FlowSecret = serde_json::from_slice(&plain).map_err(|error| internal(&error))?;
        let claims = match provider.claims(&self.redirect(id), code, &secret).await {
            Ok(claims) => claims,
            Err(fault) => {
                if let OidcFault::Token(refused) = &fault {
                    let name: &str = refused.into();
                    let event = NewSecurityEvent::new(kind::TOKEN_REFUSED, context)
                        .detail(json!({ "provider": id, "reason": name }));
                    security::note_beside(&self.store, &self.clock, &self.rng, event);
                }
                return Err(of_fault(id, fault));
            }
        };
        let done = self.take_in(provider, linking, &claims, context).await?;
        Ok((done, flow.return_to))
    }

    async fn take_in(
        &self,
        provider: &Provider,
        linking: Option<Caller>,
        claims: &Claims,
        context: &RequestContext,
    ) -> Result<Done, Error> {
        let config = &provider.config;
        let outside = Outside {
            provider: &config.id,
            subject: &claims.subject,
            email: claims.email.as_deref(),
            email_is_theirs: config.trust_email && claims.email_verified,
            name: claims.name.as_deref(),
            sign_up: config.sign_up,
            organization: true,
        };
        let mut tx = self.store.service("sign in: identity of a provider").await?;
        if let Some(caller) = linking {
            let user = caller.user;
            let owner = sql::owner(tx.conn(), outside.provider, outside.subject, self.clock.now()).await?;
            if owner.is_none_or(|owner| owner.user != user) {
                person::link(self, &mut tx, user, &outside).await?;
                let event = NewSecurityEvent::new(kind::IDENTITY_LINKED, context)
                    .user(user)
                    .detail(json!({ "provider": config.id }));
                security::note(&mut tx, &self.clock, &self.rng, event).await?;
                self.write_to(&mut tx, user, person::linked(&config.id), context).await?;
            }
            let session = self.renew_own(&mut tx, caller).await?;
            tx.commit().await?;
            return Ok(Done::Linked(session));
        }
        let user = person::find(self, &mut tx, &outside, context).await?;
        let step = self.after_first_step(&mut tx, user, FirstStep::External, context).await?;
        tx.commit().await?;
        Ok(Done::SignedIn(step))
    }

    /// One's outside identities, oldest first.
    pub async fn list_external_identities(&self, user: UserId) -> Result<Vec<ExternalIdentityView>, Error> {
        let mut tx = self.store.service("a person lists their outside identities").await?;
        let views = sql::list(tx.conn(), user).await?;
        tx.commit().await?;
        Ok(views)
    }

    /// Unlinks an outside identity; not the last way in. Gives the session's new token.
    pub async fn unlink_external_identity(
        &self,
        caller: Caller,
        id: ExternalIdentityId,
        password: Option<String>,
        context: &RequestContext,
    ) -> Result<NewSession, Error> {
        self.confirm_self(caller, password, context).await?;
        let mut tx = self.store.service("a person unlinks an outside identity").await?;
        let provider = sql::unlink(tx.conn(), caller.user, id).await?;
        let provider = provider.ok_or_else(|| Problem::not_found("linked identity"))?;
        self.keep_a_way_in(&mut tx, caller.user).await?;
        let event = NewSecurityEvent::new(kind::IDENTITY_UNLINKED, context)
            .user(caller.user)
            .detail(json!({ "provider": provider }));
        security::note(&mut tx, &self.clock, &self.rng, event).await?;
        let what = format!("Your identity at \u{201c}{provider}\u{201d} was unlinked from your account.");
        self.write_to(&mut tx, caller.user, what, context).await?;
        let session = self.renew_own(&mut tx, caller).await?;
        tx.commit().await?;
        Ok(session)
    }
}

fn internal(error: &serde_json::Error) -> Problem {
    Problem::new(Kind::Internal, "internal", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_come_back_to_pages_of_ours() {
        assert_eq!(own_page(None), Ok("/"));
        assert_eq!(own_page(Some("/today?x=1#y")), Ok("/today?x=1#y"));
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "today", "/a\nb", ""] {
            assert!(own_page(Some(foreign)).is_err(), "{foreign}");
        }
    }
}
