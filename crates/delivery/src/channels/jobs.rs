//! Codes, and what was written to the bot.

use bellwether_jobs::{Job, JobError, JobMeta};
use bellwether_kernel::{Kind, Problem, id::UserId};
use serde::{Deserialize, Serialize};

use crate::Delivery;

/// Sends a code to a number that somebody gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendCode {
    pub(super) user_id: UserId,
}

impl Job for SendCode {
    const NAME: &'static str = "delivery.send_code";
    const MAX_ATTEMPTS: i32 = 3;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        let Err(error) = delivery.send_code(self.user_id).await else { return Ok(()) };
        let problem = Problem::from(error);
        match problem.kind {
            Kind::Unavailable | Kind::Internal => Err(JobError::Retry(problem.detail)),
            // it is said in the way's state: refused, taken away meanwhile, too many
            _ => Ok(()),
        }
    }
}

/// Fetches what was written to the installation's bot, every minute, where Telegram does not call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FetchTelegram {}

impl Job for FetchTelegram {
    const NAME: &'static str = "delivery.fetch_telegram";
    const MAX_ATTEMPTS: i32 = 1;
    type Context = Delivery;

    async fn run(self, delivery: Delivery, _: JobMeta) -> Result<(), JobError> {
        delivery.fetch_telegram().await.map_err(|error| JobError::Retry(error.to_string()))
    }
}
