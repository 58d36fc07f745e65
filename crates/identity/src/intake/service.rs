//! What the public may send.

use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{Kind, Problem, RequestContext};
use bellwether_mail::{NewMail, Template};
use bellwether_store::ServiceTx;

use super::{
    AccountType, AnswerForm, InstanceView, NewApplication, NewDemo, NewWaitlistEntry, NotificationType, Sent,
    SignUpMode,
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
        sql::insert_application(tx.conn(), &row).await?;
        self.answer_later(&mut tx, Sent::Application(id), demo).await?;
        Ok(tx.commit().await?)
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
        sql::insert_waitlist(tx.conn(), &row).await?;
        self.answer_later(&mut tx, Sent::Waitlist(id), demo).await?;
        Ok(tx.commit().await?)
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
        sql::insert_demo(tx.conn(), &row).await?;
        self.answer_later(&mut tx, Sent::Demo(id), demo).await?;
        Ok(tx.commit().await?)
    }

    /// The same for every address: whether the row was new, the job finds out. Nobody writes to the demo's people.
    async fn answer_later(&self, tx: &mut ServiceTx, sent: Sent, demo: bool) -> Result<(), Error> {
        if !demo {
            enqueue(tx, &AnswerForm { sent }, Options::default()).await?;
        }
        Ok(())
    }

    /// Writes to whoever sent a form, and to the operators who want to hear of it.
    pub(super) async fn answer_form(&self, sent: Sent) -> Result<(), Error> {
        let url = &self.config.public_url;
        let mut tx = self.store.service("answer what the public sent").await?;
        match sent {
            Sent::Application(id) => {
                let Some(row) = sql::find_application(tx.conn(), id).await? else { return Ok(()) };
                let template = Template::ApplicationReceived { name: row.name.clone() };
                self.mail(&mut tx, &row.email, template).await?;
                let kind = if row.account_type == AccountType::Agency.as_str() {
                    NotificationType::AgencyApplications
                } else {
                    NotificationType::CreatorApplications
                };
                let lines = vec![format!("{} applies.", row.name), format!("{url}/admin/applications")];
                self.notify(&mut tx, kind, "A new application", lines).await?;
            }
            Sent::Waitlist(id) => {
                let Some(email) = sql::find_waiting(tx.conn(), id).await? else { return Ok(()) };
                self.mail(&mut tx, &email, Template::WaitlistJoined).await?;
                let lines = vec![format!("{url}/admin/waitlist")];
                let kind = NotificationType::Waitlist;
                self.notify(&mut tx, kind, "Somebody joined the waitlist", lines).await?;
            }
            Sent::Demo(id) => {
                let Some(name) = sql::find_demo(tx.conn(), id).await? else { return Ok(()) };
                let lines = vec![format!("{name} asks for a demo."), format!("{url}/admin/demos")];
                self.notify(&mut tx, NotificationType::Demos, "A demo is asked for", lines).await?;
            }
        }
        Ok(tx.commit().await?)
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
