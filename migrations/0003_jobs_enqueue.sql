-- The door to the job queue. The queue's own tables belong to nobody but their owner; our roles enqueue through these
-- functions, inside the transaction that gives rise to the job, so that both happen or neither.

create function operations.enqueue_job(
    name text,
    payload jsonb,
    job_key text,
    queue text,
    run_at timestamptz,
    max_attempts integer,
    priority integer
) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return (
        graphile_worker.add_job(
            identifier => name,
            payload => payload::json,
            queue_name => queue,
            run_at => run_at,
            max_attempts => max_attempts,
            job_key => job_key,
            priority => priority
        )
    ).id;
end
$$;

-- Takes a job away that has not begun; one that runs is not run again. Tells whether there was one.
create function operations.cancel_job(job_key text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return (graphile_worker.remove_job(job_key)).id is not null;
end
$$;

revoke execute on function
    operations.enqueue_job(text, jsonb, text, text, timestamptz, integer, integer),
    operations.cancel_job(text)
from public;
grant execute on function
    operations.enqueue_job(text, jsonb, text, text, timestamptz, integer, integer),
    operations.cancel_job(text)
to bellwether_app, bellwether_service;
