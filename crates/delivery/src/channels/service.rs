//! Use cases of people's ways.

use bellwether_identity::people::Addressee;
use bellwether_kernel::{Kind, Problem, id::UserId};
use bellwether_store::ServiceTx;
use strum::IntoEnumIterator as _;

use super::{ChannelState, ChannelView, SetApproveLinks, SetSlack, sql};
use crate::{
    ChannelId, Delivery, Error,
    preferences::sql as preferences,
    ways::{self, Address, Link, Message, Outcome, Way},
};

impl ChannelView {
    pub(super) fn of_browser(row: &sql::SubscriptionRow) -> Self {
        Self {
            kind: Way::Push,
            id: row.id.to_string(),
            name: row.name.clone(),
            state: if row.reason.is_some() { ChannelState::Troubled } else { ChannelState::Ready },
            reason: row.reason.clone(),
            last_used_at: row.last_used_at,
            configured: true,
            approve_links: None,
            created_at: Some(row.created_at),
        }
    }

    fn none(kind: Way, configured: bool) -> Self {
        Self {
            kind,
            id: kind.as_str().to_owned(),
            name: String::new(),
            state: ChannelState::Off,
            reason: None,
            last_used_at: None,
            configured,
            approve_links: None,
            created_at: None,
        }
    }

    fn of_row(kind: Way, row: sql::ChannelRow, (configured, approve_links): (bool, Option<bool>)) -> Self {
        let state = row.state.parse().unwrap_or(ChannelState::Off);
        if state == ChannelState::Off {
            return Self::none(kind, configured);
        }
        Self {
            kind,
            id: row.id.to_string(),
            name: row.name,
            state,
            reason: row.reason,
            last_used_at: row.last_used_at,
            configured,
            approve_links,
            created_at: Some(row.created_at),
        }
    }
}

/// A refusal of the other side, located where the person gave the address.
pub(super) fn refusal(path: &str, outcome: Outcome) -> Result<(), Problem> {
    match outcome {
        // what may have arrived is there to be seen by whoever set it up
        Outcome::Sent(_) | Outcome::Unclear(_) => Ok(()),
        Outcome::Refused { words, .. } => {
            Err(Problem::invalid(path, "refused", format!("It was refused: {words}")))
        }
        Outcome::Again { words, .. } => {
            let words = format!("It takes nothing at the moment, try again later: {words}");
            Err(Problem::new(Kind::Unavailable, "not_reached", words))
        }
    }
}

impl Delivery {
    /// Whether the operator has set a kind up.
    pub(crate) fn configured(&self, way: Way) -> bool {
        match way {
            Way::Email => true,
            Way::Push => self.vault.is_ready() || self.config.push.private_key.is_some(),
            Way::Whatsapp => {
                self.config.whatsapp.phone_number_id.is_some() && self.config.whatsapp.token.is_some()
            }
            Way::Slack => !self.config.slack.webhooks.is_empty(),
            Way::Telegram => {
                self.config.telegram.bot_token.is_some() && self.config.telegram.bot_name.is_some()
            }
        }
    }

    pub(super) fn seal_address(&self, address: &Address) -> Result<String, Error> {
        let text = serde_json::to_vec(address).unwrap_or_default();
        Ok(self.vault.seal(&text)?.text)
    }

    pub(crate) fn open_address(&self, sealed: &str, version: i16) -> Result<Address, Error> {
        let opened = self.vault.open(sealed, version)?;
        serde_json::from_slice(&opened).map_err(|_| {
            Problem::new(Kind::Internal, "internal", "a kept address is not what it should be").into()
        })
    }

    /// Who sets ways up of their own: the demo's person is everybody's, and nobody's chat may be told of what others do.
    pub(super) async fn own_ways(&self, user: UserId) -> Result<Addressee, Error> {
        let mut tx = self.store.service("somebody sets a way to them up").await?;
        let person = self.identity.addressees(&mut tx, &[user]).await?.pop();
        tx.commit().await?;
        let person = person.ok_or_else(|| Problem::not_found("person"))?;
        if person.demo {
            let words = "Nobody reads what the demo gets. Make an account of your own to get it.";
            return Err(Problem::new(Kind::Conflict, "demo", words).into());
        }
        Ok(person)
    }

    /// Every way to somebody: one of each kind, of browsers each, and those that are not set up.
    pub async fn list_channels(&self, user: UserId) -> Result<Vec<ChannelView>, Error> {
        let mut tx = self.store.service("somebody looks at the ways to them").await?;
        let person = self.identity.addressees(&mut tx, &[user]).await?.pop();
        let wants = preferences::find(tx.conn(), user).await?.unwrap_or_default();
        let browsers = sql::subscriptions(tx.conn(), user).await?;
        let mut rows = sql::list(tx.conn(), user).await?;
        let person = person.ok_or_else(|| Problem::not_found("person"))?;
        let mailed = bellwether_mail::last_to(&mut tx, &person.email).await?;
        tx.commit().await?;
        let mut views = Vec::new();
        for way in Way::iter() {
            let none = ChannelView::none(way, self.configured(way));
            match way {
                Way::Email => {
                    let reason = mailed.trouble.as_ref().map(bellwether_mail::plainly);
                    let state = match &reason {
                        _ if !wants.email_enabled => ChannelState::Off,
                        Some(_) => ChannelState::Troubled,
                        None => ChannelState::Ready,
                    };
                    let reason = reason.filter(|_| state == ChannelState::Troubled);
                    let (name, last_used_at) = (person.email.clone(), mailed.sent_at);
                    views.push(ChannelView { name, state, reason, last_used_at, ..none });
                }
                Way::Push if browsers.is_empty() => views.push(none),
                Way::Push => views.extend(browsers.iter().map(ChannelView::of_browser)),
                _ => {
                    let at = rows.iter().position(|row| row.kind == way.as_str());
                    let row = at.map(|at| rows.swap_remove(at));
                    views.push(row.map_or(none, |row| self.view(way, row)));
                }
            }
        }
        Ok(views)
    }

    pub(super) async fn channel(&self, user: UserId, way: Way) -> Result<ChannelView, Error> {
        let mut tx = self.store.service("somebody looks at a way to them").await?;
        let row = sql::find(tx.conn(), user, way.as_str()).await?;
        tx.commit().await?;
        Ok(row.map_or_else(|| ChannelView::none(way, self.configured(way)), |row| self.view(way, row)))
    }

    fn view(&self, way: Way, row: sql::ChannelRow) -> ChannelView {
        let approves = match (way, &row.sealed, row.approve_links) {
            // whether a chat is of one person is known once it is linked
            (Way::Telegram, None, chosen) => chosen,
            (Way::Slack | Way::Telegram, ..) => Some(self.approves(way, Some(&row))),
            _ => None,
        };
        ChannelView::of_row(way, row, (self.configured(way), approves))
    }

    /// Whether what comes by a way has links that approve; of one that is not set up, whether it would.
    pub(crate) fn approves(&self, way: Way, row: Option<&sql::ChannelRow>) -> bool {
        let Some(row) = row.filter(|row| row.state != "off") else { return way != Way::Slack };
        let sealed = row.sealed.as_deref();
        let address = sealed.and_then(|sealed| self.open_address(sealed, row.version).ok());
        row.approves(address.as_ref())
    }

    /// Chooses whether what comes by a way has links that approve.
    pub async fn set_approve_links(
        &self,
        user: UserId,
        way: Way,
        new: &SetApproveLinks,
    ) -> Result<ChannelView, Error> {
        if !matches!(way, Way::Slack | Way::Telegram) {
            let words = "This can be chosen for Slack and Telegram: mails have links that approve, notifications and WhatsApp have none.";
            return Err(Problem::new(Kind::Conflict, "no_choice", words).into());
        }
        let mut tx = self.store.service("somebody chooses what a way may do").await?;
        if !sql::set_approve_links(tx.conn(), (user, way.as_str()), new.approve_links).await? {
            return Err(Problem::not_found("channel").into());
        }
        tx.commit().await?;
        self.channel(user, way).await
    }

    /// Keeps where a way leads.
    pub(super) async fn keep(
        &self,
        tx: &mut ServiceTx,
        (user, way): (UserId, Way),
        name: &str,
        (state, address): (&'static str, Option<&Address>),
        approve_links: Option<bool>,
    ) -> Result<(), Error> {
        let sealed = address.map(|address| self.seal_address(address)).transpose()?;
        let new = sql::NewChannel {
            user,
            kind: way.as_str(),
            id: ChannelId::new(&self.clock, &self.rng),
            name,
            state,
            sealed: sealed.as_deref(),
            approve_links,
            now: self.clock.now(),
        };
        Ok(sql::put(tx.conn(), &new).await?)
    }

    /// Sets an incoming webhook: kept when it took a first message.
    pub async fn set_slack(&self, user: UserId, new: &SetSlack) -> Result<ChannelView, Error> {
        self.own_ways(user).await?;
        let url = new.webhook_url.trim();
        let known = self.config.slack.webhooks.iter().find(|start| {
            url.strip_prefix(start.as_str())
                .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
        });
        if known.is_none() || url.len() > 500 {
            let starts = self.config.slack.webhooks.join(" or ");
            let words = format!("Give the webhook's whole address: it begins with {starts}");
            return Err(Problem::invalid("webhook_url", "invalid_url", words).into());
        }
        let address = Address::Slack { webhook_url: url.to_owned() };
        // before the call: without keys it could not be kept
        self.seal_address(&address)?;
        let outcome = self.say(&address, &self.hello()).await?;
        refusal("webhook_url", outcome)?;
        let mut tx = self.store.service("somebody sets Slack up").await?;
        let host = url.split('/').nth(2).unwrap_or_default();
        let way = (user, Way::Slack);
        self.keep(&mut tx, way, host, ("ready", Some(&address)), new.approve_links).await?;
        tx.commit().await?;
        self.channel(user, Way::Slack).await
    }

    /// Takes a way of a person away.
    pub async fn remove_channel(&self, user: UserId, way: Way) -> Result<(), Error> {
        let mut tx = self.store.service("somebody takes a way to them away").await?;
        if !sql::off(tx.conn(), user, way.as_str()).await? {
            return Err(Problem::not_found("channel").into());
        }
        Ok(tx.commit().await?)
    }

    /// One call by a way. Outside of every transaction.
    pub(crate) async fn say(&self, address: &Address, message: &Message) -> Result<Outcome, Error> {
        let vapid = match address {
            Address::Push { .. } => Some(self.vapid().await?),
            _ => None,
        };
        Ok(ways::call(&self.tools(vapid.as_deref()), address, message).await)
    }

    pub(super) fn tools<'a>(&'a self, vapid: Option<&'a ways::vapid::Keys>) -> ways::Tools<'a> {
        ways::Tools {
            config: &self.config,
            wire: &*self.wire,
            vapid,
            contact: self.config.push.contact.as_deref().unwrap_or(&self.public_url),
            rng: &self.rng,
            now: self.clock.now(),
        }
    }

    pub(super) fn hello(&self) -> Message {
        self.short("Bellwether is connected", "What you have chosen in your settings comes here from now on.")
    }

    pub(super) fn short(&self, title: &str, body: &str) -> Message {
        Message {
            title: title.to_owned(),
            body: body.to_owned(),
            parts: Vec::new(),
            link: Link {
                label: "Open Bellwether".to_owned(),
                url: format!("{}/", self.public_url),
                approves: false,
            },
            tag: "trial".to_owned(),
        }
    }
}

/// What was said in a try; none when it worked.
pub(crate) fn trouble(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Sent(_) => None,
        Outcome::Again { words, .. } | Outcome::Refused { words, .. } | Outcome::Unclear(words) => {
            Some(words.clone())
        }
    }
}
