//! The contexts, put together from the ground up.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use axum::{Extension, Router};
use bellwether_billing::Billing;
use bellwether_brand::{Brands, FirstBrands, ReadWebsite, Websites, brands, voice::Train};
use bellwether_delivery::{
    Below, Delivery,
    alerts::jobs::{Remind, Report, Reports},
    campaigns::jobs::SendCampaigns,
    channels::jobs::{FetchTelegram, SendCode},
    daily::jobs::{Deliver, Mornings},
    notifications::jobs::{MailNotices, Notify, Retain as RetainNotices, TellTrials},
    sends::jobs::{Carry, LookAfterSends},
};
use bellwether_identity::{
    Identity, IdentityConfig, IdentityGate, accounts,
    clerk::{self, Clerk, ClerkHandler},
    external::Externals,
    intake::AnswerForm,
    keys,
    links::{MailEmailChange, MailLink},
    organizations,
    passwords::BreachedPasswords,
    sessions,
    sign_ups::MailSignUp,
};
use bellwether_ingest::{FetchPolicy, Fetcher, Isolation, Reader, SitePolicy};
use bellwether_jobs::{Builder, Worker};
use bellwether_kernel::{Clock, Rng, money::MicroUsd};
use bellwether_mail::{Mailer, SendMail, Settle};
use bellwether_models::{Models, builtin::BuiltinWriter};
use bellwether_networks::publish::{App as NetworkApp, Wire, publishers};
use bellwether_operations::{
    Operations,
    inbox::{Inbox, Process},
    retention::Retention,
};
use bellwether_publishing::{
    Outside, PlannedPosts, Publishing,
    connections::{
        Listeners,
        jobs::{RenewTokens, TakePosts},
    },
    dispatch::Dispatcher,
    publications::jobs::{FollowPost, FollowZone, Retime},
    recurrences::jobs::Repeat,
    reviews::Reviews,
    sandbox::Sandbox,
    wire,
};
use bellwether_store::Store;
use bellwether_studio::{
    Files, Generate, LearnVoice, Library, PastPosts, Regenerate, Retain, RetainMedia, StatesOfPosts, Studio,
    Writing, media,
};
use bellwether_trends::{
    Trends,
    meaning::{self, EmbedDue, EmbedOrganization, Heard as HearItems},
    sources::{self, CheckDue, CheckOrganization, CheckSource, HearConnection, Retain as RetainItems},
    trends::{Detect, Sweep, WriteAngles},
};
use bellwether_vault::Vault;
use bellwether_web::{Api, Web, WebConfig, limits::Limits};
use secrecy::SecretString;
use url::Url;

use crate::{assets::BrowserApp, config::Config, exports::Kept};

/// Every context of one running program.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// Time.
    pub clock: Clock,
    /// Who signs in.
    pub identity: Identity,
    /// Who speaks.
    pub brands: Brands,
    /// What it costs.
    pub billing: Billing,
    /// What happened.
    pub operations: Operations,
    /// Mail to people.
    pub mailer: Mailer,
    /// Drafts.
    pub studio: Studio,
    /// Out to the networks.
    pub publishing: Publishing,
    /// What people are told.
    pub delivery: Delivery,
    /// What is listened to.
    pub trends: Trends,
    rng: Rng,
    public_url: Url,
    config: Arc<Config>,
}

/// Those who read and write, without a database: the command line needs no more.
pub fn writing(config: &Config, clock: &Clock, rng: &Rng) -> Result<Writing> {
    let policy = FetchPolicy { allow_private: config.fetch.allow_private.clone(), ..FetchPolicy::default() };
    let fetcher = Fetcher::new(policy).context("the outgoing HTTP client could not be made")?;
    let reader = Reader::new(fetcher).with_isolation(isolation()?);
    let builtin = Arc::new(BuiltinWriter::new());
    let models = Models::new(&config.models, &|name| std::env::var(name).ok(), builtin, clock, rng)
        .context("[models] in the configuration")?;
    Ok(Writing::new(reader, models))
}

/// Where PDFs are read.
fn isolation() -> Result<Isolation> {
    // only the program itself knows how to be that child: a test reads in a thread instead
    let program = std::env::current_exe().context("the program does not know where it is")?;
    Ok(if program.file_stem().is_some_and(|name| name == "bellwether") {
        Isolation::Process { program, arguments: vec!["read-pdf".into()] }
    } else {
        Isolation::Thread
    })
}

/// What carries requests to the networks.
fn wire(config: &Config, rng: &Rng) -> Result<Arc<dyn Wire>> {
    let policy = FetchPolicy { allow_private: config.fetch.allow_private.clone(), ..FetchPolicy::default() };
    let fetcher = Fetcher::new(policy).context("the outgoing HTTP client could not be made")?;
    Ok(Arc::new(wire::Outside::new(fetcher, rng.clone())))
}

/// What publishing needs from outside.
fn ways_out(
    config: &Config,
    store: &Store,
    (clock, rng): (&Clock, &Rng),
    vault: Vault,
    public_url: &Url,
    wire: Arc<dyn Wire>,
) -> Outside {
    let sandbox = Sandbox::new(store.clone(), clock.clone(), rng.clone(), config.publishing.sandbox);
    let mut all: BTreeMap<_, _> =
        publishers().into_iter().map(|publisher| (publisher.provider(), publisher)).collect();
    all.insert(bellwether_networks::publish::Provider::Sandbox, Arc::new(sandbox));
    let app = |app: &crate::config::NetworkApp| NetworkApp {
        client_id: app.client_id.clone(),
        client_secret: app.client_secret.clone().into(),
    };
    Outside {
        publishers: all,
        wire,
        apps: config.networks.iter().map(|(provider, found)| (*provider, app(found))).collect(),
        vault,
        public_url: public_url.as_str().trim_end_matches('/').to_owned(),
        lease: chrono::Duration::seconds(config.publishing.lease_seconds.clamp(2, 3_600).into()),
    }
}

impl App {
    /// Wires everything on a database.
    pub fn new(store: Store, clock: Clock, rng: Rng, config: Config, public_url: Url) -> Result<Self> {
        let wire = wire(&config, &rng)?;
        Self::with_wire(store, clock, rng, config, public_url, wire)
    }

    /// The same over another wire to the networks: for tests.
    pub fn with_wire(
        store: Store,
        clock: Clock,
        rng: Rng,
        config: Config,
        public_url: Url,
        wire: Arc<dyn Wire>,
    ) -> Result<Self> {
        let writing = writing(&config, &clock, &rng)?;
        // who hears of what is told in the transactions that every context opens
        let store = store.with_subscriptions(
            bellwether_studio::voice::subscriptions()
                .and(bellwether_publishing::subscriptions())
                .and(bellwether_delivery::subscriptions())
                .and(meaning::subscriptions())
                .and(sources::subscriptions()),
        );
        let mailer =
            Mailer::new(store.clone(), clock.clone(), &config.mail).context("[mail] in the configuration")?;
        let outside = &config.identity;
        let keys: Vec<SecretString> = config.secrets.keys.iter().cloned().map(Into::into).collect();
        let cap = config.billing.monthly_ai_cap_usd.map(|usd| MicroUsd((usd * 1_000_000.0).round() as i64));
        let vault = Vault::new(&keys).context("[secrets] in the configuration")?;
        let identity_config = IdentityConfig {
            public_url: public_url.as_str().trim_end_matches('/').to_owned(),
            sign_up: config.sign_up_mode(),
            confirm_sign_up: config.confirms_sign_up(),
            vault: vault.clone(),
            externals: Externals::new(
                outside.oidc.as_slice(),
                &outside.jwt,
                &config.fetch.allow_private,
                &clock,
            )
            .context("[identity] in the configuration")?,
            clerk: Clerk::new(&outside.clerk).context("[identity.clerk] in the configuration")?,
        };
        let first_brand = Arc::new(FirstBrands { clock: clock.clone(), rng: rng.clone() });
        let breached =
            config.sign_in.breached_passwords.as_deref().map(BreachedPasswords::open).transpose()?;
        let identity = Identity::new(store.clone(), clock.clone(), rng.clone(), identity_config, first_brand)
            .with_breached_passwords(breached);
        let operations = Operations::new(store.clone(), clock.clone(), rng.clone(), cap);
        let pause = Duration::from_millis(config.fetch.pause_ms);
        let websites = Websites {
            reader: writing.reader().clone(),
            policy: SitePolicy { pause, ..SitePolicy::default() },
            models: writing.models().clone(),
            operations: operations.clone(),
        };
        let brands = Brands::new(store.clone(), clock.clone(), rng.clone())
            .with_past_content(Arc::new(PastPosts))
            .with_websites(websites);
        let trends = Trends::new(store.clone(), clock.clone(), rng.clone(), writing.reader().clone(), pause)
            .with_brands(brands.clone())
            .with_posts(Arc::new(StatesOfPosts))
            .with_models(writing.models().clone(), operations.clone());
        let default_plan = &config.billing.default_plan;
        let billing =
            Billing::new(store.clone(), clock.clone(), rng.clone(), operations.clone(), default_plan);
        let studio = Studio::new(
            store.clone(),
            clock.clone(),
            rng.clone(),
            brands.clone(),
            billing.clone(),
            operations.clone(),
            writing,
            Library {
                files: Files::open(&config.media, config.data.dir.join("files"))
                    .map_err(anyhow::Error::msg)
                    .context("[media] in the configuration")?,
                vault: vault.clone(),
                public_base: media::public_base(config.server.public_url.as_ref()),
                plans: Some(Arc::new(PlannedPosts)),
            },
        )
        .with_reviews(Arc::new(Reviews { clock: clock.clone(), rng: rng.clone() }))
        .with_trends(trends.clone());
        let ways_out =
            ways_out(&config, &store, (&clock, &rng), vault.clone(), &public_url, Arc::clone(&wire));
        let publishing = Publishing::new(
            store.clone(),
            clock.clone(),
            rng.clone(),
            brands.clone(),
            studio.clone(),
            ways_out,
        );
        // accounts stand above studio, which asks trends what they are about and never reads a source
        let trends = trends.with_accounts(Arc::new(Listeners(publishing.clone())));
        let delivery = Delivery::new(
            store.clone(),
            clock.clone(),
            rng.clone(),
            Below {
                identity: identity.clone(),
                billing: billing.clone(),
                brands: brands.clone(),
                studio: studio.clone(),
                trends: trends.clone(),
                wire,
            },
            vault,
            (public_url.as_str(), &config.delivery),
        );
        let kept = Kept { billing: billing.clone(), delivery: delivery.clone(), trends: trends.clone() };
        let identity = identity.with_keeps(vec![Arc::new(kept)]);
        Ok(Self {
            store,
            clock,
            mailer: mailer.minding(Arc::new(delivery.clone())),
            identity,
            brands,
            billing,
            operations,
            studio,
            publishing,
            delivery,
            trends,
            rng,
            public_url,
            config: Arc::new(config),
        })
    }

    /// Randomness.
    pub fn rng(&self) -> &Rng {
        &self.rng
    }

    /// The routes of every context.
    pub fn apis(&self) -> [Api; 9] {
        [
            self.identity.routes(),
            self.operations.routes(),
            self.brands.routes(),
            self.billing.routes(),
            self.studio.routes().merge(self.studio.client_routes(&self.identity)),
            self.publishing.routes(),
            self.delivery.routes(),
            self.trends.routes(),
            self.mailer.routes(),
        ]
    }

    /// The state of the web server, with the usual settings changed by `adjust`.
    pub fn web(&self, adjust: impl FnOnce(&mut WebConfig)) -> Web {
        let mut web = WebConfig::new(self.public_url.clone());
        env!("CARGO_PKG_VERSION").clone_into(&mut web.version);
        web.trusted_proxies.clone_from(&self.config.server.trusted_proxies);
        web.metrics_token.clone_from(&self.config.server.metrics_token);
        if !self.config.server.rate_limits {
            web.limits = Limits::none();
        }
        adjust(&mut web);
        let gate = Arc::new(IdentityGate(self.identity.clone()));
        Web::new(self.store.clone(), self.clock.clone(), self.rng.clone(), gate, web)
    }

    /// The whole application as one router.
    pub fn router(&self, web: &Web) -> Router {
        // where Clerk's own guides put it; the same as below /api/v1
        let clerk =
            Router::new().route("/webhooks/clerk", clerk::webhook()).layer(Extension(self.identity.clone()));
        // short addresses for networks, which sign in nowhere
        let files = media::public_routes(self.studio.clone());
        bellwether_web::app(
            web.clone(),
            self.apis(),
            bellwether_web::spa(BrowserApp).merge(clerk).merge(files),
        )
    }

    /// What sends posts when they are due.
    pub fn dispatcher(&self) -> Dispatcher {
        Dispatcher::new(self.publishing.clone())
    }

    /// Every job with its schedule.
    pub fn worker(&self) -> Builder {
        Worker::builder(self.store.clone(), self.clock.clone())
            .concurrency(self.config.worker.concurrency)
            .register::<Generate>(self.studio.clone())
            .register::<Regenerate>(self.studio.clone())
            .register::<Retain>(self.studio.clone())
            .register::<RetainMedia>(self.studio.clone())
            .register::<LearnVoice>(self.studio.clone())
            .register::<ReadWebsite>(self.brands.clone())
            .register::<Retention>(self.operations.clone())
            .register::<Process>(Inbox::new(
                self.operations.clone(),
                vec![Arc::new(ClerkHandler(self.identity.clone()))],
            ))
            .register::<sessions::Retain>(self.identity.clone())
            .register::<MailLink>(self.identity.clone())
            .register::<MailSignUp>(self.identity.clone())
            .register::<MailEmailChange>(self.identity.clone())
            .register::<AnswerForm>(self.identity.clone())
            .register::<accounts::Erase>(self.identity.clone())
            // a mail server may take ten minutes to say that it has a mail
            .register_apart::<SendMail>(self.mailer.clone(), self.config.worker.mail_concurrency)
            .register::<bellwether_mail::Wake>(self.mailer.clone())
            .register::<Settle>(Arc::new(self.delivery.clone()))
            .register::<bellwether_mail::Retain>(self.mailer.clone())
            .register::<organizations::Purge>(self.identity.clone())
            .register::<brands::Purge>(self.brands.clone())
            .register::<Train>(self.brands.clone())
            .register::<FollowPost>(self.publishing.clone())
            .register::<FollowZone>(self.publishing.clone())
            .register::<Retime>(self.publishing.clone())
            .register::<Repeat>(self.publishing.clone())
            .register::<RenewTokens>(self.publishing.clone())
            .register::<TakePosts>(self.publishing.clone())
            .register::<keys::CountKeys>(self.identity.clone())
            .register::<Notify>(self.delivery.clone())
            .register::<MailNotices>(self.delivery.clone())
            .register::<TellTrials>(self.delivery.clone())
            .register::<SendCampaigns>(self.delivery.clone())
            .register::<Mornings>(self.delivery.clone())
            .register::<Deliver>(self.delivery.clone())
            .register::<RetainNotices>(self.delivery.clone())
            .register::<Carry>(self.delivery.clone())
            .register::<LookAfterSends>(self.delivery.clone())
            .register::<SendCode>(self.delivery.clone())
            .register::<FetchTelegram>(self.delivery.clone())
            .register::<Remind>(self.delivery.clone())
            .register::<Reports>(self.delivery.clone())
            .register::<Report>(self.delivery.clone())
            .register::<CheckDue>(self.trends.clone())
            // a host may take a quarter of a minute to answer, or to show that it won't
            .register_apart::<CheckOrganization>(self.trends.clone(), self.config.worker.source_concurrency)
            .register_apart::<CheckSource>(self.trends.clone(), self.config.worker.source_concurrency)
            .register::<HearConnection>(self.trends.clone())
            .register::<RetainItems>(self.trends.clone())
            .register::<Detect>(self.trends.clone())
            .register::<Sweep>(self.trends.clone())
            .register::<WriteAngles>(self.trends.clone())
            .register::<HearItems>(self.trends.clone())
            .register::<EmbedOrganization>(self.trends.clone())
            .register::<EmbedDue>(self.trends.clone())
            .cron("*/10 * * * *", "trends.embed_due")
            .cron("* * * * *", "trends.check_due")
            .cron("*/15 * * * *", "trends.sweep")
            .cron("48 3 * * *", "trends.retain")
            .cron("* * * * *", "publishing.renew_tokens")
            .cron("*/10 * * * *", "publishing.repeat")
            .cron("* * * * *", "mail.wake")
            .cron("* * * * *", "delivery.mail_notices")
            .cron("* * * * *", "delivery.mornings")
            .cron("* * * * *", "delivery.look_after_sends")
            .cron("* * * * *", "delivery.fetch_telegram")
            .cron("*/5 * * * *", "delivery.remind")
            .cron("* * * * *", "delivery.reports")
            .cron("10 * * * *", "delivery.tell_trials")
            .cron("*/15 * * * *", "delivery.send_campaigns")
            .cron("45 3 * * *", "delivery.retain")
            .cron("15 3 * * *", "publishing.retime")
            .cron("5 * * * *", "identity.count_keys")
            .cron("20 3 * * *", "studio.retain")
            .cron("22 3 * * *", "studio.retain_media")
            .cron("25 3 * * *", "identity.erase_accounts")
            .cron("30 3 * * *", "identity.retain")
            .cron("35 3 * * *", "mail.retain")
            .cron("40 3 * * *", "operations.retention")
            .cron("50 3 * * *", "identity.purge")
            .cron("55 3 * * *", "brand.purge")
    }
}

/// The API's description. Needs a wired application, but no database: nothing connects before it is used.
pub fn openapi() -> Result<utoipa::openapi::OpenApi> {
    let store = Store::unconnected();
    let url = Url::parse("http://127.0.0.1:4400")?;
    let app = App::new(store, Clock::system(), Rng::system(), Config::default(), url)?;
    Ok(bellwether_web::openapi::document(env!("CARGO_PKG_VERSION"), app.apis()))
}
