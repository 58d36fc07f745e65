//! The browser app is embedded at compile time; its built files have hashed names, so only their folder tells of news.
//! Whoever builds the app and the program side by side says instead what the app is made from.

fn main() {
    println!("cargo:rerun-if-env-changed=BROWSER_APP");
    if std::env::var_os("BROWSER_APP").is_none() {
        println!("cargo:rerun-if-changed=../../web/dist");
    }
    // An installation keeps one copy of functions that are the same, of which generic code makes many: less of the program
    // has to be in memory. Where rustc links by its own linker, which knows how.
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
    {
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
    }
}
