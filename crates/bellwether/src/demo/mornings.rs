//! Yesterday's and today's morning delivery, made by what makes everybody's. Nobody reads the demo's mail: none is sent, but
//! yesterday's was opened, and its best draft approved.

use anyhow::Result;
use bellwether_kernel::{BrandAccess, Problem};
use bellwether_publishing::time;
use chrono::{Days, NaiveTime};

use crate::wiring::App;

/// Makes them, once for each date; today's unless its time is still to come.
pub async fn prepare(app: &App, access: &BrandAccess) -> Result<()> {
    let brand = app.brands.get(access).await.map_err(Problem::from)?;
    let zone = time::zone_or_utc(&brand.time_zone);
    let now = app.clock.now();
    let (Some(today), Some(eight)) = (time::local(now, &zone), NaiveTime::from_hms_opt(8, 0, 0)) else {
        return Ok(());
    };
    for days in [1, 0] {
        let Some(date) = today.date().checked_sub_days(Days::new(days)) else { continue };
        let Some(at) = time::instant(date.and_time(eight), &zone).filter(|at| *at <= now) else { continue };
        app.delivery.bring(access, date, at).await.map_err(Problem::from)?;
        if days == 1 {
            app.delivery.read_morning(access, date).await.map_err(Problem::from)?;
        }
    }
    Ok(())
}
