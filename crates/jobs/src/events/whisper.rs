//! What is worth showing and not worth keeping.

use bellwether_kernel::id::{BrandId, OrganizationId};
use bellwether_store::{Error, Tx};
use serde_json::{Value, json};
use uuid::Uuid;

/// What PostgreSQL takes as one notification, less some room.
const LONGEST: usize = 7_800;

/// Something in passing: how far work under way has come. It is told to the open streams of the organization and is in
/// no log: whoever looks later sees the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Whisper {
    /// To whom it belongs.
    pub organization: OrganizationId,
    /// Of which brand; none for the organization as a whole.
    pub brand: Option<BrandId>,
    /// Named like an event's kind.
    pub kind: &'static str,
    /// What it is about: its type and id.
    pub subject: (&'static str, Uuid),
    /// What to show; an object. What is too long for a notification is left out.
    pub data: Value,
}

/// Tells the open streams, when the transaction commits.
pub async fn whisper(tx: &mut impl Tx, whisper: Whisper) -> Result<(), Error> {
    let Whisper { organization, brand, kind, subject, data } = whisper;
    let mut notice = json!({
        "o": organization.uuid(), "b": brand.map(BrandId::uuid), "k": kind, "t": subject.0, "s": subject.1, "d": data,
    });
    if notice.to_string().len() > LONGEST {
        notice["d"] = json!({});
    }
    sqlx::query("SELECT pg_notify('bellwether_whispers', $1)")
        .bind(notice.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}
