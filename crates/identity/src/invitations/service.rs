//! Use cases of invitations.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Access, Actor, BrandScope, Cursor, Kind, Page, PageRequest, Permission, Problem, RequestContext, Role,
    id::{BrandId, UserId},
};
use bellwether_mail::{NewMail, Template};
use bellwether_operations::security::{self, NewSecurityEvent};
use bellwether_store::{ServiceTx, Tx};
use bellwether_web::Caller;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sql;
use crate::{
    Error, Identity, links,
    memberships::{
        Target,
        model::{self, Grant},
        write,
    },
    organizations,
    people::{
        NewPerson, SignedIn,
        model::{Me, OrganizationType, SignUp, check_email, check_sign_up},
    },
    secrets,
    sign_ups::{Joining, SignedUp, Wanted},
    throttle::{self, Key, Mails},
};

bellwether_kernel::id!(InvitationId, "invite", "An invitation to an organization.");

/// How long an invitation can be accepted.
const LIFE: Duration = Duration::days(14);

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// It can be accepted.
    Pending,
    /// It was, as often as it could be.
    Accepted,
    /// Its time is over; send it again.
    Expired,
    /// It was taken back.
    Revoked,
}

/// An invitation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitationView {
    /// Id.
    pub id: InvitationId,
    /// Whom alone it lets in; absent for a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// As what.
    pub role: Role,
    /// Brands reached; absent for the whole organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_ids: Option<Vec<BrandId>>,
    /// Permissions beside the role's own.
    pub permissions_added: Vec<Permission>,
    /// The role's permissions that are taken away.
    pub permissions_removed: Vec<Permission>,
    /// Where it stands.
    pub status: InvitationStatus,
    /// How many may come in by it.
    pub max_uses: i32,
    /// How many have.
    pub uses: i32,
    /// Who invited.
    pub invited_by: UserId,
    /// Their name; empty when they don't belong here any more.
    pub inviter_name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last sent.
    pub sent_at: DateTime<Utc>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
    /// The link to hand on: told once, when a link is made or renewed. What goes by mail is in the mail alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Whom to invite, and as what.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Whom: a mail goes there, and nobody else can accept. Absent: a link to hand on.
    #[serde(default)]
    pub email: Option<String>,
    /// As what; the organization's own setting when absent.
    #[serde(default)]
    pub role: Option<Role>,
    /// Brands reached; the whole organization when absent.
    #[serde(default)]
    pub brand_ids: Option<Vec<BrandId>>,
    /// Permissions beside the role's own.
    #[serde(default)]
    pub permissions_added: Vec<Permission>,
    /// The role's permissions that are taken away.
    #[serde(default)]
    pub permissions_removed: Vec<Permission>,
    /// How many may come in by a link, 1 to 1000; 1 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    pub max_uses: Option<i32>,
}

/// What an invitation offers, for whoever has its link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitationPreview {
    /// The organization.
    pub organization_name: String,
    /// Its name in addresses.
    pub organization_slug: String,
    /// As what.
    pub role: Role,
    /// Who invites.
    pub inviter_name: String,
    /// Whom alone it lets in; absent for a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether that address has an account: then sign in and accept, else join.
    pub has_account: bool,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// The token of an invitation's link.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// What stands behind `#token=` in the link.
    pub token: String,
}

/// A new person who comes in by an invitation.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinByInvitation {
    /// What stands behind `#token=` in the link.
    pub token: String,
    /// E-mail address; when the invitation names one, it is that one and may be left out.
    #[serde(default)]
    pub email: Option<String>,
    /// 10 to 256 characters.
    pub password: String,
    /// The person's name.
    pub name: String,
    /// IANA time zone; UTC when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
}

fn grant_of(row: &sql::Row) -> Grant {
    let brands = row.brand_ids.iter().copied().map(BrandId::from).collect::<Vec<_>>();
    Grant {
        role: Role::parse(&row.role).unwrap_or(Role::Member),
        brands: if brands.is_empty() { BrandScope::All } else { BrandScope::Only(brands) },
        added: model::read(&row.added),
        removed: model::read(&row.removed),
    }
}

impl InvitationView {
    fn of(row: sql::Row, now: DateTime<Utc>, link: Option<String>) -> Self {
        let grant = grant_of(&row);
        let status = if row.accepted_at.is_some() {
            InvitationStatus::Accepted
        } else if row.revoked_at.is_some() {
            InvitationStatus::Revoked
        } else if row.expires_at <= now {
            InvitationStatus::Expired
        } else {
            InvitationStatus::Pending
        };
        Self {
            id: row.id,
            email: row.email,
            role: grant.role,
            brand_ids: match grant.brands {
                BrandScope::All => None,
                BrandScope::Only(brands) => Some(brands),
            },
            permissions_added: grant.added.iter().collect(),
            permissions_removed: grant.removed.iter().collect(),
            status,
            max_uses: row.max_uses,
            uses: row.uses,
            invited_by: row.invited_by,
            inviter_name: row.inviter_name,
            created_at: row.created_at,
            sent_at: row.sent_at,
            expires_at: row.expires_at,
            link,
        }
    }
}

fn no_invitation() -> Problem {
    Problem::not_found("invitation")
}

/// One answer for a token that was used, taken back, has expired or never was.
fn spent() -> Problem {
    let detail = "This invitation has been used, was taken back or has expired. Ask for a new one.";
    Problem::new(Kind::NotFound, "invitation_spent", detail)
}

fn already_member() -> Problem {
    let detail = "They belong to the organization already. Change what they may in the list of members.";
    Problem::new(Kind::Conflict, "already_member", detail).at("email", "already_member", detail)
}

impl Identity {
    /// Invites somebody by mail, or makes a link.
    pub async fn invite(
        &self,
        access: &Access,
        input: NewInvitation,
        context: &RequestContext,
    ) -> Result<InvitationView, Error> {
        access.allow(Permission::MembersManage)?;
        let email = input.email.as_deref().map(str::trim);
        if let Some((code, message)) = email.and_then(|email| check_email(email).err()) {
            return Err(Problem::invalid("email", code, message).into());
        }
        let max_uses = input.max_uses.unwrap_or(1);
        if !(1..=1000).contains(&max_uses) || (email.is_some() && max_uses != 1) {
            let detail = "A mail lets in one person; a link 1 to 1000.";
            return Err(Problem::invalid("max_uses", "out_of_range", detail).into());
        }
        if let Some(email) = email {
            self.allow_invitation(access, email).await?;
        }
        let mut tx = self.store.tenant(access).await?;
        let role = match input.role {
            Some(role) => role,
            None => organizations::invitation_role(&mut tx, access.organization).await?,
        };
        let grant = Grant::of(role, input.brand_ids, input.permissions_added, input.permissions_removed)?;
        model::check_grant(&access.into(), &grant.standing())?;
        let brands: Vec<Uuid> = match &grant.brands {
            BrandScope::All => Vec::new(),
            BrandScope::Only(brands) => brands.iter().map(|brand| brand.uuid()).collect(),
        };
        let known =
            crate::memberships::sql::known_brands(tx.conn(), access.organization, &brands).await?.len();
        if known < brands.len() {
            let detail = "One of these brands isn't there; load the list of brands again.";
            return Err(Problem::invalid("brand_ids", "unknown_brand", detail).into());
        }
        let (token, now) = (self.rng.token(), self.clock.now());
        if let Some(email) = email {
            if sql::is_member(tx.conn(), email).await? {
                return Err(already_member().into());
            }
            sql::close_expired(tx.conn(), email, now).await?;
        }
        let id = InvitationId::new(&self.clock, &self.rng);
        let (added, removed) = (model::words(grant.added), model::words(grant.removed));
        let new = sql::NewRow {
            organization: access.organization,
            id,
            email,
            role: grant.role.as_str(),
            brands: &brands,
            added: &added,
            removed: &removed,
            token_hash: &secrets::token_hash(&token),
            invited_by: access.user,
            max_uses,
            now,
            expires_at: now + LIFE,
        };
        sql::insert(tx.conn(), &new).await.map_err(|error| {
            crate::people::on_constraint(error, "invitations_open_email_idx", || {
                let detail = "They are invited already; send that invitation again instead.";
                Problem::new(Kind::Conflict, "already_invited", detail)
                    .at("email", "already_invited", detail)
                    .into()
            })
        })?;
        let after = json!({ "email": email, "role": grant.role, "max_uses": max_uses });
        self.record_invitation(&mut tx, access, id, "invitation.created", Some(after), context).await?;
        let view = self.sent(&mut tx, id, &token).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Counts an invitation's mail, and sees that an agency's people don't invite each other: they would stay when the
    /// agency goes. In a transaction of its own: a tenant has no business with what is counted over all
    /// of them.
    async fn allow_invitation(&self, access: &Access, email: &str) -> Result<(), Error> {
        let mut tx = self.store.service("count the mail of an invitation").await?;
        if let Some(agency) = access.agency
            && sql::belongs_to(tx.conn(), agency, email).await?
        {
            let detail = "They work for the agency and come in by its link to this organization, as long as it stands.";
            return Err(Problem::invalid("email", "of_the_agency", detail).into());
        }
        self.refuse_many(&mut tx, &Key::MailOf(access.organization)).await?;
        self.refuse_many(&mut tx, &Key::MailTo { email, purpose: Mails::Invitation }).await?;
        Ok(tx.commit().await?)
    }

    /// A page of invitations, the newest first; only open ones unless all are asked for.
    pub async fn list_invitations(
        &self,
        access: &Access,
        all: bool,
        page: PageRequest,
    ) -> Result<Page<InvitationView>, Error> {
        access.allow(Permission::MembersManage)?;
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), None, (!all).then_some(now), page.after, page.limit + 1).await?;
        tx.commit().await?;
        let cursor = |row: &sql::Row| Cursor { at: row.created_at, id: row.id.uuid() };
        Ok(Page::of(rows, page.limit, cursor).map(|row| InvitationView::of(row, now, None)))
    }

    /// Sends an invitation again, with a new token; the former link is worth nothing from then on.
    pub async fn resend_invitation(
        &self,
        access: &Access,
        id: InvitationId,
        context: &RequestContext,
    ) -> Result<InvitationView, Error> {
        access.allow(Permission::MembersManage)?;
        let mut tx = self.store.tenant(access).await?;
        let row = sql::list(tx.conn(), Some(id), None, None, 1).await?.pop().ok_or_else(no_invitation)?;
        tx.commit().await?;
        if let Some(email) = &row.email {
            self.allow_invitation(access, email).await?;
        }
        let (token, now) = (self.rng.token(), self.clock.now());
        let mut tx = self.store.tenant(access).await?;
        let row = sql::list(tx.conn(), Some(id), None, None, 1).await?.pop().ok_or_else(no_invitation)?;
        // the new link is the sender's gift as much as the first one was
        model::check_grant(&access.into(), &grant_of(&row).standing())?;
        if !sql::renew(tx.conn(), id, &secrets::token_hash(&token), now, now + LIFE).await? {
            let detail = "It was accepted or taken back; invite them anew.";
            return Err(Problem::new(Kind::Conflict, "invitation_closed", detail).into());
        }
        self.record_invitation(&mut tx, access, id, "invitation.resent", None, context).await?;
        let view = self.sent(&mut tx, id, &token).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(
        &self,
        access: &Access,
        id: InvitationId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::MembersManage)?;
        let mut tx = self.store.tenant(access).await?;
        let row = sql::list(tx.conn(), Some(id), None, None, 1).await?.pop().ok_or_else(no_invitation)?;
        if row.accepted_at.is_some() {
            let detail = "It was accepted already; remove the member instead.";
            return Err(Problem::new(Kind::Conflict, "invitation_closed", detail).into());
        }
        if sql::revoke(tx.conn(), id, self.clock.now()).await? {
            self.record_invitation(&mut tx, access, id, "invitation.revoked", None, context).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What a link offers.
    pub async fn preview_invitation(&self, token: &str) -> Result<InvitationPreview, Error> {
        let mut tx = self.store.service("somebody looks at an invitation").await?;
        let found = sql::find(tx.conn(), &secrets::token_hash(token), self.clock.now()).await?;
        tx.commit().await?;
        let found = found.ok_or_else(spent)?;
        Ok(InvitationPreview {
            organization_name: found.organization_name,
            organization_slug: found.organization_slug,
            role: Role::parse(&found.invitation.role).unwrap_or(Role::Member),
            inviter_name: found.invitation.inviter_name,
            email: found.invitation.email,
            has_account: found.has_account,
            expires_at: found.invitation.expires_at,
        })
    }

    /// Accepts an invitation as somebody who has an account.
    pub async fn accept_invitation(
        &self,
        caller: Caller,
        token: &str,
        context: &RequestContext,
    ) -> Result<Me, Error> {
        if caller.session.is_none() {
            let detail = "An API key can't do this; sign in in the browser.";
            return Err(Problem::new(Kind::Forbidden, "person_needed", detail).into());
        }
        let mut tx = self.store.service("a person accepts an invitation").await?;
        let found = sql::find(tx.conn(), &secrets::token_hash(token), self.clock.now()).await?;
        let invitation = found.ok_or_else(spent)?.invitation;
        let me = crate::people::me(&mut tx, caller.user, self.clock.now()).await?;
        if invitation.email.as_ref().is_some_and(|email| !email.eq_ignore_ascii_case(&me.user.email)) {
            let detail =
                "This invitation is for another address. Sign in with that one, or ask for one for yours.";
            return Err(Problem::new(Kind::Forbidden, "invitation_for_another", detail).into());
        }
        self.join(&mut tx, &invitation, caller.user, context).await?;
        if invitation.email.is_some() {
            links::sql::set_verified(tx.conn(), caller.user, self.clock.now()).await?;
        }
        let me = crate::people::me(&mut tx, caller.user, self.clock.now()).await?;
        tx.commit().await?;
        Ok(me)
    }

    /// Accepts an invitation as somebody new, whether or not anybody may sign up: they were asked in. A mailed invitation
    /// proves the address; by a link that goes around, it is confirmed first where sign-ups are.
    pub async fn join_by_invitation(
        &self,
        input: JoinByInvitation,
        context: &RequestContext,
    ) -> Result<SignedUp, Error> {
        let hash = secrets::token_hash(&input.token);
        let preview = self.preview_invitation(&input.token).await?;
        let given = input.email.as_deref().map(str::trim);
        let email = match (&preview.email, given) {
            (Some(bound), Some(given)) if !bound.eq_ignore_ascii_case(given) => {
                let detail = "This invitation is for another address; leave it out to take that one.";
                return Err(Problem::invalid("email", "invitation_for_another", detail).into());
            }
            (Some(bound), _) => bound.clone(),
            (None, given) => given.unwrap_or_default().to_owned(),
        };
        let person = SignUp {
            email,
            password: input.password,
            name: input.name,
            organization_name: preview.organization_name,
            organization_type: OrganizationType::default(),
            time_zone: input.time_zone,
            // the invitation is what lets them in
            token: None,
        };
        check_sign_up(&person)?;
        self.check_password("password", &person.password, &person.email).await?;
        let (email, name) = (person.email.trim(), person.name.trim());
        let proven = preview.email.is_some();
        if !proven && self.config.confirm_sign_up {
            // a link that goes around says nothing about the address that somebody types
            let time_zone = person.time_zone.as_deref();
            let new = Joining { email, name, password: person.password.clone(), time_zone };
            self.confirm_first(new, Wanted::Invitation(&hash), context).await?;
            return Ok(SignedUp::ConfirmFirst);
        }
        let network = throttle::network(context.ip_address);
        let key = Key::SignUp(&network);
        self.count_sign_up(&key).await?;
        let password = secrets::hash_password(person.password.clone(), &self.rng).await?;

        let mut tx = self.store.service("somebody new accepts an invitation").await?;
        let new = NewPerson {
            email,
            name,
            time_zone: person.time_zone.as_deref().unwrap_or("UTC"),
            password_hash: Some(&password),
            demo: false,
        };
        let user = self.insert_invited(&mut tx, &hash, new, context).await?;
        if proven {
            links::sql::set_verified(tx.conn(), user, self.clock.now()).await?;
        }
        throttle::give_back(tx.conn(), &key).await?;
        let session = self.open_session(&mut tx, user, false, context).await?;
        let me = crate::people::me(&mut tx, user, self.clock.now()).await?;
        tx.commit().await?;
        Ok(SignedUp::SignedIn(Box::new(SignedIn { me, session })))
    }

    /// Inserts somebody new as a member by the open invitation of a token, in the caller's transaction.
    pub(crate) async fn insert_invited(
        &self,
        tx: &mut ServiceTx,
        token_hash: &[u8],
        new: NewPerson<'_>,
        context: &RequestContext,
    ) -> Result<UserId, Error> {
        let found = sql::find(tx.conn(), token_hash, self.clock.now()).await?.ok_or_else(spent)?;
        // whoever is made inside the demo is a part of it
        let user = self.insert_person(tx, &NewPerson { demo: found.demo, ..new }).await?;
        self.join(tx, &found.invitation, user, context).await?;
        Ok(user)
    }

    /// Makes somebody a member by an invitation, in its transaction.
    async fn join(
        &self,
        tx: &mut ServiceTx,
        invitation: &sql::Row,
        user: UserId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let (organization, now) = (invitation.organization_id, self.clock.now());
        if Target::lock(tx, organization, user).await?.is_some() {
            return Err(already_member().into());
        }
        let grant = grant_of(invitation);
        // an invitation is worth what its sender may give now: they may have left or been taken down a role since
        let sender =
            crate::memberships::sql::entry(tx.conn(), invitation.invited_by, now, organization).await?;
        let sender = sender.access(invitation.invited_by).ok().flatten();
        // who works for an agency comes in by its link: as members they would stay when the agency goes
        if let Some(agency) = sender.as_ref().and_then(|sender| sender.agency)
            && sql::works_for(tx.conn(), agency, user).await?
        {
            let detail = "This invitation comes from the agency that you work for. You come in by its link to this organization, as \
                          long as it stands.";
            return Err(Problem::new(Kind::Conflict, "of_the_agency", detail).into());
        }
        let stands = sender.is_some_and(|sender| {
            sender.permissions.contains(Permission::MembersManage)
                && model::check_grant(&(&sender).into(), &grant.standing()).is_ok()
        });
        if !stands {
            let detail =
                "Whoever sent this invitation may not give what it offers any more. Ask for a new one.";
            return Err(Problem::new(Kind::Conflict, "invitation_void", detail).into());
        }
        write(self, tx, organization, user, None, &grant).await.map_err(|error| match error {
            // by another invitation at the same moment
            Error::Store(store) if store.constraint() == Some("memberships_user_brand_key") => {
                already_member().into()
            }
            other => other,
        })?;
        sql::use_up(tx.conn(), organization, invitation.id, now).await?;
        let standing = grant.standing();
        let permissions: Vec<Permission> = standing.permissions.iter().collect();
        let added = json!({ "role": standing.role, "permissions": permissions });
        let data = json!({ "invitation_id": invitation.id, "invited_by": invitation.invited_by });
        let subjects = [
            ("invitation.accepted", ("invitation", invitation.id.uuid()), None),
            ("membership.added", ("user", user.uuid()), Some(added)),
        ];
        for (kind, subject, after) in subjects {
            let event = NewEvent {
                organization,
                brand: None,
                kind,
                subject,
                actor: Actor::User { id: user, agency: None },
                before: None,
                after,
                data: Some(data.clone()),
                context: context.clone(),
            };
            events::record(tx, &self.clock, &self.rng, event).await?;
        }
        let event = NewSecurityEvent::new(security::kind::MEMBER_JOINED, context)
            .user(user)
            .organization(organization)
            .detail(data);
        security::note(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }

    /// Sends what goes by mail, and shows the link of what doesn't.
    async fn sent(&self, tx: &mut impl Tx, id: InvitationId, token: &str) -> Result<InvitationView, Error> {
        let row = sql::list(tx.conn(), Some(id), None, None, 1).await?.pop().ok_or_else(no_invitation)?;
        // behind the `#`, so that the token reaches no server log and no Referer
        let link = format!("{}/invitation#token={token}", self.config.public_url);
        let Some(email) = &row.email else {
            return Ok(InvitationView::of(row, self.clock.now(), Some(link)));
        };
        let organization = organizations::name(tx, row.organization_id).await?;
        // an agency's people are no members, so the tenant doesn't see their names
        let inviter =
            if row.inviter_name.is_empty() { organization.clone() } else { row.inviter_name.clone() };
        let template = Template::Invitation { organization, inviter, role: row.role.clone(), link };
        let mail = NewMail { to: email.clone(), template, expires_at: Some(row.expires_at) };
        bellwether_mail::queue(tx, &self.clock, &self.rng, mail).await?;
        // who invites must not see it: it proves the address of the one who got it
        Ok(InvitationView::of(row, self.clock.now(), None))
    }

    async fn record_invitation(
        &self,
        tx: &mut impl Tx,
        access: &Access,
        id: InvitationId,
        kind: &'static str,
        after: Option<Value>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: access.organization,
            brand: None,
            kind,
            subject: ("invitation", id.uuid()),
            actor: access.actor(),
            before: None,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        if kind != "invitation.revoked" {
            let event = NewSecurityEvent::new(security::kind::MEMBER_INVITED, context)
                .user(access.user)
                .organization(access.organization)
                .detail(json!({ "event": kind, "invitation_id": id, "key": access.key }));
            security::note(tx, &self.clock, &self.rng, event).await?;
        }
        Ok(())
    }
}
