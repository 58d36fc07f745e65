//! Browsers that show notifications, and the keys by which push services know us.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bellwether_kernel::{Kind, Problem, id::UserId};
use ring::digest;

use super::{ChannelView, NewSubscription, PushKey, sql};
use crate::{
    Delivery, Error, PushSubscriptionId,
    ways::{Address, push, vapid::Keys},
};

/// Browsers of one person.
const MOST: i64 = 20;
/// Longer addresses are no browser's.
const LONGEST: usize = 2_000;

impl Delivery {
    /// The keys by which push services know this installation: the operator's, else our own, made once.
    pub(crate) async fn vapid(&self) -> Result<Arc<Keys>, Error> {
        if let Some(keys) = self.vapid.get() {
            return Ok(Arc::clone(keys));
        }
        let unreadable = |what: &str| Problem::new(Kind::Internal, "internal", what.to_owned());
        let config = &self.config.push;
        let keys = if let (Some(public), Some(private)) = (&config.public_key, &config.private_key) {
            Keys::of_operator(public, private)
                .ok_or_else(|| unreadable("delivery.push: public_key and private_key are no pair of keys"))?
        } else {
            let found = self.own_vapid().await?;
            Keys::read(&found).ok_or_else(|| unreadable("the keys for web push can't be read"))?
        };
        Ok(Arc::clone(self.vapid.get_or_init(|| Arc::new(keys))))
    }

    async fn own_vapid(&self) -> Result<Vec<u8>, Error> {
        for _ in 0..2 {
            let mut tx = self.store.service("read the keys for web push").await?;
            let kept = sql::kept(tx.conn(), "vapid").await?;
            tx.commit().await?;
            if let Some((_, Some(sealed), version)) = kept {
                let opened = self.vault.open(&sealed, version)?;
                let text = std::str::from_utf8(&opened).ok().and_then(|text| BASE64.decode(text).ok());
                return Ok(text.unwrap_or_default());
            }
            let made = Keys::make().unwrap_or_default();
            let public = Keys::read(&made).map(|keys| keys.public()).unwrap_or_default();
            let sealed = self.vault.seal(BASE64.encode(&made).as_bytes())?;
            let mut tx = self.store.service("keep the keys for web push").await?;
            sql::keep_first(tx.conn(), "vapid", (&public, &sealed.text), self.clock.now()).await?;
            tx.commit().await?;
        }
        Ok(Vec::new())
    }

    /// The key that browsers subscribe with.
    pub async fn push_key(&self) -> Result<PushKey, Error> {
        Ok(PushKey { key: self.vapid().await?.public() })
    }

    /// Keeps a browser of somebody. One that is known is kept anew.
    pub async fn subscribe_push(&self, user: UserId, new: &NewSubscription) -> Result<ChannelView, Error> {
        self.own_ways(user).await?;
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(Problem::invalid("name", "length", "Give a name of 1 to 200 characters.").into());
        }
        let scheme = new.endpoint.starts_with("https://")
            || self.config.push.plain_http && new.endpoint.starts_with("http://");
        if !scheme || new.endpoint.len() > LONGEST || push::origin(&new.endpoint).is_none() {
            let words = "Give the address as the browser gave it: it begins with https://.";
            return Err(Problem::invalid("endpoint", "invalid_url", words).into());
        }
        if !push::keys_are_good(&new.keys.p256dh, &new.keys.auth) {
            let words = "Give the keys as the browser gave them, in base64url.";
            return Err(Problem::invalid("keys", "invalid_keys", words).into());
        }
        let address = Address::Push {
            endpoint: new.endpoint.clone(),
            p256dh: new.keys.p256dh.clone(),
            auth: new.keys.auth.clone(),
        };
        let sealed = self.seal_address(&address)?;
        let hash = digest::digest(&digest::SHA256, new.endpoint.as_bytes());
        let (id, now) = (PushSubscriptionId::new(&self.clock, &self.rng), self.clock.now());
        let mut tx = self.store.service("somebody subscribes a browser").await?;
        let id = sql::subscribe(tx.conn(), (id, user), name, (hash.as_ref(), &sealed), now).await?;
        sql::keep_newest(tx.conn(), user, MOST).await?;
        let row = sql::subscriptions(tx.conn(), user).await?.into_iter().find(|row| row.id == id);
        tx.commit().await?;
        Ok(row.map(|row| ChannelView::of_browser(&row)).ok_or_else(|| Problem::not_found("subscription"))?)
    }

    /// Forgets a browser of somebody.
    pub async fn unsubscribe_push(&self, user: UserId, id: PushSubscriptionId) -> Result<(), Error> {
        let mut tx = self.store.service("somebody forgets a browser").await?;
        if !sql::unsubscribe(tx.conn(), user, id).await? {
            return Err(Problem::not_found("subscription").into());
        }
        Ok(tx.commit().await?)
    }
}
