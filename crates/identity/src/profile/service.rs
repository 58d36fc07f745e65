//! Use cases of profiles.

use bellwether_kernel::{
    Problem,
    id::{AvatarId, UserId},
};

use super::{avatar, sql};
use crate::{Error, Identity};

/// A picture as it is served.
pub(super) struct Picture {
    pub(super) content_type: String,
    pub(super) content: Vec<u8>,
}

impl Identity {
    /// Takes a person's picture.
    pub async fn put_avatar(&self, user: UserId, bytes: Vec<u8>) -> Result<AvatarId, Error> {
        let made = avatar::take(bytes).await?;
        let id = AvatarId::new(&self.clock, &self.rng);
        let mut tx = self.store.service("a person changes their picture").await?;
        sql::put_avatar(tx.conn(), id, user, &made, self.clock.now()).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Removes a person's picture.
    pub async fn delete_avatar(&self, user: UserId) -> Result<(), Error> {
        let mut tx = self.store.service("a person removes their picture").await?;
        sql::delete_avatar(tx.conn(), user).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A picture, for anybody signed in: its id can't be guessed and is known from where the person is seen.
    pub(super) async fn get_avatar(&self, id: AvatarId) -> Result<Picture, Error> {
        let mut tx = self.store.service("show a picture").await?;
        let found = sql::find_avatar(tx.conn(), id).await?;
        tx.commit().await?;
        let row = found.ok_or_else(|| Problem::not_found("picture"))?;
        Ok(Picture { content_type: row.content_type, content: row.content })
    }
}
