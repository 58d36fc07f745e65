//! What is kept here of a person, for a copy of their data. Ways are without their keys; what a send said is not kept once it is
//! settled, and links in what waits are keys.

use bellwether_kernel::id::UserId;
use bellwether_store::ServiceTx;
use serde_json::{Map, Value};

use crate::{
    Delivery, Error,
    channels::sql as channels,
    export_sql as sql,
    ways::{Address, Way},
};

impl Delivery {
    /// By subject: preferences, ways and browsers, news, notices, morning deliveries, what was sent.
    pub async fn kept_of(&self, tx: &mut ServiceTx, user: UserId) -> Result<Map<String, Value>, Error> {
        // an address may have been told of campaigns before it had an account
        let person = self.identity.addressees(tx, &[user]).await?.pop();
        let mut wishes =
            sql::wishes(tx.conn(), user, person.as_ref().map(|person| person.email.as_str())).await?;
        // a number is theirs; the addresses of the other ways are keys
        let sealed = channels::find(tx.conn(), user, Way::Whatsapp.as_str()).await?;
        let sealed = sealed.and_then(|row| row.sealed.map(|sealed| (sealed, row.version)));
        if let Some((sealed, version)) = sealed
            && let Ok(Address::Whatsapp { number }) = self.open_address(&sealed, version)
            && let Some(ways) = wishes["ways"].as_array_mut()
        {
            for way in ways.iter_mut().filter(|way| way["kind"] == Way::Whatsapp.as_str()) {
                way["number"] = number.clone().into();
            }
        }
        let told = sql::told(tx.conn(), user).await?;
        Ok([wishes, told].into_iter().filter_map(|of| of.as_object().cloned()).flatten().collect())
    }
}
