/**
 * Takes what is due: first runs whose lease ran out, then what stands in the lines, in the order of due times over all
 * of them. `lines`, `dues` and `sequences` say from where on the caller has not looked yet. Answers rows of these kinds:
 * `task`; `line`, from where on to look next (no time: the line is empty); `new`, at the latest from where on to look in
 * this line; `look`, the snapshot to name next time; `leases`, from which time on to look at leases.
 */
export const claim = `
create function {s}.claim(now double precision, lease_ms double precision, most integer, lane text, since pg_snapshot,
  lines text[], dues double precision[], sequences bigint[], handlers text[], endpoints boolean,
  except_endpoints text[], leases_from double precision)
returns table (kind text, line text, due_at double precision, sequence bigint, note text, token text,
  steps text[], superseded boolean, task {s}.task_rows, event {s}.events)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $body$
#variable_conflict use_variable
declare
  look text := pg_current_snapshot()::text;
  batch text := gen_random_uuid()::text;
  wakes bigint;
  taken bigint[] := '{}';
  fetched bigint[];
  found_lines record;
  here record;
  bound record;
  to_due double precision;
  to_sequence bigint;
  front record;
  keyed record;
  hold_dues double precision[];
  hold_sequences bigint[];
  i integer;
  leases_to double precision;
begin
  select coalesce((select w.number from {s}.wakes w order by w.number desc limit 1), 0) into wakes;
  taken := {s}.take_over(now, lease_ms, most, batch, wakes, handlers, endpoints, except_endpoints, leases_from);
  most := most - cardinality(taken);
  select coalesce(min(q.leased_until), now) into leases_to from {s}.queue q
    where q.token is not null and q.leased_until >= leases_from and q.leased_until <= now;
  return query select k.kind, null::text, leases_to, null::bigint, look, null::text, null::text[], null::boolean,
    null::{s}.task_rows, null::{s}.events from unnest(array['look', 'leases']) as k(kind);

  -- What was known and what is new: of both, from the earlier on. New fronts of other lines are only told.
  for found_lines in
    select distinct on (a.line) a.line, a.due_at, a.sequence from (
      select * from unnest(lines, dues, sequences) as k(line, due_at, sequence)
      union all
      select * from {s}.arrivals(since)
    ) a order by a.line, a.due_at, a.sequence
  loop
    return query select 'new', found_lines.line, found_lines.due_at, found_lines.sequence, null::text, null::text,
      null::text[], null::boolean, null::{s}.task_rows, null::{s}.events;
    if found_lines.line = any (lines) then
      i := array_position(lines, found_lines.line);
      dues[i] := found_lines.due_at;
      sequences[i] := found_lines.sequence;
    elsif substr(found_lines.line, 1, 1) = lane and found_lines.due_at <= now
        and {s}.serves(found_lines.line, handlers, endpoints, except_endpoints) then
      lines := lines || found_lines.line;
      dues := dues || found_lines.due_at;
      sequences := sequences || found_lines.sequence;
    end if;
  end loop;
  hold_dues := array_fill(null::double precision, array[cardinality(lines)]);
  hold_sequences := array_fill(null::bigint, array[cardinality(lines)]);

  -- The line whose front is due first, up to where the next one's front is; and so on.
  while most > 0 loop
    select k.n::integer as n, k.line, k.due_at, k.sequence into here
      from unnest(lines, dues, sequences) with ordinality as k(line, due_at, sequence, n)
      where k.due_at <= now order by k.due_at, k.sequence limit 1;
    exit when not found;
    i := here.n;
    select k.due_at, k.sequence into bound
      from unnest(lines, dues, sequences) with ordinality as k(line, due_at, sequence, n)
      where k.n <> i and k.due_at <= now order by k.due_at, k.sequence limit 1;
    to_due := coalesce(bound.due_at, now);
    to_sequence := coalesce(bound.sequence, 9223372036854775807);
    fetched := null;

    if substr(here.line, 2, 1) = 'u' then
      select array_agg(x.sequence order by x.due_at, x.sequence) into fetched from (
        select q.sequence, q.due_at from {s}.queue q
        where q.line = here.line and q.stands and q.token is null
          and (q.due_at, q.sequence) >= (here.due_at, here.sequence) and (q.due_at, q.sequence) <= (to_due, to_sequence)
        order by q.due_at, q.sequence limit most for update skip locked
      ) x;
      if cardinality(fetched) = most then
        select q.due_at, q.sequence + 1 as sequence into front from {s}.queue q
          where q.sequence = fetched[cardinality(fetched)];
      end if;
    else
      select * into keyed from {s}.claim_keyed(here.line, here.due_at, here.sequence, to_due, to_sequence, now,
        lease_ms, most, batch, wakes, handlers, endpoints, except_endpoints);
      fetched := keyed.taken;
      if keyed.hold_due is not null and hold_dues[i] is null then
        hold_dues[i] := keyed.hold_due;
        hold_sequences[i] := keyed.hold_sequence;
      end if;
      front := keyed;
    end if;

    taken := taken || coalesce(fetched, '{}');
    most := most - coalesce(cardinality(fetched), 0);
    if most > 0 then
      select q.due_at, q.sequence into front from {s}.queue q
        where q.line = here.line and q.stands and q.token is null and (q.due_at, q.sequence) > (to_due, to_sequence)
          and q.due_at < {never}
        order by q.due_at, q.sequence limit 1;
    end if;
    dues[i] := front.due_at;
    sequences[i] := front.sequence;
  end loop;

  return query
    select 'line', k.line, coalesce(k.hold_due, k.due_at), case when k.hold_due is null then k.sequence else k.hold_sequence end,
      null::text, null::text, null::text[], null::boolean, null::{s}.task_rows, null::{s}.events
    from unnest(lines, dues, sequences, hold_dues, hold_sequences) as k(line, due_at, sequence, hold_due, hold_sequence);

  if cardinality(taken) = 0 then
    return;
  end if;
  update {s}.queue q set token = q.sequence || '.' || batch, leased_at = now, leased_until = now + lease_ms,
      wake_on = null, wakes_before = wakes
    where q.sequence = any (taken) and q.token is null;
  return query
    select 'task', null::text, null::double precision, t.sequence, null::text, t.sequence || '.' || batch,
      (select array_agg(array[p.name, p.sealed]) from {s}.steps p where p.sequence = t.sequence),
      t.supersede and t.concurrency_key is not null and {s}.is_superseded(t.concurrency_key, t.ord, t.sequence), t, e
    from unnest(taken) with ordinality as k(sequence, n)
    join {s}.task_rows t on t.sequence = k.sequence
    join {s}.events e on e.sequence = t.sequence / 65536
    order by k.n;
end
$body$;
`
