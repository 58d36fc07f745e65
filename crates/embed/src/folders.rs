//! Where the model's files may lie.

use std::path::PathBuf;

/// The folder of the wheel's release, below a cache.
const RELEASE: &str = "minilm-0.1.0";

/// Where `scripts/minilm.sh` puts the files, the likeliest first; `env` looks up environment variables.
pub fn folders(env: &dyn Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(own) = set("BELLWETHER_MINILM_DIR") {
        return vec![own];
    }
    let mut caches: Vec<PathBuf> = set("BELLWETHER_CACHE").into_iter().collect();
    if caches.is_empty() {
        let home = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
        caches.extend(home.map(|home| home.join("bellwether")));
        caches.push("/var/cache/bellwether".into());
    }
    caches.into_iter().map(|cache| cache.join(RELEASE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_ones_own_is_the_only_one() {
        let env = |name: &str| match name {
            "BELLWETHER_MINILM_DIR" => Some("/model".to_owned()),
            "HOME" => Some("/home/ada".to_owned()),
            _ => None,
        };
        assert_eq!(folders(&env), [PathBuf::from("/model")]);
        let home = |name: &str| (name == "HOME").then(|| "/home/ada".to_owned());
        assert_eq!(
            folders(&home),
            [
                PathBuf::from("/home/ada/.cache/bellwether/minilm-0.1.0"),
                PathBuf::from("/var/cache/bellwether/minilm-0.1.0")
            ]
        );
    }
}
