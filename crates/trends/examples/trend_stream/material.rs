//! What streams are made of: sentences of the articles by date, their words, sentences in other languages.

use std::{collections::BTreeMap, fs, path::Path};

use bellwether_language::{Document, Language, sentences, words};

use crate::random::Random;

pub struct Article {
    /// `2015/05/15` or nothing.
    pub date: String,
    pub author: String,
    pub title: String,
    pub sentences: Vec<String>,
}

pub struct Material {
    /// By date.
    pub articles: Vec<Article>,
    /// Words that are neither frequent nor unique, by frequency.
    pub vocabulary: Vec<String>,
    /// Sentences in other languages, where they lie beside the articles.
    pub foreign: Vec<(Language, Vec<String>)>,
}

impl Material {
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let mut articles = Vec::new();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut paths: Vec<_> = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        paths.sort_by_key(fs::DirEntry::path);
        for entry in paths {
            let raw = fs::read_to_string(entry.path())?;
            let document = Document::from_markdown(&raw);
            let date = raw
                .lines()
                .find_map(|line| line.strip_prefix("path = \""))
                .map(|path| path.replace("inside-rust/", "").chars().take(10).collect::<String>())
                .unwrap_or_default();
            let body = document.to_text();
            for word in words(&body) {
                let lower = word.to_lowercase();
                if lower.chars().all(|c| c.is_ascii_lowercase())
                    && lower.len() > 3
                    && !Language::ENGLISH.is_stop_word(&lower)
                {
                    *counts.entry(lower).or_default() += 1;
                }
            }
            let list: Vec<String> = document
                .blocks
                .iter()
                .flat_map(|block| {
                    sentences(&block.text, Language::ENGLISH)
                        .into_iter()
                        .map(|range| block.text[range].to_owned())
                })
                .filter(|sentence| (20..160).contains(&sentence.len()))
                .collect();
            articles.push(Article {
                date,
                author: document.metadata.authors.first().cloned().unwrap_or_default(),
                title: document.metadata.title.unwrap_or_default(),
                sentences: list,
            });
        }
        articles.retain(|article| article.date.len() == 10 && !article.sentences.is_empty());
        articles.sort_by(|a, b| a.date.cmp(&b.date));
        let mut vocabulary: Vec<(String, usize)> =
            counts.into_iter().filter(|(_, count)| (3..400).contains(count)).collect();
        vocabulary.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut foreign = Vec::new();
        for code in ["de", "fr", "es", "it", "pt", "nl", "pl", "ru", "sv", "tr", "uk", "zh", "ja", "ko", "ar"]
        {
            let path = folder.join("..").join("lingua").join(code).join("sentences.txt");
            if let (Ok(text), Some(language)) = (fs::read_to_string(path), Language::from_tag(code)) {
                let list: Vec<String> = text
                    .lines()
                    .filter(|line| (4..90).contains(&line.chars().count()))
                    .map(str::to_owned)
                    .collect();
                foreign.push((language, list));
            }
        }
        Ok(Self { articles, vocabulary: vocabulary.into_iter().map(|(word, _)| word).collect(), foreign })
    }

    pub fn word(&self, random: &mut Random) -> String {
        random.pick(&self.vocabulary).clone()
    }
}

/// A name that nobody has ever written.
pub fn invented(random: &mut Random) -> String {
    const ONSETS: &[&str] = &[
        "b", "br", "c", "d", "dr", "f", "g", "h", "j", "k", "kl", "l", "m", "n", "p", "qu", "r", "s", "st",
        "t", "tr", "v", "w", "x", "z",
    ];
    const NUCLEI: &[&str] = &["a", "e", "i", "o", "u", "ai", "ea", "io", "ou"];
    const CODAS: &[&str] = &["", "", "", "n", "r", "l", "x", "m", "th", "rk"];
    let mut name = String::new();
    for _ in 0..random.range(2, 3) {
        name.push_str(random.pick::<&str>(ONSETS));
        name.push_str(random.pick::<&str>(NUCLEI));
        name.push_str(random.pick::<&str>(CODAS));
    }
    let mut chars = name.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// Another form of an English word.
pub fn inflected(word: &str, random: &mut Random) -> String {
    if ["s", "ed", "ing", "ly", "er", "al"].iter().any(|end| word.ends_with(end)) {
        return word.to_owned();
    }
    let base = word.trim_end_matches('e');
    match random.below(6) {
        0 => format!("{word}s"),
        1 => format!("{base}ed"),
        2 => format!("{base}ing"),
        _ => word.to_owned(),
    }
}
