//! What a page says about itself for programs, and where it leads.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use crate::markup::{Cut, line};

/// Tags that are looked at; more are noise.
const MOST_TAGS: usize = 6_000;
/// Links of a page that are kept.
const MOST_LINKS: usize = 400;
/// Objects of structured data that are kept.
const MOST_OBJECTS: usize = 300;
/// Feeds of a page that are kept.
const MOST_FEEDS: usize = 12;
/// What feeds are served as.
const FEEDS: [&str; 4] =
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"];
/// Tags whose words are looked at.
const WORDED: [&str; 5] = ["a", "h1", "h2", "h3", "button"];

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Absolute.
    pub url: Url,
    /// Its words.
    pub label: String,
    /// Whether it is made to look like something to press.
    pub button: bool,
}

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    /// Absolute.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
}

/// What a page says about itself.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Of the head.
    pub title: Option<String>,
    /// `meta description`, else that of Open Graph.
    pub description: Option<String>,
    /// `og:site_name`.
    pub site_name: Option<String>,
    /// `meta keywords`.
    pub keywords: Vec<String>,
    /// `html lang`.
    pub language: Option<String>,
    /// Objects of schema.org in JSON-LD, those within others included, outermost first.
    pub structured: Vec<Value>,
    /// Headings, `h1` to `h3`.
    pub headings: Vec<String>,
    /// Links to pages.
    pub links: Vec<Link>,
    /// Feeds of the page: `link rel=alternate` of a type that feeds have.
    pub feeds: Vec<FeedLink>,
    /// Words on buttons that are no links.
    pub buttons: Vec<String>,
    /// Addresses of `mailto:` links.
    pub emails: Vec<String>,
    /// Numbers of `tel:` links.
    pub phones: Vec<String>,
}

impl Facts {
    /// Reads a page.
    pub fn of(html: &str, base: &Url) -> Self {
        let cut = Cut::of(html, &WORDED, MOST_TAGS);
        let mut facts = Self::default();
        facts.take_flat(&cut, base);
        for value in cut.data {
            facts.take_structured(value);
        }
        facts
    }

    fn take_flat(&mut self, cut: &Cut, base: &Url) {
        let meta = |names: &[&str]| cut.meta(names, 1_000);
        let dom = &cut.dom;
        self.title = cut.title(300).or_else(|| meta(&["og:title"]));
        self.description = meta(&["description", "og:description", "twitter:description"]);
        self.site_name = meta(&["og:site_name", "application-name"]);
        self.keywords = meta(&["keywords"])
            .map(|text| text.split(',').filter_map(|word| line(word, 80)).take(30).collect())
            .unwrap_or_default();
        self.language = cut.attribute("html", "lang", 40);
        self.headings =
            dom.select("h1, h2, h3").iter().filter_map(|node| line(&node.text(), 200)).take(100).collect();
        self.buttons =
            dom.select("button").iter().filter_map(|node| line(&node.text(), 60)).take(60).collect();
        for node in dom.select("link[rel][href]").iter().take(MOST_FEEDS * 20) {
            let attribute =
                |name: &str| node.attr(name).map(|value| value.trim().to_lowercase()).unwrap_or_default();
            let feed = attribute("rel").split_whitespace().any(|word| word == "alternate")
                && FEEDS.contains(&attribute("type").split(';').next().unwrap_or_default().trim());
            let target = node.attr("href").unwrap_or_default();
            if feed
                && let Ok(url) = base.join(target.trim())
                && matches!(url.scheme(), "http" | "https")
                && self.feeds.len() < MOST_FEEDS
                && !self.feeds.iter().any(|one| one.url == url)
            {
                self.feeds
                    .push(FeedLink { url, title: node.attr("title").and_then(|title| line(&title, 200)) });
            }
        }
        let mut seen = HashSet::new();
        for node in &dom.select("a") {
            let Some(target) = node.attr("href") else { continue };
            let target = target.trim();
            if let Some(address) = target.strip_prefix("mailto:") {
                let address = address.split('?').next().unwrap_or_default();
                if address.contains('@')
                    && address.len() <= 254
                    && !self.emails.iter().any(|one| one == address)
                {
                    self.emails.push(address.to_owned());
                }
            } else if let Some(number) = target.strip_prefix("tel:") {
                if let Some(number) = line(&number.replace("%20", " "), 40)
                    && !self.phones.contains(&number)
                {
                    self.phones.push(number);
                }
            } else if let Ok(url) = base.join(target)
                && matches!(url.scheme(), "http" | "https")
                && target.len() <= 2_000
                && self.links.len() < MOST_LINKS
            {
                let label = line(&node.text(), 120)
                    .or_else(|| node.attr("aria-label").and_then(|label| line(&label, 120)))
                    .unwrap_or_default();
                let class = node.attr("class").map(|class| class.to_lowercase()).unwrap_or_default();
                let button = class.contains("btn")
                    || class.contains("button")
                    || class.contains("cta")
                    || node.attr("role").is_some_and(|role| &*role == "button");
                if seen.insert((url.clone(), label.clone())) {
                    self.links.push(Link { url, label, button });
                }
            }
        }
        self.emails.truncate(10);
        self.phones.truncate(10);
    }

    /// Keeps every object that says what it is.
    fn take_structured(&mut self, value: Value) {
        let mut open = std::collections::VecDeque::from([value]);
        while let Some(value) = open.pop_front() {
            if self.structured.len() >= MOST_OBJECTS || open.len() > 10 * MOST_OBJECTS {
                return;
            }
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(object) => {
                    open.extend(
                        object.values().filter(|value| value.is_object() || value.is_array()).cloned(),
                    );
                    if object.contains_key("@type") {
                        self.structured.push(Value::Object(object));
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(html: &str) -> Facts {
        Facts::of(html, &Url::parse("https://a.example/deep/page").unwrap())
    }

    #[test]
    fn what_a_page_says_of_itself() {
        let html = r#"<!doctype html><html lang=en><head><title>Rye &amp; Time</title>
            <meta name="description" content="We bake rye bread.">
            <meta property="og:site_name" content="Rye &amp; Time"><meta name=keywords content="rye, bread ,">
            <script type="application/ld+json">{"@graph":[{"@type":"Bakery","name":"Rye","address":{"@type":"PostalAddress","addressLocality":"Ghent"}}]}</script>
            <!-- <a href="/hidden">no</a> --></head><body><h1>Bread <em>with</em> time</h1>
            <a class="btn-primary" href="/order">Order <b>now</b></a><a href=mailto:hello@a.example?subject=x>Mail</a>
            <a href="tel:+32%209">Call</a><a href="javascript:alert(1)">x</a><button>Subscribe</button></body></html>"#;
        let facts = facts(html);
        assert_eq!(facts.title.as_deref(), Some("Rye & Time"));
        assert_eq!(facts.description.as_deref(), Some("We bake rye bread."));
        assert_eq!(facts.site_name.as_deref(), Some("Rye & Time"));
        assert_eq!(facts.keywords, ["rye", "bread"]);
        assert_eq!(facts.language.as_deref(), Some("en"));
        assert_eq!(facts.headings, ["Bread with time"]);
        assert_eq!(facts.buttons, ["Subscribe"]);
        assert_eq!(
            (facts.emails, facts.phones),
            (vec!["hello@a.example".to_owned()], vec!["+32 9".to_owned()])
        );
        let url = Url::parse("https://a.example/order").unwrap();
        assert_eq!(facts.links, [Link { url, label: "Order now".into(), button: true }]);
        let kinds: Vec<&str> = facts.structured.iter().filter_map(|value| value["@type"].as_str()).collect();
        assert_eq!(kinds, ["Bakery", "PostalAddress"]);
    }

    #[test]
    fn hostile_pages_are_survived() {
        facts(&"<a href=x>".repeat(100_000));
        facts(&"<div>".repeat(200_000));
        facts(&format!("<script type='application/ld+json'>{}", "[".repeat(100_000)));
        facts(&format!(
            "<script type='application/ld+json'>[{}]</script>",
            "{\"@type\":\"A\"},".repeat(5_000)
        ));
        facts("<a href='");
        facts("<!--");
        facts("<title>é");
    }
}
