//! An authenticator in software, after the WebAuthn specification: its own keys, its own counter, and the lies that a
//! test asks it to tell.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

pub struct Authenticator {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub counter: u32,
    /// Where the browser believes to be.
    pub origin: String,
    /// For whom it signs.
    pub rp_id: String,
    /// Whether it asked for the finger.
    pub verifies: bool,
    pub user_handle: Option<String>,
}

pub fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

fn cbor_bytes(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len();
    let mut out = match length {
        0..=23 => vec![0x40 | length as u8],
        24..=255 => vec![0x58, length as u8],
        _ => vec![0x59, (length >> 8) as u8, length as u8],
    };
    out.extend(bytes);
    out
}

fn cbor_text(text: &str) -> Vec<u8> {
    assert!(text.len() < 24);
    [&[0x60 | text.len() as u8], text.as_bytes()].concat()
}

impl Authenticator {
    pub fn new(origin: &str, rp_id: &str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
        let id = sha256(key.public_key().as_ref());
        Self {
            key,
            id,
            counter: 1,
            origin: origin.into(),
            rp_id: rp_id.into(),
            verifies: true,
            user_handle: None,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = options["publicKey"]["challenge"].as_str().unwrap();
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(&self, attested: Option<Vec<u8>>) -> Vec<u8> {
        let mut flags = 0x01;
        if self.verifies {
            flags |= 0x04;
        }
        if attested.is_some() {
            flags |= 0x40;
        }
        let mut data = sha256(self.rp_id.as_bytes());
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data.extend(attested.unwrap_or_default());
        data
    }

    /// `navigator.credentials.create`.
    pub fn create(&mut self, options: &Value) -> Value {
        let public = &options["publicKey"];
        assert_eq!(public["authenticatorSelection"]["residentKey"], "required");
        self.user_handle = public["user"]["id"].as_str().map(str::to_owned);
        let point = self.key.public_key().as_ref();
        // COSE_Key: EC2, ES256, P-256, x, y
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
        cose.extend(cbor_bytes(&point[1..33]));
        cose.push(0x22);
        cose.extend(cbor_bytes(&point[33..65]));
        let mut attested = vec![0; 16];
        attested.extend((self.id.len() as u16).to_be_bytes());
        attested.extend(&self.id);
        attested.extend(cose);
        let object = [
            vec![0xa3],
            cbor_text("fmt"),
            cbor_text("none"),
            cbor_text("attStmt"),
            vec![0xa0],
            cbor_text("authData"),
            cbor_bytes(&self.data(Some(attested))),
        ]
        .concat();
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(&self.client_data("webauthn.create", options)),
                "attestationObject": b64(&object), "transports": ["internal"],
            },
        })
    }

    /// `navigator.credentials.get`.
    pub fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(None);
        let signed = [data.clone(), sha256(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(&client_data), "authenticatorData": b64(&data),
                "signature": b64(signature.as_ref()), "userHandle": self.user_handle,
            },
        })
    }
}
