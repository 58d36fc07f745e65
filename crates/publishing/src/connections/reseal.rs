//! Sealing anew after a key was put in front, and what an older system left in the open.

use bellwether_kernel::id::OrganizationId;
use bellwether_vault::{CURRENT, Resealed, Sealed, Vault, VaultError};
use sqlx::{PgConnection, Result};

use crate::{ConnectionId, Error, Publishing};

/// Rows of one transaction.
const BATCH: i64 = 200;

struct AccountRow {
    organization: OrganizationId,
    id: ConnectionId,
    access_token: String,
    refresh_token: Option<String>,
    secrets: Option<String>,
    version: i16,
}

/// A row's secrets as they would be sealed now; None when they are so already. All of a row share one version.
fn anew(vault: &Vault, row: &AccountRow) -> Result<Option<[Option<String>; 3]>, VaultError> {
    let secrets = [Some(&row.access_token), row.refresh_token.as_ref(), row.secrets.as_ref()];
    let seal = |text: Option<&String>| -> Result<Option<Sealed>, VaultError> {
        text.map_or(Ok(None), |text| vault.reseal(text, row.version))
    };
    let [token, refresh, further] = secrets;
    let sealed = [seal(token)?, seal(refresh)?, seal(further)?];
    if sealed.iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut kept = secrets.map(Option::<&String>::cloned);
    for (kept, sealed) in kept.iter_mut().zip(sealed) {
        if let Some(sealed) = sealed {
            *kept = Some(sealed.text);
        }
    }
    Ok(Some(kept))
}

impl Publishing {
    /// Seals the secrets of all accounts with the newest key, in batches: it may be interrupted, and repeated.
    pub async fn reseal_connections(&self) -> Result<Resealed, Error> {
        let (mut done, mut after) = (Resealed::default(), None);
        loop {
            let mut tx = self.store.service("publishing seals accounts' secrets anew").await?;
            let rows = lock_accounts(tx.conn(), after).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            for row in &rows {
                done.seen += 1;
                match anew(&self.outside.vault, row) {
                    Ok(None) => {}
                    Ok(Some([token, refresh, secrets])) => {
                        let token = token.unwrap_or_default();
                        let sealed = (token.as_str(), refresh.as_deref(), secrets.as_deref());
                        update_account(tx.conn(), row.organization, row.id, sealed).await?;
                        done.sealed += 1;
                    }
                    Err(VaultError::NoKeys) => return Err(VaultError::NoKeys.into()),
                    Err(_) => done.unreadable += 1,
                }
            }
            tx.commit().await?;
        }
        Ok(done)
    }

    /// The same for our applications at instances that register them by themselves. They are few: one transaction.
    pub async fn reseal_apps(&self) -> Result<Resealed, Error> {
        let mut done = Resealed::default();
        let mut tx = self.store.service("publishing seals its applications' secrets anew").await?;
        for (provider, server, secret, version) in lock_apps(tx.conn()).await? {
            done.seen += 1;
            match self.outside.vault.reseal(&secret, version) {
                Ok(None) => {}
                Ok(Some(sealed)) => {
                    update_app(tx.conn(), &provider, &server, &sealed).await?;
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

/// Locked, so that a renewal under way is waited for and not overwritten.
async fn lock_accounts(conn: &mut PgConnection, after: Option<ConnectionId>) -> Result<Vec<AccountRow>> {
    sqlx::query_as!(
        AccountRow,
        r#"SELECT organization_id AS "organization: OrganizationId", id AS "id: ConnectionId", access_token,
                  refresh_token, secrets, encryption_version AS version
           FROM publishing.connections
           WHERE status <> 'disconnected' AND provider <> 'sandbox' AND ($1::uuid IS NULL OR id > $1)
           ORDER BY id LIMIT $2 FOR UPDATE"#,
        after as _,
        BATCH,
    )
    .fetch_all(conn)
    .await
}

async fn update_account(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: ConnectionId,
    (token, refresh_token, secrets): (&str, Option<&str>, Option<&str>),
) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.connections
         SET access_token = $3, refresh_token = $4, secrets = $5, encryption_version = $6
         WHERE organization_id = $1 AND id = $2",
        organization as _,
        id as _,
        token,
        refresh_token,
        secrets,
        CURRENT,
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn lock_apps(conn: &mut PgConnection) -> Result<Vec<(String, String, String, i16)>> {
    let rows = sqlx::query!(
        "SELECT provider, server, client_secret, encryption_version FROM publishing.apps ORDER BY provider, server
         FOR UPDATE"
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.provider, row.server, row.client_secret, row.encryption_version))
        .collect())
}

async fn update_app(conn: &mut PgConnection, provider: &str, server: &str, sealed: &Sealed) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.apps SET client_secret = $3, encryption_version = $4 WHERE provider = $1 AND server = $2",
        provider,
        server,
        &sealed.text,
        sealed.version,
    )
    .execute(conn)
    .await?;
    Ok(())
}
