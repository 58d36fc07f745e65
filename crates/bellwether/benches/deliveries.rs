//! How late mornings are: thousands of brands whose eight o'clock, in 24 zones, is the same instant, one worker process that is
//! killed in the middle, and a mail server of our own that counts what arrives. `make bench ARGS=deliveries` runs it.
//! `DELIVERIES` is how many (5,000), `KILL=0` leaves the worker alone.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement says what it found or stops")]

#[expect(dead_code, reason = "what only the others do")]
#[path = "../tests/rig/mod.rs"]
mod rig;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bellwether_kernel::{Clock, Timestamp};
use chrono::{TimeDelta, Timelike as _};
use rig::Rig;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// As far apart as zones are: whole, half and quarter hours, both sides of the date line.
const ZONES: [&str; 24] = [
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Atlantic/Azores",
    "UTC",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// When mails came, by recipient.
type Arrived = Arc<Mutex<HashMap<String, Vec<Timestamp>>>>;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let number = |name: &str, usual: i64| {
            std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
        };
        let (people, kill) = (number("DELIVERIES", 5_000), number("KILL", 1) != 0);
        let clock = Clock::system();
        let arrived = Arrived::default();
        let smtp = sink(&clock, &arrived).await;
        let rig = Rig::start(|config| config.server.rate_limits = false).await;
        fill(&rig, people).await;
        let due = plan(&rig, clock.now()).await;
        println!(
            "{people} people in {} zones, each with a brand and three drafts: eight o'clock is {due}",
            ZONES.len()
        );
        let environment =
            [("BELLWETHER_MAIL__SMTP_URL", smtp), ("BELLWETHER_MAIL__FROM", "bench@example.org".to_owned())];
        let count = || arrived.lock().unwrap().len() as i64;
        let until = async |wanted: i64| {
            while count() < wanted {
                assert!(clock.now() < due + TimeDelta::minutes(20), "only {} of {people} came", count());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let mut worker = rig.worker(&environment);
        if kill {
            until(people / 2).await;
            worker.kill();
            println!("killed when {} had come; another begins", count());
            worker = rig.worker(&environment);
        }
        until(people).await;
        // whatever comes twice comes now
        tokio::time::sleep(Duration::from_secs(15)).await;
        drop(worker);
        tell(&arrived.lock().unwrap(), due);
        rig.stop().await;
    });
}

/// Organizations, people, brands and drafts, by SQL: making them is not what is measured.
async fn fill(rig: &Rig, people: i64) {
    let mut db = rig.store.pool().acquire().await.unwrap();
    sqlx::query(
        "CREATE TEMPORARY TABLE made (n bigint, organization_id uuid, user_id uuid, brand_id uuid, zone text)",
    )
    .execute(&mut *db)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO made SELECT n, uuidv7(), uuidv7(), uuidv7(), ($2::text[])[1 + n % cardinality($2::text[])]
           FROM generate_series(0, $1 - 1) AS n",
    )
    .bind(people)
    .bind(ZONES.map(str::to_owned).to_vec())
    .execute(&mut *db)
    .await
    .unwrap();
    for sql in [
        "INSERT INTO identity.users (id, email, name, time_zone, email_verified_at)
           SELECT user_id, 'p' || n || '@example.org', 'Person ' || n, zone, now() FROM made",
        "INSERT INTO identity.organizations (id, slug, name)
           SELECT organization_id, 'org-' || n, 'Organization ' || n FROM made",
        "INSERT INTO identity.memberships (organization_id, id, user_id, role)
           SELECT organization_id, uuidv7(), user_id, 'owner' FROM made",
        "INSERT INTO brand.brands (organization_id, id, slug, name, time_zone)
           SELECT organization_id, brand_id, 'brand', 'Brand ' || n, zone FROM made",
        "INSERT INTO studio.posts (organization_id, id, brand_id, target, network, content_type, status, content, original,
                                   search_text, counts, issues, tone, provider, model)
           SELECT organization_id, uuidv7(), brand_id, target, split_part(target, '.', 1), split_part(target, '.', 2),
                  'pending', content, content, '', '[]', '[]', 'conversational', 'test', 'test'
             FROM made, unnest(ARRAY['x.post', 'linkedin.short', 'bluesky.post']) AS t (target),
                  LATERAL (SELECT jsonb_build_object('shape', 'post', 'post', 'Draft for ' || target || ' of brand ' || n
                    || repeat('. A sentence about work that takes its time', 8), 'opening_hook', 'A hook', 'cta', NULL,
                    'hashtags', '[]'::jsonb, 'mentions', '[]'::jsonb, 'media_prompt', NULL)) AS c (content)",
        "ANALYZE",
    ] {
        sqlx::query(sql).execute(&mut *db).await.unwrap();
    }
}

/// Eight o'clock everywhere at once: each person's wanted time is what their clock shows at one instant, the second full
/// minute from now, so that a look of the worker plans them all before.
async fn plan(rig: &Rig, now: Timestamp) -> Timestamp {
    let minute =
        now - TimeDelta::seconds(now.second().into()) - TimeDelta::nanoseconds(now.nanosecond().into());
    let due = minute + TimeDelta::minutes(3);
    sqlx::query(
        // without the report of the week, which comes on top where it is Monday
        "INSERT INTO delivery.preferences (user_id, delivery_time, delivery_days, weekly_reports_enabled)
         SELECT id, ($1::timestamptz AT TIME ZONE time_zone)::time,
                '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}', false
           FROM identity.users WHERE NOT demo",
    )
    .bind(due)
    .execute(rig.store.pool())
    .await
    .unwrap();
    due
}

fn tell(arrived: &HashMap<String, Vec<Timestamp>>, due: Timestamp) {
    let late = |at: &Timestamp| (*at - due).num_milliseconds() as f64 / 1_000.0;
    let mut all: Vec<f64> = arrived.values().filter_map(|times| times.iter().min()).map(late).collect();
    all.sort_by(f64::total_cmp);
    let at = |share: f64| all[((all.len() - 1) as f64 * share) as usize];
    let twice = arrived.values().filter(|times| times.len() > 1).count();
    println!(
        "{} came: late p50 {:.1} s, p99 {:.1} s, worst {:.1} s (promised: p99 60 s); twice: {twice} (promised: none)",
        all.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// A mail server that takes everything and notes who got something when.
async fn sink(clock: &Clock, arrived: &Arrived) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (clock, arrived) = (clock.clone(), arrived.clone());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // a worker that is killed breaks its connections
            tokio::spawn(talk(stream, clock.clone(), arrived.clone()));
        }
    });
    url
}

/// RFC 5321, as far as one sender needs it.
async fn talk(stream: TcpStream, clock: Clock, arrived: Arrived) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await?;
    let (mut to, mut inside) = (Vec::new(), false);
    while let Some(line) = lines.next_line().await? {
        if inside {
            if line == "." {
                inside = false;
                let now = clock.now();
                for address in to.drain(..) {
                    arrived.lock().unwrap().entry(address).or_default().push(now);
                }
                write.write_all(b"250 taken\r\n").await?;
            }
            continue;
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match word.as_str() {
            "EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                to.push(address.to_owned());
                b"250 ok\r\n"
            }
            "DATA" => {
                inside = true;
                b"354 go on\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
