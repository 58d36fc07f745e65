//! Mails over encrypted connections, and certificates that don't hold.

use std::{io::Write as _, sync::Arc};

use bellwether_mail::{MailConfig, MailView, Status};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

use crate::{
    outbox::Outbox,
    sink::{Encryption, Sink},
};

/// An authority of our own: its certificate as PEM, and a server with a certificate that it gave to a name.
fn authority(name: &str) -> (tempfile::NamedTempFile, TlsAcceptor) {
    let mut of_authority = CertificateParams::new(Vec::new()).unwrap();
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(of_authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(issuer.pem().as_bytes()).unwrap();
    (file, TlsAcceptor::from(Arc::new(config)))
}

/// Sends one mail there; gives what became of it.
async fn send(url: String, ca_file: Option<&tempfile::NamedTempFile>) -> MailView {
    let outbox = Outbox::new(MailConfig {
        smtp_url: Some(url),
        from: Some("Bellwether <no-reply@bell.example>".into()),
        ca_file: ca_file.map(|file| file.path().to_owned()),
        timeout_seconds: 5,
        ..MailConfig::default()
    })
    .await;
    let id = outbox.queue("ada@example.org").await;
    outbox.drain().await;
    outbox.get(id).await
}

fn smtps(sink: &Sink) -> String {
    format!("smtps://ada:secret@localhost:{}", sink.address.port())
}

fn starttls(sink: &Sink) -> String {
    format!("smtp://ada:secret@localhost:{}?tls=required", sink.address.port())
}

/// `\0ada\0secret` (RFC 4616).
const ADAS: &str = "AGFkYQBzZWNyZXQ=";

#[tokio::test]
async fn mails_go_over_tls_from_the_start_and_from_starttls_on() {
    let (file, acceptor) = authority("localhost");
    let implicit = Sink::encrypted(Encryption::Implicit(acceptor.clone())).await;
    let upgraded = Sink::encrypted(Encryption::StartTls(acceptor)).await;
    for (sink, url) in [(&implicit, smtps(&implicit)), (&upgraded, starttls(&upgraded))] {
        let mail = send(url, Some(&file)).await;
        assert_eq!(mail.summary.status, Status::Sent, "{:?}", mail.summary.last_error);
        assert_eq!((sink.received().len(), sink.credentials()), (1, vec![ADAS.to_owned()]));
    }
}

#[tokio::test]
async fn a_certificate_of_another_name_or_of_nobody_known_gets_neither_mail_nor_password() {
    let (file, other_name) = authority("mail.elsewhere.example");
    let (other_authority, good_name) = authority("localhost");
    let (_, unknown) = authority("localhost");
    for (acceptor, trusted, what) in [
        (other_name, Some(&file), "another name"),
        (unknown, Some(&other_authority), "another authority"),
        (good_name, None, "no authority of ours"),
    ] {
        let implicit = Sink::encrypted(Encryption::Implicit(acceptor.clone())).await;
        let upgraded = Sink::encrypted(Encryption::StartTls(acceptor)).await;
        for (sink, url) in [(&implicit, smtps(&implicit)), (&upgraded, starttls(&upgraded))] {
            let mail = send(url, trusted).await;
            // the operator mends it, and the mail waits
            assert_eq!(mail.summary.status, Status::Pending, "{what}: {:?}", mail.summary.last_error);
            let error = mail.summary.last_error.clone().unwrap_or_default();
            assert!(!error.is_empty() && !error.contains("secret"), "{what}: {error}");
            assert!(sink.received().is_empty() && sink.credentials().is_empty(), "{what}");
            assert!(sink.sessions() > 0, "{what}");
        }
    }
}

#[tokio::test]
async fn where_encryption_is_asked_for_and_not_offered_nothing_is_sent() {
    let sink = Sink::start().await;
    let mail = send(starttls(&sink), None).await;
    assert_ne!(mail.summary.status, Status::Sent, "{:?}", mail.summary.last_error);
    assert!(sink.received().is_empty() && sink.credentials().is_empty());
    // a server that speaks in the clear where TLS is expected
    let mail = send(smtps(&sink), None).await;
    assert_ne!(mail.summary.status, Status::Sent, "{:?}", mail.summary.last_error);
    assert!(sink.credentials().is_empty());
}
