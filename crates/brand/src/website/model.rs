//! What a website says of a brand, and what becomes of it when it is accepted. Pure.

use bellwether_kernel::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{
    audiences::UpdateAudience,
    brands::UpdateBrand,
    offers::UpdateOffer,
    profile::{More, Profile, UpdateProfile},
};

/// Values of one field at most.
pub(super) const MOST_ITEMS: usize = 12;
/// Fields that are accepted at once.
const MOST_ACCEPTED: usize = 100;

/// A field that a website can fill: its name, its section, its label, whether it holds several values.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) section: &'static str,
    pub(super) label: &'static str,
    pub(super) list: bool,
}

const fn field(name: &'static str, section: &'static str, label: &'static str, list: bool) -> Field {
    Field { name, section, label, list }
}

/// All of them, in the order of the page.
pub(super) const FIELDS: [Field; 21] = [
    field("business.description", "business", "Description", false),
    field("business.business_type", "business", "Kind of business", false),
    field("business.industry", "business", "Industry", false),
    field("business.differentiators", "business", "What sets it apart", true),
    field("market.geographic_focus", "market", "Where its customers are", false),
    field("topics.key_topics", "topics", "Topics", true),
    field("topics.keywords", "topics", "Keywords", true),
    field("calls.primary_cta", "calls", "Call to action", false),
    field("calls.calls_to_action", "calls", "Other calls to action", true),
    field("posts.networks", "posts", "Networks", true),
    field("blog.lead_magnet_type", "blog", "What readers get for their address", false),
    field("place.street", "place", "Street", false),
    field("place.city", "place", "City", false),
    field("place.region", "place", "Region", false),
    field("place.postal_code", "place", "Postal code", false),
    field("place.country", "place", "Country", false),
    field("place.phone", "place", "Telephone", false),
    field("place.website", "place", "Website", false),
    field("audience", "audiences", "Audience", true),
    field("offer", "offers", "Offer", true),
    field("more", "more", "More", true),
];

/// A field of the profile, and what the website says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebsiteFinding)]
pub struct Finding {
    /// The field: `section.name` of the profile, `place.…` of the brand, `audience`, `offer` or `more`.
    pub field: String,
    /// Its section.
    pub section: String,
    /// For people.
    pub label: String,
    /// Whether it takes several values. Of any other the values are a choice, the best first.
    pub list: bool,
    /// What the profile says at present; of audiences and offers their names.
    #[serde(default)]
    pub current: Value,
    /// What the website says.
    pub values: Vec<FoundValue>,
}

/// A value, and from what it was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FoundValue {
    /// A text; of an audience, an offer or `more` an object of its fields.
    pub value: Value,
    /// The words of the page that say so, as they stand there.
    pub evidence: String,
    /// Address of the page.
    pub page: String,
    /// How it was told: “meta description”, “the words “based in””, “a button on 3 of 8 pages”.
    pub how: String,
    /// Whether the profile has it already.
    #[serde(default)]
    pub known: bool,
}

/// Something to take over.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[schema(as = AcceptedField)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The field of a finding.
    pub field: String,
    /// Its value, changed or not. Of a field with several values the whole list, which replaces the one before; of
    /// `audience`, `offer` and `more` one that is added.
    pub value: Value,
}

/// What to take over.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptWebsite {
    /// Up to 100 fields.
    pub fields: Vec<Accepted>,
}

/// What is changed by what is accepted.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) profile: Option<UpdateProfile>,
    pub(super) brand: Option<UpdateBrand>,
    pub(super) audiences: Vec<(usize, UpdateAudience)>,
    pub(super) offers: Vec<(usize, UpdateOffer)>,
    pub(super) more: Vec<More>,
}

impl Changes {
    /// Reads what was accepted; every fault at its place.
    pub(super) fn of(input: AcceptWebsite) -> Result<Self, Problem> {
        if input.fields.is_empty() {
            return Err(Problem::invalid("fields", "missing", "Name at least one field to take over."));
        }
        if input.fields.len() > MOST_ACCEPTED {
            let message = format!("Take over at most {MOST_ACCEPTED} fields at once.");
            return Err(Problem::invalid("fields", "too_many", message));
        }
        let mut changes = Self::default();
        let (mut profile, mut brand) = (Map::new(), Map::new());
        let mut seen = std::collections::HashSet::new();
        for (index, one) in input.fields.into_iter().enumerate() {
            let at = format!("fields/{index}");
            let Some(known) = FIELDS.iter().find(|field| field.name == one.field) else {
                let names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
                let message = format!("There is no field of this name. Give one of {}.", names.join(", "));
                return Err(Problem::invalid(format!("{at}/field"), "unknown_field", message));
            };
            let wrong = |error: serde_json::Error| {
                Problem::invalid(format!("{at}/value"), "invalid_value", format!("{}: {error}.", known.label))
            };
            match known.name {
                "audience" => {
                    changes.audiences.push((index, serde_json::from_value(one.value).map_err(wrong)?));
                }
                "offer" => changes.offers.push((index, serde_json::from_value(one.value).map_err(wrong)?)),
                "more" => changes.more.push(serde_json::from_value(one.value).map_err(wrong)?),
                name => {
                    if !seen.insert(name) {
                        let message = format!("{} is named twice.", known.label);
                        return Err(Problem::invalid(format!("{at}/field"), "repeated", message));
                    }
                    let Some((section, field)) = name.split_once('.') else { continue };
                    // alone first, so that a fault is told where it is
                    if section == "place" {
                        serde_json::from_value::<UpdateBrand>(json!({ field: one.value })).map_err(wrong)?;
                        brand.insert(field.to_owned(), one.value);
                    } else {
                        let alone = json!({ section: { field: one.value } });
                        serde_json::from_value::<UpdateProfile>(alone).map_err(wrong)?;
                        if let Value::Object(fields) = profile.entry(section).or_insert_with(|| json!({})) {
                            fields.insert(field.to_owned(), one.value);
                        }
                    }
                }
            }
        }
        let whole = |error: serde_json::Error| Problem::invalid("fields", "invalid_value", error.to_string());
        if !profile.is_empty() {
            changes.profile = Some(serde_json::from_value(Value::Object(profile)).map_err(whole)?);
        }
        if !brand.is_empty() {
            changes.brand = Some(serde_json::from_value(Value::Object(brand)).map_err(whole)?);
        }
        Ok(changes)
    }
}

/// What a brand has at present, by field.
pub(super) struct Present<'a> {
    pub(super) profile: &'a Profile,
    pub(super) brand: &'a crate::BrandView,
    pub(super) audiences: Vec<String>,
    pub(super) offers: Vec<String>,
}

impl Present<'_> {
    /// Says of every finding what the profile has, and which values are known already.
    pub(super) fn compare(&self, findings: &mut [Finding]) {
        let (profile, brand) = (json!(self.profile), json!(self.brand));
        for finding in findings {
            finding.current = match &*finding.field {
                "audience" => json!(self.audiences),
                "offer" => json!(self.offers),
                "more" => profile["more"].clone(),
                name => match name.split_once('.') {
                    Some(("place", field)) => brand[field].clone(),
                    Some((section, field)) => profile[section][field].clone(),
                    None => Value::Null,
                },
            };
            for value in &mut finding.values {
                value.known = has(&finding.current, &value.value);
            }
        }
    }
}

/// Whether what is there says the value already.
fn has(current: &Value, value: &Value) -> bool {
    let name = |value: &Value| {
        let text = match value {
            Value::Object(object) => object.get("name").or_else(|| object.get("text"))?.as_str()?.to_owned(),
            Value::String(text) => text.clone(),
            _ => return None,
        };
        Some(text.trim().to_lowercase())
    };
    let Some(wanted) = name(value) else { return current == value };
    match current {
        Value::Array(items) => items.iter().any(|item| name(item).as_ref() == Some(&wanted)),
        other => name(other) == Some(wanted),
    }
}

/// Something that differs from the reading before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebsiteChange)]
pub struct Change {
    /// What happened.
    pub what: ChangeKind,
    /// The field, or the address of the page.
    pub subject: String,
    /// For people.
    pub label: String,
    /// As it was.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
}

/// How something differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebsiteChangeKind)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A page is new.
    PageAdded,
    /// A page is gone.
    PageRemoved,
    /// The text of a page changed.
    PageChanged,
    /// A field says something new.
    Said,
    /// A field says something else.
    SaidDifferently,
    /// A field is not spoken of any more.
    SaidNoMore,
}

/// A page of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebsitePage)]
pub struct PageView {
    /// Address.
    pub url: String,
    /// Title.
    pub title: Option<String>,
    /// `read`, or why it was not, as a stable code.
    pub status: String,
    /// In words, when it was not read.
    pub reason: Option<String>,
    /// Words of readable text.
    pub words: usize,
    /// SHA-256 of its text, to see whether it changed.
    pub hash: String,
}

/// What differs between two readings of one site.
pub(super) fn changes(before: (&[PageView], &[Finding]), after: (&[PageView], &[Finding])) -> Vec<Change> {
    let read = |pages: &'_ [PageView]| -> Vec<PageView> {
        pages.iter().filter(|page| page.status == "read").cloned().collect()
    };
    let (old, new) = (read(before.0), read(after.0));
    let titled = |page: &PageView| page.title.clone().unwrap_or_else(|| page.url.clone());
    let mut changes = Vec::new();
    for page in &new {
        let what = match old.iter().find(|other| other.url == page.url) {
            None => ChangeKind::PageAdded,
            Some(other) if other.hash != page.hash => ChangeKind::PageChanged,
            Some(_) => continue,
        };
        changes.push(Change {
            what,
            subject: page.url.clone(),
            label: titled(page),
            before: None,
            after: None,
        });
    }
    // a page that merely could not be read this time is not gone
    for page in old.iter().filter(|page| !after.0.iter().any(|other| other.url == page.url)) {
        let what = ChangeKind::PageRemoved;
        changes.push(Change {
            what,
            subject: page.url.clone(),
            label: titled(page),
            before: None,
            after: None,
        });
    }
    let said = |finding: Option<&Finding>| {
        finding.map(|finding| {
            let texts: Vec<String> = finding.values.iter().map(|value| in_words(&value.value)).collect();
            if finding.list { texts.join("; ") } else { texts.first().cloned().unwrap_or_default() }
        })
    };
    for field in &FIELDS {
        let find = |findings: &[Finding]| said(findings.iter().find(|finding| finding.field == field.name));
        let (before, after) = (find(before.1), find(after.1));
        let what = match (&before, &after) {
            (None, Some(_)) => ChangeKind::Said,
            (Some(_), None) => ChangeKind::SaidNoMore,
            (Some(before), Some(after)) if before != after => ChangeKind::SaidDifferently,
            _ => continue,
        };
        changes.push(Change {
            what,
            subject: field.name.to_owned(),
            label: field.label.to_owned(),
            before,
            after,
        });
    }
    changes
}

fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(object) => {
            let part = |key: &str| object.get(key).and_then(Value::as_str);
            part("name").or_else(|| part("text")).unwrap_or_default().to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(fields: &Value) -> Result<Changes, Problem> {
        Changes::of(serde_json::from_value(json!({ "fields": fields })).unwrap())
    }

    #[test]
    fn every_field_can_be_accepted() {
        for field in &FIELDS {
            let value = match field.name {
                "audience" => json!({ "name": "Bakers" }),
                "offer" => json!({ "name": "Rye loaf", "price": { "amount_minor": 650, "currency": "eur" } }),
                "more" => json!({ "label": "E-mail", "text": "hello@a.example" }),
                "posts.networks" => json!(["x", "linkedin"]),
                _ if field.list => json!(["one", "two"]),
                _ => json!("one"),
            };
            accept(&json!([{ "field": field.name, "value": value }]))
                .unwrap_or_else(|e| panic!("{}: {e}", field.name));
        }
    }

    #[test]
    fn faults_are_told_where_they_are() {
        let path = |fields: Value| accept(&fields).unwrap_err().errors[0].path.clone();
        assert_eq!(path(json!([])), "fields");
        assert_eq!(
            path(json!([{ "field": "place.city", "value": "Ghent" }, { "field": "x", "value": 1 }])),
            "fields/1/field"
        );
        assert_eq!(path(json!([{ "field": "topics.key_topics", "value": "bread" }])), "fields/0/value");
        assert_eq!(path(json!([{ "field": "posts.networks", "value": ["myspace"] }])), "fields/0/value");
        let twice = json!([{ "field": "place.city", "value": "a" }, { "field": "place.city", "value": "b" }]);
        assert_eq!(path(twice), "fields/1/field");
    }

    fn page(url: &str, status: &str, hash: &str) -> PageView {
        PageView {
            url: url.into(),
            title: None,
            status: status.into(),
            reason: None,
            words: 1,
            hash: hash.into(),
        }
    }

    fn finding(field: &str, values: &[&str]) -> Finding {
        let known = FIELDS.iter().find(|one| one.name == field).unwrap();
        let found = |text: &&str| FoundValue {
            value: json!(text),
            evidence: (*text).into(),
            page: "p".into(),
            how: "h".into(),
            known: false,
        };
        Finding {
            field: field.into(),
            section: known.section.into(),
            label: known.label.into(),
            list: known.list,
            current: Value::Null,
            values: values.iter().map(found).collect(),
        }
    }

    #[test]
    fn what_changed_between_two_readings() {
        let old = [
            page("/", "read", "1"),
            page("/about", "read", "2"),
            page("/old", "read", "3"),
            page("/slow", "read", "4"),
        ];
        let new = [
            page("/", "read", "1"),
            page("/about", "read", "9"),
            page("/new", "read", "5"),
            page("/slow", "timeout", ""),
        ];
        let said = [finding("business.industry", &["Bread"]), finding("topics.key_topics", &["rye", "oats"])];
        let says = [finding("topics.key_topics", &["rye"]), finding("place.city", &["Ghent"])];
        let found = changes((&old, &said), (&new, &says));
        let told: Vec<(ChangeKind, &str)> =
            found.iter().map(|one| (one.what, one.subject.as_str())).collect();
        assert_eq!(
            told,
            [
                (ChangeKind::PageChanged, "/about"),
                (ChangeKind::PageAdded, "/new"),
                (ChangeKind::PageRemoved, "/old"),
                (ChangeKind::SaidNoMore, "business.industry"),
                (ChangeKind::SaidDifferently, "topics.key_topics"),
                (ChangeKind::Said, "place.city"),
            ]
        );
        assert!(changes((&new, &says), (&new, &says)).is_empty());
    }
}
