//! What operators do about the intake.

use bellwether_kernel::{Cursor, Kind, Page, PageRequest, Problem, RequestContext, id::UserId};
use bellwether_mail::Template;
use bellwether_operations::security::{self, NewSecurityEvent, SecurityKind, kind};
use bellwether_store::ServiceTx;
use bellwether_web::Operator;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    AccountType, ApplicationStatus, ApplicationView, NotificationType, WaitlistView,
    model::{self, ApplicationId, NotificationSettingId, WaitlistEntryId},
    permits::Reason,
    sql_admin as sql,
};
use crate::{
    Error, Identity,
    people::model::{check_email, located},
};

/// Who hears by mail of what comes in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NotificationSettingView {
    /// Id.
    pub id: NotificationSettingId,
    /// E-mail address.
    pub email: String,
    /// Of what.
    pub notification_types: Vec<NotificationType>,
    /// Whether mails are sent.
    pub active: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// An address and what it hears of.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutNotificationSetting {
    /// E-mail address; one that is there already is changed.
    pub email: String,
    /// Of what.
    pub notification_types: Vec<NotificationType>,
    /// Whether mails are sent.
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

pub(super) const ONE: PageRequest = PageRequest { limit: 1, after: None };

impl Identity {
    /// Applications, the latest first.
    pub async fn list_applications(
        &self,
        _: Operator,
        status: Option<ApplicationStatus>,
        account_type: Option<AccountType>,
        page: PageRequest,
    ) -> Result<Page<ApplicationView>, Error> {
        let mut tx = self.store.service("an operator reads applications").await?;
        let (status, kind) = (status.map(ApplicationStatus::as_str), account_type.map(AccountType::as_str));
        let rows = sql::applications(tx.conn(), None, status, kind, page).await?;
        tx.commit().await?;
        let cursor = |row: &sql::ApplicationRow| Cursor { at: row.submitted_at, id: row.id.uuid() };
        Ok(Page::of(rows, page.limit, cursor).map(application))
    }

    /// One application.
    pub async fn get_application(&self, _: Operator, id: ApplicationId) -> Result<ApplicationView, Error> {
        let mut tx = self.store.service("an operator reads an application").await?;
        let found = self.application(&mut tx, id).await?;
        tx.commit().await?;
        Ok(application(found))
    }

    async fn application(&self, tx: &mut ServiceTx, id: ApplicationId) -> Result<sql::ApplicationRow, Error> {
        let rows = sql::applications(tx.conn(), Some(id), None, None, ONE).await?;
        Ok(rows.into_iter().next().ok_or_else(|| Problem::not_found("application"))?)
    }

    /// Writes an operator's notes on an application.
    pub async fn note_application(
        &self,
        _: Operator,
        id: ApplicationId,
        notes: &str,
    ) -> Result<ApplicationView, Error> {
        model::check_notes(&[("admin_notes", Some(notes))])?;
        let mut tx = self.store.service("an operator notes something on an application").await?;
        sql::note_application(tx.conn(), id, notes).await?;
        let found = self.application(&mut tx, id).await?;
        tx.commit().await?;
        Ok(application(found))
    }

    /// Lets an applicant in: they get a link to sign up.
    pub async fn approve_application(
        &self,
        operator: Operator,
        id: ApplicationId,
        context: &RequestContext,
    ) -> Result<ApplicationView, Error> {
        let by = operator.0.user;
        let mut tx = self.store.service("an operator approves an application").await?;
        let before = self.application(&mut tx, id).await?;
        if !sql::review_application(tx.conn(), id, "approved", None, by, self.clock.now()).await? {
            return Err(decided());
        }
        if !before.demo {
            let link = if sql::has_account(tx.conn(), &before.email).await? {
                format!("{}/sign-in", self.config.public_url)
            } else {
                self.permit(&mut tx, &before.email, Reason::Application(id.uuid()), Some(by)).await?
            };
            self.mail(&mut tx, &before.email, Template::ApplicationApproved { link }).await?;
        }
        self.acted(&mut tx, by, kind::APPLICATION_APPROVED, &id.to_string(), context).await?;
        let after = self.application(&mut tx, id).await?;
        tx.commit().await?;
        Ok(application(after))
    }

    /// Turns an applicant down and tells them why.
    pub async fn reject_application(
        &self,
        operator: Operator,
        id: ApplicationId,
        reason: &str,
        context: &RequestContext,
    ) -> Result<ApplicationView, Error> {
        let (by, reason) = (operator.0.user, reason.trim());
        if reason.is_empty() {
            return Err(Problem::invalid("reason", "blank", "Say why; the applicant reads it.").into());
        }
        model::check_notes(&[("reason", Some(reason))])?;
        let mut tx = self.store.service("an operator rejects an application").await?;
        let before = self.application(&mut tx, id).await?;
        if !sql::review_application(tx.conn(), id, "rejected", Some(reason), by, self.clock.now()).await? {
            return Err(decided());
        }
        if !before.demo {
            let template = Template::ApplicationRejected { reason: reason.to_owned() };
            self.mail(&mut tx, &before.email, template).await?;
        }
        self.acted(&mut tx, by, kind::APPLICATION_REJECTED, &id.to_string(), context).await?;
        let after = self.application(&mut tx, id).await?;
        tx.commit().await?;
        Ok(application(after))
    }

    /// The waitlist, who waits longest first.
    pub async fn list_waitlist(
        &self,
        _: Operator,
        waiting: Option<bool>,
        page: PageRequest,
    ) -> Result<Page<WaitlistView>, Error> {
        let mut tx = self.store.service("an operator reads the waitlist").await?;
        let rows = sql::waitlist(tx.conn(), waiting, page).await?;
        tx.commit().await?;
        let cursor = |row: &sql::WaitlistRow| Cursor { at: row.created_at, id: row.id.uuid() };
        Ok(Page::of(rows, page.limit, cursor).map(|row| WaitlistView {
            id: row.id,
            email: row.email,
            name: row.name,
            account_type: row.account_type.as_deref().and_then(AccountType::parse),
            created_at: row.created_at,
            early_access_granted_at: row.early_access_granted_at,
            user_id: row.user_id,
            demo: row.demo,
        }))
    }

    /// Lets somebody in from the waitlist: they get a link to sign up. Again: a new link.
    pub async fn grant_early_access(
        &self,
        operator: Operator,
        id: WaitlistEntryId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let by = operator.0.user;
        let mut tx = self.store.service("an operator grants early access").await?;
        let granted = sql::grant_access(tx.conn(), id, by, self.clock.now()).await?;
        let granted = granted.ok_or_else(|| Problem::not_found("waiting entry"))?;
        if !granted.demo {
            let link = self.permit(&mut tx, &granted.email, Reason::Waitlist(id.uuid()), Some(by)).await?;
            self.mail(&mut tx, &granted.email, Template::EarlyAccess { link }).await?;
        }
        self.acted(&mut tx, by, kind::EARLY_ACCESS_GRANTED, &id.to_string(), context).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes somebody off the waitlist.
    pub async fn leave_waitlist(&self, _: Operator, id: WaitlistEntryId) -> Result<(), Error> {
        let mut tx = self.store.service("an operator takes somebody off the waitlist").await?;
        if !sql::delete_waitlist(tx.conn(), id).await? {
            return Err(Problem::not_found("waitlist entry").into());
        }
        tx.commit().await?;
        Ok(())
    }

    /// Invites an address to sign up, whoever else may.
    pub async fn invite_to_sign_up(
        &self,
        operator: Operator,
        email: &str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let (by, email) = (operator.0.user, email.trim());
        located(check_email(email).err().map(|fault| ("email", fault)).into_iter().collect())?;
        let mut tx = self.store.service("an operator invites somebody to sign up").await?;
        if sql::has_account(tx.conn(), email).await? {
            return Err(Error::EmailTaken);
        }
        let link = self.permit(&mut tx, email, Reason::Invitation, Some(by)).await?;
        self.mail(&mut tx, email, Template::EarlyAccess { link }).await?;
        self.acted(&mut tx, by, kind::SIGN_UP_INVITED, email, context).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Who hears by mail of what comes in.
    pub async fn list_notification_settings(
        &self,
        _: Operator,
    ) -> Result<Vec<NotificationSettingView>, Error> {
        let mut tx = self.store.service("an operator reads who is notified").await?;
        let rows = sql::settings(tx.conn()).await?;
        tx.commit().await?;
        let view = |row: sql::SettingRow| NotificationSettingView {
            id: row.id,
            email: row.email,
            notification_types: row
                .notification_types
                .iter()
                .filter_map(|word| NotificationType::parse(word))
                .collect(),
            active: row.active,
            created_at: row.created_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Adds an address, or changes what it hears of.
    pub async fn put_notification_setting(
        &self,
        operator: Operator,
        put: PutNotificationSetting,
    ) -> Result<Vec<NotificationSettingView>, Error> {
        let email = put.email.trim();
        located(check_email(email).err().map(|fault| ("email", fault)).into_iter().collect())?;
        let id = NotificationSettingId::new(&self.clock, &self.rng);
        let types: Vec<String> = put.notification_types.iter().map(|one| one.as_str().to_owned()).collect();
        let mut tx = self.store.service("an operator decides who is notified").await?;
        sql::put_setting(tx.conn(), id, email, &types, put.active, operator.0.user).await?;
        tx.commit().await?;
        self.list_notification_settings(operator).await
    }

    /// Notifies an address no more.
    pub async fn delete_notification_setting(
        &self,
        _: Operator,
        id: NotificationSettingId,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("an operator decides who is notified").await?;
        if !sql::delete_setting(tx.conn(), id).await? {
            return Err(Problem::not_found("notification setting").into());
        }
        tx.commit().await?;
        Ok(())
    }

    /// What an operator did goes into the security log: no organization has a log of it.
    async fn acted(
        &self,
        tx: &mut ServiceTx,
        by: UserId,
        what: SecurityKind,
        subject: &str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewSecurityEvent::new(what, context).user(by).detail(json!({ "subject": subject }));
        security::note(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

fn decided() -> Error {
    Problem::new(Kind::Conflict, "already_reviewed", "This application was decided already. Load it again.")
        .into()
}

fn application(row: sql::ApplicationRow) -> ApplicationView {
    ApplicationView {
        account_type: AccountType::parse(&row.account_type).unwrap_or(AccountType::Creator),
        status: ApplicationStatus::parse(&row.status).unwrap_or(ApplicationStatus::Pending),
        id: row.id,
        name: row.name,
        email: row.email,
        data: row.data,
        submitted_at: row.submitted_at,
        reviewed_at: row.reviewed_at,
        reviewed_by: row.reviewed_by,
        rejection_reason: row.rejection_reason,
        admin_notes: row.admin_notes,
        user_id: row.user_id,
        demo: row.demo,
    }
}
