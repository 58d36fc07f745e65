//! Whose account an outside identity belongs to. The rules that keep accounts from being taken over stand here.
//!
//! 1. An identity that is linked belongs to its person, whatever its e-mail address says today.
//! 2. An address that has an account here is linked by itself only when both sides are sure of it: the service says
//!    that it is verified *and* the operator believes that service, and our account has confirmed it too. Otherwise the
//!    person signs in as before and links it themselves.
//! 3. Somebody new gets an account where the operator lets that service bring people, and where not everybody may sign
//!    up, only by an address that is believed and was invited or approved: an outside service is no way around the door.

use bellwether_kernel::{Kind, Problem, RequestContext, id::UserId, text};
use bellwether_operations::security::{self, NewSecurityEvent, kind};
use bellwether_store::ServiceTx;
use serde_json::json;

use super::sql;
use crate::{
    Error, Identity,
    ids::ExternalIdentityId,
    intake::{self, SignUpMode},
    invitations, links, organizations,
    people::{NewPerson, model, on_constraint},
};

/// Somebody as a service describes them, after what it says was proven.
pub(crate) struct Outside<'a> {
    pub(crate) provider: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) email: Option<&'a str>,
    /// Verified by the service, and the operator believes it.
    pub(crate) email_is_theirs: bool,
    pub(crate) name: Option<&'a str>,
    /// Whether somebody new gets an account.
    pub(crate) sign_up: bool,
    /// Whether they get an organization of their own with it.
    pub(crate) organization: bool,
}

fn refused(kind: Kind, code: &'static str, detail: &str) -> Error {
    Problem::new(kind, code, detail).into()
}

/// The person of an outside identity; made or linked where the rules allow it.
pub(crate) async fn find(
    identity: &Identity,
    tx: &mut ServiceTx,
    outside: &Outside<'_>,
    context: &RequestContext,
) -> Result<UserId, Error> {
    let now = identity.clock.now();
    match sql::owner(tx.conn(), outside.provider, outside.subject, now).await? {
        Some(owner) if owner.deleted => {
            let detail = "The account of this identity was deleted.";
            return Err(refused(Kind::Forbidden, "account_deleted", detail));
        }
        Some(owner) => return Ok(owner.user),
        None => {}
    }
    let email = outside.email.filter(|email| model::check_email(email).is_ok());
    let known = match email {
        Some(email) => sql::by_email(tx.conn(), email).await?,
        None => None,
    };
    let (user, made) = match (known, email) {
        (Some((user, true)), _) if outside.email_is_theirs => (user, false),
        (Some(_), _) => {
            let detail = "Your e-mail address has an account here. Sign in as before, then link this identity in your \
                          settings.";
            return Err(refused(Kind::Conflict, "sign_in_to_link", detail));
        }
        (None, _) if !outside.sign_up => {
            let detail = "Nobody here has this identity. Ask for an invitation, or sign in as before and link it in \
                          your settings.";
            return Err(refused(Kind::Forbidden, "no_account", detail));
        }
        (None, None) => {
            let detail = "The service gives no e-mail address, without which there is no account. Share it there, or \
                          sign up here first.";
            return Err(refused(Kind::Forbidden, "no_email", detail));
        }
        (None, Some(email)) => {
            let admitted = admit(identity, tx, email, outside, context).await?;
            let own = outside.organization && !matches!(admitted, Admitted::Invited);
            let user = make(identity, tx, email, own, outside, context).await?;
            if let Admitted::Permitted(permit) = admitted {
                intake::settle_permit(tx, &permit, user).await?;
            }
            (user, true)
        }
    };
    link(identity, tx, user, outside).await?;
    let event = if made { kind::SIGN_UP_SUCCEEDED } else { kind::IDENTITY_LINKED };
    let event =
        NewSecurityEvent::new(event, context).user(user).detail(json!({ "provider": outside.provider }));
    security::note(tx, &identity.clock, &identity.rng, event).await?;
    if !made {
        identity.write_to(tx, user, linked(outside.provider), context).await?;
    }
    Ok(user)
}

/// What the person is told of a new link.
pub(crate) fn linked(provider: &str) -> String {
    format!("An identity at \u{201c}{provider}\u{201d} was linked: it signs in to your account.")
}

/// Why somebody new may come in.
enum Admitted {
    /// Everybody may.
    Anybody,
    /// An operator let the address in; the permit is spent.
    Permitted(intake::Permit),
    /// An organization invited the address: they join that one, and need none of their own.
    Invited,
}

/// Holds somebody new to the sign-up mode.
async fn admit(
    identity: &Identity,
    tx: &mut ServiceTx,
    email: &str,
    outside: &Outside<'_>,
    context: &RequestContext,
) -> Result<Admitted, Error> {
    if identity.config.sign_up == SignUpMode::Open {
        return Ok(Admitted::Anybody);
    }
    // whose word is not believed could name an invited stranger's address
    if outside.email_is_theirs {
        if let Some(permit) = intake::spend_permit_of(identity, tx, email).await? {
            return Ok(Admitted::Permitted(permit));
        }
        if invitations::is_invited(tx, email, identity.clock.now()).await? {
            return Ok(Admitted::Invited);
        }
    }
    // beside, since this transaction is taken back; seldom, since a program shows its token again and again
    let event =
        NewSecurityEvent::new(kind::SIGN_UP_REFUSED, context).detail(json!({ "provider": outside.provider }));
    let key = format!("{} {}", outside.provider, outside.subject);
    security::note_seldom_beside(&identity.store, &identity.clock, &identity.rng, event, &key);
    Err(Error::SignUpClosed)
}

/// Notes that an outside identity is this person's.
pub(crate) async fn link(
    identity: &Identity,
    tx: &mut ServiceTx,
    user: UserId,
    outside: &Outside<'_>,
) -> Result<(), Error> {
    let new = sql::NewIdentity {
        id: ExternalIdentityId::new(&identity.clock, &identity.rng),
        user,
        provider: outside.provider,
        subject: outside.subject,
        email: outside.email,
        name: outside.name,
        now: identity.clock.now(),
    };
    sql::link(tx.conn(), &new).await.map_err(|error| {
        on_constraint(error, "external_identities_provider_subject_key", || {
            let detail = "This identity is linked to another account already.";
            refused(Kind::Conflict, "identity_taken", detail)
        })
    })
}

async fn make(
    identity: &Identity,
    tx: &mut ServiceTx,
    email: &str,
    organization: bool,
    outside: &Outside<'_>,
    context: &RequestContext,
) -> Result<UserId, Error> {
    let now = identity.clock.now();
    let local = email.split('@').next().unwrap_or(email);
    let name: String = outside
        .name
        .map(text::one_line)
        .filter(|name| model::check_name(name, 120).is_ok())
        .unwrap_or_else(|| local.trim().chars().take(120).collect());
    let new = NewPerson { email, name: &name, time_zone: "UTC", password_hash: None, demo: false };
    let user = identity.insert_person(tx, &new).await?;
    if outside.email_is_theirs {
        links::sql::set_verified(tx.conn(), user, now).await?;
    }
    if organization {
        let new = organizations::New {
            name: &name,
            kind: model::OrganizationType::default(),
            time_zone: "UTC",
            demo: false,
        };
        identity.insert_organization(tx, user, new, context).await?;
    }
    Ok(user)
}
