//! What the demo's brand says of itself on its website. There may be no network, so the pages are given instead of fetched;
//! what is read of them, with its evidence, is the reader's own work, and waits to be accepted as after any reading.

use anyhow::{Context as _, Result};
use bellwether_kernel::{BrandAccess, Problem, RequestContext};
use url::Url;

use crate::wiring::App;

/// Nobody's address: `.example` is reserved (RFC 2606).
const PAGES: [(&str, &str); 4] = [
    ("https://unhurried.example/", include_str!("../../demo/website/home.html")),
    ("https://unhurried.example/about", include_str!("../../demo/website/about.html")),
    ("https://unhurried.example/prices", include_str!("../../demo/website/prices.html")),
    ("https://unhurried.example/contact", include_str!("../../demo/website/contact.html")),
];

/// Reads the pages, once.
pub async fn prepare(app: &App, access: &BrandAccess) -> Result<()> {
    let website = app.brands.get_website(access).await.map_err(Problem::from)?;
    if website.latest.is_some() {
        return Ok(());
    }
    let pages: Vec<(Url, &str)> = PAGES
        .into_iter()
        .map(|(url, html)| Ok((Url::parse(url)?, html)))
        .collect::<Result<_>>()
        .context("the demo's website has no address")?;
    app.brands.add_demo_website(access, &pages, &RequestContext::default()).await.map_err(Problem::from)?;
    Ok(())
}
