//! An OpenID provider and token issuer in this process, after the specifications (Discovery, Core, RFC 6749, RFC 7636):
//! strict about what we send, and lying where a test tells it to.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    digest, hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use std::collections::HashMap;
use url::Url;

pub const CLIENT: &str = "bellwether";
pub const SECRET: &str = "a secret & more";

pub struct SigningKey {
    pub id: String,
    pair: EcdsaKeyPair,
}

impl SigningKey {
    pub fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { id: id.into(), pair }
    }

    pub fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65]),
        })
    }

    pub fn token(&self, claims: &Value) -> String {
        let signed = unsigned(&json!({ "alg": "ES256", "typ": "JWT", "kid": self.id }), claims);
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// The two parts that are signed.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// A token signed with a shared secret.
pub fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let signed = unsigned(header, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

pub struct Fake {
    pub issuer: String,
    pub keys: Mutex<Vec<Arc<SigningKey>>>,
    pub key_requests: AtomicUsize,
    /// What the next token says; `nonce` and times are added unless they are there.
    pub claims: Mutex<Value>,
    /// What was asked for at the authorization endpoint, by code.
    asked: Mutex<HashMap<String, HashMap<String, String>>>,
    codes: AtomicUsize,
}

impl Fake {
    /// Listens on a free port.
    pub async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Arc::new(Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            keys: Mutex::new(vec![Arc::new(SigningKey::new("one"))]),
            key_requests: AtomicUsize::new(0),
            claims: Mutex::new(json!({})),
            asked: Mutex::default(),
            codes: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/.well-known/jwks.json", get(jwks))
            .route("/token", post(token))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        fake
    }

    pub fn key(&self) -> Arc<SigningKey> {
        self.keys.lock().unwrap().last().unwrap().clone()
    }

    /// The person agrees at the authorization endpoint: gives the code and the state for the way back.
    pub fn agree(&self, url: &str, claims: Value) -> (String, String) {
        let url = Url::parse(url).unwrap();
        assert!(url.as_str().starts_with(&format!("{}/authorize?", self.issuer)));
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid") && asked["nonce"].len() >= 20);
        let code = format!("code-{}", self.codes.fetch_add(1, Ordering::Relaxed));
        let state = asked["state"].clone();
        self.asked.lock().unwrap().insert(code.clone(), asked);
        *self.claims.lock().unwrap() = claims;
        (code, state)
    }
}

async fn discovery(State(fake): State<Arc<Fake>>) -> Json<Value> {
    let issuer = &fake.issuer;
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn jwks(State(fake): State<Arc<Fake>>) -> Json<Value> {
    fake.key_requests.fetch_add(1, Ordering::Relaxed);
    let mut keys: Vec<Value> = fake.keys.lock().unwrap().iter().map(|key| key.public()).collect();
    keys.insert(0, json!({ "kty": "post-quantum", "kid": "later" }));
    Json(json!({ "keys": keys }))
}

async fn token(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let no = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    // both parts are form-encoded before they are joined (RFC 6749, 2.3.1)
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:a+secret+%26+more")));
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(&basic) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })));
    }
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    // a code works once
    let Some(asked) = fake.asked.lock().unwrap().remove(&field("code")) else { return no("invalid_grant") };
    let challenge =
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, field("code_verifier").as_bytes()));
    if field("grant_type") != "authorization_code"
        || field("redirect_uri") != asked["redirect_uri"]
        || challenge != asked["code_challenge"]
    {
        return no("invalid_grant");
    }
    let mut claims = json!({ "iss": fake.issuer, "aud": CLIENT, "nonce": asked["nonce"] });
    claims.as_object_mut().unwrap().extend(fake.claims.lock().unwrap().as_object().unwrap().clone());
    let id_token = fake.key().token(&claims);
    (StatusCode::OK, Json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": id_token })))
}
