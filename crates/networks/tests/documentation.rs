//! The page about networks says what the rules say. `UPDATE_DOCUMENTATION=1 cargo test -p bellwether-networks` writes it.

use std::path::Path;

#[test]
fn page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/networks.md");
    let page = bellwether_networks::documentation();
    if std::env::var_os("UPDATE_DOCUMENTATION").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/networks.md is not what the rules say: run `UPDATE_DOCUMENTATION=1 cargo test -p bellwether-networks`"
    );
}
