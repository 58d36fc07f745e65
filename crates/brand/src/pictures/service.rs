//! Use cases of pictures.

use bellwether_identity::profile::take_picture;
use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext};
use serde::{Serialize, Serializer};
use serde_json::json;

use super::sql;
use crate::{Brands, Error, ids::PictureId};

/// Where a brand's picture is: the database holds the id, clients see the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct AvatarUrl(PictureId);

impl Serialize for AvatarUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("/api/v1/brand-pictures/{}", self.0))
    }
}

/// A picture as it is served.
pub(super) struct Picture {
    pub(super) content_type: String,
    pub(super) content: Vec<u8>,
}

impl Brands {
    /// Takes a brand's picture: a PNG, JPEG, WebP or GIF file of at most 5 MB; the brand's managers may.
    pub async fn put_picture(
        &self,
        access: &BrandAccess,
        bytes: Vec<u8>,
        context: &RequestContext,
    ) -> Result<AvatarUrl, Error> {
        access.allow(Permission::BrandUpdate)?;
        let made = take_picture(bytes).await?;
        let id = PictureId::new(&self.clock, &self.rng);
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let key = (access.organization, access.brand, id);
        sql::put(tx.conn(), key, &made, self.clock.now()).await?;
        let (subject, change) = (("brand", access.brand.uuid()), (None, Some(json!({ "picture": id }))));
        self.record_in(&mut tx, access, "brand.picture_changed", subject, change, context).await?;
        tx.commit().await?;
        Ok(AvatarUrl(id))
    }

    /// Removes a brand's picture, if it has one; the brand's managers may.
    pub async fn delete_picture(&self, access: &BrandAccess, context: &RequestContext) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        if sql::delete(tx.conn(), access.brand).await? {
            let subject = ("brand", access.brand.uuid());
            self.record_in(&mut tx, access, "brand.picture_removed", subject, (None, None), context).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A picture, for anybody signed in: its id can't be guessed and is known from where the brand is seen.
    pub(super) async fn get_picture(&self, id: PictureId) -> Result<Picture, Error> {
        let mut tx = self.store.service("show a brand's picture").await?;
        let found = sql::find(tx.conn(), id).await?;
        tx.commit().await?;
        let row = found.ok_or_else(|| Problem::not_found("picture"))?;
        Ok(Picture { content_type: row.content_type, content: row.content })
    }
}
