//! Fields of profiles and what they have in common: they are changed one by one, tidied, held to a length, and filled or
//! not.
//!
//! [`section!`] makes of one list of fields the section itself, the change of it, and the rules over all of its fields,
//! so that none can be forgotten in one of them.

use bellwether_identity::people::model::Fault;
use bellwether_kernel::Problem;
use bellwether_web::Patch;

/// The most that a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    pub(crate) items: usize,
    pub(crate) characters: usize,
}

/// A text of at most so many characters.
pub(crate) const fn characters(characters: usize) -> Most {
    Most { items: 1, characters }
}

/// A list of at most so many texts of at most so many characters.
pub(crate) const fn items(items: usize, characters: usize) -> Most {
    Most { items, characters }
}

/// Faults by place.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(String, Fault)>);

impl Faults {
    pub(crate) fn add(&mut self, path: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push((path.into(), (code, message.into())));
    }

    pub(crate) fn fault(&mut self, path: impl Into<String>, fault: Result<(), Fault>) {
        if let Err((code, message)) = fault {
            self.add(path, code, message);
        }
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, path: &str, text: &str, most: usize) {
        if text.trim().is_empty() {
            self.add(path, "blank", "Say something here.");
        }
        check_text(text, most, path, self);
    }

    /// All of them as one problem.
    pub(crate) fn into_result(self) -> Result<(), Problem> {
        let faults = self.0.iter().map(|(path, (code, message))| (path.as_str(), (*code, message.clone())));
        bellwether_identity::people::model::located(faults.collect())
    }
}

pub(crate) fn check_text(text: &str, most: usize, path: &str, faults: &mut Faults) {
    if text.chars().count() > most {
        faults.add(path, "too_long", format!("Use at most {most} characters."));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        faults.add(path, "control_characters", "Leave out control characters other than line breaks.");
    }
}

/// What a field of a section is.
pub(crate) trait Field {
    /// Takes away what nobody meant: spaces around, empty entries, entries that are there twice.
    fn tidy(&mut self) {}

    /// Adds its faults.
    fn check(&self, most: Most, path: &str, faults: &mut Faults);

    /// Whether it says something; none for what always does.
    fn is_filled(&self) -> Option<bool>;
}

/// A text that must be there.
impl Field for String {
    fn tidy(&mut self) {
        *self = self.trim().to_owned();
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        faults.text(path, self, most.characters);
    }

    fn is_filled(&self) -> Option<bool> {
        Some(!self.is_empty())
    }
}

impl Field for Option<String> {
    fn tidy(&mut self) {
        *self = self.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        if let Some(text) = self {
            check_text(text, most.characters, path, faults);
        }
    }

    fn is_filled(&self) -> Option<bool> {
        Some(self.is_some())
    }
}

impl Field for Vec<String> {
    fn tidy(&mut self) {
        let mut seen = std::collections::HashSet::new();
        for text in self.iter_mut() {
            *text = text.trim().to_owned();
        }
        self.retain(|text| !text.is_empty() && seen.insert(text.to_lowercase()));
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        if self.len() > most.items {
            faults.add(path, "too_many", format!("Name at most {}.", most.items));
        }
        // one fault of each kind is enough to act on
        for (index, text) in self.iter().enumerate().take(most.items) {
            check_text(text, most.characters, &format!("{path}/{index}"), faults);
        }
    }

    fn is_filled(&self) -> Option<bool> {
        Some(!self.is_empty())
    }
}

impl Field for bool {
    fn check(&self, _: Most, _: &str, _: &mut Faults) {}

    fn is_filled(&self) -> Option<bool> {
        None
    }
}

/// A change of a field.
pub(crate) trait Change<F> {
    fn apply(self, field: &mut F);
}

impl<T> Change<Option<T>> for Patch<T> {
    fn apply(self, field: &mut Option<T>) {
        *field = self.or(field.take());
    }
}

impl<T> Change<T> for Option<T> {
    fn apply(self, field: &mut T) {
        if let Some(value) = self {
            *field = value;
        }
    }
}

/// What can be more or less complete.
pub(crate) trait Fill {
    /// Which fields there are to fill, and whether each is.
    fn filled(&self) -> Vec<(&'static str, bool)>;
}

/// A section and the change of it: `name, change { field: type, how it is changed, the most it holds; … }`.
macro_rules! section {
    (
        $(#[$meta:meta])* $name:ident,
        $(#[$change_meta:meta])* $change:ident {
            $($(#[$doc:meta])* $field:ident: $type:ty, $how:ty, $most:expr;)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)+
        }

        $(#[$change_meta])*
        #[derive(Debug, Clone, Default, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $change {
            $($(#[$doc])* #[serde(default)] pub $field: $how,)+
        }

        impl $name {
            /// Changes what the change names.
            pub(crate) fn change(&mut self, change: $change) {
                $(
                    $crate::fields::Change::apply(change.$field, &mut self.$field);
                    $crate::fields::Field::tidy(&mut self.$field);
                )+
            }

            /// Adds the faults of all fields; `at` is the path of the section with a slash, or empty.
            pub(crate) fn check(&self, at: &str, faults: &mut $crate::fields::Faults) {
                $(
                    let path = format!("{at}{}", stringify!($field));
                    $crate::fields::Field::check(&self.$field, $most, &path, faults);
                )+
            }

        }

        impl $crate::fields::Fill for $name {
            fn filled(&self) -> Vec<(&'static str, bool)> {
                [$((stringify!($field), $crate::fields::Field::is_filled(&self.$field))),+]
                    .into_iter()
                    .filter_map(|(name, filled)| Some((name, filled?)))
                    .collect()
            }
        }
    };
}
pub(crate) use section;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_tidied_and_held_to_its_length() {
        let mut list: Vec<String> = [" Bread ", "", "bread", "Rye"].map(str::to_owned).into();
        list.tidy();
        assert_eq!(list, ["Bread", "Rye"]);
        let mut faults = Faults::default();
        list.check(items(1, 4), "topics", &mut faults);
        let problem = faults.into_result().unwrap_err();
        let at: Vec<_> = problem.errors.iter().map(|fault| (&*fault.path, &*fault.code)).collect();
        assert_eq!(at, [("topics", "too_many"), ("topics/0", "too_long")]);
    }

    #[test]
    fn a_text_of_nothing_is_cleared() {
        let mut text = Some("old".to_owned());
        Patch::Absent.apply(&mut text);
        assert_eq!(text.as_deref(), Some("old"));
        Patch::Value("  ".to_owned()).apply(&mut text);
        text.tidy();
        assert_eq!(text, None);
    }
}
