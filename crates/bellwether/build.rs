//! The browser app is embedded at compile time; its built files have hashed names, so only their folder tells of news.
//! Whoever builds the app and the program side by side says instead what the app is made from.

fn main() {
    println!("cargo:rerun-if-env-changed=BROWSER_APP");
    if std::env::var_os("BROWSER_APP").is_none() {
        println!("cargo:rerun-if-changed=../../web/dist");
    }
}
