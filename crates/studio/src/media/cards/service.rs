//! Use cases of cards: draw them, keep them, put them into a post.

use bellwether_cards::{Card, Colours, Drawn, Fault, Size, Template, draw, pdf};
use bellwether_kernel::{BrandAccess, Kind, Permission, Problem, RequestContext, id::PostId};
use bellwether_networks::{Content, Network, Slide};

use super::{CarouselForm, CreateCard, CreateCarousel, DrawnCards, style::Style};
use crate::{
    Error, Studio,
    media::{
        AttachMedia, MediaId, MediaView,
        files::{Parts, key},
        model::{Label, POST_MEDIA_MAX},
        picture,
    },
    posts::{self, PostChange, PostView, internal},
};

/// Where the cards of posts are kept.
const FOLDER: &str = "cards";

/// What is drawn, owned: drawing happens on another thread.
struct Words {
    template: Template,
    heading: String,
    text: String,
    author: String,
    source: String,
    page: Option<(usize, usize)>,
}

/// A fault at the place where its words came from.
fn located(fault: &Fault, at: impl Fn(&'static str) -> String) -> Problem {
    match fault {
        Fault::Broken(words) => Problem::new(Kind::Internal, "internal", words.clone()),
        fault => Problem::invalid(at(fault.at()), fault.code(), fault.to_string()),
    }
}

fn checked(path: &str, text: &str, most: usize) -> Result<String, Problem> {
    if text.chars().count() > most {
        return Err(Problem::invalid(path, "too_long", format!("Use at most {most} characters.")));
    }
    Ok(text.trim().to_owned())
}

/// What those hear who can't see it.
fn spoken(words: &[&str]) -> String {
    let said: Vec<&str> = words.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    said.join("\n").chars().take(2_000).collect()
}

/// A name for a file: the first words of what stands on it.
fn named(text: &str, ending: &str) -> String {
    let mut name = String::new();
    for word in text.split_whitespace() {
        if name.chars().count() + word.chars().count() > 60 {
            break;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.extend(word.chars().filter(|letter| !matches!(letter, '/' | '\\') && !letter.is_control()));
    }
    if name.is_empty() { format!("card.{ending}") } else { format!("{name}.{ending}") }
}

impl Studio {
    /// Draws a card into the library.
    pub async fn create_card(
        &self,
        access: &BrandAccess,
        input: CreateCard,
        context: &RequestContext,
    ) -> Result<DrawnCards, Error> {
        access.allow(Permission::PostsWrite)?;
        let style = self.read_style(access).await?.with(&input.colours)?;
        let words = Words {
            template: input.template.into(),
            heading: checked("heading", &input.heading, 300)?,
            text: checked("text", &input.text, 2_000)?,
            author: checked("author", input.author.as_deref().unwrap_or(&style.signature), 200)?,
            source: checked("source", &input.source, 200)?,
            page: None,
        };
        let first = if words.heading.is_empty() { &words.text } else { &words.heading };
        let label = Label {
            name: named(first, "png"),
            folder: input.folder,
            alt_text: spoken(&[&words.heading, &words.text, &words.author, &words.source]),
            tags: Vec::new(),
        };
        let label = label.checked()?;
        let drawn = self.draw_all(style, input.size.into(), vec![words], |_, field| field.to_owned()).await?;
        let mut cards = DrawnCards { items: Vec::new(), left_out: left_out(&drawn) };
        for card in drawn {
            cards.items.push(self.keep_made(access, label.clone(), card.png, context).await?);
        }
        Ok(cards)
    }

    /// Draws the slides of a carousel and puts them into its post in place of the files before.
    pub async fn create_carousel(
        &self,
        access: &BrandAccess,
        id: PostId,
        version: i32,
        input: &CreateCarousel,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        access.allow(Permission::PostsWrite)?;
        // who may write needs no right to read besides
        let mut tx = self.store.tenant(access).await?;
        let post = posts::read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        // said before anything is drawn; it is checked again when the post changes
        if post.version != version {
            return Err(Error::Stale);
        }
        let content: Content =
            serde_json::from_str(post.content.get()).map_err(|error| internal(error.to_string()))?;
        let Content::Carousel { slides, caption, .. } = content else {
            let words =
                "Only carousels have slides to draw. For other posts draw single cards: `media/cards`.";
            return Err(Problem::new(Kind::Conflict, "not_a_carousel", words).into());
        };
        if slides.is_empty() || slides.len() > POST_MEDIA_MAX {
            let words = format!("Write 1 to {POST_MEDIA_MAX} slides.");
            return Err(Problem::invalid("content/slides", "length", words).into());
        }
        let linkedin = post.network == Network::Linkedin.as_str();
        let form =
            input.form.unwrap_or(if linkedin { CarouselForm::Document } else { CarouselForm::Pictures });
        let style = self.read_style(access).await?.with(&input.colours)?;
        let size = input.size.map_or(Size::Portrait, Size::from);
        let words = slides_of(&slides, &style.signature);
        let drawn = self.draw_all(style, size, words, |at, field| match field {
            "heading" => format!("content/slides/{at}/title"),
            "text" => format!("content/slides/{at}/body"),
            field => field.to_owned(),
        });
        let drawn = drawn.await?;
        let title = slides.first().map_or(caption.as_str(), |slide| slide.title.as_str());
        let mut media: Vec<MediaId> = Vec::new();
        match form {
            CarouselForm::Pictures => {
                for (slide, card) in slides.iter().zip(drawn) {
                    let label = Label {
                        name: named(&slide.title, "png"),
                        folder: FOLDER.to_owned(),
                        alt_text: spoken(&[&slide.title, &slide.body]),
                        tags: Vec::new(),
                    };
                    media.push(self.keep_made(access, label.checked()?, card.png, context).await?.id);
                }
            }
            CarouselForm::Document => {
                let all: Vec<&str> =
                    slides.iter().flat_map(|slide| [slide.title.as_str(), &slide.body]).collect();
                let label = Label {
                    name: named(title, "pdf"),
                    folder: FOLDER.to_owned(),
                    alt_text: spoken(&all),
                    tags: Vec::new(),
                };
                let heading = title.to_owned();
                let made = tokio::task::spawn_blocking(move || pdf(&heading, &drawn)).await;
                let made = made.map_err(|error| internal(error.to_string()))?;
                let made = made.map_err(|fault| located(&fault, str::to_owned))?;
                media.push(self.keep_made(access, label.checked()?, made, context).await?.id);
            }
        }
        let mut attached: Vec<AttachMedia> = Vec::new();
        for media_id in media {
            // two slides with the same words and number can't be; a file twice would be refused
            if !attached.iter().any(|file| file.media_id == media_id) {
                attached.push(AttachMedia { media_id, alt_text: None });
            }
        }
        let change = PostChange { media: Some(attached), ..PostChange::default() };
        self.update_post(access, id, version, change, context).await
    }

    /// Draws cards one after the other, while no other picture is worked on.
    async fn draw_all(
        &self,
        style: Style,
        size: Size,
        words: Vec<Words>,
        at: impl Fn(usize, &'static str) -> String + Send + 'static,
    ) -> Result<Vec<Drawn>, Error> {
        let Style { colours, logo_key, .. } = style;
        let files = self.library.files.clone();
        let logo = async move {
            match logo_key {
                Some(key) => {
                    let bytes = files.size(&key).await?;
                    Ok(files.read(&key, 0..bytes).await?.to_vec())
                }
                None => Ok(Vec::new()),
            }
        };
        let drawing = move |logo: Vec<u8>| {
            let logo = (!logo.is_empty()).then_some(logo.as_slice());
            let one = |(number, words): (usize, &Words)| {
                draw_one(words, size, &colours, logo)
                    .map_err(|fault| located(&fault, |field| at(number, field)))
            };
            words.iter().enumerate().map(one).collect::<Result<Vec<Drawn>, Problem>>()
        };
        picture::in_turn(logo, drawing).await
    }

    /// Takes what was drawn into the library, through the same door as what is uploaded.
    async fn keep_made(
        &self,
        access: &BrandAccess,
        label: Label,
        bytes: Vec<u8>,
        context: &RequestContext,
    ) -> Result<MediaView, Error> {
        let part =
            key(access.organization, "uploads", bellwether_kernel::id::uuid_v7(&self.clock, &self.rng));
        let taker = crate::media::uploads::taker(access, context);
        let studio = self.clone();
        // finished even when nobody waits for it any more, so that the part is removed
        let keeping = tokio::spawn(async move {
            let files = studio.library.files.clone();
            let length = bytes.len() as u64;
            files.put(&part, bytes).await?;
            let parts = Parts { files, parts: vec![(part, length)] };
            let taken = studio.take_media(&taker, &label, &parts).await;
            parts.remove().await;
            taken
        });
        let (media, _) =
            keeping.await.map_err(|error| internal(format!("a card could not be kept: {error}")))??;
        self.shown_media(access, media).await
    }
}

fn draw_one(words: &Words, size: Size, colours: &Colours, logo: Option<&[u8]>) -> Result<Drawn, Fault> {
    let card = Card {
        heading: &words.heading,
        text: &words.text,
        author: &words.author,
        source: &words.source,
        page: words.page,
        logo,
    };
    draw(words.template, size, colours, &card)
}

/// The first slide is the cover and bears the signature; all are numbered.
fn slides_of(slides: &[Slide], signature: &str) -> Vec<Words> {
    let of = slides.len();
    let words = |(at, slide): (usize, &Slide)| Words {
        template: if at == 0 { Template::Cover } else { Template::Slide },
        heading: slide.title.clone(),
        text: slide.body.clone(),
        author: if at == 0 { signature.to_owned() } else { String::new() },
        source: String::new(),
        page: Some((at + 1, of)),
    };
    slides.iter().enumerate().map(words).collect()
}

fn left_out(drawn: &[Drawn]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for emoji in drawn.iter().flat_map(|card| &card.left_out) {
        if !all.contains(emoji) {
            all.push(emoji.clone());
        }
    }
    all
}
