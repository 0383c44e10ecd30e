/** One step of the schema. Numbered from 1, never changed once released: a new step is added instead. */
export interface Migration {
  version: number
  sql: string
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
-- One row: which store this is, and the last number given to events, tasks and wakes.
CREATE TABLE pullwright_store (
  identity TEXT NOT NULL,
  events INTEGER NOT NULL DEFAULT 0,
  tasks INTEGER NOT NULL DEFAULT 0,
  wakes INTEGER NOT NULL DEFAULT 0
);
INSERT INTO pullwright_store (identity) VALUES (lower(hex(randomblob(16))));

-- record is the event as JSON; what is searched by stands beside it.
CREATE TABLE pullwright_events (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  project TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  root_id TEXT NOT NULL,
  chain_order INTEGER NOT NULL,
  idempotency_key TEXT,
  forgotten INTEGER NOT NULL DEFAULT 0,
  record TEXT NOT NULL
);
CREATE UNIQUE INDEX pullwright_events_id ON pullwright_events (id);
CREATE UNIQUE INDEX pullwright_events_key ON pullwright_events (idempotency_key, project)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX pullwright_events_root ON pullwright_events (root_id);
CREATE INDEX pullwright_events_project ON pullwright_events (project);
CREATE INDEX pullwright_events_type ON pullwright_events (type);
CREATE INDEX pullwright_events_recorded ON pullwright_events (recorded_at);

CREATE TABLE pullwright_attributes (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  event_sequence INTEGER NOT NULL,
  PRIMARY KEY (name, value, event_sequence)
) WITHOUT ROWID;
CREATE TABLE pullwright_people (
  person TEXT NOT NULL,
  event_sequence INTEGER NOT NULL,
  PRIMARY KEY (person, event_sequence)
) WITHOUT ROWID;

-- target is 'e:' and the endpoint's id, or 'h:' and the handler's name. stands says that the task waits to be claimed
-- when its time comes: for a key that is for the next of it alone, so that a queue behind a key costs a claim nothing.
CREATE TABLE pullwright_tasks (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  event_sequence INTEGER NOT NULL,
  project TEXT NOT NULL,
  chain_order INTEGER NOT NULL,
  target TEXT NOT NULL,
  status TEXT NOT NULL,
  lane TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  stands INTEGER NOT NULL,
  concurrency_key TEXT,
  ordered INTEGER NOT NULL,
  supersede INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  settled_at INTEGER,
  wake_on TEXT,
  lease_token TEXT,
  leased_at INTEGER,
  lease_until INTEGER,
  lease_wakes INTEGER,
  reason TEXT,
  progress TEXT,
  result TEXT,
  body TEXT,
  line TEXT GENERATED ALWAYS AS (lane || ' ' || target) VIRTUAL
);
CREATE UNIQUE INDEX pullwright_tasks_id ON pullwright_tasks (id);
CREATE INDEX pullwright_tasks_event ON pullwright_tasks (event_sequence);
CREATE INDEX pullwright_tasks_project ON pullwright_tasks (project);
CREATE INDEX pullwright_tasks_target ON pullwright_tasks (target);
-- Work to be done. None of these grows with what has ended.
CREATE INDEX pullwright_tasks_line ON pullwright_tasks (line, due_at, sequence, status) WHERE stands = 1;
CREATE INDEX pullwright_tasks_open ON pullwright_tasks (sequence) WHERE settled_at IS NULL;
CREATE INDEX pullwright_tasks_lease ON pullwright_tasks (lease_until) WHERE status = 'running';
CREATE INDEX pullwright_tasks_signal ON pullwright_tasks (wake_on) WHERE wake_on IS NOT NULL;
CREATE INDEX pullwright_tasks_key ON pullwright_tasks (concurrency_key, chain_order, sequence)
  WHERE concurrency_key IS NOT NULL AND settled_at IS NULL;
CREATE INDEX pullwright_tasks_queue ON pullwright_tasks (concurrency_key, line, due_at, sequence)
  WHERE concurrency_key IS NOT NULL AND settled_at IS NULL AND ordered = 0 AND status <> 'running';
CREATE INDEX pullwright_tasks_next ON pullwright_tasks (concurrency_key) WHERE concurrency_key IS NOT NULL AND stands = 1;
-- The law of keys, held by the database itself: one of them runs.
CREATE UNIQUE INDEX pullwright_tasks_running ON pullwright_tasks (concurrency_key)
  WHERE concurrency_key IS NOT NULL AND status = 'running';
CREATE INDEX pullwright_tasks_supersede ON pullwright_tasks (concurrency_key, chain_order, sequence)
  WHERE concurrency_key IS NOT NULL AND supersede = 1;
-- What somebody may want back.
CREATE INDEX pullwright_tasks_failed ON pullwright_tasks (status, sequence) WHERE status IN ('dead', 'cancelled');

CREATE TABLE pullwright_attempts (
  sequence INTEGER PRIMARY KEY,
  task_sequence INTEGER NOT NULL,
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT,
  details TEXT
);
CREATE UNIQUE INDEX pullwright_attempts_task ON pullwright_attempts (task_sequence, number);
CREATE TABLE pullwright_steps (
  task_sequence INTEGER NOT NULL,
  name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (task_sequence, name)
) WITHOUT ROWID;

-- The last wake of each signal that came while somebody ran, by number.
CREATE TABLE pullwright_wakes (
  signal TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX pullwright_wakes_number ON pullwright_wakes (number);

CREATE TABLE pullwright_receipts (
  sequence INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  delivery_id TEXT,
  body_hash TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  event_id TEXT
);
CREATE UNIQUE INDEX pullwright_receipts_id ON pullwright_receipts (source, delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX pullwright_receipts_body ON pullwright_receipts (source, body_hash);
CREATE INDEX pullwright_receipts_received ON pullwright_receipts (received_at);

-- Endpoints, subscriptions and integrations.
CREATE TABLE pullwright_rows (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  project TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (kind, id)
);
CREATE INDEX pullwright_rows_project ON pullwright_rows (kind, project, created_at, id);

CREATE TABLE pullwright_documents (
  project TEXT NOT NULL,
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (project, collection, key)
);
CREATE TABLE pullwright_blobs (
  project TEXT NOT NULL,
  key TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (project, key)
);
CREATE INDEX pullwright_blobs_expires ON pullwright_blobs (expires_at);
CREATE TABLE pullwright_schedules (
  name TEXT PRIMARY KEY,
  next_at INTEGER NOT NULL,
  token TEXT
) WITHOUT ROWID;
CREATE TABLE pullwright_audit (
  project TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (project, sequence)
);
`,
  },
  {
    version: 2,
    sql: `
-- The audit log only grows. What is taken out of it was named by a checkpoint of the same chain before.
CREATE INDEX pullwright_audit_checkpoints ON pullwright_audit (project, sequence) WHERE action = 'audit.pruned';
CREATE TRIGGER pullwright_audit_kept BEFORE DELETE ON pullwright_audit
WHEN NOT EXISTS (
  SELECT 1 FROM pullwright_audit c
  WHERE c.action = 'audit.pruned' AND c.project = OLD.project AND c.sequence > OLD.sequence
    AND json_extract(c.record, '$.details.through') >= OLD.sequence
)
BEGIN
  SELECT RAISE(ABORT, 'The audit log is append-only');
END;
-- REPLACE would delete without asking the trigger above.
CREATE TRIGGER pullwright_audit_not_replaced BEFORE INSERT ON pullwright_audit
WHEN EXISTS (SELECT 1 FROM pullwright_audit WHERE project = NEW.project AND sequence = NEW.sequence)
BEGIN
  SELECT RAISE(ABORT, 'The audit log is append-only');
END;
CREATE TRIGGER pullwright_audit_unchanged BEFORE UPDATE ON pullwright_audit
WHEN NEW.project <> OLD.project OR NEW.sequence <> OLD.sequence OR NEW.at <> OLD.at
  OR NEW.action <> 'audit.erased'
  OR json_extract(NEW.record, '$.erased') IS NOT 1
  OR json_extract(NEW.record, '$.hash') IS NOT json_extract(OLD.record, '$.hash')
  OR json_extract(NEW.record, '$.previousHash') IS NOT json_extract(OLD.record, '$.previousHash')
  OR NOT EXISTS (
    SELECT 1 FROM pullwright_audit c, json_each(c.record, '$.details.erased') r
    WHERE c.action = 'audit.pruned' AND c.project = OLD.project AND c.sequence > OLD.sequence
      AND OLD.sequence BETWEEN json_extract(r.value, '$[0]') AND json_extract(r.value, '$[1]')
  )
BEGIN
  SELECT RAISE(ABORT, 'The audit log is append-only');
END;
`,
  },
]
