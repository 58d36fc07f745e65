//! Which links of a page are worth following.

use std::collections::VecDeque;

use url::Url;

use super::{Link, SitePage};

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageKind {
    /// The first page.
    Home,
    /// Who they are.
    About,
    /// What they sell or do, and what it costs.
    Offers,
    /// Where they are and how to reach them.
    Contact,
    /// Questions and answers.
    Questions,
    /// Articles.
    Articles,
    /// Anything else.
    Other,
}

/// Parts of addresses and labels, in the languages that are read, most telling first.
const WORDS: [(PageKind, &[&str]); 5] = [
    (
        PageKind::About,
        &[
            "about",
            "who-we-are",
            "our-story",
            "story",
            "mission",
            "team",
            "uber-uns",
            "ueber-uns",
            "über",
            "wir",
            "ueber-mich",
            "a-propos",
            "qui-sommes",
            "sobre",
            "quienes-somos",
            "nosotros",
            "chi-siamo",
            "quem-somos",
            "over-ons",
            "over-mij",
        ],
    ),
    (
        PageKind::Offers,
        &[
            "services",
            "service",
            "products",
            "product",
            "pricing",
            "prices",
            "plans",
            "shop",
            "store",
            "courses",
            "workshops",
            "menu",
            "offer",
            "leistungen",
            "angebot",
            "preise",
            "produkte",
            "kurse",
            "prestations",
            "tarifs",
            "produits",
            "boutique",
            "servicios",
            "precios",
            "productos",
            "tienda",
            "servizi",
            "prezzi",
            "prodotti",
            "servicos",
            "serviços",
            "precos",
            "preços",
            "produtos",
            "diensten",
            "prijzen",
            "producten",
            "aanbod",
        ],
    ),
    (
        PageKind::Contact,
        &[
            "contact",
            "kontakt",
            "impressum",
            "imprint",
            "contacto",
            "contatti",
            "contato",
            "location",
            "visit",
            "find-us",
            "standort",
            "anfahrt",
        ],
    ),
    (PageKind::Questions, &["faq", "questions", "fragen", "preguntas", "domande", "perguntas", "help"]),
    (
        PageKind::Articles,
        &["blog", "news", "articles", "journal", "magazin", "stories", "noticias", "actualites"],
    ),
];

/// Pages that say nothing of a business.
const NEVER: [&str; 22] = [
    "login",
    "signin",
    "sign-in",
    "signup",
    "sign-up",
    "register",
    "account",
    "cart",
    "checkout",
    "basket",
    "privacy",
    "datenschutz",
    "terms",
    "agb",
    "cookie",
    "legal",
    "feed",
    "rss",
    "wp-admin",
    "wp-json",
    "cdn-cgi",
    "search",
];

/// Endings of what is no page.
const FILES: [&str; 18] = [
    ".pdf", ".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".zip", ".mp4", ".mp3", ".ics", ".xml",
    ".json", ".css", ".js", ".docx", ".xlsx", ".woff2",
];

impl PageKind {
    /// By the path of its address and the words that link to it.
    pub fn of(path: &str, label: &str) -> Self {
        let parts = |text: &str| -> Vec<String> {
            text.to_lowercase()
                .split(|c: char| !c.is_alphanumeric() && c != '-')
                .filter(|part| !part.is_empty())
                .map(|part| part.trim_end_matches(".html").to_owned())
                .collect()
        };
        let said = |parts: &[String], words: &[&str]| {
            parts.iter().any(|part| {
                words.iter().any(|word| part == word || part.split('-').any(|piece| piece == *word))
            })
        };
        let path = parts(path);
        // a page far down is about what its folder is about, by the last part that says so
        let label = if label.chars().count() <= 40 { parts(label) } else { Vec::new() };
        for parts in [&path, &label] {
            if let Some((kind, _)) = WORDS.iter().find(|(_, words)| said(parts, words)) {
                return *kind;
            }
        }
        Self::Other
    }

    /// Pages of a kind that are worth reading.
    const fn most(self) -> usize {
        match self {
            Self::Home | Self::Questions | Self::Contact => 1,
            Self::About => 3,
            Self::Offers => 4,
            Self::Articles | Self::Other => 2,
        }
    }
}

/// An address to read.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) url: Url,
    pub(super) kind: PageKind,
}

/// The links of a page that may lead to something worth reading.
pub(super) fn of(links: &[Link]) -> Vec<Found> {
    links
        .iter()
        .filter_map(|link| {
            let url = tidy(&link.url);
            let path = url.path().to_lowercase();
            let pieces = || path.split(['/', '-', '.', '_']);
            let never = NEVER
                .iter()
                .any(|word| path.split('/').any(|part| part == *word) || pieces().any(|p| p == *word));
            if never
                || FILES.iter().any(|ending| path.ends_with(ending))
                || url.query().is_some_and(|q| q.len() > 60)
            {
                return None;
            }
            let kind = if path == "/" { PageKind::Home } else { PageKind::of(&path, &link.label) };
            Some(Found { url, kind })
        })
        .collect()
}

/// Takes the most telling of those that wait: of kinds that are not read yet, near the top of the site.
pub(super) fn take_best(waiting: &mut VecDeque<Found>, read: &[SitePage]) -> Option<Found> {
    let there = |kind: PageKind| read.iter().filter(|page| page.kind == kind).count();
    let best = waiting
        .iter()
        .enumerate()
        .filter(|(_, one)| there(one.kind) < one.kind.most())
        .min_by_key(|(at, one)| {
            let depth = one.url.path().trim_matches('/').split('/').count();
            // what nothing is known of comes last
            ((one.kind == PageKind::Other, there(one.kind), one.kind), depth, *at)
        })
        .map(|(at, _)| at)?;
    waiting.remove(best)
}

/// Without the fragment and what only tracks.
pub(super) fn tidy(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !(name.starts_with("utm_") || matches!(&**name, "fbclid" | "gclid" | "ref")))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if kept.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    if url.path().len() > 1 && url.path().ends_with('/') {
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
    }
    url
}

/// Whether two addresses are of one site, with or without `www.`.
pub(super) fn same_site(a: &Url, b: &Url) -> bool {
    let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    matches!(b.scheme(), "http" | "https") && host(a) == host(b) && a.port() == b.port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_by_address_and_label() {
        for (path, label, kind) in [
            ("/about-us", "", PageKind::About),
            ("/ueber-uns", "", PageKind::About),
            ("/x7", "Our prices", PageKind::Offers),
            ("/x7", "Preise", PageKind::Offers),
            ("/services/roofing.html", "Read more", PageKind::Offers),
            ("/kontakt", "So finden Sie uns", PageKind::Contact),
            ("/blog/how-we-bake", "", PageKind::Articles),
            (
                "/2024/autumn",
                "A very long label about how we describe our services in autumn",
                PageKind::Other,
            ),
        ] {
            assert_eq!(PageKind::of(path, label), kind, "{path} {label}");
        }
    }

    #[test]
    fn what_only_tracks_is_left_out() {
        let url = Url::parse("https://a.example/shop/?utm_source=x&size=2#top").unwrap();
        assert_eq!(tidy(&url).as_str(), "https://a.example/shop?size=2");
        let url = Url::parse("https://a.example/?fbclid=1").unwrap();
        assert_eq!(tidy(&url).as_str(), "https://a.example/");
    }

    #[test]
    fn shops_baskets_and_files_are_not_followed() {
        let link = |path: &str| Link {
            url: Url::parse("https://a.example").unwrap().join(path).unwrap(),
            label: String::new(),
            button: false,
        };
        let links = [link("/cart"), link("/menu.pdf"), link("/user/login"), link("/about")];
        let found = of(&links);
        assert_eq!(found.iter().map(|one| one.url.path()).collect::<Vec<_>>(), ["/about"]);
    }
}
