//! What a language model adds to what the built-in reader found: only with words that stand on a page.

use bellwether_models::{Meter, Models, Silent, WantedField};
use serde_json::json;

use super::{
    Finding, FoundValue, PageView,
    model::{FIELDS, MOST_ITEMS},
};

const fn wanted(name: &'static str, meaning: &'static str, list: bool) -> WantedField {
    WantedField { name, meaning, list }
}

/// What a model is asked for: what needs understanding. Addresses and numbers are the built-in reader's.
const WANTED: [WantedField; 9] = [
    wanted("business.description", "what the business is and does, for whom", false),
    wanted("business.business_type", "what kind of business, such as “bakery” or “consultancy”", false),
    wanted("business.industry", "the industry", false),
    wanted("business.differentiators", "what sets it apart from others", true),
    wanted("market.geographic_focus", "where its customers are", false),
    wanted("topics.key_topics", "what it speaks about", true),
    wanted("calls.primary_cta", "what visitors are asked to do most of all, as the button says it", false),
    wanted("audience", "whom it is for: what such people are called", true),
    wanted("offer", "what it sells: the name of one product or service", true),
];

/// Longest values by field, in characters, as the profile takes them.
fn most(field: &str) -> usize {
    match field {
        "business.description" => 2_000,
        "business.differentiators" | "market.geographic_focus" | "calls.primary_cta" => 300,
        "offer" => 200,
        _ => 120,
    }
}

/// Asks the models, if there are any, and puts what they found with what is there. Gives the name of who answered.
pub(super) async fn read(
    models: &Models,
    content: &str,
    pages: &[PageView],
    meter: &dyn Meter,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    let profiled = match models.profile(content, &WANTED, meter, &Silent).await? {
        Ok(profiled) => profiled,
        Err(error) => {
            // the built-in reader has read: that is an outcome
            tracing::warn!(%error, "no language model read the website");
            return None;
        }
    };
    for found in profiled.found {
        let value = found.value.split_whitespace().collect::<Vec<_>>().join(" ");
        if value.chars().count() > most(&found.field) {
            continue;
        }
        let value = match &*found.field {
            "audience" | "offer" => json!({ "name": value, "description": found.evidence }),
            _ => json!(value),
        };
        let page = page_of(content, &found.evidence).or_else(|| pages.first().map(|page| page.url.clone()));
        let Some((page, known)) = page.zip(FIELDS.iter().find(|field| field.name == found.field)) else {
            continue;
        };
        let value = FoundValue {
            value,
            evidence: found.evidence,
            page,
            how: format!("the language model {}", profiled.provider),
            known: false,
        };
        match findings.iter_mut().find(|finding| finding.field == known.name) {
            Some(finding)
                if finding.values.iter().any(|one| super::reading::same(&one.value, &value.value)) => {}
            Some(finding) if known.list => {
                finding.values.push(value);
                finding.values.truncate(MOST_ITEMS);
            }
            // of a choice, what was understood comes before what was told by a mark
            Some(finding) => finding.values.insert(0, value),
            None => findings.push(Finding {
                field: known.name.to_owned(),
                section: known.section.to_owned(),
                label: known.label.to_owned(),
                list: known.list,
                current: serde_json::Value::Null,
                values: vec![value],
            }),
        }
    }
    let place = |finding: &Finding| FIELDS.iter().position(|field| field.name == finding.field);
    findings.sort_by_key(place);
    Some(profiled.provider)
}

/// The page in which words stand: the text of each begins with `# address`.
fn page_of(content: &str, evidence: &str) -> Option<String> {
    // as who checked that they stand there: spaces and quotation marks aside
    let flat = |text: &str| {
        let plain = text.replace(['“', '”', '„'], "\"").replace(['’', '‘'], "'");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let wanted = flat(evidence);
    content
        .split("# http")
        .skip(1)
        .find(|page| flat(page).contains(&wanted))
        .and_then(|page| Some(format!("http{}", page.lines().next()?.trim())))
}
