//! The browser app is embedded at compile time; its built files have hashed names, so only their folder tells of news.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
