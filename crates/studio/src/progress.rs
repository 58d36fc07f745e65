//! How far a draft is, told to whoever looks while it is written.

use std::time::Duration;

use bellwether_jobs::events::{Whisper, whisper};
use bellwether_kernel::id::{BrandId, OrganizationId};
use bellwether_models::{Brief, Meter, Progress, Step, WriteError, Written};
use bellwether_store::TenantScope;
use serde_json::json;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{Error, Studio};

/// What is written sooner needs no progress: the built-in writer takes milliseconds.
const FIRST: Duration = Duration::from_millis(120);
/// Between two words on the same draft.
const PAUSE: Duration = Duration::from_millis(350);
/// The end of a text that is told; a notification has little room.
const TAIL: usize = 1_200;

/// Whom to tell, and of what.
pub(crate) struct Telling {
    pub organization: OrganizationId,
    pub brand: BrandId,
    pub subject: (&'static str, Uuid),
    pub kind: &'static str,
}

/// Where the writer stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Stand {
    step: Option<Step>,
    /// The words so far, out of the form that they come in.
    words: String,
}

/// Keeps the newest stand; who tells it looks when there is time.
struct Watched(watch::Sender<Stand>);

impl Progress for Watched {
    fn step(&self, step: Step) {
        self.0.send_modify(|stand| {
            // another call begins from nothing
            if matches!(step, Step::Asking { .. }) {
                stand.words.clear();
            }
            stand.step = Some(step);
        });
    }

    fn text(&self, so_far: &str) {
        self.0.send_modify(|stand| stand.words = words_of(so_far));
    }
}

impl Studio {
    /// Has a draft written and tells meanwhile how far it is, at most a few times a second.
    pub(crate) async fn write_telling(
        &self,
        brief: &Brief,
        model: Option<&str>,
        meter: &dyn Meter,
        telling: &Telling,
    ) -> Result<Written, WriteError> {
        let (sender, receiver) = watch::channel(Stand::default());
        let progress = Watched(sender);
        let written = self.writing.write(brief, model, meter, &progress);
        tokio::pin!(written);
        tokio::select! {
            biased;
            written = &mut written => written,
            // the sender lives as long as the writer works, so this never ends first
            () = self.tell(receiver, telling) => written.await,
        }
    }

    async fn tell(&self, mut stand: watch::Receiver<Stand>, telling: &Telling) {
        tokio::time::sleep(FIRST).await;
        loop {
            let now = stand.borrow_and_update().clone();
            if let Err(error) = self.tell_once(&now, telling).await {
                // the draft matters more than the word on it
                tracing::debug!(%error, "progress could not be told");
            }
            tokio::time::sleep(PAUSE).await;
            if stand.changed().await.is_err() {
                return;
            }
        }
    }

    async fn tell_once(&self, stand: &Stand, telling: &Telling) -> Result<(), Error> {
        let characters = stand.words.chars().count();
        let tail: String = stand.words.chars().skip(characters.saturating_sub(TAIL)).collect();
        let told = Whisper {
            organization: telling.organization,
            brand: Some(telling.brand),
            kind: telling.kind,
            subject: telling.subject,
            data: json!({ "step": stand.step, "characters": characters, "text": tail }),
        };
        let mut tx = self.store.tenant(TenantScope::organization(telling.organization)).await?;
        whisper(&mut tx, told).await?;
        Ok(tx.commit().await?)
    }
}

/// Fields that a reader of the draft never sees as its text.
const ASIDE: [&str; 8] = ["shape", "hashtags", "media_prompt", "tags", "url", "slug", "keywords", "mentions"];

/// The words in an unfinished JSON answer, in its order; the answer itself when it is none.
fn words_of(answer: &str) -> String {
    let Some(start) = answer.find('{') else { return answer.trim().to_owned() };
    let mut parts: Vec<String> = Vec::new();
    let mut key = String::new();
    let mut chars = answer[start..].chars().peekable();
    // whether a string found next is a value: after a colon, or inside an array
    let mut nested: Vec<char> = Vec::new();
    let mut after_colon = false;
    while let Some(character) = chars.next() {
        match character {
            '{' | '[' => {
                nested.push(character);
                after_colon = false;
            }
            '}' | ']' => {
                nested.pop();
            }
            ':' => after_colon = true,
            ',' => after_colon = false,
            '"' => {
                let text = string(&mut chars);
                if after_colon || nested.last() == Some(&'[') {
                    if !ASIDE.contains(&key.as_str()) && !text.trim().is_empty() {
                        parts.push(text);
                    }
                } else {
                    key = text;
                }
                after_colon = false;
            }
            _ => {}
        }
    }
    parts.join("\n\n")
}

/// A JSON string after its opening quote, as far as it goes.
fn string(chars: &mut impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    while let Some(character) = chars.next() {
        match character {
            '"' => break,
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('u') => {
                    let code: String = chars.take(4).collect();
                    // half of a pair can't be shown by itself
                    text.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                }
                Some('r' | 'b' | 'f') | None => {}
                Some(other) => text.push(other),
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_out_of_half_an_answer() {
        assert_eq!(words_of("{\"shape\":\"post\",\"post\":\"Three li"), "Three li");
        let thread = r##"{"hooks":[],"thread":["One \"quoted\".","Two\nlines"],"hashtags":["#no"],"media_prompt":"a bell"##;
        assert_eq!(words_of(thread), "One \"quoted\".\n\nTwo\nlines");
        assert_eq!(words_of(r#"{"slides":[{"title":"A","body":"B"}],"caption":"C"#), "A\n\nB\n\nC");
        assert_eq!(words_of(r#"{"post":"gr\u00fc\u00df"#), "grüß");
        assert_eq!(words_of("plain words"), "plain words");
        assert_eq!(words_of("{\"po"), "");
    }

    #[test]
    fn another_call_begins_from_nothing() {
        let (sender, receiver) = watch::channel(Stand::default());
        let progress = Watched(sender);
        progress.text("{\"post\":\"first");
        assert_eq!(receiver.borrow().words, "first");
        progress.step(Step::Asking { provider: "p".into(), model: "m".into(), attempt: 2 });
        assert_eq!(receiver.borrow().words, "");
    }
}
