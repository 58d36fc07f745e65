//! The way out.

use std::time::{Duration, SystemTime};

use bellwether_kernel::{Timestamp, id::MailId};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use url::{Host, Url};

use crate::{ConfigError, MailConfig, sql::Outgoing};

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
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

/// Why a mail did not leave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It may at another time.
    Later(String),
    /// It never will.
    Never(String),
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
        let tls = match (url.scheme(), wanted.as_deref()) {
            ("smtps", _) => Tls::Wrapper(parameters()?),
            ("smtp", Some("required")) => Tls::Required(parameters()?),
            ("smtp", Some("opportunistic")) if local || url.password().is_none() => {
                Tls::Opportunistic(parameters()?)
            }
            ("smtp", None) if local || url.password().is_none() => Tls::None,
            ("smtp", None | Some("opportunistic")) => return Err(ConfigError::Unencrypted(host)),
            ("smtp", Some(_)) => return Err(unusable("tls is `required` or `opportunistic`")),
            _ => return Err(unusable("it begins with neither smtp:// nor smtps://")),
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::from_url(text)
            .map_err(|_| unusable("it can't be read"))?
            .tls(tls)
            .timeout(Some(Duration::from_secs(config.timeout_seconds.max(1))));
        // a name in the URL's path goes before
        if url.path().trim_matches('/').is_empty() {
            server = server.hello_name(ClientId::Domain(from.email.domain().to_owned()));
        }
        Ok(Self::Smtp(Box::new(Smtp { server: server.build(), from, reply_to })))
    }
}

impl Smtp {
    /// Hands a mail to the server.
    pub(crate) async fn send(&self, id: MailId, mail: &Outgoing, now: Timestamp) -> Result<(), Refused> {
        let message = self.message(id, mail, now).map_err(Refused::Never)?;
        match self.server.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(classify(&error)),
        }
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

/// RFC 5321, 4.2.1: 4yz may pass later, 5yz will not. What the operator has to mend (credentials, TLS, an unreachable
/// server) may pass as well: the mail waits for it.
fn classify(error: &lettre::transport::smtp::Error) -> Refused {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_words = cause.to_string();
        if !words.contains(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        source = cause.source();
    }
    let code = error.status().map(u16::from);
    let to_mend = matches!(code, Some(530 | 534 | 535 | 538));
    if (error.is_permanent() && !to_mend) || error.is_client() {
        Refused::Never(words)
    } else {
        Refused::Later(words)
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
