//! Routes of signing up.

use axum::{
    Extension,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use bellwether_web::{Api, ApiError, Class, Json, RequestContext, limit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::UtoipaMethodRouterExt as _, routes};

use super::SignedUp;
use crate::{
    Identity,
    people::model::{Me, SignUp},
};

pub(crate) fn routes() -> Api {
    Api::new()
        .routes(routes!(sign_up).layer(limit(Class::Auth)))
        .routes(routes!(finish_sign_up).layer(limit(Class::Auth)))
}

/// The mailed link and the password that was chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FinishSignUp {
    /// What stands behind `#token=` in the link.
    token: String,
    /// The password that was chosen when signing up.
    password: String,
}

/// An account that waits for its address to be confirmed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfirmationNeeded {
    /// Always true: tells this answer from that of an account that is made.
    confirmation_needed: bool,
}

impl SignedUp {
    /// 201 with the session's cookie, or 202 with nothing that tells who has an account.
    pub(crate) fn response(self, identity: &Identity) -> Result<Response, ApiError> {
        match self {
            Self::SignedIn(signed_in) => signed_in.response(StatusCode::CREATED, identity),
            Self::ConfirmFirst => {
                let body = ConfirmationNeeded { confirmation_needed: true };
                Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
            }
        }
    }
}

/// Sign up.
///
/// Makes a person, an organization with its first brand, and signs the person in by a cookie. Where addresses are
/// confirmed first (`identity.confirm_sign_up`), the answer is 202 whether or not the address has an account: a mail
/// goes there, and the token of its link, good once and for a day, goes to `POST /auth/sign-up/confirm`.
#[utoipa::path(post, path = "/auth/sign-up", tag = "Identity", security(()), request_body = SignUp,
    responses((status = 201, body = Me),
        (status = 202, body = ConfirmationNeeded, description = "A mail is on its way"),
        (status = 409, description = "The address has an account; only where addresses are not confirmed first"),
        (status = 429, description = "Too many mails to the address, or too many taken addresses from here")))]
async fn sign_up(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<SignUp>,
) -> Result<Response, ApiError> {
    identity.sign_up(input, &context).await?.response(&identity)
}

/// Finish signing up by the mailed link.
///
/// With the password that was chosen: whoever presses a link that they did not ask for gets no account to which somebody
/// else has the password. Makes what was asked for and signs the person in by a cookie.
#[utoipa::path(post, path = "/auth/sign-up/confirm", tag = "Identity", security(()), request_body = FinishSignUp,
    responses((status = 201, body = Me), (status = 404, description = "Used or expired"),
        (status = 422, description = "The password is another one; the link still works"),
        (status = 409, description = "The address has an account by now")))]
async fn finish_sign_up(
    Extension(identity): Extension<Identity>,
    RequestContext(context): RequestContext,
    Json(input): Json<FinishSignUp>,
) -> Result<Response, ApiError> {
    identity
        .finish_sign_up(&input.token, input.password, &context)
        .await?
        .response(StatusCode::CREATED, &identity)
}
