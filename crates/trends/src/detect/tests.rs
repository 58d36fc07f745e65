//! Small streams made by hand: for each property one that has it.

use bellwether_language::Language;
use chrono::DateTime;
use uuid::Uuid;

use super::{Change, Detector, Item, Kind, Settings, State, Trend, evaluate};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// A Monday.
const START: i64 = 1_759_708_800;

#[derive(Clone)]
struct Post {
    at: i64,
    source: u128,
    title: String,
    language: Language,
}

fn post(at: i64, source: u128, title: &str) -> Post {
    Post { at: START + at, source, title: title.to_owned(), language: Language::ENGLISH }
}

/// Everyday talk: `per_day` items by day, each of five of a thousand words, most of them rare.
fn background(days: i64, per_day: i64, sources: u64) -> Vec<Post> {
    const SYLLABLES: [&str; 10] = ["ba", "do", "fi", "gu", "ka", "le", "mo", "ni", "pu", "ro"];
    let mut state = 42_u64;
    let mut next = |below: u64| {
        state = super::terms::mix(state.wrapping_add(0x9E37_79B9_7F4A_7C15));
        state % below
    };
    let mut posts = Vec::new();
    for number in 0..days * per_day {
        let mut title = String::new();
        for _ in 0..5 {
            let word = (next(32) * next(32)) as usize;
            for digit in [word / 100, word / 10 % 10, word % 10] {
                title.push_str(SYLLABLES[digit]);
            }
            title.push_str("t ");
        }
        // from eight to eight
        let (day, nth) = (number / per_day, number % per_day);
        let at = day * DAY + 8 * HOUR + nth * 12 * HOUR / per_day;
        posts.push(post(at, u128::from(next(sources)), title.trim()));
    }
    posts
}

const RECALL: [&str; 12] = [
    "Acme recalls the X200 battery",
    "X200 batteries: what the recall by Acme means for drivers",
    "Fire risk prompts Acme to recall batteries of the X200",
    "Is your X200 part of the battery recall?",
    "Acme shares fall after X200 recall",
    "Battery recall: Acme replaces X200 packs for free",
    "How Acme missed the faulty batteries in its X200",
    "Regulator had warned Acme of X200 battery fires",
    "Recalling the X200 costs Acme millions",
    "Drivers wait for replacement batteries in Acme's recall",
    "X200 owners sue Acme over the recalled battery",
    "Acme battery supplier denies fault in X200 recall",
];

/// The twelve items of a burst that begins at `at`, `gap` seconds apart.
fn recall(at: i64, gap: i64, sources: u128) -> Vec<Post> {
    RECALL
        .iter()
        .zip(0..)
        .map(|(title, n)| post(at + i64::from(n) * gap, 100 + n as u128 % sources, title))
        .collect()
}

struct Seen {
    detector: Detector,
    changes: Vec<(usize, Change)>,
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128 + 1)
}

fn push(detector: &mut Detector, number: usize, post: &Post) -> Vec<Change> {
    detector.push(&Item {
        id: id(number),
        source: Uuid::from_u128(post.source + 1),
        at: DateTime::from_timestamp(post.at, 0).expect("a time"),
        title: &post.title,
        keyphrases: &[],
        language: post.language,
    })
}

fn run(mut posts: Vec<Post>) -> (Vec<Post>, Seen) {
    posts.sort_by_key(|post| post.at);
    let mut seen = Seen { detector: Detector::new(Settings::default()), changes: Vec::new() };
    for (number, post) in posts.iter().enumerate() {
        let changes = push(&mut seen.detector, number, post);
        seen.changes.extend(changes.into_iter().map(|change| (number, change)));
    }
    (posts, seen)
}

impl Seen {
    /// The number of the item with which each trend was found.
    fn found(&self) -> Vec<usize> {
        self.changes
            .iter()
            .filter(|(_, change)| change.kind == Kind::Found)
            .map(|(number, _)| *number)
            .collect()
    }
}

fn with(mut posts: Vec<Post>, more: impl IntoIterator<Item = Post>) -> Vec<Post> {
    posts.extend(more);
    posts
}

fn names(trends: &[Trend]) -> Vec<&str> {
    trends.iter().map(|trend| trend.name.as_str()).collect()
}

#[test]
fn a_burst_is_one_trend_found_while_it_is_young() {
    let (posts, seen) = run(with(background(25, 40, 12), recall(24 * DAY + 9 * HOUR, HOUR / 2, 6)));
    let trends = seen.detector.trends();
    assert_eq!(trends.len(), 1, "{:?}", names(&trends));
    let trend = &trends[0];
    let burst = |number: usize| posts[number].source >= 100;
    let came = (0..=seen.found()[0]).filter(|number| burst(*number)).count();
    assert!(came <= 5, "found with the item {came} of 12");
    assert!(trend.items >= 11 && trend.sources == 6, "{} items, {} sources", trend.items, trend.sources);
    let right = (0..posts.len()).filter(|n| burst(*n));
    let evidence: Vec<Uuid> = trend.evidence.iter().map(|evidence| evidence.item).collect();
    assert!(right.filter(|number| evidence.contains(&id(*number))).count() >= 11);
    for word in ["X200", "Acme"] {
        assert!(
            trend.name.contains(word) || trend.keywords.iter().any(|own| own.contains(word)),
            "{}",
            trend.name
        );
    }
    assert!(trend.why.seen > 5.0 * trend.why.usual && trend.why.wordings >= 6, "{:?}", trend.why);
    assert!(!trend.why.contributions.is_empty() && trend.ends.over_at > trend.last);
    assert_ne!(trend.state, State::Expired);
}

#[test]
fn everyday_talk_is_no_trend() {
    let (_, seen) = run(background(60, 100, 30));
    assert_eq!(seen.found().len(), 0, "{:?}", seen.changes);
}

#[test]
fn one_source_that_repeats_itself_is_no_trend() {
    let (_, seen) = run(with(background(25, 40, 12), recall(24 * DAY + 9 * HOUR, HOUR / 2, 1)));
    assert_eq!(seen.found().len(), 0, "{:?}", names(&seen.detector.trends()));
}

#[test]
fn one_wording_that_many_copy_is_no_trend() {
    let copies = (0..10)
        .map(|n| post(24 * DAY + 9 * HOUR + n * HOUR / 2, 100 + n as u128, "Acme recalls the X200 battery"));
    let (_, seen) = run(with(background(25, 40, 12), copies));
    assert_eq!(seen.found().len(), 0, "{:?}", names(&seen.detector.trends()));
}

#[test]
fn what_comes_every_week_is_usual() {
    let asks = ["Which gadget", "Our gadget", "The best gadget", "A gadget", "More gadget"];
    let columns = (0..8_i64).flat_map(|week| {
        asks.iter().zip(0_u8..).map(move |(ask, n)| {
            let title = format!("{ask} thursday picks number {}", week * 7 + i64::from(n));
            post((week * 7 + 3) * DAY + 9 * HOUR + i64::from(n) * HOUR, u128::from(n) + 100, &title)
        })
    });
    let (posts, seen) = run(with(background(56, 40, 12), columns));
    let late = seen.found().into_iter().filter(|number| posts[*number].at > START + 21 * DAY).count();
    assert_eq!(late, 0, "{:?}", names(&seen.detector.trends()));
}

#[test]
fn slow_growth_is_no_trend() {
    let growing = (0..50_i64).flat_map(|day| {
        (0..day / 5).map(move |n| {
            let title = format!(
                "Ideas for remote kitchens part {} {}",
                (day * 31 + n * 7) % 97,
                ["a", "b", "c"][n as usize % 3]
            );
            post(day * DAY + 8 * HOUR + n * HOUR, 100 + (n + day) as u128 % 9, &title)
        })
    });
    let (posts, seen) = run(with(background(50, 60, 12), growing));
    let late = seen.found().into_iter().filter(|number| posts[*number].at > START + 12 * DAY).count();
    assert_eq!(late, 0, "{:?}", names(&seen.detector.trends()));
}

#[test]
fn a_small_brand_with_three_sources() {
    let burst = recall(24 * DAY + 9 * HOUR, HOUR, 3).into_iter().take(7);
    let (_, seen) = run(with(background(25, 20, 3), burst));
    assert_eq!(seen.found().len(), 1);
}

#[test]
fn a_burst_that_shares_a_word_with_a_running_trend_is_its_own() {
    let other = [
        "Brightwater sued over a recall that came late",
        "Why the answer of Brightwater took a year",
        "Brightwater kettles: the danger explained",
        "Court hears Brightwater in the kettle case",
        "Kettle maker Brightwater sets money aside",
        "Brightwater recall reaches ten countries",
        "What owners of Brightwater kettles should do",
    ];
    let other = other.iter().zip(0_u8..).map(|(title, n)| {
        post(24 * DAY + 14 * HOUR + i64::from(n) * HOUR / 2, 200 + u128::from(n) % 6, title)
    });
    let (_, seen) = run(with(with(background(25, 40, 12), recall(24 * DAY + 9 * HOUR, HOUR / 2, 6)), other));
    let trends = seen.detector.trends();
    assert_eq!(trends.len(), 2, "{:?}", names(&trends));
    let kettles = trends.iter().find(|trend| trend.name.contains("Brightwater")).expect("a trend of its own");
    assert!((5..=8).contains(&kettles.items), "{} items", kettles.items);
}

#[test]
fn what_is_over_does_not_go_on_by_one_word() {
    // one of the trend's words is said once a day before it and after it
    let later = (0..32_i64).map(|day| {
        post(
            day * DAY + 11 * HOUR,
            40 + day as u128 % 5,
            &format!("Garden lamp number {day} and its battery"),
        )
    });
    let burst = recall(24 * DAY + 9 * HOUR, HOUR / 2, 6);
    let (_, seen) = run(with(with(background(32, 40, 12), burst), later));
    let over = seen.changes.iter().find_map(|(_, change)| match &change.kind {
        Kind::Expired(trend) => Some(trend.items),
        _ => None,
    });
    // while it is fresh such a mention is taken for one of its own, later not
    assert!(over.is_some_and(|items| items <= 15), "{over:?}");
}

#[test]
fn two_at_once_are_two() {
    let storm = [
        "Solar storm paints aurora over Europe",
        "Aurora tonight: how to see the solar storm",
        "Strong solar storm could disturb grids",
        "Pictures of the aurora after the solar storm",
        "Why this solar storm is so strong",
        "Grids hold as solar storm passes",
    ];
    let storm = storm
        .iter()
        .zip(0_u8..)
        .map(|(title, n)| post(24 * DAY + 10 * HOUR + i64::from(n) * HOUR, 200 + u128::from(n) % 5, title));
    let (_, seen) = run(with(with(background(25, 40, 12), recall(24 * DAY + 9 * HOUR, HOUR / 2, 6)), storm));
    let trends = seen.detector.trends();
    assert_eq!(trends.len(), 2, "{:?}", names(&trends));
    assert!(
        trends.iter().any(|trend| trend.name.to_lowercase().contains("solar storm")),
        "{:?}",
        names(&trends)
    );
}

#[test]
fn other_languages() {
    let german = [
        "Bahnstreik legt den Norden lahm",
        "Was Reisende beim Bahnstreik jetzt wissen müssen",
        "Bahnstreik im Norden: Gewerkschaft bleibt hart",
        "Der Norden steht still: Bahnstreik geht weiter",
        "Gewerkschaft weitet den Bahnstreik aus",
        "Pendler im Norden leiden unter dem Bahnstreik",
    ];
    let chinese = [
        "量子电池突破：充电只要一分钟",
        "研究人员宣布量子电池突破",
        "量子电池真的来了吗",
        "一分钟充电，量子电池引发热议",
        "专家谈量子电池突破",
        "量子电池股票大涨",
    ];
    for (titles, code) in [(german, "de"), (chinese, "zh")] {
        let burst = titles.iter().zip(0_u8..).map(|(title, n)| Post {
            language: Language::from_tag(code).expect("known"),
            ..post(24 * DAY + 9 * HOUR + i64::from(n) * HOUR, 100 + u128::from(n) % 5, title)
        });
        let (_, seen) = run(with(background(25, 40, 12), burst));
        assert_eq!(seen.found().len(), 1, "{code}");
    }
}

#[test]
fn a_name_is_read_the_same_in_every_line_that_has_it() {
    // lines of names, which might be of any language, and the name would be cut otherwise there
    let titles = [
        "Labs race to repeat Fielfiro",
        "Fielfiro explained simply",
        "Leeds team defends Fielfiro result",
        "Nobel for Fielfiro? Kelmi smiles",
        "Critics doubt Fielfiro",
        "Paper on Fielfiro makes waves",
        "Fielfiro: Leeds group celebrates",
        "First independent test of Fielfiro",
    ];
    assert!(titles.iter().any(|title| Language::detect(title) != Language::ENGLISH));
    let burst = titles.iter().zip(0_u8..).map(|(title, n)| Post {
        language: Language::of_line(title),
        ..post(24 * DAY + 9 * HOUR + i64::from(n) * HOUR, 100 + u128::from(n) % 5, title)
    });
    let (_, seen) = run(with(background(25, 40, 12), burst));
    let trends = seen.detector.trends();
    assert_eq!(trends.len(), 1, "{:?}", names(&trends));
    assert_eq!(trends[0].items, 8);
}

#[test]
fn two_sides_of_one_thing_are_one_trend() {
    // some name the firm, some its head, some both: two trends for a while at most
    let titles = [
        "Elzorlo scandal: Rorosel quits",
        "Prosecutors raid Elzorlo headquarters",
        "Insider tells how Elzorlo hid payments",
        "Who is Rorosel?",
        "Elzorlo hid payments for years, says insider",
        "Rorosel: I did nothing wrong",
        "Prosecutors search Elzorlo offices",
        "Rorosel did nothing wrong, says lawyer",
        "Elzorlo shareholders demand answers from Rorosel",
        "Rorosel leaves by the back door",
        "New documents in the Elzorlo case",
        "Elzorlo board drops Rorosel",
        "What Rorosel will do next",
        "Elzorlo investors want Rorosel in court",
    ];
    let burst = titles.iter().zip(0_u8..).map(|(title, n)| {
        post(24 * DAY + 9 * HOUR + i64::from(n) * HOUR / 2, 100 + u128::from(n * 5) % 7, title)
    });
    let (_, seen) = run(with(background(25, 40, 12), burst));
    let trends = seen.detector.trends();
    assert_eq!(trends.len(), 1, "{:?}", names(&trends));
    assert!(trends[0].items >= 12, "{} items", trends[0].items);
}

#[test]
fn a_series_that_counts_up_is_no_trend() {
    // the days of years pass as hours: every release is announced in the same words
    let series = (0..10_i64).map(|n| {
        post(
            24 * DAY + 8 * HOUR + n * HOUR,
            100 + n as u128 % 5,
            &format!("Gimbal toolchain 1.{}.0 announced", 60 + n),
        )
    });
    let (_, seen) = run(with(background(25, 40, 12), series));
    assert_eq!(seen.found().len(), 0, "{:?}", names(&seen.detector.trends()));
}

#[test]
fn a_burst_may_be_more_than_all_that_came_lately() {
    // one item every forty days for two years, then twelve in six hours
    let quiet = background(730, 1, 9).into_iter().step_by(40);
    let (_, seen) = run(quiet.chain(recall(729 * DAY + 21 * HOUR, HOUR / 2, 6)).collect());
    let trends = seen.detector.trends();
    assert_eq!(trends.len(), 1, "{:?}", names(&trends));
    assert!(trends[0].items >= 11, "{} items", trends[0].items);
}

#[test]
fn late_items_count_up_to_a_week() {
    let mut posts = background(25, 40, 12);
    posts.extend(recall(24 * DAY + 9 * HOUR, HOUR / 2, 6));
    let (posts, mut seen) = run(posts);
    let before = seen.detector.trends()[0].items;
    let late = post(24 * DAY + 8 * HOUR, 300, "First reports of an X200 battery recall by Acme");
    push(&mut seen.detector, posts.len(), &late);
    assert_eq!(seen.detector.trends()[0].items, before + 1);
    push(
        &mut seen.detector,
        posts.len() + 1,
        &post(2 * DAY, 300, "An X200 battery recall by Acme, long ago"),
    );
    assert_eq!(seen.detector.trends()[0].items, before + 1);
    assert_eq!(seen.detector.too_late(), 1);
}

#[test]
fn it_ends_and_what_was_predicted_is_judged() {
    let (posts, mut seen) = run(with(background(25, 40, 12), recall(24 * DAY + 9 * HOUR, HOUR / 2, 6)));
    let last = posts.last().expect("posts").at;
    let mut states: Vec<Kind> = seen.changes.iter().map(|(_, change)| change.kind.clone()).collect();
    states.retain(|kind| *kind == Kind::Declining);
    let mut over = None;
    for hours in 1..24 * 9 {
        let now = DateTime::from_timestamp(last + hours * HOUR, 0).expect("a time");
        for change in seen.detector.advance(now) {
            match change.kind {
                Kind::Expired(trend) => over = Some(trend),
                kind => states.push(kind),
            }
        }
    }
    assert_eq!(states, [Kind::Declining]);
    let trend = over.expect("it is over");
    assert_eq!(trend.state, State::Expired);
    assert_eq!(seen.detector.trends().len(), 0);
    let outcome = evaluate(&trend);
    assert_eq!(outcome.items, trend.items);
    assert!((trend.onset.timestamp() - HOUR..=trend.last.timestamp() + HOUR).contains(&outcome.peak_at));
    assert!(outcome.held, "{outcome:?}");
}

#[test]
fn the_state_survives_a_restart_and_nothing_is_left_to_chance() {
    let mut posts = with(background(25, 40, 12), recall(24 * DAY + 9 * HOUR, HOUR / 2, 6));
    posts.sort_by_key(|post| post.at);
    let (_, whole) = run(posts.clone());
    let mut detector = Detector::new(Settings::default());
    let mut changes = Vec::new();
    for (number, post) in posts.iter().enumerate() {
        if number % 500 == 250 {
            let kept = serde_json::to_string(&detector).expect("it can be written");
            detector = serde_json::from_str(&kept).expect("it can be read");
        }
        changes.extend(push(&mut detector, number, post).into_iter().map(|change| (number, change)));
    }
    assert_eq!(changes, whole.changes);
}

#[test]
fn the_state_is_bounded() {
    let settings = Settings { items: 500, terms: 2_000, pairs: 1_000, topics: 10, ..Settings::default() };
    let mut detector = Detector::new(settings);
    let mut most = 0;
    let posts = background(20, 1_000, 50);
    for (number, post) in posts.iter().enumerate() {
        push(&mut detector, number, post);
        assert!(
            detector.recents.len() <= 500 && detector.terms.len() <= 2_000 && detector.topics.len() <= 10
        );
        if number == posts.len() / 2 {
            most = detector.bytes();
        }
    }
    assert!(detector.bytes() <= most * 3 / 2, "{} after {most}", detector.bytes());
}

#[test]
fn the_momentum_turns() {
    let burst = recall(24 * DAY + 9 * HOUR, HOUR / 4, 6);
    let last = burst.last().expect("posts").at;
    let mut posts = with(background(25, 40, 12), burst);
    posts.retain(|post| post.at <= last);
    let (posts, mut seen) = run(posts);
    let rising = seen.detector.trends()[0].momentum;
    let now = DateTime::from_timestamp(posts.last().expect("posts").at + 20 * HOUR, 0).expect("a time");
    seen.detector.advance(now);
    let after = seen.detector.trends()[0].momentum;
    assert!(after < rising, "{rising} then {after}");
}
