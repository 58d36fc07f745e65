//! Web push: RFC 8030 (how it is sent), 8188 and 8291 (how it is sealed, for the browser alone).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use bellwether_kernel::{Rng, Timestamp};
use bellwether_networks::publish::{Effect, Method, Request, Response};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    digest::{SHA256, digest},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    rand::SystemRandom,
};
use serde_json::json;

use super::{Message, Outcome, Tools, message::cut, usual};

/// Seconds that a push service keeps a message for a browser that is not there.
const KEEP: u32 = 12 * 3_600;
/// The record size that is declared; one record holds everything.
const RECORD: u32 = 4_096;
/// Most bytes of what is sealed: services refuse bodies above 4,096.
const LARGEST: usize = 3_900;
/// Characters of the text: screens show less.
const BODY: usize = 240;

/// Whether what a browser gave can be used: its key is a point and its secret has its length.
pub fn keys_are_good(p256dh: &str, auth: &str) -> bool {
    let key = read(p256dh).is_some_and(|key| key.len() == 65 && key[0] == 4);
    key && read(auth).is_some_and(|auth| auth.len() == 16)
}

fn read(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.trim().trim_end_matches('=')).ok()
}

/// What the browser's worker gets.
fn payload(message: &Message) -> Vec<u8> {
    let write = |body: &str| {
        json!({ "title": message.title, "body": body, "url": message.link.url, "tag": message.tag })
            .to_string()
            .into_bytes()
    };
    let whole = write(&cut(&message.body, BODY));
    if whole.len() <= LARGEST { whole } else { write("") }
}

pub(super) fn request(
    tools: &Tools<'_>,
    (endpoint, p256dh, auth): (&str, &str, &str),
    message: &Message,
) -> Result<Request, String> {
    let words = "The browser's keys can't be used: switch its notifications off and on again.";
    let (key, secret) = read(p256dh).zip(read(auth)).ok_or(words)?;
    let origin = origin(endpoint).ok_or(words)?;
    let vapid = tools.vapid.ok_or("The keys for notifications of browsers can't be read.")?;
    let authorization = vapid
        .authorization(&origin, tools.contact, tools.now)
        .ok_or("The call to the push service could not be signed.")?;
    let body = seal(&payload(message), &key, &secret, tools.rng).ok_or(words)?;
    Ok(Request::new(Method::Post, endpoint, Effect::Publishes)
        .header("authorization", authorization)
        .header("ttl", KEEP.to_string())
        .header("urgency", "normal")
        // a newer one of the same takes the place of one that was not fetched yet
        .header("topic", topic(&message.tag))
        .header("content-encoding", "aes128gcm")
        .bytes("application/octet-stream", body.into()))
}

/// What stands for a tag in the header: at most 32 letters of base64url.
fn topic(tag: &str) -> String {
    let mut out = BASE64.encode(digest(&SHA256, tag.as_bytes()).as_ref());
    out.truncate(32);
    out
}

/// `https://host:port` of an address.
pub fn origin(endpoint: &str) -> Option<String> {
    let (scheme, rest) = endpoint.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty() && !host.contains('@'))?;
    Some(format!("{scheme}://{host}"))
}

pub(super) fn judge(response: &Response, now: Timestamp) -> Outcome {
    match response.status {
        200..=299 => Outcome::Sent(None),
        404 | 410 => {
            let words = "The browser takes no notifications any more.";
            Outcome::Refused { words: words.to_owned(), gone: true }
        }
        _ => usual(response, now, &String::from_utf8_lossy(&response.bytes)),
    }
}

/// So many bytes of a key.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(key: &Prk, info: &[&[u8]]) -> Option<[u8; N]> {
    let mut out = [0; N];
    key.expand(info, Length(N)).ok()?.fill(&mut out).ok()?;
    Some(out)
}

/// Seals for one browser. The sender's key is made for this one message; ring draws it from the system, since it takes no
/// other source for keys.
fn seal(plain: &[u8], key: &[u8], auth: &[u8], rng: &Rng) -> Option<Vec<u8>> {
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).ok()?;
    let public = own.compute_public_key().ok()?;
    let public = public.as_ref().to_vec();
    let peer = UnparsedPublicKey::new(&ECDH_P256, key);
    let salt = rng.bytes::<16>();
    let (content, nonce) =
        agree_ephemeral(own, &peer, |shared| derive(shared, key, auth, &public, salt)).ok()??;
    let mut record = plain.to_vec();
    // the last record ends with a 2
    record.push(2);
    let sealing = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content).ok()?);
    sealing.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).ok()?;
    let mut out = Vec::with_capacity(86 + record.len());
    out.extend_from_slice(&salt);
    out.extend_from_slice(&RECORD.to_be_bytes());
    out.push(u8::try_from(public.len()).ok()?);
    out.extend_from_slice(&public);
    out.extend_from_slice(&record);
    Some(out)
}

/// The key of the content and the nonce (RFC 8291 section 3.4, RFC 8188 section 2.2).
fn derive(
    shared: &[u8],
    browser: &[u8],
    auth: &[u8],
    sender: &[u8],
    salt: [u8; 16],
) -> Option<([u8; 16], [u8; 12])> {
    let first = Salt::new(HKDF_SHA256, auth).extract(shared);
    let keying: [u8; 32] = expand(&first, &[b"WebPush: info\0", browser, sender])?;
    let second = Salt::new(HKDF_SHA256, &salt).extract(&keying);
    Some((
        expand(&second, &[b"Content-Encoding: aes128gcm\0"])?,
        expand(&second, &[b"Content-Encoding: nonce\0"])?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        read(text).unwrap()
    }

    #[test]
    fn keys_are_derived_as_the_standard_s_example_says() {
        // RFC 8291, appendix A
        let shared = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let browser =
            bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let sender =
            bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let (content, nonce) =
            derive(&shared, &browser, &bytes("BTBZMqHH6r4Tts7J_aSIgg"), &sender, salt).unwrap();
        assert_eq!(BASE64.encode(content), "oIhVW04MRdy2XN9CiKLxTg");
        assert_eq!(BASE64.encode(nonce), "4h_95klXJ5E_qnoN");
    }

    #[test]
    fn what_is_sealed_opens_with_the_browser_s_key() {
        let browser = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        let key = browser.compute_public_key().unwrap().as_ref().to_vec();
        let auth = [7; 16];
        let sealed = seal(b"good morning", &key, &auth, &Rng::seeded(1)).unwrap();
        let (salt, rest) = sealed.split_at(16);
        assert_eq!(rest[..4], 4_096_u32.to_be_bytes());
        assert_eq!(rest[4], 65);
        let (sender, record) = rest[5..].split_at(65);
        let peer = UnparsedPublicKey::new(&ECDH_P256, sender);
        let (content, nonce) = agree_ephemeral(browser, &peer, |shared| {
            derive(shared, &key, &auth, sender, salt.try_into().unwrap()).unwrap()
        })
        .unwrap();
        let opening = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content).unwrap());
        let mut record = record.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = opening.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        assert_eq!(plain, b"good morning\x02");
    }

    #[test]
    fn the_origin_is_of_the_push_service() {
        assert_eq!(origin("https://push.example:8443/a/b?c").as_deref(), Some("https://push.example:8443"));
        assert_eq!(origin("https:///a"), None);
    }
}
