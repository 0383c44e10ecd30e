/** The audit log only grows. What is taken out of it was named by a checkpoint of the same chain before. */
export const appendOnlyAudit: readonly string[] = [
  "create index audit_checkpoints on {s}.audit (project, sequence) where action = 'audit.pruned'",
  // Other entries may hold what PostgreSQL's JSON refuses (U+0000): only checkpoints are read as JSON, and what we wrote.
  `create function {s}.keep_audit() returns trigger language plpgsql as $$
  begin
    if tg_op = 'DELETE' and exists (
      select 1 from {s}.audit c
      where c.action = 'audit.pruned' and c.project = old.project and c.sequence > old.sequence
        and case when c.action = 'audit.pruned' then (c.entry::json #>> '{details,through}')::bigint end >= old.sequence
    ) then
      return old;
    end if;
    if tg_op = 'UPDATE' and new.project = old.project and new.sequence = old.sequence and new.at = old.at
      and new.action = 'audit.erased' and new.entry::json ->> 'erased' = 'true'
      and position('"hash":"' || (new.entry::json ->> 'hash') || '"' in old.entry) > 0
      and position('"previousHash":"' || (new.entry::json ->> 'previousHash') || '"' in old.entry) > 0
      and exists (
        select 1 from {s}.audit c, lateral json_array_elements(
          case when c.action = 'audit.pruned' then c.entry::json #> '{details,erased}' end
        ) r
        where c.action = 'audit.pruned' and c.project = old.project and c.sequence > old.sequence
          and old.sequence between (r.value ->> 0)::bigint and (r.value ->> 1)::bigint
      ) then
      return new;
    end if;
    raise exception 'The audit log is append-only';
  end $$`,
  `create trigger keep_audit before update or delete on {s}.audit
    for each row execute function {s}.keep_audit()`,
  'create trigger keep_all_audit before truncate on {s}.audit for each statement execute function {s}.keep_audit()',
]
