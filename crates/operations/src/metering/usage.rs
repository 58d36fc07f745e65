//! What models were asked, told to whoever pays for it.

use bellwether_kernel::{Access, Permission, Timestamp};
use chrono::{Datelike as _, NaiveTime};
use serde::Serialize;
use utoipa::ToSchema;

use super::sql;
use crate::{Error, Operations};

/// What models were asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AiUsageView {
    /// Since midnight, UTC.
    pub today: AiUsage,
    /// Since the first of the month, UTC.
    pub month: AiUsage,
    /// How the numbers come about, in words.
    pub explained: String,
}

/// What models were asked in some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AiUsage {
    /// Calls, failed and cut off ones among them; the built-in writer's are none.
    pub calls: i64,
    /// Tokens that were sent, as the providers counted.
    pub input_tokens: i64,
    /// Tokens that came back, as the providers counted.
    pub output_tokens: i64,
    /// Calls whose tokens the provider did not tell: they are in neither number.
    pub uncounted_calls: i64,
    /// Millionths of a US dollar, of the calls whose price is known.
    pub cost_micro_usd: i64,
    /// Calls whose price is not known: they are not in the cost.
    pub unpriced_calls: i64,
}

/// Midnight of the day and of the month's first day.
fn begins(now: Timestamp) -> (Timestamp, Timestamp) {
    let day = now.date_naive();
    let at = |day: chrono::NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    (at(day), at(day.with_day(1).unwrap_or(day)))
}

impl Operations {
    /// What models were asked today and this month, for whoever may see what things cost.
    pub async fn ai_usage(&self, access: &Access) -> Result<AiUsageView, Error> {
        access.allow(Permission::BillingRead)?;
        let (day, month) = begins(self.clock.now());
        let mut tx = self.store.tenant(access).await?;
        let today = sql::sum_runs(tx.conn(), day).await?;
        let of_month = sql::sum_runs(tx.conn(), month).await?;
        tx.commit().await?;
        let explained = format!(
            "{} calls of models since midnight, {} since the first of the month (UTC). Tokens are the providers' own count. A \
             cost is tokens times the price in the list of prices; {} of the month's calls have no known price and are not in \
             it.",
            today.calls, of_month.calls, of_month.unpriced_calls
        );
        Ok(AiUsageView { today, month: of_month, explained })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_month_begin_at_midnight_utc() {
        let (day, month) = begins("2026-11-16T23:59:59Z".parse().unwrap());
        assert_eq!(day.to_rfc3339(), "2026-11-16T00:00:00+00:00");
        assert_eq!(month.to_rfc3339(), "2026-11-01T00:00:00+00:00");
    }
}
