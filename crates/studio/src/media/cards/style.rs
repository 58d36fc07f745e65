//! How a brand's cards look.

use bellwether_cards::{Colour, Colours};
use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{CardColours, CardStyleId, sql};
use crate::{Error, Studio, media::MediaId};

/// How a brand's cards look.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardStyle {
    /// Behind everything, as `#rrggbb`.
    pub background: String,
    /// Of letters.
    pub ink: String,
    /// Of bands and marks.
    pub accent: String,
    /// What stands below the words; empty is the brand's name.
    pub signature: String,
    /// A picture of the library.
    pub logo_id: Option<MediaId>,
    /// For `If-Match`; 0 while nobody has set a style.
    pub version: i32,
}

/// Another look.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCardStyle {
    /// Behind everything, as `#rrggbb`.
    pub background: String,
    /// Of letters: contrasts with the background by at least 4.5 to 1.
    pub ink: String,
    /// Of bands and marks.
    pub accent: String,
    /// What stands below the words, up to 100 characters; empty is the brand's name.
    #[serde(default)]
    pub signature: String,
    /// A picture of the library; it stands in the corner, at most 220 by 88 pixels of a square card.
    #[serde(default)]
    pub logo_id: Option<MediaId>,
}

/// A style that is read, with the logo's key.
pub(super) struct Style {
    pub(super) colours: Colours,
    pub(super) signature: String,
    pub(super) logo_key: Option<String>,
}

fn read(path: &str, text: &str) -> Result<Colour, Problem> {
    text.parse()
        .map_err(|()| Problem::invalid(path, "invalid_colour", "Write a colour such as #1a2b3c, red first."))
}

impl Style {
    /// With other colours where they are given.
    pub(super) fn with(mut self, other: &CardColours) -> Result<Self, Problem> {
        let given = [
            ("colours/background", &other.background, &mut self.colours.background),
            ("colours/ink", &other.ink, &mut self.colours.ink),
            ("colours/accent", &other.accent, &mut self.colours.accent),
        ];
        for (path, text, colour) in given {
            if let Some(text) = text {
                *colour = read(path, text)?;
            }
        }
        Ok(self)
    }
}

impl Studio {
    /// How a brand's cards look; ours while it has not said.
    pub async fn get_card_style(&self, access: &BrandAccess) -> Result<CardStyle, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let row = sql::find_style(tx.conn(), access.brand).await?;
        tx.commit().await?;
        Ok(row.map_or_else(usual, view))
    }

    /// Sets it.
    pub async fn put_card_style(
        &self,
        access: &BrandAccess,
        version: i32,
        input: UpdateCardStyle,
        context: &RequestContext,
    ) -> Result<CardStyle, Error> {
        access.allow(Permission::BrandUpdate)?;
        let background = read("background", &input.background)?;
        let ink = read("ink", &input.ink)?;
        let accent = read("accent", &input.accent)?;
        let ratio = ink.contrast(background);
        if ratio < bellwether_cards::CONTRAST {
            let fault = bellwether_cards::Fault::Contrast { ratio };
            return Err(Problem::invalid("ink", fault.code(), fault.to_string()).into());
        }
        let signature = input.signature.trim().to_owned();
        if signature.chars().count() > 100 || signature.chars().any(char::is_control) {
            return Err(
                Problem::invalid("signature", "too_long", "Use at most 100 characters on one line.").into()
            );
        }
        let mut tx = self.store.tenant(access).await?;
        let before = sql::lock_style(tx.conn(), access.brand).await?;
        if before.as_ref().map_or(0, |row| row.version) != version {
            return Err(Error::Stale);
        }
        if let Some(logo) = input.logo_id
            && sql::find_picture(tx.conn(), access.brand, logo).await?.is_none()
        {
            return Err(Problem::invalid("logo_id", "not_found", "The library has no such picture.").into());
        }
        let id = before.as_ref().map_or_else(|| CardStyleId::new(&self.clock, &self.rng), |row| row.id);
        let row = sql::StyleRow {
            id,
            background: background.to_string(),
            ink: ink.to_string(),
            accent: accent.to_string(),
            signature,
            logo: input.logo_id,
            version: version + 1,
        };
        // nothing was there to be locked the first time: two that set it at once meet here
        if !sql::upsert_style(tx.conn(), (access.organization, access.brand), &row, self.clock.now()).await? {
            return Err(Error::Stale);
        }
        let shown = |row: &sql::StyleRow| {
            json!({ "background": row.background, "ink": row.ink, "accent": row.accent, "signature": row.signature,
                    "logo_id": row.logo })
        };
        let change = crate::media::service::Change {
            kind: "card_style.updated",
            before: before.as_ref().map(shown),
            after: Some(shown(&row)),
        };
        let who = (access.brand, access.actor(), context);
        self.record_of(&mut tx, ("card_style", id.uuid()), who, change).await?;
        tx.commit().await?;
        Ok(view(row))
    }

    /// The style that a brand's cards are drawn in.
    pub(super) async fn read_style(&self, access: &BrandAccess) -> Result<Style, Error> {
        let mut tx = self.store.tenant(access).await?;
        let brand = self.brands.get_in(&mut tx, access.brand).await?;
        let brand = brand.ok_or_else(|| Problem::not_found("brand"))?;
        let row = sql::find_style(tx.conn(), access.brand).await?;
        let logo_key = match row.as_ref().and_then(|row| row.logo) {
            Some(logo) => sql::find_picture(tx.conn(), access.brand, logo).await?,
            None => None,
        };
        tx.commit().await?;
        let Some(row) = row else {
            return Ok(Style { colours: Colours::default(), signature: brand.name, logo_key });
        };
        let colours = Colours {
            background: read("background", &row.background)?,
            ink: read("ink", &row.ink)?,
            accent: read("accent", &row.accent)?,
        };
        let signature = if row.signature.is_empty() { brand.name } else { row.signature };
        Ok(Style { colours, signature, logo_key })
    }
}

fn usual() -> CardStyle {
    let Colours { background, ink, accent } = Colours::default();
    CardStyle {
        background: background.to_string(),
        ink: ink.to_string(),
        accent: accent.to_string(),
        signature: String::new(),
        logo_id: None,
        version: 0,
    }
}

fn view(row: sql::StyleRow) -> CardStyle {
    CardStyle {
        background: row.background,
        ink: row.ink,
        accent: row.accent,
        signature: row.signature,
        logo_id: row.logo,
        version: row.version,
    }
}
