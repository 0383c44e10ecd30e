/** Every task as a reader sees it, whatever state it is in. */
export const taskRows = `
create view {s}.task_rows as
select t.sequence, t.id, t.project, t.kind, t.target, t.concurrency_key, t.ordered, t.supersede, t.ord, t.body,
  e.id as event_id, e.type as event_type, e.root_id, e.recorded_at as created_at,
  case when q.token is not null then 'running' else coalesce(q.status, o.status) end as status,
  coalesce(q.line, o.line) as line, coalesce(q.due_at, o.due_at) as due_at, coalesce(q.attempts, o.attempts) as attempts,
  q.wake_on, coalesce(o.result, 'null') as result, coalesce(q.reason, o.reason) as reason,
  coalesce(q.progress, o.progress) as progress, o.settled_at, e.labels,
  q.sequence is not null as unfinished, o.status as ended_as
from {s}.tasks t
join {s}.events e on e.sequence = t.sequence / 65536
left join {s}.queue q on q.sequence = t.sequence
left join {s}.outcomes o on o.sequence = t.sequence;
`

/**
 * Locks the keys these runs hold, and the signals they begin to wait for: who ends a keyed run frees its key, and who
 * begins to wait must not miss the wake. Answers the keys.
 */
export const lockRuns = `
create function {s}.lock_runs(sequences bigint[], tokens text[], signals text[]) returns text[]
language plpgsql as $body$
declare
  keys text[];
begin
  select array_agg(distinct q.concurrency_key) into keys
    from unnest(sequences, tokens) as g(sequence, token)
    join {s}.queue q on q.sequence = g.sequence and q.token = g.token
    where q.sequence = any (sequences) and q.concurrency_key is not null;
  perform pg_advisory_xact_lock(l.number) from (
    select {s}.key_lock(k) as number from unnest(keys) k
    union
    select {s}.signal_lock(g) from unnest(signals) g
    order by 1
  ) l;
  return coalesce(keys, '{}');
end
$body$;
`

/**
 * Ends runs, each only if its token still holds the task: that is the condition of the statement that changes it. Answers
 * the numbers of those it ended, and whether anything became claimable by that.
 */
export const settle = `
create function {s}.settle(sequences bigint[], tokens text[], signals text[], settlements json, out held integer[], out freed boolean)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
as $body$
#variable_conflict use_variable
declare
  keys text[];
  key text;
begin
  keys := {s}.lock_runs(sequences, tokens, signals);
  with given as materialized (
    select * from json_to_recordset(settlements) as g(n integer, sequence bigint, token text, at double precision,
      status text, due_at double precision, wake_on text, reason text, result text, progress text,
      started_at double precision, ended_at double precision, outcome text, error text, details text)
  ), ended as (
    delete from {s}.queue q using given g
    where q.sequence = any (sequences) and q.sequence = g.sequence and q.token = g.token
      and g.status in ('done', 'dead')
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
      where r.sequence = any (sequences) and m.signal = any (signals)
    ) w on w.n = g.n
    where q.sequence = any (sequences) and q.sequence = g.sequence and q.token = g.token
      and g.status not in ('done', 'dead')
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
    delete from {s}.steps p using ended e where p.sequence = any (sequences) and p.sequence = e.sequence
  )
  select array_agg(s.n), coalesce(bool_or(s.status not in ('done', 'dead')), false) into held, freed from settled s;

  foreach key in array keys loop
    perform {s}.promote(key);
    freed := true;
  end loop;
end
$body$;
`

/** Ends one run and records what follows from it, or neither. */
export const settleWith = `
create function {s}.settle_with(sequences bigint[], tokens text[], signals text[], settlements json,
  locks bigint[], given_receipt json, documents json, given_events json, given_tasks json)
returns table (verdict text, about text, detail text)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
as $body$
declare
  ended record;
begin
  perform {s}.lock_runs(sequences, tokens, signals);
  -- The fence first: what is lost records nothing.
  perform 1 from unnest(sequences, tokens) as g(sequence, token)
    join {s}.queue q on q.sequence = g.sequence and q.token = g.token
    where q.sequence = any (sequences) for update of q;
  if not found then
    return query select 'lost', null::text, null::text;
    return;
  end if;
  return query select * from {s}.append(locks, given_receipt, documents, given_events, given_tasks) a where a.verdict = 'conflict';
  if found then
    return;
  end if;
  select * into ended from {s}.settle(sequences, tokens, signals, settlements);
  return query select 'settled', null::text, null::text;
end
$body$;
`

export const signalLock = `
create function {s}.signal_lock(signal text) returns bigint
language sql immutable as $body$ select hashtextextended(signal, hashtextextended('{s}', 8)) $body$;
`

/** Makes tasks that wait for the signal due, and remembers it for those that are running and may come to wait for it. */
export const wake = `
create function {s}.wake(its_signal text, its_at double precision) returns integer
language plpgsql set jit = off set enable_seqscan = off as $body$
declare
  count integer;
  its_number bigint;
begin
  -- Wakes are numbered in the order of their commits, so they take turns.
  perform pg_advisory_xact_lock({s}.signal_lock(''));
  perform pg_advisory_xact_lock({s}.signal_lock(its_signal));
  update {s}.queue q set due_at = least(q.due_at, its_at), wake_on = null, stands = true,
      changed_by = pg_current_xact_id()
    where q.wake_on = its_signal and q.token is null;
  get diagnostics count = row_count;
  its_number := nextval('{s}.wake_numbers');
  insert into {s}.wakes (signal, at, number) values (its_signal, its_at, its_number)
    on conflict (signal) do update set at = excluded.at, number = excluded.number;
  -- Now and then: what came before every run that still goes on can be missed by none of them.
  if its_number % 100 = 0 then
    delete from {s}.wakes w where w.number <= coalesce(
      (select min(q.wakes_before) from {s}.queue q where q.token is not null), its_number) and w.number < its_number;
  end if;
  return count;
end
$body$;
`
