//! What is written for a target, in the shape that the target has.

use serde::{Deserialize, Serialize};

/// The kinds of content, as its `shape` names them.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    schemars::JsonSchema,
    strum::IntoStaticStr,
    strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Shape {
    /// One text.
    Post,
    /// Several texts in a row.
    Thread,
    /// What is said in a video, and the caption under it.
    Script,
    /// Slides, and the caption under them.
    Carousel,
    /// A letter.
    Email,
    /// An article.
    Article,
}

impl Shape {
    /// As the API and the database write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A text for one target. Hashtags carry their `#`, mentions their `@`. Texts are what is published, with hook, call
/// to action and hashtags already in them wherever the network shows them in the text; the fields beside name the parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, schemars::JsonSchema)]
#[serde(tag = "shape", rename_all = "snake_case", deny_unknown_fields)]
pub enum Content {
    /// One text.
    Post {
        /// The full text as published.
        post: String,
        /// The first sentence, which makes one read on.
        opening_hook: String,
        /// What the reader is asked to do.
        #[schema(required = true)]
        cta: Option<String>,
        /// With `#`.
        #[serde(default)]
        #[schema(required = true)]
        hashtags: Vec<String>,
        /// With `@`.
        #[serde(default)]
        #[schema(required = true)]
        mentions: Vec<String>,
        /// What a picture for it would show.
        #[schema(required = true)]
        media_prompt: Option<String>,
    },
    /// Several texts in a row.
    Thread {
        /// Each entry is the full text as published, its number included.
        thread: Vec<String>,
        /// How many there are.
        post_count: u32,
        /// With `#`.
        #[serde(default)]
        #[schema(required = true)]
        hashtags: Vec<String>,
        /// With `@`.
        #[serde(default)]
        #[schema(required = true)]
        mentions: Vec<String>,
        /// What a picture for it would show.
        #[schema(required = true)]
        media_prompt: Option<String>,
    },
    /// A video's words.
    Script {
        /// Openings to choose from; the first one opens the script.
        hooks: Vec<String>,
        /// What is said, point by point.
        talking_points: Vec<String>,
        /// The whole of what is said.
        script: String,
        /// What stands under the video; on YouTube its title.
        caption: String,
        /// What the viewer is asked to do.
        #[schema(required = true)]
        cta: Option<String>,
        /// With `#`.
        #[serde(default)]
        #[schema(required = true)]
        hashtags: Vec<String>,
        /// How long saying it takes.
        duration_seconds: u32,
    },
    /// Pictures with text.
    Carousel {
        /// In order.
        slides: Vec<Slide>,
        /// What stands under them.
        caption: String,
        /// What the reader is asked to do.
        #[schema(required = true)]
        cta: Option<String>,
        /// With `#`.
        #[serde(default)]
        #[schema(required = true)]
        hashtags: Vec<String>,
        /// What the pictures would show.
        #[schema(required = true)]
        media_prompt: Option<String>,
    },
    /// A letter.
    Email {
        /// The subject line.
        subject: String,
        /// What an inbox shows after the subject.
        preheader: String,
        /// Markdown.
        body: String,
        /// The button at the end.
        #[schema(required = true)]
        cta: Option<CallToAction>,
    },
    /// An article.
    Article {
        /// The headline.
        title: String,
        /// For search results.
        description: String,
        /// Markdown.
        body: String,
        /// Words to file it under, without `#`.
        #[serde(default)]
        #[schema(required = true)]
        tags: Vec<String>,
    },
}

/// One picture of a carousel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slide {
    /// In large letters.
    pub title: String,
    /// Under it; may be empty.
    pub body: String,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallToAction {
    /// What stands on it.
    pub text: String,
    /// Where it leads, when known.
    #[schema(required = true)]
    pub url: Option<String>,
}

/// Which part of a content a published text is; limits differ by part.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    schemars::JsonSchema,
    strum::IntoStaticStr,
    strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Part {
    /// A post, or one entry of a thread.
    Text,
    /// What stands under a picture, video or carousel.
    Caption,
    /// What is said in a video.
    Script,
    /// A slide's large letters.
    SlideTitle,
    /// A slide's text.
    SlideBody,
    /// A letter's subject.
    Subject,
    /// What an inbox shows after the subject.
    Preheader,
    /// An article's or a video's title.
    Title,
    /// An article's description.
    Description,
    /// A letter's or an article's text.
    Body,
}

/// A text that readers will see, and where in the content it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedText<'a> {
    /// JSON pointer without the leading slash, such as `thread/2` or `slides/1/body`.
    pub path: String,
    /// What it is.
    pub part: Part,
    /// The text.
    pub text: &'a str,
}

impl<'a> PublishedText<'a> {
    fn new(path: impl Into<String>, part: Part, text: &'a str) -> Self {
        Self { path: path.into(), part, text }
    }
}

impl Content {
    /// Its shape.
    pub const fn shape(&self) -> Shape {
        match self {
            Self::Post { .. } => Shape::Post,
            Self::Thread { .. } => Shape::Thread,
            Self::Script { .. } => Shape::Script,
            Self::Carousel { .. } => Shape::Carousel,
            Self::Email { .. } => Shape::Email,
            Self::Article { .. } => Shape::Article,
        }
    }

    /// Everything that readers will see, in reading order; an empty optional part is left in, so that it can be counted.
    pub fn published_texts(&self) -> Vec<PublishedText<'_>> {
        use PublishedText as P;
        match self {
            Self::Post { post, .. } => vec![P::new("post", Part::Text, post)],
            Self::Thread { thread, .. } => thread
                .iter()
                .enumerate()
                .map(|(index, text)| P::new(format!("thread/{index}"), Part::Text, text))
                .collect(),
            Self::Script { script, caption, .. } => {
                vec![P::new("script", Part::Script, script), P::new("caption", Part::Caption, caption)]
            }
            Self::Carousel { slides, caption, .. } => slides
                .iter()
                .enumerate()
                .flat_map(|(index, slide)| {
                    [
                        P::new(format!("slides/{index}/title"), Part::SlideTitle, &slide.title),
                        P::new(format!("slides/{index}/body"), Part::SlideBody, &slide.body),
                    ]
                })
                .chain([P::new("caption", Part::Caption, caption)])
                .collect(),
            Self::Email { subject, preheader, body, .. } => vec![
                P::new("subject", Part::Subject, subject),
                P::new("preheader", Part::Preheader, preheader),
                P::new("body", Part::Body, body),
            ],
            Self::Article { title, description, body, .. } => vec![
                P::new("title", Part::Title, title),
                P::new("description", Part::Description, description),
                P::new("body", Part::Body, body),
            ],
        }
    }

    /// Its hashtags, with `#`; none where the shape has none.
    pub fn hashtags(&self) -> &[String] {
        match self {
            Self::Post { hashtags, .. }
            | Self::Thread { hashtags, .. }
            | Self::Script { hashtags, .. }
            | Self::Carousel { hashtags, .. } => hashtags,
            Self::Email { .. } | Self::Article { .. } => &[],
        }
    }

    /// Its mentions, with `@`; none where the shape has none.
    pub fn mentions(&self) -> &[String] {
        match self {
            Self::Post { mentions, .. } | Self::Thread { mentions, .. } => mentions,
            Self::Script { .. } | Self::Carousel { .. } | Self::Email { .. } | Self::Article { .. } => &[],
        }
    }

    /// What the reader is asked to do.
    pub fn cta(&self) -> Option<&str> {
        match self {
            Self::Post { cta, .. } | Self::Script { cta, .. } | Self::Carousel { cta, .. } => cta.as_deref(),
            Self::Email { cta, .. } => cta.as_ref().map(|cta| cta.text.as_str()),
            Self::Thread { .. } | Self::Article { .. } => None,
        }
    }

    /// What makes one read on: the line that opens it.
    pub fn opening(&self) -> &str {
        match self {
            Self::Post { opening_hook, .. } => opening_hook,
            Self::Thread { thread, .. } => thread.first().map_or("", String::as_str),
            Self::Script { hooks, script, .. } => hooks.first().unwrap_or(script),
            Self::Carousel { slides, caption, .. } => slides.first().map_or(caption, |slide| &slide.title),
            Self::Email { subject, .. } => subject,
            Self::Article { title, .. } => title,
        }
    }

    /// The main text in one piece, for search and previews.
    pub fn plain(&self) -> String {
        match self {
            Self::Post { post, .. } => post.clone(),
            Self::Thread { thread, .. } => thread.join("\n\n"),
            Self::Script { script, caption, .. } => format!("{script}\n\n{caption}"),
            Self::Carousel { slides, caption, .. } => {
                let mut text: String = slides
                    .iter()
                    .flat_map(|slide| [slide.title.as_str(), "\n", slide.body.as_str(), "\n\n"])
                    .collect();
                text.push_str(caption);
                text
            }
            Self::Email { subject, body, .. } => format!("{subject}\n\n{body}"),
            Self::Article { title, body, .. } => format!("{title}\n\n{body}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_tagged_by_shape_and_strict() {
        let post = json!({"shape": "post", "post": "Hello.", "opening_hook": "Hello.", "cta": null, "hashtags": ["#a"],
            "mentions": [], "media_prompt": null});
        let content: Content = serde_json::from_value(post.clone()).unwrap();
        assert_eq!(content.shape(), Shape::Post);
        assert_eq!(content.hashtags(), ["#a"]);
        assert_eq!(serde_json::to_value(&content).unwrap(), post);

        let mut extra = post;
        extra["colour"] = json!("red");
        assert!(serde_json::from_value::<Content>(extra).unwrap_err().to_string().contains("colour"));
        assert!(serde_json::from_value::<Content>(json!({"shape": "poem"})).is_err());
    }

    #[test]
    fn published_texts_have_pointers() {
        let content = Content::Carousel {
            slides: vec![
                Slide { title: "A".into(), body: "a".into() },
                Slide { title: "B".into(), body: String::new() },
            ],
            caption: "C".into(),
            cta: None,
            hashtags: vec![],
            media_prompt: None,
        };
        let json = serde_json::to_value(&content).unwrap();
        let texts = content.published_texts();
        assert_eq!(texts.len(), 5);
        for text in texts {
            assert_eq!(json.pointer(&format!("/{}", text.path)).unwrap(), text.text);
        }
        assert_eq!(content.plain(), "A\na\n\nB\n\n\nC");
    }
}
