//! What a person says of a first comment that failed, or of which nobody knows whether it is there.

use bellwether_kernel::{BrandAccess, Kind, Permission, Problem, RequestContext};
use serde_json::json;

use super::{
    service::{PublicationView, read},
    sql::{self, announce},
};
use crate::{Error, PublicationId, Publishing};

impl Publishing {
    /// Takes it for done, or sends it again. The post itself is left alone.
    pub async fn settle_first_comment(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        there: bool,
        context: &RequestContext,
    ) -> Result<PublicationView, Error> {
        access.allow(Permission::PostsPublish)?;
        let mut tx = self.store.tenant(access).await?;
        let before = sql::lock_comment(tx.conn(), access.brand, id).await?;
        let before = before.ok_or_else(|| Problem::not_found("publication"))?;
        let refused = |words: &str| Error::from(Problem::new(Kind::Conflict, "wrong_state", words));
        match (before.as_deref(), there) {
            (Some("unclear"), _) | (Some("failed"), false) => {}
            (Some("failed"), true) => return Err(refused("It failed, so it is not there. Send it again.")),
            _ => return Err(refused("Its first comment neither failed nor is unclear.")),
        }
        let (state, kind) =
            if there { ("done", "publication.commented") } else { ("due", "publication.comment_retrying") };
        let at = (!there).then(|| self.clock.now());
        sql::set_comment(tx.conn(), id, state, at).await?;
        let change = (Some(json!({ "comment_state": before })), Some(json!({ "comment_state": state })));
        let of = (access.organization, Some(access.brand));
        self.record(&mut tx, of, kind, ("publication", id.uuid()), change, (access.actor(), context)).await?;
        announce(&mut tx).await?;
        let view = read(&mut tx, access, id).await?;
        tx.commit().await?;
        Ok(view)
    }
}
