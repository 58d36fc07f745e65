//! The way out.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use bellwether_kernel::{Timestamp, id::MailId};
use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::{
    ConfigError, MailConfig,
    session::{Offered, REST, Refused, Resting, Server},
    sql::Outgoing,
};

/// How mails leave.
#[derive(Clone)]
pub(crate) enum Transport {
    /// They don't: operators read them.
    Keep,
    /// By a server.
    Smtp(Box<Smtp>),
}

#[derive(Clone)]
pub(crate) struct Smtp {
    server: Arc<Server>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl Transport {
    pub(crate) fn new(config: &MailConfig) -> Result<Self, ConfigError> {
        let Some(text) = &config.smtp_url else { return Ok(Self::Keep) };
        let from = config.from.as_deref().ok_or(ConfigError::NoSender)?;
        let address = |key, text: &str| {
            text.parse::<Mailbox>().map_err(|error| ConfigError::Address { key, fault: error.to_string() })
        };
        let from = address("from", from)?;
        let reply_to = config.reply_to.as_deref().map(|text| address("reply_to", text)).transpose()?;
        // not lettre's own words: they may hold the URL, and that the password
        let unusable = |fault: &str| ConfigError::Url(fault.to_owned());
        let url = Url::parse(text).map_err(|error| unusable(&error.to_string()))?;
        let host = url.host_str().ok_or_else(|| unusable("it names no host"))?.to_owned();
        let local = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            // schemes of other kinds than http: the host is not read as an address
            Some(Host::Domain(name)) => {
                name == "localhost"
                    || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            None => false,
        };
        let wanted = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let parameters = || -> Result<TlsParameters, ConfigError> {
            let mut parameters = TlsParameters::builder(host.clone());
            if let Some(path) = &config.ca_file {
                let fault = |fault: String| ConfigError::Authority { path: path.clone(), fault };
                let pem = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
                let certificate = Certificate::from_pem(&pem).map_err(|error| fault(error.to_string()))?;
                parameters = parameters.add_root_certificate(certificate);
            }
            parameters.build().map_err(|error| unusable(&error.to_string()))
        };
        let (tls, usual_port) = match (url.scheme(), wanted.as_deref()) {
            ("smtps", _) => (Tls::Wrapper(parameters()?), SUBMISSIONS_PORT),
            ("smtp", Some("required")) => (Tls::Required(parameters()?), SUBMISSION_PORT),
            ("smtp", Some("opportunistic")) if local || url.password().is_none() => {
                (Tls::Opportunistic(parameters()?), SUBMISSION_PORT)
            }
            ("smtp", None) if local || url.password().is_none() => (Tls::None, SMTP_PORT),
            ("smtp", None | Some("opportunistic")) => return Err(ConfigError::Unencrypted(host)),
            ("smtp", Some(_)) => return Err(unusable("tls is `required` or `opportunistic`")),
            _ => return Err(unusable("it begins with neither smtp:// nor smtps://")),
        };
        let plain = |text: &str| {
            let plain = percent_decode_str(text).decode_utf8().map_err(|_| unusable("it can't be read"))?;
            Ok::<_, ConfigError>(plain.into_owned())
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(plain(url.username())?, plain(password)?)),
            None => None,
        };
        // a name in the URL's path goes before
        let name = match url.path().trim_matches('/') {
            "" => from.email.domain(),
            name => name,
        };
        let server = Server {
            port: url.port().unwrap_or(usual_port),
            hello: ClientId::Domain(name.to_owned()),
            host,
            tls,
            credentials,
            patience_to_connect: Duration::from_secs(config.connect_timeout_seconds.max(1)),
            patience: Duration::from_secs(config.timeout_seconds.max(1)),
            patience_at_end: Duration::from_secs(config.end_timeout_seconds.max(1)),
            rest: REST,
            resting: Mutex::new(Resting::default()),
        };
        Ok(Self::Smtp(Box::new(Smtp { server: Arc::new(server), from, reply_to })))
    }
}

impl Smtp {
    /// Asks the server to take a mail.
    pub(crate) async fn offer(
        &self,
        id: MailId,
        mail: &Outgoing,
        now: Timestamp,
    ) -> Result<Offered<'_>, Refused> {
        let message = self.message(id, mail, now).map_err(Refused::never)?;
        // a session within another future makes that a large one
        Box::pin(self.server.offer(message.envelope(), message.formatted())).await
    }

    fn message(&self, id: MailId, mail: &Outgoing, now: Timestamp) -> Result<Message, String> {
        // an address alone: a mailbox may have a name before it, and then another address
        let to: Address = mail.recipient.parse().map_err(|error| format!("the address: {error}"))?;
        let mut message = Message::builder()
            // the same in every attempt: receivers know a mail that they have
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date(SystemTime::from(now))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            // RFC 3834: no automatic answers
            .raw_header(header::HeaderValue::new(
                header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".into(),
            ));
        if let Some(url) = &mail.unsubscribe_url {
            for (name, value) in [
                ("List-Unsubscribe", format!("<{url}>")),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
            ] {
                let name = header::HeaderName::new_from_ascii_str(name);
                message = message.raw_header(header::HeaderValue::new(name, value));
            }
        }
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(reply_to.clone());
        }
        message
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(smtp_url: &str) -> Result<Transport, ConfigError> {
        let from = Some("Bellwether <no-reply@bell.example>".into());
        Transport::new(&MailConfig { smtp_url: Some(smtp_url.into()), from, ..MailConfig::default() })
    }

    #[test]
    fn what_an_operator_may_write() {
        for good in [
            "smtps://ada:secret@mail.example.org",
            "smtp://ada:secret@mail.example.org:587?tls=required",
            "smtp://ada:secret@127.0.0.1:1025",
            "smtp://localhost:25",
            "smtp://relay.example.org:25?tls=opportunistic",
        ] {
            assert!(with(good).is_ok(), "{good}");
        }
        for bad in [
            "mail.example.org",
            "https://mail.example.org",
            "smtp://ada:secret@mail.example.org",
            "smtp://ada:secret@mail.example.org?tls=opportunistic",
            "smtp://localhost?tls=maybe",
            "smtp://",
        ] {
            let error = with(bad).err().expect(bad).to_string();
            assert!(error.starts_with("mail.smtp_url") && !error.contains("secret"), "{bad}: {error}");
        }
        assert!(Transport::new(&MailConfig::default()).is_ok());
        let no_sender = MailConfig { smtp_url: Some("smtp://localhost".into()), ..MailConfig::default() };
        assert!(matches!(Transport::new(&no_sender), Err(ConfigError::NoSender)));
        let debug = format!("{:?}", MailConfig { smtp_url: Some("smtps://a:secret@b".into()), ..no_sender });
        assert!(!debug.contains("secret"), "{debug}");
    }
}
