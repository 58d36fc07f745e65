//! Posts of the demo on their way out: an account on the sandbox network, times of the week, something published, something
//! planned, something that waits for a decision.

use anyhow::Result;
use bellwether_kernel::{BrandAccess, PageRequest, Problem, RequestContext, id::PostId};
use bellwether_networks::publish::Provider;
use bellwether_publishing::{
    connections::CreateConnection,
    publications::{CreatePublications, When},
    schedule::{Times, UpdateSchedule, Weekday},
};
use bellwether_studio::posts::{Filter, model::Status};
use chrono::{Days, NaiveTime};

use crate::wiring::App;

/// Makes it, once: an account that is there already, connected or not by now, is a demo that was used.
pub async fn prepare(app: &App, access: &BrandAccess) -> Result<()> {
    let publishing = &app.publishing;
    if !publishing.list_connections(access).await.map_err(Problem::from)?.is_empty() {
        return Ok(());
    }
    let context = RequestContext::default();
    let sandbox = CreateConnection {
        provider: Provider::Sandbox,
        network: None,
        server: None,
        fields: std::collections::BTreeMap::new(),
    };
    let connected = publishing.connect(access, sandbox, &context).await.map_err(Problem::from)?;
    let Some(connection) = connected.first().map(|connection| connection.id) else { return Ok(()) };
    let times =
        |days: &[Weekday], time: &str| Times { days: days.to_vec(), time: time.to_owned(), network: None };
    let week = UpdateSchedule {
        slots: vec![
            times(&[Weekday::Mon, Weekday::Wed, Weekday::Fri], "09:00"),
            times(&[Weekday::Tue, Weekday::Thu], "17:30"),
        ],
        min_minutes_apart: 60,
        daily_caps: std::collections::BTreeMap::new(),
        late_minutes: 60,
    };
    publishing.update_schedule(access, 0, week, &context).await.map_err(Problem::from)?;

    let of = async |status: Status| -> Result<Vec<PostId>> {
        let filter = Filter { status: Some(status), ..Filter::default() };
        let page = PageRequest { limit: 20, after: None };
        let posts = app.studio.list_posts(access, &filter, page).await.map_err(Problem::from)?;
        Ok(posts.items.into_iter().rev().map(|post| post.id).collect())
    };
    let now = When { now: true, ..When::default() };
    let queue = When { queue: true, ..When::default() };
    let plans = of(Status::Approved).await?.into_iter().enumerate().map(|(at, post)| {
        // the first two are out, the others wait for their time
        (post, if at < 2 { now.clone() } else { queue.clone() })
    });
    // one is planned for tomorrow noon and nobody has approved it yet
    let tomorrow = app.clock.now().date_naive().checked_add_days(Days::new(1));
    let noon = tomorrow.zip(NaiveTime::from_hms_opt(12, 0, 0)).map(|(day, time)| day.and_time(time));
    let noon = When { at: noon.map(bellwether_publishing::time::write_local), ..When::default() };
    let waiting = of(Status::Pending).await?.into_iter().take(1).map(|post| (post, noon.clone()));
    for (post, when) in plans.chain(waiting) {
        let input =
            CreatePublications { connection_ids: vec![connection], when, content: None, approve: false };
        if let Err(error) = publishing.create_publications(access, post, input, &context).await {
            // a draft that breaks a rule stays a draft; the others go on
            tracing::warn!(%error, "a post of the demo could not be planned");
        }
    }
    Ok(())
}
