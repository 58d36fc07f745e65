//! Queries of the copy of somebody's data.

use bellwether_kernel::id::UserId;
use serde_json::Value;
use sqlx::{PgConnection, Result};

/// What they want, and by which ways.
pub(crate) async fn wishes(conn: &mut PgConnection, user: UserId, email: Option<&str>) -> Result<Value> {
    sqlx::query_scalar!(
        r#"SELECT jsonb_build_object(
             'delivery_preferences', (SELECT to_jsonb(p) - 'user_id' FROM delivery.preferences p WHERE p.user_id = $1),
             'notice_preferences', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'in_app', k.in_app,
                                      'by_mail', k.by_mail) ORDER BY k.kind), '[]')
                                      FROM delivery.kind_preferences k WHERE k.user_id = $1),
             'ways', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', c.kind, 'name', c.name, 'state', c.state,
                        'reason', c.reason, 'approve_links', c.approve_links, 'last_used_at', c.last_used_at,
                        'created_at', c.created_at) ORDER BY c.created_at), '[]')
                        FROM delivery.channels c WHERE c.user_id = $1),
             'notified_browsers', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'reason', s.reason,
                                     'last_used_at', s.last_used_at, 'created_at', s.created_at)
                                     ORDER BY s.created_at), '[]')
                                     FROM delivery.push_subscriptions s WHERE s.user_id = $1),
             'next_delivery', (SELECT jsonb_build_object('date', m.date, 'due_at', m.due_at, 'last_date', m.last_date,
                                 'report_at', m.report_at, 'reported_on', m.reported_on)
                                 FROM delivery.mornings m WHERE m.user_id = $1),
             'news', (SELECT coalesce(jsonb_agg(jsonb_build_object('email', c.email, 'opted_in_at', c.marketing_opted_in_at,
                        'unsubscribed_at', c.marketing_unsubscribed_at, 'bounced_at', c.marketing_bounced_at,
                        'last_event', c.marketing_last_event, 'last_event_at', c.marketing_last_event_at,
                        'created_at', c.created_at,
                        'campaigns', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', g.name, 'step', m.step,
                                        'sent_at', m.sent_at, 'outcome', m.outcome, 'reason', m.reason) ORDER BY m.sent_at), '[]')
                                        FROM delivery.campaign_messages m
                                        JOIN delivery.campaigns g ON g.id = m.campaign_id
                                       WHERE m.contact_id = c.id)) ORDER BY c.created_at), '[]')
                        FROM delivery.contacts c WHERE c.user_id = $1 OR c.email = $2::text::citext)
           ) AS "wishes!""#,
        user.uuid(),
        email
    )
    .fetch_one(conn)
    .await
}

/// What they were told, and how.
pub(crate) async fn told(conn: &mut PgConnection, user: UserId) -> Result<Value> {
    sqlx::query_scalar!(
        r#"SELECT jsonb_build_object(
             'notices', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', n.organization_id,
                           'brand_id', n.brand_id, 'kind', n.kind, 'facts', n.data, 'subject', n.subject_type,
                           'subject_id', n.subject_id, 'in_app', n.in_app, 'mailed_at', n.mailed_at,
                           'read_at', n.read_at, 'created_at', n.created_at) ORDER BY n.created_at), '[]')
                           FROM delivery.notifications n WHERE n.user_id = $1),
             'morning_deliveries', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', d.organization_id,
                                      'brand_id', d.brand_id, 'date', d.date, 'status', d.status, 'reason', d.reason,
                                      'error_message', d.error_message, 'channel', d.channel, 'post_ids', d.post_ids,
                                      'trend_ids', d.trend_ids, 'delivered_at', d.delivered_at,
                                      'opened_at', d.opened_at, 'clicked_at', d.clicked_at,
                                      'approved_count', d.approved_count) ORDER BY d.date, d.created_at), '[]')
                                      FROM delivery.daily_deliveries d WHERE d.user_id = $1),
             'sent', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', s.organization_id,
                        'brand_id', s.brand_id, 'kind', s.kind, 'ways', s.ways, 'state', s.state, 'way', s.channel,
                        'reason', s.reason, 'created_at', s.created_at, 'settled_at', s.settled_at,
                        'clicked_at', s.clicked_at,
                        'tries', (SELECT coalesce(jsonb_agg(jsonb_build_object('way', a.channel, 'state', a.state,
                                    'words', a.words, 'started_at', a.started_at, 'ended_at', a.ended_at,
                                    'delivered_at', a.delivered_at, 'read_at', a.read_at) ORDER BY a.started_at), '[]')
                                    FROM delivery.send_attempts a
                                   WHERE a.organization_id = s.organization_id AND a.send_id = s.id))
                        ORDER BY s.created_at), '[]')
                        FROM delivery.sends s WHERE s.user_id = $1)
           ) AS "told!""#,
        user.uuid()
    )
    .fetch_one(conn)
    .await
}
