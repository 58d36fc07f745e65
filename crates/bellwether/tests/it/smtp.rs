//! A mail server on this machine that answers each address as a test says, and takes everything else. How closely a session
//! keeps to RFC 5321 is tested where sessions are written.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use bellwether::config::Config;
use bellwether_identity::sign_ups::Confirm;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

#[derive(Default)]
struct Kept {
    answers: HashMap<String, &'static str>,
    taken: Vec<String>,
}

/// The server.
#[derive(Clone)]
pub struct Smtp {
    url: String,
    kept: Arc<Mutex<Kept>>,
}

impl Smtp {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = Self { url, kept: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.session(stream).await });
            }
        });
        server
    }

    /// Lets mails leave by it.
    pub fn carries(&self, config: &mut Config) {
        config.mail.smtp_url = Some(self.url.clone());
        config.mail.from = Some("Bellwether <no-reply@bell.example>".to_owned());
        // signing up is not what is looked at
        config.identity.confirm_sign_up = Confirm::Never;
    }

    /// From here on an address is answered so.
    pub fn answer(&self, address: &str, line: &'static str) {
        self.kept.lock().unwrap().answers.insert(address.to_owned(), line);
    }

    /// From here on every address is taken.
    pub fn take_all(&self) {
        self.kept.lock().unwrap().answers.clear();
    }

    /// The addresses whose mail it took since it was asked last.
    pub fn taken(&self) -> Vec<String> {
        let mut taken = std::mem::take(&mut self.kept.lock().unwrap().taken);
        taken.sort();
        taken
    }

    async fn session(&self, stream: TcpStream) -> std::io::Result<()> {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 smtp.example\r\n").await?;
        let mut to = String::new();
        while let Some(line) = lines.next_line().await? {
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-smtp.example\r\n250 8BITMIME",
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_lowercase();
                    self.kept.lock().unwrap().answers.get(&to).copied().unwrap_or("250 2.1.5 it is known")
                }
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await?;
                    while lines.next_line().await?.is_some_and(|line| line != ".") {}
                    self.kept.lock().unwrap().taken.push(to.clone());
                    "250 2.0.0 taken"
                }
                "QUIT" => {
                    writer.write_all(b"221 2.0.0 bye\r\n").await?;
                    return Ok(());
                }
                _ => "250 2.0.0 good",
            };
            writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}
