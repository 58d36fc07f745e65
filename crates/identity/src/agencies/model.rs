//! What an agency may do at a client's. Pure.

use bellwether_kernel::{Permission, Permissions, Problem};
use chrono::{Datelike as _, NaiveDate};

/// What an agency asks for when it says nothing else: the daily work.
pub const USUAL: &[Permission] = &[
    Permission::PostsRead,
    Permission::PostsWrite,
    Permission::PostsReview,
    Permission::PostsPublish,
    Permission::BrandRead,
    Permission::BrandUpdate,
    Permission::ConnectionsManage,
    Permission::MembersRead,
];

/// What a client gives by name only: to accept what was asked for is not enough.
pub const BY_NAME_ONLY: &[Permission] =
    &[Permission::MembersManage, Permission::OrganizationDelete, Permission::BillingManage];

/// What the agency gets: what the client names, or what was asked for without what is given by name only.
pub fn granted(asked: Permissions, named: Option<Permissions>) -> Permissions {
    named.unwrap_or_else(|| asked.without(BY_NAME_ONLY.iter().copied().collect()))
}

/// Nobody lets an agency do what they may not do themselves.
pub fn check_granter(granter: Permissions, given: Permissions) -> Result<(), Problem> {
    let beyond: Vec<&str> = given.without(granter).iter().map(Permission::as_str).collect();
    if beyond.is_empty() {
        return Ok(());
    }
    let detail = format!("You can't give what you don't hold yourself: {}.", beyond.join(", "));
    Err(Problem::new(bellwether_kernel::Kind::Forbidden, "permission_not_held", &detail).at(
        "permissions",
        "not_held",
        detail,
    ))
}

/// A share in percent with at most two decimals, in hundredths.
pub fn hundredths(percent: f64) -> Result<i32, Problem> {
    let scaled = percent * 100.0;
    if (0.0..=10_000.0).contains(&scaled) && (scaled - scaled.round()).abs() < 1e-6 {
        return Ok(scaled.round() as i32);
    }
    let detail = "Give 0 to 100 percent with at most two decimals.";
    Err(Problem::invalid("billing_allocation", "out_of_range", detail))
}

/// The contract ends no earlier than it begins, and lies within the years that the database and people know.
pub fn check_dates(starts_on: Option<NaiveDate>, ends_on: Option<NaiveDate>) -> Result<(), Problem> {
    for (path, day) in [("starts_on", starts_on), ("ends_on", ends_on)] {
        if day.is_some_and(|day| !(2000..=2100).contains(&day.year())) {
            return Err(Problem::invalid(path, "out_of_range", "Give a day of the years 2000 to 2100."));
        }
    }
    match (starts_on, ends_on) {
        (Some(start), Some(end)) if end < start => {
            Err(Problem::invalid("ends_on", "before_start", "The last day lies before the first."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(all: &[Permission]) -> Permissions {
        all.iter().copied().collect()
    }

    #[test]
    fn the_grave_ones_are_given_by_name_only() {
        let asked = set(&[Permission::PostsRead, Permission::MembersManage, Permission::BillingManage]);
        assert_eq!(granted(asked, None), set(&[Permission::PostsRead]));
        assert_eq!(granted(asked, Some(asked)), asked);
        assert!(!set(USUAL).iter().any(|permission| BY_NAME_ONLY.contains(&permission)));
    }

    #[test]
    fn nobody_lets_an_agency_do_more_than_themselves() {
        let own = set(&[Permission::PostsRead]);
        assert!(check_granter(own, own).is_ok());
        let refused = check_granter(own, set(&[Permission::PostsRead, Permission::BrandRead])).unwrap_err();
        assert!(refused.detail.contains("brand.read") && !refused.detail.contains("posts.read"));
    }

    #[test]
    fn contracts_lie_within_our_time() {
        let day = |year| NaiveDate::from_ymd_opt(year, 1, 1);
        assert!(check_dates(day(2000), day(2100)).is_ok());
        assert!(check_dates(day(2026), day(2025)).is_err());
        for year in [-9999, 1999, 2101] {
            assert_eq!(check_dates(day(year), None).unwrap_err().errors[0].path, "starts_on");
            assert_eq!(check_dates(None, day(year)).unwrap_err().errors[0].path, "ends_on");
        }
    }

    #[test]
    fn shares_are_whole_hundredths() {
        assert_eq!(hundredths(33.33).unwrap(), 3333);
        assert_eq!(hundredths(100.0).unwrap(), 10_000);
        for wrong in [-1.0, 100.01, 0.001, f64::NAN, f64::INFINITY] {
            assert!(hundredths(wrong).is_err(), "{wrong}");
        }
    }
}
