//! What the public may send.

use bellwether_kernel::{Kind, Problem, RequestContext};
use bellwether_mail::{NewMail, Template};
use bellwether_store::ServiceTx;

use super::{
    AccountType, InstanceView, NewApplication, NewDemo, NewWaitlistEntry, NotificationType, SignUpMode,
    model::{self, ApplicationId, DemoId, WaitlistEntryId},
    sql,
};
use crate::{Error, Identity, secrets};

fn closed(what: &str) -> Error {
    Problem::new(Kind::Forbidden, "not_open", format!("This Bellwether takes no {what}.")).into()
}

impl Identity {
    /// Who may sign up here.
    pub fn instance(&self) -> InstanceView {
        InstanceView { sign_up: self.config.sign_up, version: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// Takes an application. Sent again while the first is open, nothing changes; the answer never tells who applied.
    pub async fn apply(&self, new: NewApplication, demo: bool, _: &RequestContext) -> Result<(), Error> {
        if self.config.sign_up != SignUpMode::Application && !demo {
            return Err(closed("applications"));
        }
        model::check_application(&new)?;
        if model::is_spam(new.fax.as_deref()) {
            return Ok(());
        }
        let id = ApplicationId::new(&self.clock, &self.rng);
        let (name, email) = (new.name.trim(), new.email.trim());
        let mut tx = self.store.service("somebody applies").await?;
        let row = sql::NewApplicationRow {
            id,
            account_type: new.account_type.as_str(),
            name,
            email,
            data: model::data_of(&new),
            demo,
            now: self.clock.now(),
        };
        if sql::insert_application(tx.conn(), &row).await? && !demo {
            self.mail(&mut tx, email, Template::ApplicationReceived { name: name.to_owned() }).await?;
            let kind = match new.account_type {
                AccountType::Creator => NotificationType::CreatorApplications,
                AccountType::Agency => NotificationType::AgencyApplications,
            };
            let lines =
                vec![format!("{name} applies."), format!("{}/admin/applications", self.config.public_url)];
            self.notify(&mut tx, kind, "A new application", lines).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Puts an address on the waitlist. Known ones stay where they are.
    pub async fn join_waitlist(&self, new: NewWaitlistEntry, demo: bool) -> Result<(), Error> {
        if self.config.sign_up != SignUpMode::Waitlist && !demo {
            return Err(closed("names for a waitlist"));
        }
        model::check_waitlist(&new)?;
        if model::is_spam(new.fax.as_deref()) {
            return Ok(());
        }
        let id = WaitlistEntryId::new(&self.clock, &self.rng);
        let email = new.email.trim();
        let mut tx = self.store.service("somebody joins the waitlist").await?;
        let row = sql::NewWaitlistRow {
            id,
            email,
            name: new.name.as_deref().map(str::trim),
            account_type: new.account_type.map(AccountType::as_str),
            demo,
            now: self.clock.now(),
        };
        if sql::insert_waitlist(tx.conn(), &row).await? && !demo {
            self.mail(&mut tx, email, Template::WaitlistJoined).await?;
            let lines = vec![format!("{}/admin/waitlist", self.config.public_url)];
            self.notify(&mut tx, NotificationType::Waitlist, "Somebody joined the waitlist", lines).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Takes a request for a demo.
    pub async fn request_demo(&self, new: NewDemo, demo: bool) -> Result<(), Error> {
        model::check_demo(&new)?;
        if model::is_spam(new.fax.as_deref()) {
            return Ok(());
        }
        let id = DemoId::new(&self.clock, &self.rng);
        let mut tx = self.store.service("somebody asks for a demo").await?;
        let row = sql::NewDemoRow {
            id,
            name: new.name.trim(),
            email: new.email.trim(),
            message: new.message.as_deref().unwrap_or_default().trim(),
            company_size: new.company_size.as_deref(),
            current_solution: new.current_solution.as_deref().map(str::trim),
            demo,
            now: self.clock.now(),
        };
        if sql::insert_demo(tx.conn(), &row).await? && !demo {
            let lines = vec![
                format!("{} asks for a demo.", row.name),
                format!("{}/admin/demos", self.config.public_url),
            ];
            self.notify(&mut tx, NotificationType::Demos, "A demo is asked for", lines).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The address that a permit is for, so that the page can fill it in. Spends nothing.
    pub async fn read_permit(&self, token: &str) -> Result<String, Error> {
        let mut tx = self.store.service("read a permit to sign up").await?;
        let email = sql::find_permit(tx.conn(), &secrets::token_hash(token), self.clock.now()).await?;
        tx.commit().await?;
        email.ok_or(Error::LinkSpent)
    }

    pub(super) async fn mail(&self, tx: &mut ServiceTx, to: &str, template: Template) -> Result<(), Error> {
        let mail = NewMail { to: to.to_owned(), template, expires_at: None };
        bellwether_mail::queue(tx, &self.clock, &self.rng, mail).await.map_err(Problem::from)?;
        Ok(())
    }

    /// Tells the operators who want to hear of it.
    async fn notify(
        &self,
        tx: &mut ServiceTx,
        kind: NotificationType,
        subject: &str,
        lines: Vec<String>,
    ) -> Result<(), Error> {
        for address in sql::hearing(tx.conn(), kind.as_str()).await? {
            let template = Template::AdminNotice { subject: subject.to_owned(), lines: lines.clone() };
            self.mail(tx, &address, template).await?;
        }
        Ok(())
    }
}
