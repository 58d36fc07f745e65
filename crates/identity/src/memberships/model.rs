//! Who may what, and who may give what to whom. Pure: the door, the services and the property tests ask the same.

use bellwether_kernel::{
    Access, BrandScope, Kind, Permission, Permissions, Problem, Role,
    id::{BrandId, OrganizationId, UserId},
};

/// What a role holds with what was added and taken away. An owner lacks nothing, so that somebody always can.
pub fn effective(role: Role, added: Permissions, removed: Permissions) -> Permissions {
    match role {
        Role::Owner => Permissions::of_role(role),
        _ => Permissions::of_role(role).with(added).without(removed),
    }
}

/// Reads permissions as the database keeps them. A word of another version permits nothing.
pub fn read(words: &[String]) -> Permissions {
    words.iter().filter_map(|word| Permission::parse(word)).collect()
}

/// Writes permissions for the database.
pub fn words(permissions: Permissions) -> Vec<String> {
    permissions.iter().map(|permission| permission.as_str().to_owned()).collect()
}

/// Where somebody stands in an organization: what they have and what can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// As what.
    pub role: Role,
    /// Which brands.
    pub brands: BrandScope,
    /// What they may, in all.
    pub permissions: Permissions,
}

impl From<&Access> for Standing {
    fn from(access: &Access) -> Self {
        Self { role: access.role, brands: access.brands.clone(), permissions: access.permissions }
    }
}

/// What is given to somebody: by a change of their membership or by an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// As what.
    pub role: Role,
    /// Which brands.
    pub brands: BrandScope,
    /// What they may beside that role's own permissions.
    pub added: Permissions,
    /// What they may not although the role would let them.
    pub removed: Permissions,
}

impl Grant {
    /// Reads what a request says.
    pub fn of(
        role: Role,
        brand_ids: Option<Vec<BrandId>>,
        added: Vec<Permission>,
        removed: Vec<Permission>,
    ) -> Result<Self, Problem> {
        let mut brands = brand_ids;
        if let Some(brands) = &mut brands {
            brands.sort_unstable();
            brands.dedup();
            if brands.is_empty() || brands.len() > 100 {
                let detail = "Name 1 to 100 brands, or leave it out for the whole organization.";
                return Err(Problem::invalid("brand_ids", "length", detail));
            }
        }
        let brands = brands.map_or(BrandScope::All, BrandScope::Only);
        let (added, removed): (Permissions, Permissions) =
            (added.into_iter().collect(), removed.into_iter().collect());
        if added.common(removed) != Permissions::NONE {
            let detail = "The same permission is added and taken away; leave out one.";
            return Err(Problem::invalid("permissions_removed", "contradiction", detail));
        }
        if role == Role::Owner && brands != BrandScope::All {
            let detail =
                "An owner owns the whole organization; leave out the brands, or give the role admin.";
            return Err(Problem::invalid("brand_ids", "owner_of_all", detail));
        }
        if role == Role::Owner && removed != Permissions::NONE {
            let detail = "Nothing can be taken from an owner; give the role admin instead.";
            return Err(Problem::invalid("permissions_removed", "owner_has_all", detail));
        }
        // what the role holds anyway would come back as an addition when the role is changed
        let own = Permissions::of_role(role);
        Ok(Self { role, brands, added: added.without(own), removed: removed.common(own) })
    }

    /// What they will be.
    pub fn standing(&self) -> Standing {
        Standing {
            role: self.role,
            brands: self.brands.clone(),
            permissions: effective(self.role, self.added, self.removed),
        }
    }
}

/// Whether all of `inner` is within `outer`.
pub fn reaches(outer: &BrandScope, inner: &BrandScope) -> bool {
    match (outer, inner) {
        (BrandScope::All, _) => true,
        (BrandScope::Only(_), BrandScope::All) => false,
        (outer, BrandScope::Only(brands)) => brands.iter().all(|brand| outer.contains(*brand)),
    }
}

/// Nobody gives what they don't hold: no higher role, no permission of their own lacking, no brand out of reach.
pub fn check_grant(giver: &Standing, given: &Standing) -> Result<(), Problem> {
    if given.role > giver.role {
        let detail = format!(
            "You are {} here and can give that role or a lower one, not {}.",
            giver.role.as_str(),
            given.role.as_str()
        );
        return Err(Problem::new(Kind::Forbidden, "role_above_own", &detail).at("role", "above_own", detail));
    }
    let beyond = given.permissions.without(giver.permissions);
    if beyond != Permissions::NONE {
        let names: Vec<&str> = beyond.iter().map(Permission::as_str).collect();
        let detail = format!("You can't give what you don't hold yourself: {}.", names.join(", "));
        return Err(Problem::new(Kind::Forbidden, "permission_not_held", &detail).at(
            "permissions_added",
            "not_held",
            detail,
        ));
    }
    if !reaches(&giver.brands, &given.brands) {
        let detail = "You can give access to brands that you reach yourself, no others.";
        return Err(Problem::new(Kind::Forbidden, "brand_not_reached", detail).at(
            "brand_ids",
            "not_reached",
            detail,
        ));
    }
    Ok(())
}

/// Nobody changes or removes somebody who stands above them or may more than they.
pub fn check_touch(actor: &Standing, target: &Standing) -> Result<(), Problem> {
    if target.role <= actor.role
        && actor.permissions.covers(target.permissions)
        && reaches(&actor.brands, &target.brands)
    {
        return Ok(());
    }
    let detail = "They may more than you here, so only somebody above them can change that.";
    Err(Problem::new(Kind::Forbidden, "above_own", detail))
}

/// What the door's one statement finds.
#[derive(Debug, Clone, Default)]
pub struct EntryRow {
    /// The organization; none when it isn't there or isn't for them.
    pub organization: Option<OrganizationId>,
    /// Role in the whole organization; for an agency's people, their role in the agency.
    pub organization_role: Option<String>,
    /// Added to it.
    pub added: Option<Vec<String>>,
    /// Taken from it; without a role in the whole organization, what any of the brands' memberships lacks.
    pub removed: Option<Vec<String>>,
    /// The brands reached, when not all are.
    pub brands: Option<Vec<uuid::Uuid>>,
    /// The brand asked for.
    pub brand: Option<BrandId>,
    /// Role in that brand alone.
    pub brand_role: Option<String>,
    /// Added to it.
    pub brand_added: Option<Vec<String>>,
    /// Taken from it.
    pub brand_removed: Option<Vec<String>>,
    /// All of their memberships here are suspended.
    pub suspended: Option<bool>,
    /// The organization asks for a second factor, and they have none or did not show it when they signed in.
    pub factor_missing: Option<bool>,
    /// The agency as whose member they come.
    pub agency: Option<OrganizationId>,
    /// What the client lets that agency do.
    pub agency_permissions: Option<Vec<String>>,
}

impl EntryRow {
    /// What a person may do there. `None`: there is no such organization for them.
    pub fn access(&self, user: UserId) -> Result<Option<Access>, Problem> {
        let Some(organization) = self.organization else { return Ok(None) };
        if self.suspended == Some(true) {
            let detail = "Your membership is suspended. Ask an owner or admin of the organization.";
            return Err(Problem::new(Kind::Forbidden, "membership_suspended", detail));
        }
        if self.factor_missing == Some(true) {
            let detail = "This organization asks everybody for a second factor. Set up an authenticator app or a \
                          passkey in your account, or sign in again with the one that you have.";
            return Err(Problem::new(Kind::Forbidden, "second_factor_required", detail));
        }
        let brands = match &self.brands {
            Some(brands) => BrandScope::Only(brands.iter().copied().map(BrandId::from).collect()),
            None => BrandScope::All,
        };
        let role = |text: &Option<String>| text.as_deref().and_then(Role::parse);
        let set = |words: &Option<Vec<String>>| read(words.as_deref().unwrap_or_default());
        let whole = role(&self.organization_role)
            .map(|role| (role, effective(role, set(&self.added), set(&self.removed))));
        let of_brand = role(&self.brand_role)
            .map(|role| (role, effective(role, set(&self.brand_added), set(&self.brand_removed))));
        let (role, permissions) = match (whole, of_brand) {
            (Some((a, whole)), Some((b, brand))) => (a.max(b), whole.with(brand)),
            (Some(one), None) | (None, Some(one)) => one,
            // a member of single brands, in the organization's own rooms
            (None, None) => (Role::Member, Permissions::of_role(Role::Member).without(set(&self.removed))),
        };
        let mut access = Access::of_role(user, organization, role, brands);
        access.permissions = permissions;
        if let Some(agency) = self.agency {
            // a guest, whatever they are at home: never an owner here, and never more than the client lets them
            access.role = role.min(Role::Admin);
            access.permissions = permissions.common(set(&self.agency_permissions));
            if self.brand.is_none() && self.brands.is_some() {
                // let in for single brands: in the organization's own rooms no more than a member of those
                access.permissions = access.permissions.common(Permissions::of_role(Role::Member));
            }
            access.agency = Some(agency);
        }
        Ok(Some(access))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn standing(role: Role) -> Standing {
        Standing { role, brands: BrandScope::All, permissions: Permissions::of_role(role) }
    }

    fn row(role: &str) -> EntryRow {
        EntryRow {
            organization: Some(OrganizationId::from(uuid::Uuid::nil())),
            organization_role: Some(role.into()),
            ..EntryRow::default()
        }
    }

    fn user() -> UserId {
        UserId::from(uuid::Uuid::nil())
    }

    #[test]
    fn what_is_added_and_taken_counts() {
        let mut row = row("member");
        row.added = Some(vec!["billing.read".into(), "of.tomorrow".into()]);
        row.removed = Some(vec!["posts.write".into()]);
        let access = row.access(user()).unwrap().unwrap();
        assert!(access.permissions.contains(Permission::BillingRead));
        assert!(!access.permissions.contains(Permission::PostsWrite));
        assert!(access.permissions.contains(Permission::PostsRead));
    }

    #[test]
    fn an_agency_has_what_both_sides_give_and_never_owns() {
        let mut row = row("owner");
        row.agency = Some(OrganizationId::from(uuid::Uuid::max()));
        row.agency_permissions = Some(vec!["posts.read".into(), "members.manage".into()]);
        let access = row.access(user()).unwrap().unwrap();
        let both: Permissions = [Permission::PostsRead, Permission::MembersManage].into_iter().collect();
        assert_eq!((access.role, access.permissions), (Role::Admin, both));
        row.organization_role = Some("member".into());
        assert!(!row.access(user()).unwrap().unwrap().permissions.contains(Permission::MembersManage));
    }

    #[test]
    fn an_agency_for_a_brand_is_a_member_in_the_rest_of_the_organization() {
        let brand = BrandId::from(uuid::Uuid::nil());
        let mut row = row("owner");
        row.agency = Some(OrganizationId::from(uuid::Uuid::max()));
        row.agency_permissions = Some(vec!["posts.read".into(), "members.manage".into()]);
        row.brands = Some(vec![brand.uuid()]);
        let outside = row.access(user()).unwrap().unwrap();
        assert!(outside.permissions.contains(Permission::PostsRead));
        assert!(!outside.permissions.contains(Permission::MembersManage));
        row.brand = Some(brand);
        let inside = row.access(user()).unwrap().unwrap();
        assert!(inside.permissions.contains(Permission::MembersManage));
    }

    #[test]
    fn a_member_of_a_brand_is_more_there_than_in_the_organization() {
        let brand = BrandId::from(uuid::Uuid::nil());
        let mut row = row("member");
        row.organization_role = None;
        row.brands = Some(vec![brand.uuid()]);
        row.removed = Some(vec!["members.read".into()]);
        let outside = row.access(user()).unwrap().unwrap();
        assert_eq!(outside.role, Role::Member);
        assert!(!outside.permissions.contains(Permission::MembersRead));
        row.brand_role = Some("admin".into());
        let inside = row.access(user()).unwrap().unwrap();
        assert_eq!((inside.role, inside.brands), (Role::Admin, BrandScope::Only(vec![brand])));
    }

    #[test]
    fn the_suspended_and_those_without_a_second_factor_are_told() {
        let mut row = row("admin");
        row.factor_missing = Some(true);
        assert_eq!(row.access(user()).unwrap_err().code, "second_factor_required");
        row.suspended = Some(true);
        assert_eq!(row.access(user()).unwrap_err().code, "membership_suspended");
    }

    #[test]
    fn nobody_gives_more_than_they_are() {
        assert!(check_grant(&standing(Role::Admin), &standing(Role::Admin)).is_ok());
        let refused = check_grant(&standing(Role::Admin), &standing(Role::Owner)).unwrap_err();
        assert_eq!((refused.code, refused.errors[0].path.as_str()), ("role_above_own", "role"));
        let mut more = standing(Role::Member);
        more.permissions = more.permissions.with([Permission::BillingManage].into_iter().collect());
        assert_eq!(check_grant(&standing(Role::Admin), &more).unwrap_err().code, "permission_not_held");
        let mut narrow = standing(Role::Admin);
        narrow.brands = BrandScope::Only(vec![]);
        assert_eq!(check_grant(&narrow, &standing(Role::Member)).unwrap_err().code, "brand_not_reached");
        assert!(check_touch(&standing(Role::Admin), &standing(Role::Owner)).is_err());
        assert!(check_touch(&standing(Role::Admin), &more).is_err());
    }

    /// One step in the life of an organization: who does what to whom.
    #[derive(Debug, Clone)]
    enum Step {
        Give { by: u8, to: u8, standing: Standing },
        Remove { by: u8, of: u8 },
        Transfer { by: u8, to: u8 },
    }

    fn any_role() -> impl Strategy<Value = Role> {
        prop::sample::select(vec![Role::Member, Role::Manager, Role::Admin, Role::Owner])
    }

    fn any_permissions() -> impl Strategy<Value = Permissions> {
        prop::collection::vec(prop::sample::select(Permission::ALL), 0..4)
            .prop_map(|all| all.into_iter().collect())
    }

    fn any_standing() -> impl Strategy<Value = Standing> {
        let brands = prop_oneof![
            3 => Just(BrandScope::All),
            1 => prop::collection::vec(0_u128..3, 1..3)
                .prop_map(|ids| BrandScope::Only(ids.into_iter().map(|n| uuid::Uuid::from_u128(n).into()).collect())),
        ];
        (any_role(), any_permissions(), any_permissions(), brands).prop_map(
            |(role, added, removed, brands)| {
                let brands = if role == Role::Owner { BrandScope::All } else { brands };
                Standing { role, brands, permissions: effective(role, added, removed) }
            },
        )
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0_u8..6, 0_u8..6, any_standing()).prop_map(|(by, to, standing)| Step::Give { by, to, standing }),
            1 => (0_u8..6, 0_u8..6).prop_map(|(by, of)| Step::Remove { by, of }),
            1 => (0_u8..6, 0_u8..6).prop_map(|(by, to)| Step::Transfer { by, to }),
        ]
    }

    proptest! {
        #[test]
        fn no_sequence_of_changes_gives_more_than_the_giver_had(steps in prop::collection::vec(any_step(), 0..40)) {
            let mut team = BTreeMap::from([(0_u8, standing(Role::Owner))]);
            for step in steps {
                let before = team.clone();
                let (by, to) = match &step {
                    Step::Give { by, to, .. } | Step::Transfer { by, to } => (*by, *to),
                    Step::Remove { by, of } => (*by, *of),
                };
                let Some(actor) = before.get(&by) else { continue };
                match step {
                    Step::Give { standing, .. } => {
                        let may = actor.permissions.contains(Permission::MembersManage)
                            && before.get(&to).is_none_or(|target| check_touch(actor, target).is_ok())
                            && check_grant(actor, &standing).is_ok();
                        if may { team.insert(to, standing); }
                    }
                    Step::Remove { .. } => {
                        let may = actor.permissions.contains(Permission::MembersManage)
                            && before.get(&to).is_some_and(|target| check_touch(actor, target).is_ok());
                        if may { team.remove(&to); }
                    }
                    Step::Transfer { .. } => {
                        if by != to && actor.role == Role::Owner && before.contains_key(&to) {
                            team.insert(to, standing(Role::Owner));
                            team.insert(by, standing(Role::Admin));
                        }
                    }
                }
                // the database's own rule, see identity.keep_an_owner
                if !team.values().any(|member| member.role == Role::Owner) {
                    team = before.clone();
                }
                for (who, now) in &team {
                    if before.get(who) != Some(now) {
                        prop_assert!(actor.permissions.covers(now.permissions) && now.role <= actor.role);
                        prop_assert!(reaches(&actor.brands, &now.brands));
                    }
                }
                for (who, then) in &before {
                    if team.get(who) != Some(then) {
                        prop_assert!(actor.permissions.covers(then.permissions) && then.role <= actor.role);
                    }
                }
                prop_assert!(team.values().any(|member| member.role == Role::Owner));
            }
        }
    }
}
