//! `bellwether trends`: what rises in feeds, in the terminal, without a server or database.

use std::io::{Read as _, Write};

use anyhow::{Context as _, Result};
use bellwether_kernel::{Clock, Kind, Problem, Rng, Timestamp};
use bellwether_store::Store;
use bellwether_trends::{
    Trends,
    sources::Feed,
    trends::{TrendState, survey::Surveyed},
};
use clap::Args;

use crate::{
    cli::{End, tell},
    config::Config,
    wiring,
};

/// The most bytes of a file of feeds, or of a saved feed.
const MAX_BYTES: u64 = 10_000_000;

/// In which feeds to look.
#[derive(Args)]
pub struct TrendsArgs {
    /// An OPML file of any reader, a saved feed, a file with an address a line, an address of a feed, or - for standard input
    #[arg(long, required = true, num_args = 1.., value_name = "FILE|URL|-")]
    from: Vec<String>,
    /// As it was then, for instance 2026-11-16T08:00:00Z: entries of later are left out
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    /// Also what is over, if it had an item within so many hours
    #[arg(long, value_name = "N")]
    hours: Option<u32>,
    /// As JSON: one object with the trends and the feeds
    #[arg(long)]
    json: bool,
}

fn time(text: &str) -> Result<Timestamp, String> {
    let spoken = "write a time with its zone, for instance 2026-11-16T08:00:00Z or 2026-11-16T09:00:00+01:00";
    chrono::DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_| spoken.to_owned())
}

pub async fn run(config: &Config, args: TrendsArgs) -> Result<End> {
    let mut feeds = Vec::new();
    for name in &args.from {
        if name.starts_with("http://") || name.starts_with("https://") {
            feeds.push(Feed::of_address(name));
        } else {
            let (named, note) = Feed::of_file(name, &read(name)?)?;
            if let Some(note) = note {
                tell(&format!("{name}: {note}"));
            }
            feeds.extend(named);
        }
    }
    let (clock, rng) = (Clock::system(), Rng::system());
    let reader = wiring::writing(config, &clock, &rng)?.reader().clone();
    let pause = std::time::Duration::from_millis(config.fetch.pause_ms);
    let trends = Trends::new(Store::unconnected(), clock, rng, reader, pause);
    let survey = trends
        .survey(feeds, args.at, args.hours, |source| {
            tell(&match (&source.error, &source.note) {
                (Some(error), _) => format!("{}: {error}", source.name),
                (None, Some(note)) => format!("{}: {note}", source.name),
                (None, None) => format!("{}: {} entries", source.name, source.items),
            });
        })
        .await?;
    let failed = survey.sources.iter().filter(|source| source.error.is_some()).count();
    if failed == survey.sources.len() {
        return Err(Problem::new(Kind::Upstream, "nothing_read", "None of the feeds could be read.").into());
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &survey)?;
        writeln!(out)?;
    } else {
        if survey.trends.is_empty() {
            writeln!(out, "{}", nothing(survey.items, survey.sources.len(), failed))?;
        }
        for trend in &survey.trends {
            show(&mut out, trend)?;
        }
    }
    Ok(if failed == 0 { End::Done } else { End::Partly })
}

fn read(name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if name == "-" {
        std::io::stdin()
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .context("standard input can't be read")?;
    } else {
        let file = std::fs::File::open(name).map_err(|error| {
            Problem::new(Kind::Invalid, "unreadable", format!("{name} can't be read: {error}"))
        })?;
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| {
            Problem::new(Kind::Invalid, "unreadable", format!("{name} can't be read: {error}"))
        })?;
    }
    if bytes.len() as u64 > MAX_BYTES {
        let detail = format!("{name} is longer than 10 MB.");
        return Err(Problem::new(Kind::Invalid, "too_long", detail).into());
    }
    Ok(bytes)
}

/// That nothing rises, in what was read.
fn nothing(items: usize, feeds: usize, failed: usize) -> String {
    let counted =
        |number: usize, one: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") };
    let told = format!("Nothing rises in {} of {}", counted(items, "item"), counted(feeds - failed, "feed"));
    if failed == 0 { format!("{told}.") } else { format!("{told}; {failed} could not be read.") }
}

fn show(out: &mut impl Write, trend: &Surveyed) -> Result<()> {
    let state = match trend.state {
        TrendState::Active => "active",
        TrendState::Declining => "declining",
        TrendState::Expired => "over",
    };
    let at = |time: Timestamp| time.format("%d %b %H:%M");
    let peak = match trend.state {
        TrendState::Active => format!(
            "most likely at its peak on {}, between {} and {} UTC",
            at(trend.peak.likely),
            at(trend.peak.low),
            at(trend.peak.high)
        ),
        // of what loses pace nobody expects one any more
        TrendState::Declining | TrendState::Expired => {
            format!("was at its peak on {} UTC", at(trend.peak.likely))
        }
    };
    let category = trend.category.as_deref().map_or_else(String::new, |name| format!(" · {name}"));
    writeln!(out, "\n── {} {}", trend.name, "─".repeat(60_usize.saturating_sub(trend.name.chars().count())))?;
    writeln!(
        out,
        "   {:.0} % sure · momentum {:+.2} · {state}{category}",
        trend.confidence * 100.0,
        trend.momentum
    )?;
    writeln!(out, "   {peak}")?;
    for sentence in trend.why.iter().chain(&trend.ends) {
        writeln!(out, "   {sentence}")?;
    }
    for item in &trend.evidence {
        let url = item.url.as_deref().unwrap_or_default();
        writeln!(out, "   · {} — {} ({}) {url}", item.at.format("%d %b %H:%M"), item.title, item.source)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_feeds_that_were_read_are_counted() {
        assert_eq!(nothing(8, 4, 3), "Nothing rises in 8 items of 1 feed; 3 could not be read.");
        assert_eq!(nothing(1, 2, 0), "Nothing rises in 1 item of 2 feeds.");
    }

    #[test]
    fn a_time_has_its_zone() {
        assert_eq!(time("2026-11-16T09:00:00+01:00"), time("2026-11-16T08:00:00Z"));
        assert!(time("yesterday").unwrap_err().contains("2026-11-16T08:00:00Z"));
        assert!(time("2026-11-16").is_err());
    }
}
