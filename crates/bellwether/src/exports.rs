//! What the contexts above identity keep of a person, put into the copy of their data. A test beside the routes (`it/export.rs`)
//! holds every table against it.

use async_trait::async_trait;
use bellwether_billing::Billing;
use bellwether_delivery::Delivery;
use bellwether_identity::accounts::Keeps;
use bellwether_kernel::{Problem, id::UserId};
use bellwether_store::ServiceTx;
use bellwether_trends::Trends;
use serde_json::{Map, Value};

/// Those that keep something of people as such. What others keep belongs to organizations.
pub struct Kept {
    pub(crate) billing: Billing,
    pub(crate) delivery: Delivery,
    pub(crate) trends: Trends,
}

#[async_trait]
impl Keeps for Kept {
    async fn of_person(&self, tx: &mut ServiceTx, user: UserId) -> Result<Map<String, Value>, Problem> {
        let mut kept = self.delivery.kept_of(tx, user).await?;
        kept.insert("said_on_leaving".to_owned(), self.billing.said_on_leaving(tx, user).await?);
        kept.insert("items_read".to_owned(), self.trends.marked_by(tx, user).await?);
        Ok(kept)
    }
}
