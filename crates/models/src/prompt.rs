//! Prompts are files with a version. A change of a prompt is a new file: what was written with the old one says so.
//!
//! A file has a head (`name`, `version`) and three parts: `# system`, `# user`, `# repair`, and a fourth where voices
//! are heard: `# voice`. `{{name}}` stands for a
//! value; values are put in once and never read again, so a source that contains `{{…}}` changes nothing.

use std::collections::BTreeMap;

/// A prompt, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Which one, such as `write`.
    pub name: String,
    /// Which version of it.
    pub version: u32,
    system: String,
    user: String,
    repair: String,
    voice: String,
}

/// One of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who the model is and what it must not do.
    System,
    /// The task.
    User,
    /// What was wrong with the answer.
    Repair,
    /// How far the answer is from the author's voice.
    Voice,
}

/// Why a prompt can't be used: a fault of ours, found by tests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("prompt: {0}")]
pub struct PromptError(String);

impl Prompt {
    /// `prompts/write.v3.md`
    pub fn write() -> Result<Self, PromptError> {
        Self::read(include_str!("../prompts/write.v3.md"))
    }

    /// `prompts/analyse.v1.md`
    pub fn analyse() -> Result<Self, PromptError> {
        Self::read(include_str!("../prompts/analyse.v1.md"))
    }

    /// `prompts/profile.v1.md`
    pub fn profile() -> Result<Self, PromptError> {
        Self::read(include_str!("../prompts/profile.v1.md"))
    }

    /// `prompts/angles.v1.md`
    pub fn angles() -> Result<Self, PromptError> {
        Self::read(include_str!("../prompts/angles.v1.md"))
    }

    /// `write/3`
    pub fn label(&self) -> String {
        format!("{}/{}", self.name, self.version)
    }

    fn read(text: &str) -> Result<Self, PromptError> {
        let fault = |what: &str| PromptError(what.to_owned());
        let (head, body) = text
            .strip_prefix("---\n")
            .and_then(|rest| rest.split_once("\n---\n"))
            .ok_or_else(|| fault("it has no head between two lines ---"))?;
        let mut name = None;
        let mut version = None;
        for line in head.lines() {
            match line.split_once(": ") {
                Some(("name", value)) => name = Some(value.to_owned()),
                Some(("version", value)) => version = value.parse().ok(),
                _ => return Err(PromptError(format!("its head has a line that says nothing: {line}"))),
            }
        }
        let mut parts: BTreeMap<&str, String> = BTreeMap::new();
        let mut current = None;
        for line in body.lines() {
            if let Some(title) = line.strip_prefix("# ") {
                current = Some(title);
            } else if let Some(title) = current {
                let part = parts.entry(title).or_default();
                part.push_str(line);
                part.push('\n');
            }
        }
        let voice = parts.remove("voice").unwrap_or_default().trim().to_owned();
        let mut part = |title: &str| {
            parts
                .remove(title)
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
                .ok_or_else(|| PromptError(format!("it has no part “# {title}”")))
        };
        Ok(Self {
            name: name.ok_or_else(|| fault("its head has no name"))?,
            version: version.ok_or_else(|| fault("its head has no version"))?,
            system: part("system")?,
            user: part("user")?,
            repair: part("repair")?,
            voice,
        })
    }

    /// A part with its values put in. A placeholder without a value is an error.
    pub fn render(&self, part: Part, values: &[(&str, &str)]) -> Result<String, PromptError> {
        let template = match part {
            Part::System => &self.system,
            Part::User => &self.user,
            Part::Repair => &self.repair,
            Part::Voice => &self.voice,
        };
        let mut out = String::with_capacity(template.len());
        let mut rest = template.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) =
                after.split_once("}}").ok_or_else(|| PromptError("a {{ is not closed".into()))?;
            let value = values
                .iter()
                .find(|(key, _)| *key == name)
                .ok_or_else(|| PromptError(format!("nothing is given for {{{{{name}}}}}")))?;
            out.push_str(before);
            out.push_str(value.1);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The fixed text of the system part, by which a leak of it is recognised.
    pub fn fixed_text(&self) -> &str {
        &self.system
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_read_and_know_their_names() {
        assert_eq!(Prompt::write().unwrap().label(), "write/3");
        assert_eq!(Prompt::analyse().unwrap().label(), "analyse/1");
    }

    #[test]
    fn values_are_put_in_once() {
        let prompt = Prompt::read(
            "---\nname: t\nversion: 3\n---\n# system\nI am {{a}}.\n# user\n{{a}}{{b}}\n# repair\n{{c",
        )
        .unwrap();
        assert_eq!(prompt.label(), "t/3");
        assert_eq!(prompt.render(Part::System, &[("a", "{{b}}")]).unwrap(), "I am {{b}}.");
        assert_eq!(prompt.render(Part::User, &[("a", "{{b}}"), ("b", "x")]).unwrap(), "{{b}}x");
        assert!(prompt.render(Part::User, &[("a", "")]).unwrap_err().to_string().contains("{{b}}"));
        prompt.render(Part::Repair, &[]).unwrap_err();
    }

    #[test]
    fn a_broken_file_says_why() {
        for (text, why) in [
            ("# system", "head"),
            ("---\nname: t\n---\n# system\n", "version"),
            ("---\nname: t\nversion: 1\nx\n---\n", "line"),
            ("---\nname: t\nversion: 1\n---\n# system\na\n# user\n# repair\nb", "user"),
        ] {
            let error = Prompt::read(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
