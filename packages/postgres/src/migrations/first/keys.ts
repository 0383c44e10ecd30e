/**
 * One at a time over all processes. Only some tasks of a key stand in their lines: any new one, and when the key becomes
 * free, the first of each line and the oldest of all. Who claims puts those that must wait out of line; who frees the
 * key brings them back. Both hold the key's lock, so that neither misses what the other does.
 */
export const keyLock = `
create function {s}.key_lock(key text) returns bigint
language sql immutable as $body$ select hashtextextended(key, hashtextextended('{s}', 7)) $body$;
`

/** Brings back into line what may run now that the key is free. The caller holds the key's lock. */
export const promote = `
create function {s}.promote(key text) returns void
language plpgsql as $body$
begin
  if exists (select 1 from {s}.queue q where q.concurrency_key = key and q.token is not null) then
    return;
  end if;
  update {s}.queue q set stands = true, changed_by = pg_current_xact_id() where q.sequence in (
    with recursive fronts as (
      (select f.sequence, f.line from {s}.queue f
        where f.concurrency_key = key and f.token is null and not f.ordered and f.due_at < {never}
        order by f.line, f.due_at, f.sequence limit 1)
      union all
      select n.sequence, n.line from fronts p cross join lateral (
        select f.sequence, f.line from {s}.queue f
        where f.concurrency_key = key and f.token is null and not f.ordered and f.due_at < {never} and f.line > p.line
        order by f.line, f.due_at, f.sequence limit 1) n
    )
    select f.sequence from fronts f
    union all
    (select o.sequence from {s}.queue o where o.concurrency_key = key order by o.ord, o.sequence limit 1)
  );
end
$body$;
`

/**
 * Takes from one line of keyed tasks, up to where the caller says. For each key whose task it meets it takes the oldest
 * that may run, from whichever line. Where another transaction holds a key's lock the line is to be looked at again.
 */
export const claimKeyed = `
create function {s}.claim_keyed(its_line text, from_due double precision, from_sequence bigint,
  to_due double precision, to_sequence bigint, now double precision, lease_ms double precision, most integer,
  batch text, wakes bigint, handlers text[], endpoints boolean, except_endpoints text[],
  out taken bigint[], out due_at double precision, out sequence bigint,
  out hold_due double precision, out hold_sequence bigint)
language plpgsql as $body$
#variable_conflict use_variable
declare
  here record;
  oldest record;
  best bigint;
  seen text[] := '{}';
begin
  taken := '{}';
  for here in
    select q.sequence, q.due_at, q.concurrency_key as key, q.ordered from {s}.queue q
    where q.line = its_line and q.stands and q.token is null
      and (q.due_at, q.sequence) >= (from_due, from_sequence) and (q.due_at, q.sequence) <= (to_due, to_sequence)
    order by q.due_at, q.sequence for update skip locked
  loop
    due_at := here.due_at;
    sequence := here.sequence + 1;
    continue when here.key = any (seen);
    if not pg_try_advisory_xact_lock({s}.key_lock(here.key)) then
      hold_due := coalesce(hold_due, here.due_at);
      hold_sequence := coalesce(hold_sequence, here.sequence);
      continue;
    end if;
    best := null;
 if not exists (select 1 from {s}.queue q where q.concurrency_key = here.key and q.token is not null) then
      select q.sequence, q.ordered and q.due_at <= now and substr(q.line, 1, 1) = substr(its_line, 1, 1)
          and {s}.serves(q.line, handlers, endpoints, except_endpoints) as may_run into oldest
        from {s}.queue q where q.concurrency_key = here.key order by q.ord, q.sequence limit 1;
      if oldest.may_run then
        best := oldest.sequence;
      else
        select q.sequence into best from {s}.queue q
          where q.concurrency_key = here.key and not q.ordered and q.due_at <= now
            and substr(q.line, 1, 1) = substr(its_line, 1, 1)
            and {s}.serves(q.line, handlers, endpoints, except_endpoints)
          order by q.ord, q.sequence limit 1;
      end if;
      if best is null then
        -- It waits for an older one, whose end brings it back.
        update {s}.queue q set stands = false where q.sequence = here.sequence and q.sequence <> oldest.sequence;
        continue;
      end if;
      update {s}.queue q set token = q.sequence || '.' || batch, leased_at = now, leased_until = now + lease_ms,
          wake_on = null, wakes_before = wakes
        where q.sequence = best and q.token is null;
      if found then
        taken := taken || best;
      end if;
    end if;
    seen := seen || here.key;
    update {s}.queue q set stands = false where q.concurrency_key = here.key and q.token is null and q.stands;
    exit when cardinality(taken) = most;
  end loop;
end
$body$;
`

/** Whether a newer event has a task of the same key that was not cancelled. */
export const isSuperseded = `
create function {s}.is_superseded(its_key text, its_ord bigint, its_sequence bigint) returns boolean
language sql stable as $body$
  select coalesce((
    select (n.ord, n.sequence) > (its_ord, its_sequence) and n.sequence / 65536 <> its_sequence / 65536
    from {s}.tasks n
    where n.concurrency_key = its_key and n.supersede
      and not exists (select 1 from {s}.outcomes o where o.sequence = n.sequence and o.status = 'cancelled')
    order by n.ord desc, n.sequence desc limit 1
  ), false)
$body$;
`
