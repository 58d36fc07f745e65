-- What every tenant table stands on: extensions, the two roles, and the functions that hold tenants apart.

create extension if not exists vector;
create extension if not exists pg_trgm;
create extension if not exists citext;
create extension if not exists unaccent;

-- Roles are shared by all databases of a server, so another database may have made them already, even at this moment.
-- They log in nowhere: the one login is granted both and takes one of them on for the length of a transaction.
do $$
declare
    name text;
begin
    foreach name in array array['bellwether_app', 'bellwether_service'] loop
        begin
            execute format('create role %I nologin noinherit', name);
        exception when duplicate_object or unique_violation then
            null;
        end;
        if not pg_has_role(current_user, name, 'set') then
            execute format('grant %I to %I with inherit false, set true', name, current_user);
        end if;
    end loop;
end
$$;

create schema tenancy;
grant usage on schema tenancy to bellwether_app, bellwether_service;

-- The organization of this transaction. Policies call it inside `(select …)`, so it runs once for a statement. It raises
-- when no tenant is set: a policy that then returned nothing would pass a bug off as an empty list.
create function tenancy.current_organization() returns uuid
language plpgsql stable parallel safe as $$
declare
    value constant text := current_setting('app.organization_id', true);
begin
    if value is null or value = '' then
        raise exception using
            errcode = 'TN001',
            message = 'no tenant is set in this transaction',
            hint = 'Open it with Store::tenant, which sets app.organization_id.';
    end if;
    return value::uuid;
end
$$;

-- The user of this transaction; null when a tenant transaction is not on behalf of a user.
create function tenancy.current_user_id() returns uuid
language plpgsql stable parallel safe as $$
declare
    value constant text := current_setting('app.user_id', true);
begin
    if value is null or value = '' then
        raise exception using
            errcode = 'TN001',
            message = 'no tenant is set in this transaction',
            hint = 'Open it with Store::tenant, which sets app.user_id.';
    end if;
    return nullif(value, 'none')::uuid;
end
$$;

-- The brands that this transaction reaches; null means all of the organization's.
create function tenancy.current_brand_ids() returns uuid[]
language plpgsql stable parallel safe as $$
declare
    value constant text := current_setting('app.brand_ids', true);
begin
    if value is null or value = '' then
        raise exception using
            errcode = 'TN001',
            message = 'no tenant is set in this transaction',
            hint = 'Open it with Store::tenant, which sets app.brand_ids.';
    end if;
    return nullif(value, 'all')::uuid[];
end
$$;

create function tenancy.touch_updated_at() returns trigger
language plpgsql as $$
begin
    new.updated_at := now();
    return new;
end
$$;

-- The smallest UUIDv7 of an instant. Immutable in truth: an epoch has no time zone.
create function tenancy.uuid_floor(at timestamptz) returns uuid
language sql immutable strict parallel safe as $$
    select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

create function tenancy.has_column(target regclass, column_name name) returns boolean
language sql stable as $$
    select exists (
        select from pg_attribute
        where attrelid = target and attname = column_name and attnum > 0 and not attisdropped
    )
$$;

-- What both kinds of protection share.
create function tenancy.guard(target regclass, visible text) returns void
language plpgsql as $$
declare
    schema_name constant text := (
        select nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target
    );
begin
    if not tenancy.has_column(target, 'organization_id') then
        raise exception '% has no organization_id, so it is no tenant table', target;
    end if;
    execute format('grant usage on schema %I to bellwether_app, bellwether_service', schema_name);
    execute format('grant select, insert, update, delete on %s to bellwether_app, bellwether_service', target);
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy tenant on %s to bellwether_app using (%s) with check (%s)', target, visible, visible);
    execute format('create policy service on %s to bellwether_service using (true) with check (true)', target);
    if tenancy.has_column(target, 'updated_at') then
        execute format(
            'create trigger %I before update on %s for each row execute function tenancy.touch_updated_at()',
            (select relname from pg_class where oid = target) || '_touch_updated_at',
            target
        );
    end if;
end
$$;

-- Holds the rows of a table to the organization of the transaction. Call it once, after CREATE TABLE.
create function tenancy.protect(target regclass) returns void
language plpgsql as $$
begin
    perform tenancy.guard(target, 'organization_id = (select tenancy.current_organization())');
end
$$;

-- The same for a table of a brand's rows: they are held to the brands that the member reaches as well. Rows without a
-- brand belong to the organization as a whole.
create function tenancy.protect_brand(target regclass) returns void
language plpgsql as $$
declare
    brand constant name := case when tenancy.has_column(target, 'brand_id') then 'brand_id' else 'id' end;
begin
    perform tenancy.guard(
        target,
        'organization_id = (select tenancy.current_organization()) and ('
        || format('%I is null or (select tenancy.current_brand_ids()) is null ', brand)
        || format('or %I = any((select tenancy.current_brand_ids())::uuid[]))', brand)
    );
end
$$;

-- Makes the monthly partitions of a table that is partitioned by range of a UUIDv7 `id`: last month's, this month's,
-- those ahead, and a default so that no insert ever fails for want of one. Rows that went to the default in the
-- meantime move into the new partition. Partitions carry no grants and no policies of their own: they are reached
-- through the parent only.
create function tenancy.make_partitions(parent regclass, months_ahead integer default 3, at timestamptz default now())
returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    schema_name text;
    table_name text;
    fallback text;
    month timestamptz;
    partition text;
    low uuid;
    high uuid;
begin
    select n.nspname, c.relname into strict schema_name, table_name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = parent and c.relkind = 'p';
    fallback := table_name || '_default';
    -- two servers may come here at the same moment
    perform pg_advisory_xact_lock(hashtextextended('tenancy.make_partitions:' || parent::text, 0));

    if to_regclass(format('%I.%I', schema_name, fallback)) is null then
        execute format('create table %I.%I partition of %s default', schema_name, fallback, parent);
        execute format('alter table %I.%I enable row level security', schema_name, fallback);
        execute format('alter table %I.%I force row level security', schema_name, fallback);
        return next fallback;
    end if;

    for step in -1 .. months_ahead loop
        month := date_trunc('month', at) + make_interval(months => step);
        partition := table_name || '_' || to_char(month, '"y"YYYY"m"MM');
        continue when to_regclass(format('%I.%I', schema_name, partition)) is not null;
        low := tenancy.uuid_floor(month);
        high := tenancy.uuid_floor(month + interval '1 month');
        execute format('create table %I.%I (like %s including all)', schema_name, partition, parent);
        -- also locks it; an owner who is no superuser would otherwise see none of its rows
        execute format('alter table %I.%I no force row level security', schema_name, fallback);
        execute format(
            'with moved as (delete from %1$I.%2$I where id >= %3$L and id < %4$L returning *) '
            || 'insert into %1$I.%5$I select * from moved',
            schema_name, fallback, low, high, partition
        );
        execute format('alter table %I.%I force row level security', schema_name, fallback);
        execute format('alter table %I.%I enable row level security', schema_name, partition);
        execute format('alter table %I.%I force row level security', schema_name, partition);
        execute format(
            'alter table %s attach partition %I.%I for values from (%L) to (%L)',
            parent, schema_name, partition, low, high
        );
        return next partition;
    end loop;
end
$$;

-- The same for every table that is partitioned so.
create function tenancy.make_all_partitions(months_ahead integer default 3, at timestamptz default now())
returns setof text
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select made
    from pg_partitioned_table p
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    cross join lateral tenancy.make_partitions(p.partrelid::regclass, months_ahead, at) as made
    where p.partstrat = 'r' and p.partnatts = 1 and a.attname = 'id' and a.atttypid = 'uuid'::regtype
$$;

revoke execute on function
    tenancy.guard(regclass, text),
    tenancy.protect(regclass),
    tenancy.protect_brand(regclass),
    tenancy.make_partitions(regclass, integer, timestamptz),
    tenancy.make_all_partitions(integer, timestamptz)
from public;
grant execute on function tenancy.make_all_partitions(integer, timestamptz) to bellwether_service;
