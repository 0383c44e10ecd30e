/**
 * Settling, with each row looked up once: beside `= any (sequences)` a join made of every batch of n rows n times n
 * lookups. What is to be found stands in lists of its own now. A batch names each task once, and a token is that of one run
 * of one task, so neither list needs the other's order.
 */
const lockRuns = `
create or replace function {s}.lock_runs(sequences bigint[], tokens text[], signals text[]) returns text[]
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
as $body$
declare
  keys text[];
begin
  select array_agg(distinct q.concurrency_key) into keys from {s}.queue q
    where q.sequence = any (sequences) and q.token = any (tokens) and q.concurrency_key is not null;
  if keys is not null or cardinality(signals) > 0 then
    perform pg_advisory_xact_lock(l.number) from (
      select {s}.key_lock(k) as number from unnest(keys) k
      union
      select {s}.signal_lock(g) from unnest(signals) g
      order by 1
    ) l;
  end if;
  return coalesce(keys, '{}');
end
$body$;
`

const settle = `
create or replace function {s}.settle(sequences bigint[], tokens text[], signals text[], settlements json,
  out held integer[], out freed boolean)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
as $body$
#variable_conflict use_variable
declare
  keys text[];
  key text;
begin
  keys := {s}.lock_runs(sequences, tokens, signals);
  with given as materialized (
    select g.*, g.status in ('done', 'dead') as ends
    from json_to_recordset(settlements) as g(n integer, sequence bigint, token text, at double precision,
      status text, due_at double precision, wake_on text, reason text, result text, progress text,
      started_at double precision, ended_at double precision, outcome text, error text, details text)
  ), ended as (
    delete from {s}.queue q
    where q.sequence = any (array(select g.sequence from given g where g.ends)) and q.token = any (tokens)
    returning q.sequence, q.line, q.due_at, q.attempts, q.tries, q.progress
  ), outcomes as (
    insert into {s}.outcomes (sequence, status, line, due_at, attempts, tries, result, reason, progress, settled_at)
    select e.sequence, g.status, e.line, e.due_at, e.attempts + (g.outcome is not null)::integer,
      e.tries + (g.outcome is not null)::integer, g.result, g.reason, coalesce(g.progress, e.progress), g.at
    from ended e join given g on g.sequence = e.sequence
  ), changed as (
    update {s}.queue q set
      status = g.status,
      line = case when g.status = 'retrying' then 'r' || substr(q.line, 2) else q.line end,
      due_at = least(g.due_at, w.at),
      wake_on = case when w.at is null then g.wake_on end,
      reason = g.reason,
      progress = coalesce(g.progress, q.progress),
      attempts = q.attempts + (g.outcome is not null)::integer,
      tries = q.tries + (g.outcome is not null)::integer,
      token = null, leased_at = null, leased_until = null, stands = true, changed_by = pg_current_xact_id()
    from given g
    left join (
      select b.n, m.at from given b
      join {s}.queue r on r.sequence = b.sequence
      join {s}.wakes m on m.signal = b.wake_on and m.number > r.wakes_before
      where r.sequence = any (array(select o.sequence from given o where o.wake_on is not null)) and m.signal = any (signals)
    ) w on w.n = g.n
    where q.sequence = any (array(select o.sequence from given o where not o.ends)) and q.sequence = g.sequence
      and q.token = g.token and not g.ends
    returning q.sequence, q.tries
  ), settled as (
    select g.*, e.tries + 1 as number from ended e join given g on g.sequence = e.sequence
    union all
    select g.*, c.tries as number from changed c join given g on g.sequence = c.sequence
  ), attempts as (
    insert into {s}.attempts (sequence, number, started_at, ended_at, outcome, error, details)
    select s.sequence, s.number, s.started_at, s.ended_at, s.outcome, s.error, s.details
    from settled s where s.outcome is not null
  ), steps as (
    delete from {s}.steps p where p.sequence = any (array(select e.sequence from ended e))
  )
  select array_agg(s.n), coalesce(bool_or(not s.ends), false) into held, freed from settled s;

  foreach key in array keys loop
    perform {s}.promote(key);
    freed := true;
  end loop;
end
$body$;
`

export const lookupsByList: readonly string[] = [lockRuns, settle]
