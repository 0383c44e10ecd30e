/** Who ends tasks from outside, begins them anew or deletes them takes turns with the like. */
export const historyLock = `
create function {s}.history_lock() returns void
language sql as $body$ select pg_advisory_xact_lock(hashtextextended('{s}', 9)) $body$;
`

/** Cancels unfinished tasks, whatever they are doing. Answers the sequences of those it ended. */
export const cancel = `
create function {s}.cancel(given bigint[], its_at double precision) returns bigint[]
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
as $body$
declare
  keys text[];
  key text;
  gone bigint[];
begin
  select array_agg(distinct q.concurrency_key) into keys from {s}.queue q
    where q.sequence = any (given) and q.concurrency_key is not null;
  perform pg_advisory_xact_lock(l.number) from (
    select {s}.key_lock(k) as number from unnest(keys) k order by 1) l;
  with ended as (
    delete from {s}.queue q where q.sequence = any (given)
    returning q.sequence, q.line, q.due_at, q.attempts, q.tries, q.progress
  ), outcomes as (
    insert into {s}.outcomes (sequence, status, line, due_at, attempts, tries, result, reason, progress, settled_at)
    select e.sequence, 'cancelled', e.line, e.due_at, e.attempts, e.tries, 'null', null, e.progress, its_at from ended e
  ), steps as (
    delete from {s}.steps p using ended e where p.sequence = e.sequence
  )
  select array_agg(e.sequence) into gone from ended e;
  foreach key in array coalesce(keys, '{}') loop
    perform {s}.promote(key);
  end loop;
  return coalesce(gone, '{}');
end
$body$;
`

/** Event by event: a range has no estimate that a planner could be trusted with. */
export const tasksOf = `
create function {s}.tasks_of(given bigint[]) returns bigint[]
language sql stable as $body$
  select coalesce(array_agg(o.sequence), '{}') from unnest(given) g cross join lateral (
    select t.sequence from {s}.tasks t where t.sequence >= g * 65536 and t.sequence < (g + 1) * 65536 limit 65536) o
$body$;
`

/** Deletes events, oldest first, whose whole chain has ended and is old enough, with all that belongs to them. */
export const prune = `
create function {s}.prune(before double precision, most integer, its_project text) returns integer
language plpgsql
set jit = off set enable_seqscan = off
as $body$
declare
  gone bigint[];
  its_tasks bigint[];
begin
  perform {s}.history_lock();
  select coalesce(array_agg(x.sequence), '{}') into gone from (
    select e.sequence from {s}.events e
    where e.recorded_at < before and (its_project is null or e.project = its_project)
      and not exists (
        select 1 from (
          select r.sequence, r.root_id, r.recorded_at from {s}.events r where r.id = e.root_id and r.root_id = r.id
          union all
          select f.sequence, f.root_id, f.recorded_at from {s}.events f
            where f.root_id = e.root_id and f.root_id <> f.id
        ) c
        where (
          c.recorded_at >= before
          or exists (select 1 from {s}.queue q
            where q.sequence >= c.sequence * 65536 and q.sequence < (c.sequence + 1) * 65536)
          -- The newest of a superseding key stays as long as an older one of another chain does.
          or exists (
            select 1 from (
              select x.ord, x.sequence, x.concurrency_key, x.supersede from {s}.tasks x
              where x.sequence >= c.sequence * 65536 and x.sequence < (c.sequence + 1) * 65536 limit 65536
            ) t
            join {s}.tasks o on o.concurrency_key = t.concurrency_key and o.supersede
              and (o.ord, o.sequence) < (t.ord, t.sequence)
            join {s}.events oe on oe.sequence = o.sequence / 65536 and oe.root_id <> c.root_id
            where t.supersede and t.concurrency_key is not null)
        )
      )
    order by e.sequence limit most
  ) x;
  if cardinality(gone) > 0 then
    its_tasks := {s}.tasks_of(gone);
    delete from {s}.attempts a where a.sequence = any (its_tasks);
    delete from {s}.outcomes o where o.sequence = any (its_tasks);
    delete from {s}.tasks t where t.sequence = any (its_tasks);
    delete from {s}.events e where e.sequence = any (gone);
  end if;
  -- A receipt guards its event: it stays as long as that does.
  if its_project is null then
    delete from {s}.receipts r where r.number in (
      select o.number from {s}.receipts o where o.received_at < before
        and not exists (select 1 from {s}.events e where e.id = o.event_id)
      limit greatest(most, 1000));
  end if;
  return cardinality(gone);
end
$body$;
`

/** Empties every event that names the person, and all that came of it: ids, types and times stay. */
export const forget = `
create function {s}.forget(its_project text, person text, its_at double precision) returns integer
language plpgsql set jit = off set enable_seqscan = off as $body$
declare
  emptied bigint[];
  its_tasks bigint[];
begin
  perform {s}.history_lock();
  with changed as (
    update {s}.events e set forgotten = true, data = '{"forgotten":true}', kept = '{}', people = '{}', subject = null,
      attributes = '{}', labels = '{}'
    where e.project = its_project and e.people @> array[person] and e.people <> '{}'
    returning e.sequence
  )
  select coalesce(array_agg(c.sequence), '{}') into emptied from changed c;
  its_tasks := {s}.tasks_of(emptied);
  update {s}.tasks t set body = null where t.sequence = any (its_tasks);
  -- What they would send or act on is gone.
  perform {s}.cancel(its_tasks, its_at);
  update {s}.outcomes o set result = 'null', reason = null, progress = null where o.sequence = any (its_tasks);
  update {s}.attempts a set error = null, details = 'null' where a.sequence = any (its_tasks);
  return cardinality(emptied);
end
$body$;
`

/** Ended tasks begin anew, oldest first; their attempts are kept. What was forgotten is never sent again. */
export const redrive = `
create function {s}.redrive(chosen bigint[], its_at double precision, statuses text[]) returns bigint[]
language plpgsql set jit = off set enable_seqscan = off as $body$
declare
  again bigint[];
begin
  perform {s}.history_lock();
  with ended as (
    delete from {s}.outcomes o where o.sequence = any (chosen) and o.status = any (statuses)
    returning o.sequence, o.line, o.tries
  ), queued as (
    insert into {s}.queue (sequence, line, due_at, concurrency_key, ordered, ord, tries)
    select e.sequence, 'r' || substr(e.line, 2), its_at, t.concurrency_key, t.ordered, t.ord, e.tries
    from ended e join {s}.tasks t on t.sequence = e.sequence
  )
  select array_agg(e.sequence) into again from ended e;
  return coalesce(again, '{}');
end
$body$;
`
