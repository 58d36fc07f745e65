//! What is known of an offer. Pure.

use bellwether_identity::organizations::check_website;
use bellwether_kernel::Problem;
use bellwether_web::Patch;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fields::{Change, Faults, Field, Fill as _, Most, characters, check_text, items, section};

section! {
    /// Something that a brand sells.
    Offer,
    /// A new offer or a change of one: absent fields stay, null clears. A new one needs a `name`.
    UpdateOffer {
        /// Its name, up to 200 characters.
        name: String, Option<String>, characters(200);
        /// What it is, up to 20,000 characters: what the analysis reads.
        description: Option<String>, Patch<String>, characters(20_000);
        /// Where it is found.
        url: Option<String>, Patch<String>, characters(2000);
        /// What it typically costs.
        price: Option<Price>, Patch<Price>, characters(60);
        /// Reductions and extras, up to 20; replaced as a whole.
        promotions: Vec<Promotion>, Option<Vec<Promotion>>, items(20, 300);
        /// What people have of it, up to 20 of 1,000 characters. One that stays as it was keeps its evidence.
        benefits: Vec<Finding>, Option<Vec<String>>, items(20, 1000);
        /// What it consists of, up to 40 of 1,000 characters.
        features: Vec<Finding>, Option<Vec<String>>, items(40, 1000);
        /// For whom it is, up to 1,000 characters.
        target_audience: Option<Finding>, Patch<String>, characters(1000);
        /// Why anybody should want it, up to 1,000 characters.
        value_proposition: Option<Finding>, Patch<String>, characters(1000);
    }
}

/// What something costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In the smallest unit of the currency: 4900 is 49 euros, 4900 yen are 4900.
    #[schema(minimum = 0)]
    pub amount_minor: i64,
    /// ISO 4217, such as `eur`.
    pub currency: String,
    /// For what, such as “per month”, up to 60 characters.
    #[serde(default)]
    pub unit: Option<String>,
}

/// A reduction or an extra for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// What it is, up to 300 characters.
    pub text: String,
    /// Its first day.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Its last day.
    #[serde(default)]
    pub until: Option<NaiveDate>,
}

/// Something said of an offer, and from what it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// What is said.
    pub text: String,
    /// The sentence of the description that says it; absent when a person wrote it.
    pub evidence: Option<Evidence>,
}

/// From what something was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// The sentence as it stands in the description.
    pub sentence: String,
    /// What in it says so: its words, `list item`, or `core message`.
    pub cue: String,
}

impl Field for Option<Price> {
    fn tidy(&mut self) {
        if let Some(price) = self {
            price.currency = price.currency.trim().to_lowercase();
            price.unit.tidy();
        }
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        let Some(price) = self else { return };
        if price.amount_minor < 0 {
            faults.add(format!("{path}/amount_minor"), "out_of_range", "A price is not below zero.");
        }
        if price.currency.len() != 3 || !price.currency.bytes().all(|b| b.is_ascii_lowercase()) {
            let message = "Give the currency's three letters, e.g. eur.";
            faults.add(format!("{path}/currency"), "unknown_currency", message);
        }
        price.unit.check(most, &format!("{path}/unit"), faults);
    }

    fn is_filled(&self) -> Option<bool> {
        Some(self.is_some())
    }
}

impl Field for Vec<Promotion> {
    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        if self.len() > most.items {
            faults.add(path, "too_many", format!("Name at most {}.", most.items));
        }
        for (index, promotion) in self.iter().enumerate().take(most.items) {
            faults.text(&format!("{path}/{index}/text"), &promotion.text, most.characters);
            if promotion.from.zip(promotion.until).is_some_and(|(from, until)| until < from) {
                faults.add(format!("{path}/{index}/until"), "out_of_range", "It ends before it begins.");
            }
        }
    }

    fn is_filled(&self) -> Option<bool> {
        // most offers have none most of the time
        None
    }
}

impl Field for Vec<Finding> {
    fn tidy(&mut self) {
        let mut seen = std::collections::HashSet::new();
        self.retain(|finding| !finding.text.is_empty() && seen.insert(finding.text.to_lowercase()));
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        if self.len() > most.items {
            faults.add(path, "too_many", format!("Name at most {}.", most.items));
        }
        for (index, finding) in self.iter().enumerate().take(most.items) {
            check_text(&finding.text, most.characters, &format!("{path}/{index}"), faults);
        }
    }

    fn is_filled(&self) -> Option<bool> {
        Some(!self.is_empty())
    }
}

impl Field for Option<Finding> {
    fn tidy(&mut self) {
        *self = self.take().filter(|finding| !finding.text.is_empty());
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        if let Some(finding) = self {
            check_text(&finding.text, most.characters, path, faults);
        }
    }

    fn is_filled(&self) -> Option<bool> {
        Some(self.is_some())
    }
}

/// A text that was there keeps its evidence; any other is a person's own.
fn finding<'a>(text: &str, mut known: impl Iterator<Item = &'a Finding>) -> Finding {
    let text = text.trim().to_owned();
    let evidence = known.find(|finding| finding.text == text).and_then(|finding| finding.evidence.clone());
    Finding { text, evidence }
}

impl Change<Vec<Finding>> for Option<Vec<String>> {
    fn apply(self, field: &mut Vec<Finding>) {
        if let Some(texts) = self {
            *field = texts.iter().map(|text| finding(text, field.iter())).collect();
        }
    }
}

impl Change<Option<Finding>> for Patch<String> {
    fn apply(self, field: &mut Option<Finding>) {
        match self {
            Self::Absent => {}
            Self::Null => *field = None,
            Self::Value(text) => *field = Some(finding(&text, field.iter())),
        }
    }
}

impl Offer {
    /// All faults at once.
    pub(super) fn checked(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        self.check("", &mut faults);
        if let Some(url) = &self.url {
            faults.fault("url", check_website(url));
        }
        faults.into_result()
    }
}

/// Which fields any of a brand's offers fills.
#[derive(Debug, Default)]
pub struct Filled(Vec<(&'static str, bool)>);

impl Filled {
    pub(super) fn of<'a>(offers: impl Iterator<Item = &'a Offer>) -> Self {
        let mut fields = Self::default().fields();
        for offer in offers {
            for (field, other) in fields.iter_mut().zip(offer.filled()) {
                field.1 |= other.1;
            }
        }
        Self(fields)
    }

    pub(crate) fn fields(&self) -> Vec<(&'static str, bool)> {
        if self.0.is_empty() { Offer::default().filled() } else { self.0.clone() }
    }
}
