-- The one log of change. Every change of state writes a row here in its own transaction; the row is the audit trail, the
-- source of realtime updates and what subscribers in other contexts hear.

create schema operations;

create table operations.events (
    organization_id uuid not null,
    id uuid not null,
    brand_id uuid,
    created_at timestamptz not null,
    kind text not null,
    subject_type text not null,
    subject_id uuid not null,
    actor_type text not null,
    actor_user_id uuid,
    actor jsonb not null,
    before jsonb,
    after jsonb,
    data jsonb not null default '{}',
    correlation_id uuid,
    request_id text,
    ip_address inet,
    user_agent text,
    constraint events_pkey primary key (organization_id, id),
    constraint events_kind_check check (kind ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'),
    constraint events_subject_type_check check (subject_type ~ '^[a-z][a-z0-9_]*$'),
    constraint events_actor_type_check check (actor_type in ('user', 'api_key', 'worker', 'ai', 'system')),
    constraint events_actor_user_id_check check (actor_type <> 'user' or actor_user_id is not null),
    constraint events_data_check check (jsonb_typeof(data) = 'object'),
    constraint events_request_id_check check (length(request_id) <= 200),
    constraint events_user_agent_check check (length(user_agent) <= 1000)
) partition by range (id);

create index events_subject_id_idx on operations.events (organization_id, subject_id, id);
create index events_kind_idx on operations.events (organization_id, kind, id);
create index events_brand_id_idx on operations.events (organization_id, brand_id, id);

select tenancy.protect_brand('operations.events');
-- what happened stays as it happened; only retention, which drops whole partitions, takes it away
revoke update, delete on operations.events from bellwether_app, bellwether_service;

create function operations.notify_event() returns trigger
language plpgsql as $$
begin
    perform pg_notify(
        'bellwether_events',
        json_build_object('o', new.organization_id, 'i', new.id)::text
    );
    return null;
end
$$;

create trigger events_notify after insert on operations.events
    for each row execute function operations.notify_event();

select tenancy.make_partitions('operations.events');
