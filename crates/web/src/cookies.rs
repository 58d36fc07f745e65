//! The session's cookie.

use chrono::Duration;
use http::{HeaderMap, header};

/// The cookie's name.
pub const NAME: &str = "bellwether_session";

/// The `Set-Cookie` that signs a browser in. `secure` when people reach the app over TLS.
pub fn session(token: &str, max_age: Duration, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{NAME}={token}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", max_age.num_seconds())
}

/// The cookie by which a browser is known from which somebody has signed in before. It opens nothing.
pub const DEVICE: &str = "bellwether_device";

/// The `Set-Cookie` that makes a browser known. It goes to the routes that sign in, and nowhere else.
pub fn device(token: &str, max_age: Duration, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    let age = max_age.num_seconds();
    format!("{DEVICE}={token}; Path=/api/v1/auth; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

/// The token of a known browser in a request's cookies.
pub fn device_token(headers: &HeaderMap) -> Option<&str> {
    named(headers, DEVICE)
}

/// The `Set-Cookie` that signs a browser out.
pub fn forget() -> String {
    format!("{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}

/// The token in a request's cookies.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    named(headers, NAME)
}

fn named<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted && !value.is_empty()).then_some(value))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(token(&headers), None);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; bellwether_session=abc; c=d"));
        assert_eq!(token(&headers), Some("abc"));
        headers
            .insert(header::COOKIE, HeaderValue::from_static("bellwether_session=; xbellwether_session=q"));
        assert_eq!(token(&headers), None);
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_secure_over_tls() {
        let cookie = session("abc", Duration::seconds(60), true);
        assert_eq!(cookie, "bellwether_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert!(!session("abc", Duration::seconds(60), false).contains("Secure"));
    }
}
