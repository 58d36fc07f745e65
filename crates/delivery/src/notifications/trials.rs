//! Before a trial ends: seven, three and one day ahead, on the reader's own calendar.

use bellwether_kernel::{Permission, Timestamp, id::OrganizationId};
use bellwether_publishing::time;
use chrono::{Duration, NaiveTime};

use super::told::{Told, Whom};
use crate::{Delivery, Error, Facts, Kind};

/// Days ahead.
const STEPS: [i64; 3] = [1, 3, 7];
/// The morning begins.
const MORNING: u32 = 9;

/// Which step is told when so many days are left: the nearest that is reached. A step that was missed is not told late
/// beside the next one.
fn step(days: i64) -> Option<i64> {
    STEPS.into_iter().find(|step| (0..=*step).contains(&days))
}

impl Delivery {
    /// Tells those who look after the bill of trials that end soon, each step once.
    pub(super) async fn tell_trials(&self) -> Result<(), Error> {
        let now = self.clock.now();
        for (organization, end) in self.billing.ending_trials(now, now + Duration::days(9)).await? {
            self.tell_trial(organization, end, now).await?;
        }
        Ok(())
    }

    async fn tell_trial(
        &self,
        organization: OrganizationId,
        end: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("find whom the end of a trial concerns").await?;
        let reaching = self.identity.reaching(&mut tx, organization, None).await?;
        let users: Vec<_> = reaching.iter().map(|person| person.user).collect();
        let people = self.identity.addressees(&mut tx, &users).await?;
        let places = self.identity.places_of(&mut tx, &users).await?;
        tx.commit().await?;
        let morning = NaiveTime::from_hms_opt(MORNING, 0, 0).unwrap_or_default();
        for person in people {
            let zone = time::zone_or_utc(&person.time_zone);
            let (Some(today), Some(last)) = (time::local(now, &zone), time::local(end, &zone)) else {
                continue;
            };
            let days = (last.date() - today.date()).num_days();
            let Some(step) = step(days).filter(|_| today.time() >= morning) else { continue };
            let holds = reaching
                .iter()
                .any(|of| of.user == person.user && of.permissions.contains(Permission::BillingRead));
            if !holds {
                continue;
            }
            let name = places
                .iter()
                .filter(|(user, _)| *user == person.user)
                .flat_map(|(_, of)| of)
                .find(|of| of.id == organization)
                .map(|of| of.name.clone());
            let told = Told {
                kind: Kind::TrialEnding,
                brand: None,
                subject: ("organization", organization.uuid()),
                facts: Facts {
                    days: Some(days),
                    title: name,
                    words: Some(format!(
                        "It ends on {}, your time. What you made stays; look at your organization for what comes next.",
                        last.format("%A, %-d %B %Y, at %H:%M")
                    )),
                    ..Facts::default()
                },
                whom: Whom::Person(person.user),
                except: Vec::new(),
                // a trial that is prolonged ends anew
                occasion: format!("trial {} {step}", end.timestamp()),
            };
            self.tell(organization, None, &told).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_reached_from_above() {
        let steps: Vec<_> = (-1..=8).map(step).collect();
        assert_eq!(
            steps,
            [None, Some(1), Some(1), Some(3), Some(3), Some(7), Some(7), Some(7), Some(7), None]
        );
    }
}
