//! Queries on accounts as a whole.

use bellwether_kernel::{
    Timestamp,
    id::{OrganizationId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};

pub(crate) struct OwnedRow {
    pub(crate) id: OrganizationId,
    pub(crate) name: String,
    /// Whether somebody else belongs to it.
    pub(crate) others: bool,
}

/// The organizations of which a person is the only owner. Every one that they own is locked: another owner who leaves at
/// the same moment comes before or after, and `identity.keep_an_owner()` sees what is left.
pub(crate) async fn only_owner_of(conn: &mut PgConnection, user: UserId) -> Result<Vec<OwnedRow>> {
    sqlx::query!(
        "SELECT o.id FROM identity.organizations o
          WHERE EXISTS (SELECT FROM identity.memberships m
                         WHERE m.organization_id = o.id AND m.user_id = $1 AND m.role = 'owner')
          ORDER BY o.id FOR UPDATE",
        user.uuid()
    )
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query_as!(
        OwnedRow,
        r#"SELECT o.id AS "id: OrganizationId", o.name,
                  EXISTS (SELECT FROM identity.memberships m
                           WHERE m.organization_id = o.id AND m.user_id <> $1) AS "others!"
             FROM identity.organizations o
            WHERE o.deleted_at IS NULL
              AND EXISTS (SELECT FROM identity.memberships m
                           WHERE m.organization_id = o.id AND m.user_id = $1 AND m.role = 'owner' AND m.brand_id IS NULL)
              AND NOT EXISTS (SELECT FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
                               WHERE m.organization_id = o.id AND m.user_id <> $1 AND m.role = 'owner'
                                 AND m.brand_id IS NULL AND m.suspended_at IS NULL AND u.deleted_at IS NULL
                                 AND u.suspended_at IS NULL)
            ORDER BY o.created_at, o.id"#,
        user.uuid()
    )
    .fetch_all(conn)
    .await
}

pub(crate) async fn email(conn: &mut PgConnection, user: UserId) -> Result<Option<String>> {
    sqlx::query_scalar!(
        r#"SELECT email::text AS "email!" FROM identity.users WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"#,
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(crate) async fn set_deleted(conn: &mut PgConnection, user: UserId, at: Timestamp) -> Result<()> {
    sqlx::query!("UPDATE identity.users SET deleted_at = $2 WHERE id = $1", user.uuid(), at)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Organizations that go with their only member.
pub(crate) async fn delete_organizations(
    conn: &mut PgConnection,
    ids: &[OrganizationId],
    at: Timestamp,
) -> Result<()> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query!(
        "UPDATE identity.organizations SET deleted_at = $2, version = version + 1 WHERE id = ANY($1)",
        &ids,
        at
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Brings a person back, when they can be; gives when they had gone.
pub(crate) async fn restore(
    conn: &mut PgConnection,
    user: UserId,
    since: Timestamp,
) -> Result<Option<Timestamp>> {
    let gone = sqlx::query_scalar!(
        r#"SELECT deleted_at AS "at!" FROM identity.users WHERE id = $1 AND deleted_at > $2 FOR UPDATE"#,
        user.uuid(),
        since
    )
    .fetch_optional(&mut *conn)
    .await?;
    if gone.is_some() {
        sqlx::query!("UPDATE identity.users SET deleted_at = NULL WHERE id = $1", user.uuid())
            .execute(conn)
            .await?;
    }
    Ok(gone)
}

/// Brings the organizations back that went with a person.
pub(crate) async fn restore_organizations(
    conn: &mut PgConnection,
    user: UserId,
    gone_at: Timestamp,
) -> Result<Vec<OrganizationId>> {
    sqlx::query_scalar!(
        r#"UPDATE identity.organizations o SET deleted_at = NULL, version = version + 1
            WHERE o.deleted_at = $2
              AND EXISTS (SELECT FROM identity.memberships m
                           WHERE m.organization_id = o.id AND m.user_id = $1 AND m.role = 'owner' AND m.brand_id IS NULL)
        RETURNING o.id AS "id: OrganizationId""#,
        user.uuid(),
        gone_at
    )
    .fetch_all(conn)
    .await
}

/// Who is to be erased.
pub(crate) async fn expired(conn: &mut PgConnection, before: Timestamp) -> Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id: UserId" FROM identity.users WHERE deleted_at <= $1 ORDER BY deleted_at"#,
        before
    )
    .fetch_all(conn)
    .await
}

/// Erases what a person told before they had an account, by the account or its address: applications, the waiting list,
/// calls to be shown around.
pub(crate) async fn erase_enquiries(conn: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!(
        "WITH person AS (SELECT id, email FROM identity.users WHERE id = $1),
              applications AS (DELETE FROM identity.applications x USING person p
                                WHERE x.user_id = p.id OR x.email = p.email),
              waiting AS (DELETE FROM identity.waitlist_entries x USING person p
                           WHERE x.user_id = p.id OR x.email = p.email)
         DELETE FROM identity.demos x USING person p WHERE x.user_id = p.id OR x.email = p.email",
        user.uuid()
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Erases a person with everything that belongs to them alone; gives their address.
pub(crate) async fn erase(
    conn: &mut PgConnection,
    user: UserId,
    before: Timestamp,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        r#"DELETE FROM identity.users WHERE id = $1 AND deleted_at <= $2 RETURNING email::text AS "email!""#,
        user.uuid(),
        before
    )
    .fetch_optional(conn)
    .await
}

/// Everything that identity keeps about a person, but secrets.
pub(crate) async fn export(conn: &mut PgConnection, user: UserId) -> Result<Option<Value>> {
    sqlx::query_scalar!(
        r#"SELECT jsonb_build_object(
             'person', jsonb_build_object(
                'email', u.email, 'email_verified_at', u.email_verified_at, 'name', u.name, 'handle', u.handle,
                'bio', u.bio, 'phone', u.phone, 'locale', u.locale, 'time_zone', u.time_zone, 'operator', u.operator,
                'created_at', u.created_at, 'updated_at', u.updated_at),
             'password', (SELECT jsonb_build_object('set', true, 'changed_at', c.updated_at)
                            FROM identity.credentials c WHERE c.user_id = u.id),
             'picture', (SELECT jsonb_build_object('content_type', a.content_type, 'created_at', a.created_at,
                                                   'content_base64', translate(encode(a.content, 'base64'), E'\n', ''))
                           FROM identity.avatars a WHERE a.user_id = u.id),
             'outside_accounts', (SELECT coalesce(jsonb_agg(jsonb_build_object('provider', e.provider,
                                    'subject', e.subject, 'email', e.email, 'name', e.name,
                                    'created_at', e.created_at, 'last_used_at', e.last_used_at) ORDER BY e.created_at), '[]')
                                    FROM identity.external_identities e WHERE e.user_id = u.id),
             'sessions', (SELECT coalesce(jsonb_agg(jsonb_build_object('user_agent', s.user_agent,
                            'ip_address', host(s.ip_address), 'created_at', s.created_at, 'last_seen_at', s.last_seen_at,
                            'ended_at', s.ended_at, 'expires_at', s.expires_at) ORDER BY s.created_at), '[]')
                            FROM identity.sessions s WHERE s.user_id = u.id),
             'known_browsers', (SELECT coalesce(jsonb_agg(jsonb_build_object('created_at', d.created_at,
                                  'expires_at', d.expires_at) ORDER BY d.created_at), '[]')
                                  FROM identity.known_devices d WHERE d.user_id = u.id),
             'mailed_links', (SELECT coalesce(jsonb_agg(jsonb_build_object('purpose', l.purpose, 'email', l.email,
                                'created_at', l.created_at, 'expires_at', l.expires_at, 'used_at', l.used_at)
                                ORDER BY l.created_at), '[]')
                                FROM identity.login_links l WHERE l.user_id = u.id),
             'second_factors', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', 'totp', 'created_at', t.created_at,
                                  'confirmed_at', t.confirmed_at)), '[]')
                                  FROM identity.totp_factors t WHERE t.user_id = u.id),
             'recovery_codes', (SELECT coalesce(jsonb_agg(jsonb_build_object('created_at', r.created_at,
                                  'used_at', r.used_at) ORDER BY r.created_at, r.id), '[]')
                                  FROM identity.recovery_codes r WHERE r.user_id = u.id),
             'passkeys', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'created_at', p.created_at,
                            'last_used_at', p.last_used_at) ORDER BY p.created_at), '[]')
                            FROM identity.passkeys p WHERE p.user_id = u.id),
             'api_keys', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization', o.name, 'name', k.name,
                            'prefix', k.prefix, 'scopes', k.scopes, 'signed', k.signed, 'created_at', k.created_at,
                            'expires_at', k.expires_at, 'revoked_at', k.revoked_at, 'last_used_at', k.last_used_at,
                            'last_used_ip', host(k.last_used_ip)) ORDER BY k.created_at), '[]')
                            FROM identity.api_keys k JOIN identity.organizations o ON o.id = k.organization_id
                           WHERE k.created_by = u.id),
             'applications', (SELECT coalesce(jsonb_agg(jsonb_build_object('account_type', x.account_type,
                                'email', x.email, 'name', x.name, 'application_data', x.application_data,
                                'status', x.status, 'submitted_at', x.submitted_at, 'reviewed_at', x.reviewed_at,
                                'rejection_reason', x.rejection_reason, 'admin_notes', x.admin_notes)
                                ORDER BY x.submitted_at), '[]')
                                FROM identity.applications x WHERE x.user_id = u.id OR x.email = u.email),
             'waiting_list', (SELECT coalesce(jsonb_agg(jsonb_build_object('email', x.email, 'name', x.name,
                                'account_type', x.account_type, 'early_access_granted_at', x.early_access_granted_at,
                                'created_at', x.created_at) ORDER BY x.created_at), '[]')
                                FROM identity.waitlist_entries x WHERE x.user_id = u.id OR x.email = u.email),
             'calls', (SELECT coalesce(jsonb_agg(jsonb_build_object('email', x.email, 'name', x.name,
                         'message', x.message, 'company_size', x.company_size, 'current_solution', x.current_solution,
                         'qualification_notes', x.qualification_notes, 'prep_notes', x.prep_notes,
                         'follow_up_reminders', x.follow_up_reminders, 'status', x.status,
                         'requested_at', x.requested_at, 'scheduled_at', x.scheduled_at,
                         'completed_at', x.completed_at) ORDER BY x.requested_at), '[]')
                         FROM identity.demos x WHERE x.user_id = u.id OR x.email = u.email),
             'operator_notices', (SELECT coalesce(jsonb_agg(jsonb_build_object('email', x.email,
                                    'notification_types', x.notification_types, 'active', x.active,
                                    'created_at', x.created_at) ORDER BY x.created_at), '[]')
                                    FROM identity.admin_notification_settings x WHERE x.email = u.email),
             'permits_to_sign_up', (SELECT coalesce(jsonb_agg(jsonb_build_object('email', x.email, 'reason', x.reason,
                                      'created_at', x.created_at, 'expires_at', x.expires_at, 'used_at', x.used_at)
                                      ORDER BY x.created_at), '[]')
                                      FROM identity.sign_up_permits x WHERE x.email = u.email),
             'first_steps', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', x.organization_id,
                               'brand_id', x.brand_id, 'current_step', x.current_step, 'done', x.done,
                               'skipped', x.skipped, 'completed_at', x.completed_at, 'created_at', x.created_at)
                               ORDER BY x.created_at), '[]')
                               FROM identity.onboarding x WHERE x.user_id = u.id),
             'invitations_received', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization', o.name,
                                        'role', i.role, 'created_at', i.created_at, 'expires_at', i.expires_at,
                                        'accepted_at', i.accepted_at, 'revoked_at', i.revoked_at)
                                        ORDER BY i.created_at), '[]')
                                        FROM identity.invitations i
                                        JOIN identity.organizations o ON o.id = i.organization_id
                                       WHERE i.email = u.email),
             'invitations_sent', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization', o.name, 'role', i.role,
                                    'created_at', i.created_at, 'expires_at', i.expires_at,
                                    'accepted_at', i.accepted_at, 'revoked_at', i.revoked_at)
                                    ORDER BY i.created_at), '[]')
                                    FROM identity.invitations i
                                    JOIN identity.organizations o ON o.id = i.organization_id
                                   WHERE i.invited_by = u.id),
             'memberships', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization', o.name, 'slug', o.slug,
                               'role', m.role, 'brand_id', m.brand_id, 'permissions_added', m.permissions_added,
                               'permissions_removed', m.permissions_removed, 'suspended_at', m.suspended_at,
                               'created_at', m.created_at)
                               ORDER BY m.created_at), '[]')
                               FROM identity.memberships m JOIN identity.organizations o ON o.id = m.organization_id
                              WHERE m.user_id = u.id)
           ) AS "export!"
             FROM identity.users u WHERE u.id = $1 AND u.deleted_at IS NULL"#,
        user.uuid()
    )
    .fetch_optional(conn)
    .await
}
