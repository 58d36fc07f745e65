//! Contents from cells. Pure.

use bellwether_networks::{Content, Numbering, Shape, Slide, Target, hashtags, mentions, split_thread};

use super::read::{Column, Row};

/// What is said in a second, about: 150 words a minute.
const WORDS_A_SECOND: f64 = 2.5;

/// The content of a row: the cell `content` as it was exported, unless somebody changed the text beside it; else made from
/// the text and its parts.
pub(super) fn content(target: Target, row: &Row) -> Result<Content, (Column, &'static str, String)> {
    let text = row.cells.get(&Column::Text).map_or("", String::as_str);
    if let Some(json) = row.cells.get(&Column::Content) {
        let content = serde_json::from_str::<Content>(json).map_err(|error| {
            let words = format!(
                "This is no content as an export writes it ({error}). Empty the cell; the text is enough."
            );
            (Column::Content, "invalid_content", words)
        })?;
        if text.trim().is_empty() || same(&content.plain(), text) {
            return if content.shape() == target.shape() {
                Ok(content)
            } else {
                let words = format!("`{target}` takes another shape. Empty the cell; the text is enough.");
                Err((Column::Content, "wrong_shape", words))
            };
        }
    }
    let parts: Vec<String> = row
        .cells
        .iter()
        .filter(|(column, _)| matches!(column, Column::Part(_)))
        .map(|(_, part)| part.trim().to_owned())
        .collect();
    if text.trim().is_empty() && parts.is_empty() {
        return Err((Column::Text, "required", "Write a text.".to_owned()));
    }
    let title = row.cells.get(&Column::Title).map(|title| title.trim());
    Ok(made(target, text.trim(), parts, title))
}

/// Programs change the ends of lines.
fn same(one: &str, other: &str) -> bool {
    one.replace('\r', "").trim() == other.replace('\r', "").trim()
}

fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

fn made(target: Target, text: &str, parts: Vec<String>, title: Option<&str>) -> Content {
    let whole = if text.is_empty() { parts.join("\n\n") } else { text.to_owned() };
    let network = target.network();
    let cut = |ranges: Vec<std::ops::Range<usize>>| -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for range in ranges {
            let word = whole[range].to_owned();
            if !all.contains(&word) {
                all.push(word);
            }
        }
        all
    };
    let tags = cut(hashtags(network, &whole));
    let opening = title.map_or_else(|| first_line(&whole), str::to_owned);
    match target.shape() {
        Shape::Post => Content::Post {
            opening_hook: first_line(&whole),
            mentions: cut(mentions(network, &whole)),
            post: whole,
            cta: None,
            hashtags: tags,
            media_prompt: None,
        },
        Shape::Thread => {
            let mut thread = parts;
            if !text.is_empty() {
                let own: Vec<String> = text
                    .replace('\r', "")
                    .split("\n---\n")
                    .map(|part| part.trim().to_owned())
                    .filter(|part| !part.is_empty())
                    .collect();
                let first = if own.len() > 1 || !thread.is_empty() {
                    own
                } else {
                    split_thread(text, target, Numbering::None)
                };
                thread.splice(0..0, first);
            }
            Content::Thread {
                post_count: u32::try_from(thread.len()).unwrap_or(u32::MAX),
                mentions: cut(mentions(network, &whole)),
                thread,
                hashtags: tags,
                media_prompt: None,
            }
        }
        Shape::Script => Content::Script {
            hooks: vec![first_line(&whole)],
            talking_points: parts,
            duration_seconds: (whole.split_whitespace().count() as f64 / WORDS_A_SECOND).ceil() as u32,
            caption: opening,
            script: whole,
            cta: None,
            hashtags: tags,
        },
        Shape::Carousel => {
            let slides = parts.iter().map(|part| {
                let (title, body) = part.split_once('\n').unwrap_or((part, ""));
                Slide { title: title.trim().to_owned(), body: body.trim().to_owned() }
            });
            Content::Carousel {
                slides: slides.collect(),
                caption: if text.is_empty() { opening } else { whole },
                cta: None,
                hashtags: tags,
                media_prompt: None,
            }
        }
        Shape::Email => Content::Email { subject: opening, preheader: String::new(), body: whole, cta: None },
        Shape::Article => {
            Content::Article { title: opening, description: String::new(), body: whole, tags: Vec::new() }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn of(target: &str, cells: &[(Column, &str)]) -> Content {
        let cells: BTreeMap<Column, String> =
            cells.iter().map(|(c, text)| (*c, (*text).to_owned())).collect();
        content(Target::parse(target).unwrap(), &Row { number: 2, cells }).unwrap()
    }

    #[test]
    fn every_shape_from_cells() {
        let text = "First #one\nSecond @you #one";
        let Content::Post { post, hashtags, .. } = of("x.post", &[(Column::Text, text)]) else { panic!() };
        assert_eq!((post.as_str(), hashtags), (text, vec!["#one".to_owned()]));
        let parts = [(Column::Part(1), "One"), (Column::Part(2), "Two\nmore")];
        let Content::Thread { thread, .. } = of("x.thread", &parts) else { panic!() };
        assert_eq!(thread, ["One", "Two\nmore"]);
        let Content::Thread { thread, .. } = of("x.thread", &[(Column::Text, "One\n---\nTwo")]) else {
            panic!()
        };
        assert_eq!(thread, ["One", "Two"]);
        let Content::Carousel { slides, .. } = of("instagram.carousel", &parts) else { panic!() };
        assert_eq!((slides[1].title.as_str(), slides[1].body.as_str()), ("Two", "more"));
        let letter = [(Column::Text, "Dear all"), (Column::Title, "News")];
        let Content::Email { subject, .. } = of("email", &letter) else { panic!() };
        assert_eq!(subject, "News");
    }

    #[test]
    fn what_was_exported_comes_back_and_what_was_changed_wins() {
        let before = of("blog.article", &[(Column::Text, "Long"), (Column::Title, "Head")]);
        let json = serde_json::to_string(&before).unwrap();
        let plain = before.plain().replace('\n', "\r\n");
        assert_eq!(of("blog.article", &[(Column::Content, &json), (Column::Text, &plain)]), before);
        let changed =
            of("blog.article", &[(Column::Content, &json), (Column::Text, "Short"), (Column::Title, "Head")]);
        let Content::Article { body, .. } = changed else { panic!() };
        assert_eq!(body, "Short");
    }
}
