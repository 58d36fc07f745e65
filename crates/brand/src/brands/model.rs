//! What a brand may say of itself. Pure.

use bellwether_identity::{
    organizations::{check_website, slug::check_slug},
    people::model::{Fault, check_locale, check_name, check_time_zone, located},
};
use bellwether_kernel::Problem;
use bellwether_web::Patch;

use super::{BrandView, UpdateBrand};

/// All faults of a change at once.
pub(super) fn check(change: &UpdateBrand) -> Result<(), Problem> {
    let long = change.description.as_ref().filter(|text| text.chars().count() > 2000);
    let text = |patch: &Patch<String>, max| patch.value().and_then(|text| check_name(text, max).err());
    let faults = [
        ("name", change.name.as_deref().and_then(|name| check_name(name, 120).err())),
        ("slug", change.slug.as_deref().and_then(|slug| check_slug(slug).err())),
        ("description", long.map(|_| ("too_long", "Use at most 2,000 characters.".to_owned()))),
        ("time_zone", change.time_zone.as_deref().and_then(|zone| check_time_zone(zone).err())),
        ("locale", change.locale.as_deref().and_then(|tag| check_locale(tag).err())),
        ("street", text(&change.street, 200)),
        ("city", text(&change.city, 120)),
        ("region", text(&change.region, 120)),
        ("postal_code", text(&change.postal_code, 20)),
        ("country", change.country.value().and_then(|code| check_country(code).err())),
        ("latitude", change.latitude.value().and_then(|degrees| check_degrees(*degrees, 90.0).err())),
        ("longitude", change.longitude.value().and_then(|degrees| check_degrees(*degrees, 180.0).err())),
        ("google_place_id", text(&change.google_place_id, 300)),
        ("phone", change.phone.value().and_then(|phone| check_phone(phone).err())),
        ("website", change.website.value().and_then(|url| check_website(url).err())),
    ];
    located(faults.into_iter().filter_map(|(path, fault)| Some((path, fault?))).collect())
}

/// A point has both coordinates or none.
pub(super) fn check_place(before: &BrandView, change: &UpdateBrand) -> Result<(), Problem> {
    let latitude = change.latitude.or(before.latitude);
    let longitude = change.longitude.or(before.longitude);
    if latitude.is_some() == longitude.is_some() {
        return Ok(());
    }
    let missing = if latitude.is_none() { "latitude" } else { "longitude" };
    Err(Problem::invalid(missing, "missing", "A place has a latitude and a longitude, or none of them."))
}

fn check_country(code: &str) -> Result<(), Fault> {
    if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(("unknown_country", "Give the country's two letters, e.g. DE.".to_owned()))
}

fn check_degrees(degrees: f64, most: f64) -> Result<(), Fault> {
    if (-most..=most).contains(&degrees) {
        return Ok(());
    }
    Err(("out_of_range", format!("Give {} to {most} degrees.", -most)))
}

fn check_phone(phone: &str) -> Result<(), Fault> {
    let trimmed = phone.trim();
    let plain = trimmed.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
    if (3..=40).contains(&trimmed.len()) && plain && trimmed.bytes().any(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err(("invalid_phone", "Give a telephone number such as +49 30 123456.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_of_a_place_are_told_at_once() {
        let change = UpdateBrand {
            slug: Some("No".into()),
            country: Patch::Value("Germany".into()),
            latitude: Patch::Value(91.0),
            longitude: Patch::Value(f64::NAN),
            phone: Patch::Value("call me".into()),
            website: Patch::Value("javascript:alert(1)".into()),
            street: Patch::Value(" ".into()),
            ..UpdateBrand::default()
        };
        let problem = check(&change).unwrap_err();
        let paths: Vec<&str> = problem.errors.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["slug", "street", "country", "latitude", "longitude", "phone", "website"]);
    }

    #[test]
    fn a_place_in_full_passes() {
        let change = UpdateBrand {
            street: Patch::Value("Oranienstr. 1".into()),
            city: Patch::Value("Berlin".into()),
            country: Patch::Value("DE".into()),
            latitude: Patch::Value(52.5),
            longitude: Patch::Value(13.4),
            phone: Patch::Value("+49 30 123456".into()),
            website: Patch::Value("https://example.org/shop".into()),
            ..UpdateBrand::default()
        };
        assert!(check(&change).is_ok());
    }
}
