/** Whether a worker takes what stands in this line (or stood in it, before it ran). */
export const serves = `
create function {s}.serves(line text, handlers text[], endpoints boolean, except_endpoints text[])
returns boolean
language sql stable as $body$
  select case substr(line, 3, 1)
    when 'h' then substr(line, 4) = any (handlers)
    else endpoints and substr(line, 4) <> all (except_endpoints) and exists (
      select 1 from {s}.rows r where r.kind = 'endpoint' and r.id = substr(line, 4) and r.enabled)
  end
$body$;
`

/**
 * Where work stands that became claimable since the caller's last look: by the transactions that were not finished
 * then. Without a last look, the front of every line. What is dead in the index is passed over only once, whatever old
 * snapshot keeps it there.
 */
export const arrivals = `
create function {s}.arrivals(since pg_snapshot)
returns table (line text, due_at double precision, sequence bigint)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $body$
#variable_conflict use_column
begin
  if since is null then
    return query
      with recursive fronts as (
        (select q.line, q.due_at, q.sequence from {s}.queue q where q.stands and q.token is null and q.line > ''
          order by q.line, q.due_at, q.sequence limit 1)
        union all
        select n.line, n.due_at, n.sequence from fronts f cross join lateral (
          select q.line, q.due_at, q.sequence from {s}.queue q
          where q.stands and q.token is null and q.line > f.line
          order by q.line, q.due_at, q.sequence limit 1) n
      )
      select f.line, f.due_at, f.sequence from fronts f;
  else
    return query
      with changed as materialized (
        select n.line, n.due_at, n.sequence from {s}.queue n
          where n.stands and n.token is null and n.changed_by >= pg_snapshot_xmax(since)
      ), unfinished as materialized (
        select n.line, n.due_at, n.sequence from {s}.queue n
          where n.stands and n.token is null and n.changed_by = any (array(select pg_snapshot_xip(since)))
      )
      select distinct on (q.line) q.line, q.due_at, q.sequence
        from (select * from changed union all select * from unfinished) q
        where q.due_at < {never} order by q.line, q.due_at, q.sequence;
  end if;
end
$body$;
`

/** Takes runs whose lease ran out. The run that was lost counts as a try: else a task that kills its worker never ends. */
export const takeOver = `
create function {s}.take_over(now double precision, lease_ms double precision, most integer, batch text, wakes bigint,
  handlers text[], endpoints boolean, except_endpoints text[], leases_from double precision)
returns bigint[]
language plpgsql as $body$
declare
  lost bigint[];
begin
  select coalesce(array_agg(x.sequence), '{}') into lost from (
    select q.sequence from {s}.queue q
    where q.token is not null and q.leased_until <= now and q.leased_until >= leases_from
      and {s}.serves(q.line, handlers, endpoints, except_endpoints)
    order by q.leased_until, q.sequence limit most for update skip locked
  ) x;
  if cardinality(lost) > 0 then
    insert into {s}.attempts (sequence, number, started_at, ended_at, outcome, error, details)
      select q.sequence, q.tries + 1, q.leased_at, now, 'lost',
        'The worker stopped renewing its lease: it crashed, hung or lost the store.', 'null'
      from {s}.queue q where q.sequence = any (lost);
    update {s}.queue q set attempts = q.attempts + 1, tries = q.tries + 1, line = 'r' || substr(q.line, 2),
        token = q.sequence || '.' || batch, leased_at = now, leased_until = now + lease_ms, wake_on = null,
        wakes_before = wakes
      where q.sequence = any (lost);
  end if;
  return lost;
end
$body$;
`

/** When the next task these targets have becomes due, from either lane, or a lease runs out. */
export const nextDue = `
create function {s}.next_due(since pg_snapshot, lines text[], dues double precision[], sequences bigint[],
  handlers text[], endpoints boolean, leases_from double precision)
returns table (kind text, line text, due_at double precision, sequence bigint, note text)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $body$
#variable_conflict use_variable
declare
  look text := pg_current_snapshot()::text;
  earliest double precision;
  here record;
  front record;
begin
  for here in
    select * from (
      select distinct on (a.line) a.line, a.due_at, a.sequence from (
        select * from unnest(lines, dues, sequences) as k(line, due_at, sequence)
        union all
        select * from {s}.arrivals(since)
      ) a order by a.line, a.due_at, a.sequence
    ) l order by l.due_at, l.sequence
  loop
    if (earliest is null or here.due_at < earliest) and {s}.serves(here.line, handlers, endpoints, '{}') then
      select q.due_at, q.sequence into front from {s}.queue q
        where q.line = here.line and q.stands and q.token is null
          and (q.due_at, q.sequence) >= (here.due_at, here.sequence) and q.due_at < {never}
        order by q.due_at, q.sequence limit 1;
      earliest := least(earliest, front.due_at);
      return query select 'line', here.line, front.due_at, front.sequence, null::text;
    else
      return query select 'new', here.line, here.due_at, here.sequence, null::text;
    end if;
  end loop;
  select q.leased_until into front from {s}.queue q
    where q.token is not null and q.leased_until >= leases_from
      and {s}.serves(q.line, handlers, endpoints, '{}')
    order by q.leased_until limit 1;
  return query
    select 'next', null::text, least(earliest, front.leased_until), null::bigint, null::text
    union all select 'leased', null, front.leased_until, null, null
    union all select 'look', null, null, null, look;
end
$body$;
`
