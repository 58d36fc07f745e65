//! Where Clerk sends its webhooks.

use std::convert::Infallible;

use axum::{
    Extension,
    body::Bytes,
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode},
    routing::{MethodRouter, post},
};
use bellwether_kernel::{Kind, Problem, RequestContext};
use bellwether_operations::{
    inbox::{self, Received},
    security::{self, NewSecurityEvent, kind},
};
use bellwether_web::{Api, ApiError, Class, limit};
use serde_json::{Value, json};
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::{PROVIDER, svix::SignatureFault};
use crate::{Error, Identity};

/// The longest webhook that is read, in bytes: Clerk's are a few thousand.
const LONGEST: usize = 256 * 1024;

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(receive).layer(DefaultBodyLimit::max(LONGEST)))
}

/// The same route for an address outside of the API, limited there by who calls.
pub fn webhook() -> MethodRouter {
    post(receive).layer::<_, Infallible>(limit(Class::Default)).layer(DefaultBodyLimit::max(LONGEST))
}

/// Receive a webhook of Clerk.
///
/// Signed by Svix; also at `/webhooks/clerk`. Stored and answered at once, worked on after; the same event twice is one.
#[utoipa::path(post, path = "/webhooks/clerk", tag = "Webhooks", security(()),
    request_body(content = Object, description = "The event, as Clerk describes it"),
    responses((status = 204, description = "Stored, now or before"), (status = 401, description = "The signature does \
        not hold, or is older than five minutes"), (status = 404, description = "No secret is configured")))]
pub async fn receive(
    Extension(identity): Extension<Identity>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    identity.receive_clerk(&headers, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Identity {
    async fn receive_clerk(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
        let verifier = &self.config.clerk.verifier;
        if !verifier.is_ready() {
            return Err(Problem::not_found("webhook").into());
        }
        let signed = verifier.check(headers, body, self.clock.now()).map_err(|fault| {
            if fault != SignatureFault::Missing {
                let reason: &str = fault.into();
                let event = NewSecurityEvent::new(kind::WEBHOOK_REFUSED, &RequestContext::default())
                    .detail(json!({ "source": PROVIDER, "reason": reason }));
                // anybody can send these, as many as they like
                let key = format!("{PROVIDER} {reason}");
                security::note_seldom_beside(&self.store, &self.clock, &self.rng, event, &key);
            }
            Problem::from(fault)
        })?;
        let payload: Value = serde_json::from_slice(body).unwrap_or_default();
        let event_type = payload["type"].as_str().filter(|text| (1..=200).contains(&text.len()));
        let event_type = event_type.ok_or_else(|| {
            Problem::new(
                Kind::Malformed,
                "malformed",
                "The body is no event: a JSON object with a type and data.",
            )
        })?;
        let received = Received {
            source: PROVIDER,
            event_id: &signed.id,
            event_type,
            payload: &payload,
            headers: json!({ "timestamp": signed.timestamp }),
        };
        let mut tx = self.store.service("a webhook of Clerk arrives").await?;
        inbox::receive(&mut tx, &self.clock, &self.rng, &received).await?;
        tx.commit().await?;
        Ok(())
    }
}
