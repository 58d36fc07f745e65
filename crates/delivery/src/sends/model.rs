//! What is sent, and when it is tried again.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_mail::Rendered;
use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    DeliveryId, SendId,
    ways::{Message, Way},
};

/// Tries by one way before the next one has its turn.
pub(super) const TRIES: usize = 4;
/// A wait that is longer lets the next way have its turn at once.
pub(super) const LONGEST_WAIT: Duration = Duration::minutes(30);
/// How long a try without an end is believed to be under way: longer than any call takes.
pub(super) const LEASE: Duration = Duration::minutes(2);

/// How long to wait after so many tries: what the other side asks for, else half a minute and twice as long each time.
pub(super) fn wait(tries: usize, asked: Option<std::time::Duration>) -> Duration {
    let own = Duration::seconds(30 << tries.saturating_sub(1).min(6));
    asked
        .and_then(|asked| Duration::from_std(asked).ok())
        .map_or(own, |asked| asked.max(Duration::seconds(1)))
}

/// A mail that is written and waits for its turn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PreparedMail {
    /// The template's name.
    pub(crate) template: String,
    pub(crate) subject: String,
    pub(crate) html: String,
    pub(crate) text: String,
    /// Where a `POST` ends such mails.
    pub(crate) unsubscribe: String,
}

impl PreparedMail {
    pub(crate) fn of(template: &str, rendered: Rendered, unsubscribe: String) -> Self {
        let Rendered { subject, html, text } = rendered;
        Self { template: template.to_owned(), subject, html, text, unsubscribe }
    }
}

/// Something that is to reach somebody.
pub(crate) struct NewSend<'a> {
    /// Made before it: links name it.
    pub(crate) id: SendId,
    pub(crate) organization: OrganizationId,
    pub(crate) brand: BrandId,
    pub(crate) user: UserId,
    /// As `sends.kind` has it.
    pub(crate) kind: &'static str,
    /// The key of once.
    pub(crate) occasion: &'a str,
    pub(crate) delivery: Option<DeliveryId>,
    /// In order; at least one.
    pub(crate) ways: &'a [Way],
    pub(crate) message: Message,
    /// For the way of mail.
    pub(crate) mail: Option<PreparedMail>,
    /// Where its link leads, a path inside the app.
    pub(crate) path: String,
    /// Not before.
    pub(crate) due_at: Timestamp,
    /// Not after.
    pub(crate) expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_the_other_side_s_word_counts() {
        let seconds =
            |tries, asked: Option<u64>| wait(tries, asked.map(std::time::Duration::from_secs)).num_seconds();
        assert_eq!((seconds(1, None), seconds(2, None), seconds(3, None)), (30, 60, 120));
        assert_eq!((seconds(3, Some(5)), seconds(1, Some(0)), seconds(1, Some(90))), (5, 1, 90));
    }
}
