//! The browser app, inside the binary.

use bellwether_web::{Asset, AssetSource};
use rust_embed::RustEmbed;

/// What `npm run build` wrote. A build without it is a program without its app, and the page says so.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Bellwether</title>\
<h1>The browser app is not built</h1><p>Run <code>make run</code>, or <code>npm install &amp;&amp; npm run build</code> \
in the folder <code>web</code> and build the program again. The API works: \
<a href=\"/api/docs\">its reference</a>.</p></html>";

/// The files of the browser app.
pub struct BrowserApp;

impl AssetSource for BrowserApp {
    fn get(&self, path: &str) -> Option<Asset> {
        if let Some(file) = Dist::get(path) {
            let hash = file.metadata.sha256_hash();
            let etag = bellwether_kernel::hex(&hash[..16]);
            let content_type = file.metadata.mimetype().to_owned();
            return Some(Asset { bytes: file.data, etag, content_type: content_type.into() });
        }
        (path == "index.html").then(|| Asset {
            bytes: NOT_BUILT.as_bytes().into(),
            etag: "not-built".to_owned(),
            content_type: "text/html; charset=utf-8".into(),
        })
    }
}
