//! Queries on offers.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use sqlx::{PgConnection, Result, types::Json};

use super::{Finding, Offer, OfferView, Price, Promotion};
use crate::ids::OfferId;

struct Row {
    id: OfferId,
    name: String,
    description: Option<String>,
    url: Option<String>,
    price_minor: Option<i64>,
    currency: Option<String>,
    price_unit: Option<String>,
    promotions: Json<Vec<Promotion>>,
    benefits: Json<Vec<Finding>>,
    features: Json<Vec<Finding>>,
    target_audience: Option<Json<Finding>>,
    value_proposition: Option<Json<Finding>>,
    analysed_at: Option<Timestamp>,
    version: i32,
    created_at: Timestamp,
}

impl From<Row> for OfferView {
    fn from(row: Row) -> Self {
        let price = row.price_minor.zip(row.currency).map(|(amount_minor, currency)| Price {
            amount_minor,
            currency,
            unit: row.price_unit,
        });
        let offer = Offer {
            name: row.name,
            description: row.description,
            url: row.url,
            price,
            promotions: row.promotions.0,
            benefits: row.benefits.0,
            features: row.features.0,
            target_audience: row.target_audience.map(|finding| finding.0),
            value_proposition: row.value_proposition.map(|finding| finding.0),
        };
        Self {
            id: row.id,
            offer,
            analysed_at: row.analysed_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// A brand's offers, the oldest first; one of them when an id is given.
pub(super) async fn find(
    conn: &mut PgConnection,
    brand: BrandId,
    id: Option<OfferId>,
) -> Result<Vec<OfferView>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: OfferId", name, description, url, price_minor, currency, price_unit,
                  promotions AS "promotions: Json<Vec<Promotion>>", benefits AS "benefits: Json<Vec<Finding>>",
                  features AS "features: Json<Vec<Finding>>", target_audience AS "target_audience: Json<Finding>",
                  value_proposition AS "value_proposition: Json<Finding>", analysed_at, version, created_at
             FROM brand.offers WHERE brand_id = $1 AND ($2::uuid IS NULL OR id = $2)
            ORDER BY created_at, id"#,
        brand.uuid(),
        id.map(OfferId::uuid)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(OfferView::from).collect())
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    (organization, brand, id): (OrganizationId, BrandId, OfferId),
    offer: &Offer,
    analysed_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    let price = offer.price.as_ref();
    sqlx::query!(
        "INSERT INTO brand.offers
           (organization_id, brand_id, id, name, description, url, price_minor, currency, price_unit, promotions, benefits,
            features, target_audience, value_proposition, analysed_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)",
        organization.uuid(),
        brand.uuid(),
        id.uuid(),
        offer.name,
        offer.description.as_deref(),
        offer.url.as_deref(),
        price.map(|price| price.amount_minor),
        price.map(|price| price.currency.as_str()),
        price.and_then(|price| price.unit.as_deref()),
        Json(&offer.promotions) as _,
        Json(&offer.benefits) as _,
        Json(&offer.features) as _,
        offer.target_audience.as_ref().map(Json) as _,
        offer.value_proposition.as_ref().map(Json) as _,
        analysed_at,
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Writes an offer; `analysed_at` stays when none is given.
pub(super) async fn update(
    conn: &mut PgConnection,
    id: OfferId,
    version: i32,
    offer: &Offer,
    analysed_at: Option<Timestamp>,
) -> Result<bool> {
    let price = offer.price.as_ref();
    sqlx::query!(
        "UPDATE brand.offers
            SET name = $3, description = $4, url = $5, price_minor = $6, currency = $7, price_unit = $8,
                promotions = $9, benefits = $10, features = $11, target_audience = $12, value_proposition = $13,
                analysed_at = coalesce($14, analysed_at), version = version + 1
          WHERE id = $1 AND version = $2",
        id.uuid(),
        version,
        offer.name,
        offer.description.as_deref(),
        offer.url.as_deref(),
        price.map(|price| price.amount_minor),
        price.map(|price| price.currency.as_str()),
        price.and_then(|price| price.unit.as_deref()),
        Json(&offer.promotions) as _,
        Json(&offer.benefits) as _,
        Json(&offer.features) as _,
        offer.target_audience.as_ref().map(Json) as _,
        offer.value_proposition.as_ref().map(Json) as _,
        analysed_at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub(super) async fn delete(conn: &mut PgConnection, brand: BrandId, id: OfferId) -> Result<bool> {
    sqlx::query!("DELETE FROM brand.offers WHERE id = $1 AND brand_id = $2", id.uuid(), brand.uuid())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() == 1)
}
