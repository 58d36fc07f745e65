//! Sealing anew after a key was put in front: the seeds of authenticator apps and the keys that sign requests.

use bellwether_kernel::{Problem, id::UserId};
use bellwether_vault::{Resealed, Sealed, VaultError};
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use crate::{Error, Identity};

/// Rows of one transaction.
const BATCH: i64 = 500;

impl Identity {
    /// Seals the seeds of authenticator apps with the newest key, in batches: it may be interrupted, and repeated.
    pub async fn reseal_factors(&self) -> Result<Resealed, Error> {
        let (mut done, mut after) = (Resealed::default(), None);
        loop {
            let mut tx = self.store.service("identity seals seeds anew").await?;
            let rows = lock_factors(tx.conn(), after).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.0);
            for (user, secret, version) in rows {
                if let Some(sealed) = self.anew(&secret, version, &mut done)? {
                    crate::factors::reseal_totp(tx.conn(), user, &sealed.text, sealed.version).await?;
                }
            }
            tx.commit().await?;
        }
        Ok(done)
    }

    /// The same for API keys that sign.
    pub async fn reseal_keys(&self) -> Result<Resealed, Error> {
        let (mut done, mut after) = (Resealed::default(), None);
        loop {
            let mut tx = self.store.service("identity seals signing keys anew").await?;
            let rows = lock_keys(tx.conn(), after).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.0);
            for (id, secret, version) in rows {
                if let Some(sealed) = self.anew(&secret, version, &mut done)? {
                    update_key(tx.conn(), id, &sealed).await?;
                }
            }
            tx.commit().await?;
        }
        Ok(done)
    }

    fn anew(&self, secret: &str, version: i16, done: &mut Resealed) -> Result<Option<Sealed>, Error> {
        done.seen += 1;
        match self.config.vault.reseal(secret, version) {
            Ok(sealed) => {
                done.sealed += usize::from(sealed.is_some());
                Ok(sealed)
            }
            Err(VaultError::NoKeys) => Err(Problem::from(VaultError::NoKeys).into()),
            // those of others are not kept waiting for a key that is lost
            Err(_) => {
                done.unreadable += 1;
                Ok(None)
            }
        }
    }
}

async fn lock_factors(conn: &mut PgConnection, after: Option<UserId>) -> Result<Vec<(UserId, String, i16)>> {
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user: UserId", secret, encryption_version FROM identity.totp_factors
            WHERE $1::uuid IS NULL OR user_id > $1 ORDER BY user_id LIMIT $2 FOR UPDATE"#,
        after.map(UserId::uuid),
        BATCH,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.user, row.secret, row.encryption_version)).collect())
}

async fn lock_keys(conn: &mut PgConnection, after: Option<Uuid>) -> Result<Vec<(Uuid, String, i16)>> {
    let rows = sqlx::query!(
        r#"SELECT id, signing_secret AS "signing_secret!", encryption_version AS "encryption_version!"
             FROM identity.api_keys
            WHERE signed AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2 FOR UPDATE"#,
        after,
        BATCH,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.signing_secret, row.encryption_version)).collect())
}

async fn update_key(conn: &mut PgConnection, id: Uuid, sealed: &Sealed) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.api_keys SET signing_secret = $2, encryption_version = $3 WHERE id = $1",
        id,
        &sealed.text,
        sealed.version,
    )
    .execute(conn)
    .await?;
    Ok(())
}
