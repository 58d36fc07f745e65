//! Sealing people's ways anew after a key was put in front.

use bellwether_vault::{CURRENT, Resealed, VaultError};
use sqlx::{PgConnection, Result};

use crate::{Delivery, Error};

/// A sealed secret of one of the three tables.
struct SecretRow {
    place: String,
    key: String,
    sealed: String,
    version: i16,
}

impl Delivery {
    /// Seals the addresses of people's ways, and the keys for web push, with the newest key. One transaction: they are few
    /// beside all else, and it may be repeated.
    pub async fn reseal_channels(&self) -> Result<Resealed, Error> {
        let mut done = Resealed::default();
        let mut tx = self.store.service("delivery seals people's ways anew").await?;
        for row in lock_all(tx.conn()).await? {
            done.seen += 1;
            match self.vault.reseal(&row.sealed, row.version) {
                Ok(None) => {}
                Ok(Some(sealed)) => {
                    update(tx.conn(), &row, &sealed.text).await?;
                    done.sealed += 1;
                }
                Err(VaultError::NoKeys) => return Err(VaultError::NoKeys.into()),
                Err(_) => done.unreadable += 1,
            }
        }
        tx.commit().await?;
        Ok(done)
    }
}

/// Nobody sets one up meanwhile: the tables are locked against changes, briefly.
async fn lock_all(conn: &mut PgConnection) -> Result<Vec<SecretRow>> {
    sqlx::query!(
        "LOCK TABLE delivery.channels, delivery.push_subscriptions, delivery.installation IN SHARE ROW EXCLUSIVE MODE"
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query_as!(
        SecretRow,
        r#"SELECT 'channel' AS "place!", id::text AS "key!", sealed AS "sealed!", encryption_version AS "version!"
             FROM delivery.channels WHERE sealed IS NOT NULL
           UNION ALL
           SELECT 'push', id::text, sealed, encryption_version FROM delivery.push_subscriptions
           UNION ALL
           SELECT 'installation', name, sealed, encryption_version FROM delivery.installation WHERE sealed IS NOT NULL"#
    )
    .fetch_all(conn)
    .await
}

async fn update(conn: &mut PgConnection, row: &SecretRow, sealed: &str) -> Result<()> {
    sqlx::query!(
        "WITH channel AS (
           UPDATE delivery.channels SET sealed = $3, encryption_version = $4 WHERE $1 = 'channel' AND id::text = $2),
         push AS (
           UPDATE delivery.push_subscriptions SET sealed = $3, encryption_version = $4 WHERE $1 = 'push' AND id::text = $2)
         UPDATE delivery.installation SET sealed = $3, encryption_version = $4 WHERE $1 = 'installation' AND name = $2",
        row.place,
        row.key,
        sealed,
        CURRENT
    )
    .execute(conn)
    .await
    .map(|_| ())
}
