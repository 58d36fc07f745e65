//! What a call costs: the dated table in `prices.toml`, or the operator's own price. Unknown stays unknown.

use bellwether_kernel::money::MicroUsd;
use serde::Deserialize;

use crate::{
    config::{ConfigError, PriceConfig, ProviderConfig, ProviderKind},
    writer::Usage,
};

/// Micro-dollars per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Price {
    /// Read by the model.
    pub input: u64,
    /// Written by it.
    pub output: u64,
}

impl Price {
    /// Nothing: the model runs on the operator's own machine.
    pub const FREE: Self = Self { input: 0, output: 0 };

    /// What so many tokens cost, rounded up to a whole micro-dollar.
    pub fn cost(self, usage: Usage) -> MicroUsd {
        let exact = u128::from(self.input) * u128::from(usage.input_tokens)
            + u128::from(self.output) * u128::from(usage.output_tokens);
        MicroUsd(i64::try_from(exact.div_ceil(1_000_000)).unwrap_or(i64::MAX))
    }
}

impl From<PriceConfig> for Price {
    fn from(price: PriceConfig) -> Self {
        // checked by the configuration: not negative, far below the range of u64
        let micro = |dollars: f64| (dollars * 1e6).round() as u64;
        Self { input: micro(price.input), output: micro(price.output) }
    }
}

/// The table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    vendor: Vec<Vendor>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendor {
    #[expect(dead_code, reason = "for those who read the file")]
    name: String,
    host: String,
    #[expect(dead_code, reason = "for those who check the file")]
    source: String,
    #[expect(dead_code, reason = "for those who check the file")]
    as_of: String,
    prices: Vec<Row>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    model: String,
    input: u64,
    output: u64,
}

impl Prices {
    /// The one that comes with this version.
    pub fn table() -> Result<Self, ConfigError> {
        Self::read(include_str!("../prices.toml"))
    }

    fn read(toml: &str) -> Result<Self, ConfigError> {
        toml::from_str(toml)
            .map_err(|error| ConfigError { path: "prices".into(), message: error.message().to_owned() })
    }

    /// The price of a configured provider's model: its own, else free on the operator's own Ollama, else the table's.
    pub fn of(&self, provider: &ProviderConfig) -> Option<Price> {
        if let Some(price) = provider.price {
            return Some(price.into());
        }
        if provider.kind == ProviderKind::Ollama {
            return Some(Price::FREE);
        }
        let host = match &provider.base_url {
            Some(url) => url.host_str()?.to_owned(),
            None => url::Url::parse(provider.kind.default_base_url()).ok()?.host_str()?.to_owned(),
        };
        let vendor = self.vendor.iter().find(|vendor| vendor.host == host)?;
        let row = vendor.prices.iter().find(|row| is_version_of(&provider.model, &row.model))?;
        Some(Price { input: row.input, output: row.output })
    }
}

/// Whether a model is the named one, perhaps with a date or `latest` behind it. `gpt-5-mini` is no version of `gpt-5`.
fn is_version_of(model: &str, name: &str) -> bool {
    let Some(rest) = model.strip_prefix(name) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match rest.strip_prefix('-') {
        None => rest.is_empty(),
        Some("latest") => true,
        Some(date) => {
            let parts: Vec<&str> = date.split('-').collect();
            match parts.as_slice() {
                [whole] => whole.len() == 8 && digits(whole),
                [year, month, day] => {
                    (year.len(), month.len(), day.len()) == (4, 2, 2) && digits(&date.replace('-', ""))
                }
                _ => false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(toml: &str) -> ProviderConfig {
        toml::from_str(toml).unwrap()
    }

    fn price(toml: &str) -> Option<Price> {
        Prices::table().unwrap().of(&provider(toml))
    }

    #[test]
    fn the_table_reads_and_every_price_is_sane() {
        let table = Prices::table().unwrap();
        for vendor in &table.vendor {
            for row in &vendor.prices {
                // between 1 cent and 1,000 dollars per million, and writing costs no less than reading
                assert!((10_000..=1_000_000_000).contains(&row.input), "{}", row.model);
                assert!(row.output >= row.input, "{}", row.model);
                let names =
                    vendor.prices.iter().filter(|other| is_version_of(&row.model, &other.model)).count();
                assert_eq!(names, 1, "{} is ambiguous", row.model);
            }
        }
    }

    #[test]
    fn versions_match_and_siblings_do_not() {
        let mini = price("kind = \"openai\"\nmodel = \"gpt-4o-mini-2024-07-18\"");
        assert_eq!(mini, Some(Price { input: 150_000, output: 600_000 }));
        assert!(price("kind = \"anthropic\"\nmodel = \"claude-sonnet-4-5-20250929\"").is_some());
        assert!(price("kind = \"anthropic\"\nmodel = \"claude-3-5-sonnet-latest\"").is_some());
        assert_eq!(price("kind = \"openai\"\nmodel = \"gpt-5-turbo\""), None);
        assert_eq!(price("kind = \"openai\"\nmodel = \"gpt-99\""), None);
    }

    #[test]
    fn another_host_is_another_price() {
        let elsewhere = "kind = \"openai\"\nmodel = \"gpt-4o\"\nbase_url = \"https://example.org/v1\"";
        assert_eq!(price(elsewhere), None);
        let own = format!("{elsewhere}\nprice = {{ input = 1.5, output = 2.0 }}");
        assert_eq!(price(&own), Some(Price { input: 1_500_000, output: 2_000_000 }));
        assert_eq!(price("kind = \"ollama\"\nmodel = \"llama3.2\""), Some(Price::FREE));
    }

    #[test]
    fn costs_round_up() {
        let price = Price { input: 150_000, output: 600_000 };
        let cost = |input_tokens, output_tokens| price.cost(Usage { input_tokens, output_tokens }).0;
        assert_eq!(cost(1_000_000, 1_000_000), 750_000);
        assert_eq!(cost(1, 0), 1);
        assert_eq!(cost(0, 0), 0);
        assert_eq!(price.cost(Usage { input_tokens: u64::MAX, output_tokens: u64::MAX }).0, i64::MAX);
    }
}
