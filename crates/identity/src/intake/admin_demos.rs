//! What operators do about demos.

use bellwether_kernel::{Cursor, Page, PageRequest, Problem, id::OrganizationId};
use bellwether_mail::Template;
use bellwether_web::{Operator, Patch};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    DemoStatus, DemoView,
    admin_service::ONE,
    model::{self, DemoId},
    sql_admin as sql,
};
use crate::{Error, Identity};

/// What an operator may change of a demo; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateDemo {
    /// What becomes of it; `scheduled` needs a date, which the requester is told by mail.
    #[serde(default)]
    pub status: Option<DemoStatus>,
    /// Its date.
    #[serde(default)]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// Whether it fits.
    #[serde(default)]
    pub qualification_notes: Option<String>,
    /// What to prepare.
    #[serde(default)]
    pub prep_notes: Option<String>,
    /// What to do after.
    #[serde(default)]
    pub follow_up_reminders: Option<String>,
    /// The demo organization in which they may look around from now on; `null` until now.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<OrganizationId>)]
    pub demo_organization_id: Patch<OrganizationId>,
}

impl Identity {
    /// Requests for a demo, the latest first.
    pub async fn list_demos(
        &self,
        _: Operator,
        status: Option<DemoStatus>,
        page: PageRequest,
    ) -> Result<Page<DemoView>, Error> {
        let mut tx = self.store.service("an operator reads requests for a demo").await?;
        let rows = sql::demos(tx.conn(), None, status.map(DemoStatus::as_str), page).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.requested_at, id: row.id.uuid() }).map(demo))
    }

    /// Plans a demo, notes what is to be known, and ends it.
    pub async fn update_demo(&self, _: Operator, id: DemoId, change: UpdateDemo) -> Result<DemoView, Error> {
        model::check_notes(&[
            ("qualification_notes", change.qualification_notes.as_deref()),
            ("prep_notes", change.prep_notes.as_deref()),
            ("follow_up_reminders", change.follow_up_reminders.as_deref()),
        ])?;
        let now = self.clock.now();
        let mut tx = self.store.service("an operator changes a demo").await?;
        let rows = sql::demos(tx.conn(), Some(id), None, ONE).await?;
        let mut row = rows.into_iter().next().ok_or_else(|| Problem::not_found("demo"))?;
        let before = (row.status.clone(), row.scheduled_at);
        row.scheduled_at = change.scheduled_at.or(row.scheduled_at);
        if let Some(notes) = change.qualification_notes {
            row.qualification_notes = notes;
        }
        if let Some(notes) = change.prep_notes {
            row.prep_notes = notes;
        }
        if let Some(notes) = change.follow_up_reminders {
            row.follow_up_reminders = notes;
        }
        let given = change.status.or_else(|| {
            // a date makes an open request a planned demo
            (change.scheduled_at.is_some() && row.status == "requested").then_some(DemoStatus::Scheduled)
        });
        if let Some(status) = given {
            if status == DemoStatus::Scheduled && row.scheduled_at.is_none() {
                return Err(Problem::invalid("scheduled_at", "missing_field", "Give the demo's date.").into());
            }
            status.as_str().clone_into(&mut row.status);
            row.completed_at = (status == DemoStatus::Done).then_some(row.completed_at.unwrap_or(now));
        }
        match change.demo_organization_id {
            Patch::Null if row.demo_organization_id.is_some() => row.disabled_at = Some(now),
            Patch::Absent | Patch::Null => {}
            Patch::Value(organization) => {
                if !sql::is_demo_organization(tx.conn(), organization).await? {
                    let wanted = "There is no such demo organization.";
                    return Err(Problem::invalid("demo_organization_id", "unknown_value", wanted).into());
                }
                row.demo_organization_id = Some(organization);
                (row.enabled_at, row.disabled_at) = (Some(now), None);
            }
        }
        sql::update_demo(tx.conn(), &row).await?;
        if let Some(at) = row.scheduled_at
            && row.status == "scheduled"
            && (row.status.as_str(), row.scheduled_at) != (before.0.as_str(), before.1)
            && !row.demo
        {
            let when = at.format("%A, %-d %B %Y, %H:%M UTC").to_string();
            self.mail(&mut tx, &row.email, Template::DemoScheduled { when }).await?;
        }
        tx.commit().await?;
        Ok(demo(row))
    }
}

fn demo(row: sql::DemoRow) -> DemoView {
    DemoView {
        status: DemoStatus::parse(&row.status).unwrap_or(DemoStatus::Requested),
        id: row.id,
        name: row.name,
        email: row.email,
        message: row.message,
        company_size: row.company_size,
        current_solution: row.current_solution,
        qualification_notes: row.qualification_notes,
        prep_notes: row.prep_notes,
        follow_up_reminders: row.follow_up_reminders,
        requested_at: row.requested_at,
        scheduled_at: row.scheduled_at,
        completed_at: row.completed_at,
        demo_organization_id: row.demo_organization_id,
        enabled_at: row.enabled_at,
        disabled_at: row.disabled_at,
        demo: row.demo,
    }
}
