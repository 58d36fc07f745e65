//! Use cases of people.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, Problem, RequestContext, Role,
    id::{OrganizationId, UserId},
};
use bellwether_store::ServiceTx;
use chrono::Duration;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    model::{self, Me, MyBrand, MyOrganization, SignUp, UserView},
    sql,
};
use crate::{
    Error, Identity,
    factors::{FirstStep, Step},
    organizations, secrets, sessions,
};

/// How long a one-time link can be used.
const LINK_LIFE: Duration = Duration::minutes(30);

/// A person who has just signed in, with the token for their cookie. The token is nowhere else.
pub struct SignedIn {
    /// Who and where.
    pub me: Me,
    /// The new session.
    pub session: sessions::NewSession,
}

/// What a person may change about themselves; absent fields stay.
#[derive(Debug, Clone, Default, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    /// Name as shown.
    #[serde(default)]
    pub name: Option<String>,
    /// BCP 47 language tag.
    #[serde(default)]
    pub locale: Option<String>,
    /// IANA time zone.
    #[serde(default)]
    pub time_zone: Option<String>,
}

impl Identity {
    /// Makes a person, their organization and its first brand, and signs them in.
    pub async fn sign_up(&self, input: SignUp, context: &RequestContext) -> Result<SignedIn, Error> {
        if !self.config.open_sign_up {
            return Err(Error::SignUpClosed);
        }
        self.create_account(input, false, context).await
    }

    /// The same without the question whether signing up is open: for operators and the demo.
    pub async fn create_account(
        &self,
        input: SignUp,
        demo: bool,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        model::check_sign_up(&input)?;
        let hash = secrets::hash_password(input.password.clone(), &self.rng).await?;
        let user = UserId::new(&self.clock, &self.rng);
        let now = self.clock.now();
        let time_zone = input.time_zone.as_deref().unwrap_or("UTC");

        let mut tx = self.store.service("sign up").await?;
        sql::insert_user(tx.conn(), user, input.email.trim(), input.name.trim(), time_zone, demo, now)
            .await
            .map_err(|error| on_constraint(error, "users_email_key", || Error::EmailTaken))?;
        sql::insert_credentials(tx.conn(), user, &hash).await?;
        let organization = organizations::New {
            name: input.organization_name.trim(),
            kind: input.organization_type,
            time_zone,
            demo,
        };
        self.insert_organization(&mut tx, user, organization, context).await?;
        let session = self.open_session(&mut tx, user, context).await?;
        let me = me(&mut tx, user).await?;
        tx.commit().await?;
        Ok(SignedIn { me, session })
    }

    /// Inserts an organization, its owner and its first brand, in the caller's transaction.
    pub(crate) async fn insert_organization(
        &self,
        tx: &mut ServiceTx,
        owner: UserId,
        new: organizations::New<'_>,
        context: &RequestContext,
    ) -> Result<OrganizationId, Error> {
        let organization = OrganizationId::new(&self.clock, &self.rng);
        let slug = organizations::free_slug(tx, new.name, &self.rng).await?;
        let now = self.clock.now();
        organizations::insert(tx, organization, &slug, &new, now).await?;
        organizations::insert_membership(tx, organization, owner, Role::Owner, &self.clock, &self.rng)
            .await?;
        self.first_brand.create(tx, organization, new.name, new.time_zone).await?;
        let event = NewEvent {
            organization,
            brand: None,
            kind: "organization.created",
            subject: ("organization", organization.uuid()),
            actor: Actor::User { id: owner, agency: None },
            before: None,
            after: Some(json!({ "name": new.name, "type": new.kind.as_str(), "slug": slug })),
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(organization)
    }

    /// Checks e-mail and password and opens a session.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        context: &RequestContext,
    ) -> Result<Step, Error> {
        let mut tx = self.store.service("sign in: look up").await?;
        let found = sql::find_credentials(tx.conn(), email.trim()).await?;
        // the slow hash runs outside of any transaction
        tx.commit().await?;
        let (user, hash) = found.map_or((None, None), |row| (Some(row.user_id), row.password_hash));
        let right =
            password.len() <= 4 * model::PASSWORD_MAX && secrets::verify_password(password, hash).await?;
        match user {
            Some(user) if right => {
                let mut tx = self.store.service("sign in").await?;
                let step = self.after_first_step(&mut tx, user, FirstStep::Password, context).await?;
                tx.commit().await?;
                Ok(step)
            }
            _ => Err(Error::WrongCredentials),
        }
    }

    /// Opens a session for somebody who has shown all that is asked for.
    pub(crate) async fn signed_in(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        let session = self.open_session(tx, user, context).await?;
        let me = me(tx, user).await?;
        Ok(SignedIn { me, session })
    }

    /// Makes a one-time sign-in link for the person with this address.
    pub async fn create_link(&self, email: &str) -> Result<String, Error> {
        let token = self.rng.token();
        let now = self.clock.now();
        let id = bellwether_kernel::id::uuid_v7(&self.clock, &self.rng);
        let mut tx = self.store.service("create sign-in link").await?;
        let person = sql::find_credentials(tx.conn(), email.trim())
            .await?
            .ok_or_else(|| Problem::not_found("person with this e-mail address"))?;
        sql::delete_old_links(tx.conn(), now - Duration::days(1)).await?;
        sql::insert_link(tx.conn(), id, person.user_id, &secrets::token_hash(&token), now, now + LINK_LIFE)
            .await?;
        tx.commit().await?;
        // behind the `#`, so that the token reaches no server log and no Referer
        Ok(format!("{}/sign-in/link#token={token}", self.config.public_url))
    }

    /// Exchanges a one-time link for a session.
    pub async fn use_link(&self, token: &str, context: &RequestContext) -> Result<Step, Error> {
        let mut tx = self.store.service("use sign-in link").await?;
        let user = sql::spend_link(tx.conn(), &secrets::token_hash(token), self.clock.now())
            .await?
            .ok_or(Error::LinkSpent)?;
        let step = self.after_first_step(&mut tx, user, FirstStep::Link, context).await?;
        tx.commit().await?;
        Ok(step)
    }

    /// The person and everywhere they belong.
    pub async fn me(&self, user: UserId) -> Result<Me, Error> {
        let mut tx = self.store.service("a person reads where they belong").await?;
        let me = me(&mut tx, user).await?;
        tx.commit().await?;
        Ok(me)
    }

    /// Changes a person's own data.
    pub async fn update_me(&self, user: UserId, change: UpdateMe) -> Result<Me, Error> {
        let faults = [
            ("name", change.name.as_deref().map(|name| model::check_name(name, 200))),
            ("locale", change.locale.as_deref().map(model::check_locale)),
            ("time_zone", change.time_zone.as_deref().map(model::check_time_zone)),
        ];
        let faults = faults.into_iter().filter_map(|(path, check)| Some((path, check?.err()?)));
        model::located(faults.collect())?;
        let mut tx = self.store.service("a person changes their own data").await?;
        let name = change.name.as_deref().map(str::trim);
        let (locale, zone) = (change.locale.as_deref(), change.time_zone.as_deref());
        if !sql::update_user(tx.conn(), user, name, locale, zone).await? {
            return Err(Problem::not_found("person").into());
        }
        let me = me(&mut tx, user).await?;
        tx.commit().await?;
        Ok(me)
    }

    /// Whether somebody with this address exists.
    pub async fn find_user(&self, email: &str) -> Result<Option<UserId>, Error> {
        let mut tx = self.store.service("look up a person by address").await?;
        let found = sql::find_credentials(tx.conn(), email).await?;
        tx.commit().await?;
        Ok(found.map(|row| row.user_id))
    }

    /// Whether a person runs the installation.
    pub async fn is_operator(&self, user: UserId) -> Result<bool, Error> {
        let mut tx = self.store.service("does a person run the installation").await?;
        let is = sql::is_operator(tx.conn(), user).await?;
        tx.commit().await?;
        Ok(is)
    }

    /// Lets a person run the installation, or not any more. For the command line and the demo only.
    pub async fn set_operator(&self, email: &str, operator: bool) -> Result<(), Error> {
        let mut tx = self.store.service("operator names an operator").await?;
        let person = sql::find_credentials(tx.conn(), email.trim())
            .await?
            .ok_or_else(|| Problem::not_found("person with this e-mail address"))?;
        sql::set_operator(tx.conn(), person.user_id, operator).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets a person's password, for operators.
    pub async fn set_password(&self, email: &str, password: String) -> Result<(), Error> {
        let length = password.chars().count();
        if !(model::PASSWORD_MIN..=model::PASSWORD_MAX).contains(&length) {
            let wanted = format!("Use {} to {} characters.", model::PASSWORD_MIN, model::PASSWORD_MAX);
            return Err(Problem::invalid("password", "length", wanted).into());
        }
        let hash = secrets::hash_password(password, &self.rng).await?;
        let mut tx = self.store.service("operator sets a password").await?;
        let person = sql::find_credentials(tx.conn(), email.trim())
            .await?
            .ok_or_else(|| Problem::not_found("person with this e-mail address"))?;
        sql::insert_credentials(tx.conn(), person.user_id, &hash).await?;
        sessions::end_all(&mut tx, person.user_id, None, self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Maps the violation of one named constraint; anything else stays what it is.
pub(crate) fn on_constraint(error: sqlx::Error, name: &str, mapped: impl FnOnce() -> Error) -> Error {
    let error = bellwether_store::Error::from(error);
    if error.constraint() == Some(name) { mapped() } else { error.into() }
}

/// A person who is there.
pub(crate) async fn get_user(tx: &mut ServiceTx, user: UserId) -> Result<Option<UserView>, Error> {
    Ok(sql::get_user(tx.conn(), user).await?)
}

async fn me(tx: &mut ServiceTx, user: UserId) -> Result<Me, Error> {
    let person: UserView =
        sql::get_user(tx.conn(), user).await?.ok_or_else(|| Problem::not_found("person"))?;
    let mut organizations: Vec<MyOrganization> = Vec::new();
    for row in sql::list_places(tx.conn(), user).await? {
        let role = Role::parse(&row.role).unwrap_or(Role::Member);
        let known = organizations.iter_mut().find(|known| known.id == row.organization_id);
        let organization = if let Some(known) = known {
            known.role = known.role.max(role);
            known
        } else {
            organizations.push(MyOrganization {
                id: row.organization_id,
                slug: row.organization_slug,
                name: row.organization_name,
                r#type: row.organization_type,
                role,
                demo: row.demo,
                brands: Vec::new(),
            });
            let Some(last) = organizations.last_mut() else { continue };
            last
        };
        if let (Some(id), Some(slug), Some(name)) = (row.brand_id, row.brand_slug, row.brand_name)
            && organization.brands.iter().all(|brand| brand.id != id)
        {
            organization.brands.push(MyBrand { id, slug, name });
        }
    }
    Ok(Me { user: person, organizations })
}
