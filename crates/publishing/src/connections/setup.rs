//! What can be connected here, and what an operator has to register for it.

use bellwether_kernel::{BrandAccess, Permission};
use bellwether_networks::{
    Network,
    publish::{Abilities, App, Field, Provider, Scope},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Error, Publishing};

/// How a network is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConnectionWay)]
pub enum Way {
    /// The account's owner consents at the network.
    Oauth,
    /// A person types what opens the account.
    Fields,
    /// Nothing is needed.
    None,
}

/// A way out that this installation offers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionProvider)]
pub struct ProviderView {
    /// Which.
    pub provider: Provider,
    /// As a person reads it.
    pub name: &'static str,
    /// The networks that it reaches.
    #[schema(value_type = Vec<Network>)]
    pub networks: &'static [Network],
    /// How it is connected.
    pub way: Way,
    /// Whether it can be connected now; if not, `setup` says what is missing.
    pub configured: bool,
    /// Whether an instance has to be named.
    pub needs_server: bool,
    /// What a person types.
    pub fields: Vec<Field>,
    /// What is asked for at the network.
    pub scopes: Vec<Scope>,
    /// What its client was tested against.
    pub tested: &'static str,
    /// What it can do.
    pub abilities: Abilities,
    /// What the operator registers.
    pub setup: Setup,
}

/// What an operator registers at a network.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionSetup)]
pub struct Setup {
    /// To be entered at the network, to the letter.
    pub redirect_url: String,
    /// Where it is registered.
    pub register_url: Option<&'static str>,
    /// What to do, in order.
    pub steps: Vec<String>,
}

impl Publishing {
    /// Where networks send people back to after a consent.
    pub fn redirect_url(&self) -> String {
        format!("{}/api/v1/connections/callback", self.outside.public_url)
    }

    /// What can be connected here.
    pub fn list_providers(&self, access: &BrandAccess) -> Result<Vec<ProviderView>, Error> {
        access.allow(Permission::BrandRead)?;
        Ok(self.outside.publishers.keys().filter_map(|provider| self.provider_view(*provider)).collect())
    }

    fn provider_view(&self, provider: Provider) -> Option<ProviderView> {
        let publisher = self.outside.publishers.get(&provider)?;
        let fields = publisher.fields();
        let registers_itself = provider == Provider::Mastodon;
        let nobody = App { client_id: "-".to_owned(), client_secret: String::new().into() };
        let app = self.outside.apps.get(&provider);
        let server = registers_itself.then_some("https://mastodon.example");
        let oauth = publisher.oauth(app.unwrap_or(&nobody), server);
        let way = if provider == Provider::Sandbox {
            Way::None
        } else if oauth.is_some() {
            Way::Oauth
        } else {
            Way::Fields
        };
        let configured = way != Way::Oauth || registers_itself || app.is_some();
        let key = provider.as_str();
        let register_url = register_url(provider);
        let steps = match way {
            Way::Oauth if registers_itself => {
                vec!["Nothing to register: Bellwether registers itself at each instance.".to_owned()]
            }
            Way::Oauth => vec![
                format!("Register an application at {}.", register_url.unwrap_or("the network")),
                format!("Enter {} as its redirect address.", self.redirect_url()),
                "Ask for the permissions listed here.".to_owned(),
                format!(
                    "Put its id and secret into bellwether.toml under [networks.{key}] as client_id and client_secret, or set BELLWETHER_NETWORKS__{upper}__CLIENT_ID and BELLWETHER_NETWORKS__{upper}__CLIENT_SECRET.",
                    upper = key.to_uppercase()
                ),
                "Start Bellwether again.".to_owned(),
            ],
            Way::Fields | Way::None => Vec::new(),
        };
        Some(ProviderView {
            provider,
            name: provider.name(),
            networks: provider.networks(),
            way,
            configured,
            needs_server: registers_itself,
            fields,
            scopes: oauth.map(|oauth| oauth.scopes).unwrap_or_default(),
            tested: publisher.tested(),
            abilities: publisher.abilities(),
            setup: Setup { redirect_url: self.redirect_url(), register_url, steps },
        })
    }
}

/// Where an application is registered.
const fn register_url(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::X => Some("https://developer.x.com/en/portal/dashboard"),
        Provider::Linkedin => Some("https://www.linkedin.com/developers/apps"),
        Provider::Instagram | Provider::Facebook | Provider::Threads => {
            Some("https://developers.facebook.com/apps")
        }
        Provider::Tiktok => Some("https://developers.tiktok.com/apps"),
        Provider::Youtube | Provider::GoogleBusiness => {
            Some("https://console.cloud.google.com/apis/credentials")
        }
        Provider::Ayrshare => Some("https://app.ayrshare.com/api"),
        _ => None,
    }
}
