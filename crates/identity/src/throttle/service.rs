//! Counting the tries of signing in by password.

use bellwether_kernel::{RequestContext, id::UserId};
use bellwether_operations::security::{NewSecurityEvent, kind, note};
use bellwether_store::ServiceTx;
use chrono::Duration;
use serde_json::json;

use super::{Decision, Key, network, sql};
use crate::{Error, Identity, secrets, sessions};

/// A try that was counted.
pub(crate) struct Tries {
    email: String,
    network: String,
    /// The person and the browser that they are known by.
    device: Option<(UserId, Vec<u8>)>,
}

impl Tries {
    fn keys(&self) -> Vec<Key<'_>> {
        match &self.device {
            Some((user, token_hash)) => vec![Key::Device { user: *user, token_hash }],
            None => {
                vec![Key::Account { email: &self.email, network: &self.network }, Key::Network(&self.network)]
            }
        }
    }

    /// The password was right: the account's tries from here are forgotten, and this one of the network's.
    pub(crate) async fn was_right(&self, tx: &mut ServiceTx) -> Result<(), Error> {
        for key in self.keys() {
            match key {
                // else somebody with an account of their own could wipe out what they try on others'
                Key::Network(_) => sql::give_back(tx.conn(), &key).await?,
                _ => sql::clear(tx.conn(), &key).await?,
            }
        }
        Ok(())
    }
}

impl Identity {
    /// Counts a try, before it is known whether it is right. The inner error is how long to wait.
    pub(crate) async fn count_try(
        &self,
        tx: &mut ServiceTx,
        email: &str,
        user: Option<UserId>,
        device: Option<&str>,
        context: &RequestContext,
    ) -> Result<Result<Tries, Duration>, Error> {
        let now = self.clock.now();
        let device = device.map(secrets::token_hash);
        let known = match (user, device) {
            (Some(user), Some(hash)) if sessions::find_device(tx.conn(), user, &hash, now).await? => {
                Some((user, hash))
            }
            _ => None,
        };
        let tries = Tries { email: email.to_owned(), network: network(context.ip_address), device: known };
        for key in tries.keys() {
            match sql::take(tx.conn(), &key, now).await? {
                Decision::Go => {}
                Decision::GoLast => {
                    let event = NewSecurityEvent::new(kind::SIGN_IN_THROTTLED, context).user(user);
                    note(tx, &self.clock, &self.rng, event.detail(json!({ "way": "password" }))).await?;
                }
                Decision::Wait(wait) => return Ok(Err(wait)),
            }
        }
        Ok(Ok(tries))
    }
}
