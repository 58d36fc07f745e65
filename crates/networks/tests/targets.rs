//! Each network by examples: what it takes, what it refuses, where it says so and what a model is asked.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may fail a test")]

use bellwether_networks::{
    CallToAction, Content, Instance, Numbering, Part, Shape, Slide, Target, is_valid, json_schema, measure,
    shorten, shorten_for, split_thread, validate, validate_on,
};

fn post(text: &str) -> Content {
    Content::Post {
        post: text.into(),
        opening_hook: String::new(),
        cta: None,
        hashtags: vec![],
        mentions: vec![],
        media_prompt: None,
    }
}

fn thread(posts: &[&str]) -> Content {
    Content::Thread {
        thread: posts.iter().map(|&post| post.into()).collect(),
        post_count: u32::try_from(posts.len()).unwrap(),
        hashtags: vec![],
        mentions: vec![],
        media_prompt: None,
    }
}

fn script(caption: &str, duration_seconds: u32) -> Content {
    Content::Script {
        hooks: vec!["Stop.".into()],
        talking_points: vec!["One.".into()],
        script: "Stop. One.".into(),
        caption: caption.into(),
        cta: None,
        hashtags: vec![],
        duration_seconds,
    }
}

fn carousel(slides: usize, caption: &str) -> Content {
    Content::Carousel {
        slides: (0..slides)
            .map(|index| Slide { title: format!("Slide {index}"), body: String::new() })
            .collect(),
        caption: caption.into(),
        cta: None,
        hashtags: vec![],
        media_prompt: None,
    }
}

fn email(subject: &str, url: Option<&str>) -> Content {
    Content::Email {
        subject: subject.into(),
        preheader: String::new(),
        body: "Hello.".into(),
        cta: Some(CallToAction { text: "Read".into(), url: url.map(Into::into) }),
    }
}

fn article(title: &str, description: &str, tags: &[&str]) -> Content {
    Content::Article {
        title: title.into(),
        description: description.into(),
        body: "Text.".into(),
        tags: tags.iter().map(|&tag| tag.into()).collect(),
    }
}

/// What is said, as `path code`.
fn said(target: Target, content: &Content) -> Vec<String> {
    validate(target, content).into_iter().map(|issue| format!("{} {}", issue.path, issue.code)).collect()
}

fn a(count: usize) -> String {
    "a".repeat(count)
}

#[test]
fn good_content_passes_everywhere() {
    for &target in Target::ALL {
        let content = match target.shape() {
            Shape::Post => post("Plain words."),
            Shape::Thread => thread(&["1/ First.", "2/ Second."]),
            Shape::Script => script("A caption", 30),
            Shape::Carousel => carousel(5, "A caption"),
            Shape::Email => email("Subject", Some("https://example.com/")),
            Shape::Article => article("Title", "What it is about.", &["rust"]),
        };
        assert_eq!(said(target, &content), [""; 0], "{target}");
        assert!(is_valid(target, &content));
    }
}

#[test]
fn lengths_at_the_border() {
    for (target, limit) in [
        (Target::XPost, 280),
        (Target::XQuote, 280),
        (Target::LinkedinLong, 3_000),
        (Target::InstagramCaption, 2_200),
        (Target::FacebookPost, 63_206),
        (Target::ThreadsPost, 500),
        (Target::YoutubeCommunity, 5_000),
        (Target::GoogleBusinessPost, 1_500),
        (Target::BlueskyPost, 300),
        (Target::MastodonPost, 500),
        (Target::SandboxPost, 500),
    ] {
        assert_eq!(said(target, &post(&a(limit))), [""; 0], "{target}");
        assert_eq!(said(target, &post(&a(limit + 1))), ["post too_long"], "{target}");
    }
    assert_eq!(said(Target::LinkedinShort, &post(&a(701))), ["post long"]);
    assert!(is_valid(Target::LinkedinShort, &post(&a(701))));
}

#[test]
fn each_in_its_own_counting() {
    let smileys = |count| post(&"😀".repeat(count));
    // X two, Instagram two UTF-16 units, Threads four bytes, Bluesky and Mastodon one
    for (target, most) in [
        (Target::XPost, 140),
        (Target::InstagramCaption, 1_100),
        (Target::ThreadsPost, 125),
        (Target::BlueskyPost, 300),
        (Target::MastodonPost, 500),
    ] {
        assert_eq!(said(target, &smileys(most)), [""; 0], "{target}");
        assert_eq!(said(target, &smileys(most + 1)), ["post too_long"], "{target}");
    }
    // one grapheme of 25 bytes: Bluesky's bytes run out first
    let families = post(&"👨‍👩‍👧‍👦".repeat(121));
    assert_eq!(said(Target::BlueskyPost, &families), ["post too_long"]);
    let long = format!("https://example.com/{}", a(400));
    assert_eq!(said(Target::XPost, &post(&long)), [""; 0]);
    assert_eq!(said(Target::MastodonPost, &post(&long)), [""; 0]);
    assert_eq!(said(Target::BlueskyPost, &post(&long)), ["post too_long"]);
}

#[test]
fn messages_say_what_where_and_how_to_mend() {
    let issues = validate(Target::XThread, &thread(&["Fine.", &a(300)]));
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].path, "thread/1");
    assert_eq!(issues[0].message, "The text has 300 characters; X takes 280. Shorten it by 20 characters.");
}

#[test]
fn instances_of_mastodon() {
    let instance = Instance { max_characters: 1_000, ..Instance::default() };
    assert!(validate_on(instance, Target::MastodonPost, &post(&a(1_000))).is_empty());
    assert_eq!(validate_on(instance, Target::MastodonPost, &post(&a(1_001)))[0].code, "too_long");
}

#[test]
fn form() {
    assert_eq!(said(Target::XPost, &post(" \n")), ["post empty"]);
    assert_eq!(said(Target::XPost, &thread(&["a", "b"])), ["shape wrong_shape"]);
    assert_eq!(said(Target::XThread, &thread(&["a"])), ["thread too_few_posts"]);
    assert_eq!(said(Target::XThread, &thread(&["a"; 26])), ["thread many_posts"]);
    assert_eq!(said(Target::XThread, &thread(&["a", "", "b"])), ["thread/1 empty"]);
    let Content::Thread { thread, hashtags, mentions, media_prompt, .. } = thread(&["a", "b"]) else {
        unreachable!()
    };
    let miscounted = Content::Thread { thread, post_count: 5, hashtags, mentions, media_prompt };
    assert_eq!(said(Target::XThread, &miscounted), ["post_count wrong_count"]);
    assert_eq!(said(Target::InstagramCarousel, &carousel(1, "c")), ["slides too_few_slides"]);
    assert_eq!(said(Target::InstagramCarousel, &carousel(11, "c")), ["slides too_many_slides"]);
    assert_eq!(said(Target::LinkedinCarousel, &carousel(17, "c")), ["slides many_slides"]);
    assert_eq!(said(Target::YoutubeShortScript, &script("A <b>", 30)), ["caption forbidden_character"]);
    assert_eq!(said(Target::YoutubeShortScript, &script("A", 181)), ["duration_seconds too_long"]);
    assert_eq!(said(Target::TiktokScript, &script("A", 1)), ["duration_seconds too_short"]);
    assert_eq!(said(Target::TiktokScript, &script(&a(2_201), 30)), ["caption too_long"]);
    assert_eq!(said(Target::YoutubeShortScript, &script(&a(101), 30)), ["caption too_long"]);
    assert_eq!(said(Target::XPost, &post("a\u{0}b")), ["post invisible_character"]);
    assert_eq!(said(Target::XPost, &post("a\u{FFFE}b")), ["post invisible_character"]);
}

#[test]
fn letters_and_articles() {
    assert_eq!(said(Target::EmailNewsletter, &email("", Some("https://example.com"))), ["subject empty"]);
    assert_eq!(said(Target::EmailNewsletter, &email(&a(61), None)), ["subject long"]);
    assert_eq!(said(Target::EmailNewsletter, &email(&a(151), None)), ["subject too_long"]);
    assert_eq!(said(Target::EmailNewsletter, &email("a\nb", None)), ["subject line_break"]);
    assert_eq!(
        said(Target::EmailNewsletter, &email("a", Some("javascript:alert(1)"))),
        ["cta/url invalid_url"]
    );
    assert_eq!(said(Target::BlogArticle, &article("T", &a(161), &[])), ["description too_long"]);
    assert_eq!(
        said(Target::BlogArticle, &article("", "", &["#rust"])),
        ["title empty", "tags/0 malformed_tag"]
    );
}

#[test]
fn hashtags_and_mentions() {
    let tagged = |text: &str, tags: &[&str]| Content::Post {
        post: text.into(),
        opening_hook: String::new(),
        cta: None,
        hashtags: tags.iter().map(|&tag| tag.into()).collect(),
        mentions: vec![],
        media_prompt: None,
    };
    let six = "#a #b #c #d #e #f";
    assert_eq!(said(Target::InstagramCaption, &tagged(six, &[])), ["post too_many_hashtags"]);
    assert_eq!(said(Target::ThreadsPost, &tagged("One #a two #b", &[])), ["post too_many_hashtags"]);
    assert_eq!(said(Target::LinkedinLong, &tagged(six, &[])), [""; 0]);
    assert_eq!(
        said(Target::XPost, &tagged("a", &["no", "#two words", "#fine"])),
        ["hashtags/0 malformed_hashtag", "hashtags/1 malformed_hashtag"]
    );
    assert_eq!(said(Target::XPost, &tagged("a", &["#A", "#a"])), ["hashtags repeated_hashtag"]);
    assert_eq!(said(Target::GoogleBusinessPost, &tagged("a", &["#a"])), ["hashtags too_many_hashtags"]);
    let crowd: String = (0..11).fold(String::new(), |text, index| text + &format!("@user{index} "));
    assert_eq!(said(Target::XPost, &post(&crowd)), ["post too_many_mentions"]);
}

#[test]
fn links() {
    let text = "See https://example.com/page";
    assert_eq!(said(Target::InstagramCaption, &post(text)), ["post link_not_clickable"]);
    assert!(is_valid(Target::InstagramCaption, &post(text)));
    let six: String =
        (0..6).fold(String::new(), |text, index| text + &format!("https://example.com/{index} "));
    assert_eq!(said(Target::ThreadsPost, &post(&six)), ["post too_many_links"]);
    assert_eq!(said(Target::YoutubeCommunity, &post(text)), [""; 0]);
    assert_eq!(said(Target::YoutubeShortScript, &script(text, 30)), ["caption link_not_clickable"]);
    let same = "https://example.com/ ".repeat(6);
    assert_eq!(said(Target::ThreadsPost, &post(&same)), [""; 0]);
    assert_eq!(said(Target::GoogleBusinessPost, &post("Call 555-010-9999")), ["post phone_number"]);
}

#[test]
fn splitting() {
    let sentence = "This is a sentence of some length that says one thing and no other thing at all. ";
    let text = sentence.repeat(8);
    let posts = split_thread(&text, Target::XThread, Numbering::Slash);
    assert_eq!(posts.len(), 3);
    for (index, post) in posts.iter().enumerate() {
        assert!(post.starts_with(&format!("{}/ This is", index + 1)), "{post}");
        assert!(post.ends_with("at all."), "{post}");
        assert!(measure(Target::XThread, post).fits());
    }
    assert_eq!(split_thread("Short.", Target::XThread, Numbering::Slash), ["Short."]);
    assert_eq!(split_thread(" \n ", Target::XThread, Numbering::Slash), [""; 0]);

    let abbreviated = format!(
        "{}Dr. Smith met Mrs. J. Jones at 3.30 p.m. on the pier. {}",
        &sentence.repeat(3),
        sentence.repeat(3)
    );
    let posts = split_thread(&abbreviated, Target::XThread, Numbering::None);
    assert!(
        posts.iter().any(|post| post.contains("Dr. Smith met Mrs. J. Jones at 3.30 p.m. on the pier.")),
        "{posts:?}"
    );

    let japanese = "これはとても長い文章です。".repeat(30);
    let posts = split_thread(&japanese, Target::XThread, Numbering::None);
    assert!(
        posts.iter().all(|post| post.ends_with('。') && measure(Target::XThread, post).fits()),
        "{posts:?}"
    );

    let posts = split_thread(&a(600), Target::XThread, Numbering::None);
    assert_eq!(posts.iter().map(String::len).collect::<Vec<_>>(), [280, 280, 40]);

    let paragraphs = "First thought.\n\nSecond thought.";
    assert_eq!(split_thread(paragraphs, Target::XThread, Numbering::None), [paragraphs]);
}

#[test]
fn shortening() {
    let text = "One thing is said here. Another thing, rather longer, is said after it.";
    assert_eq!(shorten(text, 200), text);
    assert_eq!(shorten(text, 40), "One thing is said here.");
    assert_eq!(shorten("Several words without any stop at all", 20), "Several words…");
    assert_eq!(shorten("Incomprehensibilities", 6), "Incom…");
    assert_eq!(shorten("See https://example.com/a/long/path for more", 30), "See…");
    assert_eq!(shorten("", 5), "");
    let title = shorten_for(Target::YoutubeShortScript, Part::Caption, &"word ".repeat(40));
    assert!(title.ends_with("word…") && title.len() <= 102, "{title}");
}

#[test]
fn schemas_ask_for_what_content_reads() {
    for &target in Target::ALL {
        let schema = json_schema(target);
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(schema["required"].as_array().unwrap().len(), properties.len(), "{target}");
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(properties["shape"]["enum"][0], target.shape().as_str());
        // the least that the schema allows reads as content of the shape, and every name of it is there
        let filled = least(&schema);
        let content: Content =
            serde_json::from_value(filled.clone()).unwrap_or_else(|error| panic!("{target}: {error}"));
        assert_eq!(content.shape(), target.shape());
        assert_eq!(
            serde_json::to_value(&content).unwrap().as_object().unwrap().len(),
            properties.len(),
            "{target}"
        );
    }
    let x = json_schema(Target::XThread);
    assert_eq!(x["properties"]["thread"]["maxItems"], 25);
    assert!(x["properties"]["thread"]["items"]["description"].as_str().unwrap().contains("280"));
    assert_eq!(json_schema(Target::TiktokScript)["properties"]["caption"]["maxLength"], 2_200);
}

/// The smallest value that a schema allows.
fn least(schema: &serde_json::Value) -> serde_json::Value {
    use serde_json::{Value, json};
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap();
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match kind {
        "string" => json!("a"),
        "integer" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "array" => {
            let count = schema["minItems"].as_u64().unwrap_or(0);
            (0..count).map(|_| least(&schema["items"])).collect::<Vec<_>>().into()
        }
        _ => {
            let fields = schema["properties"].as_object().unwrap();
            Value::Object(fields.iter().map(|(name, schema)| (name.clone(), least(schema))).collect())
        }
    }
}
