/**
 * History (`events`, `tasks`, `outcomes`, `attempts`) only grows until it is pruned, row by row in the order of
 * recording. What still has to be done stands in `queue` alone, so that its size, not that of history, decides what a
 * claim costs. A task's `sequence` is that of its event times 65536, plus its place: the event's tasks are a range.
 *
 * Functions forbid scans of whole tables: their plans are kept, and one made while the queue was empty must not be used
 * once old row versions, which an old snapshot keeps, fill it. Nor are plans compiled: that takes longer than to run them.
 *
 * Times are milliseconds since the epoch as `double precision`, which holds every number JavaScript has.
 */
export const tables = `
create sequence {s}.event_numbers;
create table {s}.events (
  sequence bigint primary key,
  id text not null unique,
  type text not null,
  project text not null,
  occurred_at double precision not null,
  recorded_at double precision not null,
  source text not null,
  data text not null,
  attributes text not null,
  labels text[] not null,
  redactions text not null,
  identity text,
  kept text not null,
  idempotency_key text,
  ordering_key text,
  root_id text not null,
  ord bigint not null,
  caused_by text,
  subject text,
  people text[] not null,
  forgotten boolean not null default false
);
create unique index events_idempotency on {s}.events (project, idempotency_key) where idempotency_key is not null;
create index events_project on {s}.events (project, sequence);
create index events_type on {s}.events (type, sequence);
create index events_follow_ups on {s}.events (root_id, sequence) where root_id <> id;
create index events_labels on {s}.events using gin (labels) where labels <> '{}';
create index events_people on {s}.events using gin (people) where people <> '{}';
create index events_recorded on {s}.events using brin (recorded_at) with (autosummarize = on);

create table {s}.tasks (
  sequence bigint primary key,
  id text not null unique,
  project text not null,
  kind text not null,
  target text not null,
  concurrency_key text,
  ordered boolean not null,
  supersede boolean not null,
  ord bigint not null,
  body text
);
create index tasks_project on {s}.tasks (project, sequence);
create index tasks_target on {s}.tasks (target, sequence);
create index tasks_superseding on {s}.tasks (concurrency_key, ord, sequence)
  where supersede and concurrency_key is not null;

-- One row for each task that has not ended. A line is where a task stands until it is claimed: its lane (f, r), whether
-- it has a concurrency key (k, u), the kind of its target (e, h), and the target. Whoever becomes claimable carries the
-- transaction that made it so: a worker finds what is new since its last look by that.
create table {s}.queue (
  sequence bigint primary key,
  line text not null,
  due_at double precision not null,
  concurrency_key text,
  ordered boolean not null,
  ord bigint not null,
  stands boolean not null default true,
  changed_by xid8 not null default pg_current_xact_id(),
  status text not null default 'pending',
  attempts integer not null default 0,
  tries integer not null default 0,
  wake_on text,
  reason text,
  progress text,
  token text,
  leased_at double precision,
  leased_until double precision,
  wakes_before bigint
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
-- Each holds only rows of which its own column is not null, that is all: and so serves only queries that ask by that
-- column. While the queue is short all of them look equally cheap, and a kept plan with the wrong one is dear later.
create index queue_line on {s}.queue (line, due_at, sequence) where stands and token is null and line is not null;
create index queue_changed on {s}.queue (changed_by) where stands and token is null and changed_by is not null;
create index queue_leased on {s}.queue (leased_until) where token is not null and leased_until is not null;
create index queue_wake on {s}.queue (wake_on) where wake_on is not null;
create index queue_key on {s}.queue (concurrency_key, ord, sequence) where concurrency_key is not null;
create index queue_key_lines on {s}.queue (concurrency_key, line, due_at, sequence)
  where concurrency_key is not null and token is null and not ordered;
create index queue_key_stands on {s}.queue (concurrency_key)
  where concurrency_key is not null and token is null and stands;
create unique index queue_key_runs on {s}.queue (concurrency_key)
  where concurrency_key is not null and token is not null;

create table {s}.outcomes (
  sequence bigint primary key,
  status text not null,
  line text not null,
  due_at double precision not null,
  attempts integer not null,
  tries integer not null,
  result text not null,
  reason text,
  progress text,
  settled_at double precision not null
);
create index outcomes_not_done on {s}.outcomes (status, sequence) where status <> 'done';

create table {s}.attempts (
  sequence bigint not null,
  number integer not null,
  started_at double precision not null,
  ended_at double precision not null,
  outcome text not null,
  error text,
  details text not null,
  primary key (sequence, number)
);

create table {s}.steps (
  sequence bigint not null,
  name text not null,
  sealed text not null,
  primary key (sequence, name)
);

-- The last wake of each signal: one that comes while a task runs must not be lost.
create sequence {s}.wake_numbers;
create table {s}.wakes (
  signal text primary key,
  at double precision not null,
  number bigint not null
);
create index wakes_number on {s}.wakes (number);

create table {s}.receipts (
  number bigint generated by default as identity primary key,
  source text not null,
  delivery_id text,
  body_hash text not null,
  received_at double precision not null,
  event_id text
);
create unique index receipts_delivery on {s}.receipts (source, delivery_id) where delivery_id is not null;
create index receipts_body on {s}.receipts (source, body_hash, number);
create index receipts_received on {s}.receipts (received_at);

create table {s}.documents (
  project text not null,
  collection text not null,
  key text collate "C" not null,
  value text not null,
  version bigint not null,
  updated_at double precision not null,
  primary key (project, collection, key)
);

-- Endpoints, subscriptions and integrations.
create table {s}.rows (
  kind text not null,
  id text collate "C" not null,
  project text not null,
  version bigint not null,
  created_at double precision not null,
  enabled boolean not null,
  value text not null,
  primary key (kind, id)
);
create index rows_project on {s}.rows (kind, project);

create table {s}.blobs (
  project text not null,
  key text not null,
  bytes bytea not null,
  expires_at double precision not null,
  primary key (project, key)
);
create index blobs_expiry on {s}.blobs (expires_at);

create table {s}.schedules (
  name text primary key,
  next_at double precision not null,
  token text
);

create table {s}.audit (
  project text not null,
  sequence bigint not null,
  at double precision not null,
  action text not null,
  entry text not null,
  primary key (project, sequence)
);
`
