//! Use cases of API keys.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Access, Cursor, Kind, Page, PageRequest, Permission, Permissions, Problem, RequestContext, Timestamp,
    id::ApiKeyId,
};
use bellwether_operations::{
    admission,
    security::{self, NewSecurityEvent, SecurityKind, kind},
};
use bellwether_store::TenantTx;
use serde_json::{Value, json};

use super::{
    KeyStatus, KeyView, MadeKey, NewKey, UpdateKey,
    model::{self, HOURLY, MOST, check_change, check_new, scopes_of},
    sql,
};
use crate::{Error, Identity, secrets};

/// The bucket of keys in the counts of all processes.
pub(super) const BUCKET: &str = "api_key";

fn words(scopes: &[Permission]) -> Vec<String> {
    let set: Permissions = scopes.iter().copied().collect();
    set.iter().map(|scope| scope.as_str().to_owned()).collect()
}

/// Keys are made and changed by people: a key that leaks must not be able to outlive itself in another.
fn by_a_person(access: &Access) -> Result<(), Problem> {
    access.allow(Permission::ApiKeysManage)?;
    if access.key.is_none() {
        return Ok(());
    }
    let detail = "An API key can't make or change API keys. Sign in for it.";
    Err(Problem::new(Kind::Forbidden, "key_not_accepted", detail))
}

fn within(access: &Access, scopes: &[Permission], held: Permissions) -> Result<(), Problem> {
    let more: Permissions = scopes.iter().copied().collect::<Permissions>().without(held);
    if access.permissions.covers(more) {
        return Ok(());
    }
    let missing: Vec<&str> = more.without(access.permissions).iter().map(Permission::as_str).collect();
    let detail = format!("You can't give a key what you don't hold here: {}.", missing.join(", "));
    Err(Problem::new(Kind::Forbidden, "forbidden", &detail).at("scopes", "not_held", detail))
}

impl Identity {
    /// The organization's keys, the latest first.
    pub async fn list_keys(&self, access: &Access, page: PageRequest) -> Result<Page<KeyView>, Error> {
        access.allow(Permission::ApiKeysManage)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), page).await?;
        tx.commit().await?;
        let page = Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() });
        let items = self.views(page.items).await?;
        Ok(Page { items, next_cursor: page.next_cursor })
    }

    /// One key.
    pub async fn get_key(&self, access: &Access, id: ApiKeyId) -> Result<KeyView, Error> {
        access.allow(Permission::ApiKeysManage)?;
        let mut tx = self.store.tenant(access).await?;
        let row = sql::find(tx.conn(), id).await?;
        tx.commit().await?;
        self.view(row.ok_or_else(|| Problem::not_found("API key"))?).await
    }

    /// Makes a key. Its text is in the answer and nowhere else.
    pub async fn create_key(
        &self,
        access: &Access,
        new: NewKey,
        context: &RequestContext,
    ) -> Result<MadeKey, Error> {
        by_a_person(access)?;
        let now = self.clock.now();
        check_new(&new, now)?;
        within(access, &new.scopes, Permissions::NONE)?;
        let (id, token) = (ApiKeyId::new(&self.clock, &self.rng), model::new_token(&self.rng));
        let hash = secrets::token_hash(&token);
        let sealed = if new.signed {
            Some(self.config.vault.seal(token.as_bytes()).map_err(Problem::from)?)
        } else {
            None
        };
        let scopes = words(&new.scopes);
        let mut tx = self.store.tenant(access).await?;
        if sql::count_live(tx.conn(), now).await? >= MOST {
            let detail = format!("The organization has {MOST} live keys, the most there may be. Revoke one.");
            return Err(Problem::new(Kind::Conflict, "too_many_keys", detail).into());
        }
        let row = sql::NewRow {
            organization: access.organization,
            id,
            brand: new.brand_id,
            created_by: access.user,
            name: new.name.trim(),
            prefix: model::visible(&token),
            key_hash: &hash,
            scopes: &scopes,
            signing: sealed.as_ref().map(|sealed| (sealed.text.as_str(), sealed.version)),
            hourly_limit: new.hourly_limit.unwrap_or(HOURLY) as i32,
            expires_at: new.expires_at,
            now,
        };
        // outside of the member's brands the policy refuses before the key of a brand that isn't there does
        let unknown_brand = || {
            Problem::invalid("brand_id", "unknown_brand", "There is no such brand, or it isn't yours to see.")
                .into()
        };
        if new.brand_id.is_some_and(|brand| !access.brands.contains(brand)) {
            return Err(unknown_brand());
        }
        sql::insert(tx.conn(), &row)
            .await
            .map_err(|error| crate::people::on_constraint(error, "api_keys_brand_fkey", unknown_brand))?;
        let after = json!({
            "name": row.name, "prefix": row.prefix, "scopes": scopes, "brand_id": new.brand_id, "signed": new.signed,
            "hourly_limit": row.hourly_limit, "expires_at": new.expires_at,
        });
        self.tell_of_key(
            &mut tx,
            access,
            context,
            id,
            ("api_key.created", kind::KEY_CREATED),
            None,
            Some(after),
        )
        .await?;
        let made = sql::find(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("API key"))?;
        tx.commit().await?;
        Ok(MadeKey { token: Some(token), key: self.view(made).await? })
    }

    /// Changes a key's name, scopes, limit or end.
    pub async fn update_key(
        &self,
        access: &Access,
        id: ApiKeyId,
        version: i32,
        change: UpdateKey,
        context: &RequestContext,
    ) -> Result<KeyView, Error> {
        by_a_person(access)?;
        check_change(&change, self.clock.now())?;
        let mut tx = self.store.tenant(access).await?;
        let before = sql::find(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("API key"))?;
        if before.revoked_at.is_some() {
            return Err(revoked().into());
        }
        let scopes = match &change.scopes {
            None => before.scopes.clone(),
            Some(scopes) => {
                within(access, scopes, scopes_of(&before.scopes))?;
                words(scopes)
            }
        };
        let row = sql::Change {
            name: change.name.as_deref().map_or(before.name.as_str(), str::trim),
            scopes: &scopes,
            hourly_limit: change.hourly_limit.map_or(before.hourly_limit, |limit| limit as i32),
            expires_at: change.expires_at.or(before.expires_at),
        };
        if !sql::update(tx.conn(), id, version, &row).await? {
            return Err(Error::Stale);
        }
        let state = |name: &str, scopes: &[String], limit: i32, end: Option<Timestamp>| json!({ "name": name, "scopes": scopes, "hourly_limit": limit, "expires_at": end });
        let was = state(&before.name, &before.scopes, before.hourly_limit, before.expires_at);
        let is = state(row.name, row.scopes, row.hourly_limit, row.expires_at);
        self.tell_of_key(
            &mut tx,
            access,
            context,
            id,
            ("api_key.updated", kind::KEY_CHANGED),
            Some(was),
            Some(is),
        )
        .await?;
        let after = sql::find(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("API key"))?;
        tx.commit().await?;
        self.view(after).await
    }

    /// Revokes a key, for good and at once.
    pub async fn revoke_key(
        &self,
        access: &Access,
        id: ApiKeyId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        by_a_person(access)?;
        let mut tx = self.store.tenant(access).await?;
        let before = sql::find(tx.conn(), id).await?.ok_or_else(|| Problem::not_found("API key"))?;
        if sql::revoke(tx.conn(), id, access.user, self.clock.now()).await? {
            let was = json!({ "name": before.name, "prefix": before.prefix });
            self.tell_of_key(
                &mut tx,
                access,
                context,
                id,
                ("api_key.revoked", kind::KEY_REVOKED),
                Some(was),
                None,
            )
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The event, and the entry in the security log.
    #[expect(
        clippy::too_many_arguments,
        reason = "both logs in one place; each argument is a field of theirs"
    )]
    async fn tell_of_key(
        &self,
        tx: &mut TenantTx,
        access: &Access,
        context: &RequestContext,
        id: ApiKeyId,
        kinds: (&'static str, SecurityKind),
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<(), Error> {
        let known = after.as_ref().or(before.as_ref()).and_then(|state| state.get("name")).cloned();
        let event = NewEvent {
            organization: access.organization,
            brand: None,
            kind: kinds.0,
            subject: ("api_key", id.uuid()),
            actor: access.actor(),
            before,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        let entry = NewSecurityEvent::new(kinds.1, context)
            .user(access.user)
            .organization(access.organization)
            .detail(json!({ "key": id, "name": known }));
        security::note(tx, &self.clock, &self.rng, entry).await?;
        Ok(())
    }

    async fn view(&self, row: sql::Row) -> Result<KeyView, Error> {
        let mut views = self.views(vec![row]).await?;
        Ok(views.pop().ok_or_else(|| Problem::not_found("API key"))?)
    }

    /// Rows as people see them, the hours that are still open counted in.
    async fn views(&self, rows: Vec<sql::Row>) -> Result<Vec<KeyView>, Error> {
        let now = self.clock.now();
        let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
        let open = admission::read_rates(&self.store, BUCKET, &ids).await?;
        let view = |row: sql::Row| {
            let status = match (row.revoked_at, row.expires_at) {
                (Some(_), _) => KeyStatus::Revoked,
                (None, Some(end)) if end <= now => KeyStatus::Expired,
                _ if row.stopped => KeyStatus::Stopped,
                _ => KeyStatus::Active,
            };
            KeyView {
                status,
                usage_count: row.usage_count + open.get(&row.id.to_string()).copied().unwrap_or(0),
                scopes: scopes_of(&row.scopes).iter().collect(),
                id: row.id,
                name: row.name,
                prefix: row.prefix,
                brand_id: row.brand_id,
                signed: row.signed,
                hourly_limit: row.hourly_limit as u32,
                expires_at: row.expires_at,
                revoked_at: row.revoked_at,
                created_by: row.created_by,
                created_by_name: row.created_by_name,
                last_used_at: row.last_used_at,
                last_used_ip: row.last_used_ip,
                version: row.version,
                created_at: row.created_at,
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Adds the hours that are over to the keys' counts; gives how many keys were used.
    pub async fn count_keys(&self) -> Result<usize, Error> {
        let (hour, _) = model::window(self.clock.now());
        let mut tx = self.store.service("add up the use of API keys").await?;
        let closed = admission::close_rates(&mut tx, BUCKET, hour).await?;
        let (ids, counts): (Vec<_>, Vec<_>) = closed
            .iter()
            .filter_map(|(id, count)| Some((id.parse::<ApiKeyId>().ok()?.uuid(), *count)))
            .unzip();
        sql::add_usage(tx.conn(), &ids, &counts).await?;
        tx.commit().await?;
        Ok(ids.len())
    }
}

fn revoked() -> Problem {
    Problem::new(Kind::Conflict, "key_revoked", "The key is revoked for good. Make a new one.")
}
