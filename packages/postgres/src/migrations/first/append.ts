/**
 * Records everything of one recording, or answers why not and has written nothing. Answers one row for each event whose
 * idempotency key was known, so usually none. Every statement in it sees what was committed before it began: what is
 * looked up under a lock is current.
 */
export const append = `
create function {s}.append(locks bigint[], given_receipt json, documents json, given_events json, given_tasks json)
returns table (verdict text, about text, detail text)
language plpgsql set jit = off set enable_seqscan = off set enable_bitmapscan = off
as $body$
declare
  write record;
  receipt record;
  received boolean := given_receipt is not null;
  given integer;
  fresh integer[];
  first_id text;
begin
  perform pg_advisory_xact_lock(held.number)
    from (select l as number from unnest(locks) l order by 1) held;

  if received then
    select * into receipt from json_to_record(given_receipt) as r(source text, delivery_id text,
      body_hash text, body_window double precision, received_at double precision, event_id text);
    return query
      select 'duplicate-receipt', null::text, r.event_id from {s}.receipts r
        where r.source = receipt.source and r.delivery_id = receipt.delivery_id;
    if found then return; end if;
    return query
      select 'duplicate-receipt', null::text, last.event_id from (
        select * from {s}.receipts r where r.source = receipt.source and r.body_hash = receipt.body_hash
        order by r.number desc limit 1
      ) last where receipt.received_at - last.received_at < receipt.body_window;
    if found then return; end if;
  end if;

  if documents is not null then
    begin
      for write in select * from json_to_recordset(documents) as d(project text, collection text,
        key text, value text, expected bigint, at double precision)
      loop
        if not {s}.write_document(write.project, write.collection, write.key, write.value, write.expected, write.at) then
          raise exception 'document changed' using errcode = 'PW409';
        end if;
      end loop;
    exception when sqlstate 'PW409' then
      -- The block's own writes are undone; the host's transaction goes on.
      return query select 'conflict', write.collection, write.key;
      return;
    end;
  end if;

  with given as materialized (
    select nextval('{s}.event_numbers') as sequence, e.*
    from json_to_recordset(given_events) as e(n integer, id text, type text, project text, occurred_at double precision,
      recorded_at double precision, source text, data text, attributes text, labels text[], redactions text,
      identity text, kept text, idempotency_key text, ordering_key text, root_id text, ord bigint, caused_by text,
      subject text, people text[])
  ), stored as (
    insert into {s}.events (sequence, id, type, project, occurred_at, recorded_at, source, data, attributes, labels,
      redactions, identity, kept, idempotency_key, ordering_key, root_id, ord, caused_by, subject, people)
    select g.sequence, g.id, g.type, g.project, g.occurred_at, g.recorded_at, g.source, g.data, g.attributes, g.labels,
      g.redactions, g.identity, g.kept, g.idempotency_key, g.ordering_key, g.root_id, coalesce(g.ord, g.sequence),
      g.caused_by, g.subject, g.people
    from given g
    on conflict (project, idempotency_key) where idempotency_key is not null do nothing
    returning events.sequence, events.id, events.project, events.ord
  ), planned as materialized (
    select f.sequence * 65536 + t.place as sequence, f.project, f.ord, t.id, t.kind, t.target, t.line, t.due_at,
      t.concurrency_key, t.ordered, t.supersede, t.body
    from json_to_recordset(given_tasks) as t(event_id text, place integer, id text, kind text, target text,
      line text, due_at double precision, concurrency_key text, ordered boolean, supersede boolean, body text)
    join stored f on f.id = t.event_id
  ), kept as (
    insert into {s}.tasks (sequence, id, project, kind, target, concurrency_key, ordered, supersede, ord, body)
    select p.sequence, p.id, p.project, p.kind, p.target, p.concurrency_key, p.ordered, p.supersede, p.ord, p.body
    from planned p
  ), queued as (
    insert into {s}.queue (sequence, line, due_at, concurrency_key, ordered, ord)
    select p.sequence, p.line, p.due_at, p.concurrency_key, p.ordered, p.ord from planned p
  )
  select (select count(*) from given),
    (select coalesce(array_agg(g.n), '{}') from stored f join given g on g.sequence = f.sequence)
    into given, fresh;

  if cardinality(fresh) < given then
    -- Whoever recorded the key first has committed by now, or is this very recording.
    return query
      select 'duplicate', g.n::text, e.id
        from json_to_recordset(given_events) as g(n integer, project text, idempotency_key text)
        join {s}.events e on e.project = g.project and e.idempotency_key = g.idempotency_key
        where g.n <> all (fresh);
  end if;

  if received then
    select e.id into first_id
      from json_to_recordset(given_events) as g(n integer, id text, project text, idempotency_key text)
      join {s}.events e on e.project = g.project and e.idempotency_key = g.idempotency_key
      where g.id = receipt.event_id limit 1;
    insert into {s}.receipts (source, delivery_id, body_hash, received_at, event_id)
      values (receipt.source, receipt.delivery_id, receipt.body_hash, receipt.received_at,
        coalesce(first_id, receipt.event_id));
  end if;
end
$body$;
`

/** Writes one document, or answers false. Whoever calls holds the document's lock. Null deletes. */
export const writeDocument = `
create function {s}.write_document(
  its_project text, its_collection text, its_key text, its_value text, expected bigint, at double precision)
returns boolean
language plpgsql as $body$
#variable_conflict use_column
declare
  stored bigint;
begin
  select d.version into stored from {s}.documents d
    where d.project = its_project and d.collection = its_collection and d.key = its_key for update;
  if expected is not null and expected <> coalesce(stored, 0) then
    return false;
  end if;
  if its_value is null then
    delete from {s}.documents d
      where d.project = its_project and d.collection = its_collection and d.key = its_key;
  else
    insert into {s}.documents (project, collection, key, value, version, updated_at)
      values (its_project, its_collection, its_key, its_value, 1, at)
      on conflict (project, collection, key)
      do update set value = excluded.value, version = documents.version + 1, updated_at = excluded.updated_at;
  end if;
  return true;
end
$body$;
`
